/* Reading one file: a token at a time, stopping at the first mistake. */
#include "forecast/scenario_parts.h"
#include "rulebook/diagnose.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct reader {
    struct lexer lexer;
    struct token token; /* not yet taken */
    struct diagnostics diagnostics;
    struct scenario *scenario;
    struct arena *arena;
    struct err *err;
};

result scenario_refuse(struct place_in_text at, const char *hint, struct err *err,
                       const char *format, ...)
{
    char what[sizeof err->what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    result_ignore(err_set(err, ERROR_INPUT, "%s", what), "placed next");
    if (hint != NULL) {
        result_ignore(err_hint(err, "%s", hint), "placed next");
    }
    char file[sizeof err->file];
    snprintf(file, sizeof file, "%.*s", STR_ARG(at.file));
    return err_at(err, file, at.line, at.column);
}

/* ---- tokens ---- */

static void next(struct reader *reader)
{
    reader->token = lexer_next(&reader->lexer);
}

static bool at_word(const struct reader *reader, const char *word)
{
    return reader->token.kind != TOKEN_TEXT && str_equal(reader->token.text, str_from_c(word));
}

static bool at_item_end(const struct reader *reader)
{
    return reader->token.kind == TOKEN_END || reader->token.kind == TOKEN_MARGIN;
}

static bool take_word(struct reader *reader, const char *word)
{
    if (!at_word(reader, word)) {
        return false;
    }
    next(reader);
    return true;
}

static result unexpected(struct reader *reader, const char *wanted)
{
    if (reader->token.kind == TOKEN_BAD && reader->diagnostics.error_count > 0) {
        return diagnostics_result(&reader->diagnostics, reader->err);
    }
    const str found =
        at_item_end(reader) ? str_from_c(token_called(reader->token.kind)) : reader->token.text;
    return scenario_refuse(reader->token.at, NULL, reader->err, "Expected %s, found \"%.*s\"",
                           wanted, STR_ARG(found));
}

static result expect_word(struct reader *reader, const char *word)
{
    return take_word(reader, word) ? result_ok() : unexpected(reader, word);
}

/* A word that is a name here, whatever the rulebook's language makes of it. */
static result read_name(struct reader *reader, struct named *ret_name, const char *wanted)
{
    if (reader->token.kind != TOKEN_NAME && !token_is_word(reader->token.kind)) {
        return unexpected(reader, wanted);
    }
    *ret_name = (struct named){.name = reader->token.text, .at = reader->token.at};
    next(reader);
    return result_ok();
}

static result read_text(struct reader *reader, str *ret_text)
{
    if (reader->token.kind != TOKEN_TEXT) {
        return unexpected(reader, "a text in quotes");
    }
    *ret_text = reader->token.text;
    next(reader);
    while (reader->token.kind == TOKEN_TEXT && reader->token.first_on_line) {
        *ret_text = arena_format(reader->arena, "%.*s %.*s", STR_ARG(*ret_text),
                                 STR_ARG(reader->token.text));
        if (ret_text->at == NULL) {
            return arena_full(reader->err);
        }
        next(reader);
    }
    return result_ok();
}

static result read_date(struct reader *reader, date *ret_date)
{
    if (reader->token.kind != TOKEN_DATE) {
        return unexpected(reader, "a date such as 2024-07-01");
    }
    ret_date->day = (int32_t)reader->token.number;
    next(reader);
    return result_ok();
}

static result read_number(struct reader *reader, double *ret_number)
{
    char text[40];
    if ((reader->token.kind != TOKEN_NUMBER && reader->token.kind != TOKEN_FRACTION) ||
        reader->token.text.len >= sizeof text) {
        return unexpected(reader, "a number");
    }
    snprintf(text, sizeof text, "%.*s", STR_ARG(reader->token.text));
    *ret_number = strtod(text, NULL);
    next(reader);
    return result_ok();
}

static result read_whole(struct reader *reader, int64_t least, int64_t most, int64_t *ret_number)
{
    if (reader->token.kind != TOKEN_NUMBER || reader->token.number < least ||
        reader->token.number > most) {
        char wanted[80];
        snprintf(wanted, sizeof wanted, "a whole number from %lld to %lld", (long long)least,
                 (long long)most);
        return unexpected(reader, wanted);
    }
    *ret_number = reader->token.number;
    next(reader);
    return result_ok();
}

static result too_many(struct reader *reader, const char *what)
{
    return scenario_refuse(reader->token.at, "Divide the scenario, or leave some out", reader->err,
                           "There are too many %s", what);
}

/* ---- sums ---- */

static result read_sum(struct reader *reader, uint32_t *ret_sum);

static result node_add(struct reader *reader, struct sum_node node, uint32_t *ret_node)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->node_count == SCENARIO_NODES_MAX) {
        return too_many(reader, "sums");
    }
    *ret_node = (uint32_t)scenario->node_count;
    scenario->nodes[scenario->node_count++] = node;
    return result_ok();
}

