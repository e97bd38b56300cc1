/* system: the only door to the machine: clock, entropy, files. Everything above takes this struct
 * and can be given a fake one. */
#ifndef RETURNHUB_SYSTEM_SYSTEM_H
#define RETURNHUB_SYSTEM_SYSTEM_H

#include "base/arena.h"
#include "base/date.h"

struct system {
    void *context;
    instant (*now)(void *context);
    /* Fills `size` unpredictable bytes; never fails (the program stops if the kernel cannot). */
    void (*entropy)(void *context, void *bytes, size_t size);
};

/* The real machine. The struct is constant and has no state of its own. */
const struct system *system_machine(void);

/* A fake: the time stands still until moved, and "entropy" is a reproducible sequence from `seed`.
 * The caller owns the fake and moves fake->time itself. */
struct system_fake {
    struct system system;
    instant time;
    uint64_t sequence[4];
};
void system_fake_init(struct system_fake *fake, instant time, uint64_t seed);

static inline instant system_now(const struct system *system)
{
    return system->now(system->context);
}

/* What the user of the machine is called who runs this process, "user 1000" if by nothing else. */
MUST_USE result system_user(struct arena *arena, str *ret_name, struct err *err);

/* What the machine refused of a file, "PATH could not be DOING: why", and what to do about it. */
MUST_USE result system_refused(const char *path, const char *doing, int error_number,
                               struct err *err);

/* Whole file, at most size_max bytes, into the arena. Errors name the file. */
MUST_USE result system_read_file(const char *path, size_t size_max, struct arena *arena,
                                 str *ret_text, struct err *err);
/* The key in a file is for the account that runs the program: ERROR_STORAGE when the group or
 * others may read or change the file. */
MUST_USE result system_check_secret_file(const char *path, struct err *err);
/* Writes to a new file beside `path`, syncs it, renames it over `path` and syncs the folder: the
 * file is the old or the new one; what is not a file stays. `mode`: open(2), 0600 for secrets. */
MUST_USE result system_write_file(const char *path, str text, unsigned mode, struct err *err);
/* The same for a file that is there: its mode stays, and what a link leads to is replaced, not the
 * link. */
MUST_USE result system_replace_file(const char *path, str text, struct err *err);
/* Fails when it cannot be found out, and when what has the name (folder, device) is not a file. */
MUST_USE result system_find_file(const char *path, bool *ret_found, struct err *err);
/* When it was last written. */
MUST_USE result system_file_written_at(const char *path, instant *ret_at, struct err *err);
/* Where being in doubt may count as no. */
bool system_file_exists(const char *path);
/* Do two paths lead to one file that is there? */
bool system_is_same_file(const char *path, const char *other);
/* Names (not paths) in a folder that end in `suffix`, sorted by bytes. */
MUST_USE result system_list_folder(const char *path, str suffix, struct arena *arena,
                                   const str **ret_names, size_t *ret_count, struct err *err);
MUST_USE result system_make_folder(const char *path, unsigned mode,
                                   struct err *err); /* and its parents */

#endif
