#include "casework/books.h"

#include "casework/book_clocks.h"
#include "casework/book_work.h"
#include "casework/days.h"
#include "casework/foretold.h"
#include "casework/recall.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"

#include "register/reference.h"

/* --- who may ---------------------------------------------------------------------------------- */

static const enum action kind_actions[ENTRY_KIND_COUNT] = {
#define ENTRY_KIND(constant, name, title, about, responsible, action) [constant] = action,
#include "register/entry.def"
#undef ENTRY_KIND
};

/* In the order of entry_moves. */
static const enum action move_actions[] = {
#define ENTRY_MOVE(kind, from, to, verb, action, due) action,
#include "register/entry.def"
#undef ENTRY_MOVE
};

enum action book_kind_action(enum entry_kind kind)
{
    return kind_actions[kind];
}

enum action book_move_action(const struct entry_move *move)
{
    size_t count = 0;
    const struct entry_move *first = entry_moves(&count);
    ASSERT(move >= first && move < first + count);
    return move_actions[move - first];
}

bool book_role_answers(enum entry_kind kind, enum account_role role, bool at_a_hub)
{
    const enum access_scope sees = access_scope(role, ACTION_SEE_BOOKS);
    bool acts = access_scope(role, kind_actions[kind]) != SCOPE_NONE;
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&count);
    for (size_t i = 0; i < count; i++) {
        acts = acts || (moves[i].kind == kind && access_scope(role, move_actions[i]) != SCOPE_NONE);
    }
    return acts && (sees == SCOPE_ALL || (sees == SCOPE_OWN_HUB && at_a_hub));
}

/* --- against whom ----------------------------------------------------------------------------- */

result book_against(struct sitting *sitting, const struct entry_row *row,
                    struct number_list *ret_accounts, struct err *err)
{
    struct event event;
    *ret_accounts = (struct number_list){.count = 0};
    if (row->against_event == 0) {
        return result_ok();
    }
    TRY(transaction_event(sitting->transaction, row->against_event, sitting->arena, &event, err));
    const struct number_list *named = event.kind == EVENT_ENTRY_OPENED
                                          ? &event.body.entry_opened.against
                                          : &event.body.entry_changed.against;
    const bool nobody = named->count == 1 && named->items[0] == 0;
    *ret_accounts = nobody ? (struct number_list){.count = 0} : *named;
    return result_ok();
}

static bool has_number(const struct number_list *list, int64_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == number) {
            return true;
        }
    }
    return false;
}

/* What follows from a complaint is as far from whom it is about as the complaint itself. An entry
 * follows from older ones alone. */
static result stands_to(struct sitting *sitting, const struct entry_row *row,
                        unsigned *ret_relations, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct sitting reading = *sitting;
    struct entry_row at = *row;
    bool named = false;
    reading.arena = &scratch;
    for (;;) {
        struct number_list accounts;
        TRY(book_against(&reading, &at, &accounts, err));
        named = has_number(&accounts, sitting->account.id);
        if (named || at.parent == 0) {
            *ret_relations = named ? 1U << RELATION_COMPLAINED_OF : 0;
            return result_ok();
        }
        TRY(transaction_entry(sitting->transaction, at.parent, &scratch, &at, err));
    }
}

/* --- who sees it ------------------------------------------------------------------------------ */

/* What happened at a hub is seen by whoever sees the hub, unless the person is nobody's to see. */
static result in_sight(struct sitting *sitting, const struct entry_row *row, enum action action,
                       bool *ret_may, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row person = {.id = 0};
    struct hub_row hub = {.id = 0};
    bool hidden = false;
    if (row->person != 0) {
        TRY(transaction_person(sitting->transaction, row->person, &scratch, &person, err));
        TRY(sitting_hides(sitting, &person, action, &hidden, err));
    }
    *ret_may = false;
    if (hidden || row->hub == 0) {
        return hidden ? result_ok() : sitting_may_person(sitting, &person, action, ret_may, err);
    }
    TRY(transaction_hub(sitting->transaction, row->hub, &scratch, &hub, err));
    return sitting_may_hub(sitting, &hub, action, ret_may, err);
}

result book_may(struct sitting *sitting, const struct entry_row *row, enum action action,
                bool *ret_may, struct err *err)
{
    struct access_object object = {.hub_count = 0};
    TRY(in_sight(sitting, row, action, ret_may, err));
    if (*ret_may) {
        TRY(stands_to(sitting, row, &object.relations, err));
        *ret_may = access_conflict(action, &object) == NULL;
    }
    return result_ok();
}

static result no_such_entry(int64_t id, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no entry %lld for this account", (long long)id);
}

