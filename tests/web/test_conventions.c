/* Aim: what holds for every resource alike: a state has a tag, and a command that rests on it is
 * refused in another state; a key stands for one command; lists come a page at a time, each thing
 * once; what cannot be answered is said with the right status; and the feed of changes tells each
 * account what it may see, in order, and nothing else. Expected: RFC 9110 (8.8, 13, 15), RFC 9457,
 * RFC 8288, draft-ietf-httpapi-idempotency-key-header, WHATWG HTML 9.2. */
#include "desk.h"

#include "format/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int open_all(void **state)
{
    static struct desk desk;
    const enum account_name accounts[] = {CLERK,          OTHER_CLERK, OFFICER,      SENIOR,
                                          OPERATOR_NORTH, LIAISON,     ACCOUNT_NAMES};
    desk_open(&desk, accounts);
    *state = &desk;
    return 0;
}

static int close_all(void **state)
{
    desk_close(*state);
    return 0;
}

static int clear(void **state)
{
    desk_clear(*state);
    return 0;
}

static const char *joined(struct desk *desk, const char *before, const char *part,
                          const char *after)
{
    return arena_format(&desk->arena, "%s%s%s", before, part, after).at;
}

static struct reply ask_with(struct desk *desk, enum http_method method, const char *path,
                             const char *header, const char *value, const char *json)
{
    const struct ask ask = {.method = method,
                            .path = path,
                            .account = CLERK,
                            .content_type = json != NULL ? "application/json" : NULL,
                            .body = json != NULL ? str_from_c(json) : STR(""),
                            .header_name = header,
                            .header_value = value};
    return desk_ask(desk, &ask);
}

/* --- states ----------------------------------------------------------------------------------- */

static void the_same_state_has_the_same_tag(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Tagged");
    const char *path = joined(desk, "/people/", person.reference, "");
    const struct reply first = desk_get(desk, CLERK, path);
    desk->office.now += 60000;
    const struct reply later = desk_get(desk, CLERK, path);
    const str tag = reply_header(&first, "ETag");
    assert_int_equal(tag.len, 34);
    assert_true(str_equal(reply_header(&later, "ETag"), tag));
    assert_true(str_equal(first.body, later.body));
    office_record(&desk->office, CLERK, person.reference, "order.injunction", "none");
    const struct reply changed = desk_get(desk, CLERK, path);
    assert_false(str_equal(reply_header(&changed, "ETag"), tag));
    assert_int_equal(reply_header(&(struct reply){0}, "ETag").len, 0);
}

static void what_a_client_has_is_not_sent_again(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Had");
    const char *path = joined(desk, "/people/", person.reference, "");
    const struct reply first = desk_get(desk, CLERK, path);
    const char *tag = arena_format(&desk->arena, "%.*s", STR_ARG(reply_header(&first, "ETag"))).at;
    const char *weak = joined(desk, "\"other\", W/", tag, "");
    const struct reply had = ask_with(desk, HTTP_GET, path, "If-None-Match", weak, NULL);
    assert_status(had, 304);
    assert_int_equal(had.body.len, 0);
    assert_same_text(reply_header(&had, "ETag"), tag);
    assert_same_text(reply_header(&had, "Vary"), "Accept, Authorization, Cookie");
    assert_status(ask_with(desk, HTTP_GET, path, "If-None-Match", "\"other\"", NULL), 200);
    assert_status(ask_with(desk, HTTP_HEAD, path, "If-None-Match", tag, NULL), 304);
    assert_status(ask_with(desk, HTTP_GET, path, "If-Match", tag, NULL), 200);
    assert_status(ask_with(desk, HTTP_GET, path, "If-Match", "\"other\"", NULL), 412);
    /* A weak tag is no promise of the very same bytes (RFC 9110, 13.1.1). */
    assert_status(ask_with(desk, HTTP_GET, path, "If-Match", weak, NULL), 412);
}

