#include "casework/verification.h"

#include "format/json.h"
#include "system/system.h"

enum { VERIFICATION_ARENA_BYTES = 128 * 1024 };

static result path_of(const char *folder, struct arena *arena, const char **ret_path,
                      struct err *err)
{
    const str path = arena_format(arena, "%s/verified", folder);
    *ret_path = path.at;
    return path.at == NULL ? arena_full(err) : result_ok();
}

static result write_note(const char *folder, const struct verification *verification,
                         struct arena *arena, struct err *err)
{
    const char *path = NULL;
    str text;
    json_auto_t *object = json_object();
    json_set(object, "at", json_of_instant(verification->at));
    json_set_str(object, "by", verification->by);
    json_set_flag(object, "whole", verification->whole);
    json_set_str(object, "found", verification->found);
    json_set_int64(object, "entries", verification->entries);
    json_set_int64(object, "events", verification->events);
    TRY(path_of(folder, arena, &path, err));
    TRY(json_write_pretty(object, arena, &text, err));
    return system_write_file(path, text, 0644, err);
}

result verification_write(const char *folder, const struct verification *verification,
                          struct err *err)
{
    struct arena arena;
    TRY(arena_open(&arena, VERIFICATION_ARENA_BYTES, err));
    const result written = write_note(folder, verification, &arena, err);
    arena_close(&arena);
    return written;
}

static result read_note(const json_t *object, struct arena *arena,
                        struct verification *ret_verification, struct err *err)
{
    struct verification read = {.whole = json_is_true(json_object_get(object, "whole"))};
    str at;
    TRY(json_get_str(object, "at", &at, err));
    TRY(instant_parse(at, &read.at, err));
    TRY(json_get_str(object, "by", &read.by, err));
    TRY(json_get_str(object, "found", &read.found, err));
    TRY(json_get_int64(object, "entries", &read.entries, err));
    TRY(json_get_int64(object, "events", &read.events, err));
    read.by = arena_copy(arena, read.by);
    read.found = arena_copy(arena, read.found);
    *ret_verification = read;
    return read.by.at == NULL || read.found.at == NULL ? arena_full(err) : result_ok();
}

result verification_read(const char *folder, struct arena *arena, bool *ret_found,
                         struct verification *ret_verification, struct err *err)
{
    const char *path = NULL;
    str text;
    json_auto_t *object = NULL;
    TRY(path_of(folder, arena, &path, err));
    *ret_found = system_read_file(path, VERIFICATION_TEXT_MAX, arena, &text, NULL).ok &&
                 json_read(text, &object, NULL).ok &&
                 read_note(object, arena, ret_verification, NULL).ok;
    return result_ok();
}
