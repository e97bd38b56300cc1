#!/usr/bin/env python3
"""Aim: the register runs with a key that the service manager gives it, as docs/security/returnhub.service says: a file that nobody may write,
in a folder that nobody may write, which is nowhere else. The command is the unit's own; what the paths of a machine stand for is put in.
systemd reads the unit, where it is there, and finds nothing to say; a word that it does not know is found."""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import BINARY, Client, Server, Tap, make_demo  # noqa: E402

UNIT = os.path.join(os.environ["RETURNHUB_SOURCE"], "docs", "security", "returnhub.service")


def unit_text():
    with open(UNIT, encoding="utf-8") as file:
        return file.read()


def words_of_unit(folder):
    """The options of its serve, over this folder."""
    command = re.search(r"^ExecStart=(.*)$", unit_text(), re.M).group(1)
    places = {"/var/lib/returnhub/register.db": f"{folder}/register.db", "%d": f"{folder}/credentials", "/etc/returnhub/settings.ini": f"{folder}/settings.ini"}
    for place, stands_for in places.items():
        assert place in command, command
        command = command.replace(place, stands_for)
    program, verb, store, path, *options = shlex.split(command)
    assert (os.path.basename(program), verb, store) == ("returnhub", "serve", "--store"), command
    return path, options


def give_key(folder, store):
    """As systemd gives it: decrypted into memory, to read for the service alone."""
    place = os.path.join(folder, "credentials")
    os.mkdir(place)
    os.rename(store + ".key", os.path.join(place, "register.key"))
    os.chmod(os.path.join(place, "register.key"), 0o400)
    os.chmod(place, 0o500)


def check_serves(folder, tap):
    store, options = words_of_unit(folder)
    assert make_demo(folder, people=100) == store
    give_key(folder, store)
    with open(os.path.join(folder, "settings.ini"), "w", encoding="utf-8") as file:
        file.write("[confinement]\nrequired = no\n")
    before = os.listdir(os.path.join(folder, "credentials"))
    server = Server(store, options=options)
    client = Client(server.port).sign_in("caseworker")
    status, people = client.call("GET", "/people")
    named = [person["name"] for person in people.get("people", [])] if status == 200 else []
    tap.check("a register is served with a key that is given to it, and names are read", len(named) > 5 and all(named), people)
    server.stop()
    tap.check("nothing was written beside the key, nor a key beside the store", os.listdir(os.path.join(folder, "credentials")) == before
              and not os.path.exists(store + ".key"), os.listdir(folder))
    gone = subprocess.run([BINARY, "serve", "--store", store, "--port", "0"], capture_output=True, text=True, timeout=60, check=False)
    tap.check("without it the register is not served", gone.returncode != 0 and "is missing" in gone.stderr, gone)


def verified(text, folder):
    """What systemd says of the unit."""
    path = os.path.join(folder, "returnhub.service")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("/usr/bin/returnhub", BINARY))
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True, timeout=60, check=False)
    return [line for line in (told.stdout + told.stderr).splitlines() if "returnhub" in line]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        check_serves(folder, tap)
        if shutil.which("systemd-analyze"):
            tap.check("systemd reads the unit and has nothing to say", verified(unit_text(), folder) == [], verified(unit_text(), folder))
            tap.check("a word that it does not know is found", verified(unit_text().replace("ProtectHome=", "ProtectHouse="), folder) != [])
        os.chmod(os.path.join(folder, "credentials"), 0o700)
    return tap.done()


sys.exit(main())
