/* printer: what the files print_*.c share. Internal to print.c. */
#ifndef RETURNHUB_RULEBOOK_PRINTER_H
#define RETURNHUB_RULEBOOK_PRINTER_H

#include "rulebook/condition.h"
#include "rulebook/example.h"
#include "rulebook/names.h"
#include "rulebook/print.h"

struct printer {
    const struct rulebook *rulebook;
    struct document *document;
    struct arena *arena;
};

/* "safeguard-no_appeal_open": where the item stands. */
str printer_id(const struct printer *printer, enum item_kind kind, str name);
str printer_day(const struct printer *printer, date day);
/* A number and what is counted, "1 step", "2 steps". */
str printer_count(const struct printer *printer, size_t count, const char *one, const char *many);

/* The section whose items are being printed. */
struct section {
    const char *part; /* of the document: "steps" */
    str title;
    size_t count;
};
/* A heading of level 3 when another section begins; "" are the others. */
void printer_section(const struct printer *printer, struct section *section, str title);

/* Words into the open block. */
void printer_put(const struct printer *printer, str text);
void printer_put_c(const struct printer *printer, const char *text);
/* The item's title, or its name where it has none, leading to the item. */
void printer_put_item(const struct printer *printer, enum item_kind kind, uint32_t item);
void printer_put_source(const struct printer *printer, const struct source *source);

/* Items with "; " between them. */
void printer_put_items(const struct printer *printer, enum item_kind kind, const uint32_t *items,
                       size_t count);

/* A row of a table with two cells: what it is called, and its words. The second form leaves the
 * second cell open; close it with printer_end_row. */
void printer_row(const struct printer *printer, const char *label, str words);
void printer_begin_row(const struct printer *printer, const char *label);
void printer_end_row(const struct printer *printer);
void printer_source_rows(const struct printer *printer, const struct source *sources, size_t count);
/* The table for such rows. */
void printer_begin_rows(const struct printer *printer, str called);

/* Blocks that say a condition in words: "`lead` all of these are so:" and a list. */
void printer_condition(const struct printer *printer, const char *lead, node_index condition);
/* A value, a duration, in words, into the open block. */
void printer_put_value(const struct printer *printer, node_index value);
void printer_put_duration(const struct printer *printer, const struct duration *duration);
/* A paragraph with the condition as it is written in the text. */
void printer_as_written(const struct printer *printer, const char *keyword, node_index condition);
/* The table of the examples of a safeguard or a clock. */
void printer_examples(const struct printer *printer, bool of_clock, uint32_t item, str name);
/* "Title: ", and "Title? " of a title that asks. */
void printer_put_title(const struct printer *printer, uint32_t fact);
/* What an example or a step sets: the fact and its value. */
void printer_put_given(const struct printer *printer, const struct given *given);

/* The parts of the document, in its order. */
void print_safeguards(const struct printer *printer);
void print_stages(const struct printer *printer);
void print_steps(const struct printer *printer);
void print_definitions(const struct printer *printer);
void print_clocks(const struct printer *printer);
void print_calendars(const struct printer *printer);
void print_facts(const struct printer *printer);
void print_roles_and_notices(const struct printer *printer);
void print_unverified(const struct printer *printer);
void print_instruments(const struct printer *printer);
void print_fact_index(const struct printer *printer);

/* Every source of the rulebook, with the item it belongs to. */
struct citation {
    const struct source *source;
    enum item_kind kind;
    uint32_t item;
};
/* In the order of the kinds and the text; NULL, and the document failed, when there is no room. */
const struct citation *printer_citations(const struct printer *printer, size_t *ret_count);

#endif
