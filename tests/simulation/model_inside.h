/* model_inside: what the parts of the model have in common. Only for model*.c. */
#ifndef RETURNHUB_TESTS_SIMULATION_MODEL_INSIDE_H
#define RETURNHUB_TESTS_SIMULATION_MODEL_INSIDE_H

#include "model.h"

/* One event, and the command that it is of. */
struct fold {
    struct model *model;
    const struct event *event;
    const struct event *command; /* its first event */
    const struct event *end;     /* after its last */
    date today;
    enum clearance stopped; /* of a STEP_STOPPED: as judged before the first of its command */
    bool stage_left;
};

typedef bool fold_function(const struct fold *fold);

/* model_identity.c: every event about a person */
bool fold_merge_requested(const struct fold *fold);
bool fold_merge_declined(const struct fold *fold);
bool fold_merged(const struct fold *fold);
bool fold_separated(const struct fold *fold);
/* Keeps what happened to a person, and lets it happen. */
bool model_happen(const struct fold *fold);
bool model_is_merged(const struct model *model, int64_t record);

/* model_steps.c */
bool fold_step_requested(const struct fold *fold);
bool fold_step_approved(const struct fold *fold);
bool fold_step_declined(const struct fold *fold);
bool fold_step_withdrawn(const struct fold *fold);
bool fold_step_stopped(const struct fold *fold);
bool fold_step_refused(const struct fold *fold);
bool fold_step_taken(const struct fold *fold);
bool model_leaves_stage(const struct model *model, const struct model_person *person,
                        uint32_t step);

/* model_places.c */
bool fold_hub_opened(const struct fold *fold);
bool fold_places_agreed(const struct fold *fold);
bool fold_places_of_kind(const struct fold *fold);
bool fold_place_out_of_use(const struct fold *fold);
bool fold_place_back_in_use(const struct fold *fold);
bool fold_places_prebooked(const struct fold *fold);
bool fold_prebooking_given(const struct fold *fold);
bool fold_prebooking_ended(const struct fold *fold);
bool fold_place_changed(const struct fold *fold);
bool fold_hub_reported(const struct fold *fold);
bool fold_arrival_resolved(const struct fold *fold);
bool fold_departure_cancelled(const struct fold *fold);
bool model_hold_place(const struct fold *fold, const struct model_request *request, int64_t number);
/* Nothing is held any more for a request that is over. */
void model_release(struct model *model, const struct model_request *request);
/* After a step that took or freed a place. */
bool model_move(const struct fold *fold, int64_t request);
/* After a merge was undone: whoever is at the hub is who is in the place. */
bool model_give_places_back(struct model *model);

/* model_manifests.c */
bool fold_manifest_opened(const struct fold *fold);
bool fold_manifest_changed(const struct fold *fold);
bool fold_manifest_listed(const struct fold *fold);
bool fold_manifest_taken_off(const struct fold *fold);
bool fold_manifest_boarded(const struct fold *fold);
bool fold_manifest_departed(const struct fold *fold);
bool fold_manifest_accounted(const struct fold *fold);
bool fold_manifest_closed(const struct fold *fold);
bool fold_manifest_cancelled(const struct fold *fold);
bool fold_departure_recalled(const struct fold *fold);
bool fold_protection_set(const struct fold *fold);
/* Somebody with this request is refused by no manifest that there is? */
bool model_refused_by_none(const struct fold *fold, const struct model_request *request);
/* The request is over: stopped, declined, withdrawn. */
void model_leave_manifest(struct model *model, int64_t request);
/* Before and after a command: is everybody who is aboard, and whom it concerns, called back? */
void model_look_aboard(struct model *model, date today);
bool model_check_aboard(struct model *model, const struct event *events, size_t count, date today);

/* model_books.c */
bool fold_entry_opened(const struct fold *fold);
bool fold_entry_changed(const struct fold *fold);
bool model_check_duties(struct model *model, const struct event *events, size_t count);

/* model_sight.c */
bool fold_account_closed(const struct fold *fold);
bool fold_glass_broken(const struct fold *fold);
bool fold_glass_reviewed(const struct fold *fold);
bool fold_tie_made(const struct fold *fold);
bool fold_tie_ended(const struct fold *fold);

/* model_notices.c */
bool fold_notice_issued(const struct fold *fold);
bool fold_notice_served(const struct fold *fold);
bool fold_notice_cancelled(const struct fold *fold);

/* model_clocks.c: 11, by whom and for how long a time is changed. Before it counts, and after. */
bool model_check_clock_fact(const struct fold *fold, uint32_t fact, const struct value *value);
bool model_check_clock_withdrawn(const struct fold *fold, const struct model_fact *fact,
                                 const struct value *before);

/* model_privacy.c */
bool fold_person_erased(const struct fold *fold);

bool model_has_role(const struct fold *fold, const char *role);
bool model_is_concerned_person(struct model *model, const struct model_person *person,
                               int64_t record);

#endif
