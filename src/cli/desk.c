#include "cli/desk.h"

#include "casework/adoption.h"
#include "cli/departure.h"
#include "cli/seal.h"
#include "cli/version.h"
#include "format/json.h"
#include "web/resource_seal.h"

#include <stdlib.h>

enum { RULEBOOK_ARENA_BYTES = 512 * 1024 * 1024, MESSAGES_BYTES_MAX = 4 * 1024 * 1024 };

str share_folder(const struct invocation *invocation, const char *folder)
{
    const char *share = getenv("RETURNHUB_SHARE");
    return arena_format(invocation->arena, "%s/%s", share == NULL ? RETURNHUB_SHARE : share,
                        folder);
}

static str named_rulebook_folder(const struct invocation *invocation, str name)
{
    return share_folder(invocation,
                        arena_format(invocation->arena, "rulebooks/%.*s", STR_ARG(name)).at);
}

str desk_rulebook_folder(const struct invocation *invocation)
{
    if (option_given(invocation, OPTION_RULEBOOK)) {
        return invocation->options[OPTION_RULEBOOK];
    }
    return named_rulebook_folder(invocation, STR(RETURNHUB_LAW));
}

/* The same for a register, which is kept under the law that it began with. */
static result find_rulebook_folder(const struct invocation *invocation, struct store *store,
                                   str *ret_folder, struct err *err)
{
    str law = STR("");
    TRY(casework_law(store, invocation->arena, &law, err));
    *ret_folder = law.len == 0 || option_given(invocation, OPTION_RULEBOOK)
                      ? desk_rulebook_folder(invocation)
                      : named_rulebook_folder(invocation, law);
    return result_ok();
}

static result read_rulebook_files(str folder, struct arena *perm,
                                  const struct rulebook_file **ret_files, size_t *ret_count,
                                  struct err *err)
{
    const str *names = NULL;
    size_t count = 0;
    str path = arena_copy(perm, folder);
    TRY(system_list_folder(path.at, STR(".rules"), perm, &names, &count, err));
    if (count == 0) {
        result_ignore(
            err_set(err, ERROR_NOT_FOUND, "There is no rulebook in %.*s", STR_ARG(folder)),
            "the hint follows");
        return err_hint(err, "a rulebook is a folder of files that end in .rules");
    }
    struct rulebook_file *files = ARENA_NEW(perm, struct rulebook_file, count);
    if (files == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        files[i].name = arena_format(perm, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        if (files[i].name.at == NULL) {
            return arena_full(err);
        }
        TRY(system_read_file(files[i].name.at, RULEBOOK_FILE_BYTES_MAX, perm, &files[i].text, err));
    }
    *ret_files = files;
    *ret_count = count;
    return result_ok();
}

static void print_errors(struct output *output, const struct diagnostics *diagnostics,
                         struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, MESSAGES_BYTES_MAX);
    for (size_t i = 0; i < diagnostics->count; i++) {
        if (diagnostics->items[i].severity == SEVERITY_ERROR) {
            diagnostic_format(&diagnostics->items[i], &buf);
            buf_put_char(&buf, '\n');
        }
    }
    output_message(output, "%.*s", STR_ARG(buf_str(&buf)));
}

result desk_read_rulebook(str folder, struct arena *perm, const struct rulebook **ret_rulebook,
                          struct diagnostics *diagnostics, struct err *err)
{
    const struct rulebook_file *files = NULL;
    size_t count = 0;
    struct arena scratch;
    TRY(read_rulebook_files(folder, perm, &files, &count, err));
    TRY(arena_open(&scratch, RULEBOOK_ARENA_BYTES, err));
    result loaded = rulebook_load(files, count, perm, scratch, ret_rulebook, diagnostics, err);
    arena_close(&scratch);
    return loaded;
}

result desk_load_rulebook(const struct invocation *invocation, str folder, struct arena *perm,
                          const struct rulebook **ret_rulebook, struct err *err)
{
    struct diagnostics diagnostics;
    TRY(diagnostics_init(&diagnostics, invocation->arena, err));
    result loaded = desk_read_rulebook(folder, perm, ret_rulebook, &diagnostics, err);
    if (!loaded.ok) {
        print_errors(invocation->output, &diagnostics, invocation->arena);
    }
    return loaded;
}

