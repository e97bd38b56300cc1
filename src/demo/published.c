#include "demo/published.h"

#include "system/system.h"

/* What the readers of the single files share. */
struct loading {
    const char *folder;
    struct arena *arena;
    struct arena scratch;
    struct nationality *nationalities;
    struct published *published;
};

struct name_list {
    const char *const *names;
    size_t count;
};

#define NAMES(...)                                                                                 \
    ((struct name_list){.names = (const char *const[]){__VA_ARGS__},                               \
                        .count =                                                                   \
                            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)})

/* The index of the text among the names, or their count. */
static size_t name_index(struct name_list list, str text)
{
    size_t at = 0;
    while (at < list.count && !str_equal(text, str_from_c(list.names[at]))) {
        at++;
    }
    return at;
}

result published_open(const char *folder, const char *file, const char *const *columns,
                      size_t column_count, struct arena arena, struct table *table, struct err *err)
{
    const str path = arena_format(&arena, "%s/%s", folder, file);
    if (path.at == NULL) {
        return arena_full(err);
    }
    str text;
    TRY(system_read_file(path.at, TABLE_BYTES_MAX, &arena, &text, err));
    return table_open(path.at, text, columns, column_count, arena, table, err);
}

static result open_table(const struct loading *loading, const char *file, struct name_list columns,
                         struct table *table, struct err *err)
{
    return published_open(loading->folder, file, columns.names, columns.count, loading->scratch,
                          table, err);
}

/* A name that the readers do not know must stop the load: a share silently lost would look like a
 * finding. */
static result unknown_name(const struct table *table, size_t column, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a name this table is known to use",
                          STR_ARG(table->cells[column])),
                  "the place returns the failure");
    return err_at(err, table->reader.file, table->reader.line, 0);
}

/* The year of "2021", "2021-Q3" or "2021-12-31"; PUBLISHED_YEARS when it is none of ours. */
static size_t year_of(str text)
{
    int64_t year = 0;
    if (text.len < 4 || !str_to_int64(str_slice(text, 0, 4), &year, NULL).ok) {
        return PUBLISHED_YEARS;
    }
    const int64_t index = year - PUBLISHED_YEAR_FIRST;
    return index >= 0 && index < PUBLISHED_YEARS ? (size_t)index : PUBLISHED_YEARS;
}

/* The quarter of "2021-Q3"; PUBLISHED_QUARTERS when it is none of ours. */
static size_t quarter_of(str text)
{
    const size_t year = year_of(text);
    if (year == PUBLISHED_YEARS || text.len != 7 || text.at[6] < '1' || text.at[6] > '4') {
        return PUBLISHED_QUARTERS;
    }
    return 4 * year + (size_t)(text.at[6] - '1');
}

size_t published_year(size_t quarter)
{
    ASSERT(quarter < PUBLISHED_QUARTERS);
    return quarter / 4;
}

date published_quarter_begin(size_t quarter)
{
    ASSERT(quarter <= PUBLISHED_QUARTERS);
    const struct civil civil = {.year = PUBLISHED_YEAR_FIRST + (int32_t)(quarter / 4),
                                .month = 1 + 3 * (int32_t)(quarter % 4),
                                .day = 1};
    date begin = {0};
    ASSERT(date_from_civil(civil, &begin, NULL).ok);
    return begin;
}

double published_claims_of(const struct published *published, size_t year, size_t nationality)
{
    double claims = 0;
    for (size_t applicant = 0; applicant < APPLICANT_COUNT; applicant++) {
        const struct claim_cells *cells = &published->cells[year][applicant];
        double before = 0;
        for (size_t i = 0; i < cells->count; i++) {
            claims +=
                cells->items[i].nationality == nationality ? cells->items[i].until - before : 0;
            before = cells->items[i].until;
        }
    }
    return claims;
}

