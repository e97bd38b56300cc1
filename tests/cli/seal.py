#!/usr/bin/env python3
"""Aim: the transparency log as somebody outside sees it. A register is sealed, served and exported, and checked without a line
of returnhub's code: the tree and its proofs calculated here from RFC 6962, the signature by openssl, and the whole log by a
program on the Go checksum database's packages. What is tampered with, in the store or in the log, is found and named; nothing
that is not the same history is ever signed. Arguments: the programs of tests/seal/flip_served.c and
tests/casework/open_register.c, and names of checks: only those are run."""
import base64
import hashlib
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Client, Server, Tap, make_demo, run, signed_in  # noqa: E402

NAME = "register.example/log"


# --- RFC 6962 and the C2SP formats, again ---

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size):
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = split(len(leaves))
    return node_hash(root_of(leaves[:half]), root_of(leaves[half:]))


def climb(index, size, leaf, proof):
    """RFC 6962, section 2.1.1, from the definition: the root that the proof leads to."""
    if size == 1:
        assert not proof, "a hash too many"
        return leaf
    half = split(size)
    if index < half:
        return node_hash(climb(index, half, leaf, proof[:-1]), proof[-1])
    return node_hash(proof[-1], climb(index - half, size - half, leaf, proof[:-1]))


def number_path(number):
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def tile_path(level, number, width):
    return f"tile/{level}/{number_path(number)}" + ("" if width == 256 else f".p/{width}")


def read_checkpoint(note):
    text, signatures = note.rsplit("\n\n", 1)
    origin, size, root = text.split("\n")
    assert origin == NAME and signatures.startswith(f"\u2014 {NAME} ") and signatures.count("\n") == 1
    return int(size), base64.b64decode(root, validate=True)


