#include "web/input.h"

#include "base/buf.h"

#include <assert.h>
#include <string.h>

/* --- faults
 * ------------------------------------------------------------------------------------------------------
 */

void fault_add(struct faults *faults, str field, str pointer, str detail)
{
    if (faults->count < FAULTS_MAX) {
        faults->items[faults->count++] =
            (struct fault){.field = field, .label = STR(""), .pointer = pointer, .detail = detail};
    }
}

const struct fault *fault_of(const struct faults *faults, str field)
{
    for (size_t i = 0; faults != NULL && i < faults->count; i++) {
        if (str_equal(faults->items[i].field, field)) {
            return &faults->items[i];
        }
    }
    return NULL;
}

json_t *faults_as_json(const struct faults *faults)
{
    json_t *list = json_array();
    for (size_t i = 0; i < faults->count; i++) {
        json_t *fault = json_object();
        json_set_str(fault, "pointer", faults->items[i].pointer);
        json_set_str(fault, "detail", faults->items[i].detail);
        json_add(list, fault);
    }
    return list;
}

result faults_result(const struct faults *faults, struct err *err)
{
    if (faults->count == 0) {
        return result_ok();
    }
    if (faults->count == 1) {
        return err_set(err, ERROR_INPUT, "%.*s", STR_ARG(faults->items[0].detail));
    }
    return err_set(err, ERROR_INPUT, "%zu values are not acceptable", faults->count);
}

static void add_fault(struct faults *faults, struct arena *arena, str name, str detail)
{
    fault_add(faults, name, arena_format(arena, "/%.*s", STR_ARG(name)), detail);
}

void fault_add_problem(struct faults *faults, struct arena *arena, str field,
                       const struct err *problem)
{
    add_fault(faults, arena, field, arena_copy(arena, str_from_c(problem->what)));
}

/* --- the body
 * ----------------------------------------------------------------------------------------------------
 */

/* "application/json; charset=utf-8" is application/json. */
static bool is_media_type(str content_type, str expected)
{
    const str given = str_trim(str_cut(content_type, ';').head);
    if (given.len != expected.len) {
        return false;
    }
    for (size_t i = 0; i < given.len; i++) {
        const char c = given.at[i];
        const char lower = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (lower != expected.at[i]) {
            return false;
        }
    }
    return true;
}

static result open_json(struct exchange *exchange, struct err *err)
{
    struct input *input = &exchange->input;
    input->is_json = true;
    if (!str_is_utf8(exchange->request->body)) {
        return err_set(err, ERROR_USAGE, "The body is not well-formed UTF-8");
    }
    if (str_trim(exchange->request->body).len == 0) {
        input->object = json_object(); /* a command without details */
        return result_ok();
    }
    const result read = json_read(exchange->request->body, &input->object, err);
    if (!read.ok) {
        err->code =
            ERROR_USAGE; /* text that is no JSON is a misunderstanding, not an unacceptable value */
        return read;
    }
    if (!json_is_object(input->object)) {
        return err_set(err, ERROR_USAGE, "The body must be a JSON object");
    }
    return result_ok();
}

/* Both are UTF-8 here; a body that says otherwise would be read wrongly. */
static bool is_utf8_or_silent(str content_type)
{
    str parameters = str_cut(content_type, ';').tail;
    while (parameters.len > 0) {
        const struct str_cut cut = str_cut(parameters, ';');
        const struct str_cut pair = str_cut(str_trim(cut.head), '=');
        str value = pair.tail;
        if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"') {
            value = str_slice(value, 1, value.len - 1);
        }
        if (is_media_type(pair.head, STR("charset")) && !is_media_type(value, STR("utf-8"))) {
            return false;
        }
        parameters = cut.tail;
    }
    return true;
}

static bool is_type(str content_type, str expected)
{
    return is_media_type(content_type, expected) && is_utf8_or_silent(content_type);
}

result input_open(struct exchange *exchange, int *ret_status, struct err *err)
{
    const str content_type = http_header_get(exchange->request, STR("Content-Type"));
    *ret_status = 0;
    const bool coded = http_header_get(exchange->request, STR("Content-Encoding")).len > 0;
    if (!coded && is_type(content_type, STR("application/json"))) {
        return open_json(exchange, err);
    }
    if (!coded && is_type(content_type, STR("application/x-www-form-urlencoded"))) {
        const result read =
            http_form_read(exchange->request->body, exchange->arena, &exchange->input.form, err);
        if (!read.ok) {
            err->code = ERROR_USAGE;
        }
        return read;
    }
    *ret_status = 415;
    result_ignore(err_set(err, ERROR_USAGE,
                          "The body must be JSON or a form, in UTF-8 and without a content coding"),
                  "the hint returns the failure");
    return err_hint(err, "Send Content-Type: application/json");
}

