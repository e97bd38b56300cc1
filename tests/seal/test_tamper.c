/* Aim: whatever is done to a published log or to a receipt, the audit finds it and names the file:
 * every single bit of every file, and everything that somebody who wants to deceive would do, with
 * or without the log's key. */
#include "published_log.h"

#include "base/base64.h"
#include "seal/receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LOG_SIZE = 300 };

static struct published_log good;  /* history 1 */
static struct published_log other; /* history 2, the same key */

static int make_logs(void **state)
{
    (void)state;
    published_log_make(&good, LOG_SIZE, 1);
    published_log_make(&other, LOG_SIZE, 2);
    return 0;
}

static int free_logs(void **state)
{
    (void)state;
    published_log_free(&good);
    published_log_free(&other);
    return 0;
}

static void expect_found(const char *what, str older, const char *named)
{
    struct err err = {0};
    if (audit_now(&good, older, &err).ok) {
        fail_msg("%s was not noticed", what);
    }
    assert_int_equal(err.code, ERROR_INPUT);
    if (strstr(err.what, named) == NULL) {
        fail_msg("%s: \"%s\" does not name %s", what, err.what, named);
    }
}

static void the_log_is_good(void **state)
{
    struct err err = {0};
    (void)state;
    if (!audit_now(&good, STR(""), &err).ok) {
        fail_msg("%s", err.what);
    }
    assert_int_equal(good.count, 6);
}

static void every_bit_of_every_file(void **state)
{
    char unseen[LOG_UNSEEN_SIZE];
    (void)state;
    const uint64_t flips = published_log_flip(&good, getenv("RETURNHUB_LONG") != NULL, unseen);
    assert_string_equal(unseen, "");
    print_message("# %llu bits flipped, one at a time\n", (unsigned long long)flips);
    assert_true(audit_now(&good, STR(""), NULL).ok);
}

static void every_length_of_every_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < good.count; i++) {
        struct log_file *file = &good.files[i];
        const size_t size = file->size;
        const size_t step = size < 2000 ? 1 : 61;
        for (size_t cut = 0; cut < size; cut += step) {
            file->size = cut;
            expect_found("a truncated file", STR(""), i + 1 == good.count ? "checkpoint" : "tile/");
        }
        file->size = size + 1;
        file->bytes[size] = '\n';
        expect_found("an extra byte", STR(""), file->path);
        file->bytes[size] = 0;
        file->size = size + SHA256_SIZE;
        expect_found("extra bytes", STR(""), file->path);
        file->size = size;
    }
}

static void every_file_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < good.count; i++) {
        char path[TILE_PATH_SIZE];
        snprintf(path, sizeof path, "%s", good.files[i].path);
        good.files[i].path[0] = '\0';
        expect_found("a missing file", STR(""), path);
        memcpy(good.files[i].path, path, sizeof path);
    }
}

static void entries_swapped_and_repeated(void **state)
{
    struct log_file *entries = published_log_file(&good, "tile/entries/000");
    char first[ENTRY_FRAME_SIZE];
    char second[ENTRY_FRAME_SIZE];
    (void)state;
    memcpy(first, entries->bytes, sizeof first);
    memcpy(second, entries->bytes + ENTRY_FRAME_SIZE, sizeof second);
    memcpy(entries->bytes, second, sizeof second);
    expect_found("a repeated entry", STR(""), "tile/0/000");
    memcpy(entries->bytes + ENTRY_FRAME_SIZE, first, sizeof first);
    expect_found("swapped entries", STR(""), "tile/0/000");
    memcpy(entries->bytes, first, sizeof first);
    memcpy(entries->bytes + ENTRY_FRAME_SIZE, second, sizeof second);
}

/* The entries of another history with its own tiles, under the good checkpoint. */
static void another_history_under_the_checkpoint(void **state)
{
    struct log_file kept[LOG_FILES_MAX];
    (void)state;
    memcpy(kept, good.files, sizeof kept);
    for (size_t i = 0; i + 1 < good.count; i++) {
        good.files[i] = other.files[i];
    }
    expect_found("another history", STR(""), "root");
    memcpy(good.files, kept, sizeof kept);
}

/* --- checkpoints --- */

static void replace_checkpoint(str note, const char *what, str older, const char *named)
{
    struct log_file *file = published_log_file(&good, "checkpoint");
    const struct log_file kept = *file;
    char bytes[4096];
    assert_true(note.len <= sizeof bytes);
    memcpy(bytes, note.at, note.len);
    file->bytes = bytes;
    file->size = note.len;
    expect_found(what, older, named);
    *file = kept;
}

static str good_note(void)
{
    const struct log_file *file = published_log_file(&good, "checkpoint");
    return (str){.at = file->bytes, .len = file->size};
}

static void a_rollback_is_found(void **state)
{
    static struct published_log longer;
    (void)state;
    published_log_make(&longer, 301, 1);
    const struct sha256 root = tile_builder_root(&longer.builder);
    expect_found("a rollback", signed_checkpoint(&good, 301, &root), "rolled back");
    published_log_free(&longer);
}

