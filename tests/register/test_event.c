/* Aim: every kind of event is written in the one canonical form and read back as it was; nothing
 * that does not fit is written or read. The checks of a kind's fields are made from event.def, so a
 * new kind is tested from its first day. */
#include "base/random.h"
#include "format/json.h"
#include "register/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS_EACH_KIND = 200, DAY_1900 = -25567, DAY_2199 = 84005 };

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    struct err err;
    assert_true(arena_open(arena, 64 * 1024 * 1024, &err).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

/* --- random bodies --- */

struct source {
    struct random random;
    struct arena *arena;
};

/* Pieces that a writer of JSON can get wrong. */
static str random_text(struct source *source)
{
    static const char *const pieces[] = {
        "",   "a",  "Ana Kovač", "\"",   "\\",   "/",       "\b",  "\f",
        "\n", "\r", "\t",        "\x01", "\x1f", "\x7f",    "é",   "\xE2\x80\xA8",
        "😀",  "{}", "\\u0041",   " ",    "null", "العربية", "<>&", "'"};
    char text[256] = "";
    size_t len = 0;
    for (uint64_t left = random_below(&source->random, 5); left > 0; left--) {
        const char *piece = pieces[random_below(&source->random, sizeof pieces / sizeof pieces[0])];
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    const str copy = arena_copy(source->arena, (str){.at = text, .len = len});
    assert_non_null(copy.at);
    return copy;
}

static int64_t random_number(struct source *source)
{
    static const int64_t special[] = {0, 1, -1, INT64_MAX, INT64_MIN};
    const uint64_t choice = random_below(&source->random, 8);
    return choice < 5 ? special[choice] : (int64_t)random_next(&source->random);
}

static struct known_day random_day(struct source *source)
{
    const bool known = random_chance(&source->random, 0.7);
    return (struct known_day){
        .known = known,
        .day.day = known ? (int32_t)random_between(&source->random, DAY_1900, DAY_2199) : 0};
}

static struct number_list random_numbers(struct source *source)
{
    const size_t count = random_below(&source->random, 4);
    int64_t *items = ARENA_NEW(source->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = random_number(source);
    }
    return (struct number_list){.items = items, .count = count};
}

static struct text_list random_texts(struct source *source)
{
    const size_t count = random_below(&source->random, 4);
    str *items = ARENA_NEW(source->arena, str, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = random_text(source);
    }
    return (struct text_list){.items = items, .count = count};
}

static void fill_body(struct source *source, struct event *event)
{
#define TEXT(field)    body->field = random_text(source);
#define NUMBER(field)  body->field = random_number(source);
#define DAY(field)     body->field = random_day(source);
#define NUMBERS(field) body->field = random_numbers(source);
#define TEXTS(field)   body->field = random_texts(source);
#define EVENT(constant, name, fields)                                                              \
    if (event->kind == EVENT_##constant) {                                                         \
        struct name##_body *body = &event->body.name;                                              \
        fields                                                                                     \
    }
#include "register/event.def"
#undef EVENT
#undef TEXT
#undef NUMBER
#undef DAY
#undef NUMBERS
#undef TEXTS
}

/* --- the same, read back --- */

static void expect_text(str a, str b)
{
    assert_true(str_equal(a, b));
}

static void expect_day(struct known_day a, struct known_day b)
{
    assert_int_equal(a.known, b.known);
    assert_int_equal(a.day.day, b.day.day);
}

static void expect_numbers(struct number_list a, struct number_list b)
{
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        assert_true(a.items[i] == b.items[i]);
    }
}

static void expect_texts(struct text_list a, struct text_list b)
{
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        expect_text(a.items[i], b.items[i]);
    }
}

