/* Aim: nothing acknowledged is lost when the process is killed.
 *
 * A child writes with many threads, and tells each acknowledged command's client id through a pipe.
 * At a random moment it is killed (SIGKILL: no handler, no cleanup). The store is opened again:
 * every id that was told must be there, with all the events of its command, without a gap, in rows
 * that are those that a replay makes, and places must be whole.
 *
 *     test_crash [ROUNDS [SEED]]
 *
 * The control that shows that this can fail is in the comment at write_for_ever. */
#include "../temporary.h"
#include "argument.h"
#include "base/random.h"
#include "store/store.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUNDS_QUICK = 25,
    ROUNDS_LONG = 1000,  /* under script/check-long */
    ROUNDS_A_STORE = 50, /* then another store: it is read whole after every kill */
    THREADS = 8,
    PEOPLE = 20,
    PLACES = 6,
    DELAY_MICROSECONDS_MAX = 40000,
    IDS_MAX = 4 * 1024 * 1024,
};

/* --- the child: writes until it is killed --- */

struct writer {
    struct store *store;
    int pipe;
    struct random random;
};

struct command {
    struct client_id id;
    int64_t person;
    bool place;
};

static const instant some_time = {1795423976123};

static struct event event_about(int64_t person, enum event_kind kind)
{
    return (struct event){.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = kind,
                          .effective_on = {20000},
                          .recorded_at = some_time,
                          .actor = 1};
}

/* Into a place of the hub, or out of the one the person has. */
static result move_person(struct transaction *transaction, const struct command *command,
                          struct err *err)
{
    struct event event = event_about(command->person, EVENT_STEP_TAKEN);
    struct arena arena = {0};
    struct person_row person;
    int64_t free_place = 0;
    TRY(arena_open(&arena, 4096, err));
    result done = transaction_person(transaction, command->person, &arena, &person, err);
    done = done.ok ? transaction_free_place(transaction, 1, STR(""), event.effective_on,
                                            &free_place, err)
                   : done;
    if (done.ok) {
        event.client_id = command->id;
        event.body.step_taken.step = STR("move");
        event.body.step_taken.hub = 1;
        event.body.step_taken.place = person.hub != 0 || free_place == 0 ? -1 : free_place;
        done = transaction_append(transaction, &event, err);
    }
    arena_close(&arena);
    return done;
}

static result run_command(struct transaction *transaction, void *context, struct err *err)
{
    const struct command *command = context;
    if (command->place) {
        return move_person(transaction, command, err);
    }
    struct event fact = event_about(command->person, EVENT_FACT_RECORDED);
    fact.client_id = command->id;
    fact.body.fact_recorded.fact = STR("nationality");
    fact.body.fact_recorded.value = STR("ALB");
    TRY(transaction_append(transaction, &fact, err));
    struct event note = event_about(command->person, EVENT_NOTE_ADDED);
    note.client_id = command->id;
    note.body.note_added.note = STR("a note that goes with it");
    return transaction_append(transaction, &note, err);
}

/* The control, tried by hand: with `group->finished = true` and the signal moved in front of the
 * commit (store.c, write_until_closed: answer_group before commit_group), callers hear "done" of
 * what is not stored yet, and this test failed in its first rounds. */
static void *write_for_ever(void *context)
{
    struct writer *writer = context;
    for (;;) {
        struct command command = {.person = random_between(&writer->random, 1, PEOPLE),
                                  .place = random_chance(&writer->random, 0.3)};
        const uint64_t words[] = {random_next(&writer->random), random_next(&writer->random)};
        memcpy(command.id.bytes, words, sizeof words);
        struct err err = {0};
        if (!store_write(writer->store, run_command, &command, &err).ok) {
            dprintf(STDERR_FILENO, "# %s\n", err.what);
            _exit(3);
        }
        /* Smaller than PIPE_BUF: whole or not at all. */
        if (write(writer->pipe, command.id.bytes, CLIENT_ID_SIZE) != CLIENT_ID_SIZE) {
            _exit(4);
        }
    }
    return NULL;
}

