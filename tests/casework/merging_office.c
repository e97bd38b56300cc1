#include "merging_office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DECISIONS_MAX = 100 };

static void must(result done, const struct err *err)
{
    if (!done.ok) {
        fail_msg("%s (%s)", err->what, err->hint);
    }
}

struct merge_plan merging_plan(struct office *office, int64_t merge)
{
    const struct caller caller = office_caller(office, SENIOR);
    struct merge_plan plan = {.conflict_count = 0};
    struct err err = {0};
    arena_reset(&office->work);
    must(casework_merge(&office->casework, &caller, merge, &office->work, &plan, &err), &err);
    return plan;
}

int64_t merging_ask(struct office *office, const struct somebody *whole,
                    const struct somebody *part)
{
    const struct caller caller = office_caller(office, CLERK);
    struct merge_plan plan = {.conflict_count = 0};
    struct err err = {0};
    arena_reset(&office->work);
    must(casework_request_merge(&office->casework, &caller, str_from_c(whole->reference),
                                str_from_c(part->reference), STR("the same passport"),
                                &office->work, &plan, &err),
         &err);
    return plan.merge.id;
}

size_t merging_confirm(struct office *office, int64_t merge)
{
    const size_t conflicts = merging_plan(office, merge).conflict_count;
    const struct caller caller = office_caller(office, SENIOR);
    struct record_answer answer = {.event_count = 0};
    struct err err = {0};
    arena_reset(&office->work);
    must(casework_confirm_merge(&office->casework, &caller, merge, conflicts, &office->work,
                                &answer, &err),
         &err);
    assert_int_equal(answer.event_count, 1);
    return answer.stopped_count;
}

int64_t merging_done(struct office *office, const struct somebody *whole,
                     const struct somebody *part)
{
    const int64_t merge = merging_ask(office, whole, part);
    merging_confirm(office, merge);
    return merge;
}

void merging_undo(struct office *office, int64_t merge, bool to_absorbed)
{
    const struct caller caller = office_caller(office, SENIOR);
    struct separation_decision decisions[DECISIONS_MAX];
    struct separation_plan plan = {.undecided = 0};
    struct record_answer answer = {.event_count = 0};
    struct err err = {0};
    size_t count = 0;
    arena_reset(&office->work);
    must(casework_separation_plan(&office->casework, &caller, merge, NULL, 0, &office->work, &plan,
                                  &err),
         &err);
    for (size_t i = 0; i < plan.line_count; i++) {
        if (plan.lines[i].to == ATTRIBUTION_UNDECIDED && plan.lines[i].follows == 0) {
            assert_true(count < DECISIONS_MAX);
            decisions[count++] = (struct separation_decision){.event = plan.lines[i].event.position,
                                                              .to_absorbed = to_absorbed};
        }
    }
    must(casework_separate(&office->casework, &caller, merge, STR("two people"), decisions, count,
                           &office->work, &answer, &err),
         &err);
}
