#include "web/page.h"

#include "casework/changes.h"
#include "format/json_memory.h"
#include "web/handler.h"
#include "web/resource_departure.h"

#include "web/form.h"

#include <string.h>

struct page_notice {
    const char *key;
    bool good;
    const char *heading;
    const char *text;
};

static const struct page_notice notices[] = {
#define NOTICE(key, good, heading, text) {key, good, heading, text},
#include "web/notice.def"
#undef NOTICE
};

struct page_place {
    const char *text;
    const char *href;
    enum action action;
    enum access_scope scope; /* of the action; SCOPE_NONE: whichever */
};

static const struct page_place places[] = {
    {SAY("My case"), "/own", ACTION_SEE_OWN, SCOPE_SELF},
    {SAY("Clients"), "/clients", ACTION_SEE_OWN, SCOPE_CLIENTS},
    {"Today", "/today", ACTION_SEE_PEOPLE, SCOPE_NONE},
    {"People", "/people", ACTION_SEE_PEOPLE, SCOPE_NONE},
    {"Merges", "/merges", ACTION_SEE_DUPLICATES, SCOPE_NONE},
    {"Erasures", "/erasures", ACTION_MANAGE_PRIVACY, SCOPE_NONE},
    {"Hubs", "/hubs", ACTION_SEE_HUB, SCOPE_NONE},
    {"Agreements", "/agreements", ACTION_SEE_AGREEMENT, SCOPE_NONE},
    {"Departures", "/manifests", ACTION_SEE_MANIFEST, SCOPE_NONE},
    {"Books", "/books", ACTION_SEE_BOOKS, SCOPE_NONE},
    {"Monitoring", "/monitor", ACTION_MONITOR, SCOPE_NONE},
    {"Joint operations", "/operations", ACTION_SEE_OPERATION, SCOPE_NONE},
    {"Screening", "/screening", ACTION_SCREEN, SCOPE_NONE},
    {SAY("Rulebook"), "/rulebook", ACTION_SEE_RULEBOOK, SCOPE_NONE},
    {"Statistics", "/statistics", ACTION_SEE_STATISTICS, SCOPE_NONE},
    {"Forecasts", "/forecast", ACTION_SEE_FORECAST, SCOPE_NONE},
    {"Looks", "/looks", ACTION_SEE_LOOKS, SCOPE_NONE},
    {"Break-glass", "/glass", ACTION_REVIEW_GLASS, SCOPE_NONE},
    {"Accounts", "/accounts", ACTION_MANAGE_ACCOUNTS, SCOPE_NONE},
    {"Access", "/access", ACTION_MANAGE_ACCOUNTS, SCOPE_NONE},
};

void page_open(struct page *page, struct exchange *exchange, const char *template_name, str title,
               const char *area)
{
    *page = (struct page){.exchange = exchange,
                          .template_name = template_name,
                          .title = title,
                          .area = area,
                          .crumbs = json_array(),
                          .root = json_object(),
                          .speech = speech_for_staff(exchange)};
}

void page_speak(struct page *page)
{
    page->speech = speech_of(page->exchange);
    page->speaks = true;
}

void page_speak_unless_staff(struct page *page)
{
    if (!page->exchange->signed_in || exchange_may(page->exchange, ACTION_SEE_OWN)) {
        page_speak(page);
    }
}

void page_refuse(struct page *page, struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (page->speaks && !speech_has(&page->speech, faults->items[i].detail)) {
            faults->items[i].detail = STR(SAY("This cannot be sent as it is. It is too long, or "
                                              "there are signs in it that cannot be kept."));
        }
    }
    page->faults = faults;
}

void page_close(struct page *page)
{
    void (*const end)(json_t * owned) = page->borrows ? json_decref : json_memory_leave;
    end(page->crumbs);
    end(page->root);
    *page = (struct page){0};
}

static json_t *link_view(str text, str href)
{
    json_t *link = json_object();
    json_set_str(link, "text", text);
    json_set_str(link, "href", href);
    return link;
}

void page_crumb(struct page *page, str text, str href)
{
    json_add(page->crumbs, link_view(text, href));
}

