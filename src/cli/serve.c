#include "casework/adoption.h"
#include "casework/arrivals.h"
#include "casework/first_account.h"
#include "cli/confinement.h"
#include "cli/definitions.h"
#include "cli/desk.h"
#include "cli/forecasts.h"
#include "cli/notice.h"
#include "cli/releases.h"
#include "cli/running.h"
#include "cli/seal.h"
#include "cli/settings.h"
#include "cli/version.h"
#include "demo/demo.h"
#include "http/fetch.h"
#include "http/http.h"
#include "system/secret.h"
#include "system/security_log.h"
#include "web/sign_on.h"
#include "web/sign_on_desk.h"
#include "web/web.h"

static void print_welcome(const struct invocation *invocation, const char *address, uint16_t port,
                          bool demonstration)
{
    struct output *output = invocation->output;
    output_text(output, arena_format(invocation->arena, "Serving on http://%s:%u\n", address,
                                     (unsigned)port));
    if (demonstration) {
        output_text(output, STR("A demonstration: nobody in it exists. Sign in as\n"));
        for (size_t i = 0; i < demo_account_count; i++) {
            output_text(output, arena_format(invocation->arena, "  %-12s %s\n",
                                             demo_accounts[i].username, demo_accounts[i].name));
        }
        output_text(output,
                    arena_format(invocation->arena, "with the password %s\n", demo_password));
    }
}

/* To the terminal or the log of whoever started the program, and nowhere else. */
static void print_first_offer(const struct invocation *invocation, const struct first_offer *offer)
{
    char until[INSTANT_TEXT_SIZE];
    if (offer->needed) {
        instant_format(offer->expires_at, until);
        output_text(invocation->output,
                    arena_format(invocation->arena,
                                 "Nobody has an account here yet. Open the first one at "
                                 "/first-account\nwith this token, once, until %s:\n  %s\n",
                                 until, offer->token));
    }
}

/* As C wants it; a path has no end of its own in the file of settings. */
static result in_c(const struct invocation *invocation, str text, const char **ret_text,
                   struct err *err)
{
    *ret_text = arena_copy(invocation->arena, text).at;
    return *ret_text != NULL ? result_ok() : arena_full(err);
}

/* What the server turns away by itself. */
static void tell_refused(void *context, const char *name, int status, str address)
{
    const struct security_entry entry = {.event = SECURITY_PROTOCOL_REFUSED,
                                         .address = address,
                                         .on = str_from_c(name),
                                         .status = status};
    security_log_tell(web_security(context), system_now(system_machine()), &entry);
}

/* The secret is read before files are out of reach. */
static result open_sign_on(const struct invocation *invocation, const struct settings *settings,
                           struct sign_on_desk **ret_desk, struct err *err)
{
    struct sign_on_options options = {
        .client = {.issuer = settings->sign_on.issuer,
                   .client_id = settings->sign_on.client_id,
                   .client_secret = STR(""),
                   .scopes = settings->sign_on.scopes,
                   .acr = settings->sign_on.acr,
                   .redirect_uri = arena_format(invocation->arena, "%.*s" SIGN_ON_BACK,
                                                STR_ARG(settings->origin))},
        .title = settings->sign_on.title,
        .their_second_factor = settings->sign_on.their_second_factor,
        .old_signatures = settings->old_signatures,
        .system = system_machine()};
    if (settings->sign_on.issuer.len == 0) {
        return result_ok();
    }
    if (settings->sign_on.client_secret_file.len > 0) {
        const str path = arena_copy(invocation->arena, settings->sign_on.client_secret_file);
        TRY(path.at == NULL
                ? arena_full(err)
                : secret_read(path.at, invocation->arena, &options.client.client_secret, err));
    }
    TRY(fetch_init(err));
    return sign_on_desk_open(&options, invocation->arena, ret_desk, err);
}

static result serve(const struct invocation *invocation, const struct desk *desk,
                    struct http_server *server, const char *address, bool demonstration,
                    struct err *err)
{
    struct first_offer offer;
    TRY(casework_offer_first_account(&desk->casework, &offer, err)); /* before anything is said */
    print_welcome(invocation, address, http_server_port(server), demonstration);
    print_first_offer(invocation, &offer);
    TRY(output_finish(invocation->output, err));
    return running_serve(server, err);
}

static result is_demonstration(const struct desk *desk, struct arena *arena,
                               bool *ret_demonstration, struct err *err)
{
    struct account_row account;
    result found = casework_account_by_name(&desk->casework, str_from_c(demo_accounts[0].username),
                                            arena, &account, err);
    if (!found.ok && err->code != ERROR_NOT_FOUND) {
        return found;
    }
    *ret_demonstration = found.ok && str_equal(account.name, str_from_c(demo_accounts[0].name));
    return result_ok();
}

