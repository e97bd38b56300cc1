#include "casework/places.h"

#include "rulebook/names.h"

uint32_t place_need_fact(const struct rulebook *rulebook)
{
    const uint32_t fact = rulebook_fact(rulebook, STR("hub_stay.place_kind"));
    const bool usable = fact != NOT_FOUND_INDEX && rulebook->facts[fact].type == FACT_CHOICE &&
                        rulebook->facts[fact].subject == SUBJECT_PERSON;
    return usable ? fact : NOT_FOUND_INDEX;
}

str place_kind_title(const struct rulebook *rulebook, str kind, struct arena *arena)
{
    const uint32_t index = place_need_fact(rulebook);
    const struct fact *fact = index == NOT_FOUND_INDEX ? NULL : &rulebook->facts[index];
    struct value value;
    struct buf title;
    if (fact == NULL || !value_parse(rulebook, fact, kind, arena, &value, NULL).ok ||
        !value.known) {
        return name_as_title(kind, arena); /* of another rulebook */
    }
    buf_init(&title, arena, fact->choice_words[value.number].len);
    value_format_plain(rulebook, fact, &value, &title);
    return buf_str(&title);
}

struct place_need place_need_of(const struct rulebook *rulebook, const struct value *person)
{
    const uint32_t fact = place_need_fact(rulebook);
    if (fact == NOT_FOUND_INDEX) {
        return (struct place_need){.known = true, .kind = STR("")};
    }
    if (person == NULL || !person[fact].known) {
        return (struct place_need){.known = false, .kind = STR("")};
    }
    const size_t choice = (size_t)person[fact].number;
    ASSERT(choice < rulebook->facts[fact].choice_count);
    return (struct place_need){.known = true, .kind = rulebook->facts[fact].choices[choice]};
}

/* --- counting --------------------------------------------------------------------------------- */

/* What was prebooked for somebody and has run out is theirs no more than anybody's. */
static bool is_own(const struct place_row *row, int64_t person, date on)
{
    return person != 0 && row->person == person && !place_is_free_on(row, on);
}

/* Where people need a kind, a place without one is nobody's. */
static void set_apart(const struct rulebook *rulebook, struct kind_counts *kinds, size_t count)
{
    const bool kinds_needed = place_need_fact(rulebook) != NOT_FOUND_INDEX;
    for (size_t i = 0; kinds_needed && i < count; i++) {
        kinds[i].counts.free = kinds[i].kind.len > 0 ? kinds[i].counts.free : 0;
    }
}

int64_t places_without_kind(const struct place_counts *counts)
{
    return counts->agreed - counts->free - counts->prebooked - counts->held - counts->occupied -
           counts->out_of_use;
}

result places_count(struct sitting *sitting, int64_t hub, const struct kind_counts **ret_kinds,
                    size_t *ret_count, struct place_counts *ret_sum, struct err *err)
{
    const struct kind_counts *counted = NULL;
    size_t count = 0;
    TRY(transaction_count_places(sitting->transaction, hub, sitting->today, sitting->arena,
                                 &counted, &count, err));
    struct kind_counts *kinds = ARENA_NEW(sitting->arena, struct kind_counts, count + 1);
    if (kinds == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        kinds[i] = counted[i];
    }
    set_apart(sitting->casework->rulebook, kinds, count);
    *ret_kinds = kinds;
    *ret_count = count;
    *ret_sum = place_counts_sum(kinds, count);
    return result_ok();
}

result hub_places_now(struct sitting *sitting, int64_t hub, struct hub_places *ret_places,
                      struct err *err)
{
    struct hub_places places = {.own = NULL};
    TRY(places_count(sitting, hub, &places.kinds, &places.kind_count, &places.counts, err));
    *ret_places = places;
    return result_ok();
}

result hub_places_own(struct sitting *sitting, int64_t hub, int64_t person,
                      struct hub_places *places, struct err *err)
{
    const struct place_row *rows = NULL;
    size_t count = 0;
    if (person != 0) {
        TRY(transaction_places_of_person(sitting->transaction, person, sitting->arena, &rows,
                                         &count, err));
    }
    for (size_t i = 0; i < count; i++) {
        const bool own = rows[i].hub == hub && is_own(&rows[i], person, sitting->today);
        places->own = own ? &rows[i] : places->own;
    }
    return result_ok();
}

static struct kind_counts *kind_named(struct kind_counts *kinds, size_t *count, str kind)
{
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(kinds[i].kind, kind)) {
            return &kinds[i];
        }
    }
    kinds[*count] = (struct kind_counts){.kind = kind};
    return &kinds[(*count)++];
}

result hub_places_of_rows(const struct rulebook *rulebook, const struct place_row *rows,
                          size_t count, int64_t person, date on, struct arena *arena,
                          struct hub_places *ret_places, struct err *err)
{
    struct hub_places places = {.own = NULL};
    struct kind_counts *kinds = ARENA_NEW(arena, struct kind_counts, count + 1);
    if (kinds == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct kind_counts *kind = kind_named(kinds, &places.kind_count, rows[i].kind);
        place_counts_add(&kind->counts, &rows[i], on);
        places.own = is_own(&rows[i], person, on) ? &rows[i] : places.own;
    }
    set_apart(rulebook, kinds, places.kind_count);
    places.kinds = kinds;
    places.counts = place_counts_sum(kinds, places.kind_count);
    *ret_places = places;
    return result_ok();
}

