#include "register/glass.h"

static const str outcome_names[GLASS_OUTCOMES] = {
    [GLASS_NOT_REVIEWED] = STR_INIT("not_reviewed"),
    [GLASS_JUSTIFIED] = STR_INIT("justified"),
    [GLASS_NOT_JUSTIFIED] = STR_INIT("not_justified"),
};

const char *glass_outcome_name(enum glass_outcome outcome)
{
    ASSERT(outcome < GLASS_OUTCOMES);
    return outcome_names[outcome].at;
}

enum glass_outcome glass_outcome_from_name(str name)
{
    for (int outcome = GLASS_JUSTIFIED; outcome < GLASS_OUTCOMES; outcome++) {
        if (str_equal(outcome_names[outcome], name)) {
            return (enum glass_outcome)outcome;
        }
    }
    return GLASS_NOT_REVIEWED;
}

static result begin(struct glass_row *row, const struct event *event, struct err *err)
{
    const int64_t until = event->body.glass_broken.until_ms;
    if (until <= event->recorded_at.milliseconds) {
        return err_set(err, ERROR_INPUT, "A glass is broken for some time");
    }
    *row = (struct glass_row){.id = event->position,
                              .person = event->subject,
                              .account = event->actor,
                              .broken_at = event->recorded_at,
                              .until = {.milliseconds = until}};
    return result_ok();
}

static result review(struct glass_row *row, const struct event *event, struct err *err)
{
    const struct glass_reviewed_body *body = &event->body.glass_reviewed;
    const enum glass_outcome outcome = glass_outcome_from_name(body->outcome);
    if (row->id == 0 || row->id != body->glass || row->person != event->subject) {
        return err_set(err, ERROR_CONFLICT, "There is no break-glass %lld of this person",
                       (long long)body->glass);
    }
    if (outcome == GLASS_NOT_REVIEWED) {
        return err_set(err, ERROR_INPUT, "A review finds it justified or not_justified");
    }
    if (row->outcome != GLASS_NOT_REVIEWED) {
        return err_set(err, ERROR_CONFLICT, "The break-glass %lld was reviewed already",
                       (long long)row->id);
    }
    if (row->account == event->actor) {
        return err_set(err, ERROR_CONFLICT, "Nobody reviews their own break-glass");
    }
    row->outcome = outcome;
    row->reviewed_by = event->actor;
    row->reviewed_at = event->recorded_at;
    row->reviewed_event = event->position;
    return result_ok();
}

result glass_row_apply(struct glass_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_GLASS_BROKEN) {
        return begin(row, event, err);
    }
    return event->kind == EVENT_GLASS_REVIEWED ? review(row, event, err) : result_ok();
}

bool glass_shows_at(const struct glass_row *row, instant at)
{
    return at.milliseconds >= row->broken_at.milliseconds &&
           at.milliseconds < row->until.milliseconds;
}