static void a_fork_is_found(void **state)
{
    static struct published_log shorter;
    const struct sha256 fork = tile_builder_root(&other.builder);
    (void)state;
    expect_found("a fork of the same size", signed_checkpoint(&good, LOG_SIZE, &fork), "forked");
    for (uint64_t size = 1; size < LOG_SIZE; size += 13) {
        published_log_make(&shorter, size, 2);
        const struct sha256 root = tile_builder_root(&shorter.builder);
        expect_found("a fork", signed_checkpoint(&good, size, &root), "forked");
        published_log_free(&shorter);
        published_log_make(&shorter, size, 1);
        const struct sha256 right = tile_builder_root(&shorter.builder);
        assert_true(audit_now(&good, signed_checkpoint(&good, size, &right), NULL).ok);
        published_log_free(&shorter);
    }
}

static void a_signed_lie_is_found(void **state)
{
    const struct sha256 root = tile_builder_root(&good.builder);
    const struct sha256 fork = tile_builder_root(&other.builder);
    (void)state;
    replace_checkpoint(signed_checkpoint(&good, LOG_SIZE, &fork), "another root", STR(""), "root");
    replace_checkpoint(signed_checkpoint(&good, LOG_SIZE - 1, &root), "one entry less", STR(""),
                       "tile/entries/001.p/43");
    replace_checkpoint(signed_checkpoint(&good, LOG_SIZE + 1, &root), "one entry more", STR(""),
                       "tile/entries/001.p/45");
    replace_checkpoint(signed_checkpoint(&good, 0, &root), "no entries", STR(""), "root");
}

static str changed(const char *from, const char *to)
{
    static char text[4096];
    const str note = good_note();
    snprintf(text, sizeof text, "%.*s", STR_ARG(note));
    char *at = strstr(text, from);
    assert_non_null(at);
    memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
    memcpy(at, to, strlen(to));
    return str_from_c(text);
}

static void other_writings_of_a_checkpoint(void **state)
{
    (void)state;
    replace_checkpoint(changed("\n300\n", "\r\n300\r\n"), "CRLF", STR(""), "checkpoint");
    replace_checkpoint(changed("\n300\n", "\n0300\n"), "a zero before", STR(""), "checkpoint");
    replace_checkpoint(changed("\n300\n", "\n+300\n"), "a plus sign", STR(""), "checkpoint");
    replace_checkpoint(changed("\n\n", "\n\n\n"), "an empty line more", STR(""), "checkpoint");
    replace_checkpoint(changed("\n\n", "\nextension\n\n"), "an extension line", STR(""),
                       "checkpoint");
    replace_checkpoint(changed("\xE2\x80\x94 ", "- "), "a minus for a dash", STR(""), "checkpoint");
    replace_checkpoint(changed("example.org/log\n", "example.com/log\n"), "another origin", STR(""),
                       "checkpoint");
    replace_checkpoint(changed("=\n\n", "\n\n"), "no padding", STR(""), "checkpoint");
}

/* 68 bytes leave 4 bits of the last digit of base64 that stand for nothing. */
static void base64_that_is_not_canonical(void **state)
{
    static char text[4096];
    const str note = good_note();
    (void)state;
    memcpy(text, note.at, note.len);
    char *last = &text[note.len - 3];
    assert_int_equal(last[1], '=');
    const char was = *last;
    size_t found = 0;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < 64; i++) {
        *last = digits[i];
        if (digits[i] != was) {
            replace_checkpoint((str){.at = text, .len = note.len}, "a digit that means the same",
                               STR(""), "checkpoint");
            found++;
        }
    }
    assert_int_equal(found, 63);
}

static void lines_of_other_signers(void **state)
{
    static char text[4096];
    struct log_file *file = published_log_file(&good, "checkpoint");
    const struct log_file kept = *file;
    (void)state;
    /* A witness nobody asked about is no fault; a line that is no signature is, and so is the
     * log's own line twice. */
    snprintf(text, sizeof text, "%.*s\xE2\x80\x94 witness.example AAAAAAAA\n",
             STR_ARG(good_note()));
    file->bytes = text;
    file->size = strlen(text);
    assert_true(audit_now(&good, STR(""), NULL).ok);
    *file = kept;
    snprintf(text, sizeof text, "%.*sa line\n", STR_ARG(good_note()));
    replace_checkpoint(str_from_c(text), "a line that is none", STR(""), "checkpoint");
    const char *line = strstr(kept.bytes, "\xE2\x80\x94 ");
    const size_t line_len = kept.size - (size_t)(line - kept.bytes);
    snprintf(text, sizeof text, "%.*s%.*s", STR_ARG(good_note()), (int)line_len, line);
    replace_checkpoint(str_from_c(text), "the same signature twice", STR(""), "checkpoint");
}

