#include "document/drawing.h"

const uint8_t drawing_tints[DRAWING_TINTS][3] = {
    {0xDD, 0xE3, 0xEC}, {0xB0, 0xBF, 0xD2}, {0x7A, 0x92, 0xB3}};

bool drawing_add(struct drawing *drawing, const struct shape *shape, struct arena *arena)
{
    struct shape *kept = ARENA_NEW(arena, struct shape, 1);
    if (kept == NULL) {
        return false;
    }
    *kept = *shape;
    if (drawing->last == NULL) {
        drawing->shapes = kept;
    } else {
        drawing->last->next = kept;
    }
    drawing->last = kept;
    return true;
}

/* Widths in hundredths of the letter's size, by kind of letter: those of Helvetica, rounded up. */
enum { NARROW = 34, SMALL = 58, CAPITAL = 80, WIDE = 100 };

static int32_t letter_width(char c)
{
    if (str_find_char(STR("fijlrtI .,:;'()-|!"), c) < sizeof "fijlrtI .,:;'()-|!" - 1) {
        return NARROW;
    }
    if (c == 'm' || c == 'w' || c == 'M' || c == 'W' || c == '@' || c == '%') {
        return WIDE;
    }
    return c >= 'A' && c <= 'Z' ? CAPITAL : SMALL;
}

int32_t drawing_words_width(str words)
{
    int32_t width = 0;
    for (size_t i = 0; i < words.len; i++) {
        const unsigned char byte = (unsigned char)words.at[i];
        if (byte < 0x80) {
            width += letter_width(words.at[i]);
        } else if (byte >= 0xC0) {
            width += CAPITAL;
        }
    }
    return (width * DRAWING_FONT_SIZE + 99) / 100;
}
