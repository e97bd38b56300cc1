"""script/bench screening: the column engine and its peers on one workload in one run. What is measured and how: bench/README.md.

Every contestant is a process that has loaded the people and waits (contest.h says how it is spoken with), so that the rounds go
round all of them and loading counts for nobody.
"""
import array
import concurrent.futures
import contextlib
import os
import re
import statistics
import subprocess
import sys
import time

from common import BINARY, BUILD, ROOT, ROUNDS, judged, kept_demo, spread

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import sql  # noqa: E402

PEOPLE = int(os.environ.get("RETURNHUB_BENCH_PEOPLE", "1000000"))
ZEN_PEOPLE, JSON_RULES_PEOPLE = min(PEOPLE, 20000), min(PEOPLE, 2000)
RULES = os.path.join(HERE, "screening.rules")
PEERS = os.path.join(HERE, "peers")
CLANG_BUILD = os.path.join(ROOT, "build", "release-bench-clang")
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable  # the one that Debian's numpy is for
SECONDS_A_ROUND = 0.15
ROUNDS_OF_CORES = 4 * ROUNDS  # short ones: what a shared machine gives changes from one to the next
CPUS = sorted(os.sched_getaffinity(0))

# name, how many times faster than it we mean to be
PEER_TARGETS = [("numpy", 10), ("ClickHouse", 15), ("DuckDB", 50), ("PostgreSQL", 80), ("SQLite", 200), ("ZEN", 10000),
                ("json-rules-engine", 50000)]


class Absent(Exception):
    """A contestant that cannot be started here, and why."""


