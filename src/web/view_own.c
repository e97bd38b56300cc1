#include "web/view_own.h"

#include "casework/access.h"

/* --- words ------------------------------------------------------------------------------------ */

const struct own_subject own_subjects[] = {
    {"record", SAY("Something in my record is wrong or missing")},
    {"decision", SAY("A decision")},
    {"access_to_lawyer", SAY("Access to a lawyer")},
    {"being_held", SAY("Being held")},
    {"treatment", SAY("How I am treated")},
    {"conduct_of_staff", SAY("The conduct of staff")},
    {"force", SAY("Force that was used")},
    {"health_care", SAY("Health care")},
    {"food_or_accommodation", SAY("Food or accommodation")},
    {"property", SAY("My belongings")},
    {"other", SAY("Something else")},
};
const size_t own_subject_count = sizeof own_subjects / sizeof own_subjects[0];

const struct own_subject *own_subject_named(str name)
{
    for (size_t i = 0; i < own_subject_count; i++) {
        if (str_equal(str_from_c(own_subjects[i].name), name)) {
            return &own_subjects[i];
        }
    }
    return NULL;
}

struct word {
    const char *name;
    const char *said;
};

static const struct word states[] = {
    {"open", SAY("Waiting for an answer")},
    {"answered", SAY("Answered")},
    {"appealed", SAY("The answer is reviewed")},
    {"decided", SAY("Decided after review")},
    {"closed", SAY("Closed")},
    {"given_up", SAY("Withdrawn")},
};

static const struct word outcomes[] = {
    {"upheld", SAY("You were right")},
    {"partly_upheld", SAY("You were right in part")},
    {"not_upheld", SAY("The office does not agree")},
};

#define WORDS(list) list, sizeof list / sizeof list[0]

static json_t *word_of(const struct own_view *view, const struct word *words, size_t count,
                       str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from_c(words[i].name), name)) {
            return json_of_str(speech_say(&view->speech, words[i].said));
        }
    }
    return name.len > 0 ? json_of_str(name) : json_false();
}

static json_t *subject_of(const struct own_view *view, str name)
{
    const struct own_subject *subject = own_subject_named(name);
    return json_of_str(subject != NULL ? speech_say(&view->speech, subject->title) : name);
}

/* --- pieces ----------------------------------------------------------------------------------- */

static json_t *law(const struct own_view *view, const json_t *object, const char *key)
{
    return speech_law(&view->speech, json_str_or_empty(object, key));
}

static json_t *day(const struct own_view *view, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_object(value)
               ? speech_known_day(&view->speech, view->arena, value)
               : speech_day(&view->speech, view->arena, json_str_or_empty(object, key));
}

/* {"any","list"}; takes the list. */
static json_t *any_of(json_t *list)
{
    json_t *object = json_object();
    json_set_flag(object, "any", json_array_size(list) > 0);
    json_set(object, "list", list);
    return object;
}

static json_t *href(const struct own_view *view, const char *rest)
{
    return json_of_str(arena_format(view->arena, "%.*s%s", STR_ARG(view->base), rest));
}

static void copy_count(const struct own_view *view, json_t *to, const json_t *from, const char *key)
{
    const int64_t count = json_integer_value(json_object_get(from, key));
    json_set_str(to, key, speech_number(&view->speech, view->arena, count));
}

/* The name, and where the parts of the record are. */
static json_t *head_of(const struct own_view *view, const json_t *record)
{
    json_t *head = json_object();
    json_set_str(head, "name", json_str_or_empty(record, "name"));
    json_set_str(head, "reference", json_str_or_empty(record, "reference"));
    json_set(head, "born_on", day(view, record, "born_on"));
    json_set(head, "href", json_of_str(view->base));
    json_set(head, "facts_href", href(view, "/record"));
    json_set(head, "looks_href", href(view, "/looks"));
    json_set(head, "copy_href", href(view, "/copy"));
    json_set(head, "complaint_href", href(view, "/complaint"));
    json_set_flag(head, "self", str_equal(json_str_or_empty(record, "as"), STR("self")));
    return head;
}

/* --- the record ------------------------------------------------------------------------------- */

/* Who has to do it in this time, when that is not the person. */
static json_t *duty_of(const struct own_view *view, const json_t *clock)
{
    const json_t *due_from = json_object_get(clock, "due_from");
    const enum account_role role = role_from_name(json_str_or_empty(due_from, "name"));
    if (due_from == NULL) {
        return json_false();
    }
    return role == ROLE_NONE ? json_of_str(json_str_or_empty(due_from, "title"))
                             : json_of_str(speech_say(&view->speech, role_title(role)));
}

