#include "casework/likely.h"

#include "format/latin.h"

#include <stdlib.h>

enum { YEAR_DAYS = 366 /* what is called less than a year apart */ };

/* --- who somebody is -------------------------------------------------------------------------- */

static bool is_withdrawn(const struct event *events, size_t count, int64_t position)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_IDENTIFIER_WITHDRAWN &&
            events[i].body.identifier_withdrawn.event == position) {
            return true;
        }
    }
    return false;
}

struct who_list {
    struct known_name *names;
    size_t name_count;
    struct known_identifier *identifiers;
    size_t identifier_count;
};

static void add_identity(struct who_list *list, const struct event *event)
{
    if (event->kind == EVENT_PERSON_REGISTERED) {
        const struct person_registered_body *body = &event->body.person_registered;
        list->names[list->name_count++] = (struct known_name){body->name, body->latin};
    } else if (event->kind == EVENT_IDENTITY_CORRECTED) {
        const struct identity_corrected_body *body = &event->body.identity_corrected;
        list->names[list->name_count++] = (struct known_name){body->name, body->latin};
    }
}

static void add_identifier(struct who_list *list, const struct event *event)
{
    const struct identifier_recorded_body *body = &event->body.identifier_recorded;
    const enum identifier_scheme scheme = identifier_scheme_from_name(body->scheme);
    if (scheme == SCHEME_OTHER_NAME) {
        list->names[list->name_count++] = (struct known_name){body->value, body->latin};
    }
    list->identifiers[list->identifier_count++] =
        (struct known_identifier){.event = event, .scheme = scheme};
}

result who_from_history(const struct event *events, size_t count, struct arena *arena,
                        struct who *ret_who, struct err *err)
{
    struct who_list list = {
        .names = ARENA_NEW(arena, struct known_name, count + 1),
        .identifiers = ARENA_NEW(arena, struct known_identifier, count + 1),
    };
    if (list.names == NULL || list.identifiers == NULL) {
        return arena_full(err);
    }
    for (size_t i = count; i > 0; i--) {
        const struct event *event = &events[i - 1];
        add_identity(&list, event);
        if (event->kind == EVENT_IDENTIFIER_RECORDED &&
            !is_withdrawn(events, count, event->position)) {
            add_identifier(&list, event);
        }
    }
    *ret_who = (struct who){.names = list.names,
                            .name_count = list.name_count,
                            .identifiers = list.identifiers,
                            .identifier_count = list.identifier_count};
    return result_ok();
}

result who_is(struct sitting *sitting, const struct person_row *person, struct who *ret_who,
              struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    struct identity identity;
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, person->id, 0, 0,
                            sitting->arena, &events, &count, err));
    TRY(who_from_history(events, count, sitting->arena, ret_who, err));
    TRY(transaction_identity(sitting->transaction, person, sitting->arena, &identity, err));
    ret_who->person = person->id;
    ret_who->born_on = identity.born_on;
    return result_ok();
}

/* --- comparing -------------------------------------------------------------------------------- */

static size_t count_common(const struct name_parts *a, const struct name_parts *b)
{
    size_t common = 0;
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t k = 0; k < b->count; k++) {
            found = found ||
                    (a->skeletons[i].len > 0 && str_equal(a->skeletons[i], b->skeletons[k])) ||
                    str_equal(a->parts[i], b->parts[k]);
        }
        common += found ? 1 : 0;
    }
    return common;
}

static result compare_names(const struct known_name *a, const struct known_name *b,
                            struct arena scratch, enum name_relation *ret_relation, struct err *err)
{
    struct name_parts left;
    struct name_parts right;
    TRY(name_parts_of(a->latin.len > 0 ? a->latin : a->name, &scratch, &left, err));
    TRY(name_parts_of(b->latin.len > 0 ? b->latin : b->name, &scratch, &right, err));
    const struct name_parts *shorter = left.count <= right.count ? &left : &right;
    const struct name_parts *longer = left.count <= right.count ? &right : &left;
    const size_t common = count_common(shorter, longer);
    const bool whole = shorter->count > 0 && common == shorter->count &&
                       (shorter->count > 1 || longer->count == 1);
    *ret_relation = str_equal(a->name, b->name) ? NAME_SAME
                    : whole                     ? NAME_LIKE
                    : common > 0                ? NAME_PART
                                                : NAME_OTHER;
    return result_ok();
}

