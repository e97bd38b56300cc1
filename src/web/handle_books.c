#include "web/deed.h"
#include "web/resource_books.h"
#include "web/view_books.h"

#include "register/entry.h"

/* --- the list --------------------------------------------------------------------------------- */

struct show_row {
    const char *name;
    const char *title;
};
static const struct show_row shows[] = {
    {"", "What is not closed"}, {"overdue", "What is overdue"}, {"all", "Everything"}};

static struct book_query query_of(const struct exchange *exchange)
{
    const str show = exchange_query(exchange, STR("show"));
    const bool all =
        str_equal(show, STR("all")) || str_equal(exchange_query(exchange, STR("all")), STR("yes"));
    return (struct book_query){.kind = exchange_query(exchange, STR("kind")),
                               .about = exchange_query(exchange, STR("about")),
                               .state = exchange_query(exchange, STR("state")),
                               .journey = exchange_query(exchange, STR("journey")),
                               .not_closed = !all,
                               .overdue = str_equal(show, STR("overdue")),
                               .limit = BOOK_ENTRIES_MAX};
}

static json_t *option_of(str name, str title, bool selected)
{
    json_t *option = json_object();
    json_set_str(option, "name", name);
    json_set_str(option, "title", title);
    json_set_flag(option, "selected", selected);
    return option;
}

static json_t *filter_view(const struct exchange *exchange, const struct book_query *query)
{
    json_t *view = json_object();
    json_t *kinds = json_array();
    json_t *ways = json_array();
    for (int kind = ENTRY_NONE + 1; kind < ENTRY_KIND_COUNT; kind++) {
        const str name = str_from_c(entry_kind_name((enum entry_kind)kind));
        json_add(kinds, option_of(name, str_from_c(entry_kind_title((enum entry_kind)kind)),
                                  str_equal(name, query->kind)));
    }
    const char *chosen = query->overdue ? "overdue" : query->not_closed ? "" : "all";
    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++) {
        json_add(ways, option_of(str_from_c(shows[i].name), str_from_c(shows[i].title),
                                 str_equal(str_from_c(shows[i].name), str_from_c(chosen))));
    }
    json_set(view, "kinds", kinds);
    json_set(view, "shows", ways);
    json_set_str(view, "about", query->about);
    json_set_flag(view, "may_open",
                  exchange_may(exchange, ACTION_KEEP_BOOKS) ||
                      exchange_may(exchange, ACTION_COMPLAIN) ||
                      exchange_may(exchange, ACTION_MONITOR));
    return view;
}

result handle_books(struct exchange *exchange, struct err *err)
{
    const struct book_query query = query_of(exchange);
    struct book_query everything = query;
    const struct book_line *lines = NULL;
    const struct book_total_line *totals = NULL;
    size_t count = 0;
    size_t total_count = 0;
    everything.not_closed = false;
    everything.overdue = false;
    TRY(casework_entries(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                         &count, err));
    TRY(casework_book_totals(exchange->casework, &exchange->caller, &everything, false,
                             exchange->arena, &totals, &total_count, err));
    json_auto_t *resource = json_object();
    json_set(resource, "entries", resource_book_lines(lines, count));
    json_set(resource, "totals", resource_book_totals(totals, total_count));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "books", STR("The books"), "/books");
    json_t *view = filter_view(exchange, &query);
    json_set(view, "table",
             view_book_table(&context, json_object_get(resource, "entries"),
                             STR("Entries, newest first"), "There is no such entry."));
    json_set(view, "totals", view_book_totals(&context, json_object_get(resource, "totals")));
    page_set(&page, "books", view);
    return page_answer(&page, 200, err);
}

/* --- the fields of a form --------------------------------------------------------------------- */

