#include "cli/releases.h"

#include "statistics/sheet.h"
#include "system/system.h"

#include <stdlib.h>

enum { DAY_LETTERS = 10 }; /* YYYY-MM-DD */

/* "2026-03-27-hub_transfers.json" */
static bool read_name(str file, struct web_release *release)
{
    const str name = str_slice(file, 0, file.len - STR(".json").len);
    if (name.len <= DAY_LETTERS + 1 || name.at[DAY_LETTERS] != '-' ||
        !date_parse(str_slice(name, 0, DAY_LETTERS), &release->day, NULL).ok) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return false;
        }
    }
    release->name = name;
    return true;
}

static result read_release(str folder, str file, struct arena *arena, struct web_release *release,
                           struct err *err)
{
    str text;
    const str path = arena_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(file));
    if (path.at == NULL) {
        return arena_full(err);
    }
    if (!read_name(file, release)) {
        return err_set(err, ERROR_INPUT, "%.*s is not named as a release, YYYY-MM-DD-NAME.json",
                       STR_ARG(path));
    }
    TRY(system_read_file(path.at, RELEASE_BYTES_MAX, arena, &text, err));
    release->sheet = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
    struct arena scratch = *arena;
    struct sheet *sheet = ARENA_NEW(&scratch, struct sheet, 1);
    if (sheet == NULL) {
        return arena_full(err);
    }
    return sheet_from_json(release->sheet, &scratch, sheet, err).ok ? result_ok()
                                                                    : err_at(err, path.at, 1, 1);
}

static int newest_first(const void *left, const void *right)
{
    const struct web_release *a = left;
    const struct web_release *b = right;
    return str_compare(b->name, a->name);
}

result releases_read(str folder, struct arena *arena, struct web_release **ret_releases,
                     size_t *ret_count, struct err *err)
{
    const str *names = NULL;
    size_t count = 0;
    TRY(system_list_folder(arena_copy(arena, folder).at, STR(".json"), arena, &names, &count, err));
    if (count > RELEASES_MAX) {
        return err_set(err, ERROR_LIMIT, "A folder holds at most %d releases", RELEASES_MAX);
    }
    struct web_release *releases = ARENA_NEW(arena, struct web_release, count + 1);
    if (releases == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const result read = read_release(folder, names[i], arena, &releases[i], err);
        if (!read.ok) {
            releases_close(releases, i + 1);
            return read;
        }
    }
    qsort(releases, count, sizeof releases[0], newest_first);
    *ret_releases = releases;
    *ret_count = count;
    return result_ok();
}

void releases_close(struct web_release *releases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_decref(releases[i].sheet);
    }
}