static void a_command_is_done_in_the_state_it_rests_on(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Matched");
    const char *path = joined(desk, "/people/", person.reference, "");
    const char *note = joined(desk, "/people/", person.reference, "/note");
    const char *json = "{\"note\":\"Rests on what was read\"}";
    const struct reply read = desk_get(desk, CLERK, path);
    const char *tag = arena_format(&desk->arena, "%.*s", STR_ARG(reply_header(&read, "ETag"))).at;
    const int64_t before = office_events(&desk->office);
    assert_status(ask_with(desk, HTTP_POST, note, "If-Match", "\"other\"", json), 412);
    assert_status(ask_with(desk, HTTP_POST, note, "If-None-Match", tag, json), 412);
    assert_int_equal(office_events(&desk->office), before);
    assert_status(ask_with(desk, HTTP_POST, note, "If-Match", tag, json), 201);
    assert_int_equal(office_events(&desk->office), before + 1);
    /* It has changed by that very command. */
    assert_status(ask_with(desk, HTTP_POST, note, "If-Match", tag, json), 412);
    assert_status(ask_with(desk, HTTP_POST, note, "If-Match", "*", json), 201);
    assert_int_equal(office_events(&desk->office), before + 2);
    assert_status(ask_with(desk, HTTP_POST, note, "If-Match", "", json), 412); /* it names none */
    assert_int_equal(office_events(&desk->office), before + 2);
    /* Of what is not there, or not in sight, no state is the right one. */
    assert_status(ask_with(desk, HTTP_POST, "/people/RH-000000-0/note", "If-Match", "*", json),
                  412);
}

/* Aim: nothing comes in between what was read and the command (casework.h, read_at). */
static void what_came_in_between_is_seen_in_the_commit(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "Between");
    const struct somebody other = office_ready(office, "Other");
    struct caller caller = office_caller(office, CLERK);
    caller.read_at = office_events(office);
    office_record(office, OTHER_CLERK, other.reference, "order.injunction", "none");
    assert_true(office_record_by(office, &caller, person.reference, "order.injunction", "none").ok);
    caller = office_caller(office, CLERK);
    caller.read_at = office_events(office);
    office_record(office, OTHER_CLERK, person.reference, "family.complete", "yes");
    const int64_t before = office_events(office);
    const struct recorded late =
        office_record_by(office, &caller, person.reference, "order.injunction", "none");
    assert_false(late.ok);
    assert_int_equal(late.err.code, ERROR_CONFLICT);
    assert_int_equal(office_events(office), before);
}

/* --- keys ------------------------------------------------------------------------------------- */

#define KEY "4a1f3b52-7d0c-4a6e-9c57-2f1d6f0e8a10"

static void a_key_stands_for_one_command(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Keyed");
    const char *path = joined(desk, "/people/", person.reference, "/facts");
    const char *elsewhere = joined(desk, "/people/", person.reference, "/note");
    const char *fact = "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\"}]}";
    const char *same = "{ \"facts\" : [ {\"value\":\"none\", \"fact\":\"order.injunction\"} ] }";
    const char *other = "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"in_force\"}]}";
    const char *wrong = "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"perhaps\"}]}";
    const int64_t before = office_events(&desk->office);
    /* What was not done leaves the key free. */
    assert_status(ask_with(desk, HTTP_POST, path, "Idempotency-Key", KEY, wrong), 422);
    assert_status(ask_with(desk, HTTP_POST, path, "Idempotency-Key", KEY, fact), 201);
    const struct reply again = ask_with(desk, HTTP_POST, path, "Idempotency-Key", KEY, same);
    assert_status(again, 201);
    assert_true(reply_says(&again, "\"repeated\":true"));
    const struct reply refused = ask_with(desk, HTTP_POST, path, "Idempotency-Key", KEY, other);
    assert_status(refused, 422);
    assert_true(reply_says(&refused, "Idempotency-Key"));
    assert_status(ask_with(desk, HTTP_POST, elsewhere, "Idempotency-Key", KEY,
                           "{\"note\":\"Another command\"}"),
                  422);
    assert_int_equal(office_events(&desk->office), before + 1);
}

/* Whoever sends a key relies on it: one that is none is not taken for none. */
static void a_key_that_is_none_is_told(void **state)
{
    struct desk *desk = *state;
    static const char *const keys[] = {"", "\"\"", "x", "00000000-0000-0000-0000-000000000000"};
    const struct somebody person = office_ready(&desk->office, "Unkeyed");
    const char *note = joined(desk, "/people/", person.reference, "/note");
    const int64_t before = office_events(&desk->office);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct reply reply =
            ask_with(desk, HTTP_POST, note, "Idempotency-Key", keys[i], "{\"note\":\"Once\"}");
        assert_status(reply, 400);
        assert_true(reply_says(&reply, "must be a UUID"));
    }
    assert_int_equal(office_events(&desk->office), before);
}

