#!/usr/bin/env python3
"""Aim: witnesses as somebody outside sees them. A witness that shares no code with returnhub cosigns returnhub's log, and
returnhub's witness is asked by hand; cosignatures are checked by a second implementation of the formats and by a program on the
Go checksum database's packages. A witness that is away, slow or lying stops nothing, and what too few cosigned is not taken."""
import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SOURCE = os.environ["RETURNHUB_SOURCE"]
for folder in ("server", "conformance", "cli"):
    sys.path.insert(0, os.path.join(SOURCE, "tests", folder))
from desk import BINARY, Client, Server, Tap, run  # noqa: E402
from seal import Sealed, get  # noqa: E402
from other_witness import Witness, cosigned_at, log_signed, signatures  # noqa: E402

LOG = "register.example/log"


class OurWitness:
    """`returnhub seal witness` as a process of its own."""

    def __init__(self, folder, log_key, name="witness.example/ours"):
        self.folder, self.key_path = folder, os.path.join(folder, name.replace("/", "-"))
        self.policy = self.key_path + ".policy"
        if not os.path.exists(self.key_path):
            run("seal", "key", name, "--witness", "--seal-key", self.key_path)
            with open(self.policy, "w", encoding="utf-8") as file:
                file.write(f"log {log_key}\nquorum none\n")
        with open(self.key_path + ".pub", encoding="utf-8") as file:
            self.key = file.read().strip()
        self.process = subprocess.Popen([BINARY, "seal", "witness", "--seal-key", self.key_path, "--policy", self.policy, "--port",
                                         "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def post(self, body):
        request = urllib.request.Request(self.url + "/add-checkpoint", data=body.encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read().decode()

    def stop(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        status = self.process.wait(timeout=60)
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        assert with_signal != signal.SIGTERM or (status == 0 and "ERROR" not in errors), (status, errors)


def write_policy(folder, name, witnesses, needed):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("# who vouches for the register\n")
        for number, witness in enumerate(witnesses):
            file.write(f"witness w{number} {witness.key} {witness.url}\n")
        file.write(f"group enough {needed} {' '.join('w' + str(i) for i in range(len(witnesses)))}\nquorum enough\n")
    return path


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Room:
    def __init__(self, folder):
        self.folder = folder
        self.sealed = Sealed(os.path.join(folder, "register"))
        self.theirs = [Witness(f"witness.example/{i}", self.sealed.public) for i in range(2)]
        self.ours = OurWitness(folder, self.sealed.public)
        self.all = [*self.theirs, self.ours]
        self.policy = write_policy(folder, "policy", self.all, 2)

    def close(self):
        self.ours.stop()
        for witness in self.theirs:
            witness.close()


def all_cosign(room):
    sealed = room.sealed
    sealed.publish("--policy", room.policy)
    note = read(os.path.join(sealed.export("public"), "checkpoint"))
    assert note == read(os.path.join(sealed.log, "witnessed")) and len(signatures(note)[1]) == 4
    assert log_signed(note, sealed.public)
    now = time.time()
    for witness in room.all:
        at = cosigned_at(note, witness.key)
        assert at is not None and now - 3600 < at <= now + 2, (witness.key, at)
    size = read_checkpoint_of(note)
    assert all(witness.last[0] == size for witness in room.theirs)
    assert "3 witnesses cosigned" in sealed.run("verify", "--policy", room.policy)
    assert "3 witnesses cosigned" in sealed.run("verify", "--policy", room.policy, "--files", os.path.join(sealed.folder, "public"))


def a_wrong_cosignature_is_told(room):
    """Whoever has enough that hold is told of the one that does not all the same, in either file."""
    public = os.path.join(room.sealed.folder, "public")
    note = read(os.path.join(public, "checkpoint"))
    lines = note.splitlines(keepends=True)
    head, data = lines[-1].rsplit(" ", 1)
    data = bytearray(base64.b64decode(data))
    data[-1] ^= 1
    wrong = "".join(lines[:-1]) + head + " " + base64.b64encode(data).decode() + "\n"
    for file in ("witnessed", "checkpoint"):
        folder = os.path.join(room.folder, f"wrong-{file}")
        shutil.copytree(public, folder)
        for name in ("checkpoint", "witnessed"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(wrong if name == file else note)
        told = room.sealed.fails("verify", "--policy", room.policy, "--files", folder)
        assert f"{file}: The cosignature of" in told and "does not hold" in told, told


def read_checkpoint_of(note):
    return int(note.split("\n")[1])


def a_receipt_is_cosigned(room):
    sealed = room.sealed
    path = os.path.join(room.folder, "receipt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(sealed.run("receipt", "7"))
    note = read(path).split("\n\n", 1)[1]
    assert all(cosigned_at(note, witness.key) for witness in room.all)
    assert "3 witnesses cosigned" in sealed.run("verify", "--receipt", path, "--policy", room.policy)


def go_agrees(room):
    go = "/usr/lib/go-1.19/bin/go"
    program = os.path.join(room.folder, "cosigned")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                   "GOCACHE": os.path.join(os.environ["RETURNHUB_BUILD"], "go-cache")}
    subprocess.run([go, "build", "-o", program, os.path.join(SOURCE, "tests", "conformance", "cosigned", "main.go")], check=True,
                   env=environment, timeout=600)
    note = os.path.join(room.sealed.log, "witnessed")
    keys = []
    for witness in room.all:
        keys.append(os.path.join(room.folder, witness.key.split("+")[0].replace("/", "-") + ".vkey"))
        with open(keys[-1], "w", encoding="utf-8") as file:
            file.write(witness.key + "\n")
    good = subprocess.run([program, room.sealed.key + ".pub", note, *keys], capture_output=True, text=True)
    assert good.returncode == 0 and good.stdout.count("signed by") == 4, good
    # Another time in a cosignature: the line is another's, and does not hold.
    lines = read(note).splitlines(keepends=True)
    head, data = lines[-1].rsplit(" ", 1)
    data = bytearray(base64.b64decode(data))
    data[11] ^= 1
    bad = os.path.join(room.folder, "bad-note")
    with open(bad, "w", encoding="utf-8") as file:
        file.write("".join(lines[:-1]) + head + " " + base64.b64encode(data).decode() + "\n")
    assert subprocess.run([program, room.sealed.key + ".pub", bad, *keys], capture_output=True).returncode == 1


def too_few_are_not_taken(room):
    sealed = room.sealed
    strict = write_policy(room.folder, "strict", room.all, 3)
    room.theirs[0].lie = True
    sealed.record()
    sealed.publish("--policy", room.policy)
    witnessed = read(os.path.join(sealed.log, "witnessed"))
    assert cosigned_at(witnessed, room.theirs[0].key) is None and cosigned_at(witnessed, room.theirs[1].key)
    assert "2 witnesses cosigned" in sealed.run("verify", "--policy", room.policy)
    assert "w0 has not" in sealed.fails("verify", "--policy", strict)
    room.theirs[0].lie = False
    sealed.publish("--policy", strict)
    sealed.run("verify", "--policy", strict)


def the_witness_answers_as_the_specification_says(room):
    sealed, ours = room.sealed, room.ours
    note = read(os.path.join(sealed.log, "checkpoint"))
    size = read_checkpoint_of(note)
    assert ours.post(f"old 0\n\n{note}") == (409, "text/x.tlog.size", f"{size}\n")
    assert ours.post(f"old {size + 1}\n\n{note}")[0] == 400
    assert ours.post("hello")[0] == 400
    assert ours.post(f"old {size}\n\n{note.replace(LOG, 'other.example/log')}")[0] == 404
    last = note[:-4] + ("A" if note[-4] != "A" else "E") + note[-3:]
    assert ours.post(f"old {size}\n\n{last}")[0] in (400, 403)
    assert ours.post(f"old {size}\n{base64.b64encode(bytes(32)).decode()}\n\n{note}")[0] == 422
    status, kind, line = ours.post(f"old {size}\n\n{note}")
    assert status == 200 and kind.startswith("text/plain") and cosigned_at(note + line, ours.key)
    name = hashlib.sha256(LOG.encode()).hexdigest()
    with urllib.request.urlopen(f"{ours.url}/{name}/checkpoint", timeout=60) as answer:
        assert cosigned_at(answer.read().decode(), ours.key)
    # A fork, signed with the log's own key.
    text, found = signatures(note)
    forged = text.split("\n")
    forged[2] = base64.b64encode(bytes(32)).decode()
    secret = base64.b64decode(read(sealed.key).strip().split("+", 4)[4])[1:]
    der = bytes.fromhex("302e020100300506032b657004220420") + secret
    from other_witness import sign
    number = next(iter(found))[1]
    data = base64.b64encode(number + sign(der, "\n".join(forged).encode())).decode()
    assert ours.post(f"old {size}\n\n" + "\n".join(forged) + f"\n\u2014 {LOG} {data}\n")[0] == 409


def a_killed_witness_remembers(room):
    """Killed while it is asked; whatever it had answered, it has not forgotten."""
    sealed = room.sealed
    for _ in range(3):
        sealed.record()
        asking = subprocess.Popen([BINARY, "seal", "publish", "--policy", room.policy, "--store", sealed.store],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.05)
        room.ours.stop(signal.SIGKILL)
        asking.wait(timeout=120)
        note = read(os.path.join(sealed.log, "witnessed"))
        room.ours = OurWitness(room.folder, sealed.public)
        room.all[2] = room.ours
        room.policy = write_policy(room.folder, "policy", room.all, 2)
        status, _, text = room.ours.post(f"old 0\n\n{read(os.path.join(sealed.log, 'checkpoint'))}")
        assert status in (200, 409), status
        if cosigned_at(note, room.ours.key):
            assert status == 409 and int(text) >= read_checkpoint_of(note)
    sealed.publish("--policy", room.policy)
    assert "3 witnesses cosigned" in sealed.run("verify", "--policy", room.policy)


def serving_goes_on_without_them(room):
    """One is slow, one is gone: the log is published on its beat, and cosigned by who is there."""
    sealed = room.sealed
    room.theirs[0].slow = True
    gone = Witness("witness.example/gone", sealed.public)
    gone.close()
    policy = write_policy(room.folder, "loose", [room.theirs[0], gone, room.ours], 1)
    server = Server(sealed.store, options=["--seal-key", sealed.key, "--beat", "100", "--policy", policy])
    before = read_checkpoint_of(get(server.port, "/log/checkpoint")[0].decode())
    sealed.record()
    grown = cosigned = False
    deadline = time.time() + 120
    while time.time() < deadline and not (grown and cosigned):
        note = get(server.port, "/log/checkpoint")[0].decode()
        grown = grown or read_checkpoint_of(note) > before
        try:
            witnessed = get(server.port, "/log/witnessed")[0].decode()
            cosigned = read_checkpoint_of(witnessed) > before and cosigned_at(witnessed, room.ours.key) is not None
        except urllib.error.HTTPError:
            pass
        time.sleep(0.1)
    status, page = Client(server.port).call("GET", "/log")
    server.stop()
    assert grown and cosigned, (grown, cosigned)
    # Its page says who cosigned, and of who did not since when and why.
    lines = {line["name"]: line for line in page["witnesses"]["list"]}
    assert status == 200 and page["witnesses"]["needed"] and page["witnesses"]["enough"] and "witnesses" not in page["wrong"], page
    assert lines["w2"]["state"] == "good" and lines["w2"]["key"] == room.ours.key and "at" in lines["w2"], lines
    assert lines["w1"]["state"] == "never" and "at" not in lines["w1"], lines
    sealed.run("verify", "--policy", policy)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        room = Room(folder)
        for check in (all_cosign, a_wrong_cosignature_is_told, a_receipt_is_cosigned, go_agrees, too_few_are_not_taken,
                      the_witness_answers_as_the_specification_says, a_killed_witness_remembers, serving_goes_on_without_them):
            tap.run(check.__name__.replace("_", " "), lambda check=check: check(room))
        room.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
