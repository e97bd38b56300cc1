/* A rulebook as a page. One walk through the rulebook writes plain text and HTML alike, through the
 * few functions at the top. */
#include "rulebook/print.h"

#include "rulebook/canonical.h"
#include "rulebook/example.h"
#include "rulebook/graph.h"

#include <string.h>

struct page {
    const struct rulebook *rulebook;
    struct buf *buf;
    bool html;
};

static void put(const struct page *page, str text)
{
    if (page->html) {
        buf_put_html(page->buf, text);
    } else {
        buf_put(page->buf, text);
    }
}

static void put_c(const struct page *page, const char *text)
{
    put(page, str_from_c(text));
}

/* Written to one of the two kinds of page alone. */
static void put_markup(const struct page *page, const char *html, const char *text)
{
    buf_put_c(page->buf, page->html ? html : text);
}

/* In plain text a heading is underlined. */
static void put_line_under(const struct page *page, str text, char c)
{
    for (size_t i = 0; !page->html && i < text.len; i++) {
        if (((unsigned char)text.at[i] & 0xC0U) != 0x80U) {
            buf_put_char(page->buf, c);
        }
    }
    put_markup(page, "", "\n");
}

static void put_heading(const struct page *page, const char *id, const char *heading)
{
    if (page->html) {
        buf_format(page->buf, "<h2 id=\"%s\">%s</h2>\n", id, heading);
        return;
    }
    buf_format(page->buf, "\n%s\n", heading);
    put_line_under(page, str_from_c(heading), '=');
}

/* Items of a kind stand under the sections of the rulebook. */
static void put_section(const struct page *page, str *current, str section)
{
    if (str_equal(*current, section)) {
        return;
    }
    *current = section;
    const str shown = section.len > 0 ? section : STR("Others");
    put_markup(page, "<h3>", "\n");
    put(page, shown);
    put_markup(page, "</h3>\n", "\n");
    put_line_under(page, shown, '-');
}

/* An item has a name by which others point at it, and rows. */
static void begin_item(const struct page *page, const char *kind, str name, str title)
{
    if (page->html) {
        buf_format(page->buf, "<section class=\"item\" id=\"%s-%.*s\">\n<h4>", kind, STR_ARG(name));
        buf_put_html(page->buf, title);
        buf_format(page->buf, "%s<code>%.*s</code></h4>\n<dl>\n", title.len > 0 ? " " : "",
                   STR_ARG(name));
        return;
    }
    buf_put_char(page->buf, '\n');
    buf_put(page->buf, title);
    buf_format(page->buf, "%s[%.*s]\n", title.len > 0 ? " " : "", STR_ARG(name));
}

static void end_item(const struct page *page)
{
    put_markup(page, "</dl>\n</section>\n", "");
}

static void begin_row(const struct page *page, const char *label)
{
    if (page->html) {
        buf_format(page->buf, "<dt>%s</dt><dd>", label);
    } else {
        buf_format(page->buf, "  %-12s ", label);
    }
}

static void end_row(const struct page *page)
{
    put_markup(page, "</dd>\n", "\n");
}

static void put_row(const struct page *page, const char *label, str text)
{
    if (text.len > 0) {
        begin_row(page, label);
        put(page, text);
        end_row(page);
    }
}

/* The title of an item, leading to it. */
static void put_link(const struct page *page, const char *kind, str name, str title)
{
    if (page->html) {
        buf_format(page->buf, "<a href=\"#%s-%.*s\">", kind, STR_ARG(name));
    }
    put(page, title.len > 0 ? title : name);
    put_markup(page, "</a>", "");
}

/* Turns < and > into entities in what was written from `begin` on: the only two of HTML's signs
 * that conditions have. */
static void escape_from(struct buf *buf, size_t begin)
{
    const size_t end = buf->len;
    size_t signs = 0;
    for (size_t i = begin; i < end; i++) {
        signs += buf->at[i] == '<' || buf->at[i] == '>' ? 1 : 0;
    }
    for (size_t i = 0; i < signs * 3; i++) {
        buf_put_char(buf, ' ');
    }
    size_t to = buf->len;
    for (size_t i = end; !buf->failed && signs > 0 && i > begin; i--) {
        const char c = buf->at[i - 1];
        if (c == '<' || c == '>') {
            to -= 4;
            memcpy(buf->at + to, c == '<' ? "&lt;" : "&gt;", 4);
            signs--;
        } else {
            buf->at[--to] = c;
        }
    }
}