result book_find(struct sitting *sitting, int64_t id, enum action action, struct entry_row *ret_row,
                 struct err *err)
{
    struct err failure = {0};
    struct entry_row row = {.id = 0};
    bool may_see = false;
    unsigned relations = 0;
    if (!transaction_entry(sitting->transaction, id, sitting->arena, &row, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND ? no_such_entry(id, err)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    TRY(in_sight(sitting, &row, action, &may_see, err));
    if (!may_see) {
        return no_such_entry(id, err);
    }
    TRY(stands_to(sitting, &row, &relations, err));
    TRY(sitting_no_conflict(action, relations, err));
    *ret_row = row;
    return result_ok();
}

/* --- what is written, checked before anything is locked --------------------------------------- */

static result hint_fields(enum entry_kind kind, struct err *err)
{
    char names[240];
    size_t len = 0;
    size_t count = 0;
    const struct entry_field *fields = entry_fields(&count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == kind && !str_list_add(names, sizeof names, &len, fields[i].name)) {
            break;
        }
    }
    return err_hint(err, "A %s has: %.*s.", entry_kind_name(kind), (int)len, names);
}

static result check_choice(const struct entry_field *field, str value, struct err *err)
{
    str left = field->choices;
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, ' ');
        if (str_equal(cut.head, value)) {
            return result_ok();
        }
        left = cut.tail;
    }
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not one of the answers to: %s",
                          STR_ARG(str_slice(value, 0, 60)), field->title),
                  "the hint follows");
    return err_hint(err, "It is one of: %.*s.", STR_ARG(field->choices));
}

static result check_value(const struct entry_field *field, str value, struct err *err)
{
    instant when;
    TRY(text_line_required(field->title, value, BOOK_TEXT_MAX_BYTES, err));
    switch (field->type) {
    case ENTRY_TEXT:
        return result_ok();
    case ENTRY_CHOICE:
        return check_choice(field, value, err);
    case ENTRY_INSTANT:
        return instant_parse(value, &when, err);
    case ENTRY_REFERENCE:
        return text_reference(value, err);
    }
    return result_ok();
}

