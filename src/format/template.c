/* A template is compiled to a flat array of nodes in the order of the text; a node that has
 * children is followed by them, and its `after` says where they end. Names and text are views of
 * the source.
 *
 * White space is half of the work:
 *  1. A line with one tag that prints nothing by itself (all but values), and otherwise only white
 * space, is standalone: its white space and its line break are not printed. Tags of parents and
 * blocks that touch one another count as one.
 *  2. The white space before a standalone partial or parent is a margin: it is put before every
 * line of the included template. Lines of the template, that is; never inside a value, which may be
 * the text of a <textarea>.
 *  3. The margin of a block whose opening tag is standalone is that of the line after it, where its
 * content begins; or of its own line, if it ends there too. A block put in place of another loses
 * its own margin and gets the other's.
 *  4. A blank line gets no margin.
 */
#include "format/template.h"

#include <stdio.h>
#include <string.h>

enum node_kind {
    NODE_TEXT,
    NODE_VALUE, /* escaped */
    NODE_RAW_VALUE,
    NODE_SECTION,
    NODE_SAY, /* the section of this name */
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_PARENT,
    NODE_BLOCK,
};

struct node {
    enum node_kind kind;
    bool ends_line; /* block: its closing tag stood on a standalone line, and took the line break
                       with it */
    size_t at;      /* in the source */
    size_t after;   /* index of the node after this one and its children; 0 until that is known */
    str text;       /* NODE_TEXT: what to print; else the name */
    str head;       /* of a name: its first part; empty for "." */
    str margin;     /* rules 2 and 3 */
    const struct template *included; /* partial, parent: found when the set is checked */
};

struct template
{
    str name;
    str written; /* as it was given */
    str source;  /* the same, or without its indentation */
    struct node *nodes;
    size_t node_count;
};

struct template_set {
    struct arena *perm;
    enum template_lines lines;
    struct template *templates[TEMPLATES_MAX]; /* sorted by name */
    size_t count;
};

result template_set_open(struct arena *perm, enum template_lines lines,
                         struct template_set **ret_set, struct err *err)
{
    struct template_set *set = ARENA_NEW(perm, struct template_set, 1);
    if (set == NULL) {
        return arena_full(err);
    }
    set->perm = perm;
    set->lines = lines;
    *ret_set = set;
    return result_ok();
}

