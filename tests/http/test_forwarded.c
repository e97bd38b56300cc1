/* Aim: only the proxy that was set is believed, and only what it wrote itself; nobody else can say
 * who they are, and nothing but an address gets through. */
#include "http/forwarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char found[100];

/* Whose request it is, with these headers, from this end of the connection. */
static const char *client(const char *from, const char *proxy, const char *first,
                          const char *second)
{
    struct arena arena;
    const struct http_header headers[] = {
        {STR("Host"), STR("desk.test")},
        {STR("x-forwarded-FOR"), first == NULL ? STR("") : str_from_c(first)},
        {STR("X-Forwarded-For"), second == NULL ? STR("") : str_from_c(second)},
    };
    assert_true(arena_open(&arena, 4096, NULL).ok);
    const struct http_request request = {.headers = headers,
                                         .header_count = second != NULL  ? 3
                                                         : first != NULL ? 2
                                                                         : 1,
                                         .client_address = str_from_c(from),
                                         .arena = &arena};
    const str address = forwarded_client(&request, str_from_c(proxy));
    assert_true(address.len < sizeof found);
    memcpy(found, address.at, address.len);
    found[address.len] = '\0';
    arena_close(&arena);
    return found;
}

static void test_nobody_else_is_believed(void **state)
{
    (void)state;
    assert_string_equal(client("203.0.113.9", "", "198.51.100.1", NULL), "203.0.113.9");
    assert_string_equal(client("203.0.113.9", "10.0.0.1", "198.51.100.1", NULL), "203.0.113.9");
    assert_string_equal(client("10.0.0.10", "10.0.0.1", "198.51.100.1", NULL), "10.0.0.10");
}

static void test_its_own_word_alone(void **state)
{
    (void)state;
    const char *proxy = "10.0.0.1";
    assert_string_equal(client(proxy, proxy, "198.51.100.1", NULL), "198.51.100.1");
    assert_string_equal(client(proxy, proxy, "192.0.2.66, 198.51.100.1", NULL), "198.51.100.1");
    assert_string_equal(client(proxy, proxy, "192.0.2.66,198.51.100.1 ", NULL), "198.51.100.1");
    assert_string_equal(client(proxy, proxy, "192.0.2.66", "198.51.100.1"), "198.51.100.1");
    assert_string_equal(client(proxy, proxy, "2001:DB8:0::7", NULL), "2001:db8::7");
    assert_string_equal(client("::1", "::1", "198.51.100.1", NULL), "198.51.100.1");
}

static void test_an_address_or_nothing(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "unknown",
                                         "198.51.100.1,",
                                         "198.51.100.1:443",
                                         "[2001:db8::7]",
                                         "198.51.100",
                                         "198.51.100.256",
                                         "0x7f.1",
                                         "localhost",
                                         "198.51.100.1\" admin=\"yes",
                                         "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_string_equal(client("10.0.0.1", "10.0.0.1", others[i], NULL), "10.0.0.1");
    }
    assert_string_equal(client("10.0.0.1", "10.0.0.1", NULL, NULL), "10.0.0.1");
}

static void test_how_an_address_is_set(void **state)
{
    (void)state;
    assert_true(forwarded_is_address(STR("10.0.0.1")));
    assert_true(forwarded_is_address(STR("2001:db8::7")));
    assert_false(forwarded_is_address(STR("2001:DB8::7"))); /* would never be equal */
    assert_false(forwarded_is_address(STR("010.0.0.1")));
    assert_false(forwarded_is_address(STR("proxy.example")));
    assert_false(forwarded_is_address(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_else_is_believed),
        cmocka_unit_test(test_its_own_word_alone),
        cmocka_unit_test(test_an_address_or_nothing),
        cmocka_unit_test(test_how_an_address_is_set),
    };
    return cmocka_run_group_tests_name("forwarded", tests, NULL, NULL);
}
