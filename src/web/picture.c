/* picture: how high boxes are and where they stand, worked out here and written as SVG by a
 * template, which escapes every text. Each picture has the same content in words beside it. */
#include "web/speech.h"
#include "web/view_table.h"

/* How high what stands in part_stages.html is, in the units of its drawing; what stands where
 * across is fixed, and said there. */
enum {
    STAGE_LINE = 20,  /* height of a line of text */
    STAGE_FRAME = 18, /* and what of a box is above and below its lines */
    STAGE_TOP = 2,
    STAGE_GAP = 26, /* between boxes, with room for an arrow */
    STEP_GAP = 6,
    PAST_CHARACTERS = 30,
    NEXT_CHARACTERS = 54,
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

/* The text in lines of at most that many bytes. */
static json_t *lines_of(str text, size_t characters)
{
    json_t *lines = json_array();
    while (text.len > 0) {
        const size_t end = line_end(text, characters);
        json_add(lines, json_of_str(str_slice(text, 0, end)));
        text = str_trim(str_slice(text, end, text.len));
    }
    return lines;
}

/* Puts a box with that many lines at `y`; gives where it ends. */
static int64_t put_box(json_t *view, int64_t y, size_t lines)
{
    const int64_t height = (int64_t)lines * STAGE_LINE + STAGE_FRAME;
    json_set_int64(view, "y", y);
    json_set_int64(view, "height", height);
    return y + height;
}

/* A stage passed, and the one that is now: in words, and from `first` on as a box. */
static json_t *stage_view(const struct view_context *context, const struct stage_story *story,
                          size_t index, size_t first)
{
    const struct passed_stage *stage = &story->passed[index];
    const bool now = index + 1 == story->passed_count;
    json_t *view = json_object();
    json_set(view, "kind", json_string(now ? "now" : "past"));
    json_set_flag(view, "leads_on", !now);
    json_set_str(view, "title", stage->title);
    json_set(view, "lines", lines_of(stage->title, PAST_CHARACTERS));
    json_set(view, "day", view_day(stage->on));
    json_set(view, "earlier",
             index == first && first > 0
                 ? json_of_str(view_numbered(context, "Earlier stages: {{number}}", (int64_t)first))
                 : json_false());
    return view;
}

static size_t stage_lines(const json_t *stage)
{
    const json_t *day = json_object_get(stage, "day");
    return json_array_size(json_object_get(stage, "lines")) +
           (json_is_true(json_object_get(day, "known")) ? 1 : 0) +
           (json_is_string(json_object_get(stage, "earlier")) ? 1 : 0);
}

/* The passed stages, one under the other, ending in the one that is now. Gives where they end. */
static int64_t set_past(json_t *view, const struct view_context *context,
                        const struct stage_story *story)
{
    const size_t first = story->passed_count > PAST_MAX ? story->passed_count - PAST_MAX : 0;
    json_t *boxes = json_array();
    json_t *past = json_array();
    int64_t top = STAGE_TOP;
    int64_t bottom = STAGE_TOP;
    for (size_t i = 0; i < story->passed_count; i++) {
        json_t *stage = stage_view(context, story, i, first);
        if (i >= first) {
            top = i == first ? STAGE_TOP : bottom + STAGE_GAP;
            bottom = put_box(stage, top, stage_lines(stage));
            json_array_append(boxes, stage);
        }
        if (i + 1 < story->passed_count) {
            json_array_append(past, stage);
        }
        json_decref(stage);
    }
    json_set_int64(view, "from", (top + bottom) / 2);
    json_set(view, "boxes", boxes);
    json_set_flag(view, "has_past", json_array_size(past) > 0);
    json_set(view, "past", past);
    return bottom;
}

static json_t *step_view(const struct view_context *context, const struct coming_step *coming)
{
    json_t *view = json_object();
    const str to = coming_to(coming);
    json_set(view, "kind", json_string(clearance_of(coming)));
    json_set_str(view, "title", coming->title);
    json_set(view, "lines", lines_of(coming->title, NEXT_CHARACTERS));
    json_set_str(view, "to", to);
    json_set(view, "to_lines",
             lines_of(coming->same_stage ? to : view_filled(context, "To: {{stage}}", to),
                      NEXT_CHARACTERS));
    json_set_str(view, "verdict", verdict_text(context, coming));
    return view;
}

/* The steps that may come, in words, and the first of them as boxes. Gives where they end. */
static int64_t set_coming(json_t *view, const struct view_context *context,
                          const struct stage_story *story)
{
    json_t *drawn = json_array();
    json_t *coming = json_array();
    int64_t bottom = STAGE_TOP;
    for (size_t i = 0; i < story->coming_count; i++) {
        json_t *step = step_view(context, &story->coming[i]);
        if (i < STEPS_DRAWN) {
            const int64_t top = bottom;
            bottom = put_box(step, top,
                             json_array_size(json_object_get(step, "lines")) +
                                 json_array_size(json_object_get(step, "to_lines")));
            json_set_int64(step, "middle", (top + bottom) / 2);
            bottom += STEP_GAP;
            json_array_append(drawn, step);
        }
        json_add(coming, step);
    }
    json_set(view, "drawn", drawn);
    json_set_flag(view, "has_coming", story->coming_count > 0);
    json_set(view, "coming", coming);
    json_set(
        view, "not_drawn",
        story->coming_count > STEPS_DRAWN
            ? json_of_str(view_counted(context, (int64_t)(story->coming_count - STEPS_DRAWN),
                                       COUNTED("{{count}} other step", "{{count}} other steps")))
            : json_false());
    return bottom;
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
    json_t *view = json_object();
    const int64_t past = set_past(view, context, story);
    const int64_t coming = set_coming(view, context, story);
    json_set_int64(view, "height", (past > coming ? past : coming) + 4);
    json_set_str(view, "now", json_str_or_empty(json_object_get(person, "stage"), "title"));
    json_set(view, "now_day", view_day(json_str_or_empty(person, "stage_since")));
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