/* Index of `name`, or of the first template after it. */
static size_t place_of_name(const struct template_set *set, str name)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (str_compare(set->templates[middle]->name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static const struct template *find_template(const struct template_set *set, str name)
{
    const size_t index = place_of_name(set, name);
    const bool found = index < set->count && str_equal(set->templates[index]->name, name);
    return found ? set->templates[index] : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The blanks that source[begin..] starts with. */
static str blanks_at(str source, size_t begin)
{
    size_t end = begin;
    while (end < source.len && is_blank(source.at[end])) {
        end++;
    }
    return str_slice(source, begin, end);
}

/* How many blanks line `line` begins with, the first being 1. */
static size_t indentation_of(str text, uint32_t line)
{
    str rest = text;
    for (uint32_t i = 1; i < line; i++) {
        rest = str_slice(rest, str_find_char(rest, '\n') + 1, rest.len);
    }
    return blanks_at(rest, 0).len;
}

/* Adds the place of source[at] to an err that was set. */
static result refuse_at(const struct template *template, size_t at, struct err *err)
{
    uint32_t line = 1;
    size_t line_begin = 0;
    for (size_t i = 0; i < at; i++) {
        if (template->source.at[i] == '\n') {
            line++;
            line_begin = i + 1;
        }
    }
    const size_t dropped =
        indentation_of(template->written, line) - indentation_of(template->source, line);
    char file[sizeof err->file];
    snprintf(file, sizeof file, "%.*s", STR_ARG(template->name));
    return err_at(err, file, line, (uint32_t)(dropped + at - line_begin + 1));
}

/* ---- Compiling ---- */

/* What is known of the current line of the source. */
struct line {
    size_t begin;      /* in the source */
    size_t first_node; /* index */
    size_t first_tag;  /* in the source, if has_tag */
    size_t tag_end;    /* in the source: where the last tag so far ended */
    bool has_tag;
    bool has_other_tag; /* one that is not of a parent or a block */
    bool has_content;   /* rule 1 does not apply */
    /* Blocks that were closed after the last tag that opened or stood alone: at most as many as
     * were open. */
    struct node *closed[TEMPLATE_DEPTH_MAX];
    size_t closed_count;
};

struct compiler {
    struct arena *perm;
    struct template template; /* being made; its nodes are taken from perm one by one, so they lie
                                 side by side */
    size_t at;                /* in the source */
    str opening;              /* delimiters */
    str closing;
    size_t open[TEMPLATE_DEPTH_MAX]; /* indices of the nodes whose closing tag has not come yet */
    size_t open_count;
    struct line line;
};

struct tag {
    char sigil; /* 0 for a plain value */
    str inside; /* without sigil, trimmed */
    size_t begin;
    size_t end;
};

static result take_node(struct compiler *compiler, struct node node, struct err *err)
{
    struct node *taken = ARENA_NEW(compiler->perm, struct node, 1);
    if (taken == NULL) {
        return arena_full(err);
    }
    if (compiler->template.node_count == 0) {
        compiler->template.nodes = taken;
    }
    ASSERT(taken == compiler->template.nodes + compiler->template.node_count);
    *taken = node;
    compiler->template.node_count++;
    return result_ok();
}

static void drop_white_space(struct compiler *compiler, size_t line_end)
{
    const struct line *line = &compiler->line;
    const str source = compiler->template.source;
    const str own_margin = str_slice(source, line->begin, line->first_tag);
    for (size_t i = line->first_node; i < compiler->template.node_count; i++) {
        struct node *node = &compiler->template.nodes[i];
        if (node->kind == NODE_TEXT) {
            node->text.len = 0;
        } else if (node->kind == NODE_BLOCK && node->after == 0) {
            node->margin = blanks_at(source, line_end);
        } else {
            node->margin = own_margin;
        }
    }
    const bool breaks = line_end > line->begin && source.at[line_end - 1] == '\n';
    for (size_t i = 0; i < line->closed_count; i++) {
        line->closed[i]->ends_line = breaks;
    }
}

/* Lines without tags become one node with the text before them. */
static void merge_text(struct compiler *compiler)
{
    const size_t first = compiler->line.first_node;
    if (first == 0 || first + 1 != compiler->template.node_count) {
        return;
    }
    struct node *before = &compiler->template.nodes[first - 1];
    const struct node *text = &compiler->template.nodes[first];
    if (before->kind == NODE_TEXT && before->text.at + before->text.len == text->text.at) {
        before->text.len += text->text.len;
        compiler->template.node_count--;
        compiler->perm->at -= sizeof *text;
    }
}

static void end_line(struct compiler *compiler, size_t line_end)
{
    if (compiler->line.has_tag && !compiler->line.has_content) {
        drop_white_space(compiler, line_end);
    } else if (!compiler->line.has_tag) {
        merge_text(compiler);
    }
    compiler->line = (struct line){.begin = line_end, .first_node = compiler->template.node_count};
}

/* Text from compiler->at to `end`, a node for each line. */
static result add_text(struct compiler *compiler, size_t end, struct err *err)
{
    const str source = compiler->template.source;
    while (compiler->at < end) {
        const size_t begin = compiler->at;
        const str rest = str_slice(source, begin, end);
        const size_t before_break = str_find_char(rest, '\n');
        const bool breaks = before_break < rest.len;
        const str text = str_slice(rest, 0, before_break + 1);
        compiler->line.has_content = compiler->line.has_content || str_trim(text).len > 0;
        TRY(take_node(compiler, (struct node){.kind = NODE_TEXT, .at = begin, .text = text}, err));
        compiler->at = begin + text.len;
        if (breaks) {
            end_line(compiler, compiler->at);
        }
    }
    return result_ok();
}

/* Index of `part` in text from `begin` on, or text.len. */
static size_t find_part(str text, size_t begin, str part)
{
    const str rest = str_slice(text, begin, text.len);
    const char *found = rest.len == 0 ? NULL : memmem(rest.at, rest.len, part.at, part.len);
    return found == NULL ? text.len : (size_t)(found - text.at);
}

static bool is_sigil(char c)
{
    return str_find_char(STR("#^/>&!<$={"), c) < 10;
}

/* {{{name}}} and {{=<% %>=}} have a character more before the closing delimiter. */
static str closing_character(char sigil)
{
    if (sigil == '{') {
        return STR("}");
    }
    return sigil == '=' ? STR("=") : STR("");
}

/* Reads the tag whose opening delimiter is at compiler->at. */
static result read_tag(const struct compiler *compiler, struct tag *ret_tag, struct err *err)
{
    const str source = compiler->template.source;
    size_t begin = compiler->at + compiler->opening.len;
    begin += blanks_at(source, begin).len;
    const char sigil = begin < source.len && is_sigil(source.at[begin]) ? source.at[begin] : '\0';
    begin += sigil == '\0' ? 0 : 1;

    const str extra = closing_character(sigil);
    size_t end = find_part(source, begin, compiler->closing);
    /* With "}}}" the first "}}" is one character early, and "= =}}" has blanks inside: look on from
     * there. */
    while (extra.len > 0 && end < source.len) {
        const str inside = str_slice(source, begin, end);
        if (str_ends(inside, extra)) {
            break;
        }
        end = find_part(source, end + 1, compiler->closing);
    }
    if (end == source.len) {
        result_ignore(err_set(err, ERROR_INPUT, "The tag that begins here is never closed"),
                      "the place returns the failure");
        return refuse_at(&compiler->template, compiler->at, err);
    }
    *ret_tag = (struct tag){
        .sigil = sigil,
        .inside = str_trim(str_slice(source, begin, end - extra.len)),
        .begin = compiler->at,
        .end = end + compiler->closing.len,
    };
    return result_ok();
}

static result refuse_tag(const struct compiler *compiler, const struct tag *tag, const char *what,
                         struct err *err)
{
    const str shown = str_slice(tag->inside, 0, 60);
    result_ignore(err_set(err, ERROR_INPUT, "Tag \"%.*s\": %s", STR_ARG(shown), what),
                  "the place returns the failure");
    return refuse_at(&compiler->template, tag->begin, err);
}

static bool is_name_character(char c)
{
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/' || c == '.';
}

/* "." is a name; so are "person" and "person.name.first", but not "person..name". */
static bool is_name(str name)
{
    if (str_equal(name, STR("."))) {
        return true;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!is_name_character(name.at[i])) {
            return false;
        }
    }
    return name.len > 0 && !str_starts(name, STR(".")) && !str_ends(name, STR(".")) &&
           !str_contains(name, STR(".."));
}

static result set_delimiters(struct compiler *compiler, const struct tag *tag, struct err *err)
{
    size_t middle = 0;
    while (middle < tag->inside.len && !is_blank(tag->inside.at[middle])) {
        middle++;
    }
    const str opening = str_slice(tag->inside, 0, middle);
    const str closing = str_trim(str_slice(tag->inside, middle, tag->inside.len));
    const bool blank_inside = str_contains(closing, STR(" ")) || str_contains(closing, STR("\t"));
    if (closing.len == 0 || blank_inside || str_contains(tag->inside, STR("="))) {
        return refuse_tag(compiler, tag, "two delimiters are expected, as in {{=<% %>=}}", err);
    }
    compiler->opening = opening;
    compiler->closing = closing;
    return result_ok();
}

/* The innermost node that is open, or NULL. */
static struct node *innermost(const struct compiler *compiler)
{
    return compiler->open_count == 0
               ? NULL
               : &compiler->template.nodes[compiler->open[compiler->open_count - 1]];
}

static result close_node(struct compiler *compiler, const struct tag *tag, struct err *err)
{
    struct node *node = innermost(compiler);
    if (node == NULL || !str_equal(node->text, tag->inside)) {
        return refuse_tag(compiler, tag, "this closes something that is not open here", err);
    }
    node->after = compiler->template.node_count;
    compiler->open_count--;
    if (node->kind == NODE_BLOCK) {
        ASSERT(compiler->line.closed_count < TEMPLATE_DEPTH_MAX);
        compiler->line.closed[compiler->line.closed_count++] = node;
    }
    return result_ok();
}

static result open_node(struct compiler *compiler, const struct tag *tag, struct err *err)
{
    if (compiler->open_count == TEMPLATE_DEPTH_MAX) {
        return refuse_tag(compiler, tag, "this is nested too deep", err);
    }
    compiler->open[compiler->open_count++] = compiler->template.node_count - 1;
    return result_ok();
}

struct tag_kind {
    char sigil;
    enum node_kind kind;
    bool prints; /* by itself: rule 1 */
    bool opens;
};

static const struct tag_kind tag_kinds[] = {
    {'\0', NODE_VALUE, true, false},    {'&', NODE_RAW_VALUE, true, false},
    {'{', NODE_RAW_VALUE, true, false}, {'#', NODE_SECTION, false, true},
    {'^', NODE_INVERTED, false, true},  {'>', NODE_PARTIAL, false, false},
    {'<', NODE_PARENT, false, true},    {'$', NODE_BLOCK, false, true},
};

static str head_of(str name)
{
    return str_cut(name, '.').head;
}

static const struct tag_kind *tag_kind(char sigil)
{
    size_t i = 0;
    while (tag_kinds[i].sigil != sigil) {
        i++;
        ASSERT(i < sizeof tag_kinds / sizeof tag_kinds[0]);
    }
    return &tag_kinds[i];
}

static result add_node(struct compiler *compiler, const struct tag *tag, struct err *err)
{
    const struct tag_kind *kind = tag_kind(tag->sigil);
    const struct node *around = innermost(compiler);
    if (around != NULL && around->kind == NODE_PARENT && kind->kind != NODE_BLOCK) {
        return refuse_tag(compiler, tag,
                          "between {{<layout}} and its end only {{$block}}s have a meaning", err);
    }
    compiler->line.has_content = compiler->line.has_content || kind->prints;
    compiler->line.closed_count = 0;
    const bool says = kind->kind == NODE_SECTION && str_equal(tag->inside, STR("say"));
    const struct node node = {.kind = says ? NODE_SAY : kind->kind,
                              .at = tag->begin,
                              .text = tag->inside,
                              .head = head_of(tag->inside)};
    TRY(take_node(compiler, node, err));
    return kind->opens ? open_node(compiler, tag, err) : result_ok();
}

static void note_tag(struct compiler *compiler, const struct tag *tag)
{
    struct line *line = &compiler->line;
    const struct node *closed = tag->sigil == '/' ? innermost(compiler) : NULL;
    const bool closes =
        closed != NULL && (closed->kind == NODE_BLOCK || closed->kind == NODE_PARENT);
    const bool other = !closes && tag->sigil != '$' && tag->sigil != '<';
    const bool touches = tag->begin == line->tag_end;
    if (!line->has_tag) {
        line->first_tag = tag->begin;
    } else if (other || line->has_other_tag || !touches) {
        line->has_content = true;
    }
    line->has_tag = true;
    line->has_other_tag = line->has_other_tag || other;
    line->tag_end = tag->end;
}

static result add_tag(struct compiler *compiler, const struct tag *tag, struct err *err)
{
    note_tag(compiler, tag);
    if (tag->sigil == '!') {
        return result_ok();
    }
    if (tag->sigil == '=') {
        return set_delimiters(compiler, tag, err);
    }
    if (!is_name(tag->inside)) {
        return refuse_tag(compiler, tag,
                          "a name of letters, digits, '_', '-', '/' and single dots is expected",
                          err);
    }
    return tag->sigil == '/' ? close_node(compiler, tag, err) : add_node(compiler, tag, err);
}

static result compile(struct compiler *compiler, struct err *err)
{
    const str source = compiler->template.source;
    for (;;) {
        const size_t begin = find_part(source, compiler->at, compiler->opening);
        TRY(add_text(compiler, begin, err));
        if (begin == source.len) {
            break;
        }
        struct tag tag = {0};
        TRY(read_tag(compiler, &tag, err));
        TRY(add_tag(compiler, &tag, err));
        compiler->at = tag.end;
    }
    end_line(compiler, source.len);
    const struct node *open = innermost(compiler);
    if (open != NULL) {
        const struct tag tag = {.inside = open->text, .begin = open->at};
        return refuse_tag(compiler, &tag, "this is opened here and never closed", err);
    }
    return result_ok();
}

static result refuse_template(str name, enum error_code code, const char *what, struct err *err)
{
    return err_set(err, code, "Template \"%.*s\": %s", STR_ARG(name), what);
}

/* In `perm`; without memory for it, empty. */
static str without_indentation(struct arena *perm, str text)
{
    struct buf out;
    buf_init(&out, perm, text.len);
    for (str rest = text; rest.len > 0;) {
        const size_t line_len = str_find_char(rest, '\n') + 1;
        const str line = str_slice(rest, 0, line_len);
        buf_put(&out, str_slice(line, blanks_at(line, 0).len, line.len));
        rest = str_slice(rest, line_len, rest.len);
    }
    str plain = {0};
    return buf_finish(&out, &plain, NULL).ok ? plain : (str){0};
}

static result keep_template(struct template_set *set, struct template template, struct err *err)
{
    struct template *kept = ARENA_NEW(set->perm, struct template, 1);
    if (kept == NULL) {
        return arena_full(err);
    }
    *kept = template;
    const size_t place = place_of_name(set, template.name);
    memmove(&set->templates[place + 1], &set->templates[place],
            (set->count - place) * sizeof set->templates[0]);
    set->templates[place] = kept;
    set->count++;
    return result_ok();
}

result template_set_add(struct template_set *set, str name, str text, struct err *err)
{
    if (set->count == TEMPLATES_MAX) {
        return refuse_template(name, ERROR_LIMIT, "the set is full", err);
    }
    if (!is_name(name) || find_template(set, name) != NULL) {
        return refuse_template(name, ERROR_INPUT,
                               "this is no name, or there is a template of this name", err);
    }
    if (!str_is_utf8(text)) {
        return refuse_template(name, ERROR_INPUT, "the text is not UTF-8", err);
    }
    const bool as_written = set->lines == TEMPLATE_LINES_AS_WRITTEN;
    const str own_name = arena_copy(set->perm, name);
    const str source = as_written ? text : without_indentation(set->perm, text);
    if (own_name.at == NULL || source.at == NULL) {
        return arena_full(err);
    }
    struct compiler compiler = {
        .perm = set->perm,
        .template = {.name = own_name, .written = text, .source = source},
        .opening = STR("{{"),
        .closing = STR("}}"),
    };
    TRY(compile(&compiler, err));
    return keep_template(set, compiler.template, err);
}

/* The name most like `name`, when it is like it at all. */
static str nearest_name(const struct template_set *set, str name)
{
    struct str_nearest nearest = str_nearest_to(name);
    for (size_t i = 0; i < set->count; i++) {
        str_nearest_look(&nearest, set->templates[i]->name);
    }
    return nearest.name;
}

static result refuse_unknown(const struct template_set *set, const struct template *template,
                             const struct node *node, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "There is no template \"%.*s\"", STR_ARG(node->text)),
                  "the place returns the failure");
    const str nearest = nearest_name(set, node->text);
    if (nearest.len > 0) {
        result_ignore(err_hint(err, "Is \"%.*s\" meant?", STR_ARG(nearest)),
                      "the place returns the failure");
    }
    return refuse_at(template, node->at, err);
}

