#include "web/resource_fact.h"

#include "web/resource_part.h"

static const char *subject_name(enum subject subject)
{
    switch (subject) {
    case SUBJECT_PERSON:
        return "person";
    case SUBJECT_HUB:
        return "hub";
    case SUBJECT_AGREEMENT:
        return "agreement";
    }
    return "";
}

const char *part_fact_type_name(enum fact_type type)
{
    switch (type) {
    case FACT_FLAG:
        return "flag";
    case FACT_CHOICE:
        return "choice";
    case FACT_DATE:
        return "date";
    case FACT_NUMBER:
        return "number";
    case FACT_COUNTRY:
        return "country";
    case FACT_COUNTRIES:
        return "countries";
    case FACT_TEXT:
        return "text";
    }
    return "";
}

static void out_choices(struct json_out *out, const char *key, const struct rulebook *rulebook,
                        const struct fact *fact)
{
    PART_ARENA arena = part_memory_of(PART_MEMORY_SHORT);
    json_out_array(out, key);
    for (size_t i = 0; i < fact->choice_count; i++) {
        const struct value value = {.known = true, .number = (int64_t)i};
        struct arena scratch = arena;
        struct buf title;
        buf_init(&title, &scratch, PART_TEXT_MAX);
        value_format_plain(rulebook, fact, &value, &title);
        json_out_object(out, NULL);
        json_out_str(out, "name", fact->choices[i]);
        json_out_str(out, "title", buf_str(&title));
        json_out_end(out);
    }
    json_out_end(out);
}

/* The rulebook's members, each run as it stands between those that tell what is known: in the order
 * of their keys, so that nothing has to be moved. */
enum fixed_run {
    RUN_CHOICES,
    RUN_FACT,
    RUN_NOTE,
    RUN_SECTION,
    RUN_SUBJECT,
    RUN_TITLE,
    RUN_TYPE,
};
enum { RUNS = RUN_TYPE + 1 };

struct fact_texts {
    str runs[RUNS]; /* "choices":[],"counted":false and so on */
};

static void out_run(struct json_out *out, const struct rulebook *rulebook, const struct fact *fact,
                    enum fixed_run run)
{
    switch (run) {
    case RUN_CHOICES:
        out_choices(out, "choices", rulebook, fact);
        json_out_flag(out, "counted", fact->counted);
        break;
    case RUN_FACT:
        json_out_str(out, "fact", fact->name);
        break;
    case RUN_NOTE:
        json_out_str(out, "note", fact->note);
        json_out_flag(out, "recordable", casework_fact_is_recorded(fact));
        break;
    case RUN_SECTION:
        json_out_str(out, "section", fact->section);
        break;
    case RUN_SUBJECT:
        json_out_c(out, "subject", subject_name(fact->subject));
        break;
    case RUN_TITLE:
        json_out_str(out, "title", fact->title);
        break;
    case RUN_TYPE:
        json_out_c(out, "type", part_fact_type_name(fact->type));
        break;
    }
}

static result write_run(const struct rulebook *rulebook, const struct fact *fact,
                        enum fixed_run run, struct arena scratch, struct arena *arena, str *ret_run,
                        struct err *err)
{
    struct json_out out;
    str text;
    TRY(json_out_text(&scratch, &out, err));
    json_out_object(&out, NULL);
    out_run(&out, rulebook, fact, run);
    json_out_end(&out);
    TRY(json_out_text_finish(&out, &text, err));
    *ret_run = arena_copy(arena, str_slice(text, 1, text.len - 1));
    return ret_run->at == NULL ? arena_full(err) : result_ok();
}

result fact_texts_write(const struct rulebook *rulebook, struct arena *arena,
                        const struct fact_texts **ret_texts, struct err *err)
{
    PART_ARENA scratch = part_memory();
    struct fact_texts *texts = ARENA_NEW(arena, struct fact_texts, rulebook->fact_count + 1);
    if (texts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        for (size_t run = 0; run < RUNS; run++) {
            TRY(write_run(rulebook, &rulebook->facts[i], (enum fixed_run)run, scratch, arena,
                          &texts[i].runs[run], err));
        }
    }
    *ret_texts = texts;
    return result_ok();
}

/* One fact on its way out, with its texts or NULL. */
struct fact_out {
    struct json_out *out;
    const struct rulebook *rulebook;
    const struct fact *fact;
    const struct fact_texts *texts;
};

static void put_run(const struct fact_out *of, enum fixed_run run)
{
    if (of->texts != NULL) {
        json_out_members(of->out, of->texts->runs[run]);
    } else {
        out_run(of->out, of->rulebook, of->fact, run);
    }
}

void out_known_fact(struct json_out *out, const char *key, const struct rulebook *rulebook,
                    const struct known_fact *known, const struct fact_texts *texts,
                    struct arena scratch)
{
    const struct fact *fact = &rulebook->facts[known->fact];
    const struct fact_row *row = known->row;
    const struct value *value = &known->value;
    const struct fact_out of = {
        .out = out,
        .rulebook = rulebook,
        .fact = fact,
        .texts = out->as_text && texts != NULL ? &texts[known->fact] : NULL,
    };
    json_out_object(out, key);
    put_run(&of, RUN_CHOICES);
    out_event(out, row != NULL ? row->position : value->known ? value->event : 0);
    put_run(&of, RUN_FACT);
    json_out_flag(out, "known", value->known);
    put_run(&of, RUN_NOTE);
    json_out_flag(out, "recorded", row != NULL);
    if (row != NULL) {
        json_out_instant(out, "recorded_at", row->recorded_at);
        json_out_str(out, "recorded_by", known->actor);
    }
    put_run(&of, RUN_SECTION);
    if (row != NULL) {
        json_out_str(out, "source", row->source);
    }
    put_run(&of, RUN_SUBJECT);
    if (value->known) {
        out_plain_text(out, "text", rulebook, fact, value, scratch, NULL);
    }
    put_run(&of, RUN_TITLE);
    if (row != NULL) {
        json_out_date(out, "true_from", row->true_from);
    }
    put_run(&of, RUN_TYPE);
    if (value->known) {
        out_typed(out, "value", fact, value);
    }
    json_out_end(out);
}

json_t *part_known_fact(const struct rulebook *rulebook, const struct known_fact *known)
{
    PART_ARENA arena = part_memory();
    struct json_out out = json_out_tree();
    out_known_fact(&out, NULL, rulebook, known, NULL, arena);
    return out.tree;
}

json_t *part_facts_of(const struct rulebook *rulebook, const struct known_fact *known,
                      enum subject subject)
{
    json_t *list = json_array();
    for (size_t i = 0; known != NULL && i < rulebook->fact_count; i++) {
        if (rulebook->facts[i].subject == subject) {
            /* The entry of a fact that is not known may be left zeroed; its index is its place. */
            struct known_fact one = known[i];
            one.fact = (uint32_t)i;
            json_add(list, part_known_fact(rulebook, &one));
        }
    }
    return list;
}
