#include "statistics/definition.h"
#include "format/lines.h"

#include <string.h>

/* The reader of one file, and the item that its lines belong to. */
struct reader {
    struct line_reader lines;
    struct definitions *definitions;
    struct table_definition *tables;
    struct group_definition *groups;
    /* Both NULL and not the policy: none. */
    struct table_definition *table;
    struct group_definition *group;
    bool in_policy;
};

static result take_names(struct reader *reader, struct name_list *names, struct err *err)
{
    return line_names(&reader->lines, names->items, DEFINITION_NAMES_MAX, &names->count, err);
}

static result take_bands(struct reader *reader, struct band_list *ret_bands, struct err *err)
{
    struct band_list *bands = ret_bands;
    bands->count = 0;
    TRY(line_expect(&reader->lines, "bands", err));
    while (line_peek(&reader->lines).len > 0) {
        int64_t from = 0;
        const str word = line_peek(&reader->lines);
        TRY(line_number(&reader->lines, &from, err));
        if (bands->count == DEFINITION_BANDS_MAX ||
            (bands->count > 0 && from <= bands->from[bands->count - 1])) {
            return line_refuse(&reader->lines, err, "Bands rise, and there are 32 at most, not",
                               word);
        }
        bands->from[bands->count++] = from;
    }
    return bands->count > 0
               ? result_ok()
               : line_refuse(&reader->lines, err, "Bands need numbers, before", reader->lines.rest);
}

/* --- what a table is broken down by --- */

static result take_anchor(struct reader *reader, struct dimension *dimension, struct err *err)
{
    if (line_take(&reader->lines, "claim")) {
        dimension->anchor = ANCHOR_CLAIM;
        return result_ok();
    }
    if (line_take(&reader->lines, "stage")) {
        dimension->anchor = ANCHOR_STAGE;
        return result_ok();
    }
    if (line_take(&reader->lines, "step")) {
        dimension->anchor = ANCHOR_STEP;
        return line_name(&reader->lines, &dimension->name, err);
    }
    TRY(line_expect(&reader->lines, "fact", err));
    dimension->anchor = ANCHOR_FACT;
    return line_name(&reader->lines, &dimension->name, err);
}

/* A group stands before the tables that use it. */
static result take_group(struct reader *reader, struct dimension *dimension, struct err *err)
{
    str name = STR("");
    TRY(line_name(&reader->lines, &name, err));
    dimension->kind = DIMENSION_GROUP;
    for (size_t i = 0; i < reader->definitions->group_count; i++) {
        if (str_equal(reader->groups[i].name, name)) {
            dimension->group = &reader->groups[i];
        }
    }
    if (dimension->group == NULL) {
        return line_refuse(&reader->lines, err, "No group stands before that is called", name);
    }
    if (line_take(&reader->lines, "of step")) {
        return result_ok();
    }
    TRY(line_expect(&reader->lines, "of fact", err));
    return line_name(&reader->lines, &dimension->name, err);
}

static result take_dimension(struct reader *reader, struct dimension *ret_dimension,
                             struct err *err)
{
    static const struct {
        const char *words;
        enum dimension_kind kind;
    } plain[] = {
        {"stage now", DIMENSION_STAGE_NOW}, {"stage", DIMENSION_STAGE},
        {"step", DIMENSION_STEP},           {"hub", DIMENSION_HUB},
        {"agreement", DIMENSION_AGREEMENT}, {"safeguard", DIMENSION_SAFEGUARD},
        {"value", DIMENSION_VALUE},
    };
    struct dimension *dimension = ret_dimension;
    *dimension = (struct dimension){.title = STR(""), .name = STR("")};
    TRY(line_text(&reader->lines, &dimension->title, err));
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (line_take(&reader->lines, plain[i].words)) {
            dimension->kind = plain[i].kind;
            return result_ok();
        }
    }
    if (line_take(&reader->lines, "fact")) {
        dimension->kind = DIMENSION_FACT;
        return line_name(&reader->lines, &dimension->name, err);
    }
    if (line_take(&reader->lines, "age")) {
        dimension->kind = DIMENSION_AGE;
        TRY(line_name(&reader->lines, &dimension->name, err));
        return take_bands(reader, &dimension->bands, err);
    }
    if (line_take(&reader->lines, "group")) {
        return take_group(reader, dimension, err);
    }
    const bool first = line_take(&reader->lines, "first of");
    if (first || line_take(&reader->lines, "last of")) {
        dimension->kind = first ? DIMENSION_FIRST_OF : DIMENSION_LAST_OF;
        return take_names(reader, &dimension->names, err);
    }
    dimension->in_months = line_take(&reader->lines, "months");
    if (!dimension->in_months && !line_take(&reader->lines, "days")) {
        return line_refuse(&reader->lines, err, "There is nothing to break down by that is called",
                           line_peek(&reader->lines));
    }
    dimension->kind = DIMENSION_SINCE;
    TRY(line_expect(&reader->lines, "since", err));
    TRY(take_anchor(reader, dimension, err));
    return take_bands(reader, &dimension->bands, err);
}

