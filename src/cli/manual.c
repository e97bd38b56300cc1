#include "cli/help.h"

result command_manual(const struct invocation *invocation, int *ret_status, struct err *err)
{
    struct buf buf;
    str text;
    *ret_status = 0;
    buf_init(&buf, invocation->arena, 1024 * 1024);
    help_manual(&buf);
    TRY(buf_finish(&buf, &text, err));
    output_text(invocation->output, text);
    return result_ok();
}