static void expect_same_body(const struct event *a, const struct event *b)
{
#define TEXT(field)    expect_text(body->field, other->field);
#define NUMBER(field)  assert_true(body->field == other->field);
#define DAY(field)     expect_day(body->field, other->field);
#define NUMBERS(field) expect_numbers(body->field, other->field);
#define TEXTS(field)   expect_texts(body->field, other->field);
#define EVENT(constant, name, fields)                                                              \
    if (a->kind == EVENT_##constant) {                                                             \
        const struct name##_body *body = &a->body.name;                                            \
        const struct name##_body *other = &b->body.name;                                           \
        fields                                                                                     \
    }
#include "register/event.def"
#undef EVENT
#undef TEXT
#undef NUMBER
#undef DAY
#undef NUMBERS
#undef TEXTS
}

/* --- an independent writer: jansson, told field by field --- */

static void json_numbers(json_t *object, const char *key, struct number_list list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++) {
        json_array_append_new(array, json_integer(list.items[i]));
    }
    json_object_set_new(object, key, array);
}

static void json_texts(json_t *object, const char *key, struct text_list list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++) {
        json_array_append_new(array, json_stringn(list.items[i].at, list.items[i].len));
    }
    json_object_set_new(object, key, array);
}

static json_t *json_of_body(const struct event *event)
{
    json_t *object = json_object();
#define TEXT(field)                                                                                \
    if (body->field.len > 0) {                                                                     \
        json_object_set_new(object, #field, json_stringn(body->field.at, body->field.len));        \
    }
#define NUMBER(field)                                                                              \
    if (body->field != 0) {                                                                        \
        json_object_set_new(object, #field, json_integer(body->field));                            \
    }
#define DAY(field)                                                                                 \
    if (body->field.known) {                                                                       \
        json_object_set_new(object, #field, json_of_date(body->field.day));                        \
    }
#define NUMBERS(field)                                                                             \
    if (body->field.count > 0) {                                                                   \
        json_numbers(object, #field, body->field);                                                 \
    }
#define TEXTS(field)                                                                               \
    if (body->field.count > 0) {                                                                   \
        json_texts(object, #field, body->field);                                                   \
    }
#define EVENT(constant, name, fields)                                                              \
    if (event->kind == EVENT_##constant) {                                                         \
        const struct name##_body *body = &event->body.name;                                        \
        fields                                                                                     \
    }
#include "register/event.def"
#undef EVENT
#undef TEXT
#undef NUMBER
#undef DAY
#undef NUMBERS
#undef TEXTS
    return object;
}

/* Aim: the number that stands for a kind in a store is never another kind's: those that the first
 * stores were written with, as literals, and no number twice. */
static void numbers_of_kinds_are_kept(void **state)
{
    static const struct {
        const char *name;
        int number;
    } first[] = {
        {"person_registered", 1},    {"identity_corrected", 2}, {"family_joined", 3},
        {"family_left", 4},          {"contact_confirmed", 5},  {"fact_recorded", 6},
        {"fact_withdrawn", 7},       {"note_added", 8},         {"step_requested", 9},
        {"step_approved", 10},       {"step_declined", 11},     {"step_withdrawn", 12},
        {"step_stopped", 13},        {"step_refused", 14},      {"step_taken", 15},
        {"hub_opened", 16},          {"places_agreed", 17},     {"agreement_opened", 18},
        {"agreement_announced", 19}, {"account_opened", 20},    {"account_changed", 21},
        {"account_closed", 22},      {"rulebook_adopted", 23},
    };
    (void)state;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        assert_int_equal(event_kind_from_name(str_from_c(first[i].name)), first[i].number);
    }
    const int numbers[] = {
#define NUMBER_OF_KIND(constant, number) number,
#include "register/event_number.def"
#undef NUMBER_OF_KIND
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_int_equal(numbers[i], i + 1);
    }
}

static const enum event_kind all_kinds[] = {
#define EVENT(constant, name, fields) EVENT_##constant,
#include "register/event.def"
#undef EVENT
};

enum { KINDS = sizeof all_kinds / sizeof all_kinds[0] };

/* Aim: whatever is in a body, writing gives the text that json_write gives of the same members, and
 * reading that text gives the body back. */
static void bodies_round_trip(void **state)
{
    struct arena *arena = *state;
    struct source source = {.arena = arena};
    struct err err;
    random_seed(&source.random, 7);
    for (size_t kind = 0; kind < KINDS; kind++) {
        for (int round = 0; round < ROUNDS_EACH_KIND; round++) {
            arena_reset(arena);
            struct event event = {.kind = all_kinds[kind]};
            struct event again = {.kind = all_kinds[kind]};
            fill_body(&source, &event);
            str text;
            str canonical;
            assert_true(event_write_body(&event, arena, &text, &err).ok);
            json_t *object = json_of_body(&event);
            assert_true(json_write(object, arena, &canonical, &err).ok);
            json_decref(object);
            expect_text(text, canonical);
            assert_true(event_read_body(text, arena, &again, &err).ok);
            expect_same_body(&event, &again);
        }
    }
}

/* Aim: a body with a byte changed reads as what jansson makes of it, or not at all where jansson
 * refuses it. */
static void damaged_bodies(void **state)
{
    struct arena *arena = *state;
    struct source source = {.arena = arena};
    size_t read_count = 0;
    random_seed(&source.random, 13);
    for (size_t round = 0; round < KINDS * ROUNDS_EACH_KIND; round++) {
        arena_reset(arena);
        const enum event_kind kind = all_kinds[round % KINDS];
        struct event event = {.kind = kind};
        struct event direct = {.kind = kind};
        struct event by_jansson = {.kind = kind};
        str text;
        str written = STR("");
        json_t *value = NULL;
        fill_body(&source, &event);
        assert_true(event_write_body(&event, arena, &text, NULL).ok);
        char *damaged = ARENA_NEW(arena, char, text.len);
        memcpy(damaged, text.at, text.len);
        damaged[random_below(&source.random, text.len)] = (char)random_below(&source.random, 256);
        text.at = damaged;
        const bool read = event_read_body(text, arena, &direct, NULL).ok;
        if (!json_read(text, &value, NULL).ok) {
            assert_false(read);
            continue;
        }
        assert_true(json_write(value, arena, &written, NULL).ok);
        json_decref(value);
        assert_int_equal(event_read_body(written, arena, &by_jansson, NULL).ok, read);
        if (read) {
            expect_same_body(&direct, &by_jansson);
            read_count++;
        }
    }
    assert_in_range(read_count, KINDS, KINDS * ROUNDS_EACH_KIND - 1);
}

/* Aim: names and kinds are one to one, and nothing else is a kind. */
static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(event_kind_name(EVENT_FACT_RECORDED), "fact_recorded");
    assert_string_equal(subject_kind_name(SUBJECT_OF_AGREEMENT), "agreement");
    for (size_t kind = 0; kind < KINDS; kind++) {
        const char *name = event_kind_name(all_kinds[kind]);
        assert_int_equal(event_kind_from_name(str_from_c(name)), all_kinds[kind]);
    }
    assert_int_equal(event_kind_from_name(STR("none")), EVENT_NONE);
    assert_int_equal(event_kind_from_name(STR("")), EVENT_NONE);
    assert_int_equal(event_kind_from_name(STR("fact_recorded ")), EVENT_NONE);
    assert_string_equal(event_kind_name((enum event_kind)1000), "none");
}

/* Aim: an event written before a field was added reads with that field empty; a member nobody knows
 * is refused. */
static void older_and_stranger_bodies(void **state)
{
    struct arena *arena = *state;
    struct err err;
    struct event event = {.kind = EVENT_STEP_APPROVED};
    event.body.step_approved.outstanding = 99; /* must not shine through */
    assert_true(
        event_read_body(STR("{\"request\":12,\"role\":\"senior_officer\"}"), arena, &event, &err)
            .ok);
    assert_int_equal(event.body.step_approved.request, 12);
    assert_int_equal(event.body.step_approved.outstanding, 0);
    assert_int_equal(event.body.step_approved.relied_on.count, 0);

    static const char *const strangers[] = {"{\"colour\":\"red\"}",
                                            "{\"request\":\"12\"}",
                                            "{\"request\":1.5}",
                                            "{\"role\":7}",
                                            "{\"relied_on\":[1,\"2\"]}",
                                            "{\"relied_on\":5}",
                                            "[]",
                                            "7",
                                            "{\"request\":12",
                                            "",
                                            "{\"request\":null}",
                                            "{\"request\":1,\"request\":2}",
                                            "{\"role\":\"a\\u0000b\"}"};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        assert_false(event_read_body(str_from_c(strangers[i]), arena, &event, &err).ok);
    }
    event.kind = EVENT_PERSON_REGISTERED;
    assert_false(event_read_body(STR("{\"born_on\":\"2026-02-30\"}"), arena, &event, &err).ok);
    assert_false(event_read_body(STR("{\"born_on\":17}"), arena, &event, &err).ok);
    event.kind = EVENT_STEP_STOPPED;
    assert_false(event_read_body(STR("{\"safeguards\":[7]}"), arena, &event, &err).ok);
}

/* Aim: what could not be read back is not written. */
static void what_is_not_written(void **state)
{
    struct arena *arena = *state;
    struct err err;
    str text;
    struct event event = {.kind = EVENT_NOTE_ADDED};
    event.body.note_added.note = STR("half a character: \xC3");
    assert_false(event_write_body(&event, arena, &text, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    event.body.note_added.note = (str){.at = "a\0b", .len = 3};
    assert_false(event_write_body(&event, arena, &text, &err).ok);

    event = (struct event){.kind = EVENT_PERSON_REGISTERED};
    event.body.person_registered.born_on = (struct known_day){.known = true, .day = {DAY_2199 + 1}};
    assert_false(event_write_body(&event, arena, &text, &err).ok);
    event.body.person_registered.born_on.day.day = DAY_2199;
    assert_true(event_write_body(&event, arena, &text, &err).ok);
    expect_text(text, STR("{\"born_on\":\"2199-12-31\"}"));
    event.body.person_registered.born_on.day.day = DAY_1900 - 1;
    assert_false(event_write_body(&event, arena, &text, &err).ok);

    const size_t too_long = EVENT_BODY_SIZE_MAX + 1;
    char *long_text = ARENA_NEW(arena, char, too_long);
    memset(long_text, 'x', too_long);
    event = (struct event){.kind = EVENT_NOTE_ADDED,
                           .body.note_added.note = {.at = long_text, .len = too_long}};
    assert_false(event_write_body(&event, arena, &text, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
}

/* Aim: the header has the layout that event.h describes; written out by hand. 2026-11-23 is day
 * 20780, and the instant is 1795423976 seconds and 123 milliseconds (GNU date). */
static void header_layout(void **state)
{
    struct arena *arena = *state;
    struct err err;
    struct event event = {.position = 17,
                          .subject_kind = SUBJECT_OF_PERSON,
                          .subject = 42,
                          .kind = EVENT_FACT_RECORDED,
                          .effective_on = {20780},
                          .recorded_at = {1795423976123},
                          .actor = 7};
    expect_text(event_header_text(&event, arena),
                STR("returnhub-event-1 17 person 42 fact_recorded 2026-11-23 "
                    "2026-11-23T08:52:56.123Z 7 -\n"));
    assert_true(
        client_id_parse(STR("F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"), &event.client_id, &err).ok);
    expect_text(
        event_header_text(&event, arena),
        STR("returnhub-event-1 17 person 42 fact_recorded 2026-11-23 2026-11-23T08:52:56.123Z 7 "
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"));
    /* The longest header there can be still fits. */
    event = (struct event){.position = INT64_MAX,
                           .subject_kind = SUBJECT_OF_AGREEMENT,
                           .subject = INT64_MIN,
                           .kind = EVENT_AGREEMENT_ANNOUNCED,
                           .actor = INT64_MIN,
                           .client_id = event.client_id};
    assert_non_null(event_header_text(&event, arena).at);
}

/* Aim: client ids are the UUIDs of RFC 9562, whose example in section 4 is used here. */
static void client_ids(void **state)
{
    (void)state;
    static const uint8_t bytes[CLIENT_ID_SIZE] = {0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0,
                                                  0xa7, 0x65, 0x00, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6};
    struct client_id id = {0};
    struct err err;
    char text[37];
    assert_true(client_id_is_none(&id));
    assert_true(client_id_parse(STR("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), &id, &err).ok);
    assert_memory_equal(id.bytes, bytes, CLIENT_ID_SIZE);
    assert_false(client_id_is_none(&id));
    client_id_format(&id, text);
    assert_string_equal(text, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");

    static const char *const others[] = {"",
                                         "f81d4fae",
                                         "f81d4fae7dec11d0a76500a0c91e6bf6",
                                         "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
                                         "f81d4fae-7dec-11d0-a765-00a0c91e6bf60",
                                         "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
                                         "f81d4fae+7dec-11d0-a765-00a0c91e6bf6",
                                         "{81d4fae-7dec-11d0-a765-00a0c91e6bf6",
                                         "00000000-0000-0000-0000-000000000000"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(client_id_parse(str_from_c(others[i]), &id, &err).ok);
        assert_memory_equal(id.bytes, bytes, CLIENT_ID_SIZE);
    }
}

/* Aim: a full arena is a stated limit, never a crash or half a text. */
static void full_arena(void **state)
{
    struct arena *arena = *state;
    struct source source = {.arena = arena};
    struct err err;
    random_seed(&source.random, 11);
    struct event event = {.kind = EVENT_STEP_TAKEN};
    fill_body(&source, &event);
    event.body.step_taken.step = STR("hub_transfer");
    str whole;
    assert_true(event_write_body(&event, arena, &whole, &err).ok);
    for (size_t size = 1; size < 4096; size += 7) {
        struct arena small;
        assert_true(arena_open(&small, size, &err).ok);
        str text;
        struct event again = {.kind = EVENT_STEP_TAKEN};
        const bool written = event_write_body(&event, &small, &text, &err).ok;
        assert_true(written ? str_equal(text, whole) : err.code == ERROR_LIMIT);
        arena_reset(&small);
        const bool read = event_read_body(whole, &small, &again, &err).ok;
        assert_true(read || err.code == ERROR_LIMIT);
        arena_close(&small);
    }
}

static void made_client_ids(void **state)
{
    /* Aim: the example of RFC 9562, appendix A.6; and whatever chance gives, later ids are greater,
     * which is what keeps them together. */
    const instant example = {.milliseconds = INT64_C(0x017F22E279B0)};
    uint8_t chance[CLIENT_ID_SIZE] = {1,    2,    3,    4,    5,    6,    0xFC, 0xC3,
                                      0xD8, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    struct client_id id = client_id_make(example, chance);
    char text[37];
    (void)state;
    client_id_format(&id, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    for (int64_t later = 1; later < INT64_C(1) << 40; later *= 7) {
        struct client_id next =
            client_id_make((instant){.milliseconds = example.milliseconds + later}, chance);
        assert_true(memcmp(id.bytes, next.bytes, CLIENT_ID_SIZE) < 0);
        id = next;
        memset(chance, (int)(later & 0xFF), sizeof chance);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_kinds_are_kept),
        cmocka_unit_test(bodies_round_trip),
        cmocka_unit_test(damaged_bodies),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(older_and_stranger_bodies),
        cmocka_unit_test(what_is_not_written),
        cmocka_unit_test(header_layout),
        cmocka_unit_test(client_ids),
        cmocka_unit_test(made_client_ids),
        cmocka_unit_test(full_arena),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