/* --- the lines of a table --- */

static result line_counts(struct reader *reader, struct table_definition *table, struct err *err)
{
    static const struct {
        const char *words;
        enum basis basis;
        bool first;
        bool named;
    } bases[] = {
        {"claims", BASIS_CLAIMS, false, false},
        {"first steps", BASIS_STEPS, true, true},
        {"steps", BASIS_STEPS, false, true},
        {"answers to", BASIS_ANSWERS, false, true},
        {"refusals of", BASIS_REFUSALS, false, true},
        {"stops of", BASIS_STOPS, false, true},
        {"values of", BASIS_VALUES, false, true},
        {"people in", BASIS_PEOPLE, false, true},
        {"people open", BASIS_PEOPLE, false, false},
        {"agreements", BASIS_AGREEMENTS, false, false},
    };
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (line_take(&reader->lines, bases[i].words)) {
            table->basis = bases[i].basis;
            table->first_only = bases[i].first;
            return bases[i].named ? take_names(reader, &table->names, err) : result_ok();
        }
    }
    TRY(line_expect(&reader->lines, "nothing", err));
    table->basis = BASIS_NOTHING;
    return line_text(&reader->lines, &table->absent, err);
}

static result line_by(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (table->by_count == DEFINITION_DIMENSIONS_MAX) {
        return line_refuse(&reader->lines, err,
                           "A table is broken down by 8 things at most, not by",
                           reader->lines.rest);
    }
    return take_dimension(reader, &table->by[table->by_count++], err);
}

static result line_compares(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->compares = true;
    TRY(line_expect(&reader->lines, "by", err));
    return line_by(reader, table, err);
}

static result line_across(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->has_across = true;
    return take_dimension(reader, &table->across, err);
}

static result line_each(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (line_take(&reader->lines, "quarter")) {
        table->period = PERIOD_QUARTER;
    } else if (line_take(&reader->lines, "year")) {
        table->period = PERIOD_YEAR;
    } else {
        TRY(line_expect(&reader->lines, "month", err));
        table->period = PERIOD_MONTH;
    }
    return result_ok();
}

static result line_where(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (table->filter_count == DEFINITION_FILTERS_MAX) {
        return line_refuse(&reader->lines, err, "A table has 4 filters at most, not also",
                           reader->lines.rest);
    }
    struct filter *filter = &table->filters[table->filter_count++];
    TRY(line_expect(&reader->lines, "fact", err));
    TRY(line_name(&reader->lines, &filter->fact, err));
    TRY(line_expect(&reader->lines, "is", err));
    return take_names(reader, &filter->values, err);
}

static result line_share(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->measure = MEASURE_SHARE;
    if (line_take(&reader->lines, "refused")) {
        return result_ok();
    }
    TRY(line_expect(&reader->lines, "of", err));
    return take_names(reader, &table->share_of, err);
}

static result line_median(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->measure = MEASURE_MEDIAN;
    table->since = (struct dimension){.kind = DIMENSION_SINCE};
    TRY(line_expect(&reader->lines, "days since", err));
    return take_anchor(reader, &table->since, err);
}

static result line_note(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (table->note_count == DEFINITION_NOTES_MAX) {
        return line_refuse(&reader->lines, err, "A table has 16 notes at most, not also",
                           reader->lines.rest);
    }
    return line_text(&reader->lines, &table->notes[table->note_count++], err);
}