/* What the server remembers ends with it; what was recorded stands for its key for ever. */
static void a_key_outlives_the_server(void **state)
{
    struct desk *desk = *state;
    const struct somebody person = office_ready(&desk->office, "Kept");
    const char *facts = joined(desk, "/people/", person.reference, "/facts");
    const char *notes = joined(desk, "/people/", person.reference, "/note");
    const struct sent {
        const char *key;
        const char *path;
        const char *first;
        const char *other;
    } sent[] = {
        {"4a1f3b52-7d0c-4a6e-9c57-2f1d6f0e8a11", facts,
         "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"none\"}]}",
         "{\"facts\":[{\"fact\":\"order.injunction\",\"value\":\"in_force\"}]}"},
        {"4a1f3b52-7d0c-4a6e-9c57-2f1d6f0e8a12", notes, "{\"note\":\"One\"}",
         "{\"note\":\"Another\"}"},
        {"4a1f3b52-7d0c-4a6e-9c57-2f1d6f0e8a13", "/language", "{\"language\":\"sq\"}",
         "{\"language\":\"ar\"}"},
    };
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        struct ask ask = {.method = HTTP_POST,
                          .path = sent[i].path,
                          .account = CLERK,
                          .content_type = "application/json",
                          .body = str_from_c(sent[i].first),
                          .header_name = "Idempotency-Key",
                          .header_value = sent[i].key};
        const struct reply done = desk_ask(desk, &ask);
        assert_in_range(done.status, 200, 299);
        const int64_t events = office_events(&desk->office);
        ask.behind_tls = true; /* another server over the same store, which remembers nothing */
        ask.body = str_from_c(sent[i].other);
        const struct reply refused = desk_ask(desk, &ask);
        assert_status(refused, 409);
        assert_true(reply_says(&refused, "was already used for another command"));
        ask.body = str_from_c(sent[i].first);
        assert_in_range(desk_ask(desk, &ask).status, 200, 299);
        assert_int_equal(office_events(&desk->office), events);
    }
}

/* --- problems --------------------------------------------------------------------------------- */

/* What a program is told of a value points where the page's error summary leads. */
static void pointers_are_the_fields_of_the_form(void **state)
{
    struct desk *desk = *state;
    const struct reply problem =
        desk_post(desk, CLERK, "/people", "{\"born_on\":\"1990-02-30\",\"shoe_size\":\"44\"}");
    const struct reply page =
        desk_form(desk, CLERK, "/people", "name=&born_on=1990-02-30&shoe_size=44&registered_on=");
    assert_status(problem, 422);
    assert_status(page, 422);
    assert_same_text(problem.content_type, "application/problem+json");
    json_auto_t *object = reply_json(&problem);
    const json_t *errors = json_object_get(object, "errors");
    assert_int_equal(json_array_size(errors), 4);
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const char *pointer =
            json_string_value(json_object_get(json_array_get(errors, i), "pointer"));
        assert_int_equal(pointer[0], '/');
        assert_true(reply_says(&page, joined(desk, "<a href=\"#", pointer + 1, "")));
    }
    /* What is wrong with no field alone points at the whole. */
    const struct reply whole = desk_post(desk, CLERK, "/people/RH-000000-0/facts", "{}");
    assert_true(whole.status == 422 || whole.status == 404);
    const struct somebody person = office_ready(&desk->office, "Pointed at");
    const struct reply unknown = desk_post(
        desk, CLERK, joined(desk, "/people/", person.reference, "/family"), "{\"relative\":\"?\"}");
    assert_status(unknown, 422);
    assert_true(reply_says(&unknown, "\"errors\":[{\"detail\":"));
    assert_true(reply_says(&unknown, "\"pointer\":\""));
}

