/* How many durable commands a second, side by side in one run:
 *   ours       casework_record_facts from 64 threads: access, judging of live requests, seal, rows,
 * group commit, sync sqlite     one row of 160 bytes a transaction, WAL, synchronous=FULL, one
 * connection (the usual way to use SQLite) log        a bare append-only file with group commit:
 * 160 bytes a record, one fdatasync for all that wait, 64 threads Each prints records a second.
 * Arguments: STORE RULEBOOK-FOLDER SECONDS. */
#include "casework/adoption.h"
#include "casework/casework.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 64, RECORD_BYTES = 160, ARENA_BYTES = 64 * 1024 * 1024, PEOPLE_MAX = 500 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void stop_on(result outcome, const struct err *err)
{
    if (!outcome.ok) {
        fprintf(stderr, "durable: %s\n", err->what);
        _exit(1);
    }
}

struct contest {
    const struct casework *casework;
    int64_t account;
    const struct people_line *people;
    size_t people_count;
    double until;
    atomic_long done;
};

static void *record_facts(void *context)
{
    struct contest *contest = context;
    struct err err;
    struct arena arena;
    stop_on(arena_open(&arena, ARENA_BYTES, &err), &err);
    for (size_t i = (size_t)(uintptr_t)&arena / 4096; seconds_now() < contest->until; i++) {
        struct record_answer answer;
        struct caller caller = {.account = contest->account};
        struct fact_entry entry = {.fact = STR("person.language"),
                                   .value = i % 2 == 0 ? STR("Albanian") : STR("Arabic"),
                                   .true_from = instant_date(system_now(contest->casework->system)),
                                   .source = STR("medical certificate")};
        contest->casework->system->entropy(contest->casework->system->context,
                                           caller.client_id.bytes, CLIENT_ID_SIZE);
        arena_reset(&arena);
        stop_on(casework_record_facts(contest->casework, &caller, SUBJECT_OF_PERSON,
                                      contest->people[i % contest->people_count].row.reference,
                                      &entry, 1, &arena, &answer, &err),
                &err);
        atomic_fetch_add(&contest->done, 1);
    }
    arena_close(&arena);
    return NULL;
}

static double run_threads(void *(*work)(void *), void *context, atomic_long *done, double seconds)
{
    pthread_t threads[CLIENTS];
    double begin = seconds_now();
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_create(&threads[i], NULL, work, context);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
    }
    (void)seconds;
    return (double)atomic_load(done) / (seconds_now() - begin);
}

static double bench_casework(const char *path, const struct rulebook *rulebook, double seconds,
                             struct arena *arena)
{
    struct err err;
    struct store *store = NULL;
    struct store_options options = {.path = path, .system = system_machine()};
    stop_on(store_open(&options, &store, &err), &err);
    struct casework casework = {.store = store, .rulebook = rulebook, .system = system_machine()};
    struct account_row account;
    struct people_answer people;
    struct people_query query = {.limit = PEOPLE_MAX};
    stop_on(casework_adopt_rulebook(&casework, &err), &err);
    stop_on(casework_account_by_name(&casework, STR("caseworker"), arena, &account, &err), &err);
    struct caller caller = {.account = account.id};
    stop_on(casework_people(&casework, &caller, &query, arena, &people, &err), &err);
    struct contest contest = {.casework = &casework,
                              .account = account.id,
                              .people = people.lines,
                              .people_count = people.count,
                              .until = seconds_now() + seconds};
    double rate = run_threads(record_facts, &contest, &contest.done, seconds);
    store_close(store);
    return rate;
}