enum birth_relation likeness_of_births(struct known_day a, struct known_day b)
{
    if (!a.known || !b.known) {
        return BIRTH_UNKNOWN;
    }
    const struct civil left = date_to_civil(a.day);
    const struct civil right = date_to_civil(b.day);
    const int32_t apart = a.day.day - b.day.day;
    return apart == 0 ? BIRTH_SAME
           : left.year == right.year && left.month == right.day && left.day == right.month
               ? BIRTH_EXCHANGED
           : apart <= YEAR_DAYS && apart >= -YEAR_DAYS ? BIRTH_NEAR
                                                       : BIRTH_OTHER;
}

/* --- what is looked for ----------------------------------------------------------------------- */

enum {
    TEXTS_OF_YEAR_MAX = 18, /* of one name: with five parts, fifteen of some, and those of all */
    YEARS_SOUGHT = 4,       /* the year of birth, those beside it, and none */
    TEXTS_OF_NAME_MAX = TEXTS_OF_YEAR_MAX * YEARS_SOUGHT + 1 + NAME_PARTS_MAX * 2,
    FIRST_YEAR_OF_BIRTH = 1900,
};

struct seeking {
    const struct who *who;
    int last_year; /* of birth, when it is not known; 0: those years are not gone through */
    struct arena *arena;
    struct sought_text *texts;
    size_t count;
    size_t capacity;
};

static result seek(struct seeking *seeking, str text, size_t identifier, struct err *err)
{
    if (text.at == NULL) {
        return arena_full(err);
    }
    ASSERT(seeking->count < seeking->capacity);
    seeking->texts[seeking->count++] = (struct sought_text){.text = text, .identifier = identifier};
    return result_ok();
}

static result seek_identifiers(struct seeking *seeking, struct err *err)
{
    for (size_t i = 0; i < seeking->who->identifier_count; i++) {
        const struct known_identifier *known = &seeking->who->identifiers[i];
        const struct identifier_recorded_body *body = &known->event->body.identifier_recorded;
        if (identifier_is_unique(known->scheme)) {
            TRY(seek(seeking,
                     lookup_identifier(body->scheme, body->issuer, body->value, seeking->arena),
                     i + 1, err));
        }
    }
    return result_ok();
}

/* Who has all of these parts, or some of them and no others, and was born in that year. */
static result seek_year(struct seeking *seeking, const struct name_parts *parts, int year,
                        struct err *err)
{
    struct arena *arena = seeking->arena;
    struct text_list some;
    TRY(lookup_some_parts(parts, LOOKUP_FULL, year, arena, &some, err));
    for (size_t i = 0; i < some.count; i++) {
        TRY(seek(seeking, some.items[i], 0, err));
    }
    TRY(seek(seeking, lookup_all_parts(parts, LOOKUP_FULL, year, arena), 0, err));
    return seek(seeking, lookup_all_parts(parts, LOOKUP_SOME, year, arena), 0, err);
}

/* The same day with day and month exchanged, if there is one. */
static bool exchange(date day, date *ret_exchanged)
{
    const struct civil civil = date_to_civil(day);
    const struct civil exchanged = {.year = civil.year, .month = civil.day, .day = civil.month};
    return civil.day <= 12 && date_from_civil(exchanged, ret_exchanged, NULL).ok;
}

/* Who has a part of the name, and the same day of birth. */
static result seek_days(struct seeking *seeking, const struct name_parts *parts, struct err *err)
{
    struct arena *arena = seeking->arena;
    const date born_on = seeking->who->born_on.day;
    date exchanged = born_on;
    const bool exchangeable = exchange(born_on, &exchanged);
    for (size_t i = 0; i < parts->count; i++) {
        const str skeleton = parts->skeletons[i];
        if (skeleton.len == 0) {
            continue;
        }
        TRY(seek(seeking, lookup_day(skeleton, born_on, arena), 0, err));
        TRY(exchangeable ? seek(seeking, lookup_day(skeleton, exchanged, arena), 0, err)
                         : result_ok());
    }
    return result_ok();
}

