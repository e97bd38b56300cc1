#include "demo/partners.h"

#include "format/table.h"

enum {
    HUBS_OPEN_DAYS = 300, /* before the day reached */
    VISIT_EVERY_DAYS = 55,
    VISIT_DUE_DAYS = 75,
};

const struct demo_account demo_accounts[] = {
    [ACTOR_CASEWORKER] = {"caseworker", "caseworker", "Demonstration caseworker"},
    [ACTOR_AUTHORISING] = {"authorising", "authorising_officer",
                           "Demonstration authorising officer"},
    [ACTOR_SENIOR] = {"senior", "senior_officer", "Demonstration senior officer"},
    [ACTOR_HUB_NORTH] = {"hub-north", "hub_operator", "Demonstration operator, Demonia North hub"},
    [ACTOR_MONITOR] = {"monitor", "monitor", "Demonstration monitor, Demonia North hub"},
    [ACTOR_PROTECTION] = {"protection", "data_protection_officer",
                          "Demonstration data protection officer"},
    [ACTOR_ADMINISTRATOR] = {"admin", "administrator", "Demonstration administrator"},
    [ACTOR_STATISTICIAN] = {"statistician", "statistician", "Demonstration statistician"},
    [ACTOR_REGISTRAR] = {"registrar", "registrar", "Demonstration registrar"},
    [ACTOR_PERSON] = {"person", "person", "Demonstration person"},
    [ACTOR_LAWYER] = {"lawyer", "legal_representative", "Demonstration legal representative"},
};
const size_t demo_account_count = ACTOR_COUNT;
const char demo_password[] = "demonstration-only";

static const struct {
    str reference;
    str name;
    str regime;
} hub_rows[DEMO_HUBS] = {
    {STR_INIT("HUB-NORTH"), STR_INIT("Demonia North hub"), STR_INIT("open")},
    {STR_INIT("HUB-SOUTH"), STR_INIT("Demonia South hub"), STR_INIT("open")},
};

static const str hub_agreement = STR_INIT("AGR-DEMONIA");

date partners_open_on(date today)
{
    return date_add_days(today, -HUBS_OPEN_DAYS);
}

/* --- accounts ----------------------------------------------------------------------------- */

/* The hub operator and the monitor are limited to the first hub. */
static result open_accounts(struct clerk *clerk, struct clerk_setting *setting, int64_t first_hub,
                            struct err *err)
{
    const date on = published_quarter_begin(0);
    for (size_t i = 0; i < demo_account_count; i++) {
        TRY(transaction_new_id(clerk->transaction, SUBJECT_OF_ACCOUNT, &setting->accounts[i], err));
        const bool limited = i == ACTOR_HUB_NORTH || i == ACTOR_MONITOR;
        struct event event = {
            .kind = EVENT_ACCOUNT_OPENED,
            .body.account_opened = {.username = str_from_c(demo_accounts[i].username),
                                    .name = str_from_c(demo_accounts[i].name),
                                    .role = str_from_c(demo_accounts[i].role),
                                    .hub = limited ? first_hub : 0}};
        clerk_begin(clerk, SUBJECT_OF_ACCOUNT, setting->accounts[i]);
        clerk->actor = ACTOR_REGISTER;
        TRY(clerk_append(clerk, &event, on, err));
    }
    return result_ok();
}

/* --- agreements --------------------------------------------------------------------------- */

enum {
    ROW_REFERENCE,
    ROW_PARTNER,
    ROW_TITLE,
    ROW_CONFIDENTIAL,
    ROW_DAY,
    ROW_FACT,
    ROW_VALUE,
    ROW_SOURCE
};

struct agreements {
    struct clerk *clerk;
    struct table table;
    struct arena *arena;
    str covered;   /* the countries that "*" stands for */
    str reference; /* of the agreement whose rows are read */
    struct partners *partners;
    int64_t hub_agreement;
    struct value *hub_agreement_values;
};

/* "2025-05-15", or days from the day reached: "-330", "+200". */
static result read_day(const struct agreements *agreements, str text, date *ret_day,
                       struct err *err)
{
    int64_t days = 0;
    const bool ahead = str_starts(text, STR("+"));
    if (str_to_int64(ahead ? str_slice(text, 1, text.len) : text, &days, NULL).ok &&
        days > -100000 && days < 100000) {
        *ret_day = date_add_days(agreements->clerk->setting->today, (int32_t)days);
        return result_ok();
    }
    if (!date_parse(text, ret_day, err).ok) {
        return err_at(err, agreements->table.reader.file, agreements->table.reader.line, 0);
    }
    return result_ok();
}

