#include "cli/options.h"

#include <string.h>

static const struct option_row {
    const char *name;
    const char *argument;
    const char *what;
} option_rows[] = {
#define OPTION(constant, name, argument, what) [constant] = {name, argument, what},
    COMMAND_OPTIONS
#undef OPTION
};

const char *option_name(enum command_option option)
{
    return option_rows[option].name;
}

const char *option_argument(enum command_option option)
{
    return option_rows[option].argument;
}

const char *option_what(enum command_option option)
{
    return option_rows[option].what;
}

result option_date(const struct invocation *invocation, enum command_option option, date otherwise,
                   date *ret_date, struct err *err)
{
    if (!option_given(invocation, option)) {
        *ret_date = otherwise;
        return result_ok();
    }
    return date_parse(invocation->options[option], ret_date, err);
}

result option_format(const struct invocation *invocation, enum command_option option,
                     const char *const *names, size_t count, const char *hint, size_t *ret_index,
                     struct err *err)
{
    *ret_index = 0;
    if (!option_given(invocation, option)) {
        return result_ok();
    }
    const str asked = invocation->options[option];
    for (size_t i = 0; i < count; i++) {
        if (str_equal(asked, str_from_c(names[i]))) {
            *ret_index = i;
            return result_ok();
        }
    }
    result_ignore(err_set(err, ERROR_USAGE, "There is no format \"%.*s\"", STR_ARG(asked)),
                  "the hint follows");
    return err_hint(err, "%s", hint);
}

result option_number(const struct invocation *invocation, enum command_option option,
                     int64_t otherwise, int64_t least, int64_t most, int64_t *ret_number,
                     struct err *err)
{
    int64_t number = otherwise;
    if (option_given(invocation, option)) {
        TRY(str_to_int64(invocation->options[option], &number, err));
    }
    if (number < least || number > most) {
        return err_set(err, ERROR_INPUT, "--%s must be from %lld to %lld", option_name(option),
                       (long long)least, (long long)most);
    }
    *ret_number = number;
    return result_ok();
}

/* The row whose one or two words begin argv; the number of words it takes. */
static const struct command *find_command(int argc, char **argv, int *ret_words)
{
    for (size_t i = 0; i < command_count; i++) {
        struct str_cut words = str_cut(str_from_c(commands[i].name), ' ');
        if (argc < 2 || !str_equal(str_from_c(argv[1]), words.head)) {
            continue;
        }
        if (!words.found) {
            *ret_words = 1;
            return &commands[i];
        }
        if (argc > 2 && str_equal(str_from_c(argv[2]), words.tail)) {
            *ret_words = 2;
            return &commands[i];
        }
    }
    return NULL;
}

static bool is_group(str word)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct str_cut words = str_cut(str_from_c(commands[i].name), ' ');
        if (words.found && str_equal(words.head, word)) {
            return true;
        }
    }
    return false;
}

static result unknown_command(int argc, char **argv, struct arena *arena, struct err *err)
{
    str typed = argc > 2 && argv[2][0] != '-' ? arena_format(arena, "%s %s", argv[1], argv[2])
                                              : str_from_c(argv[1]);
    struct str_nearest nearest = str_nearest_to(typed);
    str first_of_group = STR("");
    for (size_t i = 0; i < command_count; i++) {
        const str name = str_from_c(commands[i].name);
        str_nearest_look(&nearest, name);
        if (first_of_group.len == 0 && str_equal(str_cut(name, ' ').head, str_from_c(argv[1]))) {
            first_of_group = name;
        }
    }
    const str meant = nearest.name.len > 0 ? nearest.name : first_of_group;
    result_ignore(err_set(err, ERROR_USAGE, "There is no command \"%.*s\"", STR_ARG(typed)),
                  "the hint follows");
    if (argc == 2 && is_group(str_from_c(argv[1]))) {
        return err_hint(err, "returnhub %s --help lists the commands that begin so", argv[1]);
    }
    if (typed.len > 0 && typed.at[0] == '-') {
        return err_hint(err, "the command comes first, then its options; returnhub --help lists "
                             "the commands");
    }
    return meant.len == 0
               ? err_hint(err, "returnhub --help lists the commands")
               : err_hint(err, "did you mean \"returnhub %.*s\"? returnhub --help lists all",
                          STR_ARG(meant));
}

/* The option of that name which the command takes, or OPTION_COUNT. */
static enum command_option find_option(const struct command *command, str name)
{
    for (size_t i = 0; i < command->option_count; i++) {
        if (str_equal(name, str_from_c(option_name(command->options[i])))) {
            return command->options[i];
        }
    }
    return OPTION_COUNT;
}

