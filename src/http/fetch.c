#include "http/fetch.h"

#include "base/buf.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 50 }; /* between two looks at `stop` */

struct transfer {
    struct fetch *fetch;
    CURL *easy;
    struct curl_slist *headers;
    struct arena room; /* its own: several answers grow at once */
    struct buf answer;
};

result fetch_init(struct err *err)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "libcurl does not start");
}

static void give_up(struct fetch *fetch, const char *why)
{
    fetch->status = 0;
    snprintf(fetch->why, sizeof fetch->why, "%s", why);
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    buf_put(&transfer->answer, (str){.at = bytes, .len = size * count});
    return transfer->answer.failed ? 0 : size * count;
}

static bool add_header(struct transfer *transfer, struct arena *arena, const char *name,
                       const char *value)
{
    const str line = arena_format(arena, "%s:%s%s", name, value[0] == '\0' ? "" : " ", value);
    struct curl_slist *more =
        line.at == NULL ? NULL : curl_slist_append(transfer->headers, line.at);
    transfer->headers = more == NULL ? transfer->headers : more;
    return more != NULL;
}

/* "Expect:" without a value: nothing is waited for before a body is sent. */
static bool add_headers(struct transfer *transfer, struct arena *arena)
{
    const struct fetch *fetch = transfer->fetch;
    const bool authorized = fetch->authorization != NULL && fetch->authorization[0] != '\0';
    return add_header(transfer, arena, "Accept", "*/*") &&
           (!authorized || add_header(transfer, arena, "Authorization", fetch->authorization)) &&
           (fetch->content_type == NULL ||
            (add_header(transfer, arena, "Content-Type", fetch->content_type) &&
             add_header(transfer, arena, "Expect", "")));
}

static bool set_body(const struct transfer *transfer)
{
    const struct fetch *fetch = transfer->fetch;
    CURL *easy = transfer->easy;
    return fetch->content_type == NULL ||
           (curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)fetch->body.len) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, fetch->body.at) == CURLE_OK);
}

static bool set_request(struct transfer *transfer, int64_t ms_max, struct arena *arena)
{
    CURL *easy = transfer->easy;
    return add_headers(transfer, arena) && set_body(transfer) &&
           curl_easy_setopt(easy, CURLOPT_URL, transfer->fetch->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ms_max) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK;
}

static bool begin(CURLM *multi, struct transfer *transfer, int64_t ms_max, struct arena *arena)
{
    char *room = ARENA_NEW(arena, char, FETCH_ANSWER_MAX + 1);
    transfer->easy = room == NULL ? NULL : curl_easy_init();
    if (transfer->easy == NULL) {
        return false;
    }
    transfer->room = (struct arena){.begin = room, .at = room, .end = room + FETCH_ANSWER_MAX + 1};
    buf_init(&transfer->answer, &transfer->room, FETCH_ANSWER_MAX);
    return set_request(transfer, ms_max, arena) &&
           curl_multi_add_handle(multi, transfer->easy) == CURLM_OK;
}

static void note_end(CURLMsg *message)
{
    struct transfer *transfer = NULL;
    long status = 0;
    if (message->msg != CURLMSG_DONE ||
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer) != CURLE_OK ||
        transfer == NULL) {
        return;
    }
    if (message->data.result != CURLE_OK) {
        give_up(transfer->fetch, curl_easy_strerror(message->data.result));
        return;
    }
    result_ignore(curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status) ==
                          CURLE_OK
                      ? result_ok()
                      : err_set(NULL, ERROR_INTERNAL, "no status"),
                  "status 0 is no answer");
    transfer->fetch->status = (int)status;
    transfer->fetch->answer = buf_str(&transfer->answer);
}

static void run(CURLM *multi, const atomic_bool *stop)
{
    int running = 1;
    while (running > 0 && (stop == NULL || !atomic_load(stop))) {
        int left = 0;
        if (curl_multi_perform(multi, &running) != CURLM_OK ||
            (running > 0 && curl_multi_poll(multi, NULL, 0, WAIT_MS, NULL) != CURLM_OK)) {
            return;
        }
        for (CURLMsg *message = curl_multi_info_read(multi, &left); message != NULL;
             message = curl_multi_info_read(multi, &left)) {
            note_end(message);
        }
    }
}

static void end(CURLM *multi, struct transfer *transfer)
{
    if (transfer->easy != NULL) {
        curl_multi_remove_handle(multi, transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    curl_slist_free_all(transfer->headers);
}

void fetch_all(struct fetch *fetches, size_t count, int64_t ms_max, const atomic_bool *stop,
               struct arena *arena)
{
    struct transfer transfers[FETCH_MAX];
    CURLM *multi = curl_multi_init();
    ASSERT(count <= FETCH_MAX && multi != NULL);
    memset(transfers, 0, sizeof transfers);
    for (size_t i = 0; i < count; i++) {
        transfers[i].fetch = &fetches[i];
        give_up(&fetches[i], "it did not answer in time");
        if (!begin(multi, &transfers[i], ms_max, arena)) {
            give_up(&fetches[i], "it cannot be asked: is the address good?");
        }
    }
    run(multi, stop);
    for (size_t i = 0; i < count; i++) {
        end(multi, &transfers[i]);
    }
    curl_multi_cleanup(multi);
}
