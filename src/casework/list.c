#include "casework/casework.h"

#include "casework/facts.h"
#include "casework/sought.h"
#include "casework/text.h"
#include "register/reference.h"

enum {
    LINES_MAX = 500,    /* of one page of the list */
    ROWS_AT_ONCE = 500, /* read before their memory is given back */
};

struct list_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct people_query *query;
    struct arena *arena;
    struct sitting sitting;
    struct people_filter filter;
    struct sought sought;
    int64_t reference; /* the one person asked for; 0: none in particular */
    int64_t *found;    /* one more than the page has lines: then there is a next page */
    size_t found_count;
    struct people_answer answer;
};

/* --- searching -------------------------------------------------------------------------------- */

static result matches(const struct list_work *work, const struct person_row *row,
                      struct arena scratch, bool *ret_matches, struct err *err)
{
    if (work->sought.text.len == 0 || work->reference != 0) {
        *ret_matches = work->sought.text.len == 0 || row->id == work->reference;
        return result_ok();
    }
    struct identity identity;
    TRY(transaction_identity(work->sitting.transaction, row, &scratch, &identity, err));
    return work->answer.alike
               ? sought_is_alike(&work->sought, identity.name, scratch, ret_matches, err)
               : sought_is(&work->sought, row->id, identity.name, scratch, ret_matches, err);
}

static result scan_rows(struct list_work *work, struct people_filter *filter, bool *ret_last,
                        struct err *err)
{
    struct arena scratch = *work->arena;
    const struct person_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_people(work->sitting.transaction, filter, &scratch, &rows, &count, err));
    struct sitting looking = work->sitting;
    looking.arena = &scratch; /* after the rows */
    for (size_t i = 0; i < count && work->found_count <= work->query->limit; i++) {
        bool hidden = false;
        TRY(sitting_hides(&looking, &rows[i], ACTION_SEE_PEOPLE, &hidden, err));
        bool found = !hidden;
        if (found) {
            TRY(matches(work, &rows[i], scratch, &found, err));
        }
        if (found) {
            work->found[work->found_count++] = rows[i].id;
        }
        filter->after_id = rows[i].id;
    }
    *ret_last = count < ROWS_AT_ONCE || work->found_count > work->query->limit;
    return result_ok();
}

static result scan(struct list_work *work, struct err *err)
{
    struct people_filter filter = work->filter;
    filter.after_id = work->query->after_id;
    filter.limit = ROWS_AT_ONCE;
    bool last = false;
    while (!last) {
        TRY(scan_rows(work, &filter, &last, err));
    }
    return result_ok();
}

/* When nobody has the name, whoever has one that is alike; further pages of those say so. */
static result scan_as_asked(struct list_work *work, struct err *err)
{
    work->answer.alike = work->query->alike && work->sought.text.len > 0 && work->reference == 0;
    TRY(scan(work, err));
    if (work->found_count == 0 && work->query->after_id == 0 && work->sought.text.len > 0 &&
        work->reference == 0 && !work->answer.alike) {
        work->answer.alike = true;
        TRY(scan(work, err));
    }
    work->answer.alike = work->answer.alike && work->found_count > 0;
    return result_ok();
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The fact that says of which State somebody is; rulebooks call it "nationality", under a heading
 * of their choice. */
static uint32_t find_nationality(const struct rulebook *rulebook)
{
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        if (fact->subject == SUBJECT_PERSON && fact->type == FACT_COUNTRY &&
            (str_equal(fact->name, STR("nationality")) ||
             str_ends(fact->name, STR(".nationality")))) {
            return (uint32_t)i;
        }
    }
    return NOT_FOUND_INDEX;
}

static result read_nationality(struct list_work *work, int64_t person, uint32_t nationality,
                               str *ret_code, struct err *err)
{
    *ret_code = STR("");
    if (nationality == NOT_FOUND_INDEX) {
        return result_ok();
    }
    struct arena scratch = *work->arena;
    struct subject_facts facts;
    TRY(facts_of_person_now(&work->sitting, person, &scratch, &facts, err));
    const struct value *value = &facts.values[nationality];
    if (!value->known) {
        return result_ok();
    }
    char code[4];
    country_format((uint16_t)value->number, code);
    *ret_code = arena_copy(work->arena, str_from_c(code));
    return ret_code->at == NULL ? arena_full(err) : result_ok();
}

