/* Safeguards, each rule beside its source, and examples. */
#include "rulebook/printer.h"

static void put_new_line(const struct printer *printer, bool wanted)
{
    if (wanted) {
        document_put(printer->document, SPAN_NEW_LINE, STR(""));
    }
}

static void put_example_given(const struct printer *printer, const struct example *example)
{
    bool any = false;
    if (example->has_day) {
        printer_put(printer, arena_format(printer->arena, "On %.*s",
                                          STR_ARG(printer_day(printer, example->day))));
        any = true;
    }
    for (size_t i = 0; i < example->given_count; i++) {
        put_new_line(printer, any);
        printer_put_given(printer, &example->given[i]);
        any = true;
    }
    for (size_t i = 0; i < example->member_count; i++) {
        put_new_line(printer, any);
        printer_put_c(printer, "A member of the family:");
        for (size_t k = 0; k < example->members[i].given_count; k++) {
            printer_put_c(printer, k == 0 ? " " : "; ");
            printer_put_given(printer, &example->members[i].given[k]);
        }
        any = true;
    }
    printer_put_c(printer, any ? "" : "Nothing is known");
}

static void put_example_outcome(const struct printer *printer, const struct example *example)
{
    static const char *const outcomes[] = {[CLEARANCE_CLEAR] = "Clear",
                                           [CLEARANCE_BARRED] = "Barred",
                                           [CLEARANCE_UNKNOWN] = "Unknown"};
    str outcome = str_from_c(outcomes[example->expected]);
    if (example->of_clock) {
        outcome = example->has_last_day ? printer_day(printer, example->last_day) : STR("Unknown");
    }
    document_put(printer->document, SPAN_STRONG, outcome);
    if (example->need_count > 0) {
        printer_put_c(printer, "; still to be known: ");
        printer_put_items(printer, ITEM_FACT, example->needs, example->need_count);
    }
}

static void put_example(const struct printer *printer, const struct example *example)
{
    document_begin(printer->document, BLOCK_ROW);
    document_cell(printer->document, example->title);
    document_begin(printer->document, BLOCK_CELL);
    put_example_given(printer, example);
    document_end(printer->document);
    document_begin(printer->document, BLOCK_CELL);
    put_example_outcome(printer, example);
    document_end(printer->document);
    document_end(printer->document);
}

void printer_examples(const struct printer *printer, bool of_clock, uint32_t item, str name)
{
    static const int32_t widths[] = {270, 510, 220};
    static const char *const of_safeguard[] = {"Example", "Given", "Then the step is"};
    static const char *const of_time[] = {"Example", "Given", "Then the last day is"};
    const struct rulebook *rulebook = printer->rulebook;
    bool any = false;
    for (size_t i = 0; i < rulebook->example_count; i++) {
        const struct example *example = &rulebook->examples[i];
        if (example->of_clock != of_clock || example->item != item) {
            continue;
        }
        if (!any) {
            const str called = arena_format(printer->arena, "Examples of %.*s", STR_ARG(name));
            document_table(printer->document, called, widths, of_clock ? of_time : of_safeguard, 3)
                ->rows_named = true;
            any = true;
        }
        put_example(printer, example);
    }
    if (any) {
        document_end(printer->document);
    }
}

static void put_strong_paragraph(const struct printer *printer, const char *text)
{
    document_begin(printer->document, BLOCK_PARAGRAPH);
    document_put(printer->document, SPAN_STRONG, str_from_c(text));
    document_end(printer->document);
}

static void put_rule(const struct printer *printer, const struct safeguard *safeguard)
{
    document_begin(printer->document, BLOCK_COLUMN);
    put_strong_paragraph(printer, "What the rule says");
    document_begin(printer->document, BLOCK_PARAGRAPH);
    printer_put_c(printer, "Reason: ");
    printer_put(printer, safeguard->reason);
    document_end(printer->document);
    printer_condition(printer, "A step is clear only when ", safeguard->clear_when);
    document_end(printer->document);
}

static void put_sources(const struct printer *printer, const struct safeguard *safeguard)
{
    document_begin(printer->document, BLOCK_COLUMN);
    put_strong_paragraph(printer,
                         str_noun((int64_t)safeguard->source_count, "Its source", "Its sources"));
    for (size_t i = 0; i < safeguard->source_count; i++) {
        document_begin(printer->document, BLOCK_PARAGRAPH);
        printer_put_source(printer, &safeguard->sources[i]);
        document_end(printer->document);
    }
    document_end(printer->document);
}

static void put_safeguard(const struct printer *printer, uint32_t index)
{
    static const int32_t widths[] = {600, 400};
    const struct safeguard *safeguard = &printer->rulebook->safeguards[index];
    document_begin(printer->document, BLOCK_PART);
    document_heading(
        printer->document, 4, printer_id(printer, ITEM_SAFEGUARD, safeguard->name),
        arena_format(printer->arena, "%u. %.*s", index + 1, STR_ARG(safeguard->title)));
    struct block *columns = document_begin(printer->document, BLOCK_COLUMNS);
    columns->width_count = 2;
    columns->widths[0] = widths[0];
    columns->widths[1] = widths[1];
    put_rule(printer, safeguard);
    put_sources(printer, safeguard);
    document_end(printer->document);
    document_begin(printer->document, BLOCK_PARAGRAPH);
    document_put(printer->document, SPAN_STRONG, STR("Guards: "));
    printer_put_items(printer, ITEM_STEP, safeguard->guards, safeguard->guard_count);
    printer_put_c(printer, ".");
    document_end(printer->document);
    printer_as_written(
        printer,
        arena_format(printer->arena, "safeguard %.*s clear when ", STR_ARG(safeguard->name)).at,
        safeguard->clear_when);
    printer_examples(printer, false, index, safeguard->name);
    document_end(printer->document);
}

void print_safeguards(const struct printer *printer)
{
    struct section section = {.part = "safeguards"};
    document_heading(printer->document, 2, STR("safeguards"), STR("Safeguards"));
    for (uint32_t i = 0; i < printer->rulebook->safeguard_count; i++) {
        printer_section(printer, &section, printer->rulebook->safeguards[i].section);
        put_safeguard(printer, i);
    }
}
