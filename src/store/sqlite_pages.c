#include "store/sqlite_pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    FIRST_CHAINS = 256,
    FIRST_BLOCK_PAGES = 32,       /* each block has twice as many, ... */
    BLOCK_PAGES_MAX = 8192,       /* ... up to these */
    LARGE_PAGE = 2 * 1024 * 1024, /* of the processor */
    LINE_BYTES = 64,              /* of the processor's cache */
    BEHIND_BYTES = 64, /* SQLite may read a few bytes behind the content of a damaged page */
};

/* In its block, followed by what SQLite keeps of it: looking for a page touches little memory. */
struct page {
    sqlite3_pcache_page base; /* first: SQLite holds a pointer to it */
    unsigned key;             /* its number in the file */
    bool pinned;
    struct page *next;  /* in the chain, or of those that are not in use */
    struct page *newer; /* in the list of those that are not pinned */
    struct page *older;
    struct block *block;
};

/* Memory for pages, taken at once: this, the pages, all their content. */
struct block {
    void *taken; /* from SQLite's allocator; the block may begin behind that */
    struct block *next;
    unsigned count;
    unsigned in_use;
};

struct cache {
    size_t content_bytes;
    size_t page_bytes; /* a page with what SQLite keeps of it */
    bool has_limit;
    unsigned limit; /* pages */
    unsigned count;
    unsigned unpinned;
    unsigned greatest;
    unsigned strays;
    struct page **chains;
    unsigned chain_count; /* a power of two */
    struct block *blocks;
    unsigned block_pages; /* of the next one, as far as the limit leaves room for so many */
    unsigned held;        /* pages of all blocks */
    struct page *unused;
    struct page list; /* older: the newest that is not pinned; newer: the oldest */
};

static struct cache *cache_of(sqlite3_pcache *cache)
{
    return (struct cache *)(void *)cache;
}

static struct page *page_of(sqlite3_pcache_page *page)
{
    return (struct page *)(void *)page; /* its first member */
}

/* --- chains and the list ---------------------------------------------------------------------- */

static struct page **chain_of(const struct cache *cache, unsigned key)
{
    return &cache->chains[key & (cache->chain_count - 1)];
}

static void chain_put(struct cache *cache, struct page *page)
{
    struct page **chain = chain_of(cache, page->key);
    page->next = *chain;
    *chain = page;
}

static void chain_take(struct cache *cache, struct page *page)
{
    struct page **at = chain_of(cache, page->key);
    while (*at != page) {
        at = &(*at)->next;
    }
    *at = page->next;
}

static struct page *find(const struct cache *cache, unsigned key)
{
    struct page *page = *chain_of(cache, key);
    while (page != NULL && page->key != key) {
        page = page->next;
    }
    return page;
}

static void pin(struct cache *cache, struct page *page)
{
    if (!page->pinned) {
        page->newer->older = page->older;
        page->older->newer = page->newer;
        page->pinned = true;
        cache->unpinned--;
    }
}

static void unpin(struct cache *cache, struct page *page)
{
    page->newer = &cache->list;
    page->older = cache->list.older;
    page->older->newer = page;
    cache->list.older = page;
    page->pinned = false;
    cache->unpinned++;
}

/* Longer chains cost time alone, so without memory they stay. */
static void add_chains(struct cache *cache)
{
    const unsigned before = cache->chain_count;
    struct page **longer = sqlite3_malloc64(sizeof *longer * before * 2);
    if (longer == NULL) {
        return;
    }
    struct page **shorter = cache->chains;
    memset(longer, 0, sizeof *longer * before * 2);
    cache->chains = longer;
    cache->chain_count = before * 2;
    for (unsigned i = 0; i < before; i++) {
        while (shorter[i] != NULL) {
            struct page *page = shorter[i];
            shorter[i] = page->next;
            chain_put(cache, page);
        }
    }
    sqlite3_free(shorter);
}

/* --- pages ------------------------------------------------------------------------------------ */

static void take_out(struct cache *cache, struct page *page)
{
    pin(cache, page);
    chain_take(cache, page);
    cache->count--;
}

static void forget(struct cache *cache, struct page *page)
{
    take_out(cache, page);
    page->block->in_use--;
    page->next = cache->unused;
    cache->unused = page;
}

static void forget_oldest(struct cache *cache, unsigned count)
{
    while (cache->count > count && cache->unpinned > 0) {
        forget(cache, cache->list.newer);
    }
}

/* --- blocks ----------------------------------------------------------------------------------- */

static size_t round_up(size_t size, size_t to)
{
    return (size + to - 1) / to * to;
}

/* Memory that begins where a large page of the processor may, when it has room for one. *ret_taken
 * is to be given back. */
