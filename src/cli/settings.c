#include "cli/settings.h"

#include "cli/options.h"
#include "cli/version.h"
#include "credential/provider.h"
#include "http/forwarded.h"
#include "system/system.h"

#include <stddef.h>

/* Far more than people do, and integrations at their ordinary work; far less than it takes to copy
 * a register. An office behind one address signs in at eight in the morning. */
enum {
    READINGS_A_MINUTE = 1200,
    COMMANDS_A_MINUTE = 300,
    STRANGERS_A_MINUTE = 600,
    SIGN_INS_A_MINUTE = 60,
};
static const int64_t NOT_SAID = INT64_MIN;

enum setting_kind {
    SETTING_ORIGIN,
    SETTING_ADDRESS,
    SETTING_ISSUER,
    SETTING_TEXT,
    SETTING_NUMBER,
    SETTING_FLAG,
};

struct setting {
    const char *section;
    const char *key;
    enum setting_kind kind;
    size_t offset;
};

#define SETTING(section, key, kind, member)                                                        \
    {                                                                                              \
        section, key, kind, offsetof(struct settings, member)                                      \
    }

static const struct setting settings_table[] = {
    SETTING("web", "origin", SETTING_ORIGIN, origin),
    SETTING("web", "proxy", SETTING_ADDRESS, proxy),
    SETTING("sessions", "idle_minutes", SETTING_NUMBER, sessions.idle_minutes),
    SETTING("sessions", "hours_max", SETTING_NUMBER, sessions.hours_max),
    SETTING("sessions", "proven_minutes", SETTING_NUMBER, sessions.proven_minutes),
    SETTING("sign_on", "issuer", SETTING_ISSUER, sign_on.issuer),
    SETTING("sign_on", "client_id", SETTING_TEXT, sign_on.client_id),
    SETTING("sign_on", "client_secret_file", SETTING_TEXT, sign_on.client_secret_file),
    SETTING("sign_on", "scopes", SETTING_TEXT, sign_on.scopes),
    SETTING("sign_on", "title", SETTING_TEXT, sign_on.title),
    SETTING("sign_on", "acr", SETTING_TEXT, sign_on.acr),
    SETTING("sign_on", "their_second_factor", SETTING_FLAG, sign_on.their_second_factor),
    SETTING("sign_in", "second_factor_required", SETTING_FLAG, second_factor_required),
    SETTING("passwords", "refused_file", SETTING_TEXT, refused_passwords_file),
    SETTING("security_log", "to", SETTING_TEXT, security_log),
    SETTING("signatures", "old", SETTING_FLAG, old_signatures),
    SETTING("pace", "readings", SETTING_NUMBER, pace.readings),
    SETTING("pace", "commands", SETTING_NUMBER, pace.commands),
    SETTING("pace", "strangers", SETTING_NUMBER, pace.strangers),
    SETTING("pace", "sign_ins", SETTING_NUMBER, pace.sign_ins),
    SETTING("confinement", "required", SETTING_FLAG, confinement_required),
};
enum { SETTING_COUNT = sizeof settings_table / sizeof settings_table[0] };

static struct settings settings_default(void)
{
    return (struct settings){.origin = STR(""),
                             .sessions = {.idle_minutes = SESSION_IDLE_MINUTES,
                                          .hours_max = SESSION_HOURS_MAX,
                                          .proven_minutes = PROVEN_MINUTES},
                             .proxy = STR(""),
                             .refused_passwords_file = STR(RETURNHUB_REFUSED_PASSWORDS),
                             .second_factor_required = true,
                             .old_signatures = true,
                             .security_log = STR("stderr"),
                             .pace = {.readings = NOT_SAID,
                                      .commands = NOT_SAID,
                                      .strangers = NOT_SAID,
                                      .sign_ins = NOT_SAID},
                             .sign_on = {.issuer = STR(""),
                                         .client_id = STR(""),
                                         .client_secret_file = STR(""),
                                         .scopes = STR("openid"),
                                         .title = STR("the provider of your authority"),
                                         .acr = STR("")}};
}

static const struct setting *find_setting(str section, str key, size_t *ret_index)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (str_equal(section, str_from_c(settings_table[i].section)) &&
            (key.at == NULL || str_equal(key, str_from_c(settings_table[i].key)))) {
            *ret_index = i;
            return &settings_table[i];
        }
    }
    return NULL;
}

/* What follows the scheme has no slash: an origin is compared whole. */
static bool is_origin(str text)
{
    const bool secure = str_starts(text, STR("https://"));
    const size_t scheme = secure ? STR("https://").len : STR("http://").len;
    return (secure || str_starts(text, STR("http://localhost"))) && text.len > scheme &&
           !str_contains(str_slice(text, scheme, text.len), STR("/")) &&
           !str_contains(text, STR("@"));
}