static result make_lines(struct list_work *work, struct err *err)
{
    const size_t limit = work->query->limit;
    const size_t count = work->found_count < limit ? work->found_count : limit;
    const uint32_t nationality = find_nationality(work->casework->rulebook);
    struct people_line *lines = ARENA_NEW(work->arena, struct people_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(transaction_person(work->sitting.transaction, work->found[i], work->arena,
                               &lines[i].row, err));
        TRY(transaction_identity(work->sitting.transaction, &lines[i].row, work->arena,
                                 &lines[i].identity, err));
        TRY(read_nationality(work, lines[i].row.id, nationality, &lines[i].nationality, err));
    }
    work->answer.lines = lines;
    work->answer.count = count;
    work->answer.next_after_id = work->found_count > limit ? work->found[count - 1] : 0;
    return result_ok();
}

/* --- the query -------------------------------------------------------------------------------- */

static result check_query(const struct people_query *query, struct err *err)
{
    if (query->limit < 1 || query->limit > LINES_MAX) {
        return err_set(err, ERROR_INPUT, "A page of the list has 1 to %d lines", LINES_MAX);
    }
    if (query->after_id < 0) {
        return err_set(err, ERROR_INPUT, "The list begins after an id that is not negative");
    }
    return text_line("What is searched for", query->text, NAME_MAX_BYTES, err).ok
               ? result_ok()
               : err_field(err, "text");
}

/* A text that is somebody's reference finds that person and nobody else. */
static result read_reference(struct list_work *work, struct err *err)
{
    char text[REFERENCE_SIZE];
    struct err failure = {0};
    if (work->query->text.len == 0 || !reference_read(str_trim(work->query->text), text, NULL).ok) {
        return result_ok();
    }
    int64_t id = 0;
    if (transaction_find(work->sitting.transaction, SUBJECT_OF_PERSON, str_from_c(text), &id,
                         &failure)
            .ok) {
        struct arena scratch = *work->arena;
        struct person_row person;
        TRY(transaction_person(work->sitting.transaction, id, &scratch, &person, err));
        work->reference = person.id;
    } else if (failure.code != ERROR_NOT_FOUND) {
        return err_set(err, failure.code, "%s", failure.what);
    }
    return result_ok();
}

static result make_filter(struct list_work *work, struct err *err)
{
    const struct people_query *query = work->query;
    work->filter = (struct people_filter){.stage = query->stage};
    if (query->stage.len > 0 &&
        rulebook_stage(work->casework->rulebook, query->stage) == NOT_FOUND_INDEX) {
        TRY(text_line("The name of the stage", query->stage, FACT_NAME_MAX_BYTES, err));
        return err_set(err, ERROR_INPUT, "The rulebook has no stage \"%.*s\"",
                       STR_ARG(query->stage));
    }
    if (query->hub.len > 0) {
        struct hub_row hub = {.id = 0};
        TRY(sitting_hub(&work->sitting, query->hub, ACTION_SEE_PEOPLE, &hub, err));
        work->filter.hub = hub.id;
    } else if (!may_everywhere(&work->sitting.account, ACTION_SEE_PEOPLE)) {
        work->filter.hub = work->sitting.account.hub;
    }
    return result_ok();
}

static result read_list(struct transaction *transaction, void *context, struct err *err)
{
    struct list_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_PEOPLE,
                     work->arena, err));
    TRY(make_filter(work, err));
    TRY(sitting_count_stages(&work->sitting, &work->answer.stages, &work->answer.stage_count, err));
    TRY(sought_read(&work->sitting, work->query->text, &work->sought, err));
    TRY(read_reference(work, err));
    work->found = ARENA_NEW(work->arena, int64_t, work->query->limit + 1);
    if (work->found == NULL) {
        return arena_full(err);
    }
    const bool sees_some =
        may_everywhere(&work->sitting.account, ACTION_SEE_PEOPLE) || work->filter.hub != 0;
    TRY(sees_some ? scan_as_asked(work, err) : result_ok());
    return make_lines(work, err);
}

result casework_people(const struct casework *casework, const struct caller *caller,
                       const struct people_query *query, struct arena *arena,
                       struct people_answer *ret_answer, struct err *err)
{
    TRY(check_query(query, err));
    struct list_work work = {
        .casework = casework, .caller = caller, .query = query, .arena = arena};
    TRY(store_read(casework->store, read_list, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "list", err));
    *ret_answer = work.answer;
    return result_ok();
}