static result read_table_line(struct reader *reader, struct err *err)
{
    static const struct {
        const char *word;
        result (*read)(struct reader *reader, struct table_definition *table, struct err *err);
    } lines[] = {
        {"counts", line_counts}, {"by", line_by},         {"compares", line_compares},
        {"across", line_across}, {"each", line_each},     {"where", line_where},
        {"share", line_share},   {"median", line_median}, {"note", line_note},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (line_take(&reader->lines, lines[i].word)) {
            return lines[i].read(reader, reader->table, err);
        }
    }
    return line_refuse(&reader->lines, err, "A table has no line that begins with",
                       line_peek(&reader->lines));
}

/* --- groups --- */

static result read_group_line(struct reader *reader, struct err *err)
{
    struct group_definition *group = reader->group;
    if (group->line_count == DEFINITION_GROUP_LINES_MAX) {
        return line_refuse(&reader->lines, err, "A group has 64 lines at most, not also",
                           reader->lines.rest);
    }
    struct group_line *line = &group->lines[group->line_count++];
    TRY(line_text(&reader->lines, &line->label, err));
    return line->label.len > 0
               ? take_names(reader, &line->names, err)
               : line_refuse(&reader->lines, err, "A line of a group begins with its label, not",
                             line_peek(&reader->lines));
}

static result begin_group(struct reader *reader, struct err *err)
{
    struct definitions *definitions = reader->definitions;
    if (definitions->group_count == DEFINITION_GROUPS_MAX) {
        return line_refuse(&reader->lines, err, "There are 32 groups at most, not also",
                           reader->lines.rest);
    }
    reader->in_policy = false;
    reader->table = NULL;
    reader->group = &reader->groups[definitions->group_count];
    TRY(line_name(&reader->lines, &reader->group->name, err));
    definitions->group_count++;
    return line_text(&reader->lines, &reader->group->title, err);
}

/* --- the policy --- */

static result read_policy_line(struct reader *reader, struct err *err)
{
    struct publication_policy *policy = &reader->definitions->policy;
    if (line_take(&reader->lines, "suppress below")) {
        return line_number(&reader->lines, &policy->suppress_below, err);
    }
    if (line_take(&reader->lines, "round to")) {
        return line_number(&reader->lines, &policy->round_to, err);
    }
    if (line_take(&reader->lines, "median of at least")) {
        return line_number(&reader->lines, &policy->median_at_least, err);
    }
    if (line_take(&reader->lines, "provisional for")) {
        TRY(line_number(&reader->lines, &policy->provisional_months, err));
        return line_expect(&reader->lines, "months", err);
    }
    if (line_take(&reader->lines, "contact days")) {
        return take_bands(reader, &policy->contact_days, err);
    }
    TRY(line_expect(&reader->lines, "note", err));
    if (policy->note_count == DEFINITION_NOTES_MAX) {
        return line_refuse(&reader->lines, err, "The policy has 16 notes at most, not also",
                           reader->lines.rest);
    }
    return line_text(&reader->lines, &policy->notes[policy->note_count++], err);
}

/* --- the whole --- */

static result begin_table(struct reader *reader, struct err *err)
{
    struct definitions *definitions = reader->definitions;
    str name = STR("");
    TRY(line_name(&reader->lines, &name, err));
    if (definitions->table_count == DEFINITION_TABLES_MAX ||
        definitions_table(definitions, name) != NULL) {
        return line_refuse(&reader->lines, err, "There is such a table already, or too many before",
                           name);
    }
    reader->in_policy = false;
    reader->group = NULL;
    reader->table = &reader->tables[definitions->table_count++];
    *reader->table = (struct table_definition){
        .name = name, .file = reader->lines.file, .line = reader->lines.line, .absent = STR("")};
    return line_text(&reader->lines, &reader->table->title, err);
}

