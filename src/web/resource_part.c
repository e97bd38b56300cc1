#include "web/resource_part.h"

#include "casework/places.h"
#include "rulebook/names.h"

#include <string.h>

struct arena part_memory_of(size_t size)
{
    struct arena arena = {0};
    result_ignore(arena_open(&arena, size, NULL),
                  "an empty arena gives nothing, and that is looked at");
    return arena;
}

struct arena part_memory(void)
{
    return part_memory_of(PART_MEMORY);
}

void out_known_day(struct json_out *out, const char *key, struct known_day day)
{
    json_out_object(out, key);
    json_out_flag(out, "known", day.known);
    if (day.known) {
        json_out_date(out, "value", day.day);
    }
    json_out_end(out);
}

json_t *part_known_day(struct known_day day)
{
    struct json_out out = json_out_tree();
    out_known_day(&out, NULL, day);
    return out.tree;
}

static void out_countries(struct json_out *out, const char *key, const struct country_set *set)
{
    char code[4];
    json_out_array(out, key);
    for (size_t i = 0; i < set->count; i++) {
        country_format(set->codes[i], code);
        json_out_c(out, NULL, code);
    }
    json_out_end(out);
}

void out_typed(struct json_out *out, const char *key, const struct fact *fact,
               const struct value *value)
{
    char code[4];
    switch (fact->type) {
    case FACT_FLAG:
        json_out_flag(out, key, value->number != 0);
        break;
    case FACT_NUMBER:
        json_out_int64(out, key, value->number);
        break;
    case FACT_DATE:
        json_out_date(out, key, (date){.day = (int32_t)value->number});
        break;
    case FACT_CHOICE:
        json_out_str(out, key, fact->choices[value->number]);
        break;
    case FACT_COUNTRY:
        country_format((uint16_t)value->number, code);
        json_out_c(out, key, code);
        break;
    case FACT_TEXT:
        json_out_str(out, key, value->text);
        break;
    case FACT_COUNTRIES:
        out_countries(out, key, &value->countries);
        break;
    }
}

void out_plain_text(struct json_out *out, const char *key, const struct rulebook *rulebook,
                    const struct fact *fact, const struct value *value, struct arena scratch,
                    struct buf *told)
{
    PART_ARENA larger = {0};
    struct buf buf;
    buf_init(&buf, &scratch, PART_TEXT_MAX);
    value_format_plain(rulebook, fact, value, &buf);
    if (buf.failed) {
        larger = part_memory();
        buf_init(&buf, &larger, PART_TEXT_MAX);
        value_format_plain(rulebook, fact, value, &buf);
    }
    json_out_str(out, key, buf_str(&buf));
    if (told != NULL) {
        buf_put(told, buf_str(&buf));
    }
}

/* What is known of it, but for the event that it comes from. */
static void out_value(struct json_out *out, const struct rulebook *rulebook,
                      const struct fact *fact, const struct value *value, struct arena scratch,
                      struct buf *told)
{
    json_out_flag(out, "known", value->known);
    if (!value->known) {
        return;
    }
    out_plain_text(out, "text", rulebook, fact, value, scratch, told);
    out_typed(out, "value", fact, value);
}

void out_event(struct json_out *out, int64_t event)
{
    if (event != 0) {
        json_out_int64(out, "event", event);
    }
}

json_t *part_value(const struct rulebook *rulebook, const struct fact *fact,
                   const struct value *value)
{
    PART_ARENA arena = part_memory();
    struct json_out out = json_out_tree();
    json_out_object(&out, NULL);
    out_value(&out, rulebook, fact, value, arena, NULL);
    out_event(&out, value->known ? value->event : 0);
    json_out_end(&out);
    return out.tree;
}

void out_value_text(struct json_out *out, const char *key, const struct rulebook *rulebook,
                    str fact, str text, struct buf *told)
{
    /* A value takes no more than its text, twice over for a list. */
    PART_ARENA arena =
        part_memory_of(text.len < PART_MEMORY_SHORT / 8 ? PART_MEMORY_SHORT : PART_MEMORY);
    const uint32_t index = rulebook_fact(rulebook, fact);
    struct value value = value_unknown();
    const bool read = index != NOT_FOUND_INDEX &&
                      value_parse(rulebook, &rulebook->facts[index], text, &arena, &value, NULL).ok;
    const bool known = read ? value.known : !str_equal(text, STR("unknown"));
    json_out_object(out, key);
    if (read) {
        out_value(out, rulebook, &rulebook->facts[index], &value, arena, told);
    } else {
        json_out_flag(out, "known", known);
        if (known) {
            json_out_str(out, "text", text);
            json_out_str(out, "value", text);
        }
    }
    json_out_end(out);
    if (told != NULL && !(read && known)) {
        buf_put(told, known ? text : STR("Not known"));
    }
}

