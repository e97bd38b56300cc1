#include "cli/notice.h"

#include "casework/notices.h"

#include "cli/departure.h"
#include "document/document_html.h"
#include "document/document_pdf.h"
#include "document/document_text.h"
#include "format/language.h"
#include "web/resource_notice.h"

enum {
    NOTICE_FILES_MAX = 128,
    NOTICE_FILE_BYTES_MAX = 1024 * 1024,
    PAGE_BYTES_MAX = 16 * 1024 * 1024,
    PAGE_ARENA_BYTES = 256 * 1024 * 1024,
};

/* --- the texts -------------------------------------------------------------------------------- */

static str notices_folder(const struct invocation *invocation, const struct rulebook *rulebook)
{
    return option_given(invocation, OPTION_NOTICES)
               ? invocation->options[OPTION_NOTICES]
               : share_folder(
                     invocation,
                     arena_format(invocation->arena, "notices/%.*s", STR_ARG(rulebook->name)).at);
}

static result read_texts(str folder, const char *ending, struct arena *arena,
                         struct notice_file files[NOTICE_FILES_MAX], size_t *ret_count,
                         struct err *err)
{
    const str *names = NULL;
    TRY(system_list_folder(arena_copy(arena, folder).at, str_from_c(ending), arena, &names,
                           ret_count, err));
    if (*ret_count > NOTICE_FILES_MAX) {
        return err_set(err, ERROR_LIMIT, "There are more than %d files in %.*s", NOTICE_FILES_MAX,
                       STR_ARG(folder));
    }
    for (size_t i = 0; i < *ret_count; i++) {
        files[i].name = arena_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        if (files[i].name.at == NULL) {
            return arena_full(err);
        }
        TRY(system_read_file(files[i].name.at, NOTICE_FILE_BYTES_MAX, arena, &files[i].text, err));
    }
    return result_ok();
}

static result read_catalogues(str folder, struct arena *arena, struct notice_book *book,
                              struct err *err)
{
    struct notice_file *files = ARENA_NEW(arena, struct notice_file, NOTICE_FILES_MAX);
    struct catalogue *catalogues = ARENA_NEW(arena, struct catalogue, NOTICE_FILES_MAX);
    size_t count = 0;
    if (files == NULL || catalogues == NULL) {
        return arena_full(err);
    }
    TRY(read_texts(folder, ".po", arena, files, &count, err));
    for (size_t i = 0; i < count; i++) {
        TRY(catalogue_read(files[i].name.at, files[i].text, arena, &catalogues[i], err));
        const result known = language_check(catalogues[i].language, err);
        if (!known.ok) {
            return err_at(err, files[i].name.at, 1, 1);
        }
    }
    book->catalogues = catalogues;
    book->catalogue_count = count;
    return result_ok();
}

/* Every notice is one that the rulebook knows, and records facts that it has. */
static result check_against(const struct rulebook *rulebook, const struct notice_set *set,
                            struct err *err)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct notice_definition *notice = &set->notices[i];
        bool known = false;
        for (size_t k = 0; k < rulebook->notice_count; k++) {
            known = known || str_equal(rulebook->notices[k].name, notice->name);
        }
        if (!known) {
            result_ignore(err_set(err, ERROR_INPUT, "The rulebook has no notice \"%.*s\"",
                                  STR_ARG(notice->name)),
                          "placed next");
            return err_at(err, notice->file, notice->line, 1);
        }
        for (size_t k = 0; k < notice->record_count; k++) {
            if (rulebook_fact(rulebook, notice->records[k].fact) == NOT_FOUND_INDEX) {
                result_ignore(err_set(err, ERROR_INPUT, "The rulebook has no fact \"%.*s\"",
                                      STR_ARG(notice->records[k].fact)),
                              "placed next");
                return err_at(err, notice->file, notice->records[k].line, 1);
            }
        }
    }
    return result_ok();
}

