#!/usr/bin/env python3
"""The forecast as its users see it, as TAP, on small procedures.

Shares are computed here a second time, by their definition over all orders in which measures may join, from the value of every
combination in every future that the program prints; what assumptions explain is compared with a sum whose parts are known; what a
calibrated number is, with the calibration's own quantiles.
"""
import csv
import hashlib
import io
import itertools
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

SOURCE = os.environ["RETURNHUB_SOURCE"]
PROGRAM = os.path.join(os.environ["RETURNHUB_BUILD"], "src", "cli", "returnhub")
SVG = "{http://www.w3.org/2000/svg}"

HEAD = """scenario small
  title    "A small procedure"
  rulebook uk
  begins   2024-01-01
  quarters 3
group everybody
  rest
"""

QUEUE = HEAD + """
assumed comers
  "People who come a day"
  between 3 and 6
  source assumed
assumed deterred
  "Share who do not come"
  between 0 and 0.4
  source assumed
define kept "Share who come"
  = 1
define served "Decisions a day"
  = 4
arrivals claims
  to    awaiting_decision
  a day comers
  kept  kept
station deciding
  a day served
stage awaiting_decision
  begins with 200 waited 0 to 100 days
stage granted
way decided
  from   awaiting_decision
  served by deciding
  step   grant_leave to granted
series waiting
  "Waiting"
  stage awaiting_decision
series granted
  "Granted"
  step grant_leave
"""

MEASURES = """
measure operations
  "Joint operations"
  from 2024-02-01
  source assumed
  kept = kept times ( 1 less deterred )
measure staff
  "More decision makers"
  from 2024-03-01
  source assumed
  served = served times 1.5
measure support
  "More decisions still"
  from 2024-05-01
  source assumed
  served = served plus 1
"""

checks = []


def check(name, good, told=""):
    checks.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(checks)} - {name}")
    if not good and told:
        print("# " + str(told).replace("\n", "\n# ")[:2000])


def run(*words):
    return subprocess.run([PROGRAM, "forecast", *words], capture_output=True, text=True, check=False,
                          env=dict(os.environ, RETURNHUB_SHARE=SOURCE))


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def mean(numbers):
    return sum(numbers) / len(numbers)


def near(found, expected, within):
    return abs(found - expected) <= within


# --- run ---


def same_bytes():
    words = ["run", "hub", "--futures", "5", "--one-in", "300", "--format", "json", "--seed", "11"]
    answers = [run(*words, "--threads", str(threads)) for threads in (1, 2, 3)]
    check("a scenario of the program runs", answers[0].returncode == 0, answers[0].stderr)
    check("the same seed gives the same bytes on one, two and three threads",
          len({answer.stdout for answer in answers}) == 1)
    words[-1] = "12"
    check("another seed gives others", run(*words).stdout != answers[0].stdout)
    return json.loads(answers[0].stdout)


def every_answer_is_there(answer):
    names = {series["name"] for series in answer["series"]}
    wanted = {"waiting", "appeals_open", "exhausted", "returned_voluntarily", "removed", "onward_voluntarily",
              "onward_enforced", "returned", "at_hub", "hub_idle", "supported", "cost", "held_by_law"}
    check("every answer that was asked for is there", wanted <= names, wanted - names)
    check("every assumption says where it comes from",
          answer["assumptions"] and all(row["source"] and row["says"] for row in answer["assumptions"]))
    rows = [row for series in answer["series"] for row in series["quarters"]]
    check("intervals lie within each other, around the median", all(
        row[kind]["interval_95"][0] <= row[kind]["interval_80"][0] <= row[kind]["interval_50"][0] <= row[kind]["median"]
        <= row[kind]["interval_50"][1] <= row[kind]["interval_80"][1] <= row[kind]["interval_95"][1]
        for row in rows for kind in ("level", "difference")))
    by_name = {series["name"]: series["quarters"] for series in answer["series"]}
    before = [row for row in by_name["at_hub"] if row["quarter"] <= "2024-Q2"]
    check("before a measure starts it changes nothing", len(before) == 2 and all(
        row["difference"]["mean"] == 0 and row["level"]["mean"] == 0 for row in before))
    places = [row["level"]["mean"] + idle["level"]["mean"] for row, idle in zip(by_name["at_hub"], by_name["hub_idle"])]
    # One person counts for 300: 2,000 places are 6 and two thirds.
    check("places are taken or idle", all(near(sum_, 0 if i < 2 else 2000, 0 if i < 2 else 300) for i, sum_ in enumerate(places)),
          places)


