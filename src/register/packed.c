#include "register/packed.h"

#include <string.h>

/* Invariants of the reader:
 *   1. `at` never passes `end`;
 *   2. once `damaged` is set nothing more is read;
 *   3. facts and the days of one fact's entries rise, and every number is written in the fewest
 *      bytes: bytes that packed_pack would not have written are damaged, not understood. */

enum {
    NUMBER_BITS_MAX = 60, /* with the kind in front of it, a folded number stays below 64 bits */
    KIND_BITS = 2,
    WRITTEN_BYTES_MAX = 10,
};

static const int64_t number_bound = INT64_C(1) << NUMBER_BITS_MAX;

/* --- numbers --- */

static uint64_t fold(int64_t number)
{
    return ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);
}

static int64_t unfold(uint64_t folded)
{
    return (int64_t)(folded >> 1) ^ -(int64_t)(folded & 1);
}

/* --- texts --- */

static bool is_name(str text)
{
    if (text.len == 0 || text.len > PACKED_WORD_LEN_MAX || text.at[0] < 'a' || text.at[0] > 'z') {
        return false;
    }
    for (size_t i = 1; i < text.len; i++) {
        const char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
    }
    return true;
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(str text)
{
    return is_name(text) || (text.len == 3 && is_capital(text.at[0]) && is_capital(text.at[1]) &&
                             is_capital(text.at[2]));
}

static bool is_day(str text, date *ret_day)
{
    return text.len == DATE_TEXT_SIZE - 1 && text.at[4] == '-' &&
           date_parse(text, ret_day, NULL).ok;
}

/* As it would be written again: no sign but '-', no zero in front, not "-0". */
static bool is_number(str text, int64_t *ret_number)
{
    const bool negative = text.len > 0 && text.at[0] == '-';
    const str digits = str_slice(text, negative ? 1 : 0, text.len);
    const bool canonical = digits.len > 0 && digits.at[0] >= '0' && digits.at[0] <= '9' &&
                           (digits.at[0] != '0' || (digits.len == 1 && !negative));
    return canonical && str_to_int64(text, ret_number, NULL).ok &&
           *ret_number<number_bound && * ret_number> - number_bound;
}

struct packed_value packed_value_of(str text)
{
    date day;
    int64_t number = 0;
    if (is_day(text, &day)) {
        return (struct packed_value){.kind = PACKED_DAY, .number = day.day};
    }
    if (is_number(text, &number)) {
        return (struct packed_value){.kind = PACKED_NUMBER, .number = number};
    }
    return (struct packed_value){.kind = is_word(text) ? PACKED_WORD : PACKED_TEXT, .text = text};
}

str packed_value_text(const struct packed_value *value, struct arena *arena)
{
    switch (value->kind) {
    case PACKED_DAY: {
        char text[DATE_TEXT_SIZE];
        date_format((date){(int32_t)value->number}, text);
        return arena_copy(arena, str_from_c(text));
    }
    case PACKED_NUMBER:
        return arena_format(arena, "%lld", (long long)value->number);
    case PACKED_WORD:
    case PACKED_TEXT:
        return value->text;
    }
    return value->text;
}

/* --- reading --- */

static bool damage(struct packed_reader *reader)
{
    reader->damaged = true;
    return false;
}

static bool read_long(struct packed_reader *reader, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        const uint64_t byte = *reader->at++;
        const uint64_t bits = byte & 0x7F;
        if (shift == 63 && bits > 1) {
            return damage(reader);
        }
        number |= bits << shift;
        if (byte < 0x80) {
            *ret_number = number;
            return byte != 0 || shift == 0 ? true : damage(reader);
        }
    }
    return damage(reader);
}

static inline bool read_number(struct packed_reader *reader, uint64_t *ret_number)
{
    if (reader->at < reader->end && *reader->at < 0x80) {
        *ret_number = *reader->at++;
        return true;
    }
    return read_long(reader, ret_number);
}

static bool read_day(struct packed_reader *reader, int64_t from, int64_t distance, int64_t *ret_day)
{
    if (distance < INT32_MIN || distance > INT32_MAX) {
        return damage(reader);
    }
    const int64_t day = from + distance;
    if (day < INT32_MIN || day > INT32_MAX) {
        return damage(reader);
    }
    *ret_day = day;
    return true;
}

static bool read_text(struct packed_reader *reader, uint64_t len, str *ret_text)
{
    if (len > (uint64_t)(reader->end - reader->at)) {
        return damage(reader);
    }
    *ret_text = (str){.at = (const char *)reader->at, .len = (size_t)len};
    reader->at += len;
    return true;
}

