/* Compiled once for each level of instructions, with SCREEN_KERNEL naming the table to make; the
 * compiler's own flags say what it may use. */
#include "rulebook/screen_kernel.h"

#include <string.h>

#if defined(__AVX512BW__) && defined(__AVX512VBMI__)
#define SCREEN_WITH_AVX512 1
#else
#define SCREEN_WITH_AVX512 0
#endif
#if defined(__AVX2__) && !SCREEN_WITH_AVX512
#define SCREEN_WITH_AVX2 1
#else
#define SCREEN_WITH_AVX2 0
#endif
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* As many words at a time as a register holds. */
#if SCREEN_WITH_AVX512
enum { WORDS = 8 };
#elif SCREEN_WITH_AVX2
enum { WORDS = 4 };
#else
enum { WORDS = 2 };
#endif
typedef uint64_t words __attribute__((vector_size(WORDS * 8), aligned(8), may_alias));

static inline words load(const uint64_t *plane, size_t word)
{
    return *(const words *)(plane + word);
}

static inline void store(uint64_t *plane, size_t word, words value)
{
    *(words *)(plane + word) = value;
}

/* Writes to memory, without first reading what was there into a cache. */
static inline void store_past(uint64_t *plane, size_t word, words value)
{
#if SCREEN_WITH_AVX512
    _mm512_stream_si512((__m512i *)(void *)(plane + word), (__m512i)value);
#elif SCREEN_WITH_AVX2
    _mm256_stream_si256((__m256i *)(void *)(plane + word), (__m256i)value);
#elif defined(__SSE2__)
    _mm_stream_si128((__m128i *)(void *)(plane + word), (__m128i)value);
#else
    store(plane, word, value);
#endif
}

static void settle(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

/* --- logic --------------------------------------------------------------------------------- */

static void all_of_two(const uint64_t *const *t, const uint64_t *const *f, uint64_t *out_t,
                       uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        store(out_t, word, load(t[0], word) & load(t[1], word));
        store(out_f, word, load(f[0], word) | load(f[1], word));
    }
}

static void all_of(const uint64_t *const *t, const uint64_t *const *f, size_t count,
                   uint64_t *out_t, uint64_t *out_f)
{
    if (count == 2) {
        all_of_two(t, f, out_t, out_f);
        return;
    }
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        words is_true = load(t[0], word);
        words is_false = load(f[0], word);
        for (size_t i = 1; i < count; i++) {
            is_true &= load(t[i], word);
            is_false |= load(f[i], word);
        }
        store(out_t, word, is_true);
        store(out_f, word, is_false);
    }
}

static void choose(const uint64_t *const when[2], const uint64_t *const then[2],
                   const uint64_t *const otherwise[2], uint64_t *out_t, uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        const words is_true = load(when[0], word);
        const words is_false = load(when[1], word);
        const words t = (is_true & load(then[0], word)) | (is_false & load(otherwise[0], word));
        const words f = (is_true & load(then[1], word)) | (is_false & load(otherwise[1], word));
        store(out_t, word, t);
        store(out_f, word, f);
    }
}

static void one_of(const uint64_t *const *planes, size_t count, const uint64_t *known,
                   uint64_t *out_t, uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        words is_true = load(planes[0], word);
        for (size_t i = 1; i < count; i++) {
            is_true |= load(planes[i], word);
        }
        /* A plane may have bits of people of whom the fact is taken as not known. */
        const words is_known = load(known, word);
        store(out_t, word, is_true & is_known);
        store(out_f, word, is_known & ~is_true);
    }
}

static void complement(const uint64_t *plane, uint64_t *out)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        store(out, word, ~load(plane, word));
    }
}

static void add(const uint64_t *t, const uint64_t *f, uint64_t *clear, uint64_t *any_barred)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        store(clear, word, load(clear, word) & load(t, word));
        store(any_barred, word, load(any_barred, word) | load(f, word));
    }
}

