#include "store/recent.h"

#include <string.h>

enum {
    SLOTS = 256 * 1024,
    CHANGED = 64 * 1024,
    KEPT_MAX = 64 * 1024, /* bytes of one answer */
    LEARNED_MAX = 4096,   /* events; when there are more, what was kept is not used any more */
};

struct key {
    const struct recent_question *question;
    int64_t asked[RECENT_ASKED];
};

/* Before the rows, and their texts after them. */
struct entry {
    struct key key;
    int64_t at;    /* the last event of the snapshot they were read in */
    uint64_t size; /* of all three */
    uint64_t count;
};

void recent_init(struct recent *recent)
{
    *recent = (struct recent){.put = 0};
    ASSERT(pthread_mutex_init(&recent->mutex, NULL) == 0);
}

void recent_done(struct recent *recent)
{
    pthread_mutex_destroy(&recent->mutex);
    if (recent->ring != NULL) {
        arena_close(&recent->memory);
    }
}

static bool has_memory(struct recent *recent)
{
    pthread_mutex_lock(&recent->mutex);
    recent->asked += recent->asked < RECENT_ASKED_BEFORE ? 1 : 0;
    const size_t tables =
        SLOTS * sizeof recent->slots[0] + CHANGED * sizeof recent->changed[0] + 64;
    if (recent->asked == RECENT_ASKED_BEFORE && recent->ring == NULL &&
        arena_open(&recent->memory, RECENT_BYTES + tables, NULL).ok) {
        recent->slots = ARENA_NEW(&recent->memory, uint64_t, SLOTS);
        recent->changed = ARENA_NEW(&recent->memory, int64_t, CHANGED);
        recent->ring = arena_take_unset(&recent->memory, RECENT_BYTES, 1, alignof(struct entry));
        ASSERT(recent->slots != NULL && recent->changed != NULL && recent->ring != NULL);
    }
    const bool has = recent->ring != NULL;
    pthread_mutex_unlock(&recent->mutex);
    return has;
}

/* --- what changed ----------------------------------------------------------------------------- */

static uint64_t mixed(uint64_t so_far, int64_t number)
{
    const uint64_t mixed = (so_far ^ (uint64_t)number) * UINT64_C(0x9E3779B97F4A7C15);
    return mixed ^ mixed >> 32;
}

/* Two subjects that share one only seem to change more often. */
static int64_t *changed_of(const struct recent *recent, int64_t kind, int64_t subject)
{
    return &recent->changed[mixed(mixed(0, kind), subject) & (CHANGED - 1)];
}

static bool changes_others(enum event_kind kind)
{
    return kind == EVENT_PERSON_ERASED || kind == EVENT_IDENTITIES_MERGED ||
           kind == EVENT_IDENTITIES_SEPARATED;
}

/* With the mutex held. */
static void wipe(struct recent *recent, int64_t position)
{
    recent->everything = recent->everything > position ? recent->everything : position;
    memset(recent->slots, 0, SLOTS * sizeof recent->slots[0]);
    memset(recent->ring, 0, recent->put < RECENT_BYTES ? recent->put : RECENT_BYTES);
    recent->put = 0;
}

void recent_forget(struct recent *recent, int64_t position)
{
    pthread_mutex_lock(&recent->mutex);
    if (recent->ring != NULL) {
        wipe(recent, position);
    }
    pthread_mutex_unlock(&recent->mutex);
}

/* The events since the last one that anybody learned of, and whose rows they changed. */
struct news {
    const struct event_head *heads;
    const int64_t *people; /* of an event of a record, whose person it is */
    size_t count;
    int64_t last;
};

static void note_change(struct recent *recent, enum subject_kind kind, int64_t subject,
                        int64_t position)
{
    int64_t *changed = changed_of(recent, (int64_t)kind, subject);
    *changed = *changed > position ? *changed : position;
}

/* With the mutex held. Several may learn of the same. */
static void note_news(struct recent *recent, const struct news *news)
{
    for (size_t i = 0; i < news->count; i++) {
        const struct event_head *head = &news->heads[i];
        note_change(recent, head->subject_kind, head->subject, head->position);
        note_change(recent, head->subject_kind, news->people[i], head->position);
        if (changes_others(head->kind) && head->position > recent->everything) {
            wipe(recent, head->position);
        }
    }
    recent->known = recent->known > news->last ? recent->known : news->last;
}

