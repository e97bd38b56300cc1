#include "cli/forecasts.h"

#include "forecast/answers.h"
#include "format/json.h"
#include "system/system.h"

#include <stdlib.h>

struct reading {
    str folder;
    struct arena *arena;
    struct web_forecast *forecasts;
    size_t count;
};

static struct web_forecast *forecast_of(struct reading *reading, str scenario)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (str_equal(reading->forecasts[i].name, scenario)) {
            return &reading->forecasts[i];
        }
    }
    if (reading->count == FORECASTS_MAX) {
        return NULL;
    }
    struct web_forecast *added = &reading->forecasts[reading->count++];
    *added = (struct web_forecast){.name = scenario};
    return added;
}

static json_t **place_of(struct web_forecast *forecast, str answer)
{
    return str_equal(answer, STR("run"))      ? &forecast->run
           : str_equal(answer, STR("shares")) ? &forecast->shares
                                              : &forecast->sensitivity;
}

/* What the file is, it says itself; its name must agree, so that nothing stands twice. */
static result put(struct reading *reading, str file, json_t *answer, struct err *err)
{
    const str scenario = json_str_or_empty(answer, "scenario");
    const str kind = json_str_or_empty(answer, "answer");
    const str name =
        arena_format(reading->arena, "%.*s.%.*s.json", STR_ARG(scenario), STR_ARG(kind));
    if (!str_equal(name, file)) {
        return err_set(err, ERROR_INPUT, "%.*s/%.*s should be named %.*s", STR_ARG(reading->folder),
                       STR_ARG(file), STR_ARG(name));
    }
    struct web_forecast *forecast = forecast_of(reading, scenario);
    if (forecast == NULL) {
        return err_set(err, ERROR_LIMIT, "A folder holds at most %d forecasts", FORECASTS_MAX);
    }
    *place_of(forecast, kind) = json_incref(answer);
    return result_ok();
}

static result read_one(struct reading *reading, str file, struct err *err)
{
    str text;
    json_t *read = NULL;
    struct err why = {0};
    const str path =
        arena_format(reading->arena, "%.*s/%.*s", STR_ARG(reading->folder), STR_ARG(file));
    if (path.at == NULL) {
        return arena_full(err);
    }
    TRY(system_read_file(path.at, FORECAST_FILE_BYTES_MAX, reading->arena, &text, err));
    if (!json_read(text, &read, &why).ok) {
        return err_set(err, ERROR_INPUT, "%.*s: %s", STR_ARG(path), why.what);
    }
    json_auto_t *answer = read;
    if (!answers_check(answer, &why).ok) {
        return err_set(err, ERROR_INPUT, "%.*s is not an answer as `returnhub forecast` keeps it",
                       STR_ARG(path));
    }
    return put(reading, file, answer, err);
}

static int by_name(const void *left, const void *right)
{
    const struct web_forecast *a = left;
    const struct web_forecast *b = right;
    return str_compare(a->name, b->name);
}

/* They stand on one page: what was made of other texts is no part of the same forecast. */
static result check_same_texts(const struct reading *reading, const struct web_forecast *forecast,
                               const json_t *part, struct err *err)
{
    static const char *const identities[] = {"scenario_identity", "rulebook_identity"};
    for (size_t i = 0; part != NULL && i < sizeof identities / sizeof identities[0]; i++) {
        if (!json_equal(json_object_get(forecast->run, identities[i]),
                        json_object_get(part, identities[i]))) {
            result_ignore(err_set(err, ERROR_INPUT,
                                  "%.*s/%.*s.%.*s.json was made of another text than the run "
                                  "beside it",
                                  STR_ARG(reading->folder), STR_ARG(forecast->name),
                                  STR_ARG(json_str_or_empty(part, "answer"))),
                          "the hint follows");
            return err_hint(err, "Make all answers of a scenario anew, or move this one away.");
        }
    }
    return result_ok();
}

static result read_all(struct reading *reading, const str *names, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        TRY(read_one(reading, names[i], err));
    }
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->forecasts[i].run == NULL) {
            return err_set(err, ERROR_INPUT, "%.*s has no %.*s.run.json", STR_ARG(reading->folder),
                           STR_ARG(reading->forecasts[i].name));
        }
        TRY(check_same_texts(reading, &reading->forecasts[i], reading->forecasts[i].shares, err));
        TRY(check_same_texts(reading, &reading->forecasts[i], reading->forecasts[i].sensitivity,
                             err));
    }
    return result_ok();
}

result forecasts_read(str folder, struct arena *arena, struct web_forecast **ret_forecasts,
                      size_t *ret_count, struct err *err)
{
    const str *names = NULL;
    size_t count = 0;
    struct reading reading = {.folder = folder, .arena = arena};
    TRY(system_list_folder(arena_copy(arena, folder).at, STR(".json"), arena, &names, &count, err));
    reading.forecasts = ARENA_NEW(arena, struct web_forecast, FORECASTS_MAX);
    if (reading.forecasts == NULL) {
        return arena_full(err);
    }
    const result read = read_all(&reading, names, count, err);
    if (!read.ok) {
        forecasts_close(reading.forecasts, reading.count);
        return read;
    }
    qsort(reading.forecasts, reading.count, sizeof reading.forecasts[0], by_name);
    *ret_forecasts = reading.forecasts;
    *ret_count = reading.count;
    return result_ok();
}

void forecasts_close(struct web_forecast *forecasts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_decref(forecasts[i].run);
        json_decref(forecasts[i].shares);
        json_decref(forecasts[i].sensitivity);
    }
}
