/* template: Mustache (mustache.github.io/mustache.5) over a json_t, compiled once and rendered
 * often.
 *
 * Supported: {{name}} (HTML-escaped), {{{name}}} and {{&name}} (raw), {{#section}} {{^inverted}}
 * {{/end}}, {{! comment}},
 * {{> partial}}, {{=<% %>=}} delimiters, dotted names, the implicit iterator {{.}}, and
 * inheritance:
 * {{<layout}}{{$block}}...{{/block}}{{/layout}}. Standalone tags leave no blank line. Rendering has
 * limits: depth TEMPLATE_DEPTH_MAX and the buf's own maximum.
 *
 * One name is a lambda, {{#say}}: what stands in it is said in the language of the page. It is one
 * text, on one line, with values in it at most:
 *     {{#say}}Last day: {{day}}{{/say}}
 * is looked up in the catalogue as "Last day: {{day}}" and its translation is filled in with the
 * same values; {{#say}}{{label}}{{/say}} looks up what the value says. What is not translated, and
 * everything where there is no catalogue, is printed as it stands. Texts are escaped like values.
 *
 * A name that is not found, null, an object and an array print nothing. A section is left out for a
 * missing name, null, false and the empty array, and for nothing else: 0 and "" are values like
 * others. Inside a section names are looked up from the innermost object outwards. A block replaced
 * by more than one template has the text of the outermost, the one that was asked for; it is
 * rendered with the names known where it is placed.
 *
 * Escaping makes a value safe as the text of an element and inside a quoted attribute, not inside
 * <script>, <style> or an attribute without quotes.
 */
#ifndef RETURNHUB_FORMAT_TEMPLATE_H
#define RETURNHUB_FORMAT_TEMPLATE_H

#include "base/buf.h"
#include "format/catalogue.h"

#include <jansson.h>

enum { TEMPLATE_DEPTH_MAX = 32, TEMPLATES_MAX = 256, TEMPLATE_SAID_MAX = 1024 };
/* The context under which the texts of pages stand in a catalogue. */
#define TEMPLATE_CONTEXT "page"

/* A set of named templates that may include and extend each other. */
struct template_set;

/* Whether white space at the beginning of a line of a template is printed. As Mustache has it, it
 * is, and the lines of a template included are indented by as much as the tag that includes it. In
 * HTML it says nothing, and makes pages long: of templates without it no line is indented, values
 * are printed as ever, and an error still says the column of the text as it was given. */
enum template_lines { TEMPLATE_LINES_AS_WRITTEN, TEMPLATE_LINES_UNINDENTED };

/* Everything lives in `perm`. */
MUST_USE result template_set_open(struct arena *perm, enum template_lines lines,
                                  struct template_set **ret_set, struct err *err);
/* Compiles `text` under `name` ("person", without ending); the text must outlive the set. Errors
 * carry the file name, line and column. */
MUST_USE result template_set_add(struct template_set *set, str name, str text, struct err *err);
/* After the last add, and before a template that includes another is rendered: finds every partial
 * and layout named. */
MUST_USE result template_set_check(struct template_set *set, struct err *err);
MUST_USE result template_render(const struct template_set *set, str name, const json_t *view,
                                struct buf *out, struct err *err);
/* In the language of the catalogue; NULL: as the templates are written. */
MUST_USE result template_render_in(const struct template_set *set, str name, const json_t *view,
                                   const struct catalogue *catalogue, struct buf *out,
                                   struct err *err);

#endif