void input_close(struct input *input)
{
    json_decref(input->object);
    *input = (struct input){0};
}

/* --- fields
 * ------------------------------------------------------------------------------------------------------
 */

struct reading {
    struct exchange *exchange;
    const struct input_field *fields;
    size_t count;
    struct input_value *values;
    struct faults *faults;
};

static const struct input_field *field_named(const struct reading *reading, str name)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (str_equal(str_from_c(reading->fields[i].name), name)) {
            return &reading->fields[i];
        }
    }
    return NULL;
}

/* "born_on-day" belongs to born_on, which must be a date; "-time" to an instant. */
static bool is_part_of_date(const struct reading *reading, str name)
{
    const str parts[] = {STR("-day"), STR("-month"), STR("-year"), STR("-time")};
    enum { PART_TIME = 3 };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (str_ends(name, parts[i])) {
            const struct input_field *field =
                field_named(reading, str_slice(name, 0, name.len - parts[i].len));
            return field != NULL &&
                   (field->kind == INPUT_INSTANT || (field->kind == INPUT_DATE && i != PART_TIME));
        }
    }
    return false;
}

bool input_is_own_field(str name)
{
    return str_equal(name, STR("form_token")) || str_equal(name, STR("client_id")) ||
           str_equal(name, STR(INPUT_ANSWERS)) || str_equal(name, STR(INPUT_AGAIN)) ||
           str_equal(name, STR(INPUT_SHOWN));
}

static void check_form_names(const struct reading *reading)
{
    const struct http_form *form = &reading->exchange->input.form;
    for (size_t i = 0; i < form->count; i++) {
        const str name = form->fields[i].name;
        if (!input_is_own_field(name) && field_named(reading, name) == NULL &&
            !is_part_of_date(reading, name)) {
            add_fault(reading->faults, reading->exchange->arena, name,
                      STR("There is no such field here"));
        }
    }
}

static void check_json_names(const struct reading *reading)
{
    const char *key;
    json_t *value;
    json_object_foreach(reading->exchange->input.object, key, value)
    {
        const str name = str_from_c(key);
        if (field_named(reading, name) == NULL) {
            add_fault(reading->faults, reading->exchange->arena,
                      arena_copy(reading->exchange->arena, name),
                      STR("There is no such field here"));
        }
    }
}

/* Paragraphs of a long text become one line: what is recorded has no lines. */
static str without_lines(str text, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        buf_put_char(&buf, c == '\r' || c == '\n' || c == '\t' ? ' ' : c);
    }
    return buf_str(&buf);
}

static_assert(INPUT_TEXT_MAX == 2000 && INPUT_HIDDEN_MAX == 6000, "as it is told below");

static void read_text(const struct reading *reading, const struct input_field *field, str text,
                      struct input_value *value)
{
    const str name = str_from_c(field->name);
    const bool secret = field->kind == INPUT_PASSWORD;
    if (field->kind == INPUT_LONG_TEXT) {
        text = without_lines(text, reading->exchange->arena);
    }
    const str trimmed = secret ? text : str_trim(text);
    struct arena *arena = reading->exchange->arena;
    const int most = field->kind == INPUT_HIDDEN ? INPUT_HIDDEN_MAX : INPUT_TEXT_MAX;
    if (trimmed.len > (size_t)most) {
        add_fault(reading->faults, arena, name,
                  field->kind == INPUT_HIDDEN ? STR("This is too long: at most 6000 bytes")
                                              : STR(TOO_LONG));
        return;
    }
    if (!secret && !str_is_printable(trimmed)) {
        add_fault(reading->faults, arena, name,
                  STR("There is a sign in it that cannot be seen (a control character). Type it "
                      "again instead of pasting it"));
        return;
    }
    if (!secret && trimmed.len > 0 && !str_is_visible(trimmed)) {
        add_fault(reading->faults, arena, name, STR("This has nothing in it that can be seen"));
        return;
    }
    value->given = trimmed.len > 0;
    value->text = trimmed;
}

