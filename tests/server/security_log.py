#!/usr/bin/env python3
"""Aim: what happens at the doors of the running, confined server reaches another program as one line each (OWASP ASVS 5.0, 16.3.1 to 16.3.3
and 16.4.3): sign-ins and sign-outs, right and wrong, what nobody was allowed, what went around a control. Who is named is there, whence is
what the proxy said; nothing that was typed, no secret, no token stands in any line, and nobody can write one."""
import http.client
import os
import re
import socket
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, PASSWORD, Server, Tap, make_demo, new_client_id, run  # noqa: E402

LINE = re.compile(r'<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]+) returnhub (\d+) ([a-z-]+) -((?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")*)')
PAIR = re.compile(r' ([a-z]+)="((?:[^"\\\]]|\\.)*)"')
SEVERITY = {"signed-in": 6, "sign-in-refused": 5, "signed-out": 6, "proven": 6, "proof-refused": 5, "session-refused": 5,
            "account-changed": 6, "access-refused": 4, "not-found": 5, "foreign-request": 4, "input-refused": 5, "state-refused": 5,
            "protocol-refused": 4}
WRONG = "a wrong password that was typed"
MISTAKEN = "my password in the wrong box"
HERE = "203.0.113.7"


class Receiver:
    """What a machine's log does: a datagram socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(2)
        self.lines = []

    def next(self):
        """The next line as (event, pairs), None when none comes."""
        try:
            text = self.socket.recv(65536).decode("ascii")
        except TimeoutError:
            return None
        self.lines.append(text)
        match = LINE.fullmatch(text)
        assert match, text
        event, pairs = match.group(5), dict(PAIR.findall(match.group(6)))
        assert int(match.group(1)) == 80 + SEVERITY[event], text
        return event, pairs

    def rest(self):
        self.socket.settimeout(0.3)
        left = []
        while (line := self.next()) is not None:
            left.append(line)
        self.socket.settimeout(2)
        return left


def page(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, {"Accept": "text/html", "X-Forwarded-For": HERE,
                                            **{name.replace("_", "-"): value for name, value in headers.items()}})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def raw(port, data):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        while connection.recv(65536):
            pass


class Desk:
    def __init__(self, port, receiver, tap):
        self.port, self.receiver, self.tap = port, receiver, tap

    def told(self, aim, event, **pairs):
        """The one line that what was just done makes."""
        found = [self.receiver.next(), *self.receiver.rest()]
        self.tap.check(aim, found == [(event, pairs)], f"expected {(event, pairs)}, found {found}")

    def silent(self, aim):
        found = self.receiver.rest()
        self.tap.check(aim, found == [], f"found {found}")

    def call(self, client, method, path, body=None, **headers):
        return client.call(method, path, body, {"X-Forwarded-For": f"198.51.100.66, {HERE}", **headers})


def signing_in(desk):
    nobody = Client(desk.port)
    form = {"username": "caseworker", "password": WRONG}
    desk.call(nobody, "POST", "/sign-in", form)
    desk.told("a wrong password is told with the account it was for", "sign-in-refused", account="caseworker", address=HERE,
              by="password", on="POST /sign-in", status="401")
    desk.call(nobody, "POST", "/sign-in", {"username": MISTAKEN, "password": WRONG})
    desk.told("a name that no account has is not told: it may be a password", "sign-in-refused", address=HERE, by="password",
              on="POST /sign-in", status="401")
    desk.call(nobody, "POST", "/sign-in", {"username": 'x" account="admin', "password": "y\n<80>1 forged"})
    desk.told("nor can it be a line or a value", "sign-in-refused", address=HERE, by="password", on="POST /sign-in", status="401")
    desk.call(nobody, "POST", "/sign-in", {"username": "caseworker", "password": WRONG, "code": "123456"})
    desk.told("with a code it is said so", "sign-in-refused", account="caseworker", address=HERE, by="password code", on="POST /sign-in",
              status="401")
    status, answer = desk.call(nobody, "POST", "/sign-in", {"username": "caseworker", "password": PASSWORD})
    assert status == 200, answer
    desk.told("a sign-in is told", "signed-in", account="caseworker", address=HERE, by="password", on="POST /sign-in", status="200")
    status, headers, _ = page(desk.port, "POST", "/sign-in", f"username=monitor&password={PASSWORD}",
                              Content_Type="application/x-www-form-urlencoded")
    desk.told("in a browser, too", "signed-in", account="monitor", address=HERE, by="password", on="POST /sign-in", status="303")
    return answer["token"], headers["Set-Cookie"].split(";")[0]


def token_of(desk, username):
    return desk.call(Client(desk.port), "POST", "/sign-in", {"username": username, "password": PASSWORD})[1]["token"]


def without_right(desk, token):
    clerk = Client(desk.port, token)
    desk.call(clerk, "GET", "/people?text=Hidden+Name")
    desk.silent("what is allowed is no matter of this log")
    desk.call(clerk, "GET", "/accounts")
    desk.told("what the role lacks is told", "access-refused", account="caseworker", address=HERE, on="GET /accounts", status="403")
    desk.call(clerk, "GET", "/requests/987654321?notice=Hidden")
    desk.told("what is not there, or out of sight", "access-refused", account="caseworker", address=HERE,
              on="GET /requests/{request}", status="404")
    status, answer = desk.call(clerk, "GET", "/people")
    reference = answer["people"][0]["reference"]
    desk.silent("a list is read")
    operator = Client(desk.port, token_of(desk, "hub-north"))
    desk.receiver.rest()
    desk.call(operator, "GET", f"/people/{reference}")
    desk.told("somebody out of sight is told by reference", "access-refused", account="hub-north", address=HERE, on="GET /people/{person}",
              subject=reference, status="404")
    desk.call(clerk, "GET", "/people/passport:XX:PZ1234567")
    desk.told("the number of a document is not told", "input-refused", account="caseworker", address=HERE, on="GET /people/{person}",
              status="422")
    desk.call(Client(desk.port), "GET", "/people")
    desk.told("nobody is told, too", "access-refused", address=HERE, on="GET /people", status="401")
    desk.call(Client(desk.port, "x" * 43), "GET", "/people")
    desk.told("and a session that is none", "session-refused", address=HERE, on="GET /people", status="401")
    page(desk.port, "GET", "/people", Cookie="returnhub_session=" + "y" * 43)
    desk.told("of a browser, too, although it is only sent to sign in", "session-refused", address=HERE, on="GET /people", status="303")
    desk.call(Client(desk.port), "GET", "/.git/config")
    desk.told("an address that there is not", "not-found", address=HERE, on="GET", status="404")


def around(desk, token, cookie):
    clerk = Client(desk.port, token)
    form = {"Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded"}
    page(desk.port, "POST", "/language", "language=en&form_token=" + "0" * 64, **form)
    desk.told("a form of another session", "foreign-request", account="monitor", address=HERE, on="POST /language", status="403")
    page(desk.port, "POST", "/language", "language=en", Sec_Fetch_Site="cross-site", **form)
    desk.told("a request of another site", "foreign-request", account="monitor", address=HERE, on="POST /language", status="403")
    desk.call(clerk, "POST", "/people", {"name": "Hidden Name", "born_on": "not a day", "registered_on": "2026-01-01"})
    desk.told("input that is refused", "input-refused", account="caseworker", address=HERE, on="POST /people", status="422")
    desk.call(clerk, "DELETE", "/people")
    desk.told("a method that an address lacks", "input-refused", account="caseworker", address=HERE, on="DELETE", status="405")
    identity = new_client_id()
    registration = {"name": "Hidden Name", "registered_on": "2023-01-01"}
    desk.call(clerk, "POST", "/people", registration, **{"Idempotency-Key": identity})
    desk.receiver.rest()
    desk.call(clerk, "POST", "/people", {**registration, "name": "Another Hidden"}, **{"Idempotency-Key": identity})
    found = desk.receiver.rest()
    desk.tap.check("what does not go on from the state there is", len(found) == 1 and found[0][0] in ("state-refused", "input-refused")
                   and found[0][1]["on"] == "POST /people", found)
    raw(desk.port, b"GET /..%2fetc HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
    desk.told("what the server turns away by itself, with who is at the other end", "protocol-refused", address="127.0.0.1",
              on="escaped-separator", status="400")
    raw(desk.port, b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    desk.told("smuggling", "protocol-refused", address="127.0.0.1", on="length-and-encoding", status="400")


def proving_and_leaving(desk, token):
    clerk = Client(desk.port, token)
    desk.call(clerk, "POST", "/account/proof", {"password": WRONG})
    desk.told("a proof that fails", "proof-refused", account="caseworker", address=HERE, by="password", on="POST /account/proof",
              status="422")
    desk.call(clerk, "POST", "/account/proof", {"password": PASSWORD})
    desk.told("a proof", "proven", account="caseworker", address=HERE, by="password", on="POST /account/proof", status="204")
    desk.call(clerk, "POST", "/account/second-factor", {})
    desk.told("a change of how one signs in", "account-changed", account="caseworker", address=HERE, on="POST /account/second-factor",
              status="201")
    desk.call(clerk, "POST", "/account/second-factor/confirmation", {"code": "000000"})
    desk.told("one that is refused", "proof-refused", account="caseworker", address=HERE, on="POST /account/second-factor/confirmation",
              status="422")
    desk.call(clerk, "POST", "/sign-out", {})
    desk.told("a sign-out", "signed-out", account="caseworker", address=HERE, on="POST /sign-out", status="204")


def nothing_secret(receiver, tap, secrets):
    text = "\n".join(receiver.lines)
    for secret in secrets:
        assert secret not in text, secret
    tap.check("no secret, no token, no name and nothing that was typed stands in any of the lines", len(receiver.lines) > 20, len(receiver.lines))


def refused_settings(store, folder, tap):
    path = os.path.join(folder, "wrong.ini")
    for text, status, says in (("[security_log]\nto = /nonexistent/log\n", 7, "Nobody takes the security log"),
                               ("[web]\nproxy = proxy.example\n", 3, "in numbers"),
                               ("[web]\nproxy = 10.0.0.01\n", 3, "in numbers")):
        with open(path, "w") as file:
            file.write(text)
        try:
            run("serve", "--store", store, "--port", "0", "--settings", path, expect=0)
        except AssertionError as failure:
            tap.check(f"refused: {text.splitlines()[1]}", f"exit status {status}," in str(failure) and says in str(failure), failure)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rh-log-") as folder:
        store = make_demo(folder, people=100)
        path = os.path.join(folder, "log")
        settings = os.path.join(folder, "settings.ini")
        with open(settings, "w") as file:
            file.write(f"[web]\nproxy = 127.0.0.1\n[security_log]\nto = {path}\n")
        receiver = Receiver(path)
        server = Server(store, options=("--settings", settings))
        desk = Desk(server.port, receiver, tap)
        token, cookie = signing_in(desk)
        without_right(desk, token)
        around(desk, token, cookie)
        proving_and_leaving(desk, token)
        server.stop()
        nothing_secret(receiver, tap, [PASSWORD, WRONG, MISTAKEN, token, cookie.split("=")[1], "123456", "Hidden", "PZ1234567", "forged", "?"])
        server = Server(store)
        Client(server.port).sign_in("caseworker")
        server.stop()
        told = [line for line in server.errors if " signed-in - " in line]
        tap.check("without a setting it is told on standard error", len(told) == 1 and 'address="127.0.0.1"' in told[0], server.errors)
        refused_settings(store, folder, tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
