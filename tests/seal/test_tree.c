/* Aim: roots and proofs are those of RFC 6962, by the published roots of Certificate
 * Transparency's reference tree and by the recursive definitions of section 2.1 written down again
 * here; tiles have the names and widths of the standard; keys and base64 are read strictly. */
#include "published_log.h"

#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- the definition, again --- */

static struct sha256 defined_root(const struct sha256 *leaves, size_t count)
{
    if (count == 0) {
        return sha256_of(STR(""));
    }
    if (count == 1) {
        return leaves[0];
    }
    size_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    const struct sha256 left = defined_root(leaves, split);
    const struct sha256 right = defined_root(leaves + split, count - split);
    uint8_t node[1 + 2 * SHA256_SIZE] = {1};
    memcpy(node + 1, left.bytes, SHA256_SIZE);
    memcpy(node + 1 + SHA256_SIZE, right.bytes, SHA256_SIZE);
    return sha256_of((str){.at = (const char *)node, .len = sizeof node});
}

static void defined_path(const struct sha256 *leaves, size_t count, size_t entry,
                         struct tree_proof *proof)
{
    if (count == 1) {
        return;
    }
    size_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    if (entry < split) {
        defined_path(leaves, split, entry, proof);
        proof->hashes[proof->count++] = defined_root(leaves + split, count - split);
    } else {
        defined_path(leaves + split, count - split, entry - split, proof);
        proof->hashes[proof->count++] = defined_root(leaves, split);
    }
}

static void defined_growth(const struct sha256 *leaves, size_t count, size_t older, bool whole,
                           struct tree_proof *proof)
{
    if (older == count) {
        if (!whole) {
            proof->hashes[proof->count++] = defined_root(leaves, count);
        }
        return;
    }
    size_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    if (older <= split) {
        defined_growth(leaves, split, older, whole, proof);
        proof->hashes[proof->count++] = defined_root(leaves + split, count - split);
    } else {
        defined_growth(leaves + split, count - split, older - split, false, proof);
        proof->hashes[proof->count++] = defined_root(leaves, split);
    }
}

/* --- the reference tree --- */

static void the_reference_tree(void **state)
{
    static const char *const entries[] = {"",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    struct tile_builder builder = {.size = 0};
    (void)state;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        char hex[SHA256_HEX_SIZE];
        const struct sha256 root = tile_builder_root(&builder);
        sha256_hex(&root, hex);
        assert_string_equal(hex, roots[i]);
        if (i < sizeof entries / sizeof entries[0]) {
            uint8_t bytes[16];
            const size_t size = strlen(entries[i]) / 2;
            for (size_t at = 0; at < size; at++) {
                unsigned value = 0;
                assert_int_equal(sscanf(entries[i] + 2 * at, "%2x", &value), 1);
                bytes[at] = (uint8_t)value;
            }
            const struct sha256 leaf = tree_leaf((str){.at = (const char *)bytes, .len = size});
            assert_true(tile_builder_add(&builder, &leaf, NULL, NULL, NULL).ok);
        }
    }
}

/* --- roots and proofs of every size --- */

static result read_leaves(void *context, unsigned level, uint64_t first, size_t count,
                          struct sha256 *hashes, struct err *err)
{
    const struct sha256 *leaves = context;
    (void)err;
    assert_true(first % TILE_WIDTH + count <= TILE_WIDTH);
    for (size_t i = 0; i < count; i++) {
        const size_t width = (size_t)1 << level * TILE_HEIGHT;
        hashes[i] = defined_root(leaves + (first + i) * width, width);
    }
    return result_ok();
}

static void expect_same(const struct tree_proof *proof, const struct tree_proof *defined)
{
    assert_int_equal(proof->count, defined->count);
    assert_memory_equal(proof->hashes, defined->hashes, proof->count * sizeof proof->hashes[0]);
}

static const uint64_t sizes[] = {1,  2,  3,   4,   5,   6,   7,   8,   9,   15,  16,
                                 17, 33, 100, 255, 256, 257, 511, 513, 700, 1024};

static void roots_are_as_defined(void **state)
{
    static struct published_log log;
    (void)state;
    published_log_make(&log, 1024, 1);
    const struct tree_source source = {.read = read_leaves, .context = log.leaves};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct sha256 root;
        const struct sha256 defined = defined_root(log.leaves, sizes[i]);
        assert_true(tree_root(&source, sizes[i], &root, NULL).ok);
        assert_true(sha256_equal(&root, &defined));
    }
    published_log_free(&log);
}