static result seek_name(struct seeking *seeking, const struct known_name *name, struct err *err)
{
    struct name_parts parts;
    TRY(name_parts_of(name->latin.len > 0 ? name->latin : name->name, seeking->arena, &parts, err));
    if (parts.count == 0) {
        return result_ok();
    }
    TRY(seek(seeking, lookup_name(&parts, seeking->arena), 0, err));
    TRY(seek_year(seeking, &parts, YEAR_UNKNOWN, err));
    if (!seeking->who->born_on.known) {
        for (int year = FIRST_YEAR_OF_BIRTH; year <= seeking->last_year; year++) {
            TRY(seek_year(seeking, &parts, year, err));
        }
        return result_ok();
    }
    const int year = date_to_civil(seeking->who->born_on.day).year;
    for (int apart = -1; apart <= 1; apart++) {
        TRY(seek_year(seeking, &parts, year + apart, err));
    }
    return seek_days(seeking, &parts, err);
}

static result seek_names(struct seeking *seeking, struct err *err)
{
    for (size_t i = 0; i < seeking->who->name_count; i++) {
        TRY(seek_name(seeking, &seeking->who->names[i], err));
    }
    return result_ok();
}

static result begin_seeking(struct seeking *seeking, const struct who *who, int last_year,
                            struct arena *arena, struct err *err)
{
    const size_t years = who->born_on.known || last_year < FIRST_YEAR_OF_BIRTH
                             ? 0
                             : (size_t)(last_year - FIRST_YEAR_OF_BIRTH + 1);
    const size_t capacity =
        who->identifier_count + who->name_count * (TEXTS_OF_NAME_MAX + years * TEXTS_OF_YEAR_MAX);
    *seeking = (struct seeking){.who = who,
                                .last_year = last_year,
                                .arena = arena,
                                .texts = ARENA_NEW_UNSET(arena, struct sought_text, capacity + 1),
                                .capacity = capacity};
    return seeking->texts == NULL ? arena_full(err) : result_ok();
}

result likely_sought(const struct who *who, int last_year, struct arena *arena,
                     const struct sought_text **ret_texts, size_t *ret_count, struct err *err)
{
    struct seeking seeking;
    TRY(begin_seeking(&seeking, who, last_year, arena, err));
    TRY(seek_identifiers(&seeking, err));
    TRY(seek_names(&seeking, err));
    *ret_texts = seeking.texts;
    *ret_count = seeking.count;
    return result_ok();
}

/* --- candidates ------------------------------------------------------------------------------- */

/* Somebody who stands where something was looked for. */
struct hit {
    int64_t person;
    int64_t position;  /* of the event in which it stands */
    size_t identifier; /* of who was looked for, from 1; 0: a name */
    bool withdrawn;    /* it does not count any more */
};

struct search {
    struct sitting *sitting;
    const struct who *who;
    int64_t only;   /* nobody but this person; 0: whoever there is */
    bool everybody; /* in sight of the account or not */
    struct hit *hits;
    size_t count;
};

static int compare_hits(const void *left, const void *right)
{
    const struct hit *a = left;
    const struct hit *b = right;
    return a->person != b->person ? (a->person > b->person) - (a->person < b->person)
                                  : (a->position > b->position) - (a->position < b->position);
}

static result add_hits(struct search *search, const struct sought_text *sought, struct err *err)
{
    struct transaction *transaction = search->sitting->transaction;
    struct arena scratch = *search->sitting->arena;
    const struct lookup_hit *found = NULL;
    size_t count = 0;
    TRY(transaction_lookup(transaction, sought->text, &scratch, &found, &count, err));
    for (size_t i = 0; i < count && search->count < LIKELY_HITS_MAX; i++) {
        struct arena inner = scratch;
        struct person_row person;
        TRY(transaction_person(transaction, found[i].record, &inner, &person, err));
        if (person.id != search->who->person && (search->only == 0 || person.id == search->only)) {
            search->hits[search->count++] = (struct hit){.person = person.id,
                                                         .position = found[i].position,
                                                         .identifier = sought->identifier};
        }
    }
    return result_ok();
}

