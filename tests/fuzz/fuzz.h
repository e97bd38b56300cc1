/* fuzz: the entry by which libFuzzer and replay.c ask about some bytes. */
#ifndef RETURNHUB_TESTS_FUZZ_H
#define RETURNHUB_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Always 0; stops the program when a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