static void what_cannot_be_answered_is_said(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *path;
        const char *accept;
        int status;
    } rows[] = {
        {"/people", "application/json", 200},
        {"/people", "text/csv", 200},
        {"/people", "*/*", 200},
        {"/people", "text/*;q=0.5", 200},
        {"/people", "application/pdf", 406},
        {"/people", "application/*;q=0", 406},
        {"/people", "image/png, audio/*", 406},
        {"/people/new", "text/html", 200},
        {"/ping", "text/plain", 200},
        {"/ping", "application/json", 200},
        {"/releases.atom", "application/atom+xml", 200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ask ask = {
            .path = rows[i].path, .accept = rows[i].accept, .account = CLERK, .by_cookie = true};
        const struct reply reply = desk_ask(desk, &ask);
        if (reply.status != rows[i].status) {
            fail_msg("%s as %s: %d", rows[i].path, rows[i].accept, reply.status);
        }
    }
    const int64_t before = office_events(&desk->office);
    const struct ask unacceptable = {.method = HTTP_POST,
                                     .path = "/people",
                                     .accept = "image/png",
                                     .account = CLERK,
                                     .content_type = "application/json",
                                     .body =
                                         STR("{\"name\":\"N\",\"registered_on\":\"2026-06-01\"}")};
    assert_status(desk_ask(desk, &unacceptable), 406);
    struct ask coded = unacceptable;
    coded.accept = NULL;
    coded.content_type = "application/json; charset=iso-8859-1";
    assert_status(desk_ask(desk, &coded), 415);
    coded.content_type = "application/json";
    coded.header_name = "Content-Encoding";
    coded.header_value = "gzip";
    assert_status(desk_ask(desk, &coded), 415);
    assert_int_equal(office_events(&desk->office), before);
}

static void every_address_says_what_may_be_done(void **state)
{
    struct desk *desk = *state;
    const struct ask people = {.method = HTTP_OPTIONS, .path = "/people", .account = NOBODY};
    const struct ask out = {.method = HTTP_OPTIONS, .path = "/sign-out", .account = NOBODY};
    const struct ask nothing = {.method = HTTP_OPTIONS, .path = "/nothing", .account = NOBODY};
    const struct reply reply = desk_ask(desk, &people);
    assert_status(reply, 204);
    assert_int_equal(reply.body.len, 0);
    assert_same_text(reply_header(&reply, "Allow"), "GET, HEAD, OPTIONS, POST");
    const struct reply post = desk_ask(desk, &out);
    assert_same_text(reply_header(&post, "Allow"), "OPTIONS, POST");
    assert_status(desk_ask(desk, &nothing), 404);
}

/* --- lists ------------------------------------------------------------------------------------ */

enum { NAMES_MAX = 64 };

struct names {
    const char *name[NAMES_MAX];
    size_t count;
};

/* Adds the names of a page; the address of the next, or NULL. */
static const char *add_page(struct desk *desk, const char *path, const char *list,
                            const char *member, struct names *names)
{
    const struct reply reply = desk_get(desk, CLERK, path);
    assert_status(reply, 200);
    json_auto_t *object = reply_json(&reply);
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(object, list), index, line)
    {
        assert_true(names->count < NAMES_MAX);
        names->name[names->count++] = arena_copy(&desk->arena, json_str_or_empty(line, member)).at;
    }
    const str next = json_str_or_empty(object, "next");
    const str link = reply_header(&reply, "Link");
    assert_same_text(
        link,
        next.len == 0 ? "" : arena_format(&desk->arena, "<%.*s>; rel=\"next\"", STR_ARG(next)).at);
    return next.len == 0 ? NULL : arena_copy(&desk->arena, next).at;
}

static void check_pages(struct desk *desk, const char *path, const char *first, const char *list,
                        const char *member)
{
    struct names whole = {.count = 0};
    struct names paged = {.count = 0};
    assert_null(add_page(desk, path, list, member, &whole));
    assert_true(whole.count >= 2);
    for (const char *next = first; next != NULL;) {
        next = add_page(desk, next, list, member, &paged);
    }
    assert_int_equal(paged.count, whole.count);
    for (size_t i = 0; i < whole.count; i++) {
        assert_string_equal(paged.name[i], whole.name[i]);
    }
}

static void lists_come_page_by_page(void **state)
{
    struct desk *desk = *state;
    office_register(&desk->office, "First of some");
    office_register(&desk->office, "Second of some");
    check_pages(desk, "/people?limit=60", "/people?limit=1", "people", "reference");
    check_pages(desk, "/hubs", "/hubs?limit=1", "hubs", "reference");
}

