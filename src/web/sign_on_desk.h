/* sign_on_desk: the provider at which people sign on, as one asks it: its document and its keys,
 * fetched (http/fetch.h) and kept for a while, and codes traded for who signed in.
 *
 * Whoever comes by may make the program ask the provider, so few ask at once, none for long, and
 * keys that are not known are looked for again every SIGN_ON_ANEW_SECONDS at most. Used by many
 * threads. */
#ifndef RETURNHUB_WEB_SIGN_ON_DESK_H
#define RETURNHUB_WEB_SIGN_ON_DESK_H

#include "credential/id_token.h"
#include "credential/provider.h"
#include "system/system.h"

enum {
    SIGN_ON_ASKING_MAX = 4, /* of the server's 32 workers */
    SIGN_ON_ANSWER_MS_MAX = 5000,
    SIGN_ON_KEPT_MINUTES = 60,
    SIGN_ON_ANEW_SECONDS = 10,
};

struct sign_on_options {
    struct provider_client client;
    str title;                /* as the button calls the provider */
    bool their_second_factor; /* what they say of a second factor counts; somebody has to ask */
    bool old_signatures;      /* credential/id_token.h */
    const struct system *system;
};

struct sign_on_desk;
/* In the arena; the options' texts stay the caller's. fetch_init was called. */
MUST_USE result sign_on_desk_open(const struct sign_on_options *options, struct arena *arena,
                                  struct sign_on_desk **ret_desk, struct err *err);
void sign_on_desk_close(struct sign_on_desk *desk); /* accepts NULL */
const struct sign_on_options *sign_on_desk_options(const struct sign_on_desk *desk);

/* What the provider says of itself. ERROR_UNAVAILABLE when it cannot be asked. */
MUST_USE result sign_on_desk_provider(struct sign_on_desk *desk, struct arena *arena,
                                      struct provider *ret_provider, struct err *err);
/* Who signed in there, by the code that the browser brought. Whoever signed in longer than
 * `age_seconds_max` before is refused; 0: whoever was not asked just now, and said so. */
MUST_USE result sign_on_desk_trade(struct sign_on_desk *desk, const struct provider *provider,
                                   const struct provider_question *question, str code,
                                   int64_t age_seconds_max, struct arena *arena,
                                   struct id_token *ret_token, struct err *err);

#endif
