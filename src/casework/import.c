#include "casework/import.h"

#include "casework/draw.h"
#include "casework/import_person.h"
#include "casework/import_seen.h"
#include "casework/text.h"
#include "system/stream.h"

#include <pthread.h>
#include <string.h>

/* How a file is imported.
 *
 * First it is checked whole, over one snapshot of the register: every cell, every row, every row
 * against what is known, and that nobody stands in it twice. A second thread reads rows, and checks
 * their cells, into one chunk while this one compares those of the chunk before it with the
 * register. Only a file without a fault is read a second time, and recorded: this thread reads rows
 * into one chunk while another hands the chunk before it to the store; while it makes the rows of
 * the register, which keeps the processors busy by itself, this one waits, and it reads while those
 * are written and made durable. A row is compared with the register again in the transaction that
 * records it, which is what makes the same file, or the rest of it after a kill, harmless. */

enum {
    PERM_BYTES = 128 * 1024 * 1024, /* of which the table of what was seen is the largest part */
    ROW_BYTES = 64 * 1024 * 1024,
    /* The larger a chunk, the more of what people are found by falls on each page of the index,
     * which is written once a chunk. */
    CHUNK_ROWS = 200 * 1000,
    CHECKED_ROWS = 4096,             /* of a chunk that is checked */
    CHUNK_BYTES = 256 * 1024 * 1024, /* of an arena; a chunk ends when the next row may not fit */
    FIRST_BYTES = 24 * 1024 * 1024,  /* of the first chunk, so that recording begins soon */
    WORK_BYTES = 64 * 1024 * 1024,
    PROGRESS_EVERY = 4096,
    CHUNKS = 2,
};

struct importing {
    const struct casework *casework;
    const struct caller *caller;
    const struct import_options *options;
    struct import_source source;
    struct import_faults faults;
    struct import_outcome outcome;
    struct read_file file;
    struct arena perm;
    struct arena row;     /* given back after each row */
    struct arena scratch; /* of one row's reading; passed on by value */
    struct records records;
    struct import_columns columns;
    struct import_seen seen;
    bool were_all_new; /* nobody in the file was in the register when it was checked ... */
    bool all_new;      /* ... nor is, as far as it is not imported yet: ... */
    int64_t position;  /* ... nothing was recorded since then but what was imported */
    struct reference_source references;
    struct latin latin;
    enum import_phase phase;
    struct record *record; /* of whoever reads the file */
    int64_t rows_read;
    pthread_mutex_t mutex;
    pthread_cond_t made;
};

/* --- reading the file ------------------------------------------------------------------------- */

static result fill(void *context, char *bytes, size_t capacity, size_t *ret_size, struct err *err)
{
    return read_file_next(context, bytes, capacity, ret_size, err);
}

/* From the beginning. What is taken from `perm` for one reading is given back by whoever reads. */
static result begin_reading(struct importing *importing, date today, struct err *err)
{
    const struct import_options *options = importing->options;
    const struct rulebook *rulebook = importing->casework->rulebook;
    importing->source.file_day = options->has_day ? options->day : today;
    importing->rows_read = 0;
    importing->record = ARENA_NEW(&importing->perm, struct record, 1);
    if (importing->record == NULL) {
        return arena_full(err);
    }
    TRY(read_file_rewind(&importing->file, err));
    TRY(records_open(&importing->records, options->path, fill, &importing->file, &importing->perm,
                     err));
    return import_columns_init(&importing->columns, rulebook, &importing->latin, today,
                               importing->source.file_day, &importing->perm, err);
}

static void show_progress(const struct importing *importing, int64_t rows, int64_t bytes_done)
{
    const struct import_options *options = importing->options;
    const struct import_progress progress = {.phase = importing->phase,
                                             .bytes_done = bytes_done,
                                             .bytes_all = importing->file.size,
                                             .rows = rows};
    if (options->progress != NULL) {
        options->progress(options->progress_context, &progress);
    }
}

/* --- rows, a chunk at a time ------------------------------------------------------------------ */

