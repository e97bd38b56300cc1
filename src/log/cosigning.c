#include "log/cosigning.h"

#include "seal/cosignature.h"
#include "seal/witness_request.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    ROUND_ARENA_BYTES = 16 * 1024 * 1024,
    LOOK_EVERY_MS = 200,         /* at the log, for news */
    AGE_MS_MAX = 10 * 60 * 1000, /* of a cosignature, before it is asked for again */
    WAIT_MS_MIN = 1000,          /* after a failure, doubled after each */
    WAIT_MS_MAX = 60 * 1000,
};

/* What is known of a witness. */
struct asked {
    uint64_t size; /* that it cosigned last, as far as we know */
    int64_t wait_ms;
    instant next; /* not before */
    struct cosigning_state state;
};

struct cosigning {
    struct arena memory; /* holds this struct */
    struct log *log;
    const struct policy *policy;
    const struct system *system;
    cosigning_send *send;
    struct asked asked[POLICY_PARTIES_MAX];
    uint64_t last_size; /* of the last round that was cosigned */
    instant last_at;

    pthread_t thread;
    pthread_mutex_t mutex; /* guards the states and `wake` */
    pthread_cond_t wake;
    atomic_bool stopping;
    bool started;
};

/* A round is about one checkpoint. */
struct round {
    struct cosigning *cosigning;
    struct arena arena;
    instant now;
    str note; /* of the log alone */
    struct checkpoint checkpoint;
    struct cosigning_post posts[POLICY_PARTIES_MAX];
    size_t parties[POLICY_PARTIES_MAX]; /* of the posts */
    size_t count;
    struct buf lines; /* cosignatures */
    struct arena lines_memory;
    uint64_t cosigned;
};

static void note_state(struct cosigning *cosigning, size_t party, const char *why, uint64_t size,
                       instant now)
{
    struct asked *asked = &cosigning->asked[party];
    const bool good = why[0] == '\0';
    asked->wait_ms = good                               ? 0
                     : asked->wait_ms == 0              ? WAIT_MS_MIN
                     : asked->wait_ms < WAIT_MS_MAX / 2 ? asked->wait_ms * 2
                                                        : WAIT_MS_MAX;
    asked->next = (instant){.milliseconds = now.milliseconds + asked->wait_ms};
    pthread_mutex_lock(&cosigning->mutex);
    asked->state.asked = true;
    snprintf(asked->state.why, sizeof asked->state.why, "%.*s", (int)sizeof asked->state.why - 1,
             why);
    if (good) {
        asked->state.answered_at = now;
        asked->state.size = size;
    }
    pthread_mutex_unlock(&cosigning->mutex);
}

/* --- asking --- */

static result add_post(struct round *round, size_t party, struct err *err)
{
    const struct cosigning *cosigning = round->cosigning;
    struct witness_request request = {.note = round->note};
    struct cosigning_post *post = &round->posts[round->count];
    const uint64_t size = cosigning->asked[party].size;
    request.older = size <= round->checkpoint.size ? size : 0;
    TRY(log_prove_growth(cosigning->log, request.older, round->checkpoint.size, &request.growth,
                         err));
    *post = (struct cosigning_post){.url = cosigning->policy->parties[party].url};
    TRY(witness_request_write(&request, &round->arena, &post->body, err));
    round->parties[round->count++] = party;
    return result_ok();
}

static result ask_all(struct round *round, bool everybody, struct err *err)
{
    const struct cosigning *cosigning = round->cosigning;
    for (size_t i = 0; i < cosigning->policy->party_count; i++) {
        const bool due = cosigning->asked[i].next.milliseconds <= round->now.milliseconds;
        if (cosigning->policy->parties[i].url != NULL && (due || everybody)) {
            TRY(add_post(round, i, err));
        }
    }
    return result_ok();
}

/* --- what came back --- */

/* The line of the witness, out of what may be several. */
static result take_line(struct round *round, size_t party, str answer, struct err *err)
{
    const struct note_key *key = &round->cosigning->policy->parties[party].key;
    struct note_signature signature;
    int64_t seconds = 0;
    bool found = false;
    const str note = arena_format(&round->arena, "%.*s%.*s", STR_ARG(round->note), STR_ARG(answer));
    if (note.at == NULL) {
        return arena_full(err);
    }
    TRY(cosignature_find(note, key, &seconds, &found, err));
    TRY(note_find_signature(note, key, &signature, err));
    if (!found) {
        return err_set(err, ERROR_INPUT, "It answered with the cosignature of somebody else");
    }
    note_put_signature(key, signature.bytes, signature.size, &round->lines);
    round->cosigned |= UINT64_C(1) << party;
    return result_ok();
}

