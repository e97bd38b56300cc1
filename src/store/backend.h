/* backend: what a database must be able to do to keep a store. The generic half (store.c and its
 * neighbours) holds all meaning; a backend reads and writes rows by their layouts, answers a fixed
 * list of queries, and commits. SQLite is the one that is there (sqlite.c); another one is another
 * struct backend behind the same contract tests. Internal to src/store.
 *
 * A connection belongs to one thread at a time. */
#ifndef RETURNHUB_STORE_BACKEND_H
#define RETURNHUB_STORE_BACKEND_H

#include "store/layout.h"
#include "store/store.h"

struct backend;

/* A backend's own connection begins with this. */
struct connection {
    const struct backend *backend;
    bool brought_proofs; /* did opening it just bring a layout without proofs (proof.h) up to date?
                          */
    bool others_wrote; /* may another connection have committed between the last transaction of this
                          one and the one that has begun? */
};

/* Every question that is asked, with its parameters in order and the layout of the rows that answer
 * it. */
enum query {
    QUERY_LAST_POSITION,    /* () -> number: of the last event, 0 when there is none */
    QUERY_LAST_RECORDED_AT, /* (subject kind, subject) -> number, no row when there is no event;
                               asked through last_recorded_at */
    QUERY_LAST_INSTANT,     /* () -> number: when the last event was recorded, no row when none */
    QUERY_LAST_ID,          /* (subject kind) -> number, 0 when there is none */
    QUERY_EVENT_HEADS,      /* (after, limit) -> event head, oldest first */
    QUERY_HISTORY,          /* (subject kind, subject, before, limit) -> event, newest first */
    QUERY_EVENTS_BETWEEN,   /* (first, last position) -> event, oldest first */
    QUERY_PERSON_BY_REFERENCE, /* (text) -> number */
    QUERY_HUB_BY_REFERENCE,
    QUERY_AGREEMENT_BY_REFERENCE,
    QUERY_ACCOUNT_BY_USERNAME,
    QUERY_PEOPLE,   /* (stage, hub, family, after id, limit) -> person, by id; "" and 0 ask for all;
                       those that are a part of another are left out */
    QUERY_REQUESTS, /* (person, hub, agreement, live only, limit) -> request, newest first; 0 asks
                       for all */
    QUERY_HUBS,     /* () -> hub, by id */
    QUERY_AGREEMENTS,     /* () -> agreement, by id */
    QUERY_ACCOUNTS,       /* () -> account, by id */
    QUERY_PLACES,         /* (hub) -> place, by number */
    QUERY_FREE_PLACE,     /* (hub, kind, today) -> place: the free one of that kind with the lowest
                             number, then one whose prebooking has run out */
    QUERY_PLACE_HELD_FOR, /* (request) -> place, held or prebooked for it */
    QUERY_PLACES_OF_PERSON,      /* (person) -> place */
    QUERY_PLACES_OF_PREBOOKING,  /* (prebooking) -> place, by number */
    QUERY_PLACE_OCCUPIED_BY,     /* (person) -> place */
    QUERY_FACTS_OF,              /* (subject kind, subject) -> fact, in the order of the key */
    QUERY_FACT_OF_EVENT,         /* (subject kind, subject, position) -> fact */
    QUERY_STAGE_COUNTS,          /* () -> stage count, by stage */
    QUERY_PLACE_COUNTS,          /* (hub, today) -> place state count, by kind */
    QUERY_STAY_OF_PERSON,        /* (person) -> stay: the one that has not ended */
    QUERY_STAYS_EXPECTED,        /* (hub) -> stay: arrivals expected still, oldest first */
    QUERY_STAYS_AT_HUB,          /* (hub) -> stay: not ended, oldest first */
    QUERY_STAYS_LEFT,            /* (hub, limit) -> stay: ended, latest first */
    QUERY_STAYS_OF_PERSON,       /* (person) -> stay, latest first */
    QUERY_ARRIVAL_COUNTS,        /* (hub) -> arrival count */
    QUERY_PREBOOKINGS,           /* (hub, limit) -> prebooking, latest first */
    QUERY_UNEXPECTED,            /* (hub) -> unexpected: not explained yet, oldest first */
    QUERY_MANIFEST_BY_REFERENCE, /* (text) -> number */
    QUERY_MANIFESTS,             /* (last state) -> manifest, newest first */
    QUERY_MANIFEST_ENTRIES,      /* (manifest) -> manifest entry, by person */
    QUERY_MANIFEST_LISTED,       /* (manifest) -> manifest entry: those who are listed, by person */
    QUERY_MANIFEST_ENTRY_OF_REQUEST, /* (request) -> manifest entry: the listed one */
    QUERY_MANIFEST_ENTRY_OF_PERSON,  /* (person) -> manifest entry: listed or aboard */
    QUERY_MANIFEST_ENTRY_ENDED_BY,   /* (position) -> manifest entry that the event changed last */
    QUERY_EXPECTED_ARRIVALS,         /* (hub) -> manifest entry: aboard, by manifest and person */
    QUERY_STOP_NOTICES,              /* (account, last acknowledged) -> stop notice, newest first */
    QUERY_TOLD_OF_STOP,              /* (stop) -> stop notice, by account */
    QUERY_HIDDEN,    /* (1: or whose processing is restricted) -> number: ids of people erased */
    QUERY_ERASURES,  /* () -> person: whose erasure is asked for, the first asked for first */
    QUERY_PROTECTED, /* () -> number: ids of people whose record is protected, rising */
    QUERY_GLASS_OF,  /* (account, person, instant) -> glass: that show then, latest first */
    QUERY_GLASSES,   /* (1: those too that were reviewed; account or 0; limit) -> glass, latest
                        first */
    QUERY_TIES_OF_ACCOUNT, /* (account) -> tie: that nobody ended, oldest first */
    QUERY_TIES_OF_RECORD,  /* (record) -> tie: made for it, oldest first */
    QUERY_TAKEN_BY,  /* (person or record, account) -> event: steps that the account took of it */
    QUERY_SESSIONS,  /* (account) -> session, newest first */
    QUERY_LAST_LOOK, /* () -> look link: of the last, no row when there is none */
    QUERY_ALL_LOOKS, /* () -> look, by number */
    QUERY_PASSWORDS, /* () -> password */
    QUERY_SECOND_FACTORS,     /* () -> second factor */
    QUERY_ALL_SESSIONS,       /* () -> session */
    QUERY_ALL_CEREMONIES,     /* () -> ceremony */
    QUERY_ALL_PASSKEYS,       /* () -> passkey */
    QUERY_ALL_SUBJECT_LINKS,  /* () -> subject link */
    QUERY_LATEST_RECORDED,    /* () -> number: milliseconds, no row when there is no event */
    QUERY_RULEBOOKS,          /* () -> rulebook */
    QUERY_KEYS,               /* () -> subject key */
    QUERY_KEYS_DESTROYED,     /* () -> subject key: those that are gone */
    QUERY_KEYS_WITHOUT_EVENT, /* () -> subject key: of which there is no event */
    QUERY_COMMANDS_MISSING,   /* () -> command: as events say, that no row says */
    QUERY_COMMANDS_TOO_MANY,  /* () -> command: that no event says */
    QUERY_PASSKEYS,           /* (account) -> passkey, oldest first */
    QUERY_SUBJECT_LINKS,      /* (account) -> subject link, by issuer */
    QUERY_OLD_CEREMONIES,     /* (instant) -> ceremony: made before */
    QUERY_CEREMONY_COUNT,     /* () -> number */
    QUERY_LOOKS, /* (account, before, limit) -> look row, newest first; 0: of all accounts */
    QUERY_LOOKS_OF_PERSON,     /* (person, account, before, limit) -> the same, at one person */
    QUERY_CASELOAD,            /* (first person, last person) -> caseload, by person */
    QUERY_COURSES,             /* (first person, last person) -> course, by person, no facts */
    QUERY_COURSES_WITH_FACTS,  /* the same, with what the caseload says of their facts */
    QUERY_COUNT_REGISTERED,    /* (day, instant, position) -> number of registrations */
    QUERY_INSTANT_AT_POSITION, /* (subject kind, subject, position) -> number: of its last event */
    QUERY_FACT_NAMES,          /* () -> name, by number */
    QUERY_WORDS,               /* () -> name, by number */
    QUERY_NUMBER_OF_FACT_NAME, /* (name) -> number */
    QUERY_NUMBER_OF_WORD,      /* (name) -> number */
    QUERY_LAST_FACT_NAME,      /* () -> number, 0 when there is none */
    QUERY_LAST_WORD,           /* () -> number, 0 when there is none */
    QUERY_OPERATION_BY_REFERENCE, /* (text) -> number */
    QUERY_OPERATIONS,             /* (from, to) -> operation, by the day on which it happened */
    QUERY_ENTRIES,       /* (kind, person, hub, agreement, journey, not closed, day on which it is
                            overdue, limit) -> entry, newest first; "" and 0 ask for all */
    QUERY_ENTRIES_UNDER, /* (parent) -> entry, by id */
    QUERY_ENTRIES_STANDING,    /* (hub, kind, severity, day, instant) -> number */
    QUERY_INTAKE_OF_REQUEST,   /* (request) -> intake */
    QUERY_INTAKE_COUNTS,       /* (agreement, first of month, first of the next, day) -> intake
                                  counts, as they are */
    QUERY_INTAKE_COUNTS_PAST,  /* (agreement, instant, first of month, day) -> intake counts */
    QUERY_EVENTS_OF_KINDS,     /* (record, kind, another kind, a third) -> event: of a person's */
    QUERY_RECORDS,             /* (after id, limit) -> person, by id: also those that are a part */
    QUERY_RECORDS_OF_FAMILY,   /* (family) -> person, by id: the same */
    QUERY_PARTS_OF,            /* (person) -> person, by id: the records that are a part of it */
    QUERY_PARTS,               /* () -> person, by id: all records that are a part */
    QUERY_FACTS_NAMED,         /* (fact) -> fact: of people, by record */
    QUERY_ANY_MERGE,           /* () -> number: 1 when there is one that was done */
    QUERY_MERGES,              /* (state or 0, limit) -> merge, newest first */
    QUERY_MERGES_OF,           /* (record) -> merge, oldest first, whatever its state */
    QUERY_MOVED_OF_EVENT,      /* (position) -> moved, latest last */
    QUERY_MANIFEST_ENTRIES_OF, /* (person) -> manifest entry, whatever its state */
    QUERY_LOOKUPS_OF_KEY,      /* (key, its rest) -> lookup, by position */
    QUERY_LOOKUPS,             /* () -> lookup, all there are, by key */
    QUERY_COUNT,
};

