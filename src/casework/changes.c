#include "casework/changes.h"

#include "casework/history.h"
#include "casework/manifest_work.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "store/departures.h"

/* --- how far ---------------------------------------------------------------------------------- */

static result read_position(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_event_count(transaction, context, err);
}

result casework_position(const struct casework *casework, int64_t *ret_position, struct err *err)
{
    return store_read_steady(casework->store, read_position, ret_position, err);
}

/* --- one line --------------------------------------------------------------------------------- */

struct changes_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    int64_t after;
    size_t limit;
    struct sitting sitting;
    struct change_line *lines;
    struct changes_answer answer;
};

/* The functions below say of what the event is about, "" when it is not for this account. */

static result person_of(struct sitting *sitting, const struct event *event, str *ret_reference,
                        struct err *err)
{
    struct person_row person;
    bool may = false;
    TRY(transaction_person(sitting->transaction, event->subject, sitting->arena, &person, err));
    TRY(sitting_may_person(sitting, &person, ACTION_SEE_PERSON, &may, err));
    if (may) {
        TRY(history_in_sight(sitting, &person, event, &may, err));
    }
    *ret_reference = may ? person.reference : STR("");
    return result_ok();
}

static result hub_of(struct sitting *sitting, const struct event *event, str *ret_reference,
                     struct err *err)
{
    struct hub_row hub;
    bool may = false;
    TRY(transaction_hub(sitting->transaction, event->subject, sitting->arena, &hub, err));
    TRY(sitting_may_hub(sitting, &hub, ACTION_SEE_HUB, &may, err));
    *ret_reference = may ? hub.reference : STR("");
    return result_ok();
}

static result agreement_of(struct sitting *sitting, const struct event *event, str *ret_reference,
                           struct err *err)
{
    struct agreement_row agreement;
    TRY(transaction_agreement(sitting->transaction, event->subject, sitting->arena, &agreement,
                              err));
    *ret_reference = sitting_may_agreement(sitting, &agreement, ACTION_SEE_AGREEMENT)
                         ? agreement.reference
                         : STR("");
    return result_ok();
}

static result manifest_of(struct sitting *sitting, const struct event *event, str *ret_reference,
                          struct err *err)
{
    struct manifest_row manifest;
    TRY(transaction_manifest(sitting->transaction, event->subject, sitting->arena, &manifest, err));
    *ret_reference =
        manifest_may(sitting, &manifest, ACTION_SEE_MANIFEST) ? manifest.reference : STR("");
    return result_ok();
}

static result operation_of(struct sitting *sitting, const struct event *event, str *ret_reference,
                           struct err *err)
{
    struct operation_row operation;
    *ret_reference = STR("");
    if (may_somewhere(&sitting->account, ACTION_SEE_OPERATION)) {
        TRY(transaction_operation(sitting->transaction, event->subject, sitting->arena, &operation,
                                  err));
        *ret_reference = operation.reference;
    }
    return result_ok();
}

static result subject_of(struct sitting *sitting, const struct event *event, str *ret_reference,
                         struct err *err)
{
    *ret_reference = STR("");
    switch (event->subject_kind) {
    case SUBJECT_OF_PERSON:
        return person_of(sitting, event, ret_reference, err);
    case SUBJECT_OF_HUB:
        return hub_of(sitting, event, ret_reference, err);
    case SUBJECT_OF_AGREEMENT:
        return agreement_of(sitting, event, ret_reference, err);
    case SUBJECT_OF_MANIFEST:
        return manifest_of(sitting, event, ret_reference, err);
    case SUBJECT_OF_OPERATION:
        return operation_of(sitting, event, ret_reference, err);
    case SUBJECT_OF_ACCOUNT:
    case SUBJECT_OF_REGISTER:
        break; /* nobody's work */
    }
    return result_ok();
}

/* --- the list --------------------------------------------------------------------------------- */

static result look_at(struct changes_work *work, int64_t position, struct err *err)
{
    struct arena scratch = *work->arena;
    struct sitting sitting = work->sitting;
    struct event event;
    str reference;
    sitting.arena = &scratch;
    TRY(transaction_event(sitting.transaction, position, &scratch, &event, err));
    TRY(subject_of(&sitting, &event, &reference, err));
    if (reference.len == 0) {
        return result_ok();
    }
    char text[REFERENCE_MAX_BYTES + 1];
    ASSERT(reference.len < sizeof text);
    for (size_t i = 0; i < reference.len; i++) {
        text[i] = reference.at[i];
    }
    const str kept = arena_copy(work->arena, (str){.at = text, .len = reference.len});
    if (kept.at == NULL) {
        return arena_full(err);
    }
    work->lines[work->answer.count++] = (struct change_line){.position = event.position,
                                                             .kind = event.kind,
                                                             .subject_kind = event.subject_kind,
                                                             .reference = kept,
                                                             .effective_on = event.effective_on,
                                                             .recorded_at = event.recorded_at};
    return result_ok();
}

static result read_changes(struct transaction *transaction, void *context, struct err *err)
{
    struct changes_work *work = context;
    struct changes_answer *answer = &work->answer;
    int64_t last = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SECURE_OWN_ACCOUNT, work->arena, err));
    TRY(transaction_event_count(transaction, &last, err));
    const int64_t end =
        last - work->after > CHANGES_EVENTS_MAX ? work->after + CHANGES_EVENTS_MAX : last;
    answer->next_after = work->after;
    while (answer->next_after < end && answer->count < work->limit) {
        TRY(look_at(work, answer->next_after + 1, err));
        answer->next_after++;
    }
    answer->lines = work->lines;
    answer->more = answer->next_after < last;
    return result_ok();
}

result casework_changes(const struct casework *casework, const struct caller *caller, int64_t after,
                        size_t limit, struct arena *arena, struct changes_answer *ret_answer,
                        struct err *err)
{
    ASSERT(limit >= 1 && limit <= CHANGES_LINES_MAX);
    struct changes_work work = {
        .casework = casework, .caller = caller, .arena = arena, .after = after, .limit = limit};
    if (after < 0) {
        return err_set(err, ERROR_INPUT, "`after` is the position of an event, or 0");
    }
    work.lines = ARENA_NEW(arena, struct change_line, limit);
    if (work.lines == NULL) {
        return arena_full(err);
    }
    TRY(store_read(casework->store, read_changes, &work, err));
    if (work.answer.count > 0) {
        TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "changes", err));
    }
    *ret_answer = work.answer;
    return result_ok();
}
