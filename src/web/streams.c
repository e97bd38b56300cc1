#include "web/streams.h"

#include "base/hash.h"

#include <pthread.h>

struct stream {
    int64_t number; /* rising with each that begins; 0: none */
    int64_t account;
    struct sha256 session; /* of its token */
    bool gave_way;
};

struct streams {
    pthread_mutex_t mutex;
    int64_t last_number;
    size_t most;
    struct stream *all;
};

result streams_open(size_t most, struct arena *arena, struct streams **ret_streams, struct err *err)
{
    struct streams *streams = ARENA_NEW(arena, struct streams, 1);
    struct stream *all = ARENA_NEW(arena, struct stream, most);
    ASSERT(most >= STREAMS_ENDING_SHARE);
    if (streams == NULL || all == NULL) {
        return arena_full(err);
    }
    streams->most = most;
    streams->all = all;
    ASSERT(pthread_mutex_init(&streams->mutex, NULL) == 0);
    *ret_streams = streams;
    return result_ok();
}

void streams_close(struct streams *streams)
{
    if (streams != NULL) {
        pthread_mutex_destroy(&streams->mutex);
    }
}

static struct stream *find_free(const struct streams *streams)
{
    for (size_t i = 0; i < streams->most; i++) {
        if (streams->all[i].number == 0) {
            return &streams->all[i];
        }
    }
    return NULL;
}

static struct stream *find(const struct streams *streams, int64_t number)
{
    for (size_t i = 0; i < streams->most; i++) {
        if (number != 0 && streams->all[i].number == number) {
            return &streams->all[i];
        }
    }
    return NULL;
}

/* What is asked of the streams: of which account and session, and whether they gave way. */
struct kind {
    int64_t account;              /* 0: of any */
    const struct sha256 *session; /* NULL: of any */
    bool gave_way;
};

/* How many there are, and the oldest of them. */
static size_t count(const struct streams *streams, const struct kind *kind,
                    struct stream **ret_oldest)
{
    size_t found = 0;
    *ret_oldest = NULL;
    for (size_t i = 0; i < streams->most; i++) {
        struct stream *stream = &streams->all[i];
        const bool is_one =
            stream->number != 0 && stream->gave_way == kind->gave_way &&
            (kind->account == 0 || stream->account == kind->account) &&
            (kind->session == NULL || sha256_equal(&stream->session, kind->session));
        found += is_one ? 1 : 0;
        if (is_one && (*ret_oldest == NULL || stream->number < (*ret_oldest)->number)) {
            *ret_oldest = stream;
        }
    }
    return found;
}

/* The oldest of whoever holds most; NULL when nobody holds two more than `own`. */
static struct stream *of_who_holds_most(const struct streams *streams, size_t own)
{
    struct stream *found = NULL;
    size_t most = own + 1;
    for (size_t i = 0; i < streams->most; i++) {
        struct stream *oldest = NULL;
        const struct kind theirs = {.account = streams->all[i].account};
        const size_t held = streams->all[i].number != 0 ? count(streams, &theirs, &oldest) : 0;
        if (held > most) {
            most = held;
            found = oldest;
        }
    }
    return found;
}

/* Which one ends for a new one of this account: NULL when there is room as it is. False when there
 * is none to be had. */
static bool choose(const struct streams *streams, int64_t account, const struct sha256 *session,
                   struct stream **ret_gives_way)
{
    struct stream *oldest = NULL;
    struct stream *oldest_of_session = NULL;
    const struct kind of_session = {.account = account, .session = session};
    const struct kind of_account = {.account = account};
    const struct kind of_any = {.account = 0};
    const size_t live_max = streams->most - streams->most / STREAMS_ENDING_SHARE;
    const size_t live = count(streams, &of_any, &oldest);
    const size_t own = count(streams, &of_account, &oldest);
    *ret_gives_way = NULL;
    if (count(streams, &of_session, &oldest_of_session) >= STREAMS_OF_SESSION_MAX) {
        *ret_gives_way = oldest_of_session;
    } else if (own >= STREAMS_OF_ACCOUNT_MAX) {
        *ret_gives_way = oldest;
    } else if (live >= live_max) {
        struct stream *theirs = of_who_holds_most(streams, own);
        *ret_gives_way = theirs != NULL ? theirs : oldest;
        return *ret_gives_way != NULL; /* otherwise there are more accounts than streams */
    }
    return true;
}

/* Whoever opens them faster than they end waits. */
static bool make_way(const struct streams *streams, int64_t account, const struct sha256 *session)
{
    struct stream *gives_way = NULL;
    struct stream *oldest = NULL;
    const struct kind ending = {.account = account, .gave_way = true};
    if (!choose(streams, account, session, &gives_way)) {
        return false;
    }
    if (gives_way == NULL) {
        return true;
    }
    if (gives_way->account == account && count(streams, &ending, &oldest) >= STREAMS_ENDING_MAX) {
        return false;
    }
    gives_way->gave_way = true;
    return true;
}

int64_t streams_begin(struct streams *streams, int64_t account, str token)
{
    const struct sha256 session = sha256_of(token);
    int64_t number = 0;
    ASSERT(account > 0);
    pthread_mutex_lock(&streams->mutex);
    struct stream *free_one = find_free(streams);
    if (free_one != NULL && make_way(streams, account, &session)) {
        number = ++streams->last_number;
        *free_one = (struct stream){.number = number, .account = account, .session = session};
    }
    pthread_mutex_unlock(&streams->mutex);
    return number;
}

bool streams_may_go_on(struct streams *streams, int64_t number)
{
    pthread_mutex_lock(&streams->mutex);
    const struct stream *stream = find(streams, number);
    const bool may = stream != NULL && !stream->gave_way;
    pthread_mutex_unlock(&streams->mutex);
    return may;
}

void streams_end(struct streams *streams, int64_t number)
{
    pthread_mutex_lock(&streams->mutex);
    struct stream *stream = find(streams, number);
    if (stream != NULL) {
        *stream = (struct stream){.number = 0};
    }
    pthread_mutex_unlock(&streams->mutex);
}
