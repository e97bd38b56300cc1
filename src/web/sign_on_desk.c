#include "web/sign_on_desk.h"

#include "http/fetch.h"

#include <pthread.h>
#include <string.h>

/* Something that was fetched. */
struct kept {
    char *text;
    size_t len; /* 0: there is none */
    instant fetched_at;
};

struct sign_on_desk {
    struct sign_on_options options;
    pthread_mutex_t mutex; /* of what follows */
    struct kept document;
    struct kept keys;
    unsigned asking;
};

static const int64_t kept_milliseconds = SIGN_ON_KEPT_MINUTES * INT64_C(60000);

/* What comes back from the browser is as old as the question at most. */
enum { AGE_SLACK_SECONDS = 600, AGAIN_SECONDS = 300 };

result sign_on_desk_open(const struct sign_on_options *options, struct arena *arena,
                         struct sign_on_desk **ret_desk, struct err *err)
{
    struct sign_on_desk *desk = ARENA_NEW(arena, struct sign_on_desk, 1);
    char *room = ARENA_NEW(arena, char, 2 * (size_t)FETCH_ANSWER_MAX);
    if (desk == NULL || room == NULL) {
        return arena_full(err);
    }
    desk->options = *options;
    desk->document.text = room;
    desk->keys.text = room + FETCH_ANSWER_MAX;
    if (pthread_mutex_init(&desk->mutex, NULL) != 0) {
        return err_set(err, ERROR_INTERNAL, "There is no mutex");
    }
    *ret_desk = desk;
    return result_ok();
}

void sign_on_desk_close(struct sign_on_desk *desk)
{
    if (desk != NULL) {
        pthread_mutex_destroy(&desk->mutex);
    }
}

const struct sign_on_options *sign_on_desk_options(const struct sign_on_desk *desk)
{
    return &desk->options;
}

/* --- asking ----------------------------------------------------------------------------------- */

static result unavailable(struct err *err, const char *why)
{
    return err_set(err, ERROR_UNAVAILABLE, "Nobody can sign on at the provider now: %s", why);
}

static bool begin_asking(struct sign_on_desk *desk)
{
    pthread_mutex_lock(&desk->mutex);
    const bool may = desk->asking < SIGN_ON_ASKING_MAX;
    desk->asking += may ? 1 : 0;
    pthread_mutex_unlock(&desk->mutex);
    return may;
}

static void end_asking(struct sign_on_desk *desk)
{
    pthread_mutex_lock(&desk->mutex);
    desk->asking--;
    pthread_mutex_unlock(&desk->mutex);
}

static result ask(struct sign_on_desk *desk, struct fetch *fetch, struct arena *arena,
                  struct err *err)
{
    if (!begin_asking(desk)) {
        return unavailable(err, "many are signing on; try again in a minute");
    }
    fetch_all(fetch, 1, SIGN_ON_ANSWER_MS_MAX, NULL, arena);
    end_asking(desk);
    if (fetch->status == 0) {
        return err_set(err, ERROR_UNAVAILABLE, "The provider cannot be asked: %s", fetch->why);
    }
    return result_ok();
}

static bool is_kept(const struct kept *kept, instant now, int64_t milliseconds)
{
    const int64_t age = now.milliseconds - kept->fetched_at.milliseconds;
    return kept->len > 0 && age >= 0 && age < milliseconds;
}

/* What is kept and not older; a view into the arena, "" when there is none. */
static result read_kept(struct sign_on_desk *desk, const struct kept *kept, int64_t milliseconds,
                        struct arena *arena, str *ret_text, struct err *err)
{
    const instant now = system_now(desk->options.system);
    str text = STR("");
    pthread_mutex_lock(&desk->mutex);
    if (is_kept(kept, now, milliseconds)) {
        text = arena_copy(arena, (str){.at = kept->text, .len = kept->len});
    }
    pthread_mutex_unlock(&desk->mutex);
    *ret_text = text;
    return text.at == NULL ? arena_full(err) : result_ok();
}

static void keep(struct sign_on_desk *desk, struct kept *kept, str text)
{
    ASSERT(text.len <= FETCH_ANSWER_MAX);
    pthread_mutex_lock(&desk->mutex);
    memcpy(kept->text, text.at, text.len);
    kept->len = text.len;
    kept->fetched_at = system_now(desk->options.system);
    pthread_mutex_unlock(&desk->mutex);
}

