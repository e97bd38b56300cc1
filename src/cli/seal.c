#include "casework/sealing.h"

#include "casework/verification.h"
#include "cli/desk.h"
#include "cli/seal.h"
#include "format/json.h"
#include "seal/receipt.h"

#include <inttypes.h>

enum { BEAT_MS_MAX = 24 * 60 * 60 * 1000, FILE_PATH_MAX = 4096, VERIFY_THREADS = 2 };

/* --- where things are --- */

/* What was given, or what stands beside the store. */
static result path_of(const struct invocation *invocation, enum command_option option,
                      const char *ending, const char **ret_path, struct err *err)
{
    const str beside = arena_format(invocation->arena, "%s%s", desk_store_path(invocation), ending);
    if (beside.at == NULL) {
        return arena_full(err);
    }
    *ret_path = option_given(invocation, option) ? invocation->options[option].at : beside.at;
    return result_ok();
}

static result key_path(const struct invocation *invocation, const char **ret_path, struct err *err)
{
    return path_of(invocation, OPTION_SEAL_KEY, ".seal", ret_path, err);
}

static result find_log(const struct invocation *invocation, const char **ret_path, struct err *err)
{
    return path_of(invocation, OPTION_LOG, ".log", ret_path, err);
}

static result read_public_key(const struct invocation *invocation, struct note_key *ret_key,
                              struct err *err)
{
    const char *path = NULL;
    TRY(key_path(invocation, &path, err));
    return key_file_read_public(path, NOTE_KEY_ED25519, *invocation->arena, ret_key, err);
}

static void close_log(struct log **log)
{
    log_close(*log);
}
#define OWN_LOG __attribute__((cleanup(close_log)))

static result open_published(const struct invocation *invocation, struct log **ret_log,
                             struct err *err)
{
    struct note_key key;
    const char *folder = NULL;
    TRY(read_public_key(invocation, &key, err));
    TRY(find_log(invocation, &folder, err));
    return log_open_published(folder, &key, ret_log, err);
}

struct log *sealing_log_beside(const struct invocation *invocation)
{
    struct log *log = NULL;
    return open_published(invocation, &log, NULL).ok ? log : NULL;
}

static result read_settings(const struct invocation *invocation,
                            struct sealing_settings *ret_settings, struct err *err)
{
    int64_t padding = 0;
    TRY(option_number(invocation, OPTION_PADDING, SEALING_PADDING, 1, SEALING_PADDING_MAX, &padding,
                      err));
    *ret_settings = (struct sealing_settings){
        .padding = (uint64_t)padding, .constant = option_given(invocation, OPTION_CONSTANT)};
    return result_ok();
}

/* --- witnesses --- */

static void close_cosigning(struct cosigning **cosigning)
{
    cosigning_close(*cosigning);
}
#define OWN_COSIGNING __attribute__((cleanup(close_cosigning)))

/* --- for serve --- */

static void tell_failure(void *context, const struct err *err)
{
    output_error(context, err);
}

void sealing_desk_close(struct sealing_desk *desk)
{
    if (desk->log != NULL) {
        cosigning_close(desk->cosigning);
        sealing_stop(desk->thread);
        log_close(desk->log);
        signer_close(&desk->signer);
        desk->log = NULL;
    }
}

static result start_cosigning(struct sealing_desk *desk, const struct policy *policy,
                              struct err *err)
{
    TRY(cosigning_desk_open(desk->log, policy, &desk->cosigning, err));
    return cosigning_start(desk->cosigning, err);
}

