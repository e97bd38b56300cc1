#include "casework/changed.h"

#include <string.h>

struct finding {
    struct sitting *sitting;
    struct changed *changed;
    size_t people_max;
};

bool changed_has(const struct changed *changed, int64_t person)
{
    return people_have(changed->people, changed->count, person);
}

static void add(const struct finding *finding, int64_t person)
{
    struct changed *changed = finding->changed;
    const size_t place = people_place(changed->people, changed->count, person);
    if (changed_has(changed, person)) {
        return;
    }
    if (changed->count == finding->people_max) {
        changed->too_many = true;
        return;
    }
    memmove(&changed->people[place + 1], &changed->people[place],
            (changed->count - place) * sizeof changed->people[0]);
    changed->people[place] = person;
    changed->count++;
}

/* A record, and the person that it is a part of now. */
static result add_record(const struct finding *finding, int64_t record, struct err *err)
{
    struct arena scratch = *finding->sitting->arena;
    struct person_row person;
    TRY(transaction_person(finding->sitting->transaction, record, &scratch, &person, err));
    add(finding, record);
    add(finding, person.id);
    return result_ok();
}

static result look_at(const struct finding *finding, const struct event_head *head, struct err *err)
{
    struct arena scratch = *finding->sitting->arena;
    struct event event;
    if (head->kind == EVENT_IDENTITIES_MERGED || head->kind == EVENT_IDENTITIES_SEPARATED) {
        TRY(transaction_event(finding->sitting->transaction, head->position, &scratch, &event,
                              err));
        TRY(add_record(finding,
                       head->kind == EVENT_IDENTITIES_MERGED
                           ? event.body.identities_merged.other
                           : event.body.identities_separated.other,
                       err));
    }
    return add_record(finding, head->subject, err);
}

result changed_since(struct sitting *sitting, int64_t position, changed_matters *matters,
                     size_t people_max, size_t events_max, struct changed *ret_changed,
                     struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct sitting reading = *sitting;
    const struct finding finding = {
        .sitting = &reading, .changed = ret_changed, .people_max = people_max};
    const struct event_head *heads = NULL;
    size_t count = 0;
    ASSERT(people_max <= CHANGED_MAX);
    TRY(transaction_event_heads(sitting->transaction, position, events_max, &scratch, &heads,
                                &count, err));
    reading.arena = &scratch;
    ret_changed->count = 0;
    ret_changed->too_many = count == events_max;
    for (size_t i = 0; i < count && !ret_changed->too_many; i++) {
        if (heads[i].subject_kind == SUBJECT_OF_PERSON &&
            (matters == NULL || matters(heads[i].kind))) {
            TRY(look_at(&finding, &heads[i], err));
        }
    }
    return result_ok();
}