static result store_location(const struct invocation *invocation, struct store_options *ret_options)
{
    const char *environment = getenv("RETURNHUB_STORE");
    *ret_options = (struct store_options){
        .path = option_given(invocation, OPTION_STORE) ? invocation->options[OPTION_STORE].at
                : environment != NULL                  ? environment
                                                       : "var/register.db",
        .key_path =
            option_given(invocation, OPTION_KEY) ? invocation->options[OPTION_KEY].at : NULL,
        .system = system_machine(),
    };
    return result_ok();
}

const char *desk_store_path(const struct invocation *invocation)
{
    struct store_options options;
    result_ignore(store_location(invocation, &options), "it cannot fail");
    return options.path;
}

bool desk_store_exists(const struct invocation *invocation)
{
    struct store_options options;
    return store_location(invocation, &options).ok && system_file_exists(options.path);
}

static void draw_upgrade(void *context, int64_t done, int64_t all)
{
    struct progress *progress = context;
    if (progress->last_percent < 0) {
        output_message(progress->output,
                       "An older returnhub wrote this store. Its rows are made anew from its %lld "
                       "%s, once; this may take some minutes for a large register.\n",
                       (long long)all, str_noun(all, "event", "events"));
        progress->last_percent = 0;
    }
    progress_draw(context, done, all);
}

result desk_open_store(const struct invocation *invocation, bool create, struct store **ret_store,
                       struct err *err)
{
    struct store_options options;
    struct progress progress = {
        .output = invocation->output, .doing = "Making rows", .last_percent = -1};
    TRY(store_location(invocation, &options));
    options.create = create;
    options.progress = draw_upgrade;
    options.progress_context = &progress;
    const result opened = store_open(&options, ret_store, err);
    progress_end(&progress);
    return opened;
}

result desk_open_store_or_begin(const struct invocation *invocation, struct desk *ret_desk,
                                struct err *err)
{
    *ret_desk = (struct desk){.made = !desk_store_exists(invocation)};
    return desk_open_store(invocation, ret_desk->made, &ret_desk->store, err);
}

result desk_open_new(const struct invocation *invocation, const struct rulebook *rulebook,
                     struct desk *ret_desk, struct err *err)
{
    *ret_desk = (struct desk){.rulebook = rulebook, .made = true};
    TRY(desk_open_store(invocation, true, &ret_desk->store, err));
    return casework_open(ret_desk->store, rulebook, system_machine(), invocation->arena,
                         &ret_desk->casework, err);
}

/* --- commands that record something --- */

static bool takes_client_id(const struct command *command)
{
    size_t i = 0;
    while (i < command->option_count && command->options[i] != OPTION_CLIENT_ID) {
        i++;
    }
    return i < command->option_count;
}

/* What is answered as JSON says what became of it in the transparency log, if that is to be found.
 */
static void acknowledge(void *context, json_t *object)
{
    const struct desk *desk = context;
    const struct invocation *invocation = desk->invocation;
    struct acknowledgement acknowledgement;
    struct log *log = sealing_log_beside(invocation);
    if (acknowledgement_find(desk->store, log, &desk->caller.client_id, &acknowledgement, NULL)
            .ok &&
        acknowledgement.event != 0) {
        const str receipt = arena_format(invocation->arena, "returnhub seal receipt %lld",
                                         (long long)acknowledgement.event);
        json_set(object, "sealed", resource_acknowledgement(&acknowledgement, receipt));
    }
    log_close(log);
}

/* Every command has a client id: by it its event is found for the answer. */
static result begin_command(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    const struct system *system = system_machine();
    uint8_t chance[CLIENT_ID_SIZE];
    if (option_given(invocation, OPTION_CLIENT_ID)) {
        TRY(client_id_parse(invocation->options[OPTION_CLIENT_ID], &desk->caller.client_id, err));
    } else {
        system->entropy(system->context, chance, sizeof chance);
        desk->caller.client_id = client_id_make(system_now(system), chance);
    }
    desk->invocation = invocation;
    invocation->output->complete = acknowledge;
    invocation->output->complete_context = desk;
    return result_ok();
}

result desk_open(const struct invocation *invocation, struct desk *ret_desk, struct err *err)
{
    str folder;
    *ret_desk = (struct desk){.rulebook = NULL};
    TRY(desk_open_store(invocation, false, &ret_desk->store, err));
    TRY(find_rulebook_folder(invocation, ret_desk->store, &folder, err));
    TRY(desk_load_rulebook(invocation, folder, invocation->arena, &ret_desk->rulebook, err));
    TRY(casework_open(ret_desk->store, ret_desk->rulebook, system_machine(), invocation->arena,
                      &ret_desk->casework, err));
    return takes_client_id(invocation->command) ? begin_command(invocation, ret_desk, err)
                                                : result_ok();
}

