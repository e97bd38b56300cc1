/* people: the people of the workload as facts of screening.rules. */
#ifndef RETURNHUB_BENCH_SCREENING_PEOPLE_H
#define RETURNHUB_BENCH_SCREENING_PEOPLE_H

#include "rulebook/rulebook.h"
#include "workload.h"

enum { PEOPLE_FACTS = 32 };

struct people_facts {
    uint32_t indices[PEOPLE_FACTS]; /* in the rulebook, in the order of workload.def */
};

/* Fails when the rulebook lacks one of the facts. */
MUST_USE result people_find_facts(const struct rulebook *rulebook, struct people_facts *ret_facts,
                                  struct err *err);

/* What is known of one person, in the order of workload.def. */
void people_values(const struct workload_row *row, struct value values[PEOPLE_FACTS]);

#endif
