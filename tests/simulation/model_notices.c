/* Letters: issued, then served or cancelled, once. What the one of the small rules proves when it
 * is served is written down here a second time. */
#include "model_inside.h"

static struct model_notice *notice_at(struct model *model, int64_t position)
{
    for (size_t i = 0; i < model->notice_count; i++) {
        if (model->notices[i].position == position) {
            return &model->notices[i];
        }
    }
    return NULL;
}

static struct value destination_of(struct model *model, int64_t person, date today)
{
    const uint32_t fact = rulebook_fact(model->rulebook, STR("departure.destination"));
    return model_value(model, SUBJECT_OF_PERSON, person, fact, today);
}

bool fold_notice_issued(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct model_person *person = model_whole(model, fold->event->subject);
    ASSERT(model->notice_count < MODEL_NOTICES_MAX);
    struct model_notice *notice = &model->notices[model->notice_count++];
    *notice = (struct model_notice){.position = fold->event->position,
                                    .issued_on = fold->event->effective_on,
                                    .destination = destination_of(model, person->id, fold->today)};
    if (!model_has_role(fold, "caseworker") && !model_has_role(fold, "authorising_officer") &&
        !model_has_role(fold, "senior_officer") && !model_has_role(fold, "hub_operator")) {
        return model_break(model, "10: a letter is written by somebody who may not");
    }
    return notice->destination.known ||
           model_break(model, "2: the letter %lld says what nobody knows",
                       (long long)notice->position);
}

/* Is this event of the same command, and records the value of the fact, from the day of service? */
static bool records(const struct fold *fold, const struct event *event, const char *fact,
                    int64_t value)
{
    struct model *model = fold->model;
    const uint32_t index = rulebook_fact(model->rulebook, str_from_c(fact));
    struct value recorded = value_unknown();
    return event < fold->end && event->kind == EVENT_FACT_RECORDED &&
           client_id_is_none(&event->client_id) && event->subject == fold->event->subject &&
           date_equal(event->effective_on, fold->event->effective_on) &&
           str_equal(event->body.fact_recorded.fact, str_from_c(fact)) &&
           value_parse(model->rulebook, &model->rulebook->facts[index],
                       event->body.fact_recorded.value, &model->values, &recorded, NULL)
               .ok &&
           recorded.known && recorded.number == value;
}

bool fold_notice_served(const struct fold *fold)
{
    struct model *model = fold->model;
    const struct event *event = fold->event;
    struct model_notice *notice = notice_at(model, event->body.notice_served.notice);
    if (notice == NULL || notice->closed ||
        model_whose(model, notice->position) != model_whole(model, event->subject)) {
        return model_break(model, "11: a letter is served that nobody wrote, or twice");
    }
    notice->closed = true;
    if (date_before(event->effective_on, notice->issued_on) ||
        date_before(fold->today, event->effective_on)) {
        return model_break(model, "11: the letter %lld is served before it is written, or later",
                           (long long)notice->position);
    }
    return (records(fold, event + 1, "notice.served_on", event->effective_on.day) &&
            records(fold, event + 2, "notice.destination", notice->destination.number)) ||
           model_break(model, "11: what serving the letter %lld proves is not recorded with it",
                       (long long)notice->position);
}

bool fold_notice_cancelled(const struct fold *fold)
{
    struct model_notice *notice = notice_at(fold->model, fold->event->body.notice_cancelled.notice);
    const bool open = notice != NULL && !notice->closed;
    if (open) {
        notice->closed = true;
    }
    return open || model_break(fold->model, "11: a letter is cancelled that was served");
}
