/* generate PEOPLE FOLDER: writes the people for the contestants that are not in C: one file
 * NAME.bin for each column, and people.csv with a column `id`, empty where a fact is unknown. */
#include "contest.h"

#include <stdio.h>
#include <unistd.h>

static FILE *open_file(const char *folder, const char *name, const char *ending)
{
    char path[4096];
    struct err err;
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        contest_must(err_set(&err, ERROR_STORAGE, "%s cannot be written", path), &err);
    }
    return file;
}

static void write_column(const char *folder, const char *name, const void *cells, size_t bytes)
{
    struct err err;
    FILE *file = open_file(folder, name, ".bin");
    const bool written = fwrite(cells, 1, bytes, file) == bytes;
    if (fclose(file) != 0 || !written) {
        contest_must(err_set(&err, ERROR_STORAGE, "the column %s cannot be written", name), &err);
    }
}

static void write_cell(FILE *file, int32_t cell)
{
    if (cell < 0) {
        fputc(',', file);
    } else {
        fprintf(file, ",%d", cell);
    }
}

static void write_csv(FILE *file, const struct workload_columns *columns)
{
    fputs("id", file);
#define FLAG(name, fact, share)      fputs("," #name, file);
#define CELL(kind, type, name, fact) fputs("," #name, file);
#include "workload.def"
#undef FLAG
#undef CELL
    fputc('\n', file);
    for (size_t i = 0; i < columns->count; i++) {
        fprintf(file, "%zu", i);
#define FLAG(name, fact, share)      write_cell(file, columns->name[i]);
#define CELL(kind, type, name, fact) write_cell(file, columns->name[i]);
#include "workload.def"
#undef FLAG
#undef CELL
        fputc('\n', file);
    }
}

int main(int argc, char **argv)
{
    struct err err;
    struct workload_columns columns;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    if (argc != 3) {
        fprintf(stderr, "usage: generate PEOPLE FOLDER\n");
        return 2;
    }
    contest_must(workload_columns(people, &arena, &columns, &err), &err);
#define FLAG(name, fact, share) write_column(argv[2], #name, columns.name, people);
#define CELL(kind, type, name, fact)                                                               \
    write_column(argv[2], #name, columns.name, people * sizeof(type));
#include "workload.def"
#undef FLAG
#undef CELL
    FILE *file = open_file(argv[2], "people", ".csv");
    write_csv(file, &columns);
    if (fclose(file) != 0) {
        contest_must(err_set(&err, ERROR_STORAGE, "people.csv cannot be written"), &err);
    }
    arena_close(&arena);
    return 0;
}