static json_t *clock_of(const struct own_view *view, const json_t *clock)
{
    json_t *object = json_object();
    json_set(object, "title", law(view, clock, "title"));
    json_set(object, "start", view_clock_begins(clock) ? day(view, clock, "start") : json_false());
    json_set(object, "last_day", day(view, clock, "last_day"));
    json_set_flag(object, "over", str_equal(json_str_or_empty(clock, "state"), STR("expired")));
    copy_count(view, object, clock, "days_left");
    json_set_flag(object, "has_working_days",
                  json_is_true(json_object_get(clock, "has_working_days")));
    copy_count(view, object, clock, "working_days_left");
    json_set(object, "duty_of", duty_of(view, clock));
    json_set(object, "sources", json_incref(json_object_get(clock, "sources")));
    return object;
}

static json_t *clocks_of(const struct own_view *view, const json_t *record, bool over)
{
    json_t *list = json_array();
    size_t index;
    json_t *clock;
    json_array_foreach(json_object_get(record, "clocks"), index, clock)
    {
        if (str_equal(json_str_or_empty(clock, "state"), STR("expired")) == over) {
            json_add(list, clock_of(view, clock));
        }
    }
    return any_of(list);
}

static json_t *reasons_of(const struct own_view *view, const json_t *safeguards)
{
    json_t *list = json_array();
    size_t index;
    json_t *safeguard;
    json_array_foreach(safeguards, index, safeguard)
    {
        json_add(list, law(view, safeguard, "reason"));
    }
    return any_of(list);
}

static json_t *steps_of(const struct own_view *view, const json_t *record)
{
    json_t *list = json_array();
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(record, "next_steps"), index, step)
    {
        json_t *object = json_object();
        json_set(object, "title", law(view, step, "title"));
        json_set(object, "in_the_way", reasons_of(view, json_object_get(step, "in_the_way")));
        json_set(object, "not_known", reasons_of(view, json_object_get(step, "not_known")));
        copy_count(view, object, step, "conditions");
        copy_count(view, object, step, "clear");
        copy_count(view, object, step, "of_others");
        json_add(list, object);
    }
    return any_of(list);
}

static json_t *passages_of(const struct own_view *view, const json_t *record)
{
    json_t *list = json_array();
    size_t index;
    json_t *passage;
    json_array_foreach(json_object_get(record, "passages"), index, passage)
    {
        const json_t *step = json_object_get(passage, "step");
        const json_t *stage = json_object_get(passage, "stage");
        json_t *object = json_object();
        json_set(object, "on", day(view, passage, "on"));
        json_set(object, "step", json_is_object(step) ? law(view, step, "title") : json_false());
        json_set(object, "stage", json_is_object(stage) ? law(view, stage, "title") : json_false());
        json_add(list, object);
    }
    return any_of(list);
}

/* The title in both languages; the letter's own language may not be the page's. */
static void set_letter_title(json_t *object, const json_t *letter)
{
    json_set_str(object, "title", json_str_or_empty(letter, "title"));
    json_set_str(object, "translated_title", json_str_or_empty(letter, "translated_title"));
    json_set_flag(object, "both", json_str_or_empty(letter, "translated_title").len > 0);
    json_set_str(object, "language", json_str_or_empty(letter, "language"));
}

static json_t *letters_of(const struct own_view *view, const json_t *record)
{
    json_t *list = json_array();
    size_t index;
    json_t *letter;
    json_array_foreach(json_object_get(record, "letters"), index, letter)
    {
        json_t *object = json_object();
        set_letter_title(object, letter);
        json_set(object, "served_on", day(view, letter, "served_on"));
        json_set_str(
            object, "href",
            arena_format(view->arena, "%.*s/letters/%lld", STR_ARG(view->base),
                         (long long)json_integer_value(json_object_get(letter, "number"))));
        json_add(list, object);
    }
    return any_of(list);
}

static json_t *representatives_of(const struct own_view *view, const json_t *record)
{
    json_t *list = json_array();
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(record, "representatives"), index, one)
    {
        json_t *object = json_object();
        json_set_str(object, "name", json_str_or_empty(one, "name"));
        json_set(object, "first_day", day(view, one, "first_day"));
        json_set(object, "last_day", day(view, one, "last_day"));
        json_add(list, object);
    }
    return any_of(list);
}

