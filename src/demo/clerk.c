#include "demo/clerk.h"

#include "casework/book_clocks.h"

enum { OFFICE_HOUR = 9, MINUTE_MILLISECONDS = 60 * 1000, RELIED_ON_MAX = 512 };

struct named {
    str name;
    str source;
};

static const struct named named_facts[] = {
#define NAMED_FACT(constant, name, source) [constant] = {STR_INIT(name), STR_INIT(source)},
#include "demo/name.def"
#undef NAMED_FACT
};

static const struct named named_steps[] = {
#define NAMED_STEP(constant, name) [constant] = {STR_INIT(name), STR_INIT("")},
#include "demo/name.def"
#undef NAMED_STEP
};

/* --- setting ------------------------------------------------------------------------------ */

static result lacks_name(const char *kind, str name, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT,
                          "The rulebook has no %s \"%.*s\", which the demonstration records", kind,
                          STR_ARG(name)),
                  "the advice returns the failure");
    return err_hint(err, "Use the rulebook of the United Kingdom that came with this program.");
}

static result find_names(struct clerk_setting *setting, struct err *err)
{
    for (size_t i = 0; i < NAMED_FACT_COUNT; i++) {
        setting->facts[i] = rulebook_fact(setting->rulebook, named_facts[i].name);
        if (setting->facts[i] == NOT_FOUND_INDEX) {
            return lacks_name("fact", named_facts[i].name, err);
        }
    }
    for (size_t i = 0; i < NAMED_STEP_COUNT; i++) {
        setting->steps[i] = rulebook_step(setting->rulebook, named_steps[i].name);
        if (setting->steps[i] == NOT_FOUND_INDEX) {
            return lacks_name("step", named_steps[i].name, err);
        }
    }
    return result_ok();
}

result demo_can_show(const struct rulebook *rulebook, struct err *err)
{
    struct clerk_setting setting = {.rulebook = rulebook};
    return find_names(&setting, err);
}

static result find_reads(struct clerk_setting *setting, struct arena *arena, struct err *err)
{
    const struct rulebook *rulebook = setting->rulebook;
    bool **reads = ARENA_NEW(arena, bool *, rulebook->step_count);
    if (reads == NULL) {
        return arena_full(err);
    }
    for (size_t step = 0; step < rulebook->step_count; step++) {
        reads[step] = ARENA_NEW(arena, bool, rulebook->fact_count);
        if (reads[step] == NULL) {
            return arena_full(err);
        }
        for (size_t i = 0; i < rulebook->steps[step].safeguard_count; i++) {
            judge_reads(rulebook, rulebook->steps[step].safeguards[i], reads[step]);
        }
    }
    setting->reads = reads;
    return result_ok();
}

result clerk_setting_make(const struct rulebook *rulebook, date today, struct arena *arena,
                          struct clerk_setting *ret_setting, struct err *err)
{
    struct clerk_setting setting = {.rulebook = rulebook, .today = today};
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&rulebook->identity, identity);
    setting.identity = arena_copy(arena, str_from_c(identity));
    if (setting.identity.at == NULL) {
        return arena_full(err);
    }
    TRY(find_names(&setting, err));
    TRY(find_reads(&setting, arena, err));
    *ret_setting = setting;
    return result_ok();
}

/* --- subjects and events ------------------------------------------------------------------ */

result clerk_init(struct clerk *clerk, const struct clerk_setting *setting,
                  struct transaction *transaction, struct arena *arena, struct arena of_subject,
                  struct err *err)
{
    *clerk = (struct clerk){.setting = setting, .transaction = transaction, .arena = of_subject};
    clerk->values = ARENA_NEW(arena, struct value, setting->rulebook->fact_count);
    clerk->since = ARENA_NEW(arena, date, setting->rulebook->fact_count);
    return clerk->values == NULL || clerk->since == NULL ? arena_full(err) : result_ok();
}

void clerk_begin(struct clerk *clerk, enum subject_kind kind, int64_t subject)
{
    arena_reset(&clerk->arena);
    for (size_t i = 0; i < clerk->setting->rulebook->fact_count; i++) {
        clerk->values[i] = value_unknown();
        clerk->since[i] = (date){INT32_MIN};
    }
    clerk->kind = kind;
    clerk->subject = subject;
    clerk->stage = clerk->setting->rulebook->start_stage;
    clerk->last = (instant){0};
    clerk->actor = ACTOR_CASEWORKER;
    clerk->hub_place = 0;
}

