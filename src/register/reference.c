#include "register/reference.h"

#include <assert.h>
#include <string.h>

enum {
    RANDOM_CHARACTERS = 6,
    ALL_CHARACTERS = 7, /* with the check character */
    CHARACTER_BITS = 5,
    CHARACTER_COUNT = 32,
    FIELD_POLYNOMIAL =
        0x25, /* x^5 + x^2 + 1: primitive, so the powers 0 to 30 of x are 31 different elements */
};

static_assert(REFERENCE_SIZE == sizeof "RH-000000-0", "the form that people read out");

static const char characters[CHARACTER_COUNT + 1] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static unsigned times_x(unsigned element)
{
    const unsigned product = element << 1;
    return product >= CHARACTER_COUNT ? product ^ FIELD_POLYNOMIAL : product;
}

/* The weighted sum by Horner's rule. Adding is exclusive or. A wrong character changes one term by
 * something that is not 0; a swap of different neighbours a, b changes the sum by (a + b) * x^i *
 * (x + 1), which is not 0 either. */
static unsigned weighted_sum(const unsigned *elements, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        ASSERT(elements[i] < CHARACTER_COUNT);
        sum = times_x(sum) ^ elements[i];
    }
    return sum;
}

static void write_reference(const unsigned elements[ALL_CHARACTERS], char text[REFERENCE_SIZE])
{
    memcpy(text, "RH-000000-0", REFERENCE_SIZE);
    for (size_t i = 0; i < RANDOM_CHARACTERS; i++) {
        text[3 + i] = characters[elements[i]];
    }
    text[REFERENCE_SIZE - 2] = characters[elements[RANDOM_CHARACTERS]];
}

static size_t slot_of(const struct reference_set *set, uint32_t bits)
{
    size_t slot = (bits * UINT32_C(2654435761)) & (set->slot_count - 1);
    while (set->slots[slot] != 0 && set->slots[slot] != bits + 1) {
        slot = (slot + 1) & (set->slot_count - 1);
    }
    return slot;
}

result reference_set_init(struct reference_set *set, size_t most, struct arena *arena,
                          struct err *err)
{
    set->slot_count = 1024;
    while (set->slot_count < 2 * most) {
        set->slot_count *= 2;
    }
    set->slots = ARENA_NEW(arena, uint32_t, set->slot_count);
    return set->slots == NULL ? arena_full(err) : result_ok();
}

bool reference_set_has(const struct reference_set *set, uint32_t bits)
{
    return set->slots[slot_of(set, bits)] != 0;
}

bool reference_set_add(struct reference_set *set, uint32_t bits)
{
    ASSERT(bits >> REFERENCE_BITS == 0);
    uint32_t *slot = &set->slots[slot_of(set, bits)];
    const bool is_new = *slot == 0;
    *slot = bits + 1;
    return is_new;
}

void reference_set_empty(struct reference_set *set)
{
    memset(set->slots, 0, set->slot_count * sizeof set->slots[0]);
}

void reference_make(uint32_t random_bits, char text[REFERENCE_SIZE])
{
    unsigned elements[ALL_CHARACTERS] = {0};
    for (size_t i = 0; i < RANDOM_CHARACTERS; i++) {
        elements[i] = random_bits >> (CHARACTER_BITS * i) & (CHARACTER_COUNT - 1);
    }
    elements[RANDOM_CHARACTERS] = times_x(weighted_sum(elements, RANDOM_CHARACTERS));
    ASSERT(weighted_sum(elements, ALL_CHARACTERS) == 0);
    write_reference(elements, text);
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The element that a character stands for, or CHARACTER_COUNT for none. */
static unsigned element_of(char typed)
{
    const char c = upper(typed);
    const char meant = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const char *found = meant == '\0' ? NULL : strchr(characters, meant);
    return found == NULL ? CHARACTER_COUNT : (unsigned)(found - characters);
}

static result refuse(str typed, const char *why, struct err *err)
{
    const str shown = str_slice(typed, 0, 40);
    result_ignore(err_set(err, ERROR_INPUT, "\"%.*s\" is not a reference: %s", STR_ARG(shown), why),
                  "the hint returns the failure");
    return err_hint(
        err, "A reference looks like RH-7K3M9Q-8: RH, six characters and a check character.");
}

/* How many bytes of it part two characters: spaces, and the dashes that other programs make of a
 * hyphen. 0 for what is no separator. */
static size_t separator(str rest)
{
    static const str separators[] = {
        STR_INIT(" "),
        STR_INIT("-"),
        STR_INIT("\xc2\xa0"),
        STR_INIT("\xe2\x80\x90"),
        STR_INIT("\xe2\x80\x91"),
        STR_INIT("\xe2\x80\x92"),
        STR_INIT("\xe2\x80\x93"),
        STR_INIT("\xe2\x80\x94"),
        STR_INIT("\xe2\x88\x92"),
    };
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        if (str_starts(rest, separators[i])) {
            return separators[i].len;
        }
    }
    return 0;
}

/* The letters and digits of what was typed; false when there are more than `capacity`. */
static bool without_separators(str typed, char *kept, size_t capacity, size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < typed.len;) {
        const size_t passed = separator(str_slice(typed, i, typed.len));
        if (passed == 0 && count == capacity) {
            return false;
        }
        if (passed == 0) {
            kept[count++] = typed.at[i];
        }
        i += passed > 0 ? passed : 1;
    }
    *ret_count = count;
    return true;
}

result reference_read(str typed, char text[REFERENCE_SIZE], struct err *err)
{
    char kept[ALL_CHARACTERS + 2]; /* and R, H */
    size_t count = 0;
    if (!without_separators(typed, kept, sizeof kept, &count)) {
        return refuse(typed, "it is too long", err);
    }
    const bool prefixed = count == sizeof kept && upper(kept[0]) == 'R' && upper(kept[1]) == 'H';
    if (!prefixed && count != ALL_CHARACTERS) {
        return refuse(typed, count < ALL_CHARACTERS ? "it is too short" : "it is too long", err);
    }
    const char *meant = prefixed ? kept + 2 : kept;
    unsigned elements[ALL_CHARACTERS];
    for (size_t i = 0; i < ALL_CHARACTERS; i++) {
        elements[i] = element_of(meant[i]);
        if (elements[i] == CHARACTER_COUNT) {
            return refuse(typed, "one of its characters is never used", err);
        }
    }
    if (weighted_sum(elements, ALL_CHARACTERS) != 0) {
        return refuse(typed, "a character is wrong, or two stand in the wrong order", err);
    }
    write_reference(elements, text);
    return result_ok();
}
