/* returnhub rulebook format. All files are laid out before the first is written. */
#include "rulebook/layout.h"

#include "cli/desk.h"

enum { LAYOUT_ARENA_BYTES = 1024 * 1024 * 1024, MESSAGES_BYTES_MAX = 4 * 1024 * 1024 };

struct laid_out {
    struct rulebook_file file;
    str text; /* as it should be */
};

static result read_one(str path, struct arena *arena, struct laid_out *ret_file, struct err *err)
{
    *ret_file = (struct laid_out){.file.name = arena_copy(arena, path)};
    if (ret_file->file.name.at == NULL) {
        return arena_full(err);
    }
    return system_read_file(ret_file->file.name.at, RULEBOOK_FILE_BYTES_MAX, arena,
                            &ret_file->file.text, err);
}

static result read_folder(str folder, struct arena *arena, struct laid_out *files, size_t *count,
                          struct err *err)
{
    const str *names = NULL;
    size_t name_count = 0;
    TRY(system_list_folder(arena_copy(arena, folder).at, STR(".rules"), arena, &names, &name_count,
                           err));
    if (name_count == 0) {
        result_ignore(
            err_set(err, ERROR_NOT_FOUND, "There is no rulebook in %.*s", STR_ARG(folder)),
            "the hint follows");
        return err_hint(err, "a rulebook is a folder of files that end in .rules");
    }
    if (*count + name_count > RULEBOOK_FILES_MAX) {
        return err_set(err, ERROR_LIMIT, "At most %d files are laid out at once",
                       RULEBOOK_FILES_MAX);
    }
    for (size_t i = 0; i < name_count; i++) {
        const str path = arena_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        TRY(read_one(path, arena, &files[*count], err));
        *count += 1;
    }
    return result_ok();
}

/* The files named, and those in the folders named. */
static result read_files(const struct invocation *invocation, struct laid_out *files,
                         size_t *ret_count, struct err *err)
{
    size_t count = 0;
    if (invocation->argument_count == 0) {
        TRY(read_folder(desk_rulebook_folder(invocation), invocation->arena, files, &count, err));
    }
    for (size_t i = 0; i < invocation->argument_count; i++) {
        const str path = invocation->arguments[i];
        if (!system_file_exists(path.at)) {
            TRY(read_folder(path, invocation->arena, files, &count, err));
            continue;
        }
        if (count == RULEBOOK_FILES_MAX) {
            return err_set(err, ERROR_LIMIT, "At most %d files are laid out at once",
                           RULEBOOK_FILES_MAX);
        }
        TRY(read_one(path, invocation->arena, &files[count++], err));
    }
    *ret_count = count;
    return result_ok();
}

static void print_findings(const struct invocation *invocation,
                           const struct diagnostics *diagnostics)
{
    struct arena arena = *invocation->arena;
    struct buf buf;
    buf_init(&buf, &arena, MESSAGES_BYTES_MAX);
    for (size_t i = 0; i < diagnostics->count; i++) {
        diagnostic_format(&diagnostics->items[i], &buf);
        buf_put_char(&buf, '\n');
    }
    output_message(invocation->output, "%.*s", STR_ARG(buf_str(&buf)));
}

/* Lays out every file. Fails with the first that cannot be, after printing what is wrong with each.
 */
static result lay_out(const struct invocation *invocation, struct laid_out *files, size_t count,
                      struct arena scratch, struct err *err)
{
    result all = result_ok();
    for (size_t i = 0; i < count; i++) {
        struct diagnostics diagnostics;
        struct err one;
        TRY(diagnostics_init(&diagnostics, invocation->arena, err));
        const result done = layout_file(&files[i].file, invocation->arena, scratch, &diagnostics,
                                        &files[i].text, &one);
        if (!done.ok) {
            print_findings(invocation, &diagnostics);
            *err = all.ok ? one : *err;
            all = done;
        }
    }
    return all;
}

static result write_changed(const struct invocation *invocation, const struct laid_out *files,
                            size_t count, int *ret_status, struct err *err)
{
    const bool check = option_given(invocation, OPTION_CHECK);
    size_t changed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct rulebook_file *file = &files[i].file;
        if (str_equal(file->text, files[i].text)) {
            continue;
        }
        if (!check) {
            TRY(system_replace_file(file->name.at, files[i].text, err));
        }
        output_text(invocation->output,
                    arena_format(invocation->arena, "%.*s\n", STR_ARG(file->name)));
        changed++;
    }
    output_message(invocation->output, "%zu of %zu %s %s\n", changed, count,
                   str_noun((int64_t)count, "file", "files"), check ? "would change" : "changed");
    *ret_status = check && changed > 0 ? 1 : 0;
    return result_ok();
}

/* `-`: from the standard input to the standard output. */
static result format_stream(const struct invocation *invocation, struct arena scratch,
                            int *ret_status, struct err *err)
{
    struct laid_out file;
    TRY(read_one(STR("/dev/stdin"), invocation->arena, &file, err));
    file.file.name = STR("-");
    TRY(lay_out(invocation, &file, 1, scratch, err));
    if (option_given(invocation, OPTION_CHECK)) {
        *ret_status = str_equal(file.file.text, file.text) ? 0 : 1;
    } else {
        output_text(invocation->output, file.text);
        *ret_status = 0;
    }
    return result_ok();
}

static result format_files(const struct invocation *invocation, struct arena scratch,
                           int *ret_status, struct err *err)
{
    struct laid_out *files = ARENA_NEW(invocation->arena, struct laid_out, RULEBOOK_FILES_MAX);
    size_t count = 0;
    if (files == NULL) {
        return arena_full(err);
    }
    TRY(read_files(invocation, files, &count, err));
    TRY(lay_out(invocation, files, count, scratch, err));
    return write_changed(invocation, files, count, ret_status, err);
}

result command_rulebook_format(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    struct arena scratch;
    const bool stream =
        invocation->argument_count == 1 && str_equal(invocation->arguments[0], STR("-"));
    TRY(arena_open(&scratch, LAYOUT_ARENA_BYTES, err));
    const result done = stream ? format_stream(invocation, scratch, ret_status, err)
                               : format_files(invocation, scratch, ret_status, err);
    arena_close(&scratch);
    return done;
}