json_t *part_value_text(const struct rulebook *rulebook, str fact, str text)
{
    struct json_out out = json_out_tree();
    out_value_text(&out, NULL, rulebook, fact, text, NULL);
    return out.tree;
}

json_t *part_plain_name(str name)
{
    char room[PLAIN_NAME_SIZE];
    return json_of_str(name_as_title_in(name, room, sizeof room));
}

str part_country_name(const struct rulebook *rulebook, str code)
{
    uint16_t number = 0;
    const str name =
        country_parse(code, &number) ? rulebook_country_name(rulebook, number) : STR("");
    return name.len > 0 ? name : code;
}

struct titled titled_step(const struct rulebook *rulebook, str name)
{
    const uint32_t index = rulebook_step(rulebook, name);
    return (struct titled){
        .name = name, .title = index == NOT_FOUND_INDEX ? STR("") : rulebook->steps[index].title};
}

struct titled titled_fact(const struct rulebook *rulebook, str name)
{
    const uint32_t index = rulebook_fact(rulebook, name);
    return (struct titled){
        .name = name, .title = index == NOT_FOUND_INDEX ? STR("") : rulebook->facts[index].title};
}

struct titled titled_role(const struct rulebook *rulebook, str name)
{
    const uint32_t index = rulebook_role(rulebook, name);
    return (struct titled){
        .name = name, .title = index == NOT_FOUND_INDEX ? STR("") : rulebook->roles[index].title};
}

str titled_title(struct titled titled, char room[PLAIN_NAME_SIZE])
{
    return titled.title.len > 0 ? titled.title
                                : name_as_title_in(titled.name, room, PLAIN_NAME_SIZE);
}

/* The members of what has a name and a title. */
static void out_titled_members(struct json_out *out, struct titled titled)
{
    char room[PLAIN_NAME_SIZE];
    json_out_str(out, "name", titled.name);
    json_out_str(out, "title", titled_title(titled, room));
}

void out_titled(struct json_out *out, const char *key, struct titled titled)
{
    json_out_object(out, key);
    out_titled_members(out, titled);
    json_out_end(out);
}

static json_t *part_titled(struct titled titled)
{
    struct json_out out = json_out_tree();
    out_titled(&out, NULL, titled);
    return out.tree;
}

void out_stage(struct json_out *out, const char *key, const struct rulebook *rulebook, str name)
{
    const uint32_t index = rulebook_stage(rulebook, name);
    const bool found = index != NOT_FOUND_INDEX;
    const struct titled titled = {.name = name,
                                  .title = found ? rulebook->stages[index].title : STR("")};
    char room[PLAIN_NAME_SIZE];
    json_out_object(out, key);
    json_out_str(out, "name", name);
    json_out_flag(out, "outcome", found && rulebook->stages[index].outcome);
    json_out_str(out, "title", titled_title(titled, room));
    json_out_end(out);
}

json_t *part_stage(const struct rulebook *rulebook, str name)
{
    struct json_out out = json_out_tree();
    out_stage(&out, NULL, rulebook, name);
    return out.tree;
}

json_t *part_step(const struct rulebook *rulebook, str name)
{
    return part_titled(titled_step(rulebook, name));
}

json_t *part_fact_name(const struct rulebook *rulebook, str name)
{
    return part_titled(titled_fact(rulebook, name));
}

void out_safeguard_name(struct json_out *out, const char *key, const struct rulebook *rulebook,
                        str name)
{
    const uint32_t index = rulebook_safeguard(rulebook, name);
    const bool found = index != NOT_FOUND_INDEX;
    json_out_object(out, key);
    out_titled_members(
        out, (struct titled){.name = name,
                             .title = found ? rulebook->safeguards[index].title : STR("")});
    json_out_str(out, "reason", found ? rulebook->safeguards[index].reason : STR(""));
    json_out_end(out);
}

