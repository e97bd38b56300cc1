#include "web/latest.h"

#include <pthread.h>
#include <string.h>

struct line {
    uint64_t number; /* rising with each note; 0: free */
    struct sha256 key;
};

struct latest {
    pthread_mutex_t mutex;
    uint64_t last_number;
    size_t sets;
    size_t value_size;
    struct line *lines; /* LATEST_WAYS a set */
    char *values;       /* beside the lines */
};

result latest_open(size_t sets, size_t value_size, struct arena *arena, struct latest **ret_latest,
                   struct err *err)
{
    ASSERT(sets > 0 && sets <= LATEST_SETS_MAX && value_size > 0);
    struct latest *latest = ARENA_NEW(arena, struct latest, 1);
    struct line *lines = ARENA_NEW(arena, struct line, sets * LATEST_WAYS);
    char *values = arena_take(arena, sets * LATEST_WAYS, value_size, 1);
    if (latest == NULL || lines == NULL || values == NULL) {
        return arena_full(err);
    }
    latest->sets = sets;
    latest->value_size = value_size;
    latest->lines = lines;
    latest->values = values;
    pthread_mutex_init(&latest->mutex, NULL);
    *ret_latest = latest;
    return result_ok();
}

void latest_close(struct latest *latest)
{
    if (latest != NULL) {
        pthread_mutex_destroy(&latest->mutex);
    }
}

/* --- with the mutex held ---------------------------------------------------------------------- */

/* The line of the key, or the one that gives way to it. */
static size_t line_for(const struct latest *latest, const struct sha256 *key)
{
    const size_t set = ((size_t)key->bytes[0] << 8 | key->bytes[1]) % latest->sets;
    const size_t first = set * LATEST_WAYS;
    size_t oldest = first;
    for (size_t i = first; i < first + LATEST_WAYS; i++) {
        const struct line *line = &latest->lines[i];
        if (line->number != 0 && sha256_equal(&line->key, key)) {
            return i;
        }
        oldest = line->number < latest->lines[oldest].number ? i : oldest;
    }
    return oldest;
}

static bool is_of(const struct latest *latest, size_t line, const struct sha256 *key)
{
    return latest->lines[line].number != 0 && sha256_equal(&latest->lines[line].key, key);
}

static char *value_at(const struct latest *latest, size_t line)
{
    return latest->values + line * latest->value_size;
}

static bool read_line(const struct latest *latest, size_t line, const struct sha256 *key,
                      void *ret_value)
{
    if (!is_of(latest, line, key)) {
        return false;
    }
    memcpy(ret_value, value_at(latest, line), latest->value_size);
    return true;
}

static void write_line(struct latest *latest, size_t line, const struct sha256 *key,
                       const void *value)
{
    latest->lines[line] = (struct line){.number = ++latest->last_number, .key = *key};
    memcpy(value_at(latest, line), value, latest->value_size);
}

/* --- one step each ---------------------------------------------------------------------------- */

bool latest_find(struct latest *latest, const struct sha256 *key, void *ret_value)
{
    pthread_mutex_lock(&latest->mutex);
    const bool found = read_line(latest, line_for(latest, key), key, ret_value);
    pthread_mutex_unlock(&latest->mutex);
    return found;
}

void latest_note(struct latest *latest, const struct sha256 *key, const void *value)
{
    pthread_mutex_lock(&latest->mutex);
    write_line(latest, line_for(latest, key), key, value);
    pthread_mutex_unlock(&latest->mutex);
}

bool latest_find_or_note(struct latest *latest, const struct sha256 *key, const void *value,
                         void *ret_value)
{
    pthread_mutex_lock(&latest->mutex);
    const size_t line = line_for(latest, key);
    const bool found = read_line(latest, line, key, ret_value);
    if (!found) {
        write_line(latest, line, key, value);
    }
    pthread_mutex_unlock(&latest->mutex);
    return found;
}

void latest_forget(struct latest *latest, const struct sha256 *key)
{
    pthread_mutex_lock(&latest->mutex);
    const size_t line = line_for(latest, key);
    if (is_of(latest, line, key)) {
        latest->lines[line] = (struct line){.number = 0};
    }
    pthread_mutex_unlock(&latest->mutex);
}
