#include "casework/clock_changes.h"

#include "casework/days.h"
#include "casework/facts.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"

#include <string.h>

enum { FACTS_MAX = 2 /* that one change records */ };

struct changed_fact {
    uint32_t fact;
    struct value value;
};

struct change_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct clock_change_command *command;
    const struct clock *clock;
    const struct clock_change *change;
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct value *values; /* of the person, to ask what would be */
    struct question question;
    struct changed_fact facts[FACTS_MAX];
    size_t fact_count;
    struct clock_change_answer answer;
};

/* --- what the rulebook allows ----------------------------------------------------------------- */

static const char *done_to_it(enum clock_change_kind kind)
{
    static const char *const words[] = {
        [CLOCK_EXTEND] = "extended", [CLOCK_SUSPEND] = "suspended", [CLOCK_RESUME] = "suspended"};
    return words[kind];
}

static result find_change(struct change_work *work, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const struct clock_change_command *command = work->command;
    TRY(text_line_required("The name of the clock", command->clock, FACT_NAME_MAX_BYTES, err));
    const uint32_t index = rulebook_clock(rulebook, command->clock);
    if (index == NOT_FOUND_INDEX) {
        return err_set(err, ERROR_INPUT, "The rulebook has no clock \"%.*s\"",
                       STR_ARG(command->clock));
    }
    work->clock = &rulebook->clocks[index];
    work->answer.clock = index;
    work->change =
        command->kind == CLOCK_EXTEND ? &work->clock->extension : &work->clock->suspension;
    if (work->change->role == NOT_FOUND_INDEX) {
        return err_set(err, ERROR_INPUT, "The rulebook does not let \"%.*s\" be %s",
                       STR_ARG(work->clock->title), done_to_it(command->kind));
    }
    const bool to_a_day =
        command->kind == CLOCK_EXTEND && rulebook->facts[work->change->fact].type == FACT_DATE;
    if (to_a_day != command->until.known) {
        return err_set(err, ERROR_INPUT,
                       to_a_day ? "Say until which day the time is extended"
                                : "The rulebook says how long it is; no day can be given");
    }
    return result_ok();
}

static result check_command(struct change_work *work, struct err *err)
{
    TRY(find_change(work, err));
    return text_line_required("The reason", work->reason, SOURCE_MAX_BYTES, err);
}

static result check_role(const struct change_work *work, struct err *err)
{
    const struct role *role = &work->casework->rulebook->roles[work->change->role];
    return str_equal(work->sitting.account.role, role->name)
               ? result_ok()
               : err_set(err, ERROR_FORBIDDEN, "This time is %s by: %.*s",
                         done_to_it(work->command->kind), STR_ARG(role->title));
}

/* --- the days --------------------------------------------------------------------------------- */

static struct clock_answer judge(const struct change_work *work)
{
    return judge_clock(work->casework->rulebook, work->answer.clock, &work->question);
}

static void set(struct change_work *work, uint32_t fact, struct value value)
{
    work->values[fact] = value;
    work->facts[work->fact_count++] = (struct changed_fact){.fact = fact, .value = value};
}

static result check_running(const struct change_work *work, const struct clock_answer *answer,
                            struct err *err)
{
    char text[DATE_TEXT_SIZE];
    if (answer->state == CLOCK_RUNNING) {
        return result_ok();
    }
    if (answer->state != CLOCK_EXPIRED) {
        return err_set(err, ERROR_CONFLICT, "\"%.*s\" does not run, so it is not %s",
                       STR_ARG(work->clock->title), done_to_it(work->command->kind));
    }
    date_format(answer->last_day, text);
    return err_set(err, ERROR_CONFLICT, "\"%.*s\" ended on %s: what has ended is not %s",
                   STR_ARG(work->clock->title), text, done_to_it(work->command->kind));
}

static result refuse_longest(const char *what, date limit, struct err *err)
{
    char text[DATE_TEXT_SIZE];
    date_format(limit, text);
    return err_set(err, ERROR_INPUT, "%s %s", what, text);
}

