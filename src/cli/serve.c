#include "casework/adoption.h"
#include "casework/arrivals.h"
#include "casework/first_account.h"
#include "cli/desk.h"
#include "cli/notice.h"
#include "cli/seal.h"
#include "cli/settings.h"
#include "cli/version.h"
#include "demo/demo.h"
#include "http/http.h"
#include "web/web.h"

#include <pthread.h>
#include <signal.h>

/* Waits for an interrupt on a thread of its own, so that no code runs inside a signal handler. */
struct interrupt {
    sigset_t signals;
    struct http_server *server;
};

static void *wait_for_interrupt(void *context)
{
    const struct interrupt *interrupt = context;
    int signal_number = 0;
    sigwait(&interrupt->signals, &signal_number);
    http_server_stop(interrupt->server);
    return NULL;
}

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
static result offer_first_account(const struct invocation *invocation, const struct desk *desk,
                                  struct err *err)
{
    struct first_offer offer;
    char until[INSTANT_TEXT_SIZE];
    TRY(casework_offer_first_account(&desk->casework, &offer, err));
    if (offer.needed) {
        instant_format(offer.expires_at, until);
        output_text(invocation->output,
                    arena_format(invocation->arena,
                                 "Nobody has an account here yet. Open the first one at "
                                 "/first-account\nwith this token, once, until %s:\n  %s\n",
                                 until, offer.token));
    }
    return result_ok();
}

static result read_settings(const struct invocation *invocation, struct settings *ret_settings,
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

static result serve(const struct invocation *invocation, const struct desk *desk,
                    struct http_server *server, const char *address, bool demonstration,
                    struct err *err)
{
    struct interrupt interrupt = {.server = server};
    pthread_t thread;
    sigemptyset(&interrupt.signals);
    sigaddset(&interrupt.signals, SIGINT);
    sigaddset(&interrupt.signals, SIGTERM);
    ASSERT(desk->store != NULL);
    if (pthread_create(&thread, NULL, wait_for_interrupt, &interrupt) != 0) {
        return err_set(err, ERROR_LIMIT, "No thread could be started");
    }
    print_welcome(invocation, address, http_server_port(server), demonstration);
    TRY(offer_first_account(invocation, desk, err));
    TRY(output_finish(invocation->output, err));
    result served = http_server_run(server, err);
    pthread_kill(thread, SIGTERM); /* when the server ended by itself, nobody has sent one yet */
    pthread_join(thread, NULL);
    return served;
}

/* The signals that end the server are taken by one thread; every thread made later inherits this.
 */
static void block_interrupts(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
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
    OWN_DESK struct desk desk = {.store = NULL};
    OWN_SEALING_DESK struct sealing_desk sealing = {.log = NULL};
    int64_t port = 0;
    bool demonstration = false;
    struct settings settings;
    struct web *web = NULL;
    struct http_server *server = NULL;
    const char *address = option_given(invocation, OPTION_ADDRESS)
                              ? invocation->options[OPTION_ADDRESS].at
                              : "127.0.0.1";
    *ret_status = 0;
    block_interrupts();
    TRY(option_number(invocation, OPTION_PORT, 8080, 0, 65535, &port, err));
    TRY(read_settings(invocation, &settings, err));
    TRY(option_given(invocation, OPTION_BEGIN) ? desk_open_or_begin(invocation, &desk, err)
                                               : desk_open(invocation, &desk, err));
    TRY(casework_adopt_rulebook(&desk.casework, err));
    TRY(notice_book_load(invocation, desk.rulebook, invocation->arena, &desk.casework.notices,
                         err));
    TRY(casework_set_session_limits(&desk.casework, &settings.sessions, err));
    TRY(is_demonstration(&desk, invocation->arena, &demonstration, err));
    TRY(sealing_desk_open(invocation, desk.store, &sealing, err));
    struct web_options web_options = {
        .casework = &desk.casework,
        .log = sealing.log,
        .pages_folder = share_folder(invocation, "pages").at,
        .assets_folder = RETURNHUB_ASSETS,
        .arrivals_file = share_folder(invocation, ARRIVALS_FILE).at,
        .demonstration = demonstration,
        .origin = settings.origin,
        .secure_cookies = str_starts(settings.origin, STR("https://")),
    };
    TRY(web_open(&web_options, &web, err));
    struct http_options http_options = {
        .address = address, .port = (uint16_t)port, .handler = web_handle, .context = web};
    result served = http_server_open(&http_options, &server, err);
    if (served.ok) {
        served = serve(invocation, &desk, server, address, demonstration, err);
    }
    http_server_close(server);
    web_close(web);
    return served;
}