/* It has seen another tree: perhaps one that we were not told it had seen. */
static bool learn_size(struct round *round, size_t party, str answer)
{
    uint64_t size = 0;
    const struct str_cut line = str_cut(answer, '\n');
    struct asked *asked = &round->cosigning->asked[party];
    if (!checkpoint_read_size(line.head, &size) || size == asked->size ||
        size > round->checkpoint.size) {
        return false;
    }
    asked->size = size;
    return true;
}

static const char *meaning(int status)
{
    static const struct {
        int status;
        const char *meaning;
    } meanings[] = {
        {403, "it does not know the key of this log"},
        {404, "it does not know this log"},
        {409, "it has seen another history of this log, or a newer one"},
        {422, "it does not accept the proof that this log grew"},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i].status == status) {
            return meanings[i].meaning;
        }
    }
    return "it answers with a failure of its own";
}

/* What is true of it is noted; whether to ask again at once is answered. */
static bool take_answer(struct round *round, const struct cosigning_post *post, size_t party)
{
    struct err err = {0};
    if (post->status == 409 && learn_size(round, party, post->answer)) {
        return true;
    }
    if (post->status == 200 && take_line(round, party, post->answer, &err).ok) {
        round->cosigning->asked[party].size = round->checkpoint.size;
        note_state(round->cosigning, party, "", round->checkpoint.size, round->now);
    } else {
        const char *why = post->status == 0     ? post->why
                          : post->status == 200 ? err.what
                                                : meaning(post->status);
        note_state(round->cosigning, party, why, 0, round->now);
    }
    return false;
}

static void send_posts(struct round *round)
{
    struct cosigning *cosigning = round->cosigning;
    cosigning->send(round->posts, round->count, COSIGNING_ROUND_MS_MAX, &cosigning->stopping,
                    &round->arena);
}

static result send_and_take(struct round *round, struct err *err)
{
    size_t again[POLICY_PARTIES_MAX];
    size_t again_count = 0;
    send_posts(round);
    for (size_t i = 0; i < round->count; i++) {
        if (take_answer(round, &round->posts[i], round->parties[i])) {
            again[again_count++] = round->parties[i];
        }
    }
    round->count = 0;
    for (size_t i = 0; i < again_count; i++) {
        TRY(add_post(round, again[i], err));
    }
    if (again_count == 0) {
        return result_ok();
    }
    send_posts(round);
    for (size_t i = 0; i < round->count; i++) {
        if (take_answer(round, &round->posts[i], round->parties[i])) {
            note_state(round->cosigning, round->parties[i], meaning(409), 0, round->now);
        }
    }
    return result_ok();
}

/* --- a round --- */

static result publish(struct round *round, struct err *err)
{
    struct cosigning *cosigning = round->cosigning;
    str lines;
    TRY(buf_finish(&round->lines, &lines, err));
    const str note = arena_format(&round->arena, "%.*s%.*s", STR_ARG(round->note), STR_ARG(lines));
    if (note.at == NULL) {
        return arena_full(err);
    }
    TRY(log_publish_witnessed(cosigning->log, note, err));
    cosigning->last_size = round->checkpoint.size;
    cosigning->last_at = round->now;
    return result_ok();
}

static result run_round(struct round *round, bool everybody, unsigned *ret_witnesses,
                        struct err *err)
{
    struct cosigning *cosigning = round->cosigning;
    char *room = ARENA_NEW(&round->arena, char, NOTE_TEXT_MAX);
    if (room == NULL) {
        return arena_full(err);
    }
    round->lines_memory = (struct arena){.begin = room, .at = room, .end = room + NOTE_TEXT_MAX};
    buf_init(&round->lines, &round->lines_memory, NOTE_TEXT_MAX - 1);
    round->now = system_now(cosigning->system);
    TRY(log_note(cosigning->log, &round->arena, &round->note, err));
    TRY(checkpoint_open(round->note, log_key(cosigning->log), &round->checkpoint, err));
    TRY(ask_all(round, everybody, err));
    TRY(send_and_take(round, err));
    *ret_witnesses = (unsigned)__builtin_popcountll(round->cosigned);
    return round->cosigned != 0 && policy_reached(cosigning->policy, round->cosigned)
               ? publish(round, err)
               : result_ok();
}