def faces_agree(folder, small):
    words = ["run", small, "--futures", "20", "--one-in", "1", "--output", folder]
    answer = json.loads(run(*words, "--format", "json").stdout)
    kept = json.load(open(os.path.join(folder, "small.run.json"), encoding="utf-8"))
    check("what is kept in the folder is what is printed", kept == answer)
    rows = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    by_key = {(row["series"], row["quarter"], row["kind"]): row for row in rows}
    good = len(rows) == 2 * 3 * 2
    for series in answer["series"]:
        for quarter in series["quarters"]:
            for kind in ("level", "difference"):
                row = by_key[series["name"], quarter["quarter"], kind]
                good = good and near(float(row["median"]), quarter[kind]["median"], 1e-6) \
                    and near(float(row["high80"]), quarter[kind]["interval_80"][1], 1e-6)
    check("CSV says what JSON says", good)
    text = run(*words).stdout
    check("text has the median of every quarter", all(
        f"{quarter['quarter']} {quarter['level']['median']:10.0f}" in text
        for series in answer["series"] for quarter in series["quarters"]), text)


def lines_of(sources):
    return "".join(f"{source['sha256']}  {source['name']}\n" for source in sources)


def says_what_it_was_made_of(folder, small):
    """Of every text its hash, by another program; and another byte anywhere is another identity."""
    quick = ["--futures", "2", "--one-in", "1000", "--format", "json"]
    answers = {scenario: json.loads(run("run", scenario, *quick).stdout) for scenario in ("hub", small)}
    for scenario, answer in answers.items():
        wrong = []
        for source in answer["sources"]:
            beside = {"data": ("",), "small.scenario": (folder,)}.get(source["name"].split("/")[0], ("scenarios",))
            path = os.path.join(SOURCE, *beside, source["name"])
            if hashlib.sha256(open(path, "rb").read()).hexdigest() != source["sha256"]:
                wrong.append(source)
        check(f"{os.path.basename(scenario)}: each text has its hash", not wrong and answer["sources"], wrong)
        check("... and all of them theirs",
              answer["scenario_identity"] == hashlib.sha256(lines_of(answer["sources"]).encode()).hexdigest(), answer["scenario_identity"])
    names = [source["name"] for source in answers["hub"]["sources"]]
    check("what a scenario is based on, its tables and calibrations are among them, each once, by name",
          {"hub.scenario", "baseline.scenario"} < set(names) and names == sorted(set(names))
          and any(name.startswith("data/") for name in names), names)
    checked = subprocess.run([PROGRAM, "rulebook", "check", os.path.join(SOURCE, "rulebooks", "uk"), "--format", "json"], capture_output=True,
                             text=True, check=False)
    check("the law is the one that `rulebook check` names", answers["hub"]["rulebook_identity"] in checked.stdout, checked.stdout)
    changed = json.loads(run("run", write(folder, "small2.scenario", QUEUE + MEASURES + "# a word\n"), *quick).stdout)
    check("a text that was changed by a remark is another text", changed["scenario_identity"] != answers[small]["scenario_identity"]
          and changed["series"] == answers[small]["series"])
    text = run("run", small, *quick[:-2]).stdout
    check("text names both", answers[small]["scenario_identity"] in text and answers[small]["rulebook_identity"] in text, text[:400])