static const struct input_field due_fields[] = {
    {"due_on", "Day by which it is due",
     "Only where the rulebook counts none, or for an earlier day", INPUT_DATE, NULL, NULL},
    {"due_reason", "Reason for that day", NULL, INPUT_TEXT, NULL, NULL},
};
static const struct input_field written_fields[] = {
    {"day", "Day that it is about", "Leave it empty for today", INPUT_DATE, NULL, NULL},
    {"why", "Remark", "Why this is written now", INPUT_LONG_TEXT, NULL, NULL},
};
static const struct input_field opened_fields[] = {
    {"day", "Day that it is about", "Leave it empty for today", INPUT_DATE, NULL, NULL},
    {"responsible", "Who answers for it", "Leave it empty for whoever usually does", INPUT_CHOICE,
     NULL, NULL},
    {"follows_from", "Follows from entry", "Its number, if it follows from another", INPUT_NUMBER,
     NULL, NULL},
};
static const struct input_field about_person = {
    "subject", "Person", "Reference of the person", INPUT_TEXT, "Enter the reference of the person",
    NULL};
static const struct input_field about_either = {"subject",
                                                "Person or hub",
                                                "Reference of the person, or of the hub",
                                                INPUT_TEXT,
                                                "Enter the reference of the person or the hub",
                                                NULL};
static const struct input_field about_hub = {"subject",        "Hub", NULL, INPUT_CHOICE,
                                             "Choose the hub", NULL};
static const struct input_field against_field = {
    "against",
    "Members of staff whom it is about",
    "User names, with spaces between; they will neither see the complaint nor decide on it. Leave "
    "it "
    "empty when none has an account here",
    INPUT_TEXT,
    NULL,
    NULL};
static const struct input_field against_instead_field = {
    "against",
    "Members of staff whom it is about",
    "User names, with spaces between, in the place of those named before; a hyphen alone for "
    "nobody "
    "any more. Whoever may close the complaint takes a name back, and says why",
    INPUT_TEXT,
    NULL,
    NULL};
static const struct input_field hub_field = {"hub",
                                             "Hub where it happened",
                                             "Leave it empty for where the person is placed",
                                             INPUT_CHOICE,
                                             NULL,
                                             NULL};

static void add_field(struct input_field *fields, size_t *count, const struct input_field *field)
{
    if (*count < INPUT_FIELDS_MAX) {
        fields[(*count)++] = *field;
    }
}

static void add_fields(struct input_field *fields, size_t *count, const struct input_field *more,
                       size_t more_count)
{
    for (size_t i = 0; i < more_count; i++) {
        add_field(fields, count, &more[i]);
    }
}
#define ADD_TABLE(fields, count, table)                                                            \
    add_fields((fields), (count), (table), sizeof(table) / sizeof(table)[0])

static const enum input_kind input_kinds[] = {[ENTRY_TEXT] = INPUT_LONG_TEXT,
                                              [ENTRY_CHOICE] = INPUT_CHOICE,
                                              [ENTRY_INSTANT] = INPUT_INSTANT,
                                              [ENTRY_REFERENCE] = INPUT_TEXT};

/* What a writing asks for: `needed` is missed when it is left empty; `offered` may stay empty. */
struct writing {
    enum entry_kind kind;
    bool needed[ENTRY_NEEDED_LAST + 1];
    bool offered[ENTRY_NEEDED_LAST + 1];
    bool begins; /* what is written later is not offered yet (entry.def is in that order) */
};

/* What is not so has no circumstances to choose from: with such an outcome it is not asked for, and
 * casework asks for it with every other. */
static bool falls_away(const struct entry_field *field)
{
    return field->type == ENTRY_CHOICE && entry_kind_may_be_not_so(field->kind) &&
           !str_equal(field->name, STR("outcome"));
}

