/* Aim: a passkey is taken and accepted exactly when Web Authentication says so. The published test
 * vectors are read as they stand; and against each check an answer is planted that fails it alone,
 * everything else being right. */
#include "credential/passkey.h"

#include "authenticator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RP_ID  "desk.example"
#define ORIGIN "https://desk.example"

struct vector {
    const char *name;
    const char *challenge;
    const char *client_data;
    const char *authenticator_data;
    const char *answer_challenge;
    const char *answer_client_data;
    const char *answer_authenticator_data;
    const char *signature;
};

static const struct vector vectors[] = {
#define VECTOR(name, challenge, client, data, challenge_2, client_2, data_2, signature)            \
    {#name, challenge, client, data, challenge_2, client_2, data_2, signature},
#include "vectors.def"
#undef VECTOR
};
enum { VECTOR_COUNT = sizeof vectors / sizeof vectors[0] };

static struct arena arena;

static int setup(void **state)
{
    struct err err = {0};
    (void)state;
    return arena_open(&arena, 1024 * 1024, &err).ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static str bytes_of(const char *hex)
{
    const size_t size = strlen(hex) / 2;
    char *bytes = ARENA_NEW(&arena, char, size + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        unsigned value = 0;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
        bytes[i] = (char)(unsigned char)value;
    }
    return (str){.at = bytes, .len = size};
}

static struct passkey_asked asked_of(const char *challenge)
{
    return (struct passkey_asked){.rp_id = "example.org",
                                  .origin = STR("https://example.org"),
                                  .challenge = (const uint8_t *)bytes_of(challenge).at};
}

static const struct vector *vector_named(const char *name)
{
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        if (strcmp(vectors[i].name, name) == 0) {
            return &vectors[i];
        }
    }
    fail_msg("no vector %s", name);
    return NULL;
}

static result take_vector(const struct vector *vector, struct passkey_made *ret_made,
                          struct err *err)
{
    const struct passkey_asked asked = asked_of(vector->challenge);
    return passkey_registered(&asked, bytes_of(vector->client_data),
                              bytes_of(vector->authenticator_data), &arena, ret_made, err);
}

static result answer_vector(const struct vector *vector, const struct passkey_key *key,
                            struct passkey_answer *ret_answer, struct err *err)
{
    const struct passkey_asked asked = asked_of(vector->answer_challenge);
    return passkey_answered(&asked, key, bytes_of(vector->answer_client_data),
                            bytes_of(vector->answer_authenticator_data),
                            bytes_of(vector->signature), ret_answer, err);
}

/* --- the published vectors -------------------------------------------------------------------- */

static void published_vectors_are_accepted(void **state)
{
    static const struct {
        const char *name;
        enum passkey_algorithm algorithm;
        size_t id_size;
        bool verified;
    } rows[] = {
        {"none_es256", PASSKEY_ES256, 32, false},
        {"packed_self_es256", PASSKEY_ES256, 32, false},
        {"long_id", PASSKEY_ES256, 1023, true},
        {"packed_eddsa", PASSKEY_EDDSA, 32, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct vector *vector = vector_named(rows[i].name);
        struct passkey_made made;
        struct passkey_answer answer;
        struct err err = {0};
        assert_true(take_vector(vector, &made, &err).ok);
        assert_int_equal(made.key.algorithm, rows[i].algorithm);
        assert_int_equal(made.credential_id.len, rows[i].id_size);
        assert_int_equal(made.key.sign_count, 0);
        assert_true(answer_vector(vector, &made.key, &answer, &err).ok);
        assert_int_equal(answer.verified, rows[i].verified);
        assert_int_equal(answer.sign_count, 0);
        assert_false(answer.counted_back); /* a counter that stays 0 is not kept */
    }
}

static void published_vectors_of_other_kinds_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"cross_origin", "inside a page of another site"},
        {"top_origin", "inside a page of another site"},
        {"packed_es384", "of a kind that is not taken"},
        {"packed_rs256", "of a kind that is not taken"}, /* 3482 bits */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct passkey_made made;
        struct err err = {0};
        assert_false(take_vector(vector_named(rows[i][0]), &made, &err).ok);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_non_null(strstr(err.what, rows[i][1]));
    }
}