static result begin_round(struct cosigning *cosigning, bool everybody, unsigned *ret_witnesses,
                          struct err *err)
{
    struct arena memory;
    TRY(arena_open(&memory, ROUND_ARENA_BYTES, err));
    struct round *round = ARENA_NEW(&memory, struct round, 1);
    ASSERT(round != NULL);
    round->cosigning = cosigning;
    round->arena = memory;
    const result run = run_round(round, everybody, ret_witnesses, err);
    arena_close(&memory);
    return run;
}

result cosigning_round(struct cosigning *cosigning, unsigned *ret_witnesses, struct err *err)
{
    return begin_round(cosigning, true, ret_witnesses, err);
}

/* --- the thread --- */

/* Is somebody due, and is there something that they have not seen, or saw long ago? */
static bool is_due(const struct cosigning *cosigning)
{
    const instant now = system_now(cosigning->system);
    const uint64_t size = log_checkpoint(cosigning->log).size;
    for (size_t i = 0; i < cosigning->policy->party_count; i++) {
        const struct asked *asked = &cosigning->asked[i];
        const int64_t age = now.milliseconds - asked->state.answered_at.milliseconds;
        const bool news = asked->state.size != size || age > AGE_MS_MAX;
        if (cosigning->policy->parties[i].url != NULL && news &&
            asked->next.milliseconds <= now.milliseconds) {
            return true;
        }
    }
    return false;
}

static void wait_a_little(struct cosigning *cosigning)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&cosigning->mutex);
    int waited = 0;
    while (!atomic_load(&cosigning->stopping) && waited != ETIMEDOUT) {
        waited = pthread_cond_timedwait(&cosigning->wake, &cosigning->mutex, &until);
    }
    pthread_mutex_unlock(&cosigning->mutex);
}

static void *ask_until_stopped(void *context)
{
    struct cosigning *cosigning = context;
    unsigned witnesses = 0;
    while (!atomic_load(&cosigning->stopping)) {
        if (is_due(cosigning)) {
            result_ignore(begin_round(cosigning, false, &witnesses, NULL),
                          "what is not cosigned now is with the next round");
        }
        wait_a_little(cosigning);
    }
    return NULL;
}

result cosigning_start(struct cosigning *cosigning, struct err *err)
{
    if (pthread_create(&cosigning->thread, NULL, ask_until_stopped, cosigning) != 0) {
        return err_set(err, ERROR_LIMIT, "No thread could be started");
    }
    cosigning->started = true;
    return result_ok();
}

/* --- opening --- */

result cosigning_open(const struct cosigning_options *options, struct cosigning **ret_cosigning,
                      struct err *err)
{
    struct arena memory;
    pthread_condattr_t attributes;
    TRY(arena_open(&memory, sizeof(struct cosigning) + 64, err));
    struct cosigning *cosigning = ARENA_NEW(&memory, struct cosigning, 1);
    ASSERT(cosigning != NULL);
    cosigning->memory = memory;
    cosigning->log = options->log;
    cosigning->policy = options->policy;
    cosigning->system = options->system;
    cosigning->send = options->send;
    ASSERT(pthread_condattr_init(&attributes) == 0);
    ASSERT(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    ASSERT(pthread_cond_init(&cosigning->wake, &attributes) == 0);
    ASSERT(pthread_mutex_init(&cosigning->mutex, NULL) == 0);
    pthread_condattr_destroy(&attributes);
    *ret_cosigning = cosigning;
    return result_ok();
}

void cosigning_close(struct cosigning *cosigning)
{
    if (cosigning == NULL) {
        return;
    }
    if (cosigning->started) {
        pthread_mutex_lock(&cosigning->mutex);
        atomic_store(&cosigning->stopping, true);
        pthread_cond_signal(&cosigning->wake);
        pthread_mutex_unlock(&cosigning->mutex);
        pthread_join(cosigning->thread, NULL);
    }
    pthread_cond_destroy(&cosigning->wake);
    pthread_mutex_destroy(&cosigning->mutex);
    struct arena memory = cosigning->memory;
    arena_close(&memory);
}

void cosigning_look(struct cosigning *cosigning, size_t party, struct cosigning_state *ret_state)
{
    pthread_mutex_lock(&cosigning->mutex);
    *ret_state = cosigning->asked[party].state;
    pthread_mutex_unlock(&cosigning->mutex);
}

const struct policy *cosigning_policy(const struct cosigning *cosigning)
{
    return cosigning->policy;
}
