/* Both sides of witnessing: asking the witnesses of our log, and being one of other logs. */
#include "cli/desk.h"
#include "cli/running.h"
#include "cli/seal.h"
#include "http/fetch.h"
#include "http/http.h"
#include "log/witness.h"

#include <stdio.h>

static const char add_checkpoint[] = "/add-checkpoint";

result read_policy(const struct invocation *invocation, const struct policy **ret_policy,
                   struct err *err)
{
    const char *path = invocation->options[OPTION_POLICY].at;
    str text;
    *ret_policy = NULL;
    if (path == NULL) {
        return result_ok();
    }
    struct policy *policy = ARENA_NEW(invocation->arena, struct policy, 1);
    if (policy == NULL) {
        return arena_full(err);
    }
    TRY(system_read_file(path, POLICY_TEXT_MAX, invocation->arena, &text, err));
    const result read = policy_read(text, invocation->arena, policy, err);
    *ret_policy = policy;
    return read.ok ? read : err_at(err, path, 0, 0);
}

/* --- asking --- */

static void fill(struct fetch *fetch, const struct cosigning_post *post, struct arena *arena)
{
    const size_t len = str_from_c(post->url).len;
    const bool slash = len > 0 && post->url[len - 1] == '/';
    const str url =
        arena_format(arena, "%s%s", post->url, slash ? add_checkpoint + 1 : add_checkpoint);
    *fetch = (struct fetch){.url = url.at == NULL ? "" : url.at,
                            .content_type = "text/plain; charset=utf-8",
                            .body = post->body};
}

static void send_over_network(struct cosigning_post *posts, size_t count, int64_t ms_max,
                              const atomic_bool *stop, struct arena *arena)
{
    struct fetch *fetches = ARENA_NEW(arena, struct fetch, count + 1);
    ASSERT(fetches != NULL);
    for (size_t i = 0; i < count; i++) {
        fill(&fetches[i], &posts[i], arena);
    }
    fetch_all(fetches, count, ms_max, stop, arena);
    for (size_t i = 0; i < count; i++) {
        posts[i].status = fetches[i].status;
        posts[i].answer = fetches[i].answer;
        snprintf(posts[i].why, sizeof posts[i].why, "%s", fetches[i].why);
    }
}

result cosigning_desk_open(struct log *log, const struct policy *policy,
                           struct cosigning **ret_cosigning, struct err *err)
{
    const struct cosigning_options options = {
        .log = log, .policy = policy, .system = system_machine(), .send = send_over_network};
    TRY(fetch_init(err));
    return cosigning_open(&options, ret_cosigning, err);
}

/* --- being one --- */

static void answer_request(void *context, const struct http_request *request,
                           struct http_response *response)
{
    struct witness_answer answer = {.status = 404,
                                    .content_type = STR("text/plain; charset=utf-8"),
                                    .text = STR("Not found\n")};
    const struct str_cut shown = str_cut(str_slice(request->path, 1, request->path.len), '/');
    if (str_equal(request->path, str_from_c(add_checkpoint))) {
        answer.status = 405;
        answer.text = STR("Only POST\n");
        if (request->method == HTTP_POST) {
            witness_answer(context, request->body, request->arena, &answer);
        }
    } else if (request->method == HTTP_GET && str_equal(shown.tail, STR("checkpoint"))) {
        witness_show(context, shown.head, request->arena, &answer);
    }
    response->status = answer.status;
    response->content_type = answer.content_type;
    response->body = answer.text;
    http_header_set(response, STR("Cache-Control"), STR("no-store"));
}

static result serve_witness(const struct invocation *invocation, struct http_server *server,
                            const char *address, struct err *err)
{
    output_text(invocation->output, arena_format(invocation->arena, "Witnessing on http://%s:%u\n",
                                                 address, (unsigned)http_server_port(server)));
    TRY(output_finish(invocation->output, err));
    return running_serve(server, err);
}

static result open_witness(const struct invocation *invocation, struct witness **ret_witness,
                           struct err *err)
{
    struct witness_options options = {.key_path = invocation->options[OPTION_SEAL_KEY].at,
                                      .system = system_machine()};
    if (!option_given(invocation, OPTION_SEAL_KEY) || !option_given(invocation, OPTION_POLICY)) {
        result_ignore(err_set(err, ERROR_INPUT, "A witness needs --seal-key and --policy"),
                      "the hint follows");
        return err_hint(err, "The policy has a line \"log PUBLIC-KEY\" for each log.");
    }
    TRY(read_policy(invocation, &options.policy, err));
    const str folder = arena_format(invocation->arena, "%s.seen", options.key_path);
    options.folder =
        option_given(invocation, OPTION_SEEN) ? invocation->options[OPTION_SEEN].at : folder.at;
    return options.folder == NULL ? arena_full(err) : witness_open(&options, ret_witness, err);
}

result command_seal_witness(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct witness *witness = NULL;
    struct http_server *server = NULL;
    int64_t port = 0;
    const char *address = option_given(invocation, OPTION_ADDRESS)
                              ? invocation->options[OPTION_ADDRESS].at
                              : "127.0.0.1";
    *ret_status = 0;
    running_block_interrupts();
    TRY(option_number(invocation, OPTION_PORT, 8080, 0, 65535, &port, err));
    TRY(open_witness(invocation, &witness, err));
    const struct http_options options = {.address = address,
                                         .port = (uint16_t)port,
                                         .handler = answer_request,
                                         .context = witness,
                                         .worker_count = 4};
    result served = http_server_open(&options, &server, err);
    served = served.ok ? serve_witness(invocation, server, address, err) : served;
    http_server_close(server);
    witness_close(witness);
    return served;
}
