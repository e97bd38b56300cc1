/* replay FOLDER...: asks the fuzzed entry about every file of a corpus once, in any build. */
#include "base/str.h"
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_SIZE = 4096, FILE_SIZE_MAX = 1024 * 1024 };

static bool replay_file(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    const size_t size = fread(bytes, 1, FILE_SIZE_MAX, file);
    const bool whole = feof(file) != 0;
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, size);
    return whole;
}

/* How many files were asked about; 0 when one cannot be read. */
static size_t replay_folder(const char *folder, uint8_t *bytes)
{
    DIR *directory = opendir(folder);
    size_t count = 0;
    bool sound = directory != NULL;
    const struct dirent *entry;
    while (sound && (entry = readdir(directory)) != NULL) {
        char path[PATH_SIZE];
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        sound = replay_file(path, bytes);
        count++;
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return sound ? count : 0;
}

int main(int argc, char **argv)
{
    uint8_t *bytes = malloc(FILE_SIZE_MAX);
    bool sound = bytes != NULL;
    printf("1..%d\n", argc - 1);
    for (int i = 1; i < argc && sound; i++) {
        const size_t count = replay_folder(argv[i], bytes);
        printf("%sok %d - %zu texts of %s\n", count == 0 ? "not " : "", i, count, argv[i]);
        sound = count > 0;
    }
    free(bytes);
    return sound ? 0 : 1;
}
