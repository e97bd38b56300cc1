#include "register/tie.h"

static const str kind_names[TIE_KINDS] = {
    [TIE_NONE] = STR_INIT("none"),
    [TIE_SELF] = STR_INIT("self"),
    [TIE_REPRESENTATIVE] = STR_INIT("representative"),
};

const char *tie_kind_name(enum tie_kind kind)
{
    ASSERT(kind < TIE_KINDS);
    return kind_names[kind].at;
}

enum tie_kind tie_kind_from_name(str name)
{
    for (int kind = TIE_SELF; kind < TIE_KINDS; kind++) {
        if (str_equal(kind_names[kind], name)) {
            return (enum tie_kind)kind;
        }
    }
    return TIE_NONE;
}

static result begin(struct tie_row *row, const struct event *event, struct err *err)
{
    const struct tie_made_body *body = &event->body.tie_made;
    const enum tie_kind kind = tie_kind_from_name(body->kind);
    if (kind == TIE_NONE) {
        return err_set(err, ERROR_INPUT,
                       "An account is tied to a person as self or as "
                       "representative");
    }
    if (body->account == event->actor) {
        return err_set(err, ERROR_CONFLICT, "Nobody opens a record to their own account");
    }
    if (body->last_day.known && date_before(body->last_day.day, event->effective_on)) {
        return err_set(err, ERROR_INPUT, "The last day lies before the first");
    }
    *row = (struct tie_row){.id = event->position,
                            .person = event->subject,
                            .account = body->account,
                            .kind = kind,
                            .first_day = event->effective_on,
                            .last_day = body->last_day,
                            .made_by = event->actor};
    return result_ok();
}

static result end(struct tie_row *row, const struct event *event, struct err *err)
{
    if (row->id == 0 || row->id != event->body.tie_ended.tie) {
        return err_set(err, ERROR_CONFLICT, "There is no tie %lld",
                       (long long)event->body.tie_ended.tie);
    }
    if (row->ended_event != 0) {
        return err_set(err, ERROR_CONFLICT, "The tie %lld was ended already", (long long)row->id);
    }
    row->ended_by = event->actor;
    row->ended_at = event->recorded_at;
    row->ended_event = event->position;
    return result_ok();
}

result tie_row_apply(struct tie_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_TIE_MADE) {
        return begin(row, event, err);
    }
    return event->kind == EVENT_TIE_ENDED ? end(row, event, err) : result_ok();
}

bool tie_holds(const struct tie_row *row, date today)
{
    return row->ended_event == 0 && !date_before(today, row->first_day) &&
           !(row->last_day.known && date_before(row->last_day.day, today));
}
