#include "casework/sought.h"

#include "format/latin.h"
#include "register/identifier.h"

enum {
    PART_MAX = 40,     /* of a part of a name that is compared letter by letter */
    PEOPLE_MAX = 500,  /* who have the text as a reference or another name */
    BEGINNING_MIN = 3, /* letters that tell a name by its beginning */
    SKELETON_MIN = 2,  /* a skeleton of one letter is everybody's */
    SLIP_MIN = 4,      /* letters of a part in which one slip is looked for */
    SLIPS_MIN = 8,     /* and two */
};

/* --- letters ---------------------------------------------------------------------------------- */

/* Letters A to Z as a to z; other bytes of UTF-8 as they are. */
static result fold(struct arena *arena, str text, str *ret_folded, struct err *err)
{
    char *folded = ARENA_NEW(arena, char, text.len + 1);
    if (folded == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        folded[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    *ret_folded = (str){.at = folded, .len = text.len};
    return result_ok();
}

static bool has_digit(str part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (part.at[i] >= '0' && part.at[i] <= '9') {
            return true;
        }
    }
    return false;
}

/* --- what is sought --------------------------------------------------------------------------- */

static result add_people(struct sitting *sitting, str text, struct sought *sought, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct lookup_hit *hits = NULL;
    size_t count = 0;
    if (text.at == NULL) {
        return arena_full(err);
    }
    TRY(transaction_lookup(sitting->transaction, text, &scratch, &hits, &count, err));
    for (size_t i = 0; i < count && sought->people_count < PEOPLE_MAX; i++) {
        struct arena inner = scratch;
        struct person_row person;
        TRY(transaction_person(sitting->transaction, hits[i].record, &inner, &person, err));
        sought->people[sought->people_count++] = person.id;
    }
    return result_ok();
}

static result find_people(struct sitting *sitting, str text, struct sought *sought, struct err *err)
{
    static const enum identifier_scheme schemes[] = {
#define SCHEME(constant, name, title, pattern, unique, exact) constant,
#include "register/identifier.def"
#undef SCHEME
    };
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (identifier_is_unique(schemes[i])) {
            TRY(add_people(sitting,
                           lookup_identifier(str_from_c(identifier_scheme_name(schemes[i])),
                                             STR(""), text, sitting->arena),
                           sought, err));
        }
    }
    return sought->parts.count == 0
               ? result_ok()
               : add_people(sitting, lookup_name(&sought->parts, sitting->arena), sought, err);
}

result sought_read(struct sitting *sitting, str text, struct sought *ret_sought, struct err *err)
{
    struct sought sought = {.people = ARENA_NEW(sitting->arena, int64_t, PEOPLE_MAX)};
    str latin;
    str composed;
    if (sought.people == NULL) {
        return arena_full(err);
    }
    TRY(latin_nfc(str_trim(text), sitting->arena, &composed, err));
    TRY(fold(sitting->arena, composed, &sought.text, err));
    TRY(latin_letters(composed, sitting->arena, &latin, err));
    TRY(fold(sitting->arena, latin, &sought.latin, err));
    TRY(name_parts_of(latin, sitting->arena, &sought.parts, err));
    if (sought.text.len > 0) {
        TRY(find_people(sitting, composed, &sought, err));
    }
    *ret_sought = sought;
    return result_ok();
}

result sought_is(const struct sought *sought, int64_t person, str name, struct arena scratch,
                 bool *ret_is, struct err *err)
{
    str folded;
    str latin;
    *ret_is = sought->text.len == 0;
    for (size_t i = 0; i < sought->people_count && !*ret_is; i++) {
        *ret_is = sought->people[i] == person;
    }
    if (*ret_is) {
        return result_ok();
    }
    TRY(fold(&scratch, name, &folded, err));
    *ret_is = str_contains(folded, sought->text);
    if (*ret_is || sought->latin.len == 0) {
        return result_ok();
    }
    TRY(latin_letters(name, &scratch, &latin, err));
    TRY(fold(&scratch, latin, &folded, err));
    *ret_is = str_contains(folded, sought->latin);
    return result_ok();
}

/* --- alike ------------------------------------------------------------------------------------ */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Restricted edit distance (optimal string alignment): letters more, less, other, and two
 * neighbours exchanged. */
bool sought_is_slip(str typed, str meant, int slips)
{
    int rows[3][PART_MAX + 1];
    if (typed.len > PART_MAX || meant.len > PART_MAX) {
        return false;
    }
    for (size_t k = 0; k <= meant.len; k++) {
        rows[0][k] = (int)k;
    }
    for (size_t i = 1; i <= typed.len; i++) {
        int *row = rows[i % 3];
        const int *before = rows[(i + 2) % 3];
        const int *two_before = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t k = 1; k <= meant.len; k++) {
            const int other = typed.at[i - 1] == meant.at[k - 1] ? 0 : 1;
            row[k] = least(least(before[k], row[k - 1]) + 1, before[k - 1] + other);
            if (i > 1 && k > 1 && typed.at[i - 1] == meant.at[k - 2] &&
                typed.at[i - 2] == meant.at[k - 1]) {
                row[k] = least(row[k], two_before[k - 2] + 1);
            }
        }
    }
    return rows[typed.len % 3][meant.len] <= slips;
}

static bool part_is_alike(const struct name_parts *typed, size_t at, const struct name_parts *meant,
                          size_t other)
{
    const str part = typed->parts[at];
    const str theirs = meant->parts[other];
    if (str_equal(part, theirs)) {
        return true;
    }
    if (has_digit(part) || has_digit(theirs)) {
        return false;
    }
    const str skeleton = typed->skeletons[at];
    const int slips = part.len >= SLIPS_MIN ? 2 : part.len >= SLIP_MIN ? 1 : 0;
    return (part.len >= BEGINNING_MIN && str_starts(theirs, part)) ||
           (skeleton.len >= SKELETON_MIN && str_equal(skeleton, meant->skeletons[other])) ||
           (slips > 0 && sought_is_slip(part, theirs, slips));
}

result sought_is_alike(const struct sought *sought, str name, struct arena scratch, bool *ret_is,
                       struct err *err)
{
    struct name_parts meant;
    str latin;
    TRY(latin_letters(name, &scratch, &latin, err));
    TRY(name_parts_of(latin, &scratch, &meant, err));
    size_t alike = 0;
    for (size_t i = 0; i < sought->parts.count; i++) {
        bool found = false;
        for (size_t k = 0; k < meant.count && !found; k++) {
            found = part_is_alike(&sought->parts, i, &meant, k);
        }
        alike += found ? 1 : 0;
    }
    *ret_is = sought->parts.count > 0 && alike == sought->parts.count;
    return result_ok();
}
