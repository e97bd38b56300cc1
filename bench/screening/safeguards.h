/* safeguards: the 24 safeguards by hand, over lanes: LANE is an unsigned type that holds one truth
 * for each bit (64 people) or one truth altogether (0 or 1), LANE_ALL all of its truths. Both are
 * defined by the file that includes this one. */
#ifndef RETURNHUB_BENCH_SCREENING_SAFEGUARDS_H
#define RETURNHUB_BENCH_SCREENING_SAFEGUARDS_H

#include "workload.h"

/* Unknown is neither. */
struct kleene {
    LANE yes;
    LANE no;
};

static inline struct kleene both(struct kleene a, struct kleene b)
{
    return (struct kleene){(LANE)(a.yes & b.yes), (LANE)(a.no | b.no)};
}

static inline struct kleene either(struct kleene a, struct kleene b)
{
    return (struct kleene){(LANE)(a.yes | b.yes), (LANE)(a.no & b.no)};
}

static inline struct kleene none_of(struct kleene a)
{
    return (struct kleene){a.no, a.yes};
}

static inline LANE unknown_of(struct kleene a)
{
    return (LANE)(LANE_ALL & (LANE) ~(a.yes | a.no));
}

/* `yes` holds only where the fact is known. */
static inline struct kleene test_of(LANE yes, LANE known)
{
    return (struct kleene){yes, (LANE)(known & (LANE)~yes)};
}

/* What the safeguards are made of: the flags, and what is asked of the other facts. */
struct parts {
#define FLAG(name, fact, share) struct kleene name;
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
    struct kleene refused;
    struct kleene no_decision;
    struct kleene appeal_time_open;
    struct kleene notice_is_fresh;
    struct kleene under_18;
    struct kleene over_65;
    struct kleene fitness_over_14;
    struct kleene fitness_over_7;
    struct kleene outside_agreement;
    struct kleene hub_full;
    struct kleene refoulement_over_180;
    struct kleene document_lasts;
    struct kleene detained_over_180;
    struct kleene has_dependants;
};

static inline void safeguards_of(const struct parts *is, struct kleene bars[WORKLOAD_SAFEGUARDS])
{
    const struct kleene frail = either(either(is->pregnant, is->medical_hold), is->over_65);
    const struct kleene at_risk =
        either(is->torture_claim, both(is->has_dependants, is->family_children));
    bars[0] = is->appeal_pending;
    bars[1] = both(is->refused, is->appeal_time_open);
    bars[2] = is->notice_is_fresh;
    bars[3] = is->trafficking_ref;
    bars[4] = either(is->minor, is->under_18);
    bars[5] = both(is->family_children, none_of(is->best_interests));
    bars[6] = is->age_disputed;
    bars[7] = is->injunction;
    bars[8] = is->further_subs;
    bars[9] = none_of(is->fit_to_fly);
    bars[10] = both(is->fitness_over_14, frail);
    bars[11] = is->outside_agreement;
    bars[12] = is->hub_full;
    bars[13] = is->refoulement_over_180;
    bars[14] = is->no_decision;
    bars[15] = is->medical_hold;
    bars[16] = both(is->pregnant, is->fitness_over_7);
    bars[17] = both(is->torture_claim, none_of(is->legal_aid));
    bars[18] = either(none_of(is->interpreter), none_of(is->vol_return_offered));
    bars[19] = is->prosecution;
    bars[20] = both(is->stateless_claim, none_of(is->travel_doc));
    bars[21] = none_of(both(is->travel_doc, is->document_lasts));
    bars[22] = both(is->detained, is->detained_over_180);
    bars[23] = both(none_of(is->guarantee), at_risk);
}

#endif
