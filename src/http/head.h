/* head: reads the head of a request as it arrives, line by line, strictly.
 *
 * Invariants
 *  1. A head is refused at the first line that deserves it, without waiting for the rest.
 *  2. Nothing is repaired or guessed. What two servers might read in two ways is refused (RFC
 * 9112, 11.2).
 *  3. Every view points into the text given; nothing is copied.
 *  4. One empty line (CR LF) before the request line is passed over (RFC 9112, 2.2): some clients
 *     send one behind a body. It counts to every limit and to the deadline, and a second one is
 *     refused; so is any other byte that stands there.
 *  5. A head that was found complete has also been read by llhttp, and both readings are equal.
 */
#ifndef RETURNHUB_HTTP_HEAD_H
#define RETURNHUB_HTTP_HEAD_H

#include "http/second_reading.h"
#include "http/target.h"

struct head {
    enum http_method method;
    unsigned minor;  /* HTTP/1.minor */
    str target_text; /* as sent */
    struct target target;
    struct http_header fields[HTTP_HEADERS_MAX];
    size_t field_count;

    /* Known when the head is complete. */
    size_t len; /* from the first byte, with the empty line at its end */
    size_t content_length;
    bool asks_to_close;
    bool expects_continue;

    size_t begin; /* of the request line: behind the one empty line that may stand before it */
    /* Where reading stands. */
    size_t line_begin;
    size_t scanned;
};

enum head_progress { HEAD_INCOMPLETE, HEAD_COMPLETE, HEAD_REFUSED };

/* Reads on. `head` was zeroed before the first call; each call gives the same text with more bytes
 * at its end, at the same place. *ret_refusal is written only for HEAD_REFUSED. */
enum head_progress head_read(struct head *head, str text, enum http_refusal *ret_refusal);

/* True when the other reader found the same in a whole head. head_read has asked; open to its test.
 */
bool head_agrees(const struct head *head, const struct second_reading *second);

#endif
