/* places: which places of a hub a person could have. Inside casework only, but for
 * place_need_fact, whose choices a form offers, place_kind_title, and places_without_kind.
 *
 * A place has a kind, and a person needs one: the rulebook's fact `hub_stay.place_kind`, whose
 * choices are the kinds. Unknown fits nothing: of a person of whom it is not on record which kind
 * they need, the free places are not known either, and no place is chosen. A place of which nobody
 * said the kind is nobody's either, so it counts as free nowhere. Under a rulebook without that
 * fact nobody needs a kind, and only places of no kind are anybody's.
 *
 * `hub.places_free` is asked FOR somebody: the places of the kind they need that are free, and the
 * one that is theirs already (held, occupied, or prebooked for their request). Somebody who has one
 * of another kind has none free until that is put right. Asked for nobody it is all free places. */
#ifndef RETURNHUB_CASEWORK_PLACES_H
#define RETURNHUB_CASEWORK_PLACES_H

#include "casework/sitting.h"

struct place_need {
    bool known;
    str kind; /* "" under a rulebook that asks for none */
};

/* The fact that says it; NOT_FOUND_INDEX when the rulebook has none. */
uint32_t place_need_fact(const struct rulebook *rulebook);
/* What a kind is called: "Medical isolation", as the rulebook says; a kind that it does not know is
 * called by its name. */
str place_kind_title(const struct rulebook *rulebook, str kind, struct arena *arena);
/* From the values of a person's facts. */
struct place_need place_need_of(const struct rulebook *rulebook, const struct value *person);

struct hub_places {
    const struct kind_counts *kinds;
    size_t kind_count;
    struct place_counts counts;
    const struct place_row *own; /* of the person asked about at this hub; NULL: none */
};

/* The hub's places now, of each kind and together. What is neither free nor anything else of what
 * is agreed is without a kind. */
MUST_USE result places_count(struct sitting *sitting, int64_t hub,
                             const struct kind_counts **ret_kinds, size_t *ret_count,
                             struct place_counts *ret_sum, struct err *err);
int64_t places_without_kind(const struct place_counts *counts);

/* Now, of nobody; ... */
MUST_USE result hub_places_now(struct sitting *sitting, int64_t hub, struct hub_places *ret_places,
                               struct err *err);
/* ... and of this person. */
MUST_USE result hub_places_own(struct sitting *sitting, int64_t hub, int64_t person,
                               struct hub_places *places, struct err *err);
/* From all rows of the hub, as they count on a day. */
MUST_USE result hub_places_of_rows(const struct rulebook *rulebook, const struct place_row *rows,
                                   size_t count, int64_t person, date on, struct arena *arena,
                                   struct hub_places *ret_places, struct err *err);

/* The value of `hub.places_free` for somebody with this need and this place of their own (NULL:
 * none). */
struct value places_free_for(const struct hub_places *places, const struct place_need *need,
                             const str *own_kind);
/* What the register counts of a hub; a counted fact that is not here is unknown. `need` NULL: asked
 * for nobody. */
void places_fill_counted(const struct rulebook *rulebook, const struct hub_places *places,
                         const struct place_need *need, struct value *values);

/* A place to give to the person for this request (0: none): the one prebooked for it, else a free
 * one of the kind that is needed. ERROR_CONFLICT, with what is missing, when there is none, and
 * when the need is not known. */
MUST_USE result places_choose(struct sitting *sitting, const struct person_row *person,
                              const struct place_need *need, int64_t hub, int64_t request,
                              int64_t *ret_place, struct err *err);
/* ERROR_CONFLICT: of which kind the place is, and which the person needs. */
MUST_USE result places_refuse_kind(const struct sitting *sitting, const struct place_row *place,
                                   const struct place_need *need, struct err *err);
/* ERROR_CONFLICT when the place held for the request is not of the kind that is needed. */
MUST_USE result places_check_held(struct sitting *sitting, const struct request_row *request,
                                  const struct place_need *need, struct err *err);

#endif
