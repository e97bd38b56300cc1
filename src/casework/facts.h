/* facts: from rows to values. Loads what a question of the rulebook is about: the facts of the
 * person, of each other member of the family, of the hub and of the agreement, as they count on a
 * day and as they were known at an instant. Inside casework only.
 *
 * Counted facts are not recorded by anybody: the register knows them (counted.h, places.h).
 *
 * A stored value that the rulebook of today cannot read (a choice that is gone) is unknown, never a
 * guess. */
#ifndef RETURNHUB_CASEWORK_FACTS_H
#define RETURNHUB_CASEWORK_FACTS_H

#include "casework/places.h"

struct case_time {
    date on;
    instant known_at;
    bool past; /* known_at was asked for: families and places, too, are taken as they were known
                  then */
};

/* Now, in this sitting. */
struct case_time case_now(const struct sitting *sitting);
/* What was asked, completed by today and now. */
struct case_time case_time_asked(const struct sitting *sitting, const struct asked *asked);

/* Of one subject; both arrays are indexed by fact and have the rulebook's fact_count entries. */
struct subject_facts {
    struct value *values;
    const struct fact_row **rows; /* NULL: not recorded */
};

MUST_USE result facts_load(struct sitting *sitting, enum subject_kind kind, int64_t subject,
                           const struct case_time *when, struct subject_facts *ret_facts,
                           struct err *err);
/* Of a person, as they count now; in an arena of the caller's, for whoever only looks. */
MUST_USE result facts_of_person_now(const struct sitting *sitting, int64_t person,
                                    struct arena *arena, struct subject_facts *ret_facts,
                                    struct err *err);
/* The values of rows at hand (in the order of names); everything else is unknown. */
MUST_USE result facts_from_rows(const struct rulebook *rulebook, const struct fact_row *rows,
                                size_t count, struct arena *arena, struct subject_facts *facts,
                                struct err *err);
MUST_USE result facts_none(const struct rulebook *rulebook, struct arena *arena,
                           struct subject_facts *ret_facts, struct err *err);

/* A hub and its agreement as they stand at a time, whoever is asked about. */
struct hub_standing {
    struct hub_row hub;
    struct agreement_row agreement; /* id 0: there is none, or it was not asked for */
    struct subject_facts hub_facts;
    struct subject_facts agreement_facts; /* what is left of its numbers is what is left for
                                             somebody who has no place under it */
    struct hub_places places;             /* of nobody; empty of a past time */
};

struct loaded_case {
    struct case_view view; /* view.facts, view.identity: only after case_show */
    struct case_time when;
    struct subject_facts person;
    struct subject_facts hub;
    struct subject_facts agreement;
    struct hub_places places; /* of the hub, asked for this person */
    const struct person_row *family;
};

/* The person and the family: a question without a hub, ready to judge. */
MUST_USE result case_load(struct sitting *sitting, const struct person_row *person,
                          const struct case_time *when, struct loaded_case *ret_case,
                          struct err *err);
/* The same person, asked about this hub and, with_agreement, about its agreement. */
MUST_USE result case_at_hub(struct sitting *sitting, const struct loaded_case *base, int64_t hub,
                            bool with_agreement, struct loaded_case *ret_case, struct err *err);
/* The same in two parts, for whoever asks about one hub more than once. */
MUST_USE result hub_standing_load(struct sitting *sitting, const struct case_time *when,
                                  int64_t hub, bool with_agreement,
                                  struct hub_standing *ret_standing, struct err *err);
MUST_USE result case_at_standing(struct sitting *sitting, const struct loaded_case *base,
                                 const struct hub_standing *standing, struct loaded_case *ret_case,
                                 struct err *err);
/* Both, for one step. `hub` 0: none. */
MUST_USE result case_for_step(struct sitting *sitting, const struct person_row *person,
                              uint32_t step, int64_t hub, const struct case_time *when,
                              struct loaded_case *ret_case, struct err *err);
/* Takes out of what will be shown the agreement that the account may not see; it is judged on all
 * the same. Before case_show. */
void case_hide(const struct sitting *sitting, struct loaded_case *loaded);
/* Adds what is shown and not judged: the identity, and where each fact is known from. */
MUST_USE result case_show(struct sitting *sitting, struct loaded_case *loaded, struct err *err);

/* Rows and sources of one subject, one for each of the rulebook's facts of that subject. `counts`
 * may be NULL. */
MUST_USE result facts_show(struct sitting *sitting, enum subject subject,
                           const struct subject_facts *facts, const struct known_fact **ret_facts,
                           size_t *ret_count, struct err *err);

/* The events that the verdict on this step read: of the person, the family, the hub, the agreement;
 * sorted, none twice. */
MUST_USE result case_relied_on(const struct rulebook *rulebook, uint32_t step,
                               const struct question *question, struct arena *arena,
                               struct number_list *ret_events, struct err *err);

/* The other members of the person's family group. */
MUST_USE result case_family(struct sitting *sitting, const struct person_row *person,
                            const struct case_time *when, const struct person_row **ret_members,
                            size_t *ret_count, struct err *err);

#endif