void page_set(struct page *page, const char *key, json_t *owned)
{
    json_set(page->root, key, owned);
}

static bool is_place_of(const struct exchange *exchange, const struct page_place *place)
{
    const str role = exchange->session.account.role;
    return exchange_may(exchange, place->action) &&
           (place->scope == SCOPE_NONE ||
            place->scope == access_scope(role_from_name(role), place->action));
}

static json_t *navigation_of(const struct page *page)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (is_place_of(page->exchange, &places[i])) {
            json_t *link = link_view(str_from_c(places[i].text), str_from_c(places[i].href));
            json_set_flag(link, "current", strcmp(places[i].href, page->area) == 0);
            json_add(list, link);
        }
    }
    return list;
}

static json_t *notice_of(const struct exchange *exchange)
{
    const str key = exchange_query(exchange, STR("notice"));
    for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++) {
        if (str_equal(key, str_from_c(notices[i].key))) {
            json_t *notice = json_object();
            json_set_flag(notice, "good", notices[i].good);
            json_set_str(notice, "heading", str_from_c(notices[i].heading));
            json_set_str(notice, "text", str_from_c(notices[i].text));
            json_set_flag(notice, "has_text", notices[i].text[0] != '\0');
            return notice;
        }
    }
    return json_false();
}

static json_t *errors_of(const struct page *page)
{
    if (page->faults == NULL || page->faults->count == 0) {
        return json_false();
    }
    json_t *list = json_array();
    for (size_t i = 0; i < page->faults->count; i++) {
        const struct fault *fault = &page->faults->items[i];
        const str href = form_field_href(page->exchange->arena, fault->field);
        json_add(list, link_view(fault->detail, href));
    }
    json_t *errors = json_object();
    json_set(errors, "list", list);
    return errors;
}

static json_t *account_of(const struct exchange *exchange)
{
    if (!exchange->signed_in) {
        return json_false();
    }
    const struct account_row *account = &exchange->session.account;
    json_t *object = json_object();
    const enum account_role role = role_from_name(account->role);
    json_set_str(object, "name", account->name);
    json_set(object, "role", role == ROLE_NONE ? json_false() : json_string(role_title(role)));
    json_set_str(object, "form_token", exchange->session.form_token);
    return object;
}

static json_t *asset_href(const struct web *web, const char *name, struct arena *arena)
{
    for (size_t i = 0; i < web->asset_count; i++) {
        const struct asset *asset = &web->assets[i];
        if (str_equal(asset->name, str_from_c(name))) {
            const str href =
                arena_format(arena, "/assets/%s/%.*s", asset->hash, STR_ARG(asset->name));
            return json_of_str(href);
        }
    }
    return json_false();
}

/* What the account must acknowledge stands on every page. When it cannot be read, the page says so:
 * nobody may take silence for "nothing was stopped". */
static json_t *stops_of(const struct exchange *exchange)
{
    const struct stop_line *lines = NULL;
    size_t count = 0;
    if (!exchange_may(exchange, ACTION_ACKNOWLEDGE_STOP)) {
        return json_false();
    }
    if (!casework_stops(exchange->casework, &exchange->caller, true, exchange->arena, &lines,
                        &count, NULL)
             .ok) {
        json_t *unread = json_object();
        json_set_flag(unread, "unread", true);
        json_set(unread, "list", json_array());
        json_set(unread, "more", json_false());
        return unread;
    }
    const struct view_context context = handler_view(exchange);
    json_auto_t *resource = resource_stops(exchange->rulebook, lines, count);
    json_t *banner = view_stop_banner(&context, resource);
    if (json_is_object(banner)) {
        json_set_str(banner, "form_token", exchange->session.form_token);
    }
    return banner;
}

json_t *page_live(const struct exchange *exchange, bool comparison)
{
    const struct stop_line *lines = NULL;
    size_t count = 0;
    int64_t newest = 0;
    if (exchange_may(exchange, ACTION_ACKNOWLEDGE_STOP)) {
        result_ignore(casework_stops(exchange->casework, &exchange->caller, true, exchange->arena,
                                     &lines, &count, NULL),
                      "unread, all of them are told again");
    }
    for (size_t i = 0; i < count; i++) {
        newest = lines[i].notice.stop > newest ? lines[i].notice.stop : newest;
    }
    return json_of_str(arena_format(exchange->arena, "/events?after=%lld%s", (long long)newest,
                                    comparison ? "&comparison=yes" : ""));
}

