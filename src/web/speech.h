/* speech: in which language a page speaks. English is in the templates and in C; other languages
 * are catalogues in pages/languages, each of which says how it came about ("machine draft, not
 * certified"), and the page says so too.
 *
 * A page speaks another language only when all of it does: its templates say their texts in
 * {{#say}} (format/template.h), and what C puts into it is marked SAY("..."), so that a test finds
 * every text there is to translate. A page for staff speaks the languages of the catalogues that
 * translate those, too: whatever text C puts into it stands in the list of texts by itself, and is
 * said where the template shows it (tests/web/languages.py, tests/server/said.py). What a rulebook
 * says is looked up under a context of its own; where that is not translated it stays in English,
 * and is marked so for who hears it read out. */
#ifndef RETURNHUB_WEB_SPEECH_H
#define RETURNHUB_WEB_SPEECH_H

#include "format/catalogue.h"
#include "format/json.h"
#include "web/exchange.h"
#include "web/view.h"

/* A text of a page that is said through {{#say}} or speech_say. */
#define SAY(text) text

/* The context of what a rulebook says. */
#define SPEECH_LAW "law"

struct speech {
    str language; /* BCP 47 */
    bool right_to_left;
    const struct catalogue *catalogue; /* NULL: English */
};

struct speech speech_english(void);
/* Of a page for staff: what they read where that is translated ("X-Pages: all"), otherwise English.
 */
struct speech speech_for_staff(const struct exchange *exchange);
/* What whoever asks reads: what the query asks for, what the account chose, what the browser
 * prefers; English when none of these is there. */
struct speech speech_of(const struct exchange *exchange);
/* English, or the language of a catalogue. */
bool speech_is_offered(const struct exchange *exchange, str language);
/* [{"language","name","current"}]: the languages there are, each named in itself. */
json_t *speech_offers(const struct exchange *exchange, const struct speech *speech);

str speech_say(const struct speech *speech, const char *text);
/* Is this text of a page there in the language? In English everything is. */
bool speech_has(const struct speech *speech, str text);
/* What a room below says is English, and names what it is about. Where that is not translated, what
 * went wrong is told as it is called; nothing is said that cannot be read. */
str speech_told(const struct speech *speech, str text, enum error_code code);
/* A text with one value in it, "Stop {{number}}": said as a whole, and then the value put in, so
 * that a language puts it where it belongs. NULL: English. .at is NULL when the arena is full. */
str speech_fill(const struct catalogue *catalogue, struct arena *arena, const char *text,
                str value);
/* The same with any number of values, each where the text, or its translation, names it. */
str speech_put(const struct catalogue *catalogue, struct arena *arena, const char *text,
               const struct said_value *values);
/* A text that goes with a number, said in the form for it: {{count}} is the number, beside what
 * else it names (NULL: nothing else). */
str speech_counted(const struct catalogue *catalogue, struct arena *arena, struct counted_text text,
                   int64_t count, const struct said_value *others);
/* A number as it is written in the language: "1,204", "١٬٢٠٤". */
str speech_number(const struct speech *speech, struct arena *arena, int64_t number);
/* speech_fill on a page for staff. */
str speech_fill_for_staff(const struct exchange *exchange, const char *text, str value);
/* {"text","foreign"}: foreign when it is not translated and the page is not English. */
json_t *speech_law(const struct speech *speech, str text);
/* {"known","iso","text"} of "2026-03-27" ("27 mars 2026"), of an instant, or of {"known","value"}.
 */
json_t *speech_day(const struct speech *speech, struct arena *arena, str iso);
json_t *speech_known_day(const struct speech *speech, struct arena *arena, const json_t *known_day);
/* The same of an instant, with the time of day: "27 mars 2026, 17:30 UTC". */
json_t *speech_instant(const struct speech *speech, struct arena *arena, instant at);

#endif
