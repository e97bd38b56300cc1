#include "web/listing.h"

#include "base/base64.h"
#include "web/handler.h"

#include <stdlib.h>
#include <string.h>

/* The lists that are read whole: of which address, the member that is the list, and the members of
 * a line that name it, up to LINE_NAMES. A list of lines has unique names, and keeps its order. */
enum { LINE_NAMES = 3 };
struct listing {
    str pattern;
    const char *list;
    const char *names[LINE_NAMES];
};
static const struct listing listings[] = {
    {STR_INIT("/accounts"), "accounts", {"username"}},
    {STR_INIT("/agreements"), "agreements", {"reference"}},
    {STR_INIT("/books"), "entries", {"entry"}},
    {STR_INIT("/erasures"), "erasures", {"reference"}},
    {STR_INIT("/glass"), "glasses", {"glass"}},
    {STR_INIT("/hubs"), "hubs", {"reference"}},
    {STR_INIT("/letters/texts"), "texts", {"notice", "language"}},
    {STR_INIT("/manifests"), "manifests", {"reference"}},
    {STR_INIT("/merges"), "merges", {"merge"}},
    {STR_INIT("/operations"), "operations", {"reference"}},
    {STR_INIT("/people/{person}/letters"), "letters", {"letter"}},
    {STR_INIT("/releases"), "releases", {"name"}},
    {STR_INIT("/statistics"), "tables", {"name"}},
    {STR_INIT("/stops"), "stops", {"stop"}},
};

/* --- cursors ---------------------------------------------------------------------------------- */

enum { SEALED_MAX = LISTING_KEY_MAX + CIPHER_OVERHEAD };

/* Of a page and not of the question. */
static bool is_of_page(str name)
{
    static const str names[] = {STR_INIT("cursor"), STR_INIT("limit"), STR_INIT("as"),
                                STR_INIT("language"), STR_INIT("notice")};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        found = found || str_equal(names[i], name);
    }
    return found;
}

/* Names that are different, in one order whichever they were given in. */
static int compare_names(const void *a, const void *b)
{
    const struct http_header *left = a;
    const struct http_header *right = b;
    return str_compare(left->name, right->name);
}

/* What a cursor is good for: an account, an address, and its filters; one that is empty is none. */
static str bound_to(const struct exchange *exchange, const struct http_form *query)
{
    struct arena *arena = exchange->arena;
    str bound = arena_format(arena, "cursor %lld %.*s", (long long)exchange->caller.account,
                             STR_ARG(exchange->request->path));
    struct http_header *filters = ARENA_NEW(arena, struct http_header, query->count + 1);
    size_t count = 0;
    for (size_t i = 0; filters != NULL && i < query->count; i++) {
        if (!is_of_page(query->fields[i].name) && query->fields[i].value.len > 0) {
            filters[count++] = query->fields[i];
        }
    }
    if (count > 1) {
        qsort(filters, count, sizeof filters[0], compare_names);
    }
    for (size_t i = 0; i < count; i++) {
        bound = arena_format(arena, "%.*s\n%zu %.*s=%.*s", STR_ARG(bound), filters[i].name.len,
                             STR_ARG(filters[i].name), STR_ARG(filters[i].value));
    }
    return bound;
}

/* The question of `base`, or the one that is asked. */
static struct http_form question_of(const struct exchange *exchange, str base)
{
    struct http_form query = exchange->query;
    if (base.len > 0) {
        query = (struct http_form){.count = 0};
        result_ignore(
            http_form_read(str_cut(base, '?').tail, exchange->arena, &query, NULL),
            "an address of ours can be read; without memory the cursor is good for nothing");
    }
    return query;
}

/* The same key gives the same cursor: an answer that did not change has the same ETag. */
static void make_nonce(const struct exchange *exchange, str key, str bound,
                       uint8_t nonce[CIPHER_NONCE_SIZE])
{
    const struct cipher_key *cursor_key = &exchange->web->cursor_key;
    const str secret = {.at = (const char *)cursor_key->bytes, .len = CIPHER_KEY_SIZE};
    const str parts[] = {bound, STR("\n"), key};
    const struct sha256 hash = hmac_sha256(secret, parts, 3);
    memcpy(nonce, hash.bytes, CIPHER_NONCE_SIZE);
}

/* "" when memory is full. */
str listing_cursor(const struct exchange *exchange, str base, str key)
{
    uint8_t nonce[CIPHER_NONCE_SIZE];
    str sealed;
    struct buf text;
    const struct http_form question = question_of(exchange, base);
    const str bound = bound_to(exchange, &question);
    ASSERT(key.len <= LISTING_KEY_MAX);
    make_nonce(exchange, key, bound, nonce);
    if (!cipher_seal(&exchange->web->cursor_key, nonce, key, bound, exchange->arena, &sealed, NULL)
             .ok) {
        return STR("");
    }
    buf_init(&text, exchange->arena, BASE64_LENGTH(SEALED_MAX));
    base64url_put(&text, sealed.at, sealed.len);
    return buf_str(&text);
}

result listing_key(const struct exchange *exchange, str *ret_key, struct err *err)
{
    const str cursor = exchange_query(exchange, STR("cursor"));
    uint8_t sealed[SEALED_MAX];
    size_t size = 0;
    *ret_key = STR("");
    if (cursor.len == 0) {
        return result_ok();
    }
    if (base64url_read(cursor, sealed, sizeof sealed, &size) &&
        cipher_open(&exchange->web->cursor_key, (str){.at = (const char *)sealed, .len = size},
                    bound_to(exchange, &exchange->query), exchange->arena, ret_key, NULL)
            .ok) {
        return result_ok();
    }
    result_ignore(
        err_set(err, ERROR_INPUT, "This cursor was not given out for this list with these filters"),
        "the hint follows");
    return err_hint(err, "Begin with the first page, and follow `next`.");
}

