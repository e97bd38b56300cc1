/* resource_own: what somebody sees of their own record (casework/own.h), who sees it from outside
 * (casework/ties.h), and a legal representative's clients, as JSON (resource.h). Each gives a new
 * json_t that the caller owns. */
#ifndef RETURNHUB_WEB_RESOURCE_OWN_H
#define RETURNHUB_WEB_RESOURCE_OWN_H

#include "casework/own.h"
#include "web/resource.h"

/* {"tie","person","username","name","kind","first_day","last_day","made_by","authority","holds",
 * "ended_at","ended_by","reason"} */
json_t *resource_tie(const struct tie_line *line);
/* {"ties":[...]} */
json_t *resource_ties(const struct tie_line *lines, size_t count);

/* The person, {"as","on","hub","passages":[{"on","step","stage"}],
 * "clocks":[{...,"days_left","working_days_left"}],"next_steps":[{"step","title","clear","of_others",
 * "in_the_way":[safeguards],"not_known":[safeguards]}],"letters":[{"number","title","language",
 * "issued_on","served_on","method"}],"facts":[...],"representatives":[{"name","first_day","last_day"}],
 * "complaints":[{"entry","about","words","state","opened_on","due_on","outcome","answer"}]} */
json_t *resource_own_record(const struct rulebook *rulebook, const struct own_record *record);
/* The same, {"facts_recorded":[every value ever recorded],"looks":[...]}. */
json_t *resource_own_copy(const struct rulebook *rulebook, const struct own_copy *copy);
/* {"looks":[{"at","role","purpose"}]} */
json_t *resource_own_looks(const struct own_look *looks, size_t count);
/* One letter: {"number","title","language","issued_on","served_on","method","understood","sha256",
 * "lines":[{"kind","original","translation"}]} */
json_t *resource_own_letter(const struct notice_answer *letter);
/* {"today","clients":[{person,"first_day","last_day"}],"deadlines":[{"person","name","clock",
 * "due","days_left","working_days_left"}]} */
json_t *resource_clients(const struct rulebook *rulebook, const struct clients_answer *answer);

#endif
