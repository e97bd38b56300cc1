#include "casework/import_columns.h"

#include "casework/clock_facts.h"
#include "casework/days.h"
#include "casework/text.h"
#include "register/reference.h"

#include <string.h>

enum { VALUE_SHOWN_MAX = 120, STAGES_SHOWN_BYTES = 300 };

/* --- faults ----------------------------------------------------------------------------------- */

static str shown(str text)
{
    size_t len = text.len < VALUE_SHOWN_MAX ? text.len : VALUE_SHOWN_MAX;
    while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xC0U) == 0x80U) {
        len--; /* not in the middle of a character */
    }
    return str_slice(text, 0, len);
}

result import_fault_tell(struct import_faults *faults, const struct import_fault *fault,
                         struct err *err)
{
    faults->count++;
    faults->rows += faults->last_row == fault->row ? 0 : 1;
    faults->last_row = fault->row;
    return faults->visit == NULL ? result_ok() : faults->visit(faults->context, fault, err);
}

result import_fault(struct import_faults *faults, int64_t row, str column, str value,
                    const struct err *what, struct err *err)
{
    const struct import_fault fault = {.row = row,
                                       .column = column,
                                       .value = shown(value),
                                       .what = what->what,
                                       .hint = what->hint};
    return import_fault_tell(faults, &fault, err);
}

/* --- what the columns mean -------------------------------------------------------------------- */

enum cell_kind {
    CELL_UNKNOWN,
    CELL_PERSON,
    CELL_NAME,
    CELL_BORN_ON,
    CELL_REGISTERED_ON,
    CELL_STAGE,
    CELL_STAGE_SINCE,
    CELL_CONTACT_ON,
    CELL_CONTACT_SOURCE,
    CELL_NEXT_CHECK_ON,
    CELL_REFERENCE,
    CELL_FACT,
    CELL_FACT_TRUE_FROM,
};

static const struct fixed_column {
    str name;
    enum cell_kind kind;
} fixed_columns[] = {
    {STR_INIT("person"), CELL_PERSON},
    {STR_INIT("name"), CELL_NAME},
    {STR_INIT("born_on"), CELL_BORN_ON},
    {STR_INIT("registered_on"), CELL_REGISTERED_ON},
    {STR_INIT("stage"), CELL_STAGE},
    {STR_INIT("stage@since"), CELL_STAGE_SINCE},
    {STR_INIT("last_contact_on"), CELL_CONTACT_ON},
    {STR_INIT("last_contact_source"), CELL_CONTACT_SOURCE},
    {STR_INIT("next_check_on"), CELL_NEXT_CHECK_ON},
};

static result hint_columns(struct err *err)
{
    return err_hint(err, "Columns are: person, name, born_on, registered_on, stage, stage@since, "
                         "last_contact_on, last_contact_source, next_check_on, reference@SYSTEM, "
                         "a fact of the rulebook, FACT@true_from, FACT@YYYY-MM-DD.");
}

/* A column of the list above of which this is another spelling; "" when there is none. */
static str nearest_column(str name)
{
    enum { LENGTH_MAX = 64 };
    char letters[LENGTH_MAX];
    if (name.len > LENGTH_MAX) {
        return STR("");
    }
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.at[i];
        letters[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c == ' ' ? '_' : c);
    }
    struct str_nearest nearest = str_nearest_to((str){.at = letters, .len = name.len});
    for (size_t i = 0; i < sizeof fixed_columns / sizeof fixed_columns[0]; i++) {
        str_nearest_look(&nearest, fixed_columns[i].name);
    }
    return nearest.name;
}

