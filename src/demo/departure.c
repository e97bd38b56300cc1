#include "demo/departure.h"

/* Days before the departure, unless they are negative: then after it. */
enum {
    REVIEWED_DAYS = 90,
    PREPARED_DAYS = 80,
    DOCUMENT_DAYS = 60,
    ASSESSED_DAYS = 45,
    ACCEPTED_DAYS = 40,
    NOTICE_DAYS = 25,
    SERVED_DAYS = 24,
    CHECKED_DAYS = 12,
    HELD_DAYS = 11,
    ASKED_DAYS = 8,
    FIRST_APPROVAL_DAYS = 6,
    LAST_APPROVAL_DAYS = 4,
    FITNESS_DAYS = 30,    /* the certificate is valid for so long after the day planned */
    ACCEPTANCE_DAYS = 60, /* the acceptance, too */
    DOCUMENT_VALID_DAYS = 900,
    STATUS_DAYS = 540,   /* at the hub */
    FALLBACK_DAYS = 360, /* the return should have materialised by then */
    ASSESSMENT_DAYS = 180,
    CONSENT_DAYS = 40,
    STAY_REVIEW_DAYS = 28, /* at the hub, from one review to the next */
    ONWARD_DAYS = 70,      /* before the day reached: reviews of those who go on end here */
};

/* One departure: of whom, when, and where to. `must`: the story needs it, so the law must agree. */
struct departure {
    struct life *life;
    date on;
    str destination; /* three letters */
    struct clerk_hub *hub;
    bool must;
};

static date before(const struct departure *departure, int32_t days)
{
    return date_add_days(departure->on, -days);
}

/* --- documents ---------------------------------------------------------------------------- */

enum whose { FOR_BOTH, FOR_REMOVAL, FOR_TRANSFER };

struct document {
    enum whose whose;
    int32_t days_before;
    enum named_fact fact;
    str value;
};

static result record_documents(const struct departure *departure, const struct document *documents,
                               size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const bool wanted = documents[i].whose == FOR_BOTH ||
                            (documents[i].whose == FOR_TRANSFER) == (departure->hub != NULL);
        if (wanted) {
            TRY(life_fact(departure->life, documents[i].fact, documents[i].value,
                          before(departure, documents[i].days_before), err));
        }
    }
    return result_ok();
}

/* Two codes as a set: sorted, once each. */
static result countries(struct life *life, str a, str b, str *ret_text, struct err *err)
{
    const int order = str_compare(a, b);
    const str first = order <= 0 ? a : b;
    const str second = order <= 0 ? b : a;
    *ret_text = order == 0 || b.len == 0 ? a
                                         : arena_format(&life->clerk->arena, "%.*s,%.*s",
                                                        STR_ARG(first), STR_ARG(second));
    return ret_text->at == NULL ? arena_full(err) : result_ok();
}

/* A travel document that the destination accepts. */
static result record_document(const struct departure *departure, int32_t days, struct err *err)
{
    struct life *life = departure->life;
    const date on = before(departure, days);
    str accepted_by;
    TRY(countries(life, departure->destination, life_home(life), &accepted_by, err));
    TRY(life_fact(life, FACT_DESTINATION, departure->destination, on, err));
    TRY(life_fact(life, FACT_DOCUMENT_STATUS, STR("held"), on, err));
    TRY(life_flag(life, FACT_DOCUMENT_MATCHES, true, on, err));
    TRY(life_day(life, FACT_DOCUMENT_EXPIRES, date_add_days(departure->on, DOCUMENT_VALID_DAYS), on,
                 err));
    return life_fact(life, FACT_DOCUMENT_ACCEPTED, accepted_by, on, err);
}

static result record_assessment(const struct departure *departure, int32_t days, struct err *err)
{
    struct life *life = departure->life;
    const date on = before(departure, days);
    TRY(life_fact(life, FACT_ADMISSION, STR("agreed"), on, err));
    TRY(life_day(life, FACT_RISK_ASSESSED_ON, on, on, err));
    TRY(life_day(life, FACT_RISK_REVIEW_DUE, date_add_days(departure->on, ASSESSMENT_DAYS), on,
                 err));
    return life_fact(life, FACT_SAFE_DESTINATIONS, departure->destination, on, err);
}

static result record_fitness(const struct departure *departure, int32_t days, struct err *err)
{
    struct life *life = departure->life;
    const date on = before(departure, days);
    TRY(life_fact(life, FACT_FIT_TO_TRAVEL, STR("fit"), on, err));
    return life_day(life, FACT_FITNESS_UNTIL, date_add_days(departure->on, FITNESS_DAYS), on, err);
}

