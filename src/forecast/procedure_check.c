#include "forecast/procedure.h"

#include <math.h>

/* What is being looked at, for the message. */
struct checked {
    const struct procedure *procedure;
    const char *kind; /* "way" */
    str name;
};

static result refuse(const struct checked *checked, struct err *err, const char *what)
{
    return err_set(err, ERROR_INPUT, "The %s \"%.*s\" %s", checked->kind, STR_ARG(checked->name),
                   what);
}

static result check_schedule(const struct checked *checked, const struct schedule *schedule,
                             double most, struct err *err)
{
    for (size_t i = 0; i < schedule->count; i++) {
        const struct schedule_point *point = &schedule->points[i];
        if (!isfinite(point->value) || point->value < 0 || point->value > most) {
            return refuse(checked, err,
                          most > 1 ? "has a number that is negative or not a number"
                                   : "has a share that is not between 0 and 1");
        }
        if (i > 0 && point->day <= schedule->points[i - 1].day) {
            return refuse(checked, err, "has numbers whose days do not rise");
        }
    }
    return result_ok();
}

static result check_schedules(const struct checked *checked, const struct schedules *schedules,
                              double most, struct err *err)
{
    if (schedules->count != 1 && schedules->count != checked->procedure->group_count) {
        return refuse(checked, err, "has numbers for some of the groups only");
    }
    for (size_t i = 0; i < schedules->count; i++) {
        TRY(check_schedule(checked, &schedules->of[i], most, err));
    }
    return result_ok();
}

static result check_branch(const struct checked *checked, const struct procedure_stage *from,
                           const struct procedure_way *way, const struct procedure_branch *branch,
                           struct err *err)
{
    const struct procedure *procedure = checked->procedure;
    if (branch->step >= procedure->step_count || branch->to >= procedure->stage_count) {
        return refuse(checked, err, "leads to a stage, or by a step, that is not there");
    }
    const uint32_t held = procedure->stages[branch->to].holds;
    if (held != PROCEDURE_NONE && held != from->holds &&
        !(way->kind == WAY_WHEN_SERVED && way->station == held)) {
        return refuse(checked, err,
                      "leads to a stage that holds a place, which the way does not give");
    }
    return way->branch_count == 1 ? result_ok()
                                  : check_schedules(checked, &branch->share, (double)INFINITY, err);
}

static bool shape_is_in_range(enum distribution_kind kind, double shape)
{
    return isfinite(shape) && shape >= 0 && (kind != DISTRIBUTION_GAMMA || shape > 0) &&
           (kind != DISTRIBUTION_UNIFORM || shape <= 1);
}

/* Notice and approvals. */
static result check_asking(const struct checked *checked, const struct procedure_way *way,
                           struct err *err)
{
    const struct procedure_law *law = checked->procedure->law;
    if (way->approval_count == 0 && !way->with_notice) {
        return result_ok();
    }
    if (!way->judged) {
        return refuse(checked, err, "has notice or approvals, and is not judged");
    }
    if (way->with_notice && law != NULL && law->notice == NULL) {
        return refuse(checked, err, "has notice, of which the law says nothing");
    }
    if (way->approval_count == 0) {
        return result_ok();
    }
    if (!shape_is_in_range(way->approving, way->approving_shape)) {
        return refuse(checked, err, "has approvals whose shape is out of range");
    }
    return check_schedules(checked, &way->approving_mean, (double)INFINITY, err);
}

static result check_kind(const struct checked *checked, const struct procedure_way *way,
                         struct err *err)
{
    switch (way->kind) {
    case WAY_AFTER_WAIT:
        if (!shape_is_in_range(way->waiting, way->shape)) {
            return refuse(checked, err, "has a wait whose shape is out of range");
        }
        return check_schedules(checked, &way->mean, (double)INFINITY, err);
    case WAY_BY_HAZARD:
        return check_schedules(checked, &way->hazard, (double)INFINITY, err);
    case WAY_WHEN_SERVED:
        return way->station < checked->procedure->station_count
                   ? result_ok()
                   : refuse(checked, err, "is served by a station that is not there");
    }
    return refuse(checked, err, "is of no kind");
}

