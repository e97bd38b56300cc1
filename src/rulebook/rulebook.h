/* rulebook: the law of one jurisdiction, compiled from its text. Pure: no clock, file, socket or
 * global.
 *
 * The language is described in docs/rulebook-language.md. A rulebook is immutable after
 * rulebook_load, lives in the arena it was loaded into, and may be shared between threads. Items
 * are referred to by their index in its arrays, which is stable for one rulebook only; what is
 * stored is always a name.
 *
 * Invariants of a loaded rulebook (rulebook_check_invariants asserts them):
 *   1. every index in it is in range, and every name unique among its kind;
 *   2. conditions are trees in `nodes`, children before parents, so a node's children have smaller
 * indices;
 *   3. definitions and clocks form no cycle;
 *   4. each fact belongs to exactly one subject; a flag's, choice's, ... type was checked wherever
 * it is used.
 */
#ifndef RETURNHUB_RULEBOOK_RULEBOOK_H
#define RETURNHUB_RULEBOOK_RULEBOOK_H

#include "base/calendar.h"
#include "base/hash.h"
#include "rulebook/value.h"

/* Every limit of the language; docs/rulebook-language.md lists them, and each has a test. They are
 * far beyond any law, so that what reaches one is a mistake, and a text made to hurt stays cheap.
 */
enum {
    RULEBOOK_FILES_MAX = 256,
    RULEBOOK_FILE_BYTES_MAX = 4 * 1024 * 1024,
    RULEBOOK_ITEMS_MAX = 4096, /* of each kind */
    RULEBOOK_EXAMPLES_MAX = 65536,
    RULEBOOK_NAME_LEN_MAX = 64, /* what str_distance compares, for "did you mean" */
    RULEBOOK_TEXT_LEN_MAX = 16 * 1024,
    RULEBOOK_DUE_LEN_MAX = 1024,
    RULEBOOK_CHOICES_MAX = 256,  /* of a fact: a form offers them in one list */
    RULEBOOK_NESTING_MAX = 64,   /* of a condition, with the definitions and clocks it uses */
    RULEBOOK_PARTS_MAX = 100000, /* of a condition, with its definitions and clocks written out */
    RULEBOOK_DIAGNOSTICS_MAX = 200, /* that are kept; all are counted */
    RULEBOOK_APPROVALS_MAX = 4,     /* of a step */
    /* of a duration: a hundred years, roughly, so that no sum can overflow */
    RULEBOOK_DAYS_MAX = 36525,
    RULEBOOK_MONTHS_MAX = 1200,
    RULEBOOK_YEARS_MAX = 100,
};

enum subject {
    SUBJECT_PERSON,
    SUBJECT_HUB,
    SUBJECT_AGREEMENT,
};

/* Where something stands in the text. */
struct place_in_text {
    str file;
    uint32_t line; /* from 1 */
    uint32_t column;
};

struct source {
    str text;
    bool unverified;
    struct place_in_text at;
};

struct fact {
    str name;
    str title;
    str note;    /* "" when none */
    str section; /* "" when none */
    enum subject subject;
    enum fact_type type;
    const str *choices;      /* of FACT_CHOICE: names */
    const str *choice_words; /* how each is read in a sentence: "England and Wales" */
    size_t choice_count;
    bool counted; /* the register knows it; nobody records it */
    const struct source *sources;
    size_t source_count;
    struct place_in_text at;
};

struct country {
    uint16_t code;
    str name;
};

/* Conditions and date values, as nodes of one tree; see condition.h for their meaning. */
typedef uint32_t node_index;
struct node;

enum duration_unit { UNIT_DAYS, UNIT_WORKING_DAYS, UNIT_MONTHS, UNIT_YEARS };

struct duration {
    int32_t count;
    enum duration_unit unit;
    uint32_t calendar;           /* of UNIT_WORKING_DAYS */
    enum date_rounding rounding; /* of UNIT_MONTHS and UNIT_YEARS */
};

struct clock_run {
    struct duration duration;
    node_index start; /* a date */
    bool has_when;
    node_index when;
};

/* What may be done to a clock, by whom, and for how long at most: the lines `extension` and
 * `suspension`. What it does is that facts are recorded; the clock's own lines read them. */