/* --- one candidate ---------------------------------------------------------------------------- */

struct candidate {
    struct hit *hits;
    size_t count;
    struct person_row person;
    struct identity identity;
    const struct event *identifiers; /* that were not withdrawn */
    size_t identifier_count;
    struct likeness likeness;
};

result likeness_add_name(const struct who *who, const struct known_name *theirs,
                         struct arena scratch, struct likeness *likeness, struct err *err)
{
    for (size_t i = 0; i < who->name_count; i++) {
        enum name_relation relation = NAME_OTHER;
        TRY(compare_names(&who->names[i], theirs, scratch, &relation, err));
        likeness->name = relation > likeness->name ? relation : likeness->name;
    }
    return result_ok();
}

static bool is_withdrawn_hit(const struct candidate *candidate, const struct event *event)
{
    bool counts = event->kind != EVENT_IDENTIFIER_RECORDED;
    for (size_t i = 0; !counts && i < candidate->identifier_count; i++) {
        counts = candidate->identifiers[i].position == event->position;
    }
    return !counts;
}

static result consider_hit(struct search *search, struct candidate *candidate, struct hit *hit,
                           struct arena scratch, struct err *err)
{
    struct event event;
    struct who who;
    TRY(transaction_event(search->sitting->transaction, hit->position, &scratch, &event, err));
    hit->withdrawn = is_withdrawn_hit(candidate, &event);
    if (hit->withdrawn) {
        return result_ok();
    }
    if (hit->identifier != 0) {
        candidate->likeness.same_identifiers++;
        return result_ok();
    }
    TRY(who_from_history(&event, 1, &scratch, &who, err));
    return who.name_count == 0
               ? result_ok()
               : likeness_add_name(search->who, &who.names[0], scratch, &candidate->likeness, err);
}

bool likeness_is_likely(const struct likeness *likeness)
{
    const bool near = likeness->birth != BIRTH_OTHER;
    const bool same_day = likeness->birth == BIRTH_SAME || likeness->birth == BIRTH_EXCHANGED;
    return likeness->same_identifiers > 0 || (likeness->name >= NAME_LIKE && near) ||
           (likeness->name == NAME_PART && same_day);
}

static const struct duplicate_reason name_reasons[] = {
    [NAME_OTHER] = {STR_INIT("Name: another"), false},
    [NAME_PART] = {STR_INIT("Name: a part of it is the same"), true},
    [NAME_LIKE] = {STR_INIT("Name: the same in other letters, another order or another writing"),
                   true},
    [NAME_SAME] = {STR_INIT("Name: the same"), true},
};

static const struct duplicate_reason birth_reasons[] = {
    [BIRTH_UNKNOWN] = {STR_INIT("Date of birth: not known of both"), false},
    [BIRTH_OTHER] = {STR_INIT("Date of birth: another"), false},
    [BIRTH_NEAR] = {STR_INIT("Date of birth: less than a year apart"), true},
    [BIRTH_EXCHANGED] = {STR_INIT("Date of birth: day and month exchanged"), true},
    [BIRTH_SAME] = {STR_INIT("Date of birth: the same"), true},
};

static result give_reasons(struct search *search, const struct candidate *candidate,
                           struct likely_duplicate *ret_likely, struct err *err)
{
    struct arena *arena = search->sitting->arena;
    struct duplicate_reason *reasons =
        ARENA_NEW(arena, struct duplicate_reason, candidate->likeness.same_identifiers + 2);
    size_t count = 0;
    if (reasons == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < candidate->count; i++) {
        if (candidate->hits[i].identifier != 0 && !candidate->hits[i].withdrawn) {
            const struct known_identifier *known =
                &search->who->identifiers[candidate->hits[i].identifier - 1];
            const str what =
                arena_format(arena, "%s: the same", identifier_scheme_title(known->scheme));
            if (what.at == NULL) {
                return arena_full(err);
            }
            reasons[count++] = (struct duplicate_reason){.what = what, .agrees = true};
        }
    }
    reasons[count++] = name_reasons[candidate->likeness.name];
    reasons[count++] = birth_reasons[candidate->likeness.birth];
    *ret_likely = (struct likely_duplicate){.person = candidate->person,
                                            .identity = candidate->identity,
                                            .reasons = reasons,
                                            .reason_count = count};
    return result_ok();
}

