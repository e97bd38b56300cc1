/* picture: where boxes, arrows and texts of a drawing stand, worked out here and written as SVG by
 * a template, which escapes every text. Each picture has the same content in words beside it. */
#include "web/speech.h"
#include "web/view_table.h"

enum {
    STAGE_LINE = 20, /* height of a line of text */
    STAGE_PADDING = 10,
    STAGE_GAP = 26, /* between boxes, with room for an arrow */
    PAST_X = 2,
    PAST_WIDTH = 250,
    PAST_CHARACTERS = 30,
    NEXT_X = 300,
    NEXT_WIDTH = 438,
    NEXT_CHARACTERS = 54,
    PICTURE_WIDTH = 740,
    PAST_MAX = 5, /* older stages are counted, not drawn */
    STAGES_MAX = 200,
    STEPS_MAX = 64,
    STEPS_DRAWN = 8, /* the others stand in the words below */
};

/* --- what is drawn
 * -----------------------------------------------------------------------------------------------
 */

struct passed_stage {
    str title;
    str on; /* ISO day */
};

struct coming_step {
    str step;
    str title;
    str to;
    bool same_stage;
    size_t hubs; /* how many verdicts there are: one for each hub, or one */
    size_t clear;
    size_t unknown;
};

struct stage_story {
    struct passed_stage passed[STAGES_MAX]; /* oldest first; the last is where the person is */
    size_t passed_count;
    struct coming_step coming[STEPS_MAX];
    size_t coming_count;
};

static void pass(struct stage_story *story, const json_t *stage, str on)
{
    const str title = json_str_or_empty(stage, "title");
    const size_t count = story->passed_count;
    const bool stays = count > 0 && str_equal(story->passed[count - 1].title, title);
    if (title.len > 0 && !stays && count < STAGES_MAX) {
        story->passed[story->passed_count++] = (struct passed_stage){.title = title, .on = on};
    }
}

/* What was passed comes newest first. What is not reached back to begins with the stage of its
 * oldest step. */
static void tell_past(struct stage_story *story, const json_t *person)
{
    const json_t *passed = json_object_get(person, "passed");
    for (size_t i = json_array_size(passed); i > 0; i--) {
        const json_t *line = json_array_get(passed, i - 1);
        const str on = json_str_or_empty(line, "on");
        if (story->passed_count == 0) {
            pass(story, json_object_get(line, "from"), STR(""));
        }
        pass(story, json_object_get(line, "to"), on);
    }
    pass(story, json_object_get(person, "stage"), json_str_or_empty(person, "stage_since"));
}

static struct coming_step *coming_named(struct stage_story *story, str step)
{
    for (size_t i = 0; i < story->coming_count; i++) {
        if (str_equal(story->coming[i].step, step)) {
            return &story->coming[i];
        }
    }
    if (story->coming_count == STEPS_MAX) {
        return NULL;
    }
    struct coming_step *coming = &story->coming[story->coming_count++];
    *coming = (struct coming_step){.step = step};
    return coming;
}

static void tell_coming(struct stage_story *story, const json_t *person)
{
    size_t index;
    json_t *next;
    json_array_foreach(json_object_get(person, "next_steps"), index, next)
    {
        struct coming_step *coming = coming_named(story, json_str_or_empty(next, "step"));
        if (coming == NULL) {
            return;
        }
        const str clearance = json_str_or_empty(next, "clearance");
        coming->title = json_str_or_empty(next, "title");
        coming->same_stage = json_is_true(json_object_get(next, "same_stage"));
        coming->to = json_str_or_empty(json_object_get(next, "to"), "title");
        coming->hubs++;
        coming->clear += str_equal(clearance, STR("clear")) ? 1 : 0;
        coming->unknown += str_equal(clearance, STR("unknown")) ? 1 : 0;
    }
}

static const char *clearance_of(const struct coming_step *coming)
{
    if (coming->clear > 0) {
        return "clear";
    }
    return coming->unknown > 0 ? "unknown" : "barred";
}