static json_t *complaints_of(const struct own_view *view, const json_t *record)
{
    json_t *list = json_array();
    size_t index;
    json_t *complaint;
    json_array_foreach(json_object_get(record, "complaints"), index, complaint)
    {
        json_t *object = json_object();
        json_set(object, "about", subject_of(view, json_str_or_empty(complaint, "about")));
        json_set_str(object, "words", json_str_or_empty(complaint, "words"));
        json_set(object, "state",
                 word_of(view, WORDS(states), json_str_or_empty(complaint, "state")));
        json_set(object, "outcome",
                 word_of(view, WORDS(outcomes), json_str_or_empty(complaint, "outcome")));
        json_set(object, "opened_on", day(view, complaint, "opened_on"));
        json_set(object, "due_on", day(view, complaint, "due_on"));
        json_set(object, "answer",
                 json_str_or_empty(complaint, "answer").len > 0
                     ? json_of_str(json_str_or_empty(complaint, "answer"))
                     : json_false());
        json_add(list, object);
    }
    return any_of(list);
}

json_t *view_own_record(const struct own_view *view, const json_t *record)
{
    json_t *own = head_of(view, record);
    json_set(own, "stage", law(view, json_object_get(record, "stage"), "title"));
    json_set(own, "stage_since", day(view, record, "stage_since"));
    json_set(own, "on", day(view, record, "on"));
    const str arrival = json_str_or_empty(record, "arrival");
    json_set(own, "hub", json_incref(json_object_get(record, "hub")));
    json_set_flag(own, "not_arrived", arrival.len > 0 && !str_equal(arrival, STR("arrived")));
    json_set_flag(own, "restricted", json_is_true(json_object_get(record, "restricted")));
    json_set(own, "running", clocks_of(view, record, false));
    json_set(own, "over", clocks_of(view, record, true));
    json_set(own, "steps", steps_of(view, record));
    json_set(own, "passages", passages_of(view, record));
    json_set(own, "letters", letters_of(view, record));
    json_set(own, "representatives", representatives_of(view, record));
    json_set(own, "complaints", complaints_of(view, record));
    return own;
}

/* --- what is recorded ------------------------------------------------------------------------- */

/* A day is written in the language of the page; everything else as the rulebook says it. */
static json_t *value_of(const struct own_view *view, const json_t *value)
{
    const str text = json_str_or_empty(value, "text");
    const str raw = json_str_or_empty(value, "value");
    const char *answer = str_equal(text, STR("Yes"))  ? SAY("Yes")
                         : str_equal(text, STR("No")) ? SAY("No")
                                                      : NULL;
    if (answer != NULL) { /* words of the program, not of the law */
        json_t *object = json_object();
        json_set_str(object, "text", speech_say(&view->speech, answer));
        json_set_flag(object, "foreign", false);
        json_set(object, "iso", json_false());
        return object;
    }
    date parsed;
    if (raw.len == 10 && date_parse(raw, &parsed, NULL).ok) {
        json_t *as_day = speech_day(&view->speech, view->arena, raw);
        json_t *object = json_object();
        json_set(object, "text", json_incref(json_object_get(as_day, "text")));
        json_set_flag(object, "foreign", false);
        json_set_str(object, "iso", raw);
        json_decref(as_day);
        return object;
    }
    json_t *object = speech_law(&view->speech, text.len > 0 ? text : raw);
    json_set(object, "iso", json_false());
    return object;
}

static json_t *new_section(const struct own_view *view, str title)
{
    json_t *section = json_object();
    json_set(section, "title", speech_law(&view->speech, title));
    json_set(section, "facts", json_array());
    return section;
}

json_t *view_own_facts(const struct own_view *view, const json_t *record)
{
    json_t *own = head_of(view, record);
    json_t *sections = json_array();
    json_t *section = NULL;
    str title = STR("");
    size_t index;
    json_t *fact;
    json_array_foreach(json_object_get(record, "facts"), index, fact)
    {
        const str of = json_str_or_empty(fact, "section");
        if (section == NULL || !str_equal(of, title)) {
            section = new_section(view, of);
            json_add(sections, section);
            title = of;
        }
        json_t *line = json_object();
        const json_t *value = json_object_get(fact, "value");
        json_set(line, "title", law(view, fact, "title"));
        json_set_flag(line, "known", json_is_true(json_object_get(value, "known")));
        json_set(line, "value", value_of(view, value));
        json_set(line, "true_from", day(view, fact, "true_from"));
        json_set(line, "recorded_on", day(view, fact, "recorded_at"));
        json_add(json_object_get(section, "facts"), line);
    }
    json_set(own, "sections", any_of(sections));
    return own;
}

