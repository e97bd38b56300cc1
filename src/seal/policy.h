/* policy: which logs and witnesses somebody trusts, and how many witnesses must have cosigned a
 * checkpoint (c2sp.org/tlog-policy). A text file:
 *
 *   log <public key> [<url>]
 *   witness <name> <public key> [<url>]
 *   group <name> all|any|<number> <name of a witness or group above>...
 *   quorum <name>|none
 *
 * Empty lines, and lines that begin with #, say nothing. Exactly one line says the quorum. */
#ifndef RETURNHUB_SEAL_POLICY_H
#define RETURNHUB_SEAL_POLICY_H

#include "seal/checkpoint.h"

enum {
    POLICY_LOGS_MAX = 32,
    POLICY_WITNESSES_MAX = 32,
    POLICY_PARTIES_MAX = 64, /* witnesses and groups */
    POLICY_TEXT_MAX = 64 * 1024,
    POLICY_NO_QUORUM = -1,
};

/* A witness, or a group of them. */
struct policy_party {
    str name;
    bool group;
    struct note_key key; /* of a witness */
    const char *url;     /* of a witness; NULL when none is given */
    unsigned needed;     /* of a group: so many of its members */
    uint64_t members;    /* of a group: bit i is party i */
    bool is_member;      /* of some group: of one at most */
};

struct policy_log {
    struct note_key key;
    const char *url;
};

struct policy {
    struct policy_log logs[POLICY_LOGS_MAX];
    size_t log_count;
    struct policy_party parties[POLICY_PARTIES_MAX];
    size_t party_count;
    int quorum; /* a party, or POLICY_NO_QUORUM */
};

/* ERROR_INPUT names the line. Texts stay views of `text` or stand in the arena. */
MUST_USE result policy_read(str text, struct arena *arena, struct policy *ret_policy,
                            struct err *err);
/* NULL when the policy does not know it. */
const struct note_key *policy_find_log(const struct policy *policy, str origin);

/* Who cosigned this note (bit i: party i), and when, in seconds since 1970;
 * ERROR_INPUT when a cosignature of a witness of the policy does not hold. */
struct policy_seen {
    uint64_t cosigned;
    int64_t seconds[POLICY_PARTIES_MAX];
    unsigned witnesses; /* how many cosigned */
    bool reached;       /* the quorum */
};
MUST_USE result policy_look(const struct policy *policy, str note, struct policy_seen *ret_seen,
                            struct err *err);
/* ERROR_INPUT when the quorum is not reached, naming who did not cosign. */
MUST_USE result policy_check(const struct policy *policy, str note, struct policy_seen *ret_seen,
                             struct err *err);
bool policy_reached(const struct policy *policy, uint64_t cosigned);

#endif