static result load_nationalities(struct loading *loading, struct err *err)
{
    struct table table;
    struct published *published = loading->published;
    loading->nationalities = ARENA_NEW(loading->arena, struct nationality, NATIONALITIES_MAX);
    if (loading->nationalities == NULL) {
        return arena_full(err);
    }
    TRY(open_table(loading, "nationality_lookup.csv", NAMES("nationality", "nationality_iso3"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        if (!more) {
            break;
        }
        if (published->nationality_count == NATIONALITIES_MAX) {
            return err_set(err, ERROR_LIMIT, "There are more than %d nationalities in %s",
                           NATIONALITIES_MAX, table.reader.file);
        }
        struct nationality *row = &loading->nationalities[published->nationality_count++];
        row->name = arena_copy(loading->arena, table.cells[0]);
        row->iso3 = arena_copy(loading->arena, table.cells[1]);
        if (row->name.at == NULL || row->iso3.at == NULL) {
            return arena_full(err);
        }
    }
    published->nationalities = loading->nationalities;
    return result_ok();
}

/* Tables of different years spell names differently, so the code decides where there is one. Rows
 * that name no single nationality ("Total", "N/A ...") give NATIONALITIES_MAX. */
static size_t nationality_of(const struct published *published, str name, str iso3)
{
    for (size_t i = 0; i < published->nationality_count; i++) {
        const struct nationality *row = &published->nationalities[i];
        const bool same = iso3.len > 0 ? str_equal(row->iso3, iso3) : str_equal(row->name, name);
        if (same) {
            return i;
        }
    }
    return NATIONALITIES_MAX;
}

static result load_national_totals(struct loading *loading, struct err *err)
{
    const struct name_list measures =
        NAMES("initial_grants", "initial_refusals", "withdrawals", "administrative_outcomes",
              "claims", "all_initial_outcomes");
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "national_quarterly_totals.csv", NAMES("quarter", "measure", "people"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        const size_t measure = more ? name_index(measures, table.cells[1]) : measures.count;
        if (quarter == PUBLISHED_QUARTERS || measure == measures.count) {
            continue;
        }
        double people = 0;
        TRY(table_number(&table, 2, &people, err));
        if (measure < OUTCOME_COUNT) {
            published->outcomes_by_kind[published_year(quarter)][measure] += people;
        } else if (measure == OUTCOME_COUNT) {
            published->claims[quarter] = people;
        } else {
            published->outcomes[quarter] = people;
        }
    }
    return result_ok();
}

enum {
    JOINT_YEAR,
    JOINT_NAME,
    JOINT_CODE,
    JOINT_AGE,
    JOINT_SEX,
    JOINT_UASC,
    JOINT_APPLICANT,
    JOINT_PLACE,
    JOINT_CLAIMS
};

static result open_joint(struct loading *loading, struct table *table, struct err *err)
{
    return open_table(loading, "claims_joint_annual_nationality_age_sex.csv",
                      NAMES("year", "nationality", "nationality_iso3", "age_group", "sex", "uasc",
                            "applicant_type", "location", "claims"),
                      table, err);
}

/* The list of cells that the record just read belongs to; NULL in *ret_cells for another year. */
static result joint_cells(struct published *published, const struct table *table,
                          struct claim_cells **ret_cells, struct err *err)
{
    const size_t year = year_of(table->cells[JOINT_YEAR]);
    const size_t applicant =
        name_index(NAMES("Main applicant", "Dependant"), table->cells[JOINT_APPLICANT]);
    if (applicant == APPLICANT_COUNT) {
        return unknown_name(table, JOINT_APPLICANT, err);
    }
    *ret_cells = year < PUBLISHED_YEARS ? &published->cells[year][applicant] : NULL;
    return result_ok();
}

static result read_joint_cell(const struct published *published, const struct table *table,
                              struct claim_cell *cell, struct err *err)
{
    const str *cells = table->cells;
    const size_t nationality = nationality_of(published, cells[JOINT_NAME], cells[JOINT_CODE]);
    const size_t age = name_index(
        NAMES("Under 18", "18-29", "30-49", "50-69", "70+", "Unknown age"), cells[JOINT_AGE]);
    const size_t sex = name_index(NAMES("Female", "Male", "Unknown Sex"), cells[JOINT_SEX]);
    if (nationality == NATIONALITIES_MAX) {
        return unknown_name(table, JOINT_NAME, err);
    }
    if (age == AGE_BAND_COUNT) {
        return unknown_name(table, JOINT_AGE, err);
    }
    if (sex == SEX_COUNT) {
        return unknown_name(table, JOINT_SEX, err);
    }
    *cell = (struct claim_cell){.nationality = (uint16_t)nationality,
                                .age = (uint8_t)age,
                                .sex = (uint8_t)sex,
                                .unaccompanied = str_equal(cells[JOINT_UASC], STR("UASC")),
                                .at_port = str_equal(cells[JOINT_PLACE], STR("At Port"))};
    return table_number(table, JOINT_CLAIMS, &cell->until, err);
}

/* Two passes: the first counts the cells of each list, the second fills them. */
static result load_claim_cells(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    struct claim_cells *cells = NULL;
    TRY(open_joint(loading, &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        if (more) {
            TRY(joint_cells(published, &table, &cells, err));
            if (cells != NULL) {
                cells->count++;
            }
        }
    }
    for (size_t i = 0; i < PUBLISHED_YEARS * APPLICANT_COUNT; i++) {
        cells = &published->cells[i / APPLICANT_COUNT][i % APPLICANT_COUNT];
        cells->items = ARENA_NEW(loading->arena, struct claim_cell, cells->count);
        if (cells->items == NULL) {
            return arena_full(err);
        }
        cells->count = 0;
    }
    TRY(open_joint(loading, &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        if (!more) {
            break;
        }
        TRY(joint_cells(published, &table, &cells, err));
        if (cells != NULL) {
            struct claim_cell *cell = &cells->items[cells->count];
            TRY(read_joint_cell(published, &table, cell, err));
            cell->until += cells->count > 0 ? cells->items[cells->count - 1].until : 0;
            cells->count++;
        }
    }
    return result_ok();
}

static result load_routes(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "claims_by_quarter_route_of_entry.csv",
                   NAMES("quarter", "route", "claims"), &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        if (quarter == PUBLISHED_QUARTERS) {
            continue;
        }
        const size_t route =
            name_index(NAMES("Small Boat", "Clandestine", "Entered Without Relevant Documentation",
                             "Work Visa", "Study Visa", "Visitor Visa", "Other Leave", "Other"),
                       table.cells[1]);
        if (route == ROUTE_COUNT) {
            return unknown_name(&table, 1, err);
        }
        TRY(table_number(&table, 2, &published->routes[quarter][route], err));
    }
    return result_ok();
}

static result load_small_boats(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "small_boats_annual_nationality.csv",
                   NAMES("year", "nationality", "nationality_iso3", "people"), &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t year = more ? year_of(table.cells[0]) : PUBLISHED_YEARS;
        const size_t nationality =
            more ? nationality_of(published, table.cells[1], table.cells[2]) : NATIONALITIES_MAX;
        if (year < PUBLISHED_YEARS && nationality < NATIONALITIES_MAX) {
            TRY(table_number(&table, 3, &published->small_boats[year][nationality], err));
        }
    }
    return result_ok();
}

static result load_decisions(struct loading *loading, struct err *err)
{
    const struct name_list groups = NAMES("Grant of Protection", "Grant of Other Leave", "Refused",
                                          "Withdrawn", "Administrative Outcome");
    static const enum initial_outcome outcomes[] = {OUTCOME_GRANT, OUTCOME_GRANT, OUTCOME_REFUSAL,
                                                    OUTCOME_WITHDRAWAL, OUTCOME_ADMINISTRATIVE};
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "decisions_by_quarter_nationality.csv",
                   NAMES("quarter", "nationality", "nationality_iso3", "applicant_type",
                         "outcome_group", "decisions"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        if (quarter == PUBLISHED_QUARTERS) {
            continue;
        }
        const size_t nationality = nationality_of(published, table.cells[1], table.cells[2]);
        const size_t group = name_index(groups, table.cells[4]);
        if (nationality == NATIONALITIES_MAX) {
            return unknown_name(&table, 1, err);
        }
        if (group == groups.count) {
            return unknown_name(&table, 4, err);
        }
        double decisions = 0;
        TRY(table_number(&table, 5, &decisions, err));
        const enum initial_outcome outcome = outcomes[group];
        published->decisions[quarter][nationality] += decisions;
        published->decisions_by_kind[published_year(quarter)][nationality][outcome] += decisions;
        if (outcome == OUTCOME_REFUSAL && str_equal(table.cells[3], STR("Main applicant"))) {
            published->refused_main[nationality] += decisions;
        }
    }
    return result_ok();
}

static result load_awaiting(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(
        loading, "awaiting_decision_by_quarter_nationality.csv",
        NAMES("snapshot_date", "nationality", "nationality_iso3", "stage", "duration", "people"),
        &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        /* Further review is another stage, not in the headline, and published to 2022 only. */
        if (!more || !str_equal(table.cells[3], STR("Pending initial decision"))) {
            continue;
        }
        const size_t nationality = nationality_of(published, table.cells[1], table.cells[2]);
        const size_t longer =
            name_index(NAMES("6 months or less", "More than 6 months"), table.cells[4]);
        if (nationality == NATIONALITIES_MAX) {
            return unknown_name(&table, 1, err);
        }
        if (longer == 2) {
            return unknown_name(&table, 4, err);
        }
        double people = 0;
        TRY(table_number(&table, 5, &people, err));
        if (str_equal(table.cells[0], STR("2017-12-31"))) {
            published->opening[nationality] += people;
        } else if (str_equal(table.cells[0], STR("2023-12-31"))) {
            published->closing[nationality][longer] += people;
        }
    }
    return result_ok();
}

static result load_waiting_bands(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "awaiting_decision_age_bands.csv",
                   NAMES("snapshot_date", "age_band", "cases", "release"), &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        /* Two series stand in this file; only the one of Asy_D03 agrees with the table by
         * nationality. */
        if (!more || !str_equal(table.cells[0], STR("2023-12-31")) ||
            !str_starts(table.cells[3], STR("Asy_D03"))) {
            continue;
        }
        const size_t band =
            name_index(NAMES("3 months or less", "More than 3 months to 6 months",
                             "More than 6 months to 12 months", "More than 12 months"),
                       table.cells[1]);
        if (band == 4) {
            return unknown_name(&table, 1, err);
        }
        TRY(table_number(&table, 2, &published->closing_bands[band], err));
    }
    return result_ok();
}

static result load_within_six_months(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        published->within_six_months[quarter] = -1;
    }
    TRY(open_table(loading, "processed_within_6_months.csv",
                   NAMES("claim_quarter", "sex", "claims_received", "completed_within_6_months"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        if (quarter == PUBLISHED_QUARTERS || !str_equal(table.cells[1], STR("All"))) {
            continue;
        }
        double received = 0;
        double completed = 0;
        TRY(table_number(&table, 2, &received, err));
        TRY(table_number(&table, 3, &completed, err));
        published->within_six_months[quarter] = completed / received;
    }
    return result_ok();
}

static void cohort_add(struct cohort *cohort, const double *numbers)
{
    cohort->refused += numbers[0];
    cohort->appeals_lodged += numbers[1];
    cohort->appeals_allowed += numbers[2];
    cohort->appeals_dismissed += numbers[3];
    cohort->appeals_withdrawn += numbers[4];
    cohort->refused_at_last += numbers[5];
    cohort->returned_enforced += numbers[6];
    cohort->returned_voluntarily += numbers[7];
}

/* Claims of 2017 to 2019: recent, and old enough in June 2022 for most appeals and many returns to
 * be over. */
static result load_cohorts(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "outcome_cohorts_by_claim_year_nationality.csv",
                   NAMES("claim_year", "nationality", "nationality_iso3", "initial_refused",
                         "appeals_lodged", "appeals_allowed", "appeals_dismissed",
                         "appeals_withdrawn", "latest_refused", "returns_enforced",
                         "returns_voluntary"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        if (!more || name_index(NAMES("2017", "2018", "2019"), table.cells[0]) == 3) {
            continue;
        }
        double numbers[8];
        for (size_t i = 0; i < 8; i++) {
            TRY(table_number(&table, 3 + i, &numbers[i], err));
        }
        const size_t nationality = nationality_of(published, table.cells[1], table.cells[2]);
        cohort_add(&published->cohort_all, numbers);
        if (nationality < NATIONALITIES_MAX) {
            cohort_add(&published->cohorts[nationality], numbers);
        }
    }
    return result_ok();
}

static result load_tribunal(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "appeals_fttiac_by_quarter.csv",
                   NAMES("quarter", "case_type", "measure", "value"), &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        if (quarter == PUBLISHED_QUARTERS ||
            !str_equal(table.cells[1], STR("Asylum/Protection/Revocation of Protection"))) {
            continue;
        }
        struct tribunal_quarter *row = &published->tribunal[quarter];
        double value = 0;
        TRY(table_number(&table, 3, &value, err));
        if (str_equal(table.cells[2], STR("allowed_rate_pct"))) {
            row->allowed_share = value / 100;
        } else if (str_equal(table.cells[2], STR("disposals"))) {
            row->disposals = value;
        } else if (str_equal(table.cells[2], STR("open_caseload"))) {
            row->open_caseload = value;
        }
    }
    return result_ok();
}

static result load_heard_appeals(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "appeals_home_office_by_quarter_nationality.csv",
                   NAMES("quarter", "nationality", "nationality_iso3", "measure", "appeals"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        const size_t nationality =
            more ? nationality_of(published, table.cells[1], table.cells[2]) : NATIONALITIES_MAX;
        const size_t measure = more ? name_index(NAMES("Allowed", "Dismissed"), table.cells[3]) : 2;
        if (quarter < PUBLISHED_QUARTERS && nationality < NATIONALITIES_MAX && measure < 2) {
            double appeals = 0;
            TRY(table_number(&table, 4, &appeals, err));
            double *counts = measure == 0 ? published->heard_allowed : published->heard_dismissed;
            counts[nationality] += appeals;
        }
    }
    return result_ok();
}

static result load_certified(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "section94_certified_by_quarter_nationality.csv",
                   NAMES("quarter", "nationality", "nationality_iso3", "clearly_unfounded_total"),
                   &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        const size_t quarter = more ? quarter_of(table.cells[0]) : PUBLISHED_QUARTERS;
        const size_t nationality =
            more ? nationality_of(published, table.cells[1], table.cells[2]) : NATIONALITIES_MAX;
        if (quarter < PUBLISHED_QUARTERS && nationality < NATIONALITIES_MAX) {
            double certified = 0;
            TRY(table_number(&table, 3, &certified, err));
            published->certified[nationality] += certified;
        }
    }
    return result_ok();
}