static result read_operand(struct reader *reader, uint32_t *ret_sum)
{
    struct sum_node node = {.at = reader->token.at};
    if (reader->token.kind == TOKEN_OPEN) {
        next(reader);
        TRY(read_sum(reader, ret_sum));
        if (reader->token.kind != TOKEN_CLOSE) {
            return unexpected(reader, "\")\"");
        }
        next(reader);
        return result_ok();
    }
    if (reader->token.kind == TOKEN_NAME) {
        node.kind = SUM_NAME;
        node.name = reader->token.text;
        next(reader);
    } else {
        node.kind = SUM_NUMBER;
        TRY(reader->token.kind == TOKEN_NUMBER || reader->token.kind == TOKEN_FRACTION
                ? read_number(reader, &node.number)
                : unexpected(reader, "a number, or the name of one"));
    }
    return node_add(reader, node, ret_sum);
}

static result read_product(struct reader *reader, uint32_t *ret_sum)
{
    TRY(read_operand(reader, ret_sum));
    for (;;) {
        const bool times = at_word(reader, "times");
        if (!times && !at_word(reader, "over")) {
            return result_ok();
        }
        struct sum_node node = {
            .kind = times ? SUM_TIMES : SUM_OVER, .left = *ret_sum, .at = reader->token.at};
        next(reader);
        TRY(read_operand(reader, &node.right));
        TRY(node_add(reader, node, ret_sum));
    }
}

static result read_sum(struct reader *reader, uint32_t *ret_sum)
{
    TRY(read_product(reader, ret_sum));
    for (;;) {
        const bool plus = at_word(reader, "plus");
        if (!plus && !at_word(reader, "less")) {
            return result_ok();
        }
        struct sum_node node = {
            .kind = plus ? SUM_PLUS : SUM_LESS, .left = *ret_sum, .at = reader->token.at};
        next(reader);
        TRY(read_product(reader, &node.right));
        TRY(node_add(reader, node, ret_sum));
    }
}

/* ---- items ---- */

static result unknown_line(struct reader *reader, const char *lines)
{
    char wanted[200];
    snprintf(wanted, sizeof wanted, "a line of this item (%s)", lines);
    return unexpected(reader, wanted);
}

static result based_on(struct reader *reader)
{
    str file;
    TRY(read_text(reader, &file));
    return scenario_read(reader->scenario, file, reader->arena, reader->err);
}

static result read_scenario(struct reader *reader, bool outermost)
{
    struct scenario *scenario = reader->scenario;
    struct named name = {0};
    str title = STR("");
    TRY(read_name(reader, &name, "the name of the scenario"));
    while (!at_item_end(reader)) {
        if (take_word(reader, "title")) {
            TRY(read_text(reader, &title));
        } else if (take_word(reader, "based")) {
            TRY(expect_word(reader, "on"));
            TRY(based_on(reader));
        } else if (take_word(reader, "rulebook")) {
            struct named rulebook = {0};
            TRY(read_name(reader, &rulebook, "the name of a rulebook"));
            scenario->rulebook_name = rulebook.name;
        } else if (take_word(reader, "begins")) {
            TRY(read_date(reader, &scenario->about.begins));
            scenario->has_begins = true;
        } else if (take_word(reader, "quarters")) {
            int64_t quarters;
            TRY(read_whole(reader, 1, PROCEDURE_QUARTERS_MAX, &quarters));
            scenario->about.quarter_count = (size_t)quarters;
        } else if (take_word(reader, "judged")) {
            int64_t days;
            TRY(expect_word(reader, "every"));
            TRY(read_whole(reader, 1, 366, &days));
            TRY(expect_word(reader, "days"));
            scenario->judged_every = (int32_t)days;
        } else {
            return unknown_line(reader,
                                "title, based on, rulebook, begins, quarters, judged every");
        }
    }
    if (outermost) {
        scenario->about.name = name.name;
        scenario->about.title = title;
    }
    return result_ok();
}