static void put_condition(const struct page *page, node_index condition)
{
    const size_t begin = page->buf->len;
    canonical_condition(page->rulebook, condition, page->buf);
    if (page->html) {
        escape_from(page->buf, begin);
    }
}

static void put_condition_row(const struct page *page, const char *label, node_index condition)
{
    begin_row(page, label);
    put_markup(page, "<code>", "");
    put_condition(page, condition);
    put_markup(page, "</code>", "");
    end_row(page);
}

static void put_date_plain(const struct page *page, date day)
{
    char text[20];
    date_format_plain(day, text);
    put_c(page, text);
}

static void put_sources(const struct page *page, const struct source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        begin_row(page, "Source");
        put(page, sources[i].text);
        if (sources[i].unverified) {
            put_markup(page, " <strong class=\"unverified\">not verified</strong>",
                       " [NOT VERIFIED]");
        }
        end_row(page);
    }
}

/* Items by their index, each leading to it. */

static void put_stage_link(const struct page *page, uint32_t stage)
{
    put_link(page, "stage", page->rulebook->stages[stage].name,
             page->rulebook->stages[stage].title);
}

static void put_step_link(const struct page *page, uint32_t step)
{
    put_link(page, "step", page->rulebook->steps[step].name, page->rulebook->steps[step].title);
}

/* A safeguard has no title; its reason says what it is. */
static void put_safeguard_link(const struct page *page, uint32_t safeguard)
{
    put_link(page, "safeguard", page->rulebook->safeguards[safeguard].name, STR(""));
}

typedef void link_function(const struct page *page, uint32_t item);

static void put_links(const struct page *page, const char *label, const uint32_t *items,
                      size_t count, link_function *put_item)
{
    if (count == 0) {
        return;
    }
    begin_row(page, label);
    for (size_t i = 0; i < count; i++) {
        put_c(page, i == 0 ? "" : "; ");
        put_item(page, items[i]);
    }
    end_row(page);
}

/* Examples. */

static void put_given(const struct page *page, const struct given *given, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct fact *fact = &page->rulebook->facts[given[i].fact];
        char text[512];
        struct arena arena = {.begin = text, .at = text, .end = text + sizeof text};
        struct buf value;
        buf_init(&value, &arena, sizeof text / 2);
        value_format(fact, &given[i].value, &value);
        put_c(page, i == 0 ? "" : ", ");
        put(page, fact->name);
        put_c(page, given[i].value.known ? " = " : " ");
        put(page, value.failed ? STR("...") : buf_str(&value));
    }
}

static void put_members(const struct page *page, const struct example *example)
{
    for (size_t i = 0; i < example->member_count; i++) {
        put_c(page, "; a family member with ");

        put_given(page, example->members[i].given, example->members[i].given_count);
    }
}

static void put_outcome(const struct page *page, const struct example *example)
{
    static const char *const outcomes[] = {[CLEARANCE_CLEAR] = "clear",
                                           [CLEARANCE_BARRED] = "barred",
                                           [CLEARANCE_UNKNOWN] = "unknown"};
    if (!example->of_clock) {
        put_c(page, outcomes[example->expected]);
    } else if (example->has_last_day) {
        put_c(page, "the last day is ");
        put_date_plain(page, example->last_day);
    } else {
        put_c(page, "the last day is unknown");
    }
    for (size_t i = 0; i < example->need_count; i++) {
        put_c(page, i == 0 ? "; to be known: " : ", ");
        put(page, page->rulebook->facts[example->needs[i]].name);
    }
}

static void put_example(const struct page *page, const struct example *example)
{
    begin_row(page, "Example");
    put(page, example->title);
    put_c(page, ": ");
    if (example->has_day) {
        put_c(page, "on ");
        put_date_plain(page, example->day);
        put_c(page, example->given_count > 0 ? ", " : "");
    }
    put_given(page, example->given, example->given_count);
    put_members(page, example);
    put_markup(page, " &rarr; <em>", " -> ");
    put_outcome(page, example);
    put_markup(page, "</em>", "");
    end_row(page);
}

static void put_examples(const struct page *page, bool of_clock, uint32_t item)
{
    for (size_t i = 0; i < page->rulebook->example_count; i++) {
        const struct example *example = &page->rulebook->examples[i];
        if (example->of_clock == of_clock && example->item == item) {
            put_example(page, example);
        }
    }
}

