/* settings: what a site sets once, in a file: the address under which people reach the desk, how
 * long sessions last, at which provider they sign on, and whether the process must be confined.
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

#include "casework/casework.h"

enum { SETTINGS_BYTES_MAX = 64 * 1024 };

struct settings {
    str origin; /* "https://desk.example", no slash at its end; "" when it is not set */
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
    bool confinement_required; /* do not serve where the kernel cannot confine the process */
};

/* With the defaults where the text says nothing. `name` is of the file, for errors. */
MUST_USE result settings_read(str text, const char *name, struct settings *ret_settings,
                              struct err *err);
/* What every setting is unless it is set. */
struct settings settings_default(void);

#endif
