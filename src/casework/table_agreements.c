#include "casework/table_agreements.h"

#include "casework/table_label.h"

/* Was the agreement in the register when the edition was made? */
static result is_in_edition(struct sitting *sitting, const struct edition *edition,
                            const struct agreement_row *agreement, bool *ret_is, struct err *err)
{
    instant last;
    TRY(transaction_subject_instant(sitting->transaction, SUBJECT_OF_AGREEMENT, agreement->id,
                                    edition->position, &last, err));
    *ret_is = last.milliseconds != INT64_MIN;
    return result_ok();
}

/* What the fact said on the day the table is as at. */
static result fact_text(struct sitting *sitting, const struct table_plan *plan,
                        const struct planned_dimension *dimension,
                        const struct packed_entry *entries, size_t count, str *ret_text,
                        struct err *err)
{
    const struct packed_entry *entry =
        edition_fact(entries, count, dimension->fact_number, plan->edition.as_of);
    if (entry == NULL ||
        (entry->value.kind == PACKED_WORD && entry->value.number == plan->unknown_word)) {
        *ret_text = STR("Unknown");
        return result_ok();
    }
    if (entry->value.kind == PACKED_WORD) {
        return code_label(sitting, plan, dimension, entry->value.number, ret_text, err);
    }
    *ret_text = packed_value_text(&entry->value, sitting->arena);
    return ret_text->at == NULL ? arena_full(err) : result_ok();
}

static result put_agreement(struct sitting *sitting, const struct table_plan *plan,
                            const struct agreement_row *agreement, str *cells, struct err *err)
{
    struct packed_entry *entries = NULL;
    size_t count = 0;
    TRY(edition_facts(sitting, plan, SUBJECT_OF_AGREEMENT, agreement->id, sitting->arena, &entries,
                      &count, err));
    cells[0] = agreement->reference;
    cells[1] = agreement->partner;
    cells[2] = agreement->title;
    for (size_t i = 0; i < plan->dimension_count; i++) {
        TRY(fact_text(sitting, plan, &plan->dimensions[i], entries, count, &cells[3 + i], err));
    }
    return result_ok();
}

static void put_columns(const struct table_plan *plan, struct sheet *sheet)
{
    sheet_column(sheet, STR("Agreement"), false, true);
    sheet_column(sheet, STR("Partner"), false, false);
    sheet_column(sheet, STR("About"), false, false);
    for (size_t i = 0; i < plan->dimension_count; i++) {
        sheet_column(sheet, dimension_title(plan, &plan->dimensions[i]), false, false);
    }
}

result table_agreements(struct sitting *sitting, const struct table_plan *plan,
                        struct sheet *ret_sheet, struct err *err)
{
    const struct agreement_row *agreements = NULL;
    size_t count = 0;
    const bool sees_all = may_everywhere(&sitting->account, ACTION_SEE_CONFIDENTIAL);
    *ret_sheet = (struct sheet){.name = plan->definition->name, .title = plan->definition->title};
    put_columns(plan, ret_sheet);
    TRY(transaction_agreements(sitting->transaction, sitting->arena, &agreements, &count, err));
    str *cells = ARENA_NEW(sitting->arena, str, count * ret_sheet->column_count + 1);
    if (cells == NULL) {
        return arena_full(err);
    }
    ret_sheet->cells = cells;
    for (size_t i = 0; i < count; i++) {
        bool is_in = false;
        TRY(is_in_edition(sitting, &plan->edition, &agreements[i], &is_in, err));
        if (is_in && (sees_all || !agreements[i].confidential)) {
            TRY(put_agreement(sitting, plan, &agreements[i],
                              cells + ret_sheet->row_count * ret_sheet->column_count, err));
            ret_sheet->row_count++;
        }
    }
    return result_ok();
}
