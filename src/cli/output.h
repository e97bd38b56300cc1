/* output: the only place that writes to the standard streams. Records go to standard output as
 * aligned text, JSON or CSV; progress and messages to standard error, progress only when that is a
 * terminal. */
#ifndef RETURNHUB_CLI_OUTPUT_H
#define RETURNHUB_CLI_OUTPUT_H

#include "base/arena.h"

#include <jansson.h>
#include <stdio.h>

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV };

enum { OUTPUT_COLUMNS_MAX = 16, OUTPUT_TEXT_MAX = 256 * 1024 * 1024 };

/* Adds to the object of an answer what stands in every one. */
typedef void output_complete(void *context, json_t *object);

struct output {
    FILE *stream;
    FILE *messages;
    enum output_format format;
    bool terminal;             /* messages go to a terminal */
    bool reader_gone;          /* whoever read the output has closed it, as `head` does */
    output_complete *complete; /* of objects printed as JSON; NULL: nothing is added */
    void *complete_context;
};

MUST_USE result output_format_read(str text, enum output_format *ret_format, struct err *err);

void output_text(struct output *output, str text);
MUST_USE result output_json(struct output *output, struct arena scratch, const json_t *value,
                            struct err *err);
/* The stream could be written to the end; a full disk is an error. That the reader went before is
 * none: there is nobody to tell (EXIT_READER_GONE). */
enum { EXIT_READER_GONE = 141 }; /* as of a program ended by SIGPIPE */
MUST_USE result output_finish(struct output *output, struct err *err);
void output_message(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
void output_error(struct output *output, const struct err *err);

/* A table printed as it comes, text or CSV. Widths are of the text layout; the last column is not
 * padded. */
struct table {
    struct output *output;
    const char *const *names;
    const int *widths;
    size_t column_count;
};
void table_begin(struct table *table);
void table_row(struct table *table, struct arena scratch, const str *cells);

/* For store_progress: draws "Doing  12,000 of 100,000  34 %" over itself on a terminal. `context`
 * is a struct progress. */
struct progress {
    struct output *output;
    const char *doing;
    int last_percent;
};
void progress_draw(void *context, int64_t done, int64_t all);
void progress_end(struct progress *progress);

#endif
