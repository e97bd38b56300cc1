#include "credential/passkey.h"

#include "base/base64.h"
#include "base/hash.h"
#include "format/json.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

_Static_assert((int)PASSKEY_ES256 == COSE_ES256 && (int)PASSKEY_EDDSA == COSE_EDDSA &&
                   (int)PASSKEY_RS256 == COSE_RS256,
               "COSE's numbers");

/* Section 6.1, authenticator data: the hash of the site's name, flags, a counter, and what the
 * flags say follows. */
enum {
    HASH_END = 32,
    FLAGS_AT = 32,
    HEAD_END = 37,
    FLAG_PRESENT = 0x01,
    FLAG_VERIFIED = 0x04,
    FLAG_MAY_BE_COPIED = 0x08,
    FLAG_IS_COPIED = 0x10,
    FLAG_HAS_KEY = 0x40,
    FLAG_HAS_EXTENSIONS = 0x80,
};

/* --- what the browser says -------------------------------------------------------------------- */

static bool challenge_is(str written, const uint8_t *challenge)
{
    uint8_t read[PASSKEY_CHALLENGE_SIZE];
    size_t size = 0;
    return base64url_read(written, read, sizeof read, &size) && size == sizeof read &&
           memcmp(read, challenge, sizeof read) == 0;
}

static const char *fault_of_client_data(const json_t *data, const struct passkey_asked *asked,
                                        const char *type)
{
    const json_t *cross_origin = json_object_get(data, "crossOrigin");
    if (!str_equal(json_str_or_empty(data, "type"), str_from_c(type))) {
        return "it was made for another purpose";
    }
    if (!challenge_is(json_str_or_empty(data, "challenge"), asked->challenge)) {
        return "it does not answer what was asked";
    }
    if (!str_equal(json_str_or_empty(data, "origin"), asked->origin)) {
        return "it was made for another address";
    }
    if ((cross_origin != NULL && !json_is_false(cross_origin)) ||
        json_object_get(data, "topOrigin") != NULL) {
        return "it was made inside a page of another site";
    }
    return NULL;
}

static const char *check_client_data(str client_data, const struct passkey_asked *asked,
                                     const char *type)
{
    json_t *data = NULL;
    if (client_data.len > PASSKEY_CLIENT_DATA_MAX || !json_read(client_data, &data, NULL).ok) {
        return "what the browser says of it cannot be read";
    }
    const char *fault = fault_of_client_data(data, asked, type);
    json_decref(data);
    return fault;
}

/* --- what the authenticator says -------------------------------------------------------------- */

static const char *check_head(str data, const struct passkey_asked *asked)
{
    if (data.len < HEAD_END || data.len > PASSKEY_AUTHENTICATOR_DATA_MAX) {
        return "what the authenticator says cannot be read";
    }
    const struct sha256 site = sha256_of(str_from_c(asked->rp_id));
    const unsigned flags = (unsigned char)data.at[FLAGS_AT];
    const bool ends = (flags & (FLAG_HAS_KEY | FLAG_HAS_EXTENSIONS)) == 0;
    if (memcmp(data.at, site.bytes, HASH_END) != 0) {
        return "it belongs to another site";
    }
    if ((flags & FLAG_PRESENT) == 0) {
        return "nobody was present";
    }
    if (asked->verified && (flags & FLAG_VERIFIED) == 0) {
        return "it was not checked who was present";
    }
    if ((flags & (FLAG_MAY_BE_COPIED | FLAG_IS_COPIED)) == FLAG_IS_COPIED ||
        (ends && data.len != HEAD_END)) {
        return "what the authenticator says contradicts itself";
    }
    return NULL;
}

static const char *check_both(const struct passkey_asked *asked, str client_data, const char *type,
                              str authenticator_data)
{
    const char *fault = check_client_data(client_data, asked, type);
    return fault != NULL ? fault : check_head(authenticator_data, asked);
}

/* --- keys ------------------------------------------------------------------------------------- */

