#include "web/sent_before.h"

enum { SETS = 16384 };

struct sent_request {
    bool done;
    struct sha256 request;
};

result sent_before_open(struct arena *arena, struct latest **ret_sent, struct err *err)
{
    return latest_open(SETS, sizeof(struct sent_request), arena, ret_sent, err);
}

enum sent sent_before_note(struct latest *sent, const struct sha256 *key,
                           const struct sha256 *request)
{
    const struct sent_request now = {.request = *request};
    struct sent_request before;
    if (!latest_find_or_note(sent, key, &now, &before)) {
        return SENT_NEW;
    }
    if (sha256_equal(&before.request, request)) {
        return SENT_AGAIN;
    }
    return before.done ? SENT_OTHER : SENT_OTHER_NOW;
}

void sent_before_done(struct latest *sent, const struct sha256 *key, const struct sha256 *request)
{
    latest_note(sent, key, &(struct sent_request){.done = true, .request = *request});
}

void sent_before_forget(struct latest *sent, const struct sha256 *key)
{
    latest_forget(sent, key);
}
