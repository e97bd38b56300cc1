/* list_events: what a demonstration records, one event a line, for the comparison with the
 * published tables.
 *
 *   list_events RULES DATA PEOPLE SEED TODAY
 *
 * It stands where the store and casework stand: the functions that demo_make calls are here, and
 * write a line instead of a row. So nothing but the demonstration itself is between the draw and
 * the line.
 *
 *   person   ID REFERENCE BORN CLAIMED        registered
 *   family   ID FAMILY
 *   fact     ID FACT VALUE DAY
 *   step     ID STEP FROM TO DAY
 *   contact  ID DAY NEXT
 */
#include "demo/demo.h"
#include "load_rulebook.h"

#include <stdio.h>
#include <stdlib.h>

struct transaction {
    int64_t last_position;
    int64_t next_id[SUBJECT_OF_REGISTER + 1];
    instant last[SUBJECT_OF_REGISTER + 1];
    int64_t last_subject[SUBJECT_OF_REGISTER + 1];
};

static void day_text(struct known_day day, char text[DATE_TEXT_SIZE])
{
    if (day.known) {
        date_format(day.day, text);
    } else {
        text[0] = '-';
        text[1] = '\0';
    }
}

static void list_person(const struct event *event)
{
    char day[DATE_TEXT_SIZE];
    char other[DATE_TEXT_SIZE];
    const long long id = (long long)event->subject;
    date_format(event->effective_on, day);
    switch ((int)event->kind) {
    case EVENT_PERSON_REGISTERED:
        day_text(event->body.person_registered.born_on, other);
        printf("person\t%lld\t%.*s\t%s\t%s\n", id, STR_ARG(event->body.person_registered.reference),
               other, day);
        break;
    case EVENT_FAMILY_JOINED:
        printf("family\t%lld\t%lld\n", id, (long long)event->body.family_joined.family);
        break;
    case EVENT_FACT_RECORDED:
        printf("fact\t%lld\t%.*s\t%.*s\t%s\n", id, STR_ARG(event->body.fact_recorded.fact),
               STR_ARG(event->body.fact_recorded.value), day);
        break;
    case EVENT_STEP_TAKEN:
        printf("step\t%lld\t%.*s\t%.*s\t%.*s\t%s\n", id, STR_ARG(event->body.step_taken.step),
               STR_ARG(event->body.step_taken.from), STR_ARG(event->body.step_taken.to), day);
        break;
    case EVENT_CONTACT_CONFIRMED:
        day_text(event->body.contact_confirmed.next_check_on, other);
        printf("contact\t%lld\t%s\t%s\n", id, day, other);
        break;
    default:
        break;
    }
}

result transaction_append(struct transaction *transaction, struct event *event, struct err *err)
{
    const enum subject_kind kind = event->subject_kind;
    const bool same = transaction->last_subject[kind] == event->subject;
    if (same && event->recorded_at.milliseconds < transaction->last[kind].milliseconds) {
        return err_set(err, ERROR_CONFLICT, "The record goes back in time");
    }
    transaction->last[kind] = event->recorded_at;
    transaction->last_subject[kind] = event->subject;
    event->position = ++transaction->last_position;
    if (kind == SUBJECT_OF_PERSON) {
        list_person(event);
    }
    return result_ok();
}

result transaction_new_id(struct transaction *transaction, enum subject_kind kind, int64_t *ret_id,
                          struct err *err)
{
    *ret_id = ++transaction->next_id[kind];
    return *ret_id > 0 ? result_ok() : err_set(err, ERROR_LIMIT, "No id is left");
}

result transaction_event_count(struct transaction *transaction, int64_t *ret_count, struct err *err)
{
    *ret_count = transaction->last_position;
    return *ret_count >= 0 ? result_ok()
                           : err_set(err, ERROR_INTERNAL, "A negative number of events");
}