struct kept_fault {
    struct import_fault fault;
    struct kept_fault *next;
};

struct chunk {
    struct importing *importing;
    struct arena arena; /* of the rows */
    struct arena work;  /* given back after each row that is recorded */
    struct import_person *first;
    struct import_person **end;
    size_t count;
    struct kept_fault *faults; /* of the cells of these rows, while they are checked */
    struct kept_fault **faults_end;
    bool is_last;
    int64_t rows_before; /* in the file; and how much of it was read before and after them */
    int64_t bytes_before;
    int64_t bytes_done;
    struct reference_set drawn; /* for those who are new */
    struct import_outcome done; /* of this chunk */
    bool begun;
    pthread_t thread;
    bool beside;    /* it runs there */
    bool rows_made; /* under the mutex: of what is recorded nothing is left but writing it */
    result outcome;
    struct err err;
};

static void chunk_reset(struct chunk *chunk)
{
    arena_reset(&chunk->arena);
    chunk->first = NULL;
    chunk->end = &chunk->first;
    chunk->count = 0;
    chunk->faults = NULL;
    chunk->faults_end = &chunk->faults;
    chunk->done = (struct import_outcome){.rows = 0};
    chunk->rows_made = false;
}

/* Until the row is compared with the register: what is wrong is told row by row. */
static result keep_fault(void *context, const struct import_fault *fault, struct err *err)
{
    struct chunk *chunk = context;
    struct kept_fault *kept = ARENA_NEW(&chunk->arena, struct kept_fault, 1);
    if (kept == NULL) {
        return arena_full(err);
    }
    kept->fault =
        (struct import_fault){.row = fault->row,
                              .column = arena_copy(&chunk->arena, fault->column),
                              .value = arena_copy(&chunk->arena, fault->value),
                              .what = arena_copy(&chunk->arena, str_from_c(fault->what)).at,
                              .hint = arena_copy(&chunk->arena, str_from_c(fault->hint)).at};
    if (kept->fault.column.at == NULL || kept->fault.value.at == NULL || kept->fault.what == NULL ||
        kept->fault.hint == NULL) {
        return arena_full(err);
    }
    *chunk->faults_end = kept;
    chunk->faults_end = &kept->next;
    return result_ok();
}

static result add_row(struct importing *importing, struct chunk *chunk, const struct record *record,
                      struct err *err)
{
    struct import_faults faults = {.visit = keep_fault, .context = chunk};
    struct import_person *row = ARENA_NEW(&chunk->arena, struct import_person, 1);
    if (row == NULL) {
        return arena_full(err);
    }
    TRY(import_columns_read(&importing->columns, record, &chunk->arena, importing->scratch, &faults,
                            row, err));
    if (!row->sound && importing->phase == IMPORT_RECORDING) {
        return err_set(err, ERROR_CONFLICT, "The file was changed while it was being imported");
    }
    *chunk->end = row;
    chunk->end = &row->next;
    chunk->count++;
    return result_ok();
}

static bool is_full(const struct importing *importing, const struct chunk *chunk)
{
    const bool records = importing->phase == IMPORT_RECORDING;
    const size_t bytes_most = records && importing->rows_read == 0 ? FIRST_BYTES : CHUNK_BYTES / 2;
    return chunk->count >= (records ? CHUNK_ROWS : CHECKED_ROWS) ||
           arena_used(&chunk->arena) > bytes_most;
}

static result fill_chunk(struct importing *importing, struct chunk *chunk, struct err *err)
{
    bool more = true;
    chunk_reset(chunk);
    chunk->rows_before = importing->rows_read;
    chunk->bytes_before = records_bytes_done(&importing->records);
    while (more && !is_full(importing, chunk)) {
        arena_reset(&importing->row);
        TRY(records_next(&importing->records, &importing->row, importing->record, &more, err));
        TRY(more ? add_row(importing, chunk, importing->record, err) : result_ok());
    }
    importing->rows_read += (int64_t)chunk->count;
    chunk->bytes_done = records_bytes_done(&importing->records);
    chunk->is_last = !more;
    return result_ok();
}

