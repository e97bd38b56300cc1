/* drawing: boxes, lines and words at places, in units that become points on paper and pixels on a
 * screen. */
#ifndef RETURNHUB_DOCUMENT_DRAWING_H
#define RETURNHUB_DOCUMENT_DRAWING_H

#include "base/arena.h"

enum { DRAWING_FONT_SIZE = 12, DRAWING_CORNERS_MAX = 4, DRAWING_TINTS = 3 };

/* Red, green and blue of each tint: dark blue on white, so far apart that each is told from the
 * next by its lightness alone. */
extern const uint8_t drawing_tints[DRAWING_TINTS][3];

struct point {
    int32_t x;
    int32_t y;
};

enum shape_kind {
    SHAPE_BOX,
    SHAPE_LINE, /* through its points, in straight pieces */
    SHAPE_DOT,
    SHAPE_WORDS,
    SHAPE_AREA, /* within its outline, in a tint, without an edge */
};

struct shape {
    struct shape *next;
    enum shape_kind kind;
    struct point at; /* upper left of a box, middle of a dot, left end of the words' base line */
    int32_t width;
    int32_t height;
    bool strong; /* a thick frame or line; bold words */
    bool twice;  /* a box with a double frame */
    bool dashed;
    bool arrow; /* at the end of a line */
    struct point points[DRAWING_CORNERS_MAX];
    size_t point_count;
    const struct point *outline; /* of an area */
    size_t outline_count;
    unsigned tint; /* 0, the lightest, to DRAWING_TINTS - 1 */
    str words;
};

struct drawing {
    int32_t width;
    int32_t height;
    str title;
    str about;            /* what it shows, in words */
    struct shape *shapes; /* the later over the earlier */
    struct shape *last;
};

/* A shape over those that are there, taken from `arena`; false when that is full. */
bool drawing_add(struct drawing *drawing, const struct shape *shape, struct arena *arena);

/* The width of words of DRAWING_FONT_SIZE in a sans-serif letter, rather too much than too little.
 */
int32_t drawing_words_width(str words);

#endif