static char *take_memory(size_t size, void **ret_taken)
{
    const size_t before = size < LARGE_PAGE ? 0 : LARGE_PAGE;
    char *taken = sqlite3_malloc64(size + before);
    *ret_taken = taken;
    return taken == NULL || before == 0
               ? taken
               : taken + (round_up((uintptr_t)taken, LARGE_PAGE) - (uintptr_t)taken);
}

/* The system gives memory page by page as it is first touched, which costs more than the page, and
 * again where the machine is itself a guest. So it is asked for large pages, each of which is given
 * as a whole when it is touched; for less than one, for all of it at once. A system that can do
 * neither loses time alone. */
static void have_given(char *memory, size_t size)
{
    const uintptr_t system_page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = round_up((uintptr_t)memory, system_page);
    const uintptr_t end = ((uintptr_t)memory + size) / system_page * system_page;
    if (begin < end) {
        (void)madvise(memory + (begin - (uintptr_t)memory), end - begin,
                      size >= LARGE_PAGE ? MADV_HUGEPAGE : MADV_POPULATE_WRITE);
    }
}

/* Not many more pages than may be kept. */
static unsigned pages_of_next_block(const struct cache *cache)
{
    const unsigned left =
        cache->has_limit && cache->limit > cache->held ? cache->limit - cache->held : 0;
    const unsigned most = !cache->has_limit          ? cache->block_pages
                          : left < FIRST_BLOCK_PAGES ? FIRST_BLOCK_PAGES
                                                     : left;
    return cache->block_pages < most ? cache->block_pages : most;
}

static bool add_block(struct cache *cache)
{
    const unsigned count = pages_of_next_block(cache);
    const size_t pages_bytes = cache->page_bytes * count;
    const size_t size = sizeof(struct block) + LINE_BYTES + pages_bytes +
                        cache->content_bytes * count + BEHIND_BYTES;
    void *taken = NULL;
    char *memory = take_memory(size, &taken);
    if (memory == NULL) {
        return false;
    }
    have_given(memory, size);
    struct block *block = (struct block *)(void *)memory;
    *block = (struct block){.taken = taken, .next = cache->blocks, .count = count};
    cache->blocks = block;
    cache->held += count;
    const uintptr_t begin = (uintptr_t)memory + sizeof(struct block);
    char *at = memory + (round_up(begin, LINE_BYTES) - (uintptr_t)memory);
    for (unsigned i = 0; i < count; i++) {
        struct page *page = (struct page *)(void *)(at + cache->page_bytes * i);
        *page = (struct page){
            .base = {.pBuf = at + pages_bytes + cache->content_bytes * i, .pExtra = page + 1},
            .block = block,
            .next = cache->unused};
        cache->unused = page;
    }
    cache->block_pages =
        cache->block_pages < BLOCK_PAGES_MAX ? cache->block_pages * 2 : BLOCK_PAGES_MAX;
    return true;
}

static void keep_unused_of_blocks_in_use(struct cache *cache)
{
    struct page **at = &cache->unused;
    while (*at != NULL) {
        if ((*at)->block->in_use == 0) {
            *at = (*at)->next;
        } else {
            at = &(*at)->next;
        }
    }
}

/* The memory of blocks of which no page is in use. */
static void give_back_blocks(struct cache *cache)
{
    keep_unused_of_blocks_in_use(cache);
    struct block **at = &cache->blocks;
    while (*at != NULL) {
        struct block *block = *at;
        if (block->in_use == 0) {
            *at = block->next;
            cache->held -= block->count;
            sqlite3_free(block->taken);
        } else {
            at = &block->next;
        }
    }
    cache->block_pages = FIRST_BLOCK_PAGES;
}

static struct page *take_unused(struct cache *cache)
{
    if (cache->unused == NULL && !add_block(cache)) {
        return NULL;
    }
    struct page *page = cache->unused;
    cache->unused = page->next;
    page->block->in_use++;
    page->pinned = true;
    return page;
}

/* The one that was used longest ago, which is not in the cache any more; NULL when there is none.
 */
static struct page *take_oldest(struct cache *cache)
{
    struct page *page = cache->list.newer;
    if (cache->unpinned == 0) {
        return NULL;
    }
    take_out(cache, page);
    return page;
}

static struct page *add_page(struct cache *cache, unsigned key)
{
    if (cache->count >= cache->chain_count) {
        add_chains(cache);
    }
    struct page *page =
        cache->has_limit && cache->count >= cache->limit ? take_oldest(cache) : NULL;
    page = page == NULL ? take_unused(cache) : page;
    if (page == NULL) {
        return NULL;
    }
    page->key = key;
    memset(page->base.pExtra, 0, sizeof(void *)); /* so SQLite knows that it is a new one */
    chain_put(cache, page);
    cache->count++;
    cache->greatest = key > cache->greatest ? key : cache->greatest;
    return page;
}

