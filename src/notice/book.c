#include "notice/book.h"

const struct catalogue *notice_book_catalogue(const struct notice_book *book, str language)
{
    for (size_t i = 0; i < book->catalogue_count; i++) {
        if (str_equal(book->catalogues[i].language, language)) {
            return &book->catalogues[i];
        }
    }
    return NULL;
}
