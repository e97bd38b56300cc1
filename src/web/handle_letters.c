/* Letters to people (casework/notices.h): those of a person, one of them, in each form in which it
 * can be had, and what of them is translated and approved. They are called letters in addresses,
 * for "notice" is what a page says once. */
#include "web/deed.h"
#include "web/resource_notice.h"
#include "web/view_table.h"

#include "document/document_html.h"
#include "document/document_pdf.h"
#include "format/language.h"

enum {
    LETTER_BYTES_MAX = 8 * 1024 * 1024,
    PDF_ARENA_BYTES = 128 * 1024 * 1024,
    LANGUAGE_NAME_MAX = 64
};

static const struct view_state states[] = {
    {"issued", "Issued, not served", "yellow"},
    {"served", "Served", "green"},
    {"cancelled", "Cancelled", "grey"},
};
enum { STATE_COUNT = sizeof states / sizeof states[0] };

static str number_text(const struct exchange *exchange, int64_t number)
{
    return arena_format(exchange->arena, "%lld", (long long)number);
}

static str letter_base(const struct exchange *exchange, int64_t number)
{
    return page_href(exchange->arena, "/letters/%s", number_text(exchange, number), STR(""));
}

/* "Albanian"; the code when nothing is known of it. */
static str title_of_letter(const struct exchange *exchange, str name)
{
    const struct notice_book *book = exchange->casework->notices;
    const struct notice_definition *notice = book == NULL ? NULL : notice_find(&book->set, name);
    return notice == NULL ? name : notice_title(notice);
}

static str name_of_language(const struct exchange *exchange, str language)
{
    str name = STR("");
    return language_name(language, STR(NOTICE_LANGUAGE), exchange->arena, &name, NULL).ok
               ? name
               : language;
}

/* --- the letters of a person ------------------------------------------------------------------ */

static json_t *letters_table(const struct exchange *exchange, const struct notice_answer *notices,
                             size_t count)
{
    static const struct view_column columns[] = {{"Number", true},
                                                 {"Letter", false},
                                                 {"Beside English", false},
                                                 {"Issued", false},
                                                 {"What became of it", false}};
    const struct view_context context = handler_view(exchange);
    struct view_table table;
    view_table_open(&table, &context, STR("Letters"), columns, 5, "No letter was written to them.");
    for (size_t i = 0; i < count; i++) {
        const struct notice_answer *one = &notices[i];
        const bool both = !str_equal(one->content.language, STR(NOTICE_LANGUAGE));
        json_auto_t *issued = json_of_date(one->issued_on);
        view_row(&table);
        view_cell_text(&table, number_text(exchange, one->number));
        view_cell_link(&table, one->content.originals[0], letter_base(exchange, one->number));
        view_cell_text(&table,
                       both ? name_of_language(exchange, one->content.language) : STR("Nothing"));
        view_cell_when(&table, issued);
        view_cell(&table);
        view_put_state(&table, states, STATE_COUNT, str_from_c(notice_state_name(one->state)));
    }
    return view_table_close(&table);
}

static const struct deed writing[1];

result handle_letters(struct exchange *exchange, struct err *err)
{
    const str person = exchange_person(exchange);
    const struct notice_answer *notices = NULL;
    size_t count = 0;
    TRY(casework_notices(exchange->casework, &exchange->caller, person, exchange->arena, &notices,
                         &count, err));
    json_auto_t *resource = resource_notices(notices, count);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "letters", STR("Letters"), "/people");
    handler_person_crumbs(&page, person);
    page_set(&page, "lead",
             json_of_str(STR("A letter that is not served starts no time and clears nothing.")));
    page_set(&page, "table", letters_table(exchange, notices, count));
    deeds_offer(&page, writing, exchange->casework->notices == NULL ? 0 : 1,
                page_href(exchange->arena, "/people/%s/letters", person, STR("")), resource);
    return page_answer(&page, 200, err);
}

/* --- writing one ------------------------------------------------------------------------------ */

static const struct input_field writing_fields[] = {
    {"notice", "Letter", NULL, INPUT_CHOICE, "Choose the letter", NULL},
    {"language", "Language beside English", "Only an approved translation is issued", INPUT_CHOICE,
     "Choose the language", NULL},
    {"hub", "Hub", "Only for a letter that is about a hub", INPUT_CHOICE, NULL, NULL},
};

