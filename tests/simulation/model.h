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
#include "store/store.h"

enum {
    MODEL_PEOPLE_MAX = 24,
    MODEL_FACTS_MAX = 2048,
    MODEL_REQUESTS_MAX = 512,
    MODEL_HUBS_MAX = 6,
    MODEL_PLACES_MAX = 24,
    MODEL_ACCOUNTS_MAX = 32,
    MODEL_COMMANDS_MAX = 1024,
    MODEL_VERDICTS_MAX = 1024,
    MODEL_SAFEGUARDS_MAX = 128,
    MODEL_DEEDS_MAX = 4096,
    MODEL_MERGES_MAX = 128,
    MODEL_PROTECTIONS_MAX = 128,
    MODEL_STAYS_MAX = 256,
    MODEL_TRANSFERS_MAX = 256,
    MODEL_MANIFESTS_MAX = 128,
    MODEL_ON_MANIFESTS_MAX = 256,
    MODEL_ENTRIES_MAX = 256,
    MODEL_NOTICES_MAX = 256,
    MODEL_GLASSES_MAX = 128,
    MODEL_TIES_MAX = 128,
};

/* A record: what was registered under one reference. A person is a record that is a part of no
 * other, with all those that are a part of it (register/identity.h). */
struct model_person {
    int64_t id;
    char reference[REFERENCE_SIZE];
    int64_t part_of;     /* the person that it is a part of; 0: it is one itself */
    int64_t was_part_of; /* while deeds are done again: the record above it at that time */
    uint32_t stage;
    int64_t stage_event;
    int64_t hub;
    int64_t family;
    struct known_day last_contact_on;
    struct known_day next_check_on;
    int64_t holds;
    bool restricted;
    int64_t erasure_request;
    int64_t erasure_asked_by;
    bool erased;
    int64_t protection; /* position of the event that says who alone sees them; 0: none */
};

/* Something that happened to a person, short, so that it can be done again when two records turn
 * out to be two people after all. */
struct model_deed {
    int64_t position;
    enum event_kind kind;
    int64_t about;  /* the record */
    int64_t under;  /* the record that it stands under */
    int64_t names;  /* the earlier event that it goes with; 0: none */
    uint32_t stage; /* that it leads to */
    int64_t hub;
    int64_t place;  /* as in STEP_TAKEN */
    int64_t number; /* the family, the merge */
    int64_t other;  /* the record that becomes a part; the actor who asked for an erasure */
    struct known_day day;
    struct known_day next_check_on;
};

/* Who alone sees a record, from the event on. */
struct model_protection {
    int64_t position;
    int64_t account; /* 0: none */
    char role[40];   /* "": none */
};

struct model_merge {
    int64_t id;
    int64_t continues;
    int64_t absorbed;
    enum { ASKED, REFUSED, DONE, UNDONE } state;
    int64_t requested_by;
    int64_t decided; /* position */
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
    char kind[24];
    enum place_state state;
    int64_t person;     /* who is there */
    int64_t request;    /* for which it is held, or to which the prebooking was given */
    int64_t prebooking; /* position of its event */
    date until;
    bool lost; /* was held for `request`, and is out of use since this command */
};

struct model_hub {
    int64_t id;
    char reference[40];
    int64_t agreement;
    int64_t place_count;
    struct model_place places[MODEL_PLACES_MAX + 1]; /* by number */
};

struct model_stay {
    int64_t id; /* position of the step that gave the place */
    int64_t hub;
    enum model_arrival { EXPECTED = 1, ARRIVED, REFUSED_THERE, NEVER_LEFT, MISSING } arrival;
    int64_t left; /* position of the step that ended it; 0: the person is there */
};

/* A place was taken at a hub under this agreement. */
struct model_transfer {
    int64_t agreement;
    date on;
};

