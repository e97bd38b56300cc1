/* render: the template engine of the pages, for tests in another language. Each line of standard
 * input is {"templates":{"name":"text"},"view":{...}}; the line answered is {"text":"..."} of the
 * template "page", or {"error":"..."}. */
#include "format/json.h"
#include "format/template.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 4 * 1024 * 1024 };

static result render(struct arena *arena, const json_t *task, str *ret_text, struct err *err)
{
    struct template_set *set = NULL;
    struct buf out;
    const char *name;
    json_t *text;
    buf_init(&out, arena, TEXT_MAX);
    TRY(template_set_open(arena, TEMPLATE_LINES_AS_WRITTEN, &set, err));
    json_object_foreach(json_object_get(task, "templates"), name, text)
    {
        const str copy = arena_copy(arena, str_from_c(json_string_value(text)));
        TRY(template_set_add(set, arena_copy(arena, str_from_c(name)), copy, err));
    }
    TRY(template_set_check(set, err));
    TRY(template_render(set, STR("page"), json_object_get(task, "view"), &out, err));
    return buf_finish(&out, ret_text, err);
}

static result answer(struct arena *arena, str line, struct err *err)
{
    json_t *task = NULL;
    str text = STR("");
    str written = STR("");
    struct err problem = {0};
    TRY(json_read(line, &task, err));
    json_auto_t *reply = json_object();
    if (render(arena, task, &text, &problem).ok) {
        json_set_str(reply, "text", text);
    } else {
        json_set(reply, "error", json_string(problem.what));
    }
    json_decref(task);
    TRY(json_write(reply, arena, &written, err));
    (void)printf("%.*s\n", STR_ARG(written));
    return result_ok();
}

int main(void)
{
    struct arena arena;
    struct err err = {0};
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int status = EXIT_SUCCESS;
    if (!arena_open(&arena, (size_t)8 * TEXT_MAX, &err).ok) {
        return EXIT_FAILURE;
    }
    while (status == EXIT_SUCCESS && (len = getline(&line, &room, stdin)) > 0) {
        arena_reset(&arena);
        if (!answer(&arena, (str){line, (size_t)len}, &err).ok) {
            (void)fprintf(stderr, "%s\n", err.what);
            status = EXIT_FAILURE;
        }
    }
    free(line);
    arena_close(&arena);
    return status;
}
