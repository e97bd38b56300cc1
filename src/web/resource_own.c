#include "web/resource_own.h"

#include "casework/queue.h"
#include "web/resource_part.h"

/* --- who sees it from outside ----------------------------------------------------------------- */

json_t *resource_tie(const struct tie_line *line)
{
    json_t *object = json_object();
    json_set_int64(object, "tie", line->row.id);
    json_set_str(object, "person", line->person);
    json_set_str(object, "username", line->username);
    json_set_str(object, "name", line->name);
    json_set(object, "kind", json_string(tie_kind_name(line->row.kind)));
    json_set(object, "first_day", json_of_date(line->row.first_day));
    json_set(object, "last_day", part_known_day(line->row.last_day));
    json_set_str(object, "made_by", line->made_by);
    json_set_str(object, "authority", line->authority);
    json_set_flag(object, "holds", line->holds);
    json_set_flag(object, "ended", line->row.ended_event != 0);
    if (line->row.ended_event != 0) {
        json_set(object, "ended_at", json_of_instant(line->row.ended_at));
        json_set_str(object, "ended_by", line->ended_by);
        json_set_str(object, "reason", line->reason);
    }
    json_set_flag(object, "repeated", line->repeated);
    return object;
}

json_t *resource_ties(const struct tie_line *lines, size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_tie(&lines[i]));
    }
    json_set(object, "ties", list);
    return object;
}

/* --- the record ------------------------------------------------------------------------------- */

static void tell_time(json_t *object, const struct work_due *due)
{
    json_set_int64(object, "days_left", due->days_left);
    json_set_flag(object, "has_working_days", due->has_working_days);
    if (due->has_working_days) {
        json_set_int64(object, "working_days_left", due->working_days_left);
        json_set_str(object, "calendar", due->calendar);
    }
}

static json_t *clocks_of(const struct rulebook *rulebook, const struct own_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->clock_count; i++) {
        const struct clock_line *line = &record->clocks[i];
        json_t *object = part_clock(rulebook, line);
        if (line->answer.has_last_day) {
            struct work_due due = {.clock = *line, .due = line->answer.last_day};
            work_tell_time(rulebook, record->view.on, &due);
            tell_time(object, &due);
        }
        json_add(list, object);
    }
    return list;
}

static json_t *step_of(const struct rulebook *rulebook, const struct own_step *own)
{
    const struct step *step = &rulebook->steps[own->step];
    json_t *object = part_step(rulebook, step->name);
    json_t *in_the_way = json_array();
    json_t *not_known = json_array();
    int64_t clear = 0;
    int64_t of_others = 0;
    for (size_t i = 0; i < step->safeguard_count; i++) {
        const str name = rulebook->safeguards[step->safeguards[i]].name;
        switch (own->each[i]) {
        case OWN_CLEAR:
            clear++;
            break;
        case OWN_OF_OTHERS:
            of_others++;
            break;
        case OWN_IN_THE_WAY:
            json_add(in_the_way, part_safeguard_name(rulebook, name));
            break;
        case OWN_NOT_KNOWN:
            json_add(not_known, part_safeguard_name(rulebook, name));
            break;
        }
    }
    json_set_int64(object, "conditions", (int64_t)step->safeguard_count);
    json_set_int64(object, "clear", clear);
    json_set_int64(object, "of_others", of_others);
    json_set(object, "in_the_way", in_the_way);
    json_set(object, "not_known", not_known);
    return object;
}

static json_t *passages_of(const struct rulebook *rulebook, const struct own_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->passage_count; i++) {
        const struct own_passage *passage = &record->passages[i];
        json_t *object = json_object();
        json_set(object, "on", json_of_date(passage->on));
        json_set(object, "step",
                 passage->step.len > 0 ? part_step(rulebook, passage->step) : json_false());
        json_set(object, "stage",
                 passage->stage.len > 0 ? part_stage(rulebook, passage->stage) : json_false());
        json_add(list, object);
    }
    return list;
}

static json_t *letter_head(const struct notice_answer *letter)
{
    json_t *object = json_object();
    json_set_int64(object, "number", letter->number);
    json_set_str(object, "title", letter->content.originals[0]);
    json_set_str(object, "translated_title", letter->content.translations[0]);
    json_set_str(object, "language", letter->content.language);
    json_set(object, "issued_on", json_of_date(letter->issued_on));
    json_set(object, "served_on", json_of_date(letter->closed.effective_on));
    json_set_str(object, "method", letter->closed.body.notice_served.method);
    json_set_flag(object, "understood", letter->closed.body.notice_served.understood != 0);
    return object;
}

json_t *resource_own_letter(const struct notice_answer *letter)
{
    char hex[SHA256_HEX_SIZE];
    json_t *object = letter_head(letter);
    json_t *lines = json_array();
    for (size_t i = 0; i < letter->content.count; i++) {
        json_t *line = json_object();
        json_set_str(line, "kind", str_from_c(notice_line_kind_name(letter->content.kinds[i])));
        json_set_str(line, "original", letter->content.originals[i]);
        json_set_str(line, "translation", letter->content.translations[i]);
        json_add(lines, line);
    }
    sha256_hex(&letter->hash, hex);
    json_set_str(object, "sha256", str_from_c(hex));
    json_set(object, "lines", lines);
    return object;
}

