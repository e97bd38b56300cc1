#include "register/intake.h"

bool intake_begins(const struct event *event)
{
    if (event->kind == EVENT_STEP_APPROVED) {
        return event->body.step_approved.place > 0;
    }
    return event->kind == EVENT_STEP_TAKEN && event->body.step_taken.request == 0 &&
           event->body.step_taken.place > 0;
}

int64_t intake_request(const struct event *event)
{
    const enum event_kind kind = event->kind;
    return kind == EVENT_STEP_DECLINED    ? event->body.step_declined.request
           : kind == EVENT_STEP_WITHDRAWN ? event->body.step_withdrawn.request
           : kind == EVENT_STEP_STOPPED   ? event->body.step_stopped.request
           : kind == EVENT_STEP_TAKEN     ? event->body.step_taken.request
                                          : 0;
}

static void intake_use(struct intake_row *row, const struct event *event)
{
    row->used_at = event->recorded_at;
    row->used_on = (struct known_day){.known = true, .day = event->effective_on};
}

void intake_row_apply(struct intake_row *row, const struct event *event)
{
    if (intake_begins(event)) {
        row->id = event->position;
        row->person = event->subject;
        if (event->kind == EVENT_STEP_APPROVED) {
            row->request = event->body.step_approved.request;
            row->held_at = event->recorded_at;
        } else {
            intake_use(row, event);
        }
    } else if (event->kind == EVENT_STEP_TAKEN) {
        intake_use(row, event);
    } else {
        row->given_back_at = event->recorded_at;
    }
}
