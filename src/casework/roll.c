#include "casework/roll.h"

#include "casework/likely.h"
#include "casework/parts.h"

#include <stdlib.h>

enum {
    RECORDS_AT_ONCE = 5000,
    BYTES_BASE = 64 * 1024 * 1024, /* of each region; lazily taken */
    BYTES_EACH = 2048,             /* of a name or a reference: five times what is usual */
    TABLE_LOAD = 2,                /* slots for each text */
};
#define NO_ENTRY UINT32_MAX

struct roll_record {
    int64_t id;
    int64_t person; /* that it is, or is a part of */
    int64_t identity_event;
    struct known_day born_on;
    uint32_t first; /* of the person's lines */
    uint32_t count;
    uint32_t now; /* the line of the name of now; NO_ENTRY */
};

/* An event by which somebody is found. */
struct roll_line {
    uint32_t record; /* of the person */
    int64_t position;
    struct known_name name; /* "" for a reference */
    const struct event *identifier;
    struct known_day born_on; /* as the event has it */
};

struct roll_entry {
    uint64_t hash; /* of a text */
    uint32_t line;
    uint32_t next; /* in the same slot */
};

struct roll {
    int this_year;
    struct arena memory;
    struct roll_record *records; /* of everybody, also parts; in the order of ids */
    size_t record_count;
    struct roll_line *lines;
    size_t line_count;
    struct roll_entry *entries;
    size_t entry_count;
    uint32_t *slots;
    uint64_t slot_mask;
    struct roll_watch *watch;
    atomic_size_t looked_at; /* lines, then people */
};

/* What one thread does. */
struct roll_part {
    struct roll *roll;
    struct transaction *transaction;
    size_t begin;
    size_t end;
    struct arena kept; /* texts */
    struct arena list; /* entries, then pairs, and nothing else */
    struct arena more; /* seekers, and nothing else */
    struct arena work;
    void *items;
    size_t count;
    struct seeker *seekers;
    size_t seeker_count;
};

/* --- how far it is ---------------------------------------------------------------------------- */

static result go_on(const struct roll *roll, struct err *err)
{
    return atomic_load(&roll->watch->gives_up)
               ? err_set(err, ERROR_UNAVAILABLE, "The program ends: nobody is compared any more")
               : result_ok();
}

/* One more was looked at. */
static result step(struct roll *roll, struct err *err)
{
    const size_t looked_at = atomic_fetch_add(&roll->looked_at, 1) + 1;
    const size_t all = roll->line_count + roll->record_count + 1;
    atomic_store(&roll->watch->percent, (int)(looked_at * 100 / all));
    return go_on(roll, err);
}

/* --- who there is ----------------------------------------------------------------------------- */

static struct roll_record *record_of(const struct roll *roll, int64_t id)
{
    size_t first = 0;
    size_t end = roll->record_count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (roll->records[middle].id < id) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first < roll->record_count && roll->records[first].id == id ? &roll->records[first]
                                                                       : NULL;
}

static result add_record(struct roll *roll, const struct person_row *row, struct err *err)
{
    struct roll_record *record = ARENA_NEW(&roll->memory, struct roll_record, 1);
    if (record == NULL) {
        return arena_full(err);
    }
    roll->records = roll->record_count == 0 ? record : roll->records;
    roll->record_count++;
    *record = (struct roll_record){.id = row->id,
                                   .person = row->part_of != 0 ? row->part_of : row->id,
                                   .identity_event = row->identity_event,
                                   .now = NO_ENTRY};
    return result_ok();
}

static result read_records(struct roll *roll, struct transaction *transaction, struct arena *work,
                           struct err *err)
{
    int64_t after = 0;
    size_t count = RECORDS_AT_ONCE;
    while (count == RECORDS_AT_ONCE) {
        const struct person_row *rows = NULL;
        arena_reset(work);
        TRY(go_on(roll, err));
        TRY(transaction_each_record(transaction, after, RECORDS_AT_ONCE, work, &rows, &count, err));
        for (size_t i = 0; i < count; i++) {
            TRY(add_record(roll, &rows[i], err));
            after = rows[i].id;
        }
    }
    return result_ok();
}

