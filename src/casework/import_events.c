#include "casework/import.h"

#include "casework/events_file.h"
#include "format/json.h"
#include "register/identifier.h"
#include "system/stream.h"

#include <string.h>

enum {
    WINDOW_BYTES = 32 * 1024 * 1024, /* the longest line: a rulebook */
    PERM_BYTES = WINDOW_BYTES + 1024 * 1024,
    LINE_ARENA_BYTES = 256 * 1024 * 1024,
    PROGRESS_EVERY = 4096,
};

struct taking {
    struct transaction *transaction;
    struct read_file file;
    struct arena perm;
    struct arena line_arena; /* given back after each line */
    char *window;
    size_t begin;
    size_t end;
    bool ended;
    int64_t bytes_done;
    uint32_t line;
    struct sha256 chain;
    bool finished; /* the last line was read */
    import_progress_visit *progress;
    void *progress_context;
    struct import_events_outcome outcome;
};

/* --- lines ------------------------------------------------------------------------------------ */

static result refill(struct taking *taking, struct err *err)
{
    memmove(taking->window, taking->window + taking->begin, taking->end - taking->begin);
    taking->end -= taking->begin;
    taking->begin = 0;
    while (!taking->ended && taking->end < WINDOW_BYTES) {
        size_t got = 0;
        TRY(read_file_next(&taking->file, taking->window + taking->end, WINDOW_BYTES - taking->end,
                           &got, err));
        taking->end += got;
        taking->ended = got == 0;
    }
    return result_ok();
}

static str rest_of(const struct taking *taking)
{
    return (str){.at = taking->window + taking->begin, .len = taking->end - taking->begin};
}

/* Without its line feed; *ret_more is false at the end of the file. */
static result next_line(struct taking *taking, str *ret_line, bool *ret_more, struct err *err)
{
    struct str_cut cut = str_cut(rest_of(taking), '\n');
    if (!cut.found && !taking->ended) {
        TRY(refill(taking, err));
        cut = str_cut(rest_of(taking), '\n');
    }
    *ret_more = cut.found;
    *ret_line = cut.head;
    if (cut.found) {
        taking->begin += cut.head.len + 1;
        taking->bytes_done += (int64_t)cut.head.len + 1;
        taking->line++;
    }
    return result_ok();
}

static result refuse(const struct taking *taking, const char *what, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "%s", what), "the hint follows");
    result_ignore(err_at(err, taking->file.path, taking->line, 0), "the hint follows");
    return err_hint(err, "Nothing of it was taken. Export the register anew.");
}

/* --- what a line says ------------------------------------------------------------------------- */

static result take_mark(struct taking *taking, const json_t *object, struct err *err)
{
    int64_t version = 0;
    if (!json_get_int64(object, EVENTS_FILE_MARK, &version, NULL).ok) {
        return refuse(taking, "This is not a file of the events of a register", err);
    }
    return version == EVENTS_FILE_VERSION
               ? result_ok()
               : refuse(taking, "A newer returnhub wrote this file", err);
}

static result take_rulebook(struct taking *taking, const json_t *object, struct err *err)
{
    str identity;
    str canonical;
    TRY(json_get_str(object, "rulebook", &identity, err));
    TRY(json_get_str(object, "canonical", &canonical, err));
    char hex[SHA256_HEX_SIZE];
    const struct sha256 hash = sha256_of(canonical);
    sha256_hex(&hash, hex);
    if (!str_equal(identity, str_from_c(hex))) {
        return refuse(taking, "The rulebook on this line is not the one it says it is", err);
    }
    taking->outcome.rulebooks++;
    return transaction_put_rulebook(taking->transaction, identity, canonical, err);
}

static enum subject_kind subject_kind_from_name(str name)
{
    enum { KINDS_MAX = 64 };
    for (int kind = SUBJECT_OF_PERSON; kind < KINDS_MAX; kind++) {
        const str known = str_from_c(subject_kind_name((enum subject_kind)kind));
        if (str_equal(name, known) && !str_equal(known, STR("none"))) {
            return (enum subject_kind)kind;
        }
    }
    return (enum subject_kind)0;
}

static result read_header(const struct taking *taking, const json_t *object, struct event *event,
                          struct err *err)
{
    str subject_kind;
    str kind;
    str day;
    str recorded_at;
    const str client_id = json_str_or_empty(object, "client_id");
    TRY(json_get_int64(object, "position", &event->position, err));
    TRY(json_get_str(object, "subject_kind", &subject_kind, err));
    TRY(json_get_int64(object, "subject", &event->subject, err));
    TRY(json_get_str(object, "kind", &kind, err));
    TRY(json_get_str(object, "effective_on", &day, err));
    TRY(json_get_str(object, "recorded_at", &recorded_at, err));
    TRY(json_get_int64(object, "actor", &event->actor, err));
    TRY(date_parse(day, &event->effective_on, err));
    TRY(instant_parse(recorded_at, &event->recorded_at, err));
    if (client_id.len > 0) {
        TRY(client_id_parse(client_id, &event->client_id, err));
    }
    event->subject_kind = subject_kind_from_name(subject_kind);
    event->kind = event_kind_from_name(kind);
    return event->kind != EVENT_NONE && event->subject_kind != (enum subject_kind)0
               ? result_ok()
               : refuse(taking, "This kind of event is not known: a newer returnhub wrote it", err);
}

