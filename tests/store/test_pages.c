/* Aim: the cache of pages keeps what SQLite was promised (sqlite3.h, sqlite3_pcache_methods2): a
 * page that is pinned stays and keeps its content, what is cut off is gone whatever its number was
 * for a moment, and the limit is kept where it can be. A plain list beside it says what must be
 * there. */
#include "base/random.h"
#include "store/sqlite_pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CONTENT = 512, EXTRA = 40, KEYS = 400, FAR_KEY = 1000000, LIMIT = 50 };

struct model {
    sqlite3_pcache *cache;
    sqlite3_pcache_page *pinned[KEYS + 2]; /* by key; the last is for FAR_KEY */
    unsigned pinned_count;
    uint32_t content[KEYS + 2]; /* what was written into it; 0: it is not known to be there */
};

static const sqlite3_pcache_methods2 *of(void)
{
    return sqlite_pages_methods();
}

static unsigned key_at(size_t i)
{
    return i == KEYS + 1 ? FAR_KEY : (unsigned)i;
}

static void write_content(struct model *model, size_t i, sqlite3_pcache_page *page,
                          uint32_t content)
{
    uint64_t mark = 1;
    model->content[i] = content;
    memcpy(page->pBuf, &content, sizeof content);
    memcpy((char *)page->pBuf + CONTENT - sizeof content, &content, sizeof content);
    memcpy(page->pExtra, &mark, sizeof mark);
}

static void check_content(const struct model *model, size_t i, const sqlite3_pcache_page *page)
{
    uint32_t first = 0;
    uint32_t last = 0;
    uint64_t mark = 0;
    memcpy(&first, page->pBuf, sizeof first);
    memcpy(&last, (char *)page->pBuf + CONTENT - sizeof last, sizeof last);
    memcpy(&mark, page->pExtra, sizeof mark);
    assert_int_equal(mark, 1);
    assert_int_equal(first, model->content[i]);
    assert_int_equal(last, model->content[i]);
}

static void fetch(struct model *model, size_t i, int create, uint32_t content)
{
    sqlite3_pcache_page *page = of()->xFetch(model->cache, key_at(i), create);
    uint64_t mark = 0;
    if (page == NULL) {
        assert_true(create < 2);
        assert_null(model->pinned[i]);
        return;
    }
    memcpy(&mark, page->pExtra, sizeof mark);
    if (model->pinned[i] != NULL) {
        assert_ptr_equal(page, model->pinned[i]);
    }
    if (mark == 0) {
        assert_null(model->pinned[i]);
        assert_true(create > 0);
        write_content(model, i, page, content);
    } else {
        check_content(model, i, page);
    }
    model->pinned_count += model->pinned[i] == NULL ? 1 : 0;
    model->pinned[i] = page;
}

static void release(struct model *model, size_t i, bool discard)
{
    if (model->pinned[i] != NULL) {
        of()->xUnpin(model->cache, model->pinned[i], discard);
        model->pinned[i] = NULL;
        model->pinned_count--;
        model->content[i] = discard ? 0 : model->content[i];
    }
}

/* As SQLite sorts the pages of a table: one goes far away, another takes its number, it comes back
 * under the other's. */
static void swap_numbers(struct model *model, size_t a, size_t b)
{
    const size_t away = KEYS + 1;
    sqlite3_pcache_page *first = model->pinned[a];
    sqlite3_pcache_page *second = model->pinned[b];
    const uint32_t content = model->content[a];
    if (first == NULL || second == NULL || a == b) {
        return;
    }
    of()->xRekey(model->cache, first, key_at(a), key_at(away));
    of()->xRekey(model->cache, second, key_at(b), key_at(a));
    of()->xRekey(model->cache, first, key_at(away), key_at(b));
    model->pinned[a] = second;
    model->pinned[b] = first;
    model->content[a] = model->content[b];
    model->content[b] = content;
}

