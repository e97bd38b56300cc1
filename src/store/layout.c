#include "store/layout.h"

#include "store/store.h"

#include <assert.h>
#include <stddef.h>

static_assert(sizeof(enum subject_kind) == sizeof(int32_t),
              "a state is read and written as 32 bits");
static_assert(sizeof(enum request_state) == sizeof(int32_t),
              "a state is read and written as 32 bits");

#define COLUMN(struct_name, member, type)                                                          \
    {                                                                                              \
#member, type, false, offsetof(struct struct_name, member), 0, 0                           \
    }
#define FIXED(struct_name, member, type)                                                           \
    {                                                                                              \
#member, type, true, offsetof(struct struct_name, member), 0, 0                            \
    }
#define FIXED_STATE(struct_name, member, first, last)                                              \
    {                                                                                              \
#member, COLUMN_STATE, true, offsetof(struct struct_name, member), first, last             \
    }
#define STATE(struct_name, member, first, last)                                                    \
    {                                                                                              \
#member, COLUMN_STATE, false, offsetof(struct struct_name, member), first, last            \
    }
#define SIZE(struct_name, member, last)                                                            \
    {                                                                                              \
#member, COLUMN_SIZE, false, offsetof(struct struct_name, member), 0, last                 \
    }
#define APPROVER(number)                                                                           \
    {                                                                                              \
        "approved_by_" #number, COLUMN_NUMBER, false,                                              \
            offsetof(struct request_row, approved_by) + (number - 1) * sizeof(int64_t), 0, 0       \
    }

