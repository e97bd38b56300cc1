#include "casework/text.h"

#include <string.h>

result text_line(const char *what, str text, size_t bytes_max, struct err *err)
{
    if (text.len > bytes_max) {
        return err_set(err, ERROR_INPUT, "%s is longer than %zu bytes", what, bytes_max);
    }
    if (!str_is_utf8(text)) {
        return err_set(err, ERROR_INPUT, "%s is not well-formed UTF-8 text", what);
    }
    if (!str_is_printable(text) || str_contains(text, STR("\t")) || str_contains(text, STR("\n"))) {
        return err_set(err, ERROR_INPUT, "%s has a control character in it", what);
    }
    if (str_trim(text).len > 0 && !str_is_visible(text)) {
        return err_set(err, ERROR_INPUT, "%s has nothing in it that can be seen", what);
    }
    return result_ok();
}

result text_line_required(const char *what, str text, size_t bytes_max, struct err *err)
{
    TRY(text_line(what, text, bytes_max, err));
    return str_trim(text).len > 0 ? result_ok() : err_set(err, ERROR_INPUT, "%s is missing", what);
}

result text_reference(str reference, struct err *err)
{
    bool fits = reference.len >= 2 && reference.len <= REFERENCE_MAX_BYTES;
    for (size_t i = 0; fits && i < reference.len; i++) {
        const char c = reference.at[i];
        fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    return fits
               ? result_ok()
               : err_set(err, ERROR_INPUT, "A reference has 2 to %d characters of A-Z, 0-9, hyphen",
                         REFERENCE_MAX_BYTES);
}