static void check_entry_proof(const struct tree_source *source, const struct sha256 *leaves,
                              uint64_t index, uint64_t size)
{
    struct tree_proof proof;
    struct tree_proof defined = {.count = 0};
    const struct sha256 root = defined_root(leaves, size);
    assert_true(tree_prove_entry(source, index, size, &proof, NULL).ok);
    defined_path(leaves, size, index, &defined);
    expect_same(&proof, &defined);
    assert_true(tree_entry_holds(&proof, index, size, &leaves[index], &root));
    assert_false(tree_entry_holds(&proof, index + 1, size, &leaves[index], &root));
    proof.count++;
    assert_false(tree_entry_holds(&proof, index, size, &leaves[index], &root));
    proof.count -= 2;
    assert_true(size == 1 || !tree_entry_holds(&proof, index, size, &leaves[index], &root));
}

static void entries_are_proved(void **state)
{
    static struct published_log log;
    (void)state;
    published_log_make(&log, 1024, 1);
    const struct tree_source source = {.read = read_leaves, .context = log.leaves};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const uint64_t step = sizes[i] < 40 ? 1 : 37;
        for (uint64_t index = 0; index < sizes[i]; index += step) {
            check_entry_proof(&source, log.leaves, index, sizes[i]);
        }
    }
    published_log_free(&log);
}

static void check_growth_proof(const struct tree_source *source, const struct sha256 *leaves,
                               uint64_t older, uint64_t size)
{
    struct tree_proof proof;
    struct tree_proof defined = {.count = 0};
    const struct sha256 older_root = defined_root(leaves, older);
    const struct sha256 root = defined_root(leaves, size);
    assert_true(tree_prove_growth(source, older, size, &proof, NULL).ok);
    defined_growth(leaves, size, older, true, &defined);
    expect_same(&proof, &defined);
    assert_true(tree_growth_holds(&proof, older, &older_root, size, &root));
    assert_true(older == size || !tree_growth_holds(&proof, older, &root, size, &root));
    assert_true(older == size || !tree_growth_holds(&proof, older, &older_root, size, &older_root));
    assert_false(tree_growth_holds(&proof, size + 1, &older_root, size, &root));
    proof.hashes[proof.count++] = root;
    assert_false(tree_growth_holds(&proof, older, &older_root, size, &root));
    proof.count -= 2;
    assert_true(older == size || !tree_growth_holds(&proof, older, &older_root, size, &root));
}

static void growth_is_proved(void **state)
{
    static struct published_log log;
    (void)state;
    published_log_make(&log, 1024, 1);
    const struct tree_source source = {.read = read_leaves, .context = log.leaves};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const uint64_t step = sizes[i] < 40 ? 1 : 41;
        for (uint64_t older = 1; older <= sizes[i]; older += step) {
            check_growth_proof(&source, log.leaves, older, sizes[i]);
        }
    }
    published_log_free(&log);
}

static void nothing_grows_to_anything(void **state)
{
    const struct sha256 nothing = tree_empty();
    const struct sha256 other = sha256_of(STR("other"));
    const struct tree_proof proof = {.count = 0};
    (void)state;
    assert_true(tree_growth_holds(&proof, 0, &nothing, 5, &other));
    assert_true(tree_growth_holds(&proof, 0, &nothing, 0, &nothing));
    assert_false(tree_growth_holds(&proof, 0, &other, 5, &other));
    assert_false(tree_growth_holds(&proof, 0, &nothing, 0, &other));
    assert_false(tree_growth_holds(&proof, 5, &nothing, 5, &other));
}

/* --- names of tiles --- */

