#include "casework/arrivals.h"

#include "format/csv.h"
#include "system/system.h"

enum { SERIES_BYTES_MAX = 4 * 1024 * 1024 };

static result refuse(const struct csv_reader *reader, const char *why, struct err *err)
{
    result_ignore(err_set(err, ERROR_INPUT, "This is no series of arrivals: %s", why),
                  "the place returns the failure");
    return err_at(err, reader->file, reader->line, 0);
}

static bool is_header(const str *cells, size_t count)
{
    return count == 3 && str_equal(cells[0], STR("date")) && str_equal(cells[1], STR("people")) &&
           str_equal(cells[2], STR("boats"));
}

static result read_day(const struct csv_reader *reader, const str *cells, struct arrival_day *day,
                       struct err *err)
{
    const bool read =
        date_parse(cells[0], &day->on, NULL).ok && str_to_int64(cells[1], &day->people, NULL).ok &&
        str_to_int64(cells[2], &day->boats, NULL).ok && day->people >= 0 && day->boats >= 0;
    return read ? result_ok() : refuse(reader, "a row is a day and two counts", err);
}

static size_t count_lines(str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.at[i] == '\n' ? 1 : 0;
    }
    return lines;
}

result arrivals_read(const char *file, str text, struct arena *arena, struct arrivals *ret_arrivals,
                     struct err *err)
{
    struct csv_reader reader;
    str cells[CSV_COLUMNS_MAX];
    size_t cell_count = 0;
    bool more = false;
    struct arrival_day *days = ARENA_NEW(arena, struct arrival_day, count_lines(text) + 1);
    size_t count = 0;
    if (days == NULL) {
        return arena_full(err);
    }
    csv_reader_init(&reader, file, text);
    TRY(csv_read(&reader, arena, cells, &cell_count, &more, err));
    if (!more || !is_header(cells, cell_count)) {
        return refuse(&reader, "its columns are date, people, boats", err);
    }
    for (;;) {
        TRY(csv_read(&reader, arena, cells, &cell_count, &more, err));
        if (!more) {
            break;
        }
        TRY(read_day(&reader, cells, &days[count], err));
        if (count > 0 && days[count].on.day != days[count - 1].on.day + 1) {
            return refuse(&reader, "each day follows the one before", err);
        }
        count++;
    }
    *ret_arrivals = (struct arrivals){.days = days, .count = count};
    return result_ok();
}

void arrivals_between(const struct arrivals *arrivals, date from, date to, bool *ret_known,
                      struct arrival_day *ret_sum)
{
    *ret_sum = (struct arrival_day){.on = from};
    *ret_known = arrivals->count > 0 && !date_before(to, from) &&
                 !date_before(from, arrivals->days[0].on) &&
                 !date_before(arrivals->days[arrivals->count - 1].on, to);
    if (!*ret_known) {
        return;
    }
    const size_t first = (size_t)(from.day - arrivals->days[0].on.day);
    const size_t last = (size_t)(to.day - arrivals->days[0].on.day);
    for (size_t i = first; i <= last; i++) {
        ret_sum->people += arrivals->days[i].people;
        ret_sum->boats += arrivals->days[i].boats;
    }
}

result arrivals_load(const char *path, struct arena *arena, struct arrivals *ret_arrivals,
                     struct err *err)
{
    struct err missing = {0};
    str text;
    if (path == NULL) {
        return arena_full(err);
    }
    if (!system_read_file(path, SERIES_BYTES_MAX, arena, &text, &missing).ok) {
        *ret_arrivals = (struct arrivals){.count = 0};
        return result_ok();
    }
    return arrivals_read(path, text, arena, ret_arrivals, err);
}
