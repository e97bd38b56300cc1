#include "casework/refusal.h"

enum {
    REFUSAL_BYTES_MAX = 64 * 1024,
    LEAVES_MAX = 8,  /* facts told for each safeguard; the whole tree is in the explanation */
    CHANGES_MAX = 3, /* ways to change it, likewise */
};

struct leaves {
    const struct reason *items[LEAVES_MAX];
    size_t count;
};

static bool is_told(const struct leaves *leaves, const struct reason *leaf)
{
    for (size_t i = 0; i < leaves->count; i++) {
        if (leaves->items[i]->fact == leaf->fact && leaves->items[i]->member == leaf->member) {
            return true;
        }
    }
    return false;
}

/* Conditions nest as deep as the rulebook allows (RULEBOOK_NESTING_MAX), so the recursion is
 * bounded. */
static void collect_leaves(const struct reason *reason, struct leaves *leaves)
{
    if (reason->kind == REASON_FACT && leaves->count < LEAVES_MAX && !is_told(leaves, reason)) {
        leaves->items[leaves->count++] = reason;
    }
    for (size_t i = 0; i < reason->child_count; i++) {
        collect_leaves(&reason->children[i], leaves);
    }
}

static str fact_title(const struct rulebook *rulebook, uint32_t fact)
{
    const str title = rulebook->facts[fact].title;
    return title.len > 0 ? title : rulebook->facts[fact].name;
}

static void put_facts(const struct rulebook *rulebook, const struct reason *condition,
                      struct buf *buf)
{
    struct leaves leaves = {.count = 0};
    if (condition != NULL) {
        collect_leaves(condition, &leaves);
    }
    for (size_t i = 0; i < leaves.count; i++) {
        const struct fact *fact = &rulebook->facts[leaves.items[i]->fact];
        buf_put_c(buf, i == 0 ? " On record: " : "; ");
        buf_put(buf, fact_title(rulebook, leaves.items[i]->fact));
        buf_put_c(buf, ": ");
        value_format_plain(rulebook, fact, &leaves.items[i]->value, buf);
    }
    buf_put_c(buf, leaves.count > 0 ? "." : "");
}

static void put_change(const struct rulebook *rulebook, const struct change *change,
                       struct buf *buf)
{
    char day[20];
    switch (change->kind) {
    case CHANGE_FACT_KNOWN:
        buf_put_c(buf, "recording \"");
        buf_put(buf, fact_title(rulebook, change->fact));
        buf_put_c(buf, "\", which is not known");
        break;
    case CHANGE_FACT_VALUE:
        buf_put_c(buf, "\"");
        buf_put(buf, fact_title(rulebook, change->fact));
        buf_put_c(buf, "\" being: ");
        value_format_plain(rulebook, &rulebook->facts[change->fact], &change->value, buf);
        break;
    case CHANGE_WAIT:
        date_format_plain(change->day, day);
        buf_put_c(buf, "waiting until ");
        buf_put_c(buf, day);
        break;
    }
}

static void put_changes(const struct rulebook *rulebook,
                        const struct safeguard_explanation *safeguard, struct buf *buf)
{
    for (size_t i = 0; i < safeguard->change_count && i < CHANGES_MAX; i++) {
        buf_put_c(buf, i == 0 ? " What would change this: " : ", or ");
        put_change(rulebook, &safeguard->changes[i], buf);
    }
    buf_put_c(buf, safeguard->change_count > 0 ? "." : "");
}

static void put_safeguard(const struct rulebook *rulebook,
                          const struct safeguard_explanation *explained, struct buf *buf)
{
    const struct safeguard *safeguard = &rulebook->safeguards[explained->safeguard];
    buf_put_c(buf, explained->clearance == CLEARANCE_UNKNOWN
                       ? " It is not known whether this is in the way: "
                       : " ");
    buf_put(buf, safeguard->reason);
    buf_put_c(buf, " (");
    buf_put(buf, safeguard->source_count > 0 ? safeguard->sources[0].text : safeguard->name);
    buf_put_c(buf, ").");
    put_facts(rulebook, explained->condition, buf);
    put_changes(rulebook, explained, buf);
}

result refusal_text(const struct rulebook *rulebook, const struct explanation *explanation,
                    struct arena *arena, str *ret_text, struct err *err)
{
    ASSERT(explanation->clearance != CLEARANCE_CLEAR);
    struct buf buf;
    buf_init(&buf, arena, REFUSAL_BYTES_MAX);
    buf_put(&buf, rulebook->steps[explanation->step].title);
    buf_put_c(&buf, " is not allowed:");
    for (size_t i = 0; i < explanation->safeguard_count; i++) {
        if (explanation->safeguards[i].clearance != CLEARANCE_CLEAR) {
            put_safeguard(rulebook, &explanation->safeguards[i], &buf);
        }
    }
    return buf_finish(&buf, ret_text, err);
}
