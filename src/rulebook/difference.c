#include "rulebook/difference.h"

/* One item of a canonical form: its text, from the left margin to the next item. */
struct item {
    str keyword;
    str name;
    str text;
    bool matched;
};

struct items {
    struct item *items;
    size_t count;
};

static bool begins_item(str line)
{
    return line.len > 0 && line.at[0] != ' ';
}

/* The next item of a text, which then stands behind it. */
static struct item take_item(str *text)
{
    struct str_cut line = str_cut(*text, '\n');
    const struct str_cut keyword = str_cut(line.head, ' ');
    const str name = str_cut(keyword.tail, ' ').head;
    const char *begin = text->at;
    str rest = line.tail;
    while (rest.len > 0 && !begins_item(rest)) {
        rest = str_cut(rest, '\n').tail;
    }
    const size_t len = rest.len > 0 ? (size_t)(rest.at - begin) : text->len;
    *text = rest;
    return (struct item){.keyword = keyword.head, .name = name, .text = {.at = begin, .len = len}};
}

static result take_items(const struct rulebook *rulebook, struct arena *arena,
                         struct items *ret_items, struct err *err)
{
    size_t most = 1;
    for (str rest = rulebook->canonical; rest.len > 0; rest = str_cut(rest, '\n').tail) {
        most += begins_item(rest) ? 1 : 0;
    }
    struct items items = {.items = ARENA_NEW(arena, struct item, most)};
    if (items.items == NULL) {
        return arena_full(err);
    }
    str rest = rulebook->canonical;
    while (rest.len > 0) {
        const struct item item = take_item(&rest);
        /* A heading is no item: what stands under it is. */
        if (!str_equal(item.keyword, STR("section"))) {
            items.items[items.count++] = item;
        }
    }
    *ret_items = items;
    return result_ok();
}

static bool same_item(const struct item *a, const struct item *b)
{
    return str_equal(a->keyword, b->keyword) &&
           (str_equal(a->name, b->name) || str_equal(a->keyword, STR("rulebook")));
}

/* Most items stand where they stood: the search begins there. */
static struct item *find_item(const struct items *items, const struct item *wanted, size_t near)
{
    struct item *found = NULL;
    for (size_t i = 0; i < items->count && found == NULL; i++) {
        struct item *item = &items->items[(near + i) % items->count];
        found = same_item(item, wanted) ? item : NULL;
    }
    return found;
}

/* --- words --------------------------------------------------------------------------------- */

/* Lines that a verdict does not rest on. */
static bool is_words(str line)
{
    return str_starts(line, STR("  source ")) || str_starts(line, STR("  reason ")) ||
           str_starts(line, STR("  example ")) || str_starts(line, STR("    "));
}

/* The next line that is not words alone, "" at the end. */
static str take_line_of_meaning(str *text)
{
    str line = STR("");
    while (text->len > 0) {
        const struct str_cut cut = str_cut(*text, '\n');
        *text = cut.tail;
        line = cut.head;
        if (!is_words(line)) {
            return line;
        }
    }
    return STR("");
}

static bool differ_in_words_only(str a, str b)
{
    bool same = true;
    while (same && (a.len > 0 || b.len > 0)) {
        const str line_a = take_line_of_meaning(&a);
        const str line_b = take_line_of_meaning(&b);
        same = str_equal(line_a, line_b);
    }
    return same;
}

/* --- finding ------------------------------------------------------------------------------- */

static struct difference changed(const struct item *old_item, const struct item *new_item)
{
    return (struct difference){
        .kind = DIFFERENCE_CHANGED,
        .keyword = new_item->keyword,
        .name = new_item->name,
        .old_text = old_item->text,
        .new_text = new_item->text,
        .words_only = differ_in_words_only(old_item->text, new_item->text),
    };
}

static struct difference deleted(const struct item *item)
{
    return (struct difference){.kind = DIFFERENCE_DELETED,
                               .keyword = item->keyword,
                               .name = item->name,
                               .old_text = item->text,
                               .new_text = STR("")};
}

static struct difference added(const struct item *item)
{
    return (struct difference){.kind = DIFFERENCE_ADDED,
                               .keyword = item->keyword,
                               .name = item->name,
                               .old_text = STR(""),
                               .new_text = item->text};
}

