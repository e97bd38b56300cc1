/* privacy export: everything recorded about a person as a page to read, as text, or as JSON. */
#include "casework/privacy.h"

#include "cli/desk.h"
#include "web/resource.h"
#include "web/subject_access.h"

enum { PAGE_BYTES_MAX = 64 * 1024 * 1024 };

enum access_format { ACCESS_HTML, ACCESS_TEXT, ACCESS_JSON };

static result read_format(const struct invocation *invocation, enum access_format *ret_format,
                          struct err *err)
{
    static const char *const names[] = {
        [ACCESS_HTML] = "html", [ACCESS_TEXT] = "text", [ACCESS_JSON] = "json"};
    size_t index = 0;
    TRY(option_format(invocation, OPTION_ACCESS_FORMAT, names, sizeof names / sizeof names[0],
                      "use --format html, text or json", &index, err));
    *ret_format = (enum access_format)index;
    return result_ok();
}

static result print_page(const struct invocation *invocation, const struct desk *desk,
                         const struct subject_access *access, enum access_format format,
                         struct err *err)
{
    struct buf buf;
    str text;
    buf_init(&buf, invocation->arena, PAGE_BYTES_MAX);
    TRY(subject_access_write(desk->rulebook, access,
                             format == ACCESS_HTML ? SUBJECT_ACCESS_HTML : SUBJECT_ACCESS_TEXT,
                             instant_date(system_now(desk->casework.system)), &buf, err));
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

result command_privacy_export(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct subject_access access;
    enum access_format format = ACCESS_HTML;
    *ret_status = 0;
    TRY(read_format(invocation, &format, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_subject_access(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arena, &access, err));
    if (format == ACCESS_JSON) {
        json_t *object = resource_subject_access(desk.rulebook, &access);
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    return print_page(invocation, &desk, &access, format, err);
}
