/* What the safeguards rest on: definitions, clocks, calendars, facts, roles and notices. */
#include "rulebook/printer.h"

static void put_source_paragraphs(const struct printer *printer, const struct source *sources,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        document_begin(printer->document, BLOCK_PARAGRAPH);
        document_put(printer->document, SPAN_STRONG, STR("Source: "));
        printer_put_source(printer, &sources[i]);
        document_end(printer->document);
    }
}

void print_definitions(const struct printer *printer)
{
    document_heading(printer->document, 2, STR("definitions"), STR("Definitions"));
    for (size_t i = 0; i < printer->rulebook->definition_count; i++) {
        const struct definition *definition = &printer->rulebook->definitions[i];
        document_begin(printer->document, BLOCK_PART);
        document_heading(printer->document, 3,
                         printer_id(printer, ITEM_DEFINITION, definition->name), definition->title);
        printer_condition(printer, "This is so when ", definition->condition);
        put_source_paragraphs(printer, definition->sources, definition->source_count);
        printer_as_written(
            printer, arena_format(printer->arena, "define %.*s ", STR_ARG(definition->name)).at,
            definition->condition);
        document_end(printer->document);
    }
}

/* Clocks. */

static void put_run(const struct printer *printer, const struct clock *clock, size_t index)
{
    const struct clock_run *run = &clock->runs[index];
    document_begin(printer->document, BLOCK_PARAGRAPH);
    document_put(printer->document, SPAN_STRONG,
                 index == 0 ? STR("Runs: ") : STR("Otherwise runs: "));
    printer_put_duration(printer, &run->duration);
    printer_put_c(printer, " after ");
    printer_put_value(printer, run->start);
    printer_put_c(printer, ".");
    document_end(printer->document);
    if (run->has_when) {
        printer_condition(printer, "It does so when ", run->when);
        printer_as_written(printer, "when ", run->when);
    }
}

/* Who may extend or suspend it, and for how long. */
static void put_change(const struct printer *printer, const char *what,
                       const struct clock_change *change)
{
    if (change->role == NOT_FOUND_INDEX) {
        return;
    }
    document_begin(printer->document, BLOCK_PARAGRAPH);
    document_put(printer->document, SPAN_STRONG, str_from_c(what));
    printer_put(printer, printer->rulebook->roles[change->role].title);
    if (change->has_most) {
        printer_put_c(printer, ", at most ");
        printer_put_duration(printer, &change->most);
    }
    printer_put_c(printer, ". On record as: ");
    printer_put(printer, printer->rulebook->facts[change->fact].title);
    printer_put_c(printer, ".");
    document_end(printer->document);
}

static void put_clock(const struct printer *printer, uint32_t index)
{
    const struct clock *clock = &printer->rulebook->clocks[index];
    document_begin(printer->document, BLOCK_PART);
    document_heading(printer->document, 3, printer_id(printer, ITEM_CLOCK, clock->name),
                     clock->title);
    for (size_t i = 0; i < clock->run_count; i++) {
        put_run(printer, clock, i);
    }
    if (clock->ends_on_working_day) {
        document_begin(printer->document, BLOCK_PARAGRAPH);
        document_put(printer->document, SPAN_STRONG, STR("Ends: "));
        printer_put_c(printer, "on a working day; a last day that is none moves to the next (");
        printer_put_item(printer, ITEM_CALENDAR, clock->end_calendar);
        printer_put_c(printer, ").");
        document_end(printer->document);
    }
    if (clock->due_to.len > 0) {
        document_begin(printer->document, BLOCK_PARAGRAPH);
        document_put(printer->document, SPAN_STRONG, STR("It is the time to: "));
        printer_put(printer, clock->due_to);
        printer_put_c(printer, ".");
        document_end(printer->document);
    }
    put_change(printer, "Extended by: ", &clock->extension);
    put_change(printer, "Suspended by: ", &clock->suspension);
    if (clock->due_from != NOT_FOUND_INDEX) {
        document_begin(printer->document, BLOCK_PARAGRAPH);
        document_put(printer->document, SPAN_STRONG, STR("Whose duty: "));
        printer_put(printer, printer->rulebook->roles[clock->due_from].title);
        printer_put_c(printer, ". Once the time has expired it is overdue.");
        document_end(printer->document);
        if (clock->done != NOT_FOUND_INDEX) {
            printer_condition(printer, "It is done when ", clock->done);
            printer_as_written(printer, "until ", clock->done);
        }
    }
    put_source_paragraphs(printer, clock->sources, clock->source_count);
    printer_examples(printer, true, index, clock->name);
    document_end(printer->document);
}

void print_clocks(const struct printer *printer)
{
    document_heading(printer->document, 2, STR("clocks"), STR("Clocks"));
    document_paragraph(printer->document,
                       STR("A clock counts from the day after its start, and its last day belongs "
                           "to the time. Where several lines are given, the first whose condition "
                           "is so counts."));
    for (uint32_t i = 0; i < printer->rulebook->clock_count; i++) {
        put_clock(printer, i);
    }
}