result template_set_check(struct template_set *set, struct err *err)
{
    for (size_t i = 0; i < set->count; i++) {
        struct template *template = set->templates[i];
        for (size_t k = 0; k < template->node_count; k++) {
            struct node *node = &template->nodes[k];
            if (node->kind == NODE_PARTIAL || node->kind == NODE_PARENT) {
                node->included = find_template(set, node->text);
                if (node->included == NULL) {
                    return refuse_unknown(set, template, node, err);
                }
            }
        }
    }
    return result_ok();
}

/* ---- Rendering ----
 *
 * The chains below live on the C stack, whose depth TEMPLATE_DEPTH_MAX bounds. */

struct context {
    const struct context *outer;
    const json_t *value;
};

struct margin {
    const struct margin *outer;
    str text;
};

/* The blocks between {{<parent}} and its end. */
struct overrides {
    const struct overrides *outer;
    const struct template *template;
    size_t parent; /* index of the node */
};

struct white_space {
    const struct margin *margin; /* to put before each line */
    size_t strip;                /* blanks to take from the beginning of each line */
};

enum { NUMBER_ROOM = 32 }; /* for the digits of a number */

struct render {
    const struct catalogue *catalogue; /* NULL: none */
    struct buf *out;
    struct err *err;
    const struct overrides *overrides;
    struct white_space white_space;
    size_t strip_left; /* of the current line */
    bool at_line_start;
    int depth;
};

