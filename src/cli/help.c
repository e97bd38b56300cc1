#include "cli/help.h"

#include <stdio.h>
#include <string.h>

static const struct exit_row {
    int status;
    const char *meaning;
} exit_rows[] = {
    {0, "Done; the answer is yes."},
    {1,
     "The answer is no: the law does not allow the step, an example does not hold, rows differ."},
    {2, "The command was not understood."},
    {3, "A value given is not acceptable."},
    {4, "There is no such thing, or not for this account."},
    {5, "Somebody else changed it first, or it is not in a state that allows this."},
    {6, "This account may not do this."},
    {7, "The store could not be read or written."},
    {8, "A stated limit was reached."},
    {70, "A defect in returnhub."},
    {130, "Interrupted; it was said what is done, and what is not."},
    {EXIT_READER_GONE, "Whoever read the output had closed it; the command was carried out."},
};

/* `column` 0: at the beginning of a line; `indent`: where the text begins, on one that stands. */
static void put_wrapped(struct buf *buf, const char *text, size_t indent, size_t column)
{
    enum { WIDTH = 78 };
    bool begun = column == 0;
    str rest = str_from_c(text);
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && rest.at[end] != ' ' && rest.at[end] != '\n') {
            end++;
        }
        if (column == 0) {
            buf_format(buf, "%*s", (int)indent, "");
            column = indent;
        } else if (begun && column + 1 + end > WIDTH) {
            buf_format(buf, "\n%*s", (int)indent, "");
            column = indent;
        } else if (begun) {
            buf_put_char(buf, ' ');
            column++;
        }
        buf_put(buf, str_slice(rest, 0, end));
        column += end;
        begun = true;
        while (end < rest.len && (rest.at[end] == ' ' || rest.at[end] == '\n')) {
            if (rest.at[end] == '\n') {
                buf_put_char(buf, '\n');
                column = 0;
            }
            end++;
        }
        rest = str_slice(rest, end, rest.len);
    }
    buf_put_char(buf, '\n');
}

static void put_options(struct buf *buf, const struct command *command)
{
    enum { LEFT = 26, INDENT = LEFT + 3 };
    for (size_t i = 0; i < command->option_count; i++) {
        const char *argument = option_argument(command->options[i]);
        char left[64] = "";
        snprintf(left, sizeof left, "--%s%s%s", option_name(command->options[i]),
                 argument == NULL ? "" : " ", argument == NULL ? "" : argument);
        if (strlen(left) > LEFT) { /* beside it there is no room */
            buf_format(buf, "  %s\n%*s", left, INDENT, "");
        } else {
            buf_format(buf, "  %-*s ", LEFT, left);
        }
        put_wrapped(buf, option_what(command->options[i]), INDENT, INDENT);
    }
}

/* Beside what stands on the left, in a column of its own. */
static void put_summary(struct buf *buf, const struct command *command)
{
    enum { LEFT = 26, INDENT = LEFT + 3 };
    buf_format(buf, "  %-*s ", LEFT, command->name);
    put_wrapped(buf, command->summary, INDENT, INDENT);
}

void help_overview(struct buf *buf)
{
    enum { STATUS_INDENT = 7 };
    buf_put_c(buf, "returnhub: the accountable register of asylum returns and return hubs\n\n"
                   "Usage: returnhub COMMAND [ARGUMENTS] [OPTIONS]\n"
                   "       returnhub COMMAND --help, or -h\n\nCommands:\n");
    for (size_t i = 0; i < command_count; i++) {
        put_summary(buf, &commands[i]);
    }
    buf_put_c(buf, "\nExit statuses:\n");
    for (size_t i = 0; i < sizeof exit_rows / sizeof exit_rows[0]; i++) {
        buf_format(buf, "  %3d  ", exit_rows[i].status);
        put_wrapped(buf, exit_rows[i].meaning, STATUS_INDENT, STATUS_INDENT);
    }
}

