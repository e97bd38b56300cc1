#include "casework/draw.h"

enum {
    /* A register with a hundred million people in it still finds one. */
    REFERENCE_TRIES = 64,
    REFERENCE_MASK = (1 << REFERENCE_BITS) - 1,
};

static uint32_t next_bits(struct reference_source *source)
{
    if (source->left == 0) {
        ASSERT(source->together > 0 && source->together <= REFERENCES_TOGETHER_MAX);
        source->left = source->together;
        source->system->entropy(source->system->context, source->bits,
                                source->left * sizeof source->bits[0]);
    }
    return source->bits[--source->left] & REFERENCE_MASK;
}

/* Put into `drawn`, unless it is there or in `before`. Without the two, nothing is. */
static bool is_drawn(const struct reference_set *before, struct reference_set *drawn, uint32_t bits)
{
    return drawn != NULL && (reference_set_has(before, bits) || !reference_set_add(drawn, bits));
}

result reference_draw_ahead(struct reference_source *source, struct transaction *transaction,
                            const struct reference_set *before, struct reference_set *drawn,
                            char text[REFERENCE_SIZE], struct err *err)
{
    for (int i = 0; i < REFERENCE_TRIES; i++) {
        const uint32_t bits = next_bits(source);
        int64_t id = 0;
        if (is_drawn(before, drawn, bits)) {
            continue;
        }
        reference_make(bits, text);
        TRY(transaction_seek(transaction, SUBJECT_OF_PERSON, str_from_c(text), &id, err));
        if (id == 0) {
            return result_ok();
        }
    }
    return err_set(err, ERROR_LIMIT, "No free reference was found");
}

result reference_draw(struct sitting *sitting, char text[REFERENCE_SIZE], struct err *err)
{
    struct reference_source source = {.system = sitting->casework->system, .together = 1};
    return reference_draw_ahead(&source, sitting->transaction, NULL, NULL, text, err);
}