static result append_event(struct taking *taking, const json_t *object, struct event *event,
                           struct err *err)
{
    const json_t *body = json_object_get(object, "body");
    if (body == NULL && json_is_true(json_object_get(object, "erased"))) {
        taking->outcome.erased++;
        return transaction_append_erased(taking->transaction, event, err);
    }
    str text;
    if (body == NULL) {
        return refuse(taking, "The event on this line has no body", err);
    }
    TRY(json_write(body, &taking->line_arena, &text, err));
    TRY(event_read_body(text, &taking->line_arena, event, err));
    identifier_from_older(event);
    return transaction_append(taking->transaction, event, err);
}

static result take_event(struct taking *taking, const json_t *object, struct err *err)
{
    struct event event = {.position = 0};
    TRY(read_header(taking, object, &event, err));
    if (event.position != taking->outcome.events + 1) {
        return refuse(taking, "An event is missing before this line, or stands twice", err);
    }
    TRY(append_event(taking, object, &event, err));
    ASSERT(event.position == taking->outcome.events + 1);
    taking->outcome.events++;
    return result_ok();
}

static result take_end(struct taking *taking, const json_t *object, struct err *err)
{
    int64_t events = 0;
    str chain;
    char hex[SHA256_HEX_SIZE];
    TRY(json_get_int64(object, "end", &events, err));
    TRY(json_get_str(object, "chain", &chain, err));
    sha256_hex(&taking->chain, hex);
    if (events != taking->outcome.events || !str_equal(chain, str_from_c(hex))) {
        return refuse(taking, "The file was changed after it was written: its hash is another",
                      err);
    }
    taking->finished = true;
    return result_ok();
}

static result take_object(struct taking *taking, const json_t *object, struct err *err)
{
    if (taking->line == 1) {
        return take_mark(taking, object, err);
    }
    if (json_object_get(object, "rulebook") != NULL) {
        return take_rulebook(taking, object, err);
    }
    return json_object_get(object, "end") != NULL ? take_end(taking, object, err)
                                                  : take_event(taking, object, err);
}

static result take_line(struct taking *taking, str line, struct err *err)
{
    json_t *object = NULL;
    struct err failure = {0};
    arena_reset(&taking->line_arena);
    if (taking->finished) {
        return refuse(taking, "Something stands after the last line", err);
    }
    if (!json_read(line, &object, &failure).ok) {
        return refuse(taking, failure.what, err);
    }
    const result taken = take_object(taking, object, &failure);
    json_decref(object);
    if (!taken.ok && failure.file[0] == '\0' && failure.code == ERROR_INPUT) {
        return refuse(taking, failure.what, err);
    }
    if (!taken.ok && err != NULL) {
        *err = failure;
    }
    taking->chain = events_file_chain(&taking->chain, line);
    return taken;
}

static void show_progress(const struct taking *taking)
{
    if (taking->progress == NULL || taking->line % PROGRESS_EVERY != 0) {
        return;
    }
    const struct import_progress progress = {.phase = IMPORT_RECORDING,
                                             .bytes_done = taking->bytes_done,
                                             .bytes_all = taking->file.size,
                                             .rows = taking->line};
    taking->progress(taking->progress_context, &progress);
}

static result check_empty(struct transaction *transaction, struct err *err)
{
    int64_t events = 0;
    TRY(transaction_event_count(transaction, &events, err));
    if (events == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "The store holds %lld %s already", (long long)events,
                          str_noun(events, "event", "events")),
                  "the hint returns the failure");
    return err_hint(err, "The events of a register go into a new store of their own: name another "
                         "with --store.");
}

static result take_all(struct transaction *transaction, void *context, struct err *err)
{
    struct taking *taking = context;
    str line;
    bool more = true;
    taking->transaction = transaction;
    TRY(check_empty(transaction, err));
    while (more) {
        TRY(next_line(taking, &line, &more, err));
        if (more) {
            TRY(take_line(taking, line, err));
            show_progress(taking);
        }
    }
    return taking->finished ? result_ok()
                            : refuse(taking, "The file was cut off: its last line is missing", err);
}

static result take_with(struct taking *taking, struct store *store, struct err *err)
{
    TRY(arena_open(&taking->perm, PERM_BYTES, err));
    TRY(arena_open(&taking->line_arena, LINE_ARENA_BYTES, err));
    taking->window = ARENA_NEW(&taking->perm, char, WINDOW_BYTES);
    ASSERT(taking->window != NULL);
    return store_bulk(store, take_all, taking, err);
}

result casework_import_events(struct store *store, const char *path,
                              import_progress_visit *progress, void *progress_context,
                              struct import_events_outcome *ret_outcome, struct err *err)
{
    struct taking taking = {
        .file = READ_FILE_NONE, .progress = progress, .progress_context = progress_context};
    TRY(read_file_open(path, &taking.file, err));
    const result taken = take_with(&taking, store, err);
    read_file_close(&taking.file);
    arena_close(&taking.line_arena);
    arena_close(&taking.perm);
    TRY(taken);
    if (taking.outcome.erased > 0) {
        struct rebuild_outcome rebuilt;
        TRY(store_rebuild(store, true, NULL, NULL, &rebuilt, err));
    }
    *ret_outcome = taking.outcome;
    return result_ok();
}