static int64_t free_of_kind(const struct hub_places *places, str kind)
{
    for (size_t i = 0; i < places->kind_count; i++) {
        if (str_equal(places->kinds[i].kind, kind)) {
            return places->kinds[i].counts.free;
        }
    }
    return 0;
}

struct value places_free_for(const struct hub_places *places, const struct place_need *need,
                             const str *own_kind)
{
    if (!need->known) {
        return value_unknown();
    }
    const int64_t free = free_of_kind(places, need->kind);
    if (own_kind == NULL) {
        return value_number(free);
    }
    return value_number(str_equal(*own_kind, need->kind) ? free + 1 : 0);
}

void places_fill_counted(const struct rulebook *rulebook, const struct hub_places *places,
                         const struct place_need *need, struct value *values)
{
    const struct value free =
        need == NULL
            ? value_number(places->counts.free)
            : places_free_for(places, need, places->own == NULL ? NULL : &places->own->kind);
    const struct counted_fact {
        str name;
        struct value value;
    } counted[] = {
        {STR("hub.places_free"), free},
        {STR("hub.places_agreed"), value_number(places->counts.agreed)},
        {STR("hub.places_held"), value_number(places->counts.held)},
        {STR("hub.places_occupied"), value_number(places->counts.occupied)},
        {STR("hub.places_prebooked"), value_number(places->counts.prebooked)},
        {STR("hub.places_out_of_use"), value_number(places->counts.out_of_use)},
    };
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        const uint32_t fact = rulebook_fact(rulebook, counted[i].name);
        if (fact != NOT_FOUND_INDEX && rulebook->facts[fact].counted &&
            rulebook->facts[fact].type == FACT_NUMBER) {
            values[fact] = counted[i].value;
        }
    }
}

/* --- choosing --------------------------------------------------------------------------------- */

static result refuse_unknown_need(const struct person_row *person, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "It is not on record which kind of place %.*s needs, so none is chosen",
                          STR_ARG(person->reference)),
                  "the hint follows");
    return err_hint(err, "Record hub_stay.place_kind first.");
}

result places_refuse_kind(const struct sitting *sitting, const struct place_row *place,
                          const struct place_need *need, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct arena arena = *sitting->arena;
    const str has =
        place->kind.len > 0 ? place_kind_title(rulebook, place->kind, &arena) : STR("Not known");
    const str needs =
        need->known ? place_kind_title(rulebook, need->kind, &arena) : STR("Not known");
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "Place %lld is of the kind \"%.*s\", and the person needs \"%.*s\"",
                          (long long)place->number, STR_ARG(has), STR_ARG(needs)),
                  "the hint follows");
    return err_hint(err, "Change the place first, or ask for another hub.");
}

static result refuse_full(const struct sitting *sitting, str name, struct err *err)
{
    struct arena arena = *sitting->arena;
    const str kind = place_kind_title(sitting->casework->rulebook, name, &arena);
    result_ignore(kind.len == 0
                      ? err_set(err, ERROR_CONFLICT, "No place is free at the hub")
                      : err_set(err, ERROR_CONFLICT,
                                "No place of the kind \"%.*s\" is free at the hub", STR_ARG(kind)),
                  "the hint follows");
    return err_hint(err, "Wait until a place is free, or ask for another hub.");
}

static result find_for_request(struct sitting *sitting, int64_t person, int64_t hub,
                               int64_t request, const struct place_row **ret_row, struct err *err)
{
    const struct place_row *rows = NULL;
    size_t count = 0;
    *ret_row = NULL;
    if (request == 0) {
        return result_ok();
    }
    TRY(transaction_places_of_person(sitting->transaction, person, sitting->arena, &rows, &count,
                                     err));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].hub == hub && rows[i].request == request) {
            *ret_row = &rows[i];
        }
    }
    return result_ok();
}

result places_choose(struct sitting *sitting, const struct person_row *person,
                     const struct place_need *need, int64_t hub, int64_t request,
                     int64_t *ret_place, struct err *err)
{
    if (!need->known) {
        return refuse_unknown_need(person, err);
    }
    const struct place_row *prebooked = NULL;
    TRY(find_for_request(sitting, person->id, hub, request, &prebooked, err));
    if (prebooked != NULL) {
        *ret_place = prebooked->number;
        return str_equal(prebooked->kind, need->kind)
                   ? result_ok()
                   : places_refuse_kind(sitting, prebooked, need, err);
    }
    int64_t place = 0;
    TRY(transaction_free_place(sitting->transaction, hub, need->kind, sitting->today, &place, err));
    *ret_place = place;
    return place != 0 ? result_ok() : refuse_full(sitting, need->kind, err);
}

result places_check_held(struct sitting *sitting, const struct request_row *request,
                         const struct place_need *need, struct err *err)
{
    const struct place_row *held = NULL;
    TRY(find_for_request(sitting, request->person, request->hub, request->id, &held, err));
    if (held == NULL || held->number != request->place) {
        return err_set(err, ERROR_CONFLICT, "Place %lld is not held for the request %lld any more",
                       (long long)request->place, (long long)request->id);
    }
    return need->known && str_equal(held->kind, need->kind)
               ? result_ok()
               : places_refuse_kind(sitting, held, need, err);
}
