/* condition: the state in which something was read, as an entity tag, and requests that hold in
 * that state only (RFC 9110, 8.8.3 and 13).
 *
 * The tag of an answer is a hash of its bytes: strong, and it tells nothing that the answer does
 * not. A command is sent with If-Match and the tag of the thing that it is about, which is what GET
 * of the first two parts of its address answers ("/people/RH-..." for
 * "/people/RH-.../facts"). The thing is read again and compared, and casework is told up to which
 * event it was read (struct caller, read_at), so that nothing can come in between. */
#ifndef RETURNHUB_WEB_CONDITION_H
#define RETURNHUB_WEB_CONDITION_H

#include "web/exchange.h"

/* Gives a JSON answer to GET its ETag; 304 when the client has it already (If-None-Match), 412 when
 * it is not the one asked for (If-Match). */
MUST_USE result condition_answer(struct exchange *exchange, int *ret_status, struct err *err);
/* Of a command: ERROR_CONFLICT, to be answered as 412, when its condition does not hold. */
MUST_USE result condition_of_command(struct exchange *exchange, int *ret_status, struct err *err);

#endif
