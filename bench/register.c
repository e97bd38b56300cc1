/* The register's contestants, and its peers that are written in C (register.py runs them, and says
 * what each is):
 *
 *   register facts STORE RULES SECONDS CLIENTS   each command records one fact of a person
 *   register sealed STORE RULES SECONDS CLIENTS LOG   the same, while it is sealed
 *   register verify STORE THREADS                the events against the log beside the store
 *   register steps STORE RULES SECONDS CLIENTS   each asks for a transfer, or withdraws what was
 * asked register pages STORE RULES SECONDS CLIENTS   each reads a person's page register caseload
 * STORE RULES                bytes a person of the caseload in columns register sqlite FILE SECONDS
 * one transaction a command, on a file made by register.py register log FILE SECONDS CLIENTS
 * records of 160 bytes, one flush for all who wait
 */
#include "casework/adoption.h"
#include "casework/caseload.h"
#include "casework/sealing.h"
#include "clients.h"
#include "log.h"
#include "peer_sqlite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 512 * 1024 * 1024, LIST_BYTES = 1024 * 1024 * 1024 };

struct office {
    struct casework casework;
    struct arena arena;
    int64_t account;
    const str *people; /* references */
    size_t people_count;
    size_t clients;
    int64_t requests[CLIENTS]; /* open: each client's own */
};

static void open_rulebook(struct office *office, const char *folder)
{
    struct err err;
    struct arena *arena = &office->arena;
    const str *names = NULL;
    size_t count = 0;
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
    stop_on(arena_open(&scratch, ARENA_BYTES, &err), &err);
    stop_on(
        rulebook_load(files, count, arena, scratch, &office->casework.rulebook, &diagnostics, &err),
        &err);
    arena_close(&scratch);
}

static void office_open(struct office *office, const char *path, const char *rules)
{
    struct err err;
    *office = (struct office){.casework = {.system = system_machine()}};
    struct store_options options = {.path = path, .system = office->casework.system};
    struct account_row account;
    stop_on(arena_open(&office->arena, LIST_BYTES, &err), &err);
    open_rulebook(office, rules);
    stop_on(store_open(&options, &office->casework.store, &err), &err);
    stop_on(casework_adopt_rulebook(&office->casework, &err), &err);
    stop_on(casework_account_by_name(&office->casework, STR("caseworker"), &office->arena, &account,
                                     &err),
            &err);
    office->account = account.id;
}

static void office_close(struct office *office)
{
    store_close(office->casework.store);
    arena_close(&office->arena);
}

/* --- who there is ----------------------------------------------------------------------------- */

struct listing {
    struct arena *arena;
    str *references;
    size_t count;
};

static result list_person(void *context, const struct caseload *caseload, struct err *err)
{
    struct listing *listing = context;
    (void)err;
    listing->references[listing->count++] = arena_copy(listing->arena, caseload->reference);
    return result_ok();
}

static result list_everybody(struct transaction *transaction, void *context, struct err *err)
{
    struct listing *listing = context;
    int64_t last = 0;
    TRY(transaction_last_id(transaction, SUBJECT_OF_PERSON, &last, err));
    listing->references = ARENA_NEW(listing->arena, str, (size_t)last + 1);
    return transaction_each_caseload(transaction, 1, last, list_person, listing, err);
}

static void find_everybody(struct office *office)
{
    struct err err;
    struct listing listing = {.arena = &office->arena};
    stop_on(store_read(office->casework.store, list_everybody, &listing, &err), &err);
    office->people = listing.references;
    office->people_count = listing.count;
}

static result list_transferable(struct transaction *transaction, void *context, struct err *err)
{
    struct listing *listing = context;
    const struct people_filter filter = {.stage = STR("appeal_rights_exhausted")};
    const struct person_row *rows = NULL;
    TRY(transaction_people(transaction, &filter, listing->arena, &rows, &listing->count, err));
    listing->references = ARENA_NEW(listing->arena, str, listing->count + 1);
    for (size_t i = 0; i < listing->count; i++) {
        listing->references[i] = rows[i].reference;
    }
    return result_ok();
}

static void find_transferable(struct office *office)
{
    struct err err;
    struct listing listing = {.arena = &office->arena};
    stop_on(store_read(office->casework.store, list_transferable, &listing, &err), &err);
    office->people = listing.references;
    office->people_count = listing.count;
    office->clients = listing.count < office->clients ? listing.count : office->clients;
    if (listing.count == 0) {
        fprintf(stderr, "bench: nobody's appeal rights are exhausted\n");
        _exit(1);
    }
}

/* --- commands --------------------------------------------------------------------------------- */