/* Kinds of item. */

static void put_safeguards(const struct page *page)
{
    const struct rulebook *rulebook = page->rulebook;
    str section = STR("");
    put_heading(page, "safeguards", "Safeguards");
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[i];
        put_section(page, &section, safeguard->section);
        begin_item(page, "safeguard", safeguard->name, safeguard->reason);
        put_sources(page, safeguard->sources, safeguard->source_count);
        put_links(page, "Guards", safeguard->guards, safeguard->guard_count, put_step_link);
        put_condition_row(page, "Clear when", safeguard->clear_when);
        put_examples(page, false, i);
        end_item(page);
    }
}

static void put_steps_from(const struct page *page, uint32_t stage)
{
    const struct rulebook *rulebook = page->rulebook;
    bool any = false;
    for (uint32_t i = 0; i < rulebook->step_count; i++) {
        if (!rulebook_step_leaves(rulebook, &rulebook->steps[i], stage)) {
            continue;
        }
        if (!any) {
            begin_row(page, "Steps");
        }
        put_c(page, any ? "; " : "");
        put_step_link(page, i);
        any = true;
    }
    if (any) {
        end_row(page);
    }
}

static void put_stages(const struct page *page)
{
    const struct rulebook *rulebook = page->rulebook;
    put_heading(page, "stages", "Stages");
    if (page->html) {
        buf_put_c(page->buf, "<div class=\"graph\">\n");
        graph_draw(rulebook, page->buf);
        buf_put_c(page->buf, "</div>\n");
    }
    for (uint32_t i = 0; i < rulebook->stage_count; i++) {
        const struct stage *stage = &rulebook->stages[i];
        begin_item(page, "stage", stage->name, stage->title);
        put_row(page, "Start", stage->start ? STR("a person's record begins here") : STR(""));
        put_row(page, "Outcome", stage->outcome ? STR("an end of the procedure") : STR(""));
        put_sources(page, stage->sources, stage->source_count);
        put_steps_from(page, i);
        end_item(page);
    }
}

static void put_step_way(const struct page *page, const struct step *step)
{
    put_row(page, "From", step->from_any ? STR("any stage that is not an outcome") : STR(""));
    put_links(page, "From", step->from, step->from_count, put_stage_link);
    begin_row(page, "To");
    if (step->same_stage) {
        put_c(page, "the same stage");
    } else {
        put_stage_link(page, step->to);
    }
    end_row(page);
}

static void put_approvals(const struct page *page, const struct step *step)
{
    for (size_t i = 0; i < step->approval_count; i++) {
        begin_row(page, i == 0 ? "Approved by" : "then by");
        put(page, page->rulebook->roles[step->approvals[i]].title);
        end_row(page);
    }
}

static void put_records(const struct page *page, const struct step *step)
{
    for (size_t i = 0; i < step->record_count; i++) {
        const struct given given = {.fact = step->records[i].fact, .value = step->records[i].value};
        begin_row(page, "Records");
        if (step->records[i].today) {
            put(page, page->rulebook->facts[given.fact].name);
            put_c(page, " = today");
        } else {
            put_given(page, &given, 1);
        }
        end_row(page);
    }
}

static void put_step(const struct page *page, const struct step *step)
{
    static const char *const places[] = {
        [STEP_PLACE_NONE] = "",
        [STEP_PLACE_TAKES] = "takes one place at the hub",
        [STEP_PLACE_FREES] = "frees the place at the hub",
    };
    begin_item(page, "step", step->name, step->title);
    put_sources(page, step->sources, step->source_count);
    put_step_way(page, step);
    put_row(page, "Place", str_from_c(places[step->place]));
    put_approvals(page, step);
    for (size_t i = 0; i < step->notice_count; i++) {
        put_row(page, "Serves", page->rulebook->notices[step->notices[i]].title);
    }
    put_records(page, step);
    put_links(page, "Guarded by", step->safeguards, step->safeguard_count, put_safeguard_link);
    put_row(page, "Guarded by", step->safeguard_count == 0 ? STR("nothing") : STR(""));
    end_item(page);
}

static void put_steps(const struct page *page)
{
    str section = STR("");
    put_heading(page, "steps", "Steps");
    for (uint32_t i = 0; i < page->rulebook->step_count; i++) {
        put_section(page, &section, page->rulebook->steps[i].section);
        put_step(page, &page->rulebook->steps[i]);
    }
}

