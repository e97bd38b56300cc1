#include "casework/table_count.h"

#include "casework/joined.h"

#include <string.h>

enum {
    CELLS_FIRST = 1024,
    CELLS_MAX = 1 << 22,
    LIFE_BYTES = 512 * 1024 * 1024, /* taken from the system only as far as it is used */
};

/* One person as the edition knows them. */
struct life {
    int64_t person;
    const struct person_course *course;
    struct passage *passages; /* in the edition, on or before the day it is as at */
    int64_t *stage_after;     /* words */
    date *stage_since;        /* the stage that the person is in after the passage */
    int64_t *hub_after;       /* at which hub they are placed */
    size_t count;
    bool has_facts;
    const struct packed_entry *facts;
    size_t fact_count;
};

/* One thing that is counted. */
struct unit {
    const struct life *life;
    size_t after; /* how many passages lie before it, itself among them */
    date on;
    const struct passage *passage; /* NULL: of none */
    int64_t stage;
    date stage_since;
    int64_t hub;
    int64_t agreement;
    int64_t value;
    int64_t safeguard;
    bool yes;
};

/* What is known of a hub or an agreement. */
struct other_facts {
    enum subject_kind kind;
    int64_t subject;
    struct packed_entry *facts;
    size_t count;
};

enum { OTHERS_MAX = 256 };

struct counting {
    struct other_facts others[OTHERS_MAX];
    size_t other_count;
    struct sitting *sitting;
    struct table_counts *counts;
    const struct table_plan *plan;
    struct joined joined;
    struct arena scratch; /* of one person */
    struct course_reader reader;
    struct life life;
};

/* --- facts ------------------------------------------------------------------------------------ */

/* Everything of the subject that was recorded by this instant belongs to the edition, and nothing
 * else: the events of one subject are recorded in the order of time. */
static result subject_limit(struct sitting *sitting, const struct edition *edition,
                            enum subject_kind kind, int64_t subject, instant *ret_limit,
                            struct err *err)
{
    *ret_limit = edition->known_at;
    if (!edition->is_past) {
        return result_ok();
    }
    instant last;
    TRY(transaction_subject_instant(sitting->transaction, kind, subject, edition->position, &last,
                                    err));
    ret_limit->milliseconds = last.milliseconds < edition->known_at.milliseconds
                                  ? last.milliseconds
                                  : edition->known_at.milliseconds;
    return result_ok();
}

/* Rows as they were at the instant. */
static size_t rows_then(struct fact_row *rows, size_t count, instant limit)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].recorded_at.milliseconds > limit.milliseconds) {
            continue;
        }
        rows[kept] = rows[i];
        rows[kept].withdrawn =
            rows[i].withdrawn && rows[i].withdrawn_at.milliseconds <= limit.milliseconds;
        kept++;
    }
    return kept;
}

static struct packed_entry entry_of(const struct table_plan *plan, const struct fact_row *row)
{
    struct packed_entry entry = {.fact = table_plan_fact(plan, row->fact),
                                 .true_from = row->true_from,
                                 .value = packed_value_of(row->value)};
    if (entry.value.kind == PACKED_WORD) {
        entry.value.number = table_plan_word(plan, row->value);
    }
    return entry;
}

static result entries_then(struct sitting *sitting, const struct table_plan *plan,
                           enum subject_kind kind, int64_t subject, instant limit,
                           struct arena *arena, struct packed_entry **ret_entries,
                           size_t *ret_count, struct err *err)
{
    const struct fact_row *all = NULL;
    size_t count = 0;
    TRY(transaction_fact_rows(sitting->transaction, kind, subject, limit, arena, &all, &count,
                              err));
    struct fact_row *rows = ARENA_NEW(arena, struct fact_row, count + 1);
    struct packed_entry *entries = ARENA_NEW(arena, struct packed_entry, count + 1);
    if (rows == NULL || entries == NULL) {
        return arena_full(err);
    }
    if (count > 0) {
        memcpy(rows, all, count * sizeof *rows);
    }
    count = rows_then(rows, count, limit);
    size_t made = 0;
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count && str_equal(rows[end].fact, rows[begin].fact)) {
            end++;
        }
        const size_t kept = fact_rows_keep_current(rows + begin, end - begin);
        for (size_t i = 0; i < kept; i++) {
            entries[made++] = entry_of(plan, &rows[begin + i]);
        }
    }
    *ret_entries = entries;
    *ret_count = made;
    return result_ok();
}