static result check_fields(enum entry_kind kind, const struct book_field *fields, size_t count,
                           struct err *err)
{
    if (count > ENTRY_FIELDS_MAX) {
        return err_set(err, ERROR_INPUT, "An entry has at most %d fields", ENTRY_FIELDS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(text_line_required("The name of a field", fields[i].name, FACT_NAME_MAX_BYTES, err));
        const struct entry_field *field = entry_field_find(kind, fields[i].name);
        if (field == NULL) {
            result_ignore(err_set(err, ERROR_INPUT, "A %s has no field \"%.*s\"",
                                  entry_kind_name(kind), STR_ARG(fields[i].name)),
                          "the hint follows");
            return hint_fields(kind, err);
        }
        TRY(check_value(field, fields[i].value, err));
        for (size_t j = 0; j < i; j++) {
            if (str_equal(fields[i].name, fields[j].name)) {
                return err_set(err, ERROR_INPUT, "\"%.*s\" is given twice",
                               STR_ARG(fields[i].name));
            }
        }
    }
    return result_ok();
}

static result check_due(struct known_day due_on, str reason, struct err *err)
{
    if (!due_on.known) {
        return result_ok();
    }
    return text_line_required("Why it is due on that day", reason, SOURCE_MAX_BYTES, err);
}

/* The next user name of those typed; .len is 0 when there is none left. */
static str next_name(str *left)
{
    size_t from = 0;
    while (from < left->len && (left->at[from] == ' ' || left->at[from] == ',')) {
        from++;
    }
    size_t end = from;
    while (end < left->len && left->at[end] != ' ' && left->at[end] != ',') {
        end++;
    }
    const str name = str_slice(*left, from, end);
    *left = str_slice(*left, end, left->len);
    return name;
}

static result check_against(enum entry_kind kind, str against, struct err *err)
{
    str left = against;
    if (against.len > 0 && (entry_kind_about(kind) & ENTRY_AGAINST_ACCOUNTS) == 0) {
        return err_set(err, ERROR_INPUT, "A %s is against nobody", entry_kind_name(kind));
    }
    TRY(text_line("Whom it is about", against, SOURCE_MAX_BYTES, err));
    for (size_t count = 0; next_name(&left).len > 0; count++) {
        if (count == BOOK_AGAINST_MAX) {
            return err_set(err, ERROR_INPUT, "A complaint names at most %d accounts",
                           BOOK_AGAINST_MAX);
        }
    }
    return result_ok();
}

static result find_kind(str name, enum entry_kind *ret_kind, struct err *err)
{
    const enum entry_kind kind = entry_kind_from_name(name);
    if (kind != ENTRY_NONE) {
        *ret_kind = kind;
        return result_ok();
    }
    char names[240];
    size_t len = 0;
    for (int i = ENTRY_NONE + 1; i < ENTRY_KIND_COUNT; i++) {
        if (!str_list_add(names, sizeof names, &len,
                          str_from_c(entry_kind_name((enum entry_kind)i)))) {
            break;
        }
    }
    result_ignore(err_set(err, ERROR_INPUT, "The books have no such kind of entry"),
                  "the hint follows");
    return err_hint(err, "It is one of: %.*s.", (int)len, names);
}

/* --- what must be there ----------------------------------------------------------------------- */

static bool is_given(const struct book_field *fields, size_t count, str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(fields[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool was_written(const struct event *event, int64_t entry, str name)
{
    const struct text_list *names = NULL;
    if (event->kind == EVENT_ENTRY_OPENED && event->position == entry) {
        names = &event->body.entry_opened.fields;
    } else if (event->kind == EVENT_ENTRY_CHANGED && event->body.entry_changed.entry == entry) {
        names = &event->body.entry_changed.fields;
    }
    for (size_t i = 0; names != NULL && i < names->count; i++) {
        if (str_equal(names->items[i], name)) {
            return true;
        }
    }
    return false;
}

/* `events`: of the subject, or none for an entry that is only being opened. `outcome`: as it will
 * be; what is not so has no circumstances to choose from. */
static result check_needed(enum entry_kind kind, enum entry_needed needed, str outcome,
                           const struct book_field *given, size_t given_count,
                           const struct event *events, size_t event_count, int64_t entry,
                           struct err *err)
{
    size_t count = 0;
    const struct entry_field *fields = entry_fields(&count);
    const bool not_so = entry_outcome_is_not_so(kind, outcome);
    for (size_t i = 0; i < count; i++) {
        bool there = fields[i].kind != kind || fields[i].needed != needed ||
                     (not_so && fields[i].type == ENTRY_CHOICE) ||
                     is_given(given, given_count, fields[i].name);
        for (size_t j = 0; !there && j < event_count; j++) {
            there = was_written(&events[j], entry, fields[i].name);
        }
        if (!there) {
            result_ignore(err_set(err, ERROR_INPUT, "It is not said: %s", fields[i].title),
                          "the hint follows");
            return err_hint(err, "Give the field \"%.*s\".", STR_ARG(fields[i].name));
        }
    }
    return result_ok();
}

/* --- times of the row ------------------------------------------------------------------------- */

static result take_instant(const struct book_field *field, str name, instant *when, struct err *err)
{
    return str_equal(field->name, name) ? instant_parse(field->value, when, err) : result_ok();
}

/* Nothing ends before it begins, and nothing is written down before it happens. */
static result check_times(const struct sitting *sitting, instant started, instant ended,
                          const struct book_field *fields, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        TRY(take_instant(&fields[i], STR("started_at"), &started, err));
        TRY(take_instant(&fields[i], STR("ended_at"), &ended, err));
    }
    if (started.milliseconds != 0) {
        TRY(days_check_instant("When it began", started, DAYS_HAPPENED, sitting->today, err));
    }
    if (ended.milliseconds != 0) {
        TRY(days_check_instant("When it ended", ended, DAYS_HAPPENED, sitting->today, err));
    }
    if (started.milliseconds > sitting->at.milliseconds ||
        ended.milliseconds > sitting->at.milliseconds) {
        return err_set(err, ERROR_INPUT, "What is written in the books has happened already");
    }
    if (started.milliseconds != 0 && ended.milliseconds != 0 &&
        ended.milliseconds < started.milliseconds) {
        return err_set(err, ERROR_INPUT, "It cannot end before it began");
    }
    return result_ok();
}

static result check_day(const struct sitting *sitting, date on, struct err *err)
{
    return days_check("The day that it is about", on, DAYS_HAPPENED, sitting->today, err);
}

/* --- when it is due --------------------------------------------------------------------------- */

static result no_due(const char *clock, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "It is not said by when this is due"),
                  "the hint follows");
    return err_hint(err,
                    "The rulebook has no clock %s that runs here: give the day, and why it is "
                    "that day.",
                    clock);
}

static result later_than_law(struct known_day due, struct err *err)
{
    char day[DATE_TEXT_SIZE];
    date_format(due.day, day);
    return err_set(err, ERROR_INPUT, "By the rulebook this is due on %s, and nobody may put it off",
                   day);
}

struct due {
    struct known_day on;
    str by;
};

/* By the clock "entry_KIND", or "entry_KIND_STATE" in a later state; else by what was given. */
static result find_due(struct sitting *sitting, const struct book_subject *subject,
                       enum entry_kind kind, str state, date since, struct known_day given,
                       str reason, struct due *ret_due, struct err *err)
{
    const bool begins = str_equal(state, ENTRY_STATE_OPEN);
    const str clock =
        arena_format(sitting->arena, begins ? BOOK_CLOCK_PREFIX "%s" : BOOK_CLOCK_PREFIX "%s_%.*s",
                     entry_kind_name(kind), STR_ARG(state));
    bool applies = false;
    struct known_day due;
    *ret_due = (struct due){.by = STR("")};
    if (clock.at == NULL) {
        return arena_full(err);
    }
    if (!entry_state_is_pending(kind, state)) {
        return result_ok();
    }
    TRY(book_due(sitting, subject, clock, since, &applies, &due, err));
    if (given.known) {
        TRY(days_check("The day by which it is due", given.day, DAYS_ARRANGED, sitting->today,
                       err));
        if (applies && due.known && date_before(due.day, given.day)) {
            return later_than_law(due, err);
        }
        *ret_due = (struct due){.on = given, .by = str_trim(reason)};
        return result_ok();
    }
    if (!applies || !due.known) {
        return no_due(clock.at, err);
    }
    *ret_due =
        (struct due){.on = due, .by = arena_format(sitting->arena, "clock %.*s", STR_ARG(clock))};
    return ret_due->by.at == NULL ? arena_full(err) : result_ok();
}

/* --- of whom it complains --------------------------------------------------------------------- */

/* Whoever comes from outside decides on nothing in the books. */
static result find_named(struct sitting *sitting, str username, int64_t *ret_account,
                         struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct account_row account;
    struct err failure = {0};
    if (!transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT, username, ret_account, &failure)
             .ok) {
        return failure.code == ERROR_NOT_FOUND ? sitting_no_such_account(err, username)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    TRY(transaction_account(sitting->transaction, *ret_account, &scratch, &account, err));
    if (access_scope(role_from_name(account.role), ACTION_SEE_OWN) != SCOPE_NONE) {
        return err_set(err, ERROR_INPUT,
                       "\"%.*s\" is the account of somebody who decides on no complaint",
                       STR_ARG(account.username));
    }
    return result_ok();
}

/* The accounts named, each once; {0} for nobody any more, and none when nothing is said. */
static result find_against(struct sitting *sitting, str against, struct number_list *ret_accounts,
                           struct err *err)
{
    int64_t *accounts = ARENA_NEW(sitting->arena, int64_t, BOOK_AGAINST_MAX);
    struct number_list list = {.items = accounts};
    str left = against;
    if (accounts == NULL) {
        return arena_full(err);
    }
    if (str_equal(str_trim(against), BOOK_AGAINST_NOBODY)) {
        accounts[0] = 0;
        *ret_accounts = (struct number_list){.items = accounts, .count = 1};
        return result_ok();
    }
    for (str name = next_name(&left); name.len > 0; name = next_name(&left)) {
        int64_t account = 0;
        TRY(find_named(sitting, name, &account, err));
        if (!has_number(&list, account)) {
            accounts[list.count++] = account;
        }
    }
    *ret_accounts = list;
    return result_ok();
}

/* A name once given is taken back by whoever may close the entry, and not without a reason. */
static result check_taken_back(struct sitting *sitting, const struct entry_row *row,
                               const struct number_list *against, str reason, struct err *err)
{
    struct number_list before;
    bool may_close = false;
    bool taken_back = false;
    TRY(book_against(sitting, row, &before, err));
    for (size_t i = 0; against->count > 0 && i < before.count; i++) {
        taken_back = taken_back || !has_number(against, before.items[i]);
    }
    if (!taken_back) {
        return result_ok();
    }
    TRY(sitting_require(sitting, ACTION_CLOSE_ENTRY, err));
    TRY(book_may(sitting, row, ACTION_CLOSE_ENTRY, &may_close, err));
    return may_close ? text_line_required("Why the complaint is not about them", reason,
                                          SOURCE_MAX_BYTES, err)
                     : no_such_entry(row->id, err);
}

/* --- opening ---------------------------------------------------------------------------------- */

struct open_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct new_entry *wanted;
    enum entry_kind kind;
    struct arena *arena;
    struct entry_answer answer;
};