def serve(folder, answers):
    """What it says as it starts, and its status when it ends by itself."""
    words = [PROGRAM, "serve", "--begin", "--store", os.path.join(folder, "served.db"), "--port", "0", "--forecast", answers]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=dict(os.environ, RETURNHUB_SHARE=SOURCE)) as server:
        first = server.stdout.readline()
        if first.startswith("Serving"):
            server.terminate()
        _, told = server.communicate(timeout=60)
        return first, told, server.returncode


def answers_of_one_text(folder, small):
    """Answers stand on one page: those of another text are not served with them."""
    answers = os.path.join(folder, "answers")
    quick = ["--futures", "2", "--one-in", "1000", "--output", answers]
    both = [run("run", small, *quick), run("shares", small, *quick)]
    check("a run and its shares are kept", all(one.returncode == 0 for one in both), both[1].stderr)
    first, told, _ = serve(folder, answers)
    check("of one text they are served", first.startswith("Serving"), told)
    other = os.path.join(folder, "other")
    os.makedirs(other, exist_ok=True)
    run("shares", write(other, "small.scenario", QUEUE + MEASURES + "# since then\n"), *quick)
    first, told, status = serve(folder, answers)
    check("of two they are not, and it is said which", first == "" and status != 0 and "small.shares.json was made of another text" in told,
          (first, told))


def drawing(small):
    for words in (["--series", "waiting"], ["--series", "granted", "--difference"]):
        drawn = run("run", small, "--futures", "20", "--one-in", "1", "--format", "svg", *words)
        root = xml.fromstring(drawn.stdout) if drawn.returncode == 0 else xml.Element("none")
        check(f"a drawing has a title, a description and a role: {' '.join(words)}",
              root.get("role") == "img" and root.find(SVG + "title") is not None and "half of the futures"
              in (root.findtext(SVG + "desc") or ""), drawn.stderr)
        check("... three bands, a line and words that say which is which",
              len([path for path in root.iter(SVG + "path") if path.get("fill", "none") not in ("none", "#0b0c0c")]) == 3
              and any("50, 80 and 95 %" in (words.text or "") for words in root.iter(SVG + "text")))
    refused = run("run", small, "--futures", "2", "--format", "svg", "--series", "wating")
    check("a series that is not there: those that are are named",
          refused.returncode != 0 and "wating" in refused.stderr and "waiting, granted" in refused.stderr, refused.stderr)


def numbers_say_where_they_are_from():
    """Every number in the text of a scenario that comes with the program, but for what a sum is made with (days of a year, one less)
    and the form of a distribution."""
    silent = []
    for name in sorted(os.listdir(os.path.join(SOURCE, "scenarios"))):
        if not name.endswith(".scenario"):
            continue
        text = open(os.path.join(SOURCE, "scenarios", name), encoding="utf-8").read()
        text = re.sub(r"^ *#.*\n", "", text, flags=re.M)
        for item in filter(str.strip, re.split(r"\n(?=\S)", text)):
            kind = item.split(maxsplit=1)[0]
            bare = re.sub(r'"[^"]*"|\b(shape|within|spread) [0-9.]+|\b1 (less|plus)\b|\d{4}-\d\d-\d\d', "", item)
            if kind not in ("scenario", "define", "series") and re.search(r"(?<![\w.])\d", bare) and "\n  source " not in item:
                silent.append((name, item.split("\n")[0]))
    check("numbers in scenarios say where they are from", not silent, silent)


# --- shares ---


def shapley(values, names):
    """By the definition: what a measure adds, over all orders in which they join."""
    sums = dict.fromkeys(names, 0)
    orders = list(itertools.permutations(names))
    for order in orders:
        joined = set()
        for name in order:
            before = values[frozenset(joined)]
            joined.add(name)
            sums[name] += (values[frozenset(joined)] - before) / len(orders)
    return sums