static result render_range(struct render *render, const struct template *template, size_t begin,
                           size_t after, const struct context *context);

static void put_margin(struct buf *out, const struct margin *margin)
{
    if (margin != NULL) {
        put_margin(out, margin->outer);
        buf_put(out, margin->text);
    }
}

static bool is_blank_line(str text)
{
    return str_starts(text, STR("\n")) || str_starts(text, STR("\r\n"));
}

/* Text of the template with at most one line break, at its end. */
static void put_line(struct render *render, str text)
{
    str rest = text;
    if (render->at_line_start) {
        while (render->strip_left > 0 && rest.len > 0 && is_blank(rest.at[0])) {
            rest = str_slice(rest, 1, rest.len);
            render->strip_left--;
        }
        if (rest.len == 0) {
            return;
        }
        if (!is_blank_line(rest)) {
            put_margin(render->out, render->white_space.margin);
        }
    }
    buf_put(render->out, rest);
    render->at_line_start = str_ends(rest, STR("\n"));
    render->strip_left = render->white_space.strip;
}

static void put_text(struct render *render, str text)
{
    if (render->white_space.margin == NULL && render->white_space.strip == 0 && text.len > 0) {
        buf_put(render->out, text);
        render->at_line_start = text.at[text.len - 1] == '\n';
        return;
    }
    for (str rest = text; rest.len > 0;) {
        const size_t line_len = str_find_char(rest, '\n') + 1;
        put_line(render, str_slice(rest, 0, line_len));
        rest = str_slice(rest, line_len, rest.len);
    }
}