result edition_facts(struct sitting *sitting, const struct table_plan *plan, enum subject_kind kind,
                     int64_t subject, struct arena *arena, struct packed_entry **ret_entries,
                     size_t *ret_count, struct err *err)
{
    instant limit = {0};
    TRY(subject_limit(sitting, &plan->edition, kind, subject, &limit, err));
    return entries_then(sitting, plan, kind, subject, limit, arena, ret_entries, ret_count, err);
}

const struct packed_entry *edition_fact(const struct packed_entry *entries, size_t count,
                                        int64_t fact, date on)
{
    const struct packed_entry *found = NULL;
    for (size_t i = 0; fact != 0 && i < count; i++) {
        const bool counts = entries[i].fact == fact && entries[i].true_from.day <= on.day;
        if (counts && (found == NULL || entries[i].true_from.day >= found->true_from.day)) {
            found = &entries[i];
        }
    }
    return found;
}

/* The same of all records that are one person. */
static result person_limit(struct counting *counting, int64_t person, instant *ret_limit,
                           struct err *err)
{
    const int64_t *records = NULL;
    size_t count = 0;
    TRY(joined_records(&counting->joined, person, &counting->scratch, &records, &count, err));
    ret_limit->milliseconds = INT64_MIN;
    for (size_t i = 0; i < count; i++) {
        instant limit;
        TRY(subject_limit(counting->sitting, &counting->plan->edition, SUBJECT_OF_PERSON,
                          records[i], &limit, err));
        *ret_limit = limit.milliseconds > ret_limit->milliseconds ? limit : *ret_limit;
    }
    return result_ok();
}

/* From the caseload, unless something was recorded of the person after the edition, or the record
 * is no person of its own any more. */
static result read_facts(struct counting *counting, struct life *life, struct err *err)
{
    struct packed_entry *entries = NULL;
    instant limit = {0};
    if (life->has_facts) {
        return result_ok();
    }
    TRY(person_limit(counting, life->person, &limit, err));
    if (life->course->has_facts &&
        life->course->recorded_until.milliseconds <= limit.milliseconds) {
        TRY(packed_unpack(life->course->facts, &counting->scratch, &entries, &life->fact_count,
                          err));
    } else {
        TRY(entries_then(counting->sitting, counting->plan, SUBJECT_OF_PERSON, life->person, limit,
                         &counting->scratch, &entries, &life->fact_count, err));
    }
    life->facts = entries;
    life->has_facts = true;
    return result_ok();
}

static result fact_on(struct counting *counting, const struct unit *unit, int64_t fact,
                      const struct packed_entry **ret_entry, struct err *err)
{
    TRY(read_facts(counting, &counting->life, err));
    *ret_entry = edition_fact(counting->life.facts, counting->life.fact_count, fact, unit->on);
    return result_ok();
}

/* The facts of a hub or an agreement, read once. */
static result facts_of_other(struct counting *counting, enum subject_kind kind, int64_t subject,
                             const struct other_facts **ret_facts, struct err *err)
{
    for (size_t i = 0; i < counting->other_count; i++) {
        if (counting->others[i].kind == kind && counting->others[i].subject == subject) {
            *ret_facts = &counting->others[i];
            return result_ok();
        }
    }
    if (counting->other_count == OTHERS_MAX) {
        return err_set(err, ERROR_LIMIT, "The table would ask about more than %d hubs", OTHERS_MAX);
    }
    struct other_facts *other = &counting->others[counting->other_count];
    *other = (struct other_facts){.kind = kind, .subject = subject};
    TRY(edition_facts(counting->sitting, counting->plan, kind, subject, counting->counts->arena,
                      &other->facts, &other->count, err));
    counting->other_count++;
    *ret_facts = other;
    return result_ok();
}

