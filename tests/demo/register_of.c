#include "register_of.h"
#include "../temporary.h"

#include "load_rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

void must(result done, const struct err *err)
{
    if (!done.ok) {
        print_error("%s: %s %s\n", err->file, err->what, err->hint);
    }
    assert_true(done.ok);
}

date register_day(void)
{
    date day = {0};
    must(date_parse(STR("2026-11-23"), &day, NULL), &(struct err){.code = ERROR_NONE});
    return day;
}

struct demo_options register_options(int64_t people, uint64_t seed)
{
    static char folder[512];
    const char *source = getenv("RETURNHUB_SOURCE");
    assert_non_null(source);
    assert_true(snprintf(folder, sizeof folder, "%s/data", source) < (int)sizeof folder);
    return (struct demo_options){
        .people = people, .seed = seed, .today = register_day(), .data_folder = folder};
}

void register_open(struct register_of *made, uint64_t entropy)
{
    struct err err = {.code = ERROR_NONE};
    *made = (struct register_of){.folder = ""};
    temporary_path(made->folder, sizeof made->folder, "demo");
    must(arena_open(&made->perm, (size_t)256 << 20, &err), &err);
    must(arena_open(&made->work, (size_t)512 << 20, &err), &err);
    assert_non_null(mkdtemp(made->folder));
    assert_true(snprintf(made->path, sizeof made->path, "%s/store.db", made->folder) <
                (int)sizeof made->path);
    instant noon = instant_from_date(register_day());
    noon.milliseconds += (int64_t)12 * 60 * 60 * 1000;
    system_fake_init(&made->fake, noon, entropy);
    const struct rulebook *rulebook =
        load_rulebook(rulebook_folder("uk", &made->perm), &made->perm);
    assert_non_null(rulebook);
    const struct store_options options = {
        .path = made->path, .create = true, .system = &made->fake.system};
    must(store_open(&options, &made->store, &err), &err);
    must(casework_open(made->store, rulebook, &made->fake.system, &made->perm, &made->casework,
                       &err),
         &err);
}

void register_make(struct register_of *made, int64_t people, uint64_t seed)
{
    struct err err = {.code = ERROR_NONE};
    const struct demo_options options = register_options(people, seed);
    must(demo_make(&made->casework, &options, &made->outcome, &err), &err);
}

static void remove_file(const struct register_of *made, const char *ending)
{
    char path[128];
    assert_true(snprintf(path, sizeof path, "%s%s", made->path, ending) < (int)sizeof path);
    unlink(path);
}

void register_close(struct register_of *made)
{
    casework_close(&made->casework);
    store_close(made->store);
    remove_file(made, "");
    remove_file(made, "-wal");
    remove_file(made, "-shm");
    remove_file(made, ".key");
    assert_int_equal(rmdir(made->folder), 0);
    arena_close(&made->perm);
    arena_close(&made->work);
}
