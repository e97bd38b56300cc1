/* Aim: what is kept of earlier readings (store/recent.h) is never told where the snapshot of the
 * reader has something else. Two stores over one file, as a server and a command beside it are, are
 * told a random story of a few people: facts, names, requests, families, merges and separations,
 * erasures. After each event both are read in steady readings, also in snapshots that are older
 * than what the other has just recorded, and everything a page asks for is compared with what the
 * same snapshot says when nothing is kept. The seed is printed; SEED=n repeats one story. */
#include "harness.h"

#include "base/buf.h"
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PEOPLE = 4,
    STEPS = 110,
    ROUNDS = 2,
    ROUNDS_LONG = 30,
    NAMED_MAX = 512,
    MERGES_MAX = 64,
    DUMP_BYTES = 4 * 1024 * 1024
};

struct merging {
    int64_t request;
    int64_t continues;
    int64_t absorbed;
    bool in_force;
};

struct story {
    struct random random;
    struct room rooms[2]; /* the same file */
    int64_t people[PEOPLE];
    int64_t hub;
    int64_t facts[NAMED_MAX];
    int64_t facts_of[NAMED_MAX];
    size_t fact_count;
    int64_t requests[NAMED_MAX];
    int64_t requests_of[NAMED_MAX];
    size_t request_count;
    struct merging merges[MERGES_MAX];
    size_t merge_count;
    int registered;
    int merged;
    int separated;
    int erased;
    struct arena memory;
    struct arena dumps[2];
};

static int pick(struct story *story, int bound)
{
    return (int)random_below(&story->random, (uint64_t)bound);
}

/* --- everything that a page asks for ---------------------------------------------------------- */

static void put_person(struct buf *text, const struct person_row *row)
{
    buf_format(
        text,
        "person %lld %.*s %.*s %d %lld %lld f%lld h%lld %d %d %d %lld %lld %d p%lld %d part %lld\n",
        (long long)row->id, STR_ARG(row->reference), STR_ARG(row->stage), (int)row->stage_since.day,
        (long long)row->stage_event, (long long)row->identity_event, (long long)row->family,
        (long long)row->hub, (int)row->registered_on.day,
        row->last_contact_on.known ? (int)row->last_contact_on.day.day : -1,
        row->next_check_on.known ? (int)row->next_check_on.day.day : -1, (long long)row->holds,
        (long long)row->erasure_request, (int)row->restricted, (long long)row->protection,
        (int)row->erased, (long long)row->part_of);
}

static result put_facts(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                        struct arena *arena, struct buf *text, struct err *err)
{
    const struct fact_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_fact_rows(transaction, kind, subject, KNOWN_NOW, arena, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        buf_format(text, "fact %lld %.*s = %.*s (%.*s) %d %lld %lld %d %lld\n",
                   (long long)rows[i].position, STR_ARG(rows[i].fact), STR_ARG(rows[i].value),
                   STR_ARG(rows[i].source), (int)rows[i].true_from.day,
                   (long long)rows[i].recorded_at.milliseconds, (long long)rows[i].actor,
                   (int)rows[i].withdrawn, (long long)rows[i].withdrawn_at.milliseconds);
    }
    TRY(transaction_facts(transaction, kind, subject, (date){DAY_0 + 5}, KNOWN_NOW, arena, &rows,
                          &count, err));
    for (size_t i = 0; i < count; i++) {
        buf_format(text, "counts %lld\n", (long long)rows[i].position);
    }
    return result_ok();
}

static result put_events(const struct event *events, size_t count, struct arena *arena,
                         struct buf *text, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        str body;
        TRY(event_write_body(&events[i], arena, &body, err));
        buf_format(text, "event %lld of %lld %s %d by %lld %.*s\n", (long long)events[i].position,
                   (long long)events[i].subject, event_kind_name(events[i].kind),
                   (int)events[i].effective_on.day, (long long)events[i].actor, STR_ARG(body));
    }
    return result_ok();
}

static result put_requests(struct transaction *transaction, int64_t person, struct arena *arena,
                           struct buf *text, struct err *err)
{
    const struct request_filter filter = {.person = person};
    const struct request_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_requests(transaction, &filter, arena, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        buf_format(text, "request %lld of %lld state %d by %lld changed %lld\n",
                   (long long)rows[i].id, (long long)rows[i].person, (int)rows[i].state,
                   (long long)rows[i].requested_by, (long long)rows[i].changed_event);
    }
    return result_ok();
}

