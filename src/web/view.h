/* view: what a template shows, made purely from a resource (resource.h): labels, addresses, tags,
 * pictures. Whatever a page says about a case can therefore be had from the API as well.
 *
 * Every view object is complete (see page.h). The functions give a new json_t that the caller owns.
 */
#ifndef RETURNHUB_WEB_VIEW_H
#define RETURNHUB_WEB_VIEW_H

#include "format/catalogue.h"
#include "format/json.h"

/* What a page may offer to this account: links and buttons, no more; casework decides again. */
struct view_rights {
    bool see_people;
    bool record_fact;
    bool record_identity;
    bool see_duplicates;
    bool report_order;
    bool see_looks;
    bool manage_privacy;
    bool request_step;
    bool approve_step;
    bool take_step;
    bool see_hub;
    bool record_hub;
    bool see_agreement;
    bool record_agreement;
    bool register_person;
    bool screen;
    bool compare_rules;
};

struct view_context {
    struct view_rights rights;
    struct arena *arena;               /* for addresses */
    const struct catalogue *catalogue; /* of what the reader reads; NULL: English */
};
/* A text with values in it, said as a whole (speech_put). */
str view_said(const struct view_context *context, const char *text,
              const struct said_value *values);
/* The same with one value. */
str view_filled(const struct view_context *context, const char *text, str value);
str view_numbered(const struct view_context *context, const char *text, int64_t number);

/* --- pieces
 * ------------------------------------------------------------------------------------------------------
 */

/* {"known","iso","text"} from "2026-03-27", from {"known","value"}, from an instant ("27 March 2026
 * at 5:30pm UTC"). */
json_t *view_day(str iso);
json_t *view_known_day(const json_t *known_day);
/* Whether a time of the law has a length: one that is a day itself, as the last one on which a
 * paper is valid, begins on no other. */
bool view_clock_begins(const json_t *clock);
/* The day on which it began, as of view_known_day; false when it begins on no other. */
json_t *view_clock_start(const json_t *clock);
json_t *view_instant(const struct view_context *context, str iso);
json_t *view_instant_day(str iso); /* without the time of day */
/* {"known","text"} of a value. */
json_t *view_value(const json_t *value);
/* {"text","colour"} */
json_t *view_clearance_tag(str clearance);
json_t *view_request_tag(str state);
json_t *view_clock_tag(str state);
/* "1,204" */
str view_number(struct arena *arena, int64_t number);
/* A number and what is counted, "1 person", "1,204 people", as the reader's language puts it
 * (speech_counted). */
str view_counted(const struct view_context *context, int64_t count, struct counted_text text);
/* How far a day is: "In 4 days (2 working days)". */
struct days_words {
    const char *today;
    struct counted_text ahead;
    struct counted_text past;
};
str view_days_left(const struct view_context *context, const struct days_words *words, int64_t days,
                   const json_t *working_days);
/* {"name","href","reference","stage"} of a person; name "Name not known" after erasure. */
json_t *view_person_link(const struct view_context *context, const json_t *person);
json_t *view_fact(const struct view_context *context, const json_t *fact, str withdrawal_base);
/* What a line of the history says, whole, where the template says it again. */
str view_history_text(const struct view_context *context, const json_t *line);
/* [{"title","anchor","facts":[...],"change_href"}] in the order of the resource. `base` is the
 * subject's address. */
json_t *view_fact_sections(const struct view_context *context, const json_t *facts, str base,
                           bool may_change, bool may_withdraw);

/* --- safeguards
 * --------------------------------------------------------------------------------------------------
 */

/* A safeguard's reason as its verdict says it: that is written for the safeguard that bars, and the
 * other verdicts must not seem to say the same. */
str view_reason(const struct view_context *context, const json_t *safeguard);
/* One safeguard as a card: tag, reason, law, the condition as a tree, what would change it. */
json_t *view_safeguard(const struct view_context *context, const json_t *safeguard, str anchor,
                       str record_base);
/* {"open":[cards],"clear":[cards],"open_count",...} of one explanation. */
json_t *view_safeguards(const struct view_context *context, const json_t *explanation,
                        str record_base);
/* The tree as a flat list of marks, which a template of fixed depth draws as nested lists:
 *   {"opens"} {"item",...} {"ends_item"} {"closes"}. */
json_t *view_tree(const struct view_context *context, const json_t *condition);
/* A condition in words: facts by their titles, operators as words. */
str view_condition_words(const struct view_context *context, const json_t *condition);

/* --- pages
 * -------------------------------------------------------------------------------------------------------
 */

json_t *view_people(const struct view_context *context, const json_t *people);
json_t *view_today(const struct view_context *context, const json_t *today);
json_t *view_explain(const struct view_context *context, const json_t *explain);
json_t *view_request(const struct view_context *context, const json_t *request);
json_t *view_hub(const struct view_context *context, const json_t *hub);
json_t *view_hubs(const struct view_context *context, const json_t *hubs);
json_t *view_agreement(const struct view_context *context, const json_t *agreement);
/* A table (part_table.html). */
json_t *view_agreements(const struct view_context *context, const json_t *agreements);
json_t *view_rulebook(const struct view_context *context, const json_t *rulebook);
/* The stops of a list that are not acknowledged yet, as the banner on every page shows them: false
 * when there is none. [{"heading","text","action","when"}], at most VIEW_STOPS_MAX. */
enum { VIEW_STOPS_MAX = 5 };
json_t *view_stop_banner(const struct view_context *context, const json_t *stops);
/* All of a list as the rows of a table. */
json_t *view_stops(const struct view_context *context, const json_t *stops);
/* One, with who was told and who knows. */
json_t *view_stop(const struct view_context *context, const json_t *stop);
/* A table with its caption; the person has a column of their own where the table is about several
 * people. */
enum view_columns { VIEW_HUB_COLUMN = 1, VIEW_PERSON_COLUMN = 2 };
json_t *view_requests_table(const struct view_context *context, const json_t *requests,
                            const char *caption, unsigned columns);

/* --- pictures (picture.c)
 * ---------------------------------------------------------------------------------------- */

/* The stages passed, the stage now and the steps that may come, as boxes and arrows, and the same
 * in words. {"height","from" (where arrows to steps begin), "boxes": stages, the last of them now,
 * "past": those before in words, "now","now_day", "drawn": steps, "coming": all of them in words,
 * "not_drawn": how many more}; what is drawn has its place in units of part_stages.html:
 * {"y","height",...}. */
json_t *picture_of_stages(const struct view_context *context, const json_t *person);
/* The places of a hub as a grid. */
json_t *picture_of_places(const struct view_context *context, const json_t *hub);

#endif
