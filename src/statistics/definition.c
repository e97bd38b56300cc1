#include "statistics/definition.h"

#include <string.h>

/* The reader of one file: a line at a time, a word at a time. */
struct reader {
    const char *file;
    uint32_t line;
    str rest; /* of the line */
    bool indented;
    struct definitions *definitions;
    struct table_definition *tables;
    struct group_definition *groups;
    /* The item that lines belong to; both NULL and not the policy: none. */
    struct table_definition *table;
    struct group_definition *group;
    bool in_policy;
};

static result refuse(const struct reader *reader, struct err *err, const char *what, str word)
{
    result_ignore(err_set(err, ERROR_INPUT, "%s: \"%.*s\"", what, STR_ARG(word)), "placed next");
    return err_at(err, reader->file, reader->line, 1);
}

/* --- words --- */

static void skip_space(struct reader *reader)
{
    while (reader->rest.len > 0 && (reader->rest.at[0] == ' ' || reader->rest.at[0] == ',')) {
        reader->rest = str_slice(reader->rest, 1, reader->rest.len);
    }
}

static bool ends_word(char c)
{
    return c == ' ' || c == ',' || c == '"';
}

static str peek_word(struct reader *reader)
{
    skip_space(reader);
    size_t len = 0;
    while (len < reader->rest.len && !ends_word(reader->rest.at[len])) {
        len++;
    }
    return str_slice(reader->rest, 0, len);
}

static str next_word(struct reader *reader)
{
    const str word = peek_word(reader);
    reader->rest = str_slice(reader->rest, word.len, reader->rest.len);
    return word;
}

/* Takes the words, parted by single spaces, if they come next. */
static bool take_words(struct reader *reader, const char *words)
{
    const struct reader before = *reader;
    str left = str_from_c(words);
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, ' ');
        if (!str_equal(next_word(reader), cut.head)) {
            *reader = before;
            return false;
        }
        left = cut.tail;
    }
    return true;
}

static result expect_words(struct reader *reader, const char *words, struct err *err)
{
    if (take_words(reader, words)) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "Here should stand \"%s\"", words), "placed next");
    return err_at(err, reader->file, reader->line, 1);
}

/* A text in quotes; "" when none comes next. */
static result take_text(struct reader *reader, str *ret_text, struct err *err)
{
    skip_space(reader);
    *ret_text = STR("");
    if (reader->rest.len == 0 || reader->rest.at[0] != '"') {
        return result_ok();
    }
    const str after = str_slice(reader->rest, 1, reader->rest.len);
    const struct str_cut cut = str_cut(after, '"');
    if (!cut.found) {
        return refuse(reader, err, "The text does not end on its line", after);
    }
    *ret_text = cut.head;
    reader->rest = cut.tail;
    return result_ok();
}

static result take_name(struct reader *reader, str *ret_name, struct err *err)
{
    const str word = next_word(reader);
    if (word.len == 0) {
        return refuse(reader, err, "A name is missing before", reader->rest);
    }
    *ret_name = word;
    return result_ok();
}

static result take_number(struct reader *reader, int64_t *ret_number, struct err *err)
{
    const str word = next_word(reader);
    return str_to_int64(word, ret_number, NULL).ok && *ret_number >= 0
               ? result_ok()
               : refuse(reader, err, "A whole number should stand here, not", word);
}

static result take_names(struct reader *reader, struct name_list *ret_names, struct err *err)
{
    ret_names->count = 0;
    while (peek_word(reader).len > 0) {
        if (ret_names->count == DEFINITION_NAMES_MAX) {
            return refuse(reader, err, "Too many names in one list, at", peek_word(reader));
        }
        ret_names->items[ret_names->count++] = next_word(reader);
    }
    return result_ok();
}

static result take_bands(struct reader *reader, struct band_list *ret_bands, struct err *err)
{
    struct band_list *bands = ret_bands;
    bands->count = 0;
    TRY(expect_words(reader, "bands", err));
    while (peek_word(reader).len > 0) {
        int64_t from = 0;
        const str word = peek_word(reader);
        TRY(take_number(reader, &from, err));
        if (bands->count == DEFINITION_BANDS_MAX ||
            (bands->count > 0 && from <= bands->from[bands->count - 1])) {
            return refuse(reader, err, "Bands rise, and there are 32 at most, not", word);
        }
        bands->from[bands->count++] = from;
    }
    return bands->count > 0 ? result_ok()
                            : refuse(reader, err, "Bands need numbers, before", reader->rest);
}

/* --- what a table is broken down by --- */

static result take_anchor(struct reader *reader, struct dimension *dimension, struct err *err)
{
    if (take_words(reader, "claim")) {
        dimension->anchor = ANCHOR_CLAIM;
        return result_ok();
    }
    if (take_words(reader, "stage")) {
        dimension->anchor = ANCHOR_STAGE;
        return result_ok();
    }
    if (take_words(reader, "step")) {
        dimension->anchor = ANCHOR_STEP;
        return take_name(reader, &dimension->name, err);
    }
    TRY(expect_words(reader, "fact", err));
    dimension->anchor = ANCHOR_FACT;
    return take_name(reader, &dimension->name, err);
}