static result put_all_of(struct transaction *transaction, int64_t record, struct arena *arena,
                         struct buf *text, struct err *err)
{
    struct person_row row;
    struct person_row own;
    struct identity identity;
    const struct event *events = NULL;
    size_t count = 0;
    int64_t found = 0;
    str passages;
    TRY(transaction_record(transaction, record, arena, &own, err));
    put_person(text, &own);
    TRY(transaction_person(transaction, record, arena, &row, err));
    put_person(text, &row);
    TRY(transaction_seek(transaction, SUBJECT_OF_PERSON, own.reference, &found, err));
    buf_format(text, "found %lld\n", (long long)found);
    TRY(transaction_identity(transaction, &row, arena, &identity, err));
    buf_format(text, "name %.*s %d\n", STR_ARG(identity.name),
               identity.born_on.known ? (int)identity.born_on.day.day : -1);
    TRY(put_facts(transaction, SUBJECT_OF_PERSON, row.id, arena, text, err));
    for (size_t limit = 0; limit <= 4; limit += 4) {
        TRY(transaction_history(transaction, SUBJECT_OF_PERSON, row.id, 0, limit, arena, &events,
                                &count, err));
        TRY(put_events(events, count, arena, text, err));
    }
    TRY(transaction_stage_events(transaction, row.id, 0, arena, &events, &count, err));
    TRY(put_events(events, count, arena, text, err));
    TRY(transaction_course(transaction, record, arena, &passages, err));
    for (size_t i = 0; i < passages.len; i++) {
        buf_format(text, "%02x", (unsigned)(unsigned char)passages.at[i]);
    }
    buf_put_char(text, '\n');
    return put_requests(transaction, row.id, arena, text, err);
}

static result put_everything(struct transaction *transaction, const struct story *story,
                             struct arena *arena, struct buf *text, struct err *err)
{
    struct hub_row hub;
    int64_t found = 0;
    for (int i = 0; i < PEOPLE; i++) {
        TRY(put_all_of(transaction, story->people[i], arena, text, err));
    }
    TRY(transaction_hub(transaction, story->hub, arena, &hub, err));
    buf_format(text, "hub %.*s\n", STR_ARG(hub.name));
    TRY(put_facts(transaction, SUBJECT_OF_HUB, story->hub, arena, text, err));
    /* The next who will be registered: not there, until they are. */
    for (int i = story->registered - 1; i <= story->registered + 1; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-N%d", i);
        TRY(transaction_seek(transaction, SUBJECT_OF_PERSON, str_from_c(reference), &found, err));
        buf_format(text, "%s is %lld\n", reference, (long long)found);
    }
    return result_ok();
}

static result dump(struct transaction *transaction, const struct story *story, struct arena *arena,
                   str *ret_text, struct err *err)
{
    struct buf text;
    arena_reset(arena);
    struct arena own = *arena; /* what is read lies behind the text */
    own.at += DUMP_BYTES;
    buf_init(&text, arena, DUMP_BYTES / 2);
    TRY(put_everything(transaction, story, &own, &text, err));
    return buf_finish(&text, ret_text, err);
}

static const char *first_difference(str left, str right)
{
    static char shown[600];
    size_t at = 0;
    while (at < left.len && at < right.len && left.at[at] == right.at[at]) {
        at++;
    }
    size_t begin = at;
    while (begin > 0 && left.at[begin - 1] != '\n') {
        begin--;
    }
    snprintf(shown, sizeof shown, "kept: %.200s\nread: %.200s", left.at + begin, right.at + begin);
    return shown;
}

/* Two times with what is kept, the second of which finds what the first has kept; once without. */
static result compare(struct transaction *transaction, struct story *story, struct err *err)
{
    struct recent *recent = transaction->recent;
    assert_non_null(recent);
    assert_true(transaction->steady);
    transaction->recent = NULL;
    str read;
    const result direct = dump(transaction, story, &story->dumps[0], &read, err);
    transaction->recent = recent;
    TRY(direct);
    for (int i = 0; i < 2; i++) {
        str kept;
        TRY(dump(transaction, story, &story->dumps[1], &kept, err));
        if (!str_equal(read, kept)) {
            return err_set(err, ERROR_INTERNAL, "%s", first_difference(kept, read));
        }
    }
    return result_ok();
}

/* --- the story -------------------------------------------------------------------------------- */

