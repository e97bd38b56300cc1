#include "casework/board.h"

#include <pthread.h>

enum {
    BOARD_MEMORY = 48 * 1024 * 1024, /* lazily taken */
    EVENTS_LOOKED_AT = 512,          /* rather than go through more, the board is made anew */
};

struct made_board {
    struct hub_board board; /* first: what is handed out */
    struct arena memory;    /* holds this too */
    struct sha256 rulebook;
    date today;
    int64_t from;
    int64_t through; /* under the keeper's mutex, like what follows */
    size_t users;
    bool kept;
};

struct board_keeper {
    pthread_mutex_t mutex;
    struct made_board *newest; /* NULL until the first */
};

/* --- keeping ---------------------------------------------------------------------------------- */

result board_keeper_open(struct arena *arena, struct board_keeper **ret_keeper, struct err *err)
{
    struct board_keeper *keeper = ARENA_NEW(arena, struct board_keeper, 1);
    if (keeper == NULL) {
        return arena_full(err);
    }
    ASSERT(pthread_mutex_init(&keeper->mutex, NULL) == 0);
    *ret_keeper = keeper;
    return result_ok();
}

static void give_back(struct made_board *made)
{
    struct arena memory = made->memory; /* holds the board itself */
    arena_close(&memory);
}

void board_keeper_close(struct board_keeper *keeper)
{
    if (keeper == NULL) {
        return;
    }
    if (keeper->newest != NULL) {
        ASSERT(keeper->newest->users == 0);
        give_back(keeper->newest);
    }
    pthread_mutex_destroy(&keeper->mutex);
}

/* With the mutex held: nobody is given it any more. */
static void retire(struct made_board *made)
{
    made->kept = false;
    if (made->users == 0) {
        give_back(made);
    }
}

static struct made_board *made_of(const struct hub_board *board)
{
    return (struct made_board *)(uintptr_t)board;
}

void board_release(const struct sitting *sitting, const struct hub_board *board)
{
    struct board_keeper *keeper = sitting->casework->boards;
    struct made_board *made = made_of(board);
    pthread_mutex_lock(&keeper->mutex);
    ASSERT(made->users > 0);
    made->users--;
    if (!made->kept && made->users == 0) {
        give_back(made);
    }
    pthread_mutex_unlock(&keeper->mutex);
}

/* The one that is kept, if it may hold at this position; from here on in use. */
static struct made_board *borrow(struct sitting *sitting, int64_t position, int64_t *ret_through)
{
    struct board_keeper *keeper = sitting->casework->boards;
    pthread_mutex_lock(&keeper->mutex);
    struct made_board *made = keeper->newest;
    const bool fits = made != NULL &&
                      sha256_equal(&made->rulebook, &sitting->casework->rulebook->identity) &&
                      date_equal(made->today, sitting->today) && made->from <= position;
    if (fits) {
        made->users++;
        *ret_through = made->through;
    }
    pthread_mutex_unlock(&keeper->mutex);
    return fits ? made : NULL;
}

/* The board of the later position stays. */
static void keep(struct board_keeper *keeper, struct made_board *made)
{
    pthread_mutex_lock(&keeper->mutex);
    struct made_board *before = keeper->newest;
    made->kept = before == NULL || before->through <= made->through;
    if (made->kept) {
        keeper->newest = made;
        if (before != NULL) {
            retire(before);
        }
    }
    pthread_mutex_unlock(&keeper->mutex);
}

/* --- does it still hold? ---------------------------------------------------------------------- */

/* What is often recorded of people, and moves nobody to, from or towards a place. */
static bool leaves_hubs_alone(const struct event_head *head)
{
    static const enum event_kind kinds[] = {
        EVENT_PERSON_REGISTERED, EVENT_IDENTITY_CORRECTED,  EVENT_FAMILY_JOINED,
        EVENT_FAMILY_LEFT,       EVENT_CONTACT_CONFIRMED,   EVENT_FACT_RECORDED,
        EVENT_FACT_WITHDRAWN,    EVENT_NOTE_ADDED,          EVENT_STEP_REQUESTED,
        EVENT_STEP_REFUSED,      EVENT_IDENTIFIER_RECORDED, EVENT_STOP_ACKNOWLEDGED,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (head->kind == kinds[i]) {
            return head->subject_kind == SUBJECT_OF_PERSON;
        }
    }
    return false;
}

static result holds_until(struct sitting *sitting, int64_t through, int64_t position,
                          bool *ret_holds, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct event_head *heads = NULL;
    size_t count = 0;
    *ret_holds = position <= through;
    if (*ret_holds) {
        return result_ok();
    }
    TRY(transaction_event_heads(sitting->transaction, through, EVENTS_LOOKED_AT, &scratch, &heads,
                                &count, err));
    *ret_holds = count < EVENTS_LOOKED_AT;
    for (size_t i = 0; i < count && *ret_holds; i++) {
        *ret_holds = leaves_hubs_alone(&heads[i]);
    }
    return result_ok();
}

static void held_through(struct board_keeper *keeper, struct made_board *made, int64_t position)
{
    pthread_mutex_lock(&keeper->mutex);
    made->through = position > made->through ? position : made->through;
    pthread_mutex_unlock(&keeper->mutex);
}

/* --- making ----------------------------------------------------------------------------------- */

static result load_hubs(struct sitting *sitting, struct hub_board *board, struct err *err)
{
    const struct case_time now = case_now(sitting);
    const struct hub_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_hubs(sitting->transaction, sitting->arena, &rows, &count, err));
    struct hub_standing *hubs = ARENA_NEW(sitting->arena, struct hub_standing, count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(hub_standing_load(sitting, &now, rows[i].id, true, &hubs[i], err));
    }
    *board = (struct hub_board){.hubs = hubs, .count = count};
    return result_ok();
}

static result make(struct sitting *sitting, int64_t position, struct made_board **ret_made,
                   struct err *err)
{
    struct arena memory;
    TRY(arena_open(&memory, BOARD_MEMORY, err));
    struct made_board *made = ARENA_NEW(&memory, struct made_board, 1);
    ASSERT(made != NULL);
    struct sitting loading = *sitting;
    loading.arena = &memory;
    *made = (struct made_board){.rulebook = sitting->casework->rulebook->identity,
                                .today = sitting->today,
                                .from = position,
                                .through = position,
                                .users = 1};
    const result loaded = load_hubs(&loading, &made->board, err);
    made->memory = memory;
    if (!loaded.ok) {
        give_back(made);
        return loaded;
    }
    *ret_made = made;
    return result_ok();
}

result board_take(struct sitting *sitting, const struct hub_board **ret_board, struct err *err)
{
    struct board_keeper *keeper = sitting->casework->boards;
    int64_t position = 0;
    int64_t through = 0;
    bool holds = false;
    TRY(transaction_event_count(sitting->transaction, &position, err));
    struct made_board *made = borrow(sitting, position, &through);
    if (made != NULL) {
        const result looked = holds_until(sitting, through, position, &holds, err);
        if (!holds || !looked.ok) {
            board_release(sitting, &made->board);
            TRY(looked);
        } else if (position > through) {
            held_through(keeper, made, position);
        }
    }
    if (!holds) {
        TRY(make(sitting, position, &made, err));
        keep(keeper, made);
    }
    *ret_board = &made->board;
    return result_ok();
}
