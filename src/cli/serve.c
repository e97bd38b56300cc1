#include "casework/adoption.h"
#include "casework/arrivals.h"
#include "cli/desk.h"
#include "cli/running.h"
#include "cli/seal.h"
#include "cli/version.h"
#include "demo/demo.h"
#include "http/http.h"
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

static result serve(const struct invocation *invocation, struct http_server *server,
                    const char *address, bool demonstration, struct err *err)
{
    print_welcome(invocation, address, http_server_port(server), demonstration);
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
    OWN_DESK struct desk desk = {.store = NULL};
    OWN_SEALING_DESK struct sealing_desk sealing = {.log = NULL};
    int64_t port = 0;
    bool demonstration = false;
    struct web *web = NULL;
    struct http_server *server = NULL;
    const char *address = option_given(invocation, OPTION_ADDRESS)
                              ? invocation->options[OPTION_ADDRESS].at
                              : "127.0.0.1";
    *ret_status = 0;
    running_block_interrupts();
    TRY(option_number(invocation, OPTION_PORT, 8080, 0, 65535, &port, err));
    TRY(desk_open(invocation, &desk, err));
    TRY(casework_adopt_rulebook(&desk.casework, err));
    TRY(is_demonstration(&desk, invocation->arena, &demonstration, err));
    TRY(sealing_desk_open(invocation, desk.store, &sealing, err));
    struct web_options web_options = {
        .casework = &desk.casework,
        .log = sealing.log,
        .pages_folder = share_folder(invocation, "pages").at,
        .assets_folder = RETURNHUB_ASSETS,
        .arrivals_file = share_folder(invocation, ARRIVALS_FILE).at,
        .demonstration = demonstration,
    };
    TRY(web_open(&web_options, &web, err));
    struct http_options http_options = {
        .address = address, .port = (uint16_t)port, .handler = web_handle, .context = web};
    result served = http_server_open(&http_options, &server, err);
    if (served.ok) {
        served = serve(invocation, server, address, demonstration, err);
    }
    http_server_close(server);
    web_close(web);
    return served;
}