result desk_open_or_begin(const struct invocation *invocation, struct desk *ret_desk,
                          struct err *err)
{
    const struct rulebook *rulebook = NULL;
    if (desk_store_exists(invocation)) {
        TRY(desk_open(invocation, ret_desk, err));
        return casework_adopt_rulebook(&ret_desk->casework, err);
    }
    TRY(desk_load_rulebook(invocation, desk_rulebook_folder(invocation), invocation->arena,
                           &rulebook, err));
    TRY(desk_open_new(invocation, rulebook, ret_desk, err));
    return casework_adopt_rulebook(&ret_desk->casework, err);
}

static result named_account(const struct invocation *invocation, str *ret_username, struct err *err)
{
    const char *environment = getenv("RETURNHUB_ACCOUNT");
    *ret_username = option_given(invocation, OPTION_AS) ? invocation->options[OPTION_AS]
                                                        : str_from_c(environment);
    if (ret_username->len > 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_USAGE, "Nobody is named who looks or acts"),
                  "the hint follows");
    return err_hint(err, "give --as ACCOUNT: your user name; the demonstration has caseworker, "
                         "authorising, senior, hub-north, monitor and others");
}

static result take_account(const struct invocation *invocation, str username, struct desk *desk,
                           struct err *err)
{
    result found =
        casework_account_by_name(&desk->casework, username, invocation->arena, &desk->account, err);
    if (!found.ok || desk->account.closed) {
        return err_set(err, ERROR_NOT_FOUND, "There is no account \"%.*s\"", STR_ARG(username));
    }
    desk->caller.account = desk->account.id;
    desk->caller.reason =
        option_given(invocation, OPTION_PURPOSE) ? invocation->options[OPTION_PURPOSE] : STR("");
    return result_ok();
}

result desk_open_quietly(const struct invocation *invocation, struct desk *ret_desk,
                         struct err *err)
{
    str username;
    TRY(named_account(invocation, &username, err));
    TRY(desk_open(invocation, ret_desk, err));
    TRY(casework_adopt_rulebook(&ret_desk->casework, err));
    return take_account(invocation, username, ret_desk, err);
}

result desk_open_as_account(const struct invocation *invocation, struct desk *ret_desk,
                            struct err *err)
{
    TRY(desk_open_quietly(invocation, ret_desk, err));
    return departure_warn(invocation, ret_desk, err);
}

result desk_open_under(const struct invocation *invocation, const struct rulebook *rulebook,
                       struct desk *ret_desk, struct err *err)
{
    str username;
    *ret_desk = (struct desk){.rulebook = rulebook};
    TRY(named_account(invocation, &username, err));
    TRY(desk_open_store(invocation, false, &ret_desk->store, err));
    TRY(casework_open(ret_desk->store, rulebook, system_machine(), invocation->arena,
                      &ret_desk->casework, err));
    return take_account(invocation, username, ret_desk, err);
}

void desk_keep(struct desk *desk)
{
    desk->made = false;
}

void desk_close(struct desk *desk)
{
    if (desk->invocation != NULL) {
        desk->invocation->output->complete = NULL;
    }
    casework_close(&desk->casework);
    if (desk->made && desk->store != NULL) {
        store_discard(desk->store);
    } else {
        store_close(desk->store);
    }
    desk->store = NULL;
}

result desk_asked(const struct invocation *invocation, struct asked *ret_asked, struct err *err)
{
    *ret_asked = (struct asked){.has_on = option_given(invocation, OPTION_ON),
                                .has_known_at = option_given(invocation, OPTION_KNOWN_AT)};
    if (ret_asked->has_on) {
        TRY(date_parse(invocation->options[OPTION_ON], &ret_asked->on, err));
    }
    if (ret_asked->has_known_at) {
        TRY(instant_parse(invocation->options[OPTION_KNOWN_AT], &ret_asked->known_at, err));
    }
    return result_ok();
}

result desk_take_rulebook_then(const struct invocation *invocation, const struct asked *asked,
                               struct desk *desk, struct err *err)
{
    struct arena scratch;
    if (!asked->has_known_at || option_given(invocation, OPTION_RULEBOOK)) {
        return result_ok();
    }
    TRY(arena_open(&scratch, RULEBOOK_ARENA_BYTES, err));
    const result found = casework_rulebook_then(&desk->casework, asked->known_at, invocation->arena,
                                                scratch, &desk->rulebook, err);
    arena_close(&scratch);
    TRY(found);
    desk->casework.rulebook = desk->rulebook;
    return result_ok();
}