/* --- what SQLite calls ------------------------------------------------------------------------ */

static int begin(void *argument)
{
    (void)argument;
    return SQLITE_OK;
}

static void end(void *argument)
{
    (void)argument;
}

static sqlite3_pcache *create(int content_bytes, int extra_bytes, int has_limit)
{
    struct cache *cache = sqlite3_malloc64(sizeof *cache);
    struct page **chains = sqlite3_malloc64(sizeof *chains * FIRST_CHAINS);
    if (cache == NULL || chains == NULL) {
        sqlite3_free(cache);
        sqlite3_free(chains);
        return NULL;
    }
    memset(chains, 0, sizeof *chains * FIRST_CHAINS);
    *cache = (struct cache){.content_bytes = (size_t)content_bytes,
                            .page_bytes =
                                round_up(sizeof(struct page) + (size_t)extra_bytes, LINE_BYTES),
                            .block_pages = FIRST_BLOCK_PAGES,
                            .has_limit = has_limit != 0,
                            .chains = chains,
                            .chain_count = FIRST_CHAINS};
    cache->list.newer = &cache->list;
    cache->list.older = &cache->list;
    return (sqlite3_pcache *)(void *)cache;
}

static void set_limit(sqlite3_pcache *of, int pages)
{
    struct cache *cache = cache_of(of);
    cache->limit = pages < 0 ? 0 : (unsigned)pages;
    if (cache->has_limit) {
        forget_oldest(cache, cache->limit);
    }
}

static int page_count(sqlite3_pcache *of)
{
    return (int)cache_of(of)->count;
}

/* `create` is 0: only one that is there; 1: a new one, unless nearly all are pinned, and some of
 * them could be written; 2: by all means. */
static sqlite3_pcache_page *fetch(sqlite3_pcache *of, unsigned key, int create_how)
{
    struct cache *cache = cache_of(of);
    struct page *page = find(cache, key);
    if (page != NULL) {
        pin(cache, page);
        return &page->base;
    }
    const bool crowded =
        cache->has_limit && cache->count - cache->unpinned >= cache->limit / 10 * 9;
    if (create_how == 0 || (create_how == 1 && crowded)) {
        return NULL;
    }
    page = add_page(cache, key);
    return page == NULL ? NULL : &page->base;
}

static void release(sqlite3_pcache *of, sqlite3_pcache_page *released, int discard)
{
    struct cache *cache = cache_of(of);
    struct page *page = page_of(released);
    if (discard != 0 || (cache->has_limit && cache->count > cache->limit)) {
        forget(cache, page);
    } else if (page->pinned) {
        unpin(cache, page);
    }
}

static void renumber(sqlite3_pcache *of, sqlite3_pcache_page *renumbered, unsigned old_key,
                     unsigned new_key)
{
    struct cache *cache = cache_of(of);
    struct page *page = page_of(renumbered);
    struct page *in_the_way = find(cache, new_key);
    (void)old_key;
    if (in_the_way != NULL && in_the_way != page) {
        forget(cache, in_the_way);
    }
    cache->strays -= page->key > cache->greatest && cache->strays > 0 ? 1 : 0;
    chain_take(cache, page);
    page->key = new_key;
    chain_put(cache, page);
    cache->strays += new_key > cache->greatest ? 1 : 0;
}

/* Pinned or not. */
static void forget_from(sqlite3_pcache *of, unsigned first)
{
    struct cache *cache = cache_of(of);
    if (first > cache->greatest && cache->strays == 0) {
        return;
    }
    for (unsigned i = 0; i < cache->chain_count; i++) {
        struct page *page = cache->chains[i];
        while (page != NULL) {
            struct page *next = page->next;
            if (page->key >= first) {
                forget(cache, page);
            }
            page = next;
        }
    }
    cache->greatest = first == 0 ? 0 : first - 1;
    cache->strays = 0;
}

static void destroy(sqlite3_pcache *of)
{
    struct cache *cache = cache_of(of);
    cache->strays = 1; /* look at all */
    forget_from(of, 0);
    give_back_blocks(cache);
    sqlite3_free(cache->chains);
    sqlite3_free(cache);
}

static void shrink(sqlite3_pcache *of)
{
    forget_oldest(cache_of(of), 0);
    give_back_blocks(cache_of(of));
}

const sqlite3_pcache_methods2 *sqlite_pages_methods(void)
{
    static const sqlite3_pcache_methods2 methods = {
        .iVersion = 1,
        .xInit = begin,
        .xShutdown = end,
        .xCreate = create,
        .xCachesize = set_limit,
        .xPagecount = page_count,
        .xFetch = fetch,
        .xUnpin = release,
        .xRekey = renumber,
        .xTruncate = forget_from,
        .xDestroy = destroy,
        .xShrink = shrink,
    };
    return &methods;
}
