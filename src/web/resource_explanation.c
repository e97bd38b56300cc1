#include "format/catalogue.h"
#include "web/resource_fact.h"
#include "web/resource_part.h"

static const char *reason_kind_name(enum reason_kind kind)
{
    switch (kind) {
    case REASON_ALL:
        return "all";
    case REASON_ANY:
        return "any";
    case REASON_NOT:
        return "not";
    case REASON_DEFINITION:
        return "definition";
    case REASON_COMPARISON:
        return "comparison";
    case REASON_KNOWN:
        return "known";
    case REASON_CLOCK:
        return "clock";
    case REASON_FAMILY:
        return "family";
    case REASON_MEMBER:
        return "member";
    case REASON_CONSTANT:
        return "constant";
    case REASON_FACT:
        return "fact";
    }
    return "";
}

static const char *change_kind_name(enum change_kind kind)
{
    switch (kind) {
    case CHANGE_FACT_KNOWN:
        return "fact_known";
    case CHANGE_FACT_VALUE:
        return "fact_value";
    case CHANGE_WAIT:
        return "wait";
    }
    return "";
}

/* The fact of a leaf, and who recorded it when the view is at hand. A fact of a family member is
 * that member's, so the view (the person's own facts) says nothing of it. */
static json_t *fact_of(const struct rulebook *rulebook, const struct reason *reason,
                       const struct case_view *view, bool of_member)
{
    const struct fact *fact = &rulebook->facts[reason->fact];
    const bool own = view != NULL && view->facts != NULL && !of_member;
    struct known_fact known = {.fact = reason->fact};
    if (own) {
        known = view->facts[reason->fact];
        known.fact = reason->fact;
    }
    known.value = reason->value;
    json_t *object =
        own ? part_known_fact(rulebook, &known) : part_value(rulebook, fact, &reason->value);
    json_set_str(object, "fact", fact->name);
    json_set_str(object, "title", fact->title);
    json_set(object, "type", json_string(part_fact_type_name(fact->type)));
    return object;
}

static json_t *definition_title(const struct rulebook *rulebook, str name)
{
    for (size_t i = 0; i < rulebook->definition_count; i++) {
        const struct definition *definition = &rulebook->definitions[i];
        if (str_equal(definition->name, name)) {
            return json_of_str(definition->title);
        }
    }
    return part_plain_name(name);
}

static json_t *reason_as_json(const struct rulebook *rulebook, const struct reason *reason,
                              const struct case_view *view, bool of_member)
{
    json_t *object = json_object();
    json_set(object, "kind", json_string(reason_kind_name(reason->kind)));
    json_set(object, "truth", json_string(truth_name(reason->truth)));
    json_set_str(object, "text", reason->text);
    if (reason->kind == REASON_FACT && reason->fact != NOT_FOUND_INDEX) {
        json_set(object, "fact", fact_of(rulebook, reason, view, of_member));
    }
    if (reason->kind == REASON_CLOCK && reason->clock != NOT_FOUND_INDEX) {
        const struct clock_line line = {.clock = reason->clock, .answer = reason->clock_answer};
        json_set(object, "clock", part_clock(rulebook, &line));
    }
    if (reason->kind == REASON_DEFINITION) {
        json_set(object, "title", definition_title(rulebook, reason->text));
    }
    if (reason->kind == REASON_MEMBER) {
        json_set_int64(object, "member", (int64_t)reason->member);
    }
    json_t *children = json_array();
    for (size_t i = 0; i < reason->child_count; i++) {
        json_add(children, reason_as_json(rulebook, &reason->children[i], view,
                                          of_member || reason->kind == REASON_MEMBER));
    }
    json_set(object, "children", children);
    return object;
}

const char *part_change_sentence(enum change_kind kind)
{
    switch (kind) {
    case CHANGE_FACT_KNOWN:
        return "Record \xE2\x80\x9C{{fact}}\xE2\x80\x9D, which is not known";
    case CHANGE_FACT_VALUE:
        return "It would be clear if \xE2\x80\x9C{{fact}}\xE2\x80\x9D were: {{values}}";
    case CHANGE_WAIT:
        return "With nothing new recorded, it is clear on {{day}}";
    }
    return "";
}

/* One sentence on what would change the verdict. */
static void set_change_text(json_t *object, const struct rulebook *rulebook,
                            const struct change *change)
{
    PART_ARENA arena = part_memory();
    const str sentence = str_from_c(part_change_sentence(change->kind));
    struct buf buf;
    struct buf value;
    buf_init(&buf, &arena, PART_TEXT_MAX);
    buf_init(&value, &arena, PART_TEXT_MAX);
    char day[20];
    switch (change->kind) {
    case CHANGE_FACT_KNOWN:
        said_put(&buf, sentence, SAID({"fact", rulebook->facts[change->fact].title}));
        break;
    case CHANGE_FACT_VALUE:
        value_format_plain(rulebook, &rulebook->facts[change->fact], &change->value, &value);
        said_put(&buf, sentence,
                 SAID({"fact", rulebook->facts[change->fact].title}, {"values", buf_str(&value)}));
        break;
    case CHANGE_WAIT:
        date_format_plain(change->day, day);
        said_put(&buf, sentence, SAID({"day", str_from_c(day)}));
        break;
    }
    json_set_str(object, "text", buf_str(&buf));
}

