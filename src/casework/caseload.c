#include "casework/caseload.h"

#include "casework/parts.h"

#include <stdlib.h>
#include <string.h>

/* The two passes, gathering and filling, are each cut into parts that share nothing they write:
 * gathering by ranges of ids, filling by whole blocks of rows. What cannot be cut - sets of
 * countries, and people of whom something was recorded after the instant asked about - is filled at
 * the end. */

enum {
    GATHER_BYTES_BASE = 64 * 1024 * 1024,
    GATHER_BYTES_EACH = 512, /* five times what is usual; taken only as far as it is used */
    FILL_SCRATCH_BYTES = 64 * 1024 * 1024,
    COLUMNS_BYTES_BASE = 16 * 1024 * 1024,
    COLUMNS_BYTES_EACH = 256, /* of a row without its facts */
    CELL_BYTES_MAX = sizeof(int64_t),
};

/* Somebody as gathered. */
struct gathered {
    struct caseload_person person;
    instant recorded_until;
    str facts; /* packed */
    struct gathered *next;
};

struct gathering {
    const struct caseload_asked *asked;
    struct transaction *transaction;
    const str *words;
    size_t word_count;
    const bool *words_asked; /* by word: is it a stage that was asked about? */
    int64_t first;
    int64_t last;
    struct arena *arena;
    struct gathered *head;
    struct gathered **tail;
    size_t count;
};

struct filling {
    const struct rulebook *rulebook;
    struct columns_builder *builder;
    date on;
    instant known_at;
    const uint32_t
        *facts; /* by number of the store: the rulebook's fact, NOT_FOUND_INDEX: unwanted */
    size_t fact_count;
    const str *words;
    size_t word_count;
    struct gathered *const *rows;
    size_t begin; /* of the rows */
    size_t end;
    bool sets; /* only sets of countries, or all but those */
    struct arena memory;
    const struct value **values; /* by number of the fact and word: NULL when not parsed yet */
};

static result refuse_damaged(struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE, "The caseload is damaged"),
                  "the hint returns the failure");
    return err_hint(err, "Make the rows anew from the events: returnhub rebuild");
}

/* --- gathering --- */

static result gather_person(void *context, const struct caseload *caseload, struct err *err)
{
    struct gathering *gathering = context;
    if (caseload->stage <= 0 || (size_t)caseload->stage >= gathering->word_count) {
        return refuse_damaged(err);
    }
    const bool asked_about = gathering->words_asked[caseload->stage];
    if (!asked_about && !(gathering->asked->families && caseload->family != 0)) {
        return result_ok();
    }
    struct gathered *person = ARENA_NEW_UNSET(gathering->arena, struct gathered, 1);
    const str reference = arena_copy(gathering->arena, caseload->reference);
    const str facts = arena_copy(gathering->arena, caseload->facts);
    if (person == NULL || reference.at == NULL || facts.at == NULL) {
        return arena_full(err);
    }
    *person = (struct gathered){
        .person = {.id = caseload->person,
                   .reference = reference,
                   .stage = gathering->words[caseload->stage],
                   .hub = caseload->hub,
                   .family = caseload->family,
                   .registered_on = caseload->registered_on,
                   .next_check_on = caseload->next_check_on,
                   .asked_about = asked_about},
        .recorded_until = caseload->recorded_until,
        .facts = facts,
    };
    *gathering->tail = person;
    gathering->tail = &person->next;
    gathering->count++;
    return result_ok();
}

static result gather_named(struct gathering *gathering, struct err *err)
{
    const struct caseload_asked *asked = gathering->asked;
    for (size_t i = 0; i < asked->people_count; i++) {
        const int64_t id = asked->people[i];
        if (id >= gathering->first && id <= gathering->last) {
            TRY(transaction_each_caseload(gathering->transaction, id, id, gather_person, gathering,
                                          err));
        }
    }
    return result_ok();
}

static result gather_part(void *context, struct err *err)
{
    struct gathering *gathering = context;
    if (gathering->asked->people != NULL) {
        return gather_named(gathering, err);
    }
    return transaction_each_caseload(gathering->transaction, gathering->first, gathering->last,
                                     gather_person, gathering, err);
}

