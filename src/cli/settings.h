/* settings: what a site sets once, in a file: the address under which people reach the desk, how
 * long sessions last, at which provider they sign on, which passwords are refused, which proxy is
 * believed, where what happens at the doors is told, and whether the process must be confined.
 *
 *     [web]
 *     origin = https://desk.example
 *     [sessions]
 *     idle_minutes = 15
 *
 * One key a line; `#` begins a line that is not read. A section or a key that is not known, or
 * given twice, is an error with its line: a setting that is misspelt must not be a setting that is
 * not made. */
#ifndef RETURNHUB_CLI_SETTINGS_H
#define RETURNHUB_CLI_SETTINGS_H

#include "casework/refused_passwords.h"
#include "cli/command.h"
#include "web/pace.h"

enum { SETTINGS_BYTES_MAX = 64 * 1024 };

struct settings {
    str origin; /* "https://desk.example", no slash at its end; "" when it is not set */
    str proxy;  /* its address in numbers; "": no header of an intermediary is believed */
    struct session_limits sessions;
    struct {
        str issuer; /* "" : nobody signs on at a provider */
        str client_id;
        str client_secret_file; /* "": the client has none */
        str scopes;
        str title; /* as the button calls the provider */
        str acr;
        bool their_second_factor;
    } sign_on;
    bool second_factor_required; /* in a demonstration it is not, whatever is set */
    str refused_passwords_file;  /* the one that comes with the program unless it is set */
    str security_log;            /* system/security_log.h: a socket, stderr or none */
    struct pace_limits pace;     /* as the text says: see settings_pace */
    bool old_signatures;       /* RSA with PKCS#1 v1.5 of passkeys and of the provider, too: unless
                                  refused */
    bool confinement_required; /* do not serve where the kernel cannot confine the process */
};

/* With the defaults where the text says nothing. `name` is of the file, for errors. */
MUST_USE result settings_read(str text, const char *name, struct settings *ret_settings,
                              struct err *err);
/* Those of --settings; what every setting is unless it is set, where there is none. */
MUST_USE result settings_of(const struct invocation *invocation, struct settings *ret_settings,
                            struct err *err);
/* What is usual where the text says nothing; in a demonstration, in which nobody exists, there is
 * no limit then. */
struct pace_limits settings_pace(const struct settings *settings, bool demonstration);
/* Opens the list of refused passwords and gives it to casework. */
MUST_USE result settings_refuse_passwords(const struct invocation *invocation,
                                          const struct settings *settings,
                                          struct refused_passwords *list,
                                          const struct casework *casework, struct err *err);

#endif
