#include "workload.h"

const uint16_t workload_agreements[WORKLOAD_NATIONALITIES] = {
#include "agreements.def"
};

enum { PADDING_BYTES = 4 * 1024, CACHE_LINE = 64 };

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t bits = *state;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
    return bits ^ (bits >> 31);
}

static double draw_share(uint64_t *state)
{
    return (double)(draw(state) >> 11) * 0x1p-53;
}

/* The value, or -1 for one in ten. */
static int draw_known(uint64_t *state, int value)
{
    return draw_share(state) < 0.10 ? -1 : value;
}

static int8_t draw_flag(uint64_t *state, double share)
{
    const int value = draw_share(state) < share;
    return (int8_t)draw_known(state, value);
}

static int draw_between(uint64_t *state, int least, int greatest)
{
    const int value = least + (int)(draw_share(state) * (greatest - least + 1));
    return draw_known(state, value);
}

static int32_t draw_days_ago(uint64_t *state, int greatest)
{
    const int days = draw_between(state, 0, greatest);
    return days < 0 ? -1 : WORKLOAD_TODAY - days;
}

static int route_of(double share)
{
    return share < 0.6 ? 0 : (share < 0.9 ? 1 : 2);
}

static int status_of(double share)
{
    static const double up_to[] = {0.15, 0.5, 0.95, 0.97};
    int status = 0;
    while (status < 4 && share >= up_to[status]) {
        status++;
    }
    return status;
}

static void draw_row(uint64_t *state, struct workload_row *row)
{
#define FLAG(name, fact, share) row->name = draw_flag(state, share);
#define CELL(kind, type, name, fact)
#include "workload.def"
#undef FLAG
#undef CELL
    double share = draw_share(state);
    row->nationality =
        (int16_t)draw_known(state, (int)(WORKLOAD_NATIONALITIES * share * share * share));
    row->hub = (int8_t)draw_between(state, 0, WORKLOAD_HUBS - 1);
    share = draw_share(state);
    row->route = (int8_t)draw_known(state, route_of(share));
    share = draw_share(state);
    row->status = (int8_t)draw_known(state, status_of(share));
    row->age = (int16_t)draw_between(state, 14, 80);
    share = draw_share(state);
    const int dependants = share < 0.7 ? 0 : 1 + (int)(draw_share(state) * 5);
    row->dependants = (int8_t)draw_known(state, dependants);
    row->detention_days = (int16_t)draw_between(state, 0, 250);
    row->notice_served = draw_days_ago(state, 120);
    row->decision_served = draw_days_ago(state, 400);
    row->nonref_assessed = draw_days_ago(state, 220);
    row->fit_assessed = draw_days_ago(state, 60);
    const int days = draw_between(state, 0, 2060);
    row->doc_expiry = days < 0 ? -1 : WORKLOAD_TODAY - 60 + days;
}

void *workload_take(struct arena *arena, size_t bytes)
{
    void *memory = arena_take(arena, 1, bytes + PADDING_BYTES, CACHE_LINE);
    ASSERT(memory != NULL);
    return memory;
}

result workload_rows(size_t count, struct arena *arena, struct workload_row **ret_rows,
                     struct err *err)
{
    struct workload_row *rows = ARENA_NEW(arena, struct workload_row, count);
    if (rows == NULL) {
        return arena_full(err);
    }
    uint64_t state = WORKLOAD_SEED;
    for (size_t i = 0; i < count; i++) {
        draw_row(&state, &rows[i]);
    }
    *ret_rows = rows;
    return result_ok();
}

result workload_columns(size_t count, struct arena *arena, struct workload_columns *ret_columns,
                        struct err *err)
{
    (void)err;
    struct workload_columns columns = {.count = count};
#define FLAG(name, fact, share)      columns.name = workload_take(arena, count);
#define CELL(kind, type, name, fact) columns.name = workload_take(arena, count * sizeof(type));
#include "workload.def"
#undef FLAG
#undef CELL
    uint64_t state = WORKLOAD_SEED;
    for (size_t i = 0; i < count; i++) {
        struct workload_row row;
        draw_row(&state, &row);
#define FLAG(name, fact, share)      columns.name[i] = row.name;
#define CELL(kind, type, name, fact) columns.name[i] = row.name;
#include "workload.def"
#undef FLAG
#undef CELL
    }
    *ret_columns = columns;
    return result_ok();
}

void workload_add(struct workload_sums *sums, size_t person, uint32_t bars, uint32_t unknown)
{
    sums->clear += bars == 0 && unknown == 0;
    sums->barred += bars != 0;
    sums->unknown += bars == 0 && unknown != 0;
    sums->bars += bars;
    sums->unknowns += unknown;
    sums->weighted += (uint64_t)bars * (person % 97);
}

const struct workload_sums *workload_known_sums(size_t count)
{
    static const struct {
        size_t count;
        struct workload_sums sums;
    } known[] = {
        {10000, {114, 8596, 1290, 8865774514, 10143825230, 426380513774}},
        {100000, {1040, 85610, 13350, 86847564355, 102318966720, 4161028406819}},
        {1000000, {10640, 853321, 136039, 867405701730, 1023761345735, 41671448760941}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].count == count) {
            return &known[i].sums;
        }
    }
    return NULL;
}
