/* resource_fact: what is known of a fact, as JSON:
 * {"fact","title","section","subject","type","note", "choices","counted","recordable","recorded",
 * the value, and where it is known from: "event",
 * "true_from","recorded_at","recorded_by","source"}.
 *
 * Half of it is the rulebook's, and the same for everybody. A person has dozens of facts: for what
 * is written at once, what the rulebook says of each is written when the server begins, and copied
 * from there. */
#ifndef RETURNHUB_WEB_RESOURCE_FACT_H
#define RETURNHUB_WEB_RESOURCE_FACT_H

#include "format/json_out.h"
#include "web/resource.h"

const char *part_fact_type_name(enum fact_type type);

/* What the rulebook says of its facts, as text. It stays in the arena. */
struct fact_texts;
MUST_USE result fact_texts_write(const struct rulebook *rulebook, struct arena *arena,
                                 const struct fact_texts **ret_texts, struct err *err);

/* `texts` are those of the rulebook; of them only an out that is a text makes use. */
void out_known_fact(struct json_out *out, const char *key, const struct rulebook *rulebook,
                    const struct known_fact *known, const struct fact_texts *texts,
                    struct arena scratch);
/* New ones, which the caller owns, or NULL when memory ran out. */
json_t *part_known_fact(const struct rulebook *rulebook, const struct known_fact *known);
/* The facts of one subject, in the rulebook's order; `known` is indexed by fact. */
json_t *part_facts_of(const struct rulebook *rulebook, const struct known_fact *known,
                      enum subject subject);

#endif