result sealing_desk_open(const struct invocation *invocation, struct store *store,
                         struct sealing_desk *ret_desk, struct err *err)
{
    struct sealing_options options = {.store = store,
                                      .system = system_machine(),
                                      .failed = tell_failure,
                                      .context = invocation->output};
    const struct policy *policy = NULL;
    const char *path = NULL;
    const char *folder = NULL;
    ret_desk->log = NULL;
    ret_desk->thread = NULL;
    ret_desk->cosigning = NULL;
    if (!option_given(invocation, OPTION_SEAL_KEY)) {
        return result_ok();
    }
    TRY(key_path(invocation, &path, err));
    TRY(find_log(invocation, &folder, err));
    TRY(read_settings(invocation, &options.settings, err));
    TRY(option_number(invocation, OPTION_BEAT, SEALING_BEAT_MS, 10, BEAT_MS_MAX, &options.beat_ms,
                      err));
    TRY(read_policy(invocation, &policy, err));
    TRY(signer_open(path, *invocation->arena, &ret_desk->signer, err));
    result opened = log_open(folder, &ret_desk->signer, &ret_desk->log, err);
    if (!opened.ok) {
        signer_close(&ret_desk->signer);
        return opened;
    }
    options.log = ret_desk->log;
    opened = sealing_start(&options, &ret_desk->thread, err);
    if (opened.ok && policy != NULL) {
        opened = start_cosigning(ret_desk, policy, err);
    }
    if (!opened.ok) {
        sealing_desk_close(ret_desk);
    }
    return opened;
}

/* --- seal key --- */

static result make_witness_key(const struct invocation *invocation, const char *path,
                               struct note_key *ret_key, struct err *err)
{
    struct signing_key secret = {.secret = {0}};
    result made = key_file_make(invocation->arguments[0], NOTE_KEY_COSIGNATURE, system_machine(),
                                ret_key, &secret, err);
    made = made.ok ? key_file_write(path, ret_key, &secret, *invocation->arena, err) : made;
    signing_key_wipe(&secret);
    return made;
}

result command_seal_key(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct note_key key;
    const char *path = NULL;
    char text[NOTE_KEY_TEXT_SIZE];
    *ret_status = 0;
    TRY(key_path(invocation, &path, err));
    TRY(option_given(invocation, OPTION_WITNESS)
            ? make_witness_key(invocation, path, &key, err)
            : signer_make(path, invocation->arguments[0], system_machine(), *invocation->arena,
                          &key, err));
    note_key_write(&key, text);
    output_text(invocation->output, str_from_c(text));
    output_text(invocation->output, STR("\n"));
    return result_ok();
}

/* --- seal publish --- */

static result print_checkpoint(const struct invocation *invocation,
                               const struct checkpoint *checkpoint, const char *text,
                               const char *counted, int64_t count, struct err *err)
{
    char root[SHA256_HEX_SIZE];
    sha256_hex(&checkpoint->root, root);
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_int64(object, "entries", (int64_t)checkpoint->size);
        json_set_str(object, "root", str_from_c(root));
        json_set_int64(object, counted, count);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%s%" PRIu64 " %s, root %s\n", text,
                             checkpoint->size,
                             str_noun((int64_t)checkpoint->size, "entry", "entries"), root));
    return result_ok();
}

/* What keeps a witness from cosigning is told, and is no failure: the log is published. */
static result ask_witnesses(const struct invocation *invocation, struct log *log,
                            const struct policy *policy, unsigned *ret_witnesses, struct err *err)
{
    OWN_COSIGNING struct cosigning *cosigning = NULL;
    TRY(cosigning_desk_open(log, policy, &cosigning, err));
    TRY(cosigning_round(cosigning, ret_witnesses, err));
    for (size_t i = 0; i < policy->party_count; i++) {
        struct cosigning_state state;
        struct err told = {0};
        cosigning_look(cosigning, i, &state);
        if (state.why[0] != '\0') {
            result_ignore(err_set(&told, ERROR_CONFLICT, "The witness %.*s did not cosign: %s",
                                  STR_ARG(policy->parties[i].name), state.why),
                          "it is told");
            output_error(invocation->output, &told);
        }
    }
    return result_ok();
}

