/* view_person: the pages about one person (view.h). Each begins with the same head: who it is, and
 * the parts of the record. */
#ifndef RETURNHUB_WEB_VIEW_PERSON_H
#define RETURNHUB_WEB_VIEW_PERSON_H

#include "web/view.h"

/* `current` is the part that is shown: "overview", "facts", "safeguards", "clocks", "movements",
 * "contacts", "identity", "history". `question` is "?on=...&known_at=..." when the record is not
 * shown as it is now, otherwise "". */
json_t *view_person_head(const struct view_context *context, const json_t *person,
                         const char *current, str question);
json_t *view_history_lines(const struct view_context *context, const json_t *history);

json_t *view_person(const struct view_context *context, const json_t *person, str question);
json_t *view_person_facts(const struct view_context *context, const json_t *person, str question);
/* `standing` is "clear" for those that are clear, otherwise those that are not. */
json_t *view_person_safeguards(const struct view_context *context, const json_t *person,
                               str standing, str question);
json_t *view_person_clocks(const struct view_context *context, const json_t *person, str question);
json_t *view_person_contacts(const struct view_context *context, const json_t *person,
                             str question);
json_t *view_person_movements(const struct view_context *context, const json_t *person);
json_t *view_person_identity(const struct view_context *context, const json_t *person);
json_t *view_person_history(const struct view_context *context, const json_t *person, str question);

#endif
