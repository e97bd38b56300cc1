/* resource_part: the pieces that several resources are made of (resource.h). Each gives a new
 * json_t that the caller owns, or NULL when memory ran out; those called out_ give the same to a
 * json_out, as a member or an element. */
#ifndef RETURNHUB_WEB_RESOURCE_PART_H
#define RETURNHUB_WEB_RESOURCE_PART_H

#include "format/json_out.h"
#include "web/resource.h"

/* Memory for the making of one text, given back at the end of the block. Empty when the system has
 * none to give: then what is taken of it is NULL, and texts written into it are empty. Nearly every
 * text is short, and the system is much sooner done with a little memory than with enough for a
 * long one. */
enum { PART_MEMORY_SHORT = 960, PART_MEMORY = 64 * 1024, PART_TEXT_MAX = 16 * 1024 };
struct arena part_memory(void);
struct arena part_memory_of(size_t size);
#define PART_ARENA __attribute__((cleanup(arena_close))) struct arena

/* {"known":true,"value":"2026-03-27"} or {"known":false}. */
json_t *part_known_day(struct known_day day);
void out_known_day(struct json_out *out, const char *key, struct known_day day);
/* {"known":true,"value":...,"text":"27 March 2026"} in the type of the fact, or {"known":false}. */
json_t *part_value(const struct rulebook *rulebook, const struct fact *fact,
                   const struct value *value);
/* The same from the text of a value, as events keep it; a text that this rulebook cannot read is
 * carried as it is. */
json_t *part_value_text(const struct rulebook *rulebook, str fact, str text);
/* ... and, unless `told` is NULL, its words are added there: "Not known" where it is not. */
void out_value_text(struct json_out *out, const char *key, const struct rulebook *rulebook,
                    str fact, str text, struct buf *told);
/* The value in the JSON type that is nearest to the fact's; and in words, which are added to
 * `told`, too, unless it is NULL. What does not fit into `scratch` has memory of its own. */
void out_typed(struct json_out *out, const char *key, const struct fact *fact,
               const struct value *value);
void out_plain_text(struct json_out *out, const char *key, const struct rulebook *rulebook,
                    const struct fact *fact, const struct value *value, struct arena scratch,
                    struct buf *told);
/* "event"; nothing for 0. */
void out_event(struct json_out *out, int64_t event);
/* "First choice" for first_choice: for names that the rulebook in hand has no title for. */
json_t *part_plain_name(str name);
/* What the rulebook calls the country of that code; the code where it calls it nothing. */
str part_country_name(const struct rulebook *rulebook, str code);

/* What has a name, and a title in the rulebook in hand ("" when it is none of its); it is told by
 * its name in words where there is no title. */
enum { PLAIN_NAME_SIZE = 256 };
struct titled {
    str name;
    str title;
};
struct titled titled_step(const struct rulebook *rulebook, str name);
struct titled titled_fact(const struct rulebook *rulebook, str name);
struct titled titled_role(const struct rulebook *rulebook, str name);
str titled_title(struct titled titled, char room[PLAIN_NAME_SIZE]); /* may be in the room */

/* {"name","title"}; of a stage "outcome", too, of a safeguard "reason". */
void out_titled(struct json_out *out, const char *key, struct titled titled);
json_t *part_stage(const struct rulebook *rulebook, str name);
void out_stage(struct json_out *out, const char *key, const struct rulebook *rulebook, str name);
json_t *part_step(const struct rulebook *rulebook, str name);
json_t *part_fact_name(const struct rulebook *rulebook, str name);
json_t *part_safeguard_name(const struct rulebook *rulebook, str name);
void out_safeguard_name(struct json_out *out, const char *key, const struct rulebook *rulebook,
                        str name);
json_t *part_role(const struct rulebook *rulebook, str name);

/* [{"text","unverified"}] */
json_t *part_sources(const struct source *sources, size_t count);
void out_sources(struct json_out *out, const char *key, const struct source *sources, size_t count);
/* {"known":true,"reference","name"}, or {"known":false} when the hub is not among those listed. */
json_t *part_hub_name(const struct hub_row *hub);
void out_hub_name(struct json_out *out, const char *key, const struct hub_row *hub);
/* {"agreed","free","prebooked","held","occupied","out_of_use"} */
json_t *part_places(const struct place_counts *places);
/* {"reference","stage",...} and, with an identity, "name" and "born_on". */
json_t *part_person(const struct rulebook *rulebook, const struct person_row *person,
                    const struct identity *identity);
void out_person_members(struct json_out *out, const struct rulebook *rulebook,
                        const struct person_row *person, const struct identity *identity);
/* {"arrival",...}; nothing where the person has no place at a hub. */
void out_arrival_members(struct json_out *out, const struct person_arrival *arrival);
/* Both. */
json_t *part_person_arriving(const struct rulebook *rulebook, const struct person_row *person,
                             const struct identity *identity, const struct person_arrival *arrival);
/* The same of somebody who may be another, with "reasons":[{"what","agrees"}]. */
json_t *part_likely(const struct rulebook *rulebook, const struct likely_duplicate *likely);
/* {"id","step","state","requested_at","changed_at","approvals_given","approvals_needed","approved_roles",...}.
 */
json_t *part_request(const struct rulebook *rulebook, const struct request_row *request);
void out_request_members(struct json_out *out, const struct rulebook *rulebook,
                         const struct request_row *request);
json_t *part_work_request(const struct rulebook *rulebook, const struct work_request *work);
json_t *part_clock(const struct rulebook *rulebook, const struct clock_line *line);
void out_clock(struct json_out *out, const char *key, const struct rulebook *rulebook,
               const struct clock_line *line);
json_t *part_stage_counts(const struct rulebook *rulebook, const struct stage_count *stages,
                          size_t count);
const char *part_clock_state_name(enum clock_state state);

/* What is said of a change: it names {{fact}}, {{fact}} and {{values}}, or {{day}}. */
const char *part_change_sentence(enum change_kind kind);

/* {"position","kind","on","recorded_at","actor","text",...}. The text is whole and in English; of
 * an event that is told with values this is the sentence, which names members of the line: what
 * each is called, or its "title". NULL: it is told by its text. */
const char *part_history_sentence(const json_t *line);
json_t *part_history_line(const struct rulebook *rulebook, const struct history_line *line);
void out_history_line(struct json_out *out, const char *key, const struct rulebook *rulebook,
                      const struct history_line *line, struct arena scratch);

#endif