static void add_entry_fields(struct input_field *fields, size_t *count,
                             const struct writing *writing)
{
    size_t entry_count = 0;
    const struct entry_field *entry = entry_fields(&entry_count);
    for (size_t i = 0; i < entry_count; i++) {
        if (entry[i].kind != writing->kind) {
            continue;
        }
        const bool later =
            entry[i].needed == ENTRY_NEEDED_TO_ANSWER || entry[i].needed == ENTRY_NEEDED_TO_CLOSE;
        if (writing->begins && later) {
            break;
        }
        if (writing->needed[entry[i].needed] || writing->offered[entry[i].needed]) {
            struct input_field field = {
                .name = entry[i].name.at,
                .label = entry[i].title,
                .kind = input_kinds[entry[i].type],
                .missing = writing->needed[entry[i].needed] ? "This must be answered" : NULL};
            if (field.missing != NULL && falls_away(&entry[i])) {
                field.missing = NULL;
                field.hint = "Leave it out where the outcome says that it is not so";
            }
            add_field(fields, count, &field);
        }
    }
}

static result entry_choices(struct deed_form *form, enum entry_kind kind, struct err *err)
{
    const struct view_context context = handler_view(form->exchange);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct entry_field *entry = entry_field_find(kind, str_from_c(form->fields[i].name));
        if (entry == NULL || entry->type != ENTRY_CHOICE) {
            continue;
        }
        TRY(deed_choices(form, form->fields[i].name, entry->choices.len, err));
        str left = entry->choices;
        while (left.len > 0) {
            const struct str_cut cut = str_cut(left, ' ');
            deed_choice(form, form->fields[i].name, cut.head, view_plain(&context, cut.head));
            left = cut.tail;
        }
    }
    return result_ok();
}

/* What was answered of the kind's own fields. */
static result written_in(const struct deed_form *form, enum entry_kind kind,
                         const struct book_field **ret_fields, size_t *ret_count, struct err *err)
{
    struct book_field *fields =
        ARENA_NEW(form->exchange->arena, struct book_field, form->field_count + 1);
    size_t count = 0;
    if (fields == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < form->field_count; i++) {
        const struct entry_field *entry = entry_field_find(kind, str_from_c(form->fields[i].name));
        if (entry == NULL || !form->values[i].given) {
            continue;
        }
        char text[INSTANT_TEXT_SIZE];
        instant_format(form->values[i].at, text);
        fields[count].name = entry->name;
        fields[count].value = entry->type == ENTRY_INSTANT
                                  ? arena_copy(form->exchange->arena, str_from_c(text))
                                  : form->values[i].text;
        count++;
    }
    *ret_fields = fields;
    *ret_count = count;
    return result_ok();
}

static result answer_entry(struct deed_form *form, const struct entry_answer *answer)
{
    struct exchange *exchange = form->exchange;
    form->answer = resource_entry_answer(answer);
    form->to = answer->out_of_sight
                   ? STR("/books")
                   : arena_format(exchange->arena, "/entries/%lld", (long long)answer->row.id);
    if (answer->stopped_count > 0) {
        form->notice = "recorded-stopped";
    }
    return result_ok();
}

/* --- opening an entry ------------------------------------------------------------------------- */

static result hub_choices(struct deed_form *form, const char *field, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct hub_line *hubs = NULL;
    size_t count = 0;
    if (exchange_may(exchange, ACTION_SEE_HUB)) {
        TRY(casework_hubs(exchange->casework, &exchange->caller, exchange->arena, &hubs, &count,
                          err));
    }
    TRY(deed_choices(form, field, count, err));
    for (size_t i = 0; i < count; i++) {
        deed_choice(form, field, hubs[i].row.reference, hubs[i].row.name);
    }
    return result_ok();
}

static result role_choices(struct deed_form *form, enum entry_kind kind, struct err *err)
{
    TRY(deed_choices(form, "responsible", ROLE_COUNT, err));
    for (int i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
        const enum account_role role = (enum account_role)i;
        if (book_role_answers(kind, role, true)) {
            deed_choice(form, "responsible", str_from_c(role_name(role)),
                        str_from_c(role_title(role)));
        }
    }
    return result_ok();
}

