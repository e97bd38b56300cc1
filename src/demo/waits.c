#include "demo/waits.h"

enum {
    ROW_OPENING = 0, /* who waited already at the end of 2017; the quarters of claim follow */
    ROWS = 1 + PUBLISHED_QUARTERS,
    ROUNDS = 60, /* the fit changes in the fourth digit after forty */
    COMMON_GROUP = WAIT_GROUPS - 1,
    BANDS = 4,
};

/* A claim cannot be decided with certainty before the end of its own quarter: where the published
 * stock is larger than the published claims it must come from, this much of the claims is taken to
 * wait. */
static const double still_share_most = 0.99;

/* The people of one group: row by row (claims), column by column (outcome). */
struct sheet {
    double people[ROWS][WAIT_COLUMNS];
    double claims[ROWS];
    double outcomes[PUBLISHED_QUARTERS];
    double closing[2];
};

struct fit {
    const struct published *published;
    struct sheet *sheets; /* WAIT_GROUPS */
    double bands[BANDS];  /* people waiting at the end by time waited */
};

/* The time waited at the end of 2023, in the bands of the published table. */
static size_t band_of(size_t row)
{
    if (row == ROW_OPENING + PUBLISHED_QUARTERS) {
        return 0;
    }
    if (row == ROW_OPENING + PUBLISHED_QUARTERS - 1) {
        return 1;
    }
    return row >= ROW_OPENING + PUBLISHED_QUARTERS - 3 ? 2 : 3;
}

/* Six months or less is the first two bands. */
static size_t closing_of(size_t row)
{
    return band_of(row) < 2 ? 0 : 1;
}

/* The quarter of the outcome in this row and column. */
static size_t outcome_quarter(size_t row, size_t column)
{
    return column == WAIT_DECIDED_LATE ? row + 1 : column; /* row - 1 is the quarter of claim */
}

static bool is_within_six_months(size_t row, size_t column)
{
    return row > ROW_OPENING && column < PUBLISHED_QUARTERS && column <= row + 1;
}

/* Where the fit starts: waits fade with time; what cannot be stays nothing. */
static void sheet_start(struct sheet *sheet)
{
    for (size_t row = 0; row < ROWS; row++) {
        double weight = 1;
        for (size_t column = row == ROW_OPENING ? 0 : row - 1; column < PUBLISHED_QUARTERS;
             column++) {
            sheet->people[row][column] = weight;
            weight *= row == ROW_OPENING ? 0.7 : 0.85;
        }
        sheet->people[row][WAIT_STILL] = row == ROW_OPENING ? 0.001 : weight;
        if (row > ROW_OPENING && row + 1 < PUBLISHED_QUARTERS) {
            sheet->people[row][row + 1] /= 2;
            sheet->people[row][WAIT_DECIDED_LATE] = sheet->people[row][row + 1];
        }
    }
}

static void scale_outcomes(struct sheet *sheet)
{
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        double sum = quarter >= 2 ? sheet->people[quarter - 1][WAIT_DECIDED_LATE] : 0;
        for (size_t row = 0; row < ROWS; row++) {
            sum += sheet->people[row][quarter];
        }
        const double factor = sum > 0 ? sheet->outcomes[quarter] / sum : 0;
        for (size_t row = 0; row < ROWS; row++) {
            sheet->people[row][quarter] *= factor;
        }
        if (quarter >= 2) {
            sheet->people[quarter - 1][WAIT_DECIDED_LATE] *= factor;
        }
    }
}

static void scale_closing(struct sheet *sheet)
{
    double sums[2] = {0, 0};
    for (size_t row = 0; row < ROWS; row++) {
        sums[closing_of(row)] += sheet->people[row][WAIT_STILL];
    }
    for (size_t row = 0; row < ROWS; row++) {
        const size_t longer = closing_of(row);
        sheet->people[row][WAIT_STILL] *=
            sums[longer] > 0 ? sheet->closing[longer] / sums[longer] : 0;
    }
}

static void scale_bands(struct fit *fit)
{
    double sums[BANDS] = {0};
    for (size_t i = 0; i < WAIT_GROUPS * ROWS; i++) {
        sums[band_of(i % ROWS)] += fit->sheets[i / ROWS].people[i % ROWS][WAIT_STILL];
    }
    for (size_t i = 0; i < WAIT_GROUPS * ROWS; i++) {
        const size_t band = band_of(i % ROWS);
        fit->sheets[i / ROWS].people[i % ROWS][WAIT_STILL] *=
            sums[band] > 0 ? fit->bands[band] / sums[band] : 0;
    }
}

/* The share completed within six months, over all nationalities. With `decided_only` the others are
 * scaled without those who wait to the end, whose number then stays. */
