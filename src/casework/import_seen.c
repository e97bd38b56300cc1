#include "casework/import_seen.h"

#include <string.h>

/* With half as many numbers as bytes no more than two thirds of as many slots as bytes are filled.
 */
size_t import_seen_slots(int64_t file_bytes)
{
    size_t slots = SEEN_SLOTS_LEAST;
    while (slots < SEEN_SLOTS && (int64_t)slots < file_bytes) {
        slots *= 2;
    }
    return slots;
}

result import_seen_init(struct import_seen *seen, size_t slot_count, struct arena *arena,
                        struct err *err)
{
    ASSERT(slot_count >= 4 && (slot_count & (slot_count - 1)) == 0);
    *seen = (struct import_seen){.slot_count = slot_count, .most = slot_count / 4 * 3, .shares = 1};
    seen->slots = ARENA_NEW(arena, struct seen_slot, slot_count);
    return seen->slots == NULL ? arena_full(err) : result_ok();
}

/* The share comes from the low bits and the place in the table from the high ones. */
static bool is_of_share(const struct import_seen *seen, uint64_t number)
{
    return (number & (seen->shares - 1)) == seen->share;
}

static size_t slot_of(const struct import_seen *seen, uint64_t number)
{
    size_t slot = (size_t)(number >> 32) & (seen->slot_count - 1);
    while (seen->slots[slot].row != 0 && seen->slots[slot].number != number) {
        slot = (slot + 1) & (seen->slot_count - 1);
    }
    return slot;
}

static void forget_all(struct import_seen *seen)
{
    memset(seen->slots, 0, seen->slot_count * sizeof seen->slots[0]);
    seen->count = 0;
}

/* Takes every slot out and puts back what is of the share. In place: from a free slot on, so that
 * no run of filled slots is entered in its middle. */
static void put_back(struct import_seen *seen)
{
    size_t first = 0;
    while (seen->slots[first].row != 0) {
        first++;
    }
    seen->count = 0;
    for (size_t i = 1; i <= seen->slot_count; i++) {
        const size_t at = (first + i) & (seen->slot_count - 1);
        const struct seen_slot moved = seen->slots[at];
        seen->slots[at].row = 0;
        if (moved.row != 0 && is_of_share(seen, moved.number)) {
            seen->slots[slot_of(seen, moved.number)] = moved;
            seen->count++;
        }
    }
}

static void halve_share(struct import_seen *seen, uint64_t at)
{
    ASSERT(seen->halving_count < SEEN_HALVINGS);
    seen->halvings[seen->halving_count++] =
        (struct seen_halving){.shares = seen->shares, .share = seen->share, .added = at};
    seen->shares *= 2;
    put_back(seen);
}

/* While its share was still held with the other half: to the end of the file, or as far as the file
 * was gone through when they were parted. */
static bool was_told(const struct import_seen *seen, uint64_t number, uint64_t at)
{
    bool told = false;
    for (size_t i = 0; i < seen->halving_count && !told; i++) {
        const struct seen_halving *halving = &seen->halvings[i];
        const uint64_t whole = number & (halving->shares - 1);
        told = (number & halving->shares) != 0 &&
               (whole < halving->share || (whole == halving->share && at < halving->added));
    }
    return told;
}

int64_t import_seen_add(struct import_seen *seen, int64_t number, int64_t row)
{
    const uint64_t bits = (uint64_t)number;
    const uint64_t at = seen->added++;
    if (!is_of_share(seen, bits)) {
        return 0;
    }
    while (seen->count >= seen->most) {
        halve_share(seen, at);
    }
    if (!is_of_share(seen, bits)) {
        return 0;
    }
    struct seen_slot *slot = &seen->slots[slot_of(seen, bits)];
    if (slot->row != 0) {
        return was_told(seen, bits, at) ? 0 : slot->row;
    }
    *slot = (struct seen_slot){.number = bits, .row = row};
    seen->count++;
    return 0;
}

bool import_seen_next_share(struct import_seen *seen)
{
    seen->share++;
    seen->added = 0;
    if (seen->share == seen->shares) {
        return false;
    }
    forget_all(seen);
    return true;
}
