/* hub_office: the office of office.h, under the same small rulebook with what a hub's desk needs:
 * kinds of places, a day of arrival, a step for somebody who is refused on arrival, and one that
 * moves a person to another hub. All places are of the kind "general" at first. */
#ifndef RETURNHUB_TESTS_CASEWORK_HUB_OFFICE_H
#define RETURNHUB_TESTS_CASEWORK_HUB_OFFICE_H

#include "office.h"

#include "casework/hub_desk.h"

/* Writes the rulebook into a folder of its own, named in `folder`; hub_rules_remove takes it away.
 */
enum { HUB_RULES_SIZE = 220 };
void hub_rules_write(char folder[HUB_RULES_SIZE]);
void hub_rules_remove(const char *folder);

void hub_office_open(struct office *office);
/* Another process's office over the same store: only its casework may be used. office_leave closes
 * it. */
MUST_USE result hub_office_join(struct office *office, const char *path, const char *rules,
                                instant (*now)(void *context), struct err *err);

/* Ready for a transfer; `kind` NULL: nobody recorded which kind of place they need. */
struct somebody hub_office_ready(struct office *office, const char *name, const char *kind);
/* Transferred, on the way: a place is theirs and the arrival is expected. */
struct somebody hub_office_sent(struct office *office, const char *name, const char *hub);
/* ... and arrived. */
struct somebody hub_office_arrived(struct office *office, const char *name, const char *hub);

/* What a command of the desk answered. */
struct done {
    bool ok;
    struct err err;
    int64_t event;
    size_t events;
    size_t stopped_count;
    int64_t stopped;
    bool repeated;
};
struct done hub_out(struct office *office, enum account_name account, int64_t place,
                    const char *reason);
struct done hub_kind(struct office *office, const char *kind, int64_t first, int64_t last);
/* Until so many days from today. */
struct done hub_prebook(struct office *office, int64_t places, int days, int64_t request);
struct done hub_give(struct office *office, int64_t prebooking, int64_t request);
struct done hub_release(struct office *office, int64_t prebooking);
struct done hub_report(struct office *office, int64_t in_use, int64_t out_of_use,
                       int64_t minutes_ago);
struct done hub_explain(struct office *office);
struct done hub_resolve(struct office *office, const struct somebody *person,
                        enum arrival_state outcome);
struct done hub_hand_over(struct office *office, const struct somebody *person, const char *owner);
struct done hub_unexpected(struct office *office, const char *named);
struct done hub_identify(struct office *office, int64_t arrival, const struct somebody *person);
struct done hub_cancel(struct office *office, enum account_name account, const char *hub,
                       const struct somebody *person);
struct done hub_move(struct office *office, const struct somebody *person, int64_t place);
struct done hub_back(struct office *office, int64_t place);
/* By the rulebook's step. */
struct outcome hub_arrival(struct office *office, const struct somebody *person,
                           enum arrival_state outcome);

/* Lives as long as the office. */
struct hub_desk hub_desk_of(struct office *office, const char *hub);
/* Every place is one thing: what is not free never exceeds what was agreed, and a person has one
 * place at most. */
void hub_check_whole(struct office *office);

#endif
