#include "casework/export.h"

#include "casework/adoption.h"
#include "casework/events_file.h"
#include "casework/sitting.h"
#include "format/json.h"
#include "system/stream.h"
#include "system/system.h"

enum { PERM_BYTES = 8 * 1024 * 1024, LINE_BYTES = 64 * 1024 * 1024, PROGRESS_EVERY = 1000 };

struct exporting {
    const struct casework *casework;
    const struct caller *caller;
    const struct export_options *options;
    struct transaction *transaction;
    struct arena perm;
    struct arena line; /* given back after each */
    struct written_file file;
    struct sha256 chain;
    str written[EVENTS_FILE_RULEBOOKS_MAX]; /* identities of the rulebooks in the file */
    size_t rulebook_count;
    int64_t events;
    int64_t all;
};

static void put_line(struct exporting *exporting, str line)
{
    exporting->chain = events_file_chain(&exporting->chain, line);
    written_put(&exporting->file, line);
    written_put(&exporting->file, STR("\n"));
}

static result put_object(struct exporting *exporting, json_t *object, struct err *err)
{
    str line;
    const result written = json_write(object, &exporting->line, &line, err);
    json_decref(object);
    TRY(written);
    put_line(exporting, line);
    return result_ok();
}

static bool is_written(const struct exporting *exporting, str identity)
{
    for (size_t i = 0; i < exporting->rulebook_count; i++) {
        if (str_equal(exporting->written[i], identity)) {
            return true;
        }
    }
    return false;
}

/* Before the event that took it into use. */
static result put_rulebook(struct exporting *exporting, str identity, struct err *err)
{
    str canonical;
    if (is_written(exporting, identity)) {
        return result_ok();
    }
    if (exporting->rulebook_count == EVENTS_FILE_RULEBOOKS_MAX) {
        return err_set(err, ERROR_LIMIT, "An export has at most %d rulebooks",
                       EVENTS_FILE_RULEBOOKS_MAX);
    }
    TRY(transaction_rulebook(exporting->transaction, identity, &exporting->line, &canonical, err));
    exporting->written[exporting->rulebook_count] = arena_copy(&exporting->perm, identity);
    if (exporting->written[exporting->rulebook_count].at == NULL) {
        return arena_full(err);
    }
    exporting->rulebook_count++;
    json_t *object = json_object();
    json_set_str(object, "rulebook", identity);
    json_set_str(object, "canonical", canonical);
    return put_object(exporting, object, err);
}

static void put_text_member(struct buf *buf, const char *name, const char *text)
{
    buf_format(buf, ",\"%s\":\"%s\"", name, text);
}

static result put_event(struct exporting *exporting, const struct event *event, bool erased,
                        struct err *err)
{
    char day[DATE_TEXT_SIZE];
    char recorded_at[INSTANT_TEXT_SIZE];
    char client_id[37];
    str body = STR("");
    str line;
    struct buf buf;
    date_format(event->effective_on, day);
    instant_format(event->recorded_at, recorded_at);
    client_id_format(&event->client_id, client_id);
    if (!erased) {
        TRY(event_write_body(event, &exporting->line, &body, err));
    }
    buf_init(&buf, &exporting->line, LINE_BYTES);
    buf_format(&buf, "{\"position\":%lld", (long long)event->position);
    put_text_member(&buf, "subject_kind", subject_kind_name(event->subject_kind));
    buf_format(&buf, ",\"subject\":%lld", (long long)event->subject);
    put_text_member(&buf, "kind", event_kind_name(event->kind));
    put_text_member(&buf, "effective_on", day);
    put_text_member(&buf, "recorded_at", recorded_at);
    buf_format(&buf, ",\"actor\":%lld", (long long)event->actor);
    if (!client_id_is_none(&event->client_id)) {
        put_text_member(&buf, "client_id", client_id);
    }
    buf_put_c(&buf, erased ? ",\"erased\":true}" : ",\"body\":");
    buf_put(&buf, body);
    buf_put_c(&buf, erased ? "" : "}");
    TRY(buf_finish(&buf, &line, err));
    put_line(exporting, line);
    return result_ok();
}

