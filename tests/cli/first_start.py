#!/usr/bin/env python3
"""Aim: whoever interrupts `script/server` while it makes the demonstration gets a whole one the next time, and not a register in which
nobody has an account. The script is the real one; the build is left out, and the demonstration is a small one. Whoever interrupts a command
that takes long is told what that means; of a demonstration nothing is left."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, run  # noqa: E402

# Interrupted, a demonstration leaves a register of which nothing was committed: as `account first` makes one.
STANDS_IN = f"""#!/bin/sh
case $1 in
serve) echo "served $RETURNHUB_STORE" ;;
demo)
    for store; do :; done
    if [ -n "$INTERRUPTED" ]; then {BINARY} account first --store "$store" >/dev/null; exit 130; fi
    exec {BINARY} demo --people 100 --store "$store" ;;
esac
"""


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)


def start(folder, **environment):
    return subprocess.run([os.path.join(folder, "script", "server")], capture_output=True, text=True, cwd=folder,
                          env={**os.environ, "PATH": os.path.join(folder, "bin") + ":" + os.environ["PATH"],
                               "RETURNHUB_STORE": os.path.join(folder, "var", "register.db"), **environment})


def interrupted(folder):
    store = os.path.join(folder, "var", "register.db")
    for _ in range(2):
        first = start(folder, INTERRUPTED="yes")
        assert first.returncode == 130 and "served" not in first.stdout, first
        assert not os.path.exists(store), os.listdir(os.path.dirname(store))
    second = start(folder)
    assert second.returncode == 0 and f"served {store}" in second.stdout, second
    assert "RH-" in run("person", "list", "--limit", "1", "--store", store, "--as", "caseworker")
    assert sorted(os.listdir(os.path.dirname(store))) == ["register.db", "register.db.key"]
    third = start(folder)
    assert third.returncode == 0 and third.stdout == f"served {store}\n", third


def after_interrupt(command, until):
    """How a command ended that was interrupted once `until` is so: how a shell sees it, and what it said."""
    running = subprocess.Popen(["sh", "-c", '"$@"; exit $?', "sh", BINARY, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    end = time.time() + 60
    while not until() and time.time() < end and running.poll() is None:
        time.sleep(0.01)
    for child in subprocess.run(["ps", "-o", "pid=", "--ppid", str(running.pid)], capture_output=True, text=True).stdout.split():
        os.kill(int(child), signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    return running.returncode, said


def nothing_is_left(folder):
    store = os.path.join(folder, "interrupted", "register.db")
    os.mkdir(os.path.dirname(store))
    status, said = after_interrupt(["demo", "--people", "100000", "--store", store], lambda: os.path.exists(store))
    assert status == 130 and "Interrupted. Nothing was made" in said, (status, said)
    assert os.listdir(os.path.dirname(store)) == [], os.listdir(os.path.dirname(store))


def import_goes_on(folder):
    store = os.path.join(folder, "register.db")
    run("demo", "--people", "100", "--store", store)
    people = os.path.join(folder, "people.csv")
    with open(people, "w") as file:
        file.write("reference@case-system,name,registered_on\n")
        file.writelines(f"CS-{number},Synthetic Person {number},2021-03-02\n" for number in range(60000))
    command = ["import", people, "--store", store, "--as", "registrar"]
    size = os.path.getsize(store)
    status, said = after_interrupt(command, lambda: os.path.getsize(store) + os.path.getsize(store + "-wal") > size + (1 << 20)
                                   if os.path.exists(store + "-wal") else False)
    assert status == 130 and "run the same command again" in said, (status, said)
    run(*command)
    assert "60000" in run(*command).replace(",", ""), "everybody is there"


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "script"))
        shutil.copy(os.path.join(os.environ["RETURNHUB_SOURCE"], "script", "server"), os.path.join(folder, "script", "server"))
        put(os.path.join(folder, "script", "bootstrap"), "#!/bin/sh\n")
        put(os.path.join(folder, "bin", "ninja"), "#!/bin/sh\n")
        put(os.path.join(folder, "build", "release", "build.ninja"), "")
        put(os.path.join(folder, "build", "release", "src", "cli", "returnhub"), STANDS_IN)
        tap.run("a demonstration that was interrupted is made anew", lambda: interrupted(folder))
        tap.run("of an interrupted demonstration nothing is left, and it is said", lambda: nothing_is_left(folder))
        tap.run("an interrupted import says how to go on", lambda: import_goes_on(folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