/* Events in which anything stands by which people are found, each once. */
struct roll_events {
    const struct roll *roll;
    struct arena *list; /* nothing else is taken from it */
    struct lookup_hit *items;
    size_t count;
    int64_t last;
    uint64_t *seen; /* a bit for each position until the last */
};

static result add_event(void *context, const struct lookup_hit *hit, struct err *err)
{
    struct roll_events *events = context;
    if (hit->position < 1 || hit->position > events->last) {
        return err_set(err, ERROR_STORAGE, "People are found by an event that there is not: %lld",
                       (long long)hit->position);
    }
    uint64_t *seen = &events->seen[hit->position / 64];
    const uint64_t bit = UINT64_C(1) << (hit->position % 64);
    TRY(go_on(events->roll, err));
    if ((*seen & bit) != 0) {
        return result_ok();
    }
    *seen |= bit;
    struct lookup_hit *item = ARENA_NEW_UNSET(events->list, struct lookup_hit, 1);
    if (item == NULL) {
        return arena_full(err);
    }
    events->items = events->count == 0 ? item : events->items;
    events->count++;
    *item = *hit;
    return result_ok();
}

static int compare_events(const void *left, const void *right)
{
    const struct lookup_hit *a = left;
    const struct lookup_hit *b = right;
    return (a->position > b->position) - (a->position < b->position);
}

/* By position. */
static result read_events(struct roll_part *part, int64_t last, struct roll_events *ret_events,
                          struct err *err)
{
    struct roll_events events = {.roll = part->roll, .list = &part->list, .last = last};
    arena_reset(&part->kept);
    events.seen = ARENA_NEW(&part->kept, uint64_t, (size_t)last / 64 + 1);
    TRY(events.seen == NULL ? arena_full(err) : result_ok());
    TRY(transaction_each_lookup(part->transaction, add_event, &events, err));
    if (events.count > 0) {
        qsort(events.items, events.count, sizeof events.items[0], compare_events);
    }
    arena_reset(&part->kept);
    *ret_events = events;
    return result_ok();
}

/* Whatever is found of a record is of the person that it is a part of. */
static result place_lines(struct roll *roll, const struct roll_events *events, struct err *err)
{
    roll->lines = ARENA_NEW(&roll->memory, struct roll_line, events->count + 1);
    if (roll->lines == NULL || events->count >= NO_ENTRY) {
        return arena_full(err);
    }
    for (size_t i = 0; i < events->count; i++) {
        const struct lookup_hit *event = &events->items[i];
        const struct roll_record *record = record_of(roll, event->record);
        const struct roll_record *person = record == NULL ? NULL : record_of(roll, record->person);
        if (person != NULL) {
            roll->lines[roll->line_count++] = (struct roll_line){
                .record = (uint32_t)(person - roll->records), .position = event->position};
        }
    }
    return result_ok();
}

/* --- their names ------------------------------------------------------------------------------ */

uint64_t roll_hash(str text)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
    }
    return hash ^ hash >> 29;
}

static result keep_name(struct roll_part *part, struct roll_line *line, const struct event *event,
                        struct err *err)
{
    const bool registered = event->kind == EVENT_PERSON_REGISTERED;
    const bool corrected = event->kind == EVENT_IDENTITY_CORRECTED;
    const str name = registered  ? event->body.person_registered.name
                     : corrected ? event->body.identity_corrected.name
                                 : event->body.identifier_recorded.value;
    const str latin = registered  ? event->body.person_registered.latin
                      : corrected ? event->body.identity_corrected.latin
                                  : event->body.identifier_recorded.latin;
    line->name = (struct known_name){.name = arena_copy(&part->kept, name),
                                     .latin = arena_copy(&part->kept, latin)};
    line->born_on = registered  ? event->body.person_registered.born_on
                    : corrected ? event->body.identity_corrected.born_on
                                : (struct known_day){.known = false};
    return line->name.name.at == NULL || line->name.latin.at == NULL ? arena_full(err)
                                                                     : result_ok();
}

