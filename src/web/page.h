/* page: a resource on its way to a template: title, crumbs, navigation, notice and errors around
 * the content.
 *
 * The view of a page is {"page": chrome, and the keys its template names}. Mustache looks a missing
 * name up in the objects around it, so every view object is complete: a thing that is absent is
 * false, never left out. */
#ifndef RETURNHUB_WEB_PAGE_H
#define RETURNHUB_WEB_PAGE_H

#include "web/exchange.h"
#include "web/input.h"
#include "web/speech.h"

struct page {
    struct exchange *exchange;
    const char *template_name;
    str title;
    const char *area; /* the address in the navigation that is current; "" for none */
    json_t *crumbs;
    json_t *root;
    const struct faults *faults;
    struct speech speech; /* English, unless page_speak */
    bool speaks;          /* in several languages: it offers them */
    bool stays;           /* nothing in it leads to the same page in another language */
    bool borrows;         /* its view holds values that outlive the request (json_memory.h) */
};

void page_open(struct page *page, struct exchange *exchange, const char *template_name, str title,
               const char *area);
void page_close(struct page *page);
#define OWN_PAGE __attribute__((cleanup(page_close)))

/* Whoever asks is answered in their language: for a page all of whose texts are in the catalogues.
 * Its title is said through them. */
void page_speak(struct page *page);
/* The same for a page that staff have as well: it speaks to the person, to their lawyer and to
 * whoever is not signed in. */
void page_speak_unless_staff(struct page *page);
/* What is wrong with what was sent, told beside the fields and above them. What a room below says
 * of a field is English; where the page speaks and that is not translated, it is said that it
 * cannot be sent as it is. */
void page_refuse(struct page *page, struct faults *faults);
void page_crumb(struct page *page, str text, str href);
void page_set(struct page *page, const char *key, json_t *owned);
MUST_USE result page_answer(struct page *page, int status, struct err *err);

/* An address made of fixed text and parts that are percent-encoded where they must be: "%s" in
 * `pattern` takes a part. */
str page_href(struct arena *arena, const char *pattern, str part, str other_part);
/* Where the page listens for what happens while it is open (part_live.html): after what it shows.
 * `comparison`: also how far it is that everybody is compared (casework/waiting.h). */
json_t *page_live(const struct exchange *exchange, bool comparison);
/* A decoded path as an address. */
str page_path(struct arena *arena, str path);
/* A new client id for a form, as text: sending the form twice does it once. */
json_t *page_client_id(const struct exchange *exchange);

#endif