static result append_at(struct clerk *clerk, struct event *event, date on, instant at,
                        struct err *err)
{
    ASSERT(date_before(on, clerk->setting->today));
    event->subject_kind = clerk->kind;
    event->subject = clerk->subject;
    event->effective_on = on;
    event->recorded_at = at;
    event->actor = clerk->actor == ACTOR_REGISTER ? 0 : clerk->setting->accounts[clerk->actor];
    TRY(transaction_append(clerk->transaction, event, err));
    clerk->last = at;
    clerk->event_count++;
    return result_ok();
}

result clerk_append(struct clerk *clerk, struct event *event, date on, struct err *err)
{
    instant at = instant_from_date(on);
    at.milliseconds += (int64_t)OFFICE_HOUR * 60 * MINUTE_MILLISECONDS;
    if (clerk->last.milliseconds >= at.milliseconds) {
        at.milliseconds = clerk->last.milliseconds + MINUTE_MILLISECONDS;
    }
    return append_at(clerk, event, on, at, err);
}

result clerk_register_person(struct clerk *clerk, str reference, str name, struct known_day born_on,
                             date on, struct err *err)
{
    struct event event = {.kind = EVENT_PERSON_REGISTERED,
                          .body.person_registered = {
                              .reference = reference,
                              .name = name,
                              .born_on = born_on,
                              .stage = clerk->setting->rulebook->stages[clerk->stage].name,
                          }};
    return clerk_append(clerk, &event, on, err);
}

result clerk_contact(struct clerk *clerk, str source, struct known_day next_check_on, date on,
                     struct err *err)
{
    struct event event = {
        .kind = EVENT_CONTACT_CONFIRMED,
        .body.contact_confirmed = {.source = source, .next_check_on = next_check_on}};
    return clerk_append(clerk, &event, on, err);
}

/* --- facts -------------------------------------------------------------------------------- */

/* After the event is appended: what the subject's facts are now. Of two values the one that is true
 * from the later day counts, and of the same day the one recorded later. */
static result learn(struct clerk *clerk, uint32_t fact, str text, date on, int64_t event,
                    struct err *err)
{
    const struct rulebook *rulebook = clerk->setting->rulebook;
    if (date_before(on, clerk->since[fact])) {
        return result_ok();
    }
    clerk->since[fact] = on;
    TRY(value_parse(rulebook, &rulebook->facts[fact], text, &clerk->arena, &clerk->values[fact],
                    err));
    clerk->values[fact].event = event;
    return result_ok();
}

static result record(struct clerk *clerk, uint32_t fact, str value, str source, date on,
                     struct err *err)
{
    struct event event = {.kind = EVENT_FACT_RECORDED,
                          .body.fact_recorded = {.fact = clerk->setting->rulebook->facts[fact].name,
                                                 .value = value,
                                                 .source = source}};
    TRY(clerk_append(clerk, &event, on, err));
    return learn(clerk, fact, value, on, event.position, err);
}

result clerk_fact(struct clerk *clerk, enum named_fact fact, str value, date on, struct err *err)
{
    return record(clerk, clerk->setting->facts[fact], value, named_facts[fact].source, on, err);
}

result clerk_fact_named(struct clerk *clerk, str name, str value, str source, date on,
                        struct err *err)
{
    const uint32_t fact = rulebook_fact(clerk->setting->rulebook, name);
    return fact == NOT_FOUND_INDEX ? lacks_name("fact", name, err)
                                   : record(clerk, fact, value, source, on, err);
}

result clerk_flag(struct clerk *clerk, enum named_fact fact, bool flag, date on, struct err *err)
{
    return clerk_fact(clerk, fact, flag ? STR("yes") : STR("no"), on, err);
}

result clerk_day(struct clerk *clerk, enum named_fact fact, date value, date on, struct err *err)
{
    char text[DATE_TEXT_SIZE];
    date_format(value, text);
    return clerk_fact(clerk, fact, str_from_c(text), on, err);
}

