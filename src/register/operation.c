#include "register/operation.h"

#include "base/buf.h"

enum { JOINED_MAX = 4096 };

static const struct operation_word kinds[] = {
#define OPERATION_KIND(word, word_title) {STR_INIT(word), word_title},
#include "register/operation.def"
#undef OPERATION_KIND
};

static const struct operation_word authorities[] = {
#define OPERATION_AUTHORITY(word, word_title) {STR_INIT(word), word_title},
#include "register/operation.def"
#undef OPERATION_AUTHORITY
};

static const struct operation_word measures[] = {
#define OPERATION_MEASURE(word, word_title) {STR_INIT(word), word_title},
#include "register/operation.def"
#undef OPERATION_MEASURE
};

static const struct operation_word sources[] = {
#define OPERATION_SOURCE(word, word_title) {STR_INIT(word), word_title},
#include "register/operation.def"
#undef OPERATION_SOURCE
};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

const struct operation_word *operation_words(enum operation_list list, size_t *ret_count)
{
    switch (list) {
    case OPERATION_KINDS:
        *ret_count = COUNT_OF(kinds);
        return kinds;
    case OPERATION_AUTHORITIES:
        *ret_count = COUNT_OF(authorities);
        return authorities;
    case OPERATION_MEASURE_NAMES:
        *ret_count = COUNT_OF(measures);
        return measures;
    case OPERATION_SOURCES:
        *ret_count = COUNT_OF(sources);
        return sources;
    }
    *ret_count = 0;
    return NULL;
}

size_t operation_word_find(enum operation_list list, str name)
{
    size_t count = 0;
    const struct operation_word *words = operation_words(list, &count);
    size_t found = 0;
    while (found < count && !str_equal(words[found].name, name)) {
        found++;
    }
    return found;
}

/* --- what may stand in an event --------------------------------------------------------------- */

static result check_word(enum operation_list list, str name, const char *what, struct err *err)
{
    size_t count = 0;
    (void)operation_words(list, &count);
    return operation_word_find(list, name) < count
               ? result_ok()
               : err_set(err, ERROR_INPUT, "This is not the name of %s", what);
}

static bool is_code(str text)
{
    bool code = text.len == 3;
    for (size_t i = 0; code && i < text.len; i++) {
        code = text.at[i] >= 'A' && text.at[i] <= 'Z';
    }
    return code;
}

static result check_sorted(const struct text_list *list, size_t most, const char *what,
                           struct err *err)
{
    if (list->count > most) {
        return err_set(err, ERROR_INPUT, "An operation has at most %zu %s", most, what);
    }
    for (size_t i = 1; i < list->count; i++) {
        if (str_compare(list->items[i - 1], list->items[i]) >= 0) {
            return err_set(err, ERROR_INPUT, "The %s are sorted, and none stands twice", what);
        }
    }
    return result_ok();
}

/* "ALB police" */
static result check_partner(str partner, struct err *err)
{
    const struct str_cut cut = str_cut(partner, ' ');
    if (!cut.found || !is_code(cut.head)) {
        return err_set(err, ERROR_INPUT,
                       "A partner is the code of a country and a kind of authority");
    }
    return check_word(OPERATION_AUTHORITIES, cut.tail, "a kind of authority", err);
}

static result check_numbers(const struct number_list *numbers, size_t expected, struct err *err)
{
    if (numbers->count != expected) {
        return err_set(err, ERROR_INPUT, "There is a number for each measure and each currency");
    }
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->items[i] < 0 || numbers->items[i] > OPERATION_COUNT_MAX) {
            return err_set(err, ERROR_INPUT, "A count of an operation is between 0 and %d",
                           OPERATION_COUNT_MAX);
        }
    }
    return result_ok();
}

/* "OP-0001": made by the register from a number, so that it is no place for a code name. */
static result check_reference(str reference, struct err *err)
{
    bool made = str_starts(reference, STR("OP-")) && reference.len > 3 && reference.len <= 20;
    for (size_t i = 3; made && i < reference.len; i++) {
        made = reference.at[i] >= '0' && reference.at[i] <= '9';
    }
    return made ? result_ok()
                : err_set(err, ERROR_INPUT, "The reference of an operation is OP- and a number");
}

static result check_body(const struct operation_recorded_body *body, struct err *err)
{
    TRY(check_reference(body->reference, err));
    TRY(check_word(OPERATION_KINDS, body->kind, "a kind of operation", err));
    TRY(check_word(OPERATION_SOURCES, body->source, "a source", err));
    TRY(check_sorted(&body->partners, OPERATION_PARTNERS_MAX, "partners", err));
    TRY(check_sorted(&body->currencies, OPERATION_CURRENCIES_MAX, "currencies", err));
    TRY(check_sorted(&body->measures, COUNT_OF(measures), "measures", err));
    TRY(check_numbers(&body->counts, body->measures.count, err));
    TRY(check_numbers(&body->amounts, body->currencies.count, err));
    for (size_t i = 0; i < body->partners.count; i++) {
        TRY(check_partner(body->partners.items[i], err));
    }
    for (size_t i = 0; i < body->measures.count; i++) {
        TRY(check_word(OPERATION_MEASURE_NAMES, body->measures.items[i], "a measure", err));
    }
    for (size_t i = 0; i < body->currencies.count; i++) {
        if (!is_code(body->currencies.items[i])) {
            return err_set(err, ERROR_INPUT, "A currency is a code of three letters, such as EUR");
        }
    }
    return result_ok();
}

/* --- the row ---------------------------------------------------------------------------------- */

static int64_t count_of(const struct operation_recorded_body *body, str measure)
{
    for (size_t i = 0; i < body->measures.count; i++) {
        if (str_equal(body->measures.items[i], measure)) {
            return body->counts.items[i];
        }
    }
    return OPERATION_NOT_KNOWN;
}

static result join(const struct text_list *texts, const struct number_list *numbers,
                   struct arena *arena, str *ret_text, struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena, JOINED_MAX);
    for (size_t i = 0; i < texts->count; i++) {
        buf_put_c(&buf, i == 0 ? "" : ", ");
        buf_put(&buf, texts->items[i]);
        if (numbers != NULL) {
            buf_format(&buf, " %lld", (long long)numbers->items[i]);
        }
    }
    return buf_finish(&buf, ret_text, err);
}

result operation_row_apply(struct operation_row *row, const struct event *event,
                           struct arena *arena, struct err *err)
{
    const struct operation_recorded_body *body = &event->body.operation_recorded;
    if (event->kind != EVENT_OPERATION_RECORDED) {
        return result_ok();
    }
    TRY(check_body(body, err));
    const bool first = row->id == 0;
    if (!first && !str_equal(body->reference, row->reference)) {
        return err_set(err, ERROR_CONFLICT, "An operation keeps the reference it was given");
    }
    struct operation_row next = {
        .id = event->subject,
        .reference = body->reference,
        .kind = body->kind,
        .happened_on = event->effective_on,
        .arrests = count_of(body, STR("arrests")),
        .boats = count_of(body, STR("boats")),
        .engines = count_of(body, STR("engines")),
        .documents = count_of(body, STR("documents")),
        .source = body->source,
        .published_on = body->published_on,
        .revision = first ? 1 : row->revision + 1,
        .recorded_at = event->recorded_at,
        .event = event->position,
    };
    TRY(join(&body->partners, NULL, arena, &next.partners, err));
    TRY(join(&body->currencies, &body->amounts, arena, &next.money, err));
    *row = next;
    return result_ok();
}