struct model_manifest {
    int64_t id;
    char reference[24];
    uint32_t step;
    int64_t hub;
    struct value destination;
    int64_t departs_at_ms;
    enum { GATHERING = 1, BOARDED, LEFT, CLOSED, CANCELLED } state;
};

/* Somebody on a manifest, by a request. */
struct model_on_manifest {
    int64_t manifest;
    int64_t request;
    enum { LISTED = 1, ABOARD, STOPPED, TAKEN_OFF, CAME, RETURNED } state;
    bool recalled;
    bool boards; /* of a boarding that is being folded: everything was clear */
    bool judged; /* in this command, as one of those who board */
    bool leaves; /* the step leads from where they are */
    enum clearance before[MODEL_SAFEGUARDS_MAX]; /* as it was before the command */
};

struct model_entry {
    int64_t id;
    char kind[24];
    char state[24];
    enum subject_kind subject_kind;
    int64_t subject; /* a hub; of a person see model_whose(id) */
    int64_t hub;
    int64_t parent;
    struct known_day due_on;
    date opened_on;
    date closed_on;
    bool serious;
    bool closed;
    bool erased;
};

/* A letter. */
struct model_notice {
    int64_t position;
    date issued_on;
    struct value destination; /* that it names */
    bool closed;              /* served, or cancelled */
};

/* Somebody saw a record that was out of their sight. */
struct model_glass {
    int64_t position;
    int64_t account;
    int64_t broken_ms;
    int64_t until_ms;
    bool reviewed;
};

/* An account from outside the office sees a record: of its own person, or of whom its holder
 * represents. */
struct model_tie {
    int64_t position;
    int64_t account;
    bool self;
    date first_day;
    struct known_day last_day;
    bool ended;
};

struct model_account {
    int64_t id;
    char role[40];
    int64_t hub;
    bool closed;
    int64_t changed; /* position of the event that gave it this role, or closed it */
};

struct model_command {
    struct client_id client_id;
    int64_t position;
};

/* What was judged, to be derived again later. */
struct model_verdict {
    int64_t position;
    int64_t person;  /* the record that was spoken of */
    uint32_t people; /* a bit for each record whose facts were read */
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
    struct model_deed deeds[MODEL_DEEDS_MAX];
    size_t deed_count;
    struct model_protection protections[MODEL_PROTECTIONS_MAX];
    size_t protection_count;
    struct model_merge merges[MODEL_MERGES_MAX];
    size_t merge_count;
    struct model_stay stays[MODEL_STAYS_MAX];
    size_t stay_count;
    struct model_transfer transfers[MODEL_TRANSFERS_MAX];
    size_t transfer_count;
    struct model_manifest manifests[MODEL_MANIFESTS_MAX];
    size_t manifest_count;
    struct model_on_manifest on_manifests[MODEL_ON_MANIFESTS_MAX];
    size_t on_manifest_count;
    struct model_entry entries[MODEL_ENTRIES_MAX];
    size_t entry_count;
    struct model_notice notices[MODEL_NOTICES_MAX];
    size_t notice_count;
    struct model_glass glasses[MODEL_GLASSES_MAX];
    size_t glass_count;
    struct model_tie ties[MODEL_TIES_MAX];
    size_t tie_count;
    int64_t last_ms;  /* when the last event was recorded */
    int64_t resumed;  /* position of the fact that says until when a time runs again */
    char broken[600]; /* "" while every promise was kept */
};

/* Nothing has happened yet. The arenas are given once and are used again. */
void model_begin(struct model *model, const struct rulebook *rulebook);

/* The events of one command, or of several that followed each other on one day. */
bool model_fold(struct model *model, const struct event *events, size_t count, date today);

/* What the manifest says in place of the facts of these names; NULL: nothing does. */
struct model_plan {
    struct value destination;
    date on;
};

/* What the law says of this step for this person, on the facts of the model. `each` may be NULL. */
enum clearance model_judge(struct model *model, const struct model_person *person, uint32_t step,
                           int64_t hub, date today, enum clearance *each);