static result fields_of(const struct book_field *fields, size_t count, struct arena *arena,
                        struct text_list *ret_names, struct text_list *ret_values, struct err *err)
{
    str *names = ARENA_NEW(arena, str, count + 1);
    str *values = ARENA_NEW(arena, str, count + 1);
    if (names == NULL || values == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = fields[i].name;
        values[i] = str_trim(fields[i].value);
    }
    *ret_names = (struct text_list){.items = names, .count = count};
    *ret_values = (struct text_list){.items = values, .count = count};
    return result_ok();
}

static result find_person(struct sitting *sitting, const struct open_work *work,
                          struct book_subject *subject, struct err *err)
{
    const enum action action = kind_actions[work->kind];
    struct person_row person;
    TRY(sitting_person(sitting, work->wanted->about, action, &person, err));
    *subject = (struct book_subject){.kind = SUBJECT_OF_PERSON, .id = person.id, .hub = person.hub};
    if (work->wanted->hub.len > 0) {
        struct hub_row hub;
        TRY(sitting_hub(sitting, work->wanted->hub, action, &hub, err));
        subject->hub = hub.id;
    }
    return result_ok();
}

static result find_hub(struct sitting *sitting, const struct open_work *work,
                       struct book_subject *subject, struct err *err)
{
    struct hub_row hub;
    TRY(sitting_hub(sitting, work->wanted->about, kind_actions[work->kind], &hub, err));
    *subject = (struct book_subject){.kind = SUBJECT_OF_HUB, .id = hub.id, .hub = hub.id};
    return result_ok();
}

/* A person's reference has a form of its own, which a hub's cannot have. */
static result find_subject(struct sitting *sitting, const struct open_work *work,
                           struct book_subject *subject, struct err *err)
{
    const unsigned about = entry_kind_about(work->kind);
    char reference[REFERENCE_SIZE];
    const bool of_person = (about & ENTRY_ABOUT_PERSON) != 0;
    const bool of_hub = (about & ENTRY_ABOUT_HUB) != 0;
    if (of_person && (!of_hub || reference_read(work->wanted->about, reference, NULL).ok)) {
        TRY(find_person(sitting, work, subject, err));
    } else {
        TRY(find_hub(sitting, work, subject, err));
    }
    if ((about & ENTRY_AT_A_HUB) != 0 && subject->hub == 0) {
        result_ignore(err_set(err, ERROR_INPUT, "It is not said at which hub"), "the hint follows");
        return err_hint(err, "Give the reference of the hub that it is about.");
    }
    return result_ok();
}

static result check_parent(struct sitting *sitting, const struct open_work *work,
                           const struct book_subject *subject, struct err *err)
{
    struct entry_row parent;
    if (work->wanted->parent == 0) {
        return result_ok();
    }
    TRY(book_find(sitting, work->wanted->parent, ACTION_SEE_BOOKS, &parent, err));
    bool related = (parent.subject_kind == subject->kind && parent.subject == subject->id) ||
                   (parent.hub != 0 && parent.hub == subject->hub);
    if (!related && parent.person != 0 && subject->kind == SUBJECT_OF_PERSON) {
        TRY(sitting_is_person(sitting, parent.person, subject->id, &related, err));
    }
    return related ? result_ok()
                   : err_set(err, ERROR_INPUT,
                             "The entry %lld is about somebody else, so this cannot follow from it",
                             (long long)parent.id);
}

