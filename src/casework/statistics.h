/* statistics: numbers about everybody, straight from the record. Nothing here names a person: the
 * answers are counts, and who asks needs no sight of any record.
 *
 * Every answer carries the position of the last event it is made from; asked for again at that
 * position it is the same to the byte. */
#ifndef RETURNHUB_CASEWORK_STATISTICS_H
#define RETURNHUB_CASEWORK_STATISTICS_H

#include "casework/casework.h"
#include "statistics/definition.h"
#include "statistics/sheet.h"

/* Of which edition of the register. Nothing asked: all that is recorded, as of the day of the last
 * event. */
struct edition_asked {
    bool has_position;
    int64_t position; /* nothing that was recorded after this event */
    bool has_known_at;
    instant known_at; /* nothing that was recorded after this instant */
    bool has_as_of;
    date as_of; /* what was true on this day */
};

/* Everyone ever recorded: each in one outcome or one stage. */
#define RECONCILIATION_TITLE "Everybody ever recorded, and where they are"
enum reconciliation_kind { RECONCILED_OUTCOME, RECONCILED_OPEN, RECONCILED_WHEREABOUTS_UNKNOWN };

struct reconciliation_line {
    enum reconciliation_kind kind;
    str stage; /* its name */
    str title; /* of the rulebook; the name when the rulebook no longer has the stage */
    int64_t people;
    /* By the age of the last confirmed contact; of outcomes nobody asks. */
    int64_t contact[DEFINITION_BANDS_MAX + 1]; /* the last one used: none was ever confirmed */
    int32_t oldest_contact_days;               /* -1: none */
};

struct reconciliation {
    int64_t position;
    date as_of;
    int64_t everybody; /* counted by their registrations, in the events themselves */
    int64_t outcomes;  /* these four counted by folding each person's course */
    int64_t open;
    int64_t whereabouts_unknown;
    int64_t merged;   /* records that were a part of another person's (register/identity.h) */
    int64_t residual; /* everybody less the four; 0, or somebody is lost */
    const struct reconciliation_line *lines;
    size_t line_count;
    struct band_list contact_days;
    struct sheet sheet; /* all of this as a table */
};
MUST_USE result casework_reconcile(const struct casework *casework, const struct caller *caller,
                                   const struct edition_asked *asked,
                                   const struct publication_policy *policy, struct arena *arena,
                                   struct reconciliation *ret_reconciliation, struct err *err);

/* One of the published tables, as its definition says. `from` and `to` are periods of the table's
 * kind ("2023-Q1", "2023", "2023-01"); both "": the last four that ended. ERROR_NOT_FOUND, with the
 * nearest name, when there is no such table. A table that the rulebook's facts cannot give is no
 * error: the sheet says "not recorded", and has no rows. */
struct table_asked {
    str table;
    str from;
    str to;
    struct edition_asked edition;
};
MUST_USE result casework_table(const struct casework *casework, const struct caller *caller,
                               const struct definitions *definitions,
                               const struct table_asked *asked, struct arena *arena,
                               struct sheet *ret_sheet, struct err *err);
/* What the edition asked for says differently from the one after event `earlier`, which is made of
 * the same periods as at the same day. Both periods are to be said: ERROR_INPUT otherwise. */
MUST_USE result casework_table_differences(const struct casework *casework,
                                           const struct caller *caller,
                                           const struct definitions *definitions,
                                           const struct table_asked *asked, int64_t earlier,
                                           struct arena *arena, struct sheet *ret_sheet,
                                           struct err *err);

#endif