/* An event of a record that is a part of a person is in the person's rows. */
static result read_news(struct transaction *transaction, int64_t known, struct arena *arena,
                        struct news *news, struct err *err)
{
    TRY(transaction_event_heads(transaction, known, (size_t)(news->last - known), arena,
                                &news->heads, &news->count, err));
    int64_t *people = ARENA_NEW(arena, int64_t, news->count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < news->count; i++) {
        people[i] = news->heads[i].subject;
        TRY(news->heads[i].subject_kind == SUBJECT_OF_PERSON
                ? identity_root(transaction, people[i], *arena, &people[i], err)
                : result_ok());
    }
    news->people = people;
    return result_ok();
}

/* What was recorded up to this snapshot. */
static result learn(struct transaction *transaction, struct err *err)
{
    struct recent *recent = transaction->recent;
    struct arena scratch = transaction->scratch;
    struct news news = {.count = 0};
    TRY(transaction_event_count(transaction, &news.last, err));
    pthread_mutex_lock(&recent->mutex);
    const int64_t known = recent->known;
    pthread_mutex_unlock(&recent->mutex);
    const bool too_many = news.last - known > LEARNED_MAX;
    if (news.last > known && !too_many) {
        TRY(read_news(transaction, known, &scratch, &news, err));
    }
    pthread_mutex_lock(&recent->mutex);
    if (too_many && news.last > recent->known) {
        wipe(recent, news.last);
    }
    note_news(recent, &news);
    pthread_mutex_unlock(&recent->mutex);
    transaction->recent_at = news.last;
    return result_ok();
}

/* With the mutex held: are rows that were read at one position those of a snapshot at another? What
 * is fixed was not there before it came. */
static bool is_unchanged(const struct recent *recent, const struct key *key, int64_t read_at,
                         int64_t at)
{
    const int64_t first = read_at < at ? read_at : at;
    return recent->everything <= first &&
           (key->question->is_fixed ? read_at <= at
                                    : *changed_of(recent, key->asked[0], key->asked[1]) <= first);
}

static bool same_key(const struct key *a, const struct key *b)
{
    return a->question == b->question && memcmp(a->asked, b->asked, sizeof a->asked) == 0;
}

/* What is asked has one slot, whatever the snapshot: newer rows take the place of older ones. */
static uint64_t *slot_of(const struct recent *recent, const struct key *key)
{
    uint64_t so_far = (uint64_t)(uintptr_t)key->question;
    for (size_t i = 0; i < RECENT_ASKED; i++) {
        so_far = mixed(so_far, key->asked[i]);
    }
    return &recent->slots[so_far & (SLOTS - 1)];
}

/* --- rows in one piece ------------------------------------------------------------------------ */

static const struct layout *layout_of_rows(const struct recent_question *question)
{
    return question->table == TABLE_COUNT ? layout_of_number() : layout_of(question->table);
}

static str *text_at(const struct column *column, void *row)
{
    const bool is_text = column->type == COLUMN_TEXT || column->type == COLUMN_BYTES;
    return is_text ? (str *)(void *)((char *)row + column->offset) : NULL;
}

static size_t size_of_texts(const struct layout *layout, void *rows, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < layout->column_count; k++) {
            const str *text = text_at(&layout->columns[k], (char *)rows + i * layout->row_size);
            size += text == NULL ? 0 : text->len + 1;
        }
    }
    return size;
}

/* Copies the rows, and each text to where `texts` begins and on. */
static void copy_rows(const struct layout *layout, const void *rows, size_t count, char *to,
                      char *texts)
{
    if (count > 0) {
        memcpy(to, rows, count * layout->row_size);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < layout->column_count; k++) {
            str *text = text_at(&layout->columns[k], to + i * layout->row_size);
            if (text == NULL) {
                continue;
            }
            if (text->len > 0) {
                memcpy(texts, text->at, text->len);
            }
            texts[text->len] = '\0';
            text->at = texts;
            texts += text->len + 1;
        }
    }
}