static str verdict_text(const struct view_context *context, const struct coming_step *coming)
{
    const size_t with = coming->clear > 0 ? coming->clear : coming->unknown;
    if (coming->hubs <= 1) {
        return coming->clear > 0     ? STR("Clear")
               : coming->unknown > 0 ? STR("Not known")
                                     : STR("Barred");
    }
    if (coming->clear == 0 && coming->unknown == 0) {
        return STR("Barred at every hub");
    }
    return speech_counted(context->catalogue, context->arena,
                          coming->clear > 0 ? COUNTED("Clear at {{with}} of {{count}} hub",
                                                      "Clear at {{with}} of {{count}} hubs")
                                            : COUNTED("Not known at {{with}} of {{count}} hub",
                                                      "Not known at {{with}} of {{count}} hubs"),
                          (int64_t)coming->hubs,
                          SAID({"with", view_number(context->arena, (int64_t)with)}));
}

static int rank_of(const struct coming_step *coming)
{
    if (coming->clear > 0) {
        return 0;
    }
    return (coming->unknown > 0 ? 1 : 2) + (coming->same_stage ? 2 : 0);
}

/* What can be done comes first, then what leads to another stage; the order of the rulebook stays
 * otherwise. */
static void sort_coming(struct stage_story *story)
{
    for (size_t i = 1; i < story->coming_count; i++) {
        const struct coming_step moved = story->coming[i];
        size_t at = i;
        while (at > 0 && rank_of(&story->coming[at - 1]) > rank_of(&moved)) {
            story->coming[at] = story->coming[at - 1];
            at--;
        }
        story->coming[at] = moved;
    }
}

static str coming_to(const struct coming_step *coming)
{
    return coming->same_stage ? STR("Stays in this stage") : coming->to;
}

/* --- drawing
 * -----------------------------------------------------------------------------------------------------
 */

struct drawing {
    const struct view_context *context;
    struct arena *arena;
    json_t *boxes;
    json_t *arrows;
};

struct writing {
    json_t *lines;
    int x;
    int y;
    size_t characters;
};

static void put_line(struct writing *writing, str text, const char *kind)
{
    json_t *line = json_object();
    json_set_int64(line, "x", writing->x);
    json_set_int64(line, "y", writing->y);
    json_set_str(line, "text", text);
    json_set(line, "kind", json_string(kind));
    json_add(writing->lines, line);
    writing->y += STAGE_LINE;
}

/* Where a line of at most `most` bytes ends: at a space if there is one, never inside a character.
 */
static size_t line_end(str text, size_t most)
{
    if (text.len <= most) {
        return text.len;
    }
    for (size_t end = most; end > 0; end--) {
        if (text.at[end] == ' ') {
            return end;
        }
    }
    size_t end = most;
    while (end < text.len && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end++;
    }
    return end;
}

static void put_text(struct writing *writing, str text, const char *kind)
{
    while (text.len > 0) {
        const size_t end = line_end(text, writing->characters);
        put_line(writing, str_slice(text, 0, end), kind);
        text = str_trim(str_slice(text, end, text.len));
    }
}

/* Closes a box around what was written into it; gives its height. */
static int put_box(struct drawing *drawing, int x, int y, int width, const char *kind,
                   struct writing *writing)
{
    const int height = writing->y - y - STAGE_LINE + STAGE_PADDING + 6;
    json_t *box = json_object();
    json_set_int64(box, "x", x);
    json_set_int64(box, "y", y);
    json_set_int64(box, "width", width);
    json_set_int64(box, "height", height);
    json_set(box, "kind", json_string(kind));
    json_set(box, "lines", writing->lines);
    json_add(drawing->boxes, box);
    return height;
}

static void put_arrow(struct drawing *drawing, str path, const char *kind)
{
    json_t *arrow = json_object();
    json_set_str(arrow, "path", path);
    json_set(arrow, "kind", json_string(kind));
    json_add(drawing->arrows, arrow);
}

static struct writing write_in(int x, int y, size_t characters)
{
    return (struct writing){.lines = json_array(),
                            .x = x + STAGE_PADDING,
                            .y = y + STAGE_PADDING + 12,
                            .characters = characters};
}

static str day_text(struct arena *arena, const char *before, str iso)
{
    date day;
    if (!date_parse(iso, &day, NULL).ok) {
        return STR("");
    }
    char text[20];
    date_format_plain(day, text);
    return arena_format(arena, "%s%s", before, text);
}

struct extent {
    int bottom;
    int now_middle;
};

