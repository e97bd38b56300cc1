/* What everybody may read, without sign-in: the statistics that were published, and the agreements
 * that are announced. */
#include "web/handler.h"
#include "web/resource_part.h"
#include "web/view_statistics.h"

#include "base/hash.h"

#include <string.h>

enum { UUID_SIZE = 37 };

/* --- the list --------------------------------------------------------------------------------- */

static json_t *release_line(const struct web_release *release)
{
    json_t *line = json_object();
    json_set_str(line, "name", release->name);
    json_set_str(line, "title", json_str_or_empty(release->sheet, "title"));
    json_set(line, "on", json_of_date(release->day));
    return line;
}

/* {"releases":[{"name","title","on"}],"agreements":[{"reference","partner","title"}]} */
static result public_resource(struct exchange *exchange, json_t **ret_resource, struct err *err)
{
    const struct web_options *options = &exchange->web->options;
    const struct agreement_row *agreements = NULL;
    size_t count = 0;
    TRY(casework_announced(exchange->casework, exchange->arena, &agreements, &count, err));
    json_t *resource = json_object();
    json_t *releases = json_array();
    json_t *announced = json_array();
    for (size_t i = 0; i < options->release_count; i++) {
        json_add(releases, release_line(&options->releases[i]));
    }
    for (size_t i = 0; i < count; i++) {
        json_t *line = json_object();
        json_set_str(line, "reference", agreements[i].reference);
        json_set_str(line, "partner", part_country_name(exchange->rulebook, agreements[i].partner));
        json_set_str(line, "title", agreements[i].title);
        json_add(announced, line);
    }
    json_set(resource, "releases", releases);
    json_set(resource, "agreements", announced);
    *ret_resource = resource;
    return result_ok();
}

static json_t *releases_view(const struct page *page, const json_t *releases)
{
    json_t *list = json_array();
    size_t index;
    json_t *release;
    json_array_foreach(releases, index, release)
    {
        json_t *view = json_object();
        json_set(view, "title", speech_law(&page->speech, json_str_or_empty(release, "title")));
        json_set(
            view, "on",
            speech_day(&page->speech, page->exchange->arena, json_str_or_empty(release, "on")));
        json_set_str(view, "href",
                     page_href(page->exchange->arena, "/releases/%s",
                               json_str_or_empty(release, "name"), STR("")));
        json_add(list, view);
    }
    return list;
}

result handle_releases(struct exchange *exchange, struct err *err)
{
    json_t *made = NULL;
    TRY(public_resource(exchange, &made, err));
    json_auto_t *resource = made;
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const json_t *agreements = json_object_get(resource, "agreements");
    OWN_PAGE struct page page;
    page_open(&page, exchange, "releases", STR(SAY("Published statistics and agreements")), "");
    page_speak_unless_staff(&page);
    json_t *view = json_object();
    json_t *releases = releases_view(&page, json_object_get(resource, "releases"));
    json_set_flag(view, "has_releases", json_array_size(releases) > 0);
    json_set(view, "releases", releases);
    json_set_flag(view, "has_agreements", json_array_size(agreements) > 0);
    json_set(view, "agreements", json_incref((json_t *)(uintptr_t)agreements));
    page_set(&page, "published", view);
    return page_answer(&page, 200, err);
}

/* --- one release ------------------------------------------------------------------------------ */

static const struct web_release *find_release(const struct exchange *exchange)
{
    const struct web_options *options = &exchange->web->options;
    for (size_t i = 0; i < options->release_count; i++) {
        if (str_equal(options->releases[i].name, exchange->match.parameters[0])) {
            return &options->releases[i];
        }
    }
    return NULL;
}

static result answer_file(struct exchange *exchange, const struct web_release *release,
                          struct err *err)
{
    bool answered = false;
    struct sheet *sheet = ARENA_NEW(exchange->arena, struct sheet, 1);
    if (sheet == NULL) {
        return arena_full(err);
    }
    TRY(sheet_from_json(release->sheet, exchange->arena, sheet, err));
    return handler_answer_sheet(exchange, release->name, sheet, &answered, err);
}