static result keep_value(struct value *value, struct arena *arena, struct err *err)
{
    uint16_t *codes = ARENA_NEW(arena, uint16_t, value->countries.count + 1);
    value->text = arena_copy(arena, value->text);
    if (codes == NULL || value->text.at == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < value->countries.count; i++) {
        codes[i] = value->countries.codes[i];
    }
    value->countries.codes = codes;
    return result_ok();
}

result clerk_keep_values(const struct clerk *clerk, struct arena *arena, struct value **ret_values,
                         struct err *err)
{
    const size_t count = clerk->setting->rulebook->fact_count;
    struct value *values = ARENA_NEW(arena, struct value, count);
    if (values == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = clerk->values[i];
        TRY(keep_value(&values[i], arena, err));
    }
    *ret_values = values;
    return result_ok();
}

/* --- judging ------------------------------------------------------------------------------ */

static const struct step *rule_of(const struct clerk *clerk, enum named_step step)
{
    return &clerk->setting->rulebook->steps[clerk->setting->steps[step]];
}

/* The hub's values are brought to that day: whoever needs them afterwards asks here first.
 *
 * The people of the demonstration whose safeguards ask about a family have none: the group is
 * recorded as complete. A place that the person holds counts as free for them. */
static struct question question_of(const struct clerk *clerk, const struct clerk_hub *hub, date on)
{
    struct question question = {.person = clerk->values, .today = on};
    if (hub != NULL) {
        const int64_t own = clerk->hub_place > 0 ? 1 : 0;
        for (size_t i = 0; i < hub->visit_count && !date_before(on, hub->visits[i].on); i++) {
            hub->values[clerk->setting->facts[FACT_HUB_VISIT]] = hub->visits[i].visited_on;
            hub->values[clerk->setting->facts[FACT_HUB_NEXT_VISIT]] = hub->visits[i].next_due;
        }
        /* The monitor of the demonstration called nothing serious. */
        hub->values[clerk->setting->facts[FACT_HUB_FINDINGS]] = value_number(0);
        hub->values[clerk->setting->facts[FACT_HUB_PLACES_FREE]] =
            value_number(hub->place_count - hub->places_used + own);
        question.hub = hub->values;
        question.agreement = hub->agreement_values;
    }
    return question;
}

enum clearance clerk_judge(const struct clerk *clerk, enum named_step step,
                           const struct clerk_hub *hub, date on)
{
    const struct question question = question_of(clerk, hub, on);
    return judge_step(clerk->setting->rulebook, clerk->setting->steps[step], &question, NULL);
}

/* Puts the position into its place of an ascending list, unless it is there already. */
static void insert_position(int64_t *positions, size_t *count, int64_t position)
{
    size_t at = *count;
    while (at > 0 && positions[at - 1] > position) {
        at--;
    }
    if (at > 0 && positions[at - 1] == position) {
        return;
    }
    for (size_t i = *count; i > at; i--) {
        positions[i] = positions[i - 1];
    }
    positions[at] = position;
    (*count)++;
}

static result relied_on(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                        struct number_list *ret_list, struct err *err)
{
    const struct rulebook *rulebook = clerk->setting->rulebook;
    const bool *reads = clerk->setting->reads[clerk->setting->steps[step]];
    int64_t positions[RELIED_ON_MAX];
    size_t count = 0;
    ASSERT(rulebook->fact_count <= RELIED_ON_MAX);
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct value *values = rulebook->facts[i].subject == SUBJECT_PERSON ? clerk->values
                                     : hub == NULL                                ? NULL
                                     : rulebook->facts[i].subject == SUBJECT_HUB
                                         ? hub->values
                                         : hub->agreement_values;
        if (reads[i] && values != NULL && values[i].known && values[i].event > 0) {
            insert_position(positions, &count, values[i].event);
        }
    }
    int64_t *items = ARENA_NEW(&clerk->arena, int64_t, count + 1);
    if (items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = positions[i];
    }
    *ret_list = (struct number_list){.items = items, .count = count};
    return result_ok();
}

