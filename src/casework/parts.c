#include "casework/parts.h"

static void *run_part(void *context)
{
    struct part *part = context;
    part->outcome = part->work(part->context, &part->err);
    return NULL;
}

result parts_run(struct part *parts, size_t count, struct err *err)
{
    for (size_t i = 1; i < count; i++) {
        parts[i].started = pthread_create(&parts[i].thread, NULL, run_part, &parts[i]) == 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (!parts[i].started) {
            run_part(&parts[i]);
        }
    }
    const struct part *failed = NULL;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].started) {
            pthread_join(parts[i].thread, NULL);
        }
        failed = failed == NULL && !parts[i].outcome.ok ? &parts[i] : failed;
    }
    if (failed != NULL && err != NULL) {
        *err = failed->err;
    }
    return failed == NULL ? result_ok() : failed->outcome;
}