/* Of rows that were copied together with their texts: tells them where those lie now. */
static void move_texts(const struct layout *layout, char *rows, size_t count, const char *before)
{
    for (size_t k = 0; k < layout->column_count; k++) {
        const struct column *column = &layout->columns[k];
        if (text_at(column, rows) == NULL) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            str *text = text_at(column, rows + i * layout->row_size);
            text->at = rows + (text->at - before);
        }
    }
}

/* --- the ring --------------------------------------------------------------------------------- */

/* An entry is there until what was put after it has come round to where it begins. */
static const struct entry *entry_at(const struct recent *recent, uint64_t slot)
{
    const bool there = slot != 0 && slot - 1 + RECENT_BYTES >= recent->put;
    return there ? (const struct entry *)(const void *)(recent->ring + (slot - 1) % RECENT_BYTES)
                 : NULL;
}

/* Copies the rows out. False also when the arena is full, which whoever reads them is told. */
static bool find(const struct recent *recent, const struct key *key, int64_t at,
                 struct arena *arena, void **ret_rows, size_t *ret_count)
{
    const struct layout *layout = layout_of_rows(key->question);
    const struct entry *entry = entry_at(recent, *slot_of(recent, key));
    if (entry == NULL || !same_key(&entry->key, key) || !is_unchanged(recent, key, entry->at, at)) {
        return false;
    }
    const char *kept = (const char *)(entry + 1);
    char *rows = arena_take_unset(arena, entry->size - sizeof *entry, 1, alignof(struct entry));
    if (rows == NULL) {
        return false;
    }
    memcpy(rows, kept, entry->size - sizeof *entry);
    move_texts(layout, rows, entry->count, kept);
    *ret_rows = rows;
    *ret_count = entry->count;
    return true;
}

/* Where the next entry begins: in one piece, aligned. */
static uint64_t next_place(const struct recent *recent, uint64_t size)
{
    const uint64_t left = RECENT_BYTES - recent->put % RECENT_BYTES;
    return left < size ? recent->put + left : recent->put;
}

static void keep(struct recent *recent, const struct key *key, int64_t at, void *rows, size_t count)
{
    const struct layout *layout = layout_of_rows(key->question);
    const size_t size_of_rows = count * layout->row_size;
    const size_t exact = sizeof(struct entry) + size_of_rows + size_of_texts(layout, rows, count);
    const uint64_t size =
        (exact + alignof(struct entry) - 1) & ~(uint64_t)(alignof(struct entry) - 1);
    const bool may_come = count == 0 && key->question->is_fixed;
    if (size > KEPT_MAX || at < recent->everything || may_come) {
        return;
    }
    const uint64_t place = next_place(recent, size);
    struct entry *entry = (struct entry *)(void *)(recent->ring + place % RECENT_BYTES);
    *entry = (struct entry){.key = *key, .at = at, .size = size, .count = count};
    char *to = (char *)(entry + 1);
    copy_rows(layout, rows, count, to, to + size_of_rows);
    *slot_of(recent, key) = place + 1;
    recent->put = place + size;
}

/* --- asking ----------------------------------------------------------------------------------- */

result recent_rows(struct transaction *transaction, const struct recent_question *question,
                   const int64_t asked[RECENT_ASKED], struct arena *arena, void **ret_rows,
                   size_t *ret_count, struct err *err)
{
    struct recent *recent = transaction->recent;
    struct key key = {.question = question};
    if (recent == NULL || !transaction->steady) {
        return question->read(transaction, asked, arena, ret_rows, ret_count, err);
    }
    if (transaction->recent_at == 0) {
        if (!has_memory(recent)) {
            return question->read(transaction, asked, arena, ret_rows, ret_count, err);
        }
        TRY(learn(transaction, err));
    }
    memcpy(key.asked, asked, sizeof key.asked);
    pthread_mutex_lock(&recent->mutex);
    const bool found = find(recent, &key, transaction->recent_at, arena, ret_rows, ret_count);
    pthread_mutex_unlock(&recent->mutex);
    if (found) {
        return result_ok();
    }
    TRY(question->read(transaction, asked, arena, ret_rows, ret_count, err));
    pthread_mutex_lock(&recent->mutex);
    keep(recent, &key, transaction->recent_at, *ret_rows, *ret_count);
    pthread_mutex_unlock(&recent->mutex);
    return result_ok();
}
