/* memory: how the C library hands out memory. */
#ifndef RETURNHUB_SYSTEM_MEMORY_H
#define RETURNHUB_SYSTEM_MEMORY_H

/* For a program that does one large work, before it starts a thread: all threads take from one
 * heap, which grows by large pieces. glibc otherwise gives every thread a heap of its own, which
 * grows a page at a time, with a call to the system for each. A server is better off without: its
 * threads would wait for each other. */
void memory_share(void);

#endif