static result open_chunk(struct importing *importing, struct chunk *chunk, size_t drawn_max,
                         struct err *err)
{
    *chunk = (struct chunk){.importing = importing};
    TRY(arena_open(&chunk->arena, CHUNK_BYTES, err));
    TRY(drawn_max == 0 ? result_ok()
                       : reference_set_init(&chunk->drawn, drawn_max, &importing->perm, err));
    return arena_open(&chunk->work, WORK_BYTES, err);
}

static void close_chunks(struct chunk chunks[CHUNKS])
{
    for (size_t i = 0; i < CHUNKS; i++) {
        arena_close(&chunks[i].arena);
        arena_close(&chunks[i].work);
    }
}

/* --- checking --------------------------------------------------------------------------------- */

/* Of whom the row speaks, as numbers made of what it calls them: each stands once in a file.
 * `text` is equal for equal references. */
static result see_text(struct importing *importing, const struct import_person *row, str column,
                       str value, str text, struct err *err)
{
    if (text.at == NULL) {
        return arena_full(err);
    }
    const struct sha256 hash = sha256_of(text);
    int64_t number = 0;
    memcpy(&number, hash.bytes, sizeof number);
    const int64_t before = import_seen_add(&importing->seen, number, row->row);
    if (before == 0) {
        return result_ok();
    }
    struct err what = {0};
    result_ignore(err_set(&what, ERROR_INPUT, "Row %lld has the same reference", (long long)before),
                  "the hint follows");
    result_ignore(err_hint(&what, "A person has one row in a file."), "it is told");
    return import_fault(&importing->faults, row->row, column, value, &what, err);
}

static result see_row(struct importing *importing, const struct import_person *row,
                      struct arena *arena, struct err *err)
{
    if (row->person.len > 0) {
        TRY(see_text(importing, row, STR("person"), row->person, row->person, err));
    }
    for (size_t i = 0; i < row->reference_count; i++) {
        const struct import_reference *reference = &row->references[i];
        const struct identifier_recorded_body *body = &reference->body;
        TRY(see_text(importing, row, reference->column, body->value,
                     lookup_identifier(body->scheme, body->issuer, body->value, arena), err));
    }
    return result_ok();
}

static void count_addition(struct import_outcome *outcome, const struct import_addition *addition)
{
    outcome->new_people += addition->is_new ? 1 : 0;
    outcome->changed_people += !addition->is_new && import_adds(addition) ? 1 : 0;
    outcome->unchanged_people += import_adds(addition) ? 0 : 1;
    outcome->facts += (int64_t)addition->fact_count;
    outcome->references += (int64_t)addition->reference_count;
    outcome->contacts += addition->contact ? 1 : 0;
    outcome->corrections += addition->corrects ? 1 : 0;
    outcome->other_stages += addition->other_stage ? 1 : 0;
    outcome->ended += addition->ended ? 1 : 0;
}

/* Somebody new who may be here already under other references: told, or counted where the caller
 * knows. */
static result check_not_here(struct importing *importing, struct sitting *sitting,
                             const struct import_person *row, bool *ret_sound, struct err *err)
{
    struct person_row like = {.id = 0};
    TRY(import_person_like(sitting, row, &like, err));
    if (like.id == 0) {
        return result_ok();
    }
    if (importing->options->register_likely) {
        importing->outcome.likely++;
        return result_ok();
    }
    *ret_sound = false;
    return import_tell_like(sitting, row, &like, &importing->faults, err);
}

/* What its cells were found to be is told first. */
static result tell_kept(struct importing *importing, const struct import_person *row,
                        struct kept_fault **fault, struct err *err)
{
    while (*fault != NULL && (*fault)->fault.row <= row->row) {
        TRY(import_fault_tell(&importing->faults, &(*fault)->fault, err));
        *fault = (*fault)->next;
    }
    return result_ok();
}

