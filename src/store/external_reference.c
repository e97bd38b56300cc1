/* What other systems call a person: the index over sealed identifiers. */
#include "store/transaction.h"

#include <string.h>

static str key_text(const struct transaction *transaction)
{
    return (str){.at = (const char *)transaction->reference_key.bytes, .len = CIPHER_KEY_SIZE};
}

void external_reference_key(const struct cipher_key *store_key, struct cipher_key *ret_key)
{
    const str key = {.at = (const char *)store_key->bytes, .len = CIPHER_KEY_SIZE};
    const str purpose = STR("returnhub-external-reference-1");
    const struct sha256 made = hmac_sha256(key, &purpose, 1);
    _Static_assert(SHA256_SIZE == (int)CIPHER_KEY_SIZE, "a key is as long as a hash");
    memcpy(ret_key->bytes, made.bytes, CIPHER_KEY_SIZE);
}

result external_reference_apply(struct transaction *transaction, const struct event *event,
                                struct err *err)
{
    struct external_reference_row row = {.event = 0};
    TRY(external_reference_row_apply(&row, key_text(transaction), event, err));
    transaction->rows_changed++;
    return backend_of(transaction)
        ->row_insert(transaction->connection, TABLE_EXTERNAL_REFERENCE, &row, err);
}

int64_t transaction_external_reference_lookup(const struct transaction *transaction, str kind,
                                              str reference)
{
    return external_reference_lookup(key_text(transaction), kind, reference);
}

/* Is this what the event of the row says? */
static result says_so(struct transaction *transaction, const struct external_reference_row *row,
                      str kind, str reference, struct arena scratch, bool *ret_same,
                      struct err *err)
{
    struct event event;
    TRY(transaction_event(transaction, row->event, &scratch, &event, err));
    const struct external_reference_recorded_body *body = &event.body.external_reference_recorded;
    *ret_same = event.kind == EVENT_EXTERNAL_REFERENCE_RECORDED && str_equal(body->kind, kind) &&
                str_equal(body->reference, reference);
    return result_ok();
}

static bool is_listed(const int64_t *people, size_t count, int64_t person)
{
    for (size_t i = 0; i < count; i++) {
        if (people[i] == person) {
            return true;
        }
    }
    return false;
}

result transaction_find_external_reference(struct transaction *transaction, str kind, str reference,
                                           struct arena *arena, const int64_t **ret_people,
                                           size_t *ret_count, struct err *err)
{
    const struct parameter lookup =
        parameter_number(external_reference_lookup(key_text(transaction), kind, reference));
    void *rows = NULL;
    size_t row_count = 0;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_EXTERNAL_REFERENCES, &lookup, 1, arena, &rows, &row_count,
                     err));
    const struct external_reference_row *found = rows;
    int64_t *people = ARENA_NEW(arena, int64_t, row_count);
    if (people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row_count; i++) {
        bool same = false;
        TRY(says_so(transaction, &found[i], kind, reference, *arena, &same, err));
        if (same && !is_listed(people, count, found[i].person)) {
            people[count++] = found[i].person;
        }
    }
    *ret_people = people;
    *ret_count = count;
    return result_ok();
}

result transaction_external_references(struct transaction *transaction, int64_t person,
                                       struct arena *arena,
                                       const struct external_reference **ret_references,
                                       size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(person);
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_EXTERNAL_OF_PERSON, &parameter, 1, arena, &rows, &count,
                     err));
    const struct external_reference_row *found = rows;
    struct external_reference *references = ARENA_NEW(arena, struct external_reference, count);
    if (references == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct event event;
        TRY(transaction_event(transaction, found[i].event, arena, &event, err));
        references[i] =
            (struct external_reference){.kind = event.body.external_reference_recorded.kind,
                                        .text = event.body.external_reference_recorded.reference};
    }
    *ret_references = references;
    *ret_count = count;
    return result_ok();
}