static result find_fact(const struct rulebook *rulebook, str name, uint32_t *ret_fact,
                        struct err *err)
{
    const uint32_t fact = rulebook_fact(rulebook, name);
    if (fact == NOT_FOUND_INDEX) {
        const str column = nearest_column(name);
        const str nearest = column.len > 0 ? column
                            : name.len > FACT_NAME_MAX_BYTES
                                ? STR("")
                                : rulebook_nearest_fact(rulebook, name);
        result_ignore(err_set(err, ERROR_INPUT, "There is no such column, nor such a fact"),
                      "the hint returns the failure");
        return nearest.len == 0 ? hint_columns(err)
                                : err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(nearest));
    }
    if (rulebook->facts[fact].subject != SUBJECT_PERSON) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is not a fact that is recorded of people",
                       STR_ARG(name));
    }
    TRY(casework_check_recorded(&rulebook->facts[fact], err));
    *ret_fact = fact;
    return result_ok();
}

/* A kind of reference that the register knows by name, or another system. */
static result understand_reference(str system, struct import_column *column, struct err *err)
{
    const enum identifier_scheme scheme = identifier_scheme_from_name(system);
    const bool other = scheme == SCHEME_NONE;
    if (other ? !identifier_is_system(system)
              : scheme == SCHEME_OTHER_SYSTEM || !identifier_is_unique(scheme)) {
        result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not the name of a system",
                              STR_ARG(shown(system))),
                      "the hint returns the failure");
        return err_hint(err, "Name the system after the @ with 2 to 32 of a-z 0-9 _ -, a letter "
                             "first: reference@case-system.");
    }
    column->kind = CELL_REFERENCE;
    column->scheme = str_from_c(identifier_scheme_name(other ? SCHEME_OTHER_SYSTEM : scheme));
    column->system = other ? system : STR("");
    return result_ok();
}

static result understand_fact(const struct rulebook *rulebook, str name,
                              struct import_column *column, struct err *err)
{
    const struct str_cut cut = str_cut(name, '@');
    column->kind = CELL_FACT;
    TRY(find_fact(rulebook, cut.head, &column->fact, err));
    if (str_equal(cut.tail, STR("true_from"))) {
        column->kind = CELL_FACT_TRUE_FROM;
    } else if (cut.found) {
        TRY(date_parse(cut.tail, &column->day.day, err));
        column->day.known = true;
    }
    return result_ok();
}

static result understand(const struct rulebook *rulebook, str name, struct import_column *column,
                         struct err *err)
{
    for (size_t i = 0; i < sizeof fixed_columns / sizeof fixed_columns[0]; i++) {
        if (str_equal(name, fixed_columns[i].name)) {
            column->kind = fixed_columns[i].kind;
            return result_ok();
        }
    }
    const str reference = STR("reference@");
    return str_starts(name, reference)
               ? understand_reference(str_slice(name, reference.len, name.len), column, err)
               : understand_fact(rulebook, name, column, err);
}

/* Keeps what the column of this place means, for the rows that follow. */
static result resolve(struct import_columns *columns, size_t place, int64_t row, str name,
                      struct import_faults *faults, struct err *err)
{
    struct err what = {0};
    struct import_column column = {.name = arena_copy(columns->arena, name)};
    if (column.name.at == NULL) {
        return arena_full(err);
    }
    if (!str_is_utf8(name) || !understand(columns->rulebook, column.name, &column, &what).ok) {
        column.kind = CELL_UNKNOWN;
        TRY(import_fault(faults, row, column.name, STR(""), &what, err));
    }
    columns->slots[place] = column;
    return result_ok();
}

result import_columns_init(struct import_columns *columns, const struct rulebook *rulebook,
                           const struct latin *latin, date today, date file_day,
                           struct arena *arena, struct err *err)
{
    *columns = (struct import_columns){
        .rulebook = rulebook, .latin = latin, .today = today, .file_day = file_day, .arena = arena};
    return import_stages(rulebook, arena, &columns->stages, err);
}

static bool has_key(const struct import_columns *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (columns->slots[i].kind == CELL_PERSON || columns->slots[i].kind == CELL_REFERENCE) {
            return true;
        }
    }
    return false;
}