/* What is put in while somebody reads is neither told twice nor hides anything. */
static void what_is_put_in_moves_nothing(void **state)
{
    struct desk *desk = *state;
    struct names before = {.count = 0};
    struct names paged = {.count = 0};
    add_page(desk, "/people?limit=60", "people", "reference", &before);
    const char *next = add_page(desk, "/people?limit=2", "people", "reference", &paged);
    office_register(&desk->office, "Put in between");
    while (next != NULL) {
        next = add_page(desk, next, "people", "reference", &paged);
    }
    size_t found = 0;
    for (size_t i = 0; i < before.count; i++) {
        size_t times = 0;
        for (size_t k = 0; k < paged.count; k++) {
            times += strcmp(before.name[i], paged.name[k]) == 0;
        }
        assert_int_equal(times, 1);
        found += times;
    }
    assert_int_equal(found, before.count);
}

static void a_cursor_is_good_for_its_list_alone(void **state)
{
    struct desk *desk = *state;
    struct names names = {.count = 0};
    const char *next = add_page(desk, "/people?limit=1", "people", "reference", &names);
    assert_non_null(next);
    const str cursor = str_from_c(strstr(next, "cursor=") + 7);
    char path[600];
    snprintf(path, sizeof path, "/hubs?cursor=%.*s", STR_ARG(cursor));
    assert_status(desk_get(desk, CLERK, path), 422);
    assert_status(desk_get(desk, OTHER_CLERK, next), 422); /* another account's */
    snprintf(path, sizeof path, "/people?cursor=%.*sA", STR_ARG(cursor));
    assert_status(desk_get(desk, CLERK, path), 422);
    assert_status(desk_get(desk, CLERK, "/people?cursor=MTI"), 422);
    /* Nor with other filters than it was made for; how long a page is may change. */
    snprintf(path, sizeof path, "/people?text=a&cursor=%.*s", STR_ARG(cursor));
    const struct reply other = desk_get(desk, CLERK, path);
    assert_status(other, 422);
    assert_true(reply_says(&other, "not given out for this list with these filters"));
    snprintf(path, sizeof path, "/people?limit=2&text=&cursor=%.*s", STR_ARG(cursor));
    assert_status(desk_get(desk, CLERK, path), 200);
    assert_status(desk_get(desk, CLERK, "/people?limit=0"), 422);
    assert_status(desk_get(desk, CLERK, "/people?limit=501"), 422);
    assert_status(desk_get(desk, CLERK, "/people?limit=500"), 200);
}

/* --- changes ---------------------------------------------------------------------------------- */

struct told {
    int64_t positions[2000];
    char references[2000][40];
    char kinds[2000][40];
    size_t count;
};

static void read_changes(struct desk *desk, int account, struct told *told)
{
    const char *next = "/changes?limit=7";
    bool more = true;
    told->count = 0;
    while (more) {
        const struct reply reply = desk_get(desk, account, next);
        assert_status(reply, 200);
        json_auto_t *object = reply_json(&reply);
        size_t index;
        json_t *line;
        json_array_foreach(json_object_get(object, "changes"), index, line)
        {
            const size_t at = told->count++;
            assert_true(at < 2000);
            told->positions[at] = json_integer_value(json_object_get(line, "position"));
            snprintf(
                told->references[at], sizeof told->references[at], "%s",
                json_string_value(json_object_get(json_object_get(line, "subject"), "reference")));
            snprintf(told->kinds[at], sizeof told->kinds[at], "%s",
                     json_string_value(json_object_get(line, "kind")));
        }
        more = json_is_true(json_object_get(object, "more"));
        next = arena_copy(&desk->arena, json_str_or_empty(object, "next")).at;
    }
}

static size_t count_of(const struct told *told, const char *reference)
{
    size_t count = 0;
    for (size_t i = 0; i < told->count; i++) {
        count += strcmp(told->references[i], reference) == 0;
    }
    return count;
}

/* Expected of whoever sees everybody: the events of people, hubs, the open agreement, in order, as
 * the file has them (asked in SQL, not through the store). */
