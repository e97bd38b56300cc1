#include "casework/draw.h"

enum {
    REFERENCE_TRIES =
        64, /* of 2^30 references; a register with a hundred million people in it still finds one */
};

result reference_draw(struct sitting *sitting, char text[REFERENCE_SIZE], struct err *err)
{
    const struct system *system = sitting->casework->system;
    for (int i = 0; i < REFERENCE_TRIES; i++) {
        uint32_t bits = 0;
        system->entropy(system->context, &bits, sizeof bits);
        reference_make(bits & 0x3FFFFFFF, text);
        struct err failure = {0};
        int64_t id = 0;
        if (!transaction_find(sitting->transaction, SUBJECT_OF_PERSON, str_from_c(text), &id,
                              &failure)
                 .ok) {
            return failure.code == ERROR_NOT_FOUND ? result_ok()
                                                   : err_set(err, failure.code, "%s", failure.what);
        }
    }
    return err_set(err, ERROR_LIMIT, "No free reference was found");
}