static result extend_to_day(struct change_work *work, struct err *err)
{
    const struct clock_change *change = work->change;
    const date until = work->command->until.day;
    TRY(check_running(work, &work->answer.before, err));
    work->values[change->fact] = value_unknown();
    const struct clock_answer without = judge(work);
    if (!date_before(work->answer.before.last_day, until)) {
        return refuse_longest("An extension ends after the last day that there is:",
                              work->answer.before.last_day, err);
    }
    if (change->has_most) {
        if (!without.has_last_day) {
            return err_set(err, ERROR_CONFLICT, "The last day without the extension is not known");
        }
        const struct value limit =
            judge_sum(work->casework->rulebook, &change->most, false, value_date(without.last_day));
        if (!limit.known || until.day > limit.number) {
            return refuse_longest(
                "It can be extended until",
                (date){.day = limit.known ? (int32_t)limit.number : without.last_day.day}, err);
        }
    }
    set(work, change->fact, value_date(until));
    return result_ok();
}

static result extend(struct change_work *work, struct err *err)
{
    const uint32_t fact = work->change->fact;
    if (work->command->until.known) {
        return extend_to_day(work, err);
    }
    if (work->values[fact].known && work->values[fact].number != 0) {
        return err_set(err, ERROR_CONFLICT, "\"%.*s\" is extended already",
                       STR_ARG(work->clock->title));
    }
    work->values[fact] = value_flag(false);
    const struct clock_answer without = judge(work);
    TRY(check_running(work, &without, err));
    set(work, fact, value_flag(true));
    return result_ok();
}

static result suspend(struct change_work *work, struct err *err)
{
    if (work->values[work->change->fact].known) {
        return err_set(err, ERROR_CONFLICT, "\"%.*s\" stands still already",
                       STR_ARG(work->clock->title));
    }
    TRY(check_running(work, &work->answer.before, err));
    set(work, work->change->fact, value_date(work->command->on));
    return result_ok();
}

/* What was left of the time when it stopped, in its own unit. */
static struct duration left_of(const struct change_work *work, const struct clock_answer *answer,
                               date since)
{
    const struct duration *counted = &work->clock->runs[answer->run].duration;
    struct duration left = {.unit = UNIT_DAYS, .count = answer->last_day.day - since.day};
    if (counted->unit == UNIT_WORKING_DAYS) {
        const struct calendar *calendar =
            &work->casework->rulebook->calendars[counted->calendar].calendar;
        left = (struct duration){.unit = UNIT_WORKING_DAYS, .calendar = counted->calendar};
        for (date day = date_add_days(since, 1); !date_before(answer->last_day, day);
             day = date_add_days(day, 1)) {
            left.count += calendar_day(calendar, day, NULL) == DAY_WORKING ? 1 : 0;
        }
    }
    left.count = left.count < 0 ? 0 : left.count;
    return left;
}

static result resume(struct change_work *work, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const struct clock_change *change = work->change;
    const struct value since = work->values[change->fact];
    struct value again = value_date(work->command->on);
    if (!since.known || work->command->on.day < since.number) {
        return err_set(err, ERROR_CONFLICT, "\"%.*s\" does not stand still on that day",
                       STR_ARG(work->clock->title));
    }
    set(work, change->fact, value_unknown());
    const struct clock_answer answer = judge(work);
    if (!answer.has_last_day) {
        return err_set(err, ERROR_CONFLICT, "The last day that there was is not known");
    }
    if (change->has_most) {
        const struct value longest = judge_sum(rulebook, &change->most, false, since);
        again = longest.known && longest.number < again.number ? longest : again;
    }
    const struct duration left = left_of(work, &answer, (date){.day = (int32_t)since.number});
    const struct value last_day = judge_sum(rulebook, &left, false, again);
    if (!last_day.known) {
        return err_set(err, ERROR_CONFLICT, "The new last day is beyond what the calendar knows");
    }
    set(work, change->last_day, last_day);
    return result_ok();
}

static result change(struct change_work *work, struct err *err)
{
    switch (work->command->kind) {
    case CLOCK_EXTEND:
        return extend(work, err);
    case CLOCK_SUSPEND:
        return suspend(work, err);
    case CLOCK_RESUME:
        return resume(work, err);
    }
    return result_ok();
}

/* --- recording -------------------------------------------------------------------------------- */

