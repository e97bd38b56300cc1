#include "cli/command.h"
#include "cli/help.h"
#include "cli/interruption.h"
#include "cli/options.h"
#include "cli/version.h"
#include "forecast/ranks.h"

#include <signal.h>
#include <unistd.h>

enum { RUN_ARENA_BYTES = 1024 * 1024 * 1024 };

static result print_help(const struct invocation *invocation, str group, struct err *err)
{
    struct buf buf;
    str text;
    buf_init(&buf, invocation->arena, 1024 * 1024);
    if (group.len > 0) {
        help_group(group, &buf);
    } else if (invocation->command == NULL) {
        help_overview(&buf);
    } else {
        help_command(invocation->command, &buf);
    }
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}

static result run(int argc, char **argv, struct invocation *invocation, int *ret_status,
                  struct err *err)
{
    struct asked_for asked;
    struct interruption *interruption = ARENA_NEW(invocation->arena, struct interruption, 1);
    if (interruption == NULL) {
        return arena_full(err);
    }
    TRY(options_read(argc, argv, invocation->arena, invocation, &asked, err));
    if (asked.version) {
        output_text(invocation->output, STR("returnhub " RETURNHUB_VERSION "\n"));
    } else if (asked.help) {
        TRY(print_help(invocation, asked.group, err));
    } else {
        if (option_given(invocation, OPTION_FORMAT)) {
            TRY(output_format_read(invocation->options[OPTION_FORMAT], &invocation->output->format,
                                   err));
        }
        interruption->output = invocation->output;
        interruption->meaning = invocation->command->interrupted;
        if (interruption->meaning != NULL) {
            interruption_await(interruption);
        }
        TRY(invocation->command->run(invocation, ret_status, err));
    }
    return output_finish(invocation->output, err);
}

int main(int argc, char **argv)
{
    struct arena arena = {.begin = NULL};
    struct err err = {.code = ERROR_NONE};
    struct output output = {
        .stream = stdout, .messages = stderr, .terminal = isatty(STDERR_FILENO) == 1};
    struct invocation invocation = {.arena = &arena, .output = &output};
    int status = 0;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is told like a full disk */
    result outcome = arena_open(&arena, RUN_ARENA_BYTES, &err);
    if (outcome.ok) {
        outcome = ranks_begin(&err);
    }
    if (outcome.ok) {
        outcome = run(argc, argv, &invocation, &status, &err);
    }
    if (!outcome.ok) {
        result_ignore(output_finish(&output, NULL), "the first failure is the one to report");
        output_error(&output, &err);
        status = error_exit_status(err.code);
    } else if (output.reader_gone) {
        status = EXIT_READER_GONE;
    }
    arena_close(&arena);
    ranks_end(outcome.ok);
    return status;
}
