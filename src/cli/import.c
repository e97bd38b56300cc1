#include "casework/import.h"

#include "cli/desk.h"
#include "format/csv.h"
#include "format/json.h"
#include "system/memory.h"
#include "system/stream.h"
#include "system/system.h"

enum { FAULTS_SHOWN = 20, FAULT_LINE_BYTES = 16 * 1024, FAULT_NAMES_BYTES = 256 };

/* --- progress --- */

struct import_display {
    struct output *output;
    enum import_phase phase;
    instant begun;
    int last_second;
    bool drawn;
};

static const char *phase_name(enum import_phase phase)
{
    switch (phase) {
    case IMPORT_CHECKING:
        return "Checking";
    case IMPORT_COMPARING:
        return "Comparing";
    case IMPORT_RECORDING:
        return "Recording";
    }
    return "";
}

/* Once a second: how far, how fast, and how long it still takes at that pace. */
static void draw_import(void *context, const struct import_progress *progress)
{
    struct import_display *display = context;
    const instant now = system_now(system_machine());
    if (display->begun.milliseconds == 0 || display->phase != progress->phase) {
        display->begun = now;
        display->phase = progress->phase;
        display->last_second = 0;
    }
    const int64_t passed = now.milliseconds - display->begun.milliseconds;
    if (!display->output->terminal || passed / 1000 == display->last_second) {
        return;
    }
    const int64_t left =
        progress->bytes_done > 0
            ? passed * (progress->bytes_all - progress->bytes_done) / progress->bytes_done / 1000
            : 0;
    display->last_second = (int)(passed / 1000);
    display->drawn = true;
    output_message(display->output, "\r%s  %lld %s  %d %%  %lld a second  %lld s left \033[K",
                   phase_name(progress->phase), (long long)progress->rows,
                   str_noun(progress->rows, "row", "rows"),
                   (int)(progress->bytes_done * 100 / (progress->bytes_all + 1)),
                   (long long)(progress->rows * 1000 / passed), (long long)left);
}

static void end_import(struct import_display *display)
{
    if (display->drawn) {
        output_message(display->output, "\r\033[K");
    }
}

/* --- what is wrong --- */

struct fault_list {
    const struct invocation *invocation;
    struct written_file file;
    bool to_file;
    int64_t count;
};

static void put_fault_line(struct buf *buf, const str cells[5])
{
    for (size_t i = 0; i < 5; i++) {
        csv_write_cell(buf, i == 0, cells[i]);
    }
    csv_write_end(buf);
}

/* The arena by value: what a line takes is given back. */
static void write_fault_line(struct written_file *file, struct arena scratch, const str cells[5])
{
    struct buf buf;
    buf_init(&buf, &scratch, FAULT_LINE_BYTES);
    put_fault_line(&buf, cells);
    written_put(file, buf_str(&buf));
}

static void show_fault(const struct fault_list *list, const struct import_fault *fault)
{
    output_message(list->invocation->output, "row %lld%s%.*s: %s%s%s\n", (long long)fault->row,
                   fault->column.len > 0 ? ", " : "", STR_ARG(fault->column), fault->what,
                   fault->hint[0] != '\0' ? "\n  hint: " : "", fault->hint);
}

static result note_fault(void *context, const struct import_fault *fault, struct err *err)
{
    struct fault_list *list = context;
    (void)err; /* what cannot be written is told when the file is finished */
    list->count++;
    if (list->to_file) {
        struct arena scratch = *list->invocation->arena;
        const str cells[] = {arena_format(&scratch, "%lld", (long long)fault->row), fault->column,
                             fault->value, str_from_c(fault->what), str_from_c(fault->hint)};
        write_fault_line(&list->file, scratch, cells);
    } else if (list->count <= FAULTS_SHOWN) {
        show_fault(list, fault);
    } else if (list->count == FAULTS_SHOWN + 1) {
        output_message(list->invocation->output,
                       "... --errors FILE writes all of them to a file\n");
    }
    return result_ok();
}

static const str fault_names[] = {STR_INIT("row"), STR_INIT("column"), STR_INIT("value"),
                                  STR_INIT("what is wrong"), STR_INIT("what to do")};

