/* resource_sight: who alone sees a record, and who saw what is out of their sight. */
#include "web/resource_part.h"

static json_t *text_array(const str *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, json_of_str(texts[i]));
    }
    return list;
}

json_t *resource_protection(const struct protection_answer *answer)
{
    json_t *object = json_object();
    json_set_flag(object, "protected", answer->is_protected);
    json_set(object, "accounts", text_array(answer->accounts, answer->account_count));
    json_set(object, "roles", text_array(answer->roles, answer->role_count));
    json_set_str(object, "reason", answer->reason);
    return object;
}

json_t *resource_glass(const struct glass_line *line)
{
    json_t *object = json_object();
    json_set_int64(object, "glass", line->row.id);
    json_set_str(object, "account", line->account);
    json_set_str(object, "person", line->reference);
    json_set(object, "broken_at", json_of_instant(line->row.broken_at));
    json_set(object, "until", json_of_instant(line->row.until));
    json_set_flag(object, "shows", line->shows);
    json_set_str(object, "reason", line->reason);
    json_set(object, "outcome", json_string(glass_outcome_name(line->row.outcome)));
    json_set_str(object, "reviewed_by", line->reviewed_by);
    json_set_str(object, "review", line->review);
    json_set_flag(object, "mine_to_review", line->mine_to_review);
    return object;
}

json_t *resource_glasses(const struct glass_line *lines, size_t count)
{
    json_t *list = json_array();
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        json_add(list, resource_glass(&lines[i]));
    }
    json_set(object, "glasses", list);
    return object;
}