/* The rows of the duties, when all is appended. */
static result read_answer(struct sitting *sitting, int64_t entry, struct entry_answer *answer,
                          struct err *err)
{
    bool may_see = false;
    TRY(transaction_entry(sitting->transaction, entry, sitting->arena, &answer->row, err));
    TRY(book_may(sitting, &answer->row, ACTION_SEE_BOOKS, &may_see, err));
    answer->out_of_sight = !may_see;
    return transaction_entries_under(sitting->transaction, entry, sitting->arena, &answer->duties,
                                     &answer->duty_count, err);
}

static bool same_texts(const struct text_list *names, const struct text_list *values,
                       const struct book_field *fields, size_t count)
{
    bool same = names->count == count && values->count == count;
    for (size_t i = 0; same && i < count; i++) {
        same = str_equal(names->items[i], fields[i].name) &&
               str_equal(values->items[i], str_trim(fields[i].value));
    }
    return same;
}

static bool same_numbers(const struct number_list *one, const struct number_list *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++) {
        same = one->items[i] == other->items[i];
    }
    return same;
}

static result answer_again(struct sitting *sitting, const struct event *before, int64_t entry,
                           struct entry_answer *answer, struct err *err)
{
    struct done_before done;
    struct stopped_list stopped;
    TRY(repeat_events(sitting, before, &done, err));
    TRY(repeat_stopped(sitting, &done, &stopped, err));
    answer->stopped = stopped.items;
    answer->stopped_count = stopped.count;
    answer->repeated = true;
    return read_answer(sitting, entry, answer, err);
}

static result open_again(struct sitting *sitting, struct open_work *work,
                         const struct book_subject *subject, const struct event *before,
                         struct err *err)
{
    const struct entry_opened_body *body = &before->body.entry_opened;
    struct number_list against;
    TRY(find_against(sitting, work->wanted->against, &against, err));
    const bool same =
        before->kind == EVENT_ENTRY_OPENED && sitting->before_subject == subject->id &&
        before->subject_kind == subject->kind && str_equal(body->kind, work->wanted->kind) &&
        same_numbers(&body->against, &against) &&
        same_texts(&body->fields, &body->values, work->wanted->fields, work->wanted->field_count);
    return same ? answer_again(sitting, before, before->position, &work->answer, err)
                : sitting_client_id_taken(err);
}

/* Judges again what the entry concerns. */
static result review(struct sitting *sitting, const struct book_subject *subject, int64_t cause,
                     struct entry_answer *answer, struct err *err)
{
    const struct touched touched = {.kind = subject->kind, .id = subject->id};
    struct stopped_list stopped;
    TRY(recall_review(sitting, &touched, 1, cause, NULL, &stopped, err));
    answer->stopped = stopped.items;
    answer->stopped_count = stopped.count;
    return result_ok();
}

static result hint_roles(enum entry_kind kind, bool at_a_hub, struct err *err)
{
    unsigned roles = 0;
    for (unsigned role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
        roles |= book_role_answers(kind, (enum account_role)role, at_a_hub) ? 1U << role : 0;
    }
    return access_hint_roles(roles, err);
}

/* Who answers for the entry sees it, and can do something about it. */
static result find_responsible(const struct open_work *work, const struct book_subject *subject,
                               str *ret_role, struct err *err)
{
    const str wanted = work->wanted->responsible;
    const str usual = entry_kind_responsible(work->kind);
    const bool at_a_hub = subject->hub != 0;
    if (book_role_answers(work->kind, role_from_name(wanted.len > 0 ? wanted : usual), at_a_hub)) {
        *ret_role = wanted.len > 0 ? wanted : usual;
        return result_ok();
    }
    if (wanted.len == 0) {
        *ret_role = str_from_c(role_name(ROLE_CASEWORKER));
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT,
                          "Whoever answers for an entry must see it and be able to answer it"),
                  "the hint follows");
    return hint_roles(work->kind, at_a_hub, err);
}

static result append_opened(struct sitting *sitting, struct open_work *work,
                            const struct book_subject *subject, struct err *err)
{
    const struct new_entry *wanted = work->wanted;
    const date on = wanted->on.known ? wanted->on.day : sitting->today;
    struct due due;
    str responsible = STR("");
    TRY(find_responsible(work, subject, &responsible, err));
    TRY(check_day(sitting, on, err));
    TRY(check_times(sitting, (instant){0}, (instant){0}, wanted->fields, wanted->field_count, err));
    TRY(find_due(sitting, subject, work->kind, ENTRY_STATE_OPEN, on, wanted->due_on,
                 wanted->due_reason, &due, err));
    struct event event = {
        .subject_kind = subject->kind,
        .subject = subject->id,
        .kind = EVENT_ENTRY_OPENED,
        .effective_on = on,
        .body.entry_opened = {.kind = wanted->kind,
                              .hub = subject->hub,
                              .parent = wanted->parent,
                              .responsible = responsible,
                              .due_on = due.on,
                              .due_by = due.by},
    };
    TRY(fields_of(wanted->fields, wanted->field_count, sitting->arena,
                  &event.body.entry_opened.fields, &event.body.entry_opened.values, err));
    TRY(find_against(sitting, wanted->against, &event.body.entry_opened.against, err));
    TRY(sitting_append(sitting, &event, err));
    TRY(book_open_duties(sitting, subject, work->kind, event.position, on, err));
    TRY(review(sitting, subject, event.position, &work->answer, err));
    return read_answer(sitting, event.position, &work->answer, err);
}

