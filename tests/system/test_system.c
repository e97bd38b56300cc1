/* Aim: files are read within a limit and replaced whole, failures name the path, and the fake
 * machine is a machine of its own: its time stands still and its entropy can be had again. */
#include "../temporary.h"
#include "system/stream.h"
#include "system/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
    char folder[200];
    struct arena arena;
};

static int open_room(void **state)
{
    struct room *room = test_calloc(1, sizeof *room);
    struct err err;
    temporary_path(room->folder, sizeof room->folder, "system");
    assert_non_null(mkdtemp(room->folder));
    assert_true(arena_open(&room->arena, 16 * 1024 * 1024, &err).ok);
    *state = room;
    return 0;
}

/* Takes away the folder with the files and empty folders a test left in it. */
static void remove_folder(struct room *room, const char *path)
{
    const str *names = NULL;
    size_t count = 0;
    struct err err;
    assert_true(system_list_folder(path, STR(""), &room->arena, &names, &count, &err).ok);
    for (size_t i = 0; i < count; i++) {
        const str inside = arena_format(&room->arena, "%s/%.*s", path, STR_ARG(names[i]));
        if (unlink(inside.at) != 0) {
            remove_folder(room, inside.at);
        }
    }
    assert_int_equal(rmdir(path), 0);
}

static int close_room(void **state)
{
    struct room *room = *state;
    remove_folder(room, room->folder);
    arena_close(&room->arena);
    test_free(room);
    return 0;
}

static const char *path_of(struct room *room, const char *name)
{
    const str path = arena_format(&room->arena, "%s/%s", room->folder, name);
    assert_non_null(path.at);
    return path.at;
}

static void put(const char *path, str text)
{
    struct err err;
    if (!system_write_file(path, text, 0600, &err).ok) {
        fail_msg("%s", err.what);
    }
}

static str got(struct room *room, const char *path)
{
    str text = {0};
    struct err err;
    if (!system_read_file(path, 1024 * 1024, &room->arena, &text, &err).ok) {
        fail_msg("%s", err.what);
    }
    return text;
}

static void assert_names(const struct err *err, enum error_code code, const char *path)
{
    assert_int_equal(err->code, code);
    assert_true(str_contains(str_from_c(err->what), str_from_c(path)));
}

/* Aim: what is written is read, byte for byte: nothing, a NUL inside, and more than one piece. */
static void test_round_trip(void **state)
{
    struct room *room = *state;
    const char *path = path_of(room, "file");
    static const size_t lens[] = {0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 300000};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        char *bytes = ARENA_NEW(&room->arena, char, lens[i] + 1);
        assert_non_null(bytes);
        for (size_t k = 0; k < lens[i]; k++) {
            bytes[k] = (char)(k * 31 % 256);
        }
        const str written = {.at = bytes, .len = lens[i]};
        put(path, written);
        const str text = got(room, path);
        assert_true(str_equal(text, written));
        assert_int_equal(text.at[text.len], '\0');
    }
}

/* Aim: a file of exactly the limit is read; one byte more, or an arena too small, is a failure that
 * names it. */