/* The names of the safeguards that are not clear, for a message or a STEP_STOPPED. */
static result in_the_way(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                         date on, struct text_list *ret_names, struct err *err)
{
    const struct rulebook *rulebook = clerk->setting->rulebook;
    const struct step *rule = rule_of(clerk, step);
    const struct question question = question_of(clerk, hub, on);
    str *names = ARENA_NEW(&clerk->arena, str, rule->safeguard_count + 1);
    if (names == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < rule->safeguard_count; i++) {
        if (judge_safeguard(rulebook, rule->safeguards[i], &question) != CLEARANCE_CLEAR) {
            names[count++] = rulebook->safeguards[rule->safeguards[i]].name;
        }
    }
    *ret_names = (struct text_list){.items = names, .count = count};
    return result_ok();
}

static result not_clear(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                        date on, struct err *err)
{
    struct text_list names;
    char day[DATE_TEXT_SIZE];
    TRY(in_the_way(clerk, step, hub, on, &names, err));
    date_format(on, day);
    const str first = names.count > 0 ? names.items[0] : STR("none");
    result_ignore(err_set(err, ERROR_INPUT,
                          "The demonstration cannot be made: on %s the rulebook does not clear "
                          "\"%.*s\" where the story "
                          "needs it; safeguards in the way: %zu, the first is %.*s",
                          day, STR_ARG(rule_of(clerk, step)->name), names.count, STR_ARG(first)),
                  "the advice returns the failure");
    return err_hint(
        err, "Use the rulebook that came with this program, and a day that its calendars cover.");
}

/* --- steps -------------------------------------------------------------------------------- */

/* --- what a step opens in the books --- */

static result append_next(struct clerk *clerk, struct event *event, date on, struct err *err)
{
    return append_at(clerk, event, on, (instant){clerk->last.milliseconds + 1}, err);
}

static result change_entry(struct clerk *clerk, int64_t entry, str state, struct text_list fields,
                           struct text_list values, date on, struct err *err)
{
    struct event event = {
        .kind = EVENT_ENTRY_CHANGED,
        .body.entry_changed = {.entry = entry, .state = state, .fields = fields, .values = values}};
    return append_next(clerk, &event, on, err);
}

/* Told on the same day. */
static result do_duty(struct clerk *clerk, int64_t duty, date on, struct err *err)
{
    static const str fields[] = {STR_INIT("told"), STR_INIT("ended_at")};
    char now[INSTANT_TEXT_SIZE];
    instant_format(clerk->last, now);
    const str values[] = {STR("By telephone (fictional)"),
                          arena_copy(&clerk->arena, str_from_c(now))};
    return values[1].at == NULL
               ? arena_full(err)
               : change_entry(clerk, duty, STR("closed"),
                              (struct text_list){.items = fields, .count = 2},
                              (struct text_list){.items = values, .count = 2}, on, err);
}

/* What was found on the first day; the entry stays open. */
static result answer_entry(struct clerk *clerk, enum entry_kind kind, int64_t entry, date on,
                           struct err *err)
{
    static const str fields[] = {STR_INIT("outcome"), STR_INIT("answer"), STR_INIT("where")};
    const bool death = kind == ENTRY_DEATH;
    const str values[] = {death ? STR("not_established") : STR("not_found"),
                          STR("First account (fictional)"),
                          death ? STR("community") : STR("accommodation")};
    return change_entry(clerk, entry, STR("answered"),
                        (struct text_list){.items = fields, .count = 3},
                        (struct text_list){.items = values, .count = 3}, on, err);
}

static result open_in_books(struct clerk *clerk, str kind, date on, struct err *err)
{
    const struct rulebook *rulebook = clerk->setting->rulebook;
    const enum entry_kind found = entry_kind_from_name(kind);
    const struct question question = {.person = clerk->values, .today = on};
    struct event event;
    struct known_day due;
    ASSERT(found == ENTRY_DEATH || found == ENTRY_ABSCONDING);
    book_fill_since(rulebook, on, clerk->values);
    TRY(book_opened_by_step(rulebook, found, 0, &question, &clerk->arena, &event, err));
    TRY(append_next(clerk, &event, on, err));
    const int64_t parent = event.position;
    for (uint32_t duty = book_duty(rulebook, found, 0, &question, &due); duty != NOT_FOUND_INDEX;
         duty = book_duty(rulebook, found, duty + 1, &question, &due)) {
        TRY(book_duty_opened(&rulebook->clocks[duty], 0, parent, due, &clerk->arena, &event, err));
        TRY(append_next(clerk, &event, on, err));
        TRY(do_duty(clerk, event.position, on, err));
    }
    return answer_entry(clerk, found, parent, on, err);
}

