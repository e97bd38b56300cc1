#!/usr/bin/env python3
"""The screening workload in numpy: whole columns, a pair (true, false) of arrays of booleans for each truth, as OpenFisca and its
like evaluate. Argument: the folder with the columns."""
import os
import sys

# Set on some machines to emulate another processor, which makes numpy slow.
for name in [name for name in os.environ if name.startswith("OPENBLAS")]:
    del os.environ[name]

import numpy as np  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import contest  # noqa: E402
import rules  # noqa: E402

TODAY, NOTICE_FROM, WITHIN_10, WITHIN_5 = 20703, 20697, 20686, 20693
FOLDER = sys.argv[1]
CELLS = {"hub": np.int8, "route": np.int8, "status": np.int8, "dependants": np.int8, "nationality": np.int16, "age": np.int16,
         "detention_days": np.int16}
COLUMN = {name: np.fromfile(os.path.join(FOLDER, name + ".bin"),
                            dtype=np.int8 if kind == "FLAG" else CELLS.get(name, np.int32))
          for name, _, kind in rules.columns()}
COUNT = len(COLUMN["hub"])
AGREEMENTS = np.array(rules.agreements() + [0], dtype=np.int32)  # index -1: unknown
last = {}


def flag(name):
    return COLUMN[name] == 1, COLUMN[name] == 0


def asked(known, truth):
    return truth & known, ~truth & known


def ask(name, test):
    return asked(COLUMN[name] >= 0, test(COLUMN[name]))


def both(a, b):
    return a[0] & b[0], a[1] | b[1]


def either(a, b):
    return a[0] | b[0], a[1] & b[1]


def none_of(a):
    return a[1], a[0]


def appeal_time_open():
    route, served = COLUMN["route"], COLUMN["decision_served"]
    return asked((route >= 0) & (served >= 0), served >= np.where(route == 0, WITHIN_10, WITHIN_5))


def outside_agreement():
    nationality, hub = COLUMN["nationality"], COLUMN["hub"]
    covered = (AGREEMENTS[nationality] >> np.maximum(hub, 0)) & 1
    return asked((nationality >= 0) & (hub >= 0), covered == 0)


def safeguards():
    pregnant, hold, torture, document = (flag(n) for n in ("pregnant", "medical_hold", "torture_claim", "travel_doc"))
    children = flag("family_children")
    frail = either(either(pregnant, hold), ask("age", lambda age: age >= 65))
    yield flag("appeal_pending")
    yield both(ask("status", lambda status: status == 1), appeal_time_open())
    yield ask("notice_served", lambda day: day >= NOTICE_FROM)
    yield flag("trafficking_ref")
    yield either(flag("minor"), ask("age", lambda age: age < 18))
    yield both(children, none_of(flag("best_interests")))
    yield flag("age_disputed")
    yield flag("injunction")
    yield flag("further_subs")
    yield none_of(flag("fit_to_fly"))
    yield both(ask("fit_assessed", lambda day: day < TODAY - 14), frail)
    yield outside_agreement()
    yield ask("hub", lambda hub: (hub == 3) | (hub == 7))
    yield ask("nonref_assessed", lambda day: day < TODAY - 180)
    yield ask("status", lambda status: (status == 0) | (status == 3))
    yield hold
    yield both(pregnant, ask("fit_assessed", lambda day: day < TODAY - 7))
    yield both(torture, none_of(flag("legal_aid")))
    yield either(none_of(flag("interpreter")), none_of(flag("vol_return_offered")))
    yield flag("prosecution")
    yield both(flag("stateless_claim"), none_of(document))
    yield none_of(both(document, ask("doc_expiry", lambda day: day >= TODAY + 30)))
    yield both(flag("detained"), ask("detention_days", lambda days: days > 180))
    yield both(none_of(flag("guarantee")), either(torture, both(ask("dependants", lambda number: number > 0), children)))


def run():
    bars = np.zeros(COUNT, np.uint32)
    unknown = np.zeros(COUNT, np.uint32)
    for number, (true, false) in enumerate(safeguards()):
        bars |= true.astype(np.uint32) << np.uint32(number)
        unknown |= (~(true | false)).astype(np.uint32) << np.uint32(number)
    verdicts = np.where(bars != 0, 1, np.where(unknown != 0, 2, 0)).astype(np.uint8)
    last.update(bars=bars, unknown=unknown, verdicts=verdicts)


def answers(path):
    with open(path, "wb") as file:
        last["bars"].tofile(file)
        last["unknown"].tofile(file)


contest.serve(f"numpy {np.__version__}", run, answers)
