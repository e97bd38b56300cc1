/* notices: letters to people, from the text to the proof of service. A letter is *issued*: filled
 * in from the record, whole, and kept word by word in the person's history, with its hash. It is
 * then *served*, or cancelled. Issuing records nothing that a safeguard or a clock reads; only
 * service does, in one commit with it. So a letter that was written and not served starts no time.
 *
 * A letter in another language than the law's is bilingual, and is issued only when the translation
 * of that letter, to the word, was approved in this register. What is issued is whatever was
 * approved: a text changed afterwards is not approved any more.
 *
 * The texts come with casework (struct casework, `notices`); without any, there is nothing to
 * issue, and what was issued is there all the same. Client ids, errors and access are those of
 * casework.h. */
#ifndef RETURNHUB_CASEWORK_NOTICES_H
#define RETURNHUB_CASEWORK_NOTICES_H

#include "casework/casework.h"
#include "notice/book.h"

enum notice_state { NOTICE_STATE_ISSUED, NOTICE_STATE_SERVED, NOTICE_STATE_CANCELLED };
const char *notice_state_name(enum notice_state state);

/* A letter that was issued. */
struct notice_answer {
    int64_t number; /* the position of its event; 0: a draft */
    struct person_row person;
    struct notice_content content;
    struct sha256 hash;
    date issued_on;
    str issued_by;
    enum notice_state state;
    int64_t approval;    /* of its translation; 0 when it is in the law's language alone */
    struct event closed; /* NOTICE_SERVED or NOTICE_CANCELLED; position 0: neither */
    str closed_by;
    const str *ways; /* names of the methods by which it may be served */
    size_t way_count;
    bool repeated;
};

struct notice_order {
    str person;   /* reference */
    str notice;   /* name */
    str language; /* BCP 47; "" for the law's */
    str hub;      /* reference, of a notice that is about a transfer to one; "" otherwise */
};

/* ACTION_ISSUE_NOTICE. What the letter would say, in any state of its translation: nothing is
 * recorded. */
MUST_USE result casework_draft_notice(const struct casework *casework, const struct caller *caller,
                                      const struct notice_order *order, struct arena *arena,
                                      struct notice_answer *ret_answer, struct err *err);
/* ACTION_ISSUE_NOTICE. ERROR_INPUT when something that is put in is not known; ERROR_CONFLICT when
 * the translation is not approved. */
MUST_USE result casework_issue_notice(const struct casework *casework, const struct caller *caller,
                                      const struct notice_order *order, struct arena *arena,
                                      struct notice_answer *ret_answer, struct err *err);

struct notice_service {
    int64_t notice;
    date on;         /* not before it was issued, not after today */
    str method;      /* one of its ways */
    bool understood; /* in their language; said by whoever served it */
    str proof;       /* a signature, a video, a tracking number; required */
};
/* ACTION_SERVE_NOTICE, once. Records the facts, and judges the person's live requests again. */
MUST_USE result casework_serve_notice(const struct casework *casework, const struct caller *caller,
                                      const struct notice_service *service, struct arena *arena,
                                      struct record_answer *ret_answer, struct err *err);
/* ACTION_ISSUE_NOTICE, of one that was not served. */
MUST_USE result casework_cancel_notice(const struct casework *casework, const struct caller *caller,
                                       int64_t notice, str reason, struct arena *arena,
                                       struct notice_answer *ret_answer, struct err *err);

/* ACTION_SEE_PERSON. The look is recorded. */
MUST_USE result casework_notice(const struct casework *casework, const struct caller *caller,
                                int64_t notice, struct arena *arena,
                                struct notice_answer *ret_answer, struct err *err);
/* ACTION_SEE_PERSON. Those of the person, newest first. The look is recorded. */
MUST_USE result casework_notices(const struct casework *casework, const struct caller *caller,
                                 str person, struct arena *arena,
                                 const struct notice_answer **ret_notices, size_t *ret_count,
                                 struct err *err);

/* ACTION_APPROVE_TRANSLATION. ERROR_CONFLICT when not every line is translated, or it is approved
 * already. */
struct translation_line {
    str notice;
    int64_t version;
    str language;
    str status; /* in the words of the catalogue */
    struct notice_translated translated;
    int64_t approval; /* the event; 0: not approved */
    str approved_by;
    instant approved_at;
};
MUST_USE result casework_approve_translation(const struct casework *casework,
                                             const struct caller *caller, str notice, str language,
                                             str remark, struct arena *arena,
                                             struct translation_line *ret_line, struct err *err);
/* ACTION_SEE_RULEBOOK. Every notice in every language there is a catalogue of. */
MUST_USE result casework_translations(const struct casework *casework, const struct caller *caller,
                                      struct arena *arena,
                                      const struct translation_line **ret_lines, size_t *ret_count,
                                      struct err *err);

/* --- inside casework only --------------------------------------------------------------------- */

struct sitting;
/* Every letter of the person, newest first. */
MUST_USE result notices_read(struct sitting *sitting, const struct person_row *person,
                             const struct notice_answer **ret_notices, size_t *ret_count,
                             struct err *err);
/* One, if the account may do this with its person. */
MUST_USE result notice_read(struct sitting *sitting, int64_t number, enum action action,
                            struct notice_answer *ret_answer, struct err *err);

#endif
