"""The forecast engine on the pipeline, in interleaved rounds with its peers; and whole forecasts with the law, on threads and on ranks."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from common import BINARY, BUILD, QUICK, ROOT, ROUNDS, judged, spread

HERE = os.path.join(ROOT, "bench", "forecast")
SIMPY_PART = 100  # SimPy at full size takes minutes: its rate is of the model at a hundredth


def contestants():
    yield "engine", [os.path.join(BUILD, "bench", "forecast", "forecast_engine")], 1
    yield "bare wheel", [os.path.join(BUILD, "bench", "forecast", "forecast_bare_wheel")], 1
    found = subprocess.run(["/usr/bin/python3", "-c", "import simpy; simpy.Resource"], capture_output=True)
    if found.returncode == 0:
        yield "SimPy", ["/usr/bin/python3", os.path.join(HERE, "pipeline_simpy.py")], SIMPY_PART
    else:
        print("  SimPy is absent: Debian's python3-simpy3 is not installed")
    ns3 = os.path.join(BUILD, "bench", "forecast", "forecast_ns3")
    if os.path.exists(ns3):
        yield "ns-3", [ns3], 1
    else:
        print("  ns-3 is absent: Debian's libns3-dev was not there when the bench was built")
    print("  simmer and Cimba are absent: Debian has no package of them")


def one(command, part, seed):
    arguments = ["1", str(seed)] + ([str(part)] if part > 1 else [])
    out = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout
    said = json.loads(out)
    said["rate"] = said["events"] / said["seconds"]
    return said


def forecast(folder):
    print("The forecast engine on the pipeline (events a second of processor time, one core)")
    runs = {}
    for name, command, part in contestants():
        runs[name] = (command, part, [])
    for round_number in range(1 if QUICK else 2 * ROUNDS):
        for command, part, said in runs.values():
            said.append(one(command, part, round_number + 1))
    rates = {name: [said["rate"] for said in runs[name][2]] for name in runs}
    for name, (_, part, said) in runs.items():
        waits = [statistics.mean(run["waits"][s] for run in said) for s in range(4)]
        of_part = f" at 1/{part} of the size" if part > 1 else ""
        print(f"  {name:12} {spread(rates[name])}{of_part}; mean waits {', '.join(f'{wait:.1f}' for wait in waits)} days")
    ratios = [wheel / engine for wheel, engine in zip(rates["bare wheel"], rates["engine"])]
    print(f"  time against the bare wheel  {judged(ratios, 1.3, least=False)}", flush=True)
    if "ns-3" in rates:
        ratios = [engine / ns3 for engine, ns3 in zip(rates["engine"], rates["ns-3"])]
        print(f"  speed against ns-3           {judged(ratios, 2.5, least=True)}")
    if "SimPy" in rates:
        ratios = [engine / simpy for engine, simpy in zip(rates["engine"], rates["SimPy"])]
        print(f"  speed against SimPy          {spread(ratios)}   (target at full size: at least 400)")
    compare_waits(runs["engine"][2], runs["bare wheel"][2])
    with_law(folder)


YEARS = 10
ARRIVALS = 100000  # a year
WANTED = 1000  # futures
RANKED = 40  # futures of the ranks: starting them takes half a second, which is no part of what is asked


def large_scenario(folder):
    """The baseline over ten years, with 100,000 people a year."""
    with open(os.path.join(ROOT, "scenarios", "baseline.scenario"), encoding="utf-8") as file:
        text = file.read()
    for old, new in (("quarters 12", f"quarters {4 * YEARS}"), ("= claims_to_come over 91.25 times", f"= {ARRIVALS} over 365 times")):
        if old not in text:
            sys.exit(f"bench: the baseline says no more \"{old}\"")
        text = text.replace(old, new)
    path = os.path.join(folder, "large.scenario")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def timed(command):
    """What a command says, its wall time, processor time and memory in MiB."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {child.returncode}")
    return said, time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def with_law(folder):
    """Runs with different numbers of futures: their difference is that of the futures alone."""
    few, many = (1, 2) if QUICK else (1, 5)
    command = [BINARY, "forecast", "run", large_scenario(folder), "--format", "csv"]

    def run(futures, threads, one_in):
        return timed([*command, "--futures", str(futures), "--threads", str(threads), "--one-in", str(one_in)])

    print(f"Whole forecasts: {YEARS} years, {ARRIVALS:,} people a year one by one, who stands in line judged by the rulebook every 28 days")
    parts = (4, 2, 1)
    each = {part: [] for part in parts}
    wall, memory = [], []
    for _ in range(1 if QUICK else 3):
        for part in parts:
            first, last = run(few, 1, part), run(many, 1, part)
            each[part].append((last[2] - first[2]) / (many - few))
        memory.append(first[3])
        both_few, both = run(2 * few, 2, 1), run(2 * many, 2, 1)
        wall.append((both[1] - both_few[1]) / (2 * (many - few)) * WANTED / 60)
        if run(many, 2, 1)[0] != last[0]:
            sys.exit("bench: two threads say something else than one")
    print(f"  processor time of a future   {spread(each[1], '{:.2f} s')}")
    print(f"  {WANTED:,} of them, two threads   {spread(wall, '{:.1f} min')}   target: under 10 min (reckoned from {2 * (many - few)})")
    print(f"  memory of one future         {spread(memory, '{:.0f} MiB')}   target: under 200 MiB")
    for part in parts[:-1]:
        ratios = [whole / (part * one) for whole, one in zip(each[1], each[part])]
        print(f"  a person's time against a {'half' if part == 2 else 'quarter'} of the people  {spread(ratios, '{:.2f}')}   target: about 1")
    alone = command + ["--threads", "1", "--one-in", "1", "--futures"]
    two_programs(alone, many)
    ranks(alone + [str(2 * many if QUICK else RANKED)])


