/* event: what happened, to whom, from when it is true, when it was recorded and by whom. The
 * register is a list of these; everything else about a person, a hub or an agreement is a fold of
 * them (row.h).
 *
 * Two times, always: `effective_on` is the day from which the thing is true in the world,
 * `recorded_at` the instant it was stored. Corrections are new events. Bodies are written as
 * canonical JSON with the field names of event.def. */
#ifndef RETURNHUB_REGISTER_EVENT_H
#define RETURNHUB_REGISTER_EVENT_H

#include "base/arena.h"
#include "base/date.h"

enum subject_kind {
    SUBJECT_OF_PERSON = 1,
    SUBJECT_OF_HUB = 2,
    SUBJECT_OF_AGREEMENT = 3,
    SUBJECT_OF_ACCOUNT = 4,
    SUBJECT_OF_REGISTER = 5, /* its id is REGISTER_ID */
    SUBJECT_OF_MANIFEST = 6,
    SUBJECT_OF_OPERATION = 7,
    SUBJECT_LAST = SUBJECT_OF_OPERATION,
};
enum { REGISTER_ID = 1 };

struct known_day {
    bool known;
    date day;
};

struct number_list {
    const int64_t *items;
    size_t count;
};

struct text_list {
    const str *items;
    size_t count;
};

enum event_kind {
    EVENT_NONE = 0,
#define NUMBER_OF_KIND(constant, number) EVENT_##constant = number,
#include "register/event_number.def"
#undef NUMBER_OF_KIND
};

/* struct person_registered_body { str reference; ... }; and so on for every kind. */
#define TEXT(field)    str field;
#define NUMBER(field)  int64_t field;
#define DAY(field)     struct known_day field;
#define NUMBERS(field) struct number_list field;
#define TEXTS(field)   struct text_list field;
#define EVENT(constant, name, fields)                                                              \
    struct name##_body {                                                                           \
        fields                                                                                     \
    };
#include "register/event.def"
#undef EVENT
#undef TEXT
#undef NUMBER
#undef DAY
#undef NUMBERS
#undef TEXTS

enum { CLIENT_ID_SIZE = 16 };

/* Made by whoever sends a command, so that sending it twice does it once. All zero: none was given.
 */
struct client_id {
    uint8_t bytes[CLIENT_ID_SIZE];
};

union event_body {
#define EVENT(constant, name, fields) struct name##_body name;
#include "register/event.def"
#undef EVENT
};

struct event {
    int64_t position; /* from 1, without gaps; 0 before it is appended */
    enum subject_kind subject_kind;
    int64_t subject;
    enum event_kind kind;
    date effective_on;
    instant recorded_at;
    int64_t actor; /* account; 0: the register itself */
    struct client_id client_id;
    union event_body body;
};

const char *event_kind_name(enum event_kind kind); /* "fact_recorded" */
enum event_kind event_kind_from_name(str name);    /* EVENT_NONE when there is none */
const char *subject_kind_name(enum subject_kind kind);

/* Far above what anybody types; the log's own entries are 35 bytes whatever the body. */
enum { EVENT_BODY_SIZE_MAX = 256 * 1024 };

/* The body as canonical JSON (as json_write would: compact, keys sorted). A member with an empty
 * value ("", 0, unknown day, empty list) is left out, so that a field added later changes no text
 * that was written before. Refuses texts that are not UTF-8 or hold NUL, days outside 1900 to 2199,
 * and more than EVENT_BODY_SIZE_MAX bytes. */
MUST_USE result event_write_body(const struct event *event, struct arena *arena, str *ret_text,
                                 struct err *err);
/* Reads the body of event->kind into event->body; the views point into the arena. Refuses members
 * that the kind does not have. */
MUST_USE result event_read_body(str text, struct arena *arena, struct event *event,
                                struct err *err);
/* The header in its canonical layout, which the leaf commits to and the sealed body is bound to.
 * One line, fields parted by one space, ended by one line feed: returnhub-event-1 POSITION
 * SUBJECT-KIND SUBJECT KIND EFFECTIVE-ON RECORDED-AT ACTOR CLIENT-ID for example returnhub-event-1
 * 17 person 42 fact_recorded 2026-11-23 2026-11-23T08:52:56.123Z 7 0191e6b2-...-8a7b Numbers are
 * decimal without leading zeros, kinds are their names, CLIENT-ID is "-" when there is none. .at is
 * NULL when the arena is full. */
str event_header_text(const struct event *event, struct arena *arena);

/* 8-4-4-4-12 hexadecimal digits (RFC 9562), not all of them 0: that would be none. */
MUST_USE result client_id_parse(str text, struct client_id *ret_id, struct err *err);
void client_id_format(const struct client_id *id, char text[37]);
/* A new one, by the clock and unpredictable bytes: a UUID of version 7 (RFC 9562, 5.7). It begins
 * with the time, so those that are made one after the other lie together in the store; any UUID
 * will do, but each that does not begin so costs a page. */
struct client_id client_id_make(instant now, const uint8_t chance[CLIENT_ID_SIZE]);
bool client_id_is_none(const struct client_id *id);

#endif
