/* manifests: who leaves together, and that nobody leaves on a stale verdict.
 *
 * A manifest is for one step of the rulebook that people take as they board: a removal, a transfer
 * to a hub, an onward return. A person is put on it by a request for that step that has every
 * approval, and only if the law allows the step with this destination and day: they stand in place
 * of the facts of the same meaning, so that the safeguards about what the person was told compare
 * them with the notice. Boarding judges everybody on it once more, at one instant; each verdict is
 * on record, those who are clear take the step in that very transaction, the others are left off
 * and their requests stop. Afterwards everybody who boarded is accounted for, one by one, before
 * the manifest closes.
 *
 * Whatever stops a request takes the person off in the same commit; the lead is among those who are
 * told (stops.h). Whoever is listed takes the step with the manifest and not apart from it. */
#ifndef RETURNHUB_CASEWORK_MANIFESTS_H
#define RETURNHUB_CASEWORK_MANIFESTS_H

#include "casework/casework.h"
#include "store/departures.h"

enum { MANIFEST_PEOPLE_MAX = 500, MANIFEST_ESCORTS_MAX = 2000 };

struct manifest_details {
    instant departs_at;
    str carrier;
    str route; /* stops in order, parted by commas */
    int64_t escorts;
    str escort_roles; /* what they are there for, parted by commas; no names */
    str lead;         /* username; "" for the caller's own account */
};

/* Is it a step that people take as they board: one with approvals whose safeguards look at the
 * destination or the day of the departure, where the rulebook knows of these? */
bool casework_step_boards(const struct rulebook *rulebook, const struct step *step,
                          struct arena scratch);

struct new_manifest {
    str step;
    str hub;         /* reference, for a step with a hub; "" otherwise */
    str destination; /* country; "" for that of the hub */
    struct manifest_details details;
};

/* ACTION_PREPARE_MANIFEST, for all that changes a manifest before it boards. The departure lies
 * ahead, within a year. */
MUST_USE result casework_open_manifest(const struct casework *casework, const struct caller *caller,
                                       const struct new_manifest *manifest, struct arena *arena,
                                       struct manifest_row *ret_manifest, struct err *err);
/* Another hour, carrier, route, escorts, lead. Another destination is another manifest. Whoever was
 * told of another day is not left on it unseen: they are judged again as they board, and the page
 * shows it before. */
MUST_USE result casework_change_manifest(const struct casework *casework,
                                         const struct caller *caller, str manifest,
                                         const struct manifest_details *details, str reason,
                                         struct arena *arena, struct manifest_row *ret_manifest,
                                         struct err *err);
MUST_USE result casework_cancel_manifest(const struct casework *casework,
                                         const struct caller *caller, str manifest, str reason,
                                         struct arena *arena, struct manifest_row *ret_manifest,
                                         struct err *err);
/* Refused by law, the refusal is on record and the request stays approved. */
MUST_USE result casework_list_on_manifest(const struct casework *casework,
                                          const struct caller *caller, str manifest,
                                          int64_t request, struct arena *arena,
                                          struct step_answer *ret_answer, struct err *err);
MUST_USE result casework_take_off_manifest(const struct casework *casework,
                                           const struct caller *caller, str manifest, str person,
                                           str reason, struct arena *arena,
                                           struct manifest_row *ret_manifest, struct err *err);

/* --- boarding, and what came of it ------------------------------------------------------------ */

struct boarding_line {
    struct person_row person;
    int64_t request;
    bool boarded;
    const str *safeguards; /* of somebody left off: those not clear; none when the step no longer
                              leads from their stage, or the record is restricted */
    size_t safeguard_count;
};
struct boarding_answer {
    struct manifest_row manifest;
    const struct boarding_line *lines; /* who was on it and is not hidden, by person */
    size_t count;
    size_t boarded_count; /* of the lines */
    bool repeated;
};
/* ACTION_BOARD_MANIFEST. */
MUST_USE result casework_board_manifest(const struct casework *casework,
                                        const struct caller *caller, str manifest,
                                        struct arena *arena, struct boarding_answer *ret_answer,
                                        struct err *err);
struct manifest_departed {
    struct manifest_row manifest;
    const str *called_back; /* who is aboard although they were called back, as far as the account
                               sees them: their references */
    size_t called_back_count;
};
/* It left at that instant, not later than now. */
MUST_USE result casework_depart_manifest(const struct casework *casework,
                                         const struct caller *caller, str manifest,
                                         instant departed_at, struct arena *arena,
                                         struct manifest_departed *ret_departed, struct err *err);
struct accounted {
    str person;
    str outcome; /* "arrived" after the departure; "returned": came back with it, or it never left
                  */
    str source;  /* who says so */
    str step;    /* for somebody who returned: the step that records it, which needs no approval; ""
                    when it was taken already */
};
/* ACTION_ACCOUNT_ABOARD, which whoever sees the person may have: somebody who is protected from
 * those who board is accounted for by those who see them. Refused by law (the step), nothing is
 * recorded but the refusal. */
MUST_USE result casework_account_on_manifest(const struct casework *casework,
                                             const struct caller *caller, str manifest,
                                             const struct accounted *accounted, struct arena *arena,
                                             struct step_answer *ret_answer, struct err *err);
/* ERROR_CONFLICT as long as somebody who boarded is not accounted for. */
MUST_USE result casework_close_manifest(const struct casework *casework,
                                        const struct caller *caller, str manifest, str remark,
                                        struct arena *arena, struct manifest_row *ret_manifest,
                                        struct err *err);

/* --- questions -------------------------------------------------------------------------------- */

struct manifest_line {
    struct manifest_row row;
    struct hub_row hub; /* id 0 when it goes to none */
    str lead;           /* name */
    size_t listed;
    size_t boarded;
};
/* ACTION_SEE_MANIFEST. Those to one's own hub, for an account that is limited to one. */
MUST_USE result casework_manifests(const struct casework *casework, const struct caller *caller,
                                   bool unfinished_only, struct arena *arena,
                                   const struct manifest_line **ret_lines, size_t *ret_count,
                                   struct err *err);

struct manifest_person {
    struct manifest_entry_row entry;
    struct person_row person;
    struct identity identity;
    bool judged; /* listed: what boarding would find on the day of departure as it is
                    planned, on the facts of now */
    enum clearance clearance;
    const str *safeguards; /* not clear */
    size_t safeguard_count;
    /* Judged: what the safeguards compare the destination and the day with, such as what the person
     * was told. */
    const struct known_fact *compared;
    size_t compared_count;
};
struct manifest_answer {
    struct manifest_line manifest;
    const struct manifest_person *people;
    size_t count;
    size_t gone;         /* people who were stopped or taken off, and are out of sight since */
    size_t out_of_sight; /* on the list or aboard: a number, so that nobody is left unaccounted for
                            without a word; whoever sees them accounts for them */
    const struct work_request *waiting; /* while it is open: who may still be put on it */
    size_t waiting_count;
};
/* Somebody who was to come to a hub, and is not coming any more, is out of the hub's sight: it is
 * told how many they are, and not who. Who is hidden from it for another reason is not counted. */
MUST_USE result casework_manifest(const struct casework *casework, const struct caller *caller,
                                  str reference, struct arena *arena,
                                  struct manifest_answer *ret_answer, struct err *err);

#endif
