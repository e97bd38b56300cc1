/* releases: the published statistics of a folder, for the pages that everybody may read
 * (web/web.h). A release is a file YYYY-MM-DD-NAME.json with one sheet, as sheet_json writes it. */
#ifndef RETURNHUB_CLI_RELEASES_H
#define RETURNHUB_CLI_RELEASES_H

#include "cli/desk.h"
#include "web/web.h"

enum { RELEASES_MAX = 1000, RELEASE_BYTES_MAX = 8 * 1024 * 1024 };

/* Newest first. A file that is no sheet is an error that names it: nothing is left out silently. */
MUST_USE result releases_read(str folder, struct arena *arena, struct web_release **ret_releases,
                              size_t *ret_count, struct err *err);
void releases_close(struct web_release *releases, size_t count);

#endif
