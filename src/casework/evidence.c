#include "casework/evidence.h"

#include "casework/sitting.h"
#include "casework/text.h"

struct evidence_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct evidence_query *query;
    struct arena *arena;
    struct sitting sitting;
    struct evidence_line *lines;
    size_t count;
};

/* Do several values stand? Those that are not known say nothing. */
static bool is_conflicting(const struct fact_row *rows, size_t count)
{
    const struct fact_row *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].withdrawn || str_equal(rows[i].value, STR("unknown"))) {
            continue;
        }
        if (first != NULL && !str_equal(first->value, rows[i].value)) {
            return true;
        }
        first = first == NULL ? &rows[i] : first;
    }
    return false;
}

static bool was_ever(const struct fact_row *rows, size_t count, str value)
{
    for (size_t i = 0; i < count; i++) {
        if (value.len == 0 || str_equal(rows[i].value, value)) {
            return true;
        }
    }
    return false;
}

static result consider(struct evidence_work *work, const struct fact_row *rows, size_t count,
                       struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct evidence_line line = {.values = rows, .value_count = count, .now = STR("")};
    bool visible = false;
    line.conflicting = is_conflicting(rows, count);
    if (!was_ever(rows, count, work->query->value) ||
        (work->query->conflicting_only && !line.conflicting)) {
        return result_ok();
    }
    TRY(transaction_person(sitting->transaction, rows[0].subject, work->arena, &line.person, err));
    TRY(sitting_may_person(sitting, &line.person, ACTION_SCREEN, &visible, err));
    const size_t chosen = fact_rows_choose(rows, count, sitting->today, sitting->at);
    line.now = chosen < count ? rows[chosen].value : line.now;
    work->lines[work->count] = line;
    work->count += visible ? 1 : 0;
    return result_ok();
}

static result read_evidence(struct transaction *transaction, void *context, struct err *err)
{
    struct evidence_work *work = context;
    const struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SCREEN,
                     work->arena, err));
    TRY(transaction_facts_named(transaction, work->query->fact, work->arena, &rows, &count, err));
    work->lines = ARENA_NEW(work->arena, struct evidence_line, count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count && rows[end].subject == rows[begin].subject) {
            end++;
        }
        TRY(consider(work, &rows[begin], end - begin, err));
    }
    return result_ok();
}

static result check_query(const struct rulebook *rulebook, const struct evidence_query *query,
                          struct err *err)
{
    TRY(text_line_required("The name of the fact", query->fact, FACT_NAME_MAX_BYTES, err));
    TRY(text_line("The value", query->value, VALUE_MAX_BYTES, err));
    const uint32_t fact = rulebook_fact(rulebook, query->fact);
    if (fact != NOT_FOUND_INDEX && rulebook->facts[fact].subject != SUBJECT_PERSON) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is no fact of a person", STR_ARG(query->fact));
    }
    return result_ok(); /* a fact that an older rulebook had may still be looked for */
}

result casework_evidence(const struct casework *casework, const struct caller *caller,
                         const struct evidence_query *query, struct arena *arena,
                         const struct evidence_line **ret_lines, size_t *ret_count, struct err *err)
{
    struct evidence_work work = {
        .casework = casework, .caller = caller, .query = query, .arena = arena};
    TRY(check_query(casework->rulebook, query, err));
    TRY(store_read(casework->store, read_evidence, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "evidence", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}