static result open_work(struct transaction *transaction, void *context, struct err *err)
{
    struct open_work *work = context;
    struct sitting sitting;
    struct event before;
    struct book_subject subject = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller,
                       kind_actions[work->kind], work->arena, &before, err));
    TRY(find_subject(&sitting, work, &subject, err));
    if (before.position != 0) {
        return open_again(&sitting, work, &subject, &before, err);
    }
    TRY(check_parent(&sitting, work, &subject, err));
    return append_opened(&sitting, work, &subject, err);
}

result casework_open_entry(const struct casework *casework, const struct caller *caller,
                           const struct new_entry *entry, struct arena *arena,
                           struct entry_answer *ret_answer, struct err *err)
{
    struct open_work work = {
        .casework = casework, .caller = caller, .wanted = entry, .arena = arena};
    TRY(find_kind(entry->kind, &work.kind, err));
    TRY(check_due(entry->due_on, entry->due_reason, err));
    TRY(check_against(work.kind, entry->against, err));
    TRY(check_fields(work.kind, entry->fields, entry->field_count, err));
    TRY(check_needed(work.kind, ENTRY_NEEDED_TO_OPEN, STR(""), entry->fields, entry->field_count,
                     NULL, 0, 0, err));
    TRY(store_write(casework->store, open_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- changing --------------------------------------------------------------------------------- */

struct change_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct entry_wanted *wanted;
    struct arena *arena;
    struct entry_answer answer;
};

static result hint_moves(const struct entry_row *row, enum entry_kind kind, struct err *err)
{
    char states[240];
    size_t len = 0;
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&count);
    for (size_t i = 0; i < count; i++) {
        if (moves[i].kind == kind && str_equal(moves[i].from, row->state) &&
            !str_list_add(states, sizeof states, &len, moves[i].to)) {
            break;
        }
    }
    return len == 0 ? err_hint(err, "What has ended stays ended: open another entry.")
                    : err_hint(err, "From there it can become: %.*s.", (int)len, states);
}

static bool is_wished(const struct entry_move *move, const struct entry_row *row,
                      const struct entry_wanted *wanted)
{
    if (!str_equal(move->from, row->state)) {
        return false;
    }
    if (wanted->state.len > 0) {
        return str_equal(move->to, wanted->state);
    }
    return move->verb == (wanted->wish == ENTRY_WISH_CLOSE ? ENTRY_CLOSES : ENTRY_ANSWERS);
}

/* NULL when nothing moves. */
static result find_move(const struct entry_row *row, enum entry_kind kind,
                        const struct entry_wanted *wanted, const struct entry_move **ret_move,
                        struct err *err)
{
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&count);
    *ret_move = NULL;
    if (wanted->wish == ENTRY_WISH_ADD && wanted->state.len == 0) {
        return result_ok();
    }
    for (size_t i = 0; i < count; i++) {
        if (moves[i].kind == kind && is_wished(&moves[i], row, wanted)) {
            *ret_move = &moves[i];
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "The entry %lld is %.*s, which does not lead there",
                          (long long)row->id, STR_ARG(row->state)),
                  "the hint follows");
    return hint_moves(row, kind, err);
}

static result check_children(struct sitting *sitting, const struct entry_row *row, struct err *err)
{
    const struct entry_row *children = NULL;
    size_t count = 0;
    TRY(transaction_entries_under(sitting->transaction, row->id, sitting->arena, &children, &count,
                                  err));
    for (size_t i = 0; i < count; i++) {
        if (!entry_is_closed(&children[i])) {
            result_ignore(err_set(err, ERROR_CONFLICT,
                                  "The entry %lld, which follows from this one, is %.*s",
                                  (long long)children[i].id, STR_ARG(children[i].state)),
                          "the hint follows");
            return err_hint(err, "An entry is closed when everything that follows from it is.");
        }
    }
    return result_ok();
}

/* "" when none is written. */
static str outcome_written(const struct entry_wanted *wanted)
{
    str outcome = STR("");
    for (size_t i = 0; i < wanted->field_count; i++) {
        if (str_equal(wanted->fields[i].name, STR("outcome"))) {
            outcome = str_trim(wanted->fields[i].value);
        }
    }
    return outcome;
}

/* An entry that ends foretells nothing any more. */
static result check_foretold(struct sitting *sitting, const struct entry_row *row, str outcome,
                             struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct entry_row then = *row;
    uint32_t step = NOT_FOUND_INDEX;
    then.outcome = outcome;
    TRY(foretold_by(sitting, &then, &step, err));
    if (step == NOT_FOUND_INDEX) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "The entry %lld is not closed before what it says is recorded by the "
                          "step \"%.*s\"",
                          (long long)row->id, STR_ARG(rulebook->steps[step].title)),
                  "the hint follows");
    return foretold_hint(rulebook, row->kind, step, err);
}

