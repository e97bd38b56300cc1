/* pipeline: the model that the forecast engine and its peers run against each other. It is no law
 * and no forecast: four stations with people before them, of about the size of a real procedure.
 *
 * Days; 3,650 of them. 100,000 people a year come, at random moments, to the first station. Before
 * the beginning 50,000 wait at the first and 10,000 at the second station, and all places are free.
 * A station serves first come, first served, each for a lognormal time. Behind a station a person
 * is granted what they ask (and is gone), or appeals to the next, or comes to the removal, where no
 * time passes: further submissions lead back to the first station; absence is over after an
 * exponential time, and then the person comes to the removal again or is gone; a voluntary return
 * happens after an exponential time; everybody else goes to the last station, and is then gone.
 *
 * An event is one taken from the list of what is to come: an arrival, the end of a service, the end
 * of an absence or of a preparation. */
#ifndef RETURNHUB_BENCH_PIPELINE_H
#define RETURNHUB_BENCH_PIPELINE_H

enum { INITIAL, FIRST_TIER, UPPER, HUB, STATIONS };

#define PIPELINE_DAYS         3650.0
#define PIPELINE_RATE         (100000.0 / 365.0) /* arrivals a day */
#define PIPELINE_AT_INITIAL   50000
#define PIPELINE_AT_FIRST     10000
#define PIPELINE_GRANTED      0.45 /* at the first station */
#define PIPELINE_APPEALS      0.75 /* of those who are not */
#define PIPELINE_ALLOWED      0.45
#define PIPELINE_GOES_ON      0.25 /* of those whose appeal is not allowed */
#define PIPELINE_UPPER_ALLOWS 0.30
#define PIPELINE_SUBMITS      0.20 /* at the removal */
#define PIPELINE_ABSCONDS     0.25
#define PIPELINE_VOLUNTARY    0.20
#define PIPELINE_RETURNS      0.60  /* to the removal, after an absence */
#define PIPELINE_ABSENCE      400.0 /* mean days */
#define PIPELINE_PREPARATION  60.0

struct pipeline_station {
    double places;
    double mean;   /* of the service, days */
    double spread; /* standard deviation of its logarithm */
};

static const struct pipeline_station pipeline_stations[STATIONS] = {
    {9500, 30, 0.6},
    {7800, 60, 0.8},
    {1650, 90, 0.8},
    {2000, 45, 0.5},
};

#endif
