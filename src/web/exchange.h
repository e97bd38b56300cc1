/* exchange: one request being answered. Everything a handler needs, and the ways to answer.
 *
 * A handler reads the exchange, asks casework, and ends in exactly one answer_... call, or returns
 * a failure, which web.c answers as a problem (RFC 9457) or its page. Memory is the request's
 * arena; a json_t lives until its json_decref (json_auto_t does that at the end of a block). */
#ifndef RETURNHUB_WEB_EXCHANGE_H
#define RETURNHUB_WEB_EXCHANGE_H

#include "base/cipher.h"
#include "casework/arrivals.h"
#include "format/json.h"
#include "format/template.h"
#include "register/reference.h"
#include "system/security_log.h"
#include "web/countries.h"
#include "web/resource.h"
#include "web/route.h"
#include "web/web.h"

enum { WEB_ASSETS_MAX = 16, WEB_BODY_MAX = 16 * 1024 * 1024, ASSET_HASH_SIZE = 17 };

struct asset {
    str name; /* "returnhub.css" */
    str content_type;
    str body;
    str gzip; /* "" when there is none */
    char hash[ASSET_HASH_SIZE];
};

/* A language that pages are offered in, named in itself. */
struct offered_language {
    str language;
    str name;
    bool right_to_left;
};

struct web {
    struct web_options options;
    struct arena arena; /* templates and assets, for as long as the web is open */
    struct template_set *templates;
    const struct catalogue *catalogues; /* of pages_folder/languages */
    size_t catalogue_count;
    const struct offered_language *offered; /* English, and those of the catalogues */
    size_t offered_count;
    const struct listed_country *countries; /* of the rulebook, by name */
    const struct fact_texts *fact_texts;    /* of the rulebook */
    struct asset assets[WEB_ASSETS_MAX];
    size_t asset_count;
    struct arrivals arrivals;
    struct cipher_key cursor_key; /* of the store (listing.h) */
    struct latest *sent_before;   /* of Idempotency-Keys (sent_before.h) */
    struct latest *done_forms;    /* (done_forms.h) */
    struct pace *pace;
    struct streams *streams;
    struct works *works; /* that are being answered */
    bool has_script;
    str api; /* the document of the API; "" when there is none */
};

enum wanted { WANTED_JSON, WANTED_HTML, WANTED_CSV };

/* The body of a POST: a form or a JSON object. */
struct input {
    bool is_json;
    json_t *object; /* NULL when it is a form */
    struct http_form form;
};

struct exchange {
    const struct web *web;
    const struct casework *casework;
    const struct rulebook *rulebook;
    const struct http_request *request;
    struct http_response *response;
    struct arena *arena;
    struct route_match match;
    enum wanted wanted;
    struct http_form query;
    struct input input;
    bool signed_in;
    bool by_bearer; /* the token came in the Authorization header, which no other site can send */
    str token;
    struct session session;
    struct caller caller;
    int64_t begun_at; /* of a page for somebody: the last event before it was read */
    int64_t stream;   /* of a stream, its number (streams.h) */
    str mark;         /* of one that goes on, what its handler left for this part */
    bool gives_way;   /* it is to end with this part */
    str done_at;      /* of a form that was done, where it led; "" otherwise */
    bool form_is_old; /* of a session that ended: given back, and nothing done (kept.h) */
    struct {
        enum security_event event; /* SECURITY_NONE: the answer says it */
        str account;
        str by;
    } watched; /* watch.h */
};

static inline bool exchange_wants_html(const struct exchange *exchange)
{
    return exchange->wanted == WANTED_HTML;
}
/* The value of a query parameter, "" when absent. */
str exchange_query(const struct exchange *exchange, str name);
/* May the account do this somewhere? For what a page offers; casework decides again when it is
 * done. */
bool exchange_may(const struct exchange *exchange, enum action action);
/* A parameter of the path that is the position of an event; what is no number names nothing
 * (ERROR_NOT_FOUND). */
MUST_USE result exchange_position(const struct exchange *exchange, size_t parameter,
                                  int64_t *ret_position, struct err *err);
struct client_id exchange_new_client_id(const struct exchange *exchange);
/* A parameter of the path that names a person, in the one written form of a reference. */
str exchange_reference(const struct exchange *exchange, size_t parameter);
/* The first of them. */
str exchange_person(const struct exchange *exchange);

/* Does the Accept header allow an answer of this type? Without one, everything. */
bool exchange_accepts(str accept, str content_type);
/* Which of JSON, HTML and CSV the Accept header likes best; JSON when it does not say. */
enum wanted exchange_wanted(str accept);

#endif