static result choose_language(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct notice_book *book = exchange->casework->notices;
    const struct translation_line *lines = NULL;
    size_t count = 0;
    TRY(casework_translations(exchange->casework, &exchange->caller, exchange->arena, &lines,
                              &count, err));
    TRY(deed_choices(form, "language", book->catalogue_count + 1, err));
    deed_choice(form, "language", STR(NOTICE_LANGUAGE), STR("None: in English alone"));
    for (size_t i = 0; i < book->catalogue_count; i++) {
        const str language = book->catalogues[i].language;
        const str name = name_of_language(exchange, language);
        bool approved = false;
        for (size_t k = 0; k < count; k++) {
            approved =
                approved || (lines[k].approval != 0 && str_equal(lines[k].language, language));
        }
        deed_choice(form, "language", language,
                    approved ? name
                             : speech_fill_for_staff(
                                   exchange, "{{language}}, in which no letter is approved", name));
    }
    return result_ok();
}

static result choose_hub(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct hub_line *hubs = NULL;
    size_t count = 0;
    TRY(casework_hubs(exchange->casework, &exchange->caller, exchange->arena, &hubs, &count, err));
    TRY(deed_choices(form, "hub", count, err));
    for (size_t i = 0; i < count; i++) {
        deed_choice(form, "hub", hubs[i].row.reference, hubs[i].row.name);
    }
    return result_ok();
}

static result prepare_writing(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct notice_book *book = exchange->casework->notices;
    if (book == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "There are no texts of letters here");
    }
    TRY(deed_choices(form, "notice", book->set.count, err));
    for (size_t i = 0; i < book->set.count; i++) {
        deed_choice(form, "notice", book->set.notices[i].name, notice_title(&book->set.notices[i]));
    }
    TRY(choose_language(form, err));
    return choose_hub(form, err);
}

static result act_write(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct notice_answer answer;
    const struct notice_order order = {.person = exchange_person(exchange),
                                       .notice = deed_text(form, "notice"),
                                       .language = deed_text(form, "language"),
                                       .hub = deed_text(form, "hub")};
    TRY(casework_issue_notice(exchange->casework, &exchange->caller, &order, exchange->arena,
                              &answer, err));
    form->answer = resource_notice(&answer);
    form->status = 201;
    form->to = letter_base(exchange, answer.number);
    return result_ok();
}

static const struct deed writing[1] = {
    {.name = "new",
     .link = "Write a letter",
     .title = "Write a letter",
     .lead = "It is filled in from the record and kept word by word. What is put in and is not "
             "known is a reason not to write it.",
     .submit = "Issue the letter",
     .notice = "letter-issued",
     .action = ACTION_ISSUE_NOTICE,
     .fields = writing_fields,
     .field_count = sizeof writing_fields / sizeof writing_fields[0],
     .prepare = prepare_writing,
     .act = act_write},
};

static result open_writing(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const str person = exchange_person(exchange);
    const struct notice_answer *notices = NULL;
    size_t count = 0;
    if (exchange->request->method != HTTP_POST) { /* the form is shown of a person in sight alone */
        TRY(casework_notices(exchange->casework, &exchange->caller, person, exchange->arena,
                             &notices, &count, err));
    }
    form->base = page_href(form->exchange->arena, "/people/%s/letters", person, STR(""));
    form->caption = person;
    form->page.area = "/people";
    handler_person_crumbs(&form->page, person);
    page_crumb(&form->page, STR("Letters"), form->base);
    return result_ok();
}

result handle_letter_new(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, writing, 1, STR("new"), NULL, open_writing, err);
}

/* --- one -------------------------------------------------------------------------------------- */

static const struct input_field service_fields[] = {
    {"method", "How it was served", NULL, INPUT_CHOICE, "Choose how it was served", NULL},
    {"on", "The day of service", NULL, INPUT_DATE, "Enter the day of service", NULL},
    {"understood", "Did the person understand it, in their language?", NULL, INPUT_CHOICE,
     "Say whether the person understood it", NULL},
    {"proof", "What shows it", "A signature, a recording, a tracking number", INPUT_TEXT,
     "Enter what shows it", NULL},
};

static const struct input_field cancel_fields[] = {
    {"reason", "Reason", NULL, INPUT_TEXT, "Enter the reason", NULL},
};

static const struct notice_answer *letter_of(const struct deed_form *form)
{
    return form->thing;
}