static result read_line(struct reader *reader, struct err *err)
{
    if (reader->lines.indented &&
        (reader->table != NULL || reader->group != NULL || reader->in_policy)) {
        TRY(reader->in_policy       ? read_policy_line(reader, err)
            : reader->group != NULL ? read_group_line(reader, err)
                                    : read_table_line(reader, err));
    } else if (!reader->lines.indented && line_take(&reader->lines, "group")) {
        TRY(begin_group(reader, err));
    } else if (!reader->lines.indented && line_take(&reader->lines, "table")) {
        TRY(begin_table(reader, err));
    } else if (!reader->lines.indented && line_take(&reader->lines, "policy")) {
        reader->in_policy = true;
    } else {
        return line_refuse(&reader->lines, err,
                           "Neither a table, a group nor the policy begins with",
                           line_peek(&reader->lines));
    }
    return line_end(&reader->lines, err);
}

static result read_file(struct reader *reader, const char *file, str text, struct err *err)
{
    reader->table = NULL;
    reader->group = NULL;
    reader->in_policy = false;
    TRY(line_reader_open(&reader->lines, file, text, err));
    while (line_next(&reader->lines)) {
        TRY(read_line(reader, err));
    }
    return result_ok();
}

static result check_table(const struct table_definition *table, struct err *err)
{
    const char *wrong = NULL;
    wrong = table->basis == BASIS_NONE ? "does not say what it counts" : wrong;
    wrong = table->title.len == 0 ? "has no title" : wrong;
    wrong = table->measure == MEASURE_SHARE && table->has_across
                ? "has a share and something across"
                : wrong;
    wrong = table->basis == BASIS_VALUES && table->names.count == 0 ? "counts values of no fact"
                                                                    : wrong;
    if (wrong == NULL) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "The table \"%.*s\" %s", STR_ARG(table->name), wrong),
                  "placed next");
    return err_at(err, table->file, table->line, 1);
}

static result hash_texts(const struct definition_file *files, size_t count, struct arena scratch,
                         struct sha256 *ret_hash, struct err *err)
{
    str *texts = ARENA_NEW(&scratch, str, count + 1);
    if (texts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        texts[i] = files[i].text;
    }
    *ret_hash = sha256_of_parts(texts, count);
    return result_ok();
}

result definitions_read(const struct definition_file *files, size_t file_count, struct arena *arena,
                        struct definitions *ret_definitions, struct err *err)
{
    struct definitions definitions = {
        .policy = {.suppress_below = 5, .round_to = 1, .median_at_least = 10}};
    struct reader reader = {.definitions = &definitions};
    reader.tables = ARENA_NEW(arena, struct table_definition, DEFINITION_TABLES_MAX);
    reader.groups = ARENA_NEW(arena, struct group_definition, DEFINITION_GROUPS_MAX);
    if (reader.tables == NULL || reader.groups == NULL) {
        return arena_full(err);
    }
    definitions.tables = reader.tables;
    definitions.groups = reader.groups;
    for (size_t i = 0; i < file_count; i++) {
        const char *file = arena_copy(arena, files[i].name).at;
        if (file == NULL) {
            return arena_full(err);
        }
        TRY(read_file(&reader, file, files[i].text, err));
    }
    for (size_t i = 0; i < definitions.table_count; i++) {
        TRY(check_table(&definitions.tables[i], err));
    }
    if (definitions.policy.round_to < 1) {
        return err_set(err, ERROR_INPUT, "The policy rounds to 1 at least");
    }
    TRY(hash_texts(files, file_count, *arena, &definitions.identity, err));
    *ret_definitions = definitions;
    return result_ok();
}

const struct table_definition *definitions_table(const struct definitions *definitions, str name)
{
    for (size_t i = 0; i < definitions->table_count; i++) {
        if (str_equal(definitions->tables[i].name, name)) {
            return &definitions->tables[i];
        }
    }
    return NULL;
}

/* --- bands --- */

size_t band_of(const struct band_list *bands, int64_t number)
{
    size_t band = bands->count;
    for (size_t i = 0; i < bands->count && bands->from[i] <= number; i++) {
        band = i;
    }
    return band;
}

str band_label(const struct band_list *bands, size_t index, struct arena *arena)
{
    if (index >= bands->count) {
        return STR("Unknown");
    }
    if (index + 1 == bands->count) {
        return arena_format(arena, "%lld and over", (long long)bands->from[index]);
    }
    const long long last = (long long)bands->from[index + 1] - 1;
    return last == bands->from[index]
               ? arena_format(arena, "%lld", last)
               : arena_format(arena, "%lld to %lld", (long long)bands->from[index], last);
}
