#include "register/course.h"

#include <string.h>

/* A passage is written as: kind, position, day, instant less the beginning of that day, step,
 * stage, hub, agreement, place, request (of a registration, which has none: `later`), the number of
 * safeguards, the safeguards. */
enum {
    FIELDS = 11,
    NUMBER_BYTES_MAX = 10,
    PASSAGE_BYTES_MAX = (FIELDS + PASSAGE_SAFEGUARDS_MAX) * NUMBER_BYTES_MAX,
};

/* --- from an event --- */

bool event_is_passage(enum event_kind kind)
{
    return kind == EVENT_PERSON_REGISTERED || kind == EVENT_CONTACT_CONFIRMED ||
           kind == EVENT_STEP_TAKEN || kind == EVENT_STEP_REQUESTED || kind == EVENT_STEP_REFUSED ||
           kind == EVENT_STEP_STOPPED || kind == EVENT_DEPARTURE_CANCELLED;
}

/* The safeguards that are kept; what is beyond the maximum is left out. */
static struct text_list safeguards_of(const struct event *event)
{
    struct text_list list = {.items = NULL, .count = 0};
    list = event->kind == EVENT_STEP_REFUSED ? event->body.step_refused.safeguards : list;
    list = event->kind == EVENT_STEP_STOPPED ? event->body.step_stopped.safeguards : list;
    list.count = list.count < PASSAGE_SAFEGUARDS_MAX ? list.count : PASSAGE_SAFEGUARDS_MAX;
    return list;
}

size_t passage_names(const struct event *event, str names[PASSAGE_NAMES_MAX])
{
    const struct text_list safeguards = safeguards_of(event);
    names[0] = event->kind == EVENT_STEP_TAKEN       ? event->body.step_taken.step
               : event->kind == EVENT_STEP_REQUESTED ? event->body.step_requested.step
               : event->kind == EVENT_STEP_REFUSED   ? event->body.step_refused.step
                                                     : STR("");
    names[1] = event->kind == EVENT_STEP_TAKEN            ? event->body.step_taken.to
               : event->kind == EVENT_PERSON_REGISTERED   ? event->body.person_registered.stage
               : event->kind == EVENT_DEPARTURE_CANCELLED ? event->body.departure_cancelled.to
                                                          : STR("");
    for (size_t i = 0; i < safeguards.count; i++) {
        names[2 + i] = safeguards.items[i];
    }
    return 2 + safeguards.count;
}

static enum passage_kind kind_of(enum event_kind kind)
{
    return kind == EVENT_PERSON_REGISTERED     ? PASSAGE_REGISTERED
           : kind == EVENT_CONTACT_CONFIRMED   ? PASSAGE_CONTACT
           : kind == EVENT_STEP_TAKEN          ? PASSAGE_TAKEN
           : kind == EVENT_STEP_REQUESTED      ? PASSAGE_ASKED
           : kind == EVENT_STEP_REFUSED        ? PASSAGE_REFUSED
           : kind == EVENT_DEPARTURE_CANCELLED ? PASSAGE_CANCELLED
                                               : PASSAGE_STOPPED;
}

static int32_t days_later(const struct event *event)
{
    const struct known_day since = event->body.person_registered.stage_since;
    return since.known && date_before(event->effective_on, since.day)
               ? date_days_between(event->effective_on, since.day)
               : 0;
}

static void put_whereto(const struct event *event, struct passage *passage)
{
    if (event->kind == EVENT_PERSON_REGISTERED) {
        passage->later = days_later(event);
    } else if (event->kind == EVENT_STEP_TAKEN) {
        const struct step_taken_body *body = &event->body.step_taken;
        passage->hub = body->hub;
        passage->agreement = body->agreement;
        passage->place = body->place > 0 ? 1 : body->place;
        passage->request = body->request;
    } else if (event->kind == EVENT_STEP_REQUESTED) {
        passage->hub = event->body.step_requested.hub;
        passage->agreement = event->body.step_requested.agreement;
    } else if (event->kind == EVENT_STEP_REFUSED) {
        passage->hub = event->body.step_refused.hub;
        passage->request = event->body.step_refused.request;
    } else if (event->kind == EVENT_STEP_STOPPED) {
        passage->request = event->body.step_stopped.request;
    } else if (event->kind == EVENT_DEPARTURE_CANCELLED) {
        passage->hub = event->body.departure_cancelled.hub;
        passage->place = 1;
        passage->request = event->body.departure_cancelled.event;
    }
}