enum { QUERY_PARAMETERS_MAX = 8, NO_LIMIT = -1 };

struct parameter {
    bool is_text;
    bool is_bytes; /* `text` is bytes */
    int64_t number;
    str text;
};

/* The rows of one query, one at a time. Texts are valid until the next step. */
struct cursor {
    struct connection *connection;
    const struct layout *layout;
    void *statement;
    bool owned;
};

/* Who writes brings an older layout up to date; who makes a store gives an empty file its layout,
 * and an empty file is a store to nobody else. */
enum connection_use { CONNECTION_READS, CONNECTION_WRITES, CONNECTION_MAKES };

/* Where the commits that can be seen end: two that are equal are of one and the same commit,
 * whoever made it, and one that was left never comes back. */
enum { MARK_WORDS = 12 };
struct mark {
    uint32_t words[MARK_WORDS];
};

struct backend {
    const char *name;

    /* A store that does not exist yet: makes the file and its tables. */
    result (*create)(const char *path, instant now, struct err *err);
    /* Takes away one that could not be finished, with all that lies beside it. Nobody has it open.
     */
    void (*unmake)(const char *path);
    /* Of the files that a store of this name has, one that is there; "" when none is. */
    result (*find_files)(const char *path, struct arena *arena, str *ret_name, struct err *err);
    /* Writes all that is committed at one moment into an empty file, durable when it returns;
     * whoever else reads and writes goes on. */
    result (*copy)(const char *path, const char *to, struct err *err);
    /* Brings an older layout up to date; refuses a newer one. */
    result (*open)(const char *path, enum connection_use use, instant now,
                   struct connection **ret_connection, struct err *err);
    void (*close)(struct connection *connection);