static result load_returns(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(loading, "returns_asylum_related_by_period.csv",
                   NAMES("period_end", "category", "return_group", "returns"), &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        if (!more || year_of(table.cells[0]) == PUBLISHED_YEARS ||
            !str_equal(table.cells[1], STR("Asylum-related"))) {
            continue;
        }
        const size_t group = name_index(NAMES("Enforced return", "Voluntary return",
                                              "Refused entry at port and subsequently departed"),
                                        table.cells[2]);
        if (group == RETURN_GROUP_COUNT) {
            return unknown_name(&table, 2, err);
        }
        double returns = 0;
        TRY(table_number(&table, 3, &returns, err));
        published->returned[group] += returns;
    }
    return result_ok();
}

static result load_support(struct loading *loading, struct err *err)
{
    struct published *published = loading->published;
    struct table table;
    TRY(open_table(
        loading, "asylum_support_by_quarter_nationality.csv",
        NAMES("snapshot_date", "nationality", "nationality_iso3", "support_type", "people"), &table,
        err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        if (!more || !str_equal(table.cells[0], STR("2023-12-31"))) {
            continue;
        }
        const size_t support =
            name_index(NAMES("Section 95", "Section 98", "Section 4"), table.cells[3]);
        const size_t nationality = nationality_of(published, table.cells[1], table.cells[2]);
        if (support == SUPPORT_COUNT) {
            return unknown_name(&table, 3, err);
        }
        double people = 0;
        TRY(table_number(&table, 4, &people, err));
        published->support[support] += people;
        if (nationality < NATIONALITIES_MAX) {
            published->supported[nationality] += people;
        }
    }
    return result_ok();
}

/* In the order of reading: nationalities first, because the others refer to them. */
static result load_all(struct loading *loading, struct err *err)
{
    typedef result load_one(struct loading *, struct err *);
    static load_one *const loaders[] = {
        load_nationalities,     load_national_totals, load_claim_cells, load_routes,
        load_small_boats,       load_decisions,       load_awaiting,    load_waiting_bands,
        load_within_six_months, load_cohorts,         load_tribunal,    load_heard_appeals,
        load_certified,         load_returns,         load_support};
    for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++) {
        TRY(loaders[i](loading, err));
    }
    return result_ok();
}