static result keep_identifier(struct roll_part *part, struct roll_line *line,
                              const struct event *event, struct err *err)
{
    const struct identifier_recorded_body *body = &event->body.identifier_recorded;
    struct event *kept = ARENA_NEW(&part->kept, struct event, 1);
    if (kept == NULL) {
        return arena_full(err);
    }
    kept->position = event->position;
    kept->kind = event->kind;
    kept->body.identifier_recorded =
        (struct identifier_recorded_body){.scheme = arena_copy(&part->kept, body->scheme),
                                          .value = arena_copy(&part->kept, body->value),
                                          .issuer = arena_copy(&part->kept, body->issuer),
                                          .source = STR(""),
                                          .latin = STR("")};
    line->identifier = kept;
    return kept->body.identifier_recorded.issuer.at == NULL ? arena_full(err) : result_ok();
}

static result add_entries(struct roll_part *part, const struct text_list *texts, size_t line,
                          struct err *err)
{
    struct roll_entry *entries = ARENA_NEW_UNSET(&part->list, struct roll_entry, texts->count);
    if (entries == NULL) {
        return arena_full(err);
    }
    part->items = part->count == 0 ? entries : part->items;
    part->count += texts->count;
    for (size_t i = 0; i < texts->count; i++) {
        entries[i] =
            (struct roll_entry){.hash = roll_hash(texts->items[i]), .line = (uint32_t)line};
    }
    return result_ok();
}

static result read_line(struct roll_part *part, size_t index, struct err *err)
{
    struct roll_line *line = &part->roll->lines[index];
    struct event event;
    struct text_list texts;
    arena_reset(&part->work);
    TRY(transaction_event(part->transaction, line->position, &part->work, &event, err));
    const bool is_name =
        event.kind != EVENT_IDENTIFIER_RECORDED ||
        identifier_scheme_from_name(event.body.identifier_recorded.scheme) == SCHEME_OTHER_NAME;
    TRY(is_name ? keep_name(part, line, &event, err) : result_ok());
    TRY(event.kind == EVENT_IDENTIFIER_RECORDED ? keep_identifier(part, line, &event, err)
                                                : result_ok());
    TRY(lookup_texts(&event, &part->work, &texts, err));
    return texts.count == 0 ? result_ok() : add_entries(part, &texts, index, err);
}

static result read_lines(void *context, struct err *err)
{
    struct roll_part *part = context;
    for (size_t i = part->begin; i < part->end; i++) {
        TRY(step(part->roll, err));
        TRY(read_line(part, i, err));
    }
    return result_ok();
}

/* --- where their texts stand ------------------------------------------------------------------ */

static result make_table(struct roll *roll, const struct roll_part *parts, size_t part_count,
                         struct err *err)
{
    size_t all = 0;
    uint64_t slots = 1024;
    for (size_t i = 0; i < part_count; i++) {
        all += parts[i].count;
    }
    while (slots < all * TABLE_LOAD) {
        slots *= 2;
    }
    roll->entries = ARENA_NEW_UNSET(&roll->memory, struct roll_entry, all + 1);
    roll->slots = ARENA_NEW_UNSET(&roll->memory, uint32_t, slots);
    if (roll->entries == NULL || roll->slots == NULL || all >= NO_ENTRY) {
        return arena_full(err);
    }
    roll->slot_mask = slots - 1;
    for (uint64_t i = 0; i < slots; i++) {
        roll->slots[i] = NO_ENTRY;
    }
    for (size_t i = 0; i < part_count; i++) {
        const struct roll_entry *entries = parts[i].items;
        for (size_t k = 0; k < parts[i].count; k++) {
            roll->entries[roll->entry_count++] = entries[k];
        }
    }
    /* The last first, so that each slot is gone through in the order of positions. */
    for (size_t i = roll->entry_count; i > 0; i--) {
        uint32_t *slot = &roll->slots[roll->entries[i - 1].hash & roll->slot_mask];
        roll->entries[i - 1].next = *slot;
        *slot = (uint32_t)(i - 1);
    }
    return result_ok();
}

struct order {
    uint32_t record;
    uint32_t line;
};

static int compare_order(const void *left, const void *right)
{
    const struct order *a = left;
    const struct order *b = right;
    return a->record != b->record ? (a->record > b->record) - (a->record < b->record)
                                  : (a->line > b->line) - (a->line < b->line);
}