static void changes_are_told_to_who_may_see_them(void **state)
{
    static struct told clerk;
    static struct told operator;
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody hidden = office_ready(office, "Hidden");
    const struct somebody south = office_ready(office, "At south");
    assert_true(office_take(office, CLERK, office_transfer(office, &south, HUB_SOUTH, 2)).ok);
    const struct somebody north = office_ready(office, "At north");
    assert_true(office_take(office, CLERK, office_transfer(office, &north, HUB_NORTH, 2)).ok);
    read_changes(desk, CLERK, &clerk);
    read_changes(desk, OPERATOR_NORTH, &operator);
    for (size_t i = 1; i < clerk.count; i++) {
        assert_true(clerk.positions[i] > clerk.positions[i - 1]);
    }
    assert_int_equal(
        clerk.count,
        office_ask(office,
                   "SELECT count(*) FROM event WHERE subject_kind IN (1, 6)"
                   " OR (subject_kind = 2 AND subject IN (SELECT id FROM hub WHERE agreement"
                   " IN (SELECT id FROM agreement WHERE confidential = 0)))"
                   " OR (subject_kind = 3 AND subject IN (SELECT id FROM agreement WHERE"
                   " confidential = 0))"));
    assert_true(count_of(&clerk, hidden.reference) > 0);
    assert_int_equal(count_of(&clerk, HUB_SECRET), 0);
    assert_int_equal(count_of(&clerk, AGREEMENT_SECRET), 0);
    assert_true(count_of(&operator, north.reference) > 0);
    assert_int_equal(count_of(&operator, south.reference), 0);
    assert_int_equal(count_of(&operator, hidden.reference), 0);
    assert_int_equal(count_of(&operator, HUB_SOUTH), 0);
}

/* One part of a stream, as the server asks for it. */
static struct reply ask_part(struct desk *desk, int account, const char *path, const char *accept,
                             const struct reply *before)
{
    const struct ask ask = {.path = path,
                            .accept = accept,
                            .account = account,
                            .goes_on = before != NULL,
                            .mark = before != NULL ? before->response.mark : ""};
    return desk_ask(desk, &ask);
}

static void changes_go_on_while_who_asks_may_ask(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_register(office, "Followed");
    const struct ask now = {
        .path = "/changes",
        .query = arena_format(&desk->arena, "after=%lld", (long long)office_events(office)).at,
        .accept = "application/x-ndjson",
        .account = CLERK};
    const struct reply first = desk_ask(desk, &now);
    assert_status(first, 200);
    assert_true(first.response.streams);
    assert_same_text(first.content_type, "application/x-ndjson; charset=utf-8");
    office_record(office, OTHER_CLERK, person.reference, "order.injunction", "none");
    const struct reply more = ask_part(desk, CLERK, now.path, now.accept, &first);
    assert_true(more.response.streams);
    assert_true(reply_says(&more, "\"kind\":\"fact_recorded\""));
    assert_true(reply_says(&more, person.reference));
    assert_true(str_ends(more.body, STR("}\n")));
    assert_false(reply_says(&more, "\"value\"")); /* not what it says */
    const struct reply nothing = ask_part(desk, CLERK, now.path, now.accept, &more);
    assert_true(nothing.response.streams);
    assert_int_equal(nothing.body.len, 0);
    office->now += 16000;
    const struct reply beat = ask_part(desk, CLERK, now.path, now.accept, &nothing);
    assert_true(reply_says(&beat, "\"kind\":\"heartbeat\""));
    assert_true(reply_says(&beat, "\"cursor\":\""));
    /* The session ends: the next part is no part any more. */
    office_move_days(office, 1);
    const struct reply ended = ask_part(desk, CLERK, now.path, now.accept, &beat);
    assert_status(ended, 401);
    assert_false(ended.response.streams);
    desk_sign_in(desk, CLERK);
}

/* --- stops as they happen --------------------------------------------------------------------- */

