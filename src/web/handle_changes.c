#include "web/handler.h"
#include "web/listing.h"
#include "web/resource_departure.h"
#include "web/works.h"

#include "casework/changes.h"
#include "casework/waiting.h"
#include "system/system.h"

enum {
    CHANGES_BYTES_MAX = 512 * 1024,
    EVENTS_BYTES_MAX = 256 * 1024,
    LINE_BYTES_MAX = 16 * 1024,
    HEARTBEAT_MS = 15000,  /* so that whoever waits, and what lies between, know it is alive */
    STREAM_WORDS_MAX = 40, /* of a place, beside the number of the stream (web.c) */
};

/* --- a stream's place ------------------------------------------------------------------------- */

/* What a stream remembers from one part to the next: how far it is, and when it last said
 * something. */
struct place {
    int64_t at;
    int64_t said_ms;
};

static int64_t now_ms(const struct exchange *exchange)
{
    return system_now(exchange->casework->system).milliseconds;
}

static void read_place(const struct exchange *exchange, struct place *place)
{
    const struct str_cut cut = str_cut(exchange->mark, ' ');
    const bool read = str_to_int64(cut.head, &place->at, NULL).ok &&
                      str_to_int64(cut.tail, &place->said_ms, NULL).ok;
    ASSERT(read); /* nobody else writes it */
}

static result keep_place(const struct exchange *exchange, const struct place *place,
                         struct err *err)
{
    const str text =
        arena_format(exchange->arena, "%lld %lld", (long long)place->at, (long long)place->said_ms);
    if (text.at == NULL) {
        return arena_full(err);
    }
    ASSERT(text.len < STREAM_WORDS_MAX);
    for (size_t i = 0; i < text.len; i++) {
        exchange->response->mark[i] = text.at[i];
    }
    exchange->response->streams = true;
    return result_ok();
}

static bool is_time_for_heartbeat(const struct exchange *exchange, const struct place *place)
{
    return now_ms(exchange) - place->said_ms >= HEARTBEAT_MS;
}

/* --- the feed of changes ---------------------------------------------------------------------- */

static str href_of(const struct exchange *exchange, const struct change_line *line)
{
    switch (line->subject_kind) {
    case SUBJECT_OF_PERSON:
        return page_href(exchange->arena, "/people/%s", line->reference, STR(""));
    case SUBJECT_OF_HUB:
        return page_href(exchange->arena, "/hubs/%s", line->reference, STR(""));
    case SUBJECT_OF_AGREEMENT:
        return page_href(exchange->arena, "/agreements/%s", line->reference, STR(""));
    case SUBJECT_OF_MANIFEST:
        return page_href(exchange->arena, "/manifests/%s", line->reference, STR(""));
    case SUBJECT_OF_OPERATION:
        return page_href(exchange->arena, "/operations/%s", line->reference, STR(""));
    case SUBJECT_OF_ACCOUNT:
    case SUBJECT_OF_REGISTER:
        break;
    }
    return STR("");
}

static json_t *change_object(const struct exchange *exchange, const struct change_line *line)
{
    json_t *object = json_object();
    json_t *subject = json_object();
    json_set_int64(object, "position", line->position);
    json_set(object, "kind", json_string(event_kind_name(line->kind)));
    json_set(object, "on", json_of_date(line->effective_on));
    json_set(object, "recorded_at", json_of_instant(line->recorded_at));
    json_set(subject, "kind", json_string(subject_kind_name(line->subject_kind)));
    json_set_str(subject, "reference", line->reference);
    json_set_str(subject, "href", href_of(exchange, line));
    json_set(object, "subject", subject);
    return object;
}

static result read_after(const struct exchange *exchange, int64_t *ret_after, struct err *err)
{
    TRY(listing_number(exchange, ret_after, err));
    return *ret_after != 0
               ? result_ok()
               : handler_number(exchange, STR("after"), 0, INT64_MAX, 0, ret_after, err);
}