static result read_group(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->group_count == SCENARIO_GROUPS_MAX) {
        return too_many(reader, "groups");
    }
    struct group_item *group = &scenario->groups[scenario->group_count++];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of a group"));
    group->name = name.name;
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &group->title));
        } else if (take_word(reader, "rest")) {
            group->rest = true;
        } else if (take_word(reader, "country")) {
            if (reader->token.kind != TOKEN_COUNTRY) {
                return unexpected(reader, "a country such as ALB");
            }
            group->has_country = true;
            group->country = (uint16_t)reader->token.number;
            next(reader);
        } else if (take_word(reader, "nationality")) {
            do {
                if (group->nationality_count == NATIONALITIES_OF_GROUP_MAX) {
                    return too_many(reader, "nationalities");
                }
                if (reader->token.kind != TOKEN_TEXT) {
                    return unexpected(reader, "a nationality in quotes");
                }
                group->nationalities[group->nationality_count++] = reader->token.text;
                next(reader);
            } while (take_word(reader, ","));
        } else {
            return unknown_line(reader, "a title, nationality, country, rest");
        }
    }
    return result_ok();
}

static result read_source(struct reader *reader, struct number_item *number)
{
    if (take_word(reader, "assumed")) {
        number->is_assumed_only = true;
        return result_ok();
    }
    TRY(read_text(reader, &number->source));
    take_word(reader, "unverified");
    return result_ok();
}

static result number_begin(struct reader *reader, enum number_kind kind,
                           struct number_item **ret_number)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->number_count == SCENARIO_NUMBERS_MAX) {
        return too_many(reader, "numbers");
    }
    struct number_item *number = &scenario->numbers[scenario->number_count++];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of a number"));
    *number = (struct number_item){
        .name = name.name, .at = name.at, .kind = kind, .sum = NO_SUM, .title = STR("")};
    number->purpose = draw_purpose(name.name.at, name.name.len);
    *ret_number = number;
    return result_ok();
}

static result read_filter(struct reader *reader, struct number_item *number)
{
    if (number->filter_count == FILTERS_MAX) {
        return too_many(reader, "lines that choose rows");
    }
    struct filter *filter = &number->filters[number->filter_count++];
    struct named column = {0};
    TRY(read_name(reader, &column, "a column of the table"));
    filter->column = column.name;
    if (reader->token.kind != TOKEN_EQUAL) {
        return unexpected(reader, "\"=\"");
    }
    do {
        next(reader);
        if (filter->value_count == FILTER_VALUES_MAX || reader->token.kind != TOKEN_TEXT) {
            return unexpected(reader, "a value of the column in quotes, at most 16 of them");
        }
        filter->values[filter->value_count++] = reader->token.text;
        next(reader);
    } while (reader->token.kind == TOKEN_COMMA);
    return result_ok();
}

/* What the numbers of an item rest on, where it has no place to keep it. */
static result read_source_of_all(struct reader *reader)
{
    str ignored;
    return take_word(reader, "assumed") ? result_ok() : read_text(reader, &ignored);
}

static result read_known(struct reader *reader)
{
    struct number_item *number;
    TRY(number_begin(reader, NUMBER_KNOWN, &number));
    while (!at_item_end(reader)) {
        struct named column = {0};
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &number->title));
        } else if (take_word(reader, "file")) {
            TRY(read_text(reader, &number->file));
        } else if (take_word(reader, "where")) {
            TRY(read_filter(reader, number));
        } else if (take_word(reader, "adds")) {
            TRY(read_name(reader, &column, "a column of the table"));
            number->column = column.name;
        } else if (take_word(reader, "by")) {
            TRY(read_name(reader, &column, "a column of the table"));
            number->by = column.name;
        } else if (take_word(reader, "source")) {
            TRY(read_source(reader, number));
        } else {
            return unknown_line(reader, "a title, file, where, adds, by, source");
        }
    }
    return number->file.len > 0 && number->column.len > 0
               ? result_ok()
               : scenario_refuse(number->at, "Say it with the lines `file` and `adds`", reader->err,
                                 "\"%.*s\" does not say from which table it is known",
                                 STR_ARG(number->name));
}

static result read_calibrated(struct reader *reader)
{
    struct number_item *number;
    TRY(number_begin(reader, NUMBER_ASSUMED, &number));
    number->assumption = ASSUMED_CALIBRATED;
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &number->title));
        } else if (take_word(reader, "file")) {
            TRY(read_text(reader, &number->file));
        } else if (take_word(reader, "series")) {
            TRY(read_name(reader, &number->series, "a series of the calibration"));
        } else if (take_word(reader, "source")) {
            TRY(read_source(reader, number));
        } else {
            return unknown_line(reader, "a title, file, series, source");
        }
    }
    return number->file.len > 0 && number->series.name.len > 0 && number->source.len > 0
               ? result_ok()
               : scenario_refuse(number->at, "Say it with the lines `file`, `series` and `source`",
                                 reader->err,
                                 "\"%.*s\" does not say by which calibration, and on what data",
                                 STR_ARG(number->name));
}

