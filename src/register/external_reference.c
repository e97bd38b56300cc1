#include "register/external_reference.h"

#include "base/hash.h"

enum { LOOKUP_BYTES = 8 };

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_name_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool external_kind_is_name(str kind)
{
    bool fits = kind.len >= 2 && kind.len <= EXTERNAL_KIND_MAX_BYTES && is_letter(kind.at[0]);
    for (size_t i = 0; fits && i < kind.len; i++) {
        fits = is_name_char(kind.at[i]);
    }
    return fits;
}

int64_t external_reference_lookup(str key, str kind, str reference)
{
    const str nul = {.at = "", .len = 1};
    const str parts[] = {kind, nul, reference};
    const struct sha256 hash = hmac_sha256(key, parts, sizeof parts / sizeof parts[0]);
    uint64_t lookup = 0;
    for (size_t i = 0; i < LOOKUP_BYTES; i++) {
        lookup = lookup << 8 | hash.bytes[i];
    }
    return (int64_t)lookup;
}

result external_reference_row_apply(struct external_reference_row *row, str key,
                                    const struct event *event, struct err *err)
{
    ASSERT(event->kind == EVENT_EXTERNAL_REFERENCE_RECORDED && row->event == 0);
    const struct external_reference_recorded_body *body = &event->body.external_reference_recorded;
    if (!external_kind_is_name(body->kind)) {
        return err_set(err, ERROR_INPUT, "A reference of another system names the system");
    }
    if (body->reference.len == 0 || body->reference.len > EXTERNAL_REFERENCE_MAX_BYTES) {
        return err_set(err, ERROR_INPUT, "A reference of another system has 1 to %d bytes",
                       EXTERNAL_REFERENCE_MAX_BYTES);
    }
    *row = (struct external_reference_row){
        .lookup = external_reference_lookup(key, body->kind, body->reference),
        .event = event->position,
        .person = event->subject,
    };
    return result_ok();
}
