#include "casework/seal_report.h"

static int64_t age(instant now, instant then)
{
    return now.milliseconds - then.milliseconds;
}

/* --- whether it goes on --- */

static void report_sealing(const struct seal_parts *parts, instant now, struct seal_report *report)
{
    report->beating = parts->sealing != NULL;
    if (!report->beating) {
        return;
    }
    sealing_look(parts->sealing, &report->sealing);
    const struct sealing_state *sealing = &report->sealing;
    const int64_t beats = 10 * sealing->beat_ms;
    const int64_t allowed = beats > SEAL_LATE_MS ? beats : SEAL_LATE_MS;
    const bool beaten = sealing->sealed_until.milliseconds > 0;
    report->late = age(now, beaten ? sealing->sealed_until : sealing->started_at) > allowed;
}

/* --- witnesses --- */

/* What stands under the checkpoint tells also of the time before this process was started. */
static result report_witness(const struct seal_parts *parts, const struct policy_seen *seen,
                             size_t party, instant now, struct arena *arena,
                             struct seal_witness *witness, struct err *err)
{
    const struct policy_party *about = &cosigning_policy(parts->cosigning)->parties[party];
    struct cosigning_state state;
    char key[NOTE_KEY_TEXT_SIZE];
    cosigning_look(parts->cosigning, party, &state);
    const bool before = (seen->cosigned & UINT64_C(1) << party) != 0;
    const instant then = {.milliseconds = before ? seen->seconds[party] * 1000 : 0};
    note_key_write(&about->key, key);
    *witness = (struct seal_witness){
        .name = about->name,
        .key = arena_copy(arena, str_from_c(key)),
        .asked = about->url != NULL,
        .cosigned = before || state.answered_at.milliseconds > 0,
        .cosigned_at = age(state.answered_at, then) > 0 ? state.answered_at : then};
    const str why = arena_copy(arena, str_from_c(state.why));
    witness->fresh = witness->cosigned && age(now, witness->cosigned_at) <= SEAL_COSIGNATURE_MS;
    witness->why = why.at;
    return witness->key.at == NULL || why.at == NULL ? arena_full(err) : result_ok();
}

static result report_witnesses(const struct seal_parts *parts, str witnessed, instant now,
                               struct arena *arena, struct seal_report *report, struct err *err)
{
    const struct policy *policy =
        parts->cosigning == NULL ? NULL : cosigning_policy(parts->cosigning);
    struct policy_seen seen = {.witnesses = 0};
    uint64_t fresh = 0;
    report->fresh = true;
    report->has_policy = policy != NULL;
    if (policy == NULL) {
        return result_ok();
    }
    report->witnesses = ARENA_NEW(arena, struct seal_witness, policy->party_count + 1);
    if (report->witnesses == NULL) {
        return arena_full(err);
    }
    if (witnessed.len > 0) {
        TRY(policy_look(policy, witnessed, &seen, err));
        TRY(checkpoint_open(witnessed, &report->key, &report->witnessed, err));
    }
    for (size_t i = 0; i < policy->party_count; i++) {
        struct seal_witness *witness = &report->witnesses[report->witness_count];
        if (policy->parties[i].group) {
            continue;
        }
        TRY(report_witness(parts, &seen, i, now, arena, witness, err));
        fresh |= witness->fresh ? UINT64_C(1) << i : 0;
        report->witness_count++;
    }
    report->quorum = policy->quorum != POLICY_NO_QUORUM;
    report->fresh = policy_reached(policy, fresh);
    return result_ok();
}

/* --- all of it --- */

static result read_published(const struct log *log, const char *name, struct arena *arena,
                             str *ret_note, struct err *err)
{
    struct err cause = {0};
    *ret_note = STR("");
    const result read = log_read((void *)(uintptr_t)log, str_from_c(name), arena, ret_note, &cause);
    return read.ok || cause.code == ERROR_NOT_FOUND ? result_ok()
                                                    : err_set(err, cause.code, "%s", cause.what);
}

result seal_report_make(const struct seal_parts *parts, struct arena *arena,
                        struct seal_report *ret_report, struct err *err)
{
    struct seal_report report = {.key = *log_key(parts->log),
                                 .checkpoint = log_checkpoint(parts->log),
                                 .published_at = log_published_at(parts->log)};
    const instant now = system_now(parts->system);
    str witnessed;
    TRY(read_published(parts->log, "checkpoint", arena, &report.note, err));
    TRY(read_published(parts->log, "witnessed", arena, &witnessed, err));
    report_sealing(parts, now, &report);
    TRY(report_witnesses(parts, witnessed, now, arena, &report, err));
    TRY(verification_read(log_folder(parts->log), arena, &report.verified, &report.verification,
                          err));
    *ret_report = report;
    return result_ok();
}
