#include "casework/table_label.h"

#include "rulebook/names.h"

enum { TITLES_MAX = 16 * 1024 };

str dimension_title(const struct table_plan *plan, const struct planned_dimension *dimension)
{
    static const char *const usual[DIMENSION_KIND_COUNT] = {
        [DIMENSION_AGE] = "Age",
        [DIMENSION_SINCE] = "Time passed",
        [DIMENSION_STEP] = "Step",
        [DIMENSION_STAGE] = "Stage",
        [DIMENSION_STAGE_NOW] = "Stage at the date of the table",
        [DIMENSION_FIRST_OF] = "First of these steps",
        [DIMENSION_LAST_OF] = "Last of these steps",
        [DIMENSION_HUB] = "Hub",
        [DIMENSION_AGREEMENT] = "Agreement",
        [DIMENSION_SAFEGUARD] = "Safeguard in the way",
        [DIMENSION_GROUP] = "Group",
    };
    const struct dimension *definition = dimension->definition;
    if (definition->title.len > 0) {
        return definition->title;
    }
    if (definition->kind == DIMENSION_FACT) {
        return plan->rulebook->facts[dimension->fact].title;
    }
    if (definition->kind == DIMENSION_GROUP && definition->group->title.len > 0) {
        return definition->group->title;
    }
    if (definition->kind == DIMENSION_VALUE) {
        return plan->rulebook->facts[plan->value_fact].title;
    }
    return str_from_c(usual[definition->kind]);
}

static str value_label(const struct table_plan *plan, uint32_t fact, int64_t code,
                       struct arena *arena)
{
    if (code >= code_of_numbers / 2) {
        return arena_format(arena, "%lld", (long long)(code - code_of_numbers));
    }
    const str word = plan->words.words[code];
    const struct fact *of = &plan->rulebook->facts[fact];
    struct value value;
    struct buf label;
    if (!value_parse(plan->rulebook, of, word, arena, &value, NULL).ok) {
        return name_as_title(word, arena); /* of another rulebook */
    }
    buf_init(&label, arena, TITLES_MAX);
    value_format_plain(plan->rulebook, of, &value, &label);
    return buf_str(&label);
}

static str step_label(const struct table_plan *plan, int64_t code)
{
    const str word = plan->words.words[code];
    const uint32_t step = rulebook_step(plan->rulebook, word);
    return step == NOT_FOUND_INDEX ? word : plan->rulebook->steps[step].title;
}

static str safeguard_label(const struct table_plan *plan, int64_t code, struct arena *arena)
{
    const str word = plan->words.words[code];
    const uint32_t safeguard = rulebook_safeguard(plan->rulebook, word);
    return safeguard == NOT_FOUND_INDEX ? name_as_title(word, arena)
                                        : plan->rulebook->safeguards[safeguard].title;
}

static str stage_label(const struct table_plan *plan, int64_t code)
{
    const uint32_t stage = plan->words.stages[code];
    return stage == NOT_FOUND_INDEX ? plan->words.words[code] : plan->rulebook->stages[stage].title;
}

static result agreement_label(struct sitting *sitting, int64_t id, str *ret_label, struct err *err)
{
    struct agreement_row agreement;
    TRY(transaction_agreement(sitting->transaction, id, sitting->arena, &agreement, err));
    *ret_label =
        agreement.confidential && !may_everywhere(&sitting->account, ACTION_SEE_CONFIDENTIAL)
            ? STR("Not announced")
            : agreement.reference;
    return result_ok();
}

static result hub_label(struct sitting *sitting, int64_t id, str *ret_label, struct err *err)
{
    struct hub_row hub;
    struct agreement_row agreement;
    TRY(transaction_hub(sitting->transaction, id, sitting->arena, &hub, err));
    *ret_label = hub.name;
    if (hub.agreement == 0) {
        return result_ok();
    }
    TRY(transaction_agreement(sitting->transaction, hub.agreement, sitting->arena, &agreement,
                              err));
    if (agreement.confidential && !may_everywhere(&sitting->account, ACTION_SEE_CONFIDENTIAL)) {
        *ret_label = STR("Not announced");
    }
    return result_ok();
}

/* What is known to be none, or not known, is said in words of the dimension. */
static str special_label(const struct planned_dimension *dimension, int64_t code)
{
    const enum dimension_kind kind = dimension->definition->kind;
    if (code == CODE_UNKNOWN) {
        return STR("Unknown");
    }
    if (kind == DIMENSION_GROUP) {
        return STR("In no group");
    }
    return kind == DIMENSION_FIRST_OF || kind == DIMENSION_LAST_OF ? STR("None yet") : STR("None");
}

result code_label(struct sitting *sitting, const struct table_plan *plan,
                  const struct planned_dimension *dimension, int64_t code, str *ret_label,
                  struct err *err)
{
    struct arena *arena = sitting->arena;
    if (code == CODE_UNKNOWN || code == CODE_NONE) {
        *ret_label = special_label(dimension, code);
        return result_ok();
    }
    switch (dimension->definition->kind) {
    case DIMENSION_FACT:
        *ret_label = value_label(plan, dimension->fact, code, arena);
        break;
    case DIMENSION_VALUE:
        *ret_label = value_label(plan, plan->value_fact, code, arena);
        break;
    case DIMENSION_AGE:
    case DIMENSION_SINCE:
        *ret_label = band_label(&dimension->definition->bands, (size_t)code - 1, arena);
        break;
    case DIMENSION_STEP:
    case DIMENSION_FIRST_OF:
    case DIMENSION_LAST_OF:
        *ret_label = step_label(plan, code);
        break;
    case DIMENSION_STAGE:
    case DIMENSION_STAGE_NOW:
        *ret_label = stage_label(plan, code);
        break;
    case DIMENSION_GROUP:
        *ret_label = dimension->definition->group->lines[code - 1].label;
        break;
    case DIMENSION_SAFEGUARD:
        *ret_label = safeguard_label(plan, code, arena);
        break;
    case DIMENSION_HUB:
        return hub_label(sitting, code, ret_label, err);
    case DIMENSION_AGREEMENT:
        return agreement_label(sitting, code, ret_label, err);
    case DIMENSION_KIND_COUNT:
        break;
    }
    return ret_label->at == NULL ? arena_full(err) : result_ok();
}

/* --- lists ------------------------------------------------------------------------------------ */

str step_titles(const struct table_plan *plan, const struct name_list *names, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, TITLES_MAX);
    for (size_t i = 0; i < names->count; i++) {
        const uint32_t step = rulebook_step(plan->rulebook, names->items[i]);
        buf_put_c(&buf, i > 0 ? "; " : "");
        buf_put(&buf,
                step == NOT_FOUND_INDEX ? names->items[i] : plan->rulebook->steps[step].title);
    }
    return buf_str(&buf);
}

str stage_titles(const struct table_plan *plan, const struct name_list *names, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, TITLES_MAX);
    for (size_t i = 0; i < names->count; i++) {
        const uint32_t stage = rulebook_stage(plan->rulebook, names->items[i]);
        buf_put_c(&buf, i > 0 ? "; " : "");
        buf_put(&buf,
                stage == NOT_FOUND_INDEX ? names->items[i] : plan->rulebook->stages[stage].title);
    }
    return buf_str(&buf);
}
