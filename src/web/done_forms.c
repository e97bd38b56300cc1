#include "web/done_forms.h"

#include <pthread.h>

struct form_line {
    uint64_t number; /* rising with each note; 0: free */
    struct sha256 form;
    struct done_form done;
};

struct done_forms {
    pthread_mutex_t mutex;
    uint64_t last_number;
    struct form_line lines[DONE_FORMS_SETS][DONE_FORMS_WAYS];
};

result done_forms_open(struct arena *arena, struct done_forms **ret_forms, struct err *err)
{
    struct done_forms *forms = ARENA_NEW(arena, struct done_forms, 1);
    if (forms == NULL) {
        return arena_full(err);
    }
    pthread_mutex_init(&forms->mutex, NULL);
    *ret_forms = forms;
    return result_ok();
}

void done_forms_close(struct done_forms *forms)
{
    if (forms != NULL) {
        pthread_mutex_destroy(&forms->mutex);
    }
}

/* The line of the form, or the one that gives way to it. */
static struct form_line *line_for(struct done_forms *forms, const struct sha256 *form)
{
    const size_t number = ((size_t)form->bytes[0] << 8 | form->bytes[1]) % DONE_FORMS_SETS;
    struct form_line *set = forms->lines[number];
    struct form_line *oldest = &set[0];
    for (size_t i = 0; i < DONE_FORMS_WAYS; i++) {
        if (set[i].number != 0 && sha256_equal(&set[i].form, form)) {
            return &set[i];
        }
        oldest = set[i].number < oldest->number ? &set[i] : oldest;
    }
    return oldest;
}

struct done_form done_forms_find(struct done_forms *forms, const struct sha256 *form)
{
    struct done_form found = {.found = false};
    pthread_mutex_lock(&forms->mutex);
    const struct form_line *line = line_for(forms, form);
    if (line->number != 0 && sha256_equal(&line->form, form)) {
        found = line->done;
    }
    pthread_mutex_unlock(&forms->mutex);
    return found;
}

void done_forms_note(struct done_forms *forms, const struct sha256 *form,
                     const struct client_id *key, instant at, str where)
{
    struct done_form done = {.found = true, .key = *key, .at = at};
    for (size_t i = 0; where.len < DONE_FORM_WHERE_SIZE && i < where.len; i++) {
        done.where[i] = where.at[i];
    }
    pthread_mutex_lock(&forms->mutex);
    *line_for(forms, form) =
        (struct form_line){.number = ++forms->last_number, .form = *form, .done = done};
    pthread_mutex_unlock(&forms->mutex);
}