result command_serve(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_REFUSED_PASSWORDS struct refused_passwords refused = REFUSED_PASSWORDS_NONE;
    OWN_DESK struct desk desk = {.store = NULL};
    OWN_SEALING_DESK struct sealing_desk sealing = {.log = NULL};
    int64_t port = 0;
    bool demonstration = false;
    struct settings settings;
    struct definitions definitions;
    struct web_release *releases = NULL;
    size_t release_count = 0;
    struct sign_on_desk *sign_on = NULL;
    struct web_forecast *forecasts = NULL;
    size_t forecast_count = 0;
    struct security_log *security = NULL;
    const char *security_to = NULL;
    const char *proxy = NULL;
    struct web *web = NULL;
    struct http_server *server = NULL;
    const char *address = option_given(invocation, OPTION_ADDRESS)
                              ? invocation->options[OPTION_ADDRESS].at
                              : "127.0.0.1";
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_PORT, 8080, 0, 65535, &port, err));
    TRY(settings_of(invocation, &settings, err));
    running_block_interrupts(); /* before the first thread, and not while a pipe is waited for */
    TRY(open_sign_on(invocation, &settings, &sign_on, err));
    TRY(in_c(invocation, settings.proxy, &proxy, err));
    TRY(in_c(invocation, settings.security_log, &security_to, err));
    TRY(security_log_open(security_to, invocation->arena, &security, err));
    TRY(confinement_of_files(invocation, &settings, err));
    TRY(option_given(invocation, OPTION_BEGIN) ? desk_open_or_begin(invocation, &desk, err)
                                               : desk_open(invocation, &desk, err));
    TRY(settings_refuse_passwords(invocation, &settings, &refused, &desk.casework, err));
    TRY(casework_adopt_rulebook(&desk.casework, err));
    desk_keep(&desk);
    TRY(notice_book_load(invocation, desk.rulebook, invocation->arena, &desk.casework.notices,
                         err));
    TRY(casework_set_session_limits(&desk.casework, &settings.sessions, err));
    TRY(is_demonstration(&desk, invocation->arena, &demonstration, err));
    desk.casework.second_factor_required = settings.second_factor_required && !demonstration;
    TRY(definitions_if_any(invocation, &desk, &definitions, err));
    if (option_given(invocation, OPTION_RELEASES)) {
        TRY(releases_read(invocation->options[OPTION_RELEASES], invocation->arena, &releases,
                          &release_count, err));
    }
    if (option_given(invocation, OPTION_FORECASTS)) {
        TRY(forecasts_read(invocation->options[OPTION_FORECASTS], invocation->arena, &forecasts,
                           &forecast_count, err));
    }
    TRY(sealing_desk_open(invocation, desk.store, &sealing, err));
    struct web_options web_options = {
        .casework = &desk.casework,
        .log = sealing.log,
        .sealing = sealing.thread,
        .cosigning = sealing.cosigning,
        .pages_folder = share_folder(invocation, "pages").at,
        .assets_folder = RETURNHUB_ASSETS,
        .definitions = &definitions,
        .releases = releases,
        .release_count = release_count,
        .forecasts = forecasts,
        .forecast_count = forecast_count,
        .arrivals_file = share_folder(invocation, ARRIVALS_FILE).at,
        .api_file = share_folder(invocation, "docs/api/openapi.json").at,
        .demonstration = demonstration,
        .security = security,
        .sign_on = sign_on,
        .origin = settings.origin,
        .old_signatures = settings.old_signatures,
        .pace = settings_pace(&settings, demonstration),
        .secure_cookies = str_starts(settings.origin, STR("https://")),
    };
    TRY(web_open(&web_options, &web, err));
    struct http_options http_options = {.address = address,
                                        .port = (uint16_t)port,
                                        .handler = web_handle,
                                        .refused = tell_refused,
                                        .ended = web_stream_ended,
                                        .context = web,
                                        .proxy = proxy};
    result served = http_server_open(&http_options, &server, err);
    if (served.ok) {
        served = confinement_of_calls(invocation, &settings, err);
    }
    if (served.ok) {
        served = serve(invocation, &desk, server, address, demonstration, err);
    }
    http_server_close(server);
    web_close(web);
    releases_close(releases, release_count);
    sign_on_desk_close(sign_on);
    security_log_close(security);
    forecasts_close(forecasts, forecast_count);
    return served;
}