static result read_two(struct reader *reader, struct number_item *number, enum assumption_kind kind,
                       const char *between)
{
    number->assumption = kind;
    TRY(read_number(reader, &number->a));
    TRY(expect_word(reader, between));
    return read_number(reader, &number->b);
}

static result read_assumed(struct reader *reader)
{
    struct number_item *number;
    bool is_said = false;
    TRY(number_begin(reader, NUMBER_ASSUMED, &number));
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &number->title));
            continue;
        }
        if (take_word(reader, "source")) {
            TRY(read_source(reader, number));
            continue;
        }
        is_said = true;
        if (take_word(reader, "exactly")) {
            number->assumption = ASSUMED_EXACTLY;
            TRY(read_number(reader, &number->a));
        } else if (take_word(reader, "between")) {
            TRY(read_two(reader, number, ASSUMED_BETWEEN, "and"));
        } else if (take_word(reader, "lognormal")) {
            TRY(expect_word(reader, "median"));
            TRY(read_two(reader, number, ASSUMED_LOGNORMAL, "spread"));
        } else if (take_word(reader, "walk")) {
            TRY(expect_word(reader, "spread"));
            TRY(read_two(reader, number, ASSUMED_WALK, "keeps"));
        } else {
            return unknown_line(reader, "a title, exactly, between, lognormal, walk, source");
        }
    }
    if (!is_said || (number->source.len == 0 && !number->is_assumed_only)) {
        return scenario_refuse(number->at,
                               "Write for example `between 0.1 and 0.3`, and `source \"...\"` or "
                               "`source assumed`",
                               reader->err, "\"%.*s\" needs a distribution and a source",
                               STR_ARG(number->name));
    }
    return result_ok();
}

static result read_define(struct reader *reader)
{
    struct number_item *number;
    TRY(number_begin(reader, NUMBER_DEFINED, &number));
    if (reader->token.kind == TOKEN_TEXT) {
        TRY(read_text(reader, &number->title));
    }
    if (reader->token.kind != TOKEN_EQUAL) {
        return unexpected(reader, "\"=\" and a sum");
    }
    next(reader);
    TRY(read_sum(reader, &number->sum));
    return at_item_end(reader) ? result_ok() : unexpected(reader, "the end of the sum");
}

static result read_measure(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->measure_count == SCENARIO_MEASURES_MAX) {
        return too_many(reader, "measures");
    }
    const uint32_t index = (uint32_t)scenario->measure_count++;
    struct measure_item *measure = &scenario->measures[index];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of a measure"));
    measure->name = name.name;
    measure->at = name.at;
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &measure->title));
        } else if (take_word(reader, "from")) {
            TRY(read_date(reader, &measure->from));
            measure->has_from = true;
        } else if (take_word(reader, "source")) {
            TRY(read_source_of_all(reader));
        } else {
            if (scenario->change_count == SCENARIO_CHANGES_MAX) {
                return too_many(reader, "changes");
            }
            struct change *change = &scenario->changes[scenario->change_count++];
            TRY(read_name(reader, &name, "a number that the measure changes"));
            *change = (struct change){.measure = index, .name = name.name, .at = name.at};
            if (reader->token.kind != TOKEN_EQUAL) {
                return unexpected(reader, "\"=\" and a sum");
            }
            next(reader);
            TRY(read_sum(reader, &change->sum));
        }
    }
    return measure->has_from
               ? result_ok()
               : scenario_refuse(measure->at, "Add a line `from 2024-07-01`", reader->err,
                                 "The measure \"%.*s\" does not say from which day",
                                 STR_ARG(measure->name));
}

static result read_station(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->station_count == PROCEDURE_STATIONS_MAX) {
        return too_many(reader, "stations");
    }
    struct station_item *station = &scenario->stations[scenario->station_count++];
    struct named name = {0};
    str ignored;
    TRY(read_name(reader, &name, "the name of a station"));
    *station = (struct station_item){.name = name.name, .places = NO_SUM, .allowance = NO_SUM};
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &ignored));
        } else if (take_word(reader, "places")) {
            TRY(read_sum(reader, &station->places));
        } else if (take_word(reader, "a")) {
            TRY(expect_word(reader, "day"));
            TRY(read_sum(reader, &station->allowance));
        } else if (take_word(reader, "newest")) {
            TRY(expect_word(reader, "first"));
            station->newest_first = true;
        } else {
            return unknown_line(reader, "a title, places, a day, newest first");
        }
    }
    return result_ok();
}

static result read_stock(struct reader *reader, uint32_t stage)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->stock_count == STOCK_LINES_MAX) {
        return too_many(reader, "lines of people at the beginning");
    }
    struct stock_line *line = &scenario->stock[scenario->stock_count++];
    line->stage = stage;
    TRY(expect_word(reader, "with"));
    TRY(read_sum(reader, &line->sum));
    TRY(expect_word(reader, "waited"));
    TRY(read_whole(reader, 0, 100000, &line->least));
    TRY(expect_word(reader, "to"));
    TRY(read_whole(reader, line->least, 100000, &line->most));
    return expect_word(reader, "days");
}