struct clock_change {
    uint32_t role; /* NOT_FOUND_INDEX: it may not be done, and nothing else counts */
    uint32_t fact; /* of an extension: a flag that becomes yes, or a date that becomes the last day;
                      of a suspension: a date, the day since when the clock stands still */
    uint32_t last_day; /* of a suspension: a date that becomes the last day when it runs again */
    bool has_most;
    struct duration most; /* an extension: beyond the last day without it; a suspension: it lasts */
};

struct clock {
    str name;
    str title;
    str section;
    str due_to;        /* "" when not said */
    uint32_t due_from; /* role that has to do it in this time; NOT_FOUND_INDEX when not said */
    node_index done;   /* when true it is done; otherwise, once the time has expired, it is
                          overdue. NOT_FOUND_INDEX when not said: never done while the clock runs */
    struct clock_change extension;
    struct clock_change suspension;
    const struct source *sources;
    size_t source_count;
    const struct clock_run *runs;
    size_t run_count;
    bool ends_on_working_day;
    uint32_t end_calendar;
    struct place_in_text at;
};

struct definition {
    str name;
    str title; /* made of the name unless is_titled: the rulebook says it */
    bool is_titled;
    node_index condition;
    const struct source *sources;
    size_t source_count;
    struct place_in_text at;
};

struct safeguard {
    str name;
    str title; /* made of the name unless is_titled: the rulebook says it */
    bool is_titled;
    str section;
    str reason;
    const uint32_t *guards; /* steps */
    size_t guard_count;
    const struct source *sources;
    size_t source_count;
    node_index clear_when;
    struct place_in_text at;
};

struct role {
    str name;
    str title;
};

struct notice {
    str name;
    str title;
    const struct source *sources;
    size_t source_count;
};

struct stage {
    str name;
    str title;
    bool start;
    bool outcome;
    bool whereabouts_unknown; /* nobody knows where the person is; the statistics say how many */
    const struct source *sources;
    size_t source_count;
    struct place_in_text at;
};

enum step_place { STEP_PLACE_NONE, STEP_PLACE_TAKES, STEP_PLACE_FREES };

struct step_record {
    uint32_t fact;
    bool today; /* the value is the day the step is taken */
    struct value value;
};

struct step {
    str name;
    str title;
    str section;
    const uint32_t *from; /* stages */
    size_t from_count;
    bool from_any; /* any stage that is not an outcome */
    bool same_stage;
    uint32_t to; /* stage; meaningless when same_stage */
    bool with_hub;
    bool with_agreement;
    enum step_place place;
    uint32_t approvals[RULEBOOK_APPROVALS_MAX]; /* roles, in order */
    size_t approval_count;
    const uint32_t *notices;
    size_t notice_count;
    const struct step_record *records;
    size_t record_count;
    const uint32_t *safeguards; /* that guard it, in the order of the text */
    size_t safeguard_count;
    const struct source *sources;
    size_t source_count;
    struct place_in_text at;
};

/* A line of a list of holidays: one day, or, when `every_year`, the days from month/day to
 * end_month/end_day of each year. */
struct holiday_line {
    bool every_year;
    date day;
    int32_t month;
    int32_t month_day;
    int32_t end_month;
    int32_t end_month_day;
    str name;
};

struct holiday_list {
    str name;
    str title; /* made of the name unless is_titled: the rulebook says it */
    bool is_titled;
    const struct source *sources;
    size_t source_count;
    const struct holiday_line *lines;
    size_t line_count;
    struct place_in_text at;
};

struct calendar_item {
    struct calendar
        calendar; /* holidays already merged, sorted; recurring days expanded over the range */
    str title;    /* made of the name unless is_titled: the rulebook says it */
    bool is_titled;
    const struct source *sources;
    size_t source_count;
    const uint32_t *holiday_lists;
    size_t holiday_list_count;
    struct place_in_text at;
};

struct example;
struct rulebook_names;

struct rulebook {
    str name;
    str title;
    date in_force_from;
    str canonical;          /* the canonical text */
    struct sha256 identity; /* of `canonical` */
    const struct fact *facts;
    size_t fact_count;
    const struct country *countries; /* sorted by code */
    size_t country_count;
    const struct holiday_list *holiday_lists;
    size_t holiday_list_count;
    const struct calendar_item *calendars;
    size_t calendar_count;
    const struct clock *clocks;
    size_t clock_count;
    const struct definition *definitions;
    size_t definition_count;
    const struct safeguard *safeguards;
    size_t safeguard_count;
    /* By safeguard: its condition reads nothing of a hub or an agreement, so that it says the same
     * of a person whichever is asked about. */
    const bool *person_alone;
    const struct role *roles;
    size_t role_count;
    const struct notice *notices;
    size_t notice_count;
    const struct stage *stages;
    size_t stage_count;
    uint32_t start_stage;
    const struct step *steps;
    size_t step_count;
    const struct node *nodes;
    size_t node_count;
    const struct example *examples;
    size_t example_count;
    bool has_family_complete;
    uint32_t family_complete;           /* the fact family.complete */
    const struct rulebook_names *names; /* for the look-ups below */
};

