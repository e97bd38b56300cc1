/* Aim: SHA-256 and HMAC give the published values, however the text is cut into parts. */
#include "base/hash.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_hash(struct sha256 hash, const char *expected)
{
    char text[SHA256_HEX_SIZE];
    sha256_hex(&hash, text);
    assert_string_equal(text, expected);
}

/* Aim: the messages of FIPS 180-2, appendix B, with their published digests, and the empty one. */
static void test_published(void **state)
{
    (void)state;
    assert_hash(sha256_of(STR("")),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(sha256_of((str){0}),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(sha256_of(STR("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(sha256_of(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(
        sha256_of(
            STR("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
                "klmnopqrlmnopqrsmnopqrstnopqrstu")),
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    struct arena arena;
    struct err err;
    assert_true(arena_open(&arena, 1000000, &err).ok);
    char *million = ARENA_NEW(&arena, char, 1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    assert_hash(sha256_of((str){.at = million, .len = 1000000}),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    arena_close(&arena);
}

/* Aim: the hash of parts is the hash of the whole, for every place to cut, over more than two
 * blocks. */
static void test_parts(void **state)
{
    (void)state;
    char text[150];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)(i * 7);
    }
    const str whole = {.at = text, .len = sizeof text};
    const struct sha256 expected = sha256_of(whole);
    const struct sha256 keyed = hmac_sha256(STR("key"), &whole, 1);
    for (size_t cut = 0; cut <= sizeof text; cut++) {
        const str parts[] = {str_slice(whole, 0, cut), {0}, str_slice(whole, cut, whole.len)};
        const struct sha256 hash = sha256_of_parts(parts, 3);
        assert_true(sha256_equal(&hash, &expected));
        const struct sha256 again = hmac_sha256(STR("key"), parts, 3);
        assert_true(sha256_equal(&again, &keyed));
    }
    assert_hash(sha256_of_parts(NULL, 0),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static str repeated(char *room, char byte, size_t count)
{
    memset(room, byte, count);
    return (str){.at = room, .len = count};
}

static void assert_hmac(str key, str data, const char *expected)
{
    const struct sha256 hash = hmac_sha256(key, &data, 1);
    char text[SHA256_HEX_SIZE];
    sha256_hex(&hash, text);
    assert_memory_equal(text, expected, strlen(expected));
}

/* Aim: the seven test cases of RFC 4231, section 4 (the fifth is published cut to 128 bits). */
static void test_rfc_4231(void **state)
{
    (void)state;
    char key[200];
    char data[200];
    assert_hmac(repeated(key, 0x0B, 20), STR("Hi There"),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hmac(STR("Jefe"), STR("what do ya want for nothing?"),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_hmac(repeated(key, (char)0xAA, 20), repeated(data, (char)0xDD, 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    for (int i = 0; i < 25; i++) {
        key[i] = (char)(i + 1);
    }
    assert_hmac((str){.at = key, .len = 25}, repeated(data, (char)0xCD, 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    assert_hmac(repeated(key, 0x0C, 20), STR("Test With Truncation"),
                "a3b6167473100ee06e0c796c2955552b");
    assert_hmac(repeated(key, (char)0xAA, 131),
                STR("Test Using Larger Than Block-Size Key - Hash Key First"),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hmac(repeated(key, (char)0xAA, 131),
                STR("This is a test using a larger than block-size key and a larger than "
                    "block-size data. The key "
                    "needs to be hashed before being used by the HMAC algorithm."),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

/* Aim: RFC 2104: keys of up to one block stand for themselves filled with zeros, longer ones for
 * their hash. */
static void test_key_lengths(void **state)
{
    (void)state;
    char key[66];
    memset(key, 0, sizeof key);
    memset(key, 'k', 63);
    const str data = STR("data");
    const struct sha256 short_key = hmac_sha256((str){.at = key, .len = 63}, &data, 1);
    const struct sha256 filled = hmac_sha256((str){.at = key, .len = 64}, &data, 1);
    assert_true(sha256_equal(&short_key, &filled));
    const struct sha256 long_key = hmac_sha256((str){.at = key, .len = 65}, &data, 1);
    assert_false(sha256_equal(&filled, &long_key));
    const struct sha256 hashed = sha256_of((str){.at = key, .len = 65});
    const struct sha256 by_hash =
        hmac_sha256((str){.at = (const char *)hashed.bytes, .len = sizeof hashed.bytes}, &data, 1);
    assert_true(sha256_equal(&long_key, &by_hash));
}

/* Aim: text and hash agree both ways; anything but 64 lower-case digits is refused. */
static void test_text(void **state)
{
    (void)state;
    const char *good = "00ff10a9cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac4503";
    struct sha256 hash;
    struct err err;
    assert_true(sha256_parse(str_from_c(good), &hash, &err).ok);
    assert_int_equal(hash.bytes[0], 0x00);
    assert_int_equal(hash.bytes[1], 0xFF);
    assert_int_equal(hash.bytes[3], 0xA9);
    assert_hash(hash, good);

    const struct sha256 before = hash;
    char text[70];
    for (int c = 0; c < 256; c++) {
        memcpy(text, good, 65);
        text[c % 64] = (char)c;
        const bool digit = strchr("0123456789abcdef", c) != NULL && c != 0;
        const bool read = sha256_parse((str){.at = text, .len = 64}, &hash, &err).ok;
        assert_int_equal(read, digit);
        hash = before;
    }
    assert_false(sha256_parse(str_slice(str_from_c(good), 0, 63), &hash, &err).ok);
    assert_false(sha256_parse(STR(""), &hash, &err).ok);
    memcpy(text, good, 64);
    text[64] = '0';
    assert_false(sha256_parse((str){.at = text, .len = 65}, &hash, &err).ok);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_true(sha256_equal(&hash, &before));
}

/* Aim: hashes that differ in any single bit are not equal. */
static void test_equal(void **state)
{
    (void)state;
    const struct sha256 hash = sha256_of(STR("abc"));
    struct sha256 other = hash;
    assert_true(sha256_equal(&hash, &other));
    for (size_t bit = 0; bit < SHA256_SIZE * 8; bit++) {
        other = hash;
        other.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(sha256_equal(&hash, &other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_rfc_4231),  cmocka_unit_test(test_key_lengths),
        cmocka_unit_test(test_text),      cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests_name("base hash", tests, NULL, NULL);
}
