/* view_statistics: tables with their drawing (view.h), of the register as it is and as published.
 * A resource is a sheet as sheet_json writes it (statistics/sheet.h). */
#ifndef RETURNHUB_WEB_VIEW_STATISTICS_H
#define RETURNHUB_WEB_VIEW_STATISTICS_H

#include "web/view.h"

/* {"tables":[{"title","href"}]} from {"tables":[{"name","title"}]} */
json_t *view_tables(const struct view_context *context, const json_t *tables);

enum { SHEET_ROWS_SHOWN = 300 };
/* {"title","notes","cut","shown","count","table","chart"}: the table (view_table.h) has at most
 * SHEET_ROWS_SHOWN rows. */
json_t *view_sheet(const struct view_context *context, const json_t *sheet);
/* The same of what two editions say differently. */
json_t *view_differences(const struct view_context *context, const json_t *sheet);

enum { CHART_BARS_MAX = 20 };
/* A bar for each row that is about one thing alone (every other key is "Total"); what is withheld
 * has its word in the place of a bar. Where there is none such, for each with a number of the
 * latest period. A measure is drawn with its interval. */
json_t *picture_of_sheet(struct arena *arena, const json_t *sheet);

#endif
