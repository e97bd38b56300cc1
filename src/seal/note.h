/* note: a text and who signed it (c2sp.org/signed-note), with Ed25519.
 *
 *   text, ending in a line feed
 *   an empty line
 *   "— " name " " base64(key id, 4 bytes || signature)      one line or more
 *
 * key id = SHA-256(name || 0x0A || type || public key), the first 4 bytes. A key is handed out as
 * name+hex(key id)+base64(type || public key). The type is 0x01 for who wrote the text, and 0x04
 * for a witness of a checkpoint (cosignature.h). Reading is strict: there is one text of every note
 * with these signatures, and a line by a key that nobody asked about is looked at for its form
 * alone. */
#ifndef RETURNHUB_SEAL_NOTE_H
#define RETURNHUB_SEAL_NOTE_H

#include "base/buf.h"
#include "base/signature.h"

enum {
    NOTE_NAME_MAX = 120,
    NOTE_KEY_ID_SIZE = 4,
    NOTE_SIGNATURES_MAX = 100,
    NOTE_TEXT_MAX = 64 * 1024,
    NOTE_KEY_TEXT_SIZE = NOTE_NAME_MAX + 80,
    NOTE_SIGNATURE_MAX = 8 * 1024, /* of keys of other kinds, with the key id */
};

enum note_key_type { NOTE_KEY_ED25519 = 1, NOTE_KEY_COSIGNATURE = 4 };

struct note_key {
    char name[NOTE_NAME_MAX + 1];
    enum note_key_type type;
    uint8_t id[NOTE_KEY_ID_SIZE];
    uint8_t public_key[SIGNATURE_KEY_SIZE];
};

/* A name that a key may have; of a log: its address without "https://" and without a slash at the
 * end. */
MUST_USE result note_name_check(str name, struct err *err);
MUST_USE result note_key_make(str name, enum note_key_type type,
                              const uint8_t public_key[SIGNATURE_KEY_SIZE],
                              struct note_key *ret_key, struct err *err);
void note_key_write(const struct note_key *key, char text[NOTE_KEY_TEXT_SIZE]);
/* ERROR_INPUT for a key of another type. */
MUST_USE result note_key_read(str text, enum note_key_type type, struct note_key *ret_key,
                              struct err *err);

/* The secret half, as golang.org/x/mod/sumdb/note writes it:
 * PRIVATE+KEY+name+hex(key id)+base64(type || seed). */
MUST_USE result note_secret_write(const struct note_key *key, const struct signing_key *secret,
                                  struct buf *buf, struct err *err);
MUST_USE result note_secret_read(str text, enum note_key_type type, struct note_key *ret_key,
                                 struct signing_key *ret_secret, struct err *err);

MUST_USE result note_sign(str text, const struct note_key *key, const struct signing_key *secret,
                          struct arena *arena, str *ret_note, struct err *err);
/* The text, a view of the note, if this key signed it, and signed it once. */
MUST_USE result note_open(str note, const struct note_key *key, str *ret_text, struct err *err);

/* What stands in the line of this key behind the key id; whether it is a signature of the text, who
 * asks has to find out. `size` is 0 when the key did not sign; ERROR_INPUT when it signed twice, or
 * when the whole is no note. The text is a view of the note. */
struct note_signature {
    str text;
    uint8_t bytes[NOTE_SIGNATURE_MAX];
    size_t size;
};
MUST_USE result note_find_signature(str note, const struct note_key *key,
                                    struct note_signature *ret_signature, struct err *err);
/* Such a line. */
void note_put_signature(const struct note_key *key, const uint8_t *bytes, size_t size,
                        struct buf *buf);

#endif
