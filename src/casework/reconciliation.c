/* Invariants:
 *   1. everybody is counted once: each person's course adds one to one line, whatever its stage is
 *      called, and each record that is a part of another to those;
 *   2. how many there must be comes from elsewhere: from the headers of the events. */
#include "casework/joined.h"

/* What one person's course adds up to. */
struct standing {
    bool registered;
    int64_t stage; /* word; 0: not on record on that day */
    bool has_contact;
    date contact;
};

struct reconciling {
    const struct casework *casework;
    const struct caller *caller;
    const struct edition_asked *asked;
    const struct publication_policy *policy;
    struct arena *arena;
    struct sitting sitting;
    struct edition edition;
    struct stage_words words;
    struct reconciliation_line *by_word; /* indexed by word; people 0: none */
    struct joined joined;
    struct reconciliation answer;
};

/* --- counting --- */

static result stand(const struct edition *edition, str passages, struct standing *ret_standing,
                    struct err *err)
{
    struct course_reader reader;
    struct passage passage;
    struct standing standing = {.registered = false};
    course_reader_init(&reader, passages);
    while (course_next(&reader, &passage)) {
        if (!edition_has(edition, &passage, edition->as_of)) {
            continue;
        }
        standing.registered = standing.registered || passage.kind == PASSAGE_REGISTERED;
        standing.stage =
            passage_has_stage(&passage, edition->as_of) ? passage.stage : standing.stage;
        if (passage.kind == PASSAGE_CONTACT &&
            (!standing.has_contact || date_before(standing.contact, passage.on))) {
            standing.has_contact = true;
            standing.contact = passage.on;
        }
    }
    *ret_standing = standing;
    return reader.damaged ? err_set(err, ERROR_STORAGE, "The course of a person is damaged")
                          : result_ok();
}

static void count_contact(const struct reconciling *work, const struct standing *standing,
                          struct reconciliation_line *line)
{
    const struct band_list *bands = &work->policy->contact_days;
    const int32_t age =
        standing->has_contact ? date_days_between(standing->contact, work->edition.as_of) : -1;
    line->contact[standing->has_contact ? band_of(bands, age) : bands->count]++;
    line->oldest_contact_days = age > line->oldest_contact_days ? age : line->oldest_contact_days;
}

/* Somebody whose first step was recorded with an earlier day than their registration is in the
 * register from the registration on. */
static result count_person(void *context, const struct person_course *course, struct err *err)
{
    struct reconciling *work = context;
    struct arena scratch = *work->arena;
    const bool part = joined_is_part(&work->joined, course->person);
    str passages = course->passages;
    struct standing standing;
    TRY(part ? result_ok()
             : joined_course(&work->joined, course->person, &scratch, &passages, err));
    TRY(stand(&work->edition, passages, &standing, err));
    if (!standing.registered || part) {
        work->answer.merged += standing.registered ? 1 : 0;
        return result_ok();
    }
    if (standing.stage < 0 || (size_t)standing.stage >= work->words.word_count) {
        return err_set(err, ERROR_STORAGE, "Person %lld is in no stage", (long long)course->person);
    }
    struct reconciliation_line *line = &work->by_word[standing.stage];
    line->people++;
    count_contact(work, &standing, line);
    return result_ok();
}

/* --- adding up --- */

static enum reconciliation_kind kind_of(const struct rulebook *rulebook, uint32_t stage)
{
    if (stage == NOT_FOUND_INDEX) {
        return RECONCILED_OPEN; /* of an earlier rulebook: nobody says that it is an end */
    }
    return rulebook->stages[stage].outcome               ? RECONCILED_OUTCOME
           : rulebook->stages[stage].whereabouts_unknown ? RECONCILED_WHEREABOUTS_UNKNOWN
                                                         : RECONCILED_OPEN;
}