static void tiles_have_the_standards_names(void **state)
{
    static const struct {
        const char *path;
        struct tile tile;
    } rows[] = {
        {"tile/0/x001/x234/067", {.number = 1234067, .width = 256}},
        {"tile/0/000", {.number = 0, .width = 256}},
        {"tile/1/001.p/17", {.level = 1, .number = 1, .width = 17}},
        {"tile/2/000.p/1", {.level = 2, .width = 1}},
        {"tile/entries/273.p/112", {.entries = true, .number = 273, .width = 112}},
        {"tile/entries/x001/000", {.entries = true, .number = 1000, .width = 256}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[TILE_PATH_SIZE];
        struct tile tile;
        tile_path(&rows[i].tile, path);
        assert_string_equal(path, rows[i].path);
        assert_true(tile_read_path(str_from_c(path), &tile));
        assert_int_equal(tile.number, rows[i].tile.number);
        assert_int_equal(tile.width, rows[i].tile.width);
        assert_int_equal(tile.level, rows[i].tile.level);
        assert_int_equal(tile.entries, rows[i].tile.entries);
    }
}

static void other_names_are_none(void **state)
{
    static const char *const paths[] = {"",
                                        "tile",
                                        "tile/",
                                        "tile/0",
                                        "tile/0/",
                                        "tile/0/0",
                                        "tile/0/0000",
                                        "tile/8/000",
                                        "tile/00/000",
                                        "tile/-1/000",
                                        "tile/0/x000/001",
                                        "tile/0/000.p/0",
                                        "tile/0/000.p/256",
                                        "tile/0/000.p/01",
                                        "tile/0/000.p/",
                                        "tile/0/000/",
                                        "tile/0/001/000",
                                        "tile/0/x001",
                                        "tile/0/000.p/1/2",
                                        "tile/data/000",
                                        "tile/0/ 00",
                                        "tile/0/+01",
                                        "/tile/0/000",
                                        "tile/0/000.P/1",
                                        "tile/0/x999/x999/x999/x999/x999/x999/x999/999"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct tile tile;
        if (tile_read_path(str_from_c(paths[i]), &tile)) {
            fail_msg("\"%s\" was taken for a tile", paths[i]);
        }
    }
}

/* The example of the standard: 70,000 entries. */
static void widths_are_the_standards(void **state)
{
    (void)state;
    assert_int_equal(tile_width(70000, 0, 272), 256);
    assert_int_equal(tile_width(70000, 0, 273), 112);
    assert_int_equal(tile_width(70000, 0, 274), 0);
    assert_int_equal(tile_width(70000, 1, 0), 256);
    assert_int_equal(tile_width(70000, 1, 1), 17);
    assert_int_equal(tile_width(70000, 2, 0), 1);
    assert_int_equal(tile_width(70000, 3, 0), 0);
}

/* --- base64 and keys --- */

static void base64_is_strict(void **state)
{
    /* RFC 4648, section 10. */
    static const char *const good[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    static const char *const bad[] = {"Z",      "Zg",   "Zg=",  "Zh==", "Zm9=", "Zg==Zg==",
                                      "Zm9v\n", "=m9v", "Z=9v", "Zm-_", " Zm9", "Zg==="};
    char room[256];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct arena arena = {.begin = room, .at = room, .end = room + sizeof room};
        struct buf buf;
        char bytes[16];
        size_t size = 0;
        str text;
        buf_init(&buf, &arena, 64);
        base64_put(&buf, good[i][0], strlen(good[i][0]));
        assert_true(buf_finish(&buf, &text, NULL).ok);
        assert_string_equal(text.at, good[i][1]);
        assert_true(base64_read(text, bytes, sizeof bytes, &size));
        assert_int_equal(size, strlen(good[i][0]));
        assert_memory_equal(bytes, good[i][0], size);
        /* With nothing left of it, it forbids nothing of the stack any more. */
        assert_non_null(ARENA_NEW(&arena, char, (size_t)(arena.end - arena.at)));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char bytes[16];
        size_t size = 0;
        if (base64_read(str_from_c(bad[i]), bytes, sizeof bytes, &size)) {
            fail_msg("\"%s\" was taken for base64", bad[i]);
        }
    }
}

/* The key and the note of golang.org/x/mod/sumdb/note's documentation. */
static void another_programs_note_opens(void **state)
{
    static const char vkey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    static const char note[] =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZ"
        "InNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    struct note_key key;
    char again[NOTE_KEY_TEXT_SIZE];
    str text;
    (void)state;
    assert_true(note_key_read(str_from_c(vkey), NOTE_KEY_ED25519, &key, NULL).ok);
    note_key_write(&key, again);
    assert_string_equal(again, vkey);
    assert_true(note_open(str_from_c(note), &key, &text, NULL).ok);
    assert_true(str_ends(text, STR("your problem is.\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_tree),
        cmocka_unit_test(roots_are_as_defined),
        cmocka_unit_test(entries_are_proved),
        cmocka_unit_test(growth_is_proved),
        cmocka_unit_test(nothing_grows_to_anything),
        cmocka_unit_test(tiles_have_the_standards_names),
        cmocka_unit_test(other_names_are_none),
        cmocka_unit_test(widths_are_the_standards),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(another_programs_note_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
