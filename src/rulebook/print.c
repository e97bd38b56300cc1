#include "rulebook/print.h"

#include "rulebook/printer.h"

static void put_sources_row(const struct printer *printer)
{
    size_t count = 0;
    size_t unverified = 0;
    const struct citation *citations = printer_citations(printer, &count);
    for (size_t i = 0; i < count; i++) {
        unverified += citations[i].source->unverified ? 1 : 0;
    }
    printer_begin_row(printer, "Sources");
    printer_put(printer, arena_format(printer->arena, "%zu cited, of which ", count));
    document_put_link(printer->document, SPAN_STRONG,
                      arena_format(printer->arena, "%zu %s not verified", unverified,
                                   str_noun((int64_t)unverified, "is", "are")),
                      STR("unverified"));
    printer_end_row(printer);
}

static void put_title(const struct printer *printer)
{
    const struct rulebook *rulebook = printer->rulebook;
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&rulebook->identity, identity);
    document_heading(printer->document, 1, STR("title"), rulebook->title);
    printer_begin_rows(printer, STR("This rulebook"));
    printer_row(printer, "Rulebook", rulebook->name);
    printer_row(printer, "In force from", printer_day(printer, rulebook->in_force_from));
    printer_begin_row(printer, "Identity");
    document_put(printer->document, SPAN_NAME, arena_copy(printer->arena, str_from_c(identity)));
    printer_end_row(printer);
    printer_row(printer, "Safeguards",
                arena_format(printer->arena, "%zu, which guard %zu %s between %zu %s",
                             rulebook->safeguard_count, rulebook->step_count,
                             str_noun((int64_t)rulebook->step_count, "step", "steps"),
                             rulebook->stage_count,
                             str_noun((int64_t)rulebook->stage_count, "stage", "stages")));
    put_sources_row(printer);
    document_end(printer->document);
}

static void put_reading(const struct printer *printer)
{
    document_paragraph(
        printer->document,
        STR("This page is made from the text of the rulebook by the program that judges by it. The "
            "identity is the SHA-256 of that text: a rulebook with another identity is another "
            "rulebook. It states what the program refuses to do, and why. It is not legal advice, "
            "and it decides nothing about a person."));
    document_paragraph(
        printer->document,
        STR("A step is taken only when every safeguard that guards it is clear. A safeguard is "
            "clear when its condition is known to be so, barred when it is known not to be so, and "
            "unknown otherwise; what nobody has recorded is unknown, and the unknown clears "
            "nothing."));
    document_begin(printer->document, BLOCK_PARAGRAPH);
    printer_put_c(printer, "A source marked ");
    document_put(printer->document, SPAN_MARK, STR("Not verified"));
    printer_put_c(printer, " was not read in the instrument itself. All of them stand in ");
    document_put_link(printer->document, SPAN_PLAIN, STR("Annex A"), STR("unverified"));
    printer_put_c(printer, ".");
    document_end(printer->document);
}

static void put_signature(const struct printer *printer)
{
    static const char *const lines[] = {"Name", "Role", "Date", "Signature"};
    document_begin(printer->document, BLOCK_PART);
    document_heading(printer->document, 2, STR("statement"), STR("Statement of the reader"));
    document_paragraph(
        printer->document,
        STR("I have read the rulebook with the identity above, each safeguard beside the sources "
            "it cites, and the sources in their text. Except as I have noted on a sheet that I "
            "signed too, each safeguard says what its sources say."));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        document_begin(printer->document, BLOCK_SIGNATURE);
        printer_put_c(printer, lines[i]);
        document_end(printer->document);
    }
    document_end(printer->document);
}

static void put_contents(const struct printer *printer)
{
    document_heading(printer->document, 2, STR(""), STR("Contents"));
    document_begin(printer->document, BLOCK_CONTENTS);
    document_end(printer->document);
}

static struct document_about about(const struct rulebook *rulebook, struct arena *arena)
{
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&rulebook->identity, identity);
    return (struct document_about){
        .language = STR("en-GB"),
        .title = rulebook->title,
        .subject =
            arena_format(arena, "Rulebook %.*s, identity %s", STR_ARG(rulebook->name), identity),
        .running_head =
            arena_format(arena, "Rulebook %.*s, identity %.12s", STR_ARG(rulebook->name), identity),
        .day = rulebook->in_force_from,
    };
}

static void (*const parts[])(const struct printer *) = {
    put_contents,     print_safeguards,  print_stages,
    print_steps,      print_definitions, print_clocks,
    print_calendars,  print_facts,       print_roles_and_notices,
    print_unverified, print_instruments, print_fact_index,
};

void print_rulebook(const struct rulebook *rulebook, struct arena *arena,
                    struct document *ret_document)
{
    const struct printer printer = {.rulebook = rulebook, .document = ret_document, .arena = arena};
    document_init(ret_document, arena, about(rulebook, arena));
    put_title(&printer);
    put_reading(&printer);
    put_signature(&printer);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        document_begin(ret_document, BLOCK_NEW_PAGE);
        document_end(ret_document);
        parts[i](&printer);
    }
}