static result prepare_service(struct deed_form *form, struct err *err)
{
    const struct notice_answer *letter = letter_of(form);
    TRY(deed_choices(form, "method", letter->way_count, err));
    TRY(deed_choices(form, "understood", 2, err));
    for (size_t i = 0; i < letter->way_count; i++) {
        const struct view_context context = handler_view(form->exchange);
        deed_choice(form, "method", letter->ways[i], view_plain(&context, letter->ways[i]));
    }
    deed_choice(form, "understood", STR("yes"), STR("Yes"));
    deed_choice(form, "understood", STR("no"), STR("No"));
    deed_begin_day(form, "on", handler_today(form->exchange));
    return result_ok();
}

static result act_serve(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct record_answer answer;
    const struct notice_service service = {.notice = letter_of(form)->number,
                                           .on = deed_day(form, "on").day,
                                           .method = deed_text(form, "method"),
                                           .understood =
                                               str_equal(deed_text(form, "understood"), STR("yes")),
                                           .proof = deed_text(form, "proof")};
    TRY(casework_serve_notice(exchange->casework, &exchange->caller, &service, exchange->arena,
                              &answer, err));
    deed_recorded(form, &answer);
    return result_ok();
}

static result act_cancel(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct notice_answer answer;
    TRY(casework_cancel_notice(exchange->casework, &exchange->caller, letter_of(form)->number,
                               deed_text(form, "reason"), exchange->arena, &answer, err));
    form->answer = resource_notice(&answer);
    return result_ok();
}

static bool is_issued(const json_t *resource)
{
    return str_equal(json_str_or_empty(resource, "state"), STR("issued"));
}

