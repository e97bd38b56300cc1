/* layout: the tables of a store as data. Each row is a plain C struct, and its layout says which
 * member is which column, so that a backend reads and writes any row without knowing it. Internal
 * to src/store.
 *
 * The first `key_count` columns are the key. A fixed column is written once, with the row. */
#ifndef RETURNHUB_STORE_LAYOUT_H
#define RETURNHUB_STORE_LAYOUT_H

#include "base/hash.h"
#include "register/course.h"
#include "register/entry.h"
#include "register/glass.h"
#include "register/hub_desk.h"
#include "register/identity.h"
#include "register/intake.h"
#include "register/manifest.h"
#include "register/operation.h"
#include "register/row.h"
#include "register/stop_notice.h"
#include "register/tie.h"
#include "store/doors.h"
#include "store/store.h"

enum column_type {
    COLUMN_NUMBER,  /* int64_t */
    COLUMN_STATE,   /* an enum: `first` to `last` */
    COLUMN_SIZE,    /* size_t: 0 to `last` */
    COLUMN_FLAG,    /* bool */
    COLUMN_TEXT,    /* str, UTF-8 */
    COLUMN_BYTES,   /* str; the empty one is NULL in the table */
    COLUMN_BYTES32, /* uint8_t[32] */
    COLUMN_DATE,    /* date */
    COLUMN_DAY,     /* struct known_day; unknown is NULL in the table */
    COLUMN_INSTANT, /* instant */
};

struct column {
    const char *name;
    enum column_type type;
    bool fixed;
    size_t offset;
    int32_t first; /* what is not between the two is not read: it may be an index */
    int32_t last;
};

enum table {
    /* Kept: written once or beside the events. */
    TABLE_EVENT,
    TABLE_SUBJECT_KEY,
    TABLE_COMMAND,
    TABLE_PROPERTY,
    TABLE_PASSWORD,
    TABLE_SECOND_FACTOR,
    TABLE_PASSKEY,
    TABLE_SUBJECT_LINK,
    TABLE_CEREMONY,
    TABLE_SESSION,
    TABLE_LOOK,
    TABLE_RULEBOOK,
    /* Derived: what the events add up to. */
    TABLE_PERSON,
    TABLE_FACT,
    TABLE_REQUEST,
    TABLE_PLACE,
    TABLE_PLACE_COUNT,
    TABLE_STAY,
    TABLE_PREBOOKING,
    TABLE_HUB_REPORT,
    TABLE_UNEXPECTED,
    TABLE_HUB,
    TABLE_AGREEMENT,
    TABLE_ACCOUNT,
    TABLE_MANIFEST,
    TABLE_MANIFEST_ENTRY,
    TABLE_STOP_NOTICE,
    TABLE_GLASS,
    TABLE_TIE,
    TABLE_CASELOAD,
    TABLE_COURSE,
    TABLE_FACT_NAME,
    TABLE_WORD,
    TABLE_ENTRY,
    TABLE_INTAKE,
    TABLE_INTAKE_COUNT,
    TABLE_OPERATION,
    TABLE_MERGE,
    TABLE_MOVED,
    TABLE_LOOKUP,
    TABLE_COUNT,
    TABLE_DERIVED_FIRST = TABLE_PERSON,
};

struct layout {
    const char *name;
    size_t row_size;
    const struct column *columns;
    size_t column_count;
    size_t key_count;
    bool personal; /* the rows of a person are deleted when the person is erased; such a table has a
                      column `person`, or `subject_kind` and `subject`. Rows of lookup go, too, but
                      by their keys (identity_forget_lookups) */
};

const struct layout *layout_of(enum table table);
/* What queries answer beside rows of tables. */
const struct layout *layout_of_number(void);        /* int64_t */
const struct layout *layout_of_place_count(void);   /* struct place_state_count */
const struct layout *layout_of_arrival_count(void); /* struct arrival_count (store.h) */
const struct layout *layout_of_look(void);          /* struct look_row (store.h) */
const struct layout *layout_of_event_head(void);    /* struct event_head */
const struct layout *layout_of_look_link(void);     /* struct look_link */
const struct layout *layout_of_stage_count(void);   /* struct stage_count (store.h) */
const struct layout *layout_of_course(void);        /* struct person_course (store.h) */
const struct layout *layout_of_intake_counts(void); /* struct intake_counts (store.h) */

