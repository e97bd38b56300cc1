/* What would change if a safeguard were clear on another condition: everybody is judged by the
 * rulebook and by the same rulebook with that one line another, and how many verdicts change is
 * told; whose, to those who may screen. Neither is taken into use; recorded is only that the
 * account looked. */
#include "web/handler.h"
#include "web/resource_part.h"
#include "web/works.h"

#include "casework/compare.h"
#include "rulebook/rulebook.h"

enum {
    LINES_SHOWN = 100,
    PERM_BYTES = 256 * 1024 * 1024, /* taken lazily */
    RULEBOOK_BYTES_MAX = 4 * 1024 * 1024,
    CONDITION_BYTES_MAX = 2000,
};

static const struct input_field fields[] = {
    {"safeguard", "Safeguard", NULL, INPUT_HIDDEN, "Choose a safeguard of the rulebook", NULL},
    {"condition", "Clear when", "A condition in the language of the rulebook", INPUT_LONG_TEXT,
     "Enter a condition", NULL},
    {"step", "Step", NULL, INPUT_TEXT, "Choose a step that the safeguard guards", NULL},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static result may_ask(const struct exchange *exchange, struct err *err)
{
    return exchange_may(exchange, ACTION_COMPARE_RULES)
               ? result_ok()
               : access_refuse(&exchange->session.account, ACTION_COMPARE_RULES, err);
}

/* Below it whoever may not screen is told no number, as in a table that is published; 0 where the
 * policy of tables is not there. */
static int64_t small_number(const struct exchange *exchange)
{
    const struct definitions *definitions = exchange->web->options.definitions;
    if (definitions == NULL) {
        return 0;
    }
    return definitions->policy.suppress_below > 1 ? definitions->policy.suppress_below : 1;
}

static bool tells_names(const struct exchange *exchange)
{
    return exchange_may(exchange, ACTION_SCREEN);
}

/* --- the other rulebook ----------------------------------------------------------------------- */

/* The line of the canonical text that says when the safeguard is clear, without its newline. */
static str condition_line(str canonical, str safeguard, struct arena *arena)
{
    const str head = arena_format(arena, "safeguard %.*s", STR_ARG(safeguard));
    bool inside = false;
    for (str rest = canonical; rest.len > 0;) {
        const struct str_cut cut = str_cut(rest, '\n');
        if (cut.head.len > 0 && cut.head.at[0] != ' ') {
            inside = str_equal(cut.head, head);
        }
        if (inside && str_starts(cut.head, STR("  clear when "))) {
            return cut.head;
        }
        rest = cut.tail;
    }
    return STR("");
}

static str condition_of(str line)
{
    return str_slice(line, STR("  clear when ").len, line.len);
}

static result other_text(const struct exchange *exchange, str safeguard, str condition,
                         struct arena *arena, str *ret_text, struct err *err)
{
    const str canonical = exchange->rulebook->canonical;
    const str line = condition_line(canonical, safeguard, arena);
    const size_t begin = line.len == 0 ? 0 : (size_t)(line.at - canonical.at);
    struct buf buf;
    buf_init(&buf, arena, RULEBOOK_BYTES_MAX);
    if (line.len == 0) {
        return err_set(err, ERROR_INPUT, "The rulebook has no such safeguard");
    }
    buf_put(&buf, str_slice(canonical, 0, begin));
    buf_put_c(&buf, "  clear when ");
    for (size_t i = 0; i < condition.len; i++) {
        const char c = condition.at[i];
        buf_put_char(&buf, c == '\n' || c == '\r' ? ' ' : c);
    }
    buf_put(&buf, str_slice(canonical, begin + line.len, canonical.len));
    return buf_finish(&buf, ret_text, err);
}

static result load_other(const struct exchange *exchange, str safeguard, str condition,
                         struct arena *perm, struct arena *findings,
                         const struct rulebook **ret_rulebook, struct err *err)
{
    struct diagnostics diagnostics;
    struct arena scratch = *exchange->arena;
    str text;
    TRY(other_text(exchange, safeguard, condition, perm, &text, err));
    TRY(diagnostics_init(&diagnostics, findings, err));
    const struct rulebook_file file = {.name = STR("what would change if"), .text = text};
    return rulebook_load(&file, 1, perm, scratch, ret_rulebook, &diagnostics, err);
}

/* --- who changes ------------------------------------------------------------------------------ */

struct kept_changes {
    const struct exchange *exchange;
    json_t *people;
};

static result keep_change(void *context, const struct compare_line *line, struct err *err)
{
    struct kept_changes *change = context;
    (void)err;
    if (json_array_size(change->people) < LINES_SHOWN) {
        json_t *one = json_object();
        json_set_str(one, "person", line->person);
        json_set_str(one, "hub", line->hub);
        json_set(one, "before", json_string(standing_name(line->before)));
        json_set(one, "after", json_string(standing_name(line->after)));
        json_add(change->people, one);
    }
    return result_ok();
}

/* What is withheld is absent, and not 0. */
static void set_number(json_t *object, const char *name, int64_t number)
{
    if (number != COMPARE_WITHHELD) {
        json_set_int64(object, name, number);
    }
}

static json_t *totals_of(const struct compare_total *totals, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        for (int cell = 0; cell < STANDING_COUNT * STANDING_COUNT; cell++) {
            const int before = cell / STANDING_COUNT;
            const int after = cell % STANDING_COUNT;
            if (before == after || totals[i].people[before][after] == 0) {
                continue;
            }
            json_t *one = json_object();
            json_set_str(one, "hub", totals[i].hub);
            json_set(one, "before", json_string(standing_name((enum standing)before)));
            json_set(one, "after", json_string(standing_name((enum standing)after)));
            set_number(one, "people", totals[i].people[before][after]);
            json_add(list, one);
        }
    }
    return list;
}