/* Each person's lines, in the order of positions. */
static result give_lines(struct roll *roll, struct order **ret_order, struct err *err)
{
    struct order *order = ARENA_NEW_UNSET(&roll->memory, struct order, roll->line_count + 1);
    if (order == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < roll->line_count; i++) {
        order[i] = (struct order){.record = roll->lines[i].record, .line = (uint32_t)i};
    }
    qsort(order, roll->line_count, sizeof order[0], compare_order);
    for (size_t i = 0; i < roll->line_count; i++) {
        struct roll_record *person = &roll->records[order[i].record];
        const struct roll_line *line = &roll->lines[order[i].line];
        person->first = person->count == 0 ? (uint32_t)i : person->first;
        person->count++;
        if (line->position == person->identity_event) {
            person->born_on = line->born_on;
            person->now = order[i].line;
        }
    }
    *ret_order = order;
    return result_ok();
}

/* --- who is alike ----------------------------------------------------------------------------- */

struct roll_hit {
    uint32_t record;
    uint32_t line;
    size_t identifier;
};

struct roll_search {
    struct roll_part *part;
    const struct order *order;
    struct roll_hit *hits; /* LIKELY_HITS_MAX */
    const struct who *who; /* for whom others are looked for */
};

static int compare_roll_hits(const void *left, const void *right)
{
    const struct roll_hit *a = left;
    const struct roll_hit *b = right;
    return a->record != b->record ? (a->record > b->record) - (a->record < b->record)
                                  : (a->line > b->line) - (a->line < b->line);
}

/* References and other names that count: recorded and not withdrawn. In the place of NULL: all. */
struct counting {
    const struct event *events;
    size_t count;
};

static bool counts(const struct counting *counting, const struct roll_line *line)
{
    bool found = counting == NULL || line->identifier == NULL;
    for (size_t i = 0; !found && i < counting->count; i++) {
        found = counting->events[i].position == line->position;
    }
    return found;
}

static result who_of(const struct roll_search *search, uint32_t index,
                     const struct counting *counting, struct who *ret_who, struct err *err)
{
    const struct roll *roll = search->part->roll;
    const struct roll_record *person = &roll->records[index];
    struct arena *work = &search->part->work;
    struct known_name *names = ARENA_NEW_UNSET(work, struct known_name, person->count + 1);
    struct known_identifier *identifiers =
        ARENA_NEW_UNSET(work, struct known_identifier, person->count + 1);
    struct who who = {.person = person->id,
                      .names = names,
                      .born_on = person->born_on,
                      .identifiers = identifiers};
    if (names == NULL || identifiers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < person->count; i++) {
        const struct roll_line *line = &roll->lines[search->order[person->first + i].line];
        if (!counts(counting, line)) {
            continue;
        }
        if (line->name.name.at != NULL) {
            names[who.name_count++] = line->name;
        }
        if (line->identifier != NULL) {
            const str scheme = line->identifier->body.identifier_recorded.scheme;
            identifiers[who.identifier_count++] = (struct known_identifier){
                .event = line->identifier, .scheme = identifier_scheme_from_name(scheme)};
        }
    }
    *ret_who = who;
    return result_ok();
}

static size_t seek_text(const struct roll_search *search, const struct sought_text *sought,
                        uint32_t self, size_t count)
{
    const struct roll *roll = search->part->roll;
    const uint64_t hash = roll_hash(sought->text);
    uint32_t at = roll->slots[hash & roll->slot_mask];
    for (; at != NO_ENTRY && count < LIKELY_HITS_MAX; at = roll->entries[at].next) {
        const struct roll_entry *entry = &roll->entries[at];
        const uint32_t record = roll->lines[entry->line].record;
        if (entry->hash == hash && record != self) {
            search->hits[count++] = (struct roll_hit){
                .record = record, .line = entry->line, .identifier = sought->identifier};
        }
    }
    return count;
}

static result weigh(const struct roll_search *search, const struct who *who,
                    const struct counting *counting, const struct roll_hit *hits, size_t count,
                    bool *ret_likely, struct err *err)
{
    const struct roll *roll = search->part->roll;
    const struct roll_record *other = &roll->records[hits[0].record];
    const struct arena scratch = search->part->work;
    struct likeness likeness = {.birth = likeness_of_births(who->born_on, other->born_on)};
    for (size_t i = 0; i < count; i++) {
        const struct roll_line *line = &roll->lines[hits[i].line];
        if (!counts(counting, line)) {
            continue;
        }
        if (hits[i].identifier != 0) {
            likeness.same_identifiers++;
        } else if (line->name.name.at != NULL) {
            TRY(likeness_add_name(who, &line->name, scratch, &likeness, err));
        }
    }
    if (other->now != NO_ENTRY) {
        const struct known_name now = {.name = roll->lines[other->now].name.name};
        TRY(likeness_add_name(who, &now, scratch, &likeness, err));
    }
    *ret_likely = likeness_is_likely(&likeness);
    return result_ok();
}

