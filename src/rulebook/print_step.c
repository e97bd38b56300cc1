/* Stages, drawn and with the steps that leave them; and the steps one by one. */
#include "rulebook/graph.h"
#include "rulebook/printer.h"

static void put_to(const struct printer *printer, const struct step *step)
{
    if (step->same_stage) {
        printer_put_c(printer, "The same stage");
    } else {
        printer_put_item(printer, ITEM_STAGE, step->to);
    }
}

static void put_approvals(const struct printer *printer, const struct step *step)
{
    printer_put_c(printer, step->approval_count == 0 ? "Nobody: whoever may record it" : "");
    for (size_t i = 0; i < step->approval_count; i++) {
        printer_put_c(printer, i == 0 ? "" : ", then ");
        printer_put_item(printer, ITEM_ROLE, step->approvals[i]);
    }
}

static void put_step_row(const struct printer *printer, uint32_t index)
{
    const struct step *step = &printer->rulebook->steps[index];
    document_begin(printer->document, BLOCK_ROW);
    document_begin(printer->document, BLOCK_CELL);
    printer_put_item(printer, ITEM_STEP, index);
    document_end(printer->document);
    document_begin(printer->document, BLOCK_CELL);
    put_to(printer, step);
    document_end(printer->document);
    document_cell(printer->document,
                  printer_count(printer, step->safeguard_count, "safeguard", "safeguards"));
    document_end(printer->document);
}

static void put_steps_from(const struct printer *printer, uint32_t stage)
{
    static const int32_t widths[] = {450, 380, 170};
    static const char *const headings[] = {"Step", "Leads to", "Guarded by"};
    const struct rulebook *rulebook = printer->rulebook;
    bool any = false;
    for (uint32_t i = 0; i < rulebook->step_count; i++) {
        if (!rulebook_step_leaves(rulebook, &rulebook->steps[i], stage)) {
            continue;
        }
        if (!any) {
            document_table(printer->document,
                           arena_format(printer->arena, "Steps from \xE2\x80\x9C%.*s\xE2\x80\x9D",
                                        STR_ARG(rulebook->stages[stage].title)),
                           widths, headings, 3)
                ->rows_named = true;
            any = true;
        }
        put_step_row(printer, i);
    }
    if (any) {
        document_end(printer->document);
    } else {
        document_paragraph(printer->document, STR("No step leads on from here."));
    }
}

static void put_stage(const struct printer *printer, uint32_t index)
{
    const struct stage *stage = &printer->rulebook->stages[index];
    document_begin(printer->document, BLOCK_PART);
    document_heading(
        printer->document, 3, printer_id(printer, ITEM_STAGE, stage->name),
        arena_format(printer->arena, "Stage %u. %.*s", index + 1, STR_ARG(stage->title)));
    if (stage->start || stage->outcome) {
        document_paragraph(printer->document, stage->start
                                                  ? STR("The start: every record begins here.")
                                                  : STR("An outcome: an end of the procedure."));
    }
    if (stage->whereabouts_unknown) {
        document_paragraph(printer->document,
                           STR("Whereabouts unknown: the case is open, and the statistics count "
                               "these people on a line of their own."));
    }
    for (size_t i = 0; i < stage->source_count; i++) {
        document_begin(printer->document, BLOCK_PARAGRAPH);
        printer_put_c(printer, "Source: ");
        printer_put_source(printer, &stage->sources[i]);
        document_end(printer->document);
    }
    put_steps_from(printer, index);
    document_end(printer->document);
}

void print_stages(const struct printer *printer)
{
    const struct rulebook *rulebook = printer->rulebook;
    document_heading(printer->document, 2, STR("stages"), STR("Stages"));
    const struct drawing *drawing = graph_draw(rulebook, printer->arena);
    if (drawing != NULL) {
        document_paragraph(printer->document, drawing->about);
        document_begin(printer->document, BLOCK_DRAWING)->drawing = drawing;
        document_end(printer->document);
    }
    for (uint32_t i = 0; i < rulebook->stage_count; i++) {
        put_stage(printer, i);
    }
}

static void put_from(const struct printer *printer, const struct step *step)
{
    printer_begin_row(printer, "From");
    printer_put_c(printer, step->from_any ? "Any stage that is not an outcome" : "");
    printer_put_items(printer, ITEM_STAGE, step->from, step->from_count);
    printer_end_row(printer);
    printer_begin_row(printer, "To");
    put_to(printer, step);
    printer_end_row(printer);
}

static void put_asked_with(const struct printer *printer, const struct step *step)
{
    static const char *const places[] = {
        [STEP_PLACE_NONE] = NULL,
        [STEP_PLACE_TAKES] = "Takes one place at the hub",
        [STEP_PLACE_FREES] = "Frees the place at the hub",
    };
    if (step->with_hub || step->with_agreement) {
        printer_row(printer, "Asked with",
                    !step->with_agreement ? STR("A hub")
                    : step->with_hub      ? STR("A hub and an agreement")
                                          : STR("An agreement"));
    }
    if (places[step->place] != NULL) {
        printer_row(printer, "Place", str_from_c(places[step->place]));
    }
}

static void put_serves_and_records(const struct printer *printer, const struct step *step)
{
    if (step->notice_count > 0) {
        printer_begin_row(printer, "Serves");
        printer_put_items(printer, ITEM_NOTICE, step->notices, step->notice_count);
        printer_end_row(printer);
    }
    if (step->record_count == 0) {
        return;
    }
    printer_begin_row(printer, "Records");
    for (size_t i = 0; i < step->record_count; i++) {
        const struct step_record *record = &step->records[i];
        const struct given given = {.fact = record->fact, .value = record->value};
        if (i > 0) {
            document_put(printer->document, SPAN_NEW_LINE, STR(""));
        }
        if (record->today) {
            printer_put_title(printer, record->fact);
            document_put(printer->document, SPAN_STRONG, STR("The day of the step"));
        } else {
            printer_put_given(printer, &given);
        }
    }
    printer_end_row(printer);
}

static void put_guarded_by(const struct printer *printer, const struct step *step)
{
    printer_begin_row(printer, "Guarded by");
    printer_put_c(printer, step->safeguard_count == 0 ? "Nothing" : "");
    for (size_t i = 0; i < step->safeguard_count; i++) {
        if (i > 0) {
            document_put(printer->document, SPAN_NEW_LINE, STR(""));
        }
        printer_put_item(printer, ITEM_SAFEGUARD, step->safeguards[i]);
    }
    printer_end_row(printer);
}

static void put_step(const struct printer *printer, uint32_t index)
{
    const struct step *step = &printer->rulebook->steps[index];
    document_begin(printer->document, BLOCK_PART);
    document_heading(printer->document, 4, printer_id(printer, ITEM_STEP, step->name), step->title);
    printer_begin_rows(printer, arena_format(printer->arena, "The step %.*s", STR_ARG(step->name)));
    put_from(printer, step);
    printer_begin_row(printer, "Approved by");
    put_approvals(printer, step);
    printer_end_row(printer);
    put_asked_with(printer, step);
    put_serves_and_records(printer, step);
    put_guarded_by(printer, step);
    printer_source_rows(printer, step->sources, step->source_count);
    document_end(printer->document);
    document_end(printer->document);
}

void print_steps(const struct printer *printer)
{
    struct section section = {.part = "steps"};
    document_heading(printer->document, 2, STR("steps"), STR("Steps"));
    for (uint32_t i = 0; i < printer->rulebook->step_count; i++) {
        printer_section(printer, &section, printer->rulebook->steps[i].section);
        put_step(printer, i);
    }
}