/* A file is corrected and tried again: its list of faults is written anew. Anything else that has
 * the name stays. */
static result check_is_list(const struct invocation *invocation, const char *path, struct err *err)
{
    OWN_READ_FILE struct read_file file = READ_FILE_NONE;
    struct arena scratch = *invocation->arena;
    char bytes[FAULT_NAMES_BYTES];
    size_t size = 0;
    bool found = false;
    struct buf names;
    TRY(system_find_file(path, &found, err));
    if (!found) {
        return result_ok();
    }
    buf_init(&names, &scratch, FAULT_NAMES_BYTES);
    put_fault_line(&names, fault_names);
    TRY(read_file_open(path, &file, err));
    TRY(read_file_next(&file, bytes, buf_str(&names).len, &size, err));
    if (str_equal((str){.at = bytes, .len = size}, buf_str(&names))) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "%s exists already, and is no list of faults", path),
                  "the hint follows");
    return err_hint(err, "Choose another place, or move it away.");
}

/* The file that is read, and the register, are not written over. */
static result check_errors_file(const struct invocation *invocation, struct err *err)
{
    const char *errors = invocation->options[OPTION_ERRORS].at;
    const char *store = desk_store_path(invocation);
    const char *const kept[] = {invocation->arguments[0].at, store,
                                option_given(invocation, OPTION_KEY)
                                    ? invocation->options[OPTION_KEY].at
                                    : arena_format(invocation->arena, "%s.key", store).at};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (kept[i] != NULL && system_is_same_file(errors, kept[i])) {
            return err_set(err, ERROR_USAGE, "--errors names %s, which would be lost", errors);
        }
    }
    return check_is_list(invocation, errors, err);
}

static result begin_faults(struct fault_list *list, struct err *err)
{
    const struct invocation *invocation = list->invocation;
    list->file = WRITTEN_FILE_NONE;
    list->to_file = option_given(invocation, OPTION_ERRORS);
    if (list->to_file) {
        TRY(check_errors_file(invocation, err));
        TRY(written_open(invocation->options[OPTION_ERRORS].at, 0600, invocation->arena,
                         &list->file, err));
        write_fault_line(&list->file, *invocation->arena, fault_names);
    }
    return result_ok();
}

/* --- the answer --- */

static const struct outcome_line {
    const char *name;
    const char *title;
    size_t offset;
} outcome_lines[] = {
    {"rows", "rows read", offsetof(struct import_outcome, rows)},
    {"new_people", "people registered", offsetof(struct import_outcome, new_people)},
    {"changed_people", "people changed", offsetof(struct import_outcome, changed_people)},
    {"unchanged_people", "people unchanged", offsetof(struct import_outcome, unchanged_people)},
    {"facts", "facts recorded", offsetof(struct import_outcome, facts)},
    {"references", "references recorded", offsetof(struct import_outcome, references)},
    {"contacts", "contacts recorded", offsetof(struct import_outcome, contacts)},
    {"corrections", "names or dates of birth corrected",
     offsetof(struct import_outcome, corrections)},
    {"other_stages", "people in another stage here than in the file (nothing changed: steps do)",
     offsetof(struct import_outcome, other_stages)},
    {"ended", "people with an outcome here: did they come back? (returnhub person return)",
     offsetof(struct import_outcome, ended)},
    {"likely", "people registered who may be here already (returnhub person duplicates)",
     offsetof(struct import_outcome, likely)},
    {"stopped_requests", "requests stopped: no longer clear",
     offsetof(struct import_outcome, stopped_requests)},
    {"faults", "faults", offsetof(struct import_outcome, faults)},
    {"faulty_rows", "rows with a fault", offsetof(struct import_outcome, faulty_rows)},
};

static int64_t outcome_number(const struct import_outcome *outcome, const struct outcome_line *line)
{
    return *(const int64_t *)(const void *)((const char *)outcome + line->offset);
}

