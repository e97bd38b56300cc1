#!/usr/bin/env python3
"""Aim: where no store is, none is opened and none is made, and what is there stays as it was: a folder, a pipe, a device, a link that leads
nowhere, an empty file, another program's file, a store without its key or with another's. Every command says what is in its way."""
import os
import shutil
import signal
import stat
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo  # noqa: E402
import subprocess  # noqa: E402

LOOKS = ("person", "list", "--as", "caseworker"), ("rebuild", "--check"), ("serve", "--port", "0")
MAKES = ("serve", "--begin", "--port", "0"), ("account", "first"), ("demo", "--people", "100")


def seen(path):
    """All that must not change."""
    status = os.lstat(path)
    text = None
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            text = file.read()
    return status.st_ino, status.st_mode, text


def refused(tap, folder, path, word, status, commands):
    for command in commands:
        before, beside = seen(path), sorted(os.listdir(folder))
        outcome = subprocess.run([BINARY, *command, "--store", path], capture_output=True, text=True, timeout=60)
        after = seen(path) if os.path.lexists(path) else None
        well = (outcome.returncode == status and word in outcome.stderr and after == before and sorted(os.listdir(folder)) == beside)
        tap.check(f"{os.path.basename(path)}: {' '.join(command[:2])} says \"{word}\" and changes nothing", well,
                  f"{outcome.returncode} {outcome.stdout[:300]} {outcome.stderr[:600]} {sorted(os.listdir(folder))}")


def keyed(folder, name, demo, key=True):
    path = os.path.join(folder, name)
    if key:
        shutil.copy(demo + ".key", path + ".key")
        os.chmod(path + ".key", 0o600)
    return path


def no_files(tap, folder):
    path = os.path.join(folder, "folder")
    os.mkdir(path)
    refused(tap, folder, path, "is a folder, not a file", 7, LOOKS + MAKES)
    path = os.path.join(folder, "pipe")
    os.mkfifo(path)
    refused(tap, folder, path, "is a pipe, not a file", 7, LOOKS + MAKES)
    path = os.path.join(folder, "device")  # a link to one: the test never names the machine's own
    os.symlink("/dev/full", path)
    refused(tap, folder, path, "is a device, not a file", 7, LOOKS + MAKES)
    path = os.path.join(folder, "link")
    os.symlink("no-such-file", path)
    refused(tap, folder, path, "is a link that leads nowhere, not a file", 7, LOOKS + MAKES)


def no_folder(tap, folder):
    """Where a register cannot be made, it is said of the file that was asked for, and what to do."""
    path = os.path.join(folder, "no-folder", "register.db")
    for command in MAKES:
        outcome = subprocess.run([BINARY, *command, "--store", path], capture_output=True, text=True, timeout=60)
        tap.check(f"no folder: {' '.join(command[:2])} says what to do",
                  outcome.returncode == 4 and f"{path}.key could not be created" in outcome.stderr and "mkdir -p" in outcome.stderr,
                  f"{outcome.returncode} {outcome.stderr[:600]}")


def no_folder_of_ours(tap, folder):
    """In a folder that may not be written; the superuser may write everywhere, so somebody else asks."""
    place = os.path.join(folder, "theirs")
    os.mkdir(place, 0o755)
    os.chmod(folder, 0o755)
    path = os.path.join(place, "register.db")
    become = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    os.chmod(place, 0o555)
    outcome = subprocess.run([BINARY, *MAKES[2], "--store", path], capture_output=True, text=True, timeout=60, **become)
    tap.check("a folder of somebody else's: it is said what to check",
              outcome.returncode == 7 and f"{path}.key could not be created" in outcome.stderr and "who owns it" in outcome.stderr,
              f"{outcome.returncode} {outcome.stderr[:600]}")
    os.chmod(place, 0o755)


def no_stores(tap, folder, demo):
    path = keyed(folder, "empty.db", demo)
    open(path, "w").close()
    refused(tap, folder, path, "is empty", 7, LOOKS + MAKES[:2])
    refused(tap, folder, path, "exists already", 5, MAKES[2:])
    path = keyed(folder, "text.db", demo)
    with open(path, "w") as file:
        file.write("hello\n" * 1000)
    refused(tap, folder, path, "not a store", 7, LOOKS + MAKES[:2])


def keys(tap, folder, demo):
    path = keyed(folder, "keyless.db", demo, key=False)
    shutil.copy(demo, path)
    refused(tap, folder, path, "is missing", 7, LOOKS + MAKES[:2])
    os.mkdir(path + ".key")
    refused(tap, folder, path, "is a folder, not a file", 7, LOOKS + MAKES[:2])
    os.rmdir(path + ".key")
    os.mkfifo(path + ".key")
    refused(tap, folder, path, "is a pipe, not a file", 7, LOOKS + MAKES[:2])
    os.unlink(path + ".key")
    with open(path + ".key", "w") as file:
        file.write("0" * 64 + "\n")
    os.chmod(path + ".key", 0o600)
    refused(tap, folder, path, "does not belong to this store", 7, LOOKS + MAKES[:2])


def waits_for_settings(tap, folder, demo):
    path = os.path.join(folder, "settings")
    os.mkfifo(path)
    server = subprocess.Popen([BINARY, "serve", "--store", demo, "--port", "0", "--settings", path], stderr=subprocess.PIPE)
    try:
        server.wait(5)  # nobody writes settings into the pipe
        outcome = "it ended by itself"
    except subprocess.TimeoutExpired:
        server.terminate()
        try:
            outcome = server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            outcome = "it had to be killed"
    tap.check("a server that waits for its settings ends when it is told to", outcome == -signal.SIGTERM, outcome)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as sound:
        demo = make_demo(sound, people=100)
        no_files(tap, folder)
        no_folder(tap, folder)
        no_folder_of_ours(tap, folder)
        no_stores(tap, folder, demo)
        keys(tap, folder, demo)
        waits_for_settings(tap, folder, demo)
    return tap.done()


sys.exit(main())
