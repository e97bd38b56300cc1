#include "people.h"

static const char *const fact_names[PEOPLE_FACTS] = {
#define FLAG(name, fact, share)      fact,
#define CELL(kind, type, name, fact) fact,
#include "workload.def"
#undef FLAG
#undef CELL
};

result people_find_facts(const struct rulebook *rulebook, struct people_facts *ret_facts,
                         struct err *err)
{
    struct people_facts facts;
    for (size_t i = 0; i < PEOPLE_FACTS; i++) {
        facts.indices[i] = rulebook_fact(rulebook, str_from_c(fact_names[i]));
        if (facts.indices[i] == NOT_FOUND_INDEX) {
            return err_set(err, ERROR_NOT_FOUND, "The rulebook has no fact \"%s\"", fact_names[i]);
        }
    }
    *ret_facts = facts;
    return result_ok();
}

/* The synthetic nationalities are QMA, QMB ... in turn. */
static int64_t country_code(int64_t nationality)
{
    const int64_t letters = 26;
    return (('Q' - 'A') * letters + ('M' - 'A') + nationality / letters) * letters +
           nationality % letters;
}

static struct value value_of_cell(int64_t number, bool is_country)
{
    if (number < 0) {
        return value_unknown();
    }
    return value_number(is_country ? country_code(number) : number);
}

enum cell_kind { CHOICE, NUMBER, COUNTRY, DATE };

void people_values(const struct workload_row *row, struct value values[PEOPLE_FACTS])
{
    size_t at = 0;
#define FLAG(name, fact, share)      values[at++] = value_of_cell(row->name, false);
#define CELL(kind, type, name, fact) values[at++] = value_of_cell(row->name, kind == COUNTRY);
#include "workload.def"
#undef FLAG
#undef CELL
}
