#include "register/entry.h"

static const struct kind_text {
    str name;
    const char *title;
    unsigned about;
    str responsible;
} kinds[ENTRY_KIND_COUNT] = {
    [ENTRY_NONE] = {STR_INIT("none"), "", 0, STR_INIT("")},
#define ENTRY_KIND(constant, kind_name, kind_title, kind_about, role, action)                      \
    [constant] = {STR_INIT(kind_name), kind_title, kind_about, STR_INIT(role)},
#include "register/entry.def"
#undef ENTRY_KIND
};

static const struct entry_move moves[] = {
#define ENTRY_MOVE(move_kind, move_from, move_to, move_verb, action, move_due)                     \
    {move_kind, STR_INIT(move_from), STR_INIT(move_to), move_verb, move_due},
#include "register/entry.def"
#undef ENTRY_MOVE
};

static const struct entry_field fields[] = {
#define ENTRY_FIELD(field_kind, field_name, field_type, field_needed, field_choices, field_title)  \
    {field_kind,   STR_INIT(field_name),    field_type,                                            \
     field_needed, STR_INIT(field_choices), field_title},
#include "register/entry.def"
#undef ENTRY_FIELD
};

static const struct kind_outcome {
    enum entry_kind kind;
    str outcome;
} not_so[] = {
#define ENTRY_NOT_SO(entry_kind, entry_outcome) {entry_kind, STR_INIT(entry_outcome)},
#include "register/entry.def"
#undef ENTRY_NOT_SO
};

enum {
    NOT_SO_COUNT = sizeof not_so / sizeof not_so[0],
    MOVE_COUNT = sizeof moves / sizeof moves[0],
    FIELD_COUNT = sizeof fields / sizeof fields[0],
};

enum entry_kind entry_kind_from_name(str name)
{
    for (int kind = ENTRY_NONE + 1; kind < ENTRY_KIND_COUNT; kind++) {
        if (str_equal(kinds[kind].name, name)) {
            return (enum entry_kind)kind;
        }
    }
    return ENTRY_NONE;
}

const char *entry_kind_name(enum entry_kind kind)
{
    ASSERT(kind < ENTRY_KIND_COUNT);
    return kinds[kind].name.at;
}

const char *entry_kind_title(enum entry_kind kind)
{
    ASSERT(kind < ENTRY_KIND_COUNT);
    return kinds[kind].title;
}

unsigned entry_kind_about(enum entry_kind kind)
{
    ASSERT(kind < ENTRY_KIND_COUNT);
    return kinds[kind].about;
}

str entry_kind_responsible(enum entry_kind kind)
{
    ASSERT(kind < ENTRY_KIND_COUNT);
    return kinds[kind].responsible;
}

const struct entry_field *entry_fields(size_t *ret_count)
{
    *ret_count = FIELD_COUNT;
    return fields;
}

const struct entry_move *entry_moves(size_t *ret_count)
{
    *ret_count = MOVE_COUNT;
    return moves;
}

const struct entry_field *entry_field_find(enum entry_kind kind, str name)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].kind == kind && str_equal(fields[i].name, name)) {
            return &fields[i];
        }
    }
    return NULL;
}

const struct entry_move *entry_move_find(enum entry_kind kind, str from, str to)
{
    for (size_t i = 0; i < MOVE_COUNT; i++) {
        if (moves[i].kind == kind && str_equal(moves[i].from, from) && str_equal(moves[i].to, to)) {
            return &moves[i];
        }
    }
    return NULL;
}

bool entry_state_ends(enum entry_kind kind, str state)
{
    for (size_t i = 0; i < MOVE_COUNT; i++) {
        if (moves[i].kind == kind && str_equal(moves[i].from, state)) {
            return false;
        }
    }
    return true;
}

bool entry_state_is_pending(enum entry_kind kind, str state)
{
    for (size_t i = 0; i < MOVE_COUNT; i++) {
        if (moves[i].kind == kind && str_equal(moves[i].to, state)) {
            return moves[i].due == ENTRY_PENDING;
        }
    }
    return str_equal(state, ENTRY_STATE_OPEN);
}

bool entry_outcome_is_not_so(enum entry_kind kind, str outcome)
{
    for (size_t i = 0; i < NOT_SO_COUNT; i++) {
        if (not_so[i].kind == kind && str_equal(not_so[i].outcome, outcome)) {
            return true;
        }
    }
    return false;
}

bool entry_kind_may_be_not_so(enum entry_kind kind)
{
    for (size_t i = 0; i < NOT_SO_COUNT; i++) {
        if (not_so[i].kind == kind) {
            return true;
        }
    }
    return false;
}

bool entry_is_closed(const struct entry_row *row)
{
    return row->closed_at.milliseconds != 0;
}

bool entry_is_overdue(const struct entry_row *row, date today)
{
    return !entry_is_closed(row) && row->pending &&
           (!row->due_on.known || date_before(row->due_on.day, today));
}

/* --- events ----------------------------------------------------------------------------------- */

/* The fields that stand in the row. */
static result note_field(struct entry_row *row, str name, str value, struct err *err)
{
    if (str_equal(name, STR("outcome"))) {
        row->outcome = value;
    } else if (str_equal(name, STR("journey"))) {
        row->journey = value;
    } else if (str_equal(name, STR("severity"))) {
        if (row->severity.len > 0 && !str_equal(row->severity, value)) {
            return err_set(err, ERROR_CONFLICT,
                           "How serious the entry %lld is was said when it was opened",
                           (long long)row->id);
        }
        row->severity = value;
    } else if (str_equal(name, STR("started_at"))) {
        return instant_parse(value, &row->started_at, err);
    } else if (str_equal(name, STR("ended_at"))) {
        return instant_parse(value, &row->ended_at, err);
    }
    return result_ok();
}