/* Aim: whatever bit of a published answer is turned over, it is refused. */
static void every_bit_of_an_answer_counts(void **state)
{
    const struct vector *vector = vector_named("none_es256");
    const struct passkey_asked asked = asked_of(vector->answer_challenge);
    const str parts[] = {bytes_of(vector->answer_client_data),
                         bytes_of(vector->answer_authenticator_data), bytes_of(vector->signature)};
    struct passkey_made made;
    struct passkey_answer answer;
    struct err err = {0};
    (void)state;
    assert_true(take_vector(vector, &made, &err).ok);
    for (size_t part = 0; part < 3; part++) {
        char *bytes = (char *)(uintptr_t)parts[part].at;
        for (size_t bit = 0; bit < parts[part].len * 8; bit++) {
            struct arena scratch = arena;
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ (char)(1 << bit % 8));
            const result accepted =
                passkey_answered(&asked, &made.key, parts[0], parts[1], parts[2], &answer, &err);
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ (char)(1 << bit % 8));
            arena = scratch;
            if (accepted.ok) {
                fail_msg("bit %zu of part %zu", bit, part);
            }
        }
    }
    assert_true(
        passkey_answered(&asked, &made.key, parts[0], parts[1], parts[2], &answer, &err).ok);
}

/* --- planted ---------------------------------------------------------------------------------- */

static const uint8_t challenge[PASSKEY_CHALLENGE_SIZE] = {1, 2, 3, 250, 251, 252, 0, 62, 63};
static const uint8_t other_challenge[PASSKEY_CHALLENGE_SIZE] = {1, 2, 3, 250, 251, 252, 0, 62, 64};

static struct passkey_asked our_question(bool verified)
{
    return (struct passkey_asked){.rp_id = RP_ID,
                                  .origin = STR(ORIGIN),
                                  .challenge = challenge,
                                  .verified = verified,
                                  .old_signatures = true};
}

static struct passkey_made take(struct authenticator *authenticator)
{
    struct err err = {0};
    struct passkey_made made;
    const struct passkey_asked asked = our_question(true);
    const struct said said = authenticator_register(authenticator, challenge);
    if (!passkey_registered(&asked, said_client_data(&said), said_authenticator_data(&said), &arena,
                            &made, &err)
             .ok) {
        fail_msg("%s", err.what);
    }
    return made;
}

static const char *answer_fault(const struct passkey_made *made, const struct said *said,
                                bool verified, struct passkey_answer *ret_answer)
{
    static struct err err;
    const struct passkey_asked asked = our_question(verified);
    const result accepted =
        passkey_answered(&asked, &made->key, said_client_data(said), said_authenticator_data(said),
                         said_signature(said), ret_answer, &err);
    assert_true(accepted.ok || err.code == ERROR_UNAUTHENTICATED);
    return accepted.ok ? NULL : err.what;
}

static void each_kind_of_key_is_taken(void **state)
{
    static const enum passkey_algorithm algorithms[] = {PASSKEY_ES256, PASSKEY_EDDSA,
                                                        PASSKEY_RS256};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct authenticator authenticator;
        struct passkey_answer answer;
        authenticator_open(&authenticator, algorithms[i], RP_ID, ORIGIN, 7);
        struct passkey_made made = take(&authenticator);
        assert_int_equal(made.key.algorithm, algorithms[i]);
        assert_int_equal(made.credential_id.len, 32);
        assert_int_equal(made.credential_id.at[31], 7);
        assert_int_equal(made.key.sign_count, 1);
        const struct said said = authenticator_answer(&authenticator, challenge);
        assert_null(answer_fault(&made, &said, true, &answer));
        assert_true(answer.verified && answer.sign_count == 2 && !answer.counted_back);
        made.key.sign_count = 2; /* the same once more: a copy counts as far as the first did */
        assert_null(answer_fault(&made, &said, true, &answer));
        assert_true(answer.counted_back);
        authenticator_close(&authenticator);
    }
}

