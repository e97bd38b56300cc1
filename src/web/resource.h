/* resource: one JSON object for each thing that can be asked for. The API answers it, the pages are
 * drawn from it, and the command line prints it with --format json: one object, many faces.
 *
 * Every function gives a new json_t that the caller owns, or NULL when memory ran out. Keys are
 * snake_case; dates are ISO 8601; an unknown value is {"known": false}, never null, "" or 0. */
#ifndef RETURNHUB_WEB_RESOURCE_H
#define RETURNHUB_WEB_RESOURCE_H

#include "casework/glass.h"
#include "casework/history.h"
#include "casework/identity.h"
#include "casework/privacy.h"
#include "casework/protection.h"
#include "casework/queue.h"

#include <jansson.h>

/* {"step","title","clearance","on","safeguards":[{"name","clearance","reason","sources":[{"text","unverified"}],
 *   "condition":{"kind","truth","text","fact",...,"children":[...]},"changes":[{"kind","text","fact","value","day"}]}]}
 */
json_t *resource_explanation(const struct rulebook *rulebook, const struct explanation *explanation,
                             const struct case_view *view);
json_t *resource_explain(const struct rulebook *rulebook, const struct explain_answer *answer);
/* A person in short: what is recorded, how many safeguards of each next step are "clear", "barred"
 * and "unknown", and the latest of the history. "facts" and "known_at" stand in it when they are
 * among the parts. The same is given to a json_out; of the texts (resource_fact.h), NULL for none,
 * a text makes use. */
enum { PERSON_FACTS = 1, PERSON_KNOWN_AT = 2, PERSON_ALL = PERSON_FACTS | PERSON_KNOWN_AT };
struct json_out;
struct fact_texts;
json_t *resource_person(const struct rulebook *rulebook, const struct person_answer *answer,
                        unsigned parts);
void out_person(struct json_out *out, const struct rulebook *rulebook,
                const struct person_answer *answer, unsigned parts, const struct fact_texts *texts);
/* Every fact there is to know of the person: known, recorded as not known, or never recorded. */
json_t *resource_person_facts(const struct rulebook *rulebook, const struct person_answer *answer);
/* The person, {"safeguards":[{"name","title","reason","section","clearance","sources",
 * "steps":[{"name","title","hub"}]}]} of every next step; a safeguard that stands differently at
 * different hubs is told once for each way. */
json_t *resource_person_safeguards(const struct rulebook *rulebook,
                                   const struct person_answer *answer);
/* The person, {"clocks":[{...,"days_left","working_days_left","calendar"}]}; of the clock named
 * also "counted": {"title","days":[{"day","what","number","why"}],"cut"}. */
json_t *resource_person_clocks(const struct rulebook *rulebook, const struct person_answer *answer,
                               str counted);
/* The person, {"known_at","history":[lines with their "topic"],"more","next_before"}. */
json_t *resource_history(const struct rulebook *rulebook, const struct history_answer *answer);
/* The same of the contacts, notes and the family alone, and {"on","sources":[{"source","facts":[{
 * "fact","title","event","recorded_at"}]}]}: where the facts of the person are known from. */
json_t *resource_person_contacts(const struct rulebook *rulebook,
                                 const struct person_answer *answer,
                                 const struct history_answer *contacts);
json_t *resource_people(const struct rulebook *rulebook, const struct people_answer *answer);
json_t *resource_step_answer(const struct rulebook *rulebook, const struct step_answer *answer);
json_t *resource_record_answer(const struct rulebook *rulebook, const struct record_answer *answer);
json_t *resource_request(const struct rulebook *rulebook, const struct request_answer *answer);
json_t *resource_today(const struct rulebook *rulebook, const struct today_answer *answer);
json_t *resource_hub(const struct rulebook *rulebook, const struct hub_line *hub);
json_t *resource_hubs(const struct rulebook *rulebook, const struct hub_line *hubs, size_t count);
json_t *resource_agreement(const struct rulebook *rulebook, const struct agreement_line *agreement);
/* {"name","title","identity","in_force_from","safeguards","steps","clocks","stages"}; the whole
 * text is its canonical form. */
json_t *resource_rulebook(const struct rulebook *rulebook);
/* {"today","due":[{"kind","person","due","days_left","working_days_left","calendar","clock"}],"total",
 * "totals"} */
json_t *resource_work(const struct rulebook *rulebook, const struct work_answer *answer);
/* {"step","people","unknown","facts":[{"name","title","people","alone"}]} */
json_t *resource_missing(const struct rulebook *rulebook, const struct missing_answer *answer);
/* {"reference","event","holds","restricted","erasure_requested","erased","repeated"} */
json_t *resource_privacy(const struct privacy_answer *answer);
/* [{"event","since","by","reason"}] */
/* Adds "holds_in_force", "erased_together" and "erased_together_count" to a resource. */
void resource_add_before_erasure(json_t *object, const struct before_erasure *before);
/* {"reference","holds","restricted","erasure_requested","asked_here","lines":[{"event","kind","at","by",
 * "text","reason"}],"more"}: of the history about data protection; asked_here: erasure, by this
 * account. */
json_t *resource_person_privacy(const struct rulebook *rulebook,
                                const struct history_answer *history, bool asked_here);
/* {"looks":[{"at","account","role","subject_kind","reference","purpose","reason"}]} */
json_t *resource_looks(const struct look_line *lines, size_t count);
/* {"protected","accounts","roles","reason"} */
json_t *resource_protection(const struct protection_answer *answer);
/* {"glass","account","person","broken_at","until","shows","reason","outcome","reviewed_by","review"}
 */
json_t *resource_glass(const struct glass_line *line);
/* {"glasses":[...]} */
json_t *resource_glasses(const struct glass_line *lines, size_t count);
/* The person, {"facts_recorded","whole_history","family","looks"}: everything, for the person. */
json_t *resource_subject_access(const struct rulebook *rulebook,
                                const struct subject_access *access);
/* The person,
 * {"records","identifiers":[{"event","scheme","title","value","issuer","source","record",
 * "true_from","recorded_at"}],"merges":[...],"duplicates":[persons with "reasons"]}; `likely` NULL:
 * they were not asked for. */
json_t *resource_identity(const struct rulebook *rulebook, const struct identity_answer *answer,
                          const struct likely_duplicate *likely, size_t likely_count);
/* {"event","others":[who have this very reference too],"repeated"} */
json_t *resource_identifier_answer(const struct rulebook *rulebook,
                                   const struct identifier_answer *answer);
/* RFC 9457. `errors` may be NULL or an array of {"pointer","detail"}; the reference is taken. */
json_t *resource_problem(const struct err *err, json_t *errors);

#endif