static result visit_event(void *context, const struct event *event, bool erased, struct err *err)
{
    struct exporting *exporting = context;
    arena_reset(&exporting->line);
    if (event->kind == EVENT_RULEBOOK_ADOPTED && !erased) {
        TRY(put_rulebook(exporting, event->body.rulebook_adopted.identity, err));
    }
    TRY(put_event(exporting, event, erased, err));
    exporting->events++;
    if (exporting->options->progress != NULL &&
        (exporting->events % PROGRESS_EVERY == 0 || exporting->events == exporting->all)) {
        exporting->options->progress(exporting->options->progress_context, exporting->events,
                                     exporting->all);
    }
    return result_ok();
}

static result put_end(struct exporting *exporting, struct err *err)
{
    char chain[SHA256_HEX_SIZE];
    sha256_hex(&exporting->chain, chain);
    json_t *object = json_object();
    json_set_int64(object, "end", exporting->events);
    json_set_str(object, "chain", str_from_c(chain));
    return put_object(exporting, object, err);
}

static result export_in(struct transaction *transaction, void *context, struct err *err)
{
    struct exporting *exporting = context;
    exporting->transaction = transaction;
    TRY(transaction_event_count(transaction, &exporting->all, err));
    json_t *object = json_object();
    json_set_int64(object, EVENTS_FILE_MARK, EVENTS_FILE_VERSION);
    TRY(put_object(exporting, object, err));
    TRY(transaction_each_event(transaction, 1, visit_event, exporting, err));
    return put_end(exporting, err);
}

struct permission {
    struct exporting *exporting;
    struct sitting sitting;
};

static result ask_permission(struct transaction *transaction, void *context, struct err *err)
{
    struct permission *permission = context;
    return sitting_read(&permission->sitting, permission->exporting->casework, transaction,
                        permission->exporting->caller, ACTION_EXPORT_EVERYTHING,
                        &permission->exporting->perm, err);
}

/* What is there already may be an older export, or the store itself. */
static result check_new(const char *path, struct err *err)
{
    bool found = false;
    TRY(system_find_file(path, &found, err));
    if (!found) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "%s exists already", path), "the hint follows");
    return err_hint(err, "An export is a new file. Choose another place, or move it away.");
}

static result export_all(struct exporting *exporting, struct err *err)
{
    struct permission permission = {.exporting = exporting};
    const struct casework *casework = exporting->casework;
    TRY(arena_open(&exporting->perm, PERM_BYTES, err));
    TRY(arena_open(&exporting->line, LINE_BYTES, err));
    TRY(store_read(casework->store, ask_permission, &permission, err));
    TRY(check_new(exporting->options->path, err));
    TRY(sitting_look(&permission.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "export of everything",
                     err));
    TRY(written_open(exporting->options->path, 0600, &exporting->perm, &exporting->file, err));
    TRY(store_read(casework->store, export_in, exporting, err));
    return written_finish(&exporting->file, err);
}

result casework_export_events(const struct casework *casework, const struct caller *caller,
                              const struct export_options *options,
                              struct export_outcome *ret_outcome, struct err *err)
{
    struct exporting exporting = {
        .casework = casework, .caller = caller, .options = options, .file = WRITTEN_FILE_NONE};
    const result exported = export_all(&exporting, err);
    written_abandon(&exporting.file);
    arena_close(&exporting.line);
    arena_close(&exporting.perm);
    TRY(exported);
    *ret_outcome = (struct export_outcome){
        .sets = {{"events", exporting.events}, {"rulebooks", (int64_t)exporting.rulebook_count}},
        .set_count = 2};
    return result_ok();
}