/* --- who looked ------------------------------------------------------------------------------- */

json_t *view_own_looks(const struct own_view *view, const json_t *looks)
{
    json_t *own = json_object();
    json_t *list = json_array();
    size_t index;
    json_t *look;
    json_array_foreach(json_object_get(looks, "looks"), index, look)
    {
        const enum account_role role = role_from_name(json_str_or_empty(look, "role"));
        const str at = json_str_or_empty(look, "at");
        json_t *object = json_object();
        json_set(object, "at", speech_day(&view->speech, view->arena, at));
        json_set_str(object, "time", str_slice(at, 11, 16));
        json_set_str(object, "role",
                     speech_say(&view->speech,
                                role == ROLE_NONE ? SAY("The register itself") : role_title(role)));
        json_add(list, object);
    }
    json_set(own, "href", json_of_str(view->base));
    json_set(own, "looks", any_of(list));
    return own;
}

/* --- a letter --------------------------------------------------------------------------------- */

json_t *view_own_letter(const struct own_view *view, const json_t *letter)
{
    json_t *own = json_object();
    json_t *lines = json_array();
    size_t index;
    json_t *line;
    set_letter_title(own, letter);
    json_array_foreach(json_object_get(letter, "lines"), index, line)
    {
        const str translation = json_str_or_empty(line, "translation");
        json_t *object = json_object();
        if (index == 0) {
            json_decref(object);
            continue; /* the title */
        }
        json_set_str(object, "original", json_str_or_empty(line, "original"));
        json_set(object, "translation",
                 translation.len > 0 ? json_of_str(translation) : json_false());
        json_set_flag(object, "heading",
                      str_equal(json_str_or_empty(line, "kind"), STR("heading")));
        json_add(lines, object);
    }
    json_set(own, "href", json_of_str(view->base));
    json_set(own, "issued_on", day(view, letter, "issued_on"));
    json_set(own, "served_on", day(view, letter, "served_on"));
    json_set_str(own, "sha256", json_str_or_empty(letter, "sha256"));
    json_set(own, "lines", lines);
    return own;
}

/* --- clients ---------------------------------------------------------------------------------- */

static str client_href(const struct own_view *view, const json_t *object, const char *key)
{
    return arena_format(view->arena, "/clients/%.*s", STR_ARG(json_str_or_empty(object, key)));
}

static json_t *deadlines_of(const struct own_view *view, const json_t *clients)
{
    json_t *list = json_array();
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(clients, "deadlines"), index, line)
    {
        json_t *object = clock_of(view, json_object_get(line, "clock"));
        json_set_str(object, "name", json_str_or_empty(line, "name"));
        json_set_str(object, "reference", json_str_or_empty(line, "person"));
        json_set_str(object, "href", client_href(view, line, "person"));
        json_set(object, "due", day(view, line, "due"));
        copy_count(view, object, line, "days_left");
        json_set_flag(object, "has_working_days",
                      json_is_true(json_object_get(line, "has_working_days")));
        copy_count(view, object, line, "working_days_left");
        json_add(list, object);
    }
    return any_of(list);
}

json_t *view_clients(const struct own_view *view, const json_t *clients)
{
    json_t *own = json_object();
    json_t *list = json_array();
    size_t index;
    json_t *client;
    json_array_foreach(json_object_get(clients, "clients"), index, client)
    {
        json_t *object = json_object();
        json_set_str(object, "name", json_str_or_empty(client, "name"));
        json_set_str(object, "reference", json_str_or_empty(client, "reference"));
        json_set_str(object, "href", client_href(view, client, "reference"));
        json_set(object, "stage", law(view, json_object_get(client, "stage"), "title"));
        json_set(object, "first_day", day(view, client, "first_day"));
        json_set(object, "last_day", day(view, client, "last_day"));
        json_add(list, object);
    }
    json_set(own, "clients", any_of(list));
    json_set(own, "deadlines", deadlines_of(view, clients));
    return own;
}