static result check_way(const struct procedure *procedure, const struct procedure_stage *from,
                        const struct procedure_way *way, struct err *err)
{
    const struct checked checked = {procedure, "way", way->name};
    TRY(check_kind(&checked, way, err));
    if (way->judged && way->kind != WAY_WHEN_SERVED) {
        return refuse(&checked, err, "is judged, and nobody waits there to be served");
    }
    TRY(check_asking(&checked, way, err));
    if (way->open.count > 0) {
        TRY(check_schedules(&checked, &way->open, 1, err));
    }
    if (way->branch_count == 0 || way->branch_count > PROCEDURE_BRANCHES_MAX) {
        return refuse(&checked, err, "has no branch, or too many");
    }
    for (size_t i = 0; i < way->branch_count; i++) {
        TRY(check_branch(&checked, from, way, &way->branches[i], err));
    }
    return result_ok();
}

static result check_stage(const struct procedure *procedure, const struct procedure_stage *stage,
                          struct err *err)
{
    const struct checked checked = {procedure, "stage", stage->name};
    if (stage->outcome && stage->way_count > 0) {
        return refuse(&checked, err, "is an outcome and has a way out");
    }
    if (stage->way_count > PROCEDURE_WAYS_OF_STAGE_MAX) {
        return refuse(&checked, err, "has too many ways out");
    }
    if (stage->holds != PROCEDURE_NONE &&
        (stage->holds >= procedure->station_count || stage->outcome ||
         procedure->stations[stage->holds].places.count == 0)) {
        return refuse(&checked, err, "holds a place of a station that has none");
    }
    for (size_t i = 0; i < stage->way_count; i++) {
        TRY(check_way(procedure, stage, &stage->ways[i], err));
    }
    return result_ok();
}

static result check_stations(const struct procedure *procedure, struct err *err)
{
    size_t judged[PROCEDURE_STATIONS_MAX] = {0};
    size_t served[PROCEDURE_STATIONS_MAX] = {0};
    for (size_t i = 0; i < procedure->stage_count; i++) {
        const struct procedure_stage *stage = &procedure->stages[i];
        for (size_t j = 0; j < stage->way_count; j++) {
            if (stage->ways[j].kind == WAY_WHEN_SERVED) {
                served[stage->ways[j].station]++;
                judged[stage->ways[j].station] += stage->ways[j].judged;
            }
        }
    }
    for (size_t i = 0; i < procedure->station_count; i++) {
        const struct checked checked = {procedure, "station", procedure->stations[i].name};
        TRY(check_schedule(&checked, &procedure->stations[i].places, (double)INFINITY, err));
        TRY(check_schedule(&checked, &procedure->stations[i].allowance, (double)INFINITY, err));
        if (judged[i] > 0 && served[i] > 1) {
            return refuse(&checked, err, "serves a way that is judged, and another one");
        }
    }
    return result_ok();
}

static result check_family_kinds(const struct procedure *procedure, struct err *err)
{
    for (size_t i = 0; i < procedure->family_count; i++) {
        const struct procedure_family *family = &procedure->families[i];
        const uint32_t people = family->adults + family->children;
        if (people < 2 || family->adults > PROCEDURE_FAMILY_PEOPLE_MAX ||
            people > PROCEDURE_FAMILY_PEOPLE_MAX) {
            return err_set(err, ERROR_INPUT,
                           "A family of %u adults and %u children cannot be: it has between 2 "
                           "people and %d",
                           family->adults, family->children, PROCEDURE_FAMILY_PEOPLE_MAX);
        }
    }
    return result_ok();
}

/* Families of so many of each kind a person are not more people than there are. */
static result check_families(const struct checked *checked, const double *of_kind, struct err *err)
{
    const struct procedure *procedure = checked->procedure;
    double people = 0;
    for (size_t i = 0; of_kind != NULL && i < procedure->family_count; i++) {
        const struct procedure_family *family = &procedure->families[i];
        if (!(of_kind[i] >= 0)) {
            return refuse(checked, err, "has families of which there are fewer than none");
        }
        people += of_kind[i] * (family->adults + family->children);
    }
    return people <= 1 + 1e-9 ? result_ok()
                              : refuse(checked, err, "has more people in families than people");
}

