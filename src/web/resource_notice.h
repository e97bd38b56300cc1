/* resource_notice: letters as JSON objects (web/resource.h says what holds for all of them). */
#ifndef RETURNHUB_WEB_RESOURCE_NOTICE_H
#define RETURNHUB_WEB_RESOURCE_NOTICE_H

#include "casework/notices.h"
#include "web/resource.h"

/* {"number","notice","version","title","language","person","issued_on","issued_by","state","sha256",
 *  "approval","methods":[...],"lines":[{"kind","original","translation"}],
 *  "served":{"on","by","method","understood","proof"} or "cancelled":{"on","by","reason"}}; a draft
 *  has the number 0. */
json_t *resource_notice(const struct notice_answer *answer);
/* {"notices":[...]} without their lines. */
json_t *resource_notices(const struct notice_answer *notices, size_t count);
/* {"notice","version","language","status","lines","translated","sha256","approved":{"event","by",
 * "at"}}, the last only when it is. */
json_t *resource_translation(const struct translation_line *line);
/* {"notices":[{"name","version","title","sources":[...]}],"translations":[...]} */
json_t *resource_translations(const struct notice_book *book, const struct translation_line *lines,
                              size_t count);

#endif