result difference_find(const struct rulebook *old_rulebook, const struct rulebook *new_rulebook,
                       struct arena *arena, const struct difference **ret_differences,
                       size_t *ret_count, struct err *err)
{
    struct items old_items;
    struct items new_items;
    TRY(take_items(old_rulebook, arena, &old_items, err));
    TRY(take_items(new_rulebook, arena, &new_items, err));
    struct difference *differences =
        ARENA_NEW(arena, struct difference, old_items.count + new_items.count + 1);
    size_t count = 0;
    if (differences == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < old_items.count; i++) {
        struct item *now = find_item(&new_items, &old_items.items[i], i);
        if (now == NULL) {
            differences[count++] = deleted(&old_items.items[i]);
            continue;
        }
        now->matched = true;
        if (!str_equal(now->text, old_items.items[i].text)) {
            differences[count++] = changed(&old_items.items[i], now);
        }
    }
    for (size_t i = 0; i < new_items.count; i++) {
        if (!new_items.items[i].matched) {
            differences[count++] = added(&new_items.items[i]);
        }
    }
    *ret_differences = differences;
    *ret_count = count;
    return result_ok();
}

const char *difference_kind_name(enum difference_kind kind)
{
    static const char *const names[] = {
        [DIFFERENCE_CHANGED] = "changed",
        [DIFFERENCE_DELETED] = "deleted",
        [DIFFERENCE_ADDED] = "added",
    };
    return names[kind];
}

/* --- lines --------------------------------------------------------------------------------- */

static size_t count_lines(str text)
{
    size_t count = 0;
    for (str rest = text; rest.len > 0; rest = str_cut(rest, '\n').tail) {
        count++;
    }
    return count;
}

static void split_lines(str text, str *lines)
{
    size_t count = 0;
    for (str rest = text; rest.len > 0; rest = str_cut(rest, '\n').tail) {
        lines[count++] = str_cut(rest, '\n').head;
    }
}

static void put_line(struct buf *buf, const char *mark, str line)
{
    buf_put_c(buf, mark);
    buf_put(buf, line);
    buf_put_char(buf, '\n');
}

/* The longest common lines of two texts, by the table of their lengths from each pair of places on.
 */
static void put_by_table(const str *a, size_t a_count, const str *b, size_t b_count,
                         const uint32_t *table, struct buf *buf)
{
    const size_t width = b_count + 1;
    size_t i = 0;
    size_t j = 0;
    while (i < a_count || j < b_count) {
        if (i < a_count && j < b_count && str_equal(a[i], b[j])) {
            put_line(buf, "  ", a[i]);
            i++;
            j++;
        } else if (j == b_count ||
                   (i < a_count && table[(i + 1) * width + j] >= table[i * width + j + 1])) {
            put_line(buf, "- ", a[i++]);
        } else {
            put_line(buf, "+ ", b[j++]);
        }
    }
}

static void fill_table(const str *a, size_t a_count, const str *b, size_t b_count, uint32_t *table)
{
    const size_t width = b_count + 1;
    for (size_t i = a_count; i-- > 0;) {
        for (size_t j = b_count; j-- > 0;) {
            const uint32_t skip_a = table[(i + 1) * width + j];
            const uint32_t skip_b = table[i * width + j + 1];
            table[i * width + j] = str_equal(a[i], b[j]) ? table[(i + 1) * width + j + 1] + 1
                                   : skip_a > skip_b     ? skip_a
                                                         : skip_b;
        }
    }
}

void difference_format(const struct difference *difference, struct arena scratch, struct buf *buf)
{
    const size_t a_count = count_lines(difference->old_text);
    const size_t b_count = count_lines(difference->new_text);
    str *a = ARENA_NEW(&scratch, str, a_count + 1);
    str *b = ARENA_NEW(&scratch, str, b_count + 1);
    uint32_t *table = ARENA_NEW(&scratch, uint32_t, (a_count + 1) * (b_count + 1));
    if (a == NULL || b == NULL || table == NULL) {
        /* Too long to be compared line by line. */
        put_line(buf, "- ", difference->old_text);
        put_line(buf, "+ ", difference->new_text);
        return;
    }
    split_lines(difference->old_text, a);
    split_lines(difference->new_text, b);
    fill_table(a, a_count, b, b_count, table);
    put_by_table(a, a_count, b, b_count, table, buf);
}