static result print_outcome(const struct invocation *invocation,
                            const struct import_outcome *outcome, struct err *err)
{
    struct output *output = invocation->output;
    if (output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_flag(object, "recorded", outcome->recorded);
        for (size_t i = 0; i < sizeof outcome_lines / sizeof outcome_lines[0]; i++) {
            json_set_int64(object, outcome_lines[i].name,
                           outcome_number(outcome, &outcome_lines[i]));
        }
        const result printed = output_json(output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    static const char *const names[] = {"number", "what"};
    static const int widths[] = {10, 0};
    struct table table = {.output = output, .names = names, .widths = widths, .column_count = 2};
    if (output->format == OUTPUT_CSV) {
        table_begin(&table);
    }
    for (size_t i = 0; i < sizeof outcome_lines / sizeof outcome_lines[0]; i++) {
        const int64_t number = outcome_number(outcome, &outcome_lines[i]);
        const str cells[] = {arena_format(invocation->arena, "%lld", (long long)number),
                             str_from_c(outcome_lines[i].title)};
        if (number != 0 || i == 0 || output->format == OUTPUT_CSV) {
            table_row(&table, *invocation->arena, cells);
        }
    }
    return result_ok();
}

static result import_file(const struct invocation *invocation, struct desk *desk,
                          struct fault_list *faults, struct import_outcome *outcome,
                          struct err *err)
{
    struct import_display display = {.output = invocation->output};
    struct import_options options = {
        .path = invocation->arguments[0].at,
        .source =
            option_given(invocation, OPTION_SOURCE) ? invocation->options[OPTION_SOURCE] : STR(""),
        .has_day = option_given(invocation, OPTION_TRUE_FROM),
        .dry_run = option_given(invocation, OPTION_DRY_RUN),
        .register_likely = option_given(invocation, OPTION_NEW),
        .fault = note_fault,
        .fault_context = faults,
        .progress = draw_import,
        .progress_context = &display,
    };
    TRY(option_date(invocation, OPTION_TRUE_FROM, (date){0}, &options.day, err));
    const result imported = casework_import(&desk->casework, &desk->caller, &options, outcome, err);
    end_import(&display);
    return imported;
}

static result import_people(const struct invocation *invocation, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct fault_list faults = {.invocation = invocation};
    struct import_outcome outcome = {.rows = 0};
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(begin_faults(&faults, err));
    result imported = import_file(invocation, &desk, &faults, &outcome, err);
    if (imported.ok && faults.to_file) {
        imported = written_finish(&faults.file, err);
    }
    written_abandon(&faults.file);
    TRY(imported);
    TRY(print_outcome(invocation, &outcome, err));
    if (outcome.faults == 0) {
        return result_ok();
    }
    result_ignore(
        err_set(err, ERROR_INPUT, "The file has %lld %s in %lld %s: nothing of it was recorded",
                (long long)outcome.faults, str_noun(outcome.faults, "fault", "faults"),
                (long long)outcome.faulty_rows, str_noun(outcome.faulty_rows, "row", "rows")),
        "the hint follows");
    return err_hint(err, "Correct them and run the same command again.");
}

static result import_events(const struct invocation *invocation, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct import_display display = {.output = invocation->output};
    struct import_events_outcome outcome = {.events = 0};
    TRY(desk_open_store_or_begin(invocation, &desk, err));
    const result imported = casework_import_events(desk.store, invocation->arguments[0].at,
                                                   draw_import, &display, &outcome, err);
    end_import(&display);
    TRY(imported);
    desk_keep(&desk);
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_int64(object, "events", outcome.events);
        json_set_int64(object, "erased", outcome.erased);
        json_set_int64(object, "rulebooks", outcome.rulebooks);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%lld %s (%lld of erased records), %lld %s\n",
                             (long long)outcome.events, str_noun(outcome.events, "event", "events"),
                             (long long)outcome.erased, (long long)outcome.rulebooks,
                             str_noun(outcome.rulebooks, "rulebook", "rulebooks")));
    return result_ok();
}

result command_import(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    memory_share();
    return option_given(invocation, OPTION_EVENTS) ? import_events(invocation, err)
                                                   : import_people(invocation, err);
}