static const struct deed deeds[] = {
    {.name = "service",
     .link = "Record that it was served",
     .title = "Record that the letter was served",
     .lead = "What the letter says of itself is recorded with it, and its time begins. Requests "
             "that are no longer clear stop at once.",
     .submit = "Record the service",
     .notice = "recorded",
     .action = ACTION_SERVE_NOTICE,
     .fields = service_fields,
     .field_count = sizeof service_fields / sizeof service_fields[0],
     .fits = is_issued,
     .prepare = prepare_service,
     .act = act_serve},
    {.name = "cancellation",
     .link = "Cancel it",
     .title = "Cancel the letter",
     .lead = "It was not served, and will not be. It stays in the history.",
     .submit = "Cancel the letter",
     .notice = "recorded",
     .action = ACTION_ISSUE_NOTICE,
     .fields = cancel_fields,
     .field_count = sizeof cancel_fields / sizeof cancel_fields[0],
     .fits = is_issued,
     .act = act_cancel},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

static result load(struct exchange *exchange, struct notice_answer *ret_answer, struct err *err)
{
    int64_t number = 0;
    TRY(exchange_position(exchange, 0, &number, err));
    return casework_notice(exchange->casework, &exchange->caller, number, exchange->arena,
                           ret_answer, err);
}

static json_t *letter_lines(const struct exchange *exchange, const struct notice_content *content)
{
    json_t *lines = json_array();
    int paragraph = 0;
    for (size_t i = 0; i < content->count; i++) {
        const enum notice_line_kind kind = content->kinds[i];
        json_t *line = json_object();
        paragraph += kind == NOTICE_PARAGRAPH ? 1 : 0;
        const char *before = kind == NOTICE_ITEM ? "• " : "";
        const str number = kind == NOTICE_PARAGRAPH
                               ? arena_format(exchange->arena, "%d. ", paragraph)
                               : str_from_c(before);
        json_set_str(line, "original",
                     arena_format(exchange->arena, "%.*s%.*s", STR_ARG(number),
                                  STR_ARG(content->originals[i])));
        json_set_str(line, "translation",
                     arena_format(exchange->arena, "%.*s%.*s", STR_ARG(number),
                                  STR_ARG(content->translations[i])));
        json_set_flag(line, "strong", kind == NOTICE_TITLE || kind == NOTICE_HEADING);
        json_add(lines, line);
    }
    return lines;
}

static json_t *letter_summary(const struct exchange *exchange, const struct notice_answer *answer)
{
    const struct view_context context = handler_view(exchange);
    struct view_table pairs;
    char hex[SHA256_HEX_SIZE];
    json_auto_t *issued = json_of_date(answer->issued_on);
    sha256_hex(&answer->hash, hex);
    view_pairs_open(&pairs, &context);
    view_pair_when(&pairs, "Issued", issued);
    view_pair(&pairs, "Issued by", answer->issued_by);
    if (answer->state != NOTICE_STATE_ISSUED) {
        const bool served = answer->state == NOTICE_STATE_SERVED;
        const struct notice_served_body *body = &answer->closed.body.notice_served;
        json_auto_t *closed = json_of_date(answer->closed.effective_on);
        view_pair_when(&pairs, served ? "Served" : "Cancelled", closed);
        view_pair(&pairs, served ? "Served by" : "Cancelled by", answer->closed_by);
        if (served) {
            view_pair(&pairs, "How", view_plain(&context, body->method));
            view_pair(&pairs, "Understood", body->understood != 0 ? STR("Yes") : STR("No"));
            view_pair(&pairs, "What shows it", body->proof);
        } else {
            view_pair(&pairs, "Reason", answer->closed.body.notice_cancelled.reason);
        }
    }
    view_pair(&pairs, "SHA-256 of its text", arena_copy(exchange->arena, str_from_c(hex)));
    return view_table_close(&pairs);
}

static void set_language(const struct exchange *exchange, json_t *view, str language)
{
    json_set_str(view, "language", language);
    json_set_str(view, "language_name", name_of_language(exchange, language));
    json_set_str(view, "direction", language_is_right_to_left(language) ? STR("rtl") : STR("ltr"));
}

static json_t *view_letter(const struct exchange *exchange, const struct notice_answer *answer)
{
    const str language = answer->content.language;
    const str base = letter_base(exchange, answer->number);
    const struct view_state *state = &states[answer->state];
    json_t *view = json_object();
    json_t *tag = json_object();
    json_set_str(tag, "text", str_from_c(state->text));
    json_set_str(tag, "colour", str_from_c(state->colour));
    json_set(view, "tag", tag);
    json_set_str(view, "person", answer->person.reference);
    json_set_str(view, "title", answer->content.originals[0]);
    json_set_flag(view, "both", !str_equal(language, STR(NOTICE_LANGUAGE)));
    set_language(exchange, view, language);
    json_set_str(view, "html_href", arena_format(exchange->arena, "%.*s/page", STR_ARG(base)));
    json_set_str(view, "pdf_href", arena_format(exchange->arena, "%.*s/pdf", STR_ARG(base)));
    json_set_str(view, "text_href", arena_format(exchange->arena, "%.*s/text", STR_ARG(base)));
    json_set(view, "summary", letter_summary(exchange, answer));
    json_set(view, "lines", letter_lines(exchange, &answer->content));
    return view;
}

static void letter_crumbs(struct page *page, const struct notice_answer *answer)
{
    const str person = answer->person.reference;
    page->area = "/people";
    handler_person_crumbs(page, person);
    page_crumb(page, STR("Letters"),
               page_href(page->exchange->arena, "/people/%s/letters", person, STR("")));
}

result handle_letter(struct exchange *exchange, struct err *err)
{
    struct notice_answer answer;
    TRY(load(exchange, &answer, err));
    json_auto_t *resource = resource_notice(&answer);
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "letter", answer.content.originals[0], "/people");
    letter_crumbs(&page, &answer);
    page_set(&page, "letter", view_letter(exchange, &answer));
    deeds_offer(&page, deeds, DEED_COUNT, letter_base(exchange, answer.number), resource);
    return page_answer(&page, 200, err);
}

static result open_letter(struct deed_form *form, struct err *err)
{
    (void)err;
    const struct notice_answer *answer = letter_of(form);
    form->base = letter_base(form->exchange, answer->number);
    form->caption = answer->content.originals[0];
    letter_crumbs(&form->page, answer);
    page_crumb(&form->page, answer->content.originals[0], form->base);
    return result_ok();
}

/* --- as a file -------------------------------------------------------------------------------- */

static result build_letter(const struct exchange *exchange, const struct notice_answer *answer,
                           struct document *document, struct err *err)
{
    static const struct notice_office nobody = {.line_count = 0};
    const struct notice_book *book = exchange->casework->notices;
    notice_document(&answer->content, book == NULL ? &nobody : &book->set.office, answer->number,
                    answer->issued_on, &answer->hash, exchange->arena, document);
    return document_finish(document, err);
}