static void another_key_of_the_same_name(void **state)
{
    uint8_t seed[SIGNATURE_SEED_SIZE] = {9};
    const struct signing_key secret = signing_key_of(seed);
    const struct sha256 root = tile_builder_root(&good.builder);
    const struct checkpoint checkpoint = {.size = LOG_SIZE, .root = root};
    struct note_key key;
    str note;
    (void)state;
    assert_true(note_key_make(STR("example.org/log"), NOTE_KEY_ED25519, signing_key_public(&secret),
                              &key, NULL)
                    .ok);
    assert_true(checkpoint_sign(&checkpoint, &key, &secret, &good.arena, &note, NULL).ok);
    replace_checkpoint(note, "another key", STR(""), "did not sign");
    /* And with the key id of the right one. */
    memcpy(key.id, good.key.id, sizeof key.id);
    assert_true(checkpoint_sign(&checkpoint, &key, &secret, &good.arena, &note, NULL).ok);
    replace_checkpoint(note, "a forged key id", STR(""), "does not hold");
}

/* --- receipts --- */

static result read_leaf(void *context, unsigned level, uint64_t first, size_t count,
                        struct sha256 *hashes, struct err *err)
{
    (void)err;
    const struct published_log *log = context;
    const struct log_file *file = published_log_file(context, level == 1    ? "tile/1/000.p/1"
                                                              : first < 256 ? "tile/0/000"
                                                                            : "tile/0/001.p/44");
    assert_true(level < 2 && log != NULL);
    memcpy(hashes, file->bytes + first % TILE_WIDTH * SHA256_SIZE, count * SHA256_SIZE);
    return result_ok();
}

static str receipt_of(uint64_t index)
{
    const struct tree_source source = {.read = read_leaf, .context = &good};
    struct receipt receipt = {
        .index = index, .commitment = commitment_of(1, index), .note = good_note()};
    str text;
    assert_true(tree_prove_entry(&source, index, LOG_SIZE, &receipt.proof, NULL).ok);
    assert_true(receipt_write(&receipt, &good.arena, &text, NULL).ok);
    return text;
}

static void every_bit_of_a_receipt(void **state)
{
    static const uint64_t indices[] = {0, 255, 256, 299};
    struct receipt receipt;
    struct checkpoint checkpoint;
    (void)state;
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++) {
        char text[8192];
        const str written = receipt_of(indices[i]);
        memcpy(text, written.at, written.len);
        const str shown = {.at = text, .len = written.len};
        assert_true(receipt_check(shown, &good.key, &receipt, &checkpoint, NULL).ok);
        assert_int_equal(receipt.index, indices[i]);
        for (size_t bit = 0; bit < shown.len * 8; bit++) {
            text[bit / 8] ^= (char)(1 << bit % 8);
            if (receipt_check(shown, &good.key, &receipt, &checkpoint, NULL).ok) {
                fail_msg("bit %zu of the receipt of entry %llu", bit,
                         (unsigned long long)indices[i]);
            }
            text[bit / 8] ^= (char)(1 << bit % 8);
        }
        for (size_t len = 0; len < shown.len; len++) {
            assert_false(
                receipt_check(str_slice(shown, 0, len), &good.key, &receipt, &checkpoint, NULL).ok);
        }
    }
}

static void a_receipt_with_a_hash_too_many(void **state)
{
    const struct tree_source source = {.read = read_leaf, .context = &good};
    struct receipt receipt = {.index = 7, .commitment = commitment_of(1, 7), .note = good_note()};
    struct checkpoint checkpoint;
    struct err err = {0};
    str text;
    (void)state;
    assert_true(tree_prove_entry(&source, 7, LOG_SIZE, &receipt.proof, NULL).ok);
    receipt.proof.hashes[receipt.proof.count++] = tile_builder_root(&good.builder);
    assert_true(receipt_write(&receipt, &good.arena, &text, NULL).ok);
    assert_false(receipt_check(text, &good.key, &receipt, &checkpoint, &err).ok);
    assert_non_null(strstr(err.what, "proof"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_is_good),
        cmocka_unit_test(every_bit_of_every_file),
        cmocka_unit_test(every_length_of_every_file),
        cmocka_unit_test(every_file_missing),
        cmocka_unit_test(entries_swapped_and_repeated),
        cmocka_unit_test(another_history_under_the_checkpoint),
        cmocka_unit_test(a_rollback_is_found),
        cmocka_unit_test(a_fork_is_found),
        cmocka_unit_test(a_signed_lie_is_found),
        cmocka_unit_test(other_writings_of_a_checkpoint),
        cmocka_unit_test(base64_that_is_not_canonical),
        cmocka_unit_test(lines_of_other_signers),
        cmocka_unit_test(another_key_of_the_same_name),
        cmocka_unit_test(every_bit_of_a_receipt),
        cmocka_unit_test(a_receipt_with_a_hash_too_many),
    };
    return cmocka_run_group_tests(tests, make_logs, free_logs);
}
