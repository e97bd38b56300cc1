#include "law.h"

#include <string.h>

/* The order of the values is the order of what stands in the way: the worst is the verdict. */
enum answer { YES, NOT_KNOWN, NO };

static struct value value_on(struct model *model, int64_t person, const char *name, date day)
{
    return model_value(model, SUBJECT_OF_PERSON, person,
                       rulebook_fact(model->rulebook, str_from_c(name)), day);
}

struct value law_window(struct model *model, int64_t person, date day, enum law_window without)
{
    const struct value suspended = value_on(model, person, "notice.suspended_on", day);
    const struct value extended = value_on(model, person, "notice.extended_until", day);
    struct value last = value_on(model, person, "notice.served_on", day);
    last.number += 60;
    last = extended.known && without != LAW_WINDOW_NOT_EXTENDED ? extended : last;
    last.known = last.known && (!suspended.known || without == LAW_WINDOW_NOT_SUSPENDED);
    return last;
}

struct asked {
    struct model *model;
    const struct model_person *person;
    int64_t hub;
    bool with_agreement;
    date today;
    const struct model_plan *plan;
};

static struct value value_of(const struct asked *asked, enum subject_kind kind, int64_t subject,
                             const char *name)
{
    const uint32_t fact = rulebook_fact(asked->model->rulebook, str_from_c(name));
    return model_value(asked->model, kind, subject, fact, asked->today);
}

static struct value of_person(const struct asked *asked, int64_t person, const char *name)
{
    return value_of(asked, SUBJECT_OF_PERSON, person, name);
}

enum { INJUNCTION_IN_FORCE = 1, AGREEMENT_IN_FORCE = 1 }; /* the places in the lists of choices */

static enum answer answer_if(bool known, bool yes)
{
    return !known ? NOT_KNOWN : yes ? YES : NO;
}

static enum answer no_injunction(const struct asked *asked)
{
    const struct value order = of_person(asked, asked->person->id, "order.injunction");
    return answer_if(order.known, order.number != INJUNCTION_IN_FORCE);
}

/* One member with an order bars; otherwise somebody may be missing, or have one that is not known.
 */
static enum answer family_free(const struct asked *asked)
{
    const struct value complete = of_person(asked, asked->person->id, "family.complete");
    bool all_known = complete.known && complete.number == 1;
    for (size_t i = 0; i < asked->model->person_count; i++) {
        const struct model_person *other = &asked->model->people[i];
        if (other->id == asked->person->id || other->family == 0 ||
            other->family != asked->person->family || !model_is_person(other)) {
            continue;
        }
        const struct value order = of_person(asked, other->id, "order.injunction");
        if (order.known && order.number == INJUNCTION_IN_FORCE) {
            return NO;
        }
        all_known = all_known && order.known;
    }
    return all_known ? YES : NOT_KNOWN;
}

static enum answer appeal_time_over(const struct asked *asked)
{
    const struct value sent = of_person(asked, asked->person->id, "decision.sent_on");
    return answer_if(sent.known, asked->today.day > sent.number + 14);
}

/* While the time stands still nobody knows when it ends. */
static enum answer notice_still_valid(const struct asked *asked)
{
    const struct value window =
        law_window(asked->model, asked->person->id, asked->today, LAW_WINDOW_AS_IT_IS);
    return answer_if(window.known, asked->today.day <= window.number);
}

static const struct model_hub *hub_of(const struct asked *asked)
{
    for (size_t i = 0; i < asked->model->hub_count; i++) {
        if (asked->model->hubs[i].id == asked->hub) {
            return &asked->model->hubs[i];
        }
    }
    return NULL;
}

/* Of the kind that is needed; the person's own place counts, and no other beside one of another
 * kind. */
static enum answer place_is_free(const struct asked *asked)
{
    char kind[24];
    const struct model_hub *hub = hub_of(asked);
    const char *need = model_need(asked->model, asked->person, asked->today, kind);
    if (hub == NULL || need == NULL) {
        return NOT_KNOWN;
    }
    const struct model_place *own = model_own_place(asked->model, hub, asked->person, asked->today);
    return answer_if(true, own != NULL ? strcmp(own->kind, need) == 0
                                       : model_places_free(hub, need, asked->today) > 0);
}

static enum answer nothing_serious_found(const struct asked *asked)
{
    return answer_if(asked->hub != 0,
                     model_serious_findings(asked->model, asked->hub, asked->today) == 0);
}

/* The manifest, where there is one, says where it goes. */
static enum answer goes_where_told(const struct asked *asked)
{
    const struct value told = of_person(asked, asked->person->id, "notice.destination");
    const struct value goes = asked->plan != NULL
                                  ? asked->plan->destination
                                  : of_person(asked, asked->person->id, "departure.destination");
    return answer_if(told.known && goes.known, told.number == goes.number);
}

static enum answer hub_is_monitored(const struct asked *asked)
{
    const struct value monitor =
        value_of(asked, SUBJECT_OF_HUB, asked->hub, "hub.monitor_appointed");
    return answer_if(monitor.known, monitor.number == 1);
}

static enum answer agreement_in_force(const struct asked *asked)
{
    const struct model_hub *hub = hub_of(asked);
    if (hub == NULL || !asked->with_agreement) {
        return NOT_KNOWN;
    }
    const struct value agreement =
        value_of(asked, SUBJECT_OF_AGREEMENT, hub->agreement, "agreement.state");
    return answer_if(agreement.known, agreement.number == AGREEMENT_IN_FORCE);
}

typedef enum answer safeguard(const struct asked *asked);

static const struct {
    const char *step;
    safeguard *safeguards[9];
} guarded[] = {
    {"removal",
     {no_injunction, family_free, appeal_time_over, notice_still_valid, goes_where_told}},
    {"transfer",
     {no_injunction, family_free, appeal_time_over, notice_still_valid, place_is_free,
      nothing_serious_found, hub_is_monitored, agreement_in_force}},
    {"emergency_transfer", {no_injunction}},
};

enum clearance law_judge(struct model *model, const struct model_person *person, str step,
                         int64_t hub, bool with_agreement, date today,
                         const struct model_plan *plan)
{
    const struct asked asked = {model, person, hub, with_agreement, today, plan};
    enum answer worst = YES;
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
        for (size_t k = 0;
             str_equal(step, str_from_c(guarded[i].step)) && guarded[i].safeguards[k] != NULL;
             k++) {
            const enum answer answer = guarded[i].safeguards[k](&asked);
            worst = answer > worst ? answer : worst;
        }
    }
    return worst == YES ? CLEARANCE_CLEAR : worst == NO ? CLEARANCE_BARRED : CLEARANCE_UNKNOWN;
}
