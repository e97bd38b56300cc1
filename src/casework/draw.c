#include "casework/draw.h"

enum {
    /* A register with a hundred million people in it still finds one. */
    REFERENCE_TRIES = 64,
    REFERENCE_MASK = (1 << REFERENCE_BITS) - 1,
};

static result try_reference(struct transaction *transaction, uint32_t bits,
                            char text[REFERENCE_SIZE], bool *ret_free, struct err *err)
{
    int64_t id = 0;
    reference_make(bits, text);
    TRY(transaction_seek(transaction, SUBJECT_OF_PERSON, str_from_c(text), &id, err));
    *ret_free = id == 0;
    return result_ok();
}

static result refuse_none_free(struct err *err)
{
    return err_set(err, ERROR_LIMIT, "No free reference was found");
}

result reference_draw(struct sitting *sitting, char text[REFERENCE_SIZE], struct err *err)
{
    const struct system *system = sitting->casework->system;
    bool is_free = false;
    for (int i = 0; !is_free && i < REFERENCE_TRIES; i++) {
        uint32_t bits = 0;
        system->entropy(system->context, &bits, sizeof bits);
        TRY(try_reference(sitting->transaction, bits & REFERENCE_MASK, text, &is_free, err));
    }
    return is_free ? result_ok() : refuse_none_free(err);
}

static uint32_t next_bits(struct reference_source *source)
{
    if (source->left == 0) {
        source->system->entropy(source->system->context, source->bits, sizeof source->bits);
        source->left = sizeof source->bits / sizeof source->bits[0];
    }
    return source->bits[--source->left] & REFERENCE_MASK;
}

result reference_draw_ahead(struct reference_source *source, struct transaction *transaction,
                            const struct reference_set *before, struct reference_set *drawn,
                            char text[REFERENCE_SIZE], struct err *err)
{
    bool is_free = false;
    for (int i = 0; !is_free && i < REFERENCE_TRIES; i++) {
        const uint32_t bits = next_bits(source);
        if (reference_set_has(before, bits) || !reference_set_add(drawn, bits)) {
            continue;
        }
        TRY(try_reference(transaction, bits, text, &is_free, err));
    }
    return is_free ? result_ok() : refuse_none_free(err);
}
