#include "web/subject_access.h"

#include "document/document_html.h"
#include "document/document_text.h"
#include "web/resource_part.h"

enum { PAGE_ARENA_BYTES = 256 * 1024 * 1024 }; /* lazily taken */

struct access_page {
    struct document document;
    struct arena *arena;
    const struct rulebook *rulebook;
    const struct subject_access *access;
};

static str date_text(struct arena *arena, date day)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(arena, str_from_c(text));
}

static str instant_text(struct arena *arena, instant when)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(when, text);
    return arena_copy(arena, str_from_c(text));
}

static str known_day_text(struct arena *arena, struct known_day day)
{
    return day.known ? date_text(arena, day.day) : STR("not known");
}

static void put_row(struct access_page *page, const str *cells, size_t count)
{
    document_begin(&page->document, BLOCK_ROW);
    for (size_t i = 0; i < count; i++) {
        document_cell(&page->document, cells[i]);
    }
    document_end(&page->document);
}

static str stage_title(const struct access_page *page, str name)
{
    const uint32_t stage = rulebook_stage(page->rulebook, name);
    return stage == NOT_FOUND_INDEX ? name : page->rulebook->stages[stage].title;
}

static str fact_title(const struct access_page *page, str name)
{
    const uint32_t fact = rulebook_fact(page->rulebook, name);
    return fact == NOT_FOUND_INDEX || page->rulebook->facts[fact].title.len == 0
               ? name
               : page->rulebook->facts[fact].title;
}

static void put_summary(struct access_page *page)
{
    static const int32_t widths[] = {300, 700};
    static const char *const headings[] = {"What", "As it is recorded"};
    const struct person_answer *person = &page->access->person;
    const struct person_row *row = &person->view.person;
    document_heading(&page->document, 2, STR("who"), STR("Who you are to us"));
    document_table(&page->document, STR("Who you are"), widths, headings, 2);
    put_row(page, (const str[]){STR("Reference"), row->reference}, 2);
    put_row(page, (const str[]){STR("Name"), person->view.identity.name}, 2);
    put_row(page,
            (const str[]){STR("Date of birth"),
                          known_day_text(page->arena, person->view.identity.born_on)},
            2);
    put_row(page, (const str[]){STR("Registered on"), date_text(page->arena, row->registered_on)},
            2);
    put_row(page,
            (const str[]){STR("Where your case is"),
                          arena_format(page->arena, "%.*s, since %.*s",
                                       STR_ARG(stage_title(page, row->stage)),
                                       STR_ARG(date_text(page->arena, row->stage_since)))},
            2);
    put_row(page,
            (const str[]){STR("Last contact"), known_day_text(page->arena, row->last_contact_on)},
            2);
    for (size_t i = 0; i < person->family_count; i++) {
        put_row(page, (const str[]){STR("Member of your family"), person->family[i].reference}, 2);
    }
    document_end(&page->document);
}

static void put_facts(struct access_page *page)
{
    static const int32_t widths[] = {300, 180, 130, 190, 200};
    static const char *const headings[] = {"What", "Recorded as", "True from", "Recorded at",
                                           "Known from"};
    document_heading(&page->document, 2, STR("facts"), STR("What is recorded about you"));
    document_paragraph(&page->document,
                       STR("Every value that was ever recorded, also those that were corrected."));
    document_table(&page->document, STR("What is recorded"), widths, headings, 5);
    for (size_t i = 0; i < page->access->fact_count; i++) {
        const struct fact_row *row = &page->access->facts[i];
        const str value =
            row->withdrawn
                ? arena_format(page->arena, "%.*s (taken back on %.*s)", STR_ARG(row->value),
                               STR_ARG(date_text(page->arena, instant_date(row->withdrawn_at))))
                : row->value;
        put_row(page,
                (const str[]){fact_title(page, row->fact), value,
                              date_text(page->arena, row->true_from),
                              instant_text(page->arena, row->recorded_at), row->source},
                5);
    }
    document_end(&page->document);
}

static str history_sentence(struct access_page *page, const struct history_line *line)
{
    json_t *object = part_history_line(page->rulebook, line);
    const str text = arena_copy(page->arena, json_str_or_empty(object, "text"));
    json_decref(object);
    return text;
}

static void put_history(struct access_page *page)
{
    static const int32_t widths[] = {200, 130, 200, 470};
    static const char *const headings[] = {"Recorded at", "For the day", "By", "What happened"};
    document_heading(&page->document, 2, STR("history"), STR("What happened"));
    document_table(&page->document, STR("What happened"), widths, headings, 4);
    for (size_t i = 0; i < page->access->history_count; i++) {
        const struct history_line *line = &page->access->history[i];
        put_row(page,
                (const str[]){instant_text(page->arena, line->event.recorded_at),
                              date_text(page->arena, line->event.effective_on),
                              line->actor.len > 0 ? line->actor : STR("the register itself"),
                              history_sentence(page, line)},
                4);
    }
    document_end(&page->document);
}

static void put_looks(struct access_page *page)
{
    static const int32_t widths[] = {220, 230, 200, 350};
    static const char *const headings[] = {"When", "Role", "At what", "Why, in their words"};
    document_heading(&page->document, 2, STR("looks"), STR("Who looked at your record"));
    document_table(&page->document, STR("Who looked"), widths, headings, 4);
    for (size_t i = 0; i < page->access->look_count; i++) {
        const struct look_line *line = &page->access->looks[i];
        put_row(page,
                (const str[]){instant_text(page->arena, line->look.at), line->role,
                              line->look.purpose, line->look.reason},
                4);
    }
    document_end(&page->document);
}

static void build_page(struct access_page *page, date today)
{
    document_init(
        &page->document, page->arena,
        (struct document_about){.language = STR("en"),
                                .title = STR("Everything recorded about you"),
                                .subject = page->access->person.view.person.reference,
                                .running_head = page->access->person.view.person.reference,
                                .day = today});
    document_heading(&page->document, 1, STR(""), STR("Everything recorded about you"));
    document_paragraph(&page->document,
                       STR("This is everything that the register holds about you, where each thing "
                           "is known from, when it was recorded, and who looked at it. People who "
                           "acted or looked are named by their role. If something is wrong you can "
                           "ask for it to be corrected; if it should not be used, for its "
                           "processing to be restricted."));
    put_summary(page);
    put_facts(page);
    put_history(page);
    put_looks(page);
}

result subject_access_write(const struct rulebook *rulebook, const struct subject_access *access,
                            enum subject_access_form form, date today, struct buf *buf,
                            struct err *err)
{
    PART_ARENA arena = {0};
    TRY(arena_open(&arena, PAGE_ARENA_BYTES, err));
    struct access_page page = {.arena = &arena, .rulebook = rulebook, .access = access};
    build_page(&page, today);
    TRY(document_finish(&page.document, err));
    switch (form) {
    case SUBJECT_ACCESS_HTML:
        document_html_write(&page.document, buf);
        break;
    case SUBJECT_ACCESS_TEXT:
        document_text_write(&page.document, arena, buf);
        break;
    }
    return result_ok();
}