static result answer_file(struct exchange *exchange, const struct notice_answer *answer,
                          const char *content_type, const char *ending, struct buf *buf,
                          struct err *err)
{
    str bytes = STR("");
    TRY(buf_finish(buf, &bytes, err));
    http_header_set(exchange->response, STR("Content-Disposition"),
                    arena_format(exchange->arena, "attachment; filename=\"letter-%lld.%s\"",
                                 (long long)answer->number, ending));
    answer_not_stored(exchange);
    answer_text(exchange, 200, str_from_c(content_type), bytes);
    return result_ok();
}

static result answer_pdf(struct exchange *exchange, const struct notice_answer *answer,
                         struct buf *buf, struct err *err)
{
    struct document document;
    struct arena scratch;
    TRY(build_letter(exchange, answer, &document, err));
    TRY(arena_open(&scratch, PDF_ARENA_BYTES, err));
    const result written = document_pdf_write(&document, scratch, buf, err);
    arena_close(&scratch);
    TRY(written);
    return answer_file(exchange, answer, "application/pdf", "pdf", buf, err);
}

static result answer_page(struct exchange *exchange, const struct notice_answer *answer,
                          struct buf *buf, struct err *err)
{
    struct document document;
    TRY(build_letter(exchange, answer, &document, err));
    document_html_write(&document, buf);
    return answer_file(exchange, answer, "text/html; charset=utf-8", "html", buf, err);
}

/* "page", "pdf", "text": the letter as a file; otherwise something that can be done with it. */
result handle_letter_deed(struct exchange *exchange, struct err *err)
{
    struct notice_answer answer;
    struct buf buf;
    const str name = exchange->match.parameters[1];
    const bool get = exchange->request->method == HTTP_GET;
    TRY(load(exchange, &answer, err));
    buf_init(&buf, exchange->arena, LETTER_BYTES_MAX);
    if (get && str_equal(name, STR("pdf"))) {
        return answer_pdf(exchange, &answer, &buf, err);
    }
    if (get && str_equal(name, STR("page"))) {
        return answer_page(exchange, &answer, &buf, err);
    }
    if (get && str_equal(name, STR("text"))) {
        notice_content_text(&answer.content, &buf);
        return answer_file(exchange, &answer, "text/plain; charset=utf-8", "txt", &buf, err);
    }
    return deed_answer(exchange, deeds, DEED_COUNT, name, &answer, open_letter, err);
}

/* --- translations ----------------------------------------------------------------------------- */

static void put_approval(struct view_table *table, const struct translation_line *line)
{
    const struct notice_translated *translated = &line->translated;
    view_cell(table);
    if (line->approval != 0) {
        view_put_tag(table, "Approved", "green");
        view_put_quiet(table, line->approved_by);
    } else if (translated->translated < translated->lines) {
        view_put_tag(table, "Not whole", "red");
    } else {
        view_put_tag(table, "Not approved", "yellow");
        view_put_link(table, STR("Approve it"),
                      arena_format(table->context->arena, "/letters/texts/%.*s/%.*s/approval",
                                   STR_ARG(line->notice), STR_ARG(line->language)));
    }
}

static json_t *texts_table(const struct exchange *exchange, const struct translation_line *lines,
                           size_t count)
{
    static const struct view_column columns[] = {
        {"Letter", false},    {"Language", false},          {"Lines", true},
        {"Translated", true}, {"How it came about", false}, {"May it be issued?", false}};
    const struct view_context context = handler_view(exchange);
    struct view_table table;
    view_table_open(&table, &context, STR("Translations"), columns, 6,
                    "There are no translations.");
    for (size_t i = 0; i < count; i++) {
        view_row(&table);
        view_cell_text(&table, title_of_letter(exchange, lines[i].notice));
        view_cell_text(&table, name_of_language(exchange, lines[i].language));
        view_cell(&table);
        view_put_count(&table, (int64_t)lines[i].translated.lines);
        view_cell(&table);
        view_put_count(&table, (int64_t)lines[i].translated.translated);
        view_cell_text(&table, lines[i].status);
        put_approval(&table, &lines[i]);
    }
    return view_table_close(&table);
}

