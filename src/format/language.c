#include "format/language.h"

#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

enum { LOCALE_MAX = 64, NAME_UNITS_MAX = 256 };

static const int64_t day_milliseconds = 86400000;

/* What ICU calls it. Dari is one of its Persians. */
static bool locale_of(str language, char locale[LOCALE_MAX])
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    char tag[LOCALE_MAX];
    if (language.len == 0 || language.len >= sizeof tag) {
        return false;
    }
    memcpy(tag, language.at, language.len);
    tag[language.len] = '\0';
    const char *called = strcmp(tag, "prs") == 0 ? "fa-AF" : tag;
    uloc_forLanguageTag(called, locale, LOCALE_MAX, &parsed, &status);
    return U_SUCCESS(status) && parsed == (int32_t)strlen(called);
}

static result no_language(str language, struct err *err)
{
    return err_set(err, ERROR_INPUT, "There is no language \"%.*s\"", STR_ARG(language));
}

static result icu_failed(UErrorCode status, struct err *err)
{
    return err_set(err, ERROR_INTERNAL, "ICU: %s", u_errorName(status));
}

result language_check(str language, struct err *err)
{
    char locale[LOCALE_MAX];
    UChar name[NAME_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of(language, locale)) {
        return no_language(language, err);
    }
    /* U_USING_DEFAULT_WARNING: the name of a language that is none is its code. */
    uloc_getDisplayLanguage(locale, "en", name, NAME_UNITS_MAX, &status);
    return status == U_ZERO_ERROR ? result_ok() : no_language(language, err);
}

bool language_is_right_to_left(str language)
{
    char locale[LOCALE_MAX];
    return locale_of(language, locale) && uloc_isRightToLeft(locale) != 0;
}

static result to_utf8(const UChar *units, int32_t count, struct arena *arena, str *ret_text,
                      struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    char bytes[4 * NAME_UNITS_MAX];
    int32_t len = 0;
    u_strToUTF8(bytes, sizeof bytes, &len, units, count, &status);
    if (U_FAILURE(status)) {
        return icu_failed(status, err);
    }
    *ret_text = arena_copy(arena, (str){.at = bytes, .len = (size_t)len});
    return ret_text->at == NULL ? arena_full(err) : result_ok();
}

result language_day(str language, date day, struct arena *arena, str *ret_text, struct err *err)
{
    static const UChar utc[] = u"UTC";
    char locale[LOCALE_MAX];
    UChar text[NAME_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of(language, locale)) {
        return no_language(language, err);
    }
    uloc_setKeywordValue("calendar", "gregorian", locale, LOCALE_MAX, &status);
    UDateFormat *format = udat_open(UDAT_NONE, UDAT_LONG, locale, utc, -1, NULL, 0, &status);
    if (U_FAILURE(status)) {
        return icu_failed(status, err);
    }
    const int32_t count = udat_format(format, (UDate)((int64_t)day.day * day_milliseconds), text,
                                      NAME_UNITS_MAX, NULL, &status);
    udat_close(format);
    return U_FAILURE(status) ? icu_failed(status, err) : to_utf8(text, count, arena, ret_text, err);
}

result language_number(str language, int64_t number, struct arena *arena, str *ret_text,
                       struct err *err)
{
    char locale[LOCALE_MAX];
    UChar text[NAME_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of(language, locale)) {
        return no_language(language, err);
    }
    UNumberFormat *format = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, &status);
    if (U_FAILURE(status)) {
        return icu_failed(status, err);
    }
    const int32_t count = unum_formatInt64(format, number, text, NAME_UNITS_MAX, NULL, &status);
    unum_close(format);
    return U_FAILURE(status) ? icu_failed(status, err) : to_utf8(text, count, arena, ret_text, err);
}

/* "und_AL": some language, in the country of these three letters. False when ICU knows no such one.
 */
static bool region_of(str country, char region[LOCALE_MAX])
{
    for (const char *const *two = uloc_getISOCountries(); *two != NULL; two++) {
        const int len = snprintf(region, LOCALE_MAX, "und_%s", *two);
        if (len > 0 && str_equal(str_from_c(uloc_getISO3Country(region)), country)) {
            return true;
        }
    }
    return false;
}

result language_country(str language, str country, struct arena *arena, str *ret_text,
                        struct err *err)
{
    char locale[LOCALE_MAX];
    char region[LOCALE_MAX];
    UChar name[NAME_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of(language, locale)) {
        return no_language(language, err);
    }
    *ret_text = STR("");
    if (!region_of(country, region)) {
        return result_ok();
    }
    const int32_t count = uloc_getDisplayCountry(region, locale, name, NAME_UNITS_MAX, &status);
    return status == U_ZERO_ERROR ? to_utf8(name, count, arena, ret_text, err) : result_ok();
}

result language_name(str language, str in, struct arena *arena, str *ret_text, struct err *err)
{
    char locale[LOCALE_MAX];
    char shown[LOCALE_MAX];
    UChar name[NAME_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of(language, locale) || !locale_of(in, shown)) {
        return no_language(language, err);
    }
    const int32_t count = uloc_getDisplayName(locale, shown, name, NAME_UNITS_MAX, &status);
    return U_FAILURE(status) ? icu_failed(status, err) : to_utf8(name, count, arena, ret_text, err);
}