    /* A writing transaction waits for its turn at once; a reading one is a snapshot, taken before
     * this returns. */
    result (*begin)(struct connection *connection, bool writing, struct err *err);
    /* Durable when it returns. On failure the transaction is over and err says whether its outcome
     * is known. */
    result (*commit)(struct connection *connection, struct err *err);
    /* The same, but durable only when make_durable, asked for after it, has returned. That may be
     * asked for by another thread while the connection is in use; it is of all commits that were
     * over when it began. After it has failed, nothing may be committed any more, and leave_log is
     * called before the connection is closed. */
    result (*commit_soon)(struct connection *connection, struct err *err);
    result (*make_durable)(struct connection *connection, struct err *err);
    /* What is in the log stays there when the connection is closed, for the next opening to look
     * at. */
    void (*leave_log)(struct connection *connection);
    /* How long the log is; it begins anew with the first commit after all of it was moved. */
    int64_t (*log_bytes)(const struct connection *connection);
    /* Moves what is in the log, and nobody is reading before it, into the file, also while another
     * connection writes; and says how much of the log is left. A connection that reads may do so.
     */
    result (*move_log)(struct connection *connection, int64_t *ret_left, struct err *err);
    /* Where the commits end at this moment; false when it is not known, as before the connection
     * has read anything, or while a commit ends just now. Costs next to nothing. */
    bool (*mark)(const struct connection *connection, struct mark *ret_mark);
    /* Where they ended when the last writing transaction of this connection began, and with it:
     * nobody else's commit lies between the two. False when it is not known. */
    bool (*marks_of_commit)(const struct connection *connection, struct mark *ret_begun,
                            struct mark *ret_ended);
    void (*rollback)(struct connection *connection);
    /* False when the database itself gave the transaction up (a full disk, say): then nothing of it
     * is left. */
    bool (*is_active)(const struct connection *connection);
    /* One savepoint at a time. What is written may wait in memory until the commit, and is found
     * there meanwhile: only the commit, or the work in which it happens, is told that the database
     * refused it, and then the transaction is over. */
    result (*savepoint_begin)(struct connection *connection, struct err *err);
    result (*savepoint_keep)(struct connection *connection, struct err *err);
    result (*savepoint_undo)(struct connection *connection, struct err *err);