static result read_case(struct change_work *work, const struct person_row *person, struct err *err)
{
    struct case_time when = case_now(&work->sitting);
    const size_t fact_count = work->casework->rulebook->fact_count;
    struct loaded_case loaded;
    when.on = work->command->on;
    TRY(case_load(&work->sitting, person, &when, &loaded, err));
    work->values = ARENA_NEW(work->arena, struct value, fact_count + 1);
    if (work->values == NULL) {
        return arena_full(err);
    }
    memcpy(work->values, loaded.person.values, fact_count * sizeof work->values[0]);
    work->question = loaded.view.question;
    work->question.person = work->values;
    work->answer.before = judge(work);
    return result_ok();
}

static result append(struct change_work *work, int64_t person, int64_t *events, struct err *err)
{
    for (size_t i = 0; i < work->fact_count; i++) {
        const struct fact *fact = &work->casework->rulebook->facts[work->facts[i].fact];
        struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                              .subject = person,
                              .kind = EVENT_FACT_RECORDED,
                              .effective_on = work->command->on,
                              .body.fact_recorded = {.fact = fact->name, .source = work->reason}};
        struct buf buf;
        buf_init(&buf, work->arena, DATE_TEXT_SIZE);
        value_format(fact, &work->facts[i].value, &buf);
        TRY(buf_finish(&buf, &event.body.fact_recorded.value, err));
        TRY(sitting_append(&work->sitting, &event, err));
        events[i] = event.position;
    }
    return result_ok();
}

static bool same_day(const struct change_work *work, str recorded)
{
    char text[DATE_TEXT_SIZE];
    if (!work->command->until.known) {
        return true;
    }
    date_format(work->command->until.day, text);
    return str_equal(recorded, str_from_c(text));
}

/* The same change was made before: its reason and its days are those of its first event. */
static result change_again(struct change_work *work, const struct person_row *person,
                           const struct event *before, struct err *err)
{
    const struct fact_recorded_body *body = &before->body.fact_recorded;
    struct done_before done;
    if (before->kind != EVENT_FACT_RECORDED || before->subject_kind != SUBJECT_OF_PERSON ||
        work->sitting.before_subject != person->id || !str_equal(body->source, work->reason) ||
        !str_equal(body->fact, work->casework->rulebook->facts[work->change->fact].name) ||
        !date_equal(before->effective_on, work->command->on) || !same_day(work, body->value)) {
        return sitting_client_id_taken(err);
    }
    TRY(repeat_events(&work->sitting, before, &done, err));
    work->answer.after = work->answer.before;
    return repeat_record_answer(&work->sitting, &done, &work->answer.recorded, err);
}

static result change_work(struct transaction *transaction, void *context, struct err *err)
{
    struct change_work *work = context;
    struct event before;
    struct person_row person;
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_CHANGE_CLOCK, work->arena, &before, err));
    TRY(sitting_person(&work->sitting, work->command->person, ACTION_CHANGE_CLOCK, &person, err));
    TRY(check_role(work, err));
    TRY(read_case(work, &person, err));
    if (before.position != 0) {
        return change_again(work, &person, &before, err);
    }
    TRY(days_check("The day since when", work->command->on, DAYS_HAPPENED, work->sitting.today,
                   err));
    if (work->command->until.known) {
        TRY(days_check("The new last day", work->command->until.day, DAYS_HOLDS,
                       work->sitting.today, err));
    }
    TRY(change(work, err));
    work->answer.after = judge(work);
    int64_t *events = ARENA_NEW(work->arena, int64_t, FACTS_MAX);
    if (events == NULL) {
        return arena_full(err);
    }
    TRY(append(work, person.id, events, err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person.id};
    return record_finish(&work->sitting, &touched, 1, events, work->fact_count,
                         &work->answer.recorded, err);
}

result casework_change_clock(const struct casework *casework, const struct caller *caller,
                             const struct clock_change_command *command, struct arena *arena,
                             struct clock_change_answer *ret_answer, struct err *err)
{
    struct change_work work = {.casework = casework,
                               .caller = caller,
                               .command = command,
                               .reason = str_trim(command->reason),
                               .arena = arena};
    TRY(check_command(&work, err));
    TRY(store_write(casework->store, change_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}