static result check_row(struct importing *importing, struct sitting *sitting,
                        const struct import_person *row, struct err *err)
{
    struct import_found found;
    struct import_addition addition;
    bool sound = row->sound;
    TRY(see_row(importing, row, sitting->arena, err));
    if (!sound) {
        return result_ok();
    }
    TRY(import_person_find(sitting, row, &importing->faults, &found, &sound, err));
    importing->all_new = importing->all_new && found.person.id == 0;
    if (sound && found.person.id == 0) {
        TRY(check_not_here(importing, sitting, row, &sound, err));
    }
    if (!sound || !importing->options->dry_run) {
        return result_ok();
    }
    TRY(import_person_compare(sitting, &importing->source, row, &found, sitting->arena, &addition,
                              err));
    count_addition(&importing->outcome, &addition);
    return result_ok();
}

static result check_chunk(struct importing *importing, struct sitting *sitting, struct chunk *chunk,
                          struct err *err)
{
    struct kept_fault *fault = chunk->faults;
    sitting->arena = &chunk->work;
    for (const struct import_person *row = chunk->first; row != NULL; row = row->next) {
        arena_reset(&chunk->work);
        TRY(tell_kept(importing, row, &fault, err));
        TRY(check_row(importing, sitting, row, err));
    }
    importing->outcome.rows += (int64_t)chunk->count;
    show_progress(importing, importing->outcome.rows, chunk->bytes_done);
    return result_ok();
}

/* Another share of the references; everything but what stands twice was told before. */
static result compare_chunk(struct importing *importing, struct sitting *sitting,
                            struct chunk *chunk, struct err *err)
{
    (void)sitting;
    for (const struct import_person *row = chunk->first; row != NULL; row = row->next) {
        arena_reset(&chunk->work);
        TRY(see_row(importing, row, &chunk->work, err));
    }
    show_progress(importing, chunk->rows_before + (int64_t)chunk->count, chunk->bytes_done);
    return result_ok();
}

static void *read_ahead(void *context)
{
    struct chunk *chunk = context;
    chunk->outcome = fill_chunk(chunk->importing, chunk, &chunk->err);
    return NULL;
}

/* Beside this thread, or in it when the system has none to give. */
static void begin_chunk(struct chunk *chunk, void *(*run)(void *context))
{
    chunk->begun = true;
    chunk->beside = pthread_create(&chunk->thread, NULL, run, chunk) == 0;
    if (!chunk->beside) {
        run(chunk);
    }
}

/* What became of it; nothing, when it was not begun. */
static result end_chunk(struct chunk *chunk, struct err *err)
{
    if (!chunk->begun) {
        return result_ok();
    }
    if (chunk->beside) {
        pthread_join(chunk->thread, NULL);
    }
    chunk->begun = false;
    if (!chunk->outcome.ok && err != NULL) {
        *err = chunk->err;
    }
    return chunk->outcome;
}

typedef result chunk_visit(struct importing *importing, struct sitting *sitting,
                           struct chunk *chunk, struct err *err);

/* The next chunk is read while this one is looked at. */
static result visit_chunks(struct importing *importing, struct sitting *sitting,
                           struct chunk chunks[CHUNKS], chunk_visit *visit, struct err *err)
{
    bool more = true;
    begin_chunk(&chunks[0], read_ahead);
    for (size_t i = 0; more; i = (i + 1) % CHUNKS) {
        TRY(end_chunk(&chunks[i], err));
        more = !chunks[i].is_last;
        if (more) {
            begin_chunk(&chunks[(i + 1) % CHUNKS], read_ahead);
        }
        const result visited = visit(importing, sitting, &chunks[i], err);
        if (!visited.ok) {
            result_ignore(end_chunk(&chunks[(i + 1) % CHUNKS], NULL), "what failed first is told");
            return visited;
        }
    }
    return result_ok();
}