/* Nobody is found: ties are not among what is listed. */
result transaction_people(struct transaction *transaction, const struct people_filter *filter,
                          struct arena *arena, const struct person_row **ret_rows,
                          size_t *ret_count, struct err *err)
{
    *ret_rows = NULL;
    *ret_count = 0;
    return transaction != NULL && filter != NULL && arena != NULL
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "Nothing was asked");
}

result transaction_facts(struct transaction *transaction, enum subject_kind kind, int64_t subject,
                         date as_of, instant known_at, struct arena *arena,
                         const struct fact_row **ret_rows, size_t *ret_count, struct err *err)
{
    (void)as_of;
    (void)known_at;
    *ret_rows = NULL;
    *ret_count = 0;
    return transaction != NULL && kind == SUBJECT_OF_PERSON && subject > 0 && arena != NULL
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "Nobody was asked about");
}

result transaction_put_rulebook(struct transaction *transaction, str identity_hex, str canonical,
                                struct err *err)
{
    return transaction != NULL && identity_hex.len == 64 && canonical.len > 0
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "The rulebook has no identity or no text");
}

result store_bulk(struct store *store, store_work *work, void *context, struct err *err)
{
    struct transaction transaction = {.last_position = 0};
    return store == NULL ? work(&transaction, context, err)
                         : err_set(err, ERROR_INTERNAL, "A store where none is");
}

/* Passwords are no events: their part is left out here. */
result store_write(struct store *store, store_work *work, void *context, struct err *err)
{
    return store == NULL && work != NULL && context != NULL
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "A store where none is");
}

result transaction_password_hash(struct transaction *transaction, int64_t account,
                                 struct arena *arena, str *ret_hash, struct err *err)
{
    *ret_hash = arena_copy(arena, STR(""));
    return transaction != NULL && account > 0 ? result_ok()
                                              : err_set(err, ERROR_INTERNAL, "No account");
}

result transaction_set_password_hash(struct transaction *transaction, int64_t account, str hash,
                                     struct err *err)
{
    return transaction != NULL && account > 0 && hash.len > 0
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "No account");
}

result casework_open(struct store *store, const struct rulebook *rulebook,
                     const struct system *system, struct arena *perm, struct casework *ret_casework,
                     struct err *err)
{
    *ret_casework = (struct casework){.store = store, .rulebook = rulebook, .system = system};
    return perm != NULL ? result_ok() : err_set(err, ERROR_INTERNAL, "No arena");
}

void casework_close(struct casework *casework)
{
    casework->store = NULL;
}

result casework_set_password(const struct casework *casework, int64_t account, str password,
                             struct err *err)
{
    return casework->rulebook != NULL && account > 0 && password.len > 0
               ? result_ok()
               : err_set(err, ERROR_INTERNAL, "No account");
}

static result list(char *const *arguments, struct err *err)
{
    struct arena perm;
    struct demo_options options = {.data_folder = arguments[2]};
    struct demo_outcome outcome;
    int64_t seed = 0;
    TRY(arena_open(&perm, (size_t)64 << 20, err));
    TRY(str_to_int64(str_from_c(arguments[3]), &options.people, err));
    TRY(str_to_int64(str_from_c(arguments[4]), &seed, err));
    TRY(date_parse(str_from_c(arguments[5]), &options.today, err));
    options.seed = (uint64_t)seed;
    struct casework casework = {.rulebook = load_rulebook(arguments[1], &perm),
                                .system = system_machine()};
    if (casework.rulebook == NULL) {
        return err_set(err, ERROR_INPUT, "The rulebook could not be loaded");
    }
    const result made = demo_make(&casework, &options, &outcome, err);
    arena_close(&perm);
    return made;
}

int main(int count, char **arguments)
{
    struct err err = {.code = ERROR_NONE};
    if (count != 6) {
        fprintf(stderr, "list_events RULES DATA PEOPLE SEED TODAY\n");
        return 2;
    }
    if (!list(arguments, &err).ok) {
        fprintf(stderr, "%s %s %s\n", err.file, err.what, err.hint);
        return 1;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