static void put_run(const struct page *page, const struct clock_run *run)
{
    begin_row(page, "Runs");
    canonical_duration(page->rulebook, &run->duration, page->buf);
    put_c(page, " after ");
    put_condition(page, run->start);
    if (run->has_when) {
        put_c(page, " when ");
        put_condition(page, run->when);
    }
    end_row(page);
}

static void put_clocks(const struct page *page)
{
    const struct rulebook *rulebook = page->rulebook;
    str section = STR("");
    put_heading(page, "clocks", "Clocks");
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        put_section(page, &section, clock->section);
        begin_item(page, "clock", clock->name, clock->title);
        put_sources(page, clock->sources, clock->source_count);
        for (size_t k = 0; k < clock->run_count; k++) {
            put_run(page, &clock->runs[k]);
        }
        if (clock->ends_on_working_day) {
            begin_row(page, "Ends");
            put_c(page, "on a working day of ");
            put(page, rulebook->calendars[clock->end_calendar].calendar.name);
            end_row(page);
        }
        put_row(page, "Due to", clock->due_to);
        put_examples(page, true, i);
        end_item(page);
    }
}

static void put_definitions(const struct page *page)
{
    put_heading(page, "definitions", "Definitions");
    for (size_t i = 0; i < page->rulebook->definition_count; i++) {
        const struct definition *definition = &page->rulebook->definitions[i];
        begin_item(page, "definition", definition->name, definition->title);
        put_condition_row(page, "Means", definition->condition);
        put_sources(page, definition->sources, definition->source_count);
        end_item(page);
    }
}

static void put_calendar(const struct page *page, const struct calendar_item *item)
{
    begin_item(page, "calendar", item->calendar.name, item->title);
    put_sources(page, item->sources, item->source_count);
    begin_row(page, "Known");
    put_c(page, "from ");
    put_date_plain(page, item->calendar.from);
    put_c(page, " to ");
    put_date_plain(page, item->calendar.until);
    end_row(page);
    for (int day = 0; day < 7; day++) {
        if ((item->calendar.weekend & 1U << (unsigned)day) != 0) {
            put_row(page, "Weekend", str_from_c(date_weekday_name(day)));
        }
    }
    for (size_t i = 0; i < item->holiday_list_count; i++) {
        put_row(page, "Holidays", page->rulebook->holiday_lists[item->holiday_lists[i]].name);
    }
    end_item(page);
}

static void put_holidays(const struct page *page, const struct holiday_list *list)
{
    begin_item(page, "holidays", list->name, STR("Holidays"));
    put_sources(page, list->sources, list->source_count);
    for (size_t i = 0; i < list->line_count; i++) {
        begin_row(page, list->lines[i].every_year ? "Every year" : "Holiday");
        canonical_holiday(&list->lines[i], page->buf);
        put_c(page, ", ");
        put(page, list->lines[i].name);
        end_row(page);
    }
    end_item(page);
}

static void put_calendars(const struct page *page)
{
    put_heading(page, "calendars", "Calendars");
    for (size_t i = 0; i < page->rulebook->calendar_count; i++) {
        put_calendar(page, &page->rulebook->calendars[i]);
    }
    for (size_t i = 0; i < page->rulebook->holiday_list_count; i++) {
        put_holidays(page, &page->rulebook->holiday_lists[i]);
    }
}

static void put_fact_type(const struct page *page, const struct fact *fact)
{
    static const char *const types[] = {
        [FACT_FLAG] = "yes or no",  [FACT_CHOICE] = "one of ",
        [FACT_DATE] = "date",       [FACT_NUMBER] = "number",
        [FACT_COUNTRY] = "country", [FACT_COUNTRIES] = "set of countries",
        [FACT_TEXT] = "text",
    };
    static const char *const subjects[] = {[SUBJECT_PERSON] = "a person",
                                           [SUBJECT_HUB] = "a hub",
                                           [SUBJECT_AGREEMENT] = "an agreement"};
    begin_row(page, "Type");
    put_c(page, types[fact->type]);
    for (size_t i = 0; i < fact->choice_count; i++) {
        put_c(page, i == 0 ? "" : ", ");
        put(page, fact->choices[i]);
    }
    put_c(page, "; of ");
    put_c(page, subjects[fact->subject]);
    put_c(page, fact->counted ? "; counted by the register" : "");
    end_row(page);
}