result import_columns_check(struct import_columns *columns, const str *names, size_t count,
                            struct import_faults *faults, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        TRY(resolve(columns, i, 1, names[i], faults, err));
    }
    columns->without_key = !has_key(columns, count);
    if (columns->without_key) {
        struct err what = {0};
        result_ignore(err_set(&what, ERROR_INPUT, "No column says who a row is about"),
                      "the hint follows");
        result_ignore(err_hint(&what, "Add a column reference@SYSTEM with the identifier that the "
                                      "system has for the person."),
                      "it is told");
        return import_fault(faults, 1, STR(""), STR(""), &what, err);
    }
    return result_ok();
}

/* --- days ------------------------------------------------------------------------------------- */

static bool is_digits(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
    }
    return text.len > 0;
}

/* Two marks of the same kind between numbers, and no year first. */
static bool is_turned_round(str text)
{
    enum { YEAR_LEN = 4 };
    static const char marks[] = {'/', '.', '-'};
    for (size_t i = 0; i < sizeof marks; i++) {
        const struct str_cut first = str_cut(text, marks[i]);
        const struct str_cut second = str_cut(first.tail, marks[i]);
        if (first.found && second.found && is_digits(first.head) && is_digits(second.head) &&
            is_digits(second.tail) && (first.head.len < YEAR_LEN || marks[i] != '-')) {
            return true;
        }
    }
    return false;
}

static void hint_day(str text, struct err *err)
{
    enum { DAY_NUMBER_LEN = 5 }; /* days since 1900, as spreadsheets count, of our time */
    if (is_turned_round(text)) {
        result_ignore(err_hint(err, "Write the year first: 2021-04-03 for 3 April 2021. Which of "
                                    "the numbers is the day is not guessed."),
                      "it is a hint");
    } else if (is_digits(text) && text.len == DAY_NUMBER_LEN) {
        result_ignore(err_hint(err, "This looks like a spreadsheet's own number of a day. Format "
                                    "the column as YYYY-MM-DD before saving."),
                      "it is a hint");
    } else {
        result_ignore(err_hint(err, "Write it as 2021-04-03, or leave the cell blank when it is "
                                    "not known."),
                      "it is a hint");
    }
}

static result read_day(str text, struct known_day *ret_day, struct err *what)
{
    date day;
    const result read = date_parse(text, &day, what);
    if (!read.ok) {
        hint_day(text, what);
        return read;
    }
    *ret_day = (struct known_day){.known = true, .day = day};
    return result_ok();
}

/* --- one row ---------------------------------------------------------------------------------- */

struct dated {
    uint32_t fact;
    date day;
    str column;
};

struct row_reading {
    struct import_columns *columns;
    struct arena *arena;
    struct import_faults *faults;
    int64_t faults_before;
    struct import_person person;
    struct import_reference references[IMPORT_REFERENCES_MAX];
    struct import_fact *facts;
    size_t fact_count;
    struct dated *days; /* of FACT@true_from */
    size_t day_count;
    bool whole; /* every cell could be read */
};

static result keep(struct row_reading *reading, str text, str *ret_text, struct err *err)
{
    *ret_text = arena_copy(reading->arena, text);
    return ret_text->at == NULL ? arena_full(err) : result_ok();
}

static result fault_here(struct row_reading *reading, str column, str value, const struct err *what,
                         struct err *err)
{
    return import_fault(reading->faults, reading->person.row, column, value, what, err);
}

static result check_value(struct row_reading *reading, const struct fact *fact, str text,
                          str *ret_value, struct err *what)
{
    struct value value;
    TRY(text_line("The value", text, VALUE_MAX_BYTES, what));
    const result parsed =
        value_parse(reading->columns->rulebook, fact, text, reading->arena, &value, what);
    if (!parsed.ok && fact->type == FACT_DATE) {
        hint_day(text, what);
    }
    if (!parsed.ok && what->hint[0] == '\0') {
        result_ignore(err_hint(what, "Leave the cell blank when it is not known."), "it is a hint");
    }
    TRY(parsed);
    struct buf buf;
    buf_init(&buf, reading->arena, VALUE_MAX_BYTES);
    value_format(fact, &value, &buf);
    return buf_finish(&buf, ret_value, what);
}