static void tell(const uint64_t *t, const uint64_t *f, uint64_t *barred, uint64_t *unknown)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        store(barred, word, load(f, word));
        store(unknown, word, ~(load(t, word) | load(f, word)));
    }
}

static void tell_past(const uint64_t *t, const uint64_t *f, uint64_t *barred, uint64_t *unknown)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word += WORDS) {
        store_past(barred, word, load(f, word));
        store_past(unknown, word, ~(load(t, word) | load(f, word)));
    }
}

/* --- cells to bits ------------------------------------------------------------------------- */

#if SCREEN_WITH_AVX512

static inline uint64_t in_range_8(const uint8_t *cells, uint8_t low, uint8_t span)
{
    const __m512i cell = _mm512_loadu_si512(cells);
    const __m512i from_low = _mm512_sub_epi8(cell, _mm512_set1_epi8((char)low));
    return _mm512_cmple_epu8_mask(from_low, _mm512_set1_epi8((char)span));
}

/* Masks of fewer than 64 bits are joined as masks, which reads of each only its own bits: widened
 * to an integer, GCC 12 may spill one as four bytes and read it back as eight. */
static inline __mmask32 within_16(const uint16_t *cells, uint16_t low, uint16_t span)
{
    const __m512i cell = _mm512_loadu_si512(cells);
    const __m512i from_low = _mm512_sub_epi16(cell, _mm512_set1_epi16((short)low));
    return _mm512_cmple_epu16_mask(from_low, _mm512_set1_epi16((short)span));
}

static inline uint64_t in_range_16(const uint16_t *cells, uint16_t low, uint16_t span)
{
    return _mm512_kunpackd(within_16(cells + 32, low, span), within_16(cells, low, span));
}

static inline __mmask16 within_32(const uint32_t *cells, uint32_t low, uint32_t span)
{
    const __m512i cell = _mm512_loadu_si512(cells);
    const __m512i from_low = _mm512_sub_epi32(cell, _mm512_set1_epi32((int)low));
    return _mm512_cmple_epu32_mask(from_low, _mm512_set1_epi32((int)span));
}

static inline __mmask32 two_within_32(const uint32_t *cells, uint32_t low, uint32_t span)
{
    return _mm512_kunpackw(within_32(cells + 16, low, span), within_32(cells, low, span));
}

static inline uint64_t in_range_32(const uint32_t *cells, uint32_t low, uint32_t span)
{
    return _mm512_kunpackd(two_within_32(cells + 32, low, span), two_within_32(cells, low, span));
}

static inline __mmask8 within_64(const uint64_t *cells, uint64_t low, uint64_t span)
{
    const __m512i cell = _mm512_loadu_si512(cells);
    const __m512i from_low = _mm512_sub_epi64(cell, _mm512_set1_epi64((long long)low));
    return _mm512_cmple_epu64_mask(from_low, _mm512_set1_epi64((long long)span));
}

static inline __mmask16 two_within_64(const uint64_t *cells, uint64_t low, uint64_t span)
{
    return _mm512_kunpackb(within_64(cells + 8, low, span), within_64(cells, low, span));
}

static inline __mmask32 four_within_64(const uint64_t *cells, uint64_t low, uint64_t span)
{
    return _mm512_kunpackw(two_within_64(cells + 16, low, span), two_within_64(cells, low, span));
}

static inline uint64_t in_range_64(const uint64_t *cells, uint64_t low, uint64_t span)
{
    return _mm512_kunpackd(four_within_64(cells + 32, low, span), four_within_64(cells, low, span));
}

/* The table in four registers; two of them at a time are looked into by the low seven bits of a
 * cell, and the eighth says which two. */