static void stops_are_told_to_who_must_know(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    const struct somebody person = office_ready(office, "Stopped");
    const int64_t request = office_transfer(office, &person, HUB_NORTH, 2);
    assert_true(request > 0);
    desk_sign_in(desk, CLERK);
    desk_sign_in(desk, OTHER_CLERK);
    const char *stream = "text/event-stream";
    const struct reply first = ask_part(desk, CLERK, "/events", stream, NULL);
    const struct reply others = ask_part(desk, OTHER_CLERK, "/events", stream, NULL);
    assert_status(first, 200);
    assert_same_text(first.content_type, "text/event-stream; charset=utf-8");
    assert_true(str_starts(first.body, STR("retry: 5000\n\n")));
    const struct recorded stopping =
        office_record(office, OFFICER, person.reference, "order.injunction", "in_force");
    assert_int_equal(stopping.stopped_count, 1);
    const struct reply more = ask_part(desk, CLERK, "/events", stream, &first);
    const struct reply none = ask_part(desk, OTHER_CLERK, "/events", stream, &others);
    assert_true(str_starts(more.body, STR("event: stop\nid: ")));
    assert_true(reply_says(&more, person.reference));
    assert_true(str_ends(more.body, STR("\n\n")));
    assert_int_equal(none.body.len, 0);
    assert_int_equal(ask_part(desk, CLERK, "/events", stream, &more).body.len, 0);
    /* Whoever lost the connection goes on behind what it had. */
    const str told = str_slice(more.body, STR("event: stop\nid: ").len, more.body.len);
    const char *id = arena_copy(&desk->arena, str_cut(told, '\n').head).at;
    const struct ask again = {.path = "/events",
                              .accept = stream,
                              .account = CLERK,
                              .header_name = "Last-Event-ID",
                              .header_value = id};
    const struct reply after = desk_ask(desk, &again);
    assert_false(reply_says(&after, person.reference));
    const struct ask bad = {.path = "/events",
                            .accept = stream,
                            .account = CLERK,
                            .header_name = "Last-Event-ID",
                            .header_value = "yesterday"};
    assert_status(desk_ask(desk, &bad), 400);
    /* A page that shows the stop listens behind it. */
    const struct reply page = desk_page(desk, CLERK, "/today");
    assert_true(reply_says(&page, "data-events=\"/events?after="));
    const struct ask alone = {.path = "/events", .accept = "application/json", .account = CLERK};
    assert_status(desk_ask(desk, &alone), 406);
}

/* --- who holds streams ------------------------------------------------------------------------ */

#define EVENT_STREAM "text/event-stream"

static struct reply ask_part_by_cookie(struct desk *desk, int account, const struct reply *before)
{
    const struct ask ask = {.path = "/events",
                            .accept = EVENT_STREAM,
                            .account = account,
                            .by_cookie = true,
                            .goes_on = before != NULL,
                            .mark = before != NULL ? before->response.mark : ""};
    return desk_ask(desk, &ask);
}

static void the_oldest_stream_gives_way(void **state)
{
    struct desk *desk = *state;
    enum { HELD = 6 };
    struct reply held[HELD];
    const struct ask head = {
        .method = HTTP_HEAD, .path = "/events", .accept = EVENT_STREAM, .account = CLERK};
    desk_sign_in(desk, CLERK); /* of this session there is no stream yet */
    desk_sign_in(desk, OTHER_CLERK);
    const struct reply others = ask_part(desk, OTHER_CLERK, "/events", EVENT_STREAM, NULL);
    for (int i = 0; i < HELD; i++) {
        held[i] = ask_part(desk, CLERK, "/events", EVENT_STREAM, NULL);
        assert_status(held[i], 200);
        assert_true(held[i].response.streams);
        assert_status(desk_ask(desk, &head), 200); /* begins none */
    }
    for (int i = 0; i < HELD; i++) {
        const struct reply part = ask_part(desk, CLERK, "/events", EVENT_STREAM, &held[i]);
        assert_status(part, 200);
        assert_int_equal(part.response.streams, i >= HELD - 4);
        assert_int_equal(str_starts(part.body, STR("retry: 60000\n\n")), i < HELD - 4);
    }
    assert_true(ask_part(desk, OTHER_CLERK, "/events", EVENT_STREAM, &others).response.streams);
    /* What is over is not held. */
    web_stream_ended(desk->web, str_from_c(held[HELD - 2].response.mark));
    const struct reply more = ask_part(desk, CLERK, "/events", EVENT_STREAM, NULL);
    assert_true(more.response.streams);
    assert_true(ask_part(desk, CLERK, "/events", EVENT_STREAM, &held[HELD - 4]).response.streams);
    /* Both kinds of stream are held alike. */
    const struct ask changes = {
        .path = "/changes", .accept = "application/x-ndjson", .account = CLERK};
    assert_true(desk_ask(desk, &changes).response.streams);
    assert_false(ask_part(desk, CLERK, "/events", EVENT_STREAM, &held[HELD - 4]).response.streams);
}

