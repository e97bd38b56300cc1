#include "casework/table_sheet.h"

#include "casework/statistics.h"
#include "casework/table_agreements.h"

struct table_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct definitions *definitions;
    const struct table_asked *asked;
    struct arena *arena;
    struct sitting sitting;
    struct edition edition;
    struct sheet sheet;
};

static result no_such_table(const struct definitions *definitions, str name, struct err *err)
{
    const str shown = str_slice(name, 0, 64);
    struct str_nearest nearest = str_nearest_to(shown);
    for (size_t i = 0; i < definitions->table_count; i++) {
        str_nearest_look(&nearest, definitions->tables[i].name);
    }
    result_ignore(err_set(err, ERROR_NOT_FOUND, "There is no table \"%.*s\"", STR_ARG(shown)),
                  "the hint follows");
    return nearest.name.len > 0 ? err_hint(err, "did you mean %.*s?", STR_ARG(nearest.name))
                                : err_hint(err, "returnhub statistics lists the tables");
}

static result make_table(struct transaction *transaction, void *context, struct err *err)
{
    struct table_work *work = context;
    const struct table_definition *definition =
        definitions_table(work->definitions, work->asked->table);
    struct table_plan *plan = ARENA_NEW(work->arena, struct table_plan, 1);
    struct table_counts *counts = ARENA_NEW(work->arena, struct table_counts, 1);
    if (plan == NULL || counts == NULL) {
        return arena_full(err);
    }
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_STATISTICS, work->arena, err));
    if (definition == NULL) {
        return no_such_table(work->definitions, work->asked->table, err);
    }
    TRY(edition_resolve(&work->sitting, &work->asked->edition, &work->edition, err));
    TRY(table_plan_make(&work->sitting, definition, &work->definitions->policy, &work->edition,
                        work->asked->from, work->asked->to, plan, err));
    if (plan->absent.len > 0) {
        return table_sheet_absent(&work->sitting, plan, work->definitions, &work->sheet, err);
    }
    if (definition->basis == BASIS_AGREEMENTS) {
        TRY(table_agreements(&work->sitting, plan, &work->sheet, err));
        return table_sheet_notes(&work->sitting, plan, NULL, work->definitions, &work->sheet, err);
    }
    TRY(table_count_everybody(&work->sitting, plan, work->arena, counts, err));
    return table_sheet_make(&work->sitting, counts, work->definitions, &work->sheet, err);
}

static result run_table(struct table_work *work, struct err *err)
{
    TRY(store_read(work->casework->store, make_table, work, err));
    return sitting_look(&work->sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "statistics", err);
}

result casework_table(const struct casework *casework, const struct caller *caller,
                      const struct definitions *definitions, const struct table_asked *asked,
                      struct arena *arena, struct sheet *ret_sheet, struct err *err)
{
    struct table_work work = {.casework = casework,
                              .caller = caller,
                              .definitions = definitions,
                              .asked = asked,
                              .arena = arena};
    TRY(run_table(&work, err));
    *ret_sheet = work.sheet;
    return result_ok();
}

/* The event of the edition that is compared with is asked for by another name. */
static result run_earlier(struct table_work *was, struct err *err)
{
    struct err problem = {0};
    if (run_table(was, &problem).ok) {
        return result_ok();
    }
    if (str_equal(str_from_c(problem.field), STR("at_position"))) {
        result_ignore(err_field(&problem, "compare_with"), "it is handed on");
    }
    if (err != NULL) {
        *err = problem;
    }
    return (result){.ok = false};
}

result casework_table_differences(const struct casework *casework, const struct caller *caller,
                                  const struct definitions *definitions,
                                  const struct table_asked *asked, int64_t earlier,
                                  struct arena *arena, struct sheet *ret_sheet, struct err *err)
{
    struct table_asked old_asked = *asked;
    struct table_work *works = ARENA_NEW(arena, struct table_work, 2);
    if (asked->from.len == 0 || asked->to.len == 0) {
        result_ignore(
            err_set(err, ERROR_INPUT,
                    "Editions are compared for the same periods: say the first and the last"),
            "its field follows");
        return err_field(err, asked->from.len == 0 ? "from" : "to");
    }
    if (works == NULL) {
        return arena_full(err);
    }
    struct table_work *was = &works[0];
    struct table_work *is = &works[1];
    *is = (struct table_work){.casework = casework,
                              .caller = caller,
                              .definitions = definitions,
                              .asked = asked,
                              .arena = arena};
    *was = *is;
    was->asked = &old_asked;
    TRY(run_table(is, err));
    old_asked.edition = (struct edition_asked){
        .has_position = true, .position = earlier, .has_as_of = true, .as_of = is->edition.as_of};
    TRY(run_earlier(was, err));
    TRY(sheet_differences(&was->sheet, &is->sheet, arena, ret_sheet, err));
    for (size_t i = 0; i < is->sheet.note_count; i++) {
        sheet_note(ret_sheet, is->sheet.notes[i].label.at, is->sheet.notes[i].text);
    }
    sheet_note(ret_sheet, "Compared with",
               arena_format(arena, "the edition after event %lld: what it said is under \"Was\"",
                            (long long)earlier));
    return result_ok();
}