static result read_fact(struct row_reading *reading, const struct import_column *column, str text,
                        struct err *what)
{
    struct import_fact *fact = &reading->facts[reading->fact_count];
    *fact = (struct import_fact){.fact = column->fact,
                                 .has_day = column->day.known,
                                 .true_from = column->day.known ? column->day.day
                                                                : reading->columns->file_day};
    TRY(check_value(reading, &reading->columns->rulebook->facts[column->fact], text, &fact->value,
                    what));
    TRY(clock_facts_check(reading->columns->rulebook, column->fact, fact->value, what));
    reading->fact_count++;
    return result_ok();
}

static result read_true_from(struct row_reading *reading, const struct import_column *column,
                             str text, struct err *what)
{
    struct known_day day = {.known = false};
    TRY(read_day(text, &day, what));
    reading->days[reading->day_count++] =
        (struct dated){.fact = column->fact, .day = day.day, .column = column->name};
    return result_ok();
}

static result read_reference(struct row_reading *reading, const struct import_column *column,
                             str text, struct err *what)
{
    struct import_person *person = &reading->person;
    if (person->reference_count == IMPORT_REFERENCES_MAX) {
        return err_set(what, ERROR_LIMIT, "A row has at most %d references", IMPORT_REFERENCES_MAX);
    }
    struct identifier_entry entry = {
        .scheme = column->scheme, .issuer = column->system, .source = STR("")};
    struct import_reference *reference = &reading->references[person->reference_count];
    reference->column = column->name;
    TRY(keep(reading, text, &entry.value, what));
    TRY(identifier_read(&entry, reading->arena, &reference->body, what));
    person->reference_count++;
    return result_ok();
}

static result read_person(struct row_reading *reading, str text, struct err *what)
{
    char reference[REFERENCE_SIZE];
    TRY(reference_read(text, reference, what));
    return keep(reading, str_from_c(reference), &reading->person.person, what);
}

static result read_line(struct row_reading *reading, const char *title, str text, size_t bytes_max,
                        str *ret_text, struct err *what)
{
    TRY(text_line(title, text, bytes_max, what));
    return keep(reading, text, ret_text, what);
}

static result read_name(struct row_reading *reading, str text, struct err *what)
{
    struct import_person *person = &reading->person;
    TRY(text_line("The name", text, NAME_MAX_BYTES, what));
    TRY(latin_nfc(text, reading->arena, &person->name, what));
    TRY(latin_letters_by(reading->columns->latin, person->name, reading->arena, &person->latin,
                         what));
    person->latin = str_equal(person->latin, person->name) ? STR("") : person->latin;
    return person->name.at == text.at ? keep(reading, text, &person->name, what) : result_ok();
}

static result hint_stages(const struct import_columns *columns, struct err *what)
{
    char names[STAGES_SHOWN_BYTES];
    size_t len = 0;
    for (size_t i = 0; i < columns->rulebook->stage_count; i++) {
        if (columns->stages[i] &&
            !str_list_add(names, sizeof names, &len, columns->rulebook->stages[i].name)) {
            break;
        }
    }
    return err_hint(what, "A file can say: %.*s.", (int)len, names);
}