static void who_opens_too_many_streams_waits(void **state)
{
    struct desk *desk = *state;
    struct reply last = {.status = 200};
    desk_sign_in(desk, OTHER_OFFICER);
    for (int i = 0; i < 100 && last.status == 200; i++) {
        last = ask_part(desk, OTHER_OFFICER, "/events", EVENT_STREAM, NULL);
    }
    assert_status(last, 429);
    assert_false(last.response.streams);
    assert_same_text(last.content_type, "application/problem+json");
    assert_same_text(reply_header(&last, "Retry-After"), "2");
    assert_true(reply_says(&last, "/problems/too-many"));
    const struct reply others = ask_part(desk, CLERK, "/events", EVENT_STREAM, NULL);
    assert_status(others, 200);
}

/* A page that is open is nobody's work: the session ends when it was idle so long. */
static void a_page_that_listens_keeps_no_session(void **state)
{
    struct desk *desk = *state;
    struct office *office = &desk->office;
    int minutes = 0;
    desk_sign_in(desk, CLERK);
    struct reply part = ask_part_by_cookie(desk, CLERK, NULL);
    while (part.status == 200 && minutes < 120) {
        office->now += INT64_C(60) * 1000;
        minutes++;
        if (minutes % 10 == 0) { /* its time is over, and the browser asks again */
            web_stream_ended(desk->web, str_from_c(part.response.mark));
            part = ask_part_by_cookie(desk, CLERK, NULL);
        } else {
            part = ask_part_by_cookie(desk, CLERK, &part);
        }
    }
    assert_status(part, 401);
    assert_false(part.response.streams);
    assert_in_range(minutes, SESSION_IDLE_MINUTES, SESSION_IDLE_MINUTES + 1);
    /* A program does nothing else than read: that is its work. */
    desk_sign_in(desk, CLERK);
    part = ask_part(desk, CLERK, "/events", EVENT_STREAM, NULL);
    for (minutes = 0; minutes < 2 * SESSION_IDLE_MINUTES; minutes++) {
        office->now += INT64_C(60) * 1000;
        part = ask_part(desk, CLERK, "/events", EVENT_STREAM, &part);
        assert_true(part.response.streams);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_same_state_has_the_same_tag, clear),
        cmocka_unit_test_teardown(what_a_client_has_is_not_sent_again, clear),
        cmocka_unit_test_teardown(a_command_is_done_in_the_state_it_rests_on, clear),
        cmocka_unit_test_teardown(what_came_in_between_is_seen_in_the_commit, clear),
        cmocka_unit_test_teardown(a_key_stands_for_one_command, clear),
        cmocka_unit_test_teardown(a_key_that_is_none_is_told, clear),
        cmocka_unit_test_teardown(a_key_outlives_the_server, clear),
        cmocka_unit_test_teardown(pointers_are_the_fields_of_the_form, clear),
        cmocka_unit_test_teardown(what_cannot_be_answered_is_said, clear),
        cmocka_unit_test_teardown(every_address_says_what_may_be_done, clear),
        cmocka_unit_test_teardown(lists_come_page_by_page, clear),
        cmocka_unit_test_teardown(what_is_put_in_moves_nothing, clear),
        cmocka_unit_test_teardown(a_cursor_is_good_for_its_list_alone, clear),
        cmocka_unit_test_teardown(changes_are_told_to_who_may_see_them, clear),
        cmocka_unit_test_teardown(changes_go_on_while_who_asks_may_ask, clear),
        cmocka_unit_test_teardown(stops_are_told_to_who_must_know, clear),
        cmocka_unit_test_teardown(the_oldest_stream_gives_way, clear),
        cmocka_unit_test_teardown(who_opens_too_many_streams_waits, clear),
        cmocka_unit_test_teardown(a_page_that_listens_keeps_no_session, clear),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
