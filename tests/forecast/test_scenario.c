/* Aim: the scenarios that come with the program load under the rulebook and run; the same seed
 * gives the same numbers; numbers are what their text says; measures change what they name and
 * nothing before their day; the law holds people back, and lets those through for whom all is
 * recorded; and each mistake in a text is told with its line. */
#include "forecast/ensemble.h"
#include "forecast/scenario.h"
#include "system/system.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY = 1024 * 1024 * 1024, FILES_MAX = 64, BYTES_MAX = 16 * 1024 * 1024 };

struct world {
    struct arena arena;
    const struct rulebook *uk;
    const struct rulebook *small;
    str text; /* of the scenario "it", when it is asked for */
};

static struct world world;

static const char small_law[] =
    "rulebook small\n  title \"Small\"\n  in force from 2024-01-01\n"
    "country ALB \"Albania\"\ncountry XDM \"Demonia\"\n"
    "fact person.ready : flag\n  \"Ready\"\n"
    "fact person.told_on : date\n  \"Told\"\n"
    "fact person.nationality : country\n  \"Nationality\"\n"
    "fact agreement.nationalities : countries\n  \"Nationalities\"\n"
    "clock warning\n  \"Warning\"\n  source \"A\"\n  runs 5 days after person.told_on\n"
    "  example \"e\"\n    given person.told_on = 2024-01-01\n    then last day 2024-01-06\n"
    "clock either\n  \"Either\"\n  source \"A\"\n"
    "  runs 5 days after person.told_on when person.ready\n  runs 9 days after person.told_on\n"
    "  example \"e\"\n    given person.told_on = 2024-01-01, person.ready = yes\n"
    "    then last day 2024-01-06\n"
    "role clerk \"Clerk\"\nrole chief \"Chief\"\n"
    "stage here \"Here\" start\nstage there \"There\"\nstage gone \"Gone\" outcome\n"
    "step tell \"Tell\"\n  from here\n  to the same stage\n  records person.told_on = today\n"
    "step send \"Send\"\n  from here\n  to there\n  with agreement\n"
    "  approved by clerk then chief\n"
    "step go \"Go\"\n  from here, there\n  to gone\n"
    "safeguard ready\n  guards send\n  source \"A\"\n  reason \"Not ready.\"\n"
    "  clear when person.ready\n"
    "  example \"r\"\n    given person.ready = yes\n    then clear\n"
    "  example \"n\"\n    given person.ready = no\n    then barred\n"
    "  example \"u\"\n    then unknown\n"
    "safeguard told\n  guards send\n  source \"A\"\n  reason \"Not told in time.\"\n"
    "  clear when 10 days after person.told_on <= today\n"
    "  example \"r\"\n    on 2024-02-01\n    given person.told_on = 2024-01-01\n    then clear\n"
    "  example \"n\"\n    on 2024-02-01\n    given person.told_on = 2024-01-31\n    then barred\n"
    "  example \"u\"\n    then unknown\n"
    "safeguard covered\n  guards send\n  source \"A\"\n  reason \"Not covered.\"\n"
    "  clear when person.nationality in agreement.nationalities\n"
    "  example \"r\"\n    given person.nationality = ALB\n"
    "    given agreement.nationalities = ALB\n    then clear\n"
    "  example \"n\"\n    given person.nationality = ALB\n"
    "    given agreement.nationalities = XDM\n    then barred\n"
    "  example \"u\"\n    then unknown\n";

static const char whole[] =
    "scenario it\n  title \"It\"\n  rulebook small\n  begins 2024-01-01\n"
    "  quarters 4\n  judged every 7 days\n"
    "group albanians\n  nationality \"Albania\"\n  country ALB\n"
    "group others\n  rest\n"
    "assumed share_ready\n  exactly 0.5\n  source assumed\n"
    "define comers\n  = 2 plus 3 times 4 over 2 less ( 1 plus 1 )\n"
    "define allowed\n  = 1\n"
    "arrivals people\n  to here\n  a day comers\n"
    "station senders\n  a day allowed times 100\n"
    "stage here\nstage there\nstage gone\n"
    "hub hub\n  agreement.nationalities = ALB\n"
    "way sent\n  from here\n  served by senders\n  judged at hub\n"
    "  step send to there\n"
    "way left\n  from here\n  after exactly 40 days\n  step go to gone\n"
    "facts on here\n  person.nationality = nationality\n"
    "  person.told_on = today\n"
    "  person.ready = yes share share_ready\n    or no share 0.2\n"
    "series came\n  arrivals people\n"
    "series sent\n  step send\n"
    "series left\n  step go\n"
    "series here\n  stage here\n"
    "series held\n  held_by_law sent\n"
    "measure more\n  from 2024-07-01\n  comers = comers times 2\n"
    "measure none\n  from 2024-04-01\n  share_ready = share_ready times 0\n";