def shares(small):
    words = ["shares", small, "--futures", "12", "--one-in", "1", "--seed", "4", "--format", "csv"]
    each = run(*words, "--each", "--threads", "2")
    check("every combination is printed", each.returncode == 0, each.stderr)
    names = ["operations", "staff", "support"]
    values = {}
    for row in list(csv.reader(io.StringIO(each.stdout)))[1:]:
        members = frozenset() if row[0] == "none" else frozenset(row[0].split("+"))
        for quarter, value in enumerate(row[3:]):
            values.setdefault((row[2], quarter, int(row[1])), {})[members] = float(value)
    check("all eight, in every future", len(values) == 2 * 3 * 12 and all(len(sets) == 8 for sets in values.values()))
    found = list(csv.DictReader(io.StringIO(run(*words).stdout)))
    check("a row for each measure and for all together", len(found) == 2 * 3 * 4, len(found))
    quarters = sorted({row["quarter"] for row in found})
    wrong, not_summing = [], []
    for series in ("waiting", "granted"):
        for index, quarter in enumerate(quarters):
            by_future = [shapley(values[series, index, future], names) for future in range(12)]
            together = [values[series, index, future][frozenset(names)] - values[series, index, future][frozenset()]
                        for future in range(12)]
            expected = {name: [one[name] for one in by_future] for name in names}
            expected["together"] = together
            rows = {row["measure"]: row for row in found if row["series"] == series and row["quarter"] == quarter}
            for name, numbers in expected.items():
                error = math.sqrt(sum((n - mean(numbers)) ** 2 for n in numbers) / 11 / 12)
                if not near(float(rows[name]["share"]), mean(numbers), 2e-5) or not near(float(rows[name]["error"]), error, 2e-5):
                    wrong.append((series, quarter, name, rows[name], mean(numbers), error))
            if not near(sum(float(rows[name]["share"]) for name in names), float(rows["together"]["share"]), 1e-5):
                not_summing.append((series, quarter))
    check("shares and errors are those of the definition", not wrong, wrong[:3])
    check("shares sum to the combined effect", not not_summing, not_summing)
    last = {row["measure"]: float(row["share"]) for row in found if row["series"] == "waiting" and row["quarter"] == quarters[2]}
    check("each of these measures makes fewer wait", all(last[name] < 0 for name in names), last)
    first = {row["measure"]: float(row["share"]) for row in found if row["series"] == "waiting" and row["quarter"] == quarters[0]}
    check("a measure that has not started has no share", first["support"] == 0 and first["staff"] < 0, first)
    same = {run(*words, "--threads", str(threads)).stdout for threads in (1, 3)}
    check("the same seed gives the same bytes", len(same) == 1)
    told = run(*words[:-2], "--quarter", "2024-Q2").stdout
    check("text tells of the quarter asked for", "Waiting (people), 2024-Q2" in told and "all measures together" in told, told)


# --- sensitivity ---


def sensitivity(folder):
    # 100 small + 100 great people, whom nobody serves; small between 0 and 10, great between 0 and 20: a fifth and four fifths of the variance.
    path = write(folder, "sum.scenario", HEAD + """
assumed small_part
  between 0 and 10
  source assumed
assumed great_part
  "The greater one"
  between 0 and 20
  source assumed
assumed idle_part
  lognormal median 1 spread 0.5
  source assumed
assumed fixed
  exactly 3
  source assumed
stage awaiting_decision
  begins with 100 times small_part plus 100 times great_part waited 0 to 1 days
series people
  stage awaiting_decision
""")
    found = run("sensitivity", path, "--one-in", "10", "--futures", "2000", "--format", "json")
    check("what an answer hangs on is found", found.returncode == 0, found.stderr)
    rows = {row["assumption"]: row for row in json.loads(found.stdout)["series"][0]["level"]}
    check("a fifth and four fifths, and nothing of the others",
          near(rows["small_part"]["index"], 0.2, 0.06) and near(rows["great_part"]["index"], 0.8, 0.04) and near(rows["idle_part"]["index"], 0, 0.05)
          and rows["fixed"]["index"] == 0, rows)
    text = run("sensitivity", path, "--one-in", "10", "--futures", "300").stdout
    check("text tells the greatest first", 0 < text.find("The greater one") < text.find("\n  small_part "), text)
    few = run("sensitivity", path, "--futures", "20")
    check("too few futures are refused", few.returncode != 0 and "100 futures or more" in few.stderr, few.stderr)


