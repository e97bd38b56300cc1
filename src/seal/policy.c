#include "seal/policy.h"

#include "seal/cosignature.h"

#include <string.h>

enum { WORDS_MAX = POLICY_PARTIES_MAX + 4, NO_PARTY = -1 };

struct reading {
    struct policy *policy;
    struct arena *arena;
    unsigned line;
    bool quorum_said;
};

struct words {
    str at[WORDS_MAX];
    size_t count;
};

static result bad_line(const struct reading *reading, const char *why, struct err *err)
{
    return err_set(err, ERROR_INPUT, "Line %u of the policy: %s", reading->line, why);
}

/* --- words --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool split(str line, struct words *words)
{
    words->count = 0;
    for (size_t i = 0; i < line.len;) {
        size_t end = i;
        while (end < line.len && !is_blank(line.at[end])) {
            end++;
        }
        if (end > i && words->count == WORDS_MAX) {
            return false;
        }
        if (end > i) {
            words->at[words->count++] = str_slice(line, i, end);
        }
        i = end + 1;
    }
    return true;
}

static result keep_url(const struct reading *reading, const struct words *words, size_t index,
                       const char **ret_url, struct err *err)
{
    if (words->count > index + 1) {
        return bad_line(reading, "there are words too many", err);
    }
    *ret_url = words->count > index ? arena_copy(reading->arena, words->at[index]).at : NULL;
    return words->count > index && *ret_url == NULL ? arena_full(err) : result_ok();
}

/* --- parties --- */

static int find_party(const struct policy *policy, str name)
{
    for (size_t i = 0; i < policy->party_count; i++) {
        if (str_equal(policy->parties[i].name, name)) {
            return (int)i;
        }
    }
    return NO_PARTY;
}

static result add_party(struct reading *reading, const struct policy_party *party, struct err *err)
{
    struct policy *policy = reading->policy;
    if (str_equal(party->name, STR("none")) || find_party(policy, party->name) != NO_PARTY) {
        return bad_line(reading, "the name is taken", err);
    }
    if (policy->party_count == POLICY_PARTIES_MAX) {
        return bad_line(reading, "there are too many witnesses and groups", err);
    }
    policy->parties[policy->party_count++] = *party;
    return result_ok();
}

static bool same_key(const struct note_key *a, const struct note_key *b)
{
    return memcmp(a->public_key, b->public_key, SIGNATURE_KEY_SIZE) == 0;
}

static result read_key(const struct reading *reading, str text, enum note_key_type type,
                       struct note_key *ret_key, struct err *err)
{
    return note_key_read(text, type, ret_key, NULL).ok
               ? result_ok()
               : bad_line(reading,
                          type == NOTE_KEY_COSIGNATURE ? "that is not the public key of a witness"
                                                       : "that is not the public key of a log",
                          err);
}

/* --- lines --- */

static result read_log(struct reading *reading, const struct words *words, struct err *err)
{
    struct policy *policy = reading->policy;
    if (words->count < 2 || policy->log_count == POLICY_LOGS_MAX) {
        return bad_line(reading, "a log has a key, and there are 32 at most", err);
    }
    struct policy_log *log = &policy->logs[policy->log_count];
    TRY(read_key(reading, words->at[1], NOTE_KEY_ED25519, &log->key, err));
    for (size_t i = 0; i < policy->log_count; i++) {
        if (same_key(&policy->logs[i].key, &log->key) ||
            strcmp(policy->logs[i].key.name, log->key.name) == 0) {
            return bad_line(reading, "the log is there already", err);
        }
    }
    TRY(keep_url(reading, words, 2, &log->url, err));
    policy->log_count++;
    return result_ok();
}

static result read_witness(struct reading *reading, const struct words *words, struct err *err)
{
    const struct policy *policy = reading->policy;
    struct policy_party party = {.group = false};
    unsigned witnesses = 0;
    if (words->count < 3) {
        return bad_line(reading, "a witness has a name and a key", err);
    }
    party.name = words->at[1];
    TRY(read_key(reading, words->at[2], NOTE_KEY_COSIGNATURE, &party.key, err));
    for (size_t i = 0; i < policy->party_count; i++) {
        witnesses += policy->parties[i].group ? 0 : 1;
        if (!policy->parties[i].group && same_key(&policy->parties[i].key, &party.key)) {
            return bad_line(reading, "the witness is there already", err);
        }
    }
    if (witnesses == POLICY_WITNESSES_MAX) {
        return bad_line(reading, "there are too many witnesses", err);
    }
    TRY(keep_url(reading, words, 3, &party.url, err));
    return add_party(reading, &party, err);
}

static bool read_needed(str word, unsigned members, unsigned *ret_needed)
{
    uint64_t number = 0;
    const bool any = str_equal(word, STR("any"));
    const bool all = str_equal(word, STR("all"));
    const bool counted = !any && !all && checkpoint_read_size(word, &number);
    *ret_needed = any ? 1 : all ? members : (unsigned)number;
    return any || all || (counted && number >= 1 && number <= members);
}

