/* spreadsheet: sheets as one OpenDocument spreadsheet (OpenDocument 1.2, ISO/IEC 26300), made as
 * official guidance on accessible spreadsheets asks: the first sheet says what there is, each table
 * stands alone on a sheet of its own from its first cell, the first row names the columns, no cells
 * are merged, none is left empty to look nice, and what must be said about a table stands on the
 * sheet of notes.
 *
 * The same sheets give the same bytes. */
#ifndef RETURNHUB_STATISTICS_SPREADSHEET_H
#define RETURNHUB_STATISTICS_SPREADSHEET_H

#include "statistics/sheet.h"

MUST_USE result spreadsheet_write(const struct sheet *const *sheets, size_t count,
                                  struct arena *arena, str *ret_bytes, struct err *err);

#endif
