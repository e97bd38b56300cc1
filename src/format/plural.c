#include "format/plural.h"

#include <limits.h>

/* The expression is read anew for each number: a few dozen bytes. Its value is only what it says
 * for that number, so a fault of its form shows at any of them. */
struct plural_reader {
    str left;
    uint64_t number;
    int nesting;
    bool wrong;
};

static void skip_blanks(struct plural_reader *reader)
{
    while (reader->left.len > 0 && (reader->left.at[0] == ' ' || reader->left.at[0] == '\t')) {
        reader->left = str_slice(reader->left, 1, reader->left.len);
    }
}

static bool take(struct plural_reader *reader, str word)
{
    skip_blanks(reader);
    if (!str_starts(reader->left, word)) {
        return false;
    }
    reader->left = str_slice(reader->left, word.len, reader->left.len);
    return true;
}

/* --- operators, as C ranks them --------------------------------------------------------------- */

enum operator_kind {
    OR,
    AND,
    EQUAL,
    UNEQUAL,
    AT_MOST,
    AT_LEAST,
    LESS,
    MORE,
    PLUS,
    MINUS,
    TIMES,
    OVER,
    REST
};

/* The longer one of two that begin alike comes first. */
static const struct plural_operator {
    str word;
    enum operator_kind kind;
    int rank;
} operators[] = {
    {STR_INIT("||"), OR, 1},      {STR_INIT("&&"), AND, 2},     {STR_INIT("=="), EQUAL, 3},
    {STR_INIT("!="), UNEQUAL, 3}, {STR_INIT("<="), AT_MOST, 4}, {STR_INIT(">="), AT_LEAST, 4},
    {STR_INIT("<"), LESS, 4},     {STR_INIT(">"), MORE, 4},     {STR_INIT("+"), PLUS, 5},
    {STR_INIT("-"), MINUS, 5},    {STR_INIT("*"), TIMES, 6},    {STR_INIT("/"), OVER, 6},
    {STR_INIT("%"), REST, 6},
};

static uint64_t divide(struct plural_reader *reader, enum operator_kind kind, uint64_t a,
                       uint64_t b)
{
    if (b == 0) {
        reader->wrong = true;
        return 0;
    }
    return kind == OVER ? a / b : a % b;
}

static uint64_t apply(struct plural_reader *reader, enum operator_kind kind, uint64_t a, uint64_t b)
{
    switch (kind) {
    case OR:
        return a != 0 || b != 0;
    case AND:
        return a != 0 && b != 0;
    case EQUAL:
        return a == b;
    case UNEQUAL:
        return a != b;
    case AT_MOST:
        return a <= b;
    case AT_LEAST:
        return a >= b;
    case LESS:
        return a < b;
    case MORE:
        return a > b;
    case PLUS:
        return a + b;
    case MINUS:
        return a - b;
    case TIMES:
        return a * b;
    case OVER:
    case REST:
        break;
    }
    return divide(reader, kind, a, b);
}

/* --- expressions ------------------------------------------------------------------------------ */

static uint64_t read_choice(struct plural_reader *reader);

static uint64_t read_digits(struct plural_reader *reader)
{
    uint64_t value = 0;
    size_t digits = 0;
    while (digits < reader->left.len && reader->left.at[digits] >= '0' &&
           reader->left.at[digits] <= '9' && value < UINT_MAX) {
        value = value * 10 + (uint64_t)(reader->left.at[digits] - '0');
        digits++;
    }
    reader->left = str_slice(reader->left, digits, reader->left.len);
    reader->wrong = reader->wrong || digits == 0;
    return value;
}

/* n, a number, what stands in brackets, or none of it. */
static uint64_t read_operand(struct plural_reader *reader)
{
    bool turned = false;
    bool truth = false;
    while (take(reader, STR("!"))) {
        turned = true;
        truth = !truth;
    }
    uint64_t value = reader->number;
    if (take(reader, STR("("))) {
        value = read_choice(reader);
        reader->wrong = !take(reader, STR(")")) || reader->wrong;
    } else if (!take(reader, STR("n"))) {
        value = read_digits(reader);
    }
    return turned ? (value != 0) != truth : value;
}

static const struct plural_operator *take_operator(struct plural_reader *reader, int rank)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        skip_blanks(reader);
        if (str_starts(reader->left, operators[i].word)) {
            return operators[i].rank >= rank && take(reader, operators[i].word) ? &operators[i]
                                                                                : NULL;
        }
    }
    return NULL;
}

static uint64_t read_operation(struct plural_reader *reader, int rank)
{
    uint64_t value = read_operand(reader);
    const struct plural_operator *taken = take_operator(reader, rank);
    while (taken != NULL && !reader->wrong) {
        value = apply(reader, taken->kind, value, read_operation(reader, taken->rank + 1));
        taken = take_operator(reader, rank);
    }
    return value;
}

static uint64_t read_choice(struct plural_reader *reader)
{
    reader->wrong = reader->wrong || reader->nesting == PLURAL_NESTING_MAX;
    if (reader->wrong) {
        return 0;
    }
    reader->nesting++;
    uint64_t value = read_operation(reader, 1);
    if (take(reader, STR("?"))) {
        const uint64_t yes = read_choice(reader);
        reader->wrong = !take(reader, STR(":")) || reader->wrong;
        const uint64_t no = read_choice(reader);
        value = value != 0 ? yes : no;
    }
    reader->nesting--;
    return value;
}

/* --- the line --------------------------------------------------------------------------------- */

static bool has_form(const struct plural *plural, uint64_t number, size_t *ret_form)
{
    struct plural_reader reader = {.left = plural->expression, .number = number};
    const uint64_t form = read_choice(&reader);
    skip_blanks(&reader);
    if (reader.wrong || reader.left.len > 0 || form >= plural->form_count) {
        return false;
    }
    *ret_form = (size_t)form;
    return true;
}

result plural_read(str line, struct plural *ret_plural, struct err *err)
{
    struct plural_reader reader = {.left = line};
    struct plural plural = {0};
    const bool begins = take(&reader, STR("nplurals")) && take(&reader, STR("="));
    skip_blanks(&reader);
    plural.form_count = begins ? (size_t)read_digits(&reader) : 0;
    const bool goes_on =
        take(&reader, STR(";")) && take(&reader, STR("plural")) && take(&reader, STR("="));
    if (!begins || !goes_on || plural.form_count == 0 || plural.form_count > PLURAL_FORMS_MAX) {
        return err_set(err, ERROR_INPUT,
                       "Plural-Forms is \"nplurals=2; plural=(n != 1);\", with 1 to %d forms",
                       PLURAL_FORMS_MAX);
    }
    plural.expression = str_cut(reader.left, ';').head;
    for (uint64_t number = 0; number <= PLURAL_CHECKED_TO; number++) {
        size_t form = 0;
        if (!has_form(&plural, number, &form)) {
            return err_set(err, ERROR_INPUT, "Plural-Forms gives the number %d no form",
                           (int)number);
        }
    }
    *ret_plural = plural;
    return result_ok();
}

size_t plural_form(const struct plural *plural, uint64_t number)
{
    size_t form = 0;
    return has_form(plural, number, &form) ? form : 0;
}