static result open_text(void *context, str name, struct arena *arena, str *ret_text,
                        struct err *err)
{
    const struct world *here = context;
    if (str_equal(name, STR("it"))) {
        *ret_text = here->text;
        return result_ok();
    }
    const str path =
        arena_format(arena, "%s/scenarios/%.*s", getenv("RETURNHUB_SOURCE"), STR_ARG(name));
    return system_read_file(path.at, BYTES_MAX, arena, ret_text, err);
}

static result open_data(void *context, str name, struct arena *arena, str *ret_text,
                        struct err *err)
{
    (void)context;
    const str path = arena_format(arena, "%s/data/%.*s", getenv("RETURNHUB_SOURCE"), STR_ARG(name));
    return system_read_file(path.at, BYTES_MAX, arena, ret_text, err);
}

static const struct rulebook *law_of(const struct rulebook_file *files, size_t count)
{
    struct arena scratch = {0};
    struct err err = {0};
    struct diagnostics diagnostics;
    const struct rulebook *rulebook = NULL;
    assert_true(arena_open(&scratch, MEMORY, &err).ok);
    assert_true(diagnostics_init(&diagnostics, &world.arena, &err).ok);
    if (!rulebook_load(files, count, &world.arena, scratch, &rulebook, &diagnostics, &err).ok) {
        fail_msg("%s:%u: %s", err.file, err.line, err.what);
    }
    arena_close(&scratch);
    return rulebook;
}

static int set_up(void **state)
{
    (void)state;
    struct err err;
    struct rulebook_file files[FILES_MAX];
    const str *names;
    size_t count;
    if (!arena_open(&world.arena, (size_t)4 * MEMORY, &err).ok) {
        return -1;
    }
    const str folder = arena_format(&world.arena, "%s/rulebooks/uk", getenv("RETURNHUB_SOURCE"));
    if (!system_list_folder(folder.at, STR(".rules"), &world.arena, &names, &count, &err).ok) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        files[i].name = arena_format(&world.arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        if (!system_read_file(files[i].name.at, BYTES_MAX, &world.arena, &files[i].text, &err).ok) {
            return -1;
        }
    }
    world.uk = law_of(files, count);
    const struct rulebook_file small = {STR("small"), str_from_c(small_law)};
    world.small = law_of(&small, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&world.arena);
    return 0;
}

static result load(const struct rulebook *rulebook, str name, const struct scenario **ret_scenario,
                   struct err *err)
{
    struct arena scratch = {0};
    const struct scenario_files files = {&world, open_text, open_data};
    assert_true(arena_open(&scratch, MEMORY, err).ok);
    const result loaded =
        scenario_load(&files, name, rulebook, &world.arena, scratch, ret_scenario, err);
    arena_close(&scratch);
    return loaded;
}

static struct ensemble futures_one_in(const struct scenario *scenario, uint32_t measures,
                                      uint64_t count, unsigned threads, uint32_t one_in)
{
    struct scenario_choice choice = {.scenario = scenario, .measures = measures, .one_in = one_in};
    const struct scenario_about *about = scenario_about(scenario);
    const struct ensemble_question question = {
        .make = scenario_make,
        .make_context = &choice,
        .series_count = about->series_count,
        .quarter_count = about->quarter_count,
        .seed = 3,
        .count = count,
        .threads = threads,
        .bytes_a_future = MEMORY,
    };
    struct ensemble ensemble;
    struct err err = {0};
    if (!ensemble_run(&question, &world.arena, &ensemble, &err).ok) {
        fail_msg("%s", err.what);
    }
    return ensemble;
}

static struct ensemble futures(const struct scenario *scenario, uint32_t measures, uint64_t count,
                               unsigned threads)
{
    return futures_one_in(scenario, measures, count, threads, 1);
}

