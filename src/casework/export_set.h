/* export_set: one data set, written as CSV and as NDJSON side by side: the same columns, the same
 * rows. Inside casework only. */
#ifndef RETURNHUB_CASEWORK_EXPORT_SET_H
#define RETURNHUB_CASEWORK_EXPORT_SET_H

#include "register/event.h"
#include "system/stream.h"

enum { EXPORT_COLUMNS_MAX = 12 };

struct export_cell {
    enum { EXPORT_UNKNOWN, EXPORT_TEXT, EXPORT_NUMBER, EXPORT_DAY, EXPORT_INSTANT } kind;
    str text;
    int64_t number; /* days or milliseconds, too */
};

static inline struct export_cell export_unknown(void)
{
    return (struct export_cell){.kind = EXPORT_UNKNOWN};
}

/* An empty text is not known. */
static inline struct export_cell export_text(str text)
{
    return (struct export_cell){.kind = text.len == 0 ? EXPORT_UNKNOWN : EXPORT_TEXT, .text = text};
}

static inline struct export_cell export_number(int64_t number)
{
    return (struct export_cell){.kind = EXPORT_NUMBER, .number = number};
}

static inline struct export_cell export_day(struct known_day day)
{
    return (struct export_cell){.kind = day.known ? EXPORT_DAY : EXPORT_UNKNOWN,
                                .number = day.day.day};
}

static inline struct export_cell export_instant(instant when)
{
    return (struct export_cell){.kind = EXPORT_INSTANT, .number = when.milliseconds};
}

struct export_set {
    const char *const *columns; /* EXPORT_COLUMNS_MAX of them, NULL after the last */
    size_t column_count;
    struct written_file csv;
    struct written_file ndjson;
    int64_t rows;
};

#define EXPORT_SET_NONE ((struct export_set){.csv = WRITTEN_FILE_NONE, .ndjson = WRITTEN_FILE_NONE})

MUST_USE result export_set_open(struct export_set *set, const char *folder, const char *name,
                                const char *const columns[EXPORT_COLUMNS_MAX], struct arena *arena,
                                struct err *err);
/* One cell for each column. */
MUST_USE result export_set_put(struct export_set *set, const struct export_cell *cells,
                               struct arena scratch, struct err *err);
MUST_USE result export_set_finish(struct export_set *set, struct err *err);
void export_set_abandon(struct export_set *set);

#endif