static void scale_six_months(struct fit *fit, bool decided_only)
{
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        const double share = fit->published->within_six_months[quarter];
        const size_t row = quarter + 1;
        double sums[3] = {0}; /* later, within six months, still waiting */
        if (share < 0) {
            continue;
        }
        for (size_t i = 0; i < WAIT_GROUPS * WAIT_COLUMNS; i++) {
            const size_t column = i % WAIT_COLUMNS;
            const size_t kind = column == WAIT_STILL                ? 2
                                : is_within_six_months(row, column) ? 1
                                                                    : 0;
            sums[kind] += fit->sheets[i / WAIT_COLUMNS].people[row][column];
        }
        const double all = sums[0] + sums[1] + sums[2];
        const double kept = decided_only ? sums[2] : 0;
        const double rest = sums[0] + sums[2] - kept;
        const double within_factor = sums[1] > 0 ? share * all / sums[1] : 0;
        const double rest_factor =
            rest > 0 && (1 - share) * all > kept ? ((1 - share) * all - kept) / rest : 0;
        for (size_t i = 0; i < WAIT_GROUPS * WAIT_COLUMNS; i++) {
            const size_t column = i % WAIT_COLUMNS;
            if (column == WAIT_STILL && decided_only) {
                continue;
            }
            fit->sheets[i / WAIT_COLUMNS].people[row][column] *=
                is_within_six_months(row, column) ? within_factor : rest_factor;
        }
    }
}

/* Makes each row sum to its claims; with `decided_only`, without touching those who wait to the
 * end. */
static void scale_claims(struct sheet *sheet, bool decided_only)
{
    for (size_t row = 0; row < ROWS; row++) {
        const double still = sheet->people[row][WAIT_STILL];
        double sum = decided_only ? 0 : still;
        for (size_t column = 0; column < WAIT_STILL; column++) {
            sum += sheet->people[row][column];
        }
        const double wanted = sheet->claims[row] - (decided_only ? still : 0);
        const double factor = sum > 0 ? wanted / sum : 0;
        for (size_t column = 0; column < WAIT_STILL; column++) {
            sheet->people[row][column] *= factor;
        }
        sheet->people[row][WAIT_STILL] *= decided_only ? 1 : factor;
    }
}

static void cap_still(struct sheet *sheet)
{
    for (size_t row = 0; row < ROWS; row++) {
        const double most = still_share_most * sheet->claims[row];
        if (sheet->people[row][WAIT_STILL] > most) {
            sheet->people[row][WAIT_STILL] = most;
        }
    }
}

/* First everything together; then, with those waiting at the end fixed, the decided ones. */
static void fit_rounds(struct fit *fit)
{
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < WAIT_GROUPS; i++) {
            scale_outcomes(&fit->sheets[i]);
            scale_closing(&fit->sheets[i]);
        }
        scale_bands(fit);
        scale_six_months(fit, false);
        for (size_t i = 0; i < WAIT_GROUPS; i++) {
            scale_claims(&fit->sheets[i], false);
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        scale_bands(fit);
        for (size_t i = 0; i < WAIT_GROUPS; i++) {
            scale_closing(&fit->sheets[i]);
            cap_still(&fit->sheets[i]);
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < WAIT_GROUPS; i++) {
            scale_outcomes(&fit->sheets[i]);
        }
        scale_six_months(fit, true);
        for (size_t i = 0; i < WAIT_GROUPS; i++) {
            scale_claims(&fit->sheets[i], true);
        }
    }
}

/* The forty nationalities with most claims have a group each. */
static void choose_groups(const struct published *published, uint8_t group[NATIONALITIES_MAX])
{
    double claims[NATIONALITIES_MAX] = {0};
    for (size_t i = 0; i < published->nationality_count; i++) {
        group[i] = COMMON_GROUP;
        for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
            claims[i] += published_claims_of(published, year, i);
        }
    }
    for (uint8_t next = 0; next < COMMON_GROUP; next++) {
        size_t most = 0;
        for (size_t i = 1; i < published->nationality_count; i++) {
            most = claims[i] > claims[most] ? i : most;
        }
        group[most] = next;
        claims[most] = -1;
    }
}

/* Claims and outcomes of a nationality: its share in the table by nationality, at the national
 * level of the quarter. */
static void fill_nationality(struct fit *fit, struct sheet *sheet, size_t nationality)
{
    const struct published *published = fit->published;
    sheet->claims[ROW_OPENING] += published->opening[nationality];
    sheet->closing[0] += published->closing[nationality][0];
    sheet->closing[1] += published->closing[nationality][1];
    for (size_t year = 0; year < PUBLISHED_YEARS; year++) {
        double all = 0;
        for (size_t applicant = 0; applicant < APPLICANT_COUNT; applicant++) {
            const struct claim_cells *cells = &published->cells[year][applicant];
            all += cells->items[cells->count - 1].until;
        }
        const double share = published_claims_of(published, year, nationality) / all;
        for (size_t quarter = 4 * year; quarter < 4 * year + 4; quarter++) {
            sheet->claims[quarter + 1] += share * published->claims[quarter];
        }
    }
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        double all = 0;
        for (size_t i = 0; i < published->nationality_count; i++) {
            all += published->decisions[quarter][i];
        }
        sheet->outcomes[quarter] +=
            published->decisions[quarter][nationality] / all * published->outcomes[quarter];
    }
}

