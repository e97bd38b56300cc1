#include "casework/acknowledgement.h"

const char *acknowledgement_state_name(enum acknowledgement_state state)
{
    static const char *const names[] = {
        [ACKNOWLEDGED_WITHOUT_LOG] = "no_log_here",
        [ACKNOWLEDGED_NOT_YET] = "not_in_the_log_yet",
        [ACKNOWLEDGED_IN_LOG] = "in_the_log",
    };
    return names[state];
}

struct finding {
    const struct client_id *client_id;
    struct acknowledgement found;
};

static result find_event(struct transaction *transaction, void *context, struct err *err)
{
    struct finding *finding = context;
    struct acknowledgement *found = &finding->found;
    TRY(transaction_find_client_id(transaction, finding->client_id, &found->event, err));
    return found->event == 0 ? result_ok()
                             : transaction_leaf(transaction, found->event, &found->leaf, err);
}

result acknowledgement_find(struct store *store, const struct log *log,
                            const struct client_id *client_id,
                            struct acknowledgement *ret_acknowledgement, struct err *err)
{
    struct finding finding = {.client_id = client_id};
    bool in_log = false;
    TRY(store_read(store, find_event, &finding, err));
    if (log != NULL && finding.found.event != 0) {
        TRY(log_find(log, (uint64_t)finding.found.event, &finding.found.entry, &in_log, err));
        finding.found.state = in_log ? ACKNOWLEDGED_IN_LOG : ACKNOWLEDGED_NOT_YET;
    }
    *ret_acknowledgement = finding.found;
    return result_ok();
}
