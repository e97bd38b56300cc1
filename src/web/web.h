/* web: the desk in the browser and the API, under the same addresses. Each resource is one JSON
 * object (resource.h), answered as application/json or drawn through a page template, as Accept
 * asks. Works without JavaScript.
 *
 * No rule and no SQL here: a request is read, the session found, casework called, the answer shown.
 */
#ifndef RETURNHUB_WEB_WEB_H
#define RETURNHUB_WEB_WEB_H

#include "casework/casework.h"
#include "http/http.h"
#include "statistics/definition.h"
#include "web/pace.h"

#include <jansson.h>

/* A published table: a sheet as sheet_json writes it (statistics/sheet.h). */
struct web_release {
    str name; /* "2026-03-27-hub_transfers" */
    date day;
    json_t *sheet;
};

/* What was forecast of a scenario: answers (forecast/answers.h). */
struct web_forecast {
    str name; /* of the scenario */
    json_t *run;
    json_t *shares;      /* NULL: not asked */
    json_t *sensitivity; /* NULL: not asked */
};

struct log;
struct sign_on_desk;
struct sealing_thread;
struct cosigning;
struct security_log;

struct web_options {
    const struct casework *casework;
    struct log *log;                /* served under /log/; NULL: there is none */
    struct sealing_thread *sealing; /* what is told of at /log; NULL: nothing is sealed here */
    struct cosigning *cosigning;    /* NULL: no witness is asked */
    const char *pages_folder;       /* templates (pages/) */
    const char *assets_folder; /* built styles and scripts; served under /assets/ with a content
                                  hash in their address */
    const struct definitions *definitions; /* of statistics; NULL: there are none */
    const struct web_release *releases;    /* newest first; everybody may read them */
    size_t release_count;
    const struct web_forecast *forecasts;
    size_t forecast_count;
    const char *arrivals_file;     /* the published series beside joint operations
                                      (casework/arrivals.h); NULL: none */
    struct security_log *security; /* system/security_log.h; NULL: nothing is told */
    struct sign_on_desk *sign_on;  /* web/sign_on_desk.h; NULL: nobody signs on at a provider */
    const char *api_file;          /* the document of the API (docs/api/openapi.json); NULL: none */
    str origin; /* "https://desk.example", to which passkeys belong; "" when it is not set */
    bool old_signatures; /* of passkeys (credential/passkey.h) */
    struct pace_limits pace;
    bool demonstration;  /* a banner on every page, and the demo accounts listed on the sign-in page
                          */
    bool secure_cookies; /* behind TLS: __Host- cookie, Secure, HSTS */
};

struct web;
/* Compiles every template; errors name file and line. */
MUST_USE result web_open(const struct web_options *options, struct web **ret_web, struct err *err);
void web_close(struct web *web);
/* The security log it was given; NULL for none. */
struct security_log *web_security(const struct web *web);
/* The http_handler; `context` is the struct web. */
void web_handle(void *context, const struct http_request *request, struct http_response *response);
/* The http_ended; the same context. */
void web_stream_ended(void *context, str mark);

#endif
