#include "casework/sign_in_gate.h"

#include "base/hash.h"

#include <pthread.h>
#include <string.h>

/* Two names that share a slot share its count: with a key of this process nobody can choose them.
 */
enum { SLOTS = 4096 };
struct slot {
    instant since;
    unsigned wrong;
};

struct sign_in_gate {
    pthread_mutex_t mutex;
    pthread_cond_t left;
    int inside;
    const struct refused_passwords *refused;
    uint8_t key[32];
    struct slot slots[SLOTS];
};

result sign_in_gate_open(const struct system *system, struct arena *arena,
                         struct sign_in_gate **ret_gate, struct err *err)
{
    struct sign_in_gate *gate = ARENA_NEW(arena, struct sign_in_gate, 1);
    if (gate == NULL) {
        return arena_full(err);
    }
    ASSERT(pthread_mutex_init(&gate->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&gate->left, NULL) == 0);
    system->entropy(system->context, gate->key, sizeof gate->key);
    *ret_gate = gate;
    return result_ok();
}

void sign_in_gate_close(struct sign_in_gate *gate)
{
    if (gate == NULL) {
        return;
    }
    ASSERT(gate->inside == 0);
    pthread_cond_destroy(&gate->left);
    pthread_mutex_destroy(&gate->mutex);
}

void sign_in_gate_enter(struct sign_in_gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    while (gate->inside == HASHES_AT_ONCE) {
        pthread_cond_wait(&gate->left, &gate->mutex);
    }
    gate->inside++;
    pthread_mutex_unlock(&gate->mutex);
}

void sign_in_gate_leave(struct sign_in_gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    ASSERT(gate->inside > 0 && gate->inside <= HASHES_AT_ONCE);
    gate->inside--;
    pthread_cond_signal(&gate->left);
    pthread_mutex_unlock(&gate->mutex);
}

/* Begun anew when its time is over; the mutex is held. */
static struct slot *find_slot(struct sign_in_gate *gate, str username, instant now)
{
    uint32_t number = 0;
    const str key = {.at = (const char *)gate->key, .len = sizeof gate->key};
    const struct sha256 hash = hmac_sha256(key, &username, 1);
    memcpy(&number, hash.bytes, sizeof number);
    struct slot *slot = &gate->slots[number % SLOTS];
    const int64_t age = now.milliseconds - slot->since.milliseconds;
    if (age < 0 || age >= WRONG_PASSWORDS_MINUTES * INT64_C(60000)) {
        *slot = (struct slot){.since = now};
    }
    return slot;
}

bool sign_in_gate_is_shut(struct sign_in_gate *gate, str username, instant now)
{
    pthread_mutex_lock(&gate->mutex);
    const bool shut = find_slot(gate, username, now)->wrong >= WRONG_PASSWORDS_MAX;
    pthread_mutex_unlock(&gate->mutex);
    return shut;
}

void sign_in_gate_note(struct sign_in_gate *gate, str username, bool right, instant now)
{
    pthread_mutex_lock(&gate->mutex);
    struct slot *slot = find_slot(gate, username, now);
    slot->wrong = right ? 0 : slot->wrong + 1;
    pthread_mutex_unlock(&gate->mutex);
}

void sign_in_gate_set_refused(struct sign_in_gate *gate, const struct refused_passwords *list)
{
    gate->refused = list;
}

const struct refused_passwords *sign_in_gate_refused(const struct sign_in_gate *gate)
{
    return gate->refused;
}
