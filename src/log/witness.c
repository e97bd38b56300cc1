#include "log/witness.h"

#include "base/cipher.h"
#include "seal/cosignature.h"
#include "seal/witness_request.h"
#include "system/growing.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

static const char plain_text[] = "text/plain; charset=utf-8";
static const char size_text[] = "text/x.tlog.size";

struct witness {
    struct arena memory; /* holds this struct */
    char folder[PATH_MAX];
    const struct policy *policy;
    const struct system *system;
    struct growing_file lock;
    pthread_mutex_t mutex; /* looking at what was cosigned last and writing the next are one step */
    struct note_key key;
    struct signing_key secret;
};

/* --- what was cosigned last --- */

static result path_of(const struct witness *witness, str log, char path[PATH_MAX], struct err *err)
{
    const int len = snprintf(path, PATH_MAX, "%s/%.*s", witness->folder, STR_ARG(log));
    return len > 0 && len < PATH_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The path of the witness is too long");
}

static str name_of_file(const struct note_key *log, char text[SHA256_HEX_SIZE])
{
    const struct sha256 hash = sha256_of(str_from_c(log->name));
    sha256_hex(&hash, text);
    return str_from_c(text);
}

/* Nothing at all when the log was never seen. A file that is there and cannot be read is a failure:
 * then nothing may be cosigned. */
static result read_last(const struct witness *witness, const struct note_key *log,
                        struct arena *arena, struct checkpoint *ret_last, struct err *err)
{
    char name[SHA256_HEX_SIZE];
    char path[PATH_MAX];
    bool found = false;
    str note;
    TRY(path_of(witness, name_of_file(log, name), path, err));
    TRY(system_find_file(path, &found, err));
    *ret_last = (struct checkpoint){.size = 0, .root = tree_empty()};
    if (!found) {
        return result_ok();
    }
    TRY(system_read_file(path, NOTE_TEXT_MAX, arena, &note, err));
    return checkpoint_open(note, log, ret_last, err);
}

static result write_last(const struct witness *witness, const struct note_key *log, str note,
                         str line, struct arena *arena, struct err *err)
{
    char name[SHA256_HEX_SIZE];
    char path[PATH_MAX];
    TRY(path_of(witness, name_of_file(log, name), path, err));
    const str both = arena_format(arena, "%.*s%.*s", STR_ARG(note), STR_ARG(line));
    return both.at == NULL ? arena_full(err) : system_write_file(path, both, 0644, err);
}

/* --- answering --- */

struct answering {
    struct witness *witness;
    struct arena *arena;
    struct witness_request request;
    const struct note_key *log;
    struct checkpoint asked;
    struct checkpoint last;
    struct witness_answer *answer;
};

static result answer_with(struct answering *answering, int status, const char *content_type,
                          str text)
{
    *answering->answer = (struct witness_answer){
        .status = status, .content_type = str_from_c(content_type), .text = text};
    return result_ok();
}

static result refuse(struct answering *answering, int status, str why)
{
    return answer_with(answering, status, plain_text, why);
}

/* The checkpoint alone: whoever asks may have put other lines under it. */
static result note_alone(struct answering *answering, str *ret_text, str *ret_note, struct err *err)
{
    struct note_signature signature;
    struct buf buf;
    TRY(note_find_signature(answering->request.note, answering->log, &signature, err));
    buf_init(&buf, answering->arena, NOTE_TEXT_MAX);
    buf_put(&buf, signature.text);
    buf_put_char(&buf, '\n');
    note_put_signature(answering->log, signature.bytes, signature.size, &buf);
    *ret_text = signature.text;
    return buf_finish(&buf, ret_note, err);
}

static result cosign(struct answering *answering, struct err *err)
{
    struct witness *witness = answering->witness;
    const int64_t seconds = system_now(witness->system).milliseconds / 1000;
    str text = STR("");
    str note = STR("");
    str line = STR("");
    TRY(note_alone(answering, &text, &note, err));
    TRY(cosignature_make(text, seconds, &witness->key, &witness->secret, answering->arena, &line,
                         err));
    TRY(write_last(witness, answering->log, note, line, answering->arena, err));
    return answer_with(answering, 200, plain_text, line);
}

static result answer_size(struct answering *answering, struct err *err)
{
    const str size = arena_format(answering->arena, "%" PRIu64 "\n", answering->last.size);
    return size.at == NULL ? arena_full(err) : answer_with(answering, 409, size_text, size);
}