static result read_stage(struct row_reading *reading, str text, struct err *what)
{
    const struct import_columns *columns = reading->columns;
    const uint32_t stage = rulebook_stage(columns->rulebook, text);
    if (stage == NOT_FOUND_INDEX) {
        result_ignore(
            err_set(what, ERROR_INPUT, "The rulebook has no stage \"%.*s\"", STR_ARG(shown(text))),
            "the hint returns the failure");
        return hint_stages(columns, what);
    }
    if (!columns->stages[stage]) {
        result_ignore(err_set(what, ERROR_INPUT,
                              "The stage \"%.*s\" takes an approval or a hub, which a file cannot "
                              "give",
                              STR_ARG(text)),
                      "the hint returns the failure");
        return err_hint(what, "Give the stage before it, and take the step in the register, where "
                              "it is judged.");
    }
    reading->person.stage = columns->rulebook->stages[stage].name;
    return result_ok();
}

static result read_cell(struct row_reading *reading, const struct import_column *column, str text,
                        struct err *what)
{
    struct import_person *person = &reading->person;
    switch ((enum cell_kind)column->kind) {
    case CELL_UNKNOWN:
        return result_ok(); /* told when the column was met */
    case CELL_PERSON:
        return read_person(reading, text, what);
    case CELL_NAME:
        return read_name(reading, text, what);
    case CELL_BORN_ON:
        return read_day(text, &person->born_on, what);
    case CELL_REGISTERED_ON:
        return read_day(text, &person->registered_on, what);
    case CELL_STAGE:
        return read_stage(reading, text, what);
    case CELL_STAGE_SINCE:
        return read_day(text, &person->stage_since, what);
    case CELL_CONTACT_ON:
        return read_day(text, &person->contact_on, what);
    case CELL_CONTACT_SOURCE:
        return read_line(reading, "How contact was made", text, SOURCE_MAX_BYTES,
                         &person->contact_source, what);
    case CELL_NEXT_CHECK_ON:
        return read_day(text, &person->next_check_on, what);
    case CELL_REFERENCE:
        return read_reference(reading, column, text, what);
    case CELL_FACT:
        return read_fact(reading, column, text, what);
    case CELL_FACT_TRUE_FROM:
        return read_true_from(reading, column, text, what);
    }
    return result_ok();
}

/* --- what the cells of a row say of each other ------------------------------------------------ */

static result complain(struct row_reading *reading, str column, const char *what_is_wrong,
                       const char *hint, struct err *err)
{
    struct err what = {0};
    result_ignore(err_set(&what, ERROR_INPUT, "%s", what_is_wrong), "it is told");
    result_ignore(err_hint(&what, "%s", hint), "it is told");
    return fault_here(reading, column, STR(""), &what, err);
}

/* That something is not said is not known of a row of which a cell could not be read. */
static result complain_missing(struct row_reading *reading, str column, const char *what_is_wrong,
                               const char *hint, struct err *err)
{
    return reading->whole ? complain(reading, column, what_is_wrong, hint, err) : result_ok();
}

static result join_days(struct row_reading *reading, struct err *err)
{
    for (size_t i = 0; i < reading->day_count; i++) {
        const struct dated *dated = &reading->days[i];
        bool used = false;
        for (size_t j = 0; j < reading->fact_count; j++) {
            struct import_fact *fact = &reading->facts[j];
            if (fact->fact == dated->fact && !fact->has_day) {
                fact->true_from = dated->day;
                fact->has_day = true;
                used = true;
            }
        }
        if (!used) {
            TRY(complain_missing(reading, dated->column, "A day is given, but no value",
                                 "Give the value that is true from this day, or leave both blank.",
                                 err));
        }
    }
    return result_ok();
}

static result check_facts(struct row_reading *reading, struct err *err)
{
    const struct rulebook *rulebook = reading->columns->rulebook;
    const date today = reading->columns->today;
    for (size_t i = 0; i < reading->fact_count; i++) {
        const struct import_fact *fact = &reading->facts[i];
        const str name = rulebook->facts[fact->fact].name;
        struct err what = {0};
        if (!days_check("The day from which it is true", fact->true_from, DAYS_ARRANGED, today,
                        &what)
                 .ok ||
            !days_check_value(&rulebook->facts[fact->fact], fact->value, today, &what).ok) {
            TRY(fault_here(reading, name, STR(""), &what, err));
        }
        for (size_t j = 0; j < i; j++) {
            if (reading->facts[j].fact == fact->fact &&
                date_equal(reading->facts[j].true_from, fact->true_from)) {
                TRY(complain(reading, name, "The fact is given twice for the same day",
                             "Keep one of the columns.", err));
            }
        }
    }
    return result_ok();
}

