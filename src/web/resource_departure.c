#include "web/resource_departure.h"

#include "web/resource_fact.h"
#include "web/resource_part.h"

static json_t *names_of(const struct rulebook *rulebook, const str *names, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, part_safeguard_name(rulebook, names[i]));
    }
    return list;
}

static json_t *known_instant(bool known, instant when)
{
    json_t *object = json_object();
    json_set_flag(object, "known", known);
    if (known) {
        json_set(object, "value", json_of_instant(when));
    }
    return object;
}

/* --- stops ------------------------------------------------------------------------------------ */

json_t *resource_stop_line(const struct rulebook *rulebook, const struct stop_line *line)
{
    json_t *object = json_object();
    json_set_int64(object, "stop", line->notice.stop);
    json_set_str(object, "person", line->reference);
    json_set_str(object, "name", line->name);
    json_set(object, "step", part_step(rulebook, line->step));
    json_set_int64(object, "request", line->notice.request);
    json_set_str(object, "hub", line->hub);
    json_set_str(object, "manifest", line->manifest);
    json_set_flag(object, "aboard", line->notice.manifest != 0);
    json_set(object, "stopped_at", json_of_instant(line->notice.stopped_at));
    json_set_flag(object, "acknowledged", line->notice.acknowledged);
    json_set(object, "acknowledged_at",
             known_instant(line->notice.acknowledged, line->notice.acknowledged_at));
    json_set(object, "safeguards", names_of(rulebook, line->safeguards, line->safeguard_count));
    return object;
}

json_t *resource_stops(const struct rulebook *rulebook, const struct stop_line *lines, size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    int64_t unacknowledged = 0;
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_stop_line(rulebook, &lines[i]));
        unacknowledged += lines[i].notice.acknowledged ? 0 : 1;
    }
    json_set(object, "stops", list);
    json_set_int64(object, "unacknowledged", unacknowledged);
    return object;
}

json_t *resource_stop(const struct rulebook *rulebook, const struct stop_answer *answer)
{
    json_t *object = resource_stop_line(rulebook, &answer->stop);
    json_set_flag(object, "mine", answer->stop.notice.account != 0);
    json_t *told = json_array();
    for (size_t i = 0; i < answer->told_count; i++) {
        const struct stop_notice_row *notice = &answer->told[i].notice;
        json_t *line = json_object();
        json_set_str(line, "account", answer->told[i].account);
        json_set_flag(line, "acknowledged", notice->acknowledged);
        json_set(line, "acknowledged_at",
                 known_instant(notice->acknowledged, notice->acknowledged_at));
        json_add(told, line);
    }
    json_set(object, "told", told);
    return object;
}

/* --- manifests -------------------------------------------------------------------------------- */

json_t *resource_manifest_row(const struct rulebook *rulebook, const struct manifest_row *row)
{
    const bool departed = row->departed_at.milliseconds != 0;
    json_t *object = json_object();
    json_set_str(object, "reference", row->reference);
    json_set(object, "step", part_step(rulebook, row->step));
    json_set_str(object, "state", str_from_c(manifest_state_name(row->state)));
    json_set_str(object, "destination", row->destination);
    json_set_str(object, "destination_text", part_country_name(rulebook, row->destination));
    json_set(object, "departs_at", json_of_instant(row->departs_at));
    json_set(object, "departed_at", known_instant(departed, row->departed_at));
    json_set_str(object, "carrier", row->carrier);
    json_set_str(object, "route", row->route);
    json_set_int64(object, "escorts", row->escorts);
    json_set_str(object, "escort_roles", row->escort_roles);
    json_set_int64(object, "aboard", row->aboard);
    return object;
}

json_t *resource_manifest_departed(const struct rulebook *rulebook,
                                   const struct manifest_departed *departed)
{
    json_t *object = resource_manifest_row(rulebook, &departed->manifest);
    json_t *called_back = json_array();
    for (size_t i = 0; i < departed->called_back_count; i++) {
        json_add(called_back, json_of_str(departed->called_back[i]));
    }
    json_set(object, "called_back", called_back);
    return object;
}

static json_t *manifest_line(const struct rulebook *rulebook, const struct manifest_line *line)
{
    json_t *object = resource_manifest_row(rulebook, &line->row);
    json_set(object, "hub", part_hub_name(&line->hub));
    json_set_str(object, "lead", line->lead);
    json_set_int64(object, "listed", (int64_t)line->listed);
    json_set_int64(object, "boarded", (int64_t)line->boarded);
    return object;
}

json_t *resource_manifests(const struct rulebook *rulebook, const struct manifest_line *lines,
                           size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, manifest_line(rulebook, &lines[i]));
    }
    json_set(object, "manifests", list);
    return object;
}

static json_t *compared_facts(const struct rulebook *rulebook, const struct manifest_person *person)
{
    json_t *list = json_array();
    for (size_t i = 0; i < person->compared_count; i++) {
        json_add(list, part_known_fact(rulebook, &person->compared[i]));
    }
    return list;
}

static json_t *manifest_person(const struct rulebook *rulebook,
                               const struct manifest_person *person)
{
    json_t *object = json_object();
    json_set(object, "person", part_person(rulebook, &person->person, &person->identity));
    json_set_int64(object, "request", person->entry.request);
    json_set_str(object, "state", str_from_c(manifest_entry_state_name(person->entry.state)));
    json_set_flag(object, "recalled", person->entry.recalled);
    json_set_flag(object, "judged", person->judged);
    if (person->judged) {
        json_set_str(object, "clearance", str_from_c(clearance_name(person->clearance)));
        json_set(object, "safeguards",
                 names_of(rulebook, person->safeguards, person->safeguard_count));
        json_set(object, "compared", compared_facts(rulebook, person));
    }
    return object;
}

json_t *resource_manifest(const struct rulebook *rulebook, const struct manifest_answer *answer)
{
    json_t *object = manifest_line(rulebook, &answer->manifest);
    json_t *people = json_array();
    for (size_t i = 0; i < answer->count; i++) {
        json_add(people, manifest_person(rulebook, &answer->people[i]));
    }
    json_set(object, "people", people);
    json_set_int64(object, "gone", (int64_t)answer->gone);
    json_set_int64(object, "out_of_sight", (int64_t)answer->out_of_sight);
    json_t *waiting = json_array();
    for (size_t i = 0; i < answer->waiting_count; i++) {
        json_add(waiting, part_work_request(rulebook, &answer->waiting[i]));
    }
    json_set(object, "waiting", waiting);
    return object;
}

json_t *resource_boarding(const struct rulebook *rulebook, const struct boarding_answer *answer)
{
    json_t *object = json_object();
    json_t *people = json_array();
    json_set(object, "manifest", resource_manifest_row(rulebook, &answer->manifest));
    for (size_t i = 0; i < answer->count; i++) {
        const struct boarding_line *line = &answer->lines[i];
        json_t *person = json_object();
        json_set_str(person, "person", line->person.reference);
        json_set_int64(person, "request", line->request);
        json_set_flag(person, "boarded", line->boarded);
        json_set(person, "safeguards", names_of(rulebook, line->safeguards, line->safeguard_count));
        json_add(people, person);
    }
    json_set(object, "people", people);
    json_set_int64(object, "boarded", (int64_t)answer->boarded_count);
    json_set_int64(object, "left_off", (int64_t)(answer->count - answer->boarded_count));
    json_set_flag(object, "repeated", answer->repeated);
    return object;
}