enum clearance model_judge_planned(struct model *model, const struct model_person *person,
                                   uint32_t step, int64_t hub, date today,
                                   const struct model_plan *plan, enum clearance *each);

bool model_is_live(const struct model_request *request);
/* The record; NULL when there is none. */
struct model_person *model_person(struct model *model, int64_t id);
struct model_person *model_person_named(struct model *model, const char *reference);
/* The person that the record is, or is a part of. */
struct model_person *model_whole(struct model *model, int64_t record);
bool model_is_person(const struct model_person *record);
/* Whom what was recorded there is about: the person. */
struct model_person *model_whose(struct model *model, int64_t position);
int64_t model_about(const struct model *model, int64_t position);
/* Does the protection of the record, if it has one, name the account? */
bool model_names(const struct model *model, const struct model_person *person,
                 const struct model_account *account);
/* By role and hub. */
bool model_sees(struct model *model, const struct model_account *account,
                const struct model_person *record);
/* Because the account broke the glass: the record alone, at an instant. */
bool model_sees_through_glass(struct model *model, const struct model_account *account,
                              const struct model_person *record, int64_t at_ms);
/* From outside the office: as their own, or as that of whom they represent. */
bool model_sees_own(struct model *model, const struct model_account *account,
                    const struct model_person *record, date today);
/* Was it given to another than the one it stands under, when a merge was undone? */
bool model_was_given(const struct model *model, int64_t position);
struct model_person *model_person_of(struct model *model, const struct model_request *request);
struct model_hub *model_hub(struct model *model, int64_t id);
struct model_request *model_request(struct model *model, int64_t id);
struct model_merge *model_merge(struct model *model, int64_t id);
struct model_manifest *model_manifest(struct model *model, int64_t id);
struct model_entry *model_entry(struct model *model, int64_t id);
const struct model_account *model_account(const struct model *model, int64_t id);
/* 0 when no event carries it. */
int64_t model_command(const struct model *model, const struct client_id *id);

/* Places that are free on a day, of a kind (NULL: of any). */
int64_t model_places_free(const struct model_hub *hub, const char *kind, date today);
int64_t model_places(const struct model_hub *hub, enum place_state state);
int64_t model_places_agreed(const struct model_hub *hub);
/* What is used of an agreement until a day, and in its month; what is held for who is approved. */
struct intake_counts model_intake(struct model *model, int64_t agreement, date on);
/* The place at the hub that this person has, or that is kept for them; NULL for none. */
const struct model_place *model_own_place(struct model *model, const struct model_hub *hub,
                                          const struct model_person *person, date today);
/* Which kind of place somebody needs; "" under a law without kinds, NULL while it is not known. */
const char *model_need(struct model *model, const struct model_person *person, date today,
                       char kind[24]);
/* That had been opened and not ended, as of the day. */
int64_t model_serious_findings(const struct model *model, int64_t hub, date today);
/* The live request, or whoever is aboard, that is on this manifest; NULL for none. */
struct model_on_manifest *model_on_manifest(struct model *model, int64_t request);
/* Whoever is or was on this manifest by this request; the last of several; NULL for none. */
struct model_on_manifest *model_last_on_manifest(struct model *model, int64_t manifest,
                                                 int64_t request);
struct model_stay *model_stay_named(struct model *model, int64_t id);
/* The last stay of the person at this hub; NULL for none. */
struct model_stay *model_stay(struct model *model, const struct model_person *person, int64_t hub);

/* Does this hub's operator see the person? */
bool model_is_of_hub(struct model *model, const struct model_person *person, int64_t hub);
/* The value that counts today. */
struct value model_value(struct model *model, enum subject_kind kind, int64_t subject,
                         uint32_t fact, date today);
/* For whoever undoes a merge: what they say of an event that nobody can tell. */
bool model_says_absorbed(int64_t position);

/* Says which promise is broken; the first stays. Always false. */
bool model_break(struct model *model, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
