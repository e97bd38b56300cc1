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

static inline void put_truth(uint32_t *yes, uint32_t *neither, unsigned k, int truth)
{
    *yes |= (uint32_t)(truth == 1) << k;
    *neither |= (uint32_t)(truth < 0) << k;
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
    uint32_t yes = 0;
    uint32_t neither = 0;
#define SAFEGUARD(k, truth) put_truth(&yes, &neither, k, truth)
    SAFEGUARD(0, row->appeal_pending);
    SAFEGUARD(1,
              both(when_known(row->status, row->status == STATUS_REFUSED), appeal_time_open(row)));
    SAFEGUARD(2, when_known(row->notice_served, row->notice_served >= WORKLOAD_NOTICE_FROM));
    SAFEGUARD(3, row->trafficking_ref);
    SAFEGUARD(4, either(row->minor, when_known(row->age, row->age < 18)));
    SAFEGUARD(5, both(row->family_children, none_of(row->best_interests)));
    SAFEGUARD(6, row->age_disputed);
    SAFEGUARD(7, row->injunction);
    SAFEGUARD(8, row->further_subs);
    SAFEGUARD(9, none_of(row->fit_to_fly));
    SAFEGUARD(10, both(assessed_before(row->fit_assessed, 14), frail));
    SAFEGUARD(11, outside_agreement(row));
    SAFEGUARD(12, when_known(row->hub, !(WORKLOAD_HUBS_FREE >> (row->hub & 15) & 1)));
    SAFEGUARD(13, assessed_before(row->nonref_assessed, 180));
    SAFEGUARD(14, when_known(row->status, no_decision));
    SAFEGUARD(15, row->medical_hold);
    SAFEGUARD(16, both(row->pregnant, assessed_before(row->fit_assessed, 7)));
    SAFEGUARD(17, both(row->torture_claim, none_of(row->legal_aid)));
    SAFEGUARD(18, either(none_of(row->interpreter), none_of(row->vol_return_offered)));
    SAFEGUARD(19, row->prosecution);
    SAFEGUARD(20, both(row->stateless_claim, none_of(row->travel_doc)));
    SAFEGUARD(21, none_of(both(row->travel_doc, document_lasts)));
    SAFEGUARD(22, both(row->detained, when_known(row->detention_days, row->detention_days > 180)));
    SAFEGUARD(23, both(none_of(row->guarantee), either(row->torture_claim, supports)));
#undef SAFEGUARD
    *bars = yes;
    *unknown = neither;
}

#endif