void help_group(str group, struct buf *buf)
{
    buf_format(buf, "Usage: returnhub %.*s COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n",
               STR_ARG(group));
    for (size_t i = 0; i < command_count; i++) {
        if (str_equal(str_cut(str_from_c(commands[i].name), ' ').head, group)) {
            put_summary(buf, &commands[i]);
        }
    }
    buf_put_c(buf, "\nreturnhub COMMAND --help says what one of them does and takes.\n");
}

void help_command(const struct command *command, struct buf *buf)
{
    enum { BEGIN = 7, INDENT = 11 };
    char usage[256];
    buf_format(buf, "%s\n\nUsage: ", command->summary);
    snprintf(usage, sizeof usage, "returnhub %s%s%s [OPTIONS]", command->name,
             command->arguments[0] == '\0' ? "" : " ", command->arguments);
    put_wrapped(buf, usage, INDENT, BEGIN);
    buf_put_char(buf, '\n');
    put_wrapped(buf, command->description, 0, 0);
    buf_put_c(buf, "\nOptions:\n");
    put_options(buf, command);
}

/* Escapes what roff would read as its own: a leading dot or quote, backslashes, hyphens of options.
 */
static void put_roff(struct buf *buf, const char *text)
{
    bool line_start = true;
    for (const char *c = text; *c != '\0'; c++) {
        if (line_start && (*c == '.' || *c == '\'')) {
            buf_put_c(buf, "\\&");
        }
        if (c[0] == '\n' && c[1] == '\n') {
            buf_put_c(buf, "\n.PP\n");
            c++;
            line_start = true;
            continue;
        }
        if (*c == '\\' || *c == '-') {
            buf_put_char(buf, '\\');
        }
        buf_put_char(buf, *c);
        line_start = *c == '\n';
    }
}

void help_manual(struct buf *buf)
{
    buf_put_c(
        buf,
        ".TH RETURNHUB 1 2026-11-23 \"returnhub\" \"User commands\"\n.SH NAME\nreturnhub \\- the "
        "accountable register of asylum returns and return hubs\n.SH SYNOPSIS\n"
        ".B returnhub\n.I COMMAND\n[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n.SH COMMANDS\n");
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];
        buf_put_c(buf, ".SS \"returnhub ");
        put_roff(buf, command->name);
        buf_format(buf, "%s", command->arguments[0] == '\0' ? "" : " ");
        put_roff(buf, command->arguments);
        buf_put_c(buf, "\"\n");
        put_roff(buf, command->summary);
        buf_put_c(buf, ".\n.PP\n");
        put_roff(buf, command->description);
        buf_put_char(buf, '\n');
        for (size_t j = 0; j < command->option_count; j++) {
            const char *argument = option_argument(command->options[j]);
            buf_put_c(buf, ".TP\n\\fB\\-\\-");
            put_roff(buf, option_name(command->options[j]));
            buf_put_c(buf, "\\fR ");
            if (argument != NULL) {
                buf_put_c(buf, "\\fI");
                put_roff(buf, argument);
                buf_put_c(buf, "\\fR");
            }
            buf_put_char(buf, '\n');
            put_roff(buf, option_what(command->options[j]));
            buf_put_char(buf, '\n');
        }
    }
    buf_put_c(buf, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exit_rows / sizeof exit_rows[0]; i++) {
        buf_format(buf, ".TP\n%d\n", exit_rows[i].status);
        put_roff(buf, exit_rows[i].meaning);
        buf_put_char(buf, '\n');
    }
    buf_put_c(buf, ".SH ENVIRONMENT\n.TP\nRETURNHUB_STORE\nThe register that commands open.\n"
                   ".TP\nRETURNHUB_ACCOUNT\nThe account that acts.\n"
                   ".TP\nRETURNHUB_SHARE\nWhere rulebooks, pages and data are.\n");
}
