/* Aim: bodies are sealed as the standard says, each to its own header; the leaf commits to all of
 * it; and any byte that changes is noticed. */
#include "base/cipher.h"
#include "seal/leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    assert_true(arena_open(arena, 1 << 20, NULL).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

/* draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
static const char plain[] =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen would be it.";
static const char bound_to[] = "\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7";
static const uint8_t expected[] = {
    0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b, 0x95, 0x76, 0x57, 0x94, 0x93, 0xc0, 0xe9,
    0x39, 0x57, 0x2a, 0x17, 0x00, 0x25, 0x2b, 0xfa, 0xcc, 0xbe, 0xd2, 0x90, 0x2c, 0x21, 0x39,
    0x6c, 0xbb, 0x73, 0x1c, 0x7f, 0x1b, 0x0b, 0x4a, 0xa6, 0x44, 0x0b, 0xf3, 0xa8, 0x2f, 0x4e,
    0xda, 0x7e, 0x39, 0xae, 0x64, 0xc6, 0x70, 0x8c, 0x54, 0xc2, 0x16, 0xcb, 0x96, 0xb7, 0x2e,
    0x12, 0x13, 0xb4, 0x52, 0x2f, 0x8c, 0x9b, 0xa4, 0x0d, 0xb5, 0xd9, 0x45, 0xb1, 0x1b, 0x69,
    0xb9, 0x82, 0xc1, 0xbb, 0x9e, 0x3f, 0x3f, 0xac, 0x2b, 0xc3, 0x69, 0x48, 0x8f, 0x76, 0xb2,
    0x38, 0x35, 0x65, 0xd3, 0xff, 0xf9, 0x21, 0xf9, 0x66, 0x4c, 0x97, 0x63, 0x7d, 0xa9, 0x76,
    0x88, 0x12, 0xf6, 0x15, 0xc6, 0x8b, 0x13, 0xb5, 0x2e, 0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7,
    0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49};

struct vector {
    struct cipher_key key;
    uint8_t nonce[CIPHER_NONCE_SIZE];
    str plain;
    str bound_to;
};

static struct vector standard_vector(void)
{
    struct vector vector = {.plain = str_from_c(plain), .bound_to = str_from_c(bound_to)};
    for (uint8_t i = 0; i < CIPHER_KEY_SIZE; i++) {
        vector.key.bytes[i] = (uint8_t)(0x80 + i);
    }
    for (uint8_t i = 0; i < CIPHER_NONCE_SIZE; i++) {
        vector.nonce[i] = (uint8_t)(0x40 + i);
    }
    return vector;
}

static void the_standard_vector(void **state)
{
    /* Aim: the test vector of the standard, nonce before and tag behind, both ways. */
    struct arena *arena = *state;
    const struct vector vector = standard_vector();
    str sealed;
    str opened;
    assert_true(
        cipher_seal(&vector.key, vector.nonce, vector.plain, vector.bound_to, arena, &sealed, NULL)
            .ok);
    assert_int_equal(sealed.len, vector.plain.len + CIPHER_OVERHEAD);
    assert_memory_equal(sealed.at, vector.nonce, CIPHER_NONCE_SIZE);
    assert_int_equal(sealed.len - CIPHER_NONCE_SIZE, sizeof expected);
    assert_memory_equal(sealed.at + CIPHER_NONCE_SIZE, expected, sizeof expected);
    assert_true(cipher_open(&vector.key, sealed, vector.bound_to, arena, &opened, NULL).ok);
    assert_true(str_equal(opened, vector.plain));
}

static bool opens(const struct vector *vector, str sealed, struct arena scratch)
{
    str opened;
    return cipher_open(&vector->key, sealed, vector->bound_to, &scratch, &opened, NULL).ok;
}

static void every_change_is_noticed(void **state)
{
    /* Aim: each bit of the sealed text, of the key and of what it is bound to; each shorter text
     * and a longer one. */
    struct arena *arena = *state;
    const struct vector vector = standard_vector();
    str sealed;
    assert_true(
        cipher_seal(&vector.key, vector.nonce, vector.plain, vector.bound_to, arena, &sealed, NULL)
            .ok);
    char *changed = ARENA_NEW(arena, char, sealed.len + 1);
    memcpy(changed, sealed.at, sealed.len);
    const str view = {.at = changed, .len = sealed.len};
    assert_true(opens(&vector, view, *arena));
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
        assert_false(opens(&vector, view, *arena));
        changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t len = 0; len <= sealed.len + 1; len++) {
        assert_int_equal(opens(&vector, (str){.at = changed, .len = len}, *arena),
                         len == sealed.len);
    }
    for (size_t bit = 0; bit < CIPHER_KEY_SIZE * 8; bit++) {
        struct vector other = vector;
        other.key.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(opens(&other, sealed, *arena));
    }
    struct vector elsewhere = vector;
    elsewhere.bound_to = STR("another place");
    assert_false(opens(&elsewhere, sealed, *arena));
    elsewhere.bound_to = STR("");
    assert_false(opens(&elsewhere, sealed, *arena));
}

static void nothing_and_little(void **state)
{
    /* Aim: an empty text is sealed like any other; a full arena is a stated limit; a wiped key is
     * all zero. */
    struct arena *arena = *state;
    struct vector vector = standard_vector();
    str sealed;
    str opened;
    struct err err = {0};
    assert_true(cipher_seal(&vector.key, vector.nonce, STR(""), STR(""), arena, &sealed, NULL).ok);
    assert_int_equal(sealed.len, CIPHER_OVERHEAD);
    assert_true(cipher_open(&vector.key, sealed, STR(""), arena, &opened, NULL).ok);
    assert_int_equal(opened.len, 0);
    struct arena small;
    assert_true(arena_open(&small, 32, NULL).ok);
    assert_false(
        cipher_seal(&vector.key, vector.nonce, vector.plain, STR(""), &small, &sealed, &err).ok);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_close(&small);
    cipher_wipe(&vector.key);
    const struct cipher_key none = {0};
    assert_memory_equal(&vector.key, &none, sizeof none);
}

static void the_leaf(void **state)
{
    /* Aim: the leaf is the HMAC that leaf.h describes (calculated by another program), and each of
     * its three parts counts. */
    (void)state;
    const struct hmac_key key = leaf_key();
    uint8_t opening[LEAF_OPENING_SIZE];
    for (uint8_t i = 0; i < LEAF_OPENING_SIZE; i++) {
        opening[i] = i;
    }
    const str header = STR(
        "returnhub-event-1 17 person 42 fact_recorded 2026-11-23 2026-11-23T08:52:56.123Z 7 -\n");
    struct sha256 leaf = leaf_commit(&key, opening, header, STR("sealed body"));
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&leaf, hex);
    assert_string_equal(hex, "358384b1c78a7ef50999d64864437668a8cdc8f6e54e18a7be71935101c2f968");
    struct sha256 other = leaf_commit(&key, opening, header, STR("sealed bodz"));
    assert_false(sha256_equal(&leaf, &other));
    other = leaf_commit(&key, opening, STR("another header\n"), STR("sealed body"));
    assert_false(sha256_equal(&leaf, &other));
    opening[31] ^= 1;
    other = leaf_commit(&key, opening, header, STR("sealed body"));
    assert_false(sha256_equal(&leaf, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_standard_vector, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(every_change_is_noticed, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(nothing_and_little, open_arena, close_arena),
        cmocka_unit_test(the_leaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
