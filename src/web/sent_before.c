#include "web/sent_before.h"

#include <pthread.h>

struct sent_line {
    uint64_t number; /* rising with each note; 0: free */
    bool done;
    struct sha256 key;
    struct sha256 request;
};

struct sent_before {
    pthread_mutex_t mutex;
    uint64_t last_number;
    struct sent_line lines[SENT_BEFORE_SETS][SENT_BEFORE_WAYS];
};

result sent_before_open(struct arena *arena, struct sent_before **ret_sent, struct err *err)
{
    struct sent_before *sent = ARENA_NEW(arena, struct sent_before, 1);
    if (sent == NULL) {
        return arena_full(err);
    }
    pthread_mutex_init(&sent->mutex, NULL);
    *ret_sent = sent;
    return result_ok();
}

void sent_before_close(struct sent_before *sent)
{
    if (sent != NULL) {
        pthread_mutex_destroy(&sent->mutex);
    }
}

static struct sent_line *set_of(struct sent_before *sent, const struct sha256 *key)
{
    const size_t set = ((size_t)key->bytes[0] << 8 | key->bytes[1]) % SENT_BEFORE_SETS;
    return sent->lines[set];
}

/* NULL when the key is not there. */
static struct sent_line *line_of(struct sent_line *set, const struct sha256 *key)
{
    for (size_t i = 0; i < SENT_BEFORE_WAYS; i++) {
        if (set[i].number != 0 && sha256_equal(&set[i].key, key)) {
            return &set[i];
        }
    }
    return NULL;
}

static struct sent_line *oldest(struct sent_line *set)
{
    struct sent_line *found = &set[0];
    for (size_t i = 1; i < SENT_BEFORE_WAYS; i++) {
        found = set[i].number < found->number ? &set[i] : found;
    }
    return found;
}

static enum sent compare(const struct sent_line *line, const struct sha256 *request)
{
    if (sha256_equal(&line->request, request)) {
        return SENT_AGAIN;
    }
    return line->done ? SENT_OTHER : SENT_OTHER_NOW;
}

enum sent sent_before_note(struct sent_before *sent, const struct sha256 *key,
                           const struct sha256 *request)
{
    enum sent found = SENT_NEW;
    pthread_mutex_lock(&sent->mutex);
    struct sent_line *set = set_of(sent, key);
    const struct sent_line *line = line_of(set, key);
    if (line != NULL) {
        found = compare(line, request);
    } else {
        *oldest(set) =
            (struct sent_line){.number = ++sent->last_number, .key = *key, .request = *request};
    }
    pthread_mutex_unlock(&sent->mutex);
    return found;
}

void sent_before_done(struct sent_before *sent, const struct sha256 *key)
{
    pthread_mutex_lock(&sent->mutex);
    struct sent_line *line = line_of(set_of(sent, key), key);
    if (line != NULL) {
        line->done = true;
    }
    pthread_mutex_unlock(&sent->mutex);
}

void sent_before_forget(struct sent_before *sent, const struct sha256 *key)
{
    pthread_mutex_lock(&sent->mutex);
    struct sent_line *line = line_of(set_of(sent, key), key);
    if (line != NULL) {
        *line = (struct sent_line){.number = 0};
    }
    pthread_mutex_unlock(&sent->mutex);
}