static bool sought_counts(const struct who *who, const struct counting *own,
                          const struct roll_hit *hit)
{
    if (hit->identifier == 0) {
        return true;
    }
    const struct event *event = who->identifiers[hit->identifier - 1].event;
    return counts(own, &(struct roll_line){.identifier = event, .position = event->position});
}

/* Is it likely still when of both only that counts which was not withdrawn? That is read for few.
 */
static result weigh_again(struct roll_search *search, uint32_t index, const struct roll_hit *hits,
                          size_t count, bool *ret_likely, struct err *err)
{
    struct roll_part *part = search->part;
    const struct roll *roll = part->roll;
    struct arena scratch = part->work;
    struct counting own;
    struct counting others;
    struct roll_hit *kept = ARENA_NEW_UNSET(&scratch, struct roll_hit, count);
    size_t kept_count = 0;
    struct who who;
    TRY(kept == NULL ? arena_full(err) : result_ok());
    TRY(transaction_identifiers(part->transaction, roll->records[index].id, &scratch, &own.events,
                                &own.count, err));
    TRY(transaction_identifiers(part->transaction, roll->records[hits[0].record].id, &scratch,
                                &others.events, &others.count, err));
    for (size_t i = 0; i < count; i++) {
        if (sought_counts(search->who, &own, &hits[i])) {
            kept[kept_count++] = hits[i];
        }
    }
    *ret_likely = false;
    if (kept_count == 0) {
        return result_ok();
    }
    struct roll_part reading = *part;
    struct roll_search again = *search;
    reading.work = scratch;
    again.part = &reading;
    TRY(who_of(&again, index, &own, &who, err));
    return weigh(&again, &who, &others, kept, kept_count, ret_likely, err);
}

static bool rests_on_identifiers(const struct roll_search *search, const struct roll_hit *hits,
                                 size_t count)
{
    const struct who *who = search->who;
    bool rests = false;
    for (size_t i = 0; i < who->identifier_count; i++) {
        rests = rests || who->identifiers[i].scheme == SCHEME_OTHER_NAME;
    }
    for (size_t i = 0; i < count; i++) {
        rests = rests || search->part->roll->lines[hits[i].line].identifier != NULL;
    }
    return rests;
}

static result add_pair(struct roll_part *part, int64_t a, int64_t b, struct err *err)
{
    struct pair *pair = ARENA_NEW_UNSET(&part->list, struct pair, 1);
    if (pair == NULL) {
        return arena_full(err);
    }
    part->items = part->count == 0 ? pair : part->items;
    part->count++;
    *pair = (struct pair){.one = a < b ? a : b, .other = a < b ? b : a};
    return result_ok();
}

static result weigh_all(struct roll_search *search, uint32_t index, size_t hit_count,
                        struct err *err)
{
    const struct roll *roll = search->part->roll;
    size_t found = 0;
    qsort(search->hits, hit_count, sizeof search->hits[0], compare_roll_hits);
    for (size_t begin = 0, end = 0; begin < hit_count && found < LIKELY_MAX; begin = end) {
        bool likely = false;
        while (end < hit_count && search->hits[end].record == search->hits[begin].record) {
            end++;
        }
        const struct roll_hit *hits = &search->hits[begin];
        TRY(weigh(search, search->who, NULL, hits, end - begin, &likely, err));
        if (likely && rests_on_identifiers(search, hits, end - begin)) {
            TRY(weigh_again(search, index, hits, end - begin, &likely, err));
        }
        if (likely) {
            TRY(add_pair(search->part, search->who->person, roll->records[hits[0].record].id, err));
            found++;
        }
    }
    return result_ok();
}