static void read_number(const struct reading *reading, const struct input_field *field, str text,
                        struct input_value *value)
{
    const str trimmed = str_trim(text);
    value->text = trimmed;
    if (trimmed.len == 0) {
        return;
    }
    value->given = str_to_int64(trimmed, &value->number, NULL).ok;
    if (!value->given) {
        add_fault(reading->faults, reading->exchange->arena, str_from_c(field->name),
                  STR("Enter a whole number"));
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "17:30", "5:30pm", "5pm": minutes since midnight; false for what is no time of day. */
static bool read_time(str text, int *ret_minutes)
{
    int hour = 0;
    int minute = 0;
    size_t at = 0;
    const size_t begin_minute = str_find_char(text, ':') + 1;
    for (; at < text.len && at < 2 && is_digit(text.at[at]); at++) {
        hour = hour * 10 + (text.at[at] - '0');
    }
    if (at == 0) {
        return false;
    }
    const bool has_minute = at + 1 == begin_minute && at < text.len;
    if (has_minute) {
        if (text.len < at + 3 || !is_digit(text.at[at + 1]) || !is_digit(text.at[at + 2])) {
            return false;
        }
        minute = (text.at[at + 1] - '0') * 10 + (text.at[at + 2] - '0');
        at += 3;
    }
    const str half = str_trim(str_slice(text, at, text.len));
    const bool afternoon = str_equal(half, STR("pm"));
    if (half.len > 0) {
        if ((!afternoon && !str_equal(half, STR("am"))) || hour < 1 || hour > 12) {
            return false;
        }
        hour = hour % 12 + (afternoon ? 12 : 0);
    } else if (!has_minute) {
        return false;
    }
    *ret_minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

static result read_form_instant(const struct reading *reading, str name, struct input_value *value,
                                struct err *err)
{
    const struct http_form *form = &reading->exchange->input.form;
    struct arena *arena = reading->exchange->arena;
    const size_t faults_before = reading->faults->count;
    bool has_day = false;
    date day = {0};
    str time = STR("");
    int minutes = 0;
    TRY(input_form_date(form, name, arena, &has_day, &day, reading->faults, err));
    http_form_get(form, arena_format(arena, "%.*s-time", STR_ARG(name)), &time);
    time = str_trim(time);
    if (reading->faults->count > faults_before || (!has_day && time.len == 0)) {
        return result_ok();
    }
    if (!has_day) {
        add_fault(reading->faults, arena, name, STR("Enter the day with the time"));
    } else if (!read_time(time, &minutes)) {
        add_fault(reading->faults, arena, name,
                  STR("Enter the time as hours and minutes, for example 17:30"));
    } else {
        value->given = true;
        value->at = instant_from_date(day);
        value->at.milliseconds += (int64_t)minutes * 60000;
    }
    return result_ok();
}

static result read_form_field(const struct reading *reading, const struct input_field *field,
                              struct input_value *value, struct err *err)
{
    const struct http_form *form = &reading->exchange->input.form;
    const str name = str_from_c(field->name);
    if (field->kind == INPUT_DATE) {
        return input_form_date(form, name, reading->exchange->arena, &value->given, &value->day,
                               reading->faults, err);
    }
    if (field->kind == INPUT_INSTANT) {
        return read_form_instant(reading, name, value, err);
    }
    str text = STR("");
    if (http_form_get(form, name, &text)) {
        if (field->kind == INPUT_NUMBER) {
            read_number(reading, field, text, value);
        } else {
            read_text(reading, field, text, value);
        }
    }
    return result_ok();
}

static void read_json_field(const struct reading *reading, const struct input_field *field,
                            struct input_value *value)
{
    const json_t *member = json_object_get(reading->exchange->input.object, field->name);
    const str name = str_from_c(field->name);
    struct arena *arena = reading->exchange->arena;
    if (member == NULL) {
        return;
    }
    if (field->kind == INPUT_NUMBER) {
        value->given = json_is_integer(member);
        value->number = json_integer_value(member);
        if (!value->given) {
            add_fault(reading->faults, arena, name, STR("This must be a whole number"));
        }
        return;
    }
    /* The number of a request, of an arrival: as it is answered, or as a text. */
    const bool is_numbered = field->kind == INPUT_CHOICE && json_is_integer(member);
    if (!json_is_string(member) && !is_numbered) {
        add_fault(reading->faults, arena, name, STR("This must be a text"));
        return;
    }
    const str text = is_numbered
                         ? arena_format(arena, "%lld", (long long)json_integer_value(member))
                         : json_str_or_empty(reading->exchange->input.object, field->name);
    if (field->kind == INPUT_INSTANT) {
        value->given = instant_parse(text, &value->at, NULL).ok;
        if (!value->given) {
            add_fault(reading->faults, arena, name,
                      STR("This must be an instant as 2026-03-27T17:30:00Z"));
        }
        return;
    }
    if (field->kind != INPUT_DATE) {
        read_text(reading, field, text, value);
        return;
    }
    value->given = date_parse(text, &value->day, NULL).ok;
    if (!value->given) {
        add_fault(reading->faults, arena, name,
                  STR("This must be a date as YYYY-MM-DD, of the years 1900 to 2199"));
    }
}

result input_read(struct exchange *exchange, const struct input_field *fields, size_t count,
                  struct input_value *values, struct faults *faults, struct err *err)
{
    const struct reading reading = {exchange, fields, count, values, faults};
    if (exchange->input.is_json) {
        check_json_names(&reading);
    } else {
        check_form_names(&reading);
    }
    for (size_t i = 0; i < count; i++) {
        const size_t faults_before = faults->count;
        values[i] = (struct input_value){0};
        if (exchange->input.is_json) {
            read_json_field(&reading, &fields[i], &values[i]);
        } else {
            TRY(read_form_field(&reading, &fields[i], &values[i], err));
        }
        if (fields[i].missing != NULL && !values[i].given && faults->count == faults_before) {
            add_fault(faults, exchange->arena, str_from_c(fields[i].name),
                      str_from_c(fields[i].missing));
        }
        for (size_t j = faults_before; j < faults->count; j++) {
            faults->items[j].label = str_from_c(fields[i].label);
        }
    }
    return result_ok();
}

static bool is_one_of(const struct input_choices *choices, str value)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (str_equal(choices->items[i].value, value)) {
            return true;
        }
    }
    return false;
}

void input_check_choices(const struct exchange *exchange, const struct input_field *fields,
                         size_t count, const struct input_choices *choices,
                         const struct input_value *values, struct faults *faults)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == INPUT_CHOICE && values[i].given &&
            !is_one_of(&choices[i], values[i].text)) {
            add_fault(faults, exchange->arena, str_from_c(fields[i].name),
                      STR("Choose one of the answers offered"));
        }
    }
}