static const struct scenario *small_scenario(const char *text)
{
    const struct scenario *scenario = NULL;
    struct err err = {0};
    world.text = str_from_c(text);
    if (!load(world.small, STR("it"), &scenario, &err).ok) {
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.what);
    }
    return scenario;
}

enum { CAME, SENT, LEFT, HERE, HELD };

static double total(const struct ensemble *ensemble, size_t series)
{
    double sum = 0;
    for (size_t quarter = 0; quarter < ensemble->quarter_count; quarter++) {
        sum += ensemble_value(ensemble, 0, series, quarter);
    }
    return sum;
}

/* 6 Albanians and 6 others come a day. Of the Albanians half are ready, and told when they came:
 * after 10 days they are sent at the next judging. The others are never covered. Whoever is not
 * sent goes after 40 days. */
static void law_holds(void **state)
{
    (void)state;
    const struct scenario *scenario = small_scenario(whole);
    const struct ensemble plain = futures(scenario, 0, 1, 1);
    const double came = total(&plain, CAME);
    assert_true(fabs(came - 366 * 12) < 4 * sqrt(366 * 12));
    assert_true(fabs(total(&plain, SENT) - 350 * 3) < 4 * sqrt(350 * 3));
    assert_true(ensemble_value(&plain, 0, HELD, 3) > 100);
    assert_true(total(&plain, SENT) + total(&plain, LEFT) + ensemble_value(&plain, 0, HERE, 3) ==
                came);
    /* The second measure: nobody is ready any more, of those who come from April on. */
    const struct ensemble none = futures(scenario, 2, 1, 1);
    assert_true(ensemble_value(&none, 0, SENT, 0) == ensemble_value(&plain, 0, SENT, 0));
    assert_true(ensemble_value(&none, 0, SENT, 1) < 100);
    assert_true(ensemble_value(&none, 0, SENT, 2) == 0);
    assert_true(total(&none, CAME) == came);
}

/* The whole, with two lines more on the way by which people are sent: how many are. */
static double sent_with(const char *lines)
{
    static const char after[] = "judged at hub\n";
    char text[sizeof whole + 128];
    const char *at = strstr(whole, after) + strlen(after);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, lines, at);
    const struct ensemble asked = futures(small_scenario(text), 0, 1, 1);
    return total(&asked, SENT);
}

/* Three a day are sent, 9 to 17 days after they came. What takes longer than until the 40th day
 * lets nobody be sent; what takes 12 days leaves those out who would be sent on the last 12. Two
 * approve, one after the other, while notice runs: for 5 days, so that they may be sent on the
 * 6th. */
static void asked_for(void **state)
{
    (void)state;
    const double plain = sent_with("");
    const double noticed = sent_with("  notice warning\n");
    const double approved = sent_with("  approved after exactly 6 days\n");
    assert_true(fabs(plain - noticed - 6 * 3) < 4 * sqrt(6 * 3));
    assert_true(fabs(plain - approved - 12 * 3) < 4 * sqrt(12 * 3));
    assert_true(sent_with("  notice warning\n  approved after exactly 6 days\n") == approved);
    assert_true(sent_with("  notice warning\n  approved after exactly 2 days\n") == noticed);
    assert_true(sent_with("  approved after exactly 16 days\n") == 0);
}

/* One who counts for six: as many, within six times the chance of so many fewer people. The last
 * quarter of `sent` is bound by what can be sent a day, when that is little. */
static void one_counts_for_many(void **state)
{
    (void)state;
    const struct scenario *scenario = small_scenario(whole);
    const struct ensemble six = futures_one_in(scenario, 0, 1, 1, 6);
    assert_true(fabs(total(&six, CAME) - 366 * 12) < 4 * 6 * sqrt(366 * 2));
    assert_true(fabs(total(&six, SENT) - 350 * 3) < 4 * 6 * sqrt(350 * 0.5));
    assert_true(fmod(total(&six, CAME), 6) == 0 && total(&six, CAME) > 0);
    assert_true(total(&six, SENT) + total(&six, LEFT) + ensemble_value(&six, 0, HERE, 3) ==
                total(&six, CAME));
    char text[sizeof whole + 16];
    const char *at = strstr(whole, "allowed times 100");
    snprintf(text, sizeof text, "%.*sallowed times 1.5%s", (int)(at - whole), whole,
             at + strlen("allowed times 100"));
    const struct ensemble few = futures_one_in(small_scenario(text), 0, 1, 1, 6);
    assert_true(fabs(ensemble_value(&few, 0, SENT, 2) - 92 * 1.5) < 12);
}