static void add_line(struct reconciling *work, struct reconciliation_line *lines, size_t word)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    struct reconciliation *answer = &work->answer;
    const uint32_t stage = work->words.stages[word];
    struct reconciliation_line line = work->by_word[word];
    line.kind = kind_of(rulebook, stage);
    line.stage = work->words.words[word];
    line.title = word == 0                  ? STR("Not on record on that day")
                 : stage == NOT_FOUND_INDEX ? line.stage
                                            : rulebook->stages[stage].title;
    int64_t *const sums[] = {[RECONCILED_OUTCOME] = &answer->outcomes,
                             [RECONCILED_OPEN] = &answer->open,
                             [RECONCILED_WHEREABOUTS_UNKNOWN] = &answer->whereabouts_unknown};
    *sums[line.kind] += line.people;
    lines[answer->line_count++] = line;
}

/* Stages in the order of the rulebook, those of earlier rulebooks last; a stage of which nobody is
 * in has no line. */
static result add_lines(struct reconciling *work, struct err *err)
{
    const size_t words = work->words.word_count;
    const size_t stages = work->casework->rulebook->stage_count;
    struct reconciliation_line *lines =
        ARENA_NEW(work->arena, struct reconciliation_line, words + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (uint32_t stage = 0; stage <= stages; stage++) {
        const uint32_t wanted = stage < stages ? stage : NOT_FOUND_INDEX;
        for (size_t word = 0; word < words; word++) {
            if (work->words.stages[word] == wanted && work->by_word[word].people > 0) {
                add_line(work, lines, word);
            }
        }
    }
    work->answer.lines = lines;
    return result_ok();
}

/* --- as a table --- */

static const char *const kind_titles[] = {
    [RECONCILED_OUTCOME] = "Outcome",
    [RECONCILED_OPEN] = "Open",
    [RECONCILED_WHEREABOUTS_UNKNOWN] = "Open, whereabouts unknown",
};

static str number_text(struct arena *arena, int64_t number)
{
    return arena_format(arena, "%lld", (long long)number);
}

static str *put_line(const struct reconciling *work, const struct reconciliation_line *line,
                     str *cells)
{
    const size_t bands = work->policy->contact_days.count;
    const bool outcome = line->kind == RECONCILED_OUTCOME;
    *cells++ = str_from_c(kind_titles[line->kind]);
    *cells++ = line->title;
    *cells++ = number_text(work->arena, line->people);
    for (size_t i = 0; i <= bands; i++) {
        *cells++ = outcome ? STR("") : number_text(work->arena, line->contact[i]);
    }
    *cells++ = outcome ? STR("")
               : line->oldest_contact_days < 0
                   ? STR("Unknown")
                   : number_text(work->arena, line->oldest_contact_days);
    return cells;
}

static str *put_sum(const struct reconciling *work, const char *kind, int64_t people, str *cells)
{
    const size_t columns = work->answer.sheet.column_count;
    cells[0] = str_from_c(kind);
    cells[1] = STR("Total");
    cells[2] = number_text(work->arena, people);
    for (size_t i = 3; i < columns; i++) {
        cells[i] = STR("");
    }
    return cells + columns;
}

static void put_columns(struct reconciling *work, struct sheet *sheet)
{
    const struct band_list *bands = &work->policy->contact_days;
    sheet_column(sheet, STR("Where they are"), false, true);
    sheet_column(sheet, STR("Stage"), false, true);
    sheet_column(sheet, STR("People"), true, false);
    for (size_t i = 0; i < bands->count; i++) {
        const str label = band_label(bands, i, work->arena);
        sheet_column(sheet, arena_format(work->arena, "Last contact %.*s days ago", STR_ARG(label)),
                     true, false);
    }
    sheet_column(sheet, STR("No contact confirmed"), true, false);
    sheet_column(sheet, STR("Oldest last contact, days ago"), true, false);
}

static result put_notes(struct reconciling *work, struct sheet *sheet, struct err *err)
{
    const struct reconciliation *answer = &work->answer;
    sheet_note(
        sheet, "Counted",
        STR("people, each once: everybody whose registration is recorded, from that day on"));
    sheet_note(sheet, "Withdrawn",
               STR("a claim that is withdrawn is not an outcome: the person is counted as open, in "
                   "the stage they are in"));
    sheet_note(sheet, "Residual",
               arena_format(work->arena,
                            "%lld: %lld %s in the list of events, less the sum of the lines, which "
                            "comes from each person's own course",
                            (long long)answer->residual, (long long)answer->everybody,
                            str_noun(answer->everybody, "registration", "registrations")));
    sheet_note(
        sheet, "Small numbers",
        STR("are shown, so that it adds up: this is an account of the record, and no table to "
            "publish as it stands"));
    return edition_notes(&work->edition, work->arena, sheet, err);
}

static result make_sheet(struct reconciling *work, struct err *err)
{
    struct reconciliation *answer = &work->answer;
    struct sheet *sheet = &answer->sheet;
    *sheet = (struct sheet){.name = STR("reconciliation"), .title = STR(RECONCILIATION_TITLE)};
    put_columns(work, sheet);
    TRY(put_notes(work, sheet, err));
    str *cells = ARENA_NEW(work->arena, str, (answer->line_count + 6) * sheet->column_count);
    if (cells == NULL) {
        return arena_full(err);
    }
    sheet->cells = cells;
    sheet->row_count = answer->line_count + 6;
    for (size_t i = 0; i < answer->line_count; i++) {
        cells = put_line(work, &answer->lines[i], cells);
    }
    cells = put_sum(work, "Outcomes", answer->outcomes, cells);
    cells = put_sum(work, "Open by stage", answer->open, cells);
    cells = put_sum(work, "Whereabouts unknown", answer->whereabouts_unknown, cells);
    cells = put_sum(work, "Merged into another record", answer->merged, cells);
    cells = put_sum(work, "Everybody ever recorded", answer->everybody, cells);
    (void)put_sum(work, "Residual", answer->residual, cells);
    return result_ok();
}

/* --- the whole --- */

static result begin(struct reconciling *work, struct transaction *transaction, struct err *err)
{
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_STATISTICS, work->arena, err));
    TRY(edition_resolve(&work->sitting, work->asked, &work->edition, err));
    TRY(stage_words_read(&work->sitting, &work->words, err));
    work->by_word = ARENA_NEW(work->arena, struct reconciliation_line, work->words.word_count + 1);
    if (work->by_word == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->words.word_count; i++) {
        work->by_word[i].oldest_contact_days = -1;
    }
    work->answer = (struct reconciliation){.position = work->edition.position,
                                           .as_of = work->edition.as_of,
                                           .contact_days = work->policy->contact_days};
    return result_ok();
}

static result reconcile(struct transaction *transaction, void *context, struct err *err)
{
    struct reconciling *work = context;
    struct reconciliation *answer = &work->answer;
    TRY(begin(work, transaction, err));
    TRY(joined_read(&work->sitting, &work->edition, &work->joined, err));
    TRY(transaction_each_course(transaction, 1, INT64_MAX, false, count_person, work, err));
    TRY(add_lines(work, err));
    TRY(transaction_count_registered(transaction, work->edition.as_of, work->edition.known_at,
                                     work->edition.position, &answer->everybody, err));
    answer->residual = answer->everybody - answer->outcomes - answer->open -
                       answer->whereabouts_unknown - answer->merged;
    return make_sheet(work, err);
}

result casework_reconcile(const struct casework *casework, const struct caller *caller,
                          const struct edition_asked *asked,
                          const struct publication_policy *policy, struct arena *arena,
                          struct reconciliation *ret_reconciliation, struct err *err)
{
    struct reconciling work = {
        .casework = casework, .caller = caller, .asked = asked, .policy = policy, .arena = arena};
    TRY(store_read(casework->store, reconcile, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "reconciliation", err));
    *ret_reconciliation = work.answer;
    return result_ok();
}
