#include "web/resource_books.h"

#include "web/resource_part.h"

#include "register/entry.h"

json_t *part_known_number(bool known, int64_t number)
{
    json_t *object = json_object();
    json_set_flag(object, "known", known);
    if (known) {
        json_set_int64(object, "value", number);
    }
    return object;
}

json_t *part_known_instant(instant when)
{
    json_t *object = json_object();
    json_set_flag(object, "known", when.milliseconds != 0);
    if (when.milliseconds != 0) {
        json_set(object, "value", json_of_instant(when));
    }
    return object;
}

/* --- entries ---------------------------------------------------------------------------------- */

static json_t *row_object(const struct entry_row *row)
{
    json_t *object = json_object();
    const enum entry_kind kind = entry_kind_from_name(row->kind);
    json_set_int64(object, "entry", row->id);
    json_set_str(object, "kind", row->kind);
    json_set(object, "title", json_string(entry_kind_title(kind)));
    json_set_str(object, "state", row->state);
    json_set_str(object, "severity", row->severity);
    json_set_str(object, "outcome", row->outcome);
    json_set_str(object, "responsible", row->responsible);
    json_set_str(object, "journey", row->journey);
    json_set_int64(object, "follows_from", row->parent);
    json_set(object, "opened_on", json_of_date(row->opened_on));
    json_set_flag(object, "pending", entry_state_is_pending(kind, row->state));
    json_set(object, "due_on", part_known_day(row->due_on));
    json_set(object, "answered_on", part_known_day(row->answered_on));
    json_set(object, "closed_on", part_known_day(row->closed_on));
    json_set_flag(object, "closed", entry_is_closed(row));
    json_set(object, "started_at", part_known_instant(row->started_at));
    json_set(object, "ended_at", part_known_instant(row->ended_at));
    return object;
}

json_t *resource_book_line(const struct book_line *line)
{
    json_t *object = row_object(&line->row);
    json_set_str(object, "about", line->about);
    json_set_str(object, "name", line->name);
    json_set_flag(object, "about_person", line->row.person != 0);
    json_set_str(object, "hub", line->hub);
    json_set_flag(object, "overdue", line->overdue);
    return object;
}

json_t *resource_book_lines(const struct book_line *lines, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_book_line(&lines[i]));
    }
    return list;
}

json_t *resource_overdue_entries(const struct overdue_entries *overdue)
{
    json_t *object = json_object();
    json_set_int64(object, "overdue", overdue->total);
    json_set(object, "entries", resource_book_lines(overdue->lines, overdue->count));
    return object;
}

static const char *const field_types[] = {[ENTRY_TEXT] = "text",
                                          [ENTRY_CHOICE] = "choice",
                                          [ENTRY_INSTANT] = "instant",
                                          [ENTRY_REFERENCE] = "reference"};

static json_t *field_object(enum entry_kind kind, str name, str value)
{
    const struct entry_field *field = entry_field_find(kind, name);
    json_t *object = json_object();
    json_set_str(object, "name", name);
    json_set(object, "title", field != NULL ? json_string(field->title) : part_plain_name(name));
    json_set(object, "type", json_string(field != NULL ? field_types[field->type] : "text"));
    json_set_str(object, "value", value);
    return object;
}

static json_t *accounts_list(const struct account_row *accounts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *account = json_object();
        json_set_str(account, "username", accounts[i].username);
        json_set_str(account, "name", accounts[i].name);
        json_add(list, account);
    }
    return list;
}

/* What one writing said, from its event. */
static json_t *written(enum entry_kind kind, const struct text_list *names,
                       const struct text_list *values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < names->count && i < values->count; i++) {
        json_add(list, field_object(kind, names->items[i], values->items[i]));
    }
    return list;
}

static json_t *writing_object(enum entry_kind kind, const struct book_writing *writing)
{
    const struct event *event = &writing->event;
    const bool opened = event->kind == EVENT_ENTRY_OPENED;
    const struct entry_opened_body *open = &event->body.entry_opened;
    const struct entry_changed_body *changed = &event->body.entry_changed;
    json_t *object = json_object();
    json_set_int64(object, "event", event->position);
    json_set(object, "on", json_of_date(event->effective_on));
    json_set(object, "recorded_at", json_of_instant(event->recorded_at));
    json_set_str(object, "actor", writing->actor);
    json_set_str(object, "state", opened ? ENTRY_STATE_OPEN : changed->state);
    json_set_str(object, "due_by", opened ? open->due_by : changed->due_by);
    json_set_str(object, "reason", opened ? STR("") : changed->reason);
    json_set(object, "fields",
             opened ? written(kind, &open->fields, &open->values)
                    : written(kind, &changed->fields, &changed->values));
    json_set(object, "against", accounts_list(writing->against, writing->against_count));
    return object;
}

json_t *resource_book_entry(const struct book_entry *entry)
{
    json_t *object = resource_book_line(&entry->line);
    const enum entry_kind kind = entry_kind_from_name(entry->line.row.kind);
    json_t *fields = json_array();
    json_t *writings = json_array();
    for (size_t i = 0; i < entry->field_count; i++) {
        json_add(fields, field_object(kind, entry->fields[i].name, entry->fields[i].value));
    }
    for (size_t i = 0; i < entry->writing_count; i++) {
        json_add(writings, writing_object(kind, &entry->writings[i]));
    }
    json_set(object, "against", accounts_list(entry->against, entry->against_count));
    json_set(object, "fields", fields);
    json_set(object, "writings", writings);
    json_set(object, "duties", resource_book_lines(entry->duties, entry->duty_count));
    return object;
}

json_t *resource_entry_answer(const struct entry_answer *answer)
{
    json_t *object = row_object(&answer->row);
    json_t *duties = json_array();
    json_t *stopped = json_array();
    for (size_t i = 0; i < answer->duty_count; i++) {
        json_add(duties, row_object(&answer->duties[i]));
    }
    for (size_t i = 0; i < answer->stopped_count; i++) {
        json_t *request = json_object();
        json_set_int64(request, "request", answer->stopped[i].request);
        json_set_str(request, "person", answer->stopped[i].reference);
        json_set_str(request, "step", answer->stopped[i].step);
        json_add(stopped, request);
    }
    json_set(object, "duties", duties);
    json_set(object, "stopped", stopped);
    json_set_flag(object, "repeated", answer->repeated);
    return object;
}

json_t *resource_book_totals(const struct book_total_line *lines, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct book_total *total = &lines[i].total;
        json_t *object = json_object();
        json_set(object, "kind", json_string(entry_kind_name(total->kind)));
        json_set(object, "title", json_string(entry_kind_title(total->kind)));
        json_set_str(object, "about", lines[i].about);
        json_set_str(object, "journey", lines[i].journey);
        json_set_int64(object, "entries", total->entries);
        json_set_int64(object, "not_closed", total->not_closed);
        json_set_int64(object, "overdue", total->overdue);
        json_set_int64(object, "serious", total->serious);
        json_set_int64(object, "minutes", total->minutes);
        json_set_int64(object, "longest_minutes", total->longest_minutes);
        json_set_int64(object, "lasting", total->lasting);
        json_add(list, object);
    }
    return list;
}
