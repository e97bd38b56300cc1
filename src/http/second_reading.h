/* second_reading: the same head read by llhttp, the parser of Node.js, in its strict mode.
 *
 * Two independent readers that must agree are better than either alone. This header is a seam:
 * llhttp.h and http.h use the same names (HTTP_GET) for different numbers, so no file includes
 * both. */
#ifndef RETURNHUB_HTTP_SECOND_READING_H
#define RETURNHUB_HTTP_SECOND_READING_H

#include "base/str.h"

enum { SECOND_READING_FIELDS_MAX = 100 };

struct second_field {
    str name;
    str value; /* without white space around it */
};

struct second_reading {
    str method;
    str target;
    unsigned major;
    unsigned minor;
    struct second_field fields[SECOND_READING_FIELDS_MAX];
    size_t field_count;
    uint64_t content_length;
    bool chunked;
    size_t len; /* of the head */
};

/* `text` is a whole head. Views into it. False when llhttp refuses it or does not find its end. */
bool second_reading_make(str text, struct second_reading *reading);

#endif