/* --- dates
 * -------------------------------------------------------------------------------------------------------
 */

static str part_of(const struct http_form *form, str name, const char *part, struct arena *arena)
{
    str text = STR("");
    const str full = arena_format(arena, "%.*s-%s", STR_ARG(name), part);
    return http_form_get(form, full, &text) ? str_trim(text) : STR("");
}

/* A number of 1 to `digits` digits; -1 for anything else. */
static int32_t small_number(str text, size_t digits)
{
    int64_t number = -1;
    if (text.len == 0 || text.len > digits || !str_to_int64(text, &number, NULL).ok || number < 0) {
        return -1;
    }
    return (int32_t)number;
}

static bool read_date(const str texts[3], date *ret_day)
{
    const struct civil civil = {.year = small_number(texts[2], 4),
                                .month = small_number(texts[1], 2),
                                .day = small_number(texts[0], 2)};
    return date_from_civil(civil, ret_day, NULL).ok;
}

result input_form_date(const struct http_form *form, str name, struct arena *arena, bool *ret_given,
                       date *ret_day, struct faults *faults, struct err *err)
{
    const str texts[3] = {part_of(form, name, "day", arena), part_of(form, name, "month", arena),
                          part_of(form, name, "year", arena)};
    str whole = STR("");
    http_form_get(form, name, &whole);
    whole = str_trim(whole);
    *ret_given = false;
    if (arena->at == arena->end) {
        return arena_full(err);
    }
    if (texts[0].len == 0 && texts[1].len == 0 && texts[2].len == 0 && whole.len == 0) {
        return result_ok();
    }
    *ret_given = whole.len > 0 ? date_parse(whole, ret_day, NULL).ok : read_date(texts, ret_day);
    if (!*ret_given) {
        add_fault(faults, arena, name, STR("Enter a real date, with day, month and year"));
    }
    return result_ok();
}

/* "2026-03-27" asks for the end of that day; a full instant asks for that instant. */
static result read_known_at(str text, instant *ret_instant, struct err *err)
{
    date day;
    if (date_parse(text, &day, NULL).ok) {
        *ret_instant = instant_from_date(date_add_days(day, 1));
        ret_instant->milliseconds -= 1;
        return result_ok();
    }
    return instant_parse(text, ret_instant, err).ok ? result_ok() : err_field(err, "known_at");
}

result input_asked_day(const struct exchange *exchange, str name, bool *ret_given, date *ret_day,
                       struct err *err)
{
    struct faults faults = {0};
    TRY(input_form_date(&exchange->query, name, exchange->arena, ret_given, ret_day, &faults, err));
    if (faults.count > 0) {
        result_ignore(err_set(err, ERROR_INPUT, "The day asked about is not a real date"),
                      "its field follows");
        return err_field(err, "%.*s", STR_ARG(name));
    }
    return result_ok();
}

result input_asked(const struct exchange *exchange, struct asked *ret_asked, struct err *err)
{
    struct asked asked = {0};
    TRY(input_asked_day(exchange, STR("on"), &asked.has_on, &asked.on, err));
    const str known_at = str_trim(exchange_query(exchange, STR("known_at")));
    date day;
    if (known_at.len > 0) {
        TRY(read_known_at(known_at, &asked.known_at, err));
        asked.has_known_at = true;
    } else {
        TRY(input_asked_day(exchange, STR("known_at"), &asked.has_known_at, &day, err));
        if (asked.has_known_at) {
            asked.known_at = instant_from_date(date_add_days(day, 1));
            asked.known_at.milliseconds -= 1;
        }
    }
    *ret_asked = asked;
    return result_ok();
}