# --- calibrated ---


def calibrated(folder):
    rows = {}
    for line in open(os.path.join(SOURCE, "scenarios", "published_2023_q4.calibration"), encoding="utf-8"):
        words = line.split()
        if len(words) == 9 and words[0] == "claims":
            rows[words[1]] = [float(word) for word in words[2:]]
    path = write(folder, "calibrated.scenario", HEAD.replace("quarters 3", "quarters 10") + """
calibrated claims_to_come
  "Claims in a quarter"
  file   "published_2023_q4.calibration"
  series claims
  source "Home Office, Asy_D01"
arrivals claims
  to    awaiting_decision
  a day claims_to_come over 91
stage awaiting_decision
series claims
  arrivals claims
""")
    ran = run("run", path, "--futures", "800", "--one-in", "50", "--format", "json")
    check("a calibration that comes with the program is found", ran.returncode == 0, ran.stderr)
    found = {row["quarter"]: row["level"] for row in json.loads(ran.stdout)["series"][0]["quarters"]}
    wrong = []
    for quarter, (median, low50, high50, low80, high80, low95, high95) in rows.items():
        level = found[quarter]
        pairs = ((level["median"], median, 0.12), (level["interval_50"][0], low50, 0.15), (level["interval_50"][1], high50, 0.15),
                 (level["interval_80"][0], low80, 0.2), (level["interval_80"][1], high80, 0.2),
                 (level["interval_95"][0], low95, 0.35), (level["interval_95"][1], high95, 0.35))
        wrong += [(quarter, a, b) for a, b, within in pairs if abs(math.log(a / b)) > within]
    check("eight quarters are calibrated", len(rows) == 8)
    check("futures have the quantiles of the calibration", not wrong, wrong)
    check("after its end the same quarter of its last year is repeated",
          abs(math.log(found["2026-Q1"]["median"] / found["2025-Q1"]["median"])) < 0.12, found["2026-Q1"])

    text = open(path, encoding="utf-8").read()
    line = text.split("\n").index("  series claims") + 1
    for old, new, told in (
            ("series claims\n  source", "series clains\n  source", [f":{line}:", '"clains"', 'Did you mean "claims"?']),
            ('file   "published', 'file   "unpublished', ["unpublished_2023_q4.calibration"]),
            ("begins   2024-01-01", "begins   2030-01-01", ["2030-Q1"]),
            ('  source "Home Office, Asy_D01"\n', "", ["by which calibration", "`source`"])):
        broken = run("run", write(folder, "broken.scenario", text.replace(old, new)), "--futures", "2")
        check(f"refused: {(new or old).split()[1]}", broken.returncode != 0 and all(part in broken.stderr for part in told), broken.stderr)
    whole = open(os.path.join(SOURCE, "scenarios", "published_2023_q4.calibration"), encoding="utf-8").read()
    for old, new, told in (("claims             2024-Q2", "claims             2024-Q9", "a quarter is left out"),
                           ("22070", "many ", "is not a number"), ("22070", "92070", "do not lie within each other")):
        write(folder, "other.calibration", whole.replace(old, new))
        broken = run("run", write(folder, "broken.scenario", text.replace("published_2023_q4", "other")), "--futures", "2")
        check(f"a calibration that was changed is refused: {told}",
              broken.returncode != 0 and told in broken.stderr and "other.calibration, line" in broken.stderr
              and "forecast calibrate" in broken.stderr, broken.stderr)


def ranks(values):
    """Equal values share the mean of their ranks."""
    return [sum(other < value for other in values) + sum(other == value for other in values) / 2 for value in values]