/* "families households dependants SHARE" */
static result read_families_line(struct reader *reader, struct families_line *line)
{
    TRY(read_name(reader, &line->families, "the name of families"));
    TRY(expect_word(reader, "dependants"));
    return read_sum(reader, &line->dependants);
}

static result expect_one_or_many(struct reader *reader, int64_t number, const char *one,
                                 const char *many)
{
    return expect_word(reader, number == 1 ? one : many);
}

/* "of 2 adults and 1 child share 15" */
static result read_family(struct reader *reader, uint32_t families)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->family_kind_count == PROCEDURE_FAMILY_KINDS_MAX) {
        return too_many(reader, "kinds of families");
    }
    struct family_item *kind = &scenario->family_kinds[scenario->family_kind_count++];
    const struct place_in_text at = reader->token.at;
    int64_t adults = 0;
    int64_t children = 0;
    TRY(read_whole(reader, 1, PROCEDURE_FAMILY_PEOPLE_MAX, &adults));
    TRY(expect_one_or_many(reader, adults, "adult", "adults"));
    if (take_word(reader, "and")) {
        TRY(read_whole(reader, 1, PROCEDURE_FAMILY_PEOPLE_MAX, &children));
        TRY(expect_one_or_many(reader, children, "child", "children"));
    }
    if (adults + children < 2 || adults + children > PROCEDURE_FAMILY_PEOPLE_MAX) {
        return scenario_refuse(at, NULL, reader->err, "A family has between 2 people and %d",
                               PROCEDURE_FAMILY_PEOPLE_MAX);
    }
    *kind = (struct family_item){families, (uint32_t)adults, (uint32_t)children, NO_SUM};
    return take_word(reader, "share") ? read_sum(reader, &kind->share) : result_ok();
}

static result read_families(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->families_count == PROCEDURE_FAMILY_KINDS_MAX) {
        return too_many(reader, "families");
    }
    const uint32_t index = (uint32_t)scenario->families_count++;
    struct families_item *families = &scenario->families[index];
    const size_t kinds_before = scenario->family_kind_count;
    struct named name = {0};
    str ignored;
    bool has_source = false;
    TRY(read_name(reader, &name, "the name of families"));
    *families = (struct families_item){name.name, name.at};
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &ignored));
        } else if (take_word(reader, "of")) {
            TRY(read_family(reader, index));
        } else if (take_word(reader, "source")) {
            TRY(read_source_of_all(reader));
            has_source = true;
        } else {
            return unknown_line(reader, "a title, of, source");
        }
    }
    return has_source && scenario->family_kind_count > kinds_before
               ? result_ok()
               : scenario_refuse(families->at,
                                 "Say with `of 2 adults and 1 child share 15` which there are, and "
                                 "`source \"...\"` or `source assumed`",
                                 reader->err, "The families \"%.*s\" are not complete",
                                 STR_ARG(families->name));
}

static result read_stage(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->stage_count == PROCEDURE_STAGES_MAX) {
        return too_many(reader, "stages");
    }
    const uint32_t index = (uint32_t)scenario->stage_count++;
    struct stage_item *stage = &scenario->stages[index];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of a stage of the rulebook"));
    stage->name = name.name;
    stage->at = name.at;
    while (!at_item_end(reader)) {
        if (take_word(reader, "holds")) {
            TRY(read_name(reader, &stage->holds, "the name of a station"));
        } else if (take_word(reader, "begins")) {
            TRY(read_stock(reader, index));
        } else if (take_word(reader, "families")) {
            TRY(read_families_line(reader, &stage->families));
        } else if (take_word(reader, "source")) {
            TRY(read_source_of_all(reader));
        } else {
            return unknown_line(reader, "holds, begins with, families, source");
        }
    }
    return result_ok();
}

static result read_wait(struct reader *reader, struct wait_item *wait)
{
    static const struct {
        const char *word;
        enum distribution_kind kind;
        const char *shape; /* NULL: none */
    } waits[] = {
        {"exactly", DISTRIBUTION_FIXED, NULL},
        {"exponential", DISTRIBUTION_EXPONENTIAL, NULL},
        {"lognormal", DISTRIBUTION_LOGNORMAL, "spread"},
        {"gamma", DISTRIBUTION_GAMMA, "shape"},
        {"even", DISTRIBUTION_UNIFORM, "within"},
    };
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        if (!take_word(reader, waits[i].word)) {
            continue;
        }
        wait->kind = waits[i].kind;
        TRY(waits[i].kind == DISTRIBUTION_FIXED ? result_ok() : expect_word(reader, "mean"));
        TRY(read_sum(reader, &wait->mean));
        if (waits[i].shape != NULL) {
            TRY(expect_word(reader, waits[i].shape));
            TRY(read_number(reader, &wait->shape));
        }
        return expect_word(reader, "days");
    }
    return unexpected(reader, "exactly, exponential, lognormal, gamma or even");
}

