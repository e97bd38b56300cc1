#include "casework/sign_in_gate.h"

#include <pthread.h>

struct sign_in_gate {
    pthread_mutex_t mutex;
    pthread_cond_t left;
    int inside;
};

result sign_in_gate_open(struct arena *arena, struct sign_in_gate **ret_gate, struct err *err)
{
    struct sign_in_gate *gate = ARENA_NEW(arena, struct sign_in_gate, 1);
    if (gate == NULL) {
        return arena_full(err);
    }
    ASSERT(pthread_mutex_init(&gate->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&gate->left, NULL) == 0);
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