result handle_letter_texts(struct exchange *exchange, struct err *err)
{
    const struct translation_line *lines = NULL;
    size_t count = 0;
    const struct notice_book *book = exchange->casework->notices;
    if (book == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "There are no texts of letters here");
    }
    TRY(casework_translations(exchange->casework, &exchange->caller, exchange->arena, &lines,
                              &count, err));
    if (!exchange_wants_html(exchange)) {
        json_auto_t *resource = resource_translations(book, lines, count);
        return answer_json(exchange, 200, resource, err);
    }
    OWN_PAGE struct page page;
    page_open(&page, exchange, "letters", STR("Texts of letters"), "/rulebook");
    page_set(&page, "lead",
             json_of_str(STR("What is approved is these words. A word that is changed afterwards, "
                             "in either language, is not approved any more.")));
    page_set(&page, "table", texts_table(exchange, lines, count));
    deeds_offer(&page, NULL, 0, STR("/letters/texts"), NULL);
    return page_answer(&page, 200, err);
}

static const struct input_field approval_fields[] = {
    {"remark", "Who read it, and why it may be served", NULL, INPUT_TEXT, "Enter who read it",
     NULL},
};

static result act_approve(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct translation_line line;
    TRY(casework_approve_translation(exchange->casework, &exchange->caller,
                                     exchange->match.parameters[0], exchange->match.parameters[1],
                                     deed_text(form, "remark"), exchange->arena, &line, err));
    form->answer = resource_translation(&line);
    return result_ok();
}

static const struct deed approving = {
    .name = "approval",
    .title = "Approve a translation",
    .lead = "You sign for it that the words say the same. Approved are these words, and no others.",
    .submit = "Approve the translation",
    .notice = "recorded",
    .danger = true,
    .action = ACTION_APPROVE_TRANSLATION,
    .fields = approval_fields,
    .field_count = sizeof approval_fields / sizeof approval_fields[0],
    .act = act_approve,
};

/* What is approved: every line of the letter beside its translation. */
static json_t *words_of(const struct exchange *exchange, str letter, str language)
{
    const struct notice_book *book = exchange->casework->notices;
    const struct notice_definition *notice = book == NULL ? NULL : notice_find(&book->set, letter);
    const struct catalogue *catalogue = book == NULL ? NULL : notice_book_catalogue(book, language);
    enum notice_line_kind kinds[NOTICE_LINES_MAX];
    str originals[NOTICE_LINES_MAX];
    str translations[NOTICE_LINES_MAX];
    struct notice_content content = {
        .kinds = kinds, .originals = originals, .translations = translations};
    json_t *view = json_object();
    if (notice != NULL && catalogue != NULL) {
        content.count = notice->line_count;
    }
    for (size_t i = 0; i < content.count; i++) {
        kinds[i] = notice->lines[i].kind;
        originals[i] = notice->lines[i].text;
        translations[i] = notice_line_translated(catalogue, notice->lines[i].text);
    }
    json_set(view, "lines", letter_lines(exchange, &content));
    json_set_flag(view, "both", true);
    set_language(exchange, view, language);
    return view;
}

/* The form is shown of a text that there is. */
static result check_translation(const struct exchange *exchange, struct err *err)
{
    const struct translation_line *lines = NULL;
    size_t count = 0;
    bool found = exchange->request->method == HTTP_POST;
    TRY(casework_translations(exchange->casework, &exchange->caller, exchange->arena, &lines,
                              &count, err));
    for (size_t i = 0; i < count; i++) {
        found = found || (str_equal(lines[i].notice, exchange->match.parameters[0]) &&
                          str_equal(lines[i].language, exchange->match.parameters[1]));
    }
    return found ? result_ok() : err_set(err, ERROR_NOT_FOUND, "Not found");
}

static result open_approval(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    TRY(check_translation(exchange, err));
    form->base = arena_format(exchange->arena, "/letters/texts/%.*s/%.*s",
                              STR_ARG(exchange->match.parameters[0]),
                              STR_ARG(exchange->match.parameters[1]));
    form->cancel = STR("/letters/texts");
    form->to = STR("/letters/texts");
    form->caption = title_of_letter(exchange, exchange->match.parameters[0]);
    page_set(&form->page, "letter",
             words_of(exchange, exchange->match.parameters[0], exchange->match.parameters[1]));
    form->page.area = "/rulebook";
    page_crumb(&form->page, STR("Texts of letters"), STR("/letters/texts"));
    return result_ok();
}

result handle_letter_approval(struct exchange *exchange, struct err *err)
{
    return deed_answer(exchange, &approving, 1, STR("approval"), NULL, open_approval, err);
}
