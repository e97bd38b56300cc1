#include "web/done_forms.h"

enum { SETS = 2048 };

result done_forms_open(struct arena *arena, struct latest **ret_forms, struct err *err)
{
    return latest_open(SETS, sizeof(struct done_form), arena, ret_forms, err);
}

struct done_form done_forms_find(struct latest *forms, const struct sha256 *form)
{
    struct done_form found = {.found = false};
    latest_find(forms, form, &found);
    return found;
}

void done_forms_note(struct latest *forms, const struct sha256 *form, const struct client_id *key,
                     instant at, str where)
{
    struct done_form done = {.found = true, .key = *key, .at = at};
    for (size_t i = 0; where.len < DONE_FORM_WHERE_SIZE && i < where.len; i++) {
        done.where[i] = where.at[i];
    }
    latest_note(forms, form, &done);
}