/* The member of the innermost context that has the first part of the name, `head`; the further
 * parts inside that only. */
static const json_t *look_up(const struct context *context, str name, str head)
{
    if (head.len == 0) {
        return context->value;
    }
    const json_t *found = NULL;
    for (const struct context *at = context; at != NULL && found == NULL; at = at->outer) {
        found = json_object_getn(at->value, head.at, head.len);
    }
    for (size_t begin = head.len + 1; begin < name.len && found != NULL;) {
        const str part = head_of(str_slice(name, begin, name.len));
        found = json_object_getn(found, part.at, part.len);
        begin += part.len + 1;
    }
    return found;
}

static const json_t *value_of(const struct context *context, const struct node *node)
{
    return look_up(context, node->text, node->head);
}

/* The text of a value; numbers are written into `room`. Objects, arrays and null have none. */
static str text_of(const json_t *value, char room[NUMBER_ROOM])
{
    if (json_is_string(value)) {
        return (str){.at = json_string_value(value), .len = json_string_length(value)};
    }
    if (json_is_boolean(value)) {
        return json_is_true(value) ? STR("true") : STR("false");
    }
    if (json_is_integer(value)) {
        return str_of_int64(json_integer_value(value), room);
    }
    if (json_is_real(value)) {
        /* As many digits as every double keeps: 0.1 is printed as 0.1. */
        snprintf(room, NUMBER_ROOM, "%.15g", json_real_value(value));
        return str_from_c(room);
    }
    return STR("");
}

