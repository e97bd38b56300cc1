#include "seal/receipt.h"

#include "base/base64.h"

#include <inttypes.h>

static const char first_line[] = "c2sp.org/tlog-proof@v1";

result receipt_write(const struct receipt *receipt, struct arena *arena, str *ret_text,
                     struct err *err)
{
    struct buf buf;
    uint8_t entry[LEAF_ENTRY_SIZE];
    leaf_entry(&receipt->commitment, entry);
    buf_init(&buf, arena, RECEIPT_SIZE_MAX);
    buf_put_c(&buf, first_line);
    buf_put_c(&buf, "\nextra ");
    base64_put(&buf, entry, sizeof entry);
    buf_format(&buf, "\nindex %" PRIu64 "\n", receipt->index);
    for (size_t i = 0; i < receipt->proof.count; i++) {
        base64_put(&buf, receipt->proof.hashes[i].bytes, SHA256_SIZE);
        buf_put_char(&buf, '\n');
    }
    buf_put_char(&buf, '\n');
    buf_put(&buf, receipt->note);
    return buf_finish(&buf, ret_text, err);
}

static result no_receipt(const char *why, struct err *err)
{
    return err_set(err, ERROR_INPUT, "It is not a receipt: %s", why);
}

/* Takes the next line; false when the text ends without a line feed. */
static bool next_line(str *text, str *ret_line)
{
    const struct str_cut cut = str_cut(*text, '\n');
    *ret_line = cut.head;
    *text = cut.tail;
    return cut.found;
}

/* The next line without the word it begins with. */
static bool next_after(str *text, str word, str *ret_rest)
{
    str line;
    if (!next_line(text, &line) || !str_starts(line, word)) {
        return false;
    }
    *ret_rest = str_slice(line, word.len, line.len);
    return true;
}

static result read_proof(str *text, struct tree_proof *proof, struct err *err)
{
    str line;
    proof->count = 0;
    while (next_line(text, &line)) {
        if (line.len == 0) {
            return result_ok();
        }
        if (proof->count == TREE_PROOF_MAX ||
            !base64_read_exactly(line, proof->hashes[proof->count].bytes, SHA256_SIZE)) {
            return no_receipt("a hash of the proof is none", err);
        }
        proof->count++;
    }
    return no_receipt("it ends before its checkpoint", err);
}

static result read_receipt(str *text, struct receipt *receipt, struct err *err)
{
    str line;
    str extra = STR("");
    str index = STR("");
    uint8_t bytes[LEAF_ENTRY_SIZE];
    const str entry = {.at = (const char *)bytes, .len = sizeof bytes};
    if (!next_line(text, &line) || !str_equal(line, str_from_c(first_line))) {
        return no_receipt("its first line is another", err);
    }
    if (!next_after(text, STR("extra "), &extra) ||
        !base64_read_exactly(extra, bytes, sizeof bytes) ||
        !leaf_entry_read(entry, &receipt->commitment)) {
        return no_receipt("its entry is none of this log", err);
    }
    if (!next_after(text, STR("index "), &index) || !checkpoint_read_size(index, &receipt->index)) {
        return no_receipt("its index is no number", err);
    }
    return read_proof(text, &receipt->proof, err);
}

result receipt_check(str text, const struct note_key *key, struct receipt *ret_receipt,
                     struct checkpoint *ret_checkpoint, struct err *err)
{
    struct receipt receipt;
    struct checkpoint checkpoint;
    uint8_t bytes[LEAF_ENTRY_SIZE];
    TRY(read_receipt(&text, &receipt, err));
    receipt.note = text;
    TRY(checkpoint_open(receipt.note, key, &checkpoint, err));
    leaf_entry(&receipt.commitment, bytes);
    const struct sha256 leaf = tree_leaf((str){.at = (const char *)bytes, .len = sizeof bytes});
    if (!tree_entry_holds(&receipt.proof, receipt.index, checkpoint.size, &leaf,
                          &checkpoint.root)) {
        return err_set(err, ERROR_INPUT,
                       "Its proof does not lead from entry %" PRIu64 " to the root of the "
                       "checkpoint",
                       receipt.index);
    }
    *ret_receipt = receipt;
    *ret_checkpoint = checkpoint;
    return result_ok();
}