/* A fact of the person, or of the hub or agreement that the unit is about. */
static result fact_of_subject(struct counting *counting, const struct unit *unit, uint32_t fact,
                              int64_t number, const struct packed_entry **ret_entry,
                              struct err *err)
{
    const enum subject subject = counting->plan->rulebook->facts[fact].subject;
    const int64_t id = subject == SUBJECT_HUB ? unit->hub : unit->agreement;
    const struct other_facts *other = NULL;
    *ret_entry = NULL;
    if (subject == SUBJECT_PERSON) {
        return fact_on(counting, unit, number, ret_entry, err);
    }
    if (id == 0) {
        return result_ok();
    }
    TRY(facts_of_other(counting, subject == SUBJECT_HUB ? SUBJECT_OF_HUB : SUBJECT_OF_AGREEMENT, id,
                       &other, err));
    *ret_entry = edition_fact(other->facts, other->count, number, unit->on);
    return result_ok();
}

static int64_t code_of(const struct table_plan *plan, const struct packed_entry *entry)
{
    if (entry == NULL ||
        (entry->value.kind == PACKED_WORD && entry->value.number == plan->unknown_word)) {
        return CODE_UNKNOWN;
    }
    switch (entry->value.kind) {
    case PACKED_WORD:
        return entry->value.number;
    case PACKED_NUMBER:
        return code_of_numbers + entry->value.number;
    case PACKED_DAY:
    case PACKED_TEXT:
        return CODE_UNKNOWN; /* nothing is broken down by days or by somebody's words */
    }
    return CODE_UNKNOWN;
}

/* --- a life ----------------------------------------------------------------------------------- */

static result make_life(struct counting *counting, const struct person_course *course,
                        struct err *err)
{
    const size_t most = course_passages_max(course->passages) + 1;
    struct life *life = &counting->life;
    *life = (struct life){.person = course->person, .course = course};
    life->passages = ARENA_NEW(&counting->scratch, struct passage, most);
    life->stage_after = ARENA_NEW(&counting->scratch, int64_t, most);
    life->hub_after = ARENA_NEW(&counting->scratch, int64_t, most);
    life->stage_since = ARENA_NEW(&counting->scratch, date, most);
    return life->passages == NULL || life->stage_after == NULL || life->hub_after == NULL ||
                   life->stage_since == NULL
               ? arena_full(err)
               : result_ok();
}

static result keep_safeguards(struct counting *counting, struct passage *passage, struct err *err)
{
    if (passage->safeguard_count == 0) {
        return result_ok();
    }
    int64_t *kept = ARENA_NEW(&counting->scratch, int64_t, passage->safeguard_count);
    if (kept == NULL) {
        return arena_full(err);
    }
    memcpy(kept, passage->safeguards, passage->safeguard_count * sizeof *kept);
    passage->safeguards = kept;
    return result_ok();
}

/* It is said not to have happened. */
static void drop_passage(struct life *life, int64_t position)
{
    size_t kept = 0;
    for (size_t i = 0; i < life->count; i++) {
        if (life->passages[i].position != position) {
            life->passages[kept++] = life->passages[i];
        }
    }
    life->count = kept;
}

static result read_passages(struct counting *counting, const struct person_course *course,
                            struct err *err)
{
    const struct edition *edition = &counting->plan->edition;
    struct course_reader *reader = &counting->reader;
    struct life *life = &counting->life;
    course_reader_init(reader, course->passages);
    while (course_next(reader, &life->passages[life->count])) {
        struct passage *passage = &life->passages[life->count];
        const bool cancels = passage->kind == PASSAGE_CANCELLED;
        if (!edition_has(edition, passage, cancels ? passage->on : edition->as_of)) {
            continue;
        }
        if (cancels) {
            drop_passage(life, passage->request);
            continue;
        }
        TRY(keep_safeguards(counting, passage, err));
        life->count++;
    }
    return reader->damaged ? err_set(err, ERROR_STORAGE, "The course of person %lld is damaged",
                                     (long long)course->person)
                           : result_ok();
}

static result read_life(struct counting *counting, const struct person_course *course,
                        struct err *err)
{
    struct life *life = &counting->life;
    int64_t stage = 0;
    int64_t hub = 0;
    date since = {0};
    TRY(make_life(counting, course, err));
    TRY(read_passages(counting, course, err));
    for (size_t i = 0; i < life->count; i++) {
        const struct passage *passage = &life->passages[i];
        if (passage_has_stage(passage, counting->plan->edition.as_of)) {
            since = passage->stage != stage ? passage_stage_on(passage) : since;
            stage = passage->stage;
        }
        hub = passage->place > 0 ? passage->hub : passage->place < 0 ? 0 : hub;
        life->stage_after[i] = stage;
        life->stage_since[i] = since;
        life->hub_after[i] = hub;
    }
    return result_ok();
}