result handle_release(struct exchange *exchange, struct err *err)
{
    const struct web_release *release = find_release(exchange);
    if (release == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "Nothing was published under this name");
    }
    if (handler_wants_file(exchange)) {
        return answer_file(exchange, release, err);
    }
    if (!exchange_wants_html(exchange) ||
        str_equal(exchange_query(exchange, STR("as")), STR("json"))) {
        return answer_json(exchange, 200, release->sheet, err);
    }
    char day[DATE_TEXT_SIZE];
    date_format(release->day, day);
    const struct view_context context = handler_view(exchange);
    const str base = page_href(exchange->arena, "/releases/%s", release->name, STR(""));
    json_t *view = view_sheet(&context, release->sheet);
    json_set(view, "on", view_day(str_from_c(day)));
    json_set_str(view, "csv_href", arena_format(exchange->arena, "%.*s?as=csv", STR_ARG(base)));
    json_set_str(view, "ods_href", arena_format(exchange->arena, "%.*s?as=ods", STR_ARG(base)));
    json_set_str(view, "json_href", arena_format(exchange->arena, "%.*s?as=json", STR_ARG(base)));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "release", json_str_or_empty(release->sheet, "title"), "");
    page.borrows = true; /* the notes of the sheet */
    page_crumb(&page, STR("Published statistics and agreements"), STR("/releases"));
    page_set(&page, "sheet", view);
    return page_answer(&page, 200, err);
}

/* --- the feed --------------------------------------------------------------------------------- */

/* A name that stays the same for as long as what it names does: an UUID of version 8 (RFC 9562) of
 * the hash of a text. */
static void uuid_of(str text, char uuid[UUID_SIZE])
{
    const struct sha256 hash = sha256_of(text);
    struct client_id id;
    memcpy(id.bytes, hash.bytes, sizeof id.bytes);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0F) | 0x80);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3F) | 0x80);
    client_id_format(&id, uuid);
}

static json_t *feed_entry(const struct exchange *exchange, const struct web_release *release)
{
    char uuid[UUID_SIZE];
    char day[DATE_TEXT_SIZE];
    json_t *entry = json_object();
    uuid_of(release->name, uuid);
    date_format(release->day, day);
    json_set_str(entry, "title", json_str_or_empty(release->sheet, "title"));
    json_set(entry, "uuid", json_string(uuid));
    json_set(entry, "day", json_string(day));
    json_set_str(entry, "href", page_href(exchange->arena, "/releases/%s", release->name, STR("")));
    return entry;
}

/* RFC 4287. Newest first. */
result handle_releases_feed(struct exchange *exchange, struct err *err)
{
    const struct web_options *options = &exchange->web->options;
    char uuid[UUID_SIZE];
    char day[DATE_TEXT_SIZE] = "1970-01-01"; /* nothing was published yet */
    json_auto_t *feed = json_object();
    json_t *entries = json_array();
    for (size_t i = 0; i < options->release_count; i++) {
        json_add(entries, feed_entry(exchange, &options->releases[i]));
    }
    if (options->release_count > 0) {
        date_format(options->releases[0].day, day);
    }
    uuid_of(STR("returnhub releases"), uuid);
    json_set(feed, "uuid", json_string(uuid));
    json_set(feed, "day", json_string(day));
    json_set(feed, "entries", entries);
    struct buf buf;
    str body;
    buf_init(&buf, exchange->arena, WEB_BODY_MAX);
    buf_put_c(&buf, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    TRY(template_render(exchange->web->templates, STR("feed"), feed, &buf, err));
    TRY(buf_finish(&buf, &body, err));
    answer_text(exchange, 200, STR("application/atom+xml; charset=utf-8"), body);
    return result_ok();
}
