/* F09: 17,316 claims were marked withdrawn in a year, and nobody knew where those people were. Here
 * a withdrawn claim ends nothing: the person is counted as open, and as soon as contact is lost
 * among those whose whereabouts are unknown. */
#include "../casework/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const laws[] = {"uk", "eu"};
static const char *const withdrawn[] = {"claim_withdrawn", "application_withdrawn"};
static const char *const first[] = {"claim_registered", "application_registered"};

/* Under both laws: no way of marking a claim withdrawn makes anybody disappear from the open. */
static void withdrawal_is_not_an_outcome(void **state)
{
    (void)state;
    for (size_t law = 0; law < 2; law++) {
        static struct office office;
        const struct edition_asked now = {.has_position = false};
        office_open_law(&office, laws[law]);
        const struct rulebook *rulebook = office.casework.rulebook;
        const uint32_t stage = rulebook_stage(rulebook, str_from_c(withdrawn[law]));
        assert_true(stage != NOT_FOUND_INDEX && !rulebook->stages[stage].outcome);
        const struct definitions definitions = counting_definitions(&office, laws[law], false);
        const struct somebody one = office_register(&office, "Synthetic Person 1");
        const struct somebody two = office_register(&office, "Synthetic Person 2");
        counting_step(&office, one.id, "withdraw", first[law], withdrawn[law]);
        counting_step(&office, two.id, "withdraw", first[law], withdrawn[law]);
        struct reconciliation answer = counting_everybody(&office, &definitions, &now);
        assert_int_equal(answer.outcomes, 0);
        assert_int_equal(answer.open, 2);
        counting_step(&office, two.id, "lose_contact", withdrawn[law], "contact_lost");
        answer = counting_everybody(&office, &definitions, &now);
        assert_int_equal(answer.outcomes, 0);
        assert_int_equal(answer.open, 1);
        assert_int_equal(answer.whereabouts_unknown, 1);
        assert_int_equal(answer.everybody, 2);
        assert_int_equal(answer.residual, 0);
        office_close(&office);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(withdrawal_is_not_an_outcome)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
