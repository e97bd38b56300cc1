#include "register/event.h"

#include "base/buf.h"
#include "format/json.h"
#include "format/json_in.h"

#include <stddef.h>
#include <string.h>

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_DAY, FIELD_NUMBERS, FIELD_TEXTS };

/* One member of a body: its name in JSON, and where it lies in event->body. */
struct field {
    str name;
    enum field_type type;
    size_t offset;
};

struct field_list {
    const struct field *fields;
    size_t count;
};

enum { FIELDS_MAX = 16 };

/* One function a kind that gives its fields: inside it `body` names the kind's struct, which the
 * field macros cannot know otherwise. */
#define FIELD(field_name, field_type_constant)                                                     \
    {STR_INIT(#field_name), field_type_constant, offsetof(body, field_name)},
#define TEXT(name)    FIELD(name, FIELD_TEXT)
#define NUMBER(name)  FIELD(name, FIELD_NUMBER)
#define DAY(name)     FIELD(name, FIELD_DAY)
#define NUMBERS(name) FIELD(name, FIELD_NUMBERS)
#define TEXTS(name)   FIELD(name, FIELD_TEXTS)
#define EVENT(constant, kind_name, kind_fields)                                                    \
    static struct field_list kind_name##_fields(void)                                              \
    {                                                                                              \
        typedef struct kind_name##_body body;                                                      \
        static const struct field fields[] = {kind_fields};                                        \
        _Static_assert(sizeof fields / sizeof fields[0] <= FIELDS_MAX, "raise FIELDS_MAX");        \
        return (struct field_list){.fields = fields, .count = sizeof fields / sizeof fields[0]};   \
    }
#include "register/event.def"
#undef EVENT
#undef TEXT
#undef NUMBER
#undef DAY
#undef NUMBERS
#undef TEXTS

struct kind_row {
    str name;
    struct field_list (*fields)(void);
};

static const struct kind_row kind_rows[] = {
    [EVENT_NONE] = {STR_INIT("none"), NULL},
#define EVENT(constant, kind_name, kind_fields)                                                    \
    [EVENT_##constant] = {STR_INIT(#kind_name), kind_name##_fields},
#include "register/event.def"
#undef EVENT
};

enum { KIND_COUNT = sizeof kind_rows / sizeof kind_rows[0] };

static const char *const subject_names[] = {
    [SUBJECT_OF_PERSON] = "person",       [SUBJECT_OF_HUB] = "hub",
    [SUBJECT_OF_AGREEMENT] = "agreement", [SUBJECT_OF_ACCOUNT] = "account",
    [SUBJECT_OF_REGISTER] = "register",   [SUBJECT_OF_MANIFEST] = "manifest",
    [SUBJECT_OF_OPERATION] = "operation",
};

enum { SUBJECT_NAME_COUNT = sizeof subject_names / sizeof subject_names[0] };

const char *event_kind_name(enum event_kind kind)
{
    const size_t index = (size_t)kind;
    return kind_rows[index < KIND_COUNT ? index : (size_t)EVENT_NONE].name.at;
}

enum event_kind event_kind_from_name(str name)
{
    for (size_t i = EVENT_NONE + 1; i < KIND_COUNT; i++) {
        if (str_equal(kind_rows[i].name, name)) {
            return (enum event_kind)i;
        }
    }
    return EVENT_NONE;
}

const char *subject_kind_name(enum subject_kind kind)
{
    const size_t index = (size_t)kind;
    return index < SUBJECT_NAME_COUNT && subject_names[index] != NULL ? subject_names[index]
                                                                      : "none";
}

static struct field_list fields_of(enum event_kind kind)
{
    const size_t index = (size_t)kind;
    ASSERT(index > EVENT_NONE && index < KIND_COUNT);
    return kind_rows[index].fields();
}

/* --- writing --- */

static const void *member_of(const struct event *event, const struct field *field)
{
    return (const char *)&event->body + field->offset;
}

static bool is_empty(const struct event *event, const struct field *field)
{
    const void *member = member_of(event, field);
    switch (field->type) {
    case FIELD_TEXT:
        return ((const str *)member)->len == 0;
    case FIELD_NUMBER:
        return *(const int64_t *)member == 0;
    case FIELD_DAY:
        return !((const struct known_day *)member)->known;
    case FIELD_NUMBERS:
        return ((const struct number_list *)member)->count == 0;
    case FIELD_TEXTS:
        return ((const struct text_list *)member)->count == 0;
    }
    return true;
}

static result check_text(const struct field *field, str text, struct err *err)
{
    if (!str_is_utf8(text)) {
        return err_set(err, ERROR_INPUT, "The text of \"%s\" is not well-formed UTF-8",
                       field->name.at);
    }
    return result_ok();
}

static result put_day(struct buf *buf, const struct field *field, date day, struct err *err)
{
    date same;
    if (!date_from_civil(date_to_civil(day), &same, NULL).ok) {
        return err_set(err, ERROR_INPUT, "The day of \"%s\" is outside the years 1900 to 2199",
                       field->name.at);
    }
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    buf_put_char(buf, '"');
    buf_put(buf, (str){.at = text, .len = DATE_TEXT_SIZE - 1});
    buf_put_char(buf, '"');
    return result_ok();
}

static void put_numbers(struct buf *buf, const struct number_list *numbers)
{
    buf_put_char(buf, '[');
    for (size_t i = 0; i < numbers->count; i++) {
        buf_put(buf, i == 0 ? STR("") : STR(","));
        buf_put_int64(buf, numbers->items[i]);
    }
    buf_put_char(buf, ']');
}

static result put_texts(struct buf *buf, const struct field *field, const struct text_list *texts,
                        struct err *err)
{
    buf_put_char(buf, '[');
    for (size_t i = 0; i < texts->count; i++) {
        TRY(check_text(field, texts->items[i], err));
        buf_put(buf, i == 0 ? STR("") : STR(","));
        json_put_str(buf, texts->items[i]);
    }
    buf_put_char(buf, ']');
    return result_ok();
}

static result put_member(struct buf *buf, const struct event *event, const struct field *field,
                         struct err *err)
{
    const void *member = member_of(event, field);
    switch (field->type) {
    case FIELD_TEXT:
        TRY(check_text(field, *(const str *)member, err));
        json_put_str(buf, *(const str *)member);
        return result_ok();
    case FIELD_NUMBER:
        buf_put_int64(buf, *(const int64_t *)member);
        return result_ok();
    case FIELD_DAY:
        return put_day(buf, field, ((const struct known_day *)member)->day, err);
    case FIELD_NUMBERS:
        put_numbers(buf, member);
        return result_ok();
    case FIELD_TEXTS:
        return put_texts(buf, field, member, err);
    }
    return err_set(err, ERROR_INTERNAL, "A field of no known type");
}

/* The fields that are not empty, in the order of their names: by insertion, because there are few.
 */
static size_t fields_in_order(const struct event *event, const struct field *order[FIELDS_MAX])
{
    const struct field_list list = fields_of(event->kind);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (is_empty(event, &list.fields[i])) {
            continue;
        }
        size_t at = count++;
        while (at > 0 && str_compare(order[at - 1]->name, list.fields[i].name) > 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = &list.fields[i];
    }
    return count;
}

result event_write_body(const struct event *event, struct arena *arena, str *ret_text,
                        struct err *err)
{
    const struct field *order[FIELDS_MAX];
    const size_t count = fields_in_order(event, order);
    struct buf buf;
    buf_init(&buf, arena, EVENT_BODY_SIZE_MAX);
    buf_put_char(&buf, '{');
    for (size_t i = 0; i < count; i++) {
        buf_put(&buf, i == 0 ? STR("\"") : STR(",\""));
        buf_put(&buf, order[i]->name);
        buf_put(&buf, STR("\":"));
        TRY(put_member(&buf, event, order[i], err));
    }
    buf_put_char(&buf, '}');
    return buf_finish(&buf, ret_text, err);
}

/* --- reading --- */

static result refuse_member(const struct field *field, const char *wanted, struct err *err)
{
    return err_set(err, ERROR_INPUT, "The member \"%s\" of an event's body must be %s",
                   field->name.at, wanted);
}

static result read_text(const struct field *field, struct json_in *in, struct arena *arena,
                        str *ret_text, struct err *err)
{
    return json_in_at_text(in) ? json_in_text(in, arena, ret_text, err)
                               : refuse_member(field, "a text", err);
}

static result read_number(const struct field *field, struct json_in *in, int64_t *ret_number,
                          struct err *err)
{
    return json_in_at_number(in) ? json_in_number(in, ret_number, err)
                                 : refuse_member(field, "a whole number", err);
}

static result read_day(const struct field *field, struct json_in *in, struct arena scratch,
                       struct known_day *ret_day, struct err *err)
{
    str text;
    date day;
    if (!json_in_at_text(in)) {
        return refuse_member(field, "a day", err);
    }
    TRY(json_in_text(in, &scratch, &text, err));
    TRY(date_parse(text, &day, err));
    *ret_day = (struct known_day){.known = true, .day = day};
    return result_ok();
}

/* How many elements the list that begins here may have, at most. */
static size_t elements_at_most(const struct json_in *in)
{
    size_t commas = 0;
    for (size_t i = in->at; i < in->text.len; i++) {
        commas += in->text.at[i] == ',' ? 1 : 0;
    }
    return commas + 1;
}

static result read_numbers(const struct field *field, struct json_in *in, struct arena *arena,
                           struct number_list *ret_list, struct err *err)
{
    if (!json_in_takes(in, '[')) {
        return refuse_member(field, "a list of whole numbers", err);
    }
    struct number_list list = {.count = 0};
    int64_t *items = ARENA_NEW_UNSET(arena, int64_t, elements_at_most(in));
    if (items == NULL) {
        return arena_full(err);
    }
    bool more = !json_in_takes(in, ']');
    while (more) {
        TRY(read_number(field, in, &items[list.count++], err));
        more = json_in_takes(in, ',');
        TRY(more ? result_ok() : json_in_take(in, ']', err));
    }
    list.items = items;
    *ret_list = list;
    return result_ok();
}

static result read_texts(const struct field *field, struct json_in *in, struct arena *arena,
                         struct text_list *ret_list, struct err *err)
{
    if (!json_in_takes(in, '[')) {
        return refuse_member(field, "a list of texts", err);
    }
    struct text_list list = {.count = 0};
    str *items = ARENA_NEW_UNSET(arena, str, elements_at_most(in));
    if (items == NULL) {
        return arena_full(err);
    }
    bool more = !json_in_takes(in, ']');
    while (more) {
        TRY(read_text(field, in, arena, &items[list.count++], err));
        more = json_in_takes(in, ',');
        TRY(more ? result_ok() : json_in_take(in, ']', err));
    }
    list.items = items;
    *ret_list = list;
    return result_ok();
}

static result read_member(const struct field *field, struct json_in *in, struct arena *arena,
                          struct event *event, struct err *err)
{
    void *member = (char *)&event->body + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        return read_text(field, in, arena, member, err);
    case FIELD_NUMBER:
        return read_number(field, in, member, err);
    case FIELD_DAY:
        return read_day(field, in, *arena, member, err);
    case FIELD_NUMBERS:
        return read_numbers(field, in, arena, member, err);
    case FIELD_TEXTS:
        return read_texts(field, in, arena, member, err);
    }
    return err_set(err, ERROR_INTERNAL, "A field of no known type");
}

/* Its place in the list, or the list's length. */
static size_t field_named(const struct field_list *list, str name)
{
    size_t i = 0;
    while (i < list->count && !str_equal(list->fields[i].name, name)) {
        i++;
    }
    return i;
}

static result read_members(struct json_in *in, struct arena *arena, struct event *event,
                           struct err *err)
{
    const struct field_list list = fields_of(event->kind);
    bool given[FIELDS_MAX] = {false};
    bool more = !json_in_takes(in, '}');
    while (more) {
        struct arena scratch = *arena;
        str name;
        TRY(json_in_text(in, &scratch, &name, err));
        const size_t field = field_named(&list, name);
        if (field == list.count || given[field]) {
            return err_set(err, ERROR_INPUT, "An event of kind %s has no%s member \"%.*s\"",
                           event_kind_name(event->kind), field == list.count ? "" : " second",
                           STR_ARG(name));
        }
        given[field] = true;
        TRY(json_in_take(in, ':', err));
        TRY(read_member(&list.fields[field], in, arena, event, err));
        more = json_in_takes(in, ',');
        TRY(more ? result_ok() : json_in_take(in, '}', err));
    }
    return json_in_end(in, err);
}

result event_read_body(str text, struct arena *arena, struct event *event, struct err *err)
{
    struct json_in in;
    memset(&event->body, 0, sizeof event->body);
    TRY(json_in_begin(text, &in, err));
    if (!json_in_takes(&in, '{')) {
        return err_set(err, ERROR_INPUT, "The body of an event must be an object");
    }
    return read_members(&in, arena, event, err);
}

/* --- header and client id --- */

static void put_field(struct buf *buf, const char *text)
{
    buf_put_c(buf, text);
    buf_put_char(buf, ' ');
}

static void put_number(struct buf *buf, int64_t number)
{
    buf_put_int64(buf, number);
    buf_put_char(buf, ' ');
}

str event_header_text(const struct event *event, struct arena *arena)
{
    enum {
        HEADER_SIZE_MAX = 255
    }; /* three numbers of 20, kinds, two times, a client id: below 240 */
    char day[DATE_TEXT_SIZE];
    char instant_text[INSTANT_TEXT_SIZE];
    char client_id[37] = "-";
    date_format(event->effective_on, day);
    instant_format(event->recorded_at, instant_text);
    if (!client_id_is_none(&event->client_id)) {
        client_id_format(&event->client_id, client_id);
    }
    struct buf buf;
    buf_init(&buf, arena, HEADER_SIZE_MAX);
    put_field(&buf, "returnhub-event-1");
    put_number(&buf, event->position);
    put_field(&buf, subject_kind_name(event->subject_kind));
    put_number(&buf, event->subject);
    put_field(&buf, event_kind_name(event->kind));
    put_field(&buf, day);
    put_field(&buf, instant_text);
    put_number(&buf, event->actor);
    buf_put_c(&buf, client_id);
    buf_put_char(&buf, '\n');
    str header;
    return buf_finish(&buf, &header, NULL).ok ? header : (str){0};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool hyphen_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

result client_id_parse(str text, struct client_id *ret_id, struct err *err)
{
    struct client_id id = {0};
    size_t at = 0;
    bool fits = text.len == 36;
    for (size_t i = 0; fits && i < CLIENT_ID_SIZE; i++) {
        if (hyphen_before(i)) {
            fits = text.at[at++] == '-';
        }
        const int high = hex_value(text.at[at]);
        const int low = hex_value(text.at[at + 1]);
        fits = fits && high >= 0 && low >= 0;
        id.bytes[i] = fits ? (uint8_t)(high * 16 + low) : 0;
        at += 2;
    }
    if (!fits || client_id_is_none(&id)) {
        const str shown = str_slice(text, 0, 60);
        result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a client id", STR_ARG(shown)),
                      "the hint returns the failure");
        return err_hint(err,
                        "A client id is a UUID, for example 0191e6b2-5f3a-7cc1-8b1d-3f0f6a1c2d4e.");
    }
    *ret_id = id;
    return result_ok();
}

void client_id_format(const struct client_id *id, char text[37])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < CLIENT_ID_SIZE; i++) {
        if (hyphen_before(i)) {
            text[at++] = '-';
        }
        text[at++] = digits[id->bytes[i] >> 4];
        text[at++] = digits[id->bytes[i] & 0x0F];
    }
    text[at] = '\0';
}

struct client_id client_id_make(instant now, const uint8_t chance[CLIENT_ID_SIZE])
{
    enum { CLOCK_BYTES = 6 };
    struct client_id id;
    memcpy(id.bytes, chance, sizeof id.bytes);
    for (size_t i = 0; i < CLOCK_BYTES; i++) {
        id.bytes[i] = (uint8_t)((uint64_t)now.milliseconds >> 8 * (CLOCK_BYTES - 1 - i));
    }
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0F) | 0x70); /* version, */
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3F) | 0x80); /* variant */
    return id;
}

bool client_id_is_none(const struct client_id *id)
{
    static const struct client_id none = {0};
    return memcmp(id->bytes, none.bytes, CLIENT_ID_SIZE) == 0;
}
