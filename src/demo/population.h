/* population: who claims asylum in the demonstration, and when.
 *
 * Each person is drawn by themselves: year of claim, main applicant or dependant, then nationality,
 * age band, sex, whether an unaccompanied child, and whether the claim was made at a port, from the
 * joint table of that year. A main applicant then gets a quarter of that year and a day in it, and
 * a route of entry; a dependant joins the family of an adult main applicant of the same year and
 * nationality, and shares day and route with them. So the shares of people are those published, and
 * the quarters of claim too, because families differ in size independently of the quarter.
 *
 * The same seed gives the same people; a larger population is not a smaller one continued. */
#ifndef RETURNHUB_DEMO_POPULATION_H
#define RETURNHUB_DEMO_POPULATION_H

#include "base/random.h"
#include "demo/published.h"

struct claimant {
    date claimed_on;
    int32_t main; /* index of the main applicant of the family; the own index for main applicants */
    int32_t next_in_family; /* dependants hang on the main applicant as a list; -1 ends it */
    uint16_t nationality;
    uint8_t quarter; /* of the claim */
    uint8_t age;     /* enum age_band, at the claim */
    uint8_t sex;
    uint8_t route;
    uint8_t applicant; /* enum applicant, as drawn */
    bool unaccompanied;
    bool at_port;
};

struct population {
    struct claimant *people;
    int32_t count;
    int32_t *mains; /* indices of those who head a family or stand alone, by day of claim */
    int32_t main_count;
};

/* A generator of its own for each person and purpose, so that one person's draws do not move
 * another's. */
enum random_purpose {
    RANDOM_CLAIM = 1,
    RANDOM_FAMILY,
    RANDOM_COURSE,
    RANDOM_FACTS,
    RANDOM_REFERENCE,
    RANDOM_SUPPORT
};
struct random population_random(uint64_t seed, enum random_purpose purpose, int64_t index);

MUST_USE result population_draw(const struct published *published, int32_t count, uint64_t seed,
                                struct arena *arena, struct arena scratch,
                                struct population *ret_population, struct err *err);

/* How many people are in the family, the main applicant included. */
int32_t population_family_size(const struct population *population, int32_t main);

/* A birth date such that the person was in their age band on the day of the claim; the age within
 * the band is assumed to be even, but for unaccompanied children (14 to 17) and the oldest (70 to
 * 84). */
struct known_birth {
    bool known;
    date born_on;
};
struct known_birth population_birth(const struct claimant *claimant, struct random *random);

#endif