static result check_move(struct sitting *sitting, const struct entry_row *row, enum entry_kind kind,
                         const struct entry_move *move, const struct entry_wanted *wanted,
                         struct err *err)
{
    const str written = outcome_written(wanted);
    const str outcome = written.len > 0 ? written : row->outcome;
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(sitting->transaction, row->subject_kind, row->subject, 0, 0,
                            sitting->arena, &events, &count, err));
    if (move->verb == ENTRY_ANSWERS) {
        TRY(check_needed(kind, ENTRY_NEEDED_TO_ANSWER, outcome, wanted->fields, wanted->field_count,
                         events, count, row->id, err));
    }
    if (!entry_state_ends(kind, move->to)) {
        return result_ok();
    }
    TRY(check_needed(kind, ENTRY_NEEDED_TO_CLOSE, outcome, wanted->fields, wanted->field_count,
                     events, count, row->id, err));
    TRY(check_children(sitting, row, err));
    return check_foretold(sitting, row, outcome, err);
}

static struct book_subject subject_of(const struct entry_row *row)
{
    return (struct book_subject){.kind = row->subject_kind, .id = row->subject, .hub = row->hub};
}

/* What is asked of a partner in confidence leaves no trace with the person. */
static result is_in_confidence(struct sitting *sitting, const struct entry_row *row, bool *ret_is,
                               struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct hub_row hub = {.id = 0};
    struct agreement_row agreement = {.id = 0};
    TRY(transaction_hub(sitting->transaction, row->hub, &scratch, &hub, err));
    if (hub.agreement != 0) {
        TRY(transaction_agreement(sitting->transaction, hub.agreement, &scratch, &agreement, err));
    }
    *ret_is = agreement.confidential;
    return result_ok();
}

/* A person whom the partner declines is not accepted, whatever was recorded before: the law is told
 * in the same commit. That somebody is accepted it is not told, for the law asks in which form and
 * until when. */
static result append_declined(struct sitting *sitting, const struct entry_row *row, int64_t *cause,
                              struct err *err)
{
    bool in_confidence = false;
    TRY(is_in_confidence(sitting, row, &in_confidence, err));
    if (in_confidence) {
        return result_ok();
    }
    const str source =
        arena_format(sitting->arena, "declined: see entry %lld in the books", (long long)row->id);
    if (source.at == NULL) {
        return arena_full(err);
    }
    const struct checked_entry entry = {.fact = BOOK_ACCEPTED_FACT,
                                        .value = STR("no"),
                                        .true_from = sitting->today,
                                        .source = source};
    return record_tell_law(sitting, row->subject, FACT_FLAG, &entry, cause, err);
}

static result append_changed(struct sitting *sitting, struct change_work *work,
                             const struct entry_row *row, enum entry_kind kind,
                             const struct entry_move *move, struct err *err)
{
    const struct entry_wanted *wanted = work->wanted;
    const struct book_subject subject = subject_of(row);
    const date on = wanted->on.known ? wanted->on.day : sitting->today;
    struct due due = {.by = STR("")};
    TRY(check_day(sitting, on, err));
    if (date_before(on, row->opened_on)) {
        return err_set(err, ERROR_INPUT, "That is before the entry begins");
    }
    TRY(check_times(sitting, row->started_at, row->ended_at, wanted->fields, wanted->field_count,
                    err));
    if (move != NULL) {
        TRY(check_move(sitting, row, kind, move, wanted, err));
        TRY(find_due(sitting, &subject, kind, move->to, on, wanted->due_on, wanted->due_reason,
                     &due, err));
    } else if (wanted->due_on.known) {
        TRY(find_due(sitting, &subject, kind, row->state, row->opened_on, wanted->due_on,
                     wanted->due_reason, &due, err));
    }
    struct event event = {
        .subject_kind = row->subject_kind,
        .subject = row->subject,
        .kind = EVENT_ENTRY_CHANGED,
        .effective_on = on,
        .body.entry_changed = {.entry = row->id,
                               .state = move == NULL ? STR("") : move->to,
                               .due_on = due.on,
                               .due_by = due.by,
                               .reason = str_trim(wanted->reason)},
    };
    TRY(fields_of(wanted->fields, wanted->field_count, sitting->arena,
                  &event.body.entry_changed.fields, &event.body.entry_changed.values, err));
    TRY(find_against(sitting, wanted->against, &event.body.entry_changed.against, err));
    TRY(check_taken_back(sitting, row, &event.body.entry_changed.against, wanted->reason, err));
    TRY(sitting_append(sitting, &event, err));
    int64_t cause = event.position;
    if (kind == ENTRY_ACCEPTANCE && str_equal(outcome_written(wanted), STR("declined"))) {
        TRY(append_declined(sitting, row, &cause, err));
    }
    TRY(review(sitting, &subject, cause, &work->answer, err));
    return read_answer(sitting, row->id, &work->answer, err);
}

static result change_again(struct sitting *sitting, struct change_work *work,
                           const struct entry_row *row, const struct event *before, struct err *err)
{
    const struct entry_wanted *wanted = work->wanted;
    const struct entry_changed_body *body = &before->body.entry_changed;
    struct number_list against;
    TRY(find_against(sitting, wanted->against, &against, err));
    const bool same = before->kind == EVENT_ENTRY_CHANGED && body->entry == row->id &&
                      (wanted->state.len == 0 || str_equal(body->state, wanted->state)) &&
                      same_numbers(&body->against, &against) &&
                      same_texts(&body->fields, &body->values, wanted->fields, wanted->field_count);
    return same ? answer_again(sitting, before, row->id, &work->answer, err)
                : sitting_client_id_taken(err);
}