/* OWASP ASVS 5.0, 11.3.1: PKCS#1 v1.5 where it was not asked for is neither registered, nor does a
 * key of before open anything. */
static void old_signatures_are_refused(void **state)
{
    struct authenticator authenticator;
    struct passkey_answer answer;
    struct passkey_made made;
    struct passkey_asked asked = our_question(true);
    struct err err = {0};
    (void)state;
    asked.old_signatures = false;
    authenticator_open(&authenticator, PASSKEY_RS256, RP_ID, ORIGIN, 7);
    const struct said said = authenticator_register(&authenticator, challenge);
    assert_false(passkey_registered(&asked, said_client_data(&said), said_authenticator_data(&said),
                                    &arena, &made, &err)
                     .ok);
    assert_non_null(strstr(err.what, "old way"));
    made = take(&authenticator);
    const struct said answered = authenticator_answer(&authenticator, challenge);
    assert_false(passkey_answered(&asked, &made.key, said_client_data(&answered),
                                  said_authenticator_data(&answered), said_signature(&answered),
                                  &answer, &err)
                     .ok);
    assert_int_equal(err.code, ERROR_UNAUTHENTICATED);
    assert_null(answer_fault(&made, &answered, true, &answer));
    authenticator_close(&authenticator);
}

struct planted {
    const char *says;
    const char *rp_id;
    const char *origin;
    const char *type;
    const char *more;
    unsigned flags;
    bool other_challenge;
};
static const struct planted planted[] = {
    {.says = "another address", .origin = "https://desk.example.evil"},
    {.says = "another address", .origin = "http://desk.example"},
    {.says = "another address", .origin = "https://desk.example:8443"},
    {.says = "another address", .origin = "https://DESK.example"},
    {.says = "another address", .origin = ""},
    {.says = "another site", .rp_id = "evil.example"},
    {.says = "another site", .rp_id = "example"},
    {.says = "does not answer", .other_challenge = true},
    {.says = "another purpose", .type = "webauthn.elsewhere"},
    {.says = "another site", .more = ",\"crossOrigin\":true"},
    {.says = "another site", .more = ",\"crossOrigin\":\"no\""},
    {.says = "another site", .more = ",\"topOrigin\":\"https://evil.example\""},
    {.says = "cannot be read", .more = ",\"origin\":\"" ORIGIN "\""}, /* twice */
    {.says = "cannot be read", .more = ",\"a\":"},
    {.says = "nobody was present", .flags = SAID_VERIFIED},
    {.says = "not checked who", .flags = SAID_PRESENT},
    {.says = "contradicts", .flags = SAID_PRESENT | SAID_VERIFIED | SAID_IS_COPIED},
};

static void plant(struct authenticator *authenticator, const struct planted *fault)
{
    authenticator->rp_id = fault->rp_id != NULL ? fault->rp_id : RP_ID;
    authenticator->origin = fault->origin != NULL ? fault->origin : ORIGIN;
    authenticator->type = fault->type;
    authenticator->more = fault->more != NULL ? fault->more : "";
    authenticator->flags = fault->flags != 0 ? fault->flags : SAID_PRESENT | SAID_VERIFIED;
}

static void what_is_planted_is_refused(void **state)
{
    struct authenticator authenticator;
    (void)state;
    authenticator_open(&authenticator, PASSKEY_ES256, RP_ID, ORIGIN, 7);
    const struct passkey_made made = take(&authenticator);
    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
        struct passkey_answer answer;
        struct passkey_made other;
        struct err err = {0};
        const struct passkey_asked asked = our_question(true);
        const uint8_t *answered = planted[i].other_challenge ? other_challenge : challenge;
        plant(&authenticator, &planted[i]);
        const struct said said = authenticator_answer(&authenticator, answered);
        const char *fault = answer_fault(&made, &said, true, &answer);
        if (fault == NULL || strstr(fault, planted[i].says) == NULL) {
            fail_msg("answering, row %zu: %s", i, fault == NULL ? "accepted" : fault);
        }
        const struct said registered = authenticator_register(&authenticator, answered);
        if (passkey_registered(&asked, said_client_data(&registered),
                               said_authenticator_data(&registered), &arena, &other, &err)
                .ok ||
            strstr(err.what, planted[i].says) == NULL) {
            fail_msg("registering, row %zu: %s", i, err.what);
        }
    }
    authenticator_close(&authenticator);
}

