#include "web/pace.h"

#include "base/hash.h"

#include <pthread.h>
#include <string.h>

enum { SLOTS = 16384 };

static const int64_t minute_us = 60 * INT64_C(1000000);

/* What was asked is owed for a while: a request costs its share of a minute, and more than a minute
 * is never owed (the generic cell rate algorithm of ITU-T I.371). */
struct slot {
    uint64_t who;
    int64_t paid_at_us;
};

struct pace {
    pthread_mutex_t mutex;
    int64_t cost_us[PACE_KINDS]; /* 0: no limit */
    uint8_t key[32];
    struct slot slots[SLOTS];
};

static result set_limit(struct pace *pace, enum pace_kind kind, int64_t a_minute, struct err *err)
{
    if (a_minute < 0 || a_minute > PACE_MINUTE_MAX) {
        return err_set(err, ERROR_INPUT, "A pace in [pace] is from 0 to %d a minute",
                       PACE_MINUTE_MAX);
    }
    pace->cost_us[kind] = a_minute == 0 ? 0 : minute_us / a_minute;
    return result_ok();
}

result pace_open(const struct pace_limits *limits, const struct system *system, struct arena *arena,
                 struct pace **ret_pace, struct err *err)
{
    struct pace *pace = ARENA_NEW(arena, struct pace, 1);
    if (pace == NULL) {
        return arena_full(err);
    }
    TRY(set_limit(pace, PACE_READING, limits->readings, err));
    TRY(set_limit(pace, PACE_COMMAND, limits->commands, err));
    TRY(set_limit(pace, PACE_STRANGER, limits->strangers, err));
    TRY(set_limit(pace, PACE_SIGN_IN, limits->sign_ins, err));
    ASSERT(pthread_mutex_init(&pace->mutex, NULL) == 0);
    system->entropy(system->context, pace->key, sizeof pace->key);
    *ret_pace = pace;
    return result_ok();
}

void pace_close(struct pace *pace)
{
    if (pace != NULL) {
        pthread_mutex_destroy(&pace->mutex);
    }
}

static uint64_t hash_of(const struct pace *pace, enum pace_kind kind, str who)
{
    const char number = (char)('0' + (int)kind);
    const str key = {.at = (const char *)pace->key, .len = sizeof pace->key};
    const str parts[] = {{.at = &number, .len = 1}, who};
    const struct sha256 hash = hmac_sha256(key, parts, 2);
    uint64_t value = 0;
    memcpy(&value, hash.bytes, sizeof value);
    return value | 1; /* 0 is nobody */
}

/* A clock that was put back makes nobody wait longer than a minute. */
static bool take(struct slot *slot, uint64_t who, int64_t cost_us, int64_t now_us,
                 int64_t *ret_seconds)
{
    const bool owes = slot->who == who && slot->paid_at_us > now_us;
    const int64_t owed_us = owes ? slot->paid_at_us - now_us : 0;
    const int64_t most_us = minute_us - cost_us;
    if (owed_us > most_us) {
        const int64_t wait_us = (owed_us < minute_us ? owed_us : minute_us) - most_us;
        slot->paid_at_us = now_us + most_us + wait_us;
        *ret_seconds = wait_us / 1000000 + 1;
        return false;
    }
    *slot = (struct slot){.who = who, .paid_at_us = now_us + owed_us + cost_us};
    return true;
}

bool pace_allows(struct pace *pace, enum pace_kind kind, str who, instant now, int64_t *ret_seconds)
{
    if (pace->cost_us[kind] == 0) {
        return true;
    }
    const uint64_t hash = hash_of(pace, kind, who);
    pthread_mutex_lock(&pace->mutex);
    const bool allowed = take(&pace->slots[(hash >> 1) % SLOTS], hash, pace->cost_us[kind],
                              now.milliseconds * 1000, ret_seconds);
    pthread_mutex_unlock(&pace->mutex);
    return allowed;
}