static void render_value(struct render *render, const struct node *node,
                         const struct context *context)
{
    char room[NUMBER_ROOM];
    const str text = text_of(value_of(context, node), room);
    if (text.len == 0) {
        return;
    }
    if (render->at_line_start) {
        put_margin(render->out, render->white_space.margin);
        render->at_line_start = false;
    }
    if (node->kind == NODE_VALUE) {
        buf_put_html(render->out, text);
    } else {
        buf_put(render->out, text);
    }
}

/* ---- {{#say}} ---- */

/* What stands between the tags, as a catalogue has it: text, and names in braces. */
static str message_of(const struct template *template, size_t index, char room[TEMPLATE_SAID_MAX])
{
    const struct node *nodes = template->nodes;
    size_t len = 0;
    for (size_t i = index + 1; i < nodes[index].after; i++) {
        const bool value = nodes[i].kind == NODE_VALUE;
        const int written = snprintf(room + len, TEMPLATE_SAID_MAX - len,
                                     value ? "{{%.*s}}" : "%.*s", STR_ARG(nodes[i].text));
        len += written > 0 ? (size_t)written : 0;
        if (len >= TEMPLATE_SAID_MAX || (!value && nodes[i].kind != NODE_TEXT)) {
            return STR("");
        }
    }
    return str_slice((str){.at = room, .len = len}, 0, len);
}