static const char *check_algorithm(const struct passkey_asked *asked, const struct passkey_key *key)
{
    return key->algorithm == PASSKEY_RS256 && !asked->old_signatures
               ? "it signs in an old way (RS256)"
               : NULL;
}

/* A key in the form that fido_assert_verify takes. */
union public_key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
};

static bool open_key(const struct passkey_key *key, union public_key *ret_key)
{
    const str bytes = key->public_key;
    switch (key->algorithm) {
    case PASSKEY_ES256:
        ret_key->es256 = es256_pk_new();
        return ret_key->es256 != NULL &&
               es256_pk_from_ptr(ret_key->es256, bytes.at, bytes.len) == FIDO_OK;
    case PASSKEY_EDDSA:
        ret_key->eddsa = eddsa_pk_new();
        return ret_key->eddsa != NULL &&
               eddsa_pk_from_ptr(ret_key->eddsa, bytes.at, bytes.len) == FIDO_OK;
    case PASSKEY_RS256:
        ret_key->rs256 = rs256_pk_new();
        return ret_key->rs256 != NULL &&
               rs256_pk_from_ptr(ret_key->rs256, bytes.at, bytes.len) == FIDO_OK;
    }
    return false;
}

static void close_key(enum passkey_algorithm algorithm, union public_key *key)
{
    switch (algorithm) {
    case PASSKEY_ES256:
        es256_pk_free(&key->es256);
        break;
    case PASSKEY_EDDSA:
        eddsa_pk_free(&key->eddsa);
        break;
    case PASSKEY_RS256:
        rs256_pk_free(&key->rs256);
        break;
    }
}

static const void *opened_key(enum passkey_algorithm algorithm, const union public_key *key)
{
    switch (algorithm) {
    case PASSKEY_ES256:
        return key->es256;
    case PASSKEY_EDDSA:
        return key->eddsa;
    case PASSKEY_RS256:
        return key->rs256;
    }
    return NULL;
}

/* --- registering ------------------------------------------------------------------------------ */

/* libfido2 reads a key of the algorithm that it was told of, and no other. */
static bool read_as(fido_cred_t *credential, enum passkey_algorithm algorithm, str data,
                    struct passkey_made *ret_made)
{
    union public_key key = {.es256 = NULL};
    if (fido_cred_set_type(credential, (int)algorithm) != FIDO_OK ||
        fido_cred_set_authdata_raw(credential, (const unsigned char *)data.at, data.len) !=
            FIDO_OK) {
        return false;
    }
    *ret_made = (struct passkey_made){
        .credential_id = {.at = (const char *)fido_cred_id_ptr(credential),
                          .len = fido_cred_id_len(credential)},
        .key = {.algorithm = algorithm,
                .public_key = {.at = (const char *)fido_cred_pubkey_ptr(credential),
                               .len = fido_cred_pubkey_len(credential)},
                .sign_count = fido_cred_sigcount(credential)}};
    const bool opens =
        ret_made->key.public_key.at != NULL && open_key(&ret_made->key, &key); /* on the curve */
    close_key(algorithm, &key);
    return opens;
}

static const char *read_made(str data, struct arena *arena, struct passkey_made *ret_made)
{
    static const enum passkey_algorithm algorithms[] = {PASSKEY_ES256, PASSKEY_EDDSA,
                                                        PASSKEY_RS256};
    const char *fault = "its key is of a kind that is not taken";
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        struct passkey_made made;
        fido_cred_t *credential = fido_cred_new();
        if (credential != NULL && read_as(credential, algorithms[i], data, &made)) {
            const size_t len = made.credential_id.len;
            fault = len >= PASSKEY_ID_SIZE_MIN && len <= PASSKEY_ID_SIZE_MAX
                        ? NULL
                        : "its name is too short or too long";
            made.credential_id = arena_copy(arena, made.credential_id);
            made.key.public_key = arena_copy(arena, made.key.public_key);
            *ret_made = made;
        }
        fido_cred_free(&credential);
    }
    return fault;
}

