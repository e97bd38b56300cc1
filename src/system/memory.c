#include "system/memory.h"

#include <malloc.h>

enum { GROWS_BY_BYTES = 64 * 1024 * 1024 };

void memory_share(void)
{
    /* What cannot be set is as it was: slower. */
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_TOP_PAD, GROWS_BY_BYTES);
}
