/* F10: nobody knew how many people had absconded; the figure that was given was three years old.
 * Here the count is of this moment, and says of each how long ago contact was last confirmed. */
#include "../casework/counting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct office office;

static void whoever_is_lost_is_counted_at_once(void **state)
{
    const struct edition_asked now = {.has_position = false};
    (void)state;
    office_open_law(&office, "uk");
    const struct definitions definitions = counting_definitions(&office, "uk", false);
    const struct somebody seen = office_register(&office, "Synthetic Person 1");
    const struct somebody never_seen = office_register(&office, "Synthetic Person 2");
    counting_contact(&office, seen.id);
    office_move_days(&office, 100);
    counting_step(&office, never_seen.id, "lose_contact", "claim_registered", "contact_lost");
    assert_int_equal(counting_everybody(&office, &definitions, &now).whereabouts_unknown, 1);
    counting_step(&office, seen.id, "lose_contact", "claim_registered", "contact_lost");
    const int64_t position = office_events(&office);
    office_move_days(&office, 30);
    counting_contact(&office, office_register(&office, "Synthetic Person 3").id);
    const struct reconciliation answer = counting_everybody(&office, &definitions, &now);
    assert_int_equal(answer.whereabouts_unknown, 2);
    const struct reconciliation_line *lost = NULL;
    for (size_t i = 0; i < answer.line_count; i++) {
        lost = answer.lines[i].kind == RECONCILED_WHEREABOUTS_UNKNOWN ? &answer.lines[i] : lost;
    }
    assert_non_null(lost);
    assert_int_equal(lost->people, 2);
    assert_int_equal(lost->oldest_contact_days, 130);
    assert_int_equal(lost->contact[band_of(&answer.contact_days, 130)], 1);
    assert_int_equal(lost->contact[answer.contact_days.count],
                     1); /* never confirmed: no age, not 0 */
    /* And what was known then can be had again. */
    const struct edition_asked then = {.has_position = true, .position = position - 1};
    assert_int_equal(counting_everybody(&office, &definitions, &then).whereabouts_unknown, 1);
    office_close(&office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whoever_is_lost_is_counted_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