static result append_record(struct clerk *clerk, const struct step *rule,
                            const struct step_record *record, date on, struct err *err)
{
    const struct fact *fact = &clerk->setting->rulebook->facts[record->fact];
    const struct value today = value_date(on);
    const struct value *value = record->today ? &today : &record->value;
    if (!value->known && !clerk->values[record->fact].known) {
        return result_ok();
    }
    struct event event = {.kind = EVENT_FACT_RECORDED,
                          .body.fact_recorded = {.fact = fact->name, .source = rule->title}};
    struct buf buf;
    buf_init(&buf, &clerk->arena, 4096);
    value_format(fact, value, &buf);
    TRY(buf_finish(&buf, &event.body.fact_recorded.value, err));
    const instant at = {clerk->last.milliseconds + 1};
    TRY(append_at(clerk, &event, on, at, err));
    TRY(learn(clerk, record->fact, event.body.fact_recorded.value, on, event.position, err));
    const str opens = book_opens(clerk->setting->rulebook, record);
    return opens.len > 0 ? open_in_books(clerk, opens, on, err) : result_ok();
}

/* The place convention of STEP_TAKEN (event.def). */
static int64_t move_place(struct clerk *clerk, const struct step *rule, struct clerk_hub *hub,
                          int64_t held)
{
    switch (rule->place) {
    case STEP_PLACE_NONE:
        return 0;
    case STEP_PLACE_FREES:
        if (clerk->hub_place == 0) {
            return 0;
        }
        ASSERT(hub != NULL);
        hub->places_used--;
        clerk->hub_place = 0;
        return -1;
    case STEP_PLACE_TAKES:
        break;
    }
    ASSERT(held > 0);
    return held;
}

static result append_taken(struct clerk *clerk, enum named_step step, struct clerk_hub *hub,
                           int64_t request, date on, struct err *err)
{
    const struct rulebook *rulebook = clerk->setting->rulebook;
    const struct step *rule = rule_of(clerk, step);
    struct event event = {.kind = EVENT_STEP_TAKEN};
    struct step_taken_body *body = &event.body.step_taken;
    *body = (struct step_taken_body){.request = request,
                                     .step = rule->name,
                                     .from = rulebook->stages[clerk->stage].name,
                                     .hub = hub != NULL && rule->with_hub ? hub->hub : 0,
                                     .agreement =
                                         hub != NULL && rule->with_agreement ? hub->agreement : 0,
                                     .rulebook = clerk->setting->identity};
    TRY(relied_on(clerk, step, hub, &body->relied_on, err));
    body->place = move_place(clerk, rule, hub, clerk->hub_place);
    if (!rule->same_stage) {
        clerk->stage = rule->to;
    }
    body->to = rulebook->stages[clerk->stage].name;
    TRY(clerk_append(clerk, &event, on, err));
    clerk->stay = body->place > 0 ? event.position : clerk->stay;
    for (size_t i = 0; i < rule->record_count; i++) {
        TRY(append_record(clerk, rule, &rule->records[i], on, err));
    }
    return result_ok();
}

result clerk_step(struct clerk *clerk, enum named_step step, struct clerk_hub *hub, date on,
                  bool *ret_taken, struct err *err)
{
    const struct step *rule = rule_of(clerk, step);
    ASSERT(rule->approval_count == 0);
    *ret_taken = rulebook_step_leaves(clerk->setting->rulebook, rule, clerk->stage) &&
                 clerk_judge(clerk, step, hub, on) == CLEARANCE_CLEAR;
    return *ret_taken ? append_taken(clerk, step, hub, 0, on, err) : result_ok();
}

result clerk_must_step(struct clerk *clerk, enum named_step step, struct clerk_hub *hub, date on,
                       struct err *err)
{
    bool taken = false;
    TRY(clerk_step(clerk, step, hub, on, &taken, err));
    return taken ? result_ok() : not_clear(clerk, step, hub, on, err);
}

result clerk_must_be_clear(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                           date on, struct err *err)
{
    const bool leads =
        rulebook_step_leaves(clerk->setting->rulebook, rule_of(clerk, step), clerk->stage);
    return leads && clerk_judge(clerk, step, hub, on) == CLEARANCE_CLEAR
               ? result_ok()
               : not_clear(clerk, step, hub, on, err);
}