static result prepare_entry(struct deed_form *form, struct err *err)
{
    const enum entry_kind kind = entry_kind_from_name(str_from_c(form->deed->name));
    const unsigned about = entry_kind_about(kind);
    const bool of_person = (about & ENTRY_ABOUT_PERSON) != 0;
    const bool of_hub = (about & ENTRY_ABOUT_HUB) != 0;
    const struct writing writing = {.kind = kind,
                                    .needed = {[ENTRY_NEEDED_TO_OPEN] = true},
                                    .offered = {[ENTRY_NEEDED_NEVER] = true},
                                    .begins = true};
    struct input_field *fields =
        ARENA_NEW(form->exchange->arena, struct input_field, INPUT_FIELDS_MAX);
    size_t count = 0;
    if (fields == NULL) {
        return arena_full(err);
    }
    add_field(fields, &count,
              of_person && of_hub ? &about_either
              : of_person         ? &about_person
                                  : &about_hub);
    if (of_person) {
        add_field(fields, &count, &hub_field);
    }
    add_entry_fields(fields, &count, &writing);
    if ((about & ENTRY_AGAINST_ACCOUNTS) != 0) {
        add_field(fields, &count, &against_field);
    }
    ADD_TABLE(fields, &count, opened_fields);
    ADD_TABLE(fields, &count, due_fields);
    form->fields = fields;
    form->field_count = count;
    TRY(hub_choices(form, of_person ? "hub" : "subject", err));
    TRY(role_choices(form, kind, err));
    return entry_choices(form, kind, err);
}

/* A hub, where it is not the reference of a person. */
static result look_at_entry(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const str subject = deed_text(form, "subject");
    struct hub_line hub;
    if (form->fields[deed_field(form, "subject")].kind == INPUT_CHOICE) {
        return result_ok();
    }
    if (str_starts(subject, STR("RH")) || str_starts(subject, STR("rh")) ||
        !casework_hub(exchange->casework, &exchange->caller, subject, exchange->arena, &hub, NULL)
             .ok) {
        return deed_tell_person(form, "subject", err);
    }
    deed_tell(form, "subject",
              arena_format(exchange->arena, "%.*s, %.*s", STR_ARG(hub.row.name),
                           STR_ARG(hub.row.reference)));
    return result_ok();
}

static result act_entry(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const str name = str_from_c(form->deed->name);
    const enum entry_kind kind = entry_kind_from_name(name);
    const bool of_person = (entry_kind_about(kind) & ENTRY_ABOUT_PERSON) != 0;
    struct new_entry entry = {.kind = name,
                              .about = deed_text(form, "subject"),
                              .hub = of_person ? deed_text(form, "hub") : STR(""),
                              .parent = deed_number(form, "follows_from"),
                              .responsible = deed_text(form, "responsible"),
                              .on = deed_day(form, "day"),
                              .due_on = deed_day(form, "due_on"),
                              .due_reason = deed_text(form, "due_reason")};
    struct entry_answer answer;
    if ((entry_kind_about(kind) & ENTRY_AGAINST_ACCOUNTS) != 0) {
        entry.against = deed_text(form, "against");
    }
    TRY(written_in(form, kind, &entry.fields, &entry.field_count, err));
    TRY(casework_open_entry(exchange->casework, &exchange->caller, &entry, exchange->arena, &answer,
                            err));
    form->status = 201;
    return answer_entry(form, &answer);
}

static const struct deed openings[] = {
#define ENTRY_KIND(constant, kind_name, kind_title, about, responsible, kind_action)               \
    {.name = kind_name,                                                                            \
     .link = kind_title,                                                                           \
     .title = kind_title,                                                                          \
     .lead = "",                                                                                   \
     .submit = "Open the entry",                                                                   \
     .notice = "recorded",                                                                         \
     .action = kind_action,                                                                        \
     .prepare = prepare_entry,                                                                     \
     .look = look_at_entry,                                                                        \
     .act = act_entry},
#include "register/entry.def"
#undef ENTRY_KIND
};
enum { OPENING_COUNT = sizeof openings / sizeof openings[0] };