static struct caller caller_of(const struct office *office)
{
    const struct system *system = office->casework.system;
    uint8_t chance[CLIENT_ID_SIZE];
    system->entropy(system->context, chance, sizeof chance);
    return (struct caller){.account = office->account,
                           .client_id = client_id_make(system_now(system), chance)};
}

static void record_fact(void *context, size_t client, uint64_t number, uint64_t random,
                        struct arena *arena)
{
    struct office *office = context;
    struct err err;
    struct record_answer answer;
    const struct caller caller = caller_of(office);
    const struct fact_entry entry = {.fact = STR("person.language"),
                                     .value = random % 3 == 0 ? STR("Albanian") : STR("Arabic"),
                                     .true_from = instant_date(system_now(office->casework.system)),
                                     .source = STR("interview with an interpreter")};
    (void)client;
    (void)number;
    stop_on(casework_record_facts(&office->casework, &caller, SUBJECT_OF_PERSON,
                                  office->people[random % office->people_count], &entry, 1, arena,
                                  &answer, &err),
            &err);
}

/* Nobody is two clients': the same step of the same person is asked for once. */
static void ask_for_transfer(void *context, size_t client, uint64_t number, uint64_t random,
                             struct arena *arena)
{
    struct office *office = context;
    struct err err;
    struct step_answer answer;
    const struct caller caller = caller_of(office);
    const size_t own = office->people_count / office->clients;
    int64_t *request = &office->requests[client];
    (void)random;
    if (*request != 0) {
        stop_on(casework_withdraw_step(&office->casework, &caller, *request, STR("asked too early"),
                                       arena, &answer, &err),
                &err);
        *request = 0;
        return;
    }
    stop_on(casework_request_step(&office->casework, &caller,
                                  office->people[client * own + number % own], STR("hub_transfer"),
                                  STR("HUB-NORTH"), arena, &answer, &err),
            &err);
    *request = answer.refused ? 0 : answer.request.id;
}

static void read_page(void *context, size_t client, uint64_t number, uint64_t random,
                      struct arena *arena)
{
    struct office *office = context;
    struct err err;
    struct person_answer answer;
    const struct caller caller = {.account = office->account};
    (void)client;
    (void)number;
    stop_on(casework_person(&office->casework, &caller,
                            office->people[random % office->people_count], NULL, arena, &answer,
                            &err),
            &err);
}

/* --- memory ----------------------------------------------------------------------------------- */

struct weighing {
    struct office *office;
    size_t people;
    size_t bytes;
};

/* Everybody, as a screening for a transfer holds those whom it is about. */
static result weigh(struct transaction *const *transactions, size_t count, void *context,
                    struct err *err)
{
    struct weighing *weighing = context;
    struct office *office = weighing->office;
    const struct rulebook *rulebook = office->casework.rulebook;
    const struct caller caller = {.account = office->account};
    struct sitting sitting;
    struct caseload_columns caseload = {0};
    TRY(sitting_read(&sitting, &office->casework, transactions[0], &caller, ACTION_SEE_PEOPLE,
                     &office->arena, err));
    bool *facts = ARENA_NEW(&office->arena, bool, rulebook->fact_count + 1);
    bool *stages = ARENA_NEW(&office->arena, bool, rulebook->stage_count + 1);
    const struct step *transfer = &rulebook->steps[rulebook_step(rulebook, STR("hub_transfer"))];
    for (size_t i = 0; i < transfer->safeguard_count; i++) {
        judge_reads(rulebook, transfer->safeguards[i], facts);
    }
    memset(stages, true, rulebook->stage_count);
    const struct caseload_asked asked = {
        .facts = facts, .stages = stages, .families = true, .when = case_now(&sitting)};
    TRY(caseload_load(&sitting, transactions, count, &asked, &caseload, err));
    weighing->people = caseload.columns.row_count;
    weighing->bytes = arena_used(&caseload.memory);
    caseload_close(&caseload);
    return result_ok();
}

static int weigh_caseload(const char *path, const char *rules)
{
    struct err err;
    struct office office;
    struct weighing weighing = {.office = &office};
    office_open(&office, path, rules);
    stop_on(store_read_together(office.casework.store, CASELOAD_THREADS, weigh, &weighing, &err),
            &err);
    printf("people %zu bytes %zu\n", weighing.people, weighing.bytes);
    office_close(&office);
    return 0;
}

/* --- main ------------------------------------------------------------------------------------- */

static double number_of(const char *text)
{
    struct err err;
    int64_t number = 0;
    stop_on(str_to_int64(str_from_c(text), &number, &err), &err);
    return (double)number;
}