static result publish(const struct invocation *invocation, struct store *store,
                      struct signer *signer, struct err *err)
{
    OWN_LOG struct log *log = NULL;
    struct sealing_settings settings;
    const struct policy *policy = NULL;
    const char *folder = NULL;
    uint64_t events = 0;
    unsigned witnesses = 0;
    TRY(read_settings(invocation, &settings, err));
    TRY(read_policy(invocation, &policy, err));
    TRY(find_log(invocation, &folder, err));
    TRY(log_open(folder, signer, &log, err));
    TRY(sealing_beat(store, system_machine(), log, &settings, &events, err));
    TRY(policy == NULL ? result_ok() : ask_witnesses(invocation, log, policy, &witnesses, err));
    const struct checkpoint checkpoint = log_checkpoint(log);
    const char *noun = str_noun((int64_t)events, "event", "events");
    const str text =
        policy == NULL
            ? arena_format(invocation->arena, "%" PRIu64 " %s more. ", events, noun)
            : arena_format(invocation->arena, "%" PRIu64 " %s more; %u %s cosigned. ", events, noun,
                           witnesses, str_noun(witnesses, "witness", "witnesses"));
    return print_checkpoint(invocation, &checkpoint, text.at, "events_more", (int64_t)events, err);
}

result command_seal_publish(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct signer signer;
    const char *path = NULL;
    *ret_status = 0;
    TRY(key_path(invocation, &path, err));
    TRY(desk_open_store(invocation, false, &desk.store, err));
    TRY(signer_open(path, *invocation->arena, &signer, err));
    const result published = publish(invocation, desk.store, &signer, err);
    signer_close(&signer);
    return published;
}

/* --- seal export, seal receipt --- */

result command_seal_export(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_LOG struct log *log = NULL;
    uint64_t files = 0;
    *ret_status = 0;
    TRY(open_published(invocation, &log, err));
    TRY(log_export(log, invocation->arguments[0].at, &files, err));
    const struct checkpoint checkpoint = log_checkpoint(log);
    const str text = arena_format(invocation->arena, "%" PRIu64 " %s written. ", files,
                                  str_noun((int64_t)files, "file", "files"));
    return print_checkpoint(invocation, &checkpoint, text.at, "files_written", (int64_t)files, err);
}

result command_seal_receipt(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_LOG struct log *log = NULL;
    int64_t position = 0;
    str receipt;
    *ret_status = 0;
    TRY(str_to_int64(invocation->arguments[0], &position, err));
    TRY(open_published(invocation, &log, err));
    TRY(sealing_receipt(log, position, invocation->arena, &receipt, err));
    output_text(invocation->output, receipt);
    return result_ok();
}

/* --- seal verify --- */

static result read_text(const struct invocation *invocation, enum command_option option,
                        str *ret_text, struct err *err)
{
    *ret_text = STR("");
    return option_given(invocation, option)
               ? system_read_file(invocation->options[option].at, RECEIPT_SIZE_MAX,
                                  invocation->arena, ret_text, err)
               : result_ok();
}

static const char *said_witnesses(const struct invocation *invocation, const struct policy *policy,
                                  const struct policy_seen *seen)
{
    const str said = policy == NULL
                         ? STR("")
                         : arena_format(invocation->arena, "%u %s cosigned. ", seen->witnesses,
                                        str_noun(seen->witnesses, "witness", "witnesses"));
    return said.at == NULL ? "" : said.at;
}

static result verify_receipt(const struct invocation *invocation, const struct note_key *key,
                             const struct policy *policy, struct err *err)
{
    struct policy_seen seen = {.witnesses = 0};
    struct receipt receipt;
    struct checkpoint checkpoint;
    str text;
    TRY(read_text(invocation, OPTION_RECEIPT, &text, err));
    TRY(receipt_check(text, key, &receipt, &checkpoint, err));
    TRY(policy == NULL ? result_ok() : policy_check(policy, receipt.note, &seen, err));
    const str said =
        arena_format(invocation->arena, "The receipt is good: entry %" PRIu64 " is in the log. %s",
                     receipt.index, said_witnesses(invocation, policy, &seen));
    return print_checkpoint(invocation, &checkpoint, said.at, "entry", (int64_t)receipt.index, err);
}

static result read_exported(void *context, str path, struct arena *arena, str *ret_bytes,
                            struct err *err)
{
    char file[FILE_PATH_MAX];
    const str folder = *(const str *)context;
    struct arena names = {.begin = file, .at = file, .end = file + sizeof file};
    const str name = arena_format(&names, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path));
    if (name.at == NULL) {
        return err_set(err, ERROR_INPUT, "The path of the folder is too long");
    }
    /* With nothing left of it, the arena forbids nothing of the stack any more (base/arena.c). */
    ASSERT(ARENA_NEW(&names, char, (size_t)(names.end - names.at)) != NULL);
    return system_read_file(name.at, NOTE_TEXT_MAX, arena, ret_bytes, err);
}

