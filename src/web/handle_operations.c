#include "web/deed.h"
#include "web/resource_books.h"
#include "web/view_operation.h"

#include "register/operation.h"

/* --- the list, beside arrivals ---------------------------------------------------------------- */

struct span {
    date from;
    date to;
};

enum { SPAN_DAYS_MAX = 366 * 20, SPAN_DAYS = 365 };

/* The year that ends with the published series, or with today where there is none, unless the query
 * says otherwise. */
static result span_of(const struct exchange *exchange, struct span *ret_span, struct err *err)
{
    const struct arrivals *arrivals = &exchange->web->arrivals;
    bool given = false;
    struct span span = {.to = arrivals->count > 0 ? arrivals->days[arrivals->count - 1].on
                                                  : handler_today(exchange)};
    TRY(input_asked_day(exchange, STR("to"), &given, &span.to, err));
    span.from = date_add_days(span.to, -SPAN_DAYS);
    TRY(input_asked_day(exchange, STR("from"), &given, &span.from, err));
    if (date_before(span.to, span.from) || span.to.day - span.from.day > SPAN_DAYS_MAX) {
        result_ignore(
            err_set(err, ERROR_INPUT, "The first day is before the last, by twenty years at most"),
            "its field follows");
        return err_field(err, "from");
    }
    *ret_span = span;
    return result_ok();
}

/* Week by week, where the series covers the whole week. */
static json_t *weeks_of(const struct arrivals *arrivals, struct span span)
{
    json_t *list = json_array();
    for (date at = span.from; !date_before(span.to, date_add_days(at, 6));
         at = date_add_days(at, 7)) {
        const date end = date_add_days(at, 6);
        bool known = false;
        struct arrival_day sum = {.people = 0};
        arrivals_between(arrivals, at, end, &known, &sum);
        json_t *week = json_object();
        json_set(week, "from", json_of_date(at));
        json_set(week, "to", json_of_date(end));
        json_set(week, "people", part_known_number(known, sum.people));
        json_set(week, "boats", part_known_number(known, sum.boats));
        json_add(list, week);
    }
    return list;
}

static json_t *span_form(const struct exchange *exchange, struct span span)
{
    static const struct input_field days[] = {
        {"from", "From", NULL, INPUT_DATE, NULL, NULL},
        {"to", "To", NULL, INPUT_DATE, NULL, NULL},
    };
    const struct input_value asked[] = {{.given = true, .day = span.from},
                                        {.given = true, .day = span.to}};
    return form_fields_view(exchange, days, 2, asked, NULL);
}

static const struct deed *opening(void);

result handle_operations(struct exchange *exchange, struct err *err)
{
    const struct arrivals *arrivals = &exchange->web->arrivals;
    const struct operation_row *rows = NULL;
    const struct operation_sum *sums = NULL;
    size_t count = 0;
    size_t sum_count = 0;
    struct span span = {0};
    TRY(span_of(exchange, &span, err));
    TRY(casework_operations(exchange->casework, &exchange->caller, span.from, span.to,
                            exchange->arena, &rows, &count, err));
    TRY(casework_operation_table(exchange->casework, &exchange->caller, span.from, span.to,
                                 exchange->arena, &sums, &sum_count, err));
    json_auto_t *resource = resource_operations(rows, count, sums, sum_count, arrivals);
    json_set(resource, "from", json_of_date(span.from));
    json_set(resource, "to", json_of_date(span.to));
    json_set(resource, "weeks", weeks_of(arrivals, span));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "operations", STR("Joint operations"), "/operations");
    json_t *view = view_operations(&context, resource);
    json_set(view, "span", span_form(exchange, span));
    page_set(&page, "operations", view);
    deeds_offer(&page, opening(), 1, STR("/operations"), resource);
    return page_answer(&page, 200, err);
}

/* --- recording one ---------------------------------------------------------------------------- */

enum { PARTNERS_MAX = 4, CURRENCIES_MAX = 2, NUMBERS_MAX = 16 };

static const struct input_field fields[] = {
    {"kind", "Kind", NULL, INPUT_CHOICE, "Choose the kind", NULL},
    {"on", "Day", NULL, INPUT_DATE, "Enter the day", NULL},
    {"country_1", "Partner country", NULL, INPUT_CHOICE, "Choose the country", NULL},
    {"authority_1", "Authority of that country", NULL, INPUT_CHOICE, "Choose the authority", NULL},
    {"country_2", "Second partner country", NULL, INPUT_CHOICE, NULL, NULL},
    {"authority_2", "Authority of the second country", NULL, INPUT_CHOICE, NULL, NULL},
    {"country_3", "Third partner country", NULL, INPUT_CHOICE, NULL, NULL},
    {"authority_3", "Authority of the third country", NULL, INPUT_CHOICE, NULL, NULL},
    {"country_4", "Fourth partner country", NULL, INPUT_CHOICE, NULL, NULL},
    {"authority_4", "Authority of the fourth country", NULL, INPUT_CHOICE, NULL, NULL},
#define OPERATION_MEASURE(name, title)                                                             \
    {name, title, "Leave it empty when it is not known", INPUT_NUMBER, NULL, NULL},
#include "register/operation.def"
#undef OPERATION_MEASURE
    {"currency_1", "Currency of money seized", "Three letters", INPUT_TEXT, NULL, NULL},
    {"amount_1", "Money seized", NULL, INPUT_NUMBER, NULL, NULL},
    {"currency_2", "Second currency", "Three letters", INPUT_TEXT, NULL, NULL},
    {"amount_2", "Money seized in it", NULL, INPUT_NUMBER, NULL, NULL},
    {"source", "Source", NULL, INPUT_CHOICE, "Choose the source", NULL},
    {"published_on", "Published on", NULL, INPUT_DATE, NULL, NULL},
};