static const struct column event_columns[] = {
    FIXED(event_record, position, COLUMN_NUMBER),
    FIXED_STATE(event_record, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(event_record, subject, COLUMN_NUMBER),
    FIXED_STATE(event_record, kind, 1, INT32_MAX),
    FIXED(event_record, effective_on, COLUMN_DATE),
    FIXED(event_record, recorded_at, COLUMN_INSTANT),
    FIXED(event_record, actor, COLUMN_NUMBER),
    FIXED(event_record, client_id, COLUMN_BYTES),
    FIXED(event_record, sealed, COLUMN_BYTES),
    FIXED(event_record, leaf, COLUMN_BYTES32),
};

static const struct column subject_key_columns[] = {
    FIXED_STATE(subject_key_record, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(subject_key_record, subject, COLUMN_NUMBER),
    COLUMN(subject_key_record, wrapped, COLUMN_BYTES),
};

static const struct column command_columns[] = {
    FIXED(command_record, client_id, COLUMN_BYTES),
    FIXED(command_record, position, COLUMN_NUMBER),
};

static const struct column property_columns[] = {
    FIXED(property_record, name, COLUMN_TEXT),
    COLUMN(property_record, value, COLUMN_BYTES),
};

static const struct column password_columns[] = {
    FIXED(password_record, account, COLUMN_NUMBER),
    COLUMN(password_record, hash, COLUMN_TEXT),
    COLUMN(password_record, proof, COLUMN_BYTES32),
};

static const struct column second_factor_columns[] = {
    FIXED(second_factor_record, account, COLUMN_NUMBER),
    COLUMN(second_factor_record, sealed, COLUMN_BYTES),
    COLUMN(second_factor_record, confirmed, COLUMN_FLAG),
    COLUMN(second_factor_record, last_period, COLUMN_NUMBER),
    COLUMN(second_factor_record, wrong_codes, COLUMN_NUMBER),
    COLUMN(second_factor_record, wrong_at, COLUMN_INSTANT),
    COLUMN(second_factor_record, proof, COLUMN_BYTES32),
};

static const struct column passkey_columns[] = {
    FIXED(passkey_row, credential_id, COLUMN_BYTES), FIXED(passkey_row, account, COLUMN_NUMBER),
    COLUMN(passkey_row, name, COLUMN_TEXT),          FIXED(passkey_row, algorithm, COLUMN_NUMBER),
    FIXED(passkey_row, public_key, COLUMN_BYTES),    COLUMN(passkey_row, sign_count, COLUMN_NUMBER),
    FIXED(passkey_row, created_at, COLUMN_INSTANT),  COLUMN(passkey_row, used_at, COLUMN_INSTANT),
    COLUMN(passkey_record, proof, COLUMN_BYTES32),
};

static const struct column subject_link_columns[] = {
    FIXED(subject_link_row, issuer, COLUMN_TEXT),
    FIXED(subject_link_row, subject, COLUMN_TEXT),
    FIXED(subject_link_row, account, COLUMN_NUMBER),
    COLUMN(subject_link_record, proof, COLUMN_BYTES32),
};

static const struct column ceremony_columns[] = {
    FIXED(ceremony, bound_to, COLUMN_BYTES32),
    FIXED_STATE(ceremony, purpose, CEREMONY_REGISTER_PASSKEY, CEREMONY_SECOND_FACTOR),
    COLUMN(ceremony, secret, COLUMN_BYTES32),
    COLUMN(ceremony, made_at, COLUMN_INSTANT),
    COLUMN(ceremony_record, proof, COLUMN_BYTES32),
};

static const struct column session_columns[] = {
    FIXED(session_row, token_hash, COLUMN_BYTES32),  COLUMN(session_row, account, COLUMN_NUMBER),
    COLUMN(session_row, opened_at, COLUMN_INSTANT),  COLUMN(session_row, seen_at, COLUMN_INSTANT),
    COLUMN(session_row, form_token, COLUMN_BYTES32), COLUMN(session_row, proven_at, COLUMN_INSTANT),
    COLUMN(session_record, proof, COLUMN_BYTES32),
};

static const struct column look_columns[] = {
    FIXED(look_record, number, COLUMN_NUMBER),
    FIXED(look_record, account, COLUMN_NUMBER),
    FIXED_STATE(look_record, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(look_record, subject, COLUMN_NUMBER),
    FIXED(look_record, at, COLUMN_INSTANT),
    FIXED(look_record, purpose, COLUMN_TEXT),
    FIXED(look_record, reason, COLUMN_TEXT),
    FIXED(look_record, chain, COLUMN_BYTES32),
};

static const struct column rulebook_columns[] = {
    FIXED(rulebook_record, identity, COLUMN_TEXT),
    COLUMN(rulebook_record, canonical, COLUMN_TEXT),
};

static const struct column person_columns[] = {
    FIXED(person_row, id, COLUMN_NUMBER),
    FIXED(person_row, reference, COLUMN_TEXT),
    COLUMN(person_row, stage, COLUMN_TEXT),
    COLUMN(person_row, stage_since, COLUMN_DATE),
    COLUMN(person_row, stage_event, COLUMN_NUMBER),
    COLUMN(person_row, identity_event, COLUMN_NUMBER),
    COLUMN(person_row, family, COLUMN_NUMBER),
    COLUMN(person_row, hub, COLUMN_NUMBER),
    COLUMN(person_row, registered_on, COLUMN_DATE),
    COLUMN(person_row, last_contact_on, COLUMN_DAY),
    COLUMN(person_row, last_contact_source, COLUMN_TEXT),
    COLUMN(person_row, next_check_on, COLUMN_DAY),
    COLUMN(person_row, holds, COLUMN_NUMBER),
    COLUMN(person_row, erasure_request, COLUMN_NUMBER),
    COLUMN(person_row, restricted, COLUMN_FLAG),
    COLUMN(person_row, protection, COLUMN_NUMBER),
    COLUMN(person_row, erased, COLUMN_FLAG),
    COLUMN(person_row, part_of, COLUMN_NUMBER),
};

/* The key is the order in which facts are asked for: a subject's facts lie together, the values of
 * one fact in the order in which they are true. */
static const struct column fact_columns[] = {
    FIXED(fact_row, subject, COLUMN_NUMBER),
    FIXED_STATE(fact_row, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(fact_row, fact, COLUMN_TEXT),
    FIXED(fact_row, true_from, COLUMN_DATE),
    FIXED(fact_row, position, COLUMN_NUMBER),
    FIXED(fact_row, value, COLUMN_TEXT),
    FIXED(fact_row, source, COLUMN_TEXT),
    FIXED(fact_row, recorded_at, COLUMN_INSTANT),
    FIXED(fact_row, actor, COLUMN_NUMBER),
    COLUMN(fact_row, withdrawn, COLUMN_FLAG),
    COLUMN(fact_row, withdrawn_at, COLUMN_INSTANT),
};

static const struct column request_columns[] = {
    FIXED(request_row, id, COLUMN_NUMBER),
    COLUMN(request_row, person, COLUMN_NUMBER),
    FIXED(request_row, step, COLUMN_TEXT),
    FIXED(request_row, hub, COLUMN_NUMBER),
    FIXED(request_row, agreement, COLUMN_NUMBER),
    STATE(request_row, state, REQUEST_OPEN, REQUEST_WITHDRAWN),
    FIXED(request_row, requested_by, COLUMN_NUMBER),
    FIXED(request_row, requested_at, COLUMN_INSTANT),
    APPROVER(1),
    APPROVER(2),
    APPROVER(3),
    APPROVER(4),
    SIZE(request_row, approval_count, REQUEST_APPROVALS_MAX),
    COLUMN(request_row, place, COLUMN_NUMBER),
    COLUMN(request_row, changed_at, COLUMN_INSTANT),
    COLUMN(request_row, changed_event, COLUMN_NUMBER),
};
static_assert(REQUEST_APPROVALS_MAX == 4, "one column for each approval");

static const struct column place_columns[] = {
    FIXED(place_row, hub, COLUMN_NUMBER),
    FIXED(place_row, number, COLUMN_NUMBER),
    COLUMN(place_row, kind, COLUMN_TEXT),
    STATE(place_row, state, PLACE_FREE, PLACE_STATES - 1),
    COLUMN(place_row, person, COLUMN_NUMBER),
    COLUMN(place_row, request, COLUMN_NUMBER),
    COLUMN(place_row, prebooking, COLUMN_NUMBER),
    COLUMN(place_row, prebooked_until, COLUMN_DAY),
    COLUMN(place_row, out_reason, COLUMN_TEXT),
    COLUMN(place_row, back_on, COLUMN_DAY),
    COLUMN(place_row, since, COLUMN_INSTANT),
    COLUMN(place_row, changed_event, COLUMN_NUMBER),
};

static const struct column stay_columns[] = {
    FIXED(stay_row, id, COLUMN_NUMBER),
    COLUMN(stay_row, person, COLUMN_NUMBER),
    FIXED(stay_row, hub, COLUMN_NUMBER),
    STATE(stay_row, arrival, ARRIVAL_EXPECTED, ARRIVAL_STATES - 1),
    FIXED(stay_row, departed_on, COLUMN_DATE),
    FIXED(stay_row, expected_on, COLUMN_DAY),
    COLUMN(stay_row, owner, COLUMN_NUMBER),
    COLUMN(stay_row, resolved_on, COLUMN_DAY),
    COLUMN(stay_row, resolved_event, COLUMN_NUMBER),
    COLUMN(stay_row, left_on, COLUMN_DAY),
    COLUMN(stay_row, left_event, COLUMN_NUMBER),
    COLUMN(stay_row, left_by, COLUMN_TEXT),
};

static const struct column prebooking_columns[] = {
    FIXED(prebooking_row, id, COLUMN_NUMBER),
    FIXED(prebooking_row, hub, COLUMN_NUMBER),
    FIXED(prebooking_row, kind, COLUMN_TEXT),
    FIXED(prebooking_row, places, COLUMN_NUMBER),
    COLUMN(prebooking_row, given, COLUMN_NUMBER),
    FIXED(prebooking_row, until, COLUMN_DATE),
    FIXED(prebooking_row, made_by, COLUMN_NUMBER),
    FIXED(prebooking_row, made_at, COLUMN_INSTANT),
    COLUMN(prebooking_row, ended_event, COLUMN_NUMBER),
};

static const struct column hub_report_columns[] = {
    FIXED(hub_report_row, hub, COLUMN_NUMBER),
    COLUMN(hub_report_row, report, COLUMN_NUMBER),
    COLUMN(hub_report_row, accurate_at, COLUMN_INSTANT),
    COLUMN(hub_report_row, recorded_at, COLUMN_INSTANT),
    COLUMN(hub_report_row, in_use, COLUMN_NUMBER),
    COLUMN(hub_report_row, out_of_use, COLUMN_NUMBER),
    COLUMN(hub_report_row, counted_in_use, COLUMN_NUMBER),
    COLUMN(hub_report_row, counted_out_of_use, COLUMN_NUMBER),
    COLUMN(hub_report_row, difference, COLUMN_NUMBER),
    COLUMN(hub_report_row, differs_since, COLUMN_INSTANT),
    COLUMN(hub_report_row, explained_event, COLUMN_NUMBER),
};

static const struct column unexpected_columns[] = {
    FIXED(unexpected_row, id, COLUMN_NUMBER),
    FIXED(unexpected_row, hub, COLUMN_NUMBER),
    COLUMN(unexpected_row, person, COLUMN_NUMBER),
    FIXED(unexpected_row, seen_on, COLUMN_DATE),
    FIXED(unexpected_row, reported_by, COLUMN_NUMBER),
    COLUMN(unexpected_row, resolved_event, COLUMN_NUMBER),
    COLUMN(unexpected_row, outcome, COLUMN_TEXT),
};

static const struct column place_count_columns[] = {
    FIXED(place_count_record, hub, COLUMN_NUMBER),
    FIXED(place_count_record, kind, COLUMN_TEXT),
    FIXED_STATE(place_count_record, state, PLACE_FREE, PLACE_STATES - 1),
    COLUMN(place_count_record, places, COLUMN_NUMBER),
};

static const struct column hub_columns[] = {
    FIXED(hub_row, id, COLUMN_NUMBER),
    COLUMN(hub_row, reference, COLUMN_TEXT),
    COLUMN(hub_row, name, COLUMN_TEXT),
    COLUMN(hub_row, agreement, COLUMN_NUMBER),
};

static const struct column agreement_columns[] = {
    FIXED(agreement_row, id, COLUMN_NUMBER),          COLUMN(agreement_row, reference, COLUMN_TEXT),
    COLUMN(agreement_row, partner, COLUMN_TEXT),      COLUMN(agreement_row, title, COLUMN_TEXT),
    COLUMN(agreement_row, confidential, COLUMN_FLAG),
};

static const struct column account_columns[] = {
    FIXED(account_row, id, COLUMN_NUMBER),      COLUMN(account_row, username, COLUMN_TEXT),
    COLUMN(account_row, name, COLUMN_TEXT),     COLUMN(account_row, role, COLUMN_TEXT),
    COLUMN(account_row, hub, COLUMN_NUMBER),    COLUMN(account_row, closed, COLUMN_FLAG),
    COLUMN(account_row, language, COLUMN_TEXT),
};

static const struct column manifest_columns[] = {
    FIXED(manifest_row, id, COLUMN_NUMBER),
    FIXED(manifest_row, reference, COLUMN_TEXT),
    FIXED(manifest_row, step, COLUMN_TEXT),
    FIXED(manifest_row, hub, COLUMN_NUMBER),
    FIXED(manifest_row, destination, COLUMN_TEXT),
    COLUMN(manifest_row, departs_at, COLUMN_INSTANT),
    COLUMN(manifest_row, carrier, COLUMN_TEXT),
    COLUMN(manifest_row, route, COLUMN_TEXT),
    COLUMN(manifest_row, escorts, COLUMN_NUMBER),
    COLUMN(manifest_row, escort_roles, COLUMN_TEXT),
    COLUMN(manifest_row, lead, COLUMN_NUMBER),
    STATE(manifest_row, state, MANIFEST_OPEN, MANIFEST_CANCELLED),
    COLUMN(manifest_row, aboard, COLUMN_NUMBER),
    COLUMN(manifest_row, departed_at, COLUMN_INSTANT),
    COLUMN(manifest_row, changed_at, COLUMN_INSTANT),
    COLUMN(manifest_row, changed_event, COLUMN_NUMBER),
};

static const struct column manifest_entry_columns[] = {
    FIXED(manifest_entry_row, manifest, COLUMN_NUMBER),
    FIXED(manifest_entry_row, person, COLUMN_NUMBER),
    COLUMN(manifest_entry_row, request, COLUMN_NUMBER),
    STATE(manifest_entry_row, state, ENTRY_LISTED, ENTRY_RETURNED),
    COLUMN(manifest_entry_row, recalled, COLUMN_FLAG),
    COLUMN(manifest_entry_row, boarded_event, COLUMN_NUMBER),
    COLUMN(manifest_entry_row, changed_at, COLUMN_INSTANT),
    COLUMN(manifest_entry_row, changed_event, COLUMN_NUMBER),
};

static const struct column stop_notice_columns[] = {
    FIXED(stop_notice_row, stop, COLUMN_NUMBER),
    FIXED(stop_notice_row, account, COLUMN_NUMBER),
    FIXED(stop_notice_row, person, COLUMN_NUMBER),
    FIXED(stop_notice_row, request, COLUMN_NUMBER),
    FIXED(stop_notice_row, manifest, COLUMN_NUMBER),
    FIXED(stop_notice_row, stopped_at, COLUMN_INSTANT),
    COLUMN(stop_notice_row, acknowledged, COLUMN_FLAG),
    COLUMN(stop_notice_row, acknowledged_at, COLUMN_INSTANT),
};

static const struct column caseload_columns[] = {
    FIXED(caseload_row, person, COLUMN_NUMBER),
    COLUMN(caseload_row, stage, COLUMN_NUMBER),
    COLUMN(caseload_row, family, COLUMN_NUMBER),
    COLUMN(caseload_row, hub, COLUMN_NUMBER),
    COLUMN(caseload_row, registered_on, COLUMN_DATE),
    COLUMN(caseload_row, next_check_on, COLUMN_DAY),
    COLUMN(caseload_row, recorded_until, COLUMN_INSTANT),
    FIXED(caseload_row, reference, COLUMN_TEXT),
    COLUMN(caseload_row, facts, COLUMN_BYTES),
};

static const struct column course_columns[] = {
    FIXED(course_row, person, COLUMN_NUMBER),
    COLUMN(course_row, passages, COLUMN_BYTES),
};

static const struct column course_answer_columns[] = {
    FIXED(person_course, person, COLUMN_NUMBER),
    FIXED(person_course, passages, COLUMN_BYTES),
    FIXED(person_course, has_facts, COLUMN_FLAG),
    FIXED(person_course, recorded_until, COLUMN_INSTANT),
    FIXED(person_course, facts, COLUMN_BYTES),
};

static const struct column name_columns[] = {
    FIXED(name_record, number, COLUMN_NUMBER),
    FIXED(name_record, name, COLUMN_TEXT),
};

static const struct column event_head_columns[] = {
    FIXED(event_head, position, COLUMN_NUMBER),
    FIXED_STATE(event_head, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(event_head, subject, COLUMN_NUMBER),
    FIXED_STATE(event_head, kind, 1, INT32_MAX),
};
static const struct column look_link_columns[] = {
    FIXED(look_link, number, COLUMN_NUMBER),
    FIXED(look_link, chain, COLUMN_BYTES32),
};
static const struct column look_row_columns[] = {
    FIXED(look_row, number, COLUMN_NUMBER),
    FIXED(look_row, account, COLUMN_NUMBER),
    FIXED_STATE(look_row, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(look_row, subject, COLUMN_NUMBER),
    FIXED(look_row, at, COLUMN_INSTANT),
    FIXED(look_row, purpose, COLUMN_TEXT),
    FIXED(look_row, reason, COLUMN_TEXT),
};

static const struct column entry_columns[] = {
    FIXED(entry_row, id, COLUMN_NUMBER),
    FIXED(entry_row, kind, COLUMN_TEXT),
    FIXED_STATE(entry_row, subject_kind, SUBJECT_OF_PERSON, SUBJECT_LAST),
    FIXED(entry_row, subject, COLUMN_NUMBER),
    FIXED(entry_row, person, COLUMN_NUMBER),
    FIXED(entry_row, hub, COLUMN_NUMBER),
    FIXED(entry_row, agreement, COLUMN_NUMBER),
    FIXED(entry_row, parent, COLUMN_NUMBER),
    COLUMN(entry_row, journey, COLUMN_TEXT),
    FIXED(entry_row, severity, COLUMN_TEXT),
    FIXED(entry_row, responsible, COLUMN_TEXT),
    COLUMN(entry_row, state, COLUMN_TEXT),
    COLUMN(entry_row, outcome, COLUMN_TEXT),
    FIXED(entry_row, opened_on, COLUMN_DATE),
    FIXED(entry_row, opened_at, COLUMN_INSTANT),
    COLUMN(entry_row, pending, COLUMN_FLAG),
    COLUMN(entry_row, due_on, COLUMN_DAY),
    COLUMN(entry_row, answered_on, COLUMN_DAY),
    COLUMN(entry_row, closed_on, COLUMN_DAY),
    COLUMN(entry_row, closed_at, COLUMN_INSTANT),
    COLUMN(entry_row, started_at, COLUMN_INSTANT),
    COLUMN(entry_row, ended_at, COLUMN_INSTANT),
    COLUMN(entry_row, against_event, COLUMN_NUMBER),
    COLUMN(entry_row, changed_event, COLUMN_NUMBER),
};

static const struct column intake_columns[] = {
    FIXED(intake_row, id, COLUMN_NUMBER),
    FIXED(intake_row, request, COLUMN_NUMBER),
    FIXED(intake_row, person, COLUMN_NUMBER),
    FIXED(intake_row, hub, COLUMN_NUMBER),
    FIXED(intake_row, agreement, COLUMN_NUMBER),
    FIXED(intake_row, held_at, COLUMN_INSTANT),
    COLUMN(intake_row, used_at, COLUMN_INSTANT),
    COLUMN(intake_row, used_on, COLUMN_DAY),
    COLUMN(intake_row, given_back_at, COLUMN_INSTANT),
};

static const struct column operation_columns[] = {
    FIXED(operation_row, id, COLUMN_NUMBER),
    FIXED(operation_row, reference, COLUMN_TEXT),
    COLUMN(operation_row, kind, COLUMN_TEXT),
    COLUMN(operation_row, happened_on, COLUMN_DATE),
    COLUMN(operation_row, partners, COLUMN_TEXT),
    COLUMN(operation_row, arrests, COLUMN_NUMBER),
    COLUMN(operation_row, boats, COLUMN_NUMBER),
    COLUMN(operation_row, engines, COLUMN_NUMBER),
    COLUMN(operation_row, documents, COLUMN_NUMBER),
    COLUMN(operation_row, money, COLUMN_TEXT),
    COLUMN(operation_row, source, COLUMN_TEXT),
    COLUMN(operation_row, published_on, COLUMN_DAY),
    COLUMN(operation_row, revision, COLUMN_NUMBER),
    COLUMN(operation_row, recorded_at, COLUMN_INSTANT),
    COLUMN(operation_row, event, COLUMN_NUMBER),
};

static const struct column intake_count_columns[] = {
    FIXED(intake_count_record, agreement, COLUMN_NUMBER),
    FIXED(intake_count_record, month, COLUMN_DATE),
    COLUMN(intake_count_record, used, COLUMN_NUMBER),
    COLUMN(intake_count_record, held, COLUMN_NUMBER),
};

static const struct column intake_counts_columns[] = {
    FIXED(intake_counts, used, COLUMN_NUMBER),
    FIXED(intake_counts, used_in_month, COLUMN_NUMBER),
    FIXED(intake_counts, held, COLUMN_NUMBER),
};

static const struct column merge_columns[] = {
    FIXED(merge_row, id, COLUMN_NUMBER),
    FIXED(merge_row, continues, COLUMN_NUMBER),
    FIXED(merge_row, absorbed, COLUMN_NUMBER),
    STATE(merge_row, state, MERGE_ASKED, MERGE_UNDONE),
    FIXED(merge_row, requested_by, COLUMN_NUMBER),
    FIXED(merge_row, requested_at, COLUMN_INSTANT),
    COLUMN(merge_row, decided_by, COLUMN_NUMBER),
    COLUMN(merge_row, decided_at, COLUMN_INSTANT),
    COLUMN(merge_row, decided_event, COLUMN_NUMBER),
    COLUMN(merge_row, undone_by, COLUMN_NUMBER),
    COLUMN(merge_row, undone_at, COLUMN_INSTANT),
    COLUMN(merge_row, undone_event, COLUMN_NUMBER),
};

static const struct column moved_columns[] = {
    FIXED(moved_row, position, COLUMN_NUMBER),
    FIXED(moved_row, separation, COLUMN_NUMBER),
    FIXED(moved_row, record, COLUMN_NUMBER),
    FIXED(moved_row, since, COLUMN_INSTANT),
};

static const struct column lookup_columns[] = {
    FIXED(lookup_record, key, COLUMN_NUMBER),
    FIXED(lookup_record, position, COLUMN_NUMBER),
    FIXED(lookup_record, key_rest, COLUMN_NUMBER),
    COLUMN(lookup_record, record, COLUMN_NUMBER),
};

static const struct column tie_columns[] = {
    FIXED(tie_row, id, COLUMN_NUMBER),         FIXED(tie_row, person, COLUMN_NUMBER),
    FIXED(tie_row, account, COLUMN_NUMBER),    FIXED_STATE(tie_row, kind, TIE_SELF, TIE_KINDS - 1),
    FIXED(tie_row, first_day, COLUMN_DATE),    FIXED(tie_row, last_day, COLUMN_DAY),
    FIXED(tie_row, made_by, COLUMN_NUMBER),    COLUMN(tie_row, ended_by, COLUMN_NUMBER),
    COLUMN(tie_row, ended_at, COLUMN_INSTANT), COLUMN(tie_row, ended_event, COLUMN_NUMBER),
};

static const struct column glass_columns[] = {
    FIXED(glass_row, id, COLUMN_NUMBER),
    FIXED(glass_row, person, COLUMN_NUMBER),
    FIXED(glass_row, account, COLUMN_NUMBER),
    FIXED(glass_row, broken_at, COLUMN_INSTANT),
    FIXED(glass_row, until, COLUMN_INSTANT),
    STATE(glass_row, outcome, GLASS_NOT_REVIEWED, GLASS_OUTCOMES - 1),
    COLUMN(glass_row, reviewed_by, COLUMN_NUMBER),
    COLUMN(glass_row, reviewed_at, COLUMN_INSTANT),
    COLUMN(glass_row, reviewed_event, COLUMN_NUMBER),
};

static const struct column number_columns[] = {{"number", COLUMN_NUMBER, true, 0, 0, 0}};

static const struct column place_state_count_columns[] = {
    FIXED(place_state_count, kind, COLUMN_TEXT),
    FIXED_STATE(place_state_count, state, PLACE_FREE, PLACE_STATES - 1),
    FIXED(place_state_count, ran_out, COLUMN_NUMBER),
    FIXED(place_state_count, count, COLUMN_NUMBER),
};

static const struct column arrival_count_columns[] = {
    FIXED_STATE(arrival_count, arrival, ARRIVAL_EXPECTED, ARRIVAL_STATES - 1),
    FIXED(arrival_count, people, COLUMN_NUMBER),
};

static const struct column stage_count_columns[] = {
    FIXED(stage_count, stage, COLUMN_TEXT),
    FIXED(stage_count, people, COLUMN_NUMBER),
};

#define LAYOUT(table_name, row_type, column_list, keys)                                            \
    {                                                                                              \
        table_name, sizeof(row_type), column_list, sizeof column_list / sizeof column_list[0],     \
            keys, false                                                                            \
    }
#define PERSONAL(table_name, row_type, column_list, keys)                                          \
    {                                                                                              \
        table_name, sizeof(row_type), column_list, sizeof column_list / sizeof column_list[0],     \
            keys, true                                                                             \
    }

static const struct layout layouts[TABLE_COUNT] = {
    [TABLE_EVENT] = LAYOUT("event", struct event_record, event_columns, 1),
    [TABLE_SUBJECT_KEY] = LAYOUT("subject_key", struct subject_key_record, subject_key_columns, 2),
    [TABLE_COMMAND] = LAYOUT("command", struct command_record, command_columns, 1),
    [TABLE_PROPERTY] = LAYOUT("property", struct property_record, property_columns, 1),
    [TABLE_PASSWORD] = LAYOUT("password", struct password_record, password_columns, 1),
    [TABLE_SECOND_FACTOR] =
        LAYOUT("second_factor", struct second_factor_record, second_factor_columns, 1),
    [TABLE_PASSKEY] = LAYOUT("passkey", struct passkey_record, passkey_columns, 1),
    [TABLE_SUBJECT_LINK] =
        LAYOUT("subject_link", struct subject_link_record, subject_link_columns, 2),
    [TABLE_CEREMONY] = LAYOUT("ceremony", struct ceremony_record, ceremony_columns, 2),
    [TABLE_SESSION] = LAYOUT("session", struct session_record, session_columns, 1),
    [TABLE_LOOK] = LAYOUT("look", struct look_record, look_columns, 0),
    [TABLE_RULEBOOK] = LAYOUT("rulebook", struct rulebook_record, rulebook_columns, 1),
    [TABLE_PERSON] = LAYOUT("person", struct person_row, person_columns, 1),
    [TABLE_FACT] = PERSONAL("fact", struct fact_row, fact_columns, 5),
    [TABLE_REQUEST] = LAYOUT("request", struct request_row, request_columns, 1),
    [TABLE_PLACE] = LAYOUT("place", struct place_row, place_columns, 2),
    [TABLE_PLACE_COUNT] = LAYOUT("place_count", struct place_count_record, place_count_columns, 3),
    [TABLE_STAY] = LAYOUT("stay", struct stay_row, stay_columns, 1),
    [TABLE_PREBOOKING] = LAYOUT("prebooking", struct prebooking_row, prebooking_columns, 1),
    [TABLE_HUB_REPORT] = LAYOUT("hub_report", struct hub_report_row, hub_report_columns, 1),
    [TABLE_UNEXPECTED] = LAYOUT("unexpected", struct unexpected_row, unexpected_columns, 1),
    [TABLE_HUB] = LAYOUT("hub", struct hub_row, hub_columns, 1),
    [TABLE_AGREEMENT] = LAYOUT("agreement", struct agreement_row, agreement_columns, 1),
    [TABLE_ACCOUNT] = LAYOUT("account", struct account_row, account_columns, 1),
    [TABLE_MANIFEST] = LAYOUT("manifest", struct manifest_row, manifest_columns, 1),
    [TABLE_MANIFEST_ENTRY] =
        LAYOUT("manifest_entry", struct manifest_entry_row, manifest_entry_columns, 2),
    [TABLE_STOP_NOTICE] = LAYOUT("stop_notice", struct stop_notice_row, stop_notice_columns, 2),
    [TABLE_GLASS] = LAYOUT("glass", struct glass_row, glass_columns, 1),
    [TABLE_TIE] = LAYOUT("tie", struct tie_row, tie_columns, 1),
    [TABLE_CASELOAD] = PERSONAL("caseload", struct caseload_row, caseload_columns, 1),
    [TABLE_COURSE] = LAYOUT("course", struct course_row, course_columns, 1),
    [TABLE_FACT_NAME] = LAYOUT("fact_name", struct name_record, name_columns, 1),
    [TABLE_WORD] = LAYOUT("word", struct name_record, name_columns, 1),
    [TABLE_ENTRY] = PERSONAL("entry", struct entry_row, entry_columns, 1),
    [TABLE_INTAKE] = LAYOUT("intake", struct intake_row, intake_columns, 1),
    [TABLE_INTAKE_COUNT] =
        LAYOUT("intake_count", struct intake_count_record, intake_count_columns, 2),
    [TABLE_OPERATION] = LAYOUT("operation", struct operation_row, operation_columns, 1),
    [TABLE_MERGE] = LAYOUT("merge", struct merge_row, merge_columns, 1),
    [TABLE_MOVED] = LAYOUT("moved", struct moved_row, moved_columns, 2),
    [TABLE_LOOKUP] = LAYOUT("lookup", struct lookup_record, lookup_columns, 2),
};

const struct layout *layout_of(enum table table)
{
    ASSERT((size_t)table < TABLE_COUNT);
    return &layouts[table];
}

const struct layout *layout_of_number(void)
{
    static const struct layout layout = LAYOUT("number", int64_t, number_columns, 0);
    return &layout;
}

const struct layout *layout_of_place_count(void)
{
    static const struct layout layout =
        LAYOUT("place_state_count", struct place_state_count, place_state_count_columns, 0);
    return &layout;
}

const struct layout *layout_of_arrival_count(void)
{
    static const struct layout layout =
        LAYOUT("arrival_count", struct arrival_count, arrival_count_columns, 0);
    return &layout;
}

const struct layout *layout_of_look_link(void)
{
    static const struct layout layout = LAYOUT("look", struct look_link, look_link_columns, 0);
    return &layout;
}

const struct layout *layout_of_event_head(void)
{
    static const struct layout layout =
        LAYOUT("event_head", struct event_head, event_head_columns, 0);
    return &layout;
}

const struct layout *layout_of_look(void)
{
    static const struct layout layout = LAYOUT("look", struct look_row, look_row_columns, 0);
    return &layout;
}

const struct layout *layout_of_stage_count(void)
{
    static const struct layout layout =
        LAYOUT("stage_count", struct stage_count, stage_count_columns, 0);
    return &layout;
}

const struct layout *layout_of_course(void)
{
    static const struct layout layout =
        LAYOUT("course_answer", struct person_course, course_answer_columns, 0);
    return &layout;
}

const struct layout *layout_of_intake_counts(void)
{
    static const struct layout layout =
        LAYOUT("intake_counts", struct intake_counts, intake_counts_columns, 0);
    return &layout;
}

result layout_copy_texts(const struct layout *layout, void *row, struct arena *arena,
                         struct err *err)
{
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct column *column = &layout->columns[i];
        if (column->type != COLUMN_TEXT && column->type != COLUMN_BYTES) {
            continue;
        }
        str *text = (str *)(void *)((char *)row + column->offset);
        const str copy = arena_copy(arena, *text);
        if (copy.at == NULL) {
            return arena_full(err);
        }
        *text = copy;
    }
    return result_ok();
}

static str column_bytes(const struct column *column, const void *row)
{
    const char *member = (const char *)row + column->offset;
    switch (column->type) {
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
    case COLUMN_INSTANT:
        return (str){.at = member, .len = sizeof(int64_t)};
    case COLUMN_STATE:
    case COLUMN_DATE:
        return (str){.at = member, .len = sizeof(int32_t)};
    case COLUMN_FLAG:
        return (str){.at = member, .len = sizeof(bool)};
    case COLUMN_TEXT:
    case COLUMN_BYTES:
        return *(const str *)(const void *)member;
    case COLUMN_BYTES32:
        return (str){.at = member, .len = SHA256_SIZE};
    case COLUMN_DAY:
        return (str){.at = member, .len = sizeof(struct known_day)};
    }
    return STR("");
}

/* FNV-1a over the key; the table is part of it. */
uint64_t layout_key_hash(enum table table, const void *row)
{
    const struct layout *layout = layout_of(table);
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)table;
    for (size_t i = 0; i < layout->key_count; i++) {
        const str bytes = column_bytes(&layout->columns[i], row);
        for (size_t at = 0; at < bytes.len; at++) {
            hash = (hash ^ (unsigned char)bytes.at[at]) * UINT64_C(1099511628211);
        }
    }
    return hash ^ hash >> 32;
}

bool layout_same_key(const struct layout *layout, const void *left, const void *right)
{
    bool same = true;
    for (size_t i = 0; same && i < layout->key_count; i++) {
        same = str_equal(column_bytes(&layout->columns[i], left),
                         column_bytes(&layout->columns[i], right));
    }
    return same;
}