/* Calendars. */

static void put_weekend(const struct printer *printer, const struct calendar *calendar)
{
    const char *between = "";
    printer_begin_row(printer, "Never worked");
    for (int day = 0; day < 7; day++) {
        if ((calendar->weekend & 1U << (unsigned)day) != 0) {
            printer_put_c(printer, between);
            printer_put_c(printer, date_weekday_name(day));
            between = ", ";
        }
    }
    printer_end_row(printer);
}

static void put_calendar(const struct printer *printer, const struct calendar_item *item)
{
    document_begin(printer->document, BLOCK_PART);
    document_heading(printer->document, 3, printer_id(printer, ITEM_CALENDAR, item->calendar.name),
                     item->title);
    printer_begin_rows(
        printer, arena_format(printer->arena, "The calendar %.*s", STR_ARG(item->calendar.name)));
    printer_row(printer, "Known",
                arena_format(printer->arena,
                             "From %.*s to %.*s; a sum of days that leaves this range is unknown",
                             STR_ARG(printer_day(printer, item->calendar.from)),
                             STR_ARG(printer_day(printer, item->calendar.until))));
    put_weekend(printer, &item->calendar);
    printer_begin_row(printer, "Holidays");
    printer_put_items(printer, ITEM_HOLIDAYS, item->holiday_lists, item->holiday_list_count);
    printer_end_row(printer);
    printer_source_rows(printer, item->sources, item->source_count);
    document_end(printer->document);
    document_end(printer->document);
}

static str month_and_day(const struct printer *printer, int32_t month, int32_t day)
{
    date shown = {.day = 0};
    result_ignore(date_from_civil((struct civil){2000, month, day}, &shown, NULL),
                  "the parser refused days that no year has");
    const str text = printer_day(printer, shown);
    return str_slice(text, 0, text.len - 5); /* without " 2000" */
}

static str holiday_day(const struct printer *printer, const struct holiday_line *line)
{
    if (!line->every_year) {
        return printer_day(printer, line->day);
    }
    const str first = month_and_day(printer, line->month, line->month_day);
    const str last = month_and_day(printer, line->end_month, line->end_month_day);
    return str_equal(first, last)
               ? arena_format(printer->arena, "Every %.*s", STR_ARG(first))
               : arena_format(printer->arena, "Every %.*s to %.*s", STR_ARG(first), STR_ARG(last));
}

static void put_holidays(const struct printer *printer, const struct holiday_list *list)
{
    static const int32_t widths[] = {350, 650};
    static const char *const headings[] = {"Day", "Holiday"};
    document_begin(printer->document, BLOCK_PART);
    document_heading(printer->document, 3, printer_id(printer, ITEM_HOLIDAYS, list->name),
                     arena_format(printer->arena, "Holidays: %.*s", STR_ARG(list->title)));
    put_source_paragraphs(printer, list->sources, list->source_count);
    document_table(printer->document,
                   arena_format(printer->arena, "Days of %.*s", STR_ARG(list->title)), widths,
                   headings, 2)
        ->rows_named = true;
    for (size_t i = 0; i < list->line_count; i++) {
        document_begin(printer->document, BLOCK_ROW);
        document_cell(printer->document, holiday_day(printer, &list->lines[i]));
        document_cell(printer->document, list->lines[i].name);
        document_end(printer->document);
    }
    document_end(printer->document);
    document_end(printer->document);
}

void print_calendars(const struct printer *printer)
{
    document_heading(printer->document, 2, STR("calendars"), STR("Calendars and holidays"));
    for (size_t i = 0; i < printer->rulebook->calendar_count; i++) {
        put_calendar(printer, &printer->rulebook->calendars[i]);
    }
    for (size_t i = 0; i < printer->rulebook->holiday_list_count; i++) {
        put_holidays(printer, &printer->rulebook->holiday_lists[i]);
    }
}

/* Facts. */

static void put_type(const struct printer *printer, const struct fact *fact)
{
    static const char *const types[] = {
        [FACT_FLAG] = "Yes or no",      [FACT_CHOICE] = "One of: ", [FACT_DATE] = "Date",
        [FACT_NUMBER] = "Whole number", [FACT_COUNTRY] = "Country", [FACT_COUNTRIES] = "Countries",
        [FACT_TEXT] = "Text",
    };
    printer_put_c(printer, types[fact->type]);
    for (size_t i = 0; i < fact->choice_count; i++) {
        printer_put_c(printer, i == 0 ? "" : ", ");
        printer_put(printer, fact->choice_words[i]);
    }
    printer_put_c(printer, fact->counted ? "; counted by the register" : "");
}