void passage_of(const struct event *event, const int64_t *numbers, struct passage *ret_passage)
{
    ASSERT(event->subject_kind == SUBJECT_OF_PERSON && event_is_passage(event->kind));
    *ret_passage = (struct passage){
        .kind = kind_of(event->kind),
        .position = event->position,
        .on = event->effective_on,
        .recorded_at = event->recorded_at,
        .step = numbers[0],
        .stage = numbers[1],
        .safeguards = numbers + 2,
        .safeguard_count = safeguards_of(event).count,
    };
    put_whereto(event, ret_passage);
}

/* --- writing --- */

static uint64_t fold(int64_t number)
{
    return ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t unfold(uint64_t folded)
{
    return (int64_t)(folded >> 1) ^ -(int64_t)(folded & 1);
}

static unsigned char *write_number(unsigned char *at, int64_t number)
{
    uint64_t left = fold(number);
    while (left >= 0x80) {
        *at++ = (unsigned char)(left | 0x80);
        left >>= 7;
    }
    *at++ = (unsigned char)left;
    return at;
}

static size_t write_passage(const struct passage *passage, unsigned char bytes[PASSAGE_BYTES_MAX])
{
    const int64_t of_day =
        passage->recorded_at.milliseconds - instant_from_date(passage->on).milliseconds;
    const int64_t fields[FIELDS] = {
        passage->kind,
        passage->position,
        passage->on.day,
        of_day,
        passage->step,
        passage->stage,
        passage->hub,
        passage->agreement,
        passage->place,
        passage->kind == PASSAGE_REGISTERED ? passage->later : passage->request,
        (int64_t)passage->safeguard_count,
    };
    unsigned char *at = bytes;
    for (size_t i = 0; i < FIELDS; i++) {
        at = write_number(at, fields[i]);
    }
    for (size_t i = 0; i < passage->safeguard_count; i++) {
        at = write_number(at, passage->safeguards[i]);
    }
    return (size_t)(at - bytes);
}

result course_row_append(struct course_row *row, const struct passage *passage, struct arena *arena,
                         struct err *err)
{
    unsigned char bytes[PASSAGE_BYTES_MAX];
    const size_t size = write_passage(passage, bytes);
    char *whole = ARENA_NEW(arena, char, row->passages.len + size);
    if (whole == NULL) {
        return arena_full(err);
    }
    if (row->passages.len > 0) {
        memcpy(whole, row->passages.at, row->passages.len);
    }
    memcpy(whole + row->passages.len, bytes, size);
    row->passages = (str){whole, row->passages.len + size};
    return result_ok();
}

/* --- reading --- */

size_t course_passages_max(str passages)
{
    return passages.len / FIELDS;
}

void course_reader_init(struct course_reader *reader, str passages)
{
    const unsigned char *at = (const unsigned char *)passages.at;
    reader->at = at;
    reader->end = passages.len == 0 ? at : at + passages.len;
    reader->damaged = false;
}

static int64_t read_number(struct course_reader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        const uint64_t byte = *reader->at++;
        number |= (byte & 0x7F) << shift;
        if (byte < 0x80) {
            return unfold(number);
        }
    }
    reader->damaged = true;
    return 0;
}

static bool is_sound(const struct passage *passage)
{
    return passage->kind >= PASSAGE_REGISTERED && passage->kind <= PASSAGE_CANCELLED &&
           passage->position > 0 && passage->safeguard_count <= PASSAGE_SAFEGUARDS_MAX;
}

bool course_next(struct course_reader *reader, struct passage *ret_passage)
{
    if (reader->damaged || reader->at == reader->end) {
        return false;
    }
    struct passage *passage = ret_passage;
    passage->kind = (enum passage_kind)read_number(reader);
    passage->position = read_number(reader);
    passage->on.day = (int32_t)read_number(reader);
    passage->recorded_at.milliseconds =
        instant_from_date(passage->on).milliseconds + read_number(reader);
    passage->step = read_number(reader);
    passage->stage = read_number(reader);
    passage->hub = read_number(reader);
    passage->agreement = read_number(reader);
    passage->place = read_number(reader);
    passage->request = read_number(reader);
    passage->later = 0;
    if (passage->kind == PASSAGE_REGISTERED) {
        passage->later = (int32_t)passage->request;
        passage->request = 0;
    }
    passage->safeguard_count = (size_t)read_number(reader);
    if (!is_sound(passage)) {
        reader->damaged = true;
    }
    for (size_t i = 0; !reader->damaged && i < passage->safeguard_count; i++) {
        reader->safeguards[i] = read_number(reader);
    }
    passage->safeguards = reader->safeguards;
    return !reader->damaged;
}