/* A translation, with its values put in. */
static void put_said(struct render *render, str said, const struct context *context)
{
    char room[NUMBER_ROOM];
    if (render->at_line_start) {
        put_margin(render->out, render->white_space.margin);
        render->at_line_start = false;
    }
    while (said.len > 0) {
        const size_t opening = find_part(said, 0, STR("{{"));
        buf_put_html(render->out, str_slice(said, 0, opening));
        const size_t closing = find_part(said, opening, STR("}}"));
        if (opening + 2 < closing && closing < said.len) {
            const str name = str_trim(str_slice(said, opening + 2, closing));
            buf_put_html(render->out, text_of(look_up(context, name, head_of(name)), room));
        }
        said = str_slice(said, closing + 2, said.len);
    }
}

static result render_said(struct render *render, const struct template *template, size_t index,
                          const struct context *context)
{
    const struct node *node = &template->nodes[index];
    if (render->catalogue == NULL) {
        return render_range(render, template, index + 1, node->after, context);
    }
    const struct node *only = &template->nodes[index + 1];
    char room[TEMPLATE_SAID_MAX];
    char value_room[NUMBER_ROOM];
    const bool one_value = index + 2 == node->after && only->kind == NODE_VALUE;
    const str original = one_value ? text_of(value_of(context, only), value_room)
                                   : message_of(template, index, room);
    const str said = catalogue_find(render->catalogue, STR(TEMPLATE_CONTEXT), original);
    if (said.len == 0) {
        return render_range(render, template, index + 1, node->after, context);
    }
    put_said(render, said, context);
    return result_ok();
}

