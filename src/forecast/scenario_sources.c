/* What a scenario was made of, file by file, so that it can be made again. */
#include "forecast/scenario_parts.h"

#include <stdlib.h>

enum { SOURCES_MAX = SCENARIO_FILES_MAX + SCENARIO_NUMBERS_MAX }; /* a number reads one file */

static bool is_noted(const struct scenario *scenario, str name)
{
    for (size_t i = 0; i < scenario->source_count; i++) {
        if (str_equal(scenario->sources[i].name, name)) {
            return true;
        }
    }
    return false;
}

static result note(struct scenario *scenario, str name, str text, struct err *err)
{
    if (name.at == NULL) {
        return arena_full(err);
    }
    if (is_noted(scenario, name)) {
        return result_ok();
    }
    if (scenario->sources == NULL) {
        scenario->sources = ARENA_NEW(scenario->arena, struct scenario_source, SOURCES_MAX);
    }
    if (scenario->sources == NULL || scenario->source_count == SOURCES_MAX) {
        return arena_full(err);
    }
    scenario->sources[scenario->source_count++] =
        (struct scenario_source){.name = name, .hash = sha256_of(text)};
    return result_ok();
}

result scenario_open_text(struct scenario *scenario, str name, struct arena *arena, str *ret_text,
                          struct err *err)
{
    TRY(scenario->files.open_text(scenario->files.context, name, arena, ret_text, err));
    return note(scenario, name, *ret_text, err);
}

result scenario_open_data(struct scenario *scenario, str name, struct arena *arena, str *ret_text,
                          struct err *err)
{
    TRY(scenario->files.open_data(scenario->files.context, name, arena, ret_text, err));
    return note(scenario, arena_format(scenario->arena, "data/%.*s", STR_ARG(name)), *ret_text,
                err);
}

static int by_name(const void *left, const void *right)
{
    const struct scenario_source *a = left;
    const struct scenario_source *b = right;
    return str_compare(a->name, b->name);
}

result scenario_identify(struct scenario *scenario, struct arena scratch, struct err *err)
{
    str *lines = ARENA_NEW(&scratch, str, scenario->source_count);
    if (lines == NULL) {
        return arena_full(err);
    }
    qsort(scenario->sources, scenario->source_count, sizeof scenario->sources[0], by_name);
    for (size_t i = 0; i < scenario->source_count; i++) {
        char hex[SHA256_HEX_SIZE];
        sha256_hex(&scenario->sources[i].hash, hex);
        lines[i] = arena_format(&scratch, "%s  %.*s\n", hex, STR_ARG(scenario->sources[i].name));
        if (lines[i].at == NULL) {
            return arena_full(err);
        }
    }
    scenario->about.sources = scenario->sources;
    scenario->about.source_count = scenario->source_count;
    scenario->about.identity = sha256_of_parts(lines, scenario->source_count);
    scenario->about.rulebook_identity = scenario->rulebook->identity;
    return result_ok();
}
