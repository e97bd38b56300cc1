/* parse: tokens to a draft of the rulebook, in which names are still words. The checker gives them
 * their meaning.
 *
 * A mistake costs one line of an item: the parser reports it, goes on at the next line it
 * understands, and marks the item as `broken`, so that the checker does not complain of what the
 * mistake left out. */
#ifndef RETURNHUB_RULEBOOK_PARSE_H
#define RETURNHUB_RULEBOOK_PARSE_H

#include "rulebook/condition.h"
#include "rulebook/lex.h"
#include "rulebook/list.h"

/* A name where it stands. */
struct name_at {
    str text;
    struct place_in_text at;
};

struct node_draft {
    struct node node;
    struct name_at name; /* what the node speaks of; of durations the calendar */
};

enum literal_kind {
    LITERAL_NAME, /* a choice */
    LITERAL_YES,
    LITERAL_NO,
    LITERAL_NUMBER,
    LITERAL_DATE,
    LITERAL_COUNTRY,
    LITERAL_COUNTRIES,
    LITERAL_TEXT,
    LITERAL_TODAY,
    LITERAL_UNKNOWN,
};

/* A value whose type is known only once its fact is. */
struct literal {
    enum literal_kind kind;
    str text;
    int64_t number;
    struct list countries; /* of struct country_at */
    struct place_in_text at;
};

struct country_at {
    uint16_t code;
    struct place_in_text at;
};

/* `FACT = VALUE` or `FACT unknown`, in examples and in `records`. */
struct setting {
    struct name_at fact;
    struct literal value;
};

struct country_draft {
    struct country country;
    struct place_in_text at;
    bool has_name;
    bool broken;
};

struct holiday_list_draft {
    struct holiday_list list;
    struct list sources; /* of struct source, as everywhere */
    struct list lines;   /* of struct holiday_line */
    bool broken;
};

struct calendar_draft {
    struct calendar_item item;
    struct list sources;
    struct list holiday_lists; /* of struct name_at, as all names below */
    bool has_from;
    bool has_until;
    bool broken;
};

struct fact_draft {
    struct fact fact;
    struct list sources;
    struct list choices;
    struct list choice_words; /* of str, one for each choice; "" when not said */
    bool has_type;
    bool broken;
};

struct clock_run_draft {
    struct clock_run run;
    struct name_at calendar;
};

struct clock_change_draft {
    struct name_at role; /* text.len 0 when not said */
    struct name_at fact;
    struct name_at last_day; /* of a suspension */
    struct name_at calendar; /* of the longest time */
    bool has_until;          /* the fact is a date, not a flag */
};

struct clock_draft {
    struct clock clock;
    struct list sources;
    struct list runs; /* of struct clock_run_draft */
    struct name_at end_calendar;
    struct name_at due_from; /* text.len 0 when not said */
    struct clock_change_draft extension;
    struct clock_change_draft suspension;
    bool broken;
};

struct definition_draft {
    struct definition definition;
    struct list sources;
    bool broken;
};

/* Roles and notices. */
struct named_draft {
    str name; /* first, so that all drafts can be looked up alike */
    str title;
    struct list sources;
    struct place_in_text at;
    bool broken;
};

struct stage_draft {
    struct stage stage;
    struct list sources;
    bool broken;
};

struct step_draft {
    struct step step;
    struct list sources;
    struct list from;
    struct name_at to;
    struct list approvals;
    struct list notices;
    struct list records;          /* of struct setting */
    struct place_in_text from_at; /* of the line; line 0 when there is none */
    struct place_in_text to_at;
    struct place_in_text place_at;
    bool broken;
};

struct safeguard_draft {
    struct safeguard safeguard;
    struct list sources;
    struct list guards;
    bool has_condition;
    bool broken;
};

enum outcome_kind {
    OUTCOME_NONE,
    OUTCOME_CLEAR,
    OUTCOME_BARRED,
    OUTCOME_UNKNOWN,
    OUTCOME_LAST_DAY,
    OUTCOME_LAST_DAY_UNKNOWN,
};

struct example_draft {
    str title;
    bool of_clock;
    uint32_t item; /* index of the draft of its safeguard or clock */
    bool has_day;
    date day;
    struct list given;   /* of struct setting */
    struct list members; /* of struct list, each of struct setting */
    enum outcome_kind outcome;
    bool has_needs;
    struct list needs;
    date last_day;
    struct place_in_text at;
    struct place_in_text outcome_at;
    bool broken;
};

struct rulebook_draft {
    struct name_at name;
    str title;
    date in_force_from;
    bool has_in_force;
    size_t rulebook_items; /* that were found; one is right */
    bool rulebook_broken;
    struct list countries;
    struct list holiday_lists;
    struct list calendars;
    struct list roles;
    struct list notices;
    struct list stages;
    struct list facts;
    struct list clocks;
    struct list definitions;
    struct list steps;
    struct list safeguards;
    struct list examples;
    struct list nodes;
    bool unreadable; /* a file or an item could not be read at all: what seems missing may stand
                        there */
};

/* Fails only when memory is full; what is wrong with the text is in `diagnostics`. What the
 * rulebook keeps is taken from `perm`, the draft from `scratch`. */
MUST_USE result parse_rulebook(const struct rulebook_file *files, size_t file_count,
                               struct arena *perm, struct arena *scratch,
                               struct diagnostics *diagnostics, struct rulebook_draft *ret_draft,
                               struct err *err);

/* Where an item, or a line of one, begins: what laying out a text needs to know of its grammar. */
struct line_mark {
    struct place_in_text at;
    enum token_kind item;   /* the word that begins the item */
    enum token_kind begins; /* what begins the line; the same word for the first line of the item */
    bool is_item;
    bool in_example; /* a line of an example, not of the item itself */
};

/* One file alone, whose names may stand in other files: its lines, in the order of the text, as a
 * list of struct line_mark in scratch. Reports what cannot be parsed, and fails if anything was. */
MUST_USE result parse_lines_of_file(const struct rulebook_file *file, struct arena *perm,
                                    struct arena *scratch, struct diagnostics *diagnostics,
                                    struct list *ret_marks, struct err *err);

#endif