/* The law is asked on each thread by itself. */
static void same_bytes_on_threads(void **state)
{
    (void)state;
    const struct scenario *scenario = small_scenario(whole);
    const struct ensemble one = futures(scenario, 3, 6, 1);
    const struct ensemble three = futures(scenario, 3, 6, 3);
    assert_memory_equal(one.values, three.values, 6 * 5 * 4 * sizeof(double));
    assert_memory_not_equal(one.values, &one.values[5 * 4], 5 * 4 * sizeof(double));
}

static void measures_start(void **state)
{
    (void)state;
    const struct scenario *scenario = small_scenario(whole);
    const struct ensemble plain = futures(scenario, 0, 1, 1);
    const struct ensemble more = futures(scenario, 1, 1, 1);
    assert_int_equal(scenario_about(scenario)->measure_count, 2);
    for (size_t series = 0; series < 5; series++) {
        assert_true(ensemble_value(&more, 0, series, 1) == ensemble_value(&plain, 0, series, 1));
    }
    const double before = ensemble_value(&plain, 0, CAME, 3);
    const double after = ensemble_value(&more, 0, CAME, 3);
    assert_true(fabs(after - 2 * before) < 4 * sqrt(3 * after));
}

/* The scenarios that come with the program. */
static void those_of_the_program(void **state)
{
    (void)state;
    static const char *const names[] = {"baseline.scenario",         "hub.scenario",
                                        "decision_makers.scenario",  "judges.scenario",
                                        "removals.scenario",         "voluntary_support.scenario",
                                        "joint_operations.scenario", "all.scenario"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct scenario *scenario = NULL;
        struct err err = {0};
        if (!load(world.uk, str_from_c(names[i]), &scenario, &err).ok) {
            fail_msg("%s: %s:%u:%u: %s", names[i], err.file, err.line, err.column, err.what);
        }
        const struct scenario_about *about = scenario_about(scenario);
        const size_t measures = i == 0 ? 0 : i == 7 ? 6 : 1;
        assert_int_equal(about->measure_count, measures);
        if (i == 7) {
            const struct ensemble one =
                futures_one_in(scenario, scenario_all_measures(about), 1, 1, 20);
            assert_true(one.event_count > 5000);
            const struct ensemble threads =
                futures_one_in(scenario, scenario_all_measures(about), 3, 3, 20);
            assert_memory_equal(one.values, threads.values,
                                about->series_count * about->quarter_count * sizeof(double));
            for (size_t s = 0; s < about->series_count; s++) {
                print_message("# %.*s: %.0f, at the end %.0f\n", STR_ARG(about->series[s].name),
                              ensemble_value(&one, 0, s, 0),
                              ensemble_value(&one, 0, s, about->quarter_count - 1));
            }
        }
    }
}

static const struct procedure *made_of(const char *families, const char *dependants)
{
    char text[sizeof whole + 400];
    const char *at = strstr(whole, "  a day comers\n");
    assert_non_null(at);
    snprintf(text, sizeof text,
             "%.*s%s  families houses dependants %s\nfamilies houses\n%s  source assumed\n%s",
             (int)(at - whole), whole, "  a day comers\n", dependants, families,
             at + strlen("  a day comers\n"));
    const struct procedure *made = NULL;
    struct err err = {0};
    struct scenario_choice choice = {.scenario = small_scenario(text)};
    if (!scenario_make(&choice, 1, 0, &world.arena, &made, &err).ok) {
        fail_msg("%s", err.what);
    }
    return made;
}

/* Families of two twice as often as those of three: 7/3 people each, so 4/3 dependants. A fifth of
 * the people being dependants, there are 0.15 families a person. Half as many dependants as there
 * are others cannot be more than all in families. */