/* Whoever has one name finds by it those alone who find them too. */
static result add_seeker(struct roll_search *search, const struct sought_text *texts, size_t count,
                         struct err *err)
{
    struct roll_part *part = search->part;
    struct seeker *seekers = ARENA_NEW_UNSET(&part->more, struct seeker, count);
    if (seekers == NULL) {
        return arena_full(err);
    }
    part->seekers = part->seeker_count == 0 ? seekers : part->seekers;
    part->seeker_count += count;
    for (size_t i = 0; i < count; i++) {
        seekers[i] =
            (struct seeker){.hash = roll_hash(texts[i].text), .person = search->who->person};
    }
    return result_ok();
}

static result seek_person(struct roll_search *search, uint32_t index, struct err *err)
{
    struct arena *work = &search->part->work;
    const struct sought_text *texts = NULL;
    size_t text_count = 0;
    size_t hit_count = 0;
    struct who who;
    TRY(who_of(search, index, NULL, &who, err));
    search->who = &who;
    const bool is_seeker = who.name_count >= ROLL_NAMES_OF_SEEKER;
    TRY(likely_sought(&who, is_seeker ? search->part->roll->this_year : 0, work, &texts,
                      &text_count, err));
    if (is_seeker) {
        TRY(add_seeker(search, texts, text_count, err));
    }
    for (size_t i = 0; i < text_count; i++) {
        hit_count = seek_text(search, &texts[i], index, hit_count);
    }
    return hit_count == 0 ? result_ok() : weigh_all(search, index, hit_count, err);
}

struct seeking_part {
    struct roll_part *part;
    const struct order *order;
};

static result seek_people(void *context, struct err *err)
{
    const struct seeking_part *seeking = context;
    struct roll_part *part = seeking->part;
    arena_reset(&part->work);
    struct roll_search search = {
        .part = part,
        .order = seeking->order,
        .hits = ARENA_NEW_UNSET(&part->work, struct roll_hit, LIKELY_HITS_MAX)};
    const struct arena before = part->work;
    if (search.hits == NULL) {
        return arena_full(err);
    }
    for (size_t i = part->begin; i < part->end; i++) {
        part->work = before;
        TRY(step(part->roll, err));
        TRY(part->roll->records[i].count == 0 ? result_ok()
                                              : seek_person(&search, (uint32_t)i, err));
    }
    return result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

static void share(struct roll_part *parts, size_t part_count, size_t count)
{
    const size_t each = (count + part_count - 1) / part_count;
    for (size_t i = 0; i < part_count; i++) {
        parts[i].begin = i * each < count ? i * each : count;
        parts[i].end = (i + 1) * each < count ? (i + 1) * each : count;
        parts[i].count = 0;
        arena_reset(&parts[i].list);
    }
}

static result read_names(struct roll *roll, struct roll_part *parts, size_t part_count,
                         struct err *err)
{
    struct part threads[ROLL_THREADS];
    share(parts, part_count, roll->line_count);
    for (size_t i = 0; i < part_count; i++) {
        threads[i] = (struct part){.work = read_lines, .context = &parts[i]};
    }
    TRY(parts_run(threads, part_count, err));
    return make_table(roll, parts, part_count, err);
}

static result seek_everybody(struct roll *roll, struct roll_part *parts, size_t part_count,
                             struct err *err)
{
    struct part threads[ROLL_THREADS];
    struct seeking_part seeking[ROLL_THREADS];
    struct order *order = NULL;
    TRY(give_lines(roll, &order, err));
    share(parts, part_count, roll->record_count);
    for (size_t i = 0; i < part_count; i++) {
        seeking[i] = (struct seeking_part){.part = &parts[i], .order = order};
        threads[i] = (struct part){.work = seek_people, .context = &seeking[i]};
    }
    return parts_run(threads, part_count, err);
}

int pair_compare(const struct pair *a, const struct pair *b)
{
    return a->one != b->one ? (a->one > b->one) - (a->one < b->one)
                            : (a->other > b->other) - (a->other < b->other);
}

static int compare_pairs(const void *left, const void *right)
{
    return pair_compare(left, right);
}

int seeker_compare(const struct seeker *a, const struct seeker *b)
{
    return a->hash != b->hash ? (a->hash > b->hash) - (a->hash < b->hash)
                              : (a->person > b->person) - (a->person < b->person);
}

static int compare_seekers(const void *left, const void *right)
{
    return seeker_compare(left, right);
}

static result gather_seekers(const struct roll_part *parts, size_t part_count, struct arena *arena,
                             struct roll_answer *answer, struct err *err)
{
    size_t all = 0;
    for (size_t i = 0; i < part_count; i++) {
        all += parts[i].seeker_count;
    }
    answer->seekers = ARENA_NEW_UNSET(arena, struct seeker, all + 1);
    if (answer->seekers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < part_count; i++) {
        for (size_t k = 0; k < parts[i].seeker_count; k++) {
            answer->seekers[answer->seeker_count++] = parts[i].seekers[k];
        }
    }
    qsort(answer->seekers, answer->seeker_count, sizeof answer->seekers[0], compare_seekers);
    return result_ok();
}

/* Most were found from both sides. */
static result gather_pairs(const struct roll_part *parts, size_t part_count, struct arena *arena,
                           struct roll_answer *answer, struct err *err)
{
    size_t all = 0;
    size_t kept = 0;
    for (size_t i = 0; i < part_count; i++) {
        all += parts[i].count;
    }
    struct pair *pairs = ARENA_NEW_UNSET(arena, struct pair, all + 1);
    if (pairs == NULL) {
        return arena_full(err);
    }
    all = 0;
    for (size_t i = 0; i < part_count; i++) {
        const struct pair *items = parts[i].items;
        for (size_t k = 0; k < parts[i].count; k++) {
            pairs[all++] = items[k];
        }
    }
    qsort(pairs, all, sizeof pairs[0], compare_pairs);
    for (size_t i = 0; i < all; i++) {
        if (kept == 0 || pair_compare(&pairs[kept - 1], &pairs[i]) != 0) {
            pairs[kept++] = pairs[i];
        }
    }
    answer->pairs = pairs;
    answer->pair_count = kept;
    return result_ok();
}

static result open_parts(struct roll *roll, struct transaction *const *transactions,
                         struct roll_part *parts, size_t count, size_t bytes, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        parts[i].roll = roll;
        parts[i].transaction = transactions[i];
        TRY(arena_open(&parts[i].kept, bytes, err));
        TRY(arena_open(&parts[i].list, bytes, err));
        TRY(arena_open(&parts[i].more, bytes, err));
        TRY(arena_open(&parts[i].work, BYTES_BASE, err));
    }
    return result_ok();
}