def correlation(a, b):
    a, b = ([value - mean(values) for value in values] for values in (a, b))
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def go_together(folder):
    """Two series of a calibration, and one of them twice, as futures have them; said by the calibration: one line for two of them."""
    text = HEAD + "".join(f"""
calibrated {name}_to_come
  "In a quarter"
  file   "published_2023_q4.calibration"
  series {series}
  source "Home Office"
arrivals {name}
  to    awaiting_decision
  a day {name}_to_come over 91
series {name}
  arrivals {name}
""" for name, series in (("enforced", "returns_enforced"), ("claims", "claims"), ("decisions", "decisions"), ("again", "claims"))) + """
stage awaiting_decision
define nothing "Nothing"
  = 0
measure one
  from 2024-04-01
  source assumed
  nothing = 1
"""
    path = write(folder, "together.scenario", text)
    ran = run("shares", path, "--futures", "600", "--one-in", "20", "--each", "--format", "csv")
    check("what goes together is run", ran.returncode == 0, ran.stderr)
    futures = {}
    for measures, _, series, *quarters in list(csv.reader(io.StringIO(ran.stdout)))[1:]:
        if measures == "none":
            futures.setdefault(series, []).append(float(quarters[-1]))
    said = {}
    for line in open(os.path.join(SOURCE, "scenarios", "published_2023_q4.calibration"), encoding="utf-8"):
        words = line.split()
        if len(words) == 3 and words[0] in ("claims", "decisions"):
            said[tuple(words[:2])] = float(words[2])
    found = {names: 2 * math.sin(math.pi / 6 * correlation(*(ranks(futures[name]) for name in names)))
             for names in (("claims", "decisions"), ("claims", "enforced"), ("decisions", "enforced"), ("claims", "again"))}
    check("claims and decisions go together as the calibration says",
          abs(found["claims", "decisions"] - said["claims", "decisions"]) < 0.1 and said["claims", "decisions"] > 0.4, found)
    check("others hardly do", all(abs(found[name, "enforced"] - said[name, "returns_enforced"]) < 0.15 for name in ("claims", "decisions")), found)
    check("a series is the same wherever it stands", found["claims", "again"] > 0.98, found)
    whole = open(os.path.join(SOURCE, "scenarios", "published_2023_q4.calibration"), encoding="utf-8").read()
    write(folder, "alone.calibration", "".join(line + "\n" for line in whole.split("\n") if line.split()[:2] != ["claims", "decisions"]))
    broken = run("run", write(folder, "broken.scenario", text.replace("published_2023_q4", "alone")), "--futures", "2")
    check("a calibration that does not say how they go together is refused",
          broken.returncode != 0 and 'how "claims" and "decisions" go together' in broken.stderr, broken.stderr)


# --- from a register ---