/* --- voluntary return --------------------------------------------------------------------- */

result departure_begin_voluntary(struct life *life, date on, bool *ret_taken, struct err *err)
{
    TRY(life_flag(life, FACT_VOLUNTARY_OFFERED, true, on, err));
    TRY(life_flag(life, FACT_VOLUNTARY_CONSENT, true, on, err));
    TRY(life_fact(life, FACT_OPEN_CLAIMS, STR("none"), on, err));
    return life_step(life, STEP_BEGIN_VOLUNTARY, on, ret_taken, err);
}

result departure_voluntary(struct life *life, date leaving_on, bool at_port, struct err *err)
{
    const struct departure departure = {
        .life = life, .on = leaving_on, .destination = life_home(life)};
    bool taken = false;
    TRY(departure_begin_voluntary(life, before(&departure, CONSENT_DAYS), &taken, err));
    if (!taken) {
        return result_ok();
    }
    TRY(record_document(&departure, NOTICE_DAYS, err));
    TRY(life_step(life, STEP_VOLUNTARY_RETURN, leaving_on, &taken, err));
    return taken ? life_fact(life, FACT_RETURN_KIND,
                             at_port ? STR("refused_at_port") : STR("voluntary"), leaving_on, err)
                 : result_ok();
}

/* --- enforced removal and transfer: what comes before either ------------------------------ */

static const struct document reviewed[] = {
    {FOR_BOTH, REVIEWED_DAYS, FACT_LEAVE, STR_INIT("none")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_CITIZENSHIP, STR_INIT("excluded")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_LIABILITY, STR_INIT("own_position")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_FAMILY_COMPLETE, STR_INIT("yes")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_CHILD_IN_HOUSEHOLD, STR_INIT("no")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_AGE_STATUS, STR_INIT("adult_undisputed")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_FURTHER_STATUS, STR_INIT("none")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_EXCEPTIONAL, STR_INIT("yes")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_COURT_TIME, STR_INIT("was_given")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_STATELESSNESS, STR_INIT("none")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_SLAVERY_REFERRAL, STR_INIT("none")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_REPRESENTATIVE, STR_INIT("on_record")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_NATIONALITY_CONFIRMED, STR_INIT("yes")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_VOLUNTARY_OFFERED, STR_INIT("yes")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_VOLUNTARY_ANSWER, STR_INIT("declined")},
    {FOR_BOTH, REVIEWED_DAYS, FACT_PREGNANCY, STR_INIT("not_pregnant")},
    {FOR_TRANSFER, REVIEWED_DAYS, FACT_VOLUNTARY_ADEQUATE, STR_INIT("yes")},
    {FOR_TRANSFER, REVIEWED_DAYS, FACT_INDIVIDUAL_DECISION, STR_INIT("yes")},
    {FOR_TRANSFER, REVIEWED_DAYS, FACT_VULNERABILITY, STR_INIT("none_found")},
    {FOR_TRANSFER, REVIEWED_DAYS, FACT_PLACE_KIND, STR_INIT("general")},
    {FOR_TRANSFER, REVIEWED_DAYS, FACT_DIRECT_POSSIBLE, STR_INIT("no")},
};

static const struct document served[] = {
    {FOR_BOTH, SERVED_DAYS, FACT_NOTICE_SERVICE, STR_INIT("proven")},
    {FOR_BOTH, SERVED_DAYS, FACT_NOTICE_UNDERSTOOD, STR_INIT("yes")},
    {FOR_BOTH, SERVED_DAYS, FACT_NOTICE_COPIED, STR_INIT("yes")},
    {FOR_BOTH, SERVED_DAYS, FACT_CALL_OFFERED, STR_INIT("yes")},
    {FOR_BOTH, CHECKED_DAYS, FACT_LETTERS, STR_INIT("none_found")},
    {FOR_BOTH, CHECKED_DAYS, FACT_REPRESENTATION, STR_INIT("none")},
    {FOR_BOTH, CHECKED_DAYS, FACT_COURT_ORDER, STR_INIT("none")},
    {FOR_BOTH, CHECKED_DAYS, FACT_INTERIM_MEASURE, STR_INIT("none")},
    {FOR_BOTH, CHECKED_DAYS, FACT_JUDICIAL_REVIEW, STR_INIT("none")},
};