/* The passed stages, one under the other, ending in the one that is now. */
static struct extent draw_past(struct drawing *drawing, const struct stage_story *story)
{
    struct extent extent = {0};
    int y = 2;
    const size_t first = story->passed_count > PAST_MAX ? story->passed_count - PAST_MAX : 0;
    for (size_t i = first; i < story->passed_count; i++) {
        const bool now = i + 1 == story->passed_count;
        struct writing writing = write_in(PAST_X, y, PAST_CHARACTERS);
        if (i == first && first > 0) {
            put_text(&writing,
                     view_numbered(drawing->context, "Earlier stages: {{number}}", (int64_t)first),
                     "small");
        }
        put_text(&writing, story->passed[i].title, now ? "now" : "strong");
        put_text(&writing, day_text(drawing->arena, "From ", story->passed[i].on),
                 now ? "now-small" : "small");
        const int height = put_box(drawing, PAST_X, y, PAST_WIDTH, now ? "now" : "past", &writing);
        const int middle = PAST_X + PAST_WIDTH / 2;
        extent.now_middle = y + height / 2;
        extent.bottom = y + height;
        y += height;
        if (!now) {
            put_arrow(drawing,
                      arena_format(drawing->arena, "M%d %dV%d", middle, y, y + STAGE_GAP - 8),
                      "past");
            y += STAGE_GAP;
        }
    }
    return extent;
}

static int draw_coming(struct drawing *drawing, const struct stage_story *story, int from_y)
{
    int y = 2;
    const int trunk = (PAST_X + PAST_WIDTH + NEXT_X) / 2;
    for (size_t i = 0; i < story->coming_count && i < STEPS_DRAWN; i++) {
        const struct coming_step *coming = &story->coming[i];
        const char *kind = clearance_of(coming);
        struct writing writing = write_in(NEXT_X + 8, y, NEXT_CHARACTERS);
        put_text(&writing, coming->title, "strong");
        put_text(&writing,
                 coming->same_stage
                     ? coming_to(coming)
                     : view_filled(drawing->context, "To: {{stage}}", coming_to(coming)),
                 "small");
        /* The verdict stands at the right end of the last line. */
        writing.y -= STAGE_LINE;
        writing.x = NEXT_X + NEXT_WIDTH - STAGE_PADDING;
        put_line(&writing, verdict_text(drawing->context, coming), "verdict");
        const int height = put_box(drawing, NEXT_X, y, NEXT_WIDTH, kind, &writing);
        put_arrow(drawing,
                  arena_format(drawing->arena, "M%d %dH%dV%dH%d", PAST_X + PAST_WIDTH, from_y,
                               trunk, y + height / 2, NEXT_X - 8),
                  kind);
        y += height + 6;
    }
    return y;
}

/* --- the same in words
 * ------------------------------------------------------------------------------------------- */

static json_t *past_in_words(const struct stage_story *story)
{
    json_t *list = json_array();
    for (size_t i = 0; i + 1 < story->passed_count; i++) {
        json_t *stage = json_object();
        json_set_str(stage, "title", story->passed[i].title);
        json_set(stage, "day", view_day(story->passed[i].on));
        json_add(list, stage);
    }
    return list;
}

static json_t *coming_in_words(const struct view_context *context, const struct stage_story *story)
{
    json_t *list = json_array();
    for (size_t i = 0; i < story->coming_count; i++) {
        json_t *step = json_object();
        json_set_str(step, "title", story->coming[i].title);
        json_set_str(step, "to", coming_to(&story->coming[i]));
        json_set_str(step, "verdict", verdict_text(context, &story->coming[i]));
        json_add(list, step);
    }
    return list;
}

json_t *picture_of_stages(const struct view_context *context, const json_t *person)
{
    struct stage_story *story = ARENA_NEW(context->arena, struct stage_story, 1);
    if (story == NULL) {
        return NULL;
    }
    tell_past(story, person);
    tell_coming(story, person);
    sort_coming(story);
    struct drawing drawing = {
        .context = context, .arena = context->arena, .boxes = json_array(), .arrows = json_array()};
    const struct extent past = draw_past(&drawing, story);
    const int coming = draw_coming(&drawing, story, past.now_middle);
    json_t *view = json_object();
    json_set_int64(view, "width", PICTURE_WIDTH);
    json_set_int64(view, "height", (past.bottom > coming ? past.bottom : coming) + 4);
    json_set(view, "boxes", drawing.boxes);
    json_set(view, "arrows", drawing.arrows);
    json_t *in_words = past_in_words(story);
    json_set_flag(view, "has_past", json_array_size(in_words) > 0);
    json_set(view, "past", in_words);
    json_set_str(view, "now", json_str_or_empty(json_object_get(person, "stage"), "title"));
    json_set(view, "now_day", view_day(json_str_or_empty(person, "stage_since")));
    json_set_flag(view, "has_coming", story->coming_count > 0);
    json_set(
        view, "not_drawn",
        story->coming_count > STEPS_DRAWN
            ? json_of_str(view_counted(context, (int64_t)(story->coming_count - STEPS_DRAWN),
                                       COUNTED("{{count}} other step", "{{count}} other steps")))
            : json_false());
    json_set(view, "coming", coming_in_words(context, story));
    return view;
}

