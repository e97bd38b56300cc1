#include "casework/casework.h"

#include "casework/facts.h"
#include "casework/recall.h"
#include "casework/requests.h"
#include "casework/sitting.h"
#include "casework/text.h"

/* --- one line --------------------------------------------------------------------------------- */

static result read_agreement(struct sitting *sitting, int64_t id, struct agreement_row *ret_row,
                             struct err *err)
{
    struct agreement_row row = {.reference = STR(""), .partner = STR(""), .title = STR("")};
    if (id != 0) {
        struct agreement_row found;
        TRY(transaction_agreement(sitting->transaction, id, sitting->arena, &found, err));
        row = sitting_may_agreement(sitting, &found, ACTION_SEE_AGREEMENT) ? found : row;
    }
    *ret_row = row;
    return result_ok();
}

static result read_line(struct sitting *sitting, const struct hub_row *row,
                        struct hub_line *ret_line, struct err *err)
{
    struct hub_line line = {.row = *row};
    const struct loaded_case nobody = {.when = case_now(sitting)};
    struct loaded_case loaded;
    TRY(case_at_hub(sitting, &nobody, row->id, false, &loaded, err));
    TRY(facts_show(sitting, SUBJECT_HUB, &loaded.hub, &line.facts, &line.fact_count, err));
    line.places = loaded.places.counts;
    TRY(read_agreement(sitting, row->agreement, &line.agreement, err));
    *ret_line = line;
    return result_ok();
}

/* --- all hubs --------------------------------------------------------------------------------- */

struct hubs_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference; /* of one hub */
    struct arena *arena;
    struct sitting sitting;
    struct hub_line line;
    struct hub_line *lines;
    size_t count;
};

static result read_hubs(struct transaction *transaction, void *context, struct err *err)
{
    struct hubs_work *work = context;
    const struct hub_row *rows = NULL;
    size_t row_count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_HUB,
                     work->arena, err));
    TRY(transaction_hubs(transaction, work->arena, &rows, &row_count, err));
    work->lines = ARENA_NEW(work->arena, struct hub_line, row_count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    work->count = 0;
    for (size_t i = 0; i < row_count; i++) {
        bool visible = false;
        TRY(sitting_may_hub(&work->sitting, &rows[i], ACTION_SEE_HUB, &visible, err));
        if (visible) {
            TRY(read_line(&work->sitting, &rows[i], &work->lines[work->count], err));
            work->count++;
        }
    }
    return result_ok();
}

result casework_hubs(const struct casework *casework, const struct caller *caller,
                     struct arena *arena, const struct hub_line **ret_lines, size_t *ret_count,
                     struct err *err)
{
    struct hubs_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_hubs, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "hubs", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

/* --- one hub ---------------------------------------------------------------------------------- */

/* Who is out of this account's sight is nobody: the place is taken all the same. */
static result read_occupant(struct hubs_work *work, int64_t person, struct person_row *ret_occupant,
                            struct err *err)
{
    struct person_row row;
    bool hidden = false;
    TRY(transaction_person(work->sitting.transaction, person, work->arena, &row, err));
    TRY(sitting_hides(&work->sitting, &row, ACTION_SEE_PERSON, &hidden, err));
    if (!hidden) {
        *ret_occupant = row;
    }
    return result_ok();
}

static result read_places(struct hubs_work *work, struct err *err)
{
    struct hub_line *line = &work->line;
    struct transaction *transaction = work->sitting.transaction;
    TRY(transaction_places(transaction, line->row.id, work->arena, &line->place_rows,
                           &line->place_count, err));
    struct person_row *occupants = ARENA_NEW(work->arena, struct person_row, line->place_count + 1);
    if (occupants == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < line->place_count; i++) {
        if (line->place_rows[i].person != 0) {
            TRY(read_occupant(work, line->place_rows[i].person, &occupants[i], err));
        }
    }
    line->occupants = occupants;
    return result_ok();
}

static result read_requests(struct hubs_work *work, struct err *err)
{
    const struct request_filter filter = {.hub = work->line.row.id, .live_only = true};
    const struct request_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_requests(work->sitting.transaction, &filter, work->arena, &rows, &count, err));
    struct work_request *requests = ARENA_NEW(work->arena, struct work_request, count + 1);
    if (requests == NULL) {
        return arena_full(err);
    }
    work->line.request_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *work->arena;
        struct person_row person;
        bool hidden = false;
        TRY(transaction_person(work->sitting.transaction, rows[i].person, &scratch, &person, err));
        TRY(sitting_hides(&work->sitting, &person, ACTION_SEE_PERSON, &hidden, err));
        if (!hidden) {
            TRY(request_describe(&work->sitting, &rows[i], &requests[work->line.request_count],
                                 err));
            work->line.request_count++;
        }
    }
    work->line.requests = requests;
    return result_ok();
}