static result consider(struct search *search, struct hit *hits, size_t count,
                       struct likely_duplicate *likely, size_t *likely_count, struct err *err)
{
    struct sitting *sitting = search->sitting;
    struct candidate candidate = {.hits = hits, .count = count};
    bool visible = false;
    TRY(transaction_person(sitting->transaction, hits[0].person, sitting->arena, &candidate.person,
                           err));
    TRY(sitting_may_person(sitting, &candidate.person, ACTION_SEE_DUPLICATES, &visible, err));
    if (!visible && !search->everybody) {
        return result_ok();
    }
    TRY(transaction_identity(sitting->transaction, &candidate.person, sitting->arena,
                             &candidate.identity, err));
    TRY(transaction_identifiers(sitting->transaction, candidate.person.id, sitting->arena,
                                &candidate.identifiers, &candidate.identifier_count, err));
    candidate.likeness.birth = likeness_of_births(search->who->born_on, candidate.identity.born_on);
    for (size_t i = 0; i < count; i++) {
        TRY(consider_hit(search, &candidate, &hits[i], *sitting->arena, err));
    }
    const struct known_name now = {.name = candidate.identity.name};
    TRY(likeness_add_name(search->who, &now, *sitting->arena, &candidate.likeness, err));
    if (!likeness_is_likely(&candidate.likeness)) {
        return result_ok();
    }
    TRY(give_reasons(search, &candidate, &likely[*likely_count], err));
    (*likely_count)++;
    return result_ok();
}

/* Each person once, with all their hits. */
static result consider_all(struct search *search, const struct likely_duplicate **ret_likely,
                           size_t *ret_count, struct err *err)
{
    struct likely_duplicate *likely =
        ARENA_NEW(search->sitting->arena, struct likely_duplicate, LIKELY_MAX);
    size_t count = 0;
    if (likely == NULL) {
        return arena_full(err);
    }
    qsort(search->hits, search->count, sizeof search->hits[0], compare_hits);
    for (size_t begin = 0, end = 0; begin < search->count && count < LIKELY_MAX; begin = end) {
        while (end < search->count && search->hits[end].person == search->hits[begin].person) {
            end++;
        }
        TRY(consider(search, &search->hits[begin], end - begin, likely, &count, err));
    }
    *ret_likely = likely;
    *ret_count = count;
    return result_ok();
}

static result search_for(struct search *search, const struct sought_text *texts, size_t text_count,
                         const struct likely_duplicate **ret_likely, size_t *ret_count,
                         struct err *err)
{
    search->hits = ARENA_NEW_UNSET(search->sitting->arena, struct hit, LIKELY_HITS_MAX);
    if (search->hits == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < text_count; i++) {
        TRY(add_hits(search, &texts[i], err));
    }
    return consider_all(search, ret_likely, ret_count, err);
}

static result find(struct search *search, const struct likely_duplicate **ret_likely,
                   size_t *ret_count, struct err *err)
{
    const struct sought_text *texts = NULL;
    size_t count = 0;
    const int this_year = date_to_civil(search->sitting->today).year;
    TRY(likely_sought(search->who, this_year, search->sitting->arena, &texts, &count, err));
    return search_for(search, texts, count, ret_likely, ret_count, err);
}

result likely_find(struct sitting *sitting, const struct who *who, int64_t only,
                   const struct likely_duplicate **ret_likely, size_t *ret_count, struct err *err)
{
    struct search search = {.sitting = sitting, .who = who, .only = only};
    return find(&search, ret_likely, ret_count, err);
}

result likely_everybody(struct sitting *sitting, const struct who *who, int64_t only,
                        const struct likely_duplicate **ret_likely, size_t *ret_count,
                        struct err *err)
{
    struct search search = {.sitting = sitting, .who = who, .only = only, .everybody = true};
    return find(&search, ret_likely, ret_count, err);
}