/* A step on the way that needs no approval. Where the story must go on, a refusal by law is a
 * failure. */
static result take_on_the_way(const struct departure *departure, enum named_step step,
                              struct clerk_hub *hub, int32_t days, bool *ret_taken, struct err *err)
{
    const date on = before(departure, days);
    if (departure->must) {
        *ret_taken = true;
        return clerk_must_step(departure->life->clerk, step, hub, on, err);
    }
    return life_step(departure->life, step, on, ret_taken, err);
}

/* The notice says where to and on which day. */
static result record_notified(const struct departure *departure, struct err *err)
{
    struct life *life = departure->life;
    const date on = before(departure, NOTICE_DAYS);
    TRY(life_day(life, FACT_DEPARTURE_ON, departure->on, on, err));
    TRY(life_day(life, FACT_NOTICE_DEPARTURE_ON, departure->on, on, err));
    return life_fact(life, FACT_NOTICE_DESTINATION, departure->destination, on, err);
}

/* Puts everything on record up to some days before the departure; *ret_ready when nothing stopped
 * it. */
static result prepare(const struct departure *departure, bool *ret_ready, struct err *err)
{
    struct life *life = departure->life;
    const bool transfer = departure->hub != NULL;
    TRY(record_documents(departure, reviewed, sizeof reviewed / sizeof reviewed[0], err));
    if (!life_knows(life, FACT_LANGUAGE)) {
        TRY(life_fact(life, FACT_LANGUAGE, STR("English"), before(departure, REVIEWED_DAYS), err));
    }
    TRY(take_on_the_way(departure, transfer ? STEP_PREPARE_TRANSFER : STEP_PREPARE_REMOVAL,
                        departure->hub, PREPARED_DAYS, ret_ready, err));
    if (!*ret_ready) {
        return result_ok();
    }
    TRY(record_document(departure, DOCUMENT_DAYS, err));
    TRY(record_assessment(departure, ASSESSED_DAYS, err));
    if (transfer) {
        const date on = before(departure, ACCEPTED_DAYS);
        TRY(life_flag(life, FACT_ACCEPTED, true, on, err));
        TRY(life_day(life, FACT_ACCEPTED_UNTIL, date_add_days(departure->on, ACCEPTANCE_DAYS), on,
                     err));
        TRY(life_flag(life, FACT_STATUS_PROMISED, true, on, err));
        TRY(life_fact(life, FACT_RISK_BEYOND_HUB, STR("no_risk_found"), on, err));
        TRY(life_fact(life, FACT_TRANSFER_BASIS, STR("order"), on, err));
        TRY(life_flag(life, FACT_FOLLOWS_AGREEMENT, true, on, err));
        TRY(life_flag(life, FACT_RESPONSIBLE_OFFICER, true, on, err));
    }
    TRY(record_notified(departure, err));
    TRY(take_on_the_way(departure, STEP_SERVE_NOTICE, NULL, NOTICE_DAYS, ret_ready, err));
    if (!*ret_ready) {
        return result_ok();
    }
    TRY(record_documents(departure, served, sizeof served / sizeof served[0], err));
    return record_fitness(departure, CHECKED_DAYS, err);
}

result departure_enforced(struct life *life, date leaving_on, struct err *err)
{
    const struct departure departure = {
        .life = life, .on = leaving_on, .destination = life_home(life)};
    struct clerk *clerk = life->clerk;
    const date asked_on = before(&departure, ASKED_DAYS);
    bool ready = false;
    int64_t request = 0;
    TRY(prepare(&departure, &ready, err));
    /* Everything must be clear from the asking to the leaving; nothing changes in between. */
    if (!ready || !life_has_come(life, leaving_on) ||
        clerk_judge(clerk, STEP_ENFORCED_REMOVAL, NULL, asked_on) != CLEARANCE_CLEAR ||
        clerk_judge(clerk, STEP_ENFORCED_REMOVAL, NULL, leaving_on) != CLEARANCE_CLEAR) {
        return result_ok();
    }
    TRY(clerk_request(clerk, STEP_ENFORCED_REMOVAL, NULL, asked_on, &request, err));
    TRY(clerk_approve(clerk, STEP_ENFORCED_REMOVAL, NULL, request, 0,
                      before(&departure, FIRST_APPROVAL_DAYS), err));
    TRY(clerk_take(clerk, STEP_ENFORCED_REMOVAL, NULL, request, leaving_on, err));
    return life_fact(life, FACT_RETURN_KIND, STR("enforced"), leaving_on, err);
}

