/* model: what the register must be, kept beside it.
 *
 * The events of every command that was acknowledged are folded here a second time, by other code
 * and into other shapes than the register's rows, and each is held against the law before it is
 * folded: a step is allowed only when everything that guards it is clear on the facts of the model.
 * Nothing here reads a row of the store.
 *
 * A kind of event that the model does not know changes nothing in it: a new kind that matters gets
 * a line in the table of folds (model.c). */
#ifndef RETURNHUB_TESTS_SIMULATION_MODEL_H
#define RETURNHUB_TESTS_SIMULATION_MODEL_H

#include "register/reference.h"
#include "register/row.h"
#include "rulebook/judge.h"

enum {
    MODEL_PEOPLE_MAX = 24,
    MODEL_FACTS_MAX = 2048,
    MODEL_REQUESTS_MAX = 512,
    MODEL_HUBS_MAX = 6,
    MODEL_PLACES_MAX = 24,
    MODEL_ACCOUNTS_MAX = 24,
    MODEL_COMMANDS_MAX = 1024,
    MODEL_VERDICTS_MAX = 1024,
    MODEL_SAFEGUARDS_MAX = 128,
};

struct model_person {
    int64_t id;
    char reference[REFERENCE_SIZE];
    uint32_t stage;
    int64_t hub;
    int64_t family;
    struct known_day last_contact_on;
    struct known_day next_check_on;
};

struct model_fact {
    int64_t position;
    enum subject_kind kind;
    int64_t subject;
    uint32_t fact; /* of the rulebook */
    struct value value;
    date true_from;
    bool withdrawn;
};

struct model_request {
    int64_t id;
    int64_t person;
    uint32_t step;
    int64_t hub;
    int64_t agreement;
    enum request_state state;
    int64_t requested_by;
    int64_t approved_by[REQUEST_APPROVALS_MAX];
    size_t approval_count;
    int64_t place;
};

struct model_place {
    int64_t person;  /* 0: nobody's */
    int64_t request; /* that holds it; 0: the person is there */
};

struct model_hub {
    int64_t id;
    char reference[40];
    int64_t agreement;
    int64_t agreed;
    struct model_place places[MODEL_PLACES_MAX + 1]; /* by number */
};

struct model_account {
    int64_t id;
    char role[40];
    int64_t hub;
};

struct model_command {
    struct client_id client_id;
    int64_t position;
};

/* What was judged, to be derived again later. */
struct model_verdict {
    int64_t position;
    int64_t person;
    uint32_t step;
    int64_t hub;
    date on;
    instant known_at;
    enum clearance clearance;
    enum clearance each[MODEL_SAFEGUARDS_MAX];
};

struct model {
    const struct rulebook *rulebook;
    struct arena values;  /* of facts */
    struct arena scratch; /* passed on by value */
    bool begins;          /* what the office was given to begin with is not held against the law */
    bool law_is_small;    /* the rules of tests/casework: judged a second time by hand (law.h) */
    int64_t last;         /* position of the last event that was folded */
    struct model_person people[MODEL_PEOPLE_MAX];
    size_t person_count;
    struct model_fact facts[MODEL_FACTS_MAX];
    size_t fact_count;
    struct model_request requests[MODEL_REQUESTS_MAX];
    size_t request_count;
    struct model_hub hubs[MODEL_HUBS_MAX];
    size_t hub_count;
    struct model_account accounts[MODEL_ACCOUNTS_MAX];
    size_t account_count;
    struct model_command commands[MODEL_COMMANDS_MAX];
    size_t command_count;
    struct model_verdict verdicts[MODEL_VERDICTS_MAX];
    size_t verdict_count;
    char broken[600]; /* "" while every promise was kept */
};

/* Nothing has happened yet. The arenas are given once and are used again. */
void model_begin(struct model *model, const struct rulebook *rulebook);

/* The events of one command, or of several that followed each other on one day. */
bool model_fold(struct model *model, const struct event *events, size_t count, date today);

/* What the law says of this step for this person, on the facts of the model. `each` may be NULL. */
enum clearance model_judge(struct model *model, const struct model_person *person, uint32_t step,
                           int64_t hub, date today, enum clearance *each);

bool model_is_live(const struct model_request *request);
struct model_person *model_person(struct model *model, int64_t id);
struct model_hub *model_hub(struct model *model, int64_t id);
struct model_request *model_request(struct model *model, int64_t id);
const struct model_account *model_account(const struct model *model, int64_t id);
/* 0 when no event carries it. */
int64_t model_command(const struct model *model, const struct client_id *id);
int64_t model_places_free(const struct model_hub *hub);
/* Does this hub's operator see the person? */
bool model_is_of_hub(const struct model *model, const struct model_person *person, int64_t hub);
/* The value that counts today. */
struct value model_value(const struct model *model, enum subject_kind kind, int64_t subject,
                         uint32_t fact, date today);

/* Says which promise is broken; the first stays. Always false. */
bool model_break(struct model *model, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