static void look_up_8(const uint8_t *cells, const uint8_t *table, size_t count,
                      const uint64_t *known, uint64_t *const *out_t, uint64_t *const *out_f)
{
    const __m512i part_0 = _mm512_loadu_si512(table);
    const __m512i part_1 = _mm512_loadu_si512(table + 64);
    const __m512i part_2 = _mm512_loadu_si512(table + 128);
    const __m512i part_3 = _mm512_loadu_si512(table + 192);
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const __m512i cell = _mm512_loadu_si512(cells + word * 64);
        const __mmask64 upper = _mm512_movepi8_mask(cell);
        const __m512i low_half = _mm512_permutex2var_epi8(part_0, cell, part_1);
        const __m512i high_half = _mm512_permutex2var_epi8(part_2, cell, part_3);
        const __m512i found = _mm512_mask_blend_epi8(upper, low_half, high_half);
        for (size_t k = 0; k < count; k++) {
            const uint64_t bits = _mm512_test_epi8_mask(found, _mm512_set1_epi8((char)(1U << k)));
            out_t[k][word] = bits & known[word];
            out_f[k][word] = known[word] & ~bits;
        }
    }
}

#elif SCREEN_WITH_AVX2

static inline uint64_t in_range_8(const uint8_t *cells, uint8_t low, uint8_t span)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 2; i++) {
        const __m256i cell = _mm256_loadu_si256((const __m256i_u *)(const void *)(cells + i * 32));
        const __m256i from_low = _mm256_sub_epi8(cell, _mm256_set1_epi8((char)low));
        const __m256i least = _mm256_min_epu8(from_low, _mm256_set1_epi8((char)span));
        const __m256i within = _mm256_cmpeq_epi8(least, from_low);
        bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(within) << (i * 32);
    }
    return bits;
}

/* All ones in each of 16 cells that is in the range. */
static inline __m256i within_16(const uint16_t *cells, uint16_t low, uint16_t span)
{
    const __m256i cell = _mm256_loadu_si256((const __m256i_u *)(const void *)cells);
    const __m256i from_low = _mm256_sub_epi16(cell, _mm256_set1_epi16((short)low));
    const __m256i least = _mm256_min_epu16(from_low, _mm256_set1_epi16((short)span));
    return _mm256_cmpeq_epi16(least, from_low);
}

static inline uint64_t in_range_16(const uint16_t *cells, uint16_t low, uint16_t span)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 2; i++) {
        const __m256i first = within_16(cells + i * 32, low, span);
        const __m256i second = within_16(cells + i * 32 + 16, low, span);
        /* Packing works within halves of the register; the quarters are put in order again. */
        const __m256i packed = _mm256_packs_epi16(first, second);
        const __m256i ordered = _mm256_permute4x64_epi64(packed, 0xD8);
        bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(ordered) << (i * 32);
    }
    return bits;
}

static inline uint64_t in_range_32(const uint32_t *cells, uint32_t low, uint32_t span)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++) {
        const __m256i cell = _mm256_loadu_si256((const __m256i_u *)(const void *)(cells + i * 8));
        const __m256i from_low = _mm256_sub_epi32(cell, _mm256_set1_epi32((int)low));
        const __m256i least = _mm256_min_epu32(from_low, _mm256_set1_epi32((int)span));
        const __m256i within = _mm256_cmpeq_epi32(least, from_low);
        const uint64_t part = (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(within));
        bits |= part << (i * 8);
    }
    return bits;
}

#else

/* The lowest bit of each of eight bytes, gathered into one byte by a multiplication. */
static inline uint64_t gather(const uint8_t *bytes)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++) {
        uint64_t eight = 0;
        memcpy(&eight, bytes + i * 8, sizeof eight);
        bits |= (eight * UINT64_C(0x0102040810204080) >> 56) << (i * 8);
    }
    return bits;
}

static inline uint64_t in_range_8(const uint8_t *cells, uint8_t low, uint8_t span)
{
    uint8_t within[64];
    for (size_t i = 0; i < 64; i++) {
        within[i] = (uint8_t)(cells[i] - low) <= span ? 1 : 0;
    }
    return gather(within);
}

static inline uint64_t in_range_16(const uint16_t *cells, uint16_t low, uint16_t span)
{
    uint8_t within[64];
    for (size_t i = 0; i < 64; i++) {
        within[i] = (uint16_t)(cells[i] - low) <= span ? 1 : 0;
    }
    return gather(within);
}