static _Noreturn void run_child(const struct store_options *options, int pipe, uint64_t seed)
{
    struct store *store = NULL;
    struct writer writers[THREADS];
    pthread_t threads[THREADS];
    if (!store_open(options, &store, NULL).ok) {
        _exit(2);
    }
    for (int i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){.store = store, .pipe = pipe};
        random_seed(&writers[i].random, seed * THREADS + (uint64_t)i);
        pthread_create(&threads[i], NULL, write_for_ever, &writers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    _exit(5);
}

/* --- the parent: kills, and looks --- */

struct trial {
    struct store_options options;
    struct random random;
    struct client_id *told; /* every acknowledged id, of all rounds of this store */
    size_t told_count;
    size_t checked;      /* of them, those of earlier rounds */
    size_t acknowledged; /* with those of earlier stores */
    int pipe;
    const char *failure; /* NULL while all is well */
};

/* Reads what the child tells, until it is dead and all is read: a full pipe would make its threads
 * stand still. */
static void *listen_to_child(void *context)
{
    struct trial *trial = context;
    while (trial->told_count < IDS_MAX && read(trial->pipe, trial->told[trial->told_count].bytes,
                                               CLIENT_ID_SIZE) == CLIENT_ID_SIZE) {
        trial->told_count++;
    }
    return NULL;
}

static bool kill_child(pid_t child)
{
    int status = 0;
    kill(child, SIGKILL);
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGKILL;
}

/* The first word of the child says that it is at work; a random time later it dies. */
static bool listen_and_kill(struct trial *trial, pid_t child)
{
    pthread_t listener;
    const size_t before = trial->told_count;
    const bool began =
        read(trial->pipe, trial->told[before].bytes, CLIENT_ID_SIZE) == CLIENT_ID_SIZE;
    trial->told_count += began ? 1 : 0;
    if (pthread_create(&listener, NULL, listen_to_child, trial) != 0) {
        return false;
    }
    usleep((useconds_t)random_below(&trial->random, DELAY_MICROSECONDS_MAX));
    const bool killed = kill_child(child);
    pthread_join(listener, NULL);
    return began && killed;
}

static bool run_and_kill(struct trial *trial, uint64_t seed)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_child(&trial->options, ends[1], seed);
    }
    close(ends[1]);
    trial->pipe = ends[0];
    const bool killed = child > 0 && listen_and_kill(trial, child);
    close(ends[0]);
    return killed;
}

/* A command is there with all its events: a fact goes with a note. */
static result look_for_command(struct transaction *transaction, struct trial *trial,
                               const struct client_id *id, struct err *err)
{
    struct arena arena = {0};
    struct event event;
    int64_t position = 0;
    TRY(transaction_find_client_id(transaction, id, &position, err));
    if (position == 0) {
        trial->failure = "an acknowledged command is not in the store";
        return result_ok();
    }
    TRY(arena_open(&arena, 16 * 1024, err));
    result read = transaction_event(transaction, position, &arena, &event, err);
    bool whole = read.ok && memcmp(&event.client_id, id, sizeof *id) == 0;
    if (whole && event.kind == EVENT_FACT_RECORDED) {
        read = transaction_event(transaction, position + 1, &arena, &event, err);
        whole = read.ok && event.kind == EVENT_NOTE_ADDED &&
                memcmp(&event.client_id, id, sizeof *id) == 0;
    }
    arena_close(&arena);
    trial->failure = whole ? trial->failure : "an acknowledged command is not whole";
    return read;
}

static result count_places(struct trial *trial, struct transaction *transaction, struct err *err)
{
    struct arena arena = {0};
    const struct kind_counts *kinds = NULL;
    size_t count = 0;
    TRY(arena_open(&arena, 4096, err));
    const result counted =
        transaction_count_places(transaction, 1, (date){0}, &arena, &kinds, &count, err);
    if (counted.ok && place_counts_sum(kinds, count).agreed != PLACES) {
        trial->failure = "the places do not add up";
    }
    arena_close(&arena);
    return counted;
}

static result look_for_told(struct transaction *transaction, void *context, struct err *err)
{
    struct trial *trial = context;
    for (size_t i = trial->checked; i < trial->told_count; i++) {
        TRY(look_for_command(transaction, trial, &trial->told[i], err));
    }
    return count_places(trial, transaction, err);
}

static const char *check_store(struct trial *trial, bool everything)
{
    struct store *store = NULL;
    struct err err = {0};
    struct rebuild_outcome outcome = {0};
    trial->failure = NULL;
    trial->checked = everything ? 0 : trial->checked;
    if (!store_open(&trial->options, &store, &err).ok) {
        printf("# %s\n", err.what);
        return "the store does not open";
    }
    const bool read = store_read(store, look_for_told, trial, &err).ok;
    const bool replayed = read && store_rebuild(store, false, NULL, NULL, &outcome, &err).ok;
    store_close(store);
    trial->checked = trial->told_count;
    if (!replayed) {
        printf("# %s\n", err.what);
        return "the store cannot be read";
    }
    if (outcome.differences != 0) {
        printf("# %s\n", outcome.first_difference);
        return "the rows are not those of the events";
    }
    return trial->failure;
}