static void put_facts(const struct page *page)
{
    str section = STR("");
    put_heading(page, "facts", "Facts");
    for (size_t i = 0; i < page->rulebook->fact_count; i++) {
        const struct fact *fact = &page->rulebook->facts[i];
        put_section(page, &section, fact->section);
        begin_item(page, "fact", fact->name, fact->title);
        put_fact_type(page, fact);
        put_row(page, "Note", fact->note);
        put_sources(page, fact->sources, fact->source_count);
        end_item(page);
    }
}

static void put_roles_and_notices(const struct page *page)
{
    const struct rulebook *rulebook = page->rulebook;
    put_heading(page, "roles", "Roles and notices");
    for (size_t i = 0; i < rulebook->role_count; i++) {
        begin_item(page, "role", rulebook->roles[i].name, rulebook->roles[i].title);
        put_row(page, "Kind", STR("role"));
        end_item(page);
    }
    for (size_t i = 0; i < rulebook->notice_count; i++) {
        const struct notice *notice = &rulebook->notices[i];
        begin_item(page, "notice", notice->name, notice->title);
        put_row(page, "Kind", STR("notice"));
        put_sources(page, notice->sources, notice->source_count);
        end_item(page);
    }
}

static void put_head(const struct page *page)
{
    const struct rulebook *rulebook = page->rulebook;
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&rulebook->identity, identity);
    put_markup(page, "<h1>", "");
    put(page, rulebook->title);
    put_markup(page, "</h1>\n<dl>\n", "\n");
    put_row(page, "Rulebook", rulebook->name);
    begin_row(page, "In force");
    put_c(page, "from ");
    put_date_plain(page, rulebook->in_force_from);
    end_row(page);
    put_row(page, "Identity", str_from_c(identity));
    put_markup(page, "</dl>\n", "");
}

static void put_all(const struct page *page)
{
    put_head(page);
    put_stages(page);
    put_steps(page);
    put_safeguards(page);
    put_definitions(page);
    put_clocks(page);
    put_calendars(page);
    put_facts(page);
    put_roles_and_notices(page);
}

void print_rulebook_text(const struct rulebook *rulebook, struct buf *buf)
{
    const struct page page = {.rulebook = rulebook, .buf = buf};
    put_all(&page);
}

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;color:#111;background:#fff;max-width:80rem;"
    "margin:2rem auto;padding:0 1rem}\n"
    "h2{margin-top:3rem;border-bottom:2px solid #111}h3{margin-top:2rem}"
    "h4{margin:0 0 .5rem;font-size:1.05rem}\n"
    "h4 code{font-weight:normal;font-size:.85rem;color:#555}\n"
    ".item{border-top:1px solid #ccc;padding:1rem 0;break-inside:avoid}\n"
    "dl{display:grid;grid-template-columns:8rem minmax(0,1fr);gap:.2rem 1rem;margin:0}"
    "dt{color:#555}dd{margin:0;overflow-wrap:anywhere}a{color:#1d4f91}\n"
    ".unverified{color:#942514;border:1px solid;padding:0 .3rem;font-size:.85rem}\n"
    ".graph{overflow-x:auto}.graph svg{max-width:100%;height:auto;min-width:50rem}"
    ".graph text{font-size:13px;text-anchor:middle;fill:#111}.graph a{text-decoration:none}\n"
    ".graph .stage{fill:#f3f5f7;stroke:#333}.graph .start{stroke-width:3}"
    ".graph .outcome{fill:#e4efe4;stroke-width:2}\n"
    ".graph .way{fill:none;stroke:#56687a;stroke-width:1.3}.graph .back{stroke-dasharray:4 "
    "3}.graph .faint{opacity:.3}"
    ".graph .way:hover{stroke:#b0461e;stroke-width:3;opacity:1}.graph marker path{fill:#56687a}\n"
    "@media print{body{margin:0;max-width:none}a{color:inherit}}\n";

void print_rulebook_html(const struct rulebook *rulebook, struct buf *buf)
{
    const struct page page = {.rulebook = rulebook, .buf = buf, .html = true};
    buf_put_c(buf,
              "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    buf_put_html(buf, rulebook->title);
    buf_put_c(buf, "</title>\n<style>\n");
    buf_put_c(buf, style);
    buf_put_c(buf, "</style>\n</head>\n<body>\n<main>\n");
    put_all(&page);
    buf_put_c(buf, "</main>\n</body>\n</html>\n");
}