    /* `row` is of the table's struct; its key columns say which. Texts are copied into the arena.
     */
    result (*row_find)(struct connection *connection, enum table table, struct arena *arena,
                       void *row, bool *ret_found, struct err *err);
    result (*row_insert)(struct connection *connection, enum table table, const void *row,
                         struct err *err);
    result (*row_update)(struct connection *connection, enum table table, const void *row,
                         struct err *err);
    result (*row_put)(struct connection *connection, enum table table, const void *row,
                      struct err *err);
    result (*row_delete)(struct connection *connection, enum table table, const void *row,
                         struct err *err);
    /* All rows of one person in a table that is personal (layout.h). */
    result (*rows_delete_of_person)(struct connection *connection, enum table table, int64_t person,
                                    struct err *err);

    /* When the last event of the subject was recorded. */
    result (*last_recorded_at)(struct connection *connection, enum subject_kind kind,
                               int64_t subject, instant *ret_at, bool *ret_found, struct err *err);

    result (*cursor_open)(struct connection *connection, enum query query,
                          const struct parameter *parameters, size_t count,
                          struct cursor *ret_cursor, struct err *err);
    result (*cursor_next)(struct cursor *cursor, void *row, bool *ret_found, struct err *err);
    void (*cursor_close)(struct cursor *cursor);

    /* Tables, indices and triggers are those that this program makes, no less and no more;
     * ERROR_STORAGE names what differs. */
    result (*check_layout)(struct connection *connection, struct err *err);

    /* Overwritten and deleted content is in no file of the database any more. Who reads is in
     * the way: they are waited for, or it fails at once. */
    result (*purge)(struct connection *connection, bool waits, struct err *err);

    /* Much memory, and a thread that helps, for large transactions one after the other; and giving
     * it back. */
    result (*bulk_begin)(struct connection *connection, struct err *err);
    result (*bulk_end)(struct connection *connection, struct err *err);

    /* From here on this connection sees empty derived tables of its own (until it is closed), ...
     */
    result (*shadow_begin)(struct connection *connection, struct err *err);
    /* With the numbers that names have in the real ones: when people were erased, their events do
     * not say any more in which order names came. */
    result (*shadow_take_names)(struct connection *connection, struct err *err);
    /* ... which can be compared with the real ones, and take their place. */
    result (*shadow_compare)(struct connection *connection, struct rebuild_outcome *outcome,
                             struct err *err);
    result (*shadow_replace)(struct connection *connection, struct err *err);
};

const struct backend *backend_sqlite(void);

static inline struct parameter parameter_number(int64_t number)
{
    return (struct parameter){.number = number};
}

static inline struct parameter parameter_text(str text)
{
    return (struct parameter){.is_text = true, .text = text};
}

static inline struct parameter parameter_bytes(str bytes)
{
    return (struct parameter){.is_bytes = true, .text = bytes};
}

#endif