/* A table that is missing its rows would otherwise be found out as a division by zero, far from
 * here. */
static result check_complete(const struct published *published, struct err *err)
{
    bool complete = published->cohort_all.refused > 0 && published->cohort_all.refused_at_last > 0;
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        complete = complete && published->claims[quarter] > 0 && published->outcomes[quarter] > 0 &&
                   published->tribunal[quarter].disposals > 0 &&
                   published->routes[quarter][ROUTE_SMALL_BOAT] > 0;
    }
    for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
        complete = complete && published->cells[year][APPLICANT_MAIN].count > 0 &&
                   published->cells[year][APPLICANT_DEPENDANT].count > 0;
    }
    for (size_t i = 0; i < 4; i++) {
        complete = complete && published->closing_bands[i] > 0;
    }
    for (size_t i = 0; i < SUPPORT_COUNT; i++) {
        complete = complete && published->support[i] > 0 && published->returned[i] > 0;
    }
    if (!complete) {
        result_ignore(
            err_set(err, ERROR_INPUT, "The published tables lack some of the years 2018 to 2023"),
            "the advice returns the failure");
        return err_hint(err, "Use the data folder that came with this program.");
    }
    return result_ok();
}

result published_load(const char *folder, struct arena *arena, struct arena scratch,
                      const struct published **ret_published, struct err *err)
{
    struct loading loading = {.folder = folder, .arena = arena, .scratch = scratch};
    loading.published = ARENA_NEW(arena, struct published, 1);
    if (loading.published == NULL) {
        return arena_full(err);
    }
    TRY(load_all(&loading, err));
    TRY(check_complete(loading.published, err));
    *ret_published = loading.published;
    return result_ok();
}
