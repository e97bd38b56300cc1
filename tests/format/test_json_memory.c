/* Aim: values of jansson's that are made for one request lie in its memory and end with it, those
 * of others are left alone, and what is used too late is found. */
#include "format/json_memory.h"

#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 256 * 1024, REGION_BYTES = 64 * 1024 };

static int open_arena(void **state)
{
    struct arena *arena = test_calloc(1, sizeof *arena);
    json_memory_init();
    assert_true(arena_open(arena, ARENA_BYTES, NULL).ok);
    *state = arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    test_free(*state);
    return 0;
}

static bool lies_in(const struct arena *arena, const void *memory)
{
    const char *at = memory;
    return at >= arena->begin && at < arena->begin + REGION_BYTES + 64;
}

/* Members, each a list of numbers and a text. */
static json_t *make(int members)
{
    json_t *object = json_object();
    for (int i = 0; i < members; i++) {
        char key[20];
        snprintf(key, sizeof key, "member %d", i);
        json_object_set_new(object, key,
                            json_pack("{s:[i,i],s:s}", "numbers", i, i + 1, "text", key));
    }
    return object;
}

static void expect_made(const json_t *object, int members)
{
    assert_int_equal(json_object_size(object), members);
    for (int i = 0; i < members; i++) {
        char key[20];
        snprintf(key, sizeof key, "member %d", i);
        const json_t *member = json_object_get(object, key);
        const json_t *numbers = json_object_get(member, "numbers");
        assert_string_equal(json_string_value(json_object_get(member, "text")), key);
        assert_int_equal(json_integer_value(json_array_get(numbers, 1)), i + 1);
    }
}

static void values_lie_in_the_memory_given(void **state)
{
    /* Aim: what is made in between lies in the arena, whole and right; after the end values are
     * made as before; the next request may have the same memory. */
    struct arena *arena = *state;
    for (int request = 0; request < 3; request++) {
        json_memory_begin(arena, REGION_BYTES);
        assert_true(arena_used(arena) >= REGION_BYTES);
        json_t *inside = make(40);
        assert_true(lies_in(arena, inside));
        assert_true(lies_in(arena, json_string_value(json_object_get(
                                       json_object_get(inside, "member 39"), "text"))));
        expect_made(inside, 40);
        json_decref(inside);
        json_memory_end();
        json_t *outside = make(2);
        assert_false(lies_in(arena, outside));
        json_decref(outside);
        arena_reset(arena);
    }
}

static void more_than_fits(void **state)
{
    /* Aim: what does not fit comes from the system, and goes back there. */
    struct arena *arena = *state;
    json_memory_begin(arena, REGION_BYTES);
    json_t *large = make(2000);
    expect_made(large, 2000);
    json_t *late = json_string("a text");
    assert_false(lies_in(arena, late));
    json_decref(late);
    json_decref(large);
    json_memory_end();
    arena_reset(arena);
    json_memory_begin(arena, ARENA_BYTES * 2); /* more than there is */
    json_t *value = make(3);
    expect_made(value, 3);
    json_decref(value);
    json_memory_end();
}

static void older_values_stay(void **state)
{
    /* Aim: a value from before may stand in one of the request, and be given back in it, or outlive
     * it. */
    struct arena *arena = *state;
    json_t *kept = make(5);
    json_t *given_back = make(5);
    json_memory_begin(arena, REGION_BYTES);
    json_t *inside = json_object();
    json_object_set(inside, "kept", kept);
    json_object_set_new(inside, "given back", given_back);
    expect_made(json_object_get(inside, "given back"), 5);
    json_decref(inside);
    json_memory_end();
    arena_reset(arena);
    expect_made(kept, 5);
    json_decref(kept);
}

static void expect_left(struct arena *arena, size_t size, int members, bool left)
{
    json_t *kept = make(1);
    if (size > 0) {
        json_memory_begin(arena, size);
    }
    json_t *tree = make(members);
    json_object_set(tree, "kept",
                    kept); /* whose reference tells whether the tree was gone through */
    json_memory_leave(tree);
    assert_int_equal(kept->refcount, left ? 2 : 1);
    expect_made(kept, 1);
    kept->refcount = 1;
    json_memory_end();
    arena_reset(arena);
    json_decref(kept);
}

static void a_tree_is_left_when_all_of_it_ends_anyway(void **state)
{
    /* Aim: nothing is gone through when all that was made lies in the memory; when something does
     * not, or outside of a request, every value is given back. */
    expect_left(*state, REGION_BYTES, 40, true);
    expect_left(*state, REGION_BYTES, 2000, false);
    expect_left(*state, 0, 40, false);
    expect_left(*state, REGION_BYTES, 40, true);
}

static void *make_and_give_back(void *context)
{
    json_t *value = make(10);
    const bool apart = !lies_in(context, value);
    json_decref(value);
    return apart ? context : NULL;
}

static void other_threads_are_left_alone(void **state)
{
    /* Aim: another thread's values do not come into this one's memory. */
    struct arena *arena = *state;
    pthread_t thread;
    void *apart = NULL;
    json_memory_begin(arena, REGION_BYTES);
    pthread_create(&thread, NULL, make_and_give_back, arena);
    pthread_join(thread, &apart);
    assert_non_null(apart);
    json_memory_end();
}

#if defined(__SANITIZE_ADDRESS__)
static void use_what_outlived(struct arena *arena)
{
    json_memory_begin(arena, REGION_BYTES);
    const json_t *value = json_integer(7);
    json_memory_end();
    _exit(json_is_integer(value) ? 0 : 2);
}

static void use_what_was_given_back(struct arena *arena)
{
    json_memory_begin(arena, REGION_BYTES);
    json_t *value = json_integer(7);
    json_decref(value);
    _exit(json_is_integer(value) ? 0 : 2);
}

static void expect_stopped(void (*use)(struct arena *arena), struct arena *arena)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        use(arena); /* and ends with 0 or 2 */
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(!WIFEXITED(status) || WEXITSTATUS(status) == 1); /* as the sanitizer ends it */
}

static void what_is_used_too_late_is_found(void **state)
{
    /* Aim: a value that outlives its request, or is used after it was given back, stops the
     * program. */
    expect_stopped(use_what_outlived, *state);
    expect_stopped(use_what_was_given_back, *state);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_lie_in_the_memory_given, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(more_than_fits, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(older_values_stay, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_tree_is_left_when_all_of_it_ends_anyway, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(other_threads_are_left_alone, open_arena, close_arena),
#if defined(__SANITIZE_ADDRESS__)
        cmocka_unit_test_setup_teardown(what_is_used_too_late_is_found, open_arena, close_arena),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
