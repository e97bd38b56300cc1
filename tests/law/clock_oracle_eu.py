#!/usr/bin/env python3
"""The clocks of rulebooks/eu, calculated from the Regulation on periods and the limits as they were reported, and compared with what the
program makes of the rulebook. Nothing here is read from the rulebook. The test also plants faults in a copy and asks that each is seen.

    clock_oracle_eu.py CLOCK_TABLE RULEBOOK_FOLDER            writes TAP
"""

import pathlib
import shutil
import sys
import tempfile
from datetime import date

sys.dont_write_bytecode = True
from clock_oracle import DAY, FIRST, LAST, days_after, month_after, table_of  # noqa: E402

KEPT_EVERYWHERE = ((1, 1), (12, 25))


def not_on_a_holiday(start):
    """Regulation No 1182/71, art.3(4): a period that would end on a public holiday, Sunday or Saturday ends with the next working day."""
    day = start
    while day.weekday() >= 5 or (day.month, day.day) in KEPT_EVERYWHERE:
        day += DAY
    return day


# (clock, number of its `runs` line) -> the last day from a start
LAW = {
    ("time_to_appeal", 0): not_on_a_holiday,
    ("time_to_appeal_return", 0): not_on_a_holiday,
    ("voluntary_departure_period", 0): not_on_a_holiday,
    # the ceiling of detention: 24 months, and 6 more; art.3(2)(c): the same date, or the last day of a month that has none
    ("detention_ceiling", 0): month_after(24),
    ("detention_ceiling", 1): month_after(30),
    ("detention_review", 0): month_after(3),
    # days that an authority, an agreement or a third country sets
    ("reflection_period", 0): days_after(0),
    ("acceptance_by_third_country", 0): days_after(0),
    ("stay_at_hub", 0): days_after(0),
    ("status_in_third_country", 0): days_after(0),
    # the books: a death, and a person who cannot be found: at once
    ("entry_death", 0): days_after(0),
    ("duty_death_family", 0): days_after(0),
    ("duty_death_monitor", 0): days_after(0),
    ("entry_absconding", 0): days_after(0),
    ("duty_absconding_monitor", 0): days_after(0),
    ("duty_absconding_sending_state", 0): days_after(0),
}

# With a printed calendar, so that the oracle itself is held to something.
BY_HAND = [
    ("time_to_appeal", 0, date(2026, 11, 28), date(2026, 11, 30)),  # a Saturday
    ("time_to_appeal", 0, date(2026, 12, 25), date(2026, 12, 28)),  # a Friday, then a weekend
    ("voluntary_departure_period", 0, date(2022, 1, 1), date(2022, 1, 3)),
    ("detention_ceiling", 0, date(2024, 2, 29), date(2026, 2, 28)),
    ("detention_ceiling", 1, date(2026, 8, 31), date(2029, 2, 28)),
    ("detention_review", 0, date(2026, 11, 30), date(2027, 2, 28)),
]
PLANTED = [
    ("six months forgotten", "04-clocks.rules", "30 months rounding down", "24 months rounding down"),
    ("a month rounded up", "04-clocks.rules", "24 months rounding down", "24 months rounding up"),
    ("an end on a Saturday not moved", "04-clocks.rules", "  ends on a working day (working_days_union)\n", ""),
    ("Christmas Day forgotten", "02-calendars.rules", '  every 25 december to 25 december "Christmas Day"\n', ""),
    ("half of the weekend forgotten", "02-calendars.rules", "weekend  saturday, sunday", "weekend  sunday"),
]


def differences(table):
    found, compared = {}, 0
    for key in sorted(set(table) | set(LAW)):
        if key not in LAW or key not in table:
            found[key] = [f"only in the {'oracle' if key in LAW else 'rulebook'}"]
            continue
        days = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
        compared += len(days)
        found[key] = [f"from {day}: the law says {LAW[key](day)}, the program {table[key].get(day)}" for day in days
                      if table[key].get(day) != LAW[key](day)]
    return found, compared


def with_fault(program, folder, file, old, new):
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary) / "eu"
        shutil.copytree(folder, copy)
        text = (copy / file).read_text(encoding="utf-8")
        if old not in text:
            return None
        (copy / file).write_text(text.replace(old, new), encoding="utf-8")
        return sum(len(wrong) for wrong in differences(table_of(program, copy))[0].values())


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    tests = []

    def test(held, name, detail=""):
        tests.append(held)
        print(f"{'ok' if held else 'not ok'} {len(tests)} - {name}", flush=True)
        if not held and detail:
            print(f"# {detail}")

    for clock, run, start, last in BY_HAND:
        test(LAW[clock, run](start) == last, f"by hand: {clock} from {start} ends on {last}", f"the oracle says {LAW[clock, run](start)}")
    found, compared = differences(table_of(program, folder))
    for (clock, run), wrong in found.items():
        test(not wrong, f"{clock}, line {run + 1}: every start from {FIRST} to {LAST}", f"{len(wrong)} differ: {'; '.join(wrong[:3])}")
    test(compared == len(LAW) * ((LAST - FIRST).days + 1), f"{compared} last days compared")
    for name, file, old, new in PLANTED:
        seen = with_fault(program, folder, file, old, new)
        test(bool(seen), f"a planted fault is seen: {name}", "not planted" if seen is None else "no difference")
    print(f"1..{len(tests)}")
    return 0 if all(tests) else 1


if __name__ == "__main__":
    sys.exit(main())