static result read_branch(struct reader *reader, struct way_item *way)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->branch_count == BRANCH_ITEMS_MAX) {
        return too_many(reader, "branches");
    }
    struct branch_item *branch = &scenario->branches[scenario->branch_count++];
    branch->share = NO_SUM;
    way->branch_count++;
    TRY(read_name(reader, &branch->step, "the name of a step of the rulebook"));
    TRY(expect_word(reader, "to"));
    TRY(read_name(reader, &branch->to, "the name of a stage"));
    return take_word(reader, "share") ? read_sum(reader, &branch->share) : result_ok();
}

static result read_way_line(struct reader *reader, struct way_item *way)
{
    if (take_word(reader, "from")) {
        return read_name(reader, &way->from, "the name of a stage");
    }
    if (take_word(reader, "open")) {
        TRY(expect_word(reader, "to"));
        return read_sum(reader, &way->open);
    }
    if (take_word(reader, "judged")) {
        TRY(expect_word(reader, "at"));
        return read_name(reader, &way->hub, "the name of a hub");
    }
    if (take_word(reader, "notice")) {
        return read_name(reader, &way->notice, "the name of a clock of the rulebook");
    }
    if (take_word(reader, "approved")) {
        TRY(expect_word(reader, "after"));
        return read_wait(reader, &way->approving);
    }
    if (take_word(reader, "step")) {
        return read_branch(reader, way);
    }
    way->has_kind = true;
    if (take_word(reader, "served")) {
        way->kind = WAY_WHEN_SERVED;
        TRY(expect_word(reader, "by"));
        return read_name(reader, &way->station, "the name of a station");
    }
    if (take_word(reader, "after")) {
        way->kind = WAY_AFTER_WAIT;
        return read_wait(reader, &way->wait);
    }
    if (take_word(reader, "chance")) {
        way->kind = WAY_BY_HAZARD;
        TRY(expect_word(reader, "a"));
        TRY(expect_word(reader, "day"));
        return read_sum(reader, &way->hazard);
    }
    return unknown_line(reader, "from, open to, served by, after, chance a day, judged at, notice, "
                                "approved after, step");
}

static result read_way(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->way_count == PROCEDURE_WAYS_MAX) {
        return too_many(reader, "ways");
    }
    struct way_item *way = &scenario->ways[scenario->way_count++];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of a way"));
    *way = (struct way_item){
        .name = name.name,
        .at = name.at,
        .wait = {.mean = NO_SUM},
        .hazard = NO_SUM,
        .approving = {.mean = NO_SUM},
        .open = NO_SUM,
        .first_branch = (uint32_t)scenario->branch_count,
    };
    while (!at_item_end(reader)) {
        TRY(read_way_line(reader, way));
    }
    if (!way->has_kind || way->from.name.len == 0 || way->branch_count == 0) {
        return scenario_refuse(
            way->at,
            "Say with `from` which stage it leaves, with `served by`, `after` or "
            "`chance a day` when, and with `step` what follows",
            reader->err, "The way \"%.*s\" is not complete", STR_ARG(way->name));
    }
    return result_ok();
}

static result read_arrivals(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->arrivals_count == PROCEDURE_STAGES_MAX) {
        return too_many(reader, "arrivals");
    }
    struct arrivals_item *arrivals = &scenario->arrivals[scenario->arrivals_count++];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of the arrivals"));
    *arrivals =
        (struct arrivals_item){.name = name.name, .at = name.at, .rate = NO_SUM, .kept = NO_SUM};
    while (!at_item_end(reader)) {
        if (take_word(reader, "to")) {
            TRY(read_name(reader, &arrivals->to, "the name of a stage"));
        } else if (take_word(reader, "a")) {
            TRY(expect_word(reader, "day"));
            TRY(read_sum(reader, &arrivals->rate));
        } else if (take_word(reader, "kept")) {
            TRY(read_sum(reader, &arrivals->kept));
        } else if (take_word(reader, "families")) {
            TRY(read_families_line(reader, &arrivals->families));
        } else {
            return unknown_line(reader, "to, a day, kept, families");
        }
    }
    return arrivals->rate != NO_SUM && arrivals->to.name.len > 0
               ? result_ok()
               : scenario_refuse(arrivals->at, "Say `to STAGE` and `a day SUM`", reader->err,
                                 "The arrivals \"%.*s\" are not complete", STR_ARG(arrivals->name));
}