/* --- the beginning --- */

static result fill(struct transaction *transaction, void *context, struct err *err)
{
    (void)context;
    struct event hub = {.subject_kind = SUBJECT_OF_HUB,
                        .subject = 1,
                        .kind = EVENT_HUB_OPENED,
                        .effective_on = {20000},
                        .recorded_at = some_time,
                        .body.hub_opened = {.reference = STR("HUB-1"), .name = STR("Hub")}};
    TRY(transaction_append(transaction, &hub, err));
    struct event places = hub;
    places.kind = EVENT_PLACES_AGREED;
    places.body.places_agreed = (struct places_agreed_body){.places = PLACES};
    TRY(transaction_append(transaction, &places, err));
    for (int64_t i = 1; i <= PEOPLE; i++) {
        char reference[24];
        struct event person = event_about(i, EVENT_PERSON_REGISTERED);
        snprintf(reference, sizeof reference, "RH-%lld", (long long)i);
        person.body.person_registered.reference = str_from_c(reference);
        person.body.person_registered.stage = STR("claim");
        TRY(transaction_append(transaction, &person, err));
    }
    return result_ok();
}

static bool make_store(struct trial *trial)
{
    struct store *store = NULL;
    struct store_options options = trial->options;
    struct err err = {0};
    options.create = true;
    const bool made =
        store_open(&options, &store, &err).ok && store_write(store, fill, NULL, &err).ok;
    store_close(store);
    if (!made) {
        printf("# %s\n", err.what);
    }
    return made;
}

static void remove_files(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".key"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char name[400];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

/* What was told in the first round is there after the last. */
static const char *begin_anew(struct trial *trial, bool is_first)
{
    const char *failure = is_first ? NULL : check_store(trial, true);
    if (failure != NULL) {
        return failure;
    }
    remove_files(trial->options.path);
    trial->acknowledged += trial->told_count;
    trial->told_count = 0;
    trial->checked = 0;
    return make_store(trial) ? NULL : "no store could be made";
}

static const char *run_rounds(struct trial *trial, long rounds, uint64_t seed)
{
    const char *failure = NULL;
    for (long round = 0; round < rounds && failure == NULL; round++) {
        failure = round % ROUNDS_A_STORE == 0 ? begin_anew(trial, round == 0) : NULL;
        if (failure != NULL) {
            break;
        }
        const bool killed = run_and_kill(trial, seed + (uint64_t)round);
        failure = killed ? check_store(trial, false) : "the child did not run until it was killed";
        if (failure != NULL) {
            printf("# in round %ld\n", round + 1);
        }
    }
    return failure == NULL ? check_store(trial, true) : failure;
}

int main(int count, char **arguments)
{
    char folder[256];
    char path[300];
    const int64_t usual = getenv("RETURNHUB_LONG") != NULL ? ROUNDS_LONG : ROUNDS_QUICK;
    const long rounds = (long)argument(arguments, count, 1, usual);
    const uint64_t seed = (uint64_t)argument(arguments, count, 2, (int64_t)time(NULL));
    struct arena arena = {0};
    printf("1..1\n# %ld rounds from seed %llu\n", rounds, (unsigned long long)seed);
    fflush(stdout); /* the children must not print it again */
    temporary_path(folder, sizeof folder, "crash");
    if (mkdtemp(folder) == NULL ||
        !arena_open(&arena, (size_t)IDS_MAX * sizeof(struct client_id), NULL).ok) {
        return 1;
    }
    snprintf(path, sizeof path, "%s/register.db", folder);
    struct trial trial = {.options = {.path = path, .system = system_machine()},
                          .told = ARENA_NEW(&arena, struct client_id, IDS_MAX)};
    random_seed(&trial.random, seed);
    const char *failure = run_rounds(&trial, rounds, seed);
    printf("# %zu commands acknowledged\n", trial.acknowledged + trial.told_count);
    printf("%s 1 - killed %ld times, nothing acknowledged is lost%s%s\n",
           failure == NULL ? "ok" : "not ok", rounds, failure == NULL ? "" : ": ",
           failure == NULL ? "" : failure);
    arena_close(&arena);
    if (failure != NULL) {
        printf("# the store is left in %s\n", folder);
        return 1;
    }
    remove_files(path);
    rmdir(folder);
    return 0;
}
