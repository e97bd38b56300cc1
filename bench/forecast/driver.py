"""The forecast engine on the pipeline, in interleaved rounds with a bare slot wheel in C and SimPy."""
import json
import os
import statistics
import subprocess
import sys

from common import BUILD, QUICK, ROOT, ROUNDS, judged, spread

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
    print("  simmer is absent: Debian has no package of it; ns-3 and Cimba: no program for them is written yet")


def one(command, part, seed):
    arguments = ["1", str(seed)] + ([str(part)] if part > 1 else [])
    out = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout
    said = json.loads(out)
    said["rate"] = said["events"] / said["seconds"]
    return said


def forecast(_folder):
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
    print(f"  time against the bare wheel  {judged(ratios, 1.3, least=False)}")
    if "SimPy" in rates:
        ratios = [engine / simpy for engine, simpy in zip(rates["engine"], rates["SimPy"])]
        print(f"  speed against SimPy          {spread(ratios)}   (target at full size: at least 400)")
    compare_waits(runs["engine"][2], runs["bare wheel"][2])


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