#define NOT_FOUND_INDEX UINT32_MAX

struct rulebook_file {
    str name; /* as shown in messages */
    str text;
};

enum severity {
    SEVERITY_ERROR,
    SEVERITY_WARNING,
    SEVERITY_UNVERIFIED,
    SEVERITY_UNDECIDED, /* a question about the rulebook that was not answered */
};

struct diagnostic {
    enum severity severity;
    struct place_in_text at;
    str what;
    str hint; /* "" when there is nothing to add */
};

struct diagnostics {
    struct diagnostic *items; /* RULEBOOK_DIAGNOSTICS_MAX of them, in `arena` */
    size_t count;
    size_t error_count; /* counts on beyond the maximum */
    size_t warning_count;
    size_t unverified_count;
    size_t undecided_count;
    struct diagnostic *last; /* the one reported last, while reporting */
    struct arena *arena;
};

/* The arena holds the findings' words. It must not be the one that rulebook_load or
 * rulebook_run_examples is given as scratch. */
MUST_USE result diagnostics_init(struct diagnostics *diagnostics, struct arena *arena,
                                 struct err *err);

/* Parses, checks and compiles; runs no examples (rulebook_run_examples does). Reports ALL it finds
 * in diagnostics, in the order of the text. Succeeds when there is no error (warnings do not fail
 * it). On failure err names the first. Texts must outlive the rulebook. */
MUST_USE result rulebook_load(const struct rulebook_file *files, size_t file_count,
                              struct arena *perm, struct arena scratch,
                              const struct rulebook **ret_rulebook, struct diagnostics *diagnostics,
                              struct err *err);

struct examples_outcome {
    size_t passed;
    size_t failed;
};
/* Runs every example; each that does not hold is a diagnostic (error) saying what was expected and
 * what was found. */
MUST_USE result rulebook_run_examples(const struct rulebook *rulebook, struct arena scratch,
                                      struct examples_outcome *ret_outcome,
                                      struct diagnostics *diagnostics, struct err *err);

/* Looks for what a sound rulebook says in vain, and adds it to the findings, as warnings:
 * definitions, lines of clocks and safeguards that can never be true or never be false, whatever
 * the facts; safeguards that add nothing to others; steps that can never be clear. Decided exactly;
 * what is not decided within the bound of possible.h is a finding of SEVERITY_UNDECIDED. Not part
 * of loading, which every start of the program waits for. */
MUST_USE result rulebook_analyse(const struct rulebook *rulebook, struct arena scratch,
                                 struct diagnostics *diagnostics, struct err *err);

/* By name; NOT_FOUND_INDEX when there is none. */
uint32_t rulebook_fact(const struct rulebook *rulebook, str name);
uint32_t rulebook_step(const struct rulebook *rulebook, str name);
uint32_t rulebook_stage(const struct rulebook *rulebook, str name);
uint32_t rulebook_clock(const struct rulebook *rulebook, str name);
uint32_t rulebook_safeguard(const struct rulebook *rulebook, str name);
uint32_t rulebook_role(const struct rulebook *rulebook, str name);
/* "Albania" for ALB; "" when not listed. */
str rulebook_country_name(const struct rulebook *rulebook, uint16_t code);
/* The nearest name of that kind for "did you mean", "" when none is near. */
str rulebook_nearest_fact(const struct rulebook *rulebook, str name);
str rulebook_nearest_step(const struct rulebook *rulebook, str name);

/* May the step be taken from this stage? */
bool rulebook_step_leaves(const struct rulebook *rulebook, const struct step *step, uint32_t stage);

void rulebook_check_invariants(const struct rulebook *rulebook);

/* One diagnostic as a line for people: "file:line:column: error: what\n  hint: ...". */
void diagnostic_format(const struct diagnostic *diagnostic, struct buf *buf);

#endif