static json_t *change_as_json(const struct rulebook *rulebook, const struct change *change)
{
    json_t *object = json_object();
    json_set(object, "kind", json_string(change_kind_name(change->kind)));
    set_change_text(object, rulebook, change);
    if (change->kind == CHANGE_WAIT) {
        json_set(object, "day", json_of_date(change->day));
        return object;
    }
    const struct fact *fact = &rulebook->facts[change->fact];
    json_set(object, "fact", part_fact_name(rulebook, fact->name));
    json_set_str(object, "section", fact->section);
    if (change->kind == CHANGE_FACT_VALUE) {
        json_set(object, "value", part_value(rulebook, fact, &change->value));
    }
    return object;
}

static json_t *safeguard_as_json(const struct rulebook *rulebook,
                                 const struct safeguard_explanation *explanation,
                                 const struct case_view *view)
{
    const struct safeguard *safeguard = &rulebook->safeguards[explanation->safeguard];
    json_t *object = json_object();
    json_set_str(object, "name", safeguard->name);
    json_set_str(object, "title", safeguard->title);
    json_set_str(object, "section", safeguard->section);
    json_set(object, "clearance", json_string(clearance_name(explanation->clearance)));
    json_set_str(object, "reason", safeguard->reason);
    json_set(object, "sources", part_sources(safeguard->sources, safeguard->source_count));
    if (explanation->condition != NULL) {
        json_set(object, "condition",
                 reason_as_json(rulebook, explanation->condition, view, false));
    }
    json_t *changes = json_array();
    for (size_t i = 0; i < explanation->change_count; i++) {
        json_add(changes, change_as_json(rulebook, &explanation->changes[i]));
    }
    json_set(object, "changes", changes);
    return object;
}

json_t *resource_explanation(const struct rulebook *rulebook, const struct explanation *explanation,
                             const struct case_view *view)
{
    const struct step *step = &rulebook->steps[explanation->step];
    json_t *object = json_object();
    json_set_str(object, "step", step->name);
    json_set_str(object, "title", step->title);
    json_set(object, "clearance", json_string(clearance_name(explanation->clearance)));
    json_set(object, "on", json_of_date(explanation->today));
    json_t *safeguards = json_array();
    for (size_t i = 0; i < explanation->safeguard_count; i++) {
        json_add(safeguards, safeguard_as_json(rulebook, &explanation->safeguards[i], view));
    }
    json_set(object, "safeguards", safeguards);
    return object;
}

json_t *resource_explain(const struct rulebook *rulebook, const struct explain_answer *answer)
{
    json_t *object = resource_explanation(rulebook, &answer->explanation, &answer->view);
    json_set(object, "person", part_person(rulebook, &answer->view.person, &answer->view.identity));
    json_set_flag(object, "leads_on", answer->leads_on);
    json_set_flag(object, "with_hub", answer->view.hub.id != 0);
    json_set(object, "hub", part_hub_name(&answer->view.hub));
    json_set(object, "known_at", json_of_instant(answer->view.known_at));
    json_set_str(object, "rulebook", rulebook->name);
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&rulebook->identity, identity);
    json_set(object, "rulebook_identity", json_string(identity));
    return object;
}

json_t *resource_step_answer(const struct rulebook *rulebook, const struct step_answer *answer)
{
    json_t *object = json_object();
    json_set_flag(object, "refused", answer->refused);
    json_set_str(object, "refusal", answer->refusal);
    json_set_flag(object, "repeated", answer->repeated);
    json_set_int64(object, "event", answer->event);
    if (answer->explanation.safeguards != NULL) {
        json_set(object, "explanation", resource_explanation(rulebook, &answer->explanation, NULL));
    }
    if (answer->request.id != 0) {
        json_set(object, "request", part_request(rulebook, &answer->request));
    }
    json_set(object, "person", part_person(rulebook, &answer->person, NULL));
    return object;
}

static json_t *stopped_as_json(const struct rulebook *rulebook,
                               const struct stopped_request *stopped)
{
    json_t *object = json_object();
    json_set_int64(object, "request", stopped->request);
    json_set_str(object, "person", stopped->reference);
    json_set(object, "step", part_step(rulebook, stopped->step));
    json_t *safeguards = json_array();
    for (size_t i = 0; i < stopped->safeguard_count; i++) {
        json_add(safeguards, part_safeguard_name(rulebook, stopped->safeguards[i]));
    }
    json_set(object, "safeguards", safeguards);
    json_set_flag(object, "aboard", stopped->aboard);
    return object;
}

json_t *resource_record_answer(const struct rulebook *rulebook, const struct record_answer *answer)
{
    json_t *object = json_object();
    json_t *events = json_array();
    for (size_t i = 0; i < answer->event_count; i++) {
        json_add(events, json_integer(answer->events[i]));
    }
    json_set(object, "events", events);
    json_t *stopped = json_array();
    for (size_t i = 0; i < answer->stopped_count; i++) {
        json_add(stopped, stopped_as_json(rulebook, &answer->stopped[i]));
    }
    json_set(object, "stopped", stopped);
    json_set_flag(object, "repeated", answer->repeated);
    return object;
}
