#include "casework/told.h"

static bool concerns_account(const struct request_row *request, int64_t lead,
                             const struct account_row *account)
{
    bool concerned = account->id == request->requested_by || account->id == lead;
    for (size_t i = 0; i < request->approval_count; i++) {
        concerned = concerned || account->id == request->approved_by[i];
    }
    const bool works_there = request->hub != 0 && account->hub == request->hub &&
                             may_somewhere(account, ACTION_ACKNOWLEDGE_STOP);
    return !account->closed && (concerned || works_there);
}

/* The lead of the manifest that the person is listed on or aboard by this request; 0 for none. */
static result lead_of(struct sitting *sitting, const struct request_row *request, int64_t *ret_lead,
                      struct err *err)
{
    struct manifest_entry_row entry = {0};
    struct manifest_row manifest = {0};
    struct arena scratch = *sitting->arena;
    *ret_lead = 0;
    TRY(transaction_manifest_entry_of(sitting->transaction, request->person, &entry, err));
    if (entry.manifest == 0 || entry.request != request->id) {
        return result_ok();
    }
    TRY(transaction_manifest(sitting->transaction, entry.manifest, &scratch, &manifest, err));
    *ret_lead = manifest.lead;
    return result_ok();
}

result told_of_request(struct sitting *sitting, const struct request_row *request,
                       struct number_list *ret_accounts, struct err *err)
{
    const struct account_row *accounts = NULL;
    size_t account_count = 0;
    int64_t lead = 0;
    TRY(lead_of(sitting, request, &lead, err));
    TRY(transaction_accounts(sitting->transaction, sitting->arena, &accounts, &account_count, err));
    int64_t *told = ARENA_NEW(sitting->arena, int64_t, account_count + 1);
    if (told == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < account_count; i++) {
        if (concerns_account(request, lead, &accounts[i])) {
            told[count++] = accounts[i].id;
        }
    }
    *ret_accounts = (struct number_list){.items = told, .count = count};
    return result_ok();
}