/* Once through the file. */
static result visit_rows(struct importing *importing, struct sitting *sitting, chunk_visit *visit,
                         struct err *err)
{
    struct chunk chunks[CHUNKS] = {{.importing = NULL}};
    struct arena *arena = sitting->arena;
    result visited = open_chunk(importing, &chunks[0], 0, err);
    visited = visited.ok ? open_chunk(importing, &chunks[1], 0, err) : visited;
    visited = visited.ok ? visit_chunks(importing, sitting, chunks, visit, err) : visited;
    sitting->arena = arena;
    close_chunks(chunks);
    return visited;
}

static result check_file(struct transaction *transaction, void *context, struct err *err)
{
    struct importing *importing = context;
    struct sitting sitting;
    TRY(sitting_read(&sitting, importing->casework, transaction, importing->caller, ACTION_IMPORT,
                     &importing->perm, err));
    const struct arena kept = importing->perm;
    sitting.arena = &importing->row;
    importing->phase = IMPORT_CHECKING;
    importing->all_new = true;
    TRY(transaction_event_count(transaction, &importing->position, err));
    TRY(begin_reading(importing, sitting.today, err));
    if (!importing->records.is_json) {
        TRY(import_columns_check(&importing->columns, importing->records.columns,
                                 importing->records.column_count, &importing->faults, err));
    }
    TRY(visit_rows(importing, &sitting, check_chunk, err));
    importing->phase = IMPORT_COMPARING;
    while (import_seen_next_share(&importing->seen)) {
        importing->perm = kept;
        TRY(begin_reading(importing, sitting.today, err));
        TRY(visit_rows(importing, &sitting, compare_chunk, err));
    }
    importing->outcome.faults = importing->faults.count;
    importing->outcome.faulty_rows = importing->faults.rows;
    return result_ok();
}

/* --- recording -------------------------------------------------------------------------------- */

/* What the first reading found in order may have moved on since. */
static result tell_conflict(void *context, const struct import_fault *fault, struct err *err)
{
    (void)context;
    result_ignore(err_set(err, ERROR_CONFLICT, "Row %lld, %.*s: %s", (long long)fault->row,
                          STR_ARG(fault->column), fault->what),
                  "the hint follows");
    return err_hint(err, "The register changed while the file was being imported. What came before "
                         "is recorded; run the same command again.");
}

static result record_row(struct chunk *chunk, struct sitting *sitting,
                         const struct import_person *row, struct err *err)
{
    struct import_faults faults = {.visit = tell_conflict};
    struct import_found found = {.person = {.id = 0}};
    struct import_addition addition;
    size_t stopped = 0;
    bool sound = true;
    arena_reset(&chunk->work);
    if (!chunk->importing->all_new) {
        TRY(import_person_find(sitting, row, &faults, &found, &sound, err));
    }
    TRY(import_person_compare(sitting, &chunk->importing->source, row, &found, &chunk->work,
                              &addition, err));
    if (import_adds(&addition)) {
        TRY(import_person_record(sitting, &chunk->importing->source, row, &found, &addition,
                                 &stopped, err));
    }
    count_addition(&chunk->done, &addition);
    chunk->done.stopped_requests += (int64_t)stopped;
    return result_ok();
}

/* While only this import adds to the register, who was new in the first reading is new still, and
 * need not be looked for again. */
static result know_register(struct importing *importing, struct transaction *transaction,
                            struct err *err)
{
    int64_t position = 0;
    TRY(transaction_event_count(transaction, &position, err));
    importing->all_new = importing->all_new && position == importing->position;
    return result_ok();
}

/* Somebody else may have got one of them. */
static void forget_drawn(struct chunk *chunk)
{
    for (struct import_person *row = chunk->first; row != NULL; row = row->next) {
        row->drawn[0] = '\0';
    }
}

/* Of a chunk as it is recorded; what it takes of the file is taken to be spread evenly. */
static void show_recorded(const struct chunk *chunk, int64_t recorded)
{
    const int64_t rows = chunk->rows_before + recorded;
    if (rows % PROGRESS_EVERY == 0) {
        const int64_t bytes = chunk->bytes_done - chunk->bytes_before;
        show_progress(chunk->importing, rows,
                      chunk->bytes_before + bytes * recorded / (int64_t)chunk->count);
    }
}