/* --- one course and another --- */

static result open_course(str passages, struct course_reader *reader, struct passage *first,
                          bool *ret_more, struct err *err)
{
    course_reader_init(reader, passages);
    *ret_more = course_next(reader, first);
    return reader->damaged ? err_set(err, ERROR_STORAGE, "A course is damaged") : result_ok();
}

static result next_in_course(struct course_reader *reader, struct passage *next, bool *ret_more,
                             struct err *err)
{
    *ret_more = course_next(reader, next);
    return reader->damaged ? err_set(err, ERROR_STORAGE, "A course is damaged") : result_ok();
}

static bool counts_for_whole(const struct passage *passage, int64_t since)
{
    return passage->position > since || passage->kind == PASSAGE_CONTACT;
}

result course_join(str whole, str part, int64_t since, struct arena *arena, str *ret_passages,
                   struct err *err)
{
    struct course_row joined = {.passages = STR("")};
    struct course_reader readers[2];
    struct passage next[2];
    bool more[2] = {false, false};
    TRY(open_course(whole, &readers[0], &next[0], &more[0], err));
    TRY(open_course(part, &readers[1], &next[1], &more[1], err));
    while (more[0] || more[1]) {
        const int which = !more[1] || (more[0] && next[0].position < next[1].position) ? 0 : 1;
        if (which == 0 || counts_for_whole(&next[1], since)) {
            TRY(course_row_append(&joined, &next[which], arena, err));
        }
        TRY(next_in_course(&readers[which], &next[which], &more[which], err));
    }
    *ret_passages = joined.passages;
    return result_ok();
}

/* The passages with or without the one at `position`, which is given as a course of its own. */
static result split(const struct course_row *row, int64_t position, struct arena *arena,
                    struct course_row *ret_one, struct course_row *ret_rest, struct err *err)
{
    struct course_reader reader;
    struct passage passage;
    bool more = false;
    *ret_one = (struct course_row){.person = row->person, .passages = STR("")};
    *ret_rest = *ret_one;
    TRY(open_course(row->passages, &reader, &passage, &more, err));
    while (more) {
        TRY(course_row_append(passage.position == position ? ret_one : ret_rest, &passage, arena,
                              err));
        TRY(next_in_course(&reader, &passage, &more, err));
    }
    return result_ok();
}

result course_rows_move(struct course_row *from, struct course_row *to, int64_t position,
                        struct arena *arena, bool *ret_moved, struct err *err)
{
    struct course_row one;
    struct course_row rest;
    TRY(split(from, position, arena, &one, &rest, err));
    *ret_moved = one.passages.len > 0;
    if (*ret_moved) {
        TRY(course_join(to->passages, one.passages, 0, arena, &to->passages, err));
        from->passages = rest.passages;
    }
    return result_ok();
}

/* --- erasing --- */

static bool remains(enum passage_kind kind)
{
    return kind == PASSAGE_REGISTERED || kind == PASSAGE_TAKEN || kind == PASSAGE_ASKED ||
           kind == PASSAGE_STOPPED || kind == PASSAGE_CANCELLED;
}

result course_row_erase(struct course_row *row, struct arena *arena, struct err *err)
{
    struct course_row erased = {.person = row->person, .passages = STR("")};
    struct course_reader reader;
    struct passage passage;
    course_reader_init(&reader, row->passages);
    while (course_next(&reader, &passage)) {
        if (remains(passage.kind)) {
            passage.safeguard_count = 0;
            TRY(course_row_append(&erased, &passage, arena, err));
        }
    }
    *row = erased;
    return reader.damaged ? err_set(err, ERROR_STORAGE, "The course of person %lld is damaged",
                                    (long long)row->person)
                          : result_ok();
}
