#include "document/document_pdf_tags.h"

#include <qpdf/qpdf-c.h>
#include <string.h>

enum { WORDS_BYTES_MAX = 1024 * 1024, TREE_DEPTH_MAX = 64 };

void tag_log_begin(struct tag_log *log, const struct block *block)
{
    if (log->arena == NULL) {
        return;
    }
    struct tag_note *note = ARENA_NEW(log->arena, struct tag_note, 1);
    if (note == NULL || log->depth == TAG_DEPTH_MAX) {
        log->failed = true;
        return;
    }
    note->language = block == NULL ? STR("") : block->language;
    buf_init(&note->words, log->arena, WORDS_BYTES_MAX);
    if (log->last == NULL) {
        log->first = note;
    } else {
        log->last->next = note;
    }
    log->last = note;
    log->open[log->depth++] = note;
}

void tag_log_words(struct tag_log *log, str words)
{
    if (log->arena == NULL || log->depth == 0) {
        return;
    }
    struct tag_note *note = log->open[log->depth - 1];
    if (note->language.len == 0) {
        return;
    }
    if (note->words.len > 0) {
        buf_put_char(&note->words, ' ');
    }
    buf_put(&note->words, str_trim(words));
    log->failed = log->failed || note->words.failed;
}

void tag_log_end(struct tag_log *log)
{
    if (log->arena != NULL && log->depth > 0) {
        log->depth--;
    }
}

/* --- the tree in the bytes --- */

struct walk {
    qpdf_data qpdf;
    const struct tag_note *next;
    struct arena scratch;
    bool wrong;
};

static void put_text(struct walk *walk, qpdf_oh element, const char *key, str text)
{
    struct arena scratch = walk->scratch;
    const str copy = arena_copy(&scratch, text);
    if (copy.at == NULL) {
        walk->wrong = true;
        return;
    }
    const qpdf_oh value = qpdf_oh_new_unicode_string(walk->qpdf, copy.at);
    qpdf_oh_replace_key(walk->qpdf, element, key, value);
}

static void describe(struct walk *walk, qpdf_oh element)
{
    const struct tag_note *note = walk->next;
    if (note == NULL) {
        walk->wrong = true;
        return;
    }
    walk->next = note->next;
    if (note->language.len > 0) {
        put_text(walk, element, "/Lang", note->language);
    }
    if (note->words.len > 0) {
        put_text(walk, element, "/ActualText", buf_str(&note->words));
    }
}

/* Cairo makes an element for every link too, which no tag was written down for. */
static bool is_tag(const struct walk *walk, qpdf_oh element)
{
    const qpdf_oh kind = qpdf_oh_get_key(walk->qpdf, element, "/S");
    return qpdf_oh_is_name(walk->qpdf, kind) &&
           strcmp(qpdf_oh_get_name(walk->qpdf, kind), "/Link") != 0;
}

/* Depth first, with a stack of its own: what stands in the tree of a long document is not wide, but
 * nothing says how deep it is. */
static void walk_kids(struct walk *walk, qpdf_oh parent, int depth)
{
    qpdf_oh kids = qpdf_oh_get_key(walk->qpdf, parent, "/K");
    if (qpdf_oh_is_dictionary(walk->qpdf, kids)) {
        kids = qpdf_oh_wrap_in_array(walk->qpdf, kids);
    }
    if (!qpdf_oh_is_array(walk->qpdf, kids) || depth == TREE_DEPTH_MAX) {
        return;
    }
    const int count = qpdf_oh_get_array_n_items(walk->qpdf, kids);
    for (int i = 0; i < count && !walk->wrong; i++) {
        const qpdf_oh kid = qpdf_oh_get_array_item(walk->qpdf, kids, i);
        if (!qpdf_oh_is_dictionary(walk->qpdf, kid) || !qpdf_oh_has_key(walk->qpdf, kid, "/S")) {
            continue;
        }
        if (is_tag(walk, kid)) {
            describe(walk, kid);
        }
        walk_kids(walk, kid, depth + 1);
    }
}

static void describe_document(struct walk *walk, const struct document_about *about)
{
    const qpdf_oh root = qpdf_get_root(walk->qpdf);
    const qpdf_oh preferences = qpdf_oh_new_dictionary(walk->qpdf);
    put_text(walk, root, "/Lang", about->language);
    qpdf_oh_replace_key(walk->qpdf, preferences, "/DisplayDocTitle",
                        qpdf_oh_new_bool(walk->qpdf, QPDF_TRUE));
    qpdf_oh_replace_key(walk->qpdf, root, "/ViewerPreferences", preferences);
    walk_kids(walk, qpdf_oh_get_key(walk->qpdf, root, "/StructTreeRoot"), 0);
    walk->wrong = walk->wrong || walk->next != NULL;
}

static bool write_out(qpdf_data qpdf, struct buf *buf)
{
    if ((qpdf_init_write_memory(qpdf) & QPDF_ERRORS) != 0) {
        return false;
    }
    qpdf_set_deterministic_ID(qpdf, QPDF_TRUE);
    qpdf_set_object_stream_mode(qpdf, qpdf_o_generate);
    if ((qpdf_write(qpdf) & QPDF_ERRORS) != 0) {
        return false;
    }
    buf_put(buf,
            (str){.at = (const char *)qpdf_get_buffer(qpdf), .len = qpdf_get_buffer_length(qpdf)});
    return true;
}

result tag_log_apply(const struct tag_log *log, const struct document_about *about, str bytes,
                     struct buf *buf, struct err *err)
{
    if (log->failed) {
        return err_set(err, ERROR_LIMIT, "The document is larger than there is room for");
    }
    qpdf_data qpdf = qpdf_init();
    struct walk walk = {.qpdf = qpdf, .next = log->first, .scratch = *log->arena};
    qpdf_silence_errors(qpdf);
    qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
    bool done = (qpdf_read_memory(qpdf, "document", bytes.at, bytes.len, NULL) & QPDF_ERRORS) == 0;
    if (done) {
        describe_document(&walk, about);
        done = !walk.wrong && qpdf_has_error(qpdf) == QPDF_FALSE && write_out(qpdf, buf);
    }
    qpdf_cleanup(&qpdf);
    return done ? result_ok()
                : err_set(err, ERROR_STORAGE,
                          "The PDF could not be written: its parts were not found again in it");
}
