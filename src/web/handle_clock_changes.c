/* A time of one person is extended, stands still, or runs again (casework/clock_changes.h). */
#include "casework/clock_changes.h"

#include "web/clock_changes.h"
#include "web/deed.h"
#include "web/resource_part.h"

enum { CHANGE_COUNT = 3 };

static const struct input_field extension_fields[] = {
    {"clock", "Time", NULL, INPUT_CHOICE, "Choose the time", NULL},
    {"until", "New last day", "Leave empty where the rulebook itself says for how long", INPUT_DATE,
     NULL, NULL},
    {"on", "Since when it is so", "Today unless you say another day", INPUT_DATE, NULL, NULL},
    {"reason", "Reason", "It is kept in the record.", INPUT_TEXT, "Enter the reason", NULL},
};
static const struct input_field standing_fields[] = {
    {"clock", "Time", NULL, INPUT_CHOICE, "Choose the time", NULL},
    {"on", "Since when it is so", "Today unless you say another day", INPUT_DATE, NULL, NULL},
    {"reason", "Reason", "It is kept in the record.", INPUT_TEXT, "Enter the reason", NULL},
};

static str clocks_base(const struct exchange *exchange)
{
    return page_href(exchange->arena, "/people/%s/clocks", exchange_person(exchange), STR(""));
}

static const struct clock_change *change_of(const struct clock *clock, bool extension)
{
    return extension ? &clock->extension : &clock->suspension;
}

/* "Time to reply: last day 4 July 2026; by: Authorising officer" */
static str described(const struct deed_form *form, uint32_t clock, bool extension)
{
    const struct person_answer *person = form->thing;
    const struct rulebook *rulebook = form->exchange->rulebook;
    const struct clock *law = &rulebook->clocks[clock];
    const str role = rulebook->roles[change_of(law, extension)->role].title;
    char day[20] = "";
    for (size_t i = 0; i < person->clock_count; i++) {
        if (person->clocks[i].clock == clock && person->clocks[i].answer.has_last_day) {
            date_format_plain(person->clocks[i].answer.last_day, day);
        }
    }
    const struct view_context context = handler_view(form->exchange);
    return view_said(&context,
                     day[0] == '\0' ? "{{time}}: has no last day now; by: {{role}}"
                                    : "{{time}}: last day {{day}}; by: {{role}}",
                     SAID({"time", law->title}, {"day", str_from_c(day)}, {"role", role}));
}

/* Those that the law lets somebody change so; whether this account is somebody, casework says. */
static result choose(struct deed_form *form, bool extension, struct err *err)
{
    const struct rulebook *rulebook = form->exchange->rulebook;
    TRY(deed_choices(form, "clock", rulebook->clock_count, err));
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        if (change_of(&rulebook->clocks[i], extension)->role != NOT_FOUND_INDEX) {
            deed_choice(form, "clock", rulebook->clocks[i].name, described(form, i, extension));
        }
    }
    return result_ok();
}

static result choose_extension(struct deed_form *form, struct err *err)
{
    return choose(form, true, err);
}

static result choose_suspension(struct deed_form *form, struct err *err)
{
    return choose(form, false, err);
}

static json_t *last_day_of(const struct clock_answer *answer)
{
    return part_known_day(
        (struct known_day){.known = answer->has_last_day, .day = answer->last_day});
}

static result change(struct deed_form *form, enum clock_change_kind kind, struct known_day until,
                     struct err *err)
{
    const struct exchange *exchange = form->exchange;
    const struct known_day on = deed_day(form, "on");
    struct clock_change_answer answer;
    const struct clock_change_command command = {.kind = kind,
                                                 .person = exchange_person(exchange),
                                                 .clock = deed_text(form, "clock"),
                                                 .on = on.known ? on.day : handler_today(exchange),
                                                 .until = until,
                                                 .reason = deed_text(form, "reason")};
    TRY(casework_change_clock(exchange->casework, &exchange->caller, &command, exchange->arena,
                              &answer, err));
    form->answer = resource_record_answer(exchange->rulebook, &answer.recorded);
    json_set_str(form->answer, "clock", exchange->rulebook->clocks[answer.clock].name);
    json_set(form->answer, "last_day_before", last_day_of(&answer.before));
    json_set(form->answer, "last_day", last_day_of(&answer.after));
    form->status = 201;
    return result_ok();
}

static result act_extend(struct deed_form *form, struct err *err)
{
    return change(form, CLOCK_EXTEND, deed_day(form, "until"), err);
}

static result act_suspend(struct deed_form *form, struct err *err)
{
    return change(form, CLOCK_SUSPEND, (struct known_day){.known = false}, err);
}

static result act_resume(struct deed_form *form, struct err *err)
{
    return change(form, CLOCK_RESUME, (struct known_day){.known = false}, err);
}

static const struct deed changes[CHANGE_COUNT] = {
    {.name = "extension",
     .link = "Extend a time",
     .title = "Extend a time",
     .lead = "By whom and for how long at most says the rulebook. It is refused when it goes "
             "further.",
     .submit = "Extend it",
     .notice = "recorded",
     .action = ACTION_CHANGE_CLOCK,
     DEED_FIELDS(extension_fields),
     .prepare = choose_extension,
     .act = act_extend},
    {.name = "suspension",
     .link = "Let a time stand still",
     .title = "Let a time stand still",
     .lead = "Its days are not counted until it runs again.",
     .submit = "Let it stand still",
     .notice = "recorded",
     .action = ACTION_CHANGE_CLOCK,
     DEED_FIELDS(standing_fields),
     .prepare = choose_suspension,
     .act = act_suspend},
    {.name = "resumption",
     .link = "Let a time run again",
     .title = "Let a time run again",
     .lead = "The days that were left when it stood still are counted from then on.",
     .submit = "Let it run",
     .notice = "recorded",
     .action = ACTION_CHANGE_CLOCK,
     DEED_FIELDS(standing_fields),
     .prepare = choose_suspension,
     .act = act_resume},
};

/* Is there a time that the law lets this account's role change so? */
static bool is_theirs(const struct exchange *exchange, bool extension)
{
    const struct rulebook *rulebook = exchange->rulebook;
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const uint32_t role = change_of(&rulebook->clocks[i], extension)->role;
        if (role != NOT_FOUND_INDEX &&
            str_equal(rulebook->roles[role].name, exchange->session.account.role)) {
            return true;
        }
    }
    return false;
}

void clock_changes_offer(struct page *page, const json_t *resource)
{
    struct deed theirs[CHANGE_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < CHANGE_COUNT; i++) {
        if (is_theirs(page->exchange, changes[i].prepare == choose_extension)) {
            theirs[count++] = changes[i];
        }
    }
    deeds_offer(page, theirs, count, clocks_base(page->exchange), resource);
}

static result open_form(struct deed_form *form, struct err *err)
{
    const str person = exchange_person(form->exchange);
    (void)err;
    form->base = clocks_base(form->exchange);
    form->caption = person;
    form->page.area = "/people";
    handler_person_crumbs(&form->page, person);
    page_crumb(&form->page, STR("Clocks"), form->base);
    return result_ok();
}

result handle_clock_change(struct exchange *exchange, struct err *err)
{
    struct person_answer person;
    TRY(casework_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                        &(struct asked){0}, exchange->arena, &person, err));
    return deed_answer(exchange, changes, CHANGE_COUNT, exchange->match.parameters[1], &person,
                       open_form, err);
}