static result check_day(struct row_reading *reading, str column, struct known_day day,
                        enum days_use use, struct err *err)
{
    struct err what = {0};
    return day.known && !days_check("The day", day.day, use, reading->columns->today, &what).ok
               ? fault_here(reading, column, STR(""), &what, err)
               : result_ok();
}

static bool is_after(struct known_day a, struct known_day b)
{
    return a.known && b.known && date_before(b.day, a.day);
}

static result check_stage(struct row_reading *reading, struct err *err)
{
    const struct import_person *person = &reading->person;
    const struct rulebook *rulebook = reading->columns->rulebook;
    const bool at_start = str_equal(person->stage, rulebook->stages[rulebook->start_stage].name);
    if (person->stage.len == 0 && person->stage_since.known) {
        TRY(complain_missing(reading, STR("stage@since"), "A day is given, but no stage",
                             "Give the stage, or leave both blank.", err));
    }
    if (person->stage.len > 0 && !at_start && !person->stage_since.known) {
        TRY(complain_missing(
            reading, STR("stage@since"), "Since when the person is in the stage is not said",
            "Give the day. Or leave the stage blank: the person is then registered in the "
            "first stage, and the steps are taken in the register.",
            err));
    }
    if (is_after(person->registered_on, person->stage_since)) {
        TRY(complain(reading, STR("stage@since"), "The day is before the day of registration",
                     "Check both days.", err));
    }
    return check_day(reading, STR("stage@since"), person->stage_since, DAYS_HAPPENED, err);
}

static result check_contact(struct row_reading *reading, struct err *err)
{
    const struct import_person *person = &reading->person;
    if (person->contact_on.known && person->contact_source.len == 0) {
        TRY(complain_missing(
            reading, STR("last_contact_source"), "How contact was made is not said",
            "Say it, such as \"letter answered\", or leave last_contact_on blank.", err));
    }
    if (!person->contact_on.known &&
        (person->contact_source.len > 0 || person->next_check_on.known)) {
        TRY(complain_missing(
            reading, STR("last_contact_on"), "Of the last contact the day is not said",
            "Give the day, or leave the other columns of the contact blank.", err));
    }
    if (person->contact_on.known && person->next_check_on.known &&
        !is_after(person->next_check_on, person->contact_on)) {
        TRY(complain(reading, STR("next_check_on"), "The next check is not after the contact",
                     "Check both days.", err));
    }
    TRY(check_day(reading, STR("next_check_on"), person->next_check_on, DAYS_ARRANGED, err));
    return check_day(reading, STR("last_contact_on"), person->contact_on, DAYS_HAPPENED, err);
}

static result check_row(struct row_reading *reading, struct err *err)
{
    const struct import_person *person = &reading->person;
    if (person->person.len == 0 && person->reference_count == 0 && !reading->columns->without_key) {
        TRY(complain_missing(reading, STR(""), "The row does not say who it is about",
                             "Fill in a reference@SYSTEM.", err));
    }
    if (is_after(person->born_on, person->registered_on)) {
        TRY(complain(reading, STR("born_on"), "The date of birth is after the day of registration",
                     "Check both days.", err));
    }
    TRY(check_day(reading, STR("born_on"), person->born_on, DAYS_HAPPENED, err));
    TRY(check_day(reading, STR("registered_on"), person->registered_on, DAYS_HAPPENED, err));
    TRY(check_stage(reading, err));
    TRY(check_contact(reading, err));
    TRY(join_days(reading, err));
    return check_facts(reading, err);
}