static result read_hub(struct transaction *transaction, void *context, struct err *err)
{
    struct hubs_work *work = context;
    struct hub_row row = {.id = 0};
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_HUB,
                     work->arena, err));
    TRY(sitting_hub(&work->sitting, work->reference, ACTION_SEE_HUB, &row, err));
    TRY(read_line(&work->sitting, &row, &work->line, err));
    TRY(read_places(work, err));
    return read_requests(work, err);
}

result casework_hub(const struct casework *casework, const struct caller *caller, str reference,
                    struct arena *arena, struct hub_line *ret_hub, struct err *err)
{
    struct hubs_work work = {
        .casework = casework, .caller = caller, .reference = reference, .arena = arena};
    TRY(store_read(casework->store, read_hub, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_HUB, work.line.row.id, "hub page", err));
    *ret_hub = work.line;
    return result_ok();
}

/* --- places agreed ---------------------------------------------------------------------------- */

struct places_work {
    const struct casework *casework;
    const struct caller *caller;
    str hub;
    int64_t places;
    str reason;
    struct arena *arena;
};

static result append_places(struct sitting *sitting, const struct places_work *work,
                            const struct hub_row *hub, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_HUB,
                          .subject = hub->id,
                          .kind = EVENT_PLACES_AGREED,
                          .effective_on = sitting->today,
                          .body.places_agreed = {.places = work->places, .reason = work->reason}};
    /* The register refuses fewer places than are held and occupied. */
    TRY(sitting_append(sitting, &event, err));
    const struct touched touched = {.kind = SUBJECT_OF_HUB, .id = hub->id};
    struct stopped_list stopped;
    return recall_review(sitting, &touched, 1, event.position, NULL, &stopped, err);
}

static result agree_work(struct transaction *transaction, void *context, struct err *err)
{
    const struct places_work *work = context;
    struct sitting sitting;
    struct event before;
    struct hub_row hub = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_HUB,
                       work->arena, &before, err));
    TRY(sitting_hub(&sitting, work->hub, ACTION_RECORD_HUB, &hub, err));
    if (before.position != 0) {
        const struct places_agreed_body *body = &before.body.places_agreed;
        const bool same = before.kind == EVENT_PLACES_AGREED && before.subject == hub.id &&
                          body->places == work->places && str_equal(body->reason, work->reason);
        return same ? result_ok() : sitting_client_id_taken(err);
    }
    return append_places(&sitting, work, &hub, err);
}

result casework_agree_places(const struct casework *casework, const struct caller *caller, str hub,
                             int64_t places, str reason, struct arena *arena, struct err *err)
{
    TRY(text_line("The reason", reason, SOURCE_MAX_BYTES, err));
    if (places < 0 || places > HUB_PLACES_MAX) {
        return err_set(err, ERROR_INPUT, "A hub has between 0 and %d places", HUB_PLACES_MAX);
    }
    struct places_work work = {.casework = casework,
                               .caller = caller,
                               .hub = hub,
                               .places = places,
                               .reason = str_trim(reason),
                               .arena = arena};
    return store_write(casework->store, agree_work, &work, err);
}
