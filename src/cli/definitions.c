#include "cli/definitions.h"

enum { DEFINITION_FILES_MAX = 64 };

result definitions_of(const struct invocation *invocation, const struct desk *desk,
                      struct definitions *ret_definitions, struct err *err)
{
    const str folder =
        option_given(invocation, OPTION_DEFINITIONS)
            ? invocation->options[OPTION_DEFINITIONS]
            : share_folder(invocation, arena_format(invocation->arena, "statistics/%.*s",
                                                    STR_ARG(desk->rulebook->name))
                                           .at);
    struct definition_file files[DEFINITION_FILES_MAX];
    const str *names = NULL;
    size_t count = 0;
    TRY(system_list_folder(arena_copy(invocation->arena, folder).at, STR(".tables"),
                           invocation->arena, &names, &count, err));
    if (count == 0 || count > DEFINITION_FILES_MAX) {
        result_ignore(err_set(err, ERROR_NOT_FOUND, "There are no definitions of tables in %.*s",
                              STR_ARG(folder)),
                      "the hint follows");
        return err_hint(err, "definitions are files that end in .tables; name their folder with "
                             "--definitions");
    }
    for (size_t i = 0; i < count; i++) {
        files[i].name =
            arena_format(invocation->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
        TRY(system_read_file(files[i].name.at, DEFINITION_BYTES_MAX, invocation->arena,
                             &files[i].text, err));
    }
    return definitions_read(files, count, invocation->arena, ret_definitions, err);
}

result definitions_if_any(const struct invocation *invocation, const struct desk *desk,
                          struct definitions *ret_definitions, struct err *err)
{
    struct err failure = {0};
    const result read = definitions_of(invocation, desk, ret_definitions, &failure);
    if (read.ok) {
        return read;
    }
    if (failure.code != ERROR_NOT_FOUND || option_given(invocation, OPTION_DEFINITIONS)) {
        *err = failure;
        return read;
    }
    *ret_definitions = (struct definitions){.table_count = 0};
    return result_ok();
}
