"""A witness that shares no code with returnhub: c2sp.org/tlog-witness, tlog-cosignature and RFC 6962 written down a second time,
for tests. Ed25519 is openssl's. And the same formats for checking what returnhub's own witness answers."""
import base64
import hashlib
import http.server
import os
import re
import struct
import subprocess
import tempfile
import threading
import time

COSIGNATURE = 4
DASH = "\u2014 "


# --- Ed25519 by openssl ---

def openssl(arguments, message):
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, data in message.items():
            paths[name] = os.path.join(folder, name)
            with open(paths[name], "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", *(paths.get(a, a) for a in arguments)], capture_output=True)


def public_der(raw):
    return bytes.fromhex("302a300506032b6570032100") + raw


def signature_holds(public, message, signature):
    return openssl(["pkeyutl", "-verify", "-pubin", "-inkey", "KEY", "-keyform", "DER", "-rawin", "-in", "IN", "-sigfile", "SIG"],
                   {"KEY": public_der(public), "IN": message, "SIG": signature}).returncode == 0


def sign(secret_der, message):
    made = openssl(["pkeyutl", "-sign", "-inkey", "KEY", "-keyform", "DER", "-rawin", "-in", "IN"],
                   {"KEY": secret_der, "IN": message})
    assert made.returncode == 0, made
    return made.stdout


# --- keys and notes ---

def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def write_key(name, kind, public):
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(bytes([kind]) + public).decode()}"


def read_key(text):
    name, number, data = text.strip().split("+", 2)
    data = base64.b64decode(data, validate=True)
    kind, public = data[0], data[1:]
    assert len(public) == 32 and key_id(name, kind, public).hex() == number
    return name, kind, public


def signatures(note):
    """The text, and what stands behind each key id: {(name, id): bytes}."""
    text, lines = note.rsplit("\n\n", 1)
    found = {}
    for line in lines.splitlines():
        name, data = re.fullmatch(DASH + r"([^ ]+) ([A-Za-z0-9+/=]+)", line).groups()
        data = base64.b64decode(data, validate=True)
        found[name, data[:4]] = data[4:]
    return text + "\n", found


def log_signed(note, key):
    name, kind, public = read_key(key)
    text, found = signatures(note)
    signature = found.get((name, key_id(name, kind, public)))
    return kind == 1 and signature is not None and signature_holds(public, text.encode(), signature)


def cosigned_at(note, key):
    """When this witness cosigned it; None when it did not."""
    name, kind, public = read_key(key)
    assert kind == COSIGNATURE
    text, found = signatures(note)
    data = found.get((name, key_id(name, kind, public)))
    if data is None or len(data) != 72:
        return None
    seconds = struct.unpack(">Q", data[:8])[0]
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    return seconds if signature_holds(public, message, data[8:]) else None


# --- consistency, RFC 9162 section 2.1.4.2 ---

def grew(older, older_root, size, root, proof):
    if older == 0 or older == size:
        return not proof and (older == 0 or older_root == root)
    if not proof or older > size:
        return False
    proof = list(proof)
    if older & (older - 1) == 0:
        proof.insert(0, older_root)
    fn, sn = older - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for hash_ in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr = hashlib.sha256(b"\1" + hash_ + fr).digest()
            sr = hashlib.sha256(b"\1" + hash_ + sr).digest()
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hashlib.sha256(b"\1" + sr + hash_).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == older_root and sr == root


# --- the witness ---

class Witness:
    """Serves add-checkpoint on a port of its own; `away` makes it answer nothing, `lie` sign something else."""

    def __init__(self, name, log_key):
        self.secret = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-outform", "DER"], capture_output=True,
                                     check=True).stdout
        public = openssl(["pkey", "-in", "KEY", "-inform", "DER", "-pubout", "-outform", "DER"], {"KEY": self.secret}).stdout[-32:]
        self.name, self.public, self.log_key = name, public, log_key
        self.key = write_key(name, COSIGNATURE, public)
        self.last = (0, None)
        self.requests = 0
        self.slow = self.lie = False
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, kind, text = witness.answer(body) if self.path == "/w/add-checkpoint" else (404, "text/plain", "")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/w"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, body):
        self.requests += 1
        if self.slow:
            time.sleep(30)
        head, note = body.split("\n\n", 1)
        first, *proof = head.split("\n")
        older = int(re.fullmatch(r"old (0|[1-9][0-9]*)", first)[1])
        proof = [base64.b64decode(line, validate=True) for line in proof]
        text, _ = signatures(note)
        origin, size, root = text.split("\n")[:3]
        size, root = int(size), base64.b64decode(root, validate=True)
        if origin != read_key(self.log_key)[0]:
            return 404, "text/plain", ""
        if not log_signed(note, self.log_key):
            return 403, "text/plain", ""
        if older > size:
            return 400, "text/plain", ""
        if older != self.last[0] or (older == size and root != self.last[1]):
            return 409, "text/x.tlog.size", f"{self.last[0]}\n"
        if not grew(older, self.last[1], size, root, proof):
            return 422, "text/plain", ""
        self.last = (size, root)
        return 200, "text/plain", self.line("x" + text if self.lie else text)

    def line(self, text):
        seconds = int(time.time())
        data = struct.pack(">Q", seconds) + sign(self.secret, f"cosignature/v1\ntime {seconds}\n{text}".encode())
        return f"{DASH}{self.name} {base64.b64encode(key_id(self.name, COSIGNATURE, self.public) + data).decode()}\n"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
