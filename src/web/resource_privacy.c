/* resource_privacy: holds, erasure, who looked, and everything recorded about one person. */
#include "web/resource_part.h"

json_t *resource_privacy(const struct privacy_answer *answer)
{
    json_t *object = json_object();
    json_set_str(object, "reference", answer->person.reference);
    json_set_int64(object, "event", answer->event);
    json_set_int64(object, "holds", answer->person.holds);
    json_set_flag(object, "restricted", answer->person.restricted);
    json_set_flag(object, "erasure_requested", answer->person.erasure_request != 0);
    json_set_flag(object, "erased", answer->person.erased);
    json_set_flag(object, "repeated", answer->repeated);
    return object;
}

static json_t *legal_holds(const struct legal_hold *holds, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *hold = json_object();
        json_set_int64(hold, "event", holds[i].event);
        json_set(hold, "since", json_of_instant(holds[i].since));
        json_set_str(hold, "by", holds[i].by);
        json_set_str(hold, "reason", holds[i].reason);
        json_add(list, hold);
    }
    return list;
}

void resource_add_before_erasure(json_t *object, const struct before_erasure *before)
{
    json_t *together = json_array();
    for (size_t i = 0; i < before->together_count; i++) {
        if (before->together[i].len > 0) {
            json_add(together, json_of_str(before->together[i]));
        }
    }
    json_set(object, "holds_in_force", legal_holds(before->holds, before->hold_count));
    json_set(object, "erased_together", together);
    json_set_int64(object, "erased_together_count", (int64_t)before->together_count);
}

json_t *resource_person_privacy(const struct rulebook *rulebook,
                                const struct history_answer *history, bool asked_here)
{
    const struct person_row *person = &history->person;
    json_t *object = json_object();
    json_t *lines = json_array();
    for (size_t i = 0; i < history->count; i++) {
        const struct history_line *line = &history->lines[i];
        json_t *told = json_object();
        json_auto_t *whole = part_history_line(rulebook, line);
        json_set_int64(told, "event", line->event.position);
        json_set(told, "kind", json_string(event_kind_name(line->event.kind)));
        json_set(told, "at", json_of_instant(line->event.recorded_at));
        json_set_str(told, "by", line->actor);
        json_set_str(told, "text", json_str_or_empty(whole, "text"));
        json_set_str(told, "reason", json_str_or_empty(whole, "reason"));
        if (line->event.kind == EVENT_GLASS_REVIEWED) {
            json_set_str(told, "outcome", line->event.body.glass_reviewed.outcome);
        }
        json_add(lines, told);
    }
    json_set_str(object, "reference", person->reference);
    json_set_int64(object, "holds", person->holds);
    json_set_flag(object, "restricted", person->restricted);
    json_set_flag(object, "erasure_requested", person->erasure_request != 0);
    json_set_flag(object, "asked_here", asked_here);
    json_set(object, "lines", lines);
    json_set_flag(object, "more", history->next_before != 0);
    return object;
}

static json_t *look_object(const struct look_line *line, bool with_account)
{
    json_t *object = json_object();
    json_set(object, "at", json_of_instant(line->look.at));
    if (with_account) {
        json_set_str(object, "account", line->account);
        json_set(object, "subject_kind", json_string(subject_kind_name(line->look.subject_kind)));
        json_set_str(object, "reference", line->reference);
    }
    json_set_str(object, "role", line->role);
    json_set_str(object, "purpose", line->look.purpose);
    json_set_str(object, "reason", line->look.reason);
    return object;
}

static json_t *look_list(const struct look_line *lines, size_t count, bool with_account)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, look_object(&lines[i], with_account));
    }
    return list;
}

json_t *resource_looks(const struct look_line *lines, size_t count)
{
    json_t *object = json_object();
    json_set(object, "looks", look_list(lines, count, true));
    return object;
}

static json_t *fact_object(const struct rulebook *rulebook, const struct fact_row *row)
{
    json_t *object = part_fact_name(rulebook, row->fact);
    json_set_int64(object, "event", row->position);
    json_set(object, "value", part_value_text(rulebook, row->fact, row->value));
    json_set(object, "true_from", json_of_date(row->true_from));
    json_set(object, "recorded_at", json_of_instant(row->recorded_at));
    json_set_str(object, "source", row->source);
    json_set_flag(object, "withdrawn", row->withdrawn);
    if (row->withdrawn) {
        json_set(object, "withdrawn_at", json_of_instant(row->withdrawn_at));
    }
    return object;
}

static json_t *history_object(const struct rulebook *rulebook, const struct history_line *line)
{
    PART_ARENA arena = part_memory();
    json_t *object = part_history_line(rulebook, line);
    json_t *body = NULL;
    str text = STR("");
    if (event_write_body(&line->event, &arena, &text, NULL).ok && text.len > 0 &&
        json_read(text, &body, NULL).ok) {
        json_set(object, "body", body);
    }
    return object;
}

json_t *resource_subject_access(const struct rulebook *rulebook,
                                const struct subject_access *access)
{
    const struct person_answer *person = &access->person;
    json_t *object = part_person(rulebook, &person->view.person, &person->view.identity);
    json_t *facts = json_array();
    json_t *history = json_array();
    json_t *family = json_array();
    for (size_t i = 0; i < access->fact_count; i++) {
        json_add(facts, fact_object(rulebook, &access->facts[i]));
    }
    for (size_t i = 0; i < access->history_count; i++) {
        json_add(history, history_object(rulebook, &access->history[i]));
    }
    for (size_t i = 0; i < person->family_count; i++) {
        json_add(family, json_of_str(person->family[i].reference));
    }
    json_set_int64(object, "holds", person->view.person.holds);
    json_set_flag(object, "restricted", person->view.person.restricted);
    json_set(object, "facts_recorded", facts);
    json_set(object, "whole_history", history);
    json_set(object, "family", family);
    json_set(object, "looks", look_list(access->looks, access->look_count, false));
    return object;
}
