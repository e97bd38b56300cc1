/* screen_kernel: the inner loops of the column engine, over one block of rows. Internal to
 * rulebook/.
 *
 * screen_kernel.c is compiled once for every level of instructions, each time into one table. All
 * tables do the same; tests hold them against each other.
 *
 * A part of a condition is two planes, t (true) and f (false); where neither is set it is unknown.
 */
#ifndef RETURNHUB_RULEBOOK_SCREEN_KERNEL_H
#define RETURNHUB_RULEBOOK_SCREEN_KERNEL_H

#include "rulebook/columns.h"

enum { LOOK_UPS_MAX = 8 };

struct screen_kernel {
    /* True where all are, false where one is. With t and f exchanged everywhere: any of them. */
    void (*all)(const uint64_t *const *t, const uint64_t *const *f, size_t count, uint64_t *out_t,
                uint64_t *out_f);
    /* `then` where `when` is true, `otherwise` where it is false. */
    void (*choose)(const uint64_t *const when[2], const uint64_t *const then[2],
                   const uint64_t *const otherwise[2], uint64_t *out_t, uint64_t *out_f);
    /* True where one of the planes is set, false where known and none is. */
    void (*one_of)(const uint64_t *const *planes, size_t count, const uint64_t *known,
                   uint64_t *out_t, uint64_t *out_f);
    void (*complement)(const uint64_t *plane, uint64_t *out);
    /* True where known and low <= cell <= low + span, false where known and not. */
    void (*range_8)(const uint8_t *cells, uint8_t low, uint8_t span, const uint64_t *known,
                    uint64_t *out_t, uint64_t *out_f);
    void (*range_16)(const uint16_t *cells, uint16_t low, uint16_t span, const uint64_t *known,
                     uint64_t *out_t, uint64_t *out_f);
    void (*range_32)(const uint32_t *cells, uint32_t low, uint32_t span, const uint64_t *known,
                     uint64_t *out_t, uint64_t *out_f);
    void (*range_64)(const uint64_t *cells, uint64_t low, uint64_t span, const uint64_t *known,
                     uint64_t *out_t, uint64_t *out_f);
    /* The k-th answer is true where known and bit k of table[cell] is set; `table` has 256 entries
     * (look_up_16: one for each cell that occurs). */
    void (*look_up_8)(const uint8_t *cells, const uint8_t *table, size_t count,
                      const uint64_t *known, uint64_t *const *out_t, uint64_t *const *out_f);
    void (*look_up_16)(const uint16_t *cells, const uint8_t *table, size_t count,
                       const uint64_t *known, uint64_t *const *out_t, uint64_t *const *out_f);
    /* Adds one safeguard to the step: `clear` loses those not clear, `any_barred` gains those
     * barred. */
    void (*add)(const uint64_t *t, const uint64_t *f, uint64_t *clear, uint64_t *any_barred);
    /* Writes one safeguard's answers; `tell_past` past the caches, to planes at multiples of 64
     * bytes. */
    void (*tell)(const uint64_t *t, const uint64_t *f, uint64_t *barred, uint64_t *unknown);
    void (*tell_past)(const uint64_t *t, const uint64_t *f, uint64_t *barred, uint64_t *unknown);
    /* After `tell_past`: another thread that is told so by this one sees what was written. */
    void (*settle)(void);
};

extern const struct screen_kernel screen_kernel_plain;
extern const struct screen_kernel screen_kernel_avx2;
extern const struct screen_kernel screen_kernel_avx512;

#endif
