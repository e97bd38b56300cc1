#!/usr/bin/env python3
"""The screening workload as SQL.   sql.py DIALECT create|sums|masks

DIALECT is postgresql, duckdb, sqlite or clickhouse. `sums` is what is timed: one row with the numbers of people who are clear,
barred and unknown, and three sums over the masks, so that no time goes into handing out a million rows. `masks` gives the two
masks of every person in order. SQL's own three-valued logic does what Kleene's does; a NULL becomes a bit of the second mask.
"""
import os
import sys

import rules

FLAGS = [name for name, _, kind in rules.columns() if kind == "FLAG"]
OTHERS = [(name, kind) for name, _, kind in rules.columns() if kind != "FLAG"]
TODAY, NOTICE_FROM, WITHIN_10, WITHIN_5, HUBS_FREE = 20703, 20697, 20686, 20693, 0x377
TYPES = {  # of a flag, a small number, a date
    "postgresql": ("boolean", "smallint", "integer"),
    "duckdb": ("boolean", "smallint", "integer"),
    "sqlite": ("integer", "integer", "integer"),
    "clickhouse": ("Nullable(UInt8)", "Nullable(Int16)", "Nullable(Int32)"),
}


def agreement_table():
    """For SQLite, which has no arrays."""
    rows = ",".join(f"({number},{hubs})" for number, hubs in enumerate(rules.agreements()))
    return f"CREATE TABLE agreement(nationality integer primary key, agreed integer); INSERT INTO agreement VALUES {rows}"


def create(dialect):
    flag, number, date = TYPES[dialect]
    columns = [f"{name} {flag}" for name in FLAGS]
    columns += [f"{name} {date if kind == 'DATE' else number}" for name, kind in OTHERS]
    key = {"sqlite": "id integer primary key", "clickhouse": "id UInt32"}.get(dialect, "id integer")
    ending = " ENGINE = Memory" if dialect == "clickhouse" else ""
    table = f"CREATE TABLE people({key}, {', '.join(columns)}){ending}"
    return f"{table}; {agreement_table()}" if dialect == "sqlite" else table


def outside_agreement(dialect):
    masks = rules.agreements()
    listed = ",".join(map(str, masks))
    if dialect == "postgresql":
        return f"((('{{{listed}}}'::int[])[nationality + 1] >> hub) & 1) = 0"
    if dialect == "duckdb":
        return f"((([{listed}])[nationality + 1] >> hub) & 1) = 0"
    if dialect == "clickhouse":
        numbers = ",".join(str(number) for number in range(len(masks)))
        return (f"bitAnd(bitShiftRight(if(nationality IS NULL, NULL, transform(nationality, [{numbers}]::Array(Int16), "
                f"[{listed}]::Array(UInt16), 0::UInt16)), hub), 1) = 0")
    return "((agreed >> hub) & 1) = 0"


def hub_full(dialect):
    if dialect == "clickhouse":
        return f"bitAnd(bitShiftRight({HUBS_FREE}, hub), 1) = 0"
    return f"(({HUBS_FREE} >> hub) & 1) = 0"


def within(dialect):
    if dialect == "clickhouse":
        return f"multiIf(route IS NULL, NULL, route = 0, {WITHIN_10}, {WITHIN_5})"
    return f"CASE route WHEN 0 THEN {WITHIN_10} WHEN 1 THEN {WITHIN_5} WHEN 2 THEN {WITHIN_5} END"


def predicates(dialect):
    return [
        "appeal_pending",
        f"status = 1 AND decision_served >= {within(dialect)}",
        f"notice_served >= {NOTICE_FROM}",
        "trafficking_ref",
        "minor OR age < 18",
        "family_children AND NOT best_interests",
        "age_disputed",
        "injunction",
        "further_subs",
        "NOT fit_to_fly",
        f"fit_assessed < {TODAY - 14} AND (pregnant OR medical_hold OR age >= 65)",
        outside_agreement(dialect),
        hub_full(dialect),
        f"nonref_assessed < {TODAY - 180}",
        "status = 0 OR status = 3",
        "medical_hold",
        f"pregnant AND fit_assessed < {TODAY - 7}",
        "torture_claim AND NOT legal_aid",
        "NOT interpreter OR NOT vol_return_offered",
        "prosecution",
        "stateless_claim AND NOT travel_doc",
        f"NOT (travel_doc AND doc_expiry >= {TODAY + 30})",
        "detained AND detention_days > 180",
        "NOT guarantee AND (torture_claim OR (dependants > 0 AND family_children))",
    ]


def bit(dialect, number, predicate):
    """Bit `number` when true, bit `number` + 32 when unknown."""
    unknown = 1 << (number + 32)
    if dialect == "clickhouse":
        return f"ifNull(bitShiftLeft(toUInt64({predicate}), {number}), toUInt64({unknown}))"
    cast = {"postgresql": f"({predicate})::int::bigint", "duckdb": f"CAST(({predicate}) AS BIGINT)",
            "sqlite": f"({predicate})"}[dialect]
    return f"coalesce({cast} << {number}, {unknown})"


def mask(dialect):
    """Both masks of a person in one number of 64 bits."""
    bits = [bit(dialect, number, predicate) for number, predicate in enumerate(predicates(dialect))]
    if dialect == "clickhouse":
        whole = bits[0]
        for other in bits[1:]:
            whole = f"bitOr({whole}, {other})"
        return whole
    return " | ".join(bits)


def people(dialect):
    # OFFSET 0: without it the masks would be calculated anew in each place where they are used.
    fence = {"postgresql": " OFFSET 0", "sqlite": " LIMIT -1 OFFSET 0"}.get(dialect, "")
    joined = " LEFT JOIN agreement USING (nationality)" if dialect == "sqlite" else ""
    return f"(SELECT id, {mask(dialect)} AS m FROM people{joined}{fence}) AS judged"


def parts(dialect):
    if dialect == "clickhouse":
        return "bitAnd(m, 16777215)", "bitShiftRight(m, 32)"
    return "(m & 16777215)", "(m >> 32)"


def sums(dialect):
    bars, unknown = parts(dialect)
    return (f"SELECT sum(CASE WHEN m = 0 THEN 1 ELSE 0 END), sum(CASE WHEN {bars} <> 0 THEN 1 ELSE 0 END), "
            f"sum(CASE WHEN m <> 0 AND {bars} = 0 THEN 1 ELSE 0 END), sum({bars}), sum({unknown}), sum({bars} * (id % 97)) "
            f"FROM {people(dialect)}")


def masks(dialect):
    bars, unknown = parts(dialect)
    return f"SELECT {bars} AS bars, {unknown} AS unknowns FROM {people(dialect)} ORDER BY id"


TEXTS = {"create": create, "sums": sums, "masks": masks}


def write(folder):
    """Every text into FOLDER/DIALECT.NAME.sql."""
    for dialect in TYPES:
        for name, text in TEXTS.items():
            with open(os.path.join(folder, f"{dialect}.{name}.sql"), "w", encoding="utf-8") as file:
                file.write(text(dialect) + "\n")


if __name__ == "__main__":
    print(TEXTS[sys.argv[2]](sys.argv[1]))
