#include "web/works.h"

#include <pthread.h>

struct works {
    pthread_mutex_t mutex;
    int64_t last_number;
    struct work_line lines[WORKS_MAX];
};

result works_open(struct arena *arena, struct works **ret_works, struct err *err)
{
    struct works *works = ARENA_NEW(arena, struct works, 1);
    if (works == NULL) {
        return arena_full(err);
    }
    pthread_mutex_init(&works->mutex, NULL);
    *ret_works = works;
    return result_ok();
}

void works_close(struct works *works)
{
    if (works != NULL) {
        pthread_mutex_destroy(&works->mutex);
    }
}

/* Of number 0, a free one; NULL when there is none. */
static struct work_line *line_of(struct works *works, int64_t number)
{
    for (size_t i = 0; i < WORKS_MAX; i++) {
        if (works->lines[i].number == number) {
            return &works->lines[i];
        }
    }
    return NULL;
}

int64_t works_begin(struct works *works, int64_t account, const char *title)
{
    int64_t number = 0;
    pthread_mutex_lock(&works->mutex);
    struct work_line *line = line_of(works, 0);
    if (line != NULL) {
        number = ++works->last_number;
        *line = (struct work_line){.number = number, .account = account, .title = title};
    }
    pthread_mutex_unlock(&works->mutex);
    return number;
}

void works_tell(struct works *works, int64_t number, int64_t done, int64_t all)
{
    pthread_mutex_lock(&works->mutex);
    struct work_line *line = number != 0 ? line_of(works, number) : NULL;
    if (line != NULL) {
        line->done = done;
        line->all = all;
    }
    pthread_mutex_unlock(&works->mutex);
}

void works_end(struct works *works, int64_t number)
{
    pthread_mutex_lock(&works->mutex);
    struct work_line *line = number != 0 ? line_of(works, number) : NULL;
    if (line != NULL) {
        *line = (struct work_line){.number = 0};
    }
    pthread_mutex_unlock(&works->mutex);
}

size_t works_of(struct works *works, int64_t account, struct work_line lines[WORKS_MAX])
{
    size_t count = 0;
    pthread_mutex_lock(&works->mutex);
    for (size_t i = 0; i < WORKS_MAX; i++) {
        if (works->lines[i].number != 0 && works->lines[i].account == account) {
            lines[count++] = works->lines[i];
        }
    }
    pthread_mutex_unlock(&works->mutex);
    return count;
}