/* A group stands before the tables that use it. */
static result take_group(struct reader *reader, struct dimension *dimension, struct err *err)
{
    str name = STR("");
    TRY(take_name(reader, &name, err));
    dimension->kind = DIMENSION_GROUP;
    for (size_t i = 0; i < reader->definitions->group_count; i++) {
        if (str_equal(reader->groups[i].name, name)) {
            dimension->group = &reader->groups[i];
        }
    }
    if (dimension->group == NULL) {
        return refuse(reader, err, "No group stands before that is called", name);
    }
    if (take_words(reader, "of step")) {
        return result_ok();
    }
    TRY(expect_words(reader, "of fact", err));
    return take_name(reader, &dimension->name, err);
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
    TRY(take_text(reader, &dimension->title, err));
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (take_words(reader, plain[i].words)) {
            dimension->kind = plain[i].kind;
            return result_ok();
        }
    }
    if (take_words(reader, "fact")) {
        dimension->kind = DIMENSION_FACT;
        return take_name(reader, &dimension->name, err);
    }
    if (take_words(reader, "age")) {
        dimension->kind = DIMENSION_AGE;
        TRY(take_name(reader, &dimension->name, err));
        return take_bands(reader, &dimension->bands, err);
    }
    if (take_words(reader, "group")) {
        return take_group(reader, dimension, err);
    }
    const bool first = take_words(reader, "first of");
    if (first || take_words(reader, "last of")) {
        dimension->kind = first ? DIMENSION_FIRST_OF : DIMENSION_LAST_OF;
        return take_names(reader, &dimension->names, err);
    }
    dimension->in_months = take_words(reader, "months");
    if (!dimension->in_months && !take_words(reader, "days")) {
        return refuse(reader, err, "There is nothing to break down by that is called",
                      peek_word(reader));
    }
    dimension->kind = DIMENSION_SINCE;
    TRY(expect_words(reader, "since", err));
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
        if (take_words(reader, bases[i].words)) {
            table->basis = bases[i].basis;
            table->first_only = bases[i].first;
            return bases[i].named ? take_names(reader, &table->names, err) : result_ok();
        }
    }
    TRY(expect_words(reader, "nothing", err));
    table->basis = BASIS_NOTHING;
    return take_text(reader, &table->absent, err);
}

static result line_by(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (table->by_count == DEFINITION_DIMENSIONS_MAX) {
        return refuse(reader, err, "A table is broken down by 8 things at most, not by",
                      reader->rest);
    }
    return take_dimension(reader, &table->by[table->by_count++], err);
}

static result line_compares(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->compares = true;
    TRY(expect_words(reader, "by", err));
    return line_by(reader, table, err);
}

static result line_across(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->has_across = true;
    return take_dimension(reader, &table->across, err);
}

static result line_each(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (take_words(reader, "quarter")) {
        table->period = PERIOD_QUARTER;
    } else if (take_words(reader, "year")) {
        table->period = PERIOD_YEAR;
    } else {
        TRY(expect_words(reader, "month", err));
        table->period = PERIOD_MONTH;
    }
    return result_ok();
}

static result line_where(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (table->filter_count == DEFINITION_FILTERS_MAX) {
        return refuse(reader, err, "A table has 4 filters at most, not also", reader->rest);
    }
    struct filter *filter = &table->filters[table->filter_count++];
    TRY(expect_words(reader, "fact", err));
    TRY(take_name(reader, &filter->fact, err));
    TRY(expect_words(reader, "is", err));
    return take_names(reader, &filter->values, err);
}

static result line_share(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->measure = MEASURE_SHARE;
    if (take_words(reader, "refused")) {
        return result_ok();
    }
    TRY(expect_words(reader, "of", err));
    return take_names(reader, &table->share_of, err);
}

static result line_median(struct reader *reader, struct table_definition *table, struct err *err)
{
    table->measure = MEASURE_MEDIAN;
    table->since = (struct dimension){.kind = DIMENSION_SINCE};
    TRY(expect_words(reader, "days since", err));
    return take_anchor(reader, &table->since, err);
}

static result line_note(struct reader *reader, struct table_definition *table, struct err *err)
{
    if (table->note_count == DEFINITION_NOTES_MAX) {
        return refuse(reader, err, "A table has 16 notes at most, not also", reader->rest);
    }
    return take_text(reader, &table->notes[table->note_count++], err);
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
        if (take_words(reader, lines[i].word)) {
            return lines[i].read(reader, reader->table, err);
        }
    }
    return refuse(reader, err, "A table has no line that begins with", peek_word(reader));
}

