#include "counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FILES_MAX = 16 };

static void must(result done, const struct err *err)
{
    if (!done.ok) {
        fail_msg("%s (%s)", err->what, err->hint);
    }
}

struct definitions counting_definitions(struct office *office, const char *law, bool shown)
{
    struct definition_file files[FILES_MAX];
    struct definitions definitions = {.table_count = 0};
    const str *names = NULL;
    size_t count = 0;
    struct err err = {0};
    const str folder =
        arena_format(&office->perm, "%s/statistics/%s", getenv("RETURNHUB_SOURCE"), law);
    must(system_list_folder(folder.at, STR(".tables"), &office->perm, &names, &count, &err), &err);
    assert_true(count > 0 && count <= FILES_MAX);
    for (size_t i = 0; i < count; i++) {
        files[i].name =
            arena_format(&office->perm, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        must(system_read_file(files[i].name.at, DEFINITION_BYTES_MAX, &office->perm, &files[i].text,
                              &err),
             &err);
    }
    must(definitions_read(files, count, &office->perm, &definitions, &err), &err);
    definitions.policy.suppress_below = shown ? 1 : definitions.policy.suppress_below;
    return definitions;
}

struct sheet counting_table(struct office *office, const struct definitions *definitions,
                            const char *table, const char *from, const char *to,
                            const struct edition_asked *edition)
{
    struct sheet sheet = {.row_count = 0};
    struct err err = {0};
    const struct caller caller = office_caller(office, STATISTICIAN);
    const struct table_asked asked = {.table = str_from_c(table),
                                      .from = str_from_c(from),
                                      .to = str_from_c(to),
                                      .edition = *edition};
    must(casework_table(&office->casework, &caller, definitions, &asked, &office->work, &sheet,
                        &err),
         &err);
    return sheet;
}

struct reconciliation counting_everybody(struct office *office,
                                         const struct definitions *definitions,
                                         const struct edition_asked *edition)
{
    struct reconciliation answer = {.position = 0};
    struct err err = {0};
    const struct caller caller = office_caller(office, STATISTICIAN);
    must(casework_reconcile(&office->casework, &caller, edition, &definitions->policy,
                            &office->work, &answer, &err),
         &err);
    return answer;
}

static str cell_at(const struct sheet *sheet, size_t row, size_t column)
{
    return sheet->cells[row * sheet->column_count + column];
}

static bool row_is(const struct sheet *sheet, size_t row, const char *key)
{
    for (size_t i = 0; i < sheet->key_count; i++) {
        if (str_equal(cell_at(sheet, row, i), str_from_c(key))) {
            return true;
        }
    }
    return false;
}

str counting_cell(const struct sheet *sheet, const char *row, const char *column)
{
    for (size_t i = 0; i < sheet->row_count; i++) {
        for (size_t j = 0; row_is(sheet, i, row) && j < sheet->column_count; j++) {
            if (str_equal(sheet->columns[j], str_from_c(column))) {
                return cell_at(sheet, i, j);
            }
        }
    }
    return STR("");
}

bool counting_has_note(const struct sheet *sheet, const char *label)
{
    for (size_t i = 0; i < sheet->note_count; i++) {
        if (str_equal(sheet->notes[i].label, str_from_c(label)) && sheet->notes[i].text.len > 0) {
            return true;
        }
    }
    return false;
}

void counting_step(struct office *office, int64_t person, const char *step, const char *from,
                   const char *to)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_STEP_TAKEN,
                          .body.step_taken = {.step = str_from_c(step),
                                              .from = str_from_c(from),
                                              .to = str_from_c(to)}};
    office_append(office, &event);
}

void counting_contact(struct office *office, int64_t person)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_CONTACT_CONFIRMED,
                          .body.contact_confirmed = {.source = STR("telephone")}};
    office_append(office, &event);
}

void counting_fact(struct office *office, int64_t person, const char *fact, const char *value)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person,
        .kind = EVENT_FACT_RECORDED,
        .body.fact_recorded = {.fact = str_from_c(fact), .value = str_from_c(value)}};
    office_append(office, &event);
}
