/* book: all notices and their translations, as they were read. */
#ifndef RETURNHUB_NOTICE_BOOK_H
#define RETURNHUB_NOTICE_BOOK_H

#include "notice/content.h"

struct notice_book {
    struct notice_set set;
    const struct catalogue *catalogues;
    size_t catalogue_count;
};

/* NULL when there is no translation into this language. */
const struct catalogue *notice_book_catalogue(const struct notice_book *book, str language);

#endif