static double bench_sqlite(const char *path, double seconds)
{
    static const char body[RECORD_BYTES] = "x";
    sqlite3 *database = NULL;
    sqlite3_stmt *insert = NULL;
    long done = 0;
    unlink(path);
    sqlite3_open(path, &database);
    sqlite3_exec(database,
                 "pragma journal_mode=wal; pragma synchronous=full; create table record(id integer "
                 "primary key, a int, b int, body blob)",
                 NULL, NULL, NULL);
    sqlite3_prepare_v2(database, "insert into record(a, b, body) values(?, ?, ?)", -1, &insert,
                       NULL);
    double begin = seconds_now();
    while (seconds_now() < begin + seconds) {
        sqlite3_bind_int64(insert, 1, done);
        sqlite3_bind_int64(insert, 2, done);
        sqlite3_bind_blob(insert, 3, body, RECORD_BYTES, SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
        done++;
    }
    double rate = (double)done / (seconds_now() - begin);
    sqlite3_finalize(insert);
    sqlite3_close(database);
    return rate;
}

struct log_contest {
    pthread_mutex_t mutex;
    pthread_cond_t written;
    int file;

    long generation; /* of the last sync that is complete */
    bool syncing;
    double until;
    atomic_long done;
};

static void *append_to_log(void *context)
{
    struct log_contest *log = context;
    static const char body[RECORD_BYTES] = "x";
    while (seconds_now() < log->until) {
        pthread_mutex_lock(&log->mutex);
        if (write(log->file, body, RECORD_BYTES) != RECORD_BYTES) {
            _exit(1);
        }
        long mine =
            log->generation + (log->syncing ? 2 : 1); /* the sync that will cover this record */
        while (log->generation < mine) {
            if (log->syncing) {
                pthread_cond_wait(&log->written, &log->mutex);
                continue;
            }
            log->syncing = true;
            pthread_mutex_unlock(&log->mutex);
            fdatasync(log->file);
            pthread_mutex_lock(&log->mutex);
            log->syncing = false;
            log->generation++;
            pthread_cond_broadcast(&log->written);
        }
        pthread_mutex_unlock(&log->mutex);
        atomic_fetch_add(&log->done, 1);
    }
    return NULL;
}

static double bench_log(const char *path, double seconds)
{
    struct log_contest log = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                              .written = PTHREAD_COND_INITIALIZER,
                              .file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600),
                              .until = seconds_now() + seconds};
    double rate = run_threads(append_to_log, &log, &log.done, seconds);
    close(log.file);
    return rate;
}

static const struct rulebook *load_rulebook(const char *folder, struct arena *arena)
{
    struct err err;
    const str *names = NULL;
    size_t count = 0;
    const struct rulebook *rulebook = NULL;
    struct diagnostics diagnostics;
    struct arena scratch;
    stop_on(system_list_folder(folder, STR(".rules"), arena, &names, &count, &err), &err);
    struct rulebook_file *files = ARENA_NEW(arena, struct rulebook_file, count);
    for (size_t i = 0; i < count; i++) {
        files[i].name = arena_format(arena, "%s/%.*s", folder, STR_ARG(names[i]));
        stop_on(system_read_file(files[i].name.at, RULEBOOK_FILE_BYTES_MAX, arena, &files[i].text,
                                 &err),
                &err);
    }
    stop_on(diagnostics_init(&diagnostics, arena, &err), &err);
    stop_on(arena_open(&scratch, 8 * (size_t)ARENA_BYTES, &err), &err);
    stop_on(rulebook_load(files, count, arena, scratch, &rulebook, &diagnostics, &err), &err);
    arena_close(&scratch);
    return rulebook;
}

int main(int argc, char **argv)
{
    struct err err;
    struct arena arena;
    char path[512];
    int64_t seconds = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: durable STORE RULEBOOK-FOLDER SECONDS\n");
        return 2;
    }
    stop_on(str_to_int64(str_from_c(argv[3]), &seconds, &err), &err);
    stop_on(arena_open(&arena, 8 * (size_t)ARENA_BYTES, &err), &err);
    const struct rulebook *rulebook = load_rulebook(argv[2], &arena);
    printf("ours %.0f\n", bench_casework(argv[1], rulebook, (double)seconds, &arena));
    snprintf(path, sizeof path, "%s.sqlite", argv[1]);
    printf("sqlite %.0f\n", bench_sqlite(path, (double)seconds));
    snprintf(path, sizeof path, "%s.log", argv[1]);
    printf("log %.0f\n", bench_log(path, (double)seconds));
    arena_close(&arena);
    return 0;
}
