#include "hub_office.h"
#include "../temporary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- the rulebook ----------------------------------------------------------------------------- */

static const char facts[] = "fact hub_stay.place_kind\n"
                            "  \"Kind of place that the person needs\"\n"
                            "  one of general, women, accessible, unsuitable\n\n"
                            "fact hub_stay.expected_on : date\n"
                            "  \"Expected at the hub on\"\n\n"
                            "fact hub_stay.next_review_due_on : date\n"
                            "  \"Next review due on\"\n\n"
                            "fact hub.places_out_of_use : number\n"
                            "  \"Places out of use\"\n"
                            "  counted by the register\n\n"
                            "fact hub.places_prebooked : number\n"
                            "  \"Places prebooked\"\n"
                            "  counted by the register\n\n";

static const char safeguard[] =
    "safeguard kind_is_known\n"
    "  guards transfer, move_on\n"
    "  source \"Invented for tests, s.8\"\n"
    "  reason \"It is not known which kind of place the person needs.\"\n"
    "  clear when hub_stay.place_kind in (general, women, accessible)\n\n"
    "  example \"known\"\n    given hub_stay.place_kind = women\n    then clear\n"
    "  example \"nothing suits\"\n    given hub_stay.place_kind = unsuitable\n    then barred\n"
    "  example \"nobody asked\"\n    given hub_stay.place_kind unknown\n"
    "    then unknown, needs hub_stay.place_kind\n\n";

static const char steps[] =
    "step refuse_on_arrival  \"Refused on arrival\"\n"
    "  from    at_hub\n  to      exhausted\n  frees the place at hub\n"
    "  records hub_stay.arrival_confirmed = no\n\n"
    "step move_on  \"Moved to another hub\"\n"
    "  from     at_hub\n  to       the same stage\n  with     hub\n  takes    one place at hub\n"
    "  approved by authorising_officer\n\n";

/* Copies the text up to `mark`, then `more`. */
static const char *put_before(FILE *file, const char *text, const char *mark, const char *more)
{
    const char *at = strstr(text, mark);
    assert_non_null(at);
    fprintf(file, "%.*s%s", (int)(at - text), text, more);
    return at;
}