static const struct {
    const char *words;
    enum series_term_kind kind;
} term_words[] = {
    {"arrivals", TERM_ARRIVALS},
    {"step", TERM_STEP},
    {"stage", TERM_STAGE},
    {"stage_long", TERM_STAGE_LONG},
    {"days_in", TERM_STAGE_DAYS},
    {"places", TERM_PLACES},
    {"taken", TERM_TAKEN},
    {"idle", TERM_IDLE},
    {"place_days", TERM_PLACE_DAYS},
    {"held_by_law", TERM_HELD_BY_LAW},
    {"in_families", TERM_IN_FAMILIES},
};

static result read_term(struct reader *reader, uint32_t series)
{
    struct scenario *scenario = reader->scenario;
    for (size_t i = 0; i < sizeof term_words / sizeof term_words[0]; i++) {
        if (!take_word(reader, term_words[i].words)) {
            continue;
        }
        if (scenario->term_count == TERMS_MAX) {
            return too_many(reader, "terms");
        }
        struct term_item *term = &scenario->terms[scenario->term_count++];
        *term = (struct term_item){.series = series, .kind = term_words[i].kind, .weight = NO_SUM};
        TRY(read_name(reader, &term->what, "what is counted"));
        if (term->kind == TERM_STAGE_LONG) {
            TRY(expect_word(reader, "after"));
            TRY(read_number(reader, &term->days));
            TRY(expect_word(reader, "days"));
        }
        return take_word(reader, "times") ? read_sum(reader, &term->weight) : result_ok();
    }
    return unknown_line(reader,
                        "a title, unit, arrivals, step, stage, stage_long, in_families, days_in, "
                        "places, taken, idle, place_days, held_by_law");
}

static result read_series(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->about.series_count == PROCEDURE_SERIES_MAX) {
        return too_many(reader, "series");
    }
    const uint32_t index = (uint32_t)scenario->about.series_count++;
    struct scenario_series *series = &scenario->series[index];
    struct named name = {0};
    TRY(read_name(reader, &name, "the name of a series"));
    *series = (struct scenario_series){name.name, STR(""), STR("people")};
    while (!at_item_end(reader)) {
        if (reader->token.kind == TOKEN_TEXT) {
            TRY(read_text(reader, &series->title));
        } else if (take_word(reader, "unit")) {
            TRY(read_text(reader, &series->unit));
        } else {
            TRY(read_term(reader, index));
        }
    }
    return result_ok();
}

/* The text of a value as the rulebook reads it: yes, a choice, a number, a date, a country. */
static result read_value_text(struct reader *reader, str *ret_text)
{
    if (at_item_end(reader) || reader->token.kind == TOKEN_BAD) {
        return unexpected(reader, "a value of the fact");
    }
    *ret_text = reader->token.text;
    next(reader);
    while (reader->token.kind == TOKEN_COMMA) {
        next(reader);
        *ret_text = arena_format(reader->arena, "%.*s,%.*s", STR_ARG(*ret_text),
                                 STR_ARG(reader->token.text));
        if (ret_text->at == NULL) {
            return arena_full(reader->err);
        }
        next(reader);
    }
    return result_ok();
}

static result read_given(struct reader *reader, struct given *given)
{
    if (take_word(reader, "nationality")) {
        given->kind = GIVEN_NATIONALITY;
        return result_ok();
    }
    if (!take_word(reader, "today")) {
        given->kind = GIVEN_TEXT;
        return read_value_text(reader, &given->text);
    }
    given->kind = GIVEN_DAY;
    const bool later = take_word(reader, "plus");
    if (!later && !take_word(reader, "less")) {
        return result_ok();
    }
    int64_t days;
    TRY(read_whole(reader, 0, 20000, &days));
    given->days = (int32_t)(later ? days : -days);
    return expect_word(reader, "days");
}

static result read_hub(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    if (scenario->hub_count == PROCEDURE_STATIONS_MAX) {
        return too_many(reader, "hubs");
    }
    const uint32_t index = (uint32_t)scenario->hub_count++;
    TRY(read_name(reader, &scenario->hubs[index], "the name of a hub"));
    while (!at_item_end(reader)) {
        if (take_word(reader, "source")) {
            TRY(read_source_of_all(reader));
            continue;
        }
        if (scenario->hub_fact_count == HUB_FACTS_MAX) {
            return too_many(reader, "facts of hubs");
        }
        struct hub_fact *fact = &scenario->hub_facts[scenario->hub_fact_count++];
        *fact = (struct hub_fact){.hub = index};
        TRY(read_name(reader, &fact->fact, "a fact of the hub or the agreement"));
        if (reader->token.kind != TOKEN_EQUAL) {
            return unexpected(reader, "\"=\" and a value");
        }
        next(reader);
        TRY(read_given(reader, &fact->given));
    }
    return result_ok();
}