static result set_value(const struct setting *setting, str value, struct settings *settings,
                        struct err *err)
{
    char *at = (char *)settings + setting->offset;
    switch (setting->kind) {
    case SETTING_ORIGIN:
        if (!is_origin(value)) {
            return err_set(err, ERROR_INPUT,
                           "\"%s\" is https:// and a name, with nothing behind it (or "
                           "http://localhost, to try things out)",
                           setting->key);
        }
        *(str *)(void *)at = value;
        return result_ok();
    case SETTING_ADDRESS:
        if (!forwarded_is_address(value)) {
            return err_set(err, ERROR_INPUT, "\"%s\" is an address in numbers, as 10.0.0.1 or ::1",
                           setting->key);
        }
        *(str *)(void *)at = value;
        return result_ok();
    case SETTING_ISSUER:
        if (!provider_is_address(value)) {
            return err_set(err, ERROR_INPUT,
                           "\"%s\" is https:// and what the provider calls itself (or "
                           "http://localhost, to try things out)",
                           setting->key);
        }
        *(str *)(void *)at = value;
        return result_ok();
    case SETTING_TEXT:
        if (value.len == 0 || !str_is_utf8(value) || !str_is_printable(value)) {
            return err_set(err, ERROR_INPUT, "\"%s\" is a line of text", setting->key);
        }
        *(str *)(void *)at = value;
        return result_ok();
    case SETTING_NUMBER:
        return str_to_int64(value, (int64_t *)(void *)at, NULL).ok
                   ? result_ok()
                   : err_set(err, ERROR_INPUT, "\"%s\" is a whole number", setting->key);
    case SETTING_FLAG:
        if (!str_equal(value, STR("yes")) && !str_equal(value, STR("no"))) {
            return err_set(err, ERROR_INPUT, "\"%s\" is yes or no", setting->key);
        }
        *(bool *)(void *)at = str_equal(value, STR("yes"));
        return result_ok();
    }
    ASSERT(false);
}

static result read_section(str line, str *section, struct err *err)
{
    size_t index = 0;
    const str name = line.at[line.len - 1] == ']' ? str_slice(line, 1, line.len - 1) : STR("");
    if (find_setting(name, (str){.at = NULL}, &index) == NULL) {
        return err_set(err, ERROR_INPUT, "There is no such section of settings");
    }
    *section = name;
    return result_ok();
}

static result read_key(str line, str section, bool given[SETTING_COUNT], struct settings *settings,
                       struct err *err)
{
    size_t index = 0;
    const struct str_cut cut = str_cut(line, '=');
    const struct setting *setting =
        cut.found ? find_setting(section, str_trim(cut.head), &index) : NULL;
    if (setting == NULL) {
        return err_set(err, ERROR_INPUT, "There is no such setting in this section");
    }
    if (given[index]) {
        return err_set(err, ERROR_INPUT, "\"%s\" is set twice", setting->key);
    }
    given[index] = true;
    return set_value(setting, str_trim(cut.tail), settings, err);
}

static bool has_word(str list, str word)
{
    for (str left = list; left.len > 0;) {
        const struct str_cut cut = str_cut(left, ' ');
        if (str_equal(cut.head, word)) {
            return true;
        }
        left = cut.tail;
    }
    return false;
}

/* What is set together or not at all. */
static result check_sign_on(const struct settings *settings, struct err *err)
{
    if (settings->sign_on.issuer.len == 0) {
        return settings->sign_on.client_id.len == 0
                   ? result_ok()
                   : err_set(err, ERROR_INPUT, "[sign_on] has a client_id and no issuer");
    }
    if (settings->sign_on.client_id.len == 0 || settings->origin.len == 0) {
        result_ignore(err_set(err, ERROR_INPUT, "[sign_on] needs client_id, and origin in [web]"),
                      "the hint follows");
        return err_hint(err, "The provider sends browsers back to an address below the origin.");
    }
    return has_word(settings->sign_on.scopes, STR("openid"))
               ? result_ok()
               : err_set(err, ERROR_INPUT, "\"scopes\" has openid in it");
}

result settings_read(str text, const char *name, struct settings *ret_settings, struct err *err)
{
    struct settings settings = settings_default();
    bool given[SETTING_COUNT] = {false};
    str section = STR("");
    str left = text;
    for (uint32_t number = 1; left.len > 0; number++) {
        const struct str_cut cut = str_cut(left, '\n');
        const str line = str_trim(cut.head);
        left = cut.tail;
        if (line.len == 0 || line.at[0] == '#') {
            continue;
        }
        const result read = line.at[0] == '[' ? read_section(line, &section, err)
                                              : read_key(line, section, given, &settings, err);
        if (!read.ok) {
            return err_at(err, name, number, 1);
        }
    }
    const result checked = check_sign_on(&settings, err);
    if (!checked.ok) {
        return err_at(err, name, 0, 0);
    }
    *ret_settings = settings;
    return result_ok();
}

result settings_of(const struct invocation *invocation, struct settings *ret_settings,
                   struct err *err)
{
    str text;
    *ret_settings = settings_default();
    if (!option_given(invocation, OPTION_SETTINGS)) {
        return result_ok();
    }
    const char *path = invocation->options[OPTION_SETTINGS].at;
    TRY(system_read_file(path, SETTINGS_BYTES_MAX, invocation->arena, &text, err));
    return settings_read(text, path, ret_settings, err);
}

result settings_refuse_passwords(const struct invocation *invocation,
                                 const struct settings *settings, struct refused_passwords *list,
                                 const struct casework *casework, struct err *err)
{
    const str path = arena_copy(invocation->arena, settings->refused_passwords_file);
    TRY(path.at == NULL ? arena_full(err) : refused_passwords_open(path.at, list, err));
    casework_refuse_passwords(casework, list);
    return result_ok();
}

static int64_t limit_of(int64_t said, int64_t usual, bool demonstration)
{
    return said != NOT_SAID ? said : demonstration ? 0 : usual;
}

struct pace_limits settings_pace(const struct settings *settings, bool demonstration)
{
    const struct pace_limits *said = &settings->pace;
    return (struct pace_limits){
        .readings = limit_of(said->readings, READINGS_A_MINUTE, demonstration),
        .commands = limit_of(said->commands, COMMANDS_A_MINUTE, demonstration),
        .strangers = limit_of(said->strangers, STRANGERS_A_MINUTE, demonstration),
        .sign_ins = limit_of(said->sign_ins, SIGN_INS_A_MINUTE, demonstration),
    };
}
