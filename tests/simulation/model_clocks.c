/* Times that are extended, stand still and run again: that of the notice, under the small rules. By
 * whom and for how long is written down here a second time. */
#include "model_inside.h"

#include "law.h"

static bool is_named(const struct fold *fold, uint32_t fact, const char *name)
{
    return str_equal(fold->model->rulebook->facts[fact].name, str_from_c(name));
}

static int64_t whose(const struct fold *fold)
{
    return model_whole(fold->model, fold->event->subject)->id;
}

static bool wrong(const struct fold *fold, const char *what)
{
    return model_break(fold->model, "11: event %lld %s", (long long)fold->event->position, what);
}

/* --- it runs again ---------------------------------------------------------------------------- */

/* The day that the same command says it ends on now; not known when it says none. */
static struct value new_last_day(const struct fold *fold)
{
    const struct event *next = fold->event + 1;
    date day = {0};
    const bool says = next < fold->end && next->kind == EVENT_FACT_RECORDED &&
                      client_id_is_none(&next->client_id) && next->actor == fold->event->actor &&
                      str_equal(next->body.fact_recorded.fact, STR("notice.extended_until")) &&
                      date_parse(next->body.fact_recorded.value, &day, NULL).ok;
    return says ? value_date(day) : value_unknown();
}

/* What was left when it stopped is counted from the day on which it runs again, or from the end of
 * the longest that it may stand still. */
static bool check_resumed(const struct fold *fold, int64_t said)
{
    struct model *model = fold->model;
    const date on = fold->event->effective_on;
    const uint32_t fact = rulebook_fact(model->rulebook, STR("notice.suspended_on"));
    const struct value since = model_value(model, SUBJECT_OF_PERSON, whose(fold), fact, on);
    const struct value last = law_window(model, whose(fold), on, LAW_WINDOW_NOT_SUSPENDED);
    if (!model_has_role(fold, "senior_officer")) {
        return wrong(fold, "lets a time run again, by somebody who may not");
    }
    if (!since.known || on.day < since.number || !last.known) {
        return wrong(fold, "lets a time run again that does not stand still");
    }
    const int64_t longest = since.number + LAW_DAYS_STILL;
    const int64_t from = on.day < longest ? on.day : longest;
    const int64_t left = last.number > since.number ? last.number - since.number : 0;
    model->resumed = fold->event->position + 1;
    return said == from + left || wrong(fold, "lets a time run again for longer than was left");
}

static bool check_suspended(const struct fold *fold, const struct value *value)
{
    const date on = fold->event->effective_on;
    const struct value last = law_window(fold->model, whose(fold), on, LAW_WINDOW_AS_IT_IS);
    if (!value->known) {
        const struct value said = new_last_day(fold);
        return !said.known || check_resumed(fold, said.number);
    }
    if (!model_has_role(fold, "senior_officer")) {
        return wrong(fold, "lets a time stand still, by somebody who may not");
    }
    return (last.known && on.day <= last.number && value->number == on.day) ||
           wrong(fold, "lets a time stand still that does not run");
}

/* --- it is extended --------------------------------------------------------------------------- */

static bool check_extended(const struct fold *fold, const struct value *value)
{
    const date on = fold->event->effective_on;
    const struct value last = law_window(fold->model, whose(fold), on, LAW_WINDOW_AS_IT_IS);
    const struct value without = law_window(fold->model, whose(fold), on, LAW_WINDOW_NOT_EXTENDED);
    if (!value->known || fold->model->resumed == fold->event->position) {
        return true;
    }
    if (!model_has_role(fold, "authorising_officer")) {
        return wrong(fold, "extends a time, by somebody who may not");
    }
    if (!last.known || last.number < on.day || value->number <= last.number) {
        return wrong(fold, "extends a time that does not run, or makes it shorter");
    }
    return (without.known && value->number <= without.number + LAW_DAYS_MORE) ||
           wrong(fold, "extends a time for longer than the rules let it be");
}

bool model_check_clock_fact(const struct fold *fold, uint32_t fact, const struct value *value)
{
    if (!fold->model->law_is_small || fold->event->subject_kind != SUBJECT_OF_PERSON) {
        return true;
    }
    return is_named(fold, fact, "notice.suspended_on")     ? check_suspended(fold, value)
           : is_named(fold, fact, "notice.extended_until") ? check_extended(fold, value)
                                                           : true;
}

bool model_check_clock_withdrawn(const struct fold *fold, const struct model_fact *fact,
                                 const struct value *before)
{
    if (!is_named(fold, fact->fact, "notice.suspended_on") &&
        !is_named(fold, fact->fact, "notice.extended_until")) {
        return true;
    }
    const struct value again =
        model_value(fold->model, fact->kind, fact->subject, fact->fact, fact->true_from);
    const bool same = before->known && before->number == again.number;
    return !fold->model->law_is_small || !again.known || same ||
           wrong(fold, "withdraws what took the change of a time back");
}
