#include "casework/edition.h"

static result refuse_position(int64_t position, int64_t last, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "There is no event %lld", (long long)position),
                  "the hint follows");
    result_ignore(err_hint(err, "The last event has position %lld.", (long long)last),
                  "its field follows");
    return err_field(err, "at_position");
}

/* The day on which the event was recorded. */
static result day_of_event(struct sitting *sitting, int64_t position, date *ret_day,
                           struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct event event;
    if (position == 0) {
        *ret_day = sitting->today;
        return result_ok();
    }
    TRY(transaction_event(sitting->transaction, position, &scratch, &event, err));
    *ret_day = instant_date(event.recorded_at);
    return result_ok();
}

result edition_resolve(struct sitting *sitting, const struct edition_asked *asked,
                       struct edition *ret_edition, struct err *err)
{
    int64_t last = 0;
    TRY(transaction_event_count(sitting->transaction, &last, err));
    struct edition edition = {
        .position = asked->has_position ? asked->position : last,
        .known_at = {INT64_MAX},
        .has_known_at = asked->has_known_at,
        .as_of = asked->as_of,
    };
    if (edition.position < 0 || edition.position > last) {
        return refuse_position(edition.position, last, err);
    }
    if (asked->has_known_at) {
        edition.known_at = asked->known_at;
    }
    edition.is_past = edition.position < last || asked->has_known_at;
    if (!asked->has_as_of && asked->has_known_at) {
        edition.as_of = instant_date(asked->known_at);
    } else if (!asked->has_as_of) {
        TRY(day_of_event(sitting, edition.position, &edition.as_of, err));
    }
    *ret_edition = edition;
    return result_ok();
}

result edition_notes(const struct edition *edition, struct arena *arena, struct sheet *sheet,
                     struct err *err)
{
    char day[20];
    char known[INSTANT_TEXT_SIZE] = "";
    date_format_plain(edition->as_of, day);
    if (edition->has_known_at) {
        instant_format(edition->known_at, known);
    }
    sheet_note(
        sheet, "As at",
        arena_format(arena, "%s%s%s", day, edition->has_known_at ? ", as known at " : "", known));
    sheet_note(sheet, "Edition",
               arena_format(arena,
                            "made from the register after event %lld; with --at-position %lld it "
                            "is made again",
                            (long long)edition->position, (long long)edition->position));
    return sheet->notes[sheet->note_count - 1].text.at == NULL ? arena_full(err) : result_ok();
}

result stage_words_read(struct sitting *sitting, struct stage_words *ret_words, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    TRY(transaction_words(sitting->transaction, sitting->arena, &ret_words->words,
                          &ret_words->word_count, err));
    uint32_t *stages = ARENA_NEW(sitting->arena, uint32_t, ret_words->word_count + 1);
    if (stages == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < ret_words->word_count; i++) {
        stages[i] = rulebook_stage(rulebook, ret_words->words[i]);
    }
    ret_words->stages = stages;
    return result_ok();
}
