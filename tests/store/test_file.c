/* Aim: a page is written into the file of a store with nothing in its free room, and with all the
 * rest as SQLite made it (store/sqlite_main.h). SQLite itself is the judge: after every page of a
 * file was cleared it must find the file whole, and the same rows in it; and of what was deleted no
 * word may be left. */
#include "../temporary.h"
#include "base/random.h"
#include "store/sqlite_main.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { CHANGES = 3000, KEYS = 400, FILE_MAX = 8 * 1024 * 1024 };

struct room {
    char path[200];
    sqlite3 *db;
    unsigned char *bytes;
    size_t size;
    struct random random;
};

static int setup(void **state)
{
    static struct room room;
    const char *given = getenv("RETURNHUB_SEED");
    const uint64_t seed = given == NULL ? 1 : strtoull(given, NULL, 10);
    room = (struct room){.bytes = malloc(FILE_MAX)};
    assert_non_null(room.bytes);
    temporary_path(room.path, sizeof room.path, "file");
    const int file = mkstemp(room.path);
    assert_true(file >= 0);
    close(file);
    print_message("# seed %llu\n", (unsigned long long)seed);
    random_seed(&room.random, seed);
    *state = &room;
    return 0;
}

static int teardown(void **state)
{
    struct room *room = *state;
    unlink(room->path);
    free(room->bytes);
    return 0;
}

static void run(struct room *room, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(room->db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
}

/* The only value that the question answers; the caller frees it. */
static char *ask(struct room *room, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(room->db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    char *answer = sqlite3_mprintf("%s", text == NULL ? "" : text);
    sqlite3_finalize(statement);
    assert_non_null(answer);
    return answer;
}

/* Every text of a row is a word that stands in no other. */
static void change_a_row(struct room *room, int number)
{
    const int key = (int)random_below(&room->random, KEYS);
    const int length = (int)random_below(&room->random, 20) == 0 ? 3000 : 10;
    char sql[600];
    if (random_below(&room->random, 3) == 0) {
        snprintf(sql, sizeof sql,
                 "DELETE FROM plain WHERE id = %d; DELETE FROM keyed WHERE word IN (SELECT word "
                 "FROM keyed WHERE id = %d)",
                 key, key);
    } else {
        snprintf(sql, sizeof sql,
                 "DELETE FROM keyed WHERE id = %d;"
                 "INSERT OR REPLACE INTO plain VALUES (%d, 'word-%06d' || hex(zeroblob(%d)));"
                 "INSERT INTO keyed VALUES ('word-%06d' || hex(randomblob(40)), %d)",
                 key, key, number, length, number, key);
    }
    run(room, sql);
}

static const char all_rows[] =
    "SELECT group_concat(row, x'0a') FROM (SELECT id || ' ' || word AS row FROM plain UNION ALL "
    "SELECT word || ' ' || id FROM keyed ORDER BY 1)";

static size_t read_file(struct room *room)
{
    FILE *file = fopen(room->path, "rb");
    assert_non_null(file);
    const size_t size = fread(room->bytes, 1, FILE_MAX, file);
    fclose(file);
    assert_true(size > 0 && size < FILE_MAX);
    return size;
}

/* How many words stand in the file that are in no row. */
static int words_left(const struct room *room, const char *rows)
{
    int left = 0;
    for (size_t i = 0; i + 11 <= room->size; i++) {
        char word[12] = "";
        if (memcmp(room->bytes + i, "word-", 5) == 0) {
            memcpy(word, room->bytes + i, 11);
            left += strlen(word) == 11 && strstr(rows, word) == NULL ? 1 : 0;
        }
    }
    return left;
}

static void clear_file(struct room *room, size_t page_size)
{
    for (size_t at = 0; at < room->size; at += page_size) {
        sqlite_main_clear(room->bytes + at, page_size, at == 0);
    }
    FILE *file = fopen(room->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(room->bytes, 1, room->size, file), room->size);
    fclose(file);
}

static void fill(struct room *room, int page_size)
{
    char sql[300];
    assert_int_equal(sqlite3_open(room->path, &room->db), SQLITE_OK);
    snprintf(sql, sizeof sql,
             "PRAGMA page_size = %d; PRAGMA secure_delete = ON; PRAGMA journal_mode = OFF;"
             "CREATE TABLE plain (id INTEGER PRIMARY KEY, word TEXT);"
             "CREATE TABLE keyed (word TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID;"
             "CREATE INDEX keyed_by_id ON keyed (id); BEGIN",
             page_size);
    run(room, sql);
    for (int i = 0; i < CHANGES; i++) {
        change_a_row(room, i);
    }
    run(room, "COMMIT");
}

/* Gives back how many deleted words SQLite had left in the file. */
static int check_size(struct room *room, int page_size)
{
    assert_int_equal(truncate(room->path, 0), 0);
    fill(room, page_size);
    char *before = ask(room, all_rows);
    sqlite3_close(room->db);
    room->size = read_file(room);
    const int found = words_left(room, before);
    clear_file(room, (size_t)page_size);
    assert_int_equal(words_left(room, before), 0);
    assert_int_equal(sqlite3_open(room->path, &room->db), SQLITE_OK);
    char *whole = ask(room, "PRAGMA integrity_check");
    char *after = ask(room, all_rows);
    assert_string_equal(whole, "ok");
    assert_string_equal(after, before);
    sqlite3_free(before);
    sqlite3_free(after);
    sqlite3_free(whole);
    sqlite3_close(room->db);
    return found;
}

static void test_nothing_deleted_is_left(void **state)
{
    struct room *room = *state;
    int found = 0;
    for (int page_size = 512; page_size <= 65536; page_size *= 2) {
        found += check_size(room, page_size);
    }
    print_message("# %d words of deleted rows lay in free room\n", found);
    assert_true(found > 0); /* or there was nothing to clear */
}

static void test_no_page_of_rows_is_left_as_it_is(void **state)
{
    (void)state;
    unsigned char page[512];
    unsigned char same[512];
    memset(page, 0xAB, sizeof page);
    memset(page, 0, 4); /* of an overflowing row: the number of the next page, then what it says */
    memcpy(same, page, sizeof page);
    sqlite_main_clear(page, sizeof page, false);
    assert_memory_equal(page, same, sizeof page);

    /* As of a leaf with one row, which begins before the place where rows begin. */
    const unsigned char header[] = {13, 0, 0, 0, 1, 1, 0xF0, 0, 0x01, 0xE0};
    memcpy(page, header, sizeof header);
    memcpy(same, page, sizeof page);
    sqlite_main_clear(page, sizeof page, false);
    assert_memory_equal(page, same, sizeof page);

    page[9] = 0xF4; /* now it begins behind it */
    memcpy(same, page, sizeof page);
    memset(same + 10, 0, 0x1F0 - 10);
    sqlite_main_clear(page, sizeof page, false);
    assert_memory_equal(page, same, sizeof page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_deleted_is_left, setup, teardown),
        cmocka_unit_test(test_no_page_of_rows_is_left_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