/* --- hubs --------------------------------------------------------------------------------- */

static result transfer(const struct departure *departure, struct err *err)
{
    struct life *life = departure->life;
    struct clerk *clerk = life->clerk;
    struct clerk_hub *hub = departure->hub;
    const date arrived_on = date_add_days(departure->on, 1);
    bool ready = false;
    int64_t request = 0;
    TRY(prepare(departure, &ready, err));
    TRY(clerk_request(clerk, STEP_HUB_TRANSFER, hub, before(departure, ASKED_DAYS), &request, err));
    TRY(clerk_approve(clerk, STEP_HUB_TRANSFER, hub, request, 0,
                      before(departure, FIRST_APPROVAL_DAYS), err));
    TRY(clerk_approve(clerk, STEP_HUB_TRANSFER, hub, request, 1,
                      before(departure, LAST_APPROVAL_DAYS), err));
    TRY(clerk_take(clerk, STEP_HUB_TRANSFER, hub, request, departure->on, err));
    clerk->actor = hub == &life->story->partners->hubs[0] ? ACTOR_HUB_NORTH : ACTOR_CASEWORKER;
    TRY(life_day(life, FACT_ARRIVED_ON, arrived_on, arrived_on, err));
    TRY(life_fact(life, FACT_PROTECTION_NEED, STR("none"), arrived_on, err));
    TRY(life_day(life, FACT_STATUS_UNTIL, date_add_days(arrived_on, STATUS_DAYS), arrived_on, err));
    TRY(life_day(life, FACT_STAY_LIMIT, date_add_days(arrived_on, STATUS_DAYS), arrived_on, err));
    TRY(life_day(life, FACT_FALLBACK_ON, date_add_days(arrived_on, FALLBACK_DAYS), arrived_on,
                 err));
    TRY(life_day(life, FACT_STAY_REVIEW_DUE, date_add_days(arrived_on, STAY_REVIEW_DAYS),
                 arrived_on, err));
    const date confirmed_on = date_add_days(departure->on, 2);
    TRY(clerk_must_step(clerk, STEP_CONFIRM_ARRIVAL, NULL, confirmed_on, err));
    struct event arrived = {
        .kind = EVENT_ARRIVAL_RESOLVED,
        .body.arrival_resolved = {.stay = clerk->stay,
                                  .hub = hub->hub,
                                  .outcome = STR("arrived"),
                                  .reason = STR("Arrival at the hub confirmed")}};
    TRY(clerk_append(clerk, &arrived, confirmed_on, err));
    clerk->actor = ACTOR_CASEWORKER;
    return result_ok();
}

/* The stay is reviewed every four weeks, up to that day. */
static result review_stay(const struct departure *departure, date until, struct err *err)
{
    struct life *life = departure->life;
    date on = date_add_days(departure->on, 1 + STAY_REVIEW_DAYS);
    for (; date_before(on, until); on = date_add_days(on, STAY_REVIEW_DAYS)) {
        TRY(life_fact(life, FACT_HELD_AT_HUB, STR("at_liberty"), on, err));
        TRY(life_fact(life, FACT_VIOLATION, STR("none_found"), on, err));
        TRY(life_flag(life, FACT_RETURN_ORDER, false, on, err));
        TRY(life_day(life, FACT_STAY_REVIEW_DUE, date_add_days(on, STAY_REVIEW_DAYS), on, err));
        TRY(clerk_must_step(life->clerk, STEP_CONTINUE_STAY, departure->hub, on, err));
    }
    return result_ok();
}

/* The risk assessed anew, notice of the onward return, and that it reached the person and the
 * lawyer. */
static result give_onward_notice(const struct departure *onward, struct err *err)
{
    struct life *life = onward->life;
    const date on = before(onward, NOTICE_DAYS);
    const date served_on = before(onward, SERVED_DAYS);
    TRY(record_assessment(onward, NOTICE_DAYS, err));
    TRY(life_flag(life, FACT_RETURN_ORDER, false, on, err));
    TRY(record_notified(onward, err));
    TRY(clerk_must_step(life->clerk, STEP_SERVE_ONWARD_NOTICE, NULL, on, err));
    TRY(life_fact(life, FACT_NOTICE_SERVICE, STR("proven"), served_on, err));
    TRY(life_flag(life, FACT_NOTICE_UNDERSTOOD, true, served_on, err));
    TRY(life_flag(life, FACT_NOTICE_COPIED, true, served_on, err));
    TRY(life_flag(life, FACT_CALL_OFFERED, true, served_on, err));
    TRY(life_fact(life, FACT_LETTERS, STR("none_found"), before(onward, CHECKED_DAYS), err));
    return life_fact(life, FACT_VIOLATION, STR("none_found"), before(onward, CHECKED_DAYS), err);
}