static result check_beginning(const struct procedure *procedure, struct err *err)
{
    for (size_t i = 0; i < procedure->stock_count; i++) {
        const struct procedure_stock *stock = &procedure->stock[i];
        if (stock->stage >= procedure->stage_count || stock->group >= procedure->group_count) {
            return err_set(err, ERROR_INPUT, "Line %zu of the stock names no stage or no group", i);
        }
        const struct checked checked = {procedure, "stage", procedure->stages[stock->stage].name};
        if (procedure->stages[stock->stage].outcome || stock->count < 0 ||
            stock->count > PROCEDURE_PEOPLE_MAX || !(stock->waited_least >= 0) ||
            !(stock->waited_least <= stock->waited_most) || !isfinite(stock->waited_most)) {
            return refuse(&checked, err, "cannot begin with such people in it");
        }
        TRY(check_families(&checked, stock->families, err));
    }
    for (size_t i = 0; i < procedure->arrivals_count; i++) {
        const struct procedure_arrivals *arrivals = &procedure->arrivals[i];
        const struct checked checked = {procedure, "arrivals", arrivals->name};
        if (arrivals->stage >= procedure->stage_count) {
            return refuse(&checked, err, "come into a stage that is not there");
        }
        TRY(check_schedules(&checked, &arrivals->rate, (double)INFINITY, err));
        TRY(check_schedule(&checked, &arrivals->kept, 1, err));
        for (size_t j = 0; arrivals->families != NULL && j < procedure->group_count; j++) {
            TRY(check_families(&checked, &arrivals->families[j * procedure->family_count], err));
        }
    }
    return result_ok();
}

static size_t index_end(const struct procedure *procedure, enum series_term_kind kind)
{
    size_t ways = 0;
    switch (kind) {
    case TERM_ARRIVALS:
        return procedure->arrivals_count;
    case TERM_STEP:
        return procedure->step_count;
    case TERM_STAGE:
    case TERM_STAGE_LONG:
    case TERM_IN_FAMILIES:
    case TERM_STAGE_DAYS:
        return procedure->stage_count;
    case TERM_PLACES:
    case TERM_TAKEN:
    case TERM_IDLE:
    case TERM_PLACE_DAYS:
        return procedure->station_count;
    case TERM_HELD_BY_LAW:
        for (size_t i = 0; i < procedure->stage_count; i++) {
            ways += procedure->stages[i].way_count;
        }
        return ways;
    }
    return 0;
}

static result check_series(const struct procedure *procedure, struct err *err)
{
    for (size_t i = 0; i < procedure->series_count; i++) {
        const struct procedure_series *series = &procedure->series[i];
        const struct checked checked = {procedure, "series", series->name};
        for (size_t j = 0; j < series->term_count; j++) {
            const struct series_term *term = &series->terms[j];
            if (term->index >= index_end(procedure, term->kind) || !isfinite(term->weight) ||
                (term->group != PROCEDURE_NONE && term->group >= procedure->group_count)) {
                return refuse(&checked, err, "counts something that is not there");
            }
        }
    }
    return result_ok();
}

static result check_sizes(const struct procedure *procedure, struct err *err)
{
    const struct {
        const char *what;
        size_t count;
        size_t least;
        size_t most;
    } sizes[] = {
        {"stages", procedure->stage_count, 1, PROCEDURE_STAGES_MAX},
        {"groups", procedure->group_count, 1, PROCEDURE_GROUPS_MAX},
        {"stations", procedure->station_count, 0, PROCEDURE_STATIONS_MAX},
        {"steps", procedure->step_count, 1, PROCEDURE_STEPS_MAX},
        {"series", procedure->series_count, 0, PROCEDURE_SERIES_MAX},
        {"quarters", procedure->quarter_count, 1, PROCEDURE_QUARTERS_MAX},
        {"ways", index_end(procedure, TERM_HELD_BY_LAW), 0, PROCEDURE_WAYS_MAX},
        {"kinds of families", procedure->family_count, 0, PROCEDURE_FAMILY_KINDS_MAX},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (sizes[i].count < sizes[i].least || sizes[i].count > sizes[i].most) {
            return err_set(err, ERROR_INPUT, "There must be between %zu and %zu %s, there are %zu",
                           sizes[i].least, sizes[i].most, sizes[i].what, sizes[i].count);
        }
    }
    return result_ok();
}

result procedure_check(const struct procedure *procedure, struct err *err)
{
    TRY(check_sizes(procedure, err));
    for (size_t i = 0; i < procedure->stage_count; i++) {
        TRY(check_stage(procedure, &procedure->stages[i], err));
    }
    TRY(check_stations(procedure, err));
    TRY(check_family_kinds(procedure, err));
    TRY(check_beginning(procedure, err));
    return check_series(procedure, err);
}
