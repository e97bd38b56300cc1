/* Aim: the JSON that the API answers, the pages are drawn from and the command line prints, keeps
 * unknown, no and 0 apart, and carries of a verdict everything that the explanation has. Expected:
 * resource.h, product.md promise 2, made by hand here. */
#include "web/resource_fact.h"
#include "web/resource_part.h"
#include "web/view.h"

#include "../casework/office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int open_office(void **state)
{
    static struct office office;
    office_open(&office);
    *state = &office;
    return 0;
}

static int close_office(void **state)
{
    office_close(*state);
    return 0;
}

static const struct fact *fact_named(const struct office *office, const char *name)
{
    const uint32_t index = rulebook_fact(office->casework.rulebook, str_from_c(name));
    assert_int_not_equal(index, NOT_FOUND_INDEX);
    return &office->casework.rulebook->facts[index];
}

/* The canonical JSON of a value of this fact. */
static void check_value(struct office *office, const char *fact, const char *text,
                        const char *expected)
{
    struct err err = {0};
    struct value value;
    str json;
    const struct rulebook *rulebook = office->casework.rulebook;
    arena_reset(&office->work);
    assert_true(value_parse(rulebook, fact_named(office, fact), str_from_c(text), &office->work,
                            &value, &err)
                    .ok);
    json_auto_t *object = part_value(rulebook, fact_named(office, fact), &value);
    assert_true(json_write(object, &office->work, &json, &err).ok);
    assert_string_equal(json.at, expected);
}

static void every_type_has_its_own_json(void **state)
{
    check_value(*state, "family.complete", "yes",
                "{\"known\":true,\"text\":\"Yes\",\"value\":true}");
    check_value(*state, "order.injunction", "in_force",
                "{\"known\":true,\"text\":\"In force\",\"value\":\"in_force\"}");
    check_value(*state, "decision.sent_on", "2026-03-27",
                "{\"known\":true,\"text\":\"27 March 2026\",\"value\":\"2026-03-27\"}");
    check_value(*state, "person.nationality", "XKX",
                "{\"known\":true,\"text\":\"Kosovo\",\"value\":\"XKX\"}");
    check_value(
        *state, "person.remarks", "He said \"no\"",
        "{\"known\":true,\"text\":\"He said \\\"no\\\"\",\"value\":\"He said \\\"no\\\"\"}");
}

static void words_that_do_not_fit_have_memory_of_their_own(void **state)
{
    const struct office *office = *state;
    char letters[3001] = "";
    memset(letters, 'a', sizeof letters - 1);
    const struct value value = {.known = true, .text = str_from_c(letters)};
    PART_ARENA scratch = part_memory_of(64);
    struct json_out out = json_out_tree();
    json_out_object(&out, NULL);
    out_plain_text(&out, "text", office->casework.rulebook, fact_named(office, "person.remarks"),
                   &value, scratch, NULL);
    json_out_end(&out);
    json_auto_t *tree = out.tree;
    assert_string_equal(json_string_value(json_object_get(tree, "text")), letters);
}

static void unknown_no_and_zero_are_three_things(void **state)
{
    check_value(*state, "family.complete", "unknown", "{\"known\":false}");
    check_value(*state, "family.complete", "no",
                "{\"known\":true,\"text\":\"No\",\"value\":false}");
    check_value(*state, "hub.places_free", "unknown", "{\"known\":false}");
    check_value(*state, "hub.places_free", "0", "{\"known\":true,\"text\":\"0\",\"value\":0}");
    check_value(*state, "decision.sent_on", "unknown", "{\"known\":false}");
}

static void a_day_that_is_not_known_has_no_value(void **state)
{
    (void)state;
    json_auto_t *unknown = part_known_day((struct known_day){.known = false});
    assert_int_equal(json_object_size(unknown), 1);
    assert_true(json_is_false(json_object_get(unknown, "known")));
}

static void names_become_words(void **state)
{
    struct office *office = *state;
    json_auto_t *plain = part_plain_name(STR("fit_with_medical_escort"));
    assert_string_equal(json_string_value(plain), "Fit with medical escort");
    json_auto_t *stage = part_stage(office->casework.rulebook, STR("at_hub"));
    assert_string_equal(json_string_value(json_object_get(stage, "title")), "At a return hub");
    json_auto_t *gone = part_stage(office->casework.rulebook, STR("stage_of_an_older_rulebook"));
    assert_string_equal(json_string_value(json_object_get(gone, "title")),
                        "Stage of an older rulebook");
}

/* Every safeguard of the step, in its order, each with a condition, a source and what would change
 * it. */
static void check_explanation(const struct rulebook *rulebook, const json_t *resource)
{
    const struct step *step = &rulebook->steps[rulebook_step(rulebook, STR("removal"))];
    const json_t *safeguards = json_object_get(resource, "safeguards");
    assert_int_equal(json_array_size(safeguards), step->safeguard_count);
    for (size_t i = 0; i < step->safeguard_count; i++) {
        const json_t *one = json_array_get(safeguards, i);
        const struct safeguard *expected = &rulebook->safeguards[step->safeguards[i]];
        assert_true(str_equal(json_str_or_empty(one, "name"), expected->name));
        assert_true(str_equal(json_str_or_empty(one, "reason"), expected->reason));
        assert_int_equal(json_array_size(json_object_get(one, "sources")), expected->source_count);
        assert_true(json_is_object(json_object_get(one, "condition")));
    }
}