/* Who reviews is told on every page how many wait for it, or that it could not be read. */
static json_t *glasses_of(const struct exchange *exchange)
{
    const struct glass_line *lines = NULL;
    size_t count = 0;
    const struct glass_query query = {.limit = GLASSES_AT_ONCE_MAX};
    if (!exchange_may(exchange, ACTION_REVIEW_GLASS)) {
        return json_false();
    }
    if (!casework_glasses(exchange->casework, &exchange->caller, &query, exchange->arena, &lines,
                          &count, NULL)
             .ok) {
        return json_string("Whether somebody broke the glass could not be read");
    }
    return count == 0
               ? json_false()
               : json_of_str(speech_counted(speech_for_staff(exchange).catalogue, exchange->arena,
                                            COUNTED("{{count}} break-glass waits for a review",
                                                    "{{count}} break-glasses wait for a review"),
                                            (int64_t)count, NULL));
}

/* The address that was asked for, with its query but for the language and what was just done; to be
 * gone on with ("?" or "&"), or whole. */
static str address_of(const struct exchange *exchange, bool to_go_on)
{
    struct arena *arena = exchange->arena;
    str address = page_path(arena, exchange->request->path);
    str left = exchange->request->query;
    char next = '?';
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, '&');
        left = cut.tail;
        if (cut.head.len > 0 && !str_starts(cut.head, STR("language=")) &&
            !str_starts(cut.head, STR("notice="))) {
            address = arena_format(arena, "%.*s%c%.*s", STR_ARG(address), next, STR_ARG(cut.head));
            next = '&';
        }
    }
    return to_go_on ? arena_format(arena, "%.*s%c", STR_ARG(address), next) : address;
}

/* The language of the page; for one that speaks several, those there are as well, and how its own
 * came about. */
static void set_language(const struct page *page, json_t *chrome)
{
    const struct speech *speech = &page->speech;
    json_set_str(chrome, "language", speech->language);
    json_set(chrome, "direction", json_string(speech->right_to_left ? "rtl" : "ltr"));
    json_set(chrome, "uncertified",
             speech->catalogue != NULL && speech->catalogue->status.len > 0 ? json_true()
                                                                            : json_false());
    json_set_flag(chrome, "speaks", page->speaks);
    json_set_flag(chrome, "offers_languages", !page->stays);
    json_set_flag(chrome, "law_in_english", speech->catalogue != NULL);
    if (page->speaks) {
        json_set(chrome, "languages", speech_offers(page->exchange, speech));
        json_set_str(chrome, "address", address_of(page->exchange, false));
        json_set_str(chrome, "address_and", address_of(page->exchange, true));
    }
}

/* For who has it on paper: what is on record up to this event was read for it, and what was
 * recorded in the meantime may be in it. */
static json_t *shown_of(const struct page *page)
{
    const struct exchange *exchange = page->exchange;
    struct arena *arena = exchange->arena;
    int64_t last = 0;
    if (exchange->begun_at == 0 || !casework_position(exchange->casework, &last, NULL).ok) {
        return json_false();
    }
    json_auto_t *at = speech_instant(&page->speech, arena, system_now(exchange->casework->system));
    const struct said_value *values =
        SAID({"when", json_str_or_empty(at, "text")},
             {"position", arena_format(arena, "%lld", (long long)exchange->begun_at)},
             {"last", arena_format(arena, "%lld", (long long)last)});
    return json_of_str(
        last == exchange->begun_at
            ? speech_put(page->speech.catalogue, arena,
                         SAY("The record up to event {{position}}, as read on {{when}}"), values)
            : speech_put(page->speech.catalogue, arena,
                         SAY("The record up to event {{position}}, as read on {{when}}, while "
                             "events up to {{last}} were recorded"),
                         values));
}

