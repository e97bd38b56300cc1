/* json_memory: where the values of jansson's lie that are made for one request.
 *
 * A page is drawn from some thousands of small objects and texts that all end with it. Between
 * json_memory_begin and json_memory_end those that this thread makes are laid one after the other
 * into the memory given; giving one back costs nothing, and what does not fit is taken from the
 * system as before. Values that were made otherwise, or by another thread, may be used and given
 * back in between as well. A value that was made in between must be given back before the end:
 * under AddressSanitizer the program stops when it looks at one that was given back, or that
 * outlives the end (jansson itself is not looked after).
 *
 * Jansson asks for memory without saying for what, so the thread has to know: the one thing in the
 * program that is kept beside the stack and what a caller hands in. */
#ifndef RETURNHUB_FORMAT_JSON_MEMORY_H
#define RETURNHUB_FORMAT_JSON_MEMORY_H

#include "base/arena.h"

#include <jansson.h>

/* Once in a process, before the first json_memory_begin and before there are threads. */
void json_memory_init(void);
/* Takes `size` bytes of the arena until the end; without them nothing changes. Not twice. */
void json_memory_begin(struct arena *arena, size_t size);
void json_memory_end(void);

/* Takes a reference that is used no more. When all that this thread made since json_memory_begin
 * lies in the memory given, the tree is left where it is, for the end: going through some thousands
 * of values only to give back what ends anyway costs as much as a tenth of making them. Otherwise
 * it is json_decref. So what the tree holds must have been made in between, or be held by somebody
 * who does not wait for this reference to be given back. */
void json_memory_leave(json_t *owned);

#endif