static result open_agreement(struct agreements *agreements, date on, struct err *err)
{
    const str *cells = agreements->table.cells;
    struct clerk *clerk = agreements->clerk;
    int64_t id = 0;
    TRY(transaction_new_id(clerk->transaction, SUBJECT_OF_AGREEMENT, &id, err));
    clerk_begin(clerk, SUBJECT_OF_AGREEMENT, id);
    clerk->actor = ACTOR_SENIOR;
    const bool confidential = str_equal(cells[ROW_CONFIDENTIAL], STR("yes"));
    struct event event = {.kind = EVENT_AGREEMENT_OPENED,
                          .body.agreement_opened = {.reference = cells[ROW_REFERENCE],
                                                    .partner = cells[ROW_PARTNER],
                                                    .title = cells[ROW_TITLE],
                                                    .confidential = confidential ? 1 : 0}};
    TRY(clerk_append(clerk, &event, on, err));
    agreements->reference = cells[ROW_REFERENCE];
    agreements->partners->agreement_count++;
    return result_ok();
}

static result record_row(struct agreements *agreements, date on, struct err *err)
{
    const str *cells = agreements->table.cells;
    struct clerk *clerk = agreements->clerk;
    if (str_equal(cells[ROW_FACT], STR("note"))) {
        struct event event = {.kind = EVENT_NOTE_ADDED,
                              .body.note_added = {.note = cells[ROW_VALUE]}};
        return clerk_append(clerk, &event, on, err);
    }
    str value = cells[ROW_VALUE];
    if (str_equal(value, STR("*"))) {
        value = agreements->covered;
    } else if (str_starts(value, STR("+")) || str_starts(value, STR("-"))) {
        char text[DATE_TEXT_SIZE];
        date day;
        TRY(read_day(agreements, value, &day, err));
        date_format(day, text);
        value = arena_copy(&clerk->arena, str_from_c(text));
        if (value.at == NULL) {
            return arena_full(err);
        }
    }
    return clerk_fact_named(clerk, cells[ROW_FACT], value, cells[ROW_SOURCE], on, err);
}

/* What the hubs' agreement says is needed whenever a transfer is judged. */
static result keep_hub_agreement(struct agreements *agreements, struct err *err)
{
    struct clerk *clerk = agreements->clerk;
    if (!str_equal(agreements->reference, hub_agreement)) {
        return result_ok();
    }
    agreements->hub_agreement = clerk->subject;
    const struct value *partner = &clerk->values[clerk->setting->facts[FACT_AGREEMENT_PARTNER]];
    char code[4];
    country_format((uint16_t)partner->number, code);
    agreements->partners->hub_country = arena_copy(agreements->arena, str_from_c(code));
    if (agreements->partners->hub_country.at == NULL) {
        return arena_full(err);
    }
    return clerk_keep_values(clerk, agreements->arena, &agreements->hub_agreement_values, err);
}

/* The rows of one agreement stand together, in the order of days. What lies ahead of the day
 * reached has not happened. */
static result record_agreements(struct agreements *agreements, struct err *err)
{
    for (bool more = true; more;) {
        TRY(table_next(&agreements->table, &more, err));
        date on;
        if (!more) {
            break;
        }
        TRY(read_day(agreements, agreements->table.cells[ROW_DAY], &on, err));
        if (!date_before(on, agreements->clerk->setting->today)) {
            continue;
        }
        if (!str_equal(agreements->table.cells[ROW_REFERENCE], agreements->reference)) {
            TRY(keep_hub_agreement(agreements, err));
            TRY(open_agreement(agreements, on, err));
        }
        TRY(record_row(agreements, on, err));
    }
    return keep_hub_agreement(agreements, err);
}

/* The codes of the covered nationalities, sorted. */
static result covered_text(const struct published *published, const struct plan *plan,
                           struct arena *arena, str *ret_text, struct err *err)
{
    str last = STR("");
    struct buf buf;
    buf_init(&buf, arena, 4 * (size_t)NATIONALITIES_MAX);
    for (bool more = true; more;) {
        str next = STR("");
        for (size_t i = 0; i < published->nationality_count; i++) {
            const str code = published->nationalities[i].iso3;
            if (plan->covered[i] && str_compare(code, last) > 0 &&
                (next.len == 0 || str_compare(code, next) < 0)) {
                next = code;
            }
        }
        more = next.len > 0;
        if (more) {
            buf_put_c(&buf, last.len > 0 ? "," : "");
            buf_put(&buf, next);
            last = next;
        }
    }
    return buf_finish(&buf, ret_text, err);
}