result notice_book_load(const struct invocation *invocation, const struct rulebook *rulebook,
                        struct arena *arena, const struct notice_book **ret_book, struct err *err)
{
    const str folder = notices_folder(invocation, rulebook);
    struct notice_book *book = ARENA_NEW(arena, struct notice_book, 1);
    struct notice_file *files = ARENA_NEW(arena, struct notice_file, NOTICE_FILES_MAX);
    size_t count = 0;
    if (book == NULL || files == NULL) {
        return arena_full(err);
    }
    struct err failure = {0};
    const result read = read_texts(folder, ".notice", arena, files, &count, &failure);
    if (!read.ok && failure.code == ERROR_NOT_FOUND && !option_given(invocation, OPTION_NOTICES)) {
        *ret_book = NULL;
        return result_ok();
    }
    if (!read.ok) {
        *err = failure;
        return read;
    }
    if (count == 0) {
        result_ignore(
            err_set(err, ERROR_NOT_FOUND, "There are no notices in %.*s", STR_ARG(folder)),
            "the hint follows");
        return err_hint(err, "notices are files that end in .notice; name their folder with "
                             "--notices");
    }
    TRY(notice_set_read(files, count, arena, &book->set, err));
    TRY(check_against(rulebook, &book->set, err));
    TRY(read_catalogues(folder, arena, book, err));
    *ret_book = book;
    return result_ok();
}

/* A command that cannot do without. */
static result require_book(const struct invocation *invocation, const struct rulebook *rulebook,
                           const struct notice_book **ret_book, struct err *err)
{
    TRY(notice_book_load(invocation, rulebook, invocation->arena, ret_book, err));
    if (*ret_book != NULL) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_NOT_FOUND, "No notices come with the rulebook \"%.*s\"",
                          STR_ARG(rulebook->name)),
                  "the hint follows");
    return err_hint(err, "name a folder of texts with --notices; notices/README.md says what "
                         "stands in one");
}

static result open_desk(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    TRY(desk_open_as_account(invocation, desk, err));
    return require_book(invocation, desk->rulebook, &desk->casework.notices, err);
}

/* --- printing --------------------------------------------------------------------------------- */

enum letter_format { LETTER_TEXT, LETTER_HTML, LETTER_PDF, LETTER_JSON, LETTER_HASHED };

static result read_format(const struct invocation *invocation, enum letter_format *ret_format,
                          struct err *err)
{
    static const char *const names[] = {[LETTER_TEXT] = "text",
                                        [LETTER_HTML] = "html",
                                        [LETTER_PDF] = "pdf",
                                        [LETTER_JSON] = "json",
                                        [LETTER_HASHED] = "hashed"};
    size_t index = 0;
    TRY(option_format(
        invocation, OPTION_LETTER_FORMAT, names, sizeof names / sizeof names[0],
        "use --format text, html, pdf, json, or hashed for the text that the hash is of", &index,
        err));
    *ret_format = (enum letter_format)index;
    return result_ok();
}

static result write_letter(const struct desk *desk, const struct notice_answer *answer,
                           enum letter_format format, struct arena *arena, struct buf *buf,
                           struct err *err)
{
    struct document document;
    notice_document(&answer->content, &desk->casework.notices->set.office, answer->number,
                    answer->issued_on, &answer->hash, arena, &document);
    TRY(document_finish(&document, err));
    switch (format) {
    case LETTER_TEXT:
        document_text_write(&document, *arena, buf);
        break;
    case LETTER_HTML:
        document_html_write(&document, buf);
        break;
    case LETTER_PDF:
        return document_pdf_write(&document, *arena, buf, err);
    case LETTER_HASHED:
        notice_content_text(&answer->content, buf);
        break;
    case LETTER_JSON:
        break; /* printed by print_letter */
    }
    return result_ok();
}