static result verify_files(const struct invocation *invocation, const struct note_key *key,
                           const struct sealing_question *question, struct err *err)
{
    str folder = invocation->options[OPTION_FILES];
    const struct published published = {.read = read_exported, .context = &folder};
    const struct audit audit = {
        .published = &published, .key = key, .older = question->older, .policy = question->policy};
    struct audit_outcome outcome;
    TRY(audit_log(&audit, &outcome, err));
    const str said = arena_format(invocation->arena, "The log is whole. %s",
                                  said_witnesses(invocation, question->policy, &outcome.seen));
    return print_checkpoint(invocation, &outcome.checkpoint, said.at, "events", 0, err);
}

static result check_register(const struct invocation *invocation,
                             const struct sealing_question *question,
                             struct sealing_check *ret_check, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    OWN_LOG struct log *log = NULL;
    struct rebuild_outcome rebuilt;
    TRY(open_published(invocation, &log, err));
    TRY(desk_open_store(invocation, false, &desk.store, err));
    TRY(sealing_verify(desk.store, log, question, ret_check, err));
    TRY(store_rebuild(desk.store, false, NULL, NULL, &rebuilt, err));
    return rebuilt.differences == 0 ? result_ok()
                                    : err_set(err, ERROR_INPUT, "%s", rebuilt.first_difference);
}

/* Something is wrong with the register or the log; otherwise it could not be looked at. */
static bool is_fault(enum error_code code)
{
    return code == ERROR_INPUT || code == ERROR_CONFLICT || code == ERROR_STORAGE;
}

static result note_check(const struct invocation *invocation, const struct sealing_check *check,
                         const struct err *fault, struct err *err)
{
    struct verification verification = {.at = system_now(system_machine()),
                                        .by = invocation->options[OPTION_VERIFIER],
                                        .whole = fault == NULL};
    const char *folder = NULL;
    TRY(find_log(invocation, &folder, err));
    if (!option_given(invocation, OPTION_VERIFIER)) {
        TRY(system_user(invocation->arena, &verification.by, err));
    }
    if (fault != NULL) {
        verification.found = str_from_c(fault->what);
    } else {
        verification.entries = (int64_t)check->log.checkpoint.size;
        verification.events = (int64_t)check->events;
    }
    return verification_write(folder, &verification, err);
}

/* What is found is noted for the page of the seal. That this could not be done is told, and is no
 * failure of the check. */
static result verify_register(const struct invocation *invocation,
                              const struct sealing_question *question, struct err *err)
{
    struct sealing_check check;
    struct err fault = {0};
    struct err told = {0};
    const result checked = check_register(invocation, question, &check, &fault);
    if ((checked.ok || is_fault(fault.code)) &&
        !note_check(invocation, &check, checked.ok ? NULL : &fault, &told).ok) {
        output_error(invocation->output, &told);
    }
    if (!checked.ok) {
        *err = fault;
        return checked;
    }
    const str said = arena_format(invocation->arena,
                                  "The register and the log are whole: %" PRIu64
                                  " events are in the log, %" PRIu64 " are not yet. %s",
                                  check.events, check.not_yet,
                                  said_witnesses(invocation, question->policy, &check.log.seen));
    return print_checkpoint(invocation, &check.log.checkpoint, said.at, "events",
                            (int64_t)check.events, err);
}

result command_seal_verify(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct note_key key;
    struct sealing_question question = {.threads = VERIFY_THREADS};
    *ret_status = 0;
    TRY(read_public_key(invocation, &key, err));
    TRY(read_text(invocation, OPTION_OLDER, &question.older, err));
    TRY(read_policy(invocation, &question.policy, err));
    if (option_given(invocation, OPTION_RECEIPT)) {
        return verify_receipt(invocation, &key, question.policy, err);
    }
    return option_given(invocation, OPTION_FILES) ? verify_files(invocation, &key, &question, err)
                                                  : verify_register(invocation, &question, err);
}