/* --- groups --- */

static result read_group_line(struct reader *reader, struct err *err)
{
    struct group_definition *group = reader->group;
    if (group->line_count == DEFINITION_GROUP_LINES_MAX) {
        return refuse(reader, err, "A group has 64 lines at most, not also", reader->rest);
    }
    struct group_line *line = &group->lines[group->line_count++];
    TRY(take_text(reader, &line->label, err));
    return line->label.len > 0 ? take_names(reader, &line->names, err)
                               : refuse(reader, err, "A line of a group begins with its label, not",
                                        peek_word(reader));
}

static result begin_group(struct reader *reader, struct err *err)
{
    struct definitions *definitions = reader->definitions;
    if (definitions->group_count == DEFINITION_GROUPS_MAX) {
        return refuse(reader, err, "There are 32 groups at most, not also", reader->rest);
    }
    reader->in_policy = false;
    reader->table = NULL;
    reader->group = &reader->groups[definitions->group_count];
    TRY(take_name(reader, &reader->group->name, err));
    definitions->group_count++;
    return take_text(reader, &reader->group->title, err);
}

/* --- the policy --- */

static result read_policy_line(struct reader *reader, struct err *err)
{
    struct policy *policy = &reader->definitions->policy;
    if (take_words(reader, "suppress below")) {
        return take_number(reader, &policy->suppress_below, err);
    }
    if (take_words(reader, "round to")) {
        return take_number(reader, &policy->round_to, err);
    }
    if (take_words(reader, "median of at least")) {
        return take_number(reader, &policy->median_at_least, err);
    }
    if (take_words(reader, "provisional for")) {
        TRY(take_number(reader, &policy->provisional_months, err));
        return expect_words(reader, "months", err);
    }
    if (take_words(reader, "contact days")) {
        return take_bands(reader, &policy->contact_days, err);
    }
    TRY(expect_words(reader, "note", err));
    if (policy->note_count == DEFINITION_NOTES_MAX) {
        return refuse(reader, err, "The policy has 16 notes at most, not also", reader->rest);
    }
    return take_text(reader, &policy->notes[policy->note_count++], err);
}

/* --- the whole --- */

static result begin_table(struct reader *reader, struct err *err)
{
    struct definitions *definitions = reader->definitions;
    str name = STR("");
    TRY(take_name(reader, &name, err));
    if (definitions->table_count == DEFINITION_TABLES_MAX ||
        definitions_table(definitions, name) != NULL) {
        return refuse(reader, err, "There is such a table already, or too many before", name);
    }
    reader->in_policy = false;
    reader->group = NULL;
    reader->table = &reader->tables[definitions->table_count++];
    *reader->table = (struct table_definition){
        .name = name, .file = reader->file, .line = reader->line, .absent = STR("")};
    return take_text(reader, &reader->table->title, err);
}

static result read_line(struct reader *reader, struct err *err)
{
    if (reader->indented && (reader->table != NULL || reader->group != NULL || reader->in_policy)) {
        TRY(reader->in_policy       ? read_policy_line(reader, err)
            : reader->group != NULL ? read_group_line(reader, err)
                                    : read_table_line(reader, err));
    } else if (!reader->indented && take_words(reader, "group")) {
        TRY(begin_group(reader, err));
    } else if (!reader->indented && take_words(reader, "table")) {
        TRY(begin_table(reader, err));
    } else if (!reader->indented && take_words(reader, "policy")) {
        reader->in_policy = true;
    } else {
        return refuse(reader, err, "Neither a table, a group nor the policy begins with",
                      peek_word(reader));
    }
    skip_space(reader);
    return reader->rest.len == 0 ? result_ok()
                                 : refuse(reader, err, "Nothing should follow here", reader->rest);
}

/* What stands before a `#` that is in no text. */
static str without_comment(str line)
{
    bool in_text = false;
    for (size_t i = 0; i < line.len; i++) {
        in_text = line.at[i] == '"' ? !in_text : in_text;
        if (line.at[i] == '#' && !in_text) {
            return str_slice(line, 0, i);
        }
    }
    return line;
}

static result read_file(struct reader *reader, str text, struct err *err)
{
    str left = text;
    reader->line = 0;
    reader->table = NULL;
    reader->group = NULL;
    reader->in_policy = false;
    if (!str_is_utf8(text)) {
        return refuse(reader, err, "The file is not UTF-8", STR(""));
    }
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, '\n');
        const str line = without_comment(cut.head);
        reader->line++;
        reader->rest = str_trim(line);
        reader->indented = line.len > 0 && line.at[0] == ' ';
        left = cut.tail;
        if (reader->rest.len > 0) {
            TRY(read_line(reader, err));
        }
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
        reader.file = arena_copy(arena, files[i].name).at;
        if (reader.file == NULL) {
            return arena_full(err);
        }
        TRY(read_file(&reader, files[i].text, err));
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
