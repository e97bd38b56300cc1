/* book: an office under rules that know the books (tests/casework/rules_of_books), and the helpers
 * of the tests of entries. */
#ifndef RETURNHUB_TESTS_CASEWORK_BOOK_H
#define RETURNHUB_TESTS_CASEWORK_BOOK_H

#include "office.h"

#include "casework/books.h"

/* The agreement has neither a cap nor a monthly limit. */
void book_office_open(struct office *office);

/* A pair of a field and its value; a list of them ends with a NULL. */
struct field {
    const char *name;
    const char *value;
};
#define FIELDS(...) ((const struct field[]){__VA_ARGS__, {NULL, NULL}})
#define NO_FIELDS   ((const struct field[]){{NULL, NULL}})

struct written {
    bool ok;
    struct err err;
    int64_t entry;
    char state[40];
    char due[11]; /* "" when it is not known */
    size_t duty_count;
    int64_t duties[8];
    char duty_due[8][11];
    size_t stopped_count;
    int64_t stopped;
    bool repeated;
};

/* Due by the clock of the rules. */
struct written book_open(struct office *office, enum account_name account, const char *kind,
                         const char *about, const struct field *fields);
struct written book_open_with(struct office *office, const struct caller *caller,
                              struct new_entry entry, const struct field *fields);
struct written book_change(struct office *office, enum account_name account, int64_t entry,
                           enum entry_wish wish, const char *state, const struct field *fields);
struct written book_change_with(struct office *office, const struct caller *caller,
                                struct entry_wanted wanted, const struct field *fields);

/* How many the account is told of. */
size_t book_count(struct office *office, enum account_name account, struct book_query query);
/* The totals of one kind; for one person (by reference) and journey unless those are NULL. */
struct book_total book_total_of(struct office *office, enum account_name account,
                                enum entry_kind kind, const char *about, const char *journey);

#endif
