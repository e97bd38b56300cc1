#!/usr/bin/env python3
"""Aim: the formats that docs/seal.md describes are those of the log. A checker written from that page alone, in a language of its own, finds
a log, an older checkpoint, a receipt and a cosignature good, and each of them bad when one byte of it is another. Only the signatures are
openssl's to check."""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402

NAME = "register.example.org/log"


class Bad(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Bad(what)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def signed_by(public, text, signature):
    with tempfile.TemporaryDirectory() as folder:
        path = {name: os.path.join(folder, name) for name in ("key", "text", "signature")}
        for name, data in (("key", bytes.fromhex("302a300506032b6570032100") + public), ("text", text), ("signature", signature)):
            with open(path[name], "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", path["key"], "-keyform", "DER", "-rawin", "-in", path["text"],
                               "-sigfile", path["signature"]], capture_output=True).returncode == 0


def read_key(text, kind):
    name, number, data = text.strip().split("+", 2)
    data = base64.b64decode(data, validate=True)
    need(len(data) == 33 and data[0] == kind, "kind of key")
    need(sha(name.encode(), b"\n", data)[:4].hex() == number, "ID of the key")
    return name, bytes.fromhex(number), data[1:]


def read_note(note, key):
    """The size and the root of a checkpoint; the time of the cosignature, when the key is a witness's."""
    name, number, public = key[0]
    text, _, lines = note.partition("\n\n")
    found = None
    for line in lines.splitlines():
        mark, by, data = line.split(" ", 2)
        data = base64.b64decode(data, validate=True)
        if mark == "\u2014" and by == name and data[:4] == number:
            found = data[4:]
    need(found is not None, "no signature of this key")
    signed = text.encode() + b"\n"
    if key[1] == 4:
        signed = b"cosignature/v1\ntime %d\n" % int.from_bytes(found[:8], "big") + signed
        found = found[8:]
    need(signed_by(public, signed, found), "the signature")
    origin, size, root = text.split("\n")
    need(origin == NAME, "name of the log")
    return int(size), base64.b64decode(root, validate=True)


def root_of(hashes):
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1", root_of(hashes[:half]), root_of(hashes[half:]))


def tile_of(folder, level, number, width):
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    path = os.path.join(folder, "tile", str(level), *groups) + ("" if width == 256 else f".p/{width}")
    with open(path, "rb") as file:
        return file.read()