static result changes_as_page(struct exchange *exchange, int64_t after, size_t limit,
                              struct err *err)
{
    struct changes_answer answer;
    TRY(casework_changes(exchange->casework, &exchange->caller, after, limit, exchange->arena,
                         &answer, err));
    json_auto_t *resource = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < answer.count; i++) {
        json_add(list, change_object(exchange, &answer.lines[i]));
    }
    json_set(resource, "changes", list);
    json_set_flag(resource, "more", answer.more);
    /* There is always a next page: of what is still to come. */
    const str base = arena_format(exchange->arena, "/changes?limit=%zu", limit);
    listing_link(exchange, resource, listing_next_number(exchange, base, answer.next_after));
    return answer_json(exchange, 200, resource, err);
}

static result put_line(const struct exchange *exchange, struct buf *lines, json_t *owned,
                       struct err *err)
{
    json_auto_t *object = owned;
    str text;
    TRY(json_write(object, exchange->arena, &text, err));
    buf_put(lines, text);
    buf_put_char(lines, '\n');
    return result_ok();
}

/* Nothing to tell, but this is how far it is: whoever comes back with the cursor begins here. */
static json_t *heartbeat(const struct exchange *exchange, const struct place *place)
{
    json_t *object = json_object();
    json_set(object, "kind", json_string("heartbeat"));
    json_set_str(object, "cursor",
                 listing_cursor(exchange, STR("/changes"),
                                arena_format(exchange->arena, "%lld", (long long)place->at)));
    return object;
}

static result changes_as_stream(struct exchange *exchange, int64_t after, size_t limit,
                                struct err *err)
{
    struct place place = {.at = after};
    struct changes_answer answer;
    struct buf lines;
    str body;
    if (exchange->request->goes_on) {
        read_place(exchange, &place);
    }
    TRY(casework_changes(exchange->casework, &exchange->caller, place.at, limit, exchange->arena,
                         &answer, err));
    buf_init(&lines, exchange->arena, CHANGES_BYTES_MAX);
    for (size_t i = 0; i < answer.count; i++) {
        TRY(put_line(exchange, &lines, change_object(exchange, &answer.lines[i]), err));
    }
    place.at = answer.next_after;
    if (answer.count == 0 && is_time_for_heartbeat(exchange, &place)) {
        TRY(put_line(exchange, &lines, heartbeat(exchange, &place), err));
    }
    TRY(buf_finish(&lines, &body, err));
    place.said_ms = body.len > 0 ? now_ms(exchange) : place.said_ms;
    answer_text(exchange, 200, STR(CONTENT_NDJSON), body);
    return keep_place(exchange, &place, err);
}

result handle_changes(struct exchange *exchange, struct err *err)
{
    const str accept = http_header_get(exchange->request, STR("Accept"));
    const bool as_page = exchange_accepts(accept, STR("application/json"));
    size_t limit = 0;
    int64_t after = 0;
    TRY(listing_limit(exchange, &limit, err));
    TRY(read_after(exchange, &after, err));
    return as_page ? changes_as_page(exchange, after, limit, err)
                   : changes_as_stream(exchange, after, limit, err);
}

/* --- stops, as they happen -------------------------------------------------------------------- */

/* The stops after this one; the newest comes last. */
static result put_stops(struct exchange *exchange, struct buf *events, int64_t *at, struct err *err)
{
    const struct stop_line *lines = NULL;
    size_t count = 0;
    const int64_t after = *at;
    TRY(casework_stops(exchange->casework, &exchange->caller, true, exchange->arena, &lines, &count,
                       err));
    for (size_t i = count; i > 0; i--) {
        const struct stop_line *line = &lines[i - 1];
        if (line->notice.stop <= after) {
            continue;
        }
        str text;
        json_auto_t *object = resource_stop_line(exchange->rulebook, line);
        json_set_str(object, "href",
                     arena_format(exchange->arena, "/stops/%lld", (long long)line->notice.stop));
        TRY(json_write(object, exchange->arena, &text, err));
        buf_format(events, "event: stop\nid: %lld\ndata: ", (long long)line->notice.stop);
        buf_put(events, text);
        buf_put_c(events, "\n\n");
        *at = line->notice.stop > *at ? line->notice.stop : *at;
    }
    return result_ok();
}

