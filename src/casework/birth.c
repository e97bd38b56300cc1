#include "casework/birth.h"

#include "casework/facts.h"
#include "casework/record.h"
#include "casework/text.h"

bool birth_is(const struct fact *fact)
{
    return fact->subject == SUBJECT_PERSON && fact->type == FACT_DATE && !fact->counted &&
           str_ends(fact->name, STR(".born_on"));
}

static uint32_t find_birth(const struct rulebook *rulebook)
{
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        if (birth_is(&rulebook->facts[i])) {
            return (uint32_t)i;
        }
    }
    return NOT_FOUND_INDEX;
}

static bool same_day(struct known_day a, struct known_day b)
{
    return a.known == b.known && (!a.known || date_equal(a.day, b.day));
}

static struct value value_of(struct known_day day)
{
    return day.known ? value_date(day.day) : value_unknown();
}

static result format_day(const struct fact *fact, struct known_day day, struct arena *arena,
                         str *ret_text, struct err *err)
{
    const struct value value = value_of(day);
    struct buf buf;
    buf_init(&buf, arena, VALUE_MAX_BYTES);
    value_format(fact, &value, &buf);
    return buf_finish(&buf, ret_text, err);
}

struct known_day birth_otherwise(const struct rulebook *rulebook, struct known_day born_on,
                                 const struct value *person)
{
    const uint32_t birth = find_birth(rulebook);
    if (birth == NOT_FOUND_INDEX || !person[birth].known) {
        return (struct known_day){.known = false};
    }
    const struct known_day recorded = {.known = true, .day = {(int32_t)person[birth].number}};
    return same_day(recorded, born_on) ? (struct known_day){.known = false} : recorded;
}

result birth_follow(struct sitting *sitting, int64_t person, struct known_day before,
                    struct known_day corrected, str source, int64_t *ret_event, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t birth = find_birth(rulebook);
    *ret_event = 0;
    if (birth == NOT_FOUND_INDEX || same_day(before, corrected)) {
        return result_ok();
    }
    struct arena scratch = *sitting->arena;
    struct subject_facts facts;
    TRY(facts_of_person_now(sitting, person, &scratch, &facts, err));
    const struct value *value = &facts.values[birth];
    if (!value->known || (corrected.known && value->number == value_date(corrected.day).number)) {
        return result_ok();
    }
    struct checked_entry entry = {.fact = rulebook->facts[birth].name,
                                  .true_from = facts.rows[birth]->true_from,
                                  .source = source};
    TRY(format_day(&rulebook->facts[birth], corrected, sitting->arena, &entry.value, err));
    return record_append(sitting, SUBJECT_OF_PERSON, person, &entry, 1, ret_event, err);
}