static void test_read_limit(void **state)
{
    struct room *room = *state;
    const char *path = path_of(room, "hundred");
    char hundred[100];
    memset(hundred, 'h', sizeof hundred);
    put(path, (str){.at = hundred, .len = sizeof hundred});
    str text = STR("untouched");
    struct err err;
    assert_true(system_read_file(path, 100, &room->arena, &text, &err).ok);
    assert_int_equal(text.len, 100);
    text = STR("untouched");
    assert_false(system_read_file(path, 99, &room->arena, &text, &err).ok);
    assert_names(&err, ERROR_LIMIT, path);
    struct arena small;
    assert_true(arena_open(&small, 100, &err).ok);
    assert_false(system_read_file(path, 100, &small, &text, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_true(str_equal(text, STR("untouched")));
    arena_close(&small);
}

/* Aim: what cannot be read is named: a file that is missing, one below a file, a folder. */
static void test_read_refused(void **state)
{
    struct room *room = *state;
    const char *file = path_of(room, "file");
    put(file, STR("x"));
    str text;
    struct err err;
    const char *missing = path_of(room, "missing");
    assert_false(system_read_file(missing, 100, &room->arena, &text, &err).ok);
    assert_names(&err, ERROR_NOT_FOUND, missing);
    const char *below = path_of(room, "file/below");
    assert_false(system_read_file(below, 100, &room->arena, &text, &err).ok);
    assert_names(&err, ERROR_NOT_FOUND, below);
    assert_false(system_read_file(room->folder, 100, &room->arena, &text, &err).ok);
    assert_names(&err, ERROR_STORAGE, room->folder);
}

/* Aim: a secret gets the mode asked for, and the folder holds nothing else afterwards. */
static void test_mode_and_no_rest(void **state)
{
    struct room *room = *state;
    const char *path = path_of(room, "secret");
    put(path, STR("one"));
    put(path, STR("two"));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(str_equal(got(room, path), STR("two")));
    const str *names = NULL;
    size_t count = 0;
    struct err err;
    assert_true(system_list_folder(room->folder, STR(""), &room->arena, &names, &count, &err).ok);
    assert_int_equal(count, 1);
}

/* Aim: a write that fails names the path and leaves the old file, and no new one beside it. */
static void test_write_refused(void **state)
{
    struct room *room = *state;
    struct err err;
    const char *no_folder = path_of(room, "no/such");
    assert_false(system_write_file(no_folder, STR("x"), 0600, &err).ok);
    assert_names(&err, ERROR_NOT_FOUND, no_folder);

    const char *folder = path_of(room, "folder");
    assert_true(system_make_folder(folder, 0700, &err).ok);
    put(path_of(room, "folder/inside"), STR("kept"));
    assert_false(system_write_file(folder, STR("x"), 0600, &err).ok);
    assert_names(&err, ERROR_STORAGE, folder);
    const str *names = NULL;
    size_t count = 0;
    assert_true(system_list_folder(room->folder, STR(""), &room->arena, &names, &count, &err).ok);
    assert_int_equal(count, 1);
    assert_true(str_equal(names[0], STR("folder")));
    assert_true(str_equal(got(room, path_of(room, "folder/inside")), STR("kept")));
}

/* Aim: while one process replaces a file again and again, another only ever sees a whole one. */
static void test_never_half(void **state)
{
    struct room *room = *state;
    const char *path = path_of(room, "busy");
    enum { LEN = 200000 };
    char *bytes = ARENA_NEW(&room->arena, char, LEN);
    assert_non_null(bytes);
    const str text = {.at = bytes, .len = LEN};
    memset(bytes, 'a', LEN);
    put(path, text);
    const pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        for (int i = 0; i < 40; i++) {
            memset(bytes, 'a' + i % 26, LEN);
            put(path, text);
        }
        _exit(0);
    }
    int status = 0;
    size_t seen = 0;
    while (waitpid(writer, &status, WNOHANG) == 0) {
        struct arena scratch = room->arena;
        str read = {0};
        struct err err;
        assert_true(system_read_file(path, LEN, &scratch, &read, &err).ok);
        assert_int_equal(read.len, LEN);
        for (size_t i = 1; i < read.len; i++) {
            if (read.at[i] != read.at[0]) {
                fail_msg("half of one file and half of another");
            }
        }
        seen++;
    }
    assert_true(seen > 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Aim: names come sorted by bytes, those with the ending only, and never "." and "..". */
static void test_list(void **state)
{
    struct room *room = *state;
    static const char *const files[] = {"b.rules",   "a.rules", "B.rules", "a.txt",
                                        "a-1.rules", ".rules",  "rules"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        put(path_of(room, files[i]), STR(""));
    }
    static const char *const expected[] = {".rules", "B.rules", "a-1.rules", "a.rules", "b.rules"};
    const str *names = NULL;
    size_t count = 0;
    struct err err;
    assert_true(
        system_list_folder(room->folder, STR(".rules"), &room->arena, &names, &count, &err).ok);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(names[i].at, expected[i]);
    }
    assert_true(
        system_list_folder(room->folder, STR(".none"), &room->arena, &names, &count, &err).ok);
    assert_int_equal(count, 0);
    const char *missing = path_of(room, "missing");
    assert_false(system_list_folder(missing, STR(""), &room->arena, &names, &count, &err).ok);
    assert_names(&err, ERROR_NOT_FOUND, missing);
}

/* Aim: a folder is made with its parents; making it again is no failure, a file in the way is. */
static void test_make_folder(void **state)
{
    struct room *room = *state;
    struct err err;
    const char *deep = path_of(room, "a/b//c/");
    assert_true(system_make_folder(deep, 0700, &err).ok);
    assert_true(system_make_folder(deep, 0700, &err).ok);
    struct stat status;
    assert_int_equal(stat(path_of(room, "a/b/c"), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(status.st_mode & 0777, 0700);
    put(path_of(room, "a/file"), STR(""));
    assert_false(system_make_folder(path_of(room, "a/file"), 0700, &err).ok);
    assert_names(&err, ERROR_STORAGE, path_of(room, "a/file"));
    assert_false(system_make_folder(path_of(room, "a/file/below"), 0700, &err).ok);
    assert_false(system_make_folder("", 0700, &err).ok);
}

/* Aim: a path of any length is refused or used, never cut. */
static void test_long_paths(void **state)
{
    struct room *room = *state;
    char *path = ARENA_NEW(&room->arena, char, 10000);
    assert_non_null(path);
    memset(path, 'a', 9999);
    str text;
    struct err err;
    assert_false(system_read_file(path, 10, &room->arena, &text, &err).ok);
    assert_false(system_write_file(path, STR("x"), 0600, &err).ok);
    assert_false(system_make_folder(path, 0700, &err).ok);
    assert_int_equal(err.code, ERROR_STORAGE);
}

/* Aim: only a regular file is a file that exists. */
static void test_exists(void **state)
{
    struct room *room = *state;
    put(path_of(room, "file"), STR(""));
    assert_true(system_file_exists(path_of(room, "file")));
    assert_false(system_file_exists(path_of(room, "other")));
    assert_false(system_file_exists(room->folder));
}

/* Aim: what has a name and is not a file is not said to be missing, and is not replaced: a folder,
 * a pipe, a device, a link that leads nowhere. (A device cannot be made without rights; a link to
 * one is followed.) */
static void test_not_a_file(void **state)
{
    struct room *room = *state;
    static const struct {
        const char *name;
        const char *is;
    } rows[] = {{"folder", " is a folder, not a file"},
                {"pipe", " is a pipe, not a file"},
                {"device", " is a device, not a file"},
                {"nowhere", " is a link that leads nowhere, not a file"}};
    struct err err = {0};
    assert_true(system_make_folder(path_of(room, "folder"), 0700, &err).ok);
    assert_int_equal(mkfifo(path_of(room, "pipe"), 0600), 0);
    assert_int_equal(symlink("/dev/null", path_of(room, "device")), 0);
    assert_int_equal(symlink("no-such-file", path_of(room, "nowhere")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *path = path_of(room, rows[i].name);
        struct stat before;
        struct stat after;
        struct written_file file;
        bool found = false;
        assert_int_equal(lstat(path, &before), 0);
        assert_false(system_find_file(path, &found, &err).ok);
        assert_int_equal(err.code, ERROR_STORAGE);
        assert_string_equal(err.what + strlen(path), rows[i].is);
        assert_false(system_write_file(path, STR("x"), 0600, &err).ok);
        assert_string_equal(err.what + strlen(path), rows[i].is);
        assert_false(written_open(path, 0600, &room->arena, &file, &err).ok);
        assert_string_equal(err.what + strlen(path), rows[i].is);
        assert_int_equal(lstat(path, &after), 0);
        assert_int_equal(before.st_ino, after.st_ino);
    }
    for (size_t i = 1; i < sizeof rows / sizeof rows[0]; i++) {
        unlink(path_of(room, rows[i].name));
    }
}

/* Aim: a pipe among the files of a folder is told, not waited for. */
static void test_pipe_in_folder(void **state)
{
    struct room *room = *state;
    const str *names = NULL;
    size_t count = 0;
    struct err err = {0};
    put(path_of(room, "a.rules"), STR(""));
    assert_int_equal(mkfifo(path_of(room, "b.rules"), 0600), 0);
    assert_false(
        system_list_folder(room->folder, STR(".rules"), &room->arena, &names, &count, &err).ok);
    assert_non_null(strstr(err.what, "/b.rules is a pipe, not a file"));
    assert_true(
        system_list_folder(room->folder, STR("a.rules"), &room->arena, &names, &count, &err).ok);
    unlink(path_of(room, "b.rules"));
}

/* Aim: what cannot be found out is not said to be missing. A name that is too long for the system
 * stands for every other reason. */
static void test_file_cannot_be_looked_for(void **state)
{
    struct room *room = *state;
    struct err err = {0};
    bool found = true;
    char name[400] = {0};
    memset(name, 'n', sizeof name - 1);
    assert_true(system_find_file(path_of(room, "other"), &found, &err).ok);
    assert_false(found);
    assert_false(system_find_file(path_of(room, name), &found, &err).ok);
    assert_int_equal(err.code, ERROR_STORAGE);
    assert_non_null(strstr(err.what, "could not be looked for"));
    assert_false(system_file_exists(path_of(room, name)));
}

/* Aim: the real clock gives a moment of this century, and does not go back between two looks at it
 * here. */
static void test_machine_clock(void **state)
{
    (void)state;
    const struct system *machine = system_machine();
    const instant first = system_now(machine);
    const instant second = system_now(machine);
    assert_in_range(date_to_civil(instant_date(first)).year, 2024, 2099);
    assert_true(second.milliseconds >= first.milliseconds);
}

/* Aim: entropy fills all of what is asked for and nothing after it, and is new each time. */
static void test_machine_entropy(void **state)
{
    struct room *room = *state;
    const struct system *machine = system_machine();
    enum { SIZE = 1000003 };
    char *first = ARENA_NEW(&room->arena, char, SIZE + 1);
    char *second = ARENA_NEW(&room->arena, char, SIZE);
    assert_non_null(first);
    assert_non_null(second);
    first[SIZE] = '\x55';
    machine->entropy(machine->context, first, SIZE);
    machine->entropy(machine->context, second, SIZE);
    assert_int_equal(first[SIZE], '\x55');
    static const char zeros[16] = {0};
    for (size_t i = 0; i + 16 <= SIZE; i += 16) {
        assert_memory_not_equal(first + i, zeros, 16);
        assert_memory_not_equal(first + i, second + i, 16);
    }
    assert_memory_not_equal(first + SIZE - 16, zeros, 16);
    machine->entropy(machine->context, NULL, 0);
}

/* Aim: the fake's time moves only when it is moved; the same seed gives the same bytes, another
 * seed others. */
static void test_fake(void **state)
{
    (void)state;
    struct system_fake fake;
    struct system_fake same;
    struct system_fake other;
    system_fake_init(&fake, (instant){1000}, 1);
    system_fake_init(&same, (instant){1000}, 1);
    system_fake_init(&other, (instant){1000}, 2);
    assert_int_equal(system_now(&fake.system).milliseconds, 1000);
    assert_int_equal(system_now(&fake.system).milliseconds, 1000);
    fake.time.milliseconds = 2500;
    assert_int_equal(system_now(&fake.system).milliseconds, 2500);
    char bytes[3][32];
    fake.system.entropy(fake.system.context, bytes[0], 32);
    same.system.entropy(same.system.context, bytes[1], 32);
    other.system.entropy(other.system.context, bytes[2], 32);
    assert_memory_equal(bytes[0], bytes[1], 32);
    assert_memory_not_equal(bytes[0], bytes[2], 32);
    fake.system.entropy(fake.system.context, bytes[1], 32);
    assert_memory_not_equal(bytes[0], bytes[1], 32);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_room, close_room)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip),
        TEST(test_read_limit),
        TEST(test_read_refused),
        TEST(test_mode_and_no_rest),
        TEST(test_write_refused),
        TEST(test_never_half),
        TEST(test_list),
        TEST(test_make_folder),
        TEST(test_long_paths),
        TEST(test_exists),
        TEST(test_not_a_file),
        TEST(test_pipe_in_folder),
        TEST(test_file_cannot_be_looked_for),
        TEST(test_machine_entropy),
        cmocka_unit_test(test_machine_clock),
        cmocka_unit_test(test_fake),
    };
    return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