def from_a_register(folder):
    store = os.path.join(folder, "register.db")
    made = subprocess.run([PROGRAM, "demo", "--people", "300", "--seed", "7", "--today", "2024-05-01", "--store", store],
                          capture_output=True, text=True, check=False, env=dict(os.environ, RETURNHUB_SHARE=SOURCE))
    check("a register is there", made.returncode == 0, made.stderr)
    counted = subprocess.run([PROGRAM, "statistics", "reconciliation", "--store", store, "--as", "statistician",
                              "--as-of", "2023-12-31", "--format", "csv"], capture_output=True, text=True, check=False,
                             env=dict(os.environ, RETURNHUB_SHARE=SOURCE))
    rows = [row for row in csv.DictReader(line for line in io.StringIO(counted.stdout) if not line.startswith("#"))
            if row["Where they are"].startswith("Open") and row["Stage"] != "Total"]
    open_people = sum(int(row["People"]) for row in rows)
    waiting = sum(int(row["People"]) for row in rows if row["Stage"] == "Awaiting decision")
    path = write(folder, "today.scenario", HEAD + """
stage awaiting_decision
  begins with 100000 waited 0 to 10 days
stage appeal_rights_exhausted
series waiting
  stage awaiting_decision
series exhausted
  stage appeal_rights_exhausted
series more_than_half_a_year
  stage_long awaiting_decision after 274 days
""")
    words = ["run", path, "--store", store, "--futures", "2", "--one-in", "1", "--format", "json"]
    ran = run(*words, "--as", "statistician")
    check("a forecast begins with the people of a register", ran.returncode == 0, ran.stderr)
    answer = json.loads(ran.stdout)
    begins = answer["begins_with"]
    values = {series["name"]: series["quarters"][0]["level"]["mean"] for series in answer["series"]}
    check("as they stood on the day before", begins["as_of"] == "2023-12-31", begins)
    check("everybody who is open is in it, or said to be left out", begins["people"] + begins["left_out"] == open_people,
          (begins, open_people))
    check("and stands where they stood", values["waiting"] + values["exhausted"] == begins["people"] > 0
          and values["waiting"] == waiting > 0, (values, begins, waiting, rows))
    check("for as long as they had", 0 < values["more_than_half_a_year"] < values["waiting"], values)
    file = write(folder, "late.csv", "reference@case-system,name,registered_on\nCS-1,Synthetic Person Late,2023-11-01\n")
    late = subprocess.run([PROGRAM, "import", file, "--source", "a drawer", "--store", store, "--as", "registrar"], capture_output=True,
                          text=True, check=False, env=dict(os.environ, RETURNHUB_SHARE=SOURCE))
    check("somebody of before is found afterwards", late.returncode == 0, late.stderr)
    position = str(begins["position"])
    again = run(*words, "--as", "statistician", "--at-position", position)
    check("of the same event it is made again to the byte, whatever was recorded since", again.stdout == ran.stdout, again.stderr)
    now = json.loads(run(*words, "--as", "statistician").stdout)["begins_with"]
    check("... and without it they are there", now["people"] + now["left_out"] == open_people + 1, now)
    alone = run("run", path, "--futures", "2", "--at-position", position)
    check("an event of no register is refused", alone.returncode != 0 and "--store" in alone.stderr, alone.stderr)
    refused = run(*words, "--as", "caseworker")
    check("who may not see statistics may not begin with them", refused.returncode != 0, refused.stderr)


# --- mistakes ---


def mistakes(folder):
    text = QUEUE + MEASURES
    for old, new, told in (
            ("grant_leave to granted", "grant_leaf to granted", ["no step", "grant_leaf", "grant_leave"]),
            ("kept = kept times", "kept = kebt times", ['no number "kebt"', 'Did you mean "kept"?']),
            ("  between 3 and 6\n", "", ["needs a distribution and a source", "between 0.1 and 0.3"]),
            ("  from 2024-03-01\n", "", ['"staff" does not say from which day', "from 2024-07-01"]),
            ("= 4\n", "= 4 times\n", ["Expected a number"]),
            ("begins   2024-01-01", "begins   2024-01-02", ["first day of a quarter"]),
            ('"Decisions a day"', '"Decisions a day', ["text"])):
        path = write(folder, "wrong.scenario", text.replace(old, new, 1))
        refused = run("run", path, "--futures", "2")
        place = "wrong.scenario:" in refused.stderr or "first day" in told[0]
        check(f"where, what, and what to do: {(new or old).strip()[:40]}",
              refused.returncode != 0 and place and all(part in refused.stderr for part in told), refused.stderr)
    for words, told in ((["run", "nowhere"], "no scenario nowhere\n  hint: A file ends in .scenario"), (["shares", "baseline"], "no measure"),
                        (["run", "baseline", "--one-in", "0"], "one-in"), (["run", "baseline", "--format", "pdf"], "svg"),
                        (["shares", "hub", "--quarter", "2031-Q1"], "2024-Q1 to 2026-Q4"), (["run"], "SCENARIO")):
        refused = run(*words)
        check(f"refused: {' '.join(words)}", refused.returncode != 0 and told in refused.stderr, refused.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        small = write(folder, "small.scenario", QUEUE + MEASURES)
        numbers_say_where_they_are_from()
        every_answer_is_there(same_bytes())
        faces_agree(folder, small)
        says_what_it_was_made_of(folder, small)
        answers_of_one_text(folder, small)
        drawing(small)
        shares(small)
        sensitivity(folder)
        calibrated(folder)
        go_together(folder)
        from_a_register(folder)
        mistakes(folder)
    print(f"1..{len(checks)}")
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