static void close_all(struct roll *roll, struct roll_part *parts)
{
    for (size_t i = 0; i < ROLL_THREADS; i++) {
        arena_close(&parts[i].kept);
        arena_close(&parts[i].list);
        arena_close(&parts[i].more);
        arena_close(&parts[i].work);
    }
    arena_close(&roll->memory);
}

static result call(struct roll *roll, struct transaction *const *transactions,
                   struct roll_part *parts, size_t part_count, int64_t events, struct err *err)
{
    struct roll_events found = {.count = 0};
    const size_t bytes = (size_t)BYTES_BASE + (size_t)events * BYTES_EACH;
    TRY(arena_open(&roll->memory, bytes, err));
    TRY(open_parts(roll, transactions, parts, part_count, bytes, err));
    TRY(read_records(roll, transactions[0], &parts[0].work, err));
    TRY(read_events(&parts[0], events, &found, err));
    TRY(place_lines(roll, &found, err));
    TRY(read_names(roll, parts, part_count, err));
    return seek_everybody(roll, parts, part_count, err);
}

result roll_call(struct transaction *const *transactions, size_t transaction_count, int this_year,
                 struct roll_watch *watch, struct arena *arena, struct roll_answer *ret_answer,
                 struct err *err)
{
    struct roll roll = {.this_year = this_year, .watch = watch};
    struct roll_answer answer = {.pair_count = 0};
    struct roll_part parts[ROLL_THREADS] = {{.count = 0}};
    const size_t part_count = transaction_count < ROLL_THREADS ? transaction_count : ROLL_THREADS;
    int64_t events = 0;
    TRY(transaction_event_count(transactions[0], &events, err));
    result done = call(&roll, transactions, parts, part_count, events, err);
    done = done.ok ? gather_pairs(parts, part_count, arena, &answer, err) : done;
    done = done.ok ? gather_seekers(parts, part_count, arena, &answer, err) : done;
    close_all(&roll, parts);
    TRY(done);
    *ret_answer = answer;
    return result_ok();
}
