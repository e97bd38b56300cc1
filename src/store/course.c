/* The course of each person (register/course.h), kept with the other rows and read in one go,
 * together with what the caseload says of the facts. */
#include "store/recent.h"

static result numbers_of(struct transaction *transaction, const struct event *event,
                         struct arena scratch, int64_t numbers[PASSAGE_NAMES_MAX], struct err *err)
{
    str names[PASSAGE_NAMES_MAX];
    const size_t count = passage_names(event, names);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = 0;
        if (names[i].len > 0) {
            TRY(names_number(transaction, NAMES_OF_WORDS, names[i], scratch, &numbers[i], err));
        }
    }
    return result_ok();
}

result course_follow(struct transaction *transaction, const struct event *event,
                     struct arena scratch, struct err *err)
{
    struct course_row row = {.person = event->subject, .passages = STR("")};
    int64_t numbers[PASSAGE_NAMES_MAX];
    struct passage passage;
    bool found = false;
    TRY(numbers_of(transaction, event, scratch, numbers, err));
    passage_of(event, numbers, &passage);
    TRY(find_row_of(transaction, TABLE_COURSE, SUBJECT_OF_PERSON, event->subject, &scratch, &row,
                    &found, err));
    TRY(course_row_append(&row, &passage, &scratch, err));
    return found ? update_row(transaction, TABLE_COURSE, &row, err)
                 : insert_row(transaction, TABLE_COURSE, &row, err);
}

static result read_course(struct transaction *transaction, int64_t record, struct arena *arena,
                          struct course_row *ret_row, struct err *err)
{
    bool found = false;
    *ret_row = (struct course_row){.person = record};
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_COURSE, arena, ret_row, &found, err));
    return found ? result_ok()
                 : err_set(err, ERROR_STORAGE, "Person %lld has no course", (long long)record);
}

result course_move(struct transaction *transaction, int64_t position, int64_t from, int64_t to,
                   struct arena scratch, bool *ret_moved, struct err *err)
{
    struct course_row gives;
    struct course_row gets;
    TRY(read_course(transaction, from, &scratch, &gives, err));
    TRY(read_course(transaction, to, &scratch, &gets, err));
    TRY(course_rows_move(&gives, &gets, position, &scratch, ret_moved, err));
    if (!*ret_moved) {
        return result_ok();
    }
    TRY(update_row(transaction, TABLE_COURSE, &gives, err));
    return update_row(transaction, TABLE_COURSE, &gets, err);
}

static result read_course_row(struct transaction *transaction, const int64_t asked[],
                              struct arena *arena, void **ret_rows, size_t *ret_count,
                              struct err *err)
{
    struct course_row *row = ARENA_NEW(arena, struct course_row, 1);
    if (row == NULL) {
        return arena_full(err);
    }
    *ret_rows = row;
    *ret_count = 1;
    return read_course(transaction, asked[1], arena, row, err);
}

static const struct recent_question course_row = {.table = TABLE_COURSE, .read = read_course_row};

result transaction_course(struct transaction *transaction, int64_t record, struct arena *arena,
                          str *ret_passages, struct err *err)
{
    const int64_t asked[RECENT_ASKED] = {SUBJECT_OF_PERSON, record};
    void *rows = NULL;
    size_t count = 0;
    TRY(recent_rows(transaction, &course_row, asked, arena, &rows, &count, err));
    *ret_passages = ((const struct course_row *)rows)->passages;
    return result_ok();
}

result course_erase(struct transaction *transaction, int64_t person, struct arena scratch,
                    struct err *err)
{
    struct course_row row;
    TRY(read_course(transaction, person, &scratch, &row, err));
    TRY(course_row_erase(&row, &scratch, err));
    return update_row(transaction, TABLE_COURSE, &row, err);
}

static result visit_rows(struct cursor *cursor, store_course *visit, void *context, struct err *err)
{
    struct person_course row;
    bool found = true;
    while (found) {
        TRY(cursor->connection->backend->cursor_next(cursor, &row, &found, err));
        if (found) {
            TRY(visit(context, &row, err));
        }
    }
    return result_ok();
}

result transaction_each_course(struct transaction *transaction, int64_t first, int64_t last,
                               bool with_facts, store_course *visit, void *context, struct err *err)
{
    const struct parameter range[] = {parameter_number(first), parameter_number(last)};
    struct cursor cursor;
    TRY(caseload_flush(transaction, err));
    TRY(backend_of(transaction)
            ->cursor_open(transaction->connection,
                          with_facts ? QUERY_COURSES_WITH_FACTS : QUERY_COURSES, range, 2, &cursor,
                          err));
    const result visited = visit_rows(&cursor, visit, context, err);
    backend_of(transaction)->cursor_close(&cursor);
    return visited;
}

result transaction_count_registered(struct transaction *transaction, date as_of, instant known_at,
                                    int64_t position, int64_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(as_of.day),
                                           parameter_number(known_at.milliseconds),
                                           parameter_number(position)};
    struct arena scratch = transaction->scratch;
    bool found = false;
    return first_row(transaction, QUERY_COUNT_REGISTERED, parameters, 3, &scratch, ret_count,
                     &found, err);
}

result transaction_subject_instant(struct transaction *transaction, enum subject_kind kind,
                                   int64_t subject, int64_t position, instant *ret_instant,
                                   struct err *err)
{
    const struct parameter parameters[] = {parameter_number(kind), parameter_number(subject),
                                           parameter_number(position)};
    struct arena scratch = transaction->scratch;
    int64_t at = INT64_MIN;
    bool found = false;
    TRY(first_row(transaction, QUERY_INSTANT_AT_POSITION, parameters, 3, &scratch, &at, &found,
                  err));
    *ret_instant = (instant){at};
    return result_ok();
}
