#include "book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FIELDS_MAX = 16 };

void book_office_open(struct office *office)
{
    char rules[400];
    const char *source = getenv("RETURNHUB_SOURCE");
    snprintf(rules, sizeof rules, "%s/tests/casework/rules_of_books",
             source == NULL ? "." : source);
    office_open_with(office, rules);
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.capped", "no").ok);
    assert_true(office_record(office, SENIOR, AGREEMENT, "agreement.intake_limited", "no").ok);
}

static void day_text(struct known_day day, char text[11])
{
    text[0] = '\0';
    if (day.known) {
        date_format(day.day, text);
    }
}

static struct written written_of(result done, const struct err *err,
                                 const struct entry_answer *answer)
{
    struct written written = {.ok = done.ok};
    if (!done.ok) {
        written.err = *err;
        return written;
    }
    written.entry = answer->row.id;
    snprintf(written.state, sizeof written.state, "%.*s", STR_ARG(answer->row.state));
    day_text(answer->row.due_on, written.due);
    written.duty_count = answer->duty_count;
    for (size_t i = 0; i < answer->duty_count && i < 8; i++) {
        written.duties[i] = answer->duties[i].id;
        day_text(answer->duties[i].due_on, written.duty_due[i]);
    }
    written.stopped_count = answer->stopped_count;
    written.stopped = answer->stopped_count > 0 ? answer->stopped[0].request : 0;
    written.repeated = answer->repeated;
    return written;
}

static size_t fields_of(const struct field *fields, struct book_field *list)
{
    size_t count = 0;
    for (; fields[count].name != NULL; count++) {
        assert_true(count < FIELDS_MAX);
        list[count] = (struct book_field){.name = str_from_c(fields[count].name),
                                          .value = str_from_c(fields[count].value)};
    }
    return count;
}

struct written book_open_with(struct office *office, const struct caller *caller,
                              struct new_entry entry, const struct field *fields)
{
    struct err err = {0};
    struct entry_answer answer = {0};
    struct book_field list[FIELDS_MAX];
    entry.field_count = fields_of(fields, list);
    entry.fields = list;
    arena_reset(&office->work);
    const result done =
        casework_open_entry(&office->casework, caller, &entry, &office->work, &answer, &err);
    return written_of(done, &err, &answer);
}

struct written book_open(struct office *office, enum account_name account, const char *kind,
                         const char *about, const struct field *fields)
{
    const struct caller caller = office_caller(office, account);
    return book_open_with(office, &caller,
                          (struct new_entry){.kind = str_from_c(kind), .about = str_from_c(about)},
                          fields);
}

struct written book_change_with(struct office *office, const struct caller *caller,
                                struct entry_wanted wanted, const struct field *fields)
{
    struct err err = {0};
    struct entry_answer answer = {0};
    struct book_field list[FIELDS_MAX];
    wanted.field_count = fields_of(fields, list);
    wanted.fields = list;
    arena_reset(&office->work);
    const result done =
        casework_change_entry(&office->casework, caller, &wanted, &office->work, &answer, &err);
    return written_of(done, &err, &answer);
}

struct written book_change(struct office *office, enum account_name account, int64_t entry,
                           enum entry_wish wish, const char *state, const struct field *fields)
{
    const struct caller caller = office_caller(office, account);
    return book_change_with(
        office, &caller,
        (struct entry_wanted){.entry = entry, .wish = wish, .state = str_from_c(state)}, fields);
}

size_t book_count(struct office *office, enum account_name account, struct book_query query)
{
    struct err err = {0};
    const struct book_line *lines = NULL;
    size_t count = 0;
    const struct caller caller = office_caller(office, account);
    query.limit = query.limit == 0 ? BOOK_ENTRIES_MAX : query.limit;
    arena_reset(&office->work);
    if (!casework_entries(&office->casework, &caller, &query, &office->work, &lines, &count, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return count;
}

struct book_total book_total_of(struct office *office, enum account_name account,
                                enum entry_kind kind, const char *about, const char *journey)
{
    struct err err = {0};
    const struct book_total_line *lines = NULL;
    size_t count = 0;
    const struct caller caller = office_caller(office, account);
    const struct book_query query = {.limit = BOOK_ENTRIES_MAX};
    arena_reset(&office->work);
    if (!casework_book_totals(&office->casework, &caller, &query, about != NULL, &office->work,
                              &lines, &count, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    for (size_t i = 0; i < count; i++) {
        const bool asked = about == NULL || (str_equal(lines[i].about, str_from_c(about)) &&
                                             str_equal(lines[i].journey, str_from_c(journey)));
        if (lines[i].total.kind == kind && asked) {
            return lines[i].total;
        }
    }
    return (struct book_total){.kind = kind};
}