/* Of a unit that is a passage. The hub is the one that the step is about, or where the person was.
 */
static struct unit unit_of(const struct life *life, size_t index)
{
    const struct passage *passage = &life->passages[index];
    const int64_t was_at = index > 0 ? life->hub_after[index - 1] : 0;
    return (struct unit){
        .life = life,
        .after = index + 1,
        .on = passage->on,
        .passage = passage,
        .stage = life->stage_after[index],
        .stage_since = index > 0 ? life->stage_since[index - 1] : passage_stage_on(passage),
        .hub = passage->hub != 0 ? passage->hub : was_at,
        .agreement = passage->agreement,
    };
}

/* --- codes ------------------------------------------------------------------------------------ */

static bool in_set(const struct word_set *set, int64_t word)
{
    return word > 0 && set->has[word];
}

/* The day from which a time is counted; false when it is not known. */
static result anchor_of(struct counting *counting, const struct planned_dimension *dimension,
                        const struct unit *unit, bool *ret_known, date *ret_day, struct err *err)
{
    const struct life *life = unit->life;
    const struct packed_entry *entry = NULL;
    *ret_known = false;
    switch (dimension->definition->anchor) {
    case ANCHOR_CLAIM:
        for (size_t i = 0; !*ret_known && i < life->count; i++) {
            *ret_known = life->passages[i].kind == PASSAGE_REGISTERED;
            *ret_day = life->passages[i].on;
        }
        break;
    case ANCHOR_STAGE:
        *ret_known = unit->stage != 0;
        *ret_day = unit->stage_since;
        break;
    case ANCHOR_STEP:
        for (size_t i = unit->after; !*ret_known && i > 0; i--) {
            const struct passage *passage = &life->passages[i - 1];
            *ret_known = passage != unit->passage && passage->kind == PASSAGE_TAKEN &&
                         passage->step == dimension->anchor_step;
            *ret_day = passage->on;
        }
        break;
    case ANCHOR_FACT:
        TRY(fact_on(counting, unit, dimension->fact_number, &entry, err));
        *ret_known = entry != NULL && entry->value.kind == PACKED_DAY;
        *ret_day = (date){*ret_known ? (int32_t)entry->value.number : 0};
        break;
    }
    return result_ok();
}

/* Whole months, as birthdays are counted. */
static int64_t months_between(date from, date to)
{
    const struct civil a = date_to_civil(from);
    const struct civil b = date_to_civil(to);
    return (int64_t)(b.year - a.year) * 12 + (b.month - a.month) - (b.day < a.day ? 1 : 0);
}

static int64_t code_of_band(const struct band_list *bands, int64_t number)
{
    const size_t band = band_of(bands, number);
    return band < bands->count ? (int64_t)band + 1 : CODE_UNKNOWN;
}

static result code_of_since(struct counting *counting, const struct planned_dimension *dimension,
                            const struct unit *unit, int64_t *ret_code, struct err *err)
{
    const struct dimension *definition = dimension->definition;
    bool known = false;
    date from = {0};
    TRY(anchor_of(counting, dimension, unit, &known, &from, err));
    const int64_t time = !known                  ? -1
                         : definition->in_months ? months_between(from, unit->on)
                                                 : date_days_between(from, unit->on);
    *ret_code = time < 0 ? CODE_UNKNOWN : code_of_band(&definition->bands, time);
    return result_ok();
}

static result code_of_fact(struct counting *counting, const struct planned_dimension *dimension,
                           const struct unit *unit, int64_t *ret_code, struct err *err)
{
    const struct packed_entry *entry = NULL;
    TRY(fact_of_subject(counting, unit, dimension->fact, dimension->fact_number, &entry, err));
    *ret_code = code_of(counting->plan, entry);
    if (dimension->definition->kind == DIMENSION_AGE) {
        const bool known = entry != NULL && entry->value.kind == PACKED_DAY;
        const date born = {known ? (int32_t)entry->value.number : 0};
        const int64_t months = known ? months_between(born, unit->on) : -1;
        *ret_code =
            months < 0 ? CODE_UNKNOWN : code_of_band(&dimension->definition->bands, months / 12);
    }
    return result_ok();
}