static result append(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_append(transaction, context, err);
}

static result erase(struct transaction *transaction, void *context, struct err *err)
{
    return transaction_erase_person(transaction, context, err);
}

/* What the register refuses just now does not happen. */
static int64_t tell(struct story *story, store_work *work, struct event event)
{
    struct room *room = &story->rooms[pick(story, 2)];
    struct err refused = {0};
    event.actor = 1 + pick(story, 3);
    event.recorded_at.milliseconds +=
        10 * (int64_t)(story->fact_count + 1) + read_event_count(room) * 10;
    return store_write(room->store, work, &event, &refused).ok ? event.position : 0;
}

static void record_fact(struct story *story, int64_t person)
{
    static const char *const facts[] = {"order", "health", "notice"};
    static const char *const values[] = {"none", "yes", "2026-03-01", "17"};
    const int64_t position =
        tell(story, append,
             fact_event(SUBJECT_OF_PERSON, person, facts[pick(story, 3)], values[pick(story, 4)]));
    if (position != 0 && story->fact_count < NAMED_MAX) {
        story->facts_of[story->fact_count] = person;
        story->facts[story->fact_count++] = position;
    }
}

static void withdraw_fact(struct story *story)
{
    if (story->fact_count > 0) {
        const size_t which = (size_t)pick(story, (int)story->fact_count);
        struct event event =
            event_of(SUBJECT_OF_PERSON, story->facts_of[which], EVENT_FACT_WITHDRAWN);
        event.body.fact_withdrawn.event = story->facts[which];
        tell(story, append, event);
    }
}

static void ask_or_stop(struct story *story, int64_t person)
{
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_STEP_REQUESTED);
    event.body.step_requested.step = STR("removal");
    if (story->request_count > 0 && pick(story, 2) == 0) {
        const size_t which = (size_t)pick(story, (int)story->request_count);
        event = event_of(SUBJECT_OF_PERSON, story->requests_of[which], EVENT_STEP_STOPPED);
        event.body.step_stopped.request = story->requests[which];
        tell(story, append, event);
        return;
    }
    const int64_t position = tell(story, append, event);
    if (position != 0 && story->request_count < NAMED_MAX) {
        story->requests_of[story->request_count] = person;
        story->requests[story->request_count++] = position;
    }
}

static void take_step(struct story *story, int64_t person)
{
    static const char *const stages[] = {"claimed", "refused", "exhausted", "gone"};
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_STEP_TAKEN);
    event.body.step_taken.step = STR("step");
    event.body.step_taken.to = str_from_c(stages[pick(story, 4)]);
    tell(story, append, event);
}

static void say_something(struct story *story, int64_t person)
{
    struct event event = event_of(SUBJECT_OF_PERSON, person, EVENT_NOTE_ADDED);
    char text[40];
    snprintf(text, sizeof text, "Name%d Other", pick(story, 99));
    switch (pick(story, 5)) {
    case 0:
        event.body.note_added.note = str_from_c(text);
        break;
    case 1:
        event.kind = EVENT_IDENTITY_CORRECTED;
        event.body.identity_corrected.name = str_from_c(text);
        break;
    case 2:
        event.kind = EVENT_CONTACT_CONFIRMED;
        event.body.contact_confirmed.source = str_from_c(text);
        break;
    case 3:
        event.kind = EVENT_FAMILY_JOINED;
        event.body.family_joined.family = 1 + pick(story, 3);
        break;
    default:
        event.kind = EVENT_LEGAL_HOLD_PLACED;
        event.body.note_added.note = STR("");
        break;
    }
    tell(story, append, event);
}

/* Only what casework lets through reaches the store: one that is in force is undone, the youngest
 * first; and whoever was erased is neither merged nor separated. */
static void separate(struct story *story)
{
    for (size_t i = story->merge_count; i > 0; i--) {
        struct merging *merging = &story->merges[i - 1];
        if (merging->in_force) {
            struct event event =
                event_of(SUBJECT_OF_PERSON, merging->continues, EVENT_IDENTITIES_SEPARATED);
            event.body.identities_separated.request = merging->request;
            event.body.identities_separated.other = merging->absorbed;
            merging->in_force = tell(story, append, event) == 0;
            story->separated += merging->in_force ? 0 : 1;
            return;
        }
    }
}

static struct person_row row_now(struct story *story, int64_t record)
{
    return read_person(&story->rooms[0], record);
}