def expected_files(entries):
    """Every file of a log of these entries but the checkpoint, byte for byte."""
    files = {}
    hashes = [leaf_hash(entry) for entry in entries]
    for number in range(0, (len(entries) + 255) // 256):
        bundle = entries[number * 256:number * 256 + 256]
        files[tile_path("entries", number, len(bundle))] = b"".join(len(e).to_bytes(2, "big") + e for e in bundle)
    level = 0
    while hashes:
        for number in range(0, (len(hashes) + 255) // 256):
            tile = hashes[number * 256:number * 256 + 256]
            files[tile_path(level, number, len(tile))] = b"".join(tile)
        hashes = [root_of(hashes[i:i + 256]) for i in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return files


# --- a register with a log ---

class Sealed:
    def __init__(self, folder, people=100, store=None):
        self.folder = folder
        os.mkdir(folder)
        self.store = store or make_demo(folder, people=people)
        self.log = self.store + ".log"
        self.key = self.store + ".seal"
        self.public = run("seal", "key", NAME, "--store", self.store).strip()

    def run(self, *arguments, expect=0):
        return run("seal", *arguments, "--store", self.store, expect=expect)

    def publish(self, *arguments):
        return json.loads(self.run("publish", "--format", "json", *arguments))

    def fails(self, *arguments):
        outcome = subprocess.run([BINARY, "seal", *arguments, "--store", self.store], capture_output=True, text=True)
        assert outcome.returncode not in (0, 70) and outcome.returncode > 0, (arguments, outcome)
        return outcome.stderr

    def export(self, name):
        target = os.path.join(self.folder, name)
        self.run("export", target)
        return target

    def checkpoint(self):
        with open(os.path.join(self.log, "checkpoint"), encoding="utf-8") as file:
            return file.read()

    def leaves(self):
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as database:
            return [row[0] for row in database.execute("SELECT leaf FROM event ORDER BY position")]

    def record(self):
        """One event more."""
        people = run("person", "list", "--store", self.store, "--as", "caseworker", "--format", "csv").splitlines()
        run("record", people[1].split(",")[0], "person.language", "Albanian", "--store", self.store, "--as", "caseworker")


def files_of(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def is_to_the_byte(sealed):
    """Events in order, then what stands for nothing; every file as calculated here."""
    answer = sealed.publish()
    leaves = sealed.leaves()
    files = files_of(sealed.export("public"))
    note = files.pop("checkpoint").decode()
    size, root = read_checkpoint(note)
    assert answer["events_more"] == len(leaves) and answer["entries"] == size
    assert size % 16 == 0 and len(leaves) <= size < len(leaves) + 16, (size, len(leaves))
    entries = []
    for number in range(0, (size + 255) // 256):
        data = files[tile_path("entries", number, min(256, size - number * 256))]
        entries += [data[i + 2:i + 38] for i in range(0, len(data), 38)]
    assert entries[:len(leaves)] == [b"rh1\n" + leaf for leaf in leaves]
    assert len(set(entries)) == size and all(e.startswith(b"rh1\n") for e in entries)
    assert files == expected_files(entries)
    assert root == root_of([leaf_hash(entry) for entry in entries])
    sealed.run("verify")
    sealed.run("verify", "--files", os.path.join(sealed.folder, "public"))
    for command in ("verify", "publish"):
        error = sealed.fails(command, "--seal-key", os.path.join(sealed.folder, "nowhere"))
        assert "nowhere" in error and '"returnhub seal key" makes one' in error, error


def openssl_agrees(sealed):
    """With openssl and coreutils: what stands in docs/seal.md."""
    script = r"""
set -eu
key=$(cat "$1"); note=$2
name=${key%%+*}; rest=${key#*+}; id=${rest%%+*}; data=${rest#*+}
raw=$(mktemp -d); trap 'rm -r "$raw"' EXIT
printf %s "$data" | base64 -d > "$raw/key"                       # 01, then 32 bytes
tail -c 32 "$raw/key" > "$raw/public"
test "$( { printf '%s\n' "$name"; cat "$raw/key"; } | sha256sum | head -c 8)" = "$id"
sed '/^$/,$d' "$note" > "$raw/text"
sed -n "s/^— [^ ]* //p" "$note" | base64 -d > "$raw/line"        # key id, then 64 bytes
test "$(head -c 4 "$raw/line" | od -An -tx1 | tr -d ' \n')" = "$id"
tail -c 64 "$raw/line" > "$raw/signature"
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cat "$raw/public"; } > "$raw/public.der"
openssl pkeyutl -verify -pubin -inkey "$raw/public.der" -keyform DER -rawin -in "$raw/text" -sigfile "$raw/signature"
"""
    note = os.path.join(sealed.log, "checkpoint")
    arguments = ["sh", "-c", script, "sh", sealed.key + ".pub"]
    good = subprocess.run(arguments + [note], capture_output=True, text=True)
    assert good.returncode == 0 and "Verified Successfully" in good.stdout, good
    bad = os.path.join(sealed.folder, "bad")
    with open(bad, "w", encoding="utf-8") as file:
        file.write(sealed.checkpoint().replace("\n", "\n1", 1))
    assert subprocess.run(arguments + [bad], capture_output=True).returncode != 0


def receipts_are_proofs(sealed):
    leaves = sealed.leaves()
    size, root = read_checkpoint(sealed.checkpoint())
    for position in (1, 2, 255, 256, 257, len(leaves)):
        receipt = sealed.run("receipt", str(position))
        head, note = receipt.split("\n\n", 1)
        lines = head.split("\n")
        entry = base64.b64decode(lines[1].removeprefix("extra "), validate=True)
        index = int(lines[2].removeprefix("index "))
        assert lines[0] == "c2sp.org/tlog-proof@v1" and note == sealed.checkpoint()
        assert entry == b"rh1\n" + leaves[position - 1] and index == position - 1
        proof = [base64.b64decode(line, validate=True) for line in lines[3:]]
        assert climb(index, size, leaf_hash(entry), proof) == root
        path = os.path.join(sealed.folder, "receipt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(receipt)
        assert "good" in sealed.run("verify", "--receipt", path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(receipt.replace(f"index {index}", "index 3"))
    assert "proof" in sealed.fails("verify", "--receipt", path)
    sealed.run("receipt", str(len(leaves) + 1), expect=4)
    sealed.run("receipt", "0", expect=4)


def grows_and_stays_the_same_history(sealed):
    older = os.path.join(sealed.folder, "older")
    with open(older, "w", encoding="utf-8") as file:
        file.write(sealed.checkpoint())
    before = files_of(sealed.export("public"))
    sealed.record()
    assert sealed.publish()["events_more"] >= 1
    after = files_of(sealed.export("public"))
    changed = [name for name, data in before.items() if after[name] != data]
    assert changed == ["checkpoint"], changed
    sealed.run("verify", "--older", older)
    sealed.run("verify", "--older", older, "--files", os.path.join(sealed.folder, "public"))
    assert sealed.publish()["events_more"] == 0
    size = read_checkpoint(sealed.checkpoint())[0]
    assert sealed.publish("--constant")["entries"] == size + 16


# --- what must not be signed ---

class Kept:
    """Everything as it was, afterwards."""

    def __init__(self, sealed):
        self.sealed = sealed

    def __enter__(self):
        self.copy = tempfile.mkdtemp()
        for name in os.listdir(self.sealed.folder):
            path = os.path.join(self.sealed.folder, name)
            if os.path.isdir(path):
                shutil.copytree(path, os.path.join(self.copy, name))
            else:
                shutil.copy2(path, self.copy)

    def __exit__(self, *_):
        shutil.rmtree(self.sealed.folder)
        shutil.copytree(self.copy, self.sealed.folder)
        shutil.rmtree(self.copy)


def restores_are_refused(sealed):
    """Every part alone put back to what it was before the last beat."""
    old = tempfile.mkdtemp()
    shutil.copytree(sealed.log, os.path.join(old, "log"))
    shutil.copy2(sealed.key + ".signed", os.path.join(old, "signed"))
    shutil.copy2(sealed.store, os.path.join(old, "store"))
    sealed.record()
    sealed.publish()
    newest = sealed.checkpoint()
    with Kept(sealed):
        shutil.rmtree(sealed.log)
        shutil.copytree(os.path.join(old, "log"), sealed.log)
        assert "older" in sealed.fails("publish")
    with Kept(sealed):
        shutil.copy2(os.path.join(old, "store"), sealed.store)
        assert "not the one that is in the log" in sealed.fails("publish")
        sealed.record()
        assert "not the one that is in the log" in sealed.fails("publish")
        assert "not the one that is in the log" in sealed.fails("verify")
        assert sealed.checkpoint() == newest
    with Kept(sealed):
        # The signer learns from what is published that it has signed more than it remembers.
        shutil.copy2(os.path.join(old, "signed"), sealed.key + ".signed")
        sealed.record()
        sealed.publish()
        assert read_checkpoint(sealed.checkpoint())[0] > read_checkpoint(newest)[0]
        with open(os.path.join(sealed.folder, "older"), "w", encoding="utf-8") as file:
            file.write(newest)
        sealed.run("verify", "--older", os.path.join(sealed.folder, "older"))
    with Kept(sealed):
        os.remove(sealed.key + ".signed")
        assert "two histories" in sealed.fails("publish")
    shutil.rmtree(old)


def is_a_good_growth(sealed, notes):
    """All checkpoints that were ever signed are of one history."""
    entries = []
    size = read_checkpoint(sealed.checkpoint())[0]
    with open(os.path.join(sealed.log, "entries"), "rb") as file:
        data = file.read()
    entries = [leaf_hash(data[i + 2:i + 38]) for i in range(0, size * 38, 38)]
    for note in notes:
        signed_size, root = read_checkpoint(note)
        assert signed_size <= size and root_of(entries[:signed_size]) == root, signed_size


def crashes_change_nothing(sealed):
    """Killed at every call that changes a file, and started again: one history."""
    notes = [sealed.checkpoint()]
    kills = 0
    for call in ("pwrite64", "fdatasync", "rename"):  # strace counts each of them by itself
        sealed.record()
        for number in range(1, 100):
            outcome = subprocess.run(
                ["strace", "-qq", "-f", "-P", sealed.log + "/entries", "-P", sealed.log + "/hashes.0", "-P",
                 sealed.log + "/batches-2", "-P", sealed.log + "/checkpoint", "-P", sealed.key + ".signed", "-o", "/dev/null",
                 "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}", BINARY, "seal", "publish",
                 "--store", sealed.store, "--constant"], capture_output=True,
                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
            with open(sealed.key + ".signed", encoding="utf-8") as file:
                notes.append(file.read())
            notes.append(sealed.checkpoint())
            if outcome.returncode == 0:
                break
            kills += 1
    sealed.publish()
    is_a_good_growth(sealed, notes)
    sealed.run("verify")
    assert kills >= 6, kills
    print(f"# killed {kills} times")


# --- a store that somebody changed ---

def change(store, *statements):
    with sqlite3.connect(store) as database:
        for trigger in ("event_is_never_changed", "event_is_never_deleted"):
            database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            database.execute(statement)
    database.close()


def a_tampered_store_is_found(sealed):
    """Every column of an event; an event less, and swapped. Every other table: tampered.py."""
    count = len(sealed.leaves())
    place = count // 2
    columns = {"subject_kind": "subject_kind % 4 + 1", "subject": "subject + 1", "kind": "kind + 1",
               "effective_on": "effective_on + 1", "recorded_at": "recorded_at + 1", "actor": "actor + 1",
               "client_id": "randomblob(16)", "sealed": "randomblob(length(sealed))", "leaf": "randomblob(32)",
               "position": "position + 100000"}
    for column, value in columns.items():
        with Kept(sealed):
            change(sealed.store, f"UPDATE event SET {column} = {value} WHERE position = {place}")
            assert f"vent {place} " in sealed.fails("verify"), column
    with Kept(sealed):
        change(sealed.store, f"DELETE FROM event WHERE position = {count}")
        assert f"vent {count} " in sealed.fails("verify")
    with Kept(sealed):
        change(sealed.store, f"DELETE FROM event WHERE position = {place}")
        assert f"vent {place} " in sealed.fails("verify")
    with Kept(sealed):
        # Both the body and the leaf of another event: it opens nowhere else.
        change(sealed.store, "UPDATE event SET (sealed, leaf) = (SELECT sealed, leaf FROM event WHERE position = "
                             f"{place + 1}) WHERE position = {place}")
        assert f"vent {place} " in sealed.fails("verify")


# --- served ---

def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read(), answer.headers


def is_served(sealed):
    plain = Server(sealed.store)
    try:
        get(plain.port, "/log/checkpoint")
        raise AssertionError("a log without --seal-key")
    except urllib.error.HTTPError as error:
        assert error.code == 404
    plain.stop()

    server = Server(sealed.store, options=["--seal-key", sealed.key, "--beat", "100"])
    before = read_checkpoint(sealed.checkpoint())[0]
    sealed.record()
    deadline = time.time() + 60
    size, grew = before, time.time()
    while (size == before or time.time() < grew + 1) and time.time() < deadline:  # what was recorded may take more than one beat
        note, headers = get(server.port, "/log/checkpoint")
        last, (size, root) = size, read_checkpoint(note.decode())
        grew = time.time() if size > last else grew
        time.sleep(0.1)
    assert size > before, "the beat brought nothing"
    assert headers["Content-Type"] == "text/plain; charset=utf-8" and headers["Cache-Control"] == "public, max-age=1"
    assert sealed.fails("publish").count("Another process holds")
    leaves = []
    for number in range(0, (size + 255) // 256):
        width = min(256, size - number * 256)
        data, headers = get(server.port, "/log/" + tile_path("entries", number, width))
        assert headers["Content-Type"] == "application/octet-stream" and "immutable" in headers["Cache-Control"]
        hashes, _ = get(server.port, "/log/" + tile_path(0, number, width))
        entries = [data[i + 2:i + 38] for i in range(0, len(data), 38)]
        assert hashes == b"".join(leaf_hash(entry) for entry in entries)
        leaves += [leaf_hash(entry) for entry in entries]
    assert root_of(leaves) == root
    for path in (tile_path(0, size // 256 + 1, 200), tile_path(0, size // 256 + 2, 1), "tile/0/0", "tile/9/000",
                 "tile/0/000.p/0", "tile/entries", "entries", "batches-2"):
        try:
            get(server.port, "/log/" + path)
            raise AssertionError(path)
        except urllib.error.HTTPError as error:
            assert error.code == 404 and "no-store" in error.headers["Cache-Control"], path
    server.stop()
    sealed.run("verify")


def no_bit_of_what_is_served_can_be_another(sealed):
    """A log of 300 entries and a few, as it comes over the wire: every file, every bit."""
    store = subprocess.run([sys.argv[2], "uk", "no word that is used"], capture_output=True, text=True, check=True,
                           env={**os.environ, "TMPDIR": sealed.folder}).stdout.strip()
    small = Sealed(os.path.join(sealed.folder, "small"), store=store)
    run("account", "open", "registrar", "--name", "Registrar", "--role", "registrar", "--store", store, "--as", "administrator")
    people = os.path.join(small.folder, "people.csv")
    with open(people, "w", encoding="utf-8") as file:
        file.write("reference@case-system,name,born_on,registered_on\r\n")
        for number in range(140):
            file.write(f"CS-{number:03d},PersonSynthetic Number{number:03d},1990-01-{number % 28 + 1:02d},2024-02-01\r\n")
    run("import", people, "--store", store, "--as", "registrar", "--source", "a test", "--true-from", "2024-02-01")
    small.publish()
    server = Server(small.store, options=["--seal-key", small.key])
    folder = os.path.join(small.folder, "fetched")
    note = get(server.port, "/log/checkpoint")[0]
    size = read_checkpoint(note.decode())[0]
    assert 300 <= size < 512, size
    fetched = {"checkpoint": note}
    for level in ("entries", 0, 1):
        full, rest = divmod(size if level != 1 else size // 256, 256)
        for number, width in [(number, 256) for number in range(full)] + ([(full, rest)] if rest else []):
            path = tile_path(level, number, width)
            fetched[path] = get(server.port, "/log/" + path)[0]
    server.stop()
    for path, data in fetched.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "wb") as file:
            file.write(data)
    flipped = subprocess.run([sys.argv[1], small.key + ".pub", folder, *fetched], capture_output=True, text=True)
    assert flipped.returncode == 0, flipped
    print(f"# {size} entries: {flipped.stdout.strip()}")


# --- what a command is told ---

ANY = {"Accept": "*/*"}  # a receipt is a text


def leaf_of(sealed, event):
    return sealed.leaves()[event - 1].hex()


def wait_for(question, times=600):
    """Counted in questions: a machine that stands still for a while is no fault."""
    for _ in range(times):
        if question():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def commands_say_where_they_are(sealed):
    """Before the beat the leaf, after it the line; the same on the command line, and for a refusal by law."""
    person = run("person", "list", "--store", sealed.store, "--as", "caseworker", "--format", "csv").splitlines()[1].split(",")[0]
    command = ["record", person, "person.language", "Dari", "--client-id", str(uuid.uuid4()), "--format", "json", "--store",
               sealed.store, "--as", "caseworker"]
    told = json.loads(run(*command))
    event = told["events"][0]
    assert told["sealed"] == {"event": event, "leaf": leaf_of(sealed, event), "state": "not_in_the_log_yet",
                              "receipt": f"returnhub seal receipt {event}"}, told
    sealed.publish()
    again = json.loads(run(*command))
    index = int(sealed.run("receipt", str(event)).split("index ")[1].split("\n")[0])
    assert again["repeated"] and again["sealed"]["state"] == "in_the_log" and again["sealed"]["entry"] == index, again
    # A command without a client id of its own.
    other = json.loads(run("record", person, "person.language", "Pashto", "--format", "json", "--store", sealed.store, "--as",
                           "caseworker"))
    assert other["sealed"]["event"] == other["events"][0] == event + 1 and other["sealed"]["leaf"] == leaf_of(sealed, event + 1)
    shown = json.loads(run("person", "show", person, "--format", "json", "--store", sealed.store, "--as", "caseworker"))
    assert "sealed" not in shown


def requests_say_where_they_are(sealed):
    server = Server(sealed.store, options=["--seal-key", sealed.key, "--beat", "2000"])
    client = signed_in(server.port, "caseworker")
    person = client.call("GET", "/people")[1]["people"][0]["reference"]
    fact = {"facts": [{"fact": "person.language", "value": "Tigrinya", "source": "asked"}]}
    same = {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/people/{person}/facts"
    status, told = client.call("POST", path, fact, headers=same)
    assert status == 201, (status, told)
    event = told["sealed"]["event"]
    assert event == told["events"][0] and told["sealed"]["receipt"] == f"/receipts/{event}", told
    assert told["sealed"]["leaf"] == leaf_of(sealed, event) and told["sealed"]["state"] in ("not_in_the_log_yet", "in_the_log")
    status, early = client.call("GET", f"/receipts/{event}", headers=ANY)
    assert status == 200 or (status == 409 and "not in the log yet" in early["detail"]), (status, early)
    wait_for(lambda: client.call("GET", f"/receipts/{event}", headers=ANY)[0] == 200)
    receipt = os.path.join(sealed.folder, "receipt")
    with open(receipt, "wb") as file:
        file.write(client.call("GET", f"/receipts/{event}", headers=ANY)[1])
    assert "good" in sealed.run("verify", "--receipt", receipt)
    status, again = client.call("POST", path, fact, headers=same)
    with open(receipt, encoding="utf-8") as file:
        assert f"index {again['sealed']['entry']}\n" in file.read()
    assert again["sealed"]["state"] == "in_the_log" and again["sealed"]["event"] == event, again
    # What the law refuses is on record, and under the seal; what cannot be read is not.
    other = run("person", "list", "--stage", "appeal_rights_exhausted", "--store", sealed.store, "--as", "caseworker", "--format",
                "csv").splitlines()[1].split(",")[0]
    status, refused = client.call("POST", f"/people/{other}/steps", {"step": "hub_transfer", "hub": "HUB-NORTH"})
    assert status in (201, 409) and "sealed" in refused, (status, refused)
    assert refused["sealed"]["leaf"] == leaf_of(sealed, refused["sealed"]["event"]), (status, refused)
    status, wrong = client.call("POST", path, {"facts": [{"fact": "person.nothing", "value": "x"}]})
    assert status >= 400 and "sealed" not in wrong, wrong
    # Whoever is not signed in could count events with receipts; of what is not there nothing is said.
    assert Client(server.port).call("GET", f"/receipts/{event}")[0] == 401
    for nothing in (event + 100000, 0, "x"):
        assert client.call("GET", f"/receipts/{nothing}", headers=ANY)[0] == 404, nothing
    server.stop()
    plain = Server(sealed.store)
    client = signed_in(plain.port, "caseworker")
    status, told = client.call("POST", path, fact)
    assert status == 201 and told["sealed"]["state"] == "no_log_here" and "receipt" not in told["sealed"], told
    assert client.call("GET", f"/receipts/{event}", headers=ANY)[0] == 404
    plain.stop()


# --- the page ---

def page_of(port, username=None):
    """The same of both faces: the object, and the page."""
    client = signed_in(port, username) if username else Client(port)
    status, resource = client.call("GET", "/log")
    assert status == 200, (status, resource)
    cookie = {"Cookie": f"returnhub_session={client.token}"} if client.token else {}
    plain = Client(port)
    status, page = plain.call("GET", "/log", headers={"Accept": "text/html", **cookie})
    assert status == 200, status
    return resource, html.unescape(page.decode())


def the_page_says_how_it_is(sealed):
    sealed.publish()
    name = "An auditor"
    sealed.run("verify", "--by", name)
    server = Server(sealed.store, options=["--seal-key", sealed.key, "--beat", "100"])
    wait_for(lambda: "until" in page_of(server.port)[0]["sealing"])
    resource, page = page_of(server.port)
    assert resource["wrong"] == [] and "govuk-warning-text" not in page, resource
    assert resource["log"] == {"name": NAME, "key": sealed.public}
    assert resource["checkpoint"]["note"] == sealed.checkpoint()
    written = os.stat(os.path.join(sealed.log, "checkpoint")).st_mtime
    assert 0 <= resource["checkpoint"]["seconds"] <= time.time() - written + 1, resource["checkpoint"]
    assert resource["sealing"]["state"] == "good" and resource["witnesses"]["asked"] is False
    assert resource["verification"]["known"] and resource["verification"]["whole"]
    assert name not in page and "by" not in resource["verification"]
    whole, page = page_of(server.port, "monitor")
    assert whole["verification"]["by"] == name and name in page and "/log" in Client(server.port, signed_in(
        server.port, "monitor").token).call("GET", "/monitor", headers={"Accept": "text/html"})[1].decode()
    # The commands on the page are those of the document, which are run by a test of their own.
    with open(os.path.join(os.environ["RETURNHUB_SOURCE"], "docs", "seal.md"), encoding="utf-8") as file:
        document = file.read().replace("https://register.example.org/log", "https://" + NAME)
    blocks = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.S)
    assert len(blocks) == 4 and all(block in document for block in blocks[1:]), blocks
    assert sealed.public in blocks[0] and blocks == [check["commands"] for check in resource["check"]]
    server.stop()
    unsealed = Server(sealed.store)
    resource, page = page_of(unsealed.port)
    assert resource["wrong"] == ["not_sealed"] and "Nothing is sealed here" in page, resource
    unsealed.stop()


def the_page_says_which_event(sealed):
    """Of a fault that a check found, and of a sealing that does not go on."""
    count = len(sealed.leaves())
    with Kept(sealed):
        change(sealed.store, f"UPDATE event SET recorded_at = recorded_at + 1 WHERE position = {count // 2}")
        assert f"vent {count // 2} " in sealed.fails("verify")
        server = Server(sealed.store, options=["--seal-key", sealed.key, "--beat", "100"])
        resource, page = page_of(server.port)
        assert resource["wrong"] == ["fault"] and not resource["verification"]["whole"], resource
        assert "found a fault" in page and str(count // 2) not in json.dumps(resource["verification"])
        whole, page = page_of(server.port, "monitor")
        assert f"vent {count // 2} " in whole["verification"]["found"] and f"vent {count // 2} " in page, whole
        server.kill()
    with Kept(sealed):
        change(sealed.store, f"UPDATE event SET leaf = randomblob(32) WHERE position = {count}")
        server = Server(sealed.store, options=["--seal-key", sealed.key, "--beat", "100"])
        wait_for(lambda: page_of(server.port)[0]["sealing"]["state"] == "failing")
        resource, page = page_of(server.port)
        assert "failing" in resource["wrong"] and "since" in resource["sealing"] and "why" not in resource["sealing"], resource
        assert "the sealing fails" in page and f"vent {count} " not in page
        whole, page = page_of(server.port, "monitor")
        assert f"vent {count} " in whole["sealing"]["why"] and f"vent {count} " in page, whole["sealing"]
        server.kill()


# --- the Go checksum database's own packages ---

def build_go(sealed):
    go = "/usr/lib/go-1.19/bin/go"
    verify = os.path.join(sealed.folder, "verify-go")
    source = os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "conformance", "verify", "main.go")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                   "GOCACHE": os.path.join(os.environ["RETURNHUB_BUILD"], "go-cache")}
    subprocess.run([go, "build", "-o", verify, source], check=True, env=environment, timeout=600)
    return verify


def go_agrees(sealed):
    verify = build_go(sealed)
    key = sealed.key + ".pub"
    older = os.path.join(sealed.folder, "older")
    with open(older, "w", encoding="utf-8") as file:
        file.write(sealed.checkpoint())
    sealed.record()
    sealed.publish()
    public = sealed.export("public")
    good = subprocess.run([verify, key, public, older], capture_output=True, text=True)
    assert good.returncode == 0 and "whole:" in good.stdout and "grew from" in good.stdout, good
    print("# " + good.stdout.strip().replace("\n", "; "))
    for name, data in files_of(public).items():
        if ".p/" in name and name not in needed(public):
            continue
        path = os.path.join(public, name)
        with open(path, "wb") as file:
            file.write(data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1:])
        bad = subprocess.run([verify, key, public], capture_output=True, text=True)
        assert bad.returncode == 1 and "FAULT" in bad.stdout, (name, bad)
        error = sealed.fails("verify", "--files", public)
        assert name in error or name.replace("entries", "0") in error, (name, error)
        with open(path, "wb") as file:
            file.write(data)
    assert subprocess.run([verify, key, public], capture_output=True).returncode == 0


def needed(public):
    with open(os.path.join(public, "checkpoint"), encoding="utf-8") as file:
        size = read_checkpoint(file.read())[0]
    names, level = {tile_path("entries", size // 256, size % 256 or 256)}, 0
    while size:
        names.add(tile_path(level, size // 256, size % 256 or 256))
        size, level = size // 256, level + 1
    return names


def swap(data, first, second, size):
    rows = [data[i:i + size] for i in range(0, len(data), size)]
    rows[first], rows[second] = rows[second], rows[first]
    return b"".join(rows)


def what_a_deceiver_would_do(sealed):
    """Every case is refused by us, and named. The Go packages read base64 less strictly than the standard writes it: a last digit
    whose low bits stand for nothing may be another. It means the same bytes, so nobody is deceived; but then there are several
    texts of one checkpoint, and we take one."""
    verify, public, key = build_go(sealed), sealed.export("public"), sealed.key + ".pub"
    note = sealed.checkpoint()
    size = read_checkpoint(note)[0]
    last = tile_path("entries", size // 256, size % 256) if size % 256 else tile_path("entries", size // 256 - 1, 256)
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    slack = note[:-4] + digits[digits.index(note[-4]) ^ 1] + note[-3:] if note.endswith("==\n") else \
        note[:-3] + digits[digits.index(note[-3]) ^ 1] + note[-2:]
    cases = {  # file, what becomes of it, does Go take it?
        "truncation of a tile": ("tile/0/000", lambda data: data[:-32], False),
        "truncation of entries": (last, lambda data: data[:-38], False),
        "a byte more in a tile": ("tile/0/000", lambda data: data + b"\0", False),
        "an entry more": (last, lambda data: data + data[-38:], False),
        "two entries swapped": ("tile/entries/000", lambda data: swap(data, 3, 4, 38), False),
        "an entry twice": ("tile/entries/000", lambda data: data[:38] + data[:38] + data[76:], False),
        "two hashes swapped": ("tile/0/000", lambda data: swap(data, 3, 4, 32), False),
        "a smaller size": ("checkpoint", lambda _: note.replace(f"\n{size}\n", f"\n{size - 16}\n").encode(), False),
        "a zero before the size": ("checkpoint", lambda _: note.replace(f"\n{size}\n", f"\n0{size}\n").encode(), False),
        "another origin": ("checkpoint", lambda _: note.replace(NAME, "other.example/log", 1).encode(), False),
        "CRLF": ("checkpoint", lambda _: note.replace("\n", "\r\n").encode(), False),
        "base64 that is not canonical": ("checkpoint", lambda _: slack.encode(), True),
        "no signature": ("checkpoint", lambda _: note.split("\n\n")[0].encode() + b"\n\n", False),
    }
    for name, (path, change_it, go_takes_it) in cases.items():
        path = os.path.join(public, path)
        with open(path, "rb") as file:
            kept = file.read()
        with open(path, "wb") as file:
            file.write(change_it(kept))
        go = subprocess.run([verify, key, public], capture_output=True, text=True)
        assert (go.returncode == 0) == go_takes_it, (name, go)
        error = sealed.fails("verify", "--files", public)
        assert "tile/" in error or "checkpoint" in error, (name, error)
        with open(path, "wb") as file:
            file.write(kept)
    # Of the same key: a history that was rolled back, and one that was forked.
    newer = os.path.join(sealed.folder, "newer")
    sealed.record()
    sealed.publish()
    with open(newer, "w", encoding="utf-8") as file:
        file.write(sealed.checkpoint())
    go = subprocess.run([verify, key, public, newer], capture_output=True, text=True)
    assert go.returncode == 1 and "rollback" in go.stdout, go
    assert "rolled back" in sealed.fails("verify", "--files", public, "--older", newer)


def go_agrees_on_a_large_log(sealed):
    """100,000 real events, under script/check-long."""
    if not os.environ.get("RETURNHUB_LONG"):
        return
    large = Sealed(os.path.join(sealed.folder, "large"), people=2800)
    large.publish()
    older = os.path.join(large.folder, "older")
    with open(older, "w", encoding="utf-8") as file:
        file.write(large.checkpoint())
    large.record()
    large.publish()
    assert len(large.leaves()) > 100000, len(large.leaves())
    outcome = subprocess.run([build_go(sealed), large.key + ".pub", large.export("public"), older], capture_output=True, text=True)
    assert outcome.returncode == 0 and "whole:" in outcome.stdout and "grew from" in outcome.stdout, outcome
    print("# " + outcome.stdout.strip().replace("\n", "; "))
    large.run("verify", "--older", older)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        sealed = Sealed(os.path.join(folder, "register"))
        only = sys.argv[3:]
        for check in (is_to_the_byte, openssl_agrees, receipts_are_proofs, grows_and_stays_the_same_history,
                      restores_are_refused, crashes_change_nothing, a_tampered_store_is_found,
                      is_served, no_bit_of_what_is_served_can_be_another, commands_say_where_they_are, requests_say_where_they_are, the_page_says_how_it_is,
                      the_page_says_which_event, go_agrees, what_a_deceiver_would_do, go_agrees_on_a_large_log):
            if not only or check.__name__ in only:
                tap.run(check.__name__.replace("_", " "), lambda check=check: check(sealed))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