/* --- hubs --------------------------------------------------------------------------------- */

/* The monitor writes the visit in the books: opened, reported on and closed on the same day. */
static result write_visit(struct clerk *clerk, date on, struct err *err)
{
    static const str opened_fields[] = {STR_INIT("started_at"), STR_INIT("announced")};
    static const str report_fields[] = {STR_INIT("ended_at"), STR_INIT("access"),
                                        STR_INIT("answer")};
    char day[DATE_TEXT_SIZE];
    date_format(on, day);
    const str opened_values[] = {arena_format(&clerk->arena, "%sT07:00:00Z", day),
                                 STR("unannounced")};
    const str report[] = {arena_format(&clerk->arena, "%sT08:30:00Z", day), STR("full"),
                          STR("Report of the visit (fictional)")};
    if (opened_values[0].at == NULL || report[0].at == NULL) {
        return arena_full(err);
    }
    struct event opened = {.kind = EVENT_ENTRY_OPENED};
    opened.body.entry_opened = (struct entry_opened_body){
        .kind = STR("visit"),
        .hub = clerk->subject,
        .responsible = STR("monitor"),
        .due_on = {.known = true, .day = on},
        .due_by = STR("Report on the day of the visit"),
        .fields = {.items = opened_fields, .count = 2},
        .values = {.items = opened_values, .count = 2},
    };
    TRY(clerk_append(clerk, &opened, on, err));
    struct event answered = {.kind = EVENT_ENTRY_CHANGED};
    answered.body.entry_changed = (struct entry_changed_body){
        .entry = opened.position,
        .state = STR("answered"),
        .fields = {.items = report_fields, .count = 3},
        .values = {.items = report, .count = 3},
    };
    TRY(clerk_append(clerk, &answered, on, err));
    struct event closed = {
        .kind = EVENT_ENTRY_CHANGED,
        .body.entry_changed = {.entry = opened.position, .state = STR("closed")}};
    return clerk_append(clerk, &closed, on, err);
}

/* Something that is still to be put right, and not serious. */
static result write_finding(struct clerk *clerk, date on, struct err *err)
{
    static const str fields[] = {STR_INIT("severity"), STR_INIT("description")};
    static const str values[] = {STR_INIT("moderate"),
                                 STR_INIT("The list of interpreters is out of date (fictional)")};
    struct event event = {.kind = EVENT_ENTRY_OPENED};
    event.body.entry_opened = (struct entry_opened_body){
        .kind = STR("finding"),
        .hub = clerk->subject,
        .responsible = STR("hub_operator"),
        .due_on = {.known = true, .day = date_add_days(on, VISIT_EVERY_DAYS)},
        .due_by = STR("By the next visit"),
        .fields = {.items = fields, .count = 2},
        .values = {.items = values, .count = 2},
    };
    return clerk_append(clerk, &event, on, err);
}

static result write_visit_in_books(struct clerk *clerk, date on, bool last, struct err *err)
{
    const enum clerk_actor actor = clerk->actor;
    clerk->actor = ACTOR_MONITOR;
    TRY(write_visit(clerk, on, err));
    if (last) {
        TRY(write_finding(clerk, on, err));
    }
    clerk->actor = actor;
    return result_ok();
}

static result record_visits(struct clerk *clerk, struct clerk_hub *hub, struct err *err)
{
    const struct clerk_setting *setting = clerk->setting;
    date on = date_add_days(partners_open_on(setting->today), 2);
    while (date_before(on, setting->today)) {
        ASSERT(hub->visit_count < CLERK_VISITS_MAX);
        TRY(clerk_day(clerk, FACT_HUB_VISIT, on, on, err));
        TRY(clerk_day(clerk, FACT_HUB_NEXT_VISIT, date_add_days(on, VISIT_DUE_DAYS), on, err));
        const date next = date_add_days(on, VISIT_EVERY_DAYS);
        TRY(write_visit_in_books(clerk, on, !date_before(next, setting->today), err));
        hub->visits[hub->visit_count++] =
            (struct clerk_visit){.on = on,
                                 .visited_on = clerk->values[setting->facts[FACT_HUB_VISIT]],
                                 .next_due = clerk->values[setting->facts[FACT_HUB_NEXT_VISIT]]};
        on = next;
    }
    return result_ok();
}