/* The first or last of the steps that the person has taken by the day the table is as at. */
static int64_t code_of_steps(const struct planned_dimension *dimension, const struct unit *unit)
{
    int64_t code = CODE_NONE;
    for (size_t i = 0; i < unit->life->count; i++) {
        const struct passage *passage = &unit->life->passages[i];
        if (passage->kind == PASSAGE_TAKEN && in_set(&dimension->names, passage->step) &&
            (code == CODE_NONE || dimension->definition->kind == DIMENSION_LAST_OF)) {
            code = passage->step;
        }
    }
    return code;
}

static int64_t none_if_zero(int64_t code)
{
    return code == 0 ? CODE_NONE : code;
}

static result code_of_group(struct counting *counting, const struct planned_dimension *dimension,
                            const struct unit *unit, int64_t *ret_code, struct err *err)
{
    int64_t code = unit->passage == NULL ? 0 : unit->passage->step;
    if (dimension->fact != NOT_FOUND_INDEX) {
        TRY(code_of_fact(counting, dimension, unit, &code, err));
        if (code == CODE_UNKNOWN) {
            *ret_code = CODE_UNKNOWN;
            return result_ok();
        }
    }
    *ret_code = none_if_zero(code < code_of_numbers / 2 ? dimension->group_of[code] : 0);
    return result_ok();
}

static int64_t unknown_if_zero(int64_t code)
{
    return code == 0 ? CODE_UNKNOWN : code;
}

static result code_in(struct counting *counting, const struct planned_dimension *dimension,
                      const struct unit *unit, int64_t *ret_code, struct err *err)
{
    switch (dimension->definition->kind) {
    case DIMENSION_FACT:
    case DIMENSION_AGE:
        return code_of_fact(counting, dimension, unit, ret_code, err);
    case DIMENSION_GROUP:
        return code_of_group(counting, dimension, unit, ret_code, err);
    case DIMENSION_SINCE:
        return code_of_since(counting, dimension, unit, ret_code, err);
    case DIMENSION_STEP:
        *ret_code = unit->passage == NULL ? CODE_NONE : none_if_zero(unit->passage->step);
        break;
    case DIMENSION_STAGE:
        *ret_code = unknown_if_zero(unit->stage);
        break;
    case DIMENSION_STAGE_NOW:
        *ret_code = unknown_if_zero(unit->life->stage_after[unit->life->count - 1]);
        break;
    case DIMENSION_FIRST_OF:
    case DIMENSION_LAST_OF:
        *ret_code = code_of_steps(dimension, unit);
        break;
    case DIMENSION_VALUE:
        *ret_code = unit->value;
        break;
    case DIMENSION_HUB:
        *ret_code = none_if_zero(unit->hub);
        break;
    case DIMENSION_AGREEMENT:
        *ret_code = none_if_zero(unit->agreement);
        break;
    case DIMENSION_SAFEGUARD:
        *ret_code = none_if_zero(unit->safeguard);
        break;
    case DIMENSION_KIND_COUNT:
        break;
    }
    return result_ok();
}

/* --- cells ------------------------------------------------------------------------------------ */

static bool same_cell(const struct table_cell *a, const struct table_cell *b)
{
    return a->period == b->period && a->block == b->block &&
           memcmp(a->codes, b->codes, sizeof a->codes) == 0;
}