result passkey_registered(const struct passkey_asked *asked, str client_data,
                          str authenticator_data, struct arena *arena,
                          struct passkey_made *ret_made, struct err *err)
{
    struct passkey_made made = {.credential_id = STR("")};
    const char *fault = check_both(asked, client_data, "webauthn.create", authenticator_data);
    if (fault == NULL && ((unsigned char)authenticator_data.at[FLAGS_AT] & FLAG_HAS_KEY) == 0) {
        fault = "there is no key in it";
    }
    fault = fault != NULL ? fault : read_made(authenticator_data, arena, &made);
    fault = fault != NULL ? fault : check_algorithm(asked, &made.key);
    if (fault != NULL) {
        return err_set(err, ERROR_INPUT, "The passkey is not taken: %s", fault);
    }
    if (made.credential_id.at == NULL || made.key.public_key.at == NULL) {
        return arena_full(err);
    }
    *ret_made = made;
    return result_ok();
}

/* --- answering -------------------------------------------------------------------------------- */

static bool fill_assertion(fido_assert_t *assertion, const struct passkey_asked *asked,
                           str client_data, str data, str signature)
{
    const struct sha256 hash = sha256_of(client_data);
    return fido_assert_set_count(assertion, 1) == FIDO_OK &&
           fido_assert_set_clientdata_hash(assertion, hash.bytes, sizeof hash.bytes) == FIDO_OK &&
           fido_assert_set_rp(assertion, asked->rp_id) == FIDO_OK &&
           fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
           fido_assert_set_uv(assertion, asked->verified ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) ==
               FIDO_OK &&
           fido_assert_set_authdata_raw(assertion, 0, (const unsigned char *)data.at, data.len) ==
               FIDO_OK &&
           fido_assert_set_sig(assertion, 0, (const unsigned char *)signature.at, signature.len) ==
               FIDO_OK;
}

/* Section 7.2, step 22: a counter that is kept grows with every signature. */
static void read_answer(const fido_assert_t *assertion, const struct passkey_key *key,
                        struct passkey_answer *ret_answer)
{
    const uint32_t count = fido_assert_sigcount(assertion, 0);
    ret_answer->sign_count = count;
    ret_answer->verified = (fido_assert_flags(assertion, 0) & FLAG_VERIFIED) != 0;
    ret_answer->counted_back = (count != 0 || key->sign_count != 0) && count <= key->sign_count;
}

static bool signature_holds_of(const struct passkey_asked *asked, const struct passkey_key *key,
                               str client_data, str data, str signature,
                               struct passkey_answer *ret_answer)
{
    union public_key opened = {.es256 = NULL};
    fido_assert_t *assertion = fido_assert_new();
    const bool holds = assertion != NULL && open_key(key, &opened) &&
                       fill_assertion(assertion, asked, client_data, data, signature) &&
                       fido_assert_verify(assertion, 0, (int)key->algorithm,
                                          opened_key(key->algorithm, &opened)) == FIDO_OK;
    if (holds) {
        read_answer(assertion, key, ret_answer);
    }
    close_key(key->algorithm, &opened);
    fido_assert_free(&assertion);
    return holds;
}

result passkey_answered(const struct passkey_asked *asked, const struct passkey_key *key,
                        str client_data, str authenticator_data, str signature,
                        struct passkey_answer *ret_answer, struct err *err)
{
    struct passkey_answer answer = {.sign_count = 0};
    const char *fault = check_both(asked, client_data, "webauthn.get", authenticator_data);
    fault = fault != NULL ? fault : check_algorithm(asked, key);
    if (fault == NULL &&
        (signature.len == 0 || signature.len > PASSKEY_SIGNATURE_MAX ||
         !signature_holds_of(asked, key, client_data, authenticator_data, signature, &answer))) {
        fault = "its signature is not that of the key";
    }
    if (fault != NULL) {
        return err_set(err, ERROR_UNAUTHENTICATED, "The passkey is not accepted: %s", fault);
    }
    *ret_answer = answer;
    return result_ok();
}