static const char *numbered(const struct deed_form *form, const char *name, int number)
{
    return arena_format(form->exchange->arena, "%s_%d", name, number).at;
}

static result choose_word(struct deed_form *form, const char *field, enum operation_list list,
                          struct err *err)
{
    size_t count = 0;
    const struct operation_word *words = operation_words(list, &count);
    TRY(deed_choices(form, field, count, err));
    for (size_t i = 0; i < count; i++) {
        deed_choice(form, field, words[i].name, str_from_c(words[i].title));
    }
    return result_ok();
}

static result choose_country(struct deed_form *form, const char *field, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    TRY(deed_choices(form, field, exchange->rulebook->country_count, err));
    for (size_t i = 0; i < exchange->rulebook->country_count; i++) {
        deed_choice(form, field, exchange->web->countries[i].code,
                    exchange->web->countries[i].name);
    }
    return result_ok();
}

static result prepare(struct deed_form *form, struct err *err)
{
    TRY(choose_word(form, "kind", OPERATION_KINDS, err));
    TRY(choose_word(form, "source", OPERATION_SOURCES, err));
    for (int i = 1; i <= PARTNERS_MAX; i++) {
        TRY(choose_country(form, numbered(form, "country", i), err));
        TRY(choose_word(form, numbered(form, "authority", i), OPERATION_AUTHORITIES, err));
    }
    return result_ok();
}

static result read_partners(const struct deed_form *form, str partners[PARTNERS_MAX],
                            size_t *ret_count, struct err *err)
{
    size_t count = 0;
    for (int i = 1; i <= PARTNERS_MAX; i++) {
        const str country = deed_text(form, numbered(form, "country", i));
        const str authority = deed_text(form, numbered(form, "authority", i));
        if ((country.len > 0) != (authority.len > 0)) {
            return err_set(err, ERROR_INPUT, "A partner is a country and an authority of it");
        }
        if (country.len > 0) {
            partners[count++] = arena_format(form->exchange->arena, "%.*s %.*s", STR_ARG(country),
                                             STR_ARG(authority));
        }
    }
    *ret_count = count;
    return result_ok();
}

static void read_numbers(const struct deed_form *form, struct operation_number numbers[NUMBERS_MAX],
                         size_t *ret_count)
{
    size_t word_count = 0;
    size_t count = 0;
    const struct operation_word *measures = operation_words(OPERATION_MEASURE_NAMES, &word_count);
    for (size_t i = 0; i < word_count; i++) {
        const char *name = measures[i].name.at;
        if (form->values[deed_field(form, name)].given) {
            numbers[count++] = (struct operation_number){.name = measures[i].name,
                                                         .number = deed_number(form, name)};
        }
    }
    for (int i = 1; i <= CURRENCIES_MAX; i++) {
        const char *amount = numbered(form, "amount", i);
        const str currency = deed_text(form, numbered(form, "currency", i));
        if (form->values[deed_field(form, amount)].given || currency.len > 0) {
            numbers[count++] = (struct operation_number){
                .name = arena_format(form->exchange->arena, "money %.*s", STR_ARG(currency)),
                .number = deed_number(form, amount)};
        }
    }
    *ret_count = count;
}

static result record(struct deed_form *form, str reference, struct err *err)
{
    struct exchange *exchange = form->exchange;
    str partners[PARTNERS_MAX];
    struct operation_number numbers[NUMBERS_MAX];
    struct operation_row row;
    struct operation_entry entry = {.reference = reference,
                                    .kind = deed_text(form, "kind"),
                                    .happened_on = deed_day(form, "on").day,
                                    .partners = partners,
                                    .numbers = numbers,
                                    .source = deed_text(form, "source"),
                                    .published_on = deed_day(form, "published_on")};
    TRY(read_partners(form, partners, &entry.partner_count, err));
    read_numbers(form, numbers, &entry.number_count);
    TRY(casework_record_operation(exchange->casework, &exchange->caller, &entry, exchange->arena,
                                  &row, err));
    form->to = page_href(exchange->arena, "/operations/%s", row.reference, STR(""));
    form->status = 201;
    form->answer = resource_operation(&row, &exchange->web->arrivals);
    return result_ok();
}

static result act_record(struct deed_form *form, struct err *err)
{
    return record(form, STR(""), err);
}

