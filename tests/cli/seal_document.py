#!/usr/bin/env python3
"""Aim: every command of docs/seal.md does what is written there. They are taken out of the document and typed, as they stand, into
one shell after another in a folder of somebody's own: the keeper's against a demonstration register, the witness's, and those of
somebody outside against the served log with curl, openssl, coreutils and the Go verifier. Then each that checks is given
something wrong, and must say so."""
import os
import re
import subprocess
import sys
import tempfile
import time

SOURCE = os.environ["RETURNHUB_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "server"))
from desk import BINARY, Server, Tap, make_demo, run  # noqa: E402

NAME = "register.example.org/log"


def blocks():
    """{heading: [the commands of each block under it]}"""
    found = {}
    with open(os.path.join(SOURCE, "docs", "seal.md"), encoding="utf-8") as file:
        for section in re.split(r"^(?=##)", file.read(), flags=re.M):
            heading = section.split("\n", 1)[0].lstrip("# ")
            found[heading] = re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S)
    return found


class Place:
    """A folder with the register that the commands are about, and `returnhub` on the path."""

    def __init__(self, folder):
        self.folder = folder
        self.safe, self.public = (os.path.join(folder, name) for name in ("safe", "srv/www/log"))
        os.makedirs(self.safe)
        os.makedirs(self.public)
        self.store = make_demo(folder, people=100)
        self.port = 0
        self.run_count = 0
        os.symlink(os.path.join(SOURCE, "tests"), os.path.join(folder, "tests"))
        self.blocks = blocks()
        self.typed = 0
        self.typing = {heading: list(commands) for heading, commands in self.blocks.items()}

    def here(self, text):
        """What the document says of places, said of this one."""
        return (text.replace("/safe/", self.safe + "/").replace("/srv/www/log", self.public)
                .replace(f"https://{NAME}", f"http://127.0.0.1:{self.port}/log"))

    def type(self, text, fails=False):
        environment = {**os.environ, "PATH": f"{os.path.dirname(BINARY)}:{os.environ['PATH']}", "RETURNHUB_STORE": self.store,
                       "RETURNHUB_ACCOUNT": "caseworker", "GOFLAGS": "", "GOCACHE": os.path.join(os.environ["RETURNHUB_BUILD"], "go-cache")}
        done = subprocess.run(["sh", "-c", self.here(text)], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=600,
                              check=False)
        assert (done.returncode != 0) == fails, f"{text}\n{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def next(self, heading):
        """The next block under this heading; each is taken once."""
        return self.typing[heading].pop(0)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name, binary=False):
        with open(self.path(name), "rb" if binary else "r", encoding=None if binary else "utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def serve(self, command):
        """`returnhub serve ...` as it stands, on a free port: stopped by the caller."""
        words = self.here(command.split("#")[0]).split()
        assert words[:2] == ["returnhub", "serve"], command
        server = Server(self.store, options=[self.path(word) if word == "policy" else word for word in words[2:]])
        self.port = server.port
        return server


def lines_of(block):
    return [line for line in block.splitlines() if line.strip()]


def keeping(place):
    key, serve, publish, export = lines_of(place.next("Keeping a log"))
    assert place.type(key).startswith(NAME + "+")
    server = place.serve(serve)
    deadline = time.time() + 60
    while " 0\n" in place.type(f"curl -fsS https://{NAME}/checkpoint | sed -n 's/^\\([0-9]*\\)$/ \\1/p'"):
        assert time.time() < deadline, "nothing was sealed"
        time.sleep(0.1)
    server.stop()
    assert "entries, root" in place.type(publish)
    assert "files written" in place.type(export)
    place.type("cp /safe/log.key.pub log.key.pub; cp /srv/www/log/checkpoint checkpoint-of-january")
    # The log grows on, so that there is an older checkpoint to compare with.
    person = run("person", "list", "--store", place.store, "--as", "caseworker", "--format", "csv").splitlines()[1].split(",")[0]
    for _ in range(17):
        run("record", person, "person.language", "Albanian", "--store", place.store, "--as", "caseworker")
    place.type(publish)
    place.type(export)


def checking_with_returnhub(place):
    whole, files, receipt, check = lines_of(place.next("Checking with returnhub"))
    assert "The register and the log are whole" in place.type(whole)
    assert "The log is whole" in place.type(files)
    place.type(receipt)
    assert "The receipt is good" in place.type(check)
    place.write("receipt", place.read("receipt").replace("index ", "index 1"))
    place.type(check, fails=True)


def witnesses(place):
    asking, checking, being = (place.next("Witnesses") for _ in range(3))
    key, logs, serve = lines_of(being)
    witness_key = place.type(key).strip()
    place.write("witness-1.pub", witness_key + "\n")
    place.type(logs)
    words = place.here(serve.split("#")[0].replace("8081", "0")).split()
    process = subprocess.Popen([BINARY, *words[1:]], cwd=place.folder, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().split()[-1]
    place.write("policy", f"witness monitor {witness_key} {url}\nquorum monitor\n")
    server, publish = lines_of(asking)
    serving = place.serve(server)
    serving.stop()
    assert "1 witness cosigned" in place.type(publish)
    place.type("returnhub seal export /srv/www/log --seal-key /safe/log.key")
    for line in lines_of(checking):
        said = place.type(line)
        assert "verify" not in line or "1 witness cosigned" in said, (line, said)
    process.terminate()
    assert process.wait(timeout=60) == 0
    process.stdout.close()


def checkpoint_without_us(place):
    check, keep = place.next("The checkpoint, and who signed it"), place.next("The checkpoint, and who signed it")
    said = place.type(check)
    assert "Verified Successfully" in said, said
    found, wanted = re.search(r"^(\w{8}) is to be (\w{8})$", said, re.M).groups()
    assert found == wanted, said
    place.type(keep)
    assert any(name.startswith("checkpoint-20") for name in os.listdir(place.folder))
    offline = re.sub(r"^curl.*\n", "", check, flags=re.M)
    good = place.read("checkpoint")
    place.write("checkpoint", good.replace("\n", "\n1", 1))
    assert "Verified Successfully" not in place.type(offline + "\ntrue")
    place.write("checkpoint", good)
    key = place.read("log.key.pub")
    place.write("log.key.pub", key.replace("+AT", "+AS") if "+AT" in key else key[:-8] + "AAAAAAA\n")
    said = place.type(offline + "\ntrue")
    place.write("log.key.pub", key)
    assert "Verified Successfully" not in said, said


def log_without_us(place):
    fetch, build, cosigned = (place.next("The whole log") for _ in range(3))
    url = f"url=https://{NAME}\n"
    place.type(url + fetch)
    exported = {os.path.relpath(os.path.join(at, name), place.public) for at, _, names in os.walk(place.public) for name in names}
    fetched = {os.path.relpath(os.path.join(at, name), place.path("public")) for at, _, names in os.walk(place.path("public"))
               for name in names}
    assert fetched == {name for name in exported if name != "witnessed" and (".p/" not in name or name in fetched)}, fetched ^ exported
    for name in fetched - {"checkpoint"}:
        assert place.read(os.path.join("public", name), True) == place.read(os.path.join(place.public, name), True), name
    said = place.type(build)
    assert "grew from" in said and "whole:" in said, said
    assert place.type(url + cosigned).count("signed by") == 2
    check = lines_of(build)[-1]
    tile = place.path(os.path.join("public", "tile/0/000"))
    data = place.read(tile, True)
    with open(tile, "wb") as file:
        file.write(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    assert "FAULT" in place.type(check, fails=True)
    with open(tile, "wb") as file:
        file.write(data)
    place.type(check)


def receipt_without_us(place):
    check = place.next("A receipt")
    for event in (1, 256, 4711):
        place.type(f"returnhub seal receipt {event} --seal-key log.key.pub > receipt")
        assert place.type(check) == "The receipt holds\n", event
        good = place.read("receipt")
        _, _, index, proof, *_ = good.split("\n\n")[0].split("\n")
        for bad in (good.replace(index + "\n", f"index {int(index.split()[1]) ^ 1}\n"), good.replace(proof, "A" + proof[1:] if proof[0] != "A" else
                                                                                     "B" + proof[1:])):
            place.write("receipt", bad)
            place.type(check, fails=True)


def nothing_was_left_out(place):
    left = {heading: commands for heading, commands in place.typing.items() if commands}
    assert not left, left
    count = sum(map(len, place.blocks.values()))
    assert count >= 10, count
    print(f"# {count} blocks of commands, {sum(len(lines_of(block)) for found in place.blocks.values() for block in found)} lines")
    # And no command stands where none is looked for.
    with open(os.path.join(SOURCE, "docs", "seal.md"), encoding="utf-8") as file:
        outside = re.sub(r"^```sh\n.*?^```$", "", file.read(), flags=re.M | re.S)
    assert not re.search(r"^    returnhub ", outside, re.M)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        for check in (keeping, checking_with_returnhub, witnesses):
            tap.run(check.__name__.replace("_", " "), lambda check=check: check(place))
        server = Server(place.store, options=["--seal-key", os.path.join(place.safe, "log.key")])
        place.port = server.port
        for check in (checkpoint_without_us, log_without_us, receipt_without_us, nothing_was_left_out):
            tap.run(check.__name__.replace("_", " "), lambda check=check: check(place))
        server.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
