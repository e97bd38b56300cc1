/* drawing: boxes, lines and words at places, in units that become points on paper and pixels on a
 * screen. */
#ifndef RETURNHUB_DOCUMENT_DRAWING_H
#define RETURNHUB_DOCUMENT_DRAWING_H

#include "base/arena.h"

enum { DRAWING_FONT_SIZE = 12, DRAWING_CORNERS_MAX = 4 };

struct point {
    int32_t x;
    int32_t y;
};

enum shape_kind {
    SHAPE_BOX,
    SHAPE_LINE, /* through its points, in straight pieces */
    SHAPE_DOT,
    SHAPE_WORDS,
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

/* The width of words of DRAWING_FONT_SIZE in a sans-serif letter, rather too much than too little.
 */
int32_t drawing_words_width(str words);

#endif