void hub_rules_write(char folder[HUB_RULES_SIZE])
{
    char path[400];
    char text[32 * 1024];
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(path, sizeof path, "%s/tests/casework/rules/procedure.rules",
             source == NULL ? "." : source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_true(size > 0 && size < sizeof text - 1);
    text[size] = '\0';
    temporary_path(folder, HUB_RULES_SIZE, "hub-rules");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/procedure.rules", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    const char *left = put_before(file, text, "fact hub.places_free", facts);
    left = put_before(file, left, "safeguard place_is_free", safeguard);
    left = put_before(file, left, "step readmission", steps);
    fputs(left, file);
    fclose(file);
}

void hub_rules_remove(const char *folder)
{
    char path[400];
    snprintf(path, sizeof path, "%s/procedure.rules", folder);
    unlink(path);
    rmdir(folder);
}

void hub_office_open(struct office *office)
{
    char folder[HUB_RULES_SIZE];
    hub_rules_write(folder);
    office_open_with(office, folder);
    hub_rules_remove(folder);
}

result hub_office_join(struct office *office, const char *path, const char *rules,
                       instant (*now)(void *context), struct err *err)
{
    const struct system *machine = system_machine();
    const struct rulebook *rulebook = NULL;
    *office = (struct office){.next_client_id = 1};
    office->system = (struct system){.now = now, .entropy = machine->entropy};
    TRY(arena_open(&office->perm, 64 * 1024 * 1024, err));
    TRY(arena_open(&office->work, 64 * 1024 * 1024, err));
    TRY(office_load_rules(office, rules, &rulebook, err));
    const struct store_options options = {.path = path, .system = &office->system};
    TRY(store_open(&options, &office->store, err));
    return casework_open(office->store, rulebook, &office->system, &office->perm, &office->casework,
                         err);
}

/* --- people ----------------------------------------------------------------------------------- */

struct somebody hub_office_ready(struct office *office, const char *name, const char *kind)
{
    const struct somebody person = office_ready(office, name);
    if (kind != NULL) {
        assert_true(office_record(office, CLERK, person.reference, "hub_stay.place_kind", kind).ok);
    }
    return person;
}

struct somebody hub_office_sent(struct office *office, const char *name, const char *hub)
{
    const struct somebody person = hub_office_ready(office, name, "general");
    const struct outcome taken =
        office_take(office, CLERK, office_transfer(office, &person, hub, 2));
    assert_true(taken.ok && !taken.refused);
    return person;
}

struct somebody hub_office_arrived(struct office *office, const char *name, const char *hub)
{
    const struct somebody person = hub_office_sent(office, name, hub);
    const struct outcome arrived = office_ask_for(office, CLERK, &person, "confirm_arrival", "");
    assert_true(arrived.ok && !arrived.refused);
    return person;
}

/* --- commands --------------------------------------------------------------------------------- */

static struct done done_of(result ran, const struct err *err, const struct record_answer *answer)
{
    struct done done = {.ok = ran.ok};
    if (!ran.ok) {
        done.err = *err;
        return done;
    }
    done.event = answer->events[0];
    done.events = answer->event_count;
    done.stopped_count = answer->stopped_count;
    done.stopped = answer->stopped_count > 0 ? answer->stopped[0].request : 0;
    done.repeated = answer->repeated;
    return done;
}

/* A command of the desk at the northern hub, with what every one of them has. */
#define RUN(account, function, ...)                                                                \
    do {                                                                                           \
        struct err err = {0};                                                                      \
        struct record_answer answer = {0};                                                         \
        const struct caller caller = office_caller(office, account);                               \
        arena_reset(&office->work);                                                                \
        const result ran =                                                                         \
            function(&office->casework, &caller, __VA_ARGS__, &office->work, &answer, &err);       \
        return done_of(ran, &err, &answer);                                                        \
    } while (0)

struct done hub_out(struct office *office, enum account_name account, int64_t place,
                    const char *reason)
{
    const struct out_of_use_entry entry = {
        .place = place,
        .reason = str_from_c(reason),
        .words = STR("seen this morning"),
        .expected_back_on = {.known = true, .day = date_add_days(office_today(office), 3)}};
    RUN(account, casework_place_out_of_use, STR(HUB_NORTH), &entry);
}

struct done hub_back(struct office *office, int64_t place)
{
    RUN(OPERATOR_NORTH, casework_place_back_in_use, STR(HUB_NORTH), place, STR("mended"));
}

struct done hub_kind(struct office *office, const char *kind, int64_t first, int64_t last)
{
    RUN(OPERATOR_NORTH, casework_places_of_kind, STR(HUB_NORTH), str_from_c(kind), first, last,
        STR("annex"));
}

struct done hub_prebook(struct office *office, int64_t places, int days, int64_t request)
{
    const struct prebooking_entry entry = {.kind = STR("general"),
                                           .places = places,
                                           .until = date_add_days(office_today(office), days),
                                           .purpose = STR("a planned transfer"),
                                           .request = request};
    RUN(CLERK, casework_prebook, STR(HUB_NORTH), &entry);
}

struct done hub_give(struct office *office, int64_t prebooking, int64_t request)
{
    RUN(CLERK, casework_give_prebooking, STR(HUB_NORTH), prebooking, request);
}

struct done hub_release(struct office *office, int64_t prebooking)
{
    RUN(CLERK, casework_end_prebooking, STR(HUB_NORTH), prebooking, STR("not needed"));
}

struct done hub_report(struct office *office, int64_t in_use, int64_t out_of_use,
                       int64_t minutes_ago)
{
    const int64_t now = atomic_load(&office->now);
    const struct hub_report_entry entry = {
        .accurate_at = {.milliseconds = now - minutes_ago * 60 * 1000},
        .in_use = in_use,
        .out_of_use = out_of_use};
    RUN(OPERATOR_NORTH, casework_hub_report, STR(HUB_NORTH), &entry);
}

struct done hub_explain(struct office *office)
{
    RUN(OPERATOR_NORTH, casework_explain_report, STR(HUB_NORTH), STR("one is in hospital"));
}

struct done hub_resolve(struct office *office, const struct somebody *person,
                        enum arrival_state outcome)
{
    RUN(CLERK, casework_resolve_arrival, STR(HUB_NORTH), str_from_c(person->reference), outcome,
        STR("the carrier says so"));
}

struct done hub_hand_over(struct office *office, const struct somebody *person, const char *owner)
{
    RUN(CLERK, casework_hand_over_arrival, STR(HUB_NORTH), str_from_c(person->reference),
        str_from_c(owner), STR("on leave"));
}

struct done hub_unexpected(struct office *office, const char *named)
{
    const struct unexpected_entry entry = {.named = str_from_c(named),
                                           .description = STR("at the gate"),
                                           .seen_on = office_today(office)};
    RUN(OPERATOR_NORTH, casework_unexpected_arrival, STR(HUB_NORTH), &entry);
}

struct done hub_identify(struct office *office, int64_t arrival, const struct somebody *person)
{
    RUN(CLERK, casework_resolve_unexpected, STR(HUB_NORTH), arrival,
        person == NULL ? STR("") : str_from_c(person->reference), STR("a visitor"),
        STR("asked at the gate"));
}

struct done hub_cancel(struct office *office, enum account_name account, const char *hub,
                       const struct somebody *person)
{
    RUN(account, casework_cancel_departure, str_from_c(hub), str_from_c(person->reference),
        STR("checked out by mistake"));
}

struct done hub_move(struct office *office, const struct somebody *person, int64_t place)
{
    RUN(OPERATOR_NORTH, casework_change_place, STR(HUB_NORTH), str_from_c(person->reference), place,
        STR("noise"));
}

struct outcome hub_arrival(struct office *office, const struct somebody *person,
                           enum arrival_state outcome)
{
    struct err err = {0};
    struct step_answer answer = {0};
    const struct caller caller = office_caller(office, OPERATOR_NORTH);
    arena_reset(&office->work);
    const result ran = casework_arrival_at_hub(&office->casework, &caller, STR(HUB_NORTH),
                                               str_from_c(person->reference), outcome,
                                               &office->work, &answer, &err);
    struct outcome told = {.ok = ran.ok, .err = err};
    if (ran.ok) {
        told.refused = answer.refused;
        told.event = answer.event;
        snprintf(told.stage, sizeof told.stage, "%.*s", STR_ARG(answer.person.stage));
    }
    return told;
}

/* --- looking ---------------------------------------------------------------------------------- */

struct hub_desk hub_desk_of(struct office *office, const char *hub)
{
    struct err err = {0};
    struct hub_desk desk = {.place_count = 0};
    const struct caller caller = office_caller(office, SENIOR);
    const result seen =
        casework_hub_desk(&office->casework, &caller, str_from_c(hub), &office->perm, &desk, &err);
    if (!seen.ok) {
        fail_msg("%s", err.what);
    }
    return desk;
}

void hub_check_whole(struct office *office)
{
    const int64_t hubs[] = {office->hub_north, office->hub_south};
    for (size_t i = 0; i < 2; i++) {
        const struct place_counts counts = office_places(office, hubs[i]);
        assert_int_equal(counts.agreed, counts.free + counts.prebooked + counts.held +
                                            counts.occupied + counts.out_of_use);
        assert_true(counts.free >= 0 && counts.prebooked >= 0 && counts.held >= 0 &&
                    counts.occupied >= 0 && counts.out_of_use >= 0);
    }
    assert_int_equal(office_ask(office,
                                "SELECT COUNT(*) FROM (SELECT person FROM place WHERE state "
                                "= 3 GROUP BY person HAVING COUNT(*) > 1)"),
                     0);
    assert_int_equal(office_ask(office,
                                "SELECT COUNT(*) FROM request WHERE state = 2 AND place > 0 "
                                "AND NOT EXISTS (SELECT 1 FROM place WHERE place.request = "
                                "request.id AND place.number = request.place AND "
                                "place.hub = request.hub AND place.state = 2)"),
                     0);
}