result likely_by_identifier(struct sitting *sitting, const struct who *who,
                            const struct likely_duplicate **ret_likely, size_t *ret_count,
                            struct err *err)
{
    struct search search = {.sitting = sitting, .who = who};
    struct seeking seeking;
    TRY(begin_seeking(&seeking, who, 0, sitting->arena, err));
    TRY(seek_identifiers(&seeking, err));
    return search_for(&search, seeking.texts, seeking.count, ret_likely, ret_count, err);
}

/* --- by name and day alone -------------------------------------------------------------------- */

static bool same_parts(const struct name_parts *a, const struct name_parts *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = str_equal(a->parts[i], b->parts[i]);
    }
    return same;
}

static result is_called(struct sitting *sitting, const struct person_row *person,
                        const struct name_parts *parts, date born_on, struct arena scratch,
                        bool *ret_called, struct err *err)
{
    struct identity identity;
    struct name_parts theirs;
    str latin = STR("");
    TRY(transaction_identity(sitting->transaction, person, &scratch, &identity, err));
    TRY(latin_letters(identity.name, &scratch, &latin, err));
    TRY(name_parts_of(latin, &scratch, &theirs, err));
    *ret_called = identity.born_on.known && date_equal(identity.born_on.day, born_on) &&
                  same_parts(parts, &theirs);
    return result_ok();
}

static bool is_among(const struct person_row *people, size_t count, int64_t person)
{
    bool among = false;
    for (size_t i = 0; i < count; i++) {
        among = among || people[i].id == person;
    }
    return among;
}

static str first_skeleton(const struct name_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->skeletons[i].len > 0) {
            return parts->skeletons[i];
        }
    }
    return STR("");
}

result likely_by_name(struct sitting *sitting, const struct known_name *name, date born_on,
                      const struct person_row **ret_people, size_t *ret_count, struct err *err)
{
    struct arena *arena = sitting->arena;
    struct name_parts parts;
    const struct lookup_hit *hits = NULL;
    struct person_row *people = ARENA_NEW(arena, struct person_row, LIKELY_MAX);
    size_t hit_count = 0;
    size_t count = 0;
    if (people == NULL) {
        return arena_full(err);
    }
    TRY(name_parts_of(name->latin.len > 0 ? name->latin : name->name, arena, &parts, err));
    const str skeleton = first_skeleton(&parts);
    if (skeleton.len > 0) {
        const str text = lookup_day(skeleton, born_on, arena);
        TRY(text.at == NULL ? arena_full(err) : result_ok());
        TRY(transaction_lookup(sitting->transaction, text, arena, &hits, &hit_count, err));
    }
    for (size_t i = 0; i < hit_count && count < LIKELY_MAX; i++) {
        struct person_row person;
        bool called = false;
        bool hidden = false;
        TRY(transaction_person(sitting->transaction, hits[i].record, arena, &person, err));
        TRY(sitting_hides(sitting, &person, ACTION_IMPORT, &hidden, err));
        if (hidden || is_among(people, count, person.id)) {
            continue;
        }
        TRY(is_called(sitting, &person, &parts, born_on, *arena, &called, err));
        people[count] = person;
        count += called ? 1 : 0;
    }
    *ret_people = people;
    *ret_count = count;
    return result_ok();
}

/* --- the question ----------------------------------------------------------------------------- */

struct duplicates_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    struct arena *arena;
    struct sitting sitting;
    struct person_row person;
    const struct likely_duplicate *likely;
    size_t count;
};

static result read_duplicates(struct transaction *transaction, void *context, struct err *err)
{
    struct duplicates_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct who who;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_DUPLICATES,
                     work->arena, err));
    TRY(sitting_person(sitting, work->reference, ACTION_SEE_DUPLICATES, &work->person, err));
    TRY(who_is(sitting, &work->person, &who, err));
    return likely_find(sitting, &who, 0, &work->likely, &work->count, err);
}

result casework_duplicates(const struct casework *casework, const struct caller *caller, str person,
                           struct arena *arena, struct person_row *ret_person,
                           const struct likely_duplicate **ret_likely, size_t *ret_count,
                           struct err *err)
{
    struct duplicates_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, read_duplicates, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "likely duplicates", err));
    *ret_person = work.person;
    *ret_likely = work.likely;
    *ret_count = work.count;
    return result_ok();
}