static size_t slot_of(const struct table_cell *cell, size_t capacity)
{
    uint64_t hash = cell->period * UINT64_C(31) + cell->block;
    for (size_t i = 0; i < TABLE_CODES_MAX; i++) {
        hash = (hash ^ (uint64_t)cell->codes[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return (size_t)hash & (capacity - 1);
}

static struct table_cell *find_cell(struct table_cell *cells, size_t capacity,
                                    const struct table_cell *wanted)
{
    size_t slot = slot_of(wanted, capacity);
    while (cells[slot].count != 0 && !same_cell(&cells[slot], wanted)) {
        slot = (slot + 1) & (capacity - 1);
    }
    return &cells[slot];
}

static result grow_cells(struct table_counts *counts, struct err *err)
{
    const size_t capacity = counts->capacity == 0 ? CELLS_FIRST : 2 * counts->capacity;
    if (capacity > CELLS_MAX) {
        return err_set(err, ERROR_LIMIT, "The table would have too many rows: break it down less");
    }
    struct table_cell *cells = ARENA_NEW(counts->arena, struct table_cell, capacity);
    if (cells == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < counts->capacity; i++) {
        if (counts->cells[i].count != 0) {
            *find_cell(cells, capacity, &counts->cells[i]) = counts->cells[i];
        }
    }
    counts->cells = cells;
    counts->capacity = capacity;
    return result_ok();
}

static result add_to_cell(struct table_counts *counts, const struct table_cell *key, bool yes,
                          int32_t days, struct err *err)
{
    if (2 * counts->used >= counts->capacity) {
        TRY(grow_cells(counts, err));
    }
    struct table_cell *cell = find_cell(counts->cells, counts->capacity, key);
    if (cell->count == 0) {
        *cell = *key;
        counts->used++;
    }
    cell->count++;
    cell->yes += yes ? 1 : 0;
    if (counts->plan->definition->measure == MEASURE_MEDIAN) {
        struct waited *waited = ARENA_NEW(counts->arena, struct waited, 1);
        if (waited == NULL) {
            return arena_full(err);
        }
        *waited = (struct waited){.next = cell->waited, .days = days};
        cell->waited = waited;
    }
    return result_ok();
}

/* --- a unit ----------------------------------------------------------------------------------- */

static result passes_filters(struct counting *counting, const struct unit *unit, bool *ret_passes,
                             struct err *err)
{
    const struct table_plan *plan = counting->plan;
    *ret_passes = true;
    for (size_t i = 0; *ret_passes && i < plan->definition->filter_count; i++) {
        const struct packed_entry *entry = NULL;
        TRY(fact_of_subject(counting, unit, plan->filters[i].fact, plan->filters[i].fact_number,
                            &entry, err));
        const int64_t code = code_of(plan, entry);
        *ret_passes = code == CODE_UNKNOWN
                          ? plan->filters[i].or_unknown
                          : code < code_of_numbers && in_set(&plan->filters[i].values, code);
    }
    return result_ok();
}

static void count_delay(struct counting *counting, const struct unit *unit)
{
    if (unit->passage == NULL) {
        return;
    }
    const int32_t days = date_days_between(unit->on, instant_date(unit->passage->recorded_at));
    counting->counts->delays[days < 0 ? 0 : days > DELAY_DAYS_MAX ? DELAY_DAYS_MAX : days]++;
}

/* The time that a median is of; false when it is not known: such a unit is not counted. */
static result time_of(struct counting *counting, const struct unit *unit, bool *ret_known,
                      int32_t *ret_days, struct err *err)
{
    date from = {0};
    *ret_days = 0;
    *ret_known = true;
    if (counting->plan->definition->measure != MEASURE_MEDIAN) {
        return result_ok();
    }
    TRY(anchor_of(counting, &counting->plan->since, unit, ret_known, &from, err));
    *ret_days = date_days_between(from, unit->on);
    *ret_known = *ret_known && *ret_days >= 0;
    return result_ok();
}

static result count_in_cells(struct counting *counting, const struct unit *unit, size_t period,
                             int32_t days, struct err *err)
{
    const struct table_plan *plan = counting->plan;
    struct table_cell key = {.period = (uint32_t)period};
    if (!plan->definition->compares) {
        for (size_t i = 0; i < plan->dimension_count; i++) {
            TRY(code_in(counting, &plan->dimensions[i], unit, &key.codes[i], err));
        }
        return add_to_cell(counting->counts, &key, unit->yes, days, err);
    }
    for (size_t block = 0; block < plan->definition->by_count; block++) {
        struct table_cell one = {.period = (uint32_t)period, .block = (uint32_t)block};
        TRY(code_in(counting, &plan->dimensions[block], unit, &one.codes[0], err));
        if (plan->definition->has_across) {
            TRY(code_in(counting, &plan->dimensions[plan->definition->by_count], unit,
                        &one.codes[1], err));
        }
        TRY(add_to_cell(counting->counts, &one, unit->yes, days, err));
    }
    return result_ok();
}

static result count_unit(struct counting *counting, const struct unit *unit, size_t period,
                         struct err *err)
{
    bool passes = false;
    bool known = false;
    int32_t days = 0;
    if (period == counting->plan->period_count) {
        return result_ok();
    }
    TRY(passes_filters(counting, unit, &passes, err));
    if (!passes) {
        return result_ok();
    }
    TRY(time_of(counting, unit, &known, &days, err));
    if (!known) {
        return result_ok();
    }
    count_delay(counting, unit);
    return count_in_cells(counting, unit, period, days, err);
}

static result count_on_its_day(struct counting *counting, const struct unit *unit, struct err *err)
{
    return count_unit(counting, unit, table_plan_period(counting->plan, unit->on), err);
}

/* --- what is counted -------------------------------------------------------------------------- */

static bool has_safeguards(const struct table_plan *plan)
{
    for (size_t i = 0; i < plan->dimension_count; i++) {
        if (plan->dimensions[i].definition->kind == DIMENSION_SAFEGUARD) {
            return true;
        }
    }
    return false;
}

/* Counted under each safeguard that was in the way, when that is asked for. */
static result count_refusal(struct counting *counting, struct unit unit, struct err *err)
{
    if (!has_safeguards(counting->plan)) {
        return count_on_its_day(counting, &unit, err);
    }
    for (size_t i = 0; i < unit.passage->safeguard_count; i++) {
        unit.safeguard = unit.passage->safeguards[i];
        TRY(count_on_its_day(counting, &unit, err));
    }
    return result_ok();
}

/* The step that a passage is about; a stop names the request alone. */
static int64_t step_of(const struct life *life, const struct passage *passage)
{
    if (passage->step != 0 || passage->request == 0) {
        return passage->step;
    }
    for (size_t i = 0; i < life->count; i++) {
        if (life->passages[i].position == passage->request) {
            return life->passages[i].step;
        }
    }
    return 0;
}

static bool is_counted(enum basis basis, enum passage_kind kind)
{
    return (basis == BASIS_CLAIMS && kind == PASSAGE_REGISTERED) ||
           (basis == BASIS_STEPS && kind == PASSAGE_TAKEN) ||
           (basis == BASIS_ANSWERS && (kind == PASSAGE_TAKEN || kind == PASSAGE_REFUSED)) ||
           (basis == BASIS_REFUSALS && kind == PASSAGE_REFUSED) ||
           (basis == BASIS_STOPS && kind == PASSAGE_STOPPED);
}

static result count_passages(struct counting *counting, struct err *err)
{
    const struct table_plan *plan = counting->plan;
    const struct table_definition *definition = plan->definition;
    struct life *life = &counting->life;
    for (size_t i = 0; i < life->count; i++) {
        struct passage *passage = &life->passages[i];
        if (!is_counted(definition->basis, passage->kind)) {
            continue;
        }
        passage->step = step_of(life, passage);
        if (definition->basis != BASIS_CLAIMS && !in_set(&plan->names, passage->step)) {
            continue;
        }
        struct unit unit = unit_of(life, i);
        unit.yes = definition->share_of.count > 0 ? in_set(&plan->share_of, passage->step)
                                                  : passage->kind == PASSAGE_REFUSED;
        TRY(passage->kind == PASSAGE_REFUSED || passage->kind == PASSAGE_STOPPED
                ? count_refusal(counting, unit, err)
                : count_on_its_day(counting, &unit, err));
        if (definition->first_only) {
            return result_ok();
        }
    }
    return result_ok();
}

/* How many of the passages lie on or before the day. They are in the order of positions, so one
 * that is recorded late may follow one of a later day: those are left out one by one. */
static struct unit unit_on(const struct life *life, date on)
{
    struct unit unit = {.life = life, .on = on, .stage = 0};
    for (size_t i = 0; i < life->count; i++) {
        const struct passage *passage = &life->passages[i];
        if (passage->on.day > on.day) {
            continue;
        }
        if (passage_has_stage(passage, on) && passage->stage != unit.stage) {
            unit.stage = passage->stage;
            unit.stage_since = passage_stage_on(passage);
        }
        unit.hub = passage->place > 0 ? passage->hub : passage->place < 0 ? 0 : unit.hub;
        unit.agreement = passage->place > 0 ? passage->agreement : unit.agreement;
        unit.after = i + 1;
    }
    return unit;
}

static bool is_registered_on(const struct life *life, date on)
{
    for (size_t i = 0; i < life->count; i++) {
        if (life->passages[i].kind == PASSAGE_REGISTERED) {
            return life->passages[i].on.day <= on.day;
        }
    }
    return false;
}

static bool is_open(const struct table_plan *plan, int64_t word)
{
    const uint32_t stage = plan->words.stages[word];
    return stage == NOT_FOUND_INDEX || !plan->rulebook->stages[stage].outcome;
}

/* At the end of each period, or at the day the edition is as at, which comes sooner. */
static result count_people(struct counting *counting, struct err *err)
{
    const struct table_plan *plan = counting->plan;
    for (size_t period = 0; period < plan->period_count; period++) {
        const struct planned_period *of = &plan->periods[period];
        const date on = of->last.day < plan->edition.as_of.day ? of->last : plan->edition.as_of;
        if (of->first.day > plan->edition.as_of.day || !is_registered_on(&counting->life, on)) {
            continue;
        }
        const struct unit unit = unit_on(&counting->life, on);
        const bool counts = plan->definition->names.count == 0 ? is_open(plan, unit.stage)
                                                               : in_set(&plan->names, unit.stage);
        if (counts) {
            TRY(count_unit(counting, &unit, period, err));
        }
    }
    return result_ok();
}

/* A value counts where it begins: the same value recorded again is no new one. */
static result count_values(struct counting *counting, struct err *err)
{
    const struct table_plan *plan = counting->plan;
    const bool any = plan->definition->names.count == 1;
    int64_t before = CODE_UNKNOWN;
    TRY(read_facts(counting, &counting->life, err));
    for (size_t i = 0; i < counting->life.fact_count; i++) {
        const struct packed_entry *entry = &counting->life.facts[i];
        if (entry->fact != plan->value_fact_number || plan->value_fact_number == 0 ||
            entry->true_from.day > plan->edition.as_of.day) {
            continue;
        }
        const int64_t code = code_of(plan, entry);
        const bool begins = code != before && code != CODE_UNKNOWN;
        before = code;
        if (begins && (any || (code < code_of_numbers && in_set(&plan->names, code)))) {
            struct unit unit = unit_on(&counting->life, entry->true_from);
            unit.value = code;
            TRY(count_on_its_day(counting, &unit, err));
        }
    }
    return result_ok();
}

static result count_life(void *context, const struct person_course *course, struct err *err)
{
    struct counting *counting = context;
    const struct arena before = counting->scratch;
    struct person_course whole = *course;
    if (joined_is_part(&counting->joined, course->person)) {
        return result_ok();
    }
    result counted =
        joined_course(&counting->joined, course->person, &counting->scratch, &whole.passages, err);
    counted = counted.ok ? read_life(counting, &whole, err) : counted;
    if (counted.ok && counting->life.count > 0) {
        const enum basis basis = counting->plan->definition->basis;
        counted = basis == BASIS_PEOPLE   ? count_people(counting, err)
                  : basis == BASIS_VALUES ? count_values(counting, err)
                                          : count_passages(counting, err);
    }
    counting->scratch = before;
    return counted;
}

result table_count_everybody(struct sitting *sitting, const struct table_plan *plan,
                             struct arena *arena, struct table_counts *ret_counts, struct err *err)
{
    struct counting counting = {.sitting = sitting, .counts = ret_counts, .plan = plan};
    *ret_counts = (struct table_counts){.plan = plan, .arena = arena};
    TRY(grow_cells(ret_counts, err));
    TRY(joined_read(sitting, &plan->edition, &counting.joined, err));
    TRY(arena_open(&counting.scratch, LIFE_BYTES, err));
    const result counted = transaction_each_course(sitting->transaction, 1, INT64_MAX, true,
                                                   count_life, &counting, err);
    arena_close(&counting.scratch);
    return counted;
}
