/* script: some fifty commands of casework, one of every kind, and a ledger of what was answered.
 *
 * The ledger is kept beside the store, by the caller: of each command that was acknowledged, which
 * events it was told, and what they said. script_check holds a store against it.
 *
 * The clock stands still and every event is a millisecond later than the one before it, so that the
 * same commands make the same register, to the letter, whatever failed on the way and was sent
 * again: script_digest. */
#ifndef RETURNHUB_TESTS_CRASH_SCRIPT_H
#define RETURNHUB_TESTS_CRASH_SCRIPT_H

#include "../casework/office.h"

enum { SCRIPT_COMMANDS_MAX = 64, SCRIPT_PEOPLE = 4 };

struct script_told {
    struct client_id client_id;
    bool acknowledged;
    int64_t event; /* the first of the command; 0 for a command that records none */
    int64_t event_count;
    uint64_t digest; /* of all its events, whole */
};

struct script {
    struct office office; /* open */
    struct somebody people[SCRIPT_PEOPLE];
    struct script_told told[SCRIPT_COMMANDS_MAX];
    struct random entropy; /* the same for a command whenever it is sent */
    char failure[600];     /* of script_check */
};

size_t script_length(void);
/* Sends the command; sent again, with the client id it had. Its answer is put into the ledger. */
MUST_USE result script_send(struct script *script, size_t index, struct err *err);
/* Nothing was sent yet. */
void script_begin(struct script *script);

/* Is every command that was acknowledged of the first `count` in the store, whole and as it was
 * told; and are the rows those that the events make? `failure` says what is not. */
bool script_check(struct script *script, size_t count);
/* Of every event in the store. */
uint64_t script_digest(struct script *script);

/* "register" for what the command does, for messages. */
const char *script_name(size_t index);

#endif