struct waiting {
    struct works *works;
    int64_t work;
};

static void tell_waiting(void *context, int64_t done, int64_t all)
{
    const struct waiting *waiting = context;
    works_tell(waiting->works, waiting->work, done, all);
}

/* {"changed","totals":[{"hub","before","after","people"}],"people":[{"person","hub","before","after"}]};
 * where no names are told, "small" is there and not "people". */
static result compare(struct exchange *exchange, const struct rulebook *other, str step,
                      json_t **ret_resource, struct err *err)
{
    struct kept_changes change = {.exchange = exchange, .people = json_array()};
    struct waiting waiting = {.works = exchange->web->works};
    const struct compare_question question = {.before = exchange->rulebook,
                                              .after = other,
                                              .step = step,
                                              .small = small_number(exchange),
                                              .progress = tell_waiting,
                                              .progress_context = &waiting};
    const struct compare_total *totals = NULL;
    size_t count = 0;
    waiting.work = works_begin(waiting.works, exchange->session.account.id,
                               "Judging everybody by both rulebooks");
    const result compared =
        casework_compare(exchange->casework, &exchange->caller, &question, exchange->arena,
                         keep_change, &change, &totals, &count, err);
    works_end(waiting.works, waiting.work);
    if (!compared.ok) {
        json_decref(change.people);
        return compared;
    }
    json_t *resource = json_object();
    set_number(resource, "changed", compare_changed(totals, count));
    json_set(resource, "totals", totals_of(totals, count));
    if (tells_names(exchange)) {
        json_set(resource, "people", change.people);
    } else {
        json_decref(change.people);
        json_set_int64(resource, "small", small_number(exchange));
    }
    *ret_resource = resource;
    return result_ok();
}

/* --- the page --------------------------------------------------------------------------------- */

static json_t *step_field(const struct exchange *exchange, const struct safeguard *safeguard,
                          str chosen, const struct faults *faults)
{
    json_t *options = json_array();
    for (size_t i = 0; i < safeguard->guard_count; i++) {
        const struct step *step = &exchange->rulebook->steps[safeguard->guards[i]];
        form_option(options, step->name, step->title, str_equal(step->name, chosen));
    }
    const struct form_item item = {.shape = FORM_SELECT,
                                   .name = STR("step"),
                                   .label = STR("For this step"),
                                   .options = options,
                                   .fault = fault_of(faults, STR("step"))};
    return form_item_view(exchange->arena, &item);
}

