#include "rulebook/printer.h"

#include "rulebook/canonical.h"
#include "rulebook/list.h"

enum { ID_KIND_MAX = 16, VALUE_BYTES_MAX = 64 * 1024, CONDITION_BYTES_MAX = 4 * 1024 * 1024 };

static const char *const kind_ids[] = {
    [ITEM_HOLIDAYS] = "holidays",   [ITEM_CALENDAR] = "calendar",     [ITEM_ROLE] = "role",
    [ITEM_NOTICE] = "notice",       [ITEM_STAGE] = "stage",           [ITEM_FACT] = "fact",
    [ITEM_CLOCK] = "clock",         [ITEM_DEFINITION] = "definition", [ITEM_STEP] = "step",
    [ITEM_SAFEGUARD] = "safeguard",
};

str printer_id(const struct printer *printer, enum item_kind kind, str name)
{
    struct buf id;
    buf_init(&id, printer->arena, name.len + ID_KIND_MAX);
    buf_put_c(&id, kind_ids[kind]);
    buf_put_char(&id, '-');
    for (size_t i = 0; i < name.len; i++) {
        buf_put_char(&id, name.at[i] == '.' ? '-' : name.at[i]);
    }
    return buf_str(&id);
}

str printer_day(const struct printer *printer, date day)
{
    char text[20];
    date_format_plain(day, text);
    return arena_copy(printer->arena, str_from_c(text));
}

str printer_count(const struct printer *printer, size_t count, const char *one, const char *many)
{
    return arena_format(printer->arena, "%zu %s", count, count == 1 ? one : many);
}

void printer_section(const struct printer *printer, struct section *section, str title)
{
    if (section->count > 0 && str_equal(section->title, title)) {
        return;
    }
    section->title = title;
    section->count++;
    document_heading(printer->document, 3,
                     arena_format(printer->arena, "%s-section-%zu", section->part, section->count),
                     title.len > 0 ? title : STR("Others"))
        ->listed = true;
}

void printer_put(const struct printer *printer, str text)
{
    document_put(printer->document, SPAN_PLAIN, text);
}

void printer_put_c(const struct printer *printer, const char *text)
{
    printer_put(printer, str_from_c(text));
}

/* What an item is called, and its name. */
struct called {
    str name;
    str title;
};

static struct called called(const struct printer *printer, enum item_kind kind, uint32_t item)
{
    const struct rulebook *rulebook = printer->rulebook;
    switch (kind) {
    case ITEM_HOLIDAYS:
        return (struct called){rulebook->holiday_lists[item].name,
                               rulebook->holiday_lists[item].title};
    case ITEM_CALENDAR:
        return (struct called){rulebook->calendars[item].calendar.name,
                               rulebook->calendars[item].title};
    case ITEM_ROLE:
        return (struct called){rulebook->roles[item].name, rulebook->roles[item].title};
    case ITEM_NOTICE:
        return (struct called){rulebook->notices[item].name, rulebook->notices[item].title};
    case ITEM_STAGE:
        return (struct called){rulebook->stages[item].name, rulebook->stages[item].title};
    case ITEM_FACT:
        return (struct called){rulebook->facts[item].name, rulebook->facts[item].title};
    case ITEM_CLOCK:
        return (struct called){rulebook->clocks[item].name, rulebook->clocks[item].title};
    case ITEM_DEFINITION:
        return (struct called){rulebook->definitions[item].name, rulebook->definitions[item].title};
    case ITEM_STEP:
        return (struct called){rulebook->steps[item].name, rulebook->steps[item].title};
    case ITEM_SAFEGUARD:
        return (struct called){rulebook->safeguards[item].name,
                               arena_format(printer->arena, "%u. %.*s", item + 1,
                                            STR_ARG(rulebook->safeguards[item].title))};
    }
    return (struct called){STR(""), STR("")};
}

void printer_put_item(const struct printer *printer, enum item_kind kind, uint32_t item)
{
    const struct called it = called(printer, kind, item);
    document_put_link(printer->document, SPAN_PLAIN, it.title, printer_id(printer, kind, it.name));
}

void printer_put_items(const struct printer *printer, enum item_kind kind, const uint32_t *items,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printer_put_c(printer, i == 0 ? "" : "; ");
        printer_put_item(printer, kind, items[i]);
    }
}