static const struct deed opening_deed = {
    .name = "new",
    .link = "Record a joint operation",
    .title = "Record a joint operation",
    .lead = "Counts only. There is no place for a name, of a person or of the operation.",
    .submit = "Record the operation",
    .notice = "recorded",
    .action = ACTION_RECORD_OPERATION,
    .fields = fields,
    .field_count = sizeof fields / sizeof fields[0],
    .prepare = prepare,
    .act = act_record,
};

static const struct deed *opening(void)
{
    return &opening_deed;
}

static result open_list(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = STR("/operations");
    form->caption = STR("Joint operations");
    form->page.area = "/operations";
    page_crumb(&form->page, STR("Joint operations"), form->base);
    return result_ok();
}

result handle_operation_new(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, &opening_deed, 1, STR("new"), NULL, open_list, err);
}

/* --- one operation ---------------------------------------------------------------------------- */

struct operation {
    const struct operation_revision *revisions;
    size_t count;
};

static const struct operation_row *last_of(const struct operation *operation)
{
    return &operation->revisions[operation->count - 1].row;
}

static result load(const struct exchange *exchange, struct operation *ret_operation,
                   struct err *err)
{
    return casework_operation(exchange->casework, &exchange->caller, exchange->match.parameters[0],
                              exchange->arena, &ret_operation->revisions, &ret_operation->count,
                              err);
}

/* What is not known is shown as such: somebody may record it meanwhile. */
static void show_number(struct deed_form *form, const char *name, int64_t number)
{
    deed_shows_text(form, name,
                    number == OPERATION_NOT_KNOWN
                        ? STR("")
                        : arena_format(form->exchange->arena, "%lld", (long long)number));
}

/* "ALB police, FRA coast_guard" and "EUR 12000": pairs parted by commas. */
static void show_pairs(struct deed_form *form, str pairs, const char *first, const char *second,
                       int count_max)
{
    for (int i = 1; i <= count_max; i++) {
        const struct str_cut one = str_cut(pairs, ',');
        const struct str_cut parts = str_cut(str_trim(one.head), ' ');
        deed_shows_text(form, numbered(form, first, i), parts.head);
        deed_shows_text(form, numbered(form, second, i), parts.tail);
        pairs = one.tail;
    }
}

/* A correction is whole: it begins with what is on record. */
static result prepare_correction(struct deed_form *form, struct err *err)
{
    const struct operation_row *row = last_of(form->thing);
    TRY(prepare(form, err));
    deed_shows_text(form, "kind", row->kind);
    deed_shows_text(form, "source", row->source);
    deed_shows_day(form, "on", (struct known_day){.known = true, .day = row->happened_on});
    deed_shows_day(form, "published_on", row->published_on);
    show_number(form, "arrests", row->arrests);
    show_number(form, "boats", row->boats);
    show_number(form, "engines", row->engines);
    show_number(form, "documents", row->documents);
    show_pairs(form, row->partners, "country", "authority", PARTNERS_MAX);
    show_pairs(form, row->money, "currency", "amount", CURRENCIES_MAX);
    return result_ok();
}

static result act_correct(struct deed_form *form, struct err *err)
{
    return record(form, last_of(form->thing)->reference, err);
}

static const struct deed deeds[] = {
    {.name = "correction",
     .link = "Correct it",
     .title = "Correct the operation",
     .lead =
         "A correction is whole: what it leaves out is not known any more. The earlier revision "
         "stays on record.",
     .submit = "Record the correction",
     .notice = "recorded",
     .action = ACTION_RECORD_OPERATION,
     .fields = fields,
     .field_count = sizeof fields / sizeof fields[0],
     .prepare = prepare_correction,
     .act = act_correct},
};

result handle_operation(struct exchange *exchange, struct err *err)
{
    struct operation operation;
    TRY(load(exchange, &operation, err));
    json_auto_t *resource = resource_operation_revisions(operation.revisions, operation.count,
                                                         &exchange->web->arrivals);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    const str reference = last_of(&operation)->reference;
    OWN_PAGE struct page page;
    page_open(&page, exchange, "operation",
              speech_fill_for_staff(exchange, "Joint operation {{reference}}", reference),
              "/operations");
    page_crumb(&page, STR("Joint operations"), STR("/operations"));
    page_set(&page, "operation", view_operation(&context, resource));
    deeds_offer(&page, deeds, 1, page_href(exchange->arena, "/operations/%s", reference, STR("")),
                resource);
    return page_answer(&page, 200, err);
}

static result open_one(struct deed_form *form, struct err *err)
{
    (void)err;
    const str reference = last_of(form->thing)->reference;
    form->base = page_href(form->exchange->arena, "/operations/%s", reference, STR(""));
    form->caption =
        speech_fill_for_staff(form->exchange, "Joint operation {{reference}}", reference);
    form->page.area = "/operations";
    page_crumb(&form->page, STR("Joint operations"), STR("/operations"));
    page_crumb(&form->page, reference, form->base);
    return result_ok();
}

result handle_operation_deed(struct exchange *exchange, struct err *err)
{
    struct operation operation;
    TRY(load(exchange, &operation, err));
    return deed_answer(exchange, deeds, 1, exchange->match.parameters[1], &operation, open_one,
                       err);
}
