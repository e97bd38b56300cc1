#include "store/sqlite_known.h"

#include <string.h>

struct known_row {
    enum table table;
    alignas(int64_t) char bytes[KNOWN_ROW_SIZE]; /* the row, then its texts */
};

/* Those that every command reads, or every page, and whose key is all of what is asked. */
static bool is_kept(const struct known *known, enum table table)
{
    static const bool by_writer[TABLE_COUNT] = {
        [TABLE_PERSON] = true,  [TABLE_HUB] = true,      [TABLE_AGREEMENT] = true,
        [TABLE_ACCOUNT] = true, [TABLE_CASELOAD] = true,
    };
    static const bool by_reader[TABLE_COUNT] = {[TABLE_ACCOUNT] = true, [TABLE_SESSION] = true};
    return (known->writes ? by_writer : by_reader)[table];
}

void known_init(struct known *known, bool writes)
{
    *known = (struct known){.writes = writes,
                            .rows = writes ? KNOWN_ROWS_WRITING : KNOWN_ROWS_READING,
                            .generation = 1};
}

/* With the first row that is kept. Without memory nothing is known, which costs time alone. */
static bool is_ready(struct known *known)
{
    const size_t size = known->rows * (sizeof(struct known_row) + sizeof(uint64_t)) + 64;
    if (known->rows > 0 && known->slots == NULL && arena_open(&known->memory, size, NULL).ok) {
        known->generations = ARENA_NEW(&known->memory, uint64_t, known->rows);
        known->slots = ARENA_NEW_UNSET(&known->memory, struct known_row, known->rows);
    }
    return known->slots != NULL;
}

void known_done(struct known *known)
{
    arena_close(&known->memory);
}

static size_t slot_of(const struct known *known, enum table table, const void *row)
{
    return layout_key_hash(table, row) & (known->rows - 1);
}

static bool holds(const struct known *known, size_t slot, enum table table, const void *row)
{
    return known->generations[slot] == known->generation && known->slots[slot].table == table &&
           layout_same_key(layout_of(table), known->slots[slot].bytes, row);
}

result known_find(const struct known *known, enum table table, struct arena *arena, void *row,
                  bool *ret_found, struct err *err)
{
    *ret_found = false;
    if (known->slots == NULL || !is_kept(known, table)) {
        return result_ok();
    }
    const size_t slot = slot_of(known, table, row);
    if (!holds(known, slot, table, row)) {
        return result_ok();
    }
    const struct layout *layout = layout_of(table);
    memcpy(row, known->slots[slot].bytes, layout->row_size);
    *ret_found = true;
    return layout_copy_texts(layout, row, arena, err);
}

/* Texts follow the row; false when they do not fit. */
static bool put_texts(const struct layout *layout, char *bytes)
{
    size_t at = layout->row_size;
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct column *column = &layout->columns[i];
        if (column->type != COLUMN_TEXT && column->type != COLUMN_BYTES) {
            continue;
        }
        str *text = (str *)(void *)(bytes + column->offset);
        if (text->len > KNOWN_ROW_SIZE - at) {
            return false;
        }
        if (text->len > 0) {
            memcpy(bytes + at, text->at, text->len);
        }
        text->at = bytes + at;
        at += text->len;
    }
    return true;
}

void known_keep(struct known *known, enum table table, const void *row)
{
    const struct layout *layout = layout_of(table);
    if (!is_kept(known, table) || !is_ready(known)) {
        return;
    }
    ASSERT(layout->row_size <= KNOWN_ROW_SIZE);
    const size_t slot = slot_of(known, table, row);
    char *bytes = known->slots[slot].bytes;
    known->slots[slot].table = table;
    memcpy(bytes, row, layout->row_size);
    known->generations[slot] = put_texts(layout, bytes) ? known->generation : 0;
}

void known_write(struct known *known, enum table table, const void *row)
{
    known->wrote = true;
    if (known->slots != NULL && is_kept(known, table)) {
        const size_t slot = slot_of(known, table, row);
        known->generations[slot] = holds(known, slot, table, row) ? 0 : known->generations[slot];
    }
}

void known_forget(struct known *known)
{
    known->generation++;
    known->wrote = false;
}

void known_write_many(struct known *known)
{
    known_forget(known);
    known->wrote = true;
}

void known_undo(struct known *known)
{
    if (known->wrote) {
        known_forget(known);
    }
}

void known_committed(struct known *known)
{
    known->wrote = false;
}