static result fetch_text(struct sign_on_desk *desk, str address, struct arena *arena, str *ret_text,
                         struct err *err)
{
    struct fetch fetch = {.url = arena_copy(arena, address).at};
    if (fetch.url == NULL) {
        return arena_full(err);
    }
    TRY(ask(desk, &fetch, arena, err));
    if (fetch.status != 200 || fetch.answer.len == 0) {
        return err_set(err, ERROR_UNAVAILABLE, "The provider answered with status %d",
                       fetch.status);
    }
    *ret_text = fetch.answer;
    return result_ok();
}

result sign_on_desk_provider(struct sign_on_desk *desk, struct arena *arena,
                             struct provider *ret_provider, struct err *err)
{
    const str issuer = desk->options.client.issuer;
    str address;
    str document;
    TRY(read_kept(desk, &desk->document, kept_milliseconds, arena, &document, err));
    if (document.len > 0) {
        return provider_read(issuer, document, desk->options.old_signatures, arena, ret_provider,
                             err);
    }
    TRY(provider_document_address(issuer, arena, &address, err));
    TRY(fetch_text(desk, address, arena, &document, err));
    TRY(provider_read(issuer, document, desk->options.old_signatures, arena, ret_provider, err));
    keep(desk, &desk->document, document);
    return result_ok();
}

static result find_keys(struct sign_on_desk *desk, const struct provider *provider,
                        int64_t milliseconds, struct arena *arena, str *ret_keys, struct err *err)
{
    TRY(read_kept(desk, &desk->keys, milliseconds, arena, ret_keys, err));
    if (ret_keys->len == 0) {
        TRY(fetch_text(desk, provider->keys, arena, ret_keys, err));
        keep(desk, &desk->keys, *ret_keys);
    }
    return result_ok();
}

/* --- trading ---------------------------------------------------------------------------------- */

static result trade_code(struct sign_on_desk *desk, const struct provider *provider,
                         const struct provider_question *question, str code, struct arena *arena,
                         str *ret_token, struct err *err)
{
    struct provider_trade trade;
    TRY(provider_trade(&desk->options.client, provider, question, code, arena, &trade, err));
    struct fetch fetch = {.url = arena_copy(arena, provider->token).at,
                          .content_type = "application/x-www-form-urlencoded",
                          .authorization = arena_copy(arena, trade.authorization).at,
                          .body = trade.body};
    if (fetch.url == NULL || fetch.authorization == NULL) {
        return arena_full(err);
    }
    TRY(ask(desk, &fetch, arena, err));
    return provider_read_token(fetch.status, fetch.answer, arena, ret_token, err);
}

/* A key that is not among those kept may have come since: they are fetched anew, now and then. */
static result check(struct sign_on_desk *desk, const struct provider *provider,
                    const struct id_token_asked *asked, str token, struct arena *arena,
                    struct id_token *ret_token, struct err *err)
{
    const int64_t ages[] = {kept_milliseconds, SIGN_ON_ANEW_SECONDS * INT64_C(1000)};
    struct err problem = {0};
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        str keys;
        TRY(find_keys(desk, provider, ages[i], arena, &keys, err));
        if (id_token_check(asked, token, keys, arena, ret_token, &problem).ok) {
            return result_ok();
        }
        if (problem.code != ERROR_NOT_FOUND) {
            return err_set(err, problem.code, "%s", problem.what);
        }
    }
    return err_set(err, ERROR_UNAUTHENTICATED,
                   "The provider's answer is not accepted: it is signed with a key that the "
                   "provider does not show");
}

result sign_on_desk_trade(struct sign_on_desk *desk, const struct provider *provider,
                          const struct provider_question *question, str code,
                          int64_t age_seconds_max, struct arena *arena, struct id_token *ret_token,
                          struct err *err)
{
    str text;
    struct id_token token;
    TRY(trade_code(desk, provider, question, code, arena, &text, err));
    const struct id_token_asked asked = {.issuer = desk->options.client.issuer,
                                         .client_id = desk->options.client.client_id,
                                         .nonce = str_from_c(question->nonce),
                                         .now = system_now(desk->options.system),
                                         .signed_in_within_seconds =
                                             age_seconds_max == 0 ? AGAIN_SECONDS : 0,
                                         .old_signatures = desk->options.old_signatures};
    TRY(check(desk, provider, &asked, text, arena, &token, err));
    const int64_t age = (asked.now.milliseconds - token.signed_in_at.milliseconds) / INT64_C(1000);
    if (token.signed_in_at.milliseconds > 0 && age > age_seconds_max + AGE_SLACK_SECONDS) {
        return err_set(err, ERROR_UNAUTHENTICATED,
                       "The provider's answer is not accepted: who it is was not asked again");
    }
    *ret_token = token;
    return result_ok();
}
