/* result and error: how every operation that can fail says so.
 *
 * A fallible function returns `result`, which must be used. Its outputs, named ret_..., are written
 * only on success; the last parameter, `struct err *err`, only on failure. An err never owns
 * memory: reporting a failure cannot fail. Text that does not fit is cut and ends in "...".
 *
 *     TRY(date_parse(text, &ret_date, err));
 */
#ifndef RETURNHUB_BASE_RESULT_H
#define RETURNHUB_BASE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_argument)                                                  \
    __attribute__((format(printf, format_index, first_argument)))

typedef struct result {
    bool ok;
} result;

enum error_code {
    ERROR_NONE = 0,
#define ERROR(code, name, http_status, exit_status, meaning) code,
#include "base/error.def"
#undef ERROR
};

struct err {
    enum error_code code;
    char file[160]; /* "" when the failure has no place in a text */
    uint32_t line;  /* from 1; 0 when unknown */
    uint32_t column;
    char what[480]; /* one factual sentence, no final line break */
    char hint[320]; /* what to do about it; "" when there is nothing to say */
    char field[24]; /* of what was asked by name, the part it is about: "as_of"; "" for none */
};

static inline result result_ok(void)
{
    return (result){.ok = true};
}

/* Returns early from a function that itself returns `result`. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const result try_result_ = (call);                                                         \
        if (!try_result_.ok) {                                                                     \
            return try_result_;                                                                    \
        }                                                                                          \
    } while (0)

/* The only way to drop a result; `why` is for the reader. */
void result_ignore(result ignored, const char *why);

/* Marks a text of an err that a person reads in their own language: no values are put into it, and
 * it stands in the catalogues of the pages (tests/web/languages.py). */
#define TOLD(text) text

/* Fills err and returns the failure, so that `return err_set(err, ERROR_INPUT, "...", ...)` is one
 * line. Clears place, hint and field. err may be NULL: then only the failure is reported. */
MUST_USE result err_set(struct err *err, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Adds advice, a place, or a field to an err that was set. Return the failure, for chaining. */
MUST_USE result err_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
MUST_USE result err_at(struct err *err, const char *file, uint32_t line, uint32_t column);
MUST_USE result err_field(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

const char *error_name(enum error_code code);    /* "invalid-input" */
const char *error_meaning(enum error_code code); /* one sentence */
int error_http_status(enum error_code code);
int error_exit_status(enum error_code code); /* 0 for ERROR_NONE */

/* Checked in release builds too: what must hold, never what a user sent. Stops the program.
 *
 * With RETURNHUB_WITHOUT_ASSERT the condition is computed and not looked at. That is only for
 * measuring coverage (tests/proof): the branch that never happens could never be covered. */
#ifdef RETURNHUB_WITHOUT_ASSERT
#define ASSERT(condition) ((void)(condition))
#else
#define ASSERT(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))
#endif
_Noreturn void assert_failed(const char *condition, const char *file, int line);

#endif
