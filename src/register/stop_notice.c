#include "register/stop_notice.h"

struct number_list stop_notice_told(const struct event *event)
{
    return event->kind == EVENT_STEP_STOPPED         ? event->body.step_stopped.told
           : event->kind == EVENT_DEPARTURE_RECALLED ? event->body.departure_recalled.told
                                                     : (struct number_list){.count = 0};
}

static result acknowledge(struct stop_notice_row *row, const struct event *event, struct err *err)
{
    if (row->stop == 0 || row->stop != event->body.stop_acknowledged.stop ||
        row->account != event->actor || row->person != event->subject) {
        return err_set(err, ERROR_CONFLICT, "This account was not told of the stop %lld",
                       (long long)event->body.stop_acknowledged.stop);
    }
    if (row->acknowledged) {
        return err_set(err, ERROR_CONFLICT, "This account has acknowledged the stop %lld already",
                       (long long)row->stop);
    }
    row->acknowledged = true;
    row->acknowledged_at = event->recorded_at;
    return result_ok();
}

result stop_notice_row_apply(struct stop_notice_row *row, const struct event *event,
                             struct err *err)
{
    if (event->kind == EVENT_STOP_ACKNOWLEDGED) {
        return acknowledge(row, event, err);
    }
    const bool stopped = event->kind == EVENT_STEP_STOPPED;
    if (!stopped && event->kind != EVENT_DEPARTURE_RECALLED) {
        return result_ok();
    }
    row->stop = event->position;
    row->person = event->subject;
    row->request = stopped ? event->body.step_stopped.request : 0;
    row->manifest = stopped ? 0 : event->body.departure_recalled.manifest;
    row->stopped_at = event->recorded_at;
    return result_ok();
}