/* argv[*at] is an option; takes its value too. */
static result read_option(int argc, char **argv, int *at, struct invocation *invocation,
                          struct err *err)
{
    struct str_cut parts = str_cut(str_from_c(argv[*at] + 2), '=');
    enum command_option option = find_option(invocation->command, parts.head);
    if (option == OPTION_COUNT) {
        result_ignore(err_set(err, ERROR_USAGE, "\"returnhub %s\" has no option --%.*s",
                              invocation->command->name, STR_ARG(parts.head)),
                      "the hint follows");
        return err_hint(err, "returnhub %s --help lists its options", invocation->command->name);
    }
    if (option_given(invocation, option)) {
        return err_set(err, ERROR_USAGE, "--%.*s is given twice", STR_ARG(parts.head));
    }
    if (option_rows[option].argument == NULL) {
        if (parts.found) {
            return err_set(err, ERROR_USAGE, "--%.*s takes no value", STR_ARG(parts.head));
        }
        invocation->options[option] = STR("yes");
    } else if (parts.found) {
        invocation->options[option] = parts.tail;
    } else if (*at + 1 < argc) {
        *at += 1;
        invocation->options[option] = str_from_c(argv[*at]);
    } else {
        return err_set(err, ERROR_USAGE, "--%.*s needs a value: %s", STR_ARG(parts.head),
                       option_rows[option].argument);
    }
    if (!str_is_utf8(invocation->options[option])) {
        return err_set(err, ERROR_USAGE, "The value of --%.*s is not UTF-8", STR_ARG(parts.head));
    }
    return result_ok();
}

static result read_argument(const char *text, struct invocation *invocation, struct err *err)
{
    const struct command *command = invocation->command;
    str argument = str_from_c(text);
    if (invocation->argument_count >= command->argument_max) {
        result_ignore(
            err_set(err, ERROR_USAGE, "\"returnhub %s\" does not take \"%s\"", command->name, text),
            "the hint follows");
        return err_hint(err, "usage: returnhub %s %s", command->name, command->arguments);
    }
    if (!str_is_utf8(argument)) {
        result_ignore(
            err_set(err, ERROR_USAGE, "Argument %zu is not UTF-8", invocation->argument_count + 1),
            "the hint returns the failure");
        return err_hint(err, "The terminal writes in another encoding: try LC_ALL=C.UTF-8.");
    }
    invocation->arguments[invocation->argument_count++] = argument;
    return result_ok();
}

/* The one option that has a short form: who looks for help tries it first. */
static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* What stands after `help`: a command, or the word with which some begin. */
static result read_help(int argc, char **argv, struct arena *arena,
                        struct invocation *ret_invocation, struct asked_for *ret_asked,
                        struct err *err)
{
    int words = 0;
    const struct command *command = find_command(argc, argv, &words);
    const bool group = command == NULL && argc == 2 && is_group(str_from_c(argv[1]));
    if (!group && command == NULL) {
        return unknown_command(argc, argv, arena, err);
    }
    ret_invocation->command = command;
    *ret_asked = (struct asked_for){.help = true, .group = group ? str_from_c(argv[1]) : STR("")};
    return result_ok();
}

result options_read(int argc, char **argv, struct arena *arena, struct invocation *ret_invocation,
                    struct asked_for *ret_asked, struct err *err)
{
    *ret_asked = (struct asked_for){.help = false};
    int words = 0;
    const bool asks = argc > 1 && (asks_for_help(argv[1]) || strcmp(argv[1], "help") == 0);
    if (argc < 2 || (asks && argc == 2)) {
        ret_asked->help = true;
        return result_ok();
    }
    if (asks) {
        return read_help(argc - 1, argv + 1, arena, ret_invocation, ret_asked, err);
    }
    if (strcmp(argv[1], "--version") == 0) {
        ret_asked->version = true;
        return result_ok();
    }
    const struct command *command = find_command(argc, argv, &words);
    if (command == NULL && argc == 3 && asks_for_help(argv[2])) {
        return read_help(argc - 1, argv, arena, ret_invocation, ret_asked, err);
    }
    if (command == NULL) {
        return unknown_command(argc, argv, arena, err);
    }
    ret_invocation->command = command;
    bool options_ended = false;
    for (int i = 1 + words; i < argc; i++) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
        } else if (!options_ended && strcmp(argv[i], "-h") == 0) {
            ret_invocation->options[OPTION_HELP] = STR("yes");
        } else if (!options_ended && strncmp(argv[i], "--", 2) == 0) {
            TRY(read_option(argc, argv, &i, ret_invocation, err));
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            return err_set(err, ERROR_USAGE,
                           "Options are written in full, with two hyphens: \"%s\"", argv[i]);
        } else {
            TRY(read_argument(argv[i], ret_invocation, err));
        }
    }
    ret_asked->help = option_given(ret_invocation, OPTION_HELP);
    if (!ret_asked->help && ret_invocation->argument_count < command->argument_min) {
        result_ignore(err_set(err, ERROR_USAGE, "\"returnhub %s\" needs %s", command->name,
                              command->arguments),
                      "the hint follows");
        return err_hint(err, "returnhub %s --help says what it does", command->name);
    }
    return result_ok();
}
