#include "casework/contact.h"

#include "casework/facts.h"
#include "casework/record.h"

#define LAST_CONTACT_FACT STR("contact.last_confirmed_on")
#define NEXT_CHECK_FACT   STR("contact.next_check_due_on")
#define SEARCH_FACT       STR("contact.search_made")

bool contact_says_searched(str fact, str value)
{
    return str_equal(fact, SEARCH_FACT) && str_equal(value, STR("yes"));
}

bool contact_is_day_of(const struct fact *fact)
{
    return fact->type == FACT_DATE && fact->subject == SUBJECT_PERSON &&
           str_equal(fact->name, LAST_CONTACT_FACT);
}

result contact_is_searched(struct sitting *sitting, int64_t person, bool *ret_searched,
                           struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t search = rulebook_fact(rulebook, SEARCH_FACT);
    *ret_searched = false;
    if (search == NOT_FOUND_INDEX || rulebook->facts[search].type != FACT_FLAG) {
        return result_ok();
    }
    struct arena scratch = *sitting->arena;
    struct subject_facts facts;
    TRY(facts_of_person_now(sitting, person, &scratch, &facts, err));
    *ret_searched = facts.values[search].known && facts.values[search].number != 0;
    return result_ok();
}

static result tell_day(struct sitting *sitting, int64_t person,
                       const struct confirmed_contact *contact, str name, struct known_day value,
                       int64_t *event, struct err *err)
{
    char text[DATE_TEXT_SIZE] = "unknown";
    if (value.known) {
        date_format(value.day, text);
    }
    const struct checked_entry entry = {.fact = name,
                                        .value = str_from_c(text),
                                        .true_from = contact->on,
                                        .source = contact->known_from};
    return record_tell_law(sitting, person, FACT_DATE, &entry, event, err);
}

/* A search that was made after the contact is true from a later day, and counts. */
static result tell_search(struct sitting *sitting, int64_t person,
                          const struct confirmed_contact *contact, int64_t *event, struct err *err)
{
    const struct checked_entry entry = {.fact = SEARCH_FACT,
                                        .value = STR("no"),
                                        .true_from = contact->on,
                                        .source = contact->known_from};
    return record_tell_law(sitting, person, FACT_FLAG, &entry, event, err);
}

result contact_append(struct sitting *sitting, int64_t person,
                      const struct confirmed_contact *contact, bool searched, int64_t *ret_last,
                      struct err *err)
{
    const struct known_day on = {.known = true, .day = contact->on};
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_CONTACT_CONFIRMED,
                          .effective_on = contact->on,
                          .body.contact_confirmed = {.source = contact->source,
                                                     .next_check_on = contact->next_check_on}};
    TRY(sitting_append(sitting, &event, err));
    int64_t last = event.position;
    TRY(tell_day(sitting, person, contact, LAST_CONTACT_FACT, on, &last, err));
    if (contact->next_check_on.known || !contact->is_first) {
        TRY(tell_day(sitting, person, contact, NEXT_CHECK_FACT, contact->next_check_on, &last,
                     err));
    }
    if (searched) {
        TRY(tell_search(sitting, person, contact, &last, err));
    }
    *ret_last = last;
    return result_ok();
}
