#include "web/resource_notice.h"

#include "format/json.h"

static void set_hash(json_t *object, const struct sha256 *hash)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(hash, hex);
    json_set_str(object, "sha256", str_from_c(hex));
}

static json_t *line_of(const struct notice_content *content, size_t index)
{
    json_t *line = json_object();
    json_set_str(line, "kind", str_from_c(notice_line_kind_name(content->kinds[index])));
    json_set_str(line, "original", content->originals[index]);
    if (content->translations[index].len > 0) {
        json_set_str(line, "translation", content->translations[index]);
    }
    return line;
}

static void set_closed(json_t *object, const struct notice_answer *answer)
{
    json_t *closed = json_object();
    if (answer->state == NOTICE_STATE_ISSUED) {
        json_decref(closed);
        return;
    }
    json_set(closed, "on", json_of_date(answer->closed.effective_on));
    json_set_str(closed, "by", answer->closed_by);
    if (answer->state == NOTICE_STATE_SERVED) {
        const struct notice_served_body *body = &answer->closed.body.notice_served;
        json_set_str(closed, "method", body->method);
        json_set_flag(closed, "understood", body->understood != 0);
        json_set_str(closed, "proof", body->proof);
    } else {
        json_set_str(closed, "reason", answer->closed.body.notice_cancelled.reason);
    }
    json_set(object, notice_state_name(answer->state), closed);
}

/* All but the lines. */
static json_t *head_of(const struct notice_answer *answer)
{
    json_t *object = json_object();
    json_set_int64(object, "number", answer->number);
    json_set_str(object, "notice", answer->content.notice);
    json_set_int64(object, "version", answer->content.version);
    json_set_str(object, "title", answer->content.originals[0]);
    json_set_str(object, "language", answer->content.language);
    json_set_str(object, "person", answer->person.reference);
    json_set(object, "issued_on", json_of_date(answer->issued_on));
    json_set_str(object, "issued_by", answer->issued_by);
    json_set_str(object, "state", str_from_c(notice_state_name(answer->state)));
    set_hash(object, &answer->hash);
    if (answer->approval != 0) {
        json_set_int64(object, "approval", answer->approval);
    }
    set_closed(object, answer);
    return object;
}

json_t *resource_notice(const struct notice_answer *answer)
{
    json_t *object = head_of(answer);
    json_t *lines = json_array();
    json_t *methods = json_array();
    for (size_t i = 0; i < answer->way_count; i++) {
        json_add(methods, json_of_str(answer->ways[i]));
    }
    for (size_t i = 0; i < answer->content.count; i++) {
        json_add(lines, line_of(&answer->content, i));
    }
    json_set(object, "methods", methods);
    json_set(object, "lines", lines);
    return object;
}

json_t *resource_notices(const struct notice_answer *notices, size_t count)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, head_of(&notices[i]));
    }
    json_set(object, "notices", list);
    return object;
}

json_t *resource_translation(const struct translation_line *line)
{
    json_t *object = json_object();
    json_set_str(object, "notice", line->notice);
    json_set_int64(object, "version", line->version);
    json_set_str(object, "language", line->language);
    json_set_str(object, "status", line->status);
    json_set_int64(object, "lines", (int64_t)line->translated.lines);
    json_set_int64(object, "translated", (int64_t)line->translated.translated);
    set_hash(object, &line->translated.identity);
    if (line->approval != 0) {
        json_t *approved = json_object();
        json_set_int64(approved, "event", line->approval);
        json_set_str(approved, "by", line->approved_by);
        json_set(approved, "at", json_of_instant(line->approved_at));
        json_set(object, "approved", approved);
    }
    return object;
}

json_t *resource_translations(const struct notice_book *book, const struct translation_line *lines,
                              size_t count)
{
    json_t *object = json_object();
    json_t *notices = json_array();
    json_t *translations = json_array();
    for (size_t i = 0; i < book->set.count; i++) {
        const struct notice_definition *notice = &book->set.notices[i];
        json_t *one = json_object();
        json_t *sources = json_array();
        for (size_t k = 0; k < notice->source_count; k++) {
            json_add(sources, json_of_str(notice->sources[k]));
        }
        json_set_str(one, "name", notice->name);
        json_set_int64(one, "version", notice->version);
        json_set_str(one, "title", notice_title(notice));
        json_set(one, "sources", sources);
        json_add(notices, one);
    }
    for (size_t i = 0; i < count; i++) {
        json_add(translations, resource_translation(&lines[i]));
    }
    json_set(object, "notices", notices);
    json_set(object, "translations", translations);
    return object;
}
