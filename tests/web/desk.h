/* desk: the handler of the web over the office of tests/casework, asked directly, without a socket.
 */
#ifndef RETURNHUB_TESTS_WEB_DESK_H
#define RETURNHUB_TESTS_WEB_DESK_H

#include "../casework/office.h"
#include "web/web.h"

#include <jansson.h>

#define DESK_PASSWORD "correct horse battery"

struct desk {
    struct office office;
    struct web *web;
    struct web *secure_web;       /* the same behind TLS */
    struct arena arena;           /* of the answers; given back by desk_clear */
    struct web_release release;   /* one table is published */
    struct web_forecast forecast; /* and something was forecast */
    char assets[240];
    str tokens[ACCOUNT_NAMES]; /* of accounts that signed in */
    str form_tokens[ACCOUNT_NAMES];
};

/* With every account of `accounts` signed in (ended by ACCOUNT_NAMES). */
void desk_open(struct desk *desk, const enum account_name *accounts);
/* Over another office (hub_office_open, book_office_open). */
void desk_open_with(struct desk *desk, void (*open)(struct office *office),
                    const enum account_name *accounts);
/* Under a law that comes with the program (office_open_law). */
void desk_open_law(struct desk *desk, const char *law, const enum account_name *accounts);
/* Anew, after the clock was moved so far that sessions ended. */
void desk_sign_in(struct desk *desk, enum account_name account);
void desk_close(struct desk *desk);
/* For a test whose state begins with the desk: every row follows from the events, and it is closed.
 */
int desk_end(void **state);
void desk_clear(struct desk *desk);

/* One request, as it leaves the HTTP server. Headers end with a NULL name. */
struct ask {
    enum http_method method;
    const char *path;
    const char *query;        /* NULL for none */
    const char *accept;       /* NULL: application/json */
    const char *content_type; /* NULL for none */
    str body;
    int account;             /* enum account_name, or NOBODY */
    bool by_cookie;          /* otherwise by bearer token */
    bool no_form_token;      /* by cookie, and without the header that proves the intent */
    const char *header_name; /* one more header; NULL for none */
    const char *header_value;
    bool behind_tls;
    bool goes_on;     /* a later part of a stream */
    const char *mark; /* then: of the part before */
};
enum { NOBODY = -1 };

struct reply {
    int status;
    str content_type;
    str body;
    struct http_response response;
};
struct reply desk_ask(struct desk *desk, const struct ask *ask);
/* GET as JSON, POST of JSON, both by token. */
struct reply desk_get(struct desk *desk, int account, const char *path);
struct reply desk_page(struct desk *desk, int account,
                       const char *path); /* GET as HTML, by cookie */
struct reply desk_post(struct desk *desk, int account, const char *path, const char *json);
/* POST of a form by cookie; `%s` in it takes the form token of the account. */
struct reply desk_form(struct desk *desk, int account, const char *path, const char *form);

/* A form that is shown again before it is done: sent, its answers seen, changed and sent again; in
 * between nothing is recorded. What is refused at once is answered at once. */
struct reply desk_send_checked(struct desk *desk, int account, const char *path, const char *form);
/* What is asked of something hidden is answered, byte for byte, like what is asked of nothing. */
void desk_check_alike(struct desk *desk, int account, const char *hidden, const char *absent);

str reply_header(const struct reply *reply, const char *name);
/* The answer as JSON; the caller owns it. The test stops when it is none. */
json_t *reply_json(const struct reply *reply);
bool reply_says(const struct reply *reply, const char *text);

#define assert_status(reply, expected) assert_int_equal((reply).status, expected)
#define assert_same_text(found, expected)                                                          \
    do {                                                                                           \
        const str found_ = (found);                                                                \
        const str expected_ = str_from_c(expected);                                                \
        assert_int_equal(found_.len, expected_.len);                                               \
        assert_memory_equal(found_.at, expected_.at, expected_.len);                               \
    } while (0)

#endif