static inline uint64_t in_range_32(const uint32_t *cells, uint32_t low, uint32_t span)
{
    uint8_t within[64];
    for (size_t i = 0; i < 64; i++) {
        within[i] = cells[i] - low <= span ? 1 : 0;
    }
    return gather(within);
}

#endif

#if !SCREEN_WITH_AVX512

static inline uint64_t in_range_64(const uint64_t *cells, uint64_t low, uint64_t span)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 64; i++) {
        bits |= (uint64_t)(cells[i] - low <= span ? 1 : 0) << i;
    }
    return bits;
}

/* Bit k of each of eight bytes is brought to its lowest, and gathered by a multiplication. */
static void look_up_8(const uint8_t *cells, const uint8_t *table, size_t count,
                      const uint64_t *known, uint64_t *const *out_t, uint64_t *const *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        uint64_t bits[LOOK_UPS_MAX] = {0};
        for (size_t i = 0; i < 8; i++) {
            uint8_t found[8];
            uint64_t eight = 0;
            for (size_t j = 0; j < 8; j++) {
                found[j] = table[cells[word * 64 + i * 8 + j]];
            }
            memcpy(&eight, found, sizeof eight);
            for (size_t k = 0; k < count; k++) {
                const uint64_t lowest = eight >> k & UINT64_C(0x0101010101010101);
                bits[k] |= (lowest * UINT64_C(0x0102040810204080) >> 56) << (i * 8);
            }
        }
        for (size_t k = 0; k < count; k++) {
            out_t[k][word] = bits[k] & known[word];
            out_f[k][word] = known[word] & ~bits[k];
        }
    }
}

#endif

/* Rare: more than 256 countries or choices. */
static void look_up_16(const uint16_t *cells, const uint8_t *table, size_t count,
                       const uint64_t *known, uint64_t *const *out_t, uint64_t *const *out_f)
{
    for (size_t k = 0; k < count; k++) {
        for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
            uint64_t bits = 0;
            for (size_t i = 0; i < 64; i++) {
                bits |= (uint64_t)(table[cells[word * 64 + i]] >> k & 1) << i;
            }
            out_t[k][word] = bits & known[word];
            out_f[k][word] = known[word] & ~bits;
        }
    }
}

static void range_8(const uint8_t *cells, uint8_t low, uint8_t span, const uint64_t *known,
                    uint64_t *out_t, uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const uint64_t bits = in_range_8(cells + word * 64, low, span);
        out_t[word] = bits & known[word];
        out_f[word] = known[word] & ~bits;
    }
}

static void range_16(const uint16_t *cells, uint16_t low, uint16_t span, const uint64_t *known,
                     uint64_t *out_t, uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const uint64_t bits = in_range_16(cells + word * 64, low, span);
        out_t[word] = bits & known[word];
        out_f[word] = known[word] & ~bits;
    }
}

static void range_32(const uint32_t *cells, uint32_t low, uint32_t span, const uint64_t *known,
                     uint64_t *out_t, uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const uint64_t bits = in_range_32(cells + word * 64, low, span);
        out_t[word] = bits & known[word];
        out_f[word] = known[word] & ~bits;
    }
}

static void range_64(const uint64_t *cells, uint64_t low, uint64_t span, const uint64_t *known,
                     uint64_t *out_t, uint64_t *out_f)
{
    for (size_t word = 0; word < COLUMNS_BLOCK_WORDS; word++) {
        const uint64_t bits = in_range_64(cells + word * 64, low, span);
        out_t[word] = bits & known[word];
        out_f[word] = known[word] & ~bits;
    }
}

const struct screen_kernel SCREEN_KERNEL = {
    .all = all_of,
    .choose = choose,
    .one_of = one_of,
    .complement = complement,
    .range_8 = range_8,
    .range_16 = range_16,
    .range_32 = range_32,
    .range_64 = range_64,
    .look_up_8 = look_up_8,
    .look_up_16 = look_up_16,
    .add = add,
    .tell = tell,
    .tell_past = tell_past,
    .settle = settle,
};