static result find_stages(const struct sitting *sitting, const struct caseload_asked *asked,
                          const str *words, size_t word_count, const bool **ret_asked,
                          struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    bool *words_asked = ARENA_NEW(sitting->arena, bool, word_count);
    if (words_asked == NULL) {
        return arena_full(err);
    }
    for (size_t i = 1; i < word_count; i++) {
        const uint32_t stage = rulebook_stage(rulebook, words[i]);
        words_asked[i] = stage != NOT_FOUND_INDEX ? asked->stages[stage] : asked->other_stages;
    }
    *ret_asked = words_asked;
    return result_ok();
}

/* Everybody has one event at least, so that ids may have gaps without costing memory. */
static result open_arena(struct sitting *sitting, int64_t ids, struct arena *arena, struct err *err)
{
    int64_t events = 0;
    TRY(transaction_event_count(sitting->transaction, &events, err));
    const int64_t people = ids < events ? ids : events;
    return arena_open(arena, (size_t)GATHER_BYTES_BASE + (size_t)people * GATHER_BYTES_EACH, err);
}

static result gather(struct sitting *sitting, struct transaction *const *transactions, size_t count,
                     struct gathering *first, struct arena *gathered, struct gathering *ret_parts,
                     struct err *err)
{
    struct part parts[CASELOAD_THREADS] = {{.work = gather_part}};
    int64_t last = 0;
    TRY(transaction_last_id(sitting->transaction, SUBJECT_OF_PERSON, &last, err));
    const int64_t each = last / (int64_t)count + 1;
    for (size_t i = 0; i < count; i++) {
        TRY(open_arena(sitting, each, &gathered[i], err));
        ret_parts[i] = *first;
        ret_parts[i].transaction = transactions[i];
        ret_parts[i].first = (int64_t)i * each;
        ret_parts[i].last = i + 1 == count ? INT64_MAX : (int64_t)(i + 1) * each - 1;
        ret_parts[i].arena = &gathered[i];
        ret_parts[i].tail = &ret_parts[i].head;
        parts[i] = (struct part){.work = gather_part, .context = &ret_parts[i]};
    }
    return parts_run(parts, count, err);
}

/* --- families --- */

static int compare_numbers(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Leaves out who is neither asked about nor of the family of somebody who is. */
static result keep_families(struct gathered **rows, size_t *count, struct arena scratch,
                            struct err *err)
{
    int64_t *families = ARENA_NEW(&scratch, int64_t, *count + 1);
    size_t family_count = 0;
    size_t kept = 0;
    if (families == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < *count; i++) {
        if (rows[i]->person.asked_about && rows[i]->person.family != 0) {
            families[family_count++] = rows[i]->person.family;
        }
    }
    qsort(families, family_count, sizeof families[0], compare_numbers);
    for (size_t i = 0; i < *count; i++) {
        const struct caseload_person *person = &rows[i]->person;
        if (person->asked_about || bsearch(&person->family, families, family_count,
                                           sizeof families[0], compare_numbers) != NULL) {
            rows[kept++] = rows[i];
        }
    }
    *count = kept;
    return result_ok();
}

static size_t count_gathered(const struct gathering *parts, size_t count)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++) {
        all += parts[i].count;
    }
    return all;
}

/* All rows, in the order of ids. */
static result list_rows(const struct gathering *parts, size_t count, struct arena *arena,
                        struct gathered ***ret_rows, size_t *ret_count, struct err *err)
{
    size_t filled = 0;
    struct gathered **rows =
        ARENA_NEW_UNSET(arena, struct gathered *, count_gathered(parts, count) + 1);
    if (rows == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        for (struct gathered *person = parts[i].head; person != NULL; person = person->next) {
            rows[filled++] = person;
        }
    }
    TRY(keep_families(rows, &filled, *arena, err));
    *ret_rows = rows;
    *ret_count = filled;
    return result_ok();
}

/* Room for everybody gathered, in the widest form of every fact that is wanted. */
static result open_memory(const struct rulebook *rulebook, const bool *wanted, size_t people,
                          struct arena *arena, struct err *err)
{
    const size_t rows = people + COLUMNS_BLOCK_ROWS;
    size_t facts = 0;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        facts += wanted[i] ? 1 : 0;
    }
    return arena_open(
        arena, COLUMNS_BYTES_BASE + rows * (COLUMNS_BYTES_EACH + facts * CELL_BYTES_MAX), err);
}