static result put_progress(const struct exchange *exchange, struct buf *events,
                           const struct work_line *line, struct err *err)
{
    str text;
    json_auto_t *object = json_object();
    json_set_int64(object, "work", line->number);
    json_set(object, "title", json_string(line->title));
    json_set_int64(object, "done", line->done);
    json_set_int64(object, "all", line->all);
    TRY(json_write(object, exchange->arena, &text, err));
    buf_put_c(events, "event: progress\ndata: ");
    buf_put(events, text);
    buf_put_c(events, "\n\n");
    return result_ok();
}

/* What this account waits for, and how far it is. */
static result put_works(const struct exchange *exchange, struct buf *events, struct err *err)
{
    struct work_line lines[WORKS_MAX];
    const size_t count = works_of(exchange->web->works, exchange->session.account.id, lines);
    for (size_t i = 0; i < count; i++) {
        TRY(put_progress(exchange, events, &lines[i], err));
    }
    return result_ok();
}

/* What is done for all accounts alike, and has no number; told as done when it has ended. */
static result put_comparison(const struct exchange *exchange, struct buf *events, struct err *err)
{
    struct work_line line = {.title = "Comparing everybody with everybody", .all = 100};
    int percent = 0;
    line.done = casework_compares_everybody(exchange->casework, &percent) ? percent : line.all;
    return put_progress(exchange, events, &line, err);
}

/* From where a client goes on: what it had last (Last-Event-ID), or what its page showed. */
static result begin_after(const struct exchange *exchange, int64_t *ret_after, struct err *err)
{
    const str last = http_header_get(exchange->request, STR("Last-Event-ID"));
    if (last.len > 0) {
        return str_to_int64(last, ret_after, NULL).ok && *ret_after >= 0
                   ? result_ok()
                   : err_set(err, ERROR_USAGE, "Last-Event-ID is not an id of this stream");
    }
    return handler_number(exchange, STR("after"), 0, INT64_MAX, 0, ret_after, err);
}

/* Server-sent events (WHATWG HTML, 9.2). */
result handle_events(struct exchange *exchange, struct err *err)
{
    struct place place = {.at = 0};
    struct buf events;
    str body;
    if (exchange->request->goes_on) {
        read_place(exchange, &place);
    } else {
        TRY(begin_after(exchange, &place.at, err));
    }
    buf_init(&events, exchange->arena, EVENTS_BYTES_MAX);
    if (exchange->gives_way || !exchange->request->goes_on) {
        /* Where pages give way to each other they take turns, and do not press. */
        buf_put_c(&events, exchange->gives_way ? "retry: 60000\n\n" : "retry: 5000\n\n");
    }
    if (exchange_may(exchange, ACTION_ACKNOWLEDGE_STOP)) {
        TRY(put_stops(exchange, &events, &place.at, err));
    }
    TRY(put_works(exchange, &events, err));
    if (exchange_query(exchange, STR("comparison")).len > 0 &&
        exchange_may(exchange, ACTION_SEE_DUPLICATES)) {
        TRY(put_comparison(exchange, &events, err));
    }
    if (events.len == 0 && is_time_for_heartbeat(exchange, &place)) {
        buf_put_c(&events, ": still here\n\n");
    }
    TRY(buf_finish(&events, &body, err));
    place.said_ms = body.len > 0 ? now_ms(exchange) : place.said_ms;
    answer_text(exchange, 200, STR(CONTENT_EVENT_STREAM), body);
    return keep_place(exchange, &place, err);
}