json_t *part_safeguard_name(const struct rulebook *rulebook, str name)
{
    struct json_out out = json_out_tree();
    out_safeguard_name(&out, NULL, rulebook, name);
    return out.tree;
}

json_t *part_role(const struct rulebook *rulebook, str name)
{
    return part_titled(titled_role(rulebook, name));
}

void out_sources(struct json_out *out, const char *key, const struct source *sources, size_t count)
{
    json_out_array(out, key);
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_str(out, "text", sources[i].text);
        json_out_flag(out, "unverified", sources[i].unverified);
        json_out_end(out);
    }
    json_out_end(out);
}

json_t *part_sources(const struct source *sources, size_t count)
{
    struct json_out out = json_out_tree();
    out_sources(&out, NULL, sources, count);
    return out.tree;
}

void out_hub_name(struct json_out *out, const char *key, const struct hub_row *hub)
{
    json_out_object(out, key);
    json_out_flag(out, "known", hub->id != 0);
    if (hub->id != 0) {
        json_out_str(out, "name", hub->name);
        json_out_str(out, "reference", hub->reference);
    }
    json_out_end(out);
}

json_t *part_hub_name(const struct hub_row *hub)
{
    struct json_out out = json_out_tree();
    out_hub_name(&out, NULL, hub);
    return out.tree;
}

json_t *part_places(const struct place_counts *places)
{
    json_t *object = json_object();
    json_set_int64(object, "agreed", places->agreed);
    json_set_int64(object, "free", places->free);
    json_set_int64(object, "prebooked", places->prebooked);
    json_set_int64(object, "held", places->held);
    json_set_int64(object, "occupied", places->occupied);
    json_set_int64(object, "out_of_use", places->out_of_use);
    json_set_int64(object, "without_kind", places_without_kind(places));
    return object;
}

void out_person_members(struct json_out *out, const struct rulebook *rulebook,
                        const struct person_row *person, const struct identity *identity)
{
    if (identity != NULL) {
        out_known_day(out, "born_on", identity->born_on);
    }
    json_out_flag(out, "has_family", person->family != 0);
    out_known_day(out, "last_contact_on", person->last_contact_on);
    json_out_str(out, "last_contact_source", person->last_contact_source);
    if (identity != NULL) {
        json_out_str(out, "name", identity->name);
    }
    out_known_day(out, "next_check_on", person->next_check_on);
    json_out_flag(out, "placed_at_hub", person->hub != 0);
    json_out_str(out, "reference", person->reference);
    json_out_date(out, "registered_on", person->registered_on);
    out_stage(out, "stage", rulebook, person->stage);
    json_out_date(out, "stage_since", person->stage_since);
}

void out_arrival_members(struct json_out *out, const struct person_arrival *arrival)
{
    if (arrival->state == 0) {
        return;
    }
    json_out_c(out, "arrival", arrival_state_name(arrival->state));
    json_out_int64(out, "arrival_days_overdue", arrival->days_overdue);
    json_out_date(out, "arrival_departed_on", arrival->departed_on);
    if (arrival->owner.len > 0) {
        json_out_str(out, "arrival_owner", arrival->owner);
    }
}

json_t *part_person_arriving(const struct rulebook *rulebook, const struct person_row *person,
                             const struct identity *identity, const struct person_arrival *arrival)
{
    struct json_out out = json_out_tree();
    json_out_object(&out, NULL);
    out_arrival_members(&out, arrival);
    out_person_members(&out, rulebook, person, identity);
    json_out_end(&out);
    return out.tree;
}

json_t *part_person(const struct rulebook *rulebook, const struct person_row *person,
                    const struct identity *identity)
{
    struct json_out out = json_out_tree();
    json_out_object(&out, NULL);
    out_person_members(&out, rulebook, person, identity);
    json_out_end(&out);
    return out.tree;
}

/* The roles whose approval the step needs, in order, with whether it was given. */
static void out_approvals(struct json_out *out, const char *key, const struct rulebook *rulebook,
                          const struct request_row *request)
{
    const uint32_t index = rulebook_step(rulebook, request->step);
    json_out_array(out, key);
    for (size_t i = 0; index != NOT_FOUND_INDEX && i < rulebook->steps[index].approval_count; i++) {
        const str role = rulebook->roles[rulebook->steps[index].approvals[i]].name;
        json_out_object(out, NULL);
        json_out_flag(out, "given", i < request->approval_count);
        out_titled_members(out, titled_role(rulebook, role));
        json_out_end(out);
    }
    json_out_end(out);
}