/* Onto a number under which another page may lie, which is given up then. */
static void renumber(struct model *model, size_t from, size_t to)
{
    if (model->pinned[from] == NULL || model->pinned[to] != NULL || from == to) {
        return;
    }
    of()->xRekey(model->cache, model->pinned[from], key_at(from), key_at(to));
    model->pinned[to] = model->pinned[from];
    model->content[to] = model->content[from];
    model->pinned[from] = NULL;
    model->content[from] = 0;
}

static void cut_off(struct model *model, unsigned first)
{
    of()->xTruncate(model->cache, first);
    for (size_t i = 1; i < KEYS + 2; i++) {
        if (key_at(i) >= first) {
            model->pinned_count -= model->pinned[i] == NULL ? 0 : 1;
            model->pinned[i] = NULL;
            model->content[i] = 0;
            assert_null(of()->xFetch(model->cache, key_at(i), 0));
        }
    }
}

static void check_count(const struct model *model)
{
    const int count = of()->xPagecount(model->cache);
    assert_true(count >= (int)model->pinned_count);
    assert_true(count <= LIMIT || count == (int)model->pinned_count);
}

static void one_step(struct model *model, struct random *random, uint32_t number)
{
    const size_t i = 1 + random_below(random, KEYS + 1);
    const size_t near = 1 + random_below(random, KEYS);
    switch (random_below(random, 12)) {
    case 0:
        release(model, i, true);
        return;
    case 1:
        swap_numbers(model, near, 1 + random_below(random, KEYS));
        return;
    case 2:
        renumber(model, i, 1 + random_below(random, KEYS + 1));
        return;
    case 3:
        if (random_below(random, 20) == 0) {
            cut_off(model, (unsigned)near);
        } else {
            cut_off(model, KEYS + (unsigned)random_below(random, 3));
        }
        return;
    case 4:
        for (size_t at = 1; at < KEYS + 2; at++) {
            release(model, at, false);
        }
        return;
    case 5:
        if (random_below(random, 50) == 0) {
            of()->xShrink(model->cache);
            assert_int_equal(of()->xPagecount(model->cache), model->pinned_count);
        }
        return;
    case 6:
    case 7:
        release(model, near, false);
        return;
    default:
        fetch(model, near, (int)random_below(random, 3), number);
    }
}

static void random_use(void **state)
{
    const char *given = getenv("RETURNHUB_SEED");
    const uint64_t seed = given == NULL ? 1 : strtoull(given, NULL, 10);
    struct random random;
    (void)state;
    print_message("# seed %llu\n", (unsigned long long)seed);
    random_seed(&random, seed);
    for (int round = 0; round < 20; round++) {
        struct model model = {.cache = of()->xCreate(CONTENT, EXTRA, 1)};
        assert_non_null(model.cache);
        of()->xCachesize(model.cache, LIMIT);
        for (uint32_t number = 1; number <= 20000; number++) {
            one_step(&model, &random, number);
            check_count(&model);
        }
        of()->xDestroy(model.cache);
    }
}

static void crowded_cache_says_so(void **state)
{
    /* Aim: when nearly all are pinned a new page is made by force only, so that SQLite writes some
     * out first. */
    struct model model = {.cache = of()->xCreate(CONTENT, EXTRA, 1)};
    (void)state;
    of()->xCachesize(model.cache, LIMIT);
    for (size_t i = 1; i <= LIMIT; i++) {
        fetch(&model, i, 2, (uint32_t)i);
    }
    assert_null(of()->xFetch(model.cache, LIMIT + 1, 1));
    fetch(&model, LIMIT + 1, 2, LIMIT + 1);
    assert_int_equal(of()->xPagecount(model.cache), LIMIT + 1);
    release(&model, 1, false); /* above the limit: is not kept */
    assert_int_equal(of()->xPagecount(model.cache), LIMIT);
    assert_null(of()->xFetch(model.cache, 1, 0));
    of()->xDestroy(model.cache);
}

