#include "casework/adoption.h"

#include "casework/sitting.h"
#include "casework/stopping.h"

enum { ADOPTION_ARENA_BYTES = 64 * 1024 * 1024, ADOPTIONS_MAX = 10000 };

struct adoption_search {
    const struct casework *casework;
    instant known_at;
    struct arena *arena;
    str identity; /* "" when none was adopted by then */
    str name;
    str canonical;
    bool want_text;
};

static result find_adopted(struct transaction *transaction, void *context, struct err *err)
{
    struct adoption_search *search = context;
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(transaction, SUBJECT_OF_REGISTER, REGISTER_ID, 0, ADOPTIONS_MAX,
                            search->arena, &events, &count, err));
    search->identity = STR("");
    search->name = STR("");
    for (size_t i = 0; i < count; i++) { /* newest first */
        if (events[i].kind == EVENT_RULEBOOK_ADOPTED &&
            events[i].recorded_at.milliseconds <= search->known_at.milliseconds) {
            search->identity = events[i].body.rulebook_adopted.identity;
            search->name = events[i].body.rulebook_adopted.name;
            break;
        }
    }
    if (search->identity.len > 0 && search->want_text) {
        TRY(transaction_rulebook(transaction, search->identity, search->arena, &search->canonical,
                                 err));
    }
    return result_ok();
}

/* People stand in stages of the law that they came in under; another law does not have them. */
static result refuse_other_law(str kept_under, str offered, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "This register is kept under the rulebook \"%.*s\", not \"%.*s\"",
                          STR_ARG(kept_under), STR_ARG(offered)),
                  "the hint returns the failure");
    return err_hint(err, "A rulebook may change, a register does not change its law: "
                         "open another register for another law");
}

static result append_adoption(struct transaction *transaction, void *context, struct err *err)
{
    struct adoption_search *search = context;
    const struct rulebook *rulebook = search->casework->rulebook;
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&rulebook->identity, identity);
    TRY(find_adopted(transaction, search, err));
    if (str_equal(search->identity, str_from_c(identity))) {
        return result_ok();
    }
    if (search->name.len > 0 && !str_equal(search->name, rulebook->name)) {
        return refuse_other_law(search->name, rulebook->name, err);
    }
    struct sitting sitting;
    TRY(sitting_of_register(&sitting, search->casework, transaction, search->arena, err));
    TRY(transaction_put_rulebook(transaction, str_from_c(identity), rulebook->canonical, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_REGISTER,
        .subject = REGISTER_ID,
        .kind = EVENT_RULEBOOK_ADOPTED,
        .effective_on = sitting.today,
        .body.rulebook_adopted = {.name = rulebook->name, .identity = str_from_c(identity)},
    };
    TRY(sitting_append(&sitting, &event, err));
    /* What was clear under the old rulebook may not be under this one. */
    struct stopped_list stopped;
    return stopping_review_all(&sitting, event.position, &stopped, err);
}

result casework_adopt_rulebook(const struct casework *casework, struct err *err)
{
    struct arena arena;
    TRY(arena_open(&arena, ADOPTION_ARENA_BYTES, err));
    struct adoption_search search = {
        .casework = casework, .known_at = {.milliseconds = INT64_MAX}, .arena = &arena};
    result adopted = store_write(casework->store, append_adoption, &search, err);
    arena_close(&arena);
    return adopted;
}

result casework_law(struct store *store, struct arena *arena, str *ret_name, struct err *err)
{
    struct adoption_search search = {.known_at = {.milliseconds = INT64_MAX}, .arena = arena};
    TRY(store_read(store, find_adopted, &search, err));
    *ret_name = search.name;
    return result_ok();
}

result casework_rulebook_then(const struct casework *casework, instant known_at, struct arena *perm,
                              struct arena scratch, const struct rulebook **ret_rulebook,
                              struct err *err)
{
    struct adoption_search search = {
        .casework = casework, .known_at = known_at, .arena = perm, .want_text = true};
    char identity[SHA256_HEX_SIZE];
    sha256_hex(&casework->rulebook->identity, identity);
    TRY(store_read(casework->store, find_adopted, &search, err));
    if (search.identity.len == 0) {
        result_ignore(err_set(err, ERROR_NOT_FOUND, "No rulebook was in use at that instant"),
                      "the hint returns the failure");
        return err_hint(err, "Ask about an instant after the register began to be used");
    }
    if (str_equal(search.identity, str_from_c(identity))) {
        *ret_rulebook = casework->rulebook;
        return result_ok();
    }
    struct diagnostics diagnostics;
    TRY(diagnostics_init(&diagnostics, perm, err));
    struct rulebook_file file = {.name = search.identity, .text = search.canonical};
    return rulebook_load(&file, 1, perm, scratch, ret_rulebook, &diagnostics, err);
}