/* "of families", "of families with children", "of children" */
static result read_scope(struct reader *reader, enum fact_scope *ret_scope)
{
    *ret_scope = OF_EVERYBODY;
    if (!take_word(reader, "of")) {
        return result_ok();
    }
    if (take_word(reader, "children")) {
        *ret_scope = OF_CHILDREN;
        return result_ok();
    }
    TRY(expect_word(reader, "families"));
    *ret_scope = OF_FAMILIES;
    if (take_word(reader, "with")) {
        *ret_scope = OF_FAMILIES_WITH_CHILDREN;
        return expect_word(reader, "children");
    }
    return result_ok();
}

static result read_facts(struct reader *reader)
{
    struct scenario *scenario = reader->scenario;
    str stage = STR("");
    TRY(expect_word(reader, "on"));
    if (!take_word(reader, "coming")) {
        struct named name = {0};
        TRY(read_name(reader, &name, "\"coming\", or the name of a stage"));
        stage = name.name;
    }
    enum fact_scope scope;
    TRY(read_scope(reader, &scope));
    struct named before = {.name = STR("")};
    while (!at_item_end(reader)) {
        if (take_word(reader, "source")) {
            TRY(read_source_of_all(reader));
            continue;
        }
        if (scenario->fact_count == SCENARIO_FACTS_MAX) {
            return too_many(reader, "facts");
        }
        struct fact_line *line = &scenario->facts[scenario->fact_count++];
        *line = (struct fact_line){.stage_name = stage, .scope = scope, .share = NO_SUM};
        line->continues = take_word(reader, "or");
        if (line->continues) {
            line->fact = before;
        } else {
            TRY(read_name(reader, &line->fact, "a fact of a person"));
            if (reader->token.kind != TOKEN_EQUAL) {
                return unexpected(reader, "\"=\" and a value");
            }
            next(reader);
        }
        before = line->fact;
        TRY(read_given(reader, &line->given));
        if (take_word(reader, "share")) {
            TRY(read_sum(reader, &line->share));
        }
    }
    return result_ok();
}

static const struct {
    const char *word;
    result (*read)(struct reader *reader);
} items[] = {
    {"group", read_group},           {"known", read_known},       {"assumed", read_assumed},
    {"calibrated", read_calibrated}, {"define", read_define},     {"measure", read_measure},
    {"station", read_station},       {"stage", read_stage},       {"way", read_way},
    {"arrivals", read_arrivals},     {"series", read_series},     {"hub", read_hub},
    {"facts", read_facts},           {"families", read_families},
};

static result read_item(struct reader *reader, bool outermost)
{
    if (take_word(reader, "scenario")) {
        return read_scenario(reader, outermost);
    }
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        if (take_word(reader, items[i].word)) {
            return items[i].read(reader);
        }
    }
    return unexpected(
        reader, "an item: scenario, group, known, assumed, calibrated, define, station, stage, "
                "way, arrivals, families, series, hub, facts or measure");
}

static bool was_read(const struct scenario *scenario, str name)
{
    for (size_t i = 0; i < scenario->read_count; i++) {
        if (str_equal(scenario->read_names[i], name)) {
            return true;
        }
    }
    return false;
}

result scenario_read(struct scenario *scenario, str name, struct arena *arena, struct err *err)
{
    if (was_read(scenario, name)) {
        return result_ok();
    }
    if (scenario->read_count == SCENARIO_FILES_MAX) {
        return err_set(err, ERROR_LIMIT, "A scenario may rest on %d files", SCENARIO_FILES_MAX);
    }
    const bool outermost = scenario->read_count == 0;
    scenario->read_names[scenario->read_count++] = name;
    str text;
    TRY(scenario_open_text(scenario, name, arena, &text, err));
    struct reader reader = {.scenario = scenario, .arena = arena, .err = err};
    TRY(diagnostics_init(&reader.diagnostics, arena, err));
    const struct rulebook_file file = {name, text};
    if (!lexer_init(&reader.lexer, &file, &reader.diagnostics)) {
        return diagnostics_result(&reader.diagnostics, err);
    }
    reader.lexer.fractions = true;
    next(&reader);
    while (reader.token.kind != TOKEN_END) {
        if (reader.token.kind == TOKEN_MARGIN) {
            next(&reader);
            continue;
        }
        TRY(read_item(&reader, outermost));
    }
    return result_ok();
}