static result note_fields(struct entry_row *row, enum entry_kind kind,
                          const struct text_list *names, const struct text_list *values,
                          struct err *err)
{
    if (names->count != values->count) {
        return err_set(err, ERROR_INPUT, "An entry has a value for each of its fields");
    }
    for (size_t i = 0; i < names->count; i++) {
        if (entry_field_find(kind, names->items[i]) == NULL) {
            return err_set(err, ERROR_INPUT, "A %s has no field \"%.*s\"", entry_kind_name(kind),
                           STR_ARG(names->items[i]));
        }
        TRY(note_field(row, names->items[i], values->items[i], err));
    }
    return result_ok();
}

/* The event that says last against whom the entry is. */
static result note_against(struct entry_row *row, enum entry_kind kind,
                           const struct number_list *against, int64_t position, struct err *err)
{
    if (against->count == 0) {
        return result_ok();
    }
    if ((entry_kind_about(kind) & ENTRY_AGAINST_ACCOUNTS) == 0) {
        return err_set(err, ERROR_INPUT, "A %s is against nobody", entry_kind_name(kind));
    }
    row->against_event = position;
    return result_ok();
}

static result entry_begin(struct entry_row *row, const struct event *event, struct err *err)
{
    const struct entry_opened_body *body = &event->body.entry_opened;
    const enum entry_kind kind = entry_kind_from_name(body->kind);
    const bool fits = kind != ENTRY_NONE &&
                      (entry_kind_about(kind) & 1U << event->subject_kind) != 0 &&
                      ((entry_kind_about(kind) & ENTRY_AT_A_HUB) == 0 || body->hub > 0);
    if (!fits) {
        return err_set(err, ERROR_INPUT, "The books have no such entry about a %s",
                       subject_kind_name(event->subject_kind));
    }
    if (row->id != 0) {
        return err_set(err, ERROR_CONFLICT, "The entry %lld is in the register already",
                       (long long)row->id);
    }
    struct entry_row begun = {
        .id = event->position,
        .kind = body->kind,
        .subject_kind = event->subject_kind,
        .subject = event->subject,
        .person = event->subject_kind == SUBJECT_OF_PERSON ? event->subject : 0,
        .hub = event->subject_kind == SUBJECT_OF_HUB ? event->subject : body->hub,
        .parent = body->parent,
        .responsible = body->responsible,
        .state = ENTRY_STATE_OPEN,
        .opened_on = event->effective_on,
        .opened_at = event->recorded_at,
        .pending = entry_state_is_pending(kind, ENTRY_STATE_OPEN),
        .due_on = body->due_on,
        .changed_event = event->position,
    };
    TRY(note_fields(&begun, kind, &body->fields, &body->values, err));
    TRY(note_against(&begun, kind, &body->against, event->position, err));
    *row = begun;
    return result_ok();
}

static result entry_become(struct entry_row *row, enum entry_kind kind, const struct event *event,
                           struct err *err)
{
    const struct entry_changed_body *body = &event->body.entry_changed;
    const struct entry_move *move = entry_move_find(kind, row->state, body->state);
    if (move == NULL) {
        return err_set(err, ERROR_CONFLICT, "The entry %lld is %.*s, so it cannot become %.*s",
                       (long long)row->id, STR_ARG(row->state), STR_ARG(body->state));
    }
    row->state = move->to;
    row->pending = move->due == ENTRY_PENDING;
    row->due_on = body->due_on;
    if (move->verb == ENTRY_ANSWERS) {
        row->answered_on = (struct known_day){.known = true, .day = event->effective_on};
    }
    if (entry_state_ends(kind, move->to)) {
        row->closed_on = (struct known_day){.known = true, .day = event->effective_on};
        row->closed_at = event->recorded_at;
    }
    return result_ok();
}

static result entry_change(struct entry_row *row, const struct event *event, struct err *err)
{
    const struct entry_changed_body *body = &event->body.entry_changed;
    const enum entry_kind kind = entry_kind_from_name(row->kind);
    if (row->id == 0 || row->id != body->entry || row->subject_kind != event->subject_kind ||
        row->subject != event->subject) {
        return err_set(err, ERROR_CONFLICT, "There is no entry %lld of this %s",
                       (long long)body->entry, subject_kind_name(event->subject_kind));
    }
    if (entry_is_closed(row)) {
        return err_set(err, ERROR_CONFLICT, "The entry %lld is %.*s: what has ended stays ended",
                       (long long)row->id, STR_ARG(row->state));
    }
    struct entry_row changed = *row;
    TRY(note_fields(&changed, kind, &body->fields, &body->values, err));
    TRY(note_against(&changed, kind, &body->against, event->position, err));
    if (body->state.len > 0) {
        TRY(entry_become(&changed, kind, event, err));
    } else if (body->due_on.known) {
        changed.due_on = body->due_on;
    }
    changed.changed_event = event->position;
    *row = changed;
    return result_ok();
}

result entry_row_apply(struct entry_row *row, const struct event *event, struct err *err)
{
    if (event->kind == EVENT_ENTRY_OPENED) {
        return entry_begin(row, event, err);
    }
    return event->kind == EVENT_ENTRY_CHANGED ? entry_change(row, event, err) : result_ok();
}