/* --- places
 * ------------------------------------------------------------------------------------------------------
 */

enum { PLACE_SIZE = 34, PLACE_GAP = 6, PLACES_A_ROW = 18 };

static const char *place_letter(str state)
{
    static const struct {
        const char *state;
        const char *letter;
    } letters[] = {
        {"occupied", "O"}, {"held", "H"}, {"prebooked", "P"}, {"out_of_use", "U"}, {"closed", "X"}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (str_equal(state, str_from_c(letters[i].state))) {
            return letters[i].letter;
        }
    }
    return "";
}

static str place_count(const struct view_context *context, const json_t *counts, const char *state)
{
    return view_number(context->arena, json_integer_value(json_object_get(counts, state)));
}

/* What is neither free nor anybody's is said where there is any. */
static str places_in_words(const struct view_context *context, const json_t *counts)
{
    const bool more = json_integer_value(json_object_get(counts, "prebooked")) +
                          json_integer_value(json_object_get(counts, "out_of_use")) +
                          json_integer_value(json_object_get(counts, "without_kind")) >
                      0;
    return view_said(
        context,
        more ? "{{occupied}} occupied, {{held}} held, {{free}} free, {{prebooked}} prebooked, "
               "{{out_of_use}} out of use, {{without_kind}} without a kind, of {{agreed}} agreed"
             : "{{occupied}} occupied, {{held}} held, {{free}} free, of {{agreed}} agreed",
        SAID({"occupied", place_count(context, counts, "occupied")},
             {"held", place_count(context, counts, "held")},
             {"free", place_count(context, counts, "free")},
             {"prebooked", place_count(context, counts, "prebooked")},
             {"out_of_use", place_count(context, counts, "out_of_use")},
             {"without_kind", place_count(context, counts, "without_kind")},
             {"agreed", place_count(context, counts, "agreed")}));
}

json_t *picture_of_places(const struct view_context *context, const json_t *hub)
{
    const json_t *places = json_object_get(hub, "place_rows");
    const size_t count = json_array_size(places);
    json_t *cells = json_array();
    size_t index;
    json_t *place;
    json_array_foreach(places, index, place)
    {
        const int column = (int)(index % PLACES_A_ROW);
        const int row = (int)(index / PLACES_A_ROW);
        const str state = json_str_or_empty(place, "state");
        json_t *cell = json_object();
        const int x = column * (PLACE_SIZE + PLACE_GAP) + 2;
        const int y = row * (PLACE_SIZE + PLACE_GAP) + 2;
        json_set_int64(cell, "x", x);
        json_set_int64(cell, "y", y);
        json_set_int64(cell, "middle_x", x + PLACE_SIZE / 2);
        json_set_int64(cell, "middle_y", y + PLACE_SIZE / 2 + 6);
        json_set_int64(cell, "size", PLACE_SIZE);
        json_set_str(cell, "state", state);
        const char *letter = place_letter(state);
        json_set(cell, "letter", letter[0] != '\0' ? json_string(letter) : json_false());
        json_add(cells, cell);
    }
    const size_t rows = (count + PLACES_A_ROW - 1) / PLACES_A_ROW;
    const size_t columns = count < PLACES_A_ROW ? count : PLACES_A_ROW;
    json_t *view = json_object();
    json_set_int64(view, "width", (int)columns * (PLACE_SIZE + PLACE_GAP) + 4);
    json_set_int64(view, "height", (int)rows * (PLACE_SIZE + PLACE_GAP) + 4);
    json_set(view, "cells", cells);
    json_set_flag(view, "any", count > 0);
    const json_t *counts = json_object_get(hub, "places");
    json_set_str(view, "words", places_in_words(context, counts));
    return view;
}
