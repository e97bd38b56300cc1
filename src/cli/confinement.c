#include "cli/confinement.h"

#include "cli/desk.h"
#include "credential/provider.h"
#include "system/confine.h"

#include <stdlib.h>
#include <string.h>

enum { PATHS_MAX = 32 };

static const uint16_t name_service_port = 53;

struct paths {
    struct confine_path items[PATHS_MAX];
    size_t count;
};

static void add(struct paths *paths, const char *path, bool writes)
{
    ASSERT(paths->count < PATHS_MAX);
    paths->items[paths->count++] = (struct confine_path){.path = path, .writes = writes};
}

/* The folder of a file; "." for one that names none. */
static const char *folder_of(const struct invocation *invocation, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return ".";
    }
    const size_t len = slash == path ? 1 : (size_t)(slash - path);
    return arena_copy(invocation->arena, (str){.at = path, .len = len}).at;
}

/* New files are written beside old ones and take their place: so it is folders that are written. */
static void add_written(const struct invocation *invocation, struct paths *paths)
{
    static const enum command_option options[] = {OPTION_KEY, OPTION_SEAL_KEY, OPTION_LOG};
    add(paths, folder_of(invocation, desk_store_path(invocation)), true);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (option_given(invocation, options[i])) {
            add(paths, folder_of(invocation, invocation->options[options[i]].at), true);
        }
    }
    add(paths, "/dev/null", true);
}

static void add_read(const struct invocation *invocation, const struct settings *settings,
                     struct paths *paths)
{
    static const enum command_option options[] = {OPTION_RULEBOOK,  OPTION_RELEASES,
                                                  OPTION_FORECASTS, OPTION_DEFINITIONS,
                                                  OPTION_NOTICES,   OPTION_POLICY};
    /* Each may be a link to somewhere else: a folder holds what it links to no more than others do.
     */
    static const char *const shared[] = {"pages",      "rulebooks", "notices",
                                         "statistics", "data",      "docs/api"};
    static const char *const places[] = {RETURNHUB_ASSETS,
                                         "/usr",
                                         "/lib",
                                         "/etc",
                                         "/run/systemd/resolve",
                                         "/var/cache/fontconfig",
                                         "/proc/self",
                                         "/sys/devices/system/cpu",
                                         "/dev/urandom"};
    add(paths, share_folder(invocation, "").at, false);
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        add(paths, share_folder(invocation, shared[i]).at, false);
    }
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (option_given(invocation, options[i])) {
            add(paths, invocation->options[options[i]].at, false);
        }
    }
    add(paths, arena_copy(invocation->arena, settings->refused_passwords_file).at, false);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        add(paths, places[i], false);
    }
}

result confinement_of_files(const struct invocation *invocation, const struct settings *settings,
                            struct err *err)
{
    struct paths paths = {.count = 0};
    bool confined = false;
    const uint16_t ports[] = {name_service_port, provider_port(settings->sign_on.issuer)};
    add_written(invocation, &paths);
    add_read(invocation, settings, &paths);
    const struct confinement confinement = {
        .paths = paths.items,
        .path_count = paths.count,
        .any_port = option_given(invocation, OPTION_POLICY),
        .ports = ports,
        .port_count = settings->sign_on.issuer.len > 0 ? sizeof ports / sizeof ports[0] : 0};
    /* SQLite's files that are larger than memory: where it may write. */
    setenv("SQLITE_TMPDIR", paths.items[0].path, 1);
    TRY(confine_files(&confinement, &confined, err));
    if (!confined && settings->confinement_required) {
        result_ignore(
            err_set(err, ERROR_STORAGE, "This kernel cannot confine the process to its files"),
            "the hint follows");
        return err_hint(err, "It has no Landlock, and the settings require it.");
    }
    if (!confined) {
        output_message(invocation->output,
                       "This kernel has no Landlock: the process is not confined to its files\n");
    }
    return result_ok();
}

result confinement_of_calls(const struct invocation *invocation, const struct settings *settings,
                            struct err *err)
{
    return confine_calls(
        option_given(invocation, OPTION_POLICY) || settings->sign_on.issuer.len > 0, err);
}