/* A step that leads to no hub has no column for it. */
static bool set_hub(json_t *line)
{
    const bool has_hub = json_str_or_empty(line, "hub").len > 0;
    if (!has_hub) {
        json_set(line, "hub", json_false());
    }
    return has_hub;
}

static json_t *totals_view(const struct view_context *context, const json_t *resource,
                           bool *at_hubs)
{
    const json_int_t small = json_integer_value(json_object_get(resource, "small"));
    json_t *list = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(resource, "totals"), index, line)
    {
        json_t *copy = json_copy(line);
        *at_hubs = set_hub(copy) || *at_hubs;
        if (json_object_get(copy, "people") == NULL) {
            json_set_str(copy, "people", view_numbered(context, "fewer than {{number}}", small));
        }
        json_add(list, copy);
    }
    return list;
}

static json_t *people_view(const struct view_context *context, const json_t *resource,
                           bool *at_hubs)
{
    json_t *list = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(resource, "people"), index, line)
    {
        json_t *copy = json_copy(line);
        *at_hubs = set_hub(copy) || *at_hubs;
        json_set_str(
            copy, "href",
            page_href(context->arena, "/people/%s", json_str_or_empty(line, "person"), STR("")));
        json_add(list, copy);
    }
    return list;
}

static json_t *changes_view(struct exchange *exchange, const json_t *resource)
{
    if (resource == NULL) {
        return json_false();
    }
    const struct view_context context = handler_view(exchange);
    const json_t *number = json_object_get(resource, "changed");
    const json_int_t changed = json_integer_value(number);
    json_t *view = json_object();
    bool at_hubs = false;
    json_set(view, "totals", totals_view(&context, resource, &at_hubs));
    json_set(view, "people", people_view(&context, resource, &at_hubs));
    json_set_str(view, "changed",
                 number == NULL ? STR("Verdicts would change")
                                : view_counted(&context, changed,
                                               COUNTED("{{count}} verdict would change",
                                                       "{{count}} verdicts would change")));
    json_set_flag(view, "any", number == NULL || changed > 0);
    json_set_flag(view, "names", tells_names(exchange));
    json_set_flag(view, "cut", changed > LINES_SHOWN);
    json_set_flag(view, "at_hubs", at_hubs);
    return view;
}

struct asked_what {
    const struct safeguard *safeguard;
    str condition;
    str step;
};

static result what_if_page(struct exchange *exchange, const struct asked_what *asked,
                           const struct faults *faults, const json_t *resource, struct err *err)
{
    const struct form_item name = {
        .shape = FORM_HIDDEN, .name = STR("safeguard"), .value = asked->safeguard->name};
    const struct form_item condition = {.shape = FORM_AREA,
                                        .name = STR("condition"),
                                        .label = STR("If it were clear when"),
                                        .hint = STR("A condition in the language of the rulebook"),
                                        .value = asked->condition,
                                        .fault = fault_of(faults, STR("condition"))};
    json_t *list = json_array();
    json_add(list, form_item_view(exchange->arena, &name));
    json_add(list, form_item_view(exchange->arena, &condition));
    json_add(list, step_field(exchange, asked->safeguard, asked->step, faults));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "what_if", STR("What would change if"), "/rulebook");
    page.faults = faults;
    page_crumb(&page, STR("Rulebook"), STR("/rulebook"));
    page_set(&page, "live", page_live(exchange, false));
    page_set(&page, "safeguard", json_of_str(asked->safeguard->title));
    page_set(&page, "reason", json_of_str(asked->safeguard->reason));
    page_set(&page, "form",
             form_view(exchange, STR("/rulebook/what-if"), "See what would change", list,
                       STR("/rulebook")));
    page_set(&page, "small",
             tells_names(exchange) ? json_false() : json_integer(small_number(exchange)));
    page_set(&page, "changes", changes_view(exchange, resource));
    return page_answer(&page, faults->count > 0 ? 422 : 200, err);
}