static result print_letter(const struct invocation *invocation, const struct desk *desk,
                           const struct notice_answer *answer, enum letter_format format,
                           struct err *err)
{
    struct arena arena;
    struct buf buf;
    str text = STR("");
    if (format == LETTER_JSON) {
        json_t *object = resource_notice(answer);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    buf_init(&buf, invocation->arena, PAGE_BYTES_MAX);
    TRY(arena_open(&arena, PAGE_ARENA_BYTES, err));
    const result written = write_letter(desk, answer, format, &arena, &buf, err);
    arena_close(&arena);
    TRY(written);
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

static result print_done(const struct invocation *invocation, const struct notice_answer *answer,
                         const char *done, struct err *err)
{
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_notice(answer);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&answer->hash, hex);
    output_text(invocation->output,
                arena_format(invocation->arena, "%s: notice %lld, %.*s (%.*s)\nSHA-256: %s%s\n",
                             done, (long long)answer->number, STR_ARG(answer->content.originals[0]),
                             STR_ARG(answer->content.language), hex,
                             answer->repeated ? "\n(it was recorded before)" : ""));
    return result_ok();
}

/* --- commands --------------------------------------------------------------------------------- */

static struct notice_order order_of(const struct invocation *invocation)
{
    const bool hub = option_given(invocation, OPTION_HUB);
    const bool language = option_given(invocation, OPTION_LANGUAGE);
    return (struct notice_order){
        .person = invocation->arguments[0],
        .notice = invocation->arguments[1],
        .language = language ? invocation->options[OPTION_LANGUAGE] : STR(""),
        .hub = hub ? invocation->options[OPTION_HUB] : STR(""),
    };
}

result command_notice_draft(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct notice_answer answer;
    enum letter_format format = LETTER_TEXT;
    const struct notice_order order = order_of(invocation);
    *ret_status = 0;
    TRY(read_format(invocation, &format, err));
    TRY(open_desk(invocation, &desk, err));
    TRY(casework_draft_notice(&desk.casework, &desk.caller, &order, invocation->arena, &answer,
                              err));
    return print_letter(invocation, &desk, &answer, format, err);
}

result command_notice_issue(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct notice_answer answer;
    const struct notice_order order = order_of(invocation);
    *ret_status = 0;
    TRY(open_desk(invocation, &desk, err));
    TRY(casework_issue_notice(&desk.casework, &desk.caller, &order, invocation->arena, &answer,
                              err));
    return print_done(invocation, &answer, "Issued", err);
}

static result number_of(const struct invocation *invocation, int64_t *ret_number, struct err *err)
{
    if (str_to_int64(invocation->arguments[0], ret_number, NULL).ok) {
        return result_ok();
    }
    return err_set(err, ERROR_USAGE, "\"%.*s\" is not the number of a notice",
                   STR_ARG(invocation->arguments[0]));
}

result command_notice_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct notice_answer answer;
    enum letter_format format = LETTER_TEXT;
    int64_t number = 0;
    *ret_status = 0;
    TRY(number_of(invocation, &number, err));
    TRY(read_format(invocation, &format, err));
    TRY(open_desk(invocation, &desk, err));
    TRY(casework_notice(&desk.casework, &desk.caller, number, invocation->arena, &answer, err));
    return print_letter(invocation, &desk, &answer, format, err);
}

result command_notice_serve(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct record_answer answer;
    struct notice_service service = {.method = invocation->options[OPTION_METHOD],
                                     .proof = invocation->options[OPTION_PROOF]};
    const date today = instant_date(system_now(system_machine()));
    *ret_status = 0;
    TRY(number_of(invocation, &service.notice, err));
    TRY(option_date(invocation, OPTION_HAPPENED, today, &service.on, err));
    const str understood = option_given(invocation, OPTION_UNDERSTOOD)
                               ? invocation->options[OPTION_UNDERSTOOD]
                               : STR("");
    if (!str_equal(understood, STR("yes")) && !str_equal(understood, STR("no"))) {
        result_ignore(err_set(err, ERROR_USAGE, "Say whether the person understood it"),
                      "the hint follows");
        return err_hint(err, "--understood yes, or --understood no");
    }
    service.understood = str_equal(understood, STR("yes"));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_serve_notice(&desk.casework, &desk.caller, &service, invocation->arena, &answer,
                              err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_record_answer(desk.rulebook, &answer);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    const int64_t facts = answer.event_count == 0 ? 0 : (int64_t)answer.event_count - 1;
    output_text(invocation->output,
                arena_format(invocation->arena, "Served: notice %lld, with %lld %s%s\n",
                             (long long)service.notice, (long long)facts,
                             str_noun(facts, "fact", "facts"),
                             answer.repeated ? " (it was recorded before)" : ""));
    departure_print_stopped(invocation, &answer);
    return result_ok();
}

result command_notice_cancel(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct notice_answer answer;
    int64_t number = 0;
    *ret_status = 0;
    TRY(number_of(invocation, &number, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_cancel_notice(&desk.casework, &desk.caller, number,
                               invocation->options[OPTION_REASON], invocation->arena, &answer,
                               err));
    return print_done(invocation, &answer, "Cancelled", err);
}

static str approval_words(const struct translation_line *line, struct arena *arena)
{
    if (line->approval != 0) {
        return arena_format(arena, "approved by %.*s", STR_ARG(line->approved_by));
    }
    return line->translated.translated < line->translated.lines
               ? arena_format(arena, "%zu of %zu %s", line->translated.translated,
                              line->translated.lines,
                              str_noun((int64_t)line->translated.lines, "line", "lines"))
               : STR("not approved");
}

static void print_translations(const struct invocation *invocation, const struct desk *desk,
                               const struct translation_line *lines, size_t count)
{
    static const char *const names[] = {"notice", "version", "language", "translation", "status"};
    static const int widths[] = {22, 8, 9, 26, 0};
    struct arena *arena = invocation->arena;
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 5};
    table_begin(&table);
    const struct notice_set *set = &desk->casework.notices->set;
    for (size_t i = 0; i < set->count; i++) {
        const str version = arena_format(arena, "%lld", (long long)set->notices[i].version);
        table_row(&table, *arena,
                  (const str[]){set->notices[i].name, version, STR(NOTICE_LANGUAGE),
                                STR("the original"), set->notices[i].lines[0].text});
        for (size_t k = 0; k < count; k++) {
            if (str_equal(lines[k].notice, set->notices[i].name)) {
                table_row(&table, *arena,
                          (const str[]){lines[k].notice, version, lines[k].language,
                                        approval_words(&lines[k], arena), lines[k].status});
            }
        }
    }
}

static result print_json(const struct invocation *invocation, json_t *object, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}

result command_notice_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct translation_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(open_desk(invocation, &desk, err));
    TRY(casework_translations(&desk.casework, &desk.caller, invocation->arena, &lines, &count,
                              err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_translations(desk.casework.notices, lines, count),
                          err);
    }
    print_translations(invocation, &desk, lines, count);
    return result_ok();
}