static bool read_value(struct packed_reader *reader, int64_t true_from,
                       struct packed_value *ret_value)
{
    uint64_t written = 0;
    if (!read_number(reader, &written)) {
        return false;
    }
    const uint64_t payload = written >> KIND_BITS;
    struct packed_value value = {.kind = (enum packed_kind)(written & 3)};
    switch (value.kind) {
    case PACKED_WORD:
        value.number = (int64_t)payload;
        if (value.number == 0 || value.number >= number_bound) {
            return damage(reader);
        }
        break;
    case PACKED_DAY:
        if (!read_day(reader, true_from, unfold(payload), &value.number)) {
            return false;
        }
        break;
    case PACKED_NUMBER:
        value.number = unfold(payload);
        break;
    case PACKED_TEXT:
        if (!read_text(reader, payload, &value.text)) {
            return false;
        }
        break;
    }
    *ret_value = value;
    return true;
}

static bool read_fact(struct packed_reader *reader, uint64_t *ret_entries)
{
    uint64_t fact = 0;
    uint64_t entries = 1;
    if (!read_number(reader, &fact)) {
        return false;
    }
    const bool many = (fact & 1) != 0;
    fact >>= 1;
    if (fact == 0 || fact > (uint64_t)(INT64_MAX - reader->fact) ||
        (many && (!read_number(reader, &entries) || entries < 2))) {
        return damage(reader);
    }
    reader->fact += (int64_t)fact;
    *ret_entries = entries;
    return true;
}

/* `index` counts the entries of one fact, `day` is that of the entry before. */
static bool read_entry(struct packed_reader *reader, uint64_t index, int64_t *day,
                       struct packed_value *ret_value)
{
    uint64_t distance = 0;
    if (!read_number(reader, &distance)) {
        return false;
    }
    if (index == 0) {
        if (!read_day(reader, reader->first_day, unfold(distance), day)) {
            return false;
        }
        reader->first_day = *day;
    } else if (distance >= INT32_MAX || !read_day(reader, *day, (int64_t)distance + 1, day)) {
        return damage(reader);
    }
    return read_value(reader, *day, ret_value);
}

void packed_reader_init(struct packed_reader *reader, str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.at;
    *reader = (struct packed_reader){.at = at, .end = at == NULL ? NULL : at + bytes.len};
}

/* Reads all entries of one fact, and keeps the one that counts. */
static bool next_fact(struct packed_reader *reader, date as_of, struct packed_entry *ret_entry,
                      bool *ret_counts)
{
    uint64_t entries = 0;
    int64_t day = 0;
    *ret_counts = false;
    if (!read_fact(reader, &entries)) {
        return false;
    }
    for (uint64_t i = 0; i < entries; i++) {
        struct packed_value value;
        if (!read_entry(reader, i, &day, &value)) {
            return false;
        }
        if (day <= as_of.day) {
            *ret_entry = (struct packed_entry){
                .fact = reader->fact, .true_from = {(int32_t)day}, .value = value};
            *ret_counts = true;
        }
    }
    return true;
}

bool packed_next(struct packed_reader *reader, date as_of, struct packed_entry *ret_entry)
{
    bool counts = false;
    while (!counts) {
        if (reader->damaged || reader->at == reader->end ||
            !next_fact(reader, as_of, ret_entry, &counts)) {
            return false;
        }
    }
    return true;
}

static result refuse_damaged(struct err *err)
{
    return err_set(err, ERROR_STORAGE, "The packed facts of a person are damaged");
}

result packed_unpack(str bytes, struct arena *arena, struct packed_entry **ret_entries,
                     size_t *ret_count, struct err *err)
{
    struct packed_entry *entries = ARENA_NEW(arena, struct packed_entry, bytes.len / 2 + 1);
    struct packed_reader reader;
    size_t count = 0;
    if (entries == NULL) {
        return arena_full(err);
    }
    packed_reader_init(&reader, bytes);
    while (!reader.damaged && reader.at < reader.end) {
        uint64_t of_fact = 0;
        int64_t day = 0;
        bool read = read_fact(&reader, &of_fact);
        for (uint64_t i = 0; read && i < of_fact; i++) {
            struct packed_entry *entry = &entries[count];
            read = read_entry(&reader, i, &day, &entry->value);
            entry->fact = reader.fact;
            entry->true_from = (date){(int32_t)day};
            count += read ? 1 : 0;
        }
    }
    if (reader.damaged) {
        return refuse_damaged(err);
    }
    *ret_entries = entries;
    *ret_count = count;
    return result_ok();
}

/* --- writing --- */

struct writer {
    unsigned char *at;
};

static void write_number(struct writer *writer, uint64_t number)
{
    while (number >= 0x80) {
        *writer->at++ = (unsigned char)(number | 0x80);
        number >>= 7;
    }
    *writer->at++ = (unsigned char)number;
}

