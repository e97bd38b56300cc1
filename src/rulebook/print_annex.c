/* The annexes: what is not verified, the instruments cited, the facts by name. */
#include "rulebook/printer.h"

#include <stdlib.h>

void print_unverified(const struct printer *printer)
{
    static const int32_t widths[] = {620, 380};
    static const char *const headings[] = {"Source", "Where it is cited"};
    size_t count = 0;
    size_t unverified = 0;
    const struct citation *citations = printer_citations(printer, &count);
    document_heading(printer->document, 2, STR("unverified"),
                     STR("Annex A. Sources that are not verified"));
    document_paragraph(printer->document,
                       STR("Nobody has yet read these in the instrument itself. Read them in their "
                           "current text first."));
    document_table(printer->document, STR("Sources that are not verified"), widths, headings, 2);
    for (size_t i = 0; i < count; i++) {
        if (citations[i].source->unverified) {
            document_begin(printer->document, BLOCK_ROW);
            document_begin(printer->document, BLOCK_CELL);
            printer_put_source(printer, citations[i].source);
            document_end(printer->document);
            document_begin(printer->document, BLOCK_CELL);
            printer_put_item(printer, citations[i].kind, citations[i].item);
            document_end(printer->document);
            document_end(printer->document);
            unverified++;
        }
    }
    document_end(printer->document);
    if (unverified == 0) {
        document_paragraph(printer->document, STR("There are none."));
    }
}

/* Instruments. A source names an instrument and, after a comma, a place in it ("s.10", "para 353",
 * "version 3.0"); a source may name several, with semicolons between them. */

struct cited {
    str instrument;
    str place; /* "" for the whole */
    const struct citation *citation;
    size_t order;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A word, perhaps with a point, and a number that is no year: "ss.78", "art. 3", "version 3.0". */
static bool is_place(str text)
{
    size_t at = 0;
    while (at < text.len && is_letter(text.at[at])) {
        at++;
    }
    const bool word = at > 0;
    while (at < text.len && (text.at[at] == '.' || text.at[at] == ' ')) {
        at++;
    }
    size_t digits = 0;
    while (at + digits < text.len && is_digit(text.at[at + digits])) {
        digits++;
    }
    return word && digits > 0 && digits < 4;
}

/* How much of a source names the instrument. */
static size_t instrument_len(str source)
{
    for (size_t i = 1; i + 1 < source.len; i++) {
        const str rest = str_slice(source, i + 2, source.len);
        if (source.at[i] == ',' && source.at[i + 1] == ' ' &&
            (is_place(rest) || str_starts(rest, STR("\"")))) {
            return i;
        }
        if (source.at[i] == ':' && is_digit(source.at[i - 1])) {
            return i;
        }
    }
    return source.len;
}

static size_t split(const struct citation *citation, size_t order, struct cited *cited)
{
    size_t count = 0;
    struct str_cut cut = {.tail = citation->source->text, .found = true};
    while (cut.found) {
        cut = str_cut(cut.tail, ';');
        const str one = str_trim(cut.head);
        const size_t len = instrument_len(one);
        if (cited != NULL) {
            const size_t begin = len < one.len ? len + 1 : len; /* after the comma or colon */
            cited[count] = (struct cited){.instrument = str_slice(one, 0, len),
                                          .place = str_trim(str_slice(one, begin, one.len)),
                                          .citation = citation,
                                          .order = order + count};
        }
        count++;
    }
    return count;
}

static int compare(const void *a, const void *b)
{
    const struct cited *left = a;
    const struct cited *right = b;
    const int names = str_compare(left->instrument, right->instrument);
    return names != 0 ? names : (left->order > right->order) - (left->order < right->order);
}

static const struct cited *all_cited(const struct printer *printer, size_t *ret_count)
{
    size_t citation_count = 0;
    size_t count = 0;
    size_t made = 0;
    const struct citation *citations = printer_citations(printer, &citation_count);
    for (size_t i = 0; i < citation_count; i++) {
        count += split(&citations[i], 0, NULL);
    }
    struct cited *cited = ARENA_NEW(printer->arena, struct cited, count);
    *ret_count = cited == NULL ? 0 : count;
    if (cited == NULL || count == 0) {
        return NULL;
    }
    for (size_t i = 0; i < citation_count; i++) {
        made += split(&citations[i], made, cited + made);
    }
    qsort(cited, count, sizeof *cited, compare);
    return cited;
}

static void put_citation(const struct printer *printer, const struct cited *cited)
{
    printer_put_item(printer, cited->citation->kind, cited->citation->item);
    if (cited->place.len > 0) {
        printer_put_c(printer, " (");
        printer_put(printer, cited->place);
        printer_put_c(printer, ")");
    }
}

/* Those of an instrument whose kind is a safeguard, or those whose is not. */
static void put_citations(const struct printer *printer, const struct cited *cited, size_t count,
                          bool safeguards)
{
    bool any = false;
    document_begin(printer->document, BLOCK_CELL);
    for (size_t i = 0; i < count; i++) {
        if ((cited[i].citation->kind == ITEM_SAFEGUARD) == safeguards) {
            if (any) {
                document_put(printer->document, SPAN_NEW_LINE, STR(""));
            }
            put_citation(printer, &cited[i]);
            any = true;
        }
    }
    printer_put_c(printer, any ? "" : "None");
    document_end(printer->document);
}

void print_instruments(const struct printer *printer)
{
    static const int32_t widths[] = {340, 360, 300};
    static const char *const headings[] = {"Instrument", "Safeguards that rest on it",
                                           "What else rests on it"};
    size_t count = 0;
    const struct cited *cited = all_cited(printer, &count);
    document_heading(printer->document, 2, STR("instruments"),
                     STR("Annex B. Instruments cited, and what rests on them"));
    document_table(printer->document, STR("Instruments cited"), widths, headings, 3)->rows_named =
        true;
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count && str_equal(cited[begin].instrument, cited[end].instrument)) {
            end++;
        }
        document_begin(printer->document, BLOCK_ROW);
        document_cell(printer->document, cited[begin].instrument);
        put_citations(printer, cited + begin, end - begin, true);
        put_citations(printer, cited + begin, end - begin, false);
        document_end(printer->document);
    }
    document_end(printer->document);
}

void print_fact_index(const struct printer *printer)
{
    static const int32_t widths[] = {430, 570};
    static const char *const headings[] = {"Name in the text", "Fact"};
    const struct name_index *index = &printer->rulebook->names->of[ITEM_FACT];
    document_heading(printer->document, 2, STR("fact-index"), STR("Annex C. Facts by name"));
    document_table(printer->document, STR("Facts by name"), widths, headings, 2)->rows_named = true;
    for (size_t i = 0; i < index->count; i++) {
        document_begin(printer->document, BLOCK_ROW);
        document_begin(printer->document, BLOCK_CELL);
        document_put(printer->document, SPAN_NAME, index->names[i]);
        document_end(printer->document);
        document_begin(printer->document, BLOCK_CELL);
        printer_put_item(printer, ITEM_FACT, index->items[i]);
        document_end(printer->document);
        document_end(printer->document);
    }
    document_end(printer->document);
}