/* Replaces every text of a row by a copy in the arena. */
MUST_USE result layout_copy_texts(const struct layout *layout, void *row, struct arena *arena,
                                  struct err *err);

/* Of the key of a row of the table: equal keys have equal hashes. */
uint64_t layout_key_hash(enum table table, const void *row);
bool layout_same_key(const struct layout *layout, const void *left, const void *right);

struct place_state_count {
    str kind;
    enum place_state state;
    int64_t ran_out; /* 1: prebooked until a day that is over */
    int64_t count;
};

/* An event as it is kept: header in columns, body sealed. */
struct event_record {
    int64_t position;
    enum subject_kind subject_kind;
    int64_t subject;
    enum event_kind kind;
    date effective_on;
    instant recorded_at;
    int64_t actor;
    str client_id; /* 16 bytes, or empty */
    str sealed;
    uint8_t leaf[SHA256_SIZE];
};

/* The key of a subject's bodies, sealed with the store key. Empty once it was destroyed (erasure).
 */
struct subject_key_record {
    enum subject_kind subject_kind;
    int64_t subject;
    str wrapped;
};

/* A client id that was used, and the position of its first event. */
struct command_record {
    str client_id;
    int64_t position;
};

/* How many places of a hub are of a kind and in a state. A page that is about a hub, and every
 * judgement of a step to it, asks for this: counting thousands of places each time would take
 * milliseconds. */
struct place_count_record {
    int64_t hub;
    str kind;
    enum place_state state;
    int64_t places;
};

/* How many intakes of an agreement (intake.h) were used on days of a month, and how many of those
 * whose places were given in it are held still. Counting everybody who was ever taken in would
 * make each page that is about a hub dearer with every transfer. */
struct intake_count_record {
    int64_t agreement;
    date month; /* its first day */
    int64_t used;
    int64_t held;
};

/* A name that the caseload writes as a number: of a fact, or a word (packed.h). Numbers are given
 * in the order of first use, from 1, so that the same events give the same numbers. */
struct name_record {
    int64_t number;
    str name;
};

/* A blind index: the first twelve bytes of a keyed hash of something a person is found by
 * (register/lookup.h), the event in which it stands, and the record it is about. The hash is two
 * numbers, which SQLite finds and stores in a third less time than bytes. */
struct lookup_record {
    int64_t key; /* its first eight bytes */
    int64_t position;
    int64_t key_rest; /* the next four */
    int64_t record;
};

/* The property that says: an older program wrote the rows, they are to be made anew. */
#define PROPERTY_ROWS_ARE_OLD "rows_are_old"
/* When anything was recorded last, at the latest: milliseconds, in digits (latest.c). */
#define PROPERTY_LATEST_INSTANT "latest_instant"
/* Since somebody was erased until the log was cut off: the position of the latest erasure, in
 * digits (purge.c). */
#define PROPERTY_PURGE_IS_DUE "purge_is_due"

struct property_record {
    str name;
    str value;
};

struct password_record {
    int64_t account;
    str hash;
    uint8_t proof[SHA256_SIZE]; /* proof.h */
};

struct session_record {
    struct session_row row;
    uint8_t proof[SHA256_SIZE];
};

struct passkey_record {
    struct passkey_row row;
    uint8_t proof[SHA256_SIZE];
};

struct ceremony_record {
    struct ceremony row;
    uint8_t proof[SHA256_SIZE];
};

struct subject_link_record {
    struct subject_link_row row;
    uint8_t proof[SHA256_SIZE];
};

/* The secret of an authenticator app, sealed with the store's key (second_factor.h). */
struct second_factor_record {
    int64_t account;
    str sealed;
    bool confirmed;
    int64_t last_period;
    int64_t wrong_codes;
    instant wrong_at;
    uint8_t proof[SHA256_SIZE];
};

struct look_record {
    int64_t number; /* from 1, without a gap */
    int64_t account;
    enum subject_kind subject_kind;
    int64_t subject;
    instant at;
    str purpose;
    str reason;
    uint8_t chain[SHA256_SIZE]; /* proof.h; all zero when it is from before there was a chain */
};

/* The end of the chain. */
struct look_link {
    int64_t number;
    uint8_t chain[SHA256_SIZE];
};

struct rulebook_record {
    str identity;
    str canonical;
};

#endif