void out_request_members(struct json_out *out, const struct rulebook *rulebook,
                         const struct request_row *request)
{
    out_approvals(out, "approvals", rulebook, request);
    json_out_int64(out, "approvals_given", (int64_t)request->approval_count);
    json_out_instant(out, "changed_at", request->changed_at);
    json_out_int64(out, "id", request->id);
    json_out_int64(out, "place", request->place);
    json_out_instant(out, "requested_at", request->requested_at);
    json_out_c(out, "state", request_state_name(request->state));
    out_titled(out, "step", titled_step(rulebook, request->step));
    json_out_flag(out, "with_hub", request->hub != 0);
}

json_t *part_request(const struct rulebook *rulebook, const struct request_row *request)
{
    struct json_out out = json_out_tree();
    json_out_object(&out, NULL);
    out_request_members(&out, rulebook, request);
    json_out_end(&out);
    return out.tree;
}

json_t *part_work_request(const struct rulebook *rulebook, const struct work_request *work)
{
    json_t *object = part_request(rulebook, &work->request);
    json_set(object, "person", part_person(rulebook, &work->person, &work->identity));
    json_t *hub = json_object();
    json_set_flag(hub, "known", work->hub.len > 0);
    if (work->hub.len > 0) {
        json_set_str(hub, "reference", work->hub);
        json_set_str(hub, "name", work->hub_name);
    }
    json_set(object, "hub", hub);
    json_set_flag(object, "mine_to_approve", work->mine_to_approve);
    json_set_flag(object, "mine_to_take", work->mine_to_take);
    return object;
}

const char *part_clock_state_name(enum clock_state state)
{
    switch (state) {
    case CLOCK_NOT_STARTED:
        return "not_started";
    case CLOCK_RUNNING:
        return "running";
    case CLOCK_EXPIRED:
        return "expired";
    case CLOCK_UNKNOWN:
        return "unknown";
    }
    return "";
}

void out_clock(struct json_out *out, const char *key, const struct rulebook *rulebook,
               const struct clock_line *line)
{
    const struct clock *clock = &rulebook->clocks[line->clock];
    const struct clock_answer *answer = &line->answer;
    json_out_object(out, key);
    if (clock->due_from != NOT_FOUND_INDEX) {
        out_titled(out, "due_from", titled_role(rulebook, rulebook->roles[clock->due_from].name));
    }
    json_out_str(out, "due_to", clock->due_to);
    out_known_day(out, "last_day",
                  (struct known_day){.known = answer->has_last_day, .day = answer->last_day});
    out_titled_members(out, (struct titled){.name = clock->name, .title = clock->title});
    out_sources(out, "sources", clock->sources, clock->source_count);
    out_known_day(out, "start",
                  (struct known_day){.known = answer->has_last_day, .day = answer->start});
    json_out_c(out, "state", part_clock_state_name(answer->state));
    json_out_end(out);
}

json_t *part_clock(const struct rulebook *rulebook, const struct clock_line *line)
{
    struct json_out out = json_out_tree();
    out_clock(&out, NULL, rulebook, line);
    return out.tree;
}

static void add_stage_count(json_t *list, const struct rulebook *rulebook,
                            const struct stage_count *count)
{
    json_t *stage = part_stage(rulebook, count->stage);
    json_set_int64(stage, "people", count->people);
    json_add(list, stage);
}

/* In the order of the rulebook, which is that of the procedure; of another rulebook last. */
json_t *part_stage_counts(const struct rulebook *rulebook, const struct stage_count *stages,
                          size_t count)
{
    json_t *list = json_array();
    for (uint32_t stage = 0; stage <= rulebook->stage_count; stage++) {
        for (size_t i = 0; i < count; i++) {
            const uint32_t found = rulebook_stage(rulebook, stages[i].stage);
            if (found == stage || (found == NOT_FOUND_INDEX && stage == rulebook->stage_count)) {
                add_stage_count(list, rulebook, &stages[i]);
            }
        }
    }
    return list;
}