static result open_hub(struct clerk *clerk, const struct partners *partners, size_t index,
                       struct clerk_hub *hub, struct err *err)
{
    const date on = partners_open_on(clerk->setting->today);
    clerk_begin(clerk, SUBJECT_OF_HUB, hub->hub);
    clerk->actor = ACTOR_SENIOR;
    struct event opened = {.kind = EVENT_HUB_OPENED,
                           .body.hub_opened = {.reference = hub_rows[index].reference,
                                               .name = hub_rows[index].name,
                                               .agreement = hub->agreement}};
    TRY(clerk_append(clerk, &opened, on, err));
    struct event places = {
        .kind = EVENT_PLACES_AGREED,
        .body.places_agreed = {.places = hub->place_count,
                               .reason = STR("Annex to the agreement (fictional)")}};
    TRY(clerk_append(clerk, &places, on, err));
    struct event kind = {
        .kind = EVENT_PLACES_OF_KIND,
        .body.places_of_kind = {.kind = STR("general"),
                                .first = 1,
                                .last = hub->place_count,
                                .reason = STR("Annex to the agreement (fictional)")}};
    TRY(clerk_append(clerk, &kind, on, err));
    TRY(clerk_fact(clerk, FACT_HUB_COUNTRY, partners->hub_country, on, err));
    TRY(clerk_fact(clerk, FACT_HUB_REGIME, hub_rows[index].regime, on, err));
    TRY(clerk_flag(clerk, FACT_HUB_SERVICES, true, on, err));
    TRY(clerk_flag(clerk, FACT_HUB_RESOURCES, true, on, err));
    TRY(clerk_flag(clerk, FACT_HUB_PROVIDERS, true, on, err));
    TRY(clerk_fact(clerk, FACT_HUB_STANDARDS, STR("met"), on, err));
    TRY(clerk_flag(clerk, FACT_HUB_MONITOR, true, on, err));
    TRY(clerk_flag(clerk, FACT_HUB_OPEN, true, on, err));
    return record_visits(clerk, hub, err);
}

static result open_hubs(const struct agreements *agreements, struct partners *partners,
                        struct err *err)
{
    struct clerk *clerk = agreements->clerk;
    for (size_t i = 0; i < DEMO_HUBS; i++) {
        struct clerk_hub *hub = &partners->hubs[i];
        hub->agreement = agreements->hub_agreement;
        hub->agreement_values = agreements->hub_agreement_values;
        TRY(open_hub(clerk, partners, i, hub, err));
        TRY(clerk_keep_values(clerk, agreements->arena, &hub->values, err));
    }
    return result_ok();
}

result partners_record(struct clerk *clerk, struct clerk_setting *setting, const char *data_folder,
                       const struct published *published, const struct plan *plan,
                       struct arena *arena, struct arena scratch, struct partners *ret_partners,
                       struct err *err)
{
    static const char *const columns[] = {"reference", "partner", "title", "confidential",
                                          "day",       "fact",    "value", "source"};
    struct partners partners = {.agreement_count = 0};
    struct agreements agreements = {.clerk = clerk, .arena = arena, .partners = &partners};
    ASSERT(clerk->setting == setting);
    for (size_t i = 0; i < DEMO_HUBS; i++) {
        partners.hubs[i] = (struct clerk_hub){.place_count = plan->places[i], .next_place = 1};
        TRY(transaction_new_id(clerk->transaction, SUBJECT_OF_HUB, &partners.hubs[i].hub, err));
    }
    TRY(open_accounts(clerk, setting, partners.hubs[0].hub, err));
    TRY(covered_text(published, plan, arena, &agreements.covered, err));
    TRY(published_open(data_folder, "demonstration_agreements.csv", columns,
                       sizeof columns / sizeof columns[0], scratch, &agreements.table, err));
    TRY(record_agreements(&agreements, err));
    if (agreements.hub_agreement == 0) {
        return err_set(err, ERROR_INPUT, "%s has no agreement \"%.*s\", which the hubs need",
                       agreements.table.reader.file, STR_ARG(hub_agreement));
    }
    TRY(open_hubs(&agreements, &partners, err));
    *ret_partners = partners;
    return result_ok();
}