static result go_on_voluntarily(const struct departure *onward, struct err *err)
{
    struct life *life = onward->life;
    const date on = before(onward, CHECKED_DAYS);
    TRY(record_fitness(onward, CHECKED_DAYS, err));
    TRY(life_flag(life, FACT_VOLUNTARY_CONSENT, true, on, err));
    TRY(life_fact(life, FACT_OPEN_CLAIMS, STR("none"), on, err));
    TRY(clerk_must_step(life->clerk, STEP_ONWARD_VOLUNTARY, onward->hub, onward->on, err));
    return life_fact(life, FACT_RETURN_KIND, STR("voluntary"), onward->on, err);
}

static result go_on_by_force(const struct departure *onward, struct err *err)
{
    struct clerk *clerk = onward->life->clerk;
    struct clerk_hub *hub = onward->hub;
    int64_t request = 0;
    TRY(give_onward_notice(onward, err));
    TRY(record_fitness(onward, CHECKED_DAYS, err));
    TRY(clerk_request(clerk, STEP_ONWARD_ENFORCED, hub, before(onward, 4), &request, err));
    TRY(clerk_approve(clerk, STEP_ONWARD_ENFORCED, hub, request, 0, before(onward, 3), err));
    TRY(clerk_take(clerk, STEP_ONWARD_ENFORCED, hub, request, onward->on, err));
    return life_fact(onward->life, FACT_RETURN_KIND, STR("enforced"), onward->on, err);
}

/* From the hub to the country of origin, some time after the transfer. */
static result go_on(struct life *life, struct clerk_hub *hub, bool enforced, struct err *err)
{
    const date today = life->clerk->setting->today;
    const struct departure onward = {.life = life,
                                     .on = life_days_later(life, today, -40, -5),
                                     .destination = life_home(life),
                                     .hub = hub,
                                     .must = true};
    TRY(record_document(&onward, NOTICE_DAYS, err));
    return enforced ? go_on_by_force(&onward, err) : go_on_voluntarily(&onward, err);
}

/* --- parts -------------------------------------------------------------------------------- */

static struct departure planned(struct life *life, date on, bool to_hub)
{
    struct partners *partners = life->story->partners;
    return (struct departure){.life = life,
                              .on = on,
                              .destination = to_hub ? partners->hub_country : life_home(life),
                              .hub = to_hub ? &partners->hubs[life->casting->hub] : NULL,
                              .must = true};
}

static result play_at_hub(struct life *life, struct err *err)
{
    const date today = life->clerk->setting->today;
    const bool leaves = life->casting->part != PART_AT_HUB;
    const date on = life_days_later(life, today, leaves ? -200 : -210, leaves ? -100 : -15);
    const struct departure departure = planned(life, on, true);
    TRY(transfer(&departure, err));
    TRY(review_stay(&departure, leaves ? date_add_days(today, -ONWARD_DAYS) : today, err));
    return leaves ? go_on(life, departure.hub, life->casting->part == PART_ONWARD_ENFORCED, err)
                  : result_ok();
}

/* Somebody reports an order of a court: from that moment nothing more is done, whether or not it
 * has been seen. */
static result report_order(struct life *life, int64_t request, date on, struct err *err)
{
    struct clerk *clerk = life->clerk;
    struct clerk_hub *hub = &life->story->partners->hubs[life->casting->hub];
    TRY(life_fact(life, FACT_COURT_ORDER, STR("reported"), on, err));
    const int64_t cause = clerk->values[clerk->setting->facts[FACT_COURT_ORDER]].event;
    return clerk_stop(clerk, STEP_HUB_TRANSFER, hub, request, cause, on, err);
}