static void merge(struct story *story)
{
    const struct person_row whole = row_now(story, story->people[pick(story, PEOPLE)]);
    const struct person_row part = row_now(story, story->people[pick(story, PEOPLE)]);
    struct event asked = event_of(SUBJECT_OF_PERSON, whole.id, EVENT_MERGE_REQUESTED);
    struct event done = event_of(SUBJECT_OF_PERSON, whole.id, EVENT_IDENTITIES_MERGED);
    if (whole.id == part.id || whole.erased || part.erased || story->merge_count == MERGES_MAX) {
        return;
    }
    asked.body.merge_requested.other = part.id;
    done.body.identities_merged.other = part.id;
    done.body.identities_merged.request = tell(story, append, asked);
    if (done.body.identities_merged.request != 0 && tell(story, append, done) != 0) {
        story->merges[story->merge_count++] = (struct merging){done.body.identities_merged.request,
                                                               whole.id, part.id, .in_force = true};
        story->merged++;
    }
}

static void register_as(struct story *story, int which)
{
    char reference[16];
    snprintf(reference, sizeof reference, "RH-N%d", story->registered++);
    story->people[which] =
        make_person(&story->rooms[pick(story, 2)], reference, "Another One", "claimed");
}

static void erase_somebody(struct story *story)
{
    struct event event = event_of(SUBJECT_OF_REGISTER, REGISTER_ID, EVENT_PERSON_ERASED);
    const int which = pick(story, PEOPLE);
    event.body.person_erased.person = story->people[which];
    event.body.person_erased.basis = STR("asked for");
    if (tell(story, erase, event) == 0) {
        return;
    }
    story->erased++;
    for (size_t i = 0; i < story->merge_count; i++) {
        struct merging *merging = &story->merges[i];
        merging->in_force = merging->in_force && !row_now(story, merging->continues).erased;
    }
    if (pick(story, 2) == 0) { /* otherwise the page of the erased is read on */
        register_as(story, which);
    }
}

static void happen(struct story *story)
{
    const int64_t person = story->people[pick(story, PEOPLE)];
    const int what = pick(story, 100);
    if (what < 30) {
        record_fact(story, person);
    } else if (what < 40) {
        withdraw_fact(story);
    } else if (what < 58) {
        ask_or_stop(story, person);
    } else if (what < 68) {
        take_step(story, person);
    } else if (what < 86) {
        say_something(story, person);
    } else if (what < 90) {
        tell(story, append, fact_event(SUBJECT_OF_HUB, story->hub, "order", "open"));
    } else if (what < 96) {
        (pick(story, 2) == 0 ? merge : separate)(story);
    } else if (what < 98) {
        register_as(story, pick(story, PEOPLE));
    } else {
        erase_somebody(story);
    }
}

/* --- readings --------------------------------------------------------------------------------- */

struct reading {
    struct story *story;
    int depth;
};

/* Reads; while the snapshot is held, something happens, and others read what is newer; and reads
 * once more. */
static result read_and_hold(struct transaction *transaction, void *context, struct err *err)
{
    struct reading *reading = context;
    struct story *story = reading->story;
    TRY(compare(transaction, story, err));
    if (reading->depth == 0 || pick(story, 3) > 0) {
        return result_ok();
    }
    const int64_t people[PEOPLE] = {story->people[0], story->people[1], story->people[2],
                                    story->people[3]};
    struct reading inner = {.story = story, .depth = reading->depth - 1};
    happen(story);
    for (int i = 0; i < 2; i++) {
        TRY(store_read_steady(story->rooms[i].store, read_and_hold, &inner, err));
    }
    int64_t newer[PEOPLE];
    memcpy(newer, story->people, sizeof newer);
    memcpy(story->people, people, sizeof newer); /* those that this snapshot has */
    TRY(compare(transaction, story, err));
    memcpy(story->people, newer, sizeof newer);
    return result_ok();
}

static void begin_story(struct story *story, const struct room *room, uint64_t seed)
{
    random_seed(&story->random, seed);
    story->rooms[0] = *room;
    story->rooms[1] = *room;
    EXPECT_OK(room_open_store(&story->rooms[1], false, &story->rooms[1].store, &failure));
    EXPECT_OK(arena_open(&story->dumps[0], 8 * DUMP_BYTES, &failure));
    EXPECT_OK(arena_open(&story->dumps[1], 8 * DUMP_BYTES, &failure));
    story->hub = make_hub(&story->rooms[0], "HUB-1", 3);
    for (int i = 0; i < PEOPLE; i++) {
        char reference[16];
        snprintf(reference, sizeof reference, "RH-%d", i);
        story->people[i] = make_person(&story->rooms[i % 2], reference, "Some One", "claimed");
    }
}