/* Outcomes are scaled so that claims = outcomes + those still waiting, nationality by nationality:
 * the published figures miss that by up to 5 % of a year's claims. */
static void balance(struct sheet *sheet)
{
    double claims = 0;
    double outcomes = 0;
    for (size_t row = 0; row < ROWS; row++) {
        claims += sheet->claims[row];
    }
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        outcomes += sheet->outcomes[quarter];
    }
    const double decided = claims - sheet->closing[0] - sheet->closing[1];
    const double factor = decided > 0 && outcomes > 0 ? decided / outcomes : 0;
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        sheet->outcomes[quarter] *= factor;
    }
}

/* The finer bands are published for main applicants only. Families wait longer than people on their
 * own, so the dependants of those who claimed in the last year are added as they are among its
 * claims, and the rest of the published people is left to the longest band. */
static void divide_bands(struct fit *fit, const double closing[2])
{
    const double *cases = fit->published->closing_bands;
    const struct claim_cells *cells = fit->published->cells[PUBLISHED_YEARS - 1];
    const double mains = cells[APPLICANT_MAIN].items[cells[APPLICANT_MAIN].count - 1].until;
    const double dependants =
        cells[APPLICANT_DEPENDANT].items[cells[APPLICANT_DEPENDANT].count - 1].until;
    fit->bands[0] = closing[0] * cases[0] / (cases[0] + cases[1]);
    fit->bands[1] = closing[0] - fit->bands[0];
    fit->bands[2] = cases[2] * (mains + dependants) / mains;
    fit->bands[3] = closing[1] - fit->bands[2];
}

static void fill(struct fit *fit, const uint8_t group[NATIONALITIES_MAX])
{
    const struct published *published = fit->published;
    double closing[2] = {0, 0};
    for (size_t i = 0; i < published->nationality_count; i++) {
        fill_nationality(fit, &fit->sheets[group[i]], i);
        closing[0] += published->closing[i][0];
        closing[1] += published->closing[i][1];
    }
    for (size_t i = 0; i < WAIT_GROUPS; i++) {
        balance(&fit->sheets[i]);
        sheet_start(&fit->sheets[i]);
    }
    divide_bands(fit, closing);
}

static void accumulate(const struct sheet *sheet, double until[PUBLISHED_QUARTERS][WAIT_COLUMNS])
{
    for (size_t quarter = 0; quarter < PUBLISHED_QUARTERS; quarter++) {
        double sum = 0;
        for (size_t column = 0; column < WAIT_COLUMNS; column++) {
            sum += sheet->people[quarter + 1][column];
            until[quarter][column] = sum;
        }
        for (size_t column = 0; column < WAIT_COLUMNS; column++) {
            /* A group without claims in a quarter is never asked for it. */
            until[quarter][column] = sum > 0 ? until[quarter][column] / sum : 1;
        }
    }
}

result waits_fit(const struct published *published, struct arena *arena, struct arena scratch,
                 const struct waits **ret_waits, struct err *err)
{
    struct waits *waits = ARENA_NEW(arena, struct waits, 1);
    struct fit fit = {.published = published,
                      .sheets = ARENA_NEW(&scratch, struct sheet, WAIT_GROUPS)};
    if (waits == NULL || fit.sheets == NULL) {
        return arena_full(err);
    }
    choose_groups(published, waits->group);
    fill(&fit, waits->group);
    fit_rounds(&fit);
    for (size_t i = 0; i < WAIT_GROUPS; i++) {
        accumulate(&fit.sheets[i], waits->until[i]);
    }
    *ret_waits = waits;
    return result_ok();
}

struct wait waits_draw(const struct waits *waits, size_t nationality, size_t claim_quarter,
                       struct random *random)
{
    ASSERT(claim_quarter < PUBLISHED_QUARTERS && nationality < NATIONALITIES_MAX);
    const double *until = waits->until[waits->group[nationality]][claim_quarter];
    const double drawn = random_unit(random);
    size_t column = claim_quarter;
    while (column < WAIT_STILL && drawn >= until[column]) {
        column++;
    }
    return (struct wait){.still_waiting = column == WAIT_STILL,
                         .quarter = column == WAIT_STILL
                                        ? PUBLISHED_QUARTERS
                                        : outcome_quarter(claim_quarter + 1, column),
                         .late = column == WAIT_DECIDED_LATE};
}