/* What is known of the person; where it is known from is in somebody's words and is left out. */
static json_t *facts_of(const struct rulebook *rulebook, const struct own_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct known_fact *known = &record->view.facts[i];
        const struct fact *fact = &rulebook->facts[i];
        if (fact->subject != SUBJECT_PERSON || known->row == NULL) {
            continue;
        }
        json_t *object = part_fact_name(rulebook, fact->name);
        json_set_str(object, "section", fact->section);
        json_set(object, "value", part_value(rulebook, fact, &known->value));
        json_set(object, "true_from", json_of_date(known->row->true_from));
        json_set(object, "recorded_at", json_of_instant(known->row->recorded_at));
        json_add(list, object);
    }
    return list;
}

static json_t *representatives_of(const struct own_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->tie_count; i++) {
        const struct tie_line *line = &record->ties[i];
        if (line->row.kind == TIE_REPRESENTATIVE) {
            json_t *object = json_object();
            json_set_str(object, "name", line->name);
            json_set(object, "first_day", json_of_date(line->row.first_day));
            json_set(object, "last_day", part_known_day(line->row.last_day));
            json_add(list, object);
        }
    }
    return list;
}

static json_t *complaints_of(const struct own_record *record)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->complaint_count; i++) {
        const struct own_complaint *complaint = &record->complaints[i];
        json_t *object = json_object();
        json_set_int64(object, "entry", complaint->row.id);
        json_set_str(object, "about", complaint->about);
        json_set_str(object, "words", complaint->words);
        json_set_str(object, "state", complaint->row.state);
        json_set(object, "opened_on", json_of_date(complaint->row.opened_on));
        json_set(object, "due_on", part_known_day(complaint->row.due_on));
        json_set_str(object, "outcome", complaint->row.outcome);
        json_set_str(object, "answer", complaint->answer);
        json_add(list, object);
    }
    return list;
}

json_t *resource_own_record(const struct rulebook *rulebook, const struct own_record *record)
{
    const struct case_view *view = &record->view;
    json_t *object = part_person(rulebook, &view->person, &view->identity);
    json_t *steps = json_array();
    json_t *letters = json_array();
    for (size_t i = 0; i < record->step_count; i++) {
        json_add(steps, step_of(rulebook, &record->steps[i]));
    }
    for (size_t i = 0; i < record->letter_count; i++) {
        json_add(letters, letter_head(&record->letters[i]));
    }
    json_set(object, "as", json_string(tie_kind_name(record->as)));
    json_set(object, "on", json_of_date(view->on));
    json_set(object, "hub", record->hub.len > 0 ? json_of_str(record->hub) : json_false());
    if (record->arrival.state != 0) {
        json_set(object, "arrival", json_string(arrival_state_name(record->arrival.state)));
    }
    json_set_flag(object, "restricted", view->person.restricted);
    json_set(object, "passages", passages_of(rulebook, record));
    json_set(object, "clocks", clocks_of(rulebook, record));
    json_set(object, "next_steps", steps);
    json_set(object, "letters", letters);
    json_set(object, "facts", facts_of(rulebook, record));
    json_set(object, "representatives", representatives_of(record));
    json_set(object, "complaints", complaints_of(record));
    return object;
}

/* --- a copy ----------------------------------------------------------------------------------- */

static json_t *look_list(const struct own_look *looks, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();
        json_set(object, "at", json_of_instant(looks[i].at));
        json_set_str(object, "role", looks[i].role);
        json_set_str(object, "purpose", looks[i].purpose);
        json_add(list, object);
    }
    return list;
}

json_t *resource_own_looks(const struct own_look *looks, size_t count)
{
    json_t *object = json_object();
    json_set(object, "looks", look_list(looks, count));
    return object;
}

json_t *resource_own_copy(const struct rulebook *rulebook, const struct own_copy *copy)
{
    json_t *object = resource_own_record(rulebook, &copy->record);
    json_t *facts = json_array();
    for (size_t i = 0; i < copy->fact_count; i++) {
        const struct fact_row *row = &copy->facts[i];
        json_t *fact = part_fact_name(rulebook, row->fact);
        json_set(fact, "value", part_value_text(rulebook, row->fact, row->value));
        json_set(fact, "true_from", json_of_date(row->true_from));
        json_set(fact, "recorded_at", json_of_instant(row->recorded_at));
        json_set_flag(fact, "withdrawn", row->withdrawn);
        json_add(facts, fact);
    }
    json_set(object, "facts_recorded", facts);
    json_set(object, "looks", look_list(copy->looks, copy->look_count));
    return object;
}

/* --- clients ---------------------------------------------------------------------------------- */

static json_t *client_of(const struct rulebook *rulebook, const struct client_line *client)
{
    json_t *object = part_person(rulebook, &client->person, &client->identity);
    json_set(object, "first_day", json_of_date(client->tie.first_day));
    json_set(object, "last_day", part_known_day(client->tie.last_day));
    return object;
}

json_t *resource_clients(const struct rulebook *rulebook, const struct clients_answer *answer)
{
    json_t *object = json_object();
    json_t *clients = json_array();
    json_t *deadlines = json_array();
    for (size_t i = 0; i < answer->client_count; i++) {
        json_add(clients, client_of(rulebook, &answer->clients[i]));
    }
    for (size_t i = 0; i < answer->deadline_count; i++) {
        const struct client_deadline *deadline = &answer->deadlines[i];
        const struct client_line *client = &answer->clients[deadline->client];
        json_t *line = json_object();
        json_set_str(line, "person", client->person.reference);
        json_set_str(line, "name", client->identity.name);
        json_set(line, "clock", part_clock(rulebook, &deadline->clock));
        json_set(line, "due", json_of_date(deadline->due.due));
        tell_time(line, &deadline->due);
        json_add(deadlines, line);
    }
    json_set(object, "today", json_of_date(answer->today));
    json_set(object, "clients", clients);
    json_set(object, "deadlines", deadlines);
    return object;
}