/* The same commands while they are sealed, on the beat and with the padding that are the program's
 * own; the log begins with all that the store holds, before anything is measured. */
static void tell_failure(void *context, const struct err *err)
{
    (void)context;
    fprintf(stderr, "bench: the sealing fails: %s\n", err->what);
    _exit(1);
}

static void open_log(const char *folder, struct signer *signer, struct log **ret_log)
{
    struct err err;
    struct arena arena;
    struct note_key key;
    char path[300];
    snprintf(path, sizeof path, "%s.key", folder);
    stop_on(arena_open(&arena, 1024 * 1024, &err), &err);
    if (!system_file_exists(path)) {
        stop_on(signer_make(path, STR("bench.example/log"), system_machine(), arena, &key, &err),
                &err);
    }
    stop_on(signer_open(path, arena, signer, &err), &err);
    arena_close(&arena);
    stop_on(log_open(folder, signer, ret_log, &err), &err);
}

static int run_sealed(char **arguments)
{
    struct err err;
    struct office office;
    struct signer signer;
    struct sealing_options options = {.system = system_machine(),
                                      .settings = {.padding = SEALING_PADDING},
                                      .beat_ms = SEALING_BEAT_MS,
                                      .failed = tell_failure};
    struct sealing_thread *thread = NULL;
    uint64_t events = 0;
    office_open(&office, arguments[2], arguments[3]);
    office.clients = (size_t)number_of(arguments[5]);
    find_everybody(&office);
    open_log(arguments[6], &signer, &options.log);
    options.store = office.casework.store;
    stop_on(
        sealing_beat(options.store, options.system, options.log, &options.settings, &events, &err),
        &err);
    stop_on(sealing_start(&options, &thread, &err), &err);
    clients_run(office.clients, number_of(arguments[4]), record_fact, &office);
    sealing_stop(thread);
    log_close(options.log);
    signer_close(&signer);
    office_close(&office);
    return 0;
}

/* `returnhub seal verify` without making the rows anew. */
static int verify_store(const char *path, size_t threads)
{
    struct err err;
    struct arena arena;
    struct note_key key;
    struct log *log = NULL;
    struct store *store = NULL;
    struct sealing_check check;
    char beside[300];
    const struct store_options options = {.path = path, .system = system_machine()};
    const struct sealing_question question = {.older = STR(""), .threads = threads};
    stop_on(arena_open(&arena, 1024 * 1024, &err), &err);
    snprintf(beside, sizeof beside, "%s.seal", path);
    stop_on(key_file_read_public(beside, NOTE_KEY_ED25519, arena, &key, &err), &err);
    snprintf(beside, sizeof beside, "%s.log", path);
    stop_on(log_open_published(beside, &key, &log, &err), &err);
    stop_on(store_open(&options, &store, &err), &err);
    const double begin = seconds_now();
    stop_on(sealing_verify(store, log, &question, &check, &err), &err);
    printf("seconds %.3f events %llu entries %llu\n", seconds_now() - begin,
           (unsigned long long)check.events, (unsigned long long)check.log.checkpoint.size);
    store_close(store);
    log_close(log);
    arena_close(&arena);
    return 0;
}

static int run_office(char **arguments, void (*find)(struct office *office),
                      client_command *command)
{
    struct office office;
    office_open(&office, arguments[2], arguments[3]);
    office.clients = (size_t)number_of(arguments[5]);
    find(&office);
    clients_run(office.clients, number_of(arguments[4]), command, &office);
    office_close(&office);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 6 && strcmp(what, "facts") == 0) {
        return run_office(argv, find_everybody, record_fact);
    }
    if (argc == 7 && strcmp(what, "sealed") == 0) {
        return run_sealed(argv);
    }
    if (argc == 4 && strcmp(what, "verify") == 0) {
        return verify_store(argv[2], (size_t)number_of(argv[3]));
    }
    if (argc == 6 && strcmp(what, "steps") == 0) {
        return run_office(argv, find_transferable, ask_for_transfer);
    }
    if (argc == 6 && strcmp(what, "pages") == 0) {
        return run_office(argv, find_everybody, read_page);
    }
    if (argc == 4 && strcmp(what, "caseload") == 0) {
        return weigh_caseload(argv[2], argv[3]);
    }
    if (argc == 4 && strcmp(what, "sqlite") == 0) {
        return peer_sqlite(argv[2], number_of(argv[3]));
    }
    if (argc == 5 && strcmp(what, "log") == 0) {
        return log_run(argv[2], number_of(argv[3]), (size_t)number_of(argv[4]));
    }
    fprintf(stderr, "usage: see bench/register.c\n");
    return 2;
}
