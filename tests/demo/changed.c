#include "changed.h"

#include "base/random.h"

enum { CHANGES = 900 };

struct changing {
    struct register_of *made;
    int64_t people;
    struct random random;
    instant at;
};

static str random_value(struct changing *changing, const struct fact *fact)
{
    static const char *const odd[] = {"unknown",    "gone_choice", "yes", "no",
                                      "2026-02-30", "7",           "ALB", "ALB,ERI",
                                      "Free text",  "-3"};
    if (fact->type == FACT_CHOICE && random_chance(&changing->random, 0.7)) {
        return fact->choices[random_below(&changing->random, fact->choice_count)];
    }
    if (fact->type == FACT_DATE && random_chance(&changing->random, 0.7)) {
        char text[DATE_TEXT_SIZE];
        const int32_t days = (int32_t)random_between(&changing->random, -40, 40);
        date_format(date_add_days(register_day(), days), text);
        return arena_copy(&changing->made->work, str_from_c(text));
    }
    return str_from_c(odd[random_below(&changing->random, sizeof odd / sizeof odd[0])]);
}

static result change_register(struct transaction *transaction, void *context, struct err *err)
{
    struct changing *changing = context;
    const struct rulebook *rulebook = changing->made->casework.rulebook;
    int64_t recorded[CHANGES][2];
    size_t count = 0;
    for (int i = 0; i < CHANGES; i++) {
        const struct fact *fact =
            &rulebook->facts[random_below(&changing->random, rulebook->fact_count)];
        struct event event = {
            .subject_kind = SUBJECT_OF_PERSON,
            .subject = random_between(&changing->random, 1, changing->people),
            .kind = EVENT_FACT_RECORDED,
            .effective_on =
                date_add_days(register_day(), (int32_t)random_between(&changing->random, -90, 30)),
            .recorded_at = changing->at,
            .body.fact_recorded = {.fact = fact->name, .source = STR("test")}};
        event.body.fact_recorded.value = random_value(changing, fact);
        if (count > 0 && random_chance(&changing->random, 0.1)) {
            count--;
            event.subject = recorded[count][0];
            event.kind = EVENT_FACT_WITHDRAWN;
            event.body.fact_withdrawn =
                (struct fact_withdrawn_body){.event = recorded[count][1], .reason = STR("test")};
        }
        TRY(transaction_append(transaction, &event, err));
        if (event.kind == EVENT_FACT_RECORDED) {
            recorded[count][0] = event.subject;
            recorded[count++][1] = event.position;
        }
    }
    return result_ok();
}

/* So that the register's last instant is before what the works above recorded. */
static result end_earlier(struct transaction *transaction, void *context, struct err *err)
{
    const struct changing *changing = context;
    struct event event = {.subject_kind = SUBJECT_OF_AGREEMENT,
                          .kind = EVENT_AGREEMENT_OPENED,
                          .effective_on = register_day(),
                          .recorded_at = changing->at,
                          .body.agreement_opened = {.reference = STR("AG-TEST"),
                                                    .partner = STR("XDM"),
                                                    .title = STR("Test")}};
    TRY(transaction_new_id(transaction, SUBJECT_OF_AGREEMENT, &event.subject, err));
    return transaction_append(transaction, &event, err);
}

void register_change(struct register_of *made, int64_t people, uint64_t seed)
{
    struct err err = {.code = ERROR_NONE};
    struct changing changing = {.made = made, .people = people, .at = made->fake.time};
    random_seed(&changing.random, seed);
    must(store_write(made->store, change_register, &changing, &err), &err);
    changing.at.milliseconds += INT64_C(86400000) * 5;
    must(store_write(made->store, change_register, &changing, &err), &err);
    changing.at = made->fake.time;
    must(store_write(made->store, end_earlier, &changing, &err), &err);
}

struct caller register_caller(struct register_of *made, const char *username)
{
    struct err err = {.code = ERROR_NONE};
    struct account_row account;
    must(casework_account_by_name(&made->casework, str_from_c(username), &made->perm, &account,
                                  &err),
         &err);
    return (struct caller){.account = account.id};
}