static void oldest_goes_first(void **state)
{
    struct model model = {.cache = of()->xCreate(CONTENT, EXTRA, 1)};
    (void)state;
    of()->xCachesize(model.cache, LIMIT);
    for (size_t i = 1; i <= LIMIT; i++) {
        fetch(&model, i, 2, (uint32_t)i);
        release(&model, i, false);
    }
    fetch(&model, 1, 0, 0); /* used again, so it is the newest */
    release(&model, 1, false);
    fetch(&model, LIMIT + 1, 2, LIMIT + 1);
    assert_non_null(of()->xFetch(model.cache, 1, 0));
    assert_null(of()->xFetch(model.cache, 2, 0));
    of()->xDestroy(model.cache);
}

static void memory_is_given_back(void **state)
{
    /* Aim: after a large work the memory goes back to the system, but for the block of a page that
     * is in use. */
    struct model model = {.cache = of()->xCreate(CONTENT, EXTRA, 1)};
    const sqlite3_int64 empty = sqlite3_memory_used();
    (void)state;
    of()->xCachesize(model.cache, KEYS);
    for (size_t i = 1; i <= KEYS; i++) {
        fetch(&model, i, 2, (uint32_t)i);
    }
    const sqlite3_int64 full = sqlite3_memory_used();
    assert_true(full - empty > (sqlite3_int64)KEYS * CONTENT);
    for (size_t i = 2; i <= KEYS; i++) {
        release(&model, i, false);
    }
    of()->xShrink(model.cache);
    const sqlite3_int64 one = sqlite3_memory_used();
    assert_true(one - empty > CONTENT && one - empty < (full - empty) / 4);
    fetch(&model, 1, 0, 0);
    release(&model, 1, false);
    fetch(&model, 2, 2, 2); /* of memory that is taken anew */
    release(&model, 2, false);
    of()->xShrink(model.cache);
    assert_int_equal(of()->xPagecount(model.cache), 0);
    assert_true(sqlite3_memory_used() - empty < CONTENT * 8); /* longer chains stay */
    of()->xDestroy(model.cache);
}

static void memory_is_not_taken_for_more_than_may_be_kept(void **state)
{
    enum { MAY_BE_KEPT = 300 };
    struct model model = {.cache = of()->xCreate(CONTENT, EXTRA, 1)};
    const sqlite3_int64 empty = sqlite3_memory_used();
    (void)state;
    of()->xCachesize(model.cache, MAY_BE_KEPT);
    for (size_t i = 1; i <= MAY_BE_KEPT; i++) {
        fetch(&model, i, 2, (uint32_t)i);
    }
    assert_true(sqlite3_memory_used() - empty <
                (sqlite3_int64)MAY_BE_KEPT * (CONTENT + CONTENT / 2));
    for (size_t i = 1; i <= MAY_BE_KEPT; i++) {
        release(&model, i, false);
    }
    of()->xDestroy(model.cache);
}

static void many_pages_lie_apart(void **state)
{
    /* Aim: also where memory is taken in blocks that begin at a large page of the processor. */
    enum { MANY = 3000, MANY_CONTENT = 4096 };
    sqlite3_pcache *cache = of()->xCreate(MANY_CONTENT, EXTRA, 1);
    (void)state;
    of()->xCachesize(cache, MANY);
    for (unsigned key = 1; key <= MANY; key++) {
        sqlite3_pcache_page *page = of()->xFetch(cache, key, 2);
        memset(page->pBuf, (int)(key % 251), MANY_CONTENT);
        memset(page->pExtra, (int)(key % 241), EXTRA);
    }
    for (unsigned key = 1; key <= MANY; key++) {
        sqlite3_pcache_page *page = of()->xFetch(cache, key, 0);
        const unsigned char *content = page->pBuf;
        const unsigned char *extra = page->pExtra;
        assert_int_equal(content[0], key % 251);
        assert_int_equal(content[MANY_CONTENT - 1], key % 251);
        assert_int_equal(extra[0], key % 241);
        assert_int_equal(extra[EXTRA - 1], key % 241);
        of()->xUnpin(cache, page, 0);
    }
    of()->xDestroy(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use),
        cmocka_unit_test(crowded_cache_says_so),
        cmocka_unit_test(oldest_goes_first),
        cmocka_unit_test(memory_is_given_back),
        cmocka_unit_test(many_pages_lie_apart),
        cmocka_unit_test(memory_is_not_taken_for_more_than_may_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
