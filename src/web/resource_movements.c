#include "web/resource_movements.h"

#include "web/resource_departure.h"
#include "web/resource_part.h"

static json_t *stay_as_json(const struct rulebook *rulebook, const struct movement_stay *stay)
{
    json_t *object = json_object();
    json_set(object, "hub", part_hub_name(&stay->hub));
    json_set(object, "arrival", json_string(arrival_state_name(stay->row.arrival)));
    json_set(object, "departed_on", json_of_date(stay->row.departed_on));
    json_set(object, "expected_on", part_known_day(stay->row.expected_on));
    json_set(object, "resolved_on", part_known_day(stay->row.resolved_on));
    json_set_int64(object, "days_overdue", stay->days_overdue);
    json_set(object, "left_on", part_known_day(stay->row.left_on));
    json_set_flag(object, "there_now", stay->row.left_event == 0);
    if (stay->row.left_by.len > 0) {
        json_set(object, "left_by", part_step(rulebook, stay->row.left_by));
    }
    return object;
}

json_t *resource_movements(const struct rulebook *rulebook, const struct movements *movements)
{
    json_t *object = part_person_arriving(rulebook, &movements->person, &movements->identity,
                                          &movements->arrival);
    json_t *stays = json_array();
    for (size_t i = 0; i < movements->stay_count; i++) {
        json_add(stays, stay_as_json(rulebook, &movements->stays[i]));
    }
    json_t *requests = json_array();
    for (size_t i = 0; i < movements->request_count; i++) {
        json_t *request = part_request(rulebook, &movements->requests[i]);
        json_set(request, "hub", part_hub_name(&movements->request_hubs[i]));
        json_add(requests, request);
    }
    json_set(object, "stays", stays);
    json_set(object, "requests", requests);
    json_set_flag(object, "on_manifest", movements->entry.manifest != 0);
    if (movements->entry.manifest != 0) {
        json_set(object, "manifest", resource_manifest_row(rulebook, &movements->manifest));
        json_set(object, "manifest_state",
                 json_string(manifest_entry_state_name(movements->entry.state)));
        json_set_flag(object, "recalled", movements->entry.recalled);
    }
    return object;
}

json_t *resource_entry_lines(const struct book_line *lines, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct entry_row *row = &lines[i].row;
        json_t *object = json_object();
        json_set_int64(object, "entry", row->id);
        json_set_str(object, "kind", row->kind);
        json_set(object, "title", json_string(entry_kind_title(entry_kind_from_name(row->kind))));
        json_set_str(object, "state", row->state);
        json_set_str(object, "hub", lines[i].hub);
        json_set(object, "opened_on", json_of_date(row->opened_on));
        json_set(object, "due_on", part_known_day(row->due_on));
        json_set_flag(object, "closed", entry_is_closed(row));
        json_set_flag(object, "overdue", lines[i].overdue);
        json_add(list, object);
    }
    return list;
}