/* The chrome. A page with errors says so in its title first, for those who hear it read out. */
static json_t *chrome_of(const struct page *page)
{
    const struct exchange *exchange = page->exchange;
    json_t *chrome = json_object();
    json_set_str(chrome, "title", page->title);
    set_language(page, chrome);
    json_set(chrome, "errors", errors_of(page));
    json_set(chrome, "notice", notice_of(exchange));
    json_set(chrome, "stops", stops_of(exchange));
    json_set(chrome, "glasses", glasses_of(exchange));
    json_set_flag(chrome, "may_break_glass", exchange_may(exchange, ACTION_BREAK_GLASS));
    json_set(chrome, "account", account_of(exchange));
    json_t *navigation = navigation_of(page);
    json_set_flag(chrome, "has_menu", json_array_size(navigation) > 1);
    json_set(chrome, "navigation", navigation);
    json_set_flag(chrome, "has_navigation", exchange->signed_in);
    json_set(chrome, "crumbs", json_incref(page->crumbs));
    json_set_flag(chrome, "has_crumbs", json_array_size(page->crumbs) > 0);
    json_set_flag(chrome, "demonstration", exchange->web->options.demonstration);
    json_set(chrome, "stylesheet", asset_href(exchange->web, "returnhub.css", exchange->arena));
    json_set(chrome, "script", asset_href(exchange->web, "returnhub.js", exchange->arena));
    json_set(chrome, "icon", asset_href(exchange->web, "returnhub.svg", exchange->arena));
    json_set(chrome, "shown", shown_of(page));
    json_set(chrome, "home", json_string(exchange->signed_in ? "/" : "/sign-in"));
    return chrome;
}

result page_answer(struct page *page, int status, struct err *err)
{
    struct exchange *exchange = page->exchange;
    page_set(page, "page", chrome_of(page));
    struct buf buf;
    buf_init(&buf, exchange->arena, WEB_BODY_MAX);
    TRY(template_render_in(exchange->web->templates, str_from_c(page->template_name), page->root,
                           page->speech.catalogue, &buf, err));
    str body;
    TRY(buf_finish(&buf, &body, err));
    exchange->response->status = status;
    exchange->response->content_type = STR("text/html; charset=utf-8");
    exchange->response->body = body;
    return result_ok();
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void put_encoded(struct buf *buf, str part)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t plain = 0; /* where the bytes not yet written begin */
    for (size_t i = 0; i < part.len; i++) {
        if (!is_unreserved(part.at[i])) {
            buf_put(buf, str_slice(part, plain, i));
            const unsigned char byte = (unsigned char)part.at[i];
            const char escape[] = {'%', digits[byte >> 4], digits[byte & 0xF]};
            buf_put(buf, (str){.at = escape, .len = sizeof escape});
            plain = i + 1;
        }
    }
    buf_put(buf, str_slice(part, plain, part.len));
}

str page_href(struct arena *arena, const char *pattern, str part, str other_part)
{
    struct buf buf;
    buf_init(&buf, arena, 4096);
    const str parts[2] = {part, other_part};
    size_t next = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        if (at[0] == '%' && at[1] == 's') {
            ASSERT(next < 2);
            put_encoded(&buf, parts[next++]);
            at++;
        } else {
            buf_put_char(&buf, *at);
        }
    }
    str href = STR("");
    result_ignore(buf_finish(&buf, &href, NULL), "a link that does not fit leads nowhere");
    return href;
}

str page_path(struct arena *arena, str path)
{
    struct buf buf;
    str href = STR("");
    buf_init(&buf, arena, path.len * 3 + 1);
    while (path.len > 0) {
        const struct str_cut cut = str_cut(path, '/');
        put_encoded(&buf, cut.head);
        if (cut.found) {
            buf_put_char(&buf, '/');
        }
        path = cut.tail;
    }
    result_ignore(buf_finish(&buf, &href, NULL), "a link that does not fit leads nowhere");
    return href;
}

json_t *page_client_id(const struct exchange *exchange)
{
    char text[37];
    const struct client_id id = exchange_new_client_id(exchange);
    client_id_format(&id, text);
    return json_string(text);
}