/* Whoever complains of their own case does so there (handle_own.c); the books are the office's. */
static result check_books(const struct exchange *exchange, struct err *err)
{
    return exchange_may(exchange, ACTION_SEE_BOOKS)
               ? result_ok()
               : err_set(err, ERROR_FORBIDDEN, "This account may not open entries");
}

result handle_book_kinds(struct exchange *exchange, struct err *err)
{
    OWN_PAGE struct page page;
    TRY(check_books(exchange, err));
    page_open(&page, exchange, "book_kinds", STR("Open an entry"), "/books");
    page_crumb(&page, STR("The books"), STR("/books"));
    deeds_offer(&page, openings, OPENING_COUNT, STR("/books/new"), NULL);
    if (!json_is_true(json_object_get(page.root, "has_deeds"))) {
        return err_set(err, ERROR_FORBIDDEN, "This account may not open entries");
    }
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = json_object();
        json_set(resource, "kinds", json_incref(json_object_get(page.root, "deeds")));
        return answer_json(exchange, 200, resource, err);
    }
    return page_answer(&page, 200, err);
}

static result open_kinds(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = STR("/books/new");
    form->caption = STR("Open an entry");
    form->page.area = "/books";
    page_crumb(&form->page, STR("The books"), STR("/books"));
    page_crumb(&form->page, STR("Open an entry"), form->base);
    return result_ok();
}

result handle_book_opening(struct exchange *exchange, struct err *err)
{
    TRY(check_books(exchange, err));
    return deed_answer(exchange, openings, OPENING_COUNT, exchange->match.parameters[0], NULL,
                       open_kinds, err);
}

/* --- one entry, and what it may become -------------------------------------------------------- */

static const struct book_entry *entry_of(const struct deed_form *form)
{
    return form->thing;
}

static const struct entry_move *move_of(const struct deed_form *form)
{
    const struct entry_row *row = &entry_of(form)->line.row;
    return entry_move_find(entry_kind_from_name(row->kind), row->state,
                           str_from_c(form->deed->name));
}

static struct writing writing_of(enum entry_kind kind, const struct entry_move *move)
{
    struct writing writing = {.kind = kind, .offered = {[ENTRY_NEEDED_NEVER] = true}};
    if (move == NULL) {
        writing.offered[ENTRY_NEEDED_TO_ANSWER] = true;
        writing.offered[ENTRY_NEEDED_TO_CLOSE] = true;
        writing.offered[ENTRY_OFFERED_WHEN_DUE_AGAIN] = true;
        return writing;
    }
    writing.offered[ENTRY_OFFERED_WHEN_DUE_AGAIN] = move->due == ENTRY_PENDING;
    writing.needed[ENTRY_NEEDED_TO_ANSWER] = move->verb == ENTRY_ANSWERS;
    writing.needed[ENTRY_NEEDED_TO_CLOSE] =
        move->verb != ENTRY_GOES_ON && entry_state_ends(kind, move->to);
    return writing;
}

static str written_of(const struct book_entry *entry, const char *name)
{
    for (size_t i = 0; i < entry->field_count; i++) {
        if (str_equal(entry->fields[i].name, str_from_c(name))) {
            return entry->fields[i].value;
        }
    }
    return STR("");
}

/* What was written already is where a move begins; it is written again only if it is sent. */
static void show_written(struct deed_form *form, enum entry_kind kind, bool begins)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const char *name = form->fields[i].name;
        const struct entry_field *field = entry_field_find(kind, str_from_c(name));
        const str written = written_of(entry_of(form), name);
        instant when;
        if (field == NULL) {
            continue;
        }
        deed_shows(form, name, written);
        if (begins && field->type != ENTRY_INSTANT && written.len > 0) {
            deed_begin_text(form, name, written);
        } else if (begins && instant_parse(written, &when, NULL).ok) {
            deed_begin_instant(form, name, when);
        }
    }
}