void printer_put_source(const struct printer *printer, const struct source *source)
{
    printer_put(printer, source->text);
    if (source->unverified) {
        printer_put_c(printer, " ");
        document_put(printer->document, SPAN_MARK, STR("Not verified"));
    }
}

void printer_begin_rows(const struct printer *printer, str called_so)
{
    static const int32_t widths[] = {220, 780};
    document_table(printer->document, called_so, widths, NULL, 2)->rows_named = true;
}

void printer_begin_row(const struct printer *printer, const char *label)
{
    document_begin(printer->document, BLOCK_ROW);
    document_cell(printer->document, str_from_c(label));
    document_begin(printer->document, BLOCK_CELL);
}

void printer_end_row(const struct printer *printer)
{
    document_end(printer->document);
    document_end(printer->document);
}

void printer_row(const struct printer *printer, const char *label, str words)
{
    printer_begin_row(printer, label);
    printer_put(printer, words);
    printer_end_row(printer);
}

void printer_source_rows(const struct printer *printer, const struct source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printer_begin_row(printer, "Source");
        printer_put_source(printer, &sources[i]);
        printer_end_row(printer);
    }
}

void printer_as_written(const struct printer *printer, const char *keyword, node_index condition)
{
    struct buf buf;
    buf_init(&buf, printer->arena, CONDITION_BYTES_MAX);
    buf_put_c(&buf, keyword);
    canonical_condition(printer->rulebook, condition, &buf);
    printer->document->failed = printer->document->failed || buf.failed;
    document_begin(printer->document, BLOCK_PARAGRAPH);
    document_put(printer->document, SPAN_SMALL, STR("As written: "));
    document_put(printer->document, SPAN_NAME, buf_str(&buf));
    document_end(printer->document);
}

void printer_put_title(const struct printer *printer, uint32_t fact)
{
    const str title = printer->rulebook->facts[fact].title;
    printer_put(printer, title);
    printer_put_c(printer, str_ends(title, STR("?")) ? " " : ": ");
}

void printer_put_given(const struct printer *printer, const struct given *given)
{
    const struct fact *fact = &printer->rulebook->facts[given->fact];
    struct buf value;
    buf_init(&value, printer->arena, VALUE_BYTES_MAX);
    value_format_plain(printer->rulebook, fact, &given->value, &value);
    printer_put_title(printer, given->fact);
    document_put(printer->document, SPAN_STRONG, value.failed ? STR("...") : buf_str(&value));
}

/* Citations. */

static void add_citations(const struct printer *printer, struct list *list, enum item_kind kind,
                          uint32_t item, const struct source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct citation *citation = LIST_ADD(list, struct citation, printer->arena);
        if (citation == NULL) {
            printer->document->failed = true;
            return;
        }
        *citation = (struct citation){.source = &sources[i], .kind = kind, .item = item};
    }
}

#define ADD_CITATIONS(kind, items, item_count)                                                     \
    for (uint32_t i = 0; i < (item_count); i++) {                                                  \
        add_citations(printer, &list, (kind), i, (items)[i].sources, (items)[i].source_count);     \
    }

const struct citation *printer_citations(const struct printer *printer, size_t *ret_count)
{
    const struct rulebook *rulebook = printer->rulebook;
    struct list list = {0};
    ADD_CITATIONS(ITEM_SAFEGUARD, rulebook->safeguards, rulebook->safeguard_count)
    ADD_CITATIONS(ITEM_STAGE, rulebook->stages, rulebook->stage_count)
    ADD_CITATIONS(ITEM_STEP, rulebook->steps, rulebook->step_count)
    ADD_CITATIONS(ITEM_DEFINITION, rulebook->definitions, rulebook->definition_count)
    ADD_CITATIONS(ITEM_CLOCK, rulebook->clocks, rulebook->clock_count)
    ADD_CITATIONS(ITEM_CALENDAR, rulebook->calendars, rulebook->calendar_count)
    ADD_CITATIONS(ITEM_HOLIDAYS, rulebook->holiday_lists, rulebook->holiday_list_count)
    ADD_CITATIONS(ITEM_FACT, rulebook->facts, rulebook->fact_count)
    ADD_CITATIONS(ITEM_NOTICE, rulebook->notices, rulebook->notice_count)
    *ret_count = list.count;
    return list.items;
}