result command_notice_of(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"number", "issued", "language", "state", "notice"};
    static const int widths[] = {9, 11, 9, 10, 0};
    OWN_DESK struct desk desk = {.store = NULL};
    const struct notice_answer *notices = NULL;
    size_t count = 0;
    struct arena *arena = invocation->arena;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_notices(&desk.casework, &desk.caller, invocation->arguments[0], arena, &notices,
                         &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_notices(notices, count), err);
    }
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 5};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        char day[DATE_TEXT_SIZE];
        date_format(notices[i].issued_on, day);
        table_row(&table, *arena,
                  (const str[]){arena_format(arena, "%lld", (long long)notices[i].number),
                                str_from_c(day), notices[i].content.language,
                                str_from_c(notice_state_name(notices[i].state)),
                                notices[i].content.originals[0]});
    }
    return result_ok();
}

result command_notice_approve(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct translation_line line;
    *ret_status = 0;
    TRY(open_desk(invocation, &desk, err));
    TRY(casework_approve_translation(&desk.casework, &desk.caller, invocation->arguments[0],
                                     invocation->arguments[1], invocation->options[OPTION_REASON],
                                     invocation->arena, &line, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_translation(&line), err);
    }
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&line.translated.identity, hex);
    output_text(invocation->output,
                arena_format(invocation->arena, "Approved: %.*s, version %lld, %.*s\nSHA-256: %s\n",
                             STR_ARG(line.notice), (long long)line.version, STR_ARG(line.language),
                             hex));
    return result_ok();
}

result command_notice_check(const struct invocation *invocation, int *ret_status, struct err *err)
{
    const struct rulebook *rulebook = NULL;
    const struct notice_book *book = NULL;
    struct arena *arena = invocation->arena;
    *ret_status = 0;
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), arena, &rulebook, err));
    TRY(require_book(invocation, rulebook, &book, err));
    for (size_t i = 0; i < book->catalogue_count; i++) {
        for (size_t k = 0; k < book->set.count; k++) {
            struct notice_translated translated;
            TRY(notice_translation(&book->set.notices[k], &book->catalogues[i], *arena, &translated,
                                   err));
            output_text(invocation->output,
                        arena_format(arena, "%.*s  %.*s: %zu of %zu %s\n",
                                     STR_ARG(book->catalogues[i].language),
                                     STR_ARG(book->set.notices[k].name), translated.translated,
                                     translated.lines,
                                     str_noun((int64_t)translated.lines, "line", "lines")));
            *ret_status = translated.translated < translated.lines ? 1 : *ret_status;
        }
    }
    return result_ok();
}
