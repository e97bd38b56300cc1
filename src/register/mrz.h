/* mrz: the machine readable zone of a travel document, as typed or read off the document: three
 * lines of 30 characters (TD1), two of 36 (TD2) or two of 44 (TD3). ICAO Doc 9303, part 3 (sections
 * 4.2 to 4.9: fields, check digits), part 4 (passports, TD3), part 5 (TD1), part 6 (TD2).
 *
 * Every check digit is verified; a wrong one is refused with the field, the line and the position
 * in the line, so that a slip of the finger is found where it was made. A document number of more
 * than nine characters (TD1 and TD2: the check digit's place is a filler, the rest and the digit
 * follow in the optional data) is put together. */
#ifndef RETURNHUB_REGISTER_MRZ_H
#define RETURNHUB_REGISTER_MRZ_H

#include "base/arena.h"

struct mrz {
    const char *format; /* "TD1" */
    str code;           /* of the document: "P", "I", ... */
    str issuer;         /* three letters; "D" for Germany */
    str number;
    str nationality;
    str born;    /* YYMMDD; unknown parts are fillers */
    str expires; /* YYMMDD */
    char sex;    /* M, F or < */
    str name;    /* primary identifier, two spaces, secondary: "ERIKSSON  ANNA MARIA" */
};

/* Looks like one: long enough, and with fillers. */
bool mrz_is_meant(str typed);
/* Small letters and white space between and around lines do not matter. Views are in the arena. */
MUST_USE result mrz_read(str typed, struct arena *arena, struct mrz *ret_mrz, struct err *err);
/* Doc 9303 part 3, 4.9: weights 7, 3, 1, modulus 10; letters count from A = 10, fillers are 0. */
int mrz_check_digit(str text);

#endif
