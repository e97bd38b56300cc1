#include "seal/checkpoint.h"

#include "base/base64.h"

#include <inttypes.h>

result checkpoint_sign(const struct checkpoint *checkpoint, const struct note_key *key,
                       const struct signing_key *secret, struct arena *arena, str *ret_note,
                       struct err *err)
{
    struct buf buf;
    str text;
    buf_init(&buf, arena, NOTE_TEXT_MAX);
    buf_format(&buf, "%s\n%" PRIu64 "\n", key->name, checkpoint->size);
    base64_put(&buf, checkpoint->root.bytes, SHA256_SIZE);
    buf_put_char(&buf, '\n');
    TRY(buf_finish(&buf, &text, err));
    return note_sign(text, key, secret, arena, ret_note, err);
}

bool checkpoint_read_size(str text, uint64_t *ret_size)
{
    int64_t size = 0;
    if (text.len == 0 || text.at[0] < '0' || text.at[0] > '9' ||
        (text.at[0] == '0' && text.len > 1) || !str_to_int64(text, &size, NULL).ok) {
        return false;
    }
    *ret_size = (uint64_t)size;
    return true;
}

static result read_text(str text, const struct note_key *key, struct checkpoint *checkpoint,
                        struct err *err)
{
    const struct str_cut origin = str_cut(text, '\n');
    const struct str_cut size = str_cut(origin.tail, '\n');
    const struct str_cut root = str_cut(size.tail, '\n');
    if (!str_equal(origin.head, str_from_c(key->name))) {
        return err_set(err, ERROR_INPUT, "It is the checkpoint of %.*s, not of %s",
                       STR_ARG(str_slice(origin.head, 0, NOTE_NAME_MAX)), key->name);
    }
    if (!checkpoint_read_size(size.head, &checkpoint->size)) {
        return err_set(err, ERROR_INPUT, "The size in the checkpoint is no number");
    }
    const struct sha256 empty = tree_empty();
    const bool rooted = root.found && root.tail.len == 0 &&
                        base64_read_exactly(root.head, checkpoint->root.bytes, SHA256_SIZE) &&
                        (checkpoint->size > 0 || sha256_equal(&checkpoint->root, &empty));
    return rooted ? result_ok()
                  : err_set(err, ERROR_INPUT, "The root in the checkpoint is no root");
}

result checkpoint_open(str note, const struct note_key *key, struct checkpoint *ret_checkpoint,
                       struct err *err)
{
    struct checkpoint checkpoint;
    str text;
    TRY(note_open(note, key, &text, err));
    TRY(read_text(text, key, &checkpoint, err));
    *ret_checkpoint = checkpoint;
    return result_ok();
}
