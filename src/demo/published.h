/* published: the official statistics that the demonstration is drawn from, read from data/ into
 * arrays.
 *
 * Which file gives what, and what to mind in it, is written in data/README.md; how the numbers are
 * used, in docs/demonstration.md. Levels come from one release (the national quarterly totals); the
 * tables by nationality, which are of other releases, give shares only. Everything counts people
 * (main applicants and dependants) unless it says main applicants. Quarters are 0 (2018-Q1) to 23
 * (2023-Q4), years 0 (2018) to 5 (2023). */
#ifndef RETURNHUB_DEMO_PUBLISHED_H
#define RETURNHUB_DEMO_PUBLISHED_H

#include "base/arena.h"
#include "base/date.h"
#include "format/table.h"

enum {
    PUBLISHED_YEAR_FIRST = 2018,
    PUBLISHED_YEARS = 6,
    PUBLISHED_QUARTERS = 24,
    NATIONALITIES_MAX = 256, /* the lookup table names 227 */
};

enum initial_outcome {
    OUTCOME_GRANT,
    OUTCOME_REFUSAL,
    OUTCOME_WITHDRAWAL,
    OUTCOME_ADMINISTRATIVE, /* claims found void and the like */
    OUTCOME_COUNT,
};

enum age_band {
    AGE_UNDER_18,
    AGE_18_TO_29,
    AGE_30_TO_49,
    AGE_50_TO_69,
    AGE_70_AND_OVER,
    AGE_UNKNOWN,
    AGE_BAND_COUNT,
};

enum sex { SEX_FEMALE, SEX_MALE, SEX_UNKNOWN, SEX_COUNT };

enum route {
    ROUTE_SMALL_BOAT,
    ROUTE_CLANDESTINE,
    ROUTE_WITHOUT_DOCUMENTS,
    ROUTE_WORK_VISA,
    ROUTE_STUDY_VISA,
    ROUTE_VISITOR_VISA,
    ROUTE_OTHER_LEAVE,
    ROUTE_OTHER,
    ROUTE_COUNT,
};

enum applicant { APPLICANT_MAIN, APPLICANT_DEPENDANT, APPLICANT_COUNT };

enum support { SUPPORT_SECTION_95, SUPPORT_SECTION_98, SUPPORT_SECTION_4, SUPPORT_COUNT };

enum return_group { RETURN_ENFORCED, RETURN_VOLUNTARY, RETURN_PORT, RETURN_GROUP_COUNT };

struct nationality {
    str name;
    str iso3; /* "" when the published name is not of a country */
};

/* Claims of one combination of characteristics, in one year and of one type of applicant. */
struct claim_cell {
    uint16_t nationality;
    uint8_t age; /* enum age_band */
    uint8_t sex; /* enum sex */
    bool unaccompanied;
    bool at_port;
    double until; /* sum of the claims of this cell and of those before it */
};

struct claim_cells {
    struct claim_cell *items;
    size_t count;
};

/* What became of the claims of some years, as it was known in June 2022; main applicants. */
struct cohort {
    double refused; /* initially */
    double appeals_lodged;
    double appeals_allowed;
    double appeals_dismissed;
    double appeals_withdrawn;
    double refused_at_last;
    double returned_enforced;
    double returned_voluntarily;
};

/* The First-tier Tribunal's appeals on protection, in one quarter. */
struct tribunal_quarter {
    double allowed_share; /* of the appeals determined */
    double disposals;
    double open_caseload;
};

struct published {
    const struct nationality *nationalities;
    size_t nationality_count;
    double claims[PUBLISHED_QUARTERS];
    double outcomes[PUBLISHED_QUARTERS]; /* all initial outcomes */
    double outcomes_by_kind[PUBLISHED_YEARS][OUTCOME_COUNT];
    struct claim_cells cells[PUBLISHED_YEARS][APPLICANT_COUNT];
    double routes[PUBLISHED_QUARTERS][ROUTE_COUNT];
    double small_boats[PUBLISHED_YEARS][NATIONALITIES_MAX]; /* arrivals */
    double decisions[PUBLISHED_QUARTERS][NATIONALITIES_MAX];
    double decisions_by_kind[PUBLISHED_YEARS][NATIONALITIES_MAX][OUTCOME_COUNT];
    double opening[NATIONALITIES_MAX]; /* awaiting an initial decision on 2017-12-31 */
    double closing[NATIONALITIES_MAX]
                  [2];       /* on 2023-12-31: six months or less, more than six months */
    double closing_bands[4]; /* main applicants: to 3 months, to 6, to 12, more than 12 months */
    double within_six_months[PUBLISHED_QUARTERS]; /* share by quarter of claim; negative: not
                                                     published */
    struct cohort cohorts[NATIONALITIES_MAX];
    struct cohort cohort_all;
    struct tribunal_quarter tribunal[PUBLISHED_QUARTERS];
    double heard_allowed[NATIONALITIES_MAX]; /* appeals, Home Office series */
    double heard_dismissed[NATIONALITIES_MAX];
    double certified[NATIONALITIES_MAX]; /* clearly unfounded; main applicants */
    double refused_main[NATIONALITIES_MAX];
    double returned[RETURN_GROUP_COUNT]; /* asylum-related returns, 2018 to 2023 */
    double supported[NATIONALITIES_MAX]; /* on 2023-12-31 */
    double support[SUPPORT_COUNT];
};

/* Reads the tables in `folder` into the arena; `scratch` serves one file at a time. */
MUST_USE result published_load(const char *folder, struct arena *arena, struct arena scratch,
                               const struct published **ret_published, struct err *err);

/* Opens one table of the folder; its text too is taken from the arena given by value. */
MUST_USE result published_open(const char *folder, const char *file, const char *const *columns,
                               size_t column_count, struct arena arena, struct table *table,
                               struct err *err);
/* The year of a quarter, 0 to 5. */
size_t published_year(size_t quarter);
/* The first day of a quarter; of quarter 24, the day after the last one. */
date published_quarter_begin(size_t quarter);
/* Claims of one nationality in a year, both types of applicant, in the table by nationality. */
double published_claims_of(const struct published *published, size_t year, size_t nationality);

#endif