/* --- values --- */

/* By the rulebook's own reading; unreadable is unknown. */
static result parse_value(struct filling *filling, uint32_t fact, str text, struct arena *arena,
                          struct value *ret_value, struct err *err)
{
    struct err failure = {0};
    const struct fact *item = &filling->rulebook->facts[fact];
    if (value_parse(filling->rulebook, item, text, arena, ret_value, &failure).ok) {
        return result_ok();
    }
    *ret_value = value_unknown();
    return failure.code == ERROR_LIMIT ? arena_full(err) : result_ok();
}

static result value_of_word(struct filling *filling, const struct packed_entry *entry,
                            uint32_t fact, const struct value **ret_value, struct err *err)
{
    if ((uint64_t)entry->value.number >= filling->word_count) {
        return refuse_damaged(err);
    }
    const size_t word = (size_t)entry->value.number;
    const struct value **cell = &filling->values[(size_t)entry->fact * filling->word_count + word];
    if (*cell == NULL) {
        struct value *value = ARENA_NEW(&filling->memory, struct value, 1);
        if (value == NULL) {
            return arena_full(err);
        }
        TRY(parse_value(filling, fact, filling->words[word], &filling->memory, value, err));
        *cell = value;
    }
    *ret_value = *cell;
    return result_ok();
}

static result set_text(struct filling *filling, size_t row, const struct packed_entry *entry,
                       uint32_t fact, struct err *err)
{
    struct arena scratch = filling->memory;
    struct value value;
    const str text = packed_value_text(&entry->value, &scratch);
    if (text.at == NULL) {
        return arena_full(err);
    }
    TRY(parse_value(filling, fact, text, &scratch, &value, err));
    return value.known ? columns_set(filling->builder, row, fact, &value, err) : result_ok();
}

static result set_fact(struct filling *filling, size_t row, const struct packed_entry *entry,
                       uint32_t fact, struct err *err)
{
    const enum fact_type type = filling->rulebook->facts[fact].type;
    if (entry->value.kind == PACKED_WORD) {
        const struct value *value = NULL;
        TRY(value_of_word(filling, entry, fact, &value, err));
        return value->known ? columns_set(filling->builder, row, fact, value, err) : result_ok();
    }
    if ((entry->value.kind == PACKED_DAY && type == FACT_DATE) ||
        (entry->value.kind == PACKED_NUMBER && type == FACT_NUMBER)) {
        const struct value value = value_number(entry->value.number);
        return columns_set(filling->builder, row, fact, &value, err);
    }
    return set_text(filling, row, entry, fact, err);
}

/* --- filling --- */

static result fill_row(struct filling *filling, size_t row, struct err *err)
{
    struct packed_reader reader;
    struct packed_entry entry;
    packed_reader_init(&reader, filling->rows[row]->facts);
    while (packed_next(&reader, filling->on, &entry)) {
        if ((uint64_t)entry.fact >= filling->fact_count) {
            return refuse_damaged(err);
        }
        const uint32_t fact = filling->facts[entry.fact];
        if (fact != NOT_FOUND_INDEX &&
            (filling->rulebook->facts[fact].type == FACT_COUNTRIES) == filling->sets) {
            TRY(set_fact(filling, row, &entry, fact, err));
        }
    }
    return reader.damaged ? refuse_damaged(err) : result_ok();
}

static bool is_late(const struct filling *filling, size_t row)
{
    return filling->rows[row]->recorded_until.milliseconds > filling->known_at.milliseconds;
}

static result fill_rows(struct filling *filling, struct err *err)
{
    filling->values = ARENA_NEW(&filling->memory, const struct value *,
                                filling->fact_count * filling->word_count);
    if (filling->values == NULL) {
        return arena_full(err);
    }
    for (size_t row = filling->begin; row < filling->end; row++) {
        if (!is_late(filling, row)) {
            TRY(fill_row(filling, row, err));
        }
    }
    return result_ok();
}

static result fill_part(void *context, struct err *err)
{
    struct filling *filling = context;
    if (filling->begin == filling->end) {
        return result_ok();
    }
    TRY(arena_open(&filling->memory, FILL_SCRATCH_BYTES, err));
    const result filled = fill_rows(filling, err);
    arena_close(&filling->memory);
    return filled;
}

