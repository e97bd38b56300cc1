/* view_table: tables and lists of pairs as a template draws them (part_table.html,
 * part_summary.html). A cell is made of pieces: text, a link, a tag, a day; each begins a line of
 * its own unless it is the first. */
#ifndef RETURNHUB_WEB_VIEW_TABLE_H
#define RETURNHUB_WEB_VIEW_TABLE_H

#include "web/view.h"

struct view_column {
    const char *title;
    bool numeric;
};

struct view_table {
    const struct view_context *context;
    const struct view_column *columns;
    size_t column_count;
    json_t *json;
    json_t *cells;  /* of the row that is being made */
    json_t *pieces; /* of its last cell */
};

/* `empty` is said where there is no row. */
void view_table_open(struct view_table *table, const struct view_context *context, str caption,
                     const struct view_column *columns, size_t column_count, const char *empty);
/* A list of pairs: each row is a pair, the first cell its name. */
void view_pairs_open(struct view_table *pairs, const struct view_context *context);
/* The table; the caller owns it. */
json_t *view_table_close(struct view_table *table);

void view_row(struct view_table *table);
/* The next cell of the row, empty. */
void view_cell(struct view_table *table);

/* Pieces of the cell. */
void view_put(struct view_table *table, str text);
void view_put_quiet(struct view_table *table, str text);
/* Below a name: quiet, and on one line. */
void view_put_reference(struct view_table *table, str reference);
void view_put_link(struct view_table *table, str text, str href); /* no href: the text alone */
/* What a screen reader reads after the link before: "Confirm the arrival" of whom. */
void view_put_link_about(struct view_table *table, str text, str href, str about);
void view_put_tag(struct view_table *table, const char *text, const char *colour);
/* What a state is called, and in which colour; a state that is not in the list in plain words. */
struct view_state {
    const char *name;
    const char *text;
    const char *colour;
};
void view_put_state(struct view_table *table, const struct view_state *states, size_t count,
                    str state);
void view_put_count(struct view_table *table, int64_t count);
/* A day or an instant of the resource, however it is written there. */
void view_put_when(struct view_table *table, const json_t *when);
void view_put_unknown(struct view_table *table);

/* A cell of one piece. */
void view_cell_text(struct view_table *table, str text);
void view_cell_link(struct view_table *table, str text, str href);
void view_cell_count(struct view_table *table, const json_t *object, const char *key);
void view_cell_when(struct view_table *table, const json_t *when);

/* A pair of a name and a text; "" is told as not known. */
void view_pair(struct view_table *pairs, const char *name, str text);
void view_pair_count(struct view_table *pairs, const char *name, const json_t *object,
                     const char *key);
void view_pair_when(struct view_table *pairs, const char *name, const json_t *when);
/* {"known","value"} */
void view_put_known_number(struct view_table *table, const json_t *number);

/* "Not in use" of "not_in_use": names that stand in a list of the program. */
str view_plain(const struct view_context *context, str name);
str view_href(const struct view_context *context, const char *pattern, str part);

#endif