def two_programs(command, futures):
    """Two programs that know nothing of each other against one that does the work of both: what two cores can give at most."""
    ratios = []
    for _ in range(1 if QUICK else 3):
        one = timed([*command, str(2 * futures)])[1]
        begin = time.monotonic()
        both = [subprocess.Popen([*command, str(futures)], stdout=subprocess.DEVNULL) for _ in range(2)]
        if any(program.wait() != 0 for program in both):
            sys.exit("bench: one of two programs beside each other failed")
        ratios.append(one / (time.monotonic() - begin))
    print(f"  two programs against one     {spread(ratios, '{:.2f}')}   (the most that threads and ranks can have)")


def ranks(command):
    """Two ranks of MPI against one, where the program was built with it."""
    if shutil.which("mpirun") is None or b"libmpi" not in subprocess.run(["ldd", BINARY], check=True, capture_output=True).stdout:
        print("  ranks are absent: the program was built without MPI (-Dmpi=enabled)")
        return
    start = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n"]
    ratios = []
    for _ in range(1 if QUICK else 3):
        one, two = (timed([*start, str(count), *command]) for count in (1, 2))
        if one[0] != two[0]:
            sys.exit("bench: two ranks say something else than one")
        ratios.append(one[1] / two[1])
    print(f"  two ranks against one        {judged(ratios, 1.9, least=True)}")


def compare_waits(engine, wheel):
    """The waits of both must agree within what replications differ by among themselves."""
    for station in range(4):
        ours = [run["waits"][station] for run in engine]
        theirs = [run["waits"][station] for run in wheel]
        if len(ours) < 3:
            return
        error = (statistics.variance(ours) / len(ours) + statistics.variance(theirs) / len(theirs)) ** 0.5
        apart = abs(statistics.mean(ours) - statistics.mean(theirs))
        if apart > 4 * error + 0.05:
            sys.exit(f"bench: the waits at station {station + 1} differ: {ours} and {theirs}")