static void tell_rows_made(struct chunk *chunk)
{
    pthread_mutex_lock(&chunk->importing->mutex);
    chunk->rows_made = true;
    pthread_cond_signal(&chunk->importing->made);
    pthread_mutex_unlock(&chunk->importing->mutex);
}

static void await_rows_made(struct chunk *chunk)
{
    pthread_mutex_lock(&chunk->importing->mutex);
    while (chunk->begun && !chunk->rows_made) {
        pthread_cond_wait(&chunk->importing->made, &chunk->importing->mutex);
    }
    pthread_mutex_unlock(&chunk->importing->mutex);
}

static result record_chunk(struct transaction *transaction, void *context, struct err *err)
{
    struct chunk *chunk = context;
    int64_t recorded = 0;
    struct sitting sitting;
    struct event before;
    struct arena of_sitting = chunk->arena; /* the rest of it */
    TRY(sitting_record(&sitting, chunk->importing->casework, transaction, chunk->importing->caller,
                       ACTION_IMPORT, &of_sitting, &before, err));
    sitting.client_id = (struct client_id){{0}}; /* the references make it repeatable */
    sitting.arena = &chunk->work;
    TRY(know_register(chunk->importing, transaction, err));
    if (!chunk->importing->all_new) {
        forget_drawn(chunk);
    }
    for (const struct import_person *row = chunk->first; row != NULL; row = row->next) {
        TRY(record_row(chunk, &sitting, row, err));
        show_recorded(chunk, ++recorded);
    }
    tell_rows_made(chunk);
    return transaction_event_count(transaction, &chunk->importing->position, err);
}

static void *run_chunk(void *context)
{
    struct chunk *chunk = context;
    chunk->outcome =
        store_bulk(chunk->importing->casework->store, record_chunk, chunk, &chunk->err);
    tell_rows_made(chunk); /* or nothing is to be made any more */
    return NULL;
}

static void add_outcome(struct import_outcome *sum, const struct import_outcome *part)
{
    sum->new_people += part->new_people;
    sum->changed_people += part->changed_people;
    sum->unchanged_people += part->unchanged_people;
    sum->facts += part->facts;
    sum->references += part->references;
    sum->contacts += part->contacts;
    sum->corrections += part->corrections;
    sum->other_stages += part->other_stages;
    sum->ended += part->ended;
    sum->stopped_requests += part->stopped_requests;
}

/* Waits until it is durable. */
static result finish_chunk(struct importing *importing, struct chunk *chunk, struct err *err)
{
    const bool begun = chunk->begun;
    TRY(end_chunk(chunk, err));
    if (begun) {
        add_outcome(&importing->outcome, &chunk->done);
    }
    return result_ok();
}

/* The chunk, and the one before it, which may be in the register or not yet. */
struct drawing {
    struct chunk *chunk;
    const struct chunk *before;
};

static result draw_references(struct transaction *transaction, void *context, struct err *err)
{
    const struct drawing *drawing = context;
    struct chunk *chunk = drawing->chunk;
    for (struct import_person *row = chunk->first; row != NULL; row = row->next) {
        TRY(reference_draw_ahead(&chunk->importing->references, transaction,
                                 &drawing->before->drawn, &chunk->drawn, row->drawn, err));
    }
    return result_ok();
}

static result draw_for_chunk(struct importing *importing, struct chunk *chunk,
                             const struct chunk *before, struct err *err)
{
    struct drawing drawing = {.chunk = chunk, .before = before};
    if (!importing->were_all_new) {
        return result_ok();
    }
    reference_set_empty(&chunk->drawn);
    return store_read(importing->casework->store, draw_references, &drawing, err);
}