static bool is_falsy(const json_t *value)
{
    return value == NULL || json_is_null(value) || json_is_false(value) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

static result render_section(struct render *render, const struct template *template, size_t index,
                             const struct context *context)
{
    const struct node *node = &template->nodes[index];
    const json_t *value = value_of(context, node);
    const bool inverted = node->kind == NODE_INVERTED;
    if (is_falsy(value) != inverted) {
        return result_ok();
    }
    if (inverted) {
        return render_range(render, template, index + 1, node->after, context);
    }
    const bool list = json_is_array(value);
    const size_t count = list ? json_array_size(value) : 1;
    for (size_t i = 0; i < count && !render->out->failed; i++) {
        const struct context inner = {.outer = context,
                                      .value = list ? json_array_get(value, i) : value};
        TRY(render_range(render, template, index + 1, node->after, &inner));
    }
    return result_ok();
}

/* The margins inside something placed here with a margin of its own: what of it is not stripped,
 * after ours. */
static const struct margin *margin_inside(const struct render *render, const struct node *node,
                                          struct margin *room)
{
    const str text = str_slice(node->margin, render->white_space.strip, node->margin.len);
    if (text.len == 0) {
        return render->white_space.margin;
    }
    *room = (struct margin){.outer = render->white_space.margin, .text = text};
    return room;
}

static void set_white_space(struct render *render, struct white_space white_space)
{
    render->white_space = white_space;
    render->strip_left = white_space.strip;
}

static result render_included(struct render *render, const struct node *node,
                              const struct context *context)
{
    const struct template *template = node->included;
    if (template == NULL) {
        return refuse_template(node->text, ERROR_INTERNAL,
                               "it is included, and the set was not found complete", render->err);
    }
    const struct white_space outside = render->white_space;
    struct margin room;
    set_white_space(render, (struct white_space){.margin = margin_inside(render, node, &room)});
    TRY(render_range(render, template, 0, template->node_count, context));
    set_white_space(render, outside);
    return result_ok();
}

static result render_parent(struct render *render, const struct template *template, size_t index,
                            const struct context *context)
{
    const struct overrides overrides = {
        .outer = render->overrides, .template = template, .parent = index};
    render->overrides = &overrides;
    TRY(render_included(render, &template->nodes[index], context));
    render->overrides = overrides.outer;
    return result_ok();
}

/* Index of the block `name` between the parent's tags, or 0: a block is never the first node there
 * is. */
static size_t block_between(const struct overrides *overrides, str name)
{
    const struct node *nodes = overrides->template->nodes;
    const size_t after = nodes[overrides->parent].after;
    for (size_t i = overrides->parent + 1; i < after;) {
        if (nodes[i].kind == NODE_BLOCK && str_equal(nodes[i].text, name)) {
            return i;
        }
        i = nodes[i].kind == NODE_TEXT ? i + 1 : nodes[i].after;
    }
    return 0;
}

/* A block written between {{<parent}} tags belongs to the template it is written in: inside it only
 * what overrides that template counts, so a partial used there cannot catch a block that was meant
 * for the layout. */
static result render_override(struct render *render, const struct node *site,
                              const struct overrides *from, const struct context *context)
{
    const size_t index = block_between(from, site->text);
    const struct node *block = &from->template->nodes[index];
    const struct overrides *overrides = render->overrides;
    const struct white_space outside = render->white_space;
    struct margin room;
    render->overrides = from->outer;
    set_white_space(render, (struct white_space){.margin = margin_inside(render, site, &room),
                                                 .strip = block->margin.len});
    TRY(render_range(render, from->template, index + 1, block->after, context));
    set_white_space(render, outside);
    render->overrides = overrides;
    if (site->ends_line && !render->at_line_start) {
        put_text(render, STR("\n"));
    }
    return result_ok();
}

static result render_block(struct render *render, const struct template *template, size_t index,
                           const struct context *context)
{
    const struct node *site = &template->nodes[index];
    const struct overrides *outermost = NULL;
    for (const struct overrides *at = render->overrides; at != NULL; at = at->outer) {
        outermost = block_between(at, site->text) > 0 ? at : outermost;
    }
    return outermost == NULL ? render_range(render, template, index + 1, site->after, context)
                             : render_override(render, site, outermost, context);
}

static result render_node(struct render *render, const struct template *template, size_t index,
                          const struct context *context)
{
    const struct node *node = &template->nodes[index];
    switch (node->kind) {
    case NODE_TEXT:
        put_text(render, node->text);
        break;
    case NODE_VALUE:
    case NODE_RAW_VALUE:
        render_value(render, node, context);
        break;
    case NODE_SECTION:
    case NODE_INVERTED:
        return render_section(render, template, index, context);
    case NODE_SAY:
        return render_said(render, template, index, context);
    case NODE_PARTIAL:
        return render_included(render, node, context);
    case NODE_PARENT:
        return render_parent(render, template, index, context);
    case NODE_BLOCK:
        return render_block(render, template, index, context);
    }
    return result_ok();
}

static result render_range(struct render *render, const struct template *template, size_t begin,
                           size_t after, const struct context *context)
{
    if (render->depth == TEMPLATE_DEPTH_MAX) {
        return refuse_template(template->name, ERROR_LIMIT,
                               "sections and templates are nested too deep", render->err);
    }
    render->depth++;
    for (size_t i = begin; i < after;) {
        TRY(render_node(render, template, i, context));
        const size_t children_end = template->nodes[i].after;
        i = children_end == 0 ? i + 1 : children_end;
    }
    render->depth--;
    return result_ok();
}

result template_render(const struct template_set *set, str name, const json_t *view,
                       struct buf *out, struct err *err)
{
    return template_render_in(set, name, view, NULL, out, err);
}

result template_render_in(const struct template_set *set, str name, const json_t *view,
                          const struct catalogue *catalogue, struct buf *out, struct err *err)
{
    const struct template *template = find_template(set, name);
    if (template == NULL) {
        return refuse_template(name, ERROR_INTERNAL, "there is no such template", err);
    }
    struct render render = {.catalogue = catalogue, .out = out, .err = err, .at_line_start = true};
    const struct context context = {.value = view};
    TRY(render_range(&render, template, 0, template->node_count, &context));
    ASSERT(render.depth == 0);
    return out->failed ? refuse_template(name, ERROR_LIMIT, "the page would be too long", err)
                       : result_ok();
}
