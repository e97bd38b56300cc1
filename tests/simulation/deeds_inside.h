/* deeds_inside: what the parts of the table of deeds have in common. Only for deeds*.c. */
#ifndef RETURNHUB_TESTS_SIMULATION_DEEDS_INSIDE_H
#define RETURNHUB_TESTS_SIMULATION_DEEDS_INSIDE_H

#include "deeds.h"

/* --- drawing (deeds.c) ------------------------------------------------------------------------ */

bool chance(struct world *world, double probability);
int64_t between(struct world *world, int64_t low, int64_t high);
/* Now and then what is asked for is drawn from all there is, and not from what it could be done
 * with. */
bool draws_from_all(struct world *world);
/* One of the first `count`; NULL when there is none. */
#define DRAW(world, items, count)                                                                  \
    ((count) == 0 ? NULL : &(items)[random_below(&(world)->random, (count))])
/* Mostly somebody whose work it is; now and then anybody. */
enum account_name draw_account(struct world *world, const char *role);
/* The account of this id. */
enum account_name account_of(const struct world *world, int64_t id, enum account_name otherwise);
bool draw_person(struct world *world, char *reference, size_t size);
const char *draw_hub(struct world *world);
struct step_answer *new_answer(struct world *world);
result step_answered(result done, const struct step_answer *step, struct answer *answer);
/* For commands whose answer does not say it. */
bool was_done(struct world *world, const struct order *order);
/* Somebody, and one fact or a few of them. */
bool draw_facts_of_person(struct world *world, struct order *order);
#define TEXT_OF(order, i) str_from_c((order)->text[i])

/* --- deeds ------------------------------------------------------------------------------------ */

#define DEED(name)                                                                                 \
    bool draw_##name(struct world *world, struct order *order);                                    \
    result send_##name(struct world *world, const struct order *order,                             \
                       const struct caller *caller, struct answer *answer, struct err *err)

/* deeds_manifests.c */
DEED(open_manifest);
DEED(change_manifest);
DEED(cancel_manifest);
DEED(list_on_manifest);
DEED(take_off_manifest);
DEED(board_manifest);
DEED(depart_manifest);
DEED(account_for);
DEED(close_manifest);

/* deeds_hub.c */
DEED(kind_of_places);
DEED(out_of_use);
DEED(back_in_use);
DEED(change_place);
DEED(prebook);
DEED(give_prebooking);
DEED(end_prebooking);
DEED(arrival);
DEED(resolve_arrival);
DEED(hand_over_arrival);
DEED(unexpected);
DEED(cancel_departure);
DEED(hub_report);
DEED(hub_desk);

/* deeds_books.c */
DEED(open_incident);
DEED(open_finding);
DEED(move_entry);
DEED(add_to_entry);

/* deeds_identity.c */
DEED(ask_for_merge);
DEED(merge);
DEED(decline_merge);
DEED(separate);
DEED(privacy);
DEED(erase);
DEED(protect);
DEED(note);
DEED(identifier);
DEED(withdraw_identifier);
DEED(acknowledge);

/* deeds_clocks.c */
DEED(change_clock);

/* deeds_notices.c */
DEED(issue_notice);
DEED(serve_notice);
DEED(cancel_notice);

/* deeds_sight.c */
DEED(break_glass);
DEED(review_glass);
DEED(tie);
DEED(end_tie);
DEED(own_record);
/* Somebody who broke the glass, and whom they see through it; false when nobody did. */
bool draw_through_glass(struct world *world, struct order *order);
/* When whoever asks now asks: not before the last event, though the clock was put back. */
int64_t at_ms(const struct world *world);

/* deeds_offices.c */
DEED(role);
DEED(close_account);
DEED(open_account);
DEED(open_hub);
bool draw_agreement_state(struct world *world, struct order *order);

/* deeds_elsewhere.c */
DEED(import);
DEED(report_order);

#undef DEED

#endif
