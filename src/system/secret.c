#include "system/secret.h"

#include "system/system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { END_OF_TEXT = 3 /* what an interrupt is while signals wait */ };

static str first_line(str text)
{
    const str line = str_cut(text, '\n').head;
    return line.len > 0 && line.at[line.len - 1] == '\r' ? str_slice(line, 0, line.len - 1) : line;
}

static bool put(int terminal, const char *text)
{
    const size_t len = strlen(text);
    return write(terminal, text, len) == (ssize_t)len;
}

/* Byte after byte, so that nothing beyond the line is taken. */
static result read_line(int terminal, char line[SECRET_BYTES_MAX], size_t *ret_len, struct err *err)
{
    size_t len = 0;
    for (;;) {
        char c = '\0';
        const ssize_t got = read(terminal, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set(err, ERROR_STORAGE, "The terminal could not be read: %s",
                           strerrordesc_np(errno));
        }
        if (c == END_OF_TEXT) {
            return err_set(err, ERROR_USAGE, "Nothing was typed to the end; nothing is changed");
        }
        if (got == 0 || c == '\n') {
            *ret_len = len;
            return result_ok();
        }
        if (len == SECRET_BYTES_MAX) {
            return err_set(err, ERROR_INPUT, "What was typed is longer than %d bytes",
                           SECRET_BYTES_MAX);
        }
        line[len++] = c;
    }
}

static void wipe(char *bytes, size_t size)
{
    explicit_bzero(bytes, size);
}

/* Signals wait while nothing is shown: an interrupt would leave the terminal silent. */
static result ask_silently(int terminal, const char *prompt, char line[SECRET_BYTES_MAX],
                           size_t *ret_len, struct err *err)
{
    struct termios shown;
    if (tcgetattr(terminal, &shown) != 0) {
        return err_set(err, ERROR_USAGE, "The terminal cannot be kept from showing what is typed");
    }
    struct termios silent = shown;
    silent.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ISIG);
    if (tcsetattr(terminal, TCSAFLUSH, &silent) != 0) {
        return err_set(err, ERROR_USAGE, "The terminal cannot be kept from showing what is typed");
    }
    /* Nobody is asked before the terminal is silent: what is typed at once would be shown, or lost.
     */
    const result read = put(terminal, prompt)
                            ? read_line(terminal, line, ret_len, err)
                            : err_set(err, ERROR_STORAGE, "The terminal cannot be written to");
    const bool restored = tcsetattr(terminal, TCSAFLUSH, &shown) == 0 && put(terminal, "\n");
    TRY(read);
    return restored ? result_ok()
                    : err_set(err, ERROR_STORAGE, "The terminal could not be put back as it was");
}

result secret_ask(const char *prompt, struct arena *arena, str *ret_secret, struct err *err)
{
    char line[SECRET_BYTES_MAX];
    size_t len = 0;
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) {
        return err_set(err, ERROR_USAGE, "There is no terminal at which to ask");
    }
    const result asked = ask_silently(terminal, prompt, line, &len, err);
    close(terminal);
    const str secret =
        asked.ok ? arena_copy(arena, first_line((str){.at = line, .len = len})) : STR("");
    wipe(line, sizeof line);
    TRY(asked);
    if (secret.at == NULL) {
        return arena_full(err);
    }
    *ret_secret = secret;
    return result_ok();
}

result secret_read(const char *path, struct arena *arena, str *ret_secret, struct err *err)
{
    str text;
    TRY(system_read_file(path, SECRET_BYTES_MAX, arena, &text, err));
    *ret_secret = first_line(text);
    return result_ok();
}