result clerk_request(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                     date on, int64_t *ret_request, struct err *err)
{
    const struct step *rule = rule_of(clerk, step);
    TRY(clerk_must_be_clear(clerk, step, hub, on, err));
    struct event event = {.kind = EVENT_STEP_REQUESTED,
                          .body.step_requested = {
                              .step = rule->name,
                              .hub = hub != NULL && rule->with_hub ? hub->hub : 0,
                              .agreement = hub != NULL && rule->with_agreement ? hub->agreement : 0,
                              .rulebook = clerk->setting->identity,
                          }};
    TRY(relied_on(clerk, step, hub, &event.body.step_requested.relied_on, err));
    TRY(clerk_append(clerk, &event, on, err));
    *ret_request = event.position;
    return result_ok();
}

/* The account that has this role. */
static enum clerk_actor actor_in_role(str role)
{
    enum clerk_actor actor = ACTOR_CASEWORKER;
    while (actor < ACTOR_COUNT && !str_equal(role, str_from_c(demo_accounts[actor].role))) {
        actor++;
    }
    ASSERT(actor < ACTOR_COUNT);
    return actor;
}

result clerk_approve(struct clerk *clerk, enum named_step step, struct clerk_hub *hub,
                     int64_t request, size_t index, date on, struct err *err)
{
    const struct rulebook *rulebook = clerk->setting->rulebook;
    const struct step *rule = rule_of(clerk, step);
    const enum clerk_actor actor = clerk->actor;
    ASSERT(index < rule->approval_count);
    TRY(clerk_must_be_clear(clerk, step, hub, on, err));
    const str role = rulebook->roles[rule->approvals[index]].name;
    const size_t outstanding = rule->approval_count - index - 1;
    struct event event = {.kind = EVENT_STEP_APPROVED,
                          .body.step_approved = {.request = request,
                                                 .role = role,
                                                 .rulebook = clerk->setting->identity,
                                                 .outstanding = (int64_t)outstanding}};
    TRY(relied_on(clerk, step, hub, &event.body.step_approved.relied_on, err));
    if (outstanding == 0 && rule->place == STEP_PLACE_TAKES) {
        ASSERT(hub != NULL && hub->next_place <= hub->place_count);
        clerk->hub_place = hub->next_place++;
        hub->places_used++;
        event.body.step_approved.place = clerk->hub_place;
    }
    clerk->actor = actor_in_role(role);
    TRY(clerk_append(clerk, &event, on, err));
    clerk->actor = actor;
    return result_ok();
}

result clerk_take(struct clerk *clerk, enum named_step step, struct clerk_hub *hub, int64_t request,
                  date on, struct err *err)
{
    TRY(clerk_must_be_clear(clerk, step, hub, on, err));
    return append_taken(clerk, step, hub, request, on, err);
}

result clerk_stop(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub,
                  int64_t request, int64_t cause, date on, struct err *err)
{
    struct event event = {.kind = EVENT_STEP_STOPPED,
                          .body.step_stopped = {.request = request,
                                                .cause = cause,
                                                .rulebook = clerk->setting->identity}};
    TRY(in_the_way(clerk, step, hub, on, &event.body.step_stopped.safeguards, err));
    ASSERT(event.body.step_stopped.safeguards.count > 0);
    return clerk_append(clerk, &event, on, err);
}

result clerk_refuse(struct clerk *clerk, enum named_step step, const struct clerk_hub *hub, date on,
                    struct err *err)
{
    const struct step *rule = rule_of(clerk, step);
    struct event event = {.kind = EVENT_STEP_REFUSED,
                          .body.step_refused = {.step = rule->name,
                                                .hub = hub == NULL ? 0 : hub->hub,
                                                .rulebook = clerk->setting->identity}};
    if (!rulebook_step_leaves(clerk->setting->rulebook, rule, clerk->stage)) {
        return result_ok();
    }
    TRY(in_the_way(clerk, step, hub, on, &event.body.step_refused.safeguards, err));
    return event.body.step_refused.safeguards.count > 0 ? clerk_append(clerk, &event, on, err)
                                                        : result_ok();
}