static result refuse_unseen(struct err *what)
{
    result_ignore(err_set(what, ERROR_INPUT, "The cell has nothing in it that can be seen"),
                  "the hint follows");
    return err_hint(what, "Leave it blank when it is not known.");
}

static result read_cells(struct row_reading *reading, const struct record *record, struct err *err)
{
    struct import_columns *columns = reading->columns;
    for (size_t i = 0; i < record->count; i++) {
        const struct record_cell *cell = &record->cells[i];
        const str text = str_trim(cell->text);
        struct err what = {0};
        if (columns->slots[i].name.at == NULL || !str_equal(columns->slots[i].name, cell->name)) {
            TRY(resolve(columns, i, record->row, cell->name, reading->faults, err));
        }
        if (text.len == 0) {
            continue;
        }
        const result seen = str_is_visible(text) ? result_ok() : refuse_unseen(&what);
        if (!seen.ok || !read_cell(reading, &columns->slots[i], text, &what).ok) {
            TRY(fault_here(reading, cell->name, text, &what, err));
        }
    }
    return result_ok();
}

static void *copy_items(struct arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = arena_take_unset(arena, count, size, alignof(max_align_t));
    if (copy != NULL && count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

static result keep_person(struct row_reading *reading, struct import_person *ret_person,
                          struct err *err)
{
    struct import_person *person = &reading->person;
    person->fact_count = reading->fact_count;
    person->facts =
        copy_items(reading->arena, reading->facts, person->fact_count, sizeof *person->facts);
    person->references = copy_items(reading->arena, reading->references, person->reference_count,
                                    sizeof *person->references);
    if (person->facts == NULL || person->references == NULL) {
        return arena_full(err);
    }
    *ret_person = *person;
    return result_ok();
}

result import_columns_read(struct import_columns *columns, const struct record *record,
                           struct arena *arena, struct arena scratch, struct import_faults *faults,
                           struct import_person *ret_person, struct err *err)
{
    struct row_reading reading = {.columns = columns,
                                  .arena = arena,
                                  .faults = faults,
                                  .faults_before = faults->count,
                                  .person = {.row = record->row}};
    if (record->faulty) {
        *ret_person = reading.person;
        return import_fault(faults, record->row, record->fault_column, STR(""), &record->fault,
                            err);
    }
    reading.facts = ARENA_NEW_UNSET(&scratch, struct import_fact, record->count);
    reading.days = ARENA_NEW_UNSET(&scratch, struct dated, record->count);
    if (reading.facts == NULL || reading.days == NULL) {
        return arena_full(err);
    }
    TRY(read_cells(&reading, record, err));
    reading.whole = faults->count == reading.faults_before;
    TRY(check_row(&reading, err));
    reading.person.sound = faults->count == reading.faults_before;
    return keep_person(&reading, ret_person, err);
}

/* --- stages ----------------------------------------------------------------------------------- */

static bool is_free(const struct step *step)
{
    return step->approval_count == 0 && !step->with_hub && step->place == STEP_PLACE_NONE &&
           !step->same_stage;
}

result import_stages(const struct rulebook *rulebook, struct arena *arena, const bool **ret_stages,
                     struct err *err)
{
    bool *stages = ARENA_NEW(arena, bool, rulebook->stage_count + 1);
    if (stages == NULL) {
        return arena_full(err);
    }
    stages[rulebook->start_stage] = true;
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < rulebook->step_count; i++) {
            const struct step *step = &rulebook->steps[i];
            for (uint32_t from = 0; is_free(step) && from < rulebook->stage_count; from++) {
                if (stages[from] && !stages[step->to] &&
                    rulebook_step_leaves(rulebook, step, from)) {
                    stages[step->to] = true;
                    grown = true;
                }
            }
        }
    }
    *ret_stages = stages;
    return result_ok();
}