class Contestant:
    def __init__(self, folder, name, command, people=None, cpus=None):
        self.name, self.people = name, people or PEOPLE
        self.errors = os.path.join(folder, re.sub(r"\W+", "-", name) + ".err")
        cpus = cpus or [CPUS[-1]]
        pinned = ["taskset", "--cpu-list", ",".join(map(str, cpus)), *command]
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(pinned, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                                            cwd=HERE)
        self.about = self.expect("ready")
        self.seconds = {}  # of each round, by what was run

    def expect(self, word):
        line = self.process.stdout.readline()
        if not line.startswith(word):
            self.stop()
            with open(self.errors, encoding="utf-8") as errors:
                said = [text for text in errors.read().splitlines() if text.strip()]
            reasons = [text for text in said if "Error" in text or "error" in text] or said[-1:] or [line.strip() or "it ended"]
            raise Absent(reasons[0].strip())
        return line[len(word):].strip()

    def ask(self, text, word):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.expect(word)

    def measure(self, how=""):
        """Once a round: as many runs as fit into a moment, the first of which is not counted in the first round."""
        known = self.seconds.setdefault(how, [])
        last = known[-1] if known else float(self.ask(f"run 1 {how}".strip(), "time"))
        runs = max(1, min(15, int(SECONDS_A_ROUND / last)))
        known.append(float(self.ask(f"run {runs} {how}".strip(), "time")))

    def each(self, how=""):
        """Seconds a person, of each round."""
        return [seconds / self.people for seconds in self.seconds[how]]

    def masks(self, folder):
        """The answers of the last run, person by person: bars, unknown."""
        path = os.path.join(folder, "answers")
        standing = self.ask(f"answers {path}", "answers")
        if standing.endswith("wrong"):
            raise SystemExit(f"bench: {self.name} does not give the known sums: {standing}")
        with open(path, "rb") as file:
            data = file.read()
        os.remove(path)
        if len(data) == 8 * self.people:
            words = array.array("I", data)
        else:  # the databases write lines "bars,unknown"
            pairs = [line.split(b",") for line in data.split()]
            words = array.array("I", [int(pair[0]) for pair in pairs] + [int(pair[1]) for pair in pairs])
        return words[:self.people], words[self.people:]

    def stop(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def program(build, name):
    return os.path.join(build, "bench", "screening", f"screening_{name}")


def compilers():
    """The builds there are, by the name of their compiler."""
    return {"gcc": BUILD, **({"clang": CLANG_BUILD} if os.path.exists(program(CLANG_BUILD, "engine")) else {})}


def start(contestants, absent, folder, name, command, **options):
    try:
        contestants[name] = Contestant(folder, name, command, **options)
    except (Absent, FileNotFoundError) as reason:
        absent[name] = str(reason)


def peer_commands(folder):
    def script(name, *arguments):
        return ["node" if name.endswith("mjs") else PYTHON, os.path.join(PEERS, name), folder, *map(str, arguments)]
    return [
        ("numpy", script("numpy_peer.py"), {}),
        ("ClickHouse", script("clickhouse.mjs"), {}),
        ("DuckDB", script("duckdb.mjs"), {}),
        ("PostgreSQL", script("postgresql.py"), {}),
        ("SQLite", [program(BUILD, "sqlite"), str(PEOPLE), folder], {}),
        ("ZEN", script("zen.mjs", ZEN_PEOPLE), {"people": ZEN_PEOPLE, "cpus": CPUS}),
        ("json-rules-engine", script("json_rules_engine.mjs", JSON_RULES_PEOPLE), {"people": JSON_RULES_PEOPLE}),
    ]


def hand_commands():
    for compiler, build in compilers().items():
        for name in ("planes", "packed", "bytes", "rows", "stream"):
            for flags in ("release", "v3", "native") if name in ("planes", "packed") else ("release", "native"):
                yield f"{name}, {compiler} {flags}", [program(build, f"{name}_{flags}"), str(PEOPLE)]


def engine_levels(engine):
    return engine.about.partition("levels ")[2].split()


def rate(seconds_each):
    return [1e-6 / seconds for seconds in seconds_each]


def ratios(a, b):
    return [x / y for x, y in zip(a, b)]


def run_rounds(contestants):
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            if name.startswith("returnhub"):
                for level in engine_levels(contestant):
                    contestant.measure(f"screen {level} 1")
                contestant.measure("compile")
                contestant.measure("what-if")
            else:
                contestant.measure()


def compare_answers(contestants, folder):
    """Every contestant that answers gives our masks, person by person."""
    ours = None
    equal = []
    for name, contestant in contestants.items():
        if name.startswith("stream"):
            continue
        if name.startswith("returnhub"):
            for level in engine_levels(contestant):
                contestant.ask(f"run 1 screen {level} 1", "time")
                masks = contestant.masks(folder)
                ours = ours or masks
                if masks != ours:
                    raise SystemExit(f"bench: {name} at the level {level} differs from the first level")
            continue
        bars, unknown = contestant.masks(folder)
        for what, theirs, mine in (("bars", bars, ours[0]), ("unknown", unknown, ours[1])):
            if theirs != mine[:len(theirs)] or len(theirs) != contestant.people:
                first = next((i for i, pair in enumerate(zip(theirs, mine)) if pair[0] != pair[1]), len(theirs))
                raise SystemExit(f"bench: {name} differs from returnhub: {what} of person {first}")
        equal.append(name)
    print(f"  Same answers for every person and safeguard from returnhub at every level and {len(equal)} others; "
          f"{'the known sums' if PEOPLE in (10000, 100000, 1000000) else 'sums not known for this number'}\n")


def print_rates(contestants, absent):
    print("  Million people a second, median (least to most)")
    for name, contestant in contestants.items():
        if name.startswith("returnhub"):
            for level in engine_levels(contestant):
                print(f"    {name + ', ' + level:34} {spread(rate(contestant.each(f'screen {level} 1')), '{:,.1f}')}")
        else:
            form = "{:,.1f}" if statistics.median(contestant.each()) < 1e-6 else "{:,.4f}"
            scaled = f", {contestant.people:,} people" if contestant.people != PEOPLE else ""
            print(f"    {name:34} {spread(rate(contestant.each()), form):30} {contestant.about}{scaled}")
    for name, reason in absent.items():
        print(f"    {name:34} absent: {reason}")


def print_against_hand(contestants):
    print("\n  Time against C by hand, same compiler and flags (below 1: less than by hand)")
    for compiler in compilers():
        engine = contestants[f"returnhub, {compiler}"]
        levels = engine_levels(engine)
        for flags, level in (("release", "plain"), ("v3", "AVX2"), ("native", levels[-1])):
            for name in ("planes", "packed"):
                hand = contestants.get(f"{name}, {compiler} {flags}")
                if hand and level in levels:
                    values = ratios(engine.each(f"screen {level} 1"), hand.each())
                    print(f"    {compiler + ', ' + level + ' / ' + name + ', ' + flags:44} {judged(values, 1.5, False)}")


def print_against_peers(contestants, absent):
    engine = contestants["returnhub, gcc"]
    ours = engine.each(f"screen {engine_levels(engine)[-1]} 1")
    print(f"\n  Times faster than, one core, gcc, {engine_levels(engine)[-1]}")
    for name, target in PEER_TARGETS:
        if name in absent:
            print(f"    {name:24} absent: {absent[name]}")
        else:
            print(f"    {name:24} {judged(ratios(contestants[name].each(), ours), target, True)}")


def print_changes(contestants):
    print("\n  From text, milliseconds")
    for name, contestant in contestants.items():
        if name.startswith("returnhub"):
            compiled = [1000 * seconds for seconds in contestant.seconds["compile"]]
            changed = [1000 * seconds for seconds in contestant.seconds["what-if"]]
            print(f"    {name + ', text to program':44} {spread(compiled, '{:.2f}')}")
            print(f"    {name + ', changed, all screened':44} {judged(changed, 50, False)}")


def side_by_side(folder):
    print(f"Screening {PEOPLE:,} people by 24 safeguards, in process, loading excluded, one core unless said, {ROUNDS} rounds")
    subprocess.run([program(BUILD, "generate"), str(PEOPLE), folder], check=True)
    sql.write(folder)
    contestants, absent = {}, {}
    try:
        for compiler, build in compilers().items():
            contestants[f"returnhub, {compiler}"] = Contestant(folder, f"returnhub, {compiler}",
                                                               [program(build, "engine"), str(PEOPLE), RULES])
        for name, command in hand_commands():
            start(contestants, absent, folder, name, command)
        for name, command, options in peer_commands(folder):
            start(contestants, absent, folder, name, command, **options)
        run_rounds(contestants)
        compare_answers(contestants, folder)
        print_rates(contestants, absent)
        print_against_hand(contestants)
        print_against_peers(contestants, absent)
        print_changes(contestants)
    finally:
        for contestant in contestants.values():
            contestant.stop()


def side_by_side_rate(twins, how):
    """People a second of two programs that screen at the same time, a core each: all that two cores can give."""
    with concurrent.futures.ThreadPoolExecutor(len(twins)) as pool:
        list(pool.map(lambda twin: twin.measure(how), twins))
    return sum(1 / twin.each(how)[-1] for twin in twins)


def two_cores(folder):
    if len(CPUS) < 2:
        print("\n  Two cores against one: this machine has one core")
        return
    print("\n  Two cores against one, times faster; two programs at once, a core each, against one: what the machine gives")
    for people in (PEOPLE, PEOPLE * 10):
        def engine(cpus, people=people):
            return Contestant(folder, f"returnhub, cores {cpus}, {people}", [program(BUILD, "engine"), str(people), RULES], people=people,
                              cpus=cpus)
        both, twins = engine(CPUS[:2]), [engine(CPUS[:1]), engine(CPUS[1:2])]
        level = engine_levels(both)[-1]
        given = []
        for _ in range(ROUNDS_OF_CORES):
            both.measure(f"screen {level} 1")
            both.measure(f"screen {level} 2")
            given.append(side_by_side_rate(twins, f"screen {level} 1") * both.each(f"screen {level} 1")[-1])
        values = ratios(both.each(f"screen {level} 1"), both.each(f"screen {level} 2"))
        print(f"    {people:>12,} people{'':25} {judged(values, 1.8, True)}")
        print(f"    {'two programs at once':44} {spread(given, '{:.2f}')}")
        for contestant in (both, *twins):
            contestant.stop()


def beyond_the_cache(folder):
    """Cost per person at four sizes, and the largest against streaming."""
    sizes = [PEOPLE // 100, PEOPLE // 10, PEOPLE, PEOPLE * 10]
    engines = {size: Contestant(folder, f"returnhub, {size}", [program(BUILD, "engine"), str(size), RULES], people=size)
               for size in sizes}
    large = engines[sizes[-1]]
    plain = Contestant(folder, "stream, large", [program(BUILD, "stream_native"), str(sizes[-1])], people=sizes[-1])
    how = f"screen {engine_levels(large)[-1]} 1"
    for _ in range(ROUNDS):
        for engine in engines.values():
            engine.measure(how)
            engine.measure("stream")
            engine.measure("stream-write")
        plain.measure()
        plain.measure("write")
    print(f"\n  Nanoseconds a person, {how.split()[1]}; of reading the packed columns; of reading them and writing the answers")
    for size, engine in engines.items():
        several = (spread([1e9 * seconds for seconds in engine.each(task)], "{:.2f}") for task in (how, "stream", "stream-write"))
        print(f"    {size:>12,} people {'; '.join(several)}")
    cheapest = min((engine.each(how) for engine in engines.values()), key=statistics.median)
    print(f"    {'the largest number against the cheapest':44} {judged(ratios(large.each(how), cheapest), 1.5, False)}")
    print(f"\n  {sizes[-1]:,} people: time against streaming memory ({large.about.split(',')[1].strip()} packed, 52 plain)")
    for title, streamed in (("reading the packed columns", large.each("stream")),
                            ("reading them and writing the answers", large.each("stream-write")),
                            ("reading the plain columns", plain.each()),
                            ("reading them and writing the answers, plain", plain.each("write"))):
        print(f"    {title:44} {judged(ratios(large.each(how), streamed), 2, False)}")
    for contestant in (*engines.values(), plain):
        contestant.stop()


def screening(folder):
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f} at the beginning" + (": busy, so the figures mean little" if load > 1 else ""))
    try:
        side_by_side(folder)
        two_cores(folder)
        beyond_the_cache(folder)
    except Absent as reason:  # of the engine, or of a program by hand for the large number
        raise SystemExit(f"bench: {reason}") from reason


def screening_store(folder):
    print(f"Whole process: returnhub screen hub_transfer over a register of {PEOPLE:,} people, wall seconds")
    store = kept_demo(PEOPLE)
    command = [BINARY, "screen", "hub_transfer", "--hub", "HUB-NORTH", "--as", "caseworker", "--store", store]
    walls = []
    for _ in range(ROUNDS):
        begin = time.monotonic()
        with open(os.path.join(folder, "screened"), "wb") as out:
            subprocess.run(command, check=True, stdout=out)
        walls.append(time.monotonic() - begin)
    print(f"    {'cold process, warm file':44} {judged(walls, 3, False)}")
