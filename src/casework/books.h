/* books: entries that are opened, have somebody responsible and a day by which something is due,
 * are answered and are closed (register/entry.h). Kinds, states, fields and who may do what are
 * data, in register/entry.def.
 *
 * What holds for every entry:
 *   1. the day by which something is due is counted by a clock of the rulebook, where it has one
 * for the kind (docs/books.md), and is then never later; else somebody sets it and says why;
 *   2. a duty to tell somebody that the rulebook attaches to a kind is opened with it, in the same
 *      transaction, and the entry is not closed before it is done;
 *   3. what an entry changes of the counted facts judges every request again that reads them;
 *   4. an entry of a hub is seen by whoever may see that hub, one of no hub by whoever may see the
 *      person; others are told that there is none;
 *   5. an account that a complaint names does nothing with it and with what follows from it, and
 *      sees neither: no list, count or history has it; asked for by its number, ERROR_FORBIDDEN
 *      says why.
 *
 * Client ids and errors are those of casework.h. */
#ifndef RETURNHUB_CASEWORK_BOOKS_H
#define RETURNHUB_CASEWORK_BOOKS_H

#include "casework/casework.h"

enum {
    BOOK_TEXT_MAX_BYTES = 2000,
    BOOK_ENTRIES_MAX = 1000,
    BOOK_AGAINST_MAX = 8, /* whoever complains of more complains of the place */
};

/* In the place of user names: the entry is against nobody any more. */
#define BOOK_AGAINST_NOBODY STR("-")

struct book_field {
    str name;
    str value;
};

struct new_entry {
    str kind;
    str about;               /* reference of a person or a hub */
    str hub;                 /* where it happened; "": where the person is placed, if anywhere */
    int64_t parent;          /* the entry that it follows from; 0 for none */
    str responsible;         /* a role (book_role_answers); "": the one of the kind */
    struct known_day on;     /* the day it is about; unknown: today */
    struct known_day due_on; /* unknown: by the clock of the rulebook */
    str due_reason;          /* with due_on */
    str against; /* user names of those of whom it complains, parted by spaces or commas; "" */
    const struct book_field *fields;
    size_t field_count;
};

struct entry_answer {
    struct entry_row row;           /* after the command */
    bool out_of_sight;              /* of this account, from now on */
    const struct entry_row *duties; /* that were opened with it */
    size_t duty_count;
    const struct stopped_request *stopped;
    size_t stopped_count;
    bool repeated;
};
MUST_USE result casework_open_entry(const struct casework *casework, const struct caller *caller,
                                    const struct new_entry *entry, struct arena *arena,
                                    struct entry_answer *ret_answer, struct err *err);

/* What an entry becomes: the state named; else the one that the verb leads to; with neither, more
 * is written in it and it stays as it is. */
enum entry_wish { ENTRY_WISH_ADD, ENTRY_WISH_ANSWER, ENTRY_WISH_CLOSE };
struct entry_wanted {
    int64_t entry;
    enum entry_wish wish;
    str state;
    struct known_day on; /* unknown: today */
    struct known_day due_on;
    str due_reason;
    str against; /* as of a new entry, in the place of those named before; "" leaves it as it is.
                    Whoever may close the entry takes a name back, and says why */
    str reason;  /* why it is written; may be "" */
    const struct book_field *fields;
    size_t field_count;
};
MUST_USE result casework_change_entry(const struct casework *casework, const struct caller *caller,
                                      const struct entry_wanted *wanted, struct arena *arena,
                                      struct entry_answer *ret_answer, struct err *err);

/* Who may open an entry of the kind, and add to it; who may make the move (entry_moves). */
enum action book_kind_action(enum entry_kind kind);
enum action book_move_action(const struct entry_move *move);
/* May an entry of the kind be answered for by the role: does it see entries, of no hub too, and is
 * there anything that it may do with one? */
bool book_role_answers(enum entry_kind kind, enum account_role role, bool at_a_hub);

/* --- questions -------------------------------------------------------------------------------- */

struct book_query {
    str kind;    /* "" for all */
    str about;   /* reference of a person or a hub; "" for all */
    str state;   /* "" for all */
    str journey; /* "" for all */
    bool not_closed;
    bool overdue;
    size_t limit; /* 1 to BOOK_ENTRIES_MAX; newest first */
};
struct book_line {
    struct entry_row row;
    str about; /* reference */
    str name; /* of the person it is about; "" for a hub, and for whoever does not see the person */
    str hub;  /* reference, "" for none */
    bool overdue;
};
MUST_USE result casework_entries(const struct casework *casework, const struct caller *caller,
                                 const struct book_query *query, struct arena *arena,
                                 const struct book_line **ret_lines, size_t *ret_count,
                                 struct err *err);

/* What is overdue and lies with this account: it may answer or close the entry, or lead it on where
 * nothing answers it yet. The longest overdue first, and before all what nobody could count. */
struct overdue_entries {
    const struct book_line *lines;
    size_t count;
    int64_t total;
};
MUST_USE result casework_overdue_entries(const struct casework *casework,
                                         const struct caller *caller, size_t limit,
                                         struct arena *arena, struct overdue_entries *ret_entries,
                                         struct err *err);

/* One writing in an entry, oldest first; the first one opened it. */
struct book_writing {
    struct event event;
    str actor;
    const struct account_row *against; /* that it names */
    size_t against_count;
};
struct book_entry {
    struct book_line line;
    const struct book_field *fields; /* as they are now, in the order of the list */
    size_t field_count;
    const struct account_row *against; /* of whom it complains, as it is now */
    size_t against_count;
    const struct book_writing *writings;
    size_t writing_count;
    const struct book_line *duties; /* and others that follow from it */
    size_t duty_count;
};
MUST_USE result casework_entry(const struct casework *casework, const struct caller *caller,
                               int64_t entry, struct arena *arena, struct book_entry *ret_entry,
                               struct err *err);

/* Of the entries that the account may see: how many of each kind there are and how they stand, and
 * how long what has a beginning and an end took. A kind without entries is not in it. */
struct book_total {
    enum entry_kind kind;
    int64_t entries;
    int64_t not_closed;
    int64_t overdue;
    int64_t serious; /* not closed, and called serious */
    int64_t minutes; /* of all of them, a minute begun counts; those that last count until now */
    int64_t longest_minutes; /* of one */
    int64_t lasting;         /* begun and not ended */
};
/* By kind alone, or for each person and journey (force and restraint, for example). */
struct book_total_line {
    str about; /* reference; "" when totals are by kind alone */
    str journey;
    struct book_total total;
};
MUST_USE result casework_book_totals(const struct casework *casework, const struct caller *caller,
                                     const struct book_query *query, bool each_person,
                                     struct arena *arena, const struct book_total_line **ret_lines,
                                     size_t *ret_count, struct err *err);

#endif
