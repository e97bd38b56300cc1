#!/usr/bin/env python3
"""Does the simulation see a fault when there is one? Faults are planted in casework and store, one at a time, and it must name the
promise that each of them breaks.

A plant is a file of src/ with one text changed. The changed file alone is compiled, as the build compiles it, and linked into the
simulation before the libraries, so that it takes the place of the original.

    plants.py SOURCE BUILD [--whole | --count N] [--only WORD] [--seed N]     writes TAP

RETURNHUB_LONG means --whole; otherwise 3 at random of those that are seen within a few runs.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

PROGRAM = "tests/simulation/test_simulation"
QUICK = 2
RUNS = 2000
PLANTS = [
    # (what is wrong, file, text, changed text, the promises of which one breaks first)
    ("unknown counts as clear", "rulebook/judge.c", "[TRUTH_UNKNOWN] = CLEARANCE_UNKNOWN,", "[TRUTH_UNKNOWN] = CLEARANCE_CLEAR,", "1"),
    ("a hub always has a place for whoever asks", "casework/places.c", "    const int64_t free = free_of_kind(places, need->kind);",
     "    const int64_t free = 1 + free_of_kind(places, need->kind);", "1 3"),
    ("an approval is in anybody's role", "casework/approvals.c", "if (!str_equal(role->name, sitting->account.role)) {", "if (false) {", "1"),
    ("a fact of the family stops nobody", "casework/stopping.c", "i < concerned->people_count; i++) {\n        const struct request_filter",
     "i < 1; i++) {\n        const struct request_filter", "3"),
    ("what is recorded of a hub stops nobody", "casework/stopping.c", "        filter.hub = concerned->id;\n        break;",
     "        filter.hub = concerned->id;\n        return result_ok();", "3"),
    ("one person more is in the count of a stage", "store/sqlite_query.c", "SELECT stage, COUNT(*) AS people FROM person", "SELECT stage, 1 + COUNT(*) AS people FROM person", "5"),
    ("done is said although the commit failed", "store/writer.c", "        if (!committed.ok && (work->outcome.ok",
     "        if (false && (work->outcome.ok", "6 10"),
    ("a commit is not synced", "store/sqlite.c", "PRAGMA synchronous = FULL;", "PRAGMA synchronous = NORMAL;", "6"),
    ("what could not be synced is left in the log", "store/sqlite.c", "const bool known = overwrite(committing->db);", "const bool known = true;", "6"),
    ("a command that is repeated is not known again", "casework/sitting.c",
     "    if (!client_id_is_none(id)) {\n        TRY(transaction_find_client_id(sitting->transaction,",
     "    if (false) {\n        TRY(transaction_find_client_id(sitting->transaction,", "6"),
    ("the past sees the family of today", "casework/past.c", "TRY(past_person(sitting, list.items[i], 0, known_at, &past, err));",
     "TRY(past_person(sitting, list.items[i], 0, (instant){INT64_MAX}, &past, err));", "8"),
    ("an operator sees everybody", "casework/sight.c", "    *ret_may = may(&sitting->account, action, &object);",
     "    *ret_may = true || may(&sitting->account, action, &object);", "10"),
    ("a protection names everybody", "casework/sight.c", "names(&protection.body.protection_set, &sitting->account) ?", "true ?", "5 10"),
    ("whoever is on a manifest boards", "casework/boarding.c", "passenger->boards = passenger->judged.clearance == CLEARANCE_CLEAR;",
     "passenger->judged.clearance = CLEARANCE_CLEAR;\n    passenger->boards = true;", "1"),
    ("nobody who is aboard is called back", "casework/recall.c", "if (entry->state != ENTRY_BOARDED || entry->recalled ||",
     "if (aboard != NULL || entry->recalled ||", "3"),
    ("a finding about a hub calls nobody back", "casework/books.c", "    TRY(recall_review(sitting, &touched, 1, cause, NULL, &stopped, err));",
     "    const struct concerned *concerned = NULL;\n    TRY(stopping_concerned(sitting, &touched, 1, &concerned, err));\n"
     "    TRY(stopping_review(sitting, concerned, 1, cause, &stopped, err));", "3"),
    ("an order that follows another is given to the other person", "register/identity.c", "item->to = side_of(work, named->about);",
     "item->to = side_of(work, named->about) == ATTRIBUTION_ABSORBED ? ATTRIBUTION_CONTINUING : ATTRIBUTION_ABSORBED;", "9"),
    ("whoever asked for a merge does it", "casework/merging.c", "const bool asked = plan->merge.requested_by == work->sitting.account.id;",
     "const bool asked = false && plan->merge.requested_by == work->sitting.account.id;", "9"),
    ("the hold on a record is lost in a merge", "register/identity.c", "    whole->holds += part->holds;\n", "", "5"),
    ("one person erases alone", "casework/privacy.c", "return request.actor == work->sitting.account.id\n", "return request.actor < 0\n", "10"),
    ("a serious finding is not counted", "casework/counted.c", "values[fact] = value_number(count);", "values[fact] = value_number(0 * count);", "1 3"),
    ("nobody is told of an incident", "casework/books.c", "    TRY(book_open_duties(sitting, subject, work->kind, event.position, on, err));\n", "", "11"),
    ("an answer is due a day later", "casework/book_clocks.c", ".day = answer.last_day};", ".day = {answer.last_day.day + 1}};", "11"),
    ("a hub reports beside one person more", "casework/hub_reports.c", "body->counted_in_use = sum.occupied;",
     "body->counted_in_use = sum.occupied + 1;", "4"),
    ("whoever lost the place goes on without", "casework/hub_places.c", "return before.state == PLACE_HELD ? replace_held(sitting, work, &before, event, err)",
     "return before.state == PLACE_STATES ? replace_held(sitting, work, &before, event, err)", "3 4"),
    ("a time is extended for as long as one likes", "casework/clock_changes.c", "if (!limit.known || until.day > limit.number) {",
     "if (!limit.known) {", "11"),
    ("a time is changed in another role than the rulebook says", "casework/clock_changes.c", "    return str_equal(work->sitting.account.role, role->name)",
     "    return true || str_equal(work->sitting.account.role, role->name)", "11"),
    ("a time that stands still stops nobody", "casework/clock_changes.c", "return record_finish(&work->sitting, &touched, 1, events,",
     "return record_finish(&work->sitting, &touched, 0, events,", "3"),
    ("a day more is left when a time runs again", "casework/clock_changes.c", "left.count = left.count < 0 ? 0 : left.count;",
     "left.count = left.count < 0 ? 0 : left.count + 1;", "11"),
    ("the service of a letter records nothing", "casework/notices.c", "    TRY(record_append(sitting, SUBJECT_OF_PERSON, issued->subject, entries, count, events + 1,",
     "    TRY(record_append(sitting, SUBJECT_OF_PERSON, issued->subject, entries, 0 * count, events + 1,", "11"),
    ("a letter is served twice", "casework/notices.c", "    return answer->state == NOTICE_STATE_ISSUED\n", "    return answer->number > 0\n", "11"),
    ("a glass is broken for longer than half an hour", "casework/glass.c", "if (minutes < 1 || minutes > GLASS_MINUTES_MAX) {", "if (minutes < 1) {", "10"),
    ("a glass is broken of a record in sight", "casework/glass.c", "    return seen ? err_set(", "    return seen && person == NULL ? err_set(", "10"),
    ("a glass shows nothing", "casework/sight.c", "object->relations |= glass.id != 0 ?", "object->relations |= glass.id < 0 ?", "10"),
    ("a tie goes on after its last day", "casework/sight.c", "ties[i].person == person->id && tie_holds(&ties[i].row, sitting->today)",
     "ties[i].person == person->id && (tie_holds(&ties[i].row, sitting->today) || true)", "10"),
    ("an account is two people's own", "casework/ties.c", "        if (ties[i].row.kind == TIE_SELF) {", "        if (ties[i].row.kind == TIE_KINDS) {", "10"),
    ("what is recorded of an agreement stops nobody", "casework/stopping.c", "        filter.agreement = concerned->id;\n        break;",
     "        filter.agreement = concerned->id;\n        return result_ok();", "3"),
    ("a closed account goes on", "casework/access.c", "    return account->closed ? SCOPE_NONE : ", "    return account->closed && account->id < 0 ? SCOPE_NONE : ", "10"),
    ("what took the change of a time back is withdrawn", "casework/clock_facts.c", "    if (clock == NULL || str_equal(again,",
     "    if (rulebook != NULL || clock == NULL || str_equal(again,", "11"),
]

SEEN_SOON = {"unknown counts as clear", "a fact of the family stops nobody", "done is said although the commit failed", "a commit is not synced",
             "a command that is repeated is not known again", "an operator sees everybody", "nobody who is aboard is called back", "a finding about a hub calls nobody back",
             "nobody is told of an incident", "an answer is due a day later", "a hub reports beside one person more"}


class Workshop:
    def __init__(self, source, build):
        self.source, self.build = source, build
        commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
        self.compile = {os.path.relpath(build / entry["file"], source / "src"): shlex.split(entry["command"]) for entry in commands
                        if "/src/" in str((build / entry["file"]).resolve())}
        asked = subprocess.run(["ninja", "-C", build, "-t", "commands", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.link = shlex.split(asked.strip().split("\n")[-1])

    def compiled(self, name, text, place):
        changed, made = place / pathlib.Path(name).name, place / "planted.o"
        changed.write_text(text, encoding="utf-8")
        words = self.compile[name]
        source, output = words[-1], words.index("-o")
        words = words[:output + 1] + [str(made)] + words[output + 2:-1] + ["-w", "-Werror=incompatible-pointer-types", "-Werror=implicit-function-declaration", "-Werror=int-conversion", f"-I{(self.build / source).resolve().parent}", str(changed)]
        for option in ("-MQ", "-MF"):
            at = words.index(option)
            del words[at:at + 2]
        words.remove("-MD")
        subprocess.run(words, cwd=self.build, check=True)
        return made

    def program(self, plant, place):
        """The simulation with the fault in it."""
        _, name, old, new, _ = plant
        text = (self.source / "src" / name).read_text(encoding="utf-8")
        made = self.compiled(name, text.replace(old, new), place)
        output = self.link.index("-o")
        first = next(at for at, word in enumerate(self.link) if word.endswith(".o") and at > output)
        linked = place / "simulation"
        subprocess.run(self.link[:output + 1] + [str(linked)] + self.link[output + 2:first] + [str(made)] + self.link[first:], cwd=self.build,
                       check=True)
        return linked

    def broken(self, plant, seed):
        """What the simulation says of the fault; None when it sees nothing."""
        with tempfile.TemporaryDirectory() as place:
            program = self.program(plant, pathlib.Path(place))
            done = subprocess.run([str(program), "small", str(RUNS), str(seed)], capture_output=True, text=True,
                                  env={**os.environ, "RETURNHUB_SOURCE": str(self.source), "RETURNHUB_PLANTED": "1"})
            said = re.search(r"^# seed (\d+), step (\d+): (.*)$", done.stdout, re.M)
            if said and done.returncode != 0:
                return f"run {int(said.group(1)) - seed + 1}, step {said.group(2)}: {said.group(3)}"
            return None if done.returncode == 0 else f"ends with {done.returncode}: {done.stdout[-300:]}{done.stderr[-600:]}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("source", type=pathlib.Path)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--whole", action="store_true", default=bool(os.environ.get("RETURNHUB_LONG")))
    arguments.add_argument("--count", type=int, default=QUICK)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    given = arguments.parse_args()
    for title, name, old, *_ in PLANTS:  # also those that are not planted this time
        if old not in (given.source / "src" / name).read_text(encoding="utf-8"):
            sys.exit(f"Bail out! {title}: src/{name} has no text to plant in: {old}")
    shop = Workshop(given.source.resolve(), given.build.resolve())
    plants = [plant for plant in PLANTS if given.only in plant[0]]
    if not given.whole and not given.only:
        plants = random.Random(given.seed).sample([plant for plant in plants if plant[0] in SEEN_SOON], given.count)
    print(f"# seed {given.seed}\n1..{len(plants)}")
    missed = 0
    for number, plant in enumerate(plants, 1):
        broken = shop.broken(plant, given.seed * 1000)
        found = broken is not None and any(f": {promise}: " in broken for promise in plant[4].split())
        missed += not found
        print(f"{'ok' if found else 'not ok'} {number} - {plant[0]}")
        print("# " + (broken or f"nothing was seen in {RUNS} runs").replace("\n", "\n# "), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