static void write_value(struct writer *writer, const struct packed_entry *entry)
{
    const struct packed_value *value = &entry->value;
    const uint64_t kind = (uint64_t)value->kind;
    switch (value->kind) {
    case PACKED_WORD:
        ASSERT(value->number > 0 && value->number < number_bound);
        write_number(writer, (uint64_t)value->number << KIND_BITS | kind);
        return;
    case PACKED_DAY:
        write_number(writer, fold(value->number - entry->true_from.day) << KIND_BITS | kind);
        return;
    case PACKED_NUMBER:
        write_number(writer, fold(value->number) << KIND_BITS | kind);
        return;
    case PACKED_TEXT:
        write_number(writer, (uint64_t)value->text.len << KIND_BITS | kind);
        if (value->text.len > 0) {
            memcpy(writer->at, value->text.at, value->text.len);
        }
        writer->at += value->text.len;
        return;
    }
}

static size_t entries_of_fact(const struct packed_entry *entries, size_t count)
{
    size_t same = 1;
    while (same < count && entries[same].fact == entries[0].fact) {
        ASSERT(entries[same - 1].true_from.day < entries[same].true_from.day);
        same++;
    }
    return same;
}

static void write_fact(struct writer *writer, const struct packed_entry *entries, size_t count,
                       int64_t fact_before, int64_t day_before)
{
    ASSERT(entries[0].fact > fact_before);
    const uint64_t distance = (uint64_t)(entries[0].fact - fact_before);
    write_number(writer, distance << 1 | (count > 1 ? 1 : 0));
    if (count > 1) {
        write_number(writer, count);
    }
    for (size_t i = 0; i < count; i++) {
        const int64_t day = entries[i].true_from.day;
        if (i == 0) {
            write_number(writer, fold(day - day_before));
        } else {
            write_number(writer, (uint64_t)(day - entries[i - 1].true_from.day - 1));
        }
        write_value(writer, &entries[i]);
    }
}

static size_t written_max(const struct packed_entry *entries, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        const bool text = entries[i].value.kind == PACKED_TEXT;
        size += 4 * (size_t)WRITTEN_BYTES_MAX + (text ? entries[i].value.text.len : 0);
    }
    return size;
}

result packed_pack(const struct packed_entry *entries, size_t count, struct arena *arena,
                   str *ret_bytes, struct err *err)
{
    unsigned char *bytes = ARENA_NEW(arena, unsigned char, written_max(entries, count) + 1);
    struct writer writer = {.at = bytes};
    int64_t fact_before = 0;
    int64_t day_before = 0;
    if (bytes == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count;) {
        const size_t of_fact = entries_of_fact(entries + i, count - i);
        write_fact(&writer, entries + i, of_fact, fact_before, day_before);
        fact_before = entries[i].fact;
        day_before = entries[i].true_from.day;
        i += of_fact;
    }
    *ret_bytes = (str){.at = (const char *)bytes, .len = (size_t)(writer.at - bytes)};
    return result_ok();
}

/* --- changing --- */

static bool is_before(const struct packed_entry *a, const struct packed_entry *b)
{
    return a->fact != b->fact ? a->fact < b->fact : a->true_from.day < b->true_from.day;
}

/* Unpacks, with room for `more` entries behind. */
static result unpack_wider(str bytes, size_t more, struct arena *arena,
                           struct packed_entry **ret_entries, size_t *ret_count, struct err *err)
{
    struct packed_entry *entries = NULL;
    size_t count = 0;
    TRY(packed_unpack(bytes, arena, &entries, &count, err));
    struct packed_entry *wider = ARENA_NEW(arena, struct packed_entry, count + more);
    if (wider == NULL) {
        return arena_full(err);
    }
    memcpy(wider, entries, count * sizeof *entries);
    *ret_entries = wider;
    *ret_count = count;
    return result_ok();
}

result packed_record(str bytes, const struct packed_entry *entry, struct arena *arena,
                     str *ret_bytes, struct err *err)
{
    struct packed_entry *entries = NULL;
    size_t count = 0;
    size_t at = 0;
    TRY(unpack_wider(bytes, 1, arena, &entries, &count, err));
    while (at < count && is_before(&entries[at], entry)) {
        at++;
    }
    if (at == count || is_before(entry, &entries[at])) {
        memmove(entries + at + 1, entries + at, (count - at) * sizeof *entries);
        count++;
    }
    entries[at] = *entry;
    return packed_pack(entries, count, arena, ret_bytes, err);
}

result packed_replace(str bytes, int64_t fact, const struct packed_entry *entries, size_t count,
                      struct arena *arena, str *ret_bytes, struct err *err)
{
    struct packed_entry *all = NULL;
    size_t all_count = 0;
    size_t begin = 0;
    TRY(unpack_wider(bytes, count, arena, &all, &all_count, err));
    while (begin < all_count && all[begin].fact < fact) {
        begin++;
    }
    size_t end = begin;
    while (end < all_count && all[end].fact == fact) {
        end++;
    }
    memmove(all + begin + count, all + end, (all_count - end) * sizeof *all);
    if (count > 0) {
        memcpy(all + begin, entries, count * sizeof *all);
    }
    return packed_pack(all, all_count - (end - begin) + count, arena, ret_bytes, err);
}
