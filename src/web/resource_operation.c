#include "web/resource_books.h"

#include "web/resource_part.h"

static json_t *count_of(int64_t number)
{
    return part_known_number(number != OPERATION_NOT_KNOWN, number);
}

/* "ALB police, FRA coast_guard" as a list of {"country","authority"}. */
static json_t *partners_of(str partners)
{
    json_t *list = json_array();
    while (partners.len > 0) {
        const struct str_cut one = str_cut(partners, ',');
        const struct str_cut parts = str_cut(str_trim(one.head), ' ');
        json_t *partner = json_object();
        json_set_str(partner, "country", parts.head);
        json_set_str(partner, "authority", parts.tail);
        json_add(list, partner);
        partners = one.tail;
    }
    return list;
}

/* "EUR 12000, GBP 500" as a list of {"currency","amount"}. */
static json_t *money_of(str money)
{
    json_t *object = json_object();
    json_t *list = json_array();
    json_set_flag(object, "known", money.len > 0);
    while (money.len > 0) {
        const struct str_cut one = str_cut(money, ',');
        const struct str_cut parts = str_cut(str_trim(one.head), ' ');
        int64_t amount = 0;
        json_t *sum = json_object();
        json_set_str(sum, "currency", parts.head);
        if (str_to_int64(parts.tail, &amount, NULL).ok) {
            json_set_int64(sum, "amount", amount);
        }
        json_add(list, sum);
        money = one.tail;
    }
    json_set(object, "sums", list);
    return object;
}

static str title_in(enum operation_list list, str name)
{
    size_t count = 0;
    const struct operation_word *words = operation_words(list, &count);
    const size_t at = operation_word_find(list, name);
    return at < count ? str_from_c(words[at].title) : name;
}

static void set_arrivals(json_t *object, const struct arrivals *arrivals, date from, date to)
{
    bool known = false;
    struct arrival_day sum = {.people = 0};
    arrivals_between(arrivals, from, to, &known, &sum);
    json_set(object, "people_arrived", part_known_number(known, sum.people));
    json_set(object, "boats_arrived", part_known_number(known, sum.boats));
}

json_t *resource_operation(const struct operation_row *row, const struct arrivals *arrivals)
{
    json_t *object = json_object();
    json_set_str(object, "reference", row->reference);
    json_set_str(object, "kind", row->kind);
    json_set_str(object, "title", title_in(OPERATION_KINDS, row->kind));
    json_set(object, "on", json_of_date(row->happened_on));
    json_set(object, "partners", partners_of(row->partners));
    json_set(object, "arrests", count_of(row->arrests));
    json_set(object, "boats", count_of(row->boats));
    json_set(object, "engines", count_of(row->engines));
    json_set(object, "documents", count_of(row->documents));
    json_set(object, "money", money_of(row->money));
    json_set_str(object, "source", row->source);
    json_set_str(object, "source_title", title_in(OPERATION_SOURCES, row->source));
    json_set(object, "published_on", part_known_day(row->published_on));
    json_set_int64(object, "revision", row->revision);
    json_set(object, "recorded_at", json_of_instant(row->recorded_at));
    if (arrivals != NULL) {
        set_arrivals(object, arrivals, row->happened_on, row->happened_on);
    }
    return object;
}

json_t *resource_operation_revisions(const struct operation_revision *revisions, size_t count,
                                     const struct arrivals *arrivals)
{
    ASSERT(count > 0);
    json_t *object = resource_operation(&revisions[count - 1].row, arrivals);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *revision = resource_operation(&revisions[i].row, NULL);
        json_set_str(revision, "actor", revisions[i].actor);
        json_add(list, revision);
    }
    json_set(object, "revisions", list);
    return object;
}

static json_t *sum_object(const struct operation_sum *sum, const struct arrivals *arrivals)
{
    json_t *object = json_object();
    json_set_str(object, "partner", sum->partner);
    json_set_int64(object, "year", sum->year);
    json_set_int64(object, "quarter", sum->quarter);
    json_set_int64(object, "operations", sum->operations);
    json_set_int64(object, "arrests", sum->arrests);
    json_set_int64(object, "arrests_not_known", sum->arrests_not_known);
    json_set_int64(object, "boats", sum->boats);
    json_set_int64(object, "boats_not_known", sum->boats_not_known);
    json_set_int64(object, "engines", sum->engines);
    json_set_int64(object, "engines_not_known", sum->engines_not_known);
    json_set_int64(object, "documents", sum->documents);
    json_set_int64(object, "documents_not_known", sum->documents_not_known);
    set_arrivals(object, arrivals, operation_sum_begin(sum), operation_sum_end(sum));
    return object;
}

json_t *resource_operation_sums(const struct operation_sum *sums, size_t count,
                                const struct arrivals *arrivals)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, sum_object(&sums[i], arrivals));
    }
    return list;
}

json_t *resource_operations(const struct operation_row *rows, size_t count,
                            const struct operation_sum *sums, size_t sum_count,
                            const struct arrivals *arrivals)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_operation(&rows[i], arrivals));
    }
    json_set(object, "operations", list);
    json_set(object, "quarters", resource_operation_sums(sums, sum_count, arrivals));
    return object;
}
