/* smoothing: exponential smoothing in its state space form (ETS), the rival to beat. Seventeen
 * forms: error additive or multiplicative; trend none, additive, or additive and damped; season
 * none, additive, or - with a multiplicative error - multiplicative; and, with a multiplicative
 * error and no season or one that multiplies, a multiplicative damped trend. Each is fitted by
 * maximum likelihood (the initial states too), and the one with the smallest AICc is taken.
 * Forecasts are simulated, with normal innovations.
 *
 * Equations, likelihood and bounds of the parameters are those of Hyndman, Koehler, Ord and Snyder,
 * Forecasting with Exponential Smoothing (Springer 2008), chapters 2, 3 and 5 (table 2.3: the
 * forms; equation 5.3: the likelihood). */
#ifndef RETURNHUB_FORECAST_SMOOTHING_H
#define RETURNHUB_FORECAST_SMOOTHING_H

#include "base/arena.h"
#include "forecast/draw.h"

enum { SMOOTHING_SEASONS = 4, SMOOTHING_OBSERVATIONS_MIN = 12, SMOOTHING_FORMS_MAX = 24 };

enum smoothing_trend { TREND_NONE, TREND_ADDITIVE, TREND_DAMPED, TREND_MULTIPLICATIVE_DAMPED };
enum smoothing_season { SEASON_NONE, SEASON_ADDITIVE, SEASON_MULTIPLICATIVE };

struct smoothing_form {
    bool error_multiplies;
    enum smoothing_trend trend;
    enum smoothing_season season;
};

struct smoothing_state {
    double level;
    double trend;                     /* 0, or 1 where it multiplies, when there is none */
    double season[SMOOTHING_SEASONS]; /* [0]: of the next observation */
};

struct smoothing {
    struct smoothing_form form;
    double alpha;
    double beta;
    double gamma;
    double phi;
    struct smoothing_state first; /* before the first observation */
    struct smoothing_state last;  /* after the last one */
    double sigma;                 /* of the innovations, with degrees of freedom */
    double criterion;             /* -2 log likelihood, up to a constant that all forms share */
    double aicc;
};

/* All forms; returns how many. */
size_t smoothing_forms(struct smoothing_form forms[SMOOTHING_FORMS_MAX]);

/* Runs the equations over the numbers with the parameters and first states that stand in
 * *smoothing, and sets last, sigma, criterion and aicc. Infinite when the form does not fit (a
 * forecast that is not positive where the error multiplies). */
void smoothing_run(struct smoothing *smoothing, const double *numbers, size_t count);
/* The likeliest parameters of one form. Refuses fewer than SMOOTHING_OBSERVATIONS_MIN numbers. */
MUST_USE result smoothing_fit_form(const double *numbers, size_t count, struct smoothing_form form,
                                   struct smoothing *ret_smoothing, struct err *err);
/* The form with the smallest AICc. */
MUST_USE result smoothing_fit(const double *numbers, size_t count, struct smoothing *ret_smoothing,
                              struct err *err);

/* One future, never below 0. */
void smoothing_future(const struct smoothing *smoothing, const struct draw_tables *tables,
                      struct draw *draw, size_t horizon, double *ret_numbers);
/* "ETS(M,Ad,N)" into text[16]. */
void smoothing_name(struct smoothing_form form, char text[16]);

#endif