/* Did the account answer this entry before? */
static result answered_before(struct sitting *sitting, const struct entry_row *row,
                              enum entry_kind kind, bool *ret_answered, struct err *err)
{
    enum { WHOLE = 1000000 };
    struct arena scratch = *sitting->arena;
    const struct event *events = NULL;
    size_t count = 0;
    *ret_answered = false;
    TRY(transaction_history(sitting->transaction, row->subject_kind, row->subject, 0, WHOLE,
                            &scratch, &events, &count, err));
    str state = ENTRY_STATE_OPEN;
    for (size_t i = count; i > 0; i--) {
        const struct event *event = &events[i - 1];
        const struct entry_changed_body *body = &event->body.entry_changed;
        if (event->kind != EVENT_ENTRY_CHANGED || body->entry != row->id || body->state.len == 0) {
            continue;
        }
        const struct entry_move *move = entry_move_find(kind, state, body->state);
        const bool answers = move != NULL && move->verb == ENTRY_ANSWERS;
        *ret_answered = *ret_answered || (answers && event->actor == sitting->account.id);
        state = body->state;
    }
    return result_ok();
}

/* Who gave an answer does not decide whether it stands. */
static result check_no_conflict(struct sitting *sitting, const struct entry_row *row,
                                enum entry_kind kind, const struct entry_move *move,
                                enum action action, struct err *err)
{
    bool answered = false;
    if (move != NULL && move->verb == ENTRY_ANSWERS) {
        TRY(answered_before(sitting, row, kind, &answered, err));
    }
    return sitting_no_conflict(action, answered ? 1U << RELATION_DECIDED : 0, err);
}

/* Whoever may close the entry says whom it is about, too, although nothing else is theirs to write.
 */
static enum action action_of(const struct sitting *sitting, enum entry_kind kind,
                             const struct entry_move *move, const struct entry_wanted *wanted)
{
    const bool names_alone =
        wanted->against.len > 0 && wanted->field_count == 0 && !wanted->due_on.known;
    if (move != NULL) {
        return book_move_action(move);
    }
    return names_alone && !may_somewhere(&sitting->account, book_kind_action(kind))
               ? ACTION_CLOSE_ENTRY
               : book_kind_action(kind);
}

/* Its answer is given again, although the entry may be out of the account's sight since. */
static bool was_this_command(const struct event *before, const struct entry_wanted *wanted)
{
    return before->position != 0 && before->kind == EVENT_ENTRY_CHANGED &&
           before->body.entry_changed.entry == wanted->entry;
}

static result change_work(struct transaction *transaction, void *context, struct err *err)
{
    struct change_work *work = context;
    const struct entry_wanted *wanted = work->wanted;
    struct sitting sitting;
    struct event before;
    struct entry_row row = {.id = 0};
    const struct entry_move *move = NULL;
    bool allowed = false;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_SEE_BOOKS,
                       work->arena, &before, err));
    if (was_this_command(&before, wanted)) {
        TRY(transaction_entry(transaction, wanted->entry, work->arena, &row, err));
        return change_again(&sitting, work, &row, &before, err);
    }
    TRY(book_find(&sitting, wanted->entry, ACTION_SEE_BOOKS, &row, err));
    if (before.position != 0) {
        return sitting_client_id_taken(err);
    }
    const enum entry_kind kind = entry_kind_from_name(row.kind);
    TRY(find_move(&row, kind, wanted, &move, err));
    const enum action action = action_of(&sitting, kind, move, wanted);
    TRY(sitting_require(&sitting, action, err));
    TRY(book_may(&sitting, &row, action, &allowed, err));
    if (!allowed) {
        return no_such_entry(wanted->entry, err);
    }
    TRY(check_no_conflict(&sitting, &row, kind, move, action, err));
    TRY(check_against(kind, wanted->against, err));
    TRY(check_fields(kind, wanted->fields, wanted->field_count, err));
    return append_changed(&sitting, work, &row, kind, move, err);
}

static result check_says_something(const struct entry_wanted *wanted, struct err *err)
{
    const bool says = wanted->wish != ENTRY_WISH_ADD || wanted->state.len > 0 ||
                      wanted->field_count > 0 || wanted->due_on.known || wanted->against.len > 0;
    return says ? result_ok() : err_set(err, ERROR_INPUT, "There is nothing to write in the entry");
}

result casework_change_entry(const struct casework *casework, const struct caller *caller,
                             const struct entry_wanted *wanted, struct arena *arena,
                             struct entry_answer *ret_answer, struct err *err)
{
    struct change_work work = {
        .casework = casework, .caller = caller, .wanted = wanted, .arena = arena};
    TRY(check_says_something(wanted, err));
    TRY(text_line("The state", wanted->state, FACT_NAME_MAX_BYTES, err));
    TRY(text_line("The reason", wanted->reason, SOURCE_MAX_BYTES, err));
    TRY(check_due(wanted->due_on, wanted->due_reason, err));
    TRY(store_write(casework->store, change_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}
