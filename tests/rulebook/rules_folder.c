#include "rules_folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

str rules_file_read(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return (str){0};
    }
    struct stat status;
    char *text = NULL;
    size_t len = 0;
    if (fstat(fileno(file), &status) == 0) {
        text = ARENA_NEW(arena, char, (size_t)status.st_size + 1);
        len = text == NULL ? 0 : fread(text, 1, (size_t)status.st_size, file);
    }
    fclose(file);
    return (str){.at = text, .len = len};
}

static int compare_files(const void *a, const void *b)
{
    const struct rulebook_file *left = a;
    const struct rulebook_file *right = b;
    return str_compare(left->name, right->name);
}

size_t rules_folder_read(const char *folder, struct arena *arena, struct rulebook_file *files,
                         size_t count, size_t most)
{
    DIR *directory = opendir(folder);
    const size_t first = count;
    if (directory == NULL) {
        return most + 1;
    }
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL && count <= most) {
        if (!str_ends(str_from_c(entry->d_name), STR(".rules"))) {
            continue;
        }
        const str path = arena_format(arena, "%s/%s", folder, entry->d_name);
        if (count < most) {
            files[count] =
                (struct rulebook_file){.name = path, .text = rules_file_read(path.at, arena)};
        }
        count++;
    }
    closedir(directory);
    if (count <= most) {
        qsort(files + first, count - first, sizeof files[0], compare_files);
    }
    return count;
}
