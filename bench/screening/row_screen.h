/* row_screen: the 24 safeguards of one person, written plainly after their definition. */
#ifndef RETURNHUB_BENCH_SCREENING_ROW_SCREEN_H
#define RETURNHUB_BENCH_SCREENING_ROW_SCREEN_H

#include "workload.h"

/* Kleene's logic on 0, 1 and -1 for unknown. */
static inline int none_of(int a)
{
    return a < 0 ? -1 : !a;
}

static inline int both(int a, int b)
{
    if (a == 0 || b == 0) {
        return 0;
    }
    return a < 0 || b < 0 ? -1 : 1;
}

static inline int either(int a, int b)
{
    if (a == 1 || b == 1) {
        return 1;
    }
    return a < 0 || b < 0 ? -1 : 0;
}

static inline int when_known(int fact, int truth)
{
    return fact < 0 ? -1 : truth;
}

static inline int appeal_time_open(const struct workload_row *row)
{
    const int from = row->route == 0 ? WORKLOAD_APPEAL_10_FROM : WORKLOAD_APPEAL_5_FROM;
    return row->route < 0 ? -1 : when_known(row->decision_served, row->decision_served >= from);
}

static inline int outside_agreement(const struct workload_row *row)
{
    if (row->nationality < 0 || row->hub < 0) {
        return -1;
    }
    return !(workload_agreements[row->nationality] >> row->hub & 1);
}

static inline int assessed_before(int32_t assessed, int32_t days)
{
    return when_known(assessed, WORKLOAD_TODAY - assessed > days);
}

/* Bit k of `bars` when safeguard k bars, of `unknown` when it is unknown. */
static inline void row_screen(const struct workload_row *row, uint32_t *bars, uint32_t *unknown)
{
    const int over_65 = when_known(row->age, row->age >= 65);
    const int frail = either(either(row->pregnant, row->medical_hold), over_65);
    const int no_decision = row->status == STATUS_PENDING || row->status == STATUS_WITHDRAWN;
    const int document_lasts = when_known(row->doc_expiry, row->doc_expiry >= WORKLOAD_TODAY + 30);
    const int supports =
        both(when_known(row->dependants, row->dependants > 0), row->family_children);
    const int truths[WORKLOAD_SAFEGUARDS] = {
        row->appeal_pending,
        both(when_known(row->status, row->status == STATUS_REFUSED), appeal_time_open(row)),
        when_known(row->notice_served, row->notice_served >= WORKLOAD_NOTICE_FROM),
        row->trafficking_ref,
        either(row->minor, when_known(row->age, row->age < 18)),
        both(row->family_children, none_of(row->best_interests)),
        row->age_disputed,
        row->injunction,
        row->further_subs,
        none_of(row->fit_to_fly),
        both(assessed_before(row->fit_assessed, 14), frail),
        outside_agreement(row),
        when_known(row->hub, !(WORKLOAD_HUBS_FREE >> (row->hub & 15) & 1)),
        assessed_before(row->nonref_assessed, 180),
        when_known(row->status, no_decision),
        row->medical_hold,
        both(row->pregnant, assessed_before(row->fit_assessed, 7)),
        both(row->torture_claim, none_of(row->legal_aid)),
        either(none_of(row->interpreter), none_of(row->vol_return_offered)),
        row->prosecution,
        both(row->stateless_claim, none_of(row->travel_doc)),
        none_of(both(row->travel_doc, document_lasts)),
        both(row->detained, when_known(row->detention_days, row->detention_days > 180)),
        both(none_of(row->guarantee), either(row->torture_claim, supports)),
    };
    *bars = 0;
    *unknown = 0;
    for (unsigned k = 0; k < WORKLOAD_SAFEGUARDS; k++) {
        *bars |= (uint32_t)(truths[k] == 1) << k;
        *unknown |= (uint32_t)(truths[k] < 0) << k;
    }
}

#endif