static result fill_together(const struct filling *all, size_t row_count, size_t count,
                            struct err *err)
{
    struct filling fillings[CASELOAD_THREADS];
    struct part parts[CASELOAD_THREADS];
    const size_t blocks = (row_count + COLUMNS_BLOCK_ROWS - 1) / COLUMNS_BLOCK_ROWS;
    const size_t each = (blocks + count - 1) / count * COLUMNS_BLOCK_ROWS;
    for (size_t i = 0; i < count; i++) {
        fillings[i] = *all;
        fillings[i].begin = i * each < row_count ? i * each : row_count;
        fillings[i].end = (i + 1) * each < row_count ? (i + 1) * each : row_count;
        parts[i] = (struct part){.work = fill_part, .context = &fillings[i]};
    }
    return parts_run(parts, count, err);
}

static result fill_sets(const struct filling *all, const bool *wanted, size_t row_count,
                        struct err *err)
{
    struct filling filling = *all;
    bool any = false;
    for (size_t i = 0; i < all->rulebook->fact_count; i++) {
        any = any || (wanted[i] && all->rulebook->facts[i].type == FACT_COUNTRIES);
    }
    filling.sets = true;
    filling.end = row_count;
    return any ? fill_part(&filling, err) : result_ok();
}

static result fill_late_row(struct sitting *sitting, const struct filling *all, size_t row,
                            const struct case_time *when, struct err *err)
{
    struct subject_facts facts;
    TRY(facts_load(sitting, SUBJECT_OF_PERSON, all->rows[row]->person.id, when, &facts, err));
    for (uint32_t i = 0; i < all->rulebook->fact_count; i++) {
        if (columns_wants(all->builder, i) && facts.values[i].known) {
            TRY(columns_set(all->builder, row, i, &facts.values[i], err));
        }
    }
    return result_ok();
}

static result fill_late(const struct sitting *sitting, const struct filling *all, size_t row_count,
                        const struct case_time *when, struct err *err)
{
    for (size_t row = 0; row < row_count; row++) {
        if (is_late(all, row)) {
            /* Sets of countries are copied by columns_set; all else is forgotten again. */
            struct arena memory;
            struct sitting reading = *sitting;
            TRY(arena_open(&memory, FILL_SCRATCH_BYTES, err));
            reading.arena = &memory;
            const result filled = fill_late_row(&reading, all, row, when, err);
            arena_close(&memory);
            TRY(filled);
        }
    }
    return result_ok();
}

/* Which fact of the rulebook each of the store's is. */
static result find_facts(const struct sitting *sitting, const struct filling *filling,
                         const str *names, size_t count, const uint32_t **ret_facts,
                         struct err *err)
{
    uint32_t *facts = ARENA_NEW(sitting->arena, uint32_t, count);
    if (facts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t fact = i == 0 ? NOT_FOUND_INDEX : rulebook_fact(filling->rulebook, names[i]);
        const bool wanted = fact != NOT_FOUND_INDEX && !filling->rulebook->facts[fact].counted &&
                            columns_wants(filling->builder, fact);
        facts[i] = wanted ? fact : NOT_FOUND_INDEX;
    }
    *ret_facts = facts;
    return result_ok();
}

static result fill(struct sitting *sitting, const struct caseload_asked *asked,
                   struct filling *filling, size_t row_count, size_t threads, struct err *err)
{
    const str *names = NULL;
    TRY(transaction_fact_names(sitting->transaction, sitting->arena, &names, &filling->fact_count,
                               err));
    TRY(find_facts(sitting, filling, names, filling->fact_count, &filling->facts, err));
    TRY(fill_together(filling, row_count, threads, err));
    TRY(fill_sets(filling, asked->facts, row_count, err));
    return fill_late(sitting, filling, row_count, &asked->when, err);
}

/* --- the whole --- */

result caseload_asks_families(const struct rulebook *rulebook,
                              const struct screen_question *question, struct arena scratch,
                              bool *ret_families, struct err *err)
{
    struct columns_builder *builder = NULL;
    struct columns nobody;
    const struct screen *screen = NULL;
    TRY(columns_begin(rulebook, NULL, 0, &scratch, &builder, err));
    TRY(columns_finish(builder, NULL, &nobody, err));
    TRY(screen_compile(&nobody, question, screen_best_level(), &scratch, &screen, err));
    *ret_families = screen_asks_families(screen);
    return result_ok();
}