static void put_readers(const struct printer *printer, uint32_t fact, bool *read)
{
    const struct rulebook *rulebook = printer->rulebook;
    bool any = false;
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        if (read[(size_t)i * rulebook->fact_count + fact]) {
            if (any) {
                document_put(printer->document, SPAN_NEW_LINE, STR(""));
            }
            printer_put_item(printer, ITEM_SAFEGUARD, i);
            any = true;
        }
    }
    printer_put_c(printer, any ? "" : "No safeguard");
}

static void put_fact(const struct printer *printer, uint32_t index, bool *read)
{
    const struct fact *fact = &printer->rulebook->facts[index];
    struct block *row = document_begin(printer->document, BLOCK_ROW);
    row->id = printer_id(printer, ITEM_FACT, fact->name);
    document_begin(printer->document, BLOCK_CELL);
    printer_put(printer, fact->title);
    document_put(printer->document, SPAN_NEW_LINE, STR(""));
    document_put(printer->document, SPAN_NAME, fact->name);
    document_end(printer->document);
    document_begin(printer->document, BLOCK_CELL);
    put_type(printer, fact);
    if (fact->note.len > 0) {
        document_put(printer->document, SPAN_NEW_LINE, STR(""));
        printer_put_c(printer, "Note: ");
        printer_put(printer, fact->note);
    }
    for (size_t i = 0; i < fact->source_count; i++) {
        document_put(printer->document, SPAN_NEW_LINE, STR(""));
        printer_put_c(printer, "Source: ");
        printer_put_source(printer, &fact->sources[i]);
    }
    document_end(printer->document);
    document_begin(printer->document, BLOCK_CELL);
    put_readers(printer, index, read);
    document_end(printer->document);
    document_end(printer->document);
}

/* Which facts each safeguard reads, through its definitions and clocks: fact_count for each. */
static bool *reads(const struct printer *printer)
{
    const struct rulebook *rulebook = printer->rulebook;
    bool *read = ARENA_NEW(printer->arena, bool, rulebook->safeguard_count * rulebook->fact_count);
    for (uint32_t i = 0; read != NULL && i < rulebook->safeguard_count; i++) {
        judge_reads(rulebook, i, read + (size_t)i * rulebook->fact_count);
    }
    return read;
}

void print_facts(const struct printer *printer)
{
    static const int32_t widths[] = {360, 300, 340};
    static const char *const headings[] = {"Fact", "What may be recorded", "Read by"};
    const struct rulebook *rulebook = printer->rulebook;
    bool *read = reads(printer);
    struct section section = {.part = "facts"};
    document_heading(printer->document, 2, STR("facts"), STR("Facts"));
    document_paragraph(printer->document,
                       STR("A fact whose name begins with hub or agreement belongs to a hub or an "
                           "agreement, every other to a person. What nobody has recorded is "
                           "unknown."));
    if (read == NULL) {
        printer->document->failed = true;
        return;
    }
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const str here = rulebook->facts[i].section;
        const bool first = i == 0 || !str_equal(here, rulebook->facts[i - 1].section);
        printer_section(printer, &section, here);
        if (first) {
            document_table(printer->document,
                           arena_format(printer->arena, "Facts: %.*s", STR_ARG(here)), widths,
                           headings, 3)
                ->rows_named = true;
        }
        put_fact(printer, i, read);
        if (i + 1 == rulebook->fact_count || !str_equal(here, rulebook->facts[i + 1].section)) {
            document_end(printer->document);
        }
    }
}

void print_roles_and_notices(const struct printer *printer)
{
    const struct rulebook *rulebook = printer->rulebook;
    document_heading(printer->document, 2, STR("roles"), STR("Roles and notices"));
    printer_begin_rows(printer, STR("Roles and notices"));
    for (size_t i = 0; i < rulebook->role_count; i++) {
        document_begin(printer->document, BLOCK_ROW)->id =
            printer_id(printer, ITEM_ROLE, rulebook->roles[i].name);
        document_cell(printer->document, STR("Role"));
        document_cell(printer->document, rulebook->roles[i].title);
        document_end(printer->document);
    }
    for (size_t i = 0; i < rulebook->notice_count; i++) {
        const struct notice *notice = &rulebook->notices[i];
        document_begin(printer->document, BLOCK_ROW)->id =
            printer_id(printer, ITEM_NOTICE, notice->name);
        document_cell(printer->document, STR("Notice"));
        document_begin(printer->document, BLOCK_CELL);
        printer_put(printer, notice->title);
        for (size_t k = 0; k < notice->source_count; k++) {
            document_put(printer->document, SPAN_NEW_LINE, STR(""));
            printer_put_c(printer, "Source: ");
            printer_put_source(printer, &notice->sources[k]);
        }
        document_end(printer->document);
        document_end(printer->document);
    }
    document_end(printer->document);
}