/* Whom it is about is written as more in it, and not with what it becomes. */
static bool names_accounts(enum entry_kind kind, const struct entry_move *move)
{
    return move == NULL && (entry_kind_about(kind) & ENTRY_AGAINST_ACCOUNTS) != 0;
}

static result prepare_naming(struct deed_form *form, struct err *err)
{
    struct input_field *fields = ARENA_NEW(form->exchange->arena, struct input_field, 2);
    if (fields == NULL) {
        return arena_full(err);
    }
    fields[0] = against_instead_field;
    fields[0].missing = "Enter the user name of whom it is about";
    fields[1] = written_fields[1];
    form->fields = fields;
    form->field_count = 2;
    return result_ok();
}

static result act_naming(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct entry_wanted wanted = {.entry = entry_of(form)->line.row.id,
                                        .against = deed_text(form, "against"),
                                        .reason = deed_text(form, "why")};
    struct entry_answer answer;
    TRY(casework_change_entry(exchange->casework, &exchange->caller, &wanted, exchange->arena,
                              &answer, err));
    return answer_entry(form, &answer);
}

static result prepare_move(struct deed_form *form, struct err *err)
{
    const enum entry_kind kind = entry_kind_from_name(entry_of(form)->line.row.kind);
    const struct entry_move *move = move_of(form);
    const struct writing writing = writing_of(kind, move);
    struct input_field *fields =
        ARENA_NEW(form->exchange->arena, struct input_field, INPUT_FIELDS_MAX);
    size_t count = 0;
    if (fields == NULL) {
        return arena_full(err);
    }
    add_entry_fields(fields, &count, &writing);
    if (names_accounts(kind, move)) {
        add_field(fields, &count, &against_instead_field);
    }
    if (move == NULL || move->due == ENTRY_PENDING) {
        ADD_TABLE(fields, &count, due_fields);
    }
    ADD_TABLE(fields, &count, written_fields);
    form->fields = fields;
    form->field_count = count;
    TRY(entry_choices(form, kind, err));
    show_written(form, kind, move != NULL);
    if (move == NULL) {
        const struct known_day due = entry_of(form)->line.row.due_on;
        deed_shows(form, "due_on", due.known ? deed_day_text(form, due.day) : STR(""));
    }
    return result_ok();
}

static result act_move(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct entry_row *row = &entry_of(form)->line.row;
    const struct entry_move *move = move_of(form);
    const bool due = move == NULL || move->due == ENTRY_PENDING;
    struct entry_wanted wanted = {.entry = row->id,
                                  .state = move == NULL ? STR("") : move->to,
                                  .on = deed_day(form, "day"),
                                  .reason = deed_text(form, "why"),
                                  .due_reason = STR("")};
    struct entry_answer answer;
    if (due) {
        wanted.due_on = deed_day(form, "due_on");
        wanted.due_reason = deed_text(form, "due_reason");
    }
    if (names_accounts(entry_kind_from_name(row->kind), move)) {
        wanted.against = deed_text(form, "against");
    }
    TRY(written_in(form, entry_kind_from_name(row->kind), &wanted.fields, &wanted.field_count,
                   err));
    TRY(casework_change_entry(exchange->casework, &exchange->caller, &wanted, exchange->arena,
                              &answer, err));
    return answer_entry(form, &answer);
}

struct move_name {
    const char *state;
    const char *link;
};
static const struct move_name move_names[] = {
    {"answered", "Answer it"},
    {"closed", "Close it"},
    {"appealed", "Appeal against the answer"},
    {"decided", "Decide the appeal"},
    {"given_up", "Record that it is given up"},
    {"reopened", "Open it again"},
    {"made", "Record that the report was made"},
};

static const char *name_of_move(const struct entry_move *move)
{
    for (size_t i = 0; i < sizeof move_names / sizeof move_names[0]; i++) {
        if (str_equal(str_from_c(move_names[i].state), move->to)) {
            return move_names[i].link;
        }
    }
    return move->to.at;
}