static result record_chunks(struct importing *importing, struct chunk chunks[CHUNKS],
                            struct err *err)
{
    bool more = true;
    for (size_t i = 0; more; i = (i + 1) % CHUNKS) {
        struct chunk *before = &chunks[(i + 1) % CHUNKS];
        await_rows_made(before);
        TRY(fill_chunk(importing, &chunks[i], err));
        more = !chunks[i].is_last;
        TRY(draw_for_chunk(importing, &chunks[i], before, err));
        TRY(finish_chunk(importing, before, err));
        if (chunks[i].count > 0) {
            begin_chunk(&chunks[i], run_chunk);
        }
    }
    return result_ok();
}

static result finish_chunks(struct importing *importing, struct chunk chunks[CHUNKS],
                            result recorded, struct err *err)
{
    for (size_t i = 0; i < CHUNKS; i++) {
        const result finished = finish_chunk(importing, &chunks[i], recorded.ok ? err : NULL);
        recorded = recorded.ok ? finished : recorded;
    }
    return recorded;
}

static result record_with(struct importing *importing, struct chunk chunks[CHUNKS], struct err *err)
{
    for (size_t i = 0; i < CHUNKS; i++) {
        TRY(open_chunk(importing, &chunks[i], CHUNK_ROWS, err));
    }
    importing->phase = IMPORT_RECORDING;
    TRY(begin_reading(importing, importing->columns.today, err));
    const result recorded = record_chunks(importing, chunks, err);
    return finish_chunks(importing, chunks, recorded, err);
}

static result record_file(struct importing *importing, struct err *err)
{
    struct chunk chunks[CHUNKS] = {{.importing = NULL}};
    const result recorded = record_with(importing, chunks, err);
    close_chunks(chunks);
    return recorded;
}

/* --- the whole -------------------------------------------------------------------------------- */

static result import_opened(struct importing *importing, struct err *err)
{
    TRY(arena_open(&importing->perm, PERM_BYTES, err));
    TRY(arena_open(&importing->row, ROW_BYTES, err));
    TRY(arena_open(&importing->scratch, ROW_BYTES, err));
    TRY(import_seen_init(&importing->seen, import_seen_slots(importing->file.size),
                         &importing->perm, err));
    const struct arena before = importing->perm;
    TRY(store_read(importing->casework->store, check_file, importing, err));
    importing->perm = before; /* the second reading uses the memory of the first */
    if (importing->faults.count > 0) {
        /* Nothing of it was recorded, nor would be. */
        importing->outcome = (struct import_outcome){.rows = importing->outcome.rows,
                                                     .faults = importing->outcome.faults,
                                                     .faulty_rows = importing->outcome.faulty_rows};
        return result_ok();
    }
    if (importing->options->dry_run) {
        return result_ok();
    }
    importing->were_all_new = importing->all_new;
    TRY(record_file(importing, err));
    importing->outcome.recorded = true;
    return result_ok();
}

result casework_import(const struct casework *casework, const struct caller *caller,
                       const struct import_options *options, struct import_outcome *ret_outcome,
                       struct err *err)
{
    TRY(text_line("The source", options->source, SOURCE_MAX_BYTES, err));
    struct importing importing = {
        .casework = casework,
        .caller = caller,
        .options = options,
        .file = READ_FILE_NONE,
        .references = {.system = casework->system, .together = REFERENCES_TOGETHER_MAX},
        .faults = {.visit = options->fault, .context = options->fault_context},
    };
    const str source = str_trim(options->source);
    importing.source = (struct import_source){.rulebook = casework->rulebook,
                                              .name = source.len > 0 ? source : STR("import")};
    TRY(latin_open(&importing.latin, err));
    ASSERT(pthread_mutex_init(&importing.mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&importing.made, NULL) == 0);
    result imported = read_file_open(options->path, &importing.file, err);
    imported = imported.ok ? import_opened(&importing, err) : imported;
    pthread_cond_destroy(&importing.made);
    pthread_mutex_destroy(&importing.mutex);
    latin_close(&importing.latin);
    read_file_close(&importing.file);
    arena_close(&importing.row);
    arena_close(&importing.scratch);
    arena_close(&importing.perm);
    TRY(imported);
    *ret_outcome = importing.outcome;
    return result_ok();
}
