/* Makes a register under one law, with the accounts, hubs and agreements of the office and nobody
 * in it, for tests that drive the program from outside.
 *
 *     open_register NAME PASSWORD        (uk, eu)
 *
 * The store stands in a new folder under TMPDIR; its path is printed. */
#include "office.h"

#include "casework/adoption.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void set_passwords(struct office *office, const char *password)
{
    static const enum account_name accounts[] = {CLERK, OFFICER, SENIOR, OPERATOR_NORTH,
                                                 MONITOR_NORTH};
    struct err err = {0};
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        assert_true(casework_set_password(&office->casework, office->accounts[accounts[i]],
                                          str_from_c(password), &err)
                        .ok);
    }
}

int main(int argc, char **argv)
{
    static struct office office;
    struct err err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: open_register NAME-OF-A-LAW PASSWORD\n");
        return 2;
    }
    office_open_law(&office, argv[1]);
    assert_true(casework_adopt_rulebook(&office.casework, &err).ok);
    set_passwords(&office, argv[2]);
    printf("%s\n", office.path);
    office_leave(&office);
    return 0;
}