enum { ENTRY_DEEDS_MAX = 8 };

/* The moves that lead on from its state, and more that is written in it as it is. */
static size_t deeds_of(const struct book_entry *entry, struct deed deeds[ENTRY_DEEDS_MAX])
{
    const enum entry_kind kind = entry_kind_from_name(entry->line.row.kind);
    const str state = entry->line.row.state;
    size_t move_count = 0;
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&move_count);
    for (size_t i = 0; i < move_count && count < ENTRY_DEEDS_MAX - 2; i++) {
        if (moves[i].kind == kind && str_equal(moves[i].from, state)) {
            deeds[count++] = (struct deed){.name = moves[i].to.at,
                                           .link = name_of_move(&moves[i]),
                                           .title = name_of_move(&moves[i]),
                                           .lead = "",
                                           .submit = "Record it",
                                           .notice = "recorded",
                                           .action = book_move_action(&moves[i]),
                                           .prepare = prepare_move,
                                           .act = act_move};
        }
    }
    if (!entry_is_closed(&entry->line.row)) {
        deeds[count++] = (struct deed){.name = "addition",
                                       .link = "Write more in it",
                                       .title = "Write more in the entry",
                                       .lead = "Its state stays as it is.",
                                       .submit = "Record it",
                                       .notice = "recorded",
                                       .action = book_kind_action(kind),
                                       .prepare = prepare_move,
                                       .act = act_move};
    }
    if (!entry_is_closed(&entry->line.row) && names_accounts(kind, NULL)) {
        deeds[count++] = (struct deed){.name = "naming",
                                       .link = "Say whom it is about",
                                       .title = "Say whom it is about",
                                       .lead = "",
                                       .submit = "Record it",
                                       .notice = "recorded",
                                       .action = ACTION_CLOSE_ENTRY,
                                       .prepare = prepare_naming,
                                       .act = act_naming};
    }
    return count;
}

static result load(const struct exchange *exchange, struct book_entry *ret_entry, struct err *err)
{
    int64_t number = 0;
    TRY(exchange_position(exchange, 0, &number, err));
    return casework_entry(exchange->casework, &exchange->caller, number, exchange->arena, ret_entry,
                          err);
}

static str title_of(const struct exchange *exchange, const struct book_entry *entry)
{
    return arena_format(exchange->arena, "%s %lld",
                        entry_kind_title(entry_kind_from_name(entry->line.row.kind)),
                        (long long)entry->line.row.id);
}

static str address_of(const struct exchange *exchange, const struct book_entry *entry)
{
    return arena_format(exchange->arena, "/entries/%lld", (long long)entry->line.row.id);
}

result handle_entry(struct exchange *exchange, struct err *err)
{
    struct book_entry entry;
    struct deed deeds[ENTRY_DEEDS_MAX];
    TRY(load(exchange, &entry, err));
    json_auto_t *resource = resource_book_entry(&entry);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "entry", title_of(exchange, &entry), "/books");
    page_crumb(&page, STR("The books"), STR("/books"));
    page_set(&page, "entry", view_book_entry(&context, resource));
    deeds_offer(&page, deeds, deeds_of(&entry, deeds), address_of(exchange, &entry), resource);
    return page_answer(&page, 200, err);
}

static result open_entry(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = address_of(form->exchange, entry_of(form));
    form->caption = title_of(form->exchange, entry_of(form));
    form->page.area = "/books";
    page_crumb(&form->page, STR("The books"), STR("/books"));
    page_crumb(&form->page, form->caption, form->base);
    return result_ok();
}

result handle_entry_deed(struct exchange *exchange, struct err *err)
{
    struct book_entry entry;
    struct deed deeds[ENTRY_DEEDS_MAX];
    TRY(load(exchange, &entry, err));
    return deed_answer(exchange, deeds, deeds_of(&entry, deeds), exchange->match.parameters[1],
                       &entry, open_entry, err);
}
