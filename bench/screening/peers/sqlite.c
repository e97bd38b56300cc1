/* sqlite: the screening workload in SQLite, in memory. Arguments: PEOPLE FOLDER, where the folder
 * holds sqlite.create.sql, sqlite.sums.sql and sqlite.masks.sql. */
#include "contest.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

enum { SQL_BYTES_MAX = 64 * 1024, FACTS = 32 };

struct work {
    sqlite3 *database;
    sqlite3_stmt *sums;
    uint32_t *bars; /* filled when first asked for */
    uint32_t *unknown;
    const char *masks_sql;
};

static void must(sqlite3 *database, bool went_well)
{
    if (!went_well) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
        _exit(1);
    }
}

static const char *read_sql(const char *folder, const char *name, struct arena *arena)
{
    struct err err;
    str path = arena_format(arena, "%s/sqlite.%s.sql", folder, name);
    char *text = workload_take(arena, SQL_BYTES_MAX);
    FILE *file = fopen(path.at, "rb");
    if (file == NULL) {
        contest_must(err_set(&err, ERROR_STORAGE, "%s cannot be read", path.at), &err);
    }
    const size_t read = fread(text, 1, SQL_BYTES_MAX, file);
    ASSERT(read < SQL_BYTES_MAX);
    fclose(file);
    return text;
}

static void bind_cell(sqlite3_stmt *insert, int *at, int32_t cell)
{
    (*at)++;
    if (cell < 0) {
        sqlite3_bind_null(insert, *at);
    } else {
        sqlite3_bind_int(insert, *at, cell);
    }
}

static void load(sqlite3 *database, const struct workload_columns *columns, const char *create)
{
    sqlite3_stmt *insert = NULL;
    char values[2 * FACTS + 1] = "";
    char sql[256];
    for (size_t i = 0; i < FACTS; i++) {
        values[2 * i] = ',';
        values[2 * i + 1] = '?';
    }
    snprintf(sql, sizeof sql, "insert into people values (?%s)", values);
    must(database, sqlite3_exec(database, create, NULL, NULL, NULL) == SQLITE_OK);
    must(database, sqlite3_exec(database, "begin", NULL, NULL, NULL) == SQLITE_OK);
    must(database, sqlite3_prepare_v2(database, sql, -1, &insert, NULL) == SQLITE_OK);
    for (size_t i = 0; i < columns->count; i++) {
        int at = 0;
        bind_cell(insert, &at, (int32_t)i);
#define FLAG(name, fact, share)      bind_cell(insert, &at, columns->name[i]);
#define CELL(kind, type, name, fact) bind_cell(insert, &at, columns->name[i]);
#include "workload.def"
#undef FLAG
#undef CELL
        must(database, sqlite3_step(insert) == SQLITE_DONE);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    must(database, sqlite3_exec(database, "commit", NULL, NULL, NULL) == SQLITE_OK);
}

static double run(void *context)
{
    const struct work *work = context;
    must(work->database, sqlite3_step(work->sums) == SQLITE_ROW);
    sqlite3_reset(work->sums);
    return -1;
}

static void answer(const void *context, size_t person, uint32_t *bars, uint32_t *unknown)
{
    const struct work *work = context;
    if (person == 0) {
        sqlite3_stmt *masks = NULL;
        size_t at = 0;
        must(work->database,
             sqlite3_prepare_v2(work->database, work->masks_sql, -1, &masks, NULL) == SQLITE_OK);
        for (; sqlite3_step(masks) == SQLITE_ROW; at++) {
            work->bars[at] = (uint32_t)sqlite3_column_int64(masks, 0);
            work->unknown[at] = (uint32_t)sqlite3_column_int64(masks, 1);
        }
        sqlite3_finalize(masks);
    }
    *bars = work->bars[person];
    *unknown = work->unknown[person];
}

int main(int argc, char **argv)
{
    struct err err;
    struct workload_columns columns;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    if (argc != 3) {
        fprintf(stderr, "usage: sqlite PEOPLE FOLDER\n");
        return 2;
    }
    struct work work = {.bars = workload_take(&arena, people * 4),
                        .unknown = workload_take(&arena, people * 4),
                        .masks_sql = read_sql(argv[2], "masks", &arena)};
    must(NULL, sqlite3_open(":memory:", &work.database) == SQLITE_OK);
    contest_must(workload_columns(people, &arena, &columns, &err), &err);
    load(work.database, &columns, read_sql(argv[2], "create", &arena));
    must(work.database, sqlite3_prepare_v2(work.database, read_sql(argv[2], "sums", &arena), -1,
                                           &work.sums, NULL) == SQLITE_OK);
    const struct contestant contestant = {.context = &work,
                                          .count = people,
                                          .about = "SQLite " SQLITE_VERSION,
                                          .run = run,
                                          .answer = answer};
    contest_serve(&contestant, arena);
    sqlite3_finalize(work.sums);
    sqlite3_close(work.database);
    arena_close(&arena);
    return 0;
}
