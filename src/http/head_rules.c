#include "http/head_rules.h"

#include "http/octet.h"

static const str content_length = STR_INIT("Content-Length");
static const str transfer_encoding = STR_INIT("Transfer-Encoding");

struct field_tally {
    size_t count;
    str value; /* of the first; "" when there is none */
};

static struct field_tally tally(const struct head *head, str name)
{
    struct field_tally found = {.value = STR("")};
    for (size_t i = 0; i < head->field_count; i++) {
        if (octet_equal(head->fields[i].name, name)) {
            found.value = found.count == 0 ? head->fields[i].value : found.value;
            found.count++;
        }
    }
    return found;
}

/* RFC 9112, 6.1: the classic ways to make two servers see two different bodies. */
static enum http_refusal check_encoding(struct head *head)
{
    const struct field_tally encoding = tally(head, transfer_encoding);
    if (encoding.count == 0) {
        return REFUSAL_NONE;
    }
    if (tally(head, content_length).count > 0) {
        return REFUSAL_LENGTH_AND_ENCODING;
    }
    if (head->minor == 0) {
        return REFUSAL_ENCODING_ON_1_0;
    }
    const bool chunked = encoding.count == 1 && octet_equal(encoding.value, STR("chunked"));
    return chunked ? REFUSAL_CHUNKED : REFUSAL_ENCODING_UNKNOWN;
}

/* Digits alone, and no leading zero, which some readers take for octal. */
static bool is_plain_decimal(str text)
{
    return text.len > 0 && octet_all(text, OCTET_DIGIT) && (text.at[0] != '0' || text.len == 1);
}

static enum http_refusal check_length(struct head *head)
{
    const struct field_tally length = tally(head, content_length);
    if (length.count == 0) {
        return REFUSAL_NONE;
    }
    if (length.count > 1) {
        return REFUSAL_LENGTH_REPEATED;
    }
    if (!is_plain_decimal(length.value)) {
        return REFUSAL_LENGTH_SYNTAX;
    }
    size_t bytes = 0;
    for (size_t i = 0; i < length.value.len; i++) {
        bytes = bytes * 10 + octet_hex(length.value.at[i]);
        if (bytes > HTTP_BODY_BYTES_MAX) {
            return REFUSAL_BODY_TOO_LONG;
        }
    }
    head->content_length = bytes;
    const bool bodiless =
        head->method == HTTP_GET || head->method == HTTP_HEAD || head->method == HTTP_OPTIONS;
    return bodiless && bytes > 0 ? REFUSAL_BODY_UNEXPECTED : REFUSAL_NONE;
}

/* RFC 9112, 3.2. An HTTP/1.0 request may have none. */
static enum http_refusal check_host(struct head *head)
{
    const struct field_tally host = tally(head, STR("Host"));
    if (host.count > 1) {
        return REFUSAL_HOST_REPEATED;
    }
    if (host.count == 0 && head->minor > 0) {
        return REFUSAL_HOST_MISSING;
    }
    if (host.count == 1 && !target_is_host(host.value)) {
        return REFUSAL_HOST_SYNTAX;
    }
    const str authority = head->target.authority;
    return authority.len > 0 && !octet_equal(authority, host.value) ? REFUSAL_TARGET_HOST
                                                                    : REFUSAL_NONE;
}

/* Headers that say who asks, from where and in what form. If two of one name came, two readers
 * could believe two different things. */
static enum http_refusal check_singletons(struct head *head)
{
    static const str names[] = {
        STR_INIT("Authorization"),   STR_INIT("Cookie"), STR_INIT("Content-Type"),
        STR_INIT("Idempotency-Key"), STR_INIT("Origin"), STR_INIT("Sec-Fetch-Site"),
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (tally(head, names[i]).count > 1) {
            return REFUSAL_FIELD_REPEATED;
        }
    }
    return REFUSAL_NONE;
}

/* RFC 9110, 10.1.1. An HTTP/1.0 client cannot wait for an interim answer. */
static enum http_refusal check_expectation(struct head *head)
{
    const struct field_tally expect = tally(head, STR("Expect"));
    if (expect.count == 0 || head->minor == 0) {
        return REFUSAL_NONE;
    }
    if (expect.count > 1 || !octet_equal(expect.value, STR("100-continue"))) {
        return REFUSAL_EXPECTATION;
    }
    head->expects_continue = head->content_length > 0;
    return REFUSAL_NONE;
}

static bool list_has(str list, str item)
{
    for (struct str_cut cut = {.tail = list, .found = true}; cut.found;) {
        cut = str_cut(cut.tail, ',');
        if (octet_equal(str_trim(cut.head), item)) {
            return true;
        }
    }
    return false;
}

/* RFC 9112, 9.3. HTTP/1.0 connections are not kept. Upgrade is ignored, as RFC 9110, 7.8 allows. */
static enum http_refusal read_connection(struct head *head)
{
    head->asks_to_close = head->minor == 0;
    for (size_t i = 0; i < head->field_count; i++) {
        if (octet_equal(head->fields[i].name, STR("Connection")) &&
            list_has(head->fields[i].value, STR("close"))) {
            head->asks_to_close = true;
        }
    }
    return REFUSAL_NONE;
}

enum http_refusal head_rules_check(struct head *head)
{
    static enum http_refusal (*const rules[])(struct head * head) = {
        check_encoding,   check_length,      check_host,
        check_singletons, check_expectation, read_connection,
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const enum http_refusal refusal = rules[i](head);
        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}