static void an_explanation_is_whole(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct explain_answer answer;
    const struct somebody person = office_ready(office, "Explained");
    assert_true(office_record(office, CLERK, person.reference, "order.injunction", "in_force").ok);
    assert_true(office_record(office, CLERK, person.reference, "family.complete", "unknown").ok);
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(casework_explain(&office->casework, &caller, str_from_c(person.reference),
                                 STR("removal"), STR(""), &(struct asked){0}, &office->work,
                                 &answer, &err)
                    .ok);
    json_auto_t *resource = resource_explain(office->casework.rulebook, &answer);
    check_explanation(office->casework.rulebook, resource);
    assert_string_equal(json_string_value(json_object_get(resource, "clearance")), "barred");
    const json_t *family = json_array_get(json_object_get(resource, "safeguards"), 1);
    assert_string_equal(json_string_value(json_object_get(family, "clearance")), "unknown");
    const json_t *change = json_array_get(json_object_get(family, "changes"), 0);
    assert_string_equal(json_string_value(json_object_get(change, "kind")), "fact_known");
    assert_string_equal(json_string_value(json_object_get(json_object_get(change, "fact"), "name")),
                        "family.complete");
}

static void a_person_carries_where_each_fact_is_known_from(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    struct person_answer answer;
    const struct somebody person = office_ready(office, "Whole");
    const struct caller caller = office_caller(office, CLERK);
    arena_reset(&office->work);
    assert_true(casework_person(&office->casework, &caller, str_from_c(person.reference),
                                &(struct asked){0}, &office->work, &answer, &err)
                    .ok);
    json_auto_t *resource = resource_person(office->casework.rulebook, &answer, PERSON_ALL);
    size_t index;
    json_t *fact;
    size_t with_source = 0;
    json_array_foreach(json_object_get(resource, "facts"), index, fact)
    {
        assert_string_equal(json_string_value(json_object_get(fact, "subject")), "person");
        if (str_equal(json_str_or_empty(fact, "fact"), STR("person.nationality"))) {
            assert_string_equal(json_string_value(json_object_get(fact, "source")), "passport");
            assert_string_equal(json_string_value(json_object_get(fact, "recorded_by")), "clerk");
            assert_true(json_integer_value(json_object_get(fact, "event")) > 0);
            with_source++;
        }
    }
    assert_int_equal(with_source, 1);
    const json_t *history = json_object_get(resource, "history");
    assert_true(json_array_size(history) > 0);
    json_t *line;
    json_array_foreach(history, index, line)
    {
        const struct view_context english = {.arena = &office->work};
        assert_true(str_equal(view_history_text(&english, line), json_str_or_empty(line, "text")));
    }
    assert_true(json_array_size(json_object_get(resource, "next_steps")) > 0);
}

static void a_problem_has_the_members_of_rfc_9457(void **state)
{
    (void)state;
    struct err err = {0};
    result_ignore(err_set(&err, ERROR_CONFLICT, "Somebody was faster"), "it is what is shown");
    json_auto_t *problem = resource_problem(&err, NULL);
    assert_string_equal(json_string_value(json_object_get(problem, "type")), "/problems/conflict");
    assert_string_equal(json_string_value(json_object_get(problem, "detail")),
                        "Somebody was faster");
    assert_int_equal(json_integer_value(json_object_get(problem, "status")), 409);
    assert_null(json_object_get(problem, "hint"));
    assert_null(json_object_get(problem, "errors"));
}

static void check_both_ways(struct office *office, const struct known_fact *known,
                            const struct fact_texts *texts)
{
    const struct rulebook *rulebook = office->casework.rulebook;
    struct arena arena = office->work;
    PART_ARENA scratch = part_memory();
    struct json_out out;
    struct err err = {0};
    str text;
    str expected;
    json_auto_t *tree = part_known_fact(rulebook, known);
    assert_true(json_write(tree, &arena, &expected, &err).ok);
    assert_true(json_out_text(&arena, &out, &err).ok);
    out_known_fact(&out, NULL, rulebook, known, texts, scratch);
    assert_true(json_out_text_finish(&out, &text, &err).ok);
    assert_string_equal(text.at, expected.at);
}

/* What is written from the rulebook's texts is what is built without them, of every fact. */
static void facts_are_the_same_from_texts(void **state)
{
    struct office *office = *state;
    struct err err = {0};
    const struct rulebook *rulebook = office->casework.rulebook;
    const struct fact_texts *texts = NULL;
    arena_reset(&office->work);
    assert_true(fact_texts_write(rulebook, &office->work, &texts, &err).ok);
    assert_true(rulebook->fact_count > 10);
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact_row row = {.position = 7,
                                     .fact = rulebook->facts[i].name,
                                     .source = STR("A letter"),
                                     .recorded_at = {.milliseconds = 1700000000000},
                                     .true_from = {.day = 19000}};
        const struct known_fact never = {.fact = i, .value = value_unknown()};
        struct known_fact said = {
            .fact = i, .value = value_unknown(), .row = &row, .actor = STR("caseworker")};
        check_both_ways(office, &never, texts);
        check_both_ways(office, &said, texts);
        said.value = (struct value){.known = true, .number = 1, .event = 7, .text = STR("1")};
        check_both_ways(office, &said, texts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_its_own_json),
        cmocka_unit_test(words_that_do_not_fit_have_memory_of_their_own),
        cmocka_unit_test(unknown_no_and_zero_are_three_things),
        cmocka_unit_test(a_day_that_is_not_known_has_no_value),
        cmocka_unit_test(names_become_words),
        cmocka_unit_test(facts_are_the_same_from_texts),
        cmocka_unit_test(an_explanation_is_whole),
        cmocka_unit_test(a_person_carries_where_each_fact_is_known_from),
        cmocka_unit_test(a_problem_has_the_members_of_rfc_9457),
    };
    return cmocka_run_group_tests(tests, open_office, close_office);
}