def tiles(count):
    return [(number, min(256, count - number * 256)) for number in range((count + 255) // 256)]


def check_log(folder, key, older):
    size, root = read_note(open(os.path.join(folder, "checkpoint")).read(), (key, 1))
    lines = []
    for number, width in tiles(size):
        data, at = tile_of(folder, "entries", number, width), 0
        for _ in range(width):
            length = int.from_bytes(data[at:at + 2], "big")
            lines.append(data[at + 2:at + 2 + length])
            at += 2 + length
        need(at == len(data), "length of a file of lines")
    need(all(line[:4] == b"rh1\n" and len(line) == 36 for line in lines), "form of a line")
    level, hashes = 0, [sha(b"\0", line) for line in lines]
    need(root_of(hashes) == root, "root")
    old_size, old_root = read_note(older, (key, 1))
    need(root_of(hashes[:old_size]) == old_root, "older root")
    while hashes:
        for number, width in tiles(len(hashes)):
            need(tile_of(folder, level, number, width) == b"".join(hashes[number * 256:number * 256 + width]), "tile")
        level, hashes = level + 1, [root_of(hashes[at:at + 256]) for at in range(0, len(hashes) // 256 * 256, 256)]
    return lines


def check_receipt(receipt, key):
    head, _, note = receipt.partition("\n\n")
    kind, extra, index, *proof = head.split("\n")
    need(kind == "c2sp.org/tlog-proof@v1" and extra.startswith("extra ") and index.startswith("index "), "form of a receipt")
    line, number = base64.b64decode(extra[6:], validate=True), int(index[6:])
    size, root = read_note(note, (key, 1))
    node, last, found = number, size - 1, sha(b"\0", line)
    for other in (base64.b64decode(text, validate=True) for text in proof):
        need(last > 0, "a hash too many")
        if node % 2 or node == last:
            found = sha(b"\1", other, found)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            found = sha(b"\1", found, other)
        node, last = node // 2, last // 2
    need(last == 0 and found == root, "the proof")
    return number, line


def bad(check, *arguments):
    try:
        check(*arguments)
    except (Bad, ValueError, OSError):
        return True
    return False


def other_byte(text, at):
    """Another letter of base64, or another digit."""
    return text[:at] + ("B" if text[at] != "B" else "C") + text[at + 1:]


def checks(folder, tap):
    store, public = make_demo(folder, people=100), os.path.join(folder, "public")
    options = ["--store", store, "--seal-key", os.path.join(folder, "log.key")]
    key = read_key(run("seal", "key", NAME, *options[2:]), 1)
    run("seal", "publish", *options)
    run("seal", "export", public, *options)
    older = open(os.path.join(public, "checkpoint")).read()
    person = run("person", "list", "--limit", "1", "--format", "csv", "--store", store, "--as", "caseworker").split("\n")[1].split(",")[0]
    run("person", "note", person, "later", "--store", store, "--as", "caseworker")
    run("seal", "publish", *options)
    run("seal", "export", public, *options)
    lines = check_log(public, key, older)
    tap.check(f"a log of {len(lines)} lines is whole, and grew", len(lines) > 5000 and len(lines) % 16 == 0)
    for event in (1, 300, 4000):
        receipt = run("seal", "receipt", str(event), *options)
        number, line = check_receipt(receipt, key)
        tap.check(f"the receipt of event {event} is of line {number}", lines[number] == line)
        places = [receipt.index("extra ") + 12, receipt.index("index") + 20, receipt.rindex("\n\n") - 60, receipt.rindex(" ") + 30]
        tap.check("and of no other", all(bad(check_receipt, other_byte(receipt, at), key) for at in places))
    note = open(os.path.join(public, "checkpoint")).read()
    tap.check("a checkpoint of another size or signature is none",
              bad(read_note, note.replace(f"\n{len(lines)}\n", f"\n{len(lines) - 16}\n"), (key, 1)) and bad(read_note, other_byte(note, note.rindex(" ") + 40), (key, 1)))
    for path in ("tile/entries/000", "tile/0/001", "tile/1/000.p/" + str(len(lines) // 256)):
        changed = os.path.join(folder, "changed")
        shutil.copytree(public, changed)
        with open(os.path.join(changed, path), "r+b") as file:
            file.seek(40)
            byte = file.read(1)[0]
            file.seek(40)
            file.write(bytes([byte ^ 1]))
        tap.check(f"one bit of {path} is seen", bad(check_log, changed, key, older))
        shutil.rmtree(changed)
    cosigned(folder, options, tap)


def cosigned(folder, options, tap):
    secret, policy = os.path.join(folder, "witness.key"), os.path.join(folder, "policy")
    key = read_key(run("seal", "key", "monitor.example.net/w1", "--witness", "--seal-key", secret), 4)
    with open(policy, "w") as file:
        file.write(f"log {open(options[3] + '.pub').read().strip()}\nquorum none\n")
    witness = subprocess.Popen([BINARY, "seal", "witness", "--seal-key", secret, "--policy", policy, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://[\d.:]+", witness.stdout.readline()).group()
        asked = os.path.join(folder, "asked")
        with open(asked, "w") as file:
            file.write(f"witness w1 {open(secret + '.pub').read().strip()} {url}\nquorum w1\n")
        run("seal", "publish", *options, "--policy", asked, "--constant")
    finally:
        witness.terminate()
        witness.wait()
        witness.stdout.close()
    note = open(os.path.join(options[1] + ".log", "witnessed")).read()
    tap.check("a cosignature holds", read_note(note, (key, 4))[0] > 0)
    tap.check("and not of another time", bad(read_note, other_byte(note, note.rindex(" ") + 9), (key, 4)))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        checks(folder, tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