/* Aim: where the user need not be verified, being present is enough, and it is told. */
static void presence_alone_is_told(void **state)
{
    struct authenticator authenticator;
    struct passkey_answer answer;
    (void)state;
    authenticator_open(&authenticator, PASSKEY_ES256, RP_ID, ORIGIN, 7);
    const struct passkey_made made = take(&authenticator);
    authenticator.flags = SAID_PRESENT;
    const struct said said = authenticator_answer(&authenticator, challenge);
    assert_null(answer_fault(&made, &said, false, &answer));
    assert_false(answer.verified);
    authenticator_close(&authenticator);
}

/* Aim: one answer is not another: a registration answers no sign-in and the other way round, and
 * another key's signature is none. */
static void answers_are_not_exchanged(void **state)
{
    struct authenticator first;
    struct authenticator second;
    struct passkey_answer answer;
    struct passkey_made made;
    struct err err = {0};
    const struct passkey_asked asked = our_question(true);
    (void)state;
    authenticator_open(&first, PASSKEY_ES256, RP_ID, ORIGIN, 7);
    authenticator_open(&second, PASSKEY_ES256, RP_ID, ORIGIN, 7);
    const struct passkey_made first_made = take(&first);
    const struct passkey_made second_made = take(&second);
    const struct said said = authenticator_answer(&first, challenge);
    assert_null(answer_fault(&first_made, &said, true, &answer));
    assert_non_null(answer_fault(&second_made, &said, true, &answer));
    assert_false(passkey_registered(&asked, said_client_data(&said), said_authenticator_data(&said),
                                    &arena, &made, &err)
                     .ok);
    const struct said registered = authenticator_register(&first, challenge);
    assert_non_null(answer_fault(&first_made, &registered, true, &answer));
    first.type = "webauthn.create";
    const struct said keyless = authenticator_answer(&first, challenge);
    assert_false(passkey_registered(&asked, said_client_data(&keyless),
                                    said_authenticator_data(&keyless), &arena, &made, &err)
                     .ok);
    assert_non_null(strstr(err.what, "no key"));
    authenticator_close(&first);
    authenticator_close(&second);
}

/* Aim: cut anywhere, what the authenticator says is refused and nothing is read beyond it. */
static void what_is_cut_is_refused(void **state)
{
    struct authenticator authenticator;
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        const enum passkey_algorithm algorithms[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};
        const struct passkey_asked asked = our_question(true);
        authenticator_open(&authenticator, algorithms[kind], RP_ID, ORIGIN, 7);
        const struct said said = authenticator_register(&authenticator, challenge);
        const str whole = said_authenticator_data(&said);
        for (size_t len = 0; len < whole.len; len++) {
            struct arena scratch = arena;
            struct err err = {0};
            struct passkey_made made;
            char *exact = ARENA_NEW(&scratch, char, len + 1);
            memcpy(exact, whole.at, len);
            assert_false(passkey_registered(&asked, said_client_data(&said),
                                            (str){.at = exact, .len = len}, &scratch, &made, &err)
                             .ok);
        }
        authenticator_close(&authenticator);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_are_accepted),
        cmocka_unit_test(published_vectors_of_other_kinds_are_refused),
        cmocka_unit_test(every_bit_of_an_answer_counts),
        cmocka_unit_test(old_signatures_are_refused),
        cmocka_unit_test(each_kind_of_key_is_taken),
        cmocka_unit_test(what_is_planted_is_refused),
        cmocka_unit_test(presence_alone_is_told),
        cmocka_unit_test(answers_are_not_exchanged),
        cmocka_unit_test(what_is_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