static void end_story(struct story *story)
{
    store_close(story->rooms[1].store);
    arena_close(&story->dumps[0]);
    arena_close(&story->dumps[1]);
}

static void one_story(uint64_t seed)
{
    void *state = NULL;
    room_open(&state);
    static struct story story;
    story = (struct story){.registered = 1};
    begin_story(&story, state, seed);
    for (int step = 0; step < STEPS; step++) {
        struct reading reading = {.story = &story, .depth = 2};
        struct err failure = {0};
        happen(&story);
        for (int i = 0; i < 2; i++) {
            if (!store_read_steady(story.rooms[i].store, read_and_hold, &reading, &failure).ok) {
                fail_msg("seed %llu, step %d: %s", (unsigned long long)seed, step, failure.what);
            }
        }
    }
    print_message("# seed %llu: %zu facts, %zu requests, %d merged, %d separated, %d erased\n",
                  (unsigned long long)seed, story.fact_count, story.request_count, story.merged,
                  story.separated, story.erased);
    assert_true(story.fact_count > 20 && story.merged + story.erased > 0);
    end_story(&story);
    room_close(&state);
}

static void what_is_kept_is_what_is_there(void **state)
{
    const char *given = getenv("SEED");
    (void)state;
    if (given != NULL) {
        one_story(strtoull(given, NULL, 10));
        return;
    }
    const uint64_t rounds = getenv("RETURNHUB_LONG") != NULL ? ROUNDS_LONG : ROUNDS;
    for (uint64_t round = 0; round < rounds; round++) {
        one_story((uint64_t)getpid() * 1000 + round);
    }
}

/* --- erasure ---------------------------------------------------------------------------------- */

struct looked_at {
    struct room *room;
    int64_t person;
    str reference;
    str name;
    bool is_kept;
};

static result read_name(struct transaction *transaction, void *context, struct err *err)
{
    struct looked_at *looked_at = context;
    struct person_row person;
    struct identity identity;
    TRY(transaction_person(transaction, looked_at->person, &looked_at->room->arena, &person, err));
    TRY(transaction_identity(transaction, &person, &looked_at->room->arena, &identity, err));
    looked_at->reference = person.reference;
    looked_at->name = identity.name;
    const char *ring = transaction->recent->ring;
    looked_at->is_kept = ring != NULL && memmem(ring, RECENT_BYTES, "Sampleomega", 11) != NULL;
    return result_ok();
}

static void nothing_is_kept_of_who_was_erased(void **state)
{
    /* Aim: a name that was read lies in memory, and no more once the person is erased; what was
     * given out lies with whoever asked, and stays. */
    struct room *room = *state;
    struct looked_at looked_at = {
        .room = room, .person = make_person(room, "RH-1", "PersonOne Sampleomega", "claimed")};
    struct event event = event_of(SUBJECT_OF_REGISTER, REGISTER_ID, EVENT_PERSON_ERASED);
    event.body.person_erased.person = looked_at.person;
    event.body.person_erased.basis = STR("asked for");
    EXPECT_OK(store_read_steady(room->store, read_name, &looked_at, &failure));
    assert_null(room->store->recent.ring); /* who asks a little has no memory taken */
    for (int i = 0; i < RECENT_ASKED_BEFORE; i++) {
        EXPECT_OK(store_read_steady(room->store, read_name, &looked_at, &failure));
    }
    assert_true(looked_at.is_kept);
    assert_true(str_equal(looked_at.name, STR("PersonOne Sampleomega")));
    const str given = looked_at.reference;
    EXPECT_OK(store_write(room->store, erase, &event, &failure));
    assert_true(str_equal(given, STR("RH-1")));
    assert_null(memmem(room->store->recent.ring, RECENT_BYTES, "Sampleomega", 11));
    EXPECT_OK(store_read_steady(room->store, read_name, &looked_at, &failure));
    assert_false(looked_at.is_kept);
    assert_int_equal(looked_at.name.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_what_is_there),
        cmocka_unit_test_setup_teardown(nothing_is_kept_of_who_was_erased, room_open, room_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