static result read_group(struct reading *reading, const struct words *words, struct err *err)
{
    struct policy *policy = reading->policy;
    struct policy_party party = {.group = true};
    if (words->count < 4 || !read_needed(words->at[2], (unsigned)words->count - 3, &party.needed)) {
        return bad_line(reading, "a group has a name, how many of its members, and members", err);
    }
    party.name = words->at[1];
    for (size_t i = 3; i < words->count; i++) {
        const int member = find_party(policy, words->at[i]);
        if (member == NO_PARTY || policy->parties[member].is_member) {
            return bad_line(reading, "a member is not in a line above, or in another group", err);
        }
        policy->parties[member].is_member = true;
        party.members |= UINT64_C(1) << member;
    }
    return add_party(reading, &party, err);
}

static result read_quorum(struct reading *reading, const struct words *words, struct err *err)
{
    const bool none = words->count == 2 && str_equal(words->at[1], STR("none"));
    const int party = words->count == 2 ? find_party(reading->policy, words->at[1]) : NO_PARTY;
    if (reading->quorum_said || (!none && party == NO_PARTY)) {
        return bad_line(reading,
                        "the quorum is said once, and is a witness or group above, or none", err);
    }
    reading->quorum_said = true;
    reading->policy->quorum = none ? POLICY_NO_QUORUM : party;
    return result_ok();
}

typedef result read_words(struct reading *reading, const struct words *words, struct err *err);
static const struct {
    str word;
    read_words *read;
} kinds_of_line[] = {
    {STR_INIT("log"), read_log},
    {STR_INIT("witness"), read_witness},
    {STR_INIT("group"), read_group},
    {STR_INIT("quorum"), read_quorum},
};

static result read_policy_line(struct reading *reading, str line, struct err *err)
{
    struct words words;
    for (size_t i = 0; i < line.len; i++) {
        const unsigned char c = (unsigned char)line.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7F) {
            return bad_line(reading, "it has bytes that no policy has", err);
        }
    }
    if (!split(line, &words)) {
        return bad_line(reading, "there are words too many", err);
    }
    if (words.count == 0 || words.at[0].at[0] == '#') {
        return result_ok();
    }
    for (size_t i = 0; i < sizeof kinds_of_line / sizeof kinds_of_line[0]; i++) {
        if (str_equal(words.at[0], kinds_of_line[i].word)) {
            return kinds_of_line[i].read(reading, &words, err);
        }
    }
    return bad_line(reading, "it begins with none of: log, witness, group, quorum", err);
}

result policy_read(str text, struct arena *arena, struct policy *ret_policy, struct err *err)
{
    struct reading reading = {.policy = ret_policy, .arena = arena};
    memset(ret_policy, 0, sizeof *ret_policy);
    while (text.len > 0) {
        const struct str_cut line = str_cut(text, '\n');
        reading.line++;
        if (!line.found) {
            return bad_line(&reading, "it does not end in a line feed", err);
        }
        TRY(read_policy_line(&reading, line.head, err));
        text = line.tail;
    }
    return reading.quorum_said ? result_ok()
                               : err_set(err, ERROR_INPUT,
                                         "The policy does not say the quorum: \"quorum none\" is "
                                         "one, too");
}

const struct note_key *policy_find_log(const struct policy *policy, str origin)
{
    for (size_t i = 0; i < policy->log_count; i++) {
        if (str_equal(str_from_c(policy->logs[i].key.name), origin)) {
            return &policy->logs[i].key;
        }
    }
    return NULL;
}

/* --- checking --- */

static unsigned count_bits(uint64_t bits)
{
    return (unsigned)__builtin_popcountll(bits);
}

/* Groups stand behind their members, so one pass is enough. */
bool policy_reached(const struct policy *policy, uint64_t cosigned)
{
    uint64_t reached = cosigned;
    for (size_t i = 0; i < policy->party_count; i++) {
        const struct policy_party *party = &policy->parties[i];
        if (party->group && count_bits(reached & party->members) >= party->needed) {
            reached |= UINT64_C(1) << i;
        }
    }
    return policy->quorum == POLICY_NO_QUORUM || (reached >> policy->quorum & 1) == 1;
}

result policy_look(const struct policy *policy, str note, struct policy_seen *ret_seen,
                   struct err *err)
{
    struct policy_seen seen = {.cosigned = 0};
    for (size_t i = 0; i < policy->party_count; i++) {
        const struct policy_party *party = &policy->parties[i];
        bool found = false;
        TRY(party->group ? result_ok()
                         : cosignature_find(note, &party->key, &seen.seconds[i], &found, err));
        seen.cosigned |= found ? UINT64_C(1) << i : 0;
    }
    seen.witnesses = count_bits(seen.cosigned);
    seen.reached = policy_reached(policy, seen.cosigned);
    *ret_seen = seen;
    return result_ok();
}

result policy_check(const struct policy *policy, str note, struct policy_seen *ret_seen,
                    struct err *err)
{
    struct policy_seen seen;
    TRY(policy_look(policy, note, &seen, err));
    for (size_t i = 0; i < policy->party_count && !seen.reached; i++) {
        if (!policy->parties[i].group && (seen.cosigned >> i & 1) == 0) {
            return err_set(err, ERROR_INPUT,
                           "Too few witnesses have cosigned the checkpoint: %u have, %.*s has not",
                           seen.witnesses, STR_ARG(policy->parties[i].name));
        }
    }
    if (!seen.reached) {
        return err_set(err, ERROR_INPUT, "The quorum of the policy cannot be reached");
    }
    *ret_seen = seen;
    return result_ok();
}
