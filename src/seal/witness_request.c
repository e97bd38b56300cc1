#include "seal/witness_request.h"

#include "base/base64.h"

#include <inttypes.h>

result witness_request_write(const struct witness_request *request, struct arena *arena,
                             str *ret_body, struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena, WITNESS_REQUEST_MAX);
    buf_format(&buf, "old %" PRIu64 "\n", request->older);
    for (size_t i = 0; i < request->growth.count; i++) {
        base64_put(&buf, request->growth.hashes[i].bytes, SHA256_SIZE);
        buf_put_char(&buf, '\n');
    }
    buf_put_char(&buf, '\n');
    buf_put(&buf, request->note);
    return buf_finish(&buf, ret_body, err);
}

static result no_request(const char *why, struct err *err)
{
    return err_set(err, ERROR_INPUT, "It is not a request for a cosignature: %s", why);
}

static result read_proof(str *body, struct tree_proof *proof, struct err *err)
{
    proof->count = 0;
    for (;;) {
        const struct str_cut line = str_cut(*body, '\n');
        if (!line.found) {
            return no_request("it ends before its checkpoint", err);
        }
        *body = line.tail;
        if (line.head.len == 0) {
            return result_ok();
        }
        if (proof->count == WITNESS_PROOF_MAX ||
            !base64_read_exactly(line.head, proof->hashes[proof->count].bytes, SHA256_SIZE)) {
            return no_request("a hash of the proof is none, or there are too many", err);
        }
        proof->count++;
    }
}

result witness_request_read(str body, struct witness_request *ret_request, struct err *err)
{
    const str word = STR("old ");
    const struct str_cut first = str_cut(body, '\n');
    struct witness_request request = {.older = 0};
    if (!first.found || !str_starts(first.head, word) ||
        !checkpoint_read_size(str_slice(first.head, word.len, first.head.len), &request.older)) {
        return no_request("its first line is not the word old and a number", err);
    }
    str left = first.tail;
    TRY(read_proof(&left, &request.growth, err));
    request.note = left;
    *ret_request = request;
    return result_ok();
}