/* The departure is some days ahead; the approvals have come as far as the part says. */
static result play_live_transfer(struct life *life, struct err *err)
{
    const enum part part = (enum part)life->casting->part;
    struct clerk *clerk = life->clerk;
    const date today = clerk->setting->today;
    const struct departure departure = planned(life, date_add_days(today, 7), true);
    bool ready = false;
    int64_t request = 0;
    TRY(prepare(&departure, &ready, err));
    if (part == PART_TRANSFER_CLEAR) {
        return clerk_must_be_clear(clerk, STEP_HUB_TRANSFER, departure.hub,
                                   date_add_days(today, -1), err);
    }
    TRY(clerk_request(clerk, STEP_HUB_TRANSFER, departure.hub, date_add_days(today, -4), &request,
                      err));
    if (part == PART_TRANSFER_ASKED) {
        return result_ok();
    }
    TRY(clerk_approve(clerk, STEP_HUB_TRANSFER, departure.hub, request, 0, date_add_days(today, -3),
                      err));
    if (part == PART_PLACE_HELD) {
        return clerk_approve(clerk, STEP_HUB_TRANSFER, departure.hub, request, 1,
                             date_add_days(today, -2), err);
    }
    return part == PART_TRANSFER_STOPPED
               ? report_order(life, request, date_add_days(today, -2), err)
               : result_ok();
}

/* Held some days before a removal: asked for, allowed by another officer, and seen by nurse and
 * doctor. */
static result hold(const struct departure *departure, struct err *err)
{
    static const struct document grounds[] = {
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_STATUS, STR_INIT("not_detained")},
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_PLACE, STR_INIT("removal_centre")},
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_PURPOSE, STR_INIT("removal")},
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_PROSPECT, STR_INIT("shortly")},
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_ALTERNATIVE, STR_INIT("not_sufficient")},
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_REASONS, STR_INIT("yes")},
        {FOR_BOTH, HELD_DAYS, FACT_ADULT_AT_RISK, STR_INIT("not_at_risk")},
    };
    static const struct document health[] = {
        {FOR_BOTH, HELD_DAYS, FACT_DETENTION_NURSE, STR_INIT("within_two_hours")},
        {FOR_BOTH, HELD_DAYS - 1, FACT_DETENTION_DOCTOR, STR_INIT("within_24_hours")},
        {FOR_BOTH, HELD_DAYS - 1, FACT_HARM_REPORT, STR_INIT("none")},
    };
    struct clerk *clerk = departure->life->clerk;
    const date on = before(departure, HELD_DAYS);
    int64_t request = 0;
    TRY(record_documents(departure, grounds, sizeof grounds / sizeof grounds[0], err));
    TRY(clerk_request(clerk, STEP_BEGIN_DETENTION, NULL, on, &request, err));
    TRY(clerk_approve(clerk, STEP_BEGIN_DETENTION, NULL, request, 0, on, err));
    TRY(clerk_take(clerk, STEP_BEGIN_DETENTION, NULL, request, on, err));
    return record_documents(departure, health, sizeof health / sizeof health[0], err);
}

static result play_live_removal(struct life *life, struct err *err)
{
    const enum part part = (enum part)life->casting->part;
    struct clerk *clerk = life->clerk;
    const date today = clerk->setting->today;
    const struct departure departure = planned(life, date_add_days(today, 7), false);
    bool ready = false;
    int64_t request = 0;
    TRY(prepare(&departure, &ready, err));
    TRY(clerk_must_be_clear(clerk, STEP_ENFORCED_REMOVAL, NULL, date_add_days(today, -1), err));
    if (part == PART_REMOVAL_CLEAR) {
        return result_ok();
    }
    TRY(hold(&departure, err));
    TRY(clerk_request(clerk, STEP_ENFORCED_REMOVAL, NULL, date_add_days(today, -3), &request, err));
    return part == PART_REMOVAL_APPROVED ? clerk_approve(clerk, STEP_ENFORCED_REMOVAL, NULL,
                                                         request, 0, date_add_days(today, -2), err)
                                         : result_ok();
}

result departure_of_part(struct life *life, struct err *err)
{
    switch ((enum part)life->casting->part) {
    case PART_AT_HUB:
    case PART_ONWARD_VOLUNTARY:
    case PART_ONWARD_ENFORCED:
        return play_at_hub(life, err);
    case PART_PLACE_HELD:
    case PART_TRANSFER_ASKED:
    case PART_TRANSFER_HALF:
    case PART_TRANSFER_STOPPED:
    case PART_TRANSFER_CLEAR:
        return play_live_transfer(life, err);
    case PART_REMOVAL_CLEAR:
    case PART_REMOVAL_ASKED:
    case PART_REMOVAL_APPROVED:
        return play_live_removal(life, err);
    case PART_ORDINARY:
    case PART_RECENTLY_REFUSED:
    case PART_COUNT:
        break;
    }
    return result_ok();
}