static result find_safeguard(const struct exchange *exchange, str name,
                             const struct safeguard **ret_safeguard, struct err *err)
{
    for (size_t i = 0; i < exchange->rulebook->safeguard_count; i++) {
        if (str_equal(exchange->rulebook->safeguards[i].name, name)) {
            *ret_safeguard = &exchange->rulebook->safeguards[i];
            return result_ok();
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "The rulebook has no such safeguard");
}

result handle_what_if_form(struct exchange *exchange, struct err *err)
{
    struct asked_what asked = {.step = STR("")};
    const struct faults faults = {0};
    TRY(may_ask(exchange, err));
    TRY(find_safeguard(exchange, exchange_query(exchange, STR("safeguard")), &asked.safeguard,
                       err));
    const str line =
        condition_line(exchange->rulebook->canonical, asked.safeguard->name, exchange->arena);
    asked.condition = line.len > 0 ? condition_of(line) : STR("");
    return what_if_page(exchange, &asked, &faults, NULL, err);
}

/* What is wrong with the condition is told beside it; anything else is a failure. */
static result judge_both(struct exchange *exchange, const struct asked_what *asked,
                         struct faults *faults, json_t **ret_resource, struct err *err)
{
    struct arena perm;
    struct arena findings;
    const struct rulebook *other = NULL;
    struct err problem = {0};
    TRY(arena_open(&perm, PERM_BYTES, err));
    result done = arena_open(&findings, RULEBOOK_BYTES_MAX, err);
    if (!done.ok) {
        arena_close(&perm);
        return done;
    }
    if (load_other(exchange, asked->safeguard->name, asked->condition, &perm, &findings, &other,
                   &problem)
            .ok) {
        done = compare(exchange, other, asked->step, ret_resource, err);
    } else {
        fault_add(faults, STR("condition"), STR("/condition"),
                  arena_format(exchange->arena, "%s", problem.what));
    }
    arena_close(&findings);
    arena_close(&perm);
    return done;
}

static bool guards(const struct exchange *exchange, const struct safeguard *safeguard, str step)
{
    for (size_t i = 0; i < safeguard->guard_count; i++) {
        if (str_equal(exchange->rulebook->steps[safeguard->guards[i]].name, step)) {
            return true;
        }
    }
    return false;
}

static result answer_what_if_faults(struct exchange *exchange, const struct asked_what *asked,
                                    const struct faults *faults, struct err *err)
{
    if (exchange_wants_html(exchange)) {
        return what_if_page(exchange, asked, faults, NULL, err);
    }
    struct err problem = {0};
    result_ignore(faults_result(faults, &problem), "the faults are what is answered");
    answer_problem(exchange, &problem, faults, 0);
    return result_ok();
}

result handle_what_if(struct exchange *exchange, struct err *err)
{
    struct input_value values[FIELDS];
    struct faults faults = {0};
    json_t *made = NULL;
    TRY(may_ask(exchange, err));
    TRY(input_read(exchange, fields, FIELDS, values, &faults, err));
    struct asked_what asked = {.condition = values[1].text, .step = values[2].text};
    if (!values[1].given) { /* what was refused is given back */
        http_form_get(&exchange->input.form, STR("condition"), &asked.condition);
    }
    if (fault_of(&faults, STR("safeguard")) != NULL && !exchange_wants_html(exchange)) {
        return answer_what_if_faults(exchange, &asked, &faults, err);
    }
    TRY(find_safeguard(exchange, values[0].text, &asked.safeguard, err));
    if (values[2].given && !guards(exchange, asked.safeguard, asked.step)) {
        fault_add(&faults, STR("step"), STR("/step"),
                  STR("Choose a step that the safeguard guards"));
    }
    if (asked.condition.len > CONDITION_BYTES_MAX) {
        fault_add(&faults, STR("condition"), STR("/condition"), STR("The condition is too long"));
    }
    if (faults.count == 0) {
        TRY(judge_both(exchange, &asked, &faults, &made, err));
    }
    json_auto_t *resource = made;
    if (faults.count > 0) {
        return answer_what_if_faults(exchange, &asked, &faults, err);
    }
    return exchange_wants_html(exchange) ? what_if_page(exchange, &asked, &faults, resource, err)
                                         : answer_json(exchange, 200, resource, err);
}