static result finish(struct columns_builder *builder, struct gathered *const *rows, size_t count,
                     struct arena scratch, struct caseload_columns *caseload, struct err *err)
{
    struct arena *arena = &caseload->memory;
    struct caseload_person *people = ARENA_NEW_UNSET(arena, struct caseload_person, count + 1);
    int64_t *families = ARENA_NEW_UNSET(&scratch, int64_t, count + 1);
    if (people == NULL || families == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        people[i] = rows[i]->person;
        people[i].reference = arena_copy(arena, rows[i]->person.reference);
        families[i] = rows[i]->person.family;
        if (people[i].reference.at == NULL) {
            return arena_full(err);
        }
    }
    caseload->people = people;
    return columns_finish(builder, families, &caseload->columns, err);
}

/* What was gathered, into columns. */
static result fill_columns(struct sitting *sitting, const struct caseload_asked *asked,
                           const struct gathering *parts, size_t threads,
                           struct caseload_columns *caseload, struct err *err)
{
    struct gathered **rows = NULL;
    size_t count = 0;
    struct filling filling = {
        .rulebook = sitting->casework->rulebook,
        .on = asked->when.on,
        .known_at = asked->when.known_at,
        .words = parts[0].words,
        .word_count = parts[0].word_count,
    };
    TRY(open_memory(filling.rulebook, asked->facts, count_gathered(parts, threads),
                    &caseload->memory, err));
    TRY(list_rows(parts, threads, parts[0].arena, &rows, &count, err));
    filling.rows = rows;
    TRY(columns_begin(filling.rulebook, asked->facts, count, &caseload->memory, &filling.builder,
                      err));
    TRY(fill(sitting, asked, &filling, count, threads, err));
    return finish(filling.builder, rows, count, *parts[0].arena, caseload, err);
}

result caseload_load(struct sitting *sitting, struct transaction *const *transactions,
                     size_t transaction_count, const struct caseload_asked *asked,
                     struct caseload_columns *caseload, struct err *err)
{
    ASSERT(!asked->when.past && sitting->transaction == transactions[0]);
    ASSERT(asked->people == NULL || !asked->families);
    const size_t threads =
        transaction_count < CASELOAD_THREADS ? transaction_count : CASELOAD_THREADS;
    struct gathering parts[CASELOAD_THREADS];
    struct gathering first = {.asked = asked};
    *caseload = (struct caseload_columns){.people = NULL};
    TRY(transaction_words(sitting->transaction, sitting->arena, &first.words, &first.word_count,
                          err));
    TRY(find_stages(sitting, asked, first.words, first.word_count, &first.words_asked, err));
    struct arena gathered[CASELOAD_THREADS] = {{0}};
    result loaded = gather(sitting, transactions, threads, &first, gathered, parts, err);
    if (loaded.ok) {
        loaded = fill_columns(sitting, asked, parts, threads, caseload, err);
    }
    for (size_t i = 0; i < CASELOAD_THREADS; i++) {
        arena_close(&gathered[i]);
    }
    return loaded;
}

result caseload_sight_of(struct sitting *sitting, enum action action,
                         struct caseload_sight *ret_sight, struct err *err)
{
    struct caseload_sight sight = {.action = action,
                                   .everybody = may_everywhere(&sitting->account, action)};
    TRY(sitting_hidden(sitting, action, &sight.hidden, err));
    *ret_sight = sight;
    return result_ok();
}

result caseload_sees(struct sitting *sitting, const struct caseload_sight *sight,
                     const struct caseload_person *person, bool *ret_sees, struct err *err)
{
    const struct person_row whom = {.id = person->id, .hub = person->hub};
    if (sight->everybody || hidden_has(&sight->hidden, person->id)) {
        *ret_sees = !hidden_has(&sight->hidden, person->id);
        return result_ok();
    }
    return sitting_may_person(sitting, &whom, sight->action, ret_sees, err);
}

void caseload_close(struct caseload_columns *caseload)
{
    arena_close(&caseload->memory);
}
