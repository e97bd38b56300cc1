#include "document/drawing.h"

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
