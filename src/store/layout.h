/* layout: the tables of a store as data. Each row is a plain C struct, and its layout says which
 * member is which column, so that a backend reads and writes any row without knowing it. Internal
 * to src/store.
 *
 * The first `key_count` columns are the key. A fixed column is written once, with the row. */
#ifndef RETURNHUB_STORE_LAYOUT_H
#define RETURNHUB_STORE_LAYOUT_H

#include "base/hash.h"
#include "register/hub_desk.h"

enum column_type {
    COLUMN_NUMBER,  /* int64_t */
    COLUMN_STATE,   /* an enum, or an int32_t */
    COLUMN_SIZE,    /* size_t */
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
};

enum table {
    /* Kept: written once or beside the events. */
    TABLE_EVENT,
    TABLE_SUBJECT_KEY,
    TABLE_COMMAND,
    TABLE_PROPERTY,
    TABLE_PASSWORD,
    TABLE_SESSION,
    TABLE_LOOK,
    TABLE_RULEBOOK,
    /* Derived: what the events add up to. */
    TABLE_PERSON,
    TABLE_FACT,
    TABLE_REQUEST,
    TABLE_PLACE,
    TABLE_STAY,
    TABLE_PREBOOKING,
    TABLE_HUB_REPORT,
    TABLE_UNEXPECTED,
    TABLE_HUB,
    TABLE_AGREEMENT,
    TABLE_ACCOUNT,
    TABLE_CASELOAD,
    TABLE_FACT_NAME,
    TABLE_WORD,
    TABLE_COUNT,
    TABLE_DERIVED_FIRST = TABLE_PERSON,
};

struct layout {
    const char *name;
    size_t row_size;
    const struct column *columns;
    size_t column_count;
    size_t key_count;
};

const struct layout *layout_of(enum table table);
/* What queries answer beside rows of tables. */
const struct layout *layout_of_number(void);        /* int64_t */
const struct layout *layout_of_place_count(void);   /* struct place_state_count */
const struct layout *layout_of_arrival_count(void); /* struct arrival_count (store.h) */
const struct layout *layout_of_stage_count(void);   /* struct stage_count (store.h) */

/* Replaces every text of a row by a copy in the arena. */
MUST_USE result layout_copy_texts(const struct layout *layout, void *row, struct arena *arena,
                                  struct err *err);

struct place_state_count {
    str kind;
    int64_t state;
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

/* A name that the caseload writes as a number: of a fact, or a word (packed.h). Numbers are given
 * in the order of first use, from 1, so that the same events give the same numbers. */
struct name_record {
    int64_t number;
    str name;
};

/* The property that says: an older program wrote the rows, they are to be made anew. */
#define PROPERTY_ROWS_ARE_OLD "rows_are_old"

struct property_record {
    str name;
    str value;
};

struct password_record {
    int64_t account;
    str hash;
};

struct look_record {
    int64_t account;
    enum subject_kind subject_kind;
    int64_t subject;
    instant at;
    str purpose;
};

struct rulebook_record {
    str identity;
    str canonical;
};

#endif
