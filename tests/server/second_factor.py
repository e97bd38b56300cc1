#!/usr/bin/env python3
"""Aim: in a register that is no demonstration nobody gets further by a password alone than to setting up a second factor (OWASP ASVS 5.0,
6.3.3). Every address that somebody who is signed in may ask is tried with such a session. Codes are made here by RFC 6238."""
import base64
import hashlib
import hmac
import http.client
import os
import re
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo, no_pace  # noqa: E402

PASSWORD = "correct horse battery staple"
SETS_UP = {("GET", "/account"), ("POST", "/account/second-factor"), ("POST", "/account/second-factor/confirmation"),
           ("GET", "/account/passkeys/new"), ("POST", "/account/passkeys/question"), ("POST", "/account/passkeys"),
           ("POST", "/sign-out"), ("POST", "/language")}
SHOWS_IT = {("GET", "/account/proof"), ("POST", "/account/proof"), ("POST", "/account/proof/question"), ("POST", "/account/proof/provider"),
            ("POST", "/sign-out"), ("POST", "/language")}


def code_of(secret, early=0):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + early), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def routes():
    with open(os.path.join(os.environ["RETURNHUB_SOURCE"], "src", "web", "route.def")) as file:
        found = re.findall(r'^ROUTE\(HTTP_(\w+), "([^"]+)", DESK,', file.read(), re.MULTILINE)
    return [(method, pattern, re.sub(r"\{[^}]*\}", "x", pattern)) for method, pattern in found]


def held(port, token, allowed, kind, tap):
    """Every address but those allowed is refused; of the allowed ones nothing is sent that would change something."""
    wrong = []
    for method, pattern, path in routes():
        if (method, pattern) not in allowed:
            status, answer = Client(port, token).call(method, path, {} if method == "POST" else None)
            if status != 403 or answer.get("type") != f"/problems/{kind}" or "second factor" not in answer.get("detail", ""):
                wrong.append((method, pattern, status, answer))
    tap.check(f"no other address answers such a session ({kind})", not wrong and len(routes()) > 150, wrong[:5])


class Session:
    """Asks on a new connection each time: on a busy machine one that waits is closed."""

    def __init__(self, port):
        self.port, self.token = port, Client(port).sign_in("root", PASSWORD).token

    def call(self, *words):
        return Client(self.port, self.token).call(*words)


def page(port, path, token):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept": "text/html", "Cookie": f"returnhub_session={token}"})
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, answer.getheader("Location"), text


def begun(folder, store):
    server = Server(store, options=("--begin", *no_pace(folder)))
    lines = [server.process.stdout.readline() for _ in range(3)]
    fields = {"token": lines[2].strip(), "name": "First Administrator", "username": "root", "password": PASSWORD}
    assert Client(server.port).call("POST", "/first-account", fields)[0] == 201
    return server


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rh-factor-") as folder:
        store = os.path.join(folder, "register.db")
        server = begun(folder, store)
        root, other = Session(server.port), Session(server.port)
        status, answer = root.call("GET", "/accounts")
        tap.check("a password alone opens no page of an administrator, and it is said what does",
                  status == 403 and "/account/second-factor" in answer.get("hint", ""), (status, answer))
        held(server.port, root.token, SETS_UP, "forbidden", tap)
        tap.check("a browser is led to its account", page(server.port, "/accounts", root.token)[:2] == (303, "/account?notice=second-factor-first"))
        status, _, text = page(server.port, "/account?notice=second-factor-first", root.token)
        tap.check("where it is told", status == 200 and "Set up a second factor first" in text, text[:500])
        tap.check("on a page for everybody such a session is nobody", page(server.port, "/", root.token)[1] == "/sign-in")
        secret = root.call("POST", "/account/second-factor", {})[1]["secret"]
        wrong = "000000" if code_of(secret) != "000000" else "000001"
        tap.check("a wrong code sets nothing", root.call("POST", "/account/second-factor/confirmation", {"code": wrong})[0] == 422)
        tap.check("and the session is as it was", root.call("GET", "/accounts")[0] == 403)
        tap.check("a right one makes the session whole", root.call("POST", "/account/second-factor/confirmation",
                                                                  {"code": code_of(secret)})[0] == 204 and root.call("GET", "/accounts")[0] == 200)
        held(server.port, other.token, SHOWS_IT, "proof-required", tap)
        tap.check("another session of before cannot take it away again",
                  other.call("POST", "/account/second-factor/removal", {"reason": "it is in the way"})[0] == 403
                  and other.call("POST", "/account/second-factor", {})[0] == 403)
        tap.check("the password does not make it whole", other.call("POST", "/account/proof", {"password": PASSWORD})[0] == 422
                  and other.call("GET", "/accounts")[0] == 403)
        tap.check("the second factor does", other.call("POST", "/account/proof", {"password": PASSWORD, "code": code_of(secret, 1)})[0] == 204
                  and other.call("GET", "/accounts")[0] == 200)
        tap.check("from now on nobody signs in without",
                  Client(server.port).call("POST", "/sign-in", {"username": "root", "password": PASSWORD})[0] == 401)
        server.stop()

        settings = os.path.join(folder, "settings.ini")
        second = os.path.join(folder, "second.db")
        begun(folder, second).stop()
        with open(settings, "w") as file:
            file.write("[sign_in]\nsecond_factor_required = no\n")
        server = Server(second, options=("--settings", settings))
        root = Session(server.port)
        tap.check("where the settings do not require it, a password is enough", root.call("GET", "/accounts")[0] == 200)
        server.stop()
        os.mkdir(os.path.join(folder, "demo"))
        server = Server(make_demo(os.path.join(folder, "demo"), people=100))
        tap.check("in a demonstration, too", Client(server.port).sign_in("admin").call("GET", "/accounts")[0] == 200)
        server.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