static void families_as_is_said(void **state)
{
    (void)state;
    static const char kinds[] = "  of 2 adults share 2\n  of 1 adult and 2 children\n";
    const struct procedure *made = made_of(kinds, "0.2");
    assert_int_equal(made->family_count, 2);
    assert_int_equal(made->families[0].adults + 10 * made->families[0].children, 2);
    assert_int_equal(made->families[1].adults + 10 * made->families[1].children, 21);
    for (size_t group = 0; group < 2; group++) {
        assert_true(fabs(made->arrivals[0].families[2 * group] - 0.1) < 1e-12);
        assert_true(fabs(made->arrivals[0].families[2 * group + 1] - 0.05) < 1e-12);
    }
    made = made_of(kinds, "0.9");
    assert_true(fabs(made->arrivals[0].families[0] - 2.0 / 7) < 1e-12);
    assert_true(fabs(made->arrivals[0].families[1] - 1.0 / 7) < 1e-12);
    made = made_of("  of 2 adults share 0\n", "0.2");
    assert_true(made->arrivals[0].families[0] == 0);
    made = made_of(kinds, "0");
    assert_true(made->arrivals[0].families[0] == 0 && made->arrivals[0].families[1] == 0);
}

/* A line of the whole is replaced; the message must name the place and the thing. */
static void mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *says;
    } rows[] = {
        {"judged at hub\n", "judged at hub\n  notice warned\n",
         "There is no clock of the rulebook \"warned\""},
        {"judged at hub\n", "judged at hub\n  notice either\n",
         "depends on more than the day of notice"},
        {"40 days\n", "40 days\n  notice warning\n", "has notice or approvals, and is not judged"},
        {"judged at hub\n  step send to there",
         "judged at hub\n  approved after exactly 2 days\n  step go to gone",
         "The step \"go\" needs nobody's approval"},
        {"step send to there", "step sned to there", "There is no step of the rulebook \"sned\""},
        {"step send to there", "step send to gone", "does not lead to the stage \"gone\""},
        {"served by senders", "served by sender", "There is no station \"sender\""},
        {"= 1\n", "= allowed\n", "rests on itself"},
        {"exactly 0.5\n", "exactly a lot\n", "Expected a number"},
        {"  source assumed\n", "", "needs a distribution and a source"},
        {"a day comers", "a day commers", "There is no number \"commers\""},
        {"person.ready = yes", "person.redy = yes", "There is no fact \"person.redy\""},
        {"or no share", "or maybe share", "is expected, and \"maybe\" is not"},
        {"stage gone\n", "stage gnoe\n", "There is no stage of the rulebook \"gnoe\""},
        {"quarters 4", "quarters 0", "a whole number from 1"},
        {"begins 2024-01-01", "begins 2024-02-01", "first day of a quarter"},
        {"group others\n", "group albanians\n", "two groups"},
        {"measure more\n  from 2024-07-01\n", "measure more\n", "from which day"},
        {"series came\n  arrivals", "series came\n  departures", "a line of this item"},
        {"rulebook small", "rulebook uk", "is of the rulebook"},
        {"hub hub\n", "hub hub\n  person.ready = yes\n", "is not about a hub"},
        {"exactly 40 days", "exactly 40.5.1 days", "neither a number"},
        {"stage here\n", "families f\n  of 2 adults\nstage here\n", "are not complete"},
        {"stage here\n", "families f\n  source assumed\nstage here\n", "are not complete"},
        {"stage here\n", "families f\n  of 1 adults\nstage here\n", "Expected adult"},
        {"stage here\n", "families f\n  of 9 adults and 9 children\n  source assumed\nstage here\n",
         "between 2 people and 16"},
        {"stage here\n", "stage here\n  families f dependants 0.1\n", "There is no families \"f\""},
        {"facts on here\n", "facts on here of family\n", "Expected families"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *at = strstr(whole, rows[i].from);
        assert_non_null(at);
        const str text = arena_format(&world.arena, "%.*s%s%s", (int)(at - whole), whole,
                                      rows[i].to, at + strlen(rows[i].from));
        const struct scenario *scenario = NULL;
        struct err err = {0};
        world.text = text;
        if (load(world.small, STR("it"), &scenario, &err).ok) {
            fail_msg("\"%s\" is not refused", rows[i].to);
        }
        if (strstr(err.what, rows[i].says) == NULL) {
            fail_msg("\"%s\": %s:%u: %s", rows[i].to, err.file, err.line, err.what);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(law_holds),
        cmocka_unit_test(measures_start),
        cmocka_unit_test(one_counts_for_many),
        cmocka_unit_test(same_bytes_on_threads),
        cmocka_unit_test(asked_for),
        cmocka_unit_test(families_as_is_said),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(those_of_the_program),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
