#include "demo/demo.h"

#include "cli/desk.h"
#include "cli/interruption.h"
#include "format/json.h"
#include "system/memory.h"

result command_demo(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct demo_options options = {.data_folder = share_folder(invocation, "data").at};
    int64_t seed = 0;
    struct demo_outcome outcome;
    const struct rulebook *rulebook = NULL;
    struct progress progress = {
        .output = invocation->output, .doing = "Making people", .last_percent = -1};
    struct interruption *interruption = ARENA_NEW(invocation->arena, struct interruption, 1);
    *ret_status = 0;
    if (interruption == NULL) {
        return arena_full(err);
    }
    memory_share();
    TRY(option_number(invocation, OPTION_PEOPLE, 10000, DEMO_PEOPLE_MIN, DEMO_PEOPLE_MAX,
                      &options.people, err));
    TRY(option_number(invocation, OPTION_SEED, 1, 0, INT64_MAX, &seed, err));
    TRY(option_date(invocation, OPTION_TODAY, instant_date(system_now(system_machine())),
                    &options.today, err));
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), invocation->arena,
                           &rulebook, err));
    TRY(demo_can_show(rulebook, err));
    interruption_hold();
    TRY(desk_open_new(invocation, rulebook, &desk, err));
    interruption->output = invocation->output;
    interruption->meaning = "Nothing was made; run the same command again.";
    atomic_store(&interruption->makes, desk.store);
    interruption_await(interruption);
    options.seed = (uint64_t)seed;
    options.progress = progress_draw;
    options.progress_context = &progress;
    result made = demo_make(&desk.casework, &options, &outcome, err);
    atomic_store(&interruption->makes, NULL);
    progress_end(&progress);
    TRY(made);
    desk_keep(&desk);
    output_text(
        invocation->output,
        arena_format(invocation->arena, "Made %lld synthetic %s, %lld %s, %lld %s and %lld %s\n",
                     (long long)outcome.people, str_noun(outcome.people, "person", "people"),
                     (long long)outcome.events, str_noun(outcome.events, "event", "events"),
                     (long long)outcome.hubs, str_noun(outcome.hubs, "hub", "hubs"),
                     (long long)outcome.agreements,
                     str_noun(outcome.agreements, "agreement", "agreements")));
    return result_ok();
}
