/* Numbers for names: of facts, and of words (register/packed.h). A number is given on first use and
 * never changes; the numbers that were asked for in this transaction are remembered until its end.
 */
#include "store/transaction.h"

#include <string.h>

enum {
    REMEMBERED_NAMES = 1024, /* a power of two, ... */
    REMEMBERED_WORDS = 256,  /* ... as this is */
    REMEMBERED_LEN_MAX = 48,
    /* So that one source of nonsense cannot make a list of words that nobody can keep in memory;
     * rulebooks have hundreds. What comes after is written out. */
    WORDS_MAX = 8192,
};

struct remembered_name {
    uint64_t generation; /* of the names when it was put in; others are stale */
    enum table table;
    int64_t number;
    size_t len;
    char name[REMEMBERED_LEN_MAX];
};

static const struct names_row {
    enum table table;
    enum query number_of;
    enum query last;
    enum query all;
} names_rows[] = {
    [NAMES_OF_FACTS] = {TABLE_FACT_NAME, QUERY_NUMBER_OF_FACT_NAME, QUERY_LAST_FACT_NAME,
                        QUERY_FACT_NAMES},
    [NAMES_OF_WORDS] = {TABLE_WORD, QUERY_NUMBER_OF_WORD, QUERY_LAST_WORD, QUERY_WORDS},
};

/* --- remembering --- */

static result names_ready(struct names *names, struct err *err)
{
    if (names->remembered != NULL) {
        return result_ok();
    }
    const size_t count = REMEMBERED_NAMES + REMEMBERED_WORDS;
    TRY(arena_open(&names->memory, count * sizeof *names->remembered + 64, err));
    names->remembered = ARENA_NEW(&names->memory, struct remembered_name, count);
    ASSERT(names->remembered != NULL);
    names->words = names->remembered + REMEMBERED_NAMES;
    names->generation = 1;
    return result_ok();
}

void names_forget(struct names *names)
{
    names->generation++;
}

void names_done(struct names *names)
{
    arena_close(&names->memory);
    *names = (struct names){0};
}

/* FNV-1a; the last name that came keeps the slot. */
static struct remembered_name *slot_of(const struct names *names, enum table table, str name)
{
    uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)table;
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.at[i]) * UINT32_C(16777619);
    }
    return &names->remembered[(hash ^ hash >> 15) & (REMEMBERED_NAMES - 1)];
}

static bool is_remembered(const struct names *names, const struct remembered_name *slot,
                          enum table table, str name)
{
    return slot->generation == names->generation && slot->table == table && slot->len == name.len &&
           memcmp(slot->name, name.at, name.len) == 0;
}

static void remember(const struct names *names, struct remembered_name *slot, enum table table,
                     str name, int64_t number)
{
    if (name.len <= REMEMBERED_LEN_MAX) {
        *slot = (struct remembered_name){
            .generation = names->generation, .table = table, .number = number, .len = name.len};
        memcpy(slot->name, name.at, name.len);
    }
}

/* --- giving --- */

static result give_number(struct transaction *transaction, const struct names_row *row, str name,
                          struct arena scratch, int64_t *ret_number, struct err *err)
{
    struct name_record record = {.name = name};
    bool found = false;
    TRY(first_row(transaction, row->last, NULL, 0, &scratch, &record.number, &found, err));
    record.number++;
    if (row->table == TABLE_WORD && record.number > WORDS_MAX) {
        *ret_number = 0;
        return result_ok();
    }
    transaction->rows_changed++;
    TRY(backend_of(transaction)->row_insert(transaction->connection, row->table, &record, err));
    *ret_number = record.number;
    return result_ok();
}

result names_number(struct transaction *transaction, enum names_kind kind, str name,
                    struct arena scratch, int64_t *ret_number, struct err *err)
{
    struct names *names = &transaction->names;
    const struct names_row *row = &names_rows[kind];
    TRY(names_ready(names, err));
    struct remembered_name *slot = slot_of(names, row->table, name);
    if (is_remembered(names, slot, row->table, name)) {
        *ret_number = slot->number;
        return result_ok();
    }
    const struct parameter parameter = parameter_text(name);
    int64_t number = 0;
    bool found = false;
    TRY(first_row(transaction, row->number_of, &parameter, 1, &scratch, &number, &found, err));
    if (!found) {
        TRY(give_number(transaction, row, name, scratch, &number, err));
    }
    if (number != 0) {
        remember(names, slot, row->table, name, number);
    }
    *ret_number = number;
    return result_ok();
}

/* --- words by their numbers --- */

result names_word(struct transaction *transaction, int64_t number, struct arena *arena,
                  str *ret_word, struct err *err)
{
    struct names *names = &transaction->names;
    TRY(names_ready(names, err));
    struct remembered_name *slot = &names->words[number & (REMEMBERED_WORDS - 1)];
    if (slot->generation == names->generation && slot->number == number) {
        *ret_word = arena_copy(arena, (str){.at = slot->name, .len = slot->len});
        return ret_word->at == NULL ? arena_full(err) : result_ok();
    }
    struct name_record record = {.number = number};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_WORD, arena, &record, &found, err));
    if (!found) {
        return err_set(err, ERROR_STORAGE, "There is no word %lld", (long long)number);
    }
    remember(names, slot, TABLE_WORD, record.name, number);
    *ret_word = record.name;
    return result_ok();
}

/* --- all of them --- */

static result names_all(struct transaction *transaction, enum names_kind kind, struct arena *arena,
                        const str **ret_names, size_t *ret_count, struct err *err)
{
    struct arena scratch = transaction->scratch;
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, names_rows[kind].all, NULL, 0, &scratch, &rows, &count, err));
    const struct name_record *records = rows;
    const int64_t last = count == 0 ? 0 : records[count - 1].number;
    /* Without gaps: a number that nobody gave is a damaged store. */
    if (last != (int64_t)count || (count > 0 && records[0].number != 1)) {
        result_ignore(err_set(err, ERROR_STORAGE, "The names of the caseload are damaged"),
                      "the hint returns the failure");
        return err_hint(err, "Make the rows anew from the events: returnhub rebuild");
    }
    str *names = ARENA_NEW(arena, str, count + 1);
    if (names == NULL) {
        return arena_full(err);
    }
    names[0] = STR("");
    for (size_t i = 0; i < count; i++) {
        names[i + 1] = arena_copy(arena, records[i].name);
        if (names[i + 1].at == NULL) {
            return arena_full(err);
        }
    }
    *ret_names = names;
    *ret_count = count + 1;
    return result_ok();
}

result transaction_fact_names(struct transaction *transaction, struct arena *arena,
                              const str **ret_names, size_t *ret_count, struct err *err)
{
    return names_all(transaction, NAMES_OF_FACTS, arena, ret_names, ret_count, err);
}

result transaction_words(struct transaction *transaction, struct arena *arena,
                         const str **ret_words, size_t *ret_count, struct err *err)
{
    return names_all(transaction, NAMES_OF_WORDS, arena, ret_words, ret_count, err);
}