result listing_number(const struct exchange *exchange, int64_t *ret_number, struct err *err)
{
    str key;
    *ret_number = 0;
    TRY(listing_key(exchange, &key, err));
    return key.len == 0 ? result_ok() : str_to_int64(key, ret_number, err);
}

result listing_limit(const struct exchange *exchange, size_t *ret_limit, struct err *err)
{
    int64_t limit = LISTING_LIMIT;
    TRY(handler_number(exchange, STR("limit"), 1, LISTING_LIMIT_MAX, LISTING_LIMIT, &limit, err));
    *ret_limit = (size_t)limit;
    return result_ok();
}

/* --- links ------------------------------------------------------------------------------------ */

/* The address that was asked, without its cursor; ends where a parameter may follow. */
static str same_question(const struct exchange *exchange)
{
    const struct http_form *query = &exchange->query;
    str href = arena_format(exchange->arena, "%.*s?",
                            STR_ARG(page_path(exchange->arena, exchange->request->path)));
    for (size_t i = 0; i < query->count; i++) {
        if (!str_equal(query->fields[i].name, STR("cursor"))) {
            const str pair =
                page_href(exchange->arena, "%s=%s&", query->fields[i].name, query->fields[i].value);
            href = arena_format(exchange->arena, "%.*s%.*s", STR_ARG(href), STR_ARG(pair));
        }
    }
    return href;
}

str listing_next(const struct exchange *exchange, str base, str key)
{
    const str before = base.len > 0 ? arena_format(exchange->arena, "%.*s&", STR_ARG(base))
                                    : same_question(exchange);
    return arena_format(exchange->arena, "%.*scursor=%.*s", STR_ARG(before),
                        STR_ARG(listing_cursor(exchange, base, key)));
}

str listing_next_number(const struct exchange *exchange, str base, int64_t number)
{
    return listing_next(exchange, base, arena_format(exchange->arena, "%lld", (long long)number));
}

void listing_link(struct exchange *exchange, json_t *resource, str next)
{
    const str link = arena_format(exchange->arena, "<%.*s>; rel=\"next\"", STR_ARG(next));
    json_set_str(resource, "next", next);
    if (link.at != NULL) {
        http_header_set(exchange->response, STR("Link"), link);
    }
}

/* --- a page of a whole list ------------------------------------------------------------------- */

static const struct listing *listing_of(const struct exchange *exchange)
{
    for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++) {
        if (str_equal(listings[i].pattern, exchange->match.route->pattern)) {
            return &listings[i];
        }
    }
    return NULL;
}

/* "removal/sq": what names a line among the others. */
static str name_of(const struct exchange *exchange, const struct listing *listing,
                   const json_t *line)
{
    str name = STR("");
    for (size_t i = 0; i < LINE_NAMES && listing->names[i] != NULL; i++) {
        const json_t *member = json_object_get(line, listing->names[i]);
        const str part =
            json_is_integer(member)
                ? arena_format(exchange->arena, "%lld", (long long)json_integer_value(member))
                : json_str_or_empty(line, listing->names[i]);
        name = i == 0 ? part
                      : arena_format(exchange->arena, "%.*s/%.*s", STR_ARG(name), STR_ARG(part));
    }
    return name.len <= LISTING_KEY_MAX ? name : str_slice(name, 0, LISTING_KEY_MAX);
}

/* Where the page begins: behind the line of this name. */
static result find_begin(const struct exchange *exchange, const struct listing *listing,
                         const json_t *list, str key, size_t *ret_begin, struct err *err)
{
    *ret_begin = 0;
    if (key.len == 0) {
        return result_ok();
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct arena scratch = *exchange->arena;
        struct exchange reader = *exchange;
        reader.arena = &scratch;
        if (str_equal(name_of(&reader, listing, json_array_get(list, i)), key)) {
            *ret_begin = i + 1;
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_INPUT,
                          "What this page would begin behind is not in the list "
                          "any more"),
                  "the hint follows");
    return err_hint(err, "Begin with the first page, and follow `next`.");
}

result listing_cut(struct exchange *exchange, json_t *resource, struct err *err)
{
    const struct listing *listing = listing_of(exchange);
    const json_t *whole = listing != NULL ? json_object_get(resource, listing->list) : NULL;
    size_t limit = 0;
    size_t begin = 0;
    str key;
    if (whole == NULL) {
        return result_ok();
    }
    TRY(listing_limit(exchange, &limit, err));
    TRY(listing_key(exchange, &key, err));
    TRY(find_begin(exchange, listing, whole, key, &begin, err));
    const size_t all = json_array_size(whole);
    const size_t end = all - begin > limit ? begin + limit : all;
    if (begin == 0 && end == all) {
        return result_ok();
    }
    json_t *page = json_array();
    for (size_t i = begin; i < end; i++) {
        json_add(page, json_incref(json_array_get(whole, i)));
    }
    if (end < all) {
        const str last = name_of(exchange, listing, json_array_get(whole, end - 1));
        listing_link(exchange, resource, listing_next(exchange, STR(""), last));
    }
    json_set(resource, listing->list, page);
    return result_ok();
}