/* The order is that of the specification. */
static result judge(struct answering *answering, struct err *err)
{
    const struct witness_request *request = &answering->request;
    const struct checkpoint *asked = &answering->asked;
    const struct checkpoint *last = &answering->last;
    if (request->older > asked->size) {
        return refuse(answering, 400, STR("A log does not shrink.\n"));
    }
    TRY(read_last(answering->witness, answering->log, answering->arena, &answering->last, err));
    if (request->older != last->size) {
        return answer_size(answering, err);
    }
    if (asked->size == last->size && !sha256_equal(&asked->root, &last->root)) {
        return answer_size(answering, err);
    }
    if (!tree_growth_holds(&request->growth, last->size, &last->root, asked->size, &asked->root)) {
        return refuse(answering, 422, STR("The proof does not prove that the log grew.\n"));
    }
    return cosign(answering, err);
}

static str origin_of(str note)
{
    return str_cut(note, '\n').head;
}

static result judge_alone(struct answering *answering, struct err *err)
{
    pthread_mutex_lock(&answering->witness->mutex);
    const result judged = judge(answering, err);
    pthread_mutex_unlock(&answering->witness->mutex);
    return judged;
}

static result answer(struct answering *answering, str request, struct err *err)
{
    if (!witness_request_read(request, &answering->request, NULL).ok) {
        return refuse(answering, 400, STR("That is not a request for a cosignature.\n"));
    }
    answering->log =
        policy_find_log(answering->witness->policy, origin_of(answering->request.note));
    if (answering->log == NULL) {
        return refuse(answering, 404, STR("This witness does not know the log.\n"));
    }
    if (!checkpoint_open(answering->request.note, answering->log, &answering->asked, NULL).ok) {
        return refuse(answering, 403, STR("The log did not sign this checkpoint.\n"));
    }
    return judge_alone(answering, err);
}

void witness_answer(struct witness *witness, str request, struct arena *arena,
                    struct witness_answer *ret_answer)
{
    struct answering answering = {.witness = witness, .arena = arena, .answer = ret_answer};
    if (!answer(&answering, request, NULL).ok) {
        result_ignore(refuse(&answering, 500, STR("The witness cannot write down what it saw.\n")),
                      "it does not fail");
    }
}

void witness_show(struct witness *witness, str log, struct arena *arena,
                  struct witness_answer *ret_answer)
{
    char path[PATH_MAX];
    struct sha256 hash;
    str note;
    const bool read = sha256_parse(log, &hash, NULL).ok && path_of(witness, log, path, NULL).ok &&
                      system_read_file(path, NOTE_TEXT_MAX, arena, &note, NULL).ok;
    *ret_answer = (struct witness_answer){
        .status = read ? 200 : 404,
        .content_type = str_from_c(plain_text),
        .text = read ? note : STR("This witness has cosigned nothing of such a log.\n")};
}

/* --- opening --- */

static result open_folder(struct witness *witness, const struct witness_options *options,
                          struct err *err)
{
    char path[PATH_MAX];
    struct arena scratch;
    TRY(system_make_folder(options->folder, 0755, err));
    TRY(path_of(witness, STR("lock"), path, err));
    TRY(growing_open(path, true, &witness->lock, err));
    TRY(growing_lock(&witness->lock, err));
    TRY(growing_sync_folder(options->folder, err));
    TRY(arena_open(&scratch, (size_t)64 * 1024, err));
    const result read = key_file_read(options->key_path, NOTE_KEY_COSIGNATURE, scratch,
                                      &witness->key, &witness->secret, err);
    arena_close(&scratch);
    return read;
}

result witness_open(const struct witness_options *options, struct witness **ret_witness,
                    struct err *err)
{
    struct arena memory;
    TRY(arena_open(&memory, sizeof(struct witness) + 64, err));
    struct witness *witness = ARENA_NEW(&memory, struct witness, 1);
    ASSERT(witness != NULL);
    witness->memory = memory;
    witness->policy = options->policy;
    witness->system = options->system;
    witness->lock = GROWING_FILE_NONE;
    cipher_lock(&witness->secret, sizeof witness->secret);
    ASSERT(pthread_mutex_init(&witness->mutex, NULL) == 0);
    const int len = snprintf(witness->folder, sizeof witness->folder, "%s", options->folder);
    const result opened = len > 0 && (size_t)len < sizeof witness->folder
                              ? open_folder(witness, options, err)
                              : err_set(err, ERROR_INPUT, "The path of the witness is too long");
    if (!opened.ok) {
        witness_close(witness);
        return opened;
    }
    *ret_witness = witness;
    return result_ok();
}

void witness_close(struct witness *witness)
{
    if (witness == NULL) {
        return;
    }
    growing_close(&witness->lock);
    cipher_unlock(&witness->secret, sizeof witness->secret);
    pthread_mutex_destroy(&witness->mutex);
    struct arena memory = witness->memory;
    arena_close(&memory);
}

const struct note_key *witness_key(const struct witness *witness)
{
    return &witness->key;
}
