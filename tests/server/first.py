#!/usr/bin/env python3
"""Aim: a register that has no account is begun from the browser. The token stands in what the program printed and nowhere in the store;
it opens one account, once; there is no other way in, and then no way at all."""
import http.client
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, password_alone, run  # noqa: E402

PASSWORD = "correct horse battery staple"


def equal(tap, aim, found, expected):
    tap.check(aim, found == expected, f"expected {expected!r}, found {found!r}")


def printed_token(server):
    lines = [server.process.stdout.readline() for _ in range(3)]
    match = re.fullmatch(r"  ([A-Za-z0-9_-]{43})\n", lines[2])
    assert match and "/first-account" in lines[0], lines
    return match.group(1)


def form(port, path, fields):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, urllib.parse.urlencode(fields),
                       {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("Location"), text


def page(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("Location"), text


def begins(folder, tap):
    store = os.path.join(folder, "register.db")
    run("serve", "--store", store, "--port", "0", expect=4)
    tap.check("without --begin nothing is served and nothing is made", not os.path.exists(store))
    server = Server(store, options=("--begin", *password_alone(folder)))
    token = printed_token(server)
    fields = {"token": token, "name": "First Administrator", "username": "root", "password": PASSWORD}
    with open(f"/proc/{server.process.pid}/status") as file:
        status = file.read()
    tap.check("the process is confined", "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status)
    equal(tap, "the first page leads to it", page(server.port, "/")[:2], (303, "/first-account"))
    status, _, text = page(server.port, "/first-account")
    tap.check("the page asks, and does not show the token", status == 200 and token not in text)
    for name in ("admin", "root", "administrator"):
        for password in ("", "admin", "administrator", "password", "returnhub", token):
            status, _ = Client(server.port).call("POST", "/sign-in", {"username": name, "password": password or " "})
            assert status == 401, (name, password, status)
    tap.check("no password is the default", True)
    with open(store, "rb") as file, open(store + "-wal", "rb") as log:
        tap.check("the token is not in the store", token.encode() not in file.read() + log.read())
    status, _, text = form(server.port, "/first-account", {**fields, "token": token[::-1]})
    tap.check("a wrong token is told beside its field", status == 422 and "is not right, or is over" in text)
    status, _, text = form(server.port, "/first-account", {**fields, "password": "short"})
    tap.check("so is a short password, and it is not shown again", status == 422 and "12 to 128" in text and "short\"" not in text)
    status, _, text = form(server.port, "/first-account", {**fields, "password": "Sojdlg123aljg"})
    tap.check("and one that others have stolen, of the list that comes with the program", status == 422 and "others have stolen" in text, text)
    equal(tap, "the token opens the account", form(server.port, "/first-account", fields)[:2],
              (303, "/sign-in?notice=first-account"))
    equal(tap, "not twice", form(server.port, "/first-account", {**fields, "username": "root2"})[0], 404)
    equal(tap, "the page is gone", page(server.port, "/first-account")[0], 404)
    administrator = Client(server.port).sign_in("root", PASSWORD)
    status, answer = administrator.call("GET", "/accounts")
    tap.check("its holder opens others", status == 200 and "root" in str(answer), f"{status} {answer}")
    server.stop()
    server = Server(store)
    equal(tap, "a register with an account offers nothing", page(server.port, "/first-account")[0], 404)
    equal(tap, "and leads to the sign-in", page(server.port, "/")[:2], (303, "/sign-in"))
    server.stop()
    run("account", "first", "--store", store, expect=5)
    tap.check("nor does the command line", True)


def from_the_command_line(folder, tap):
    store = os.path.join(folder, "other.db")
    token = run("account", "first", "--store", store).strip()
    server = Server(store)
    newer = printed_token(server)
    fields = {"name": "First Administrator", "username": "root", "password": PASSWORD}
    status, _ = Client(server.port).call("POST", "/first-account", {**fields, "token": token})
    equal(tap, "what was printed before is over", status, 422)
    status, answer = Client(server.port).call("POST", "/first-account", {**fields, "token": newer})
    equal(tap, "programs do it, too", (status, answer), (201, {"username": "root", "role": "administrator"}))
    server.stop()


def settings(folder, tap):
    store = os.path.join(folder, "register.db")
    path = os.path.join(folder, "settings.ini")
    for text, line, says in (("[sessions]\nidle_minutes = 45\n", None, "from 1 to 30"),
                             ("[sessions]\nidle = 5\n", 2, "no such setting"),
                             ("# a remark\n\n[session]\n", 3, "no such section"),
                             ("[sessions]\nhours_max = 5\nhours_max = 6\n", 3, "set twice"),
                             ("[sessions]\nhours_max = five\n", 2, "whole number"),
                             ("[web]\norigin = https://desk.example/\n", 2, "nothing behind it"),
                             ("[web]\norigin = http://desk.example\n", 2, "https://"),
                             ("[sign_on]\nclient_id = x\n", None, "no issuer"),
                             ("[sign_on]\nissuer = https://login.example\nclient_id = x\n", None, "origin in [web]"),
                             ("[sign_on]\nissuer = http://login.example\n", 2, "https://"),
                             ("[web]\norigin = https://desk.example\n[sign_on]\nissuer = https://login.example\nclient_id = x\n"
                              "scopes = profile\n", None, "openid"),
                             ("[confinement]\nrequired = perhaps\n", 2, "yes or no")):
        with open(path, "w") as file:
            file.write(text)
        outcome = subprocess.run([os.path.join(os.environ["RETURNHUB_BUILD"], "src", "cli", "returnhub"), "serve", "--store", store,
                                  "--port", "0", "--settings", path], capture_output=True, text=True, timeout=60)
        place = f"settings.ini:{line}:" if line else ""
        tap.check(f"a wrong setting is told with its line: {says}",
                  outcome.returncode == 3 and says in outcome.stderr and place in outcome.stderr, outcome.stderr)
    with open(path, "w") as file:
        file.write("# Of this site.\n[web]\norigin = https://desk.example\n\n[sessions]\nidle_minutes=15\nhours_max = 8\n")
    server = Server(store, options=("--settings", path))
    status, _, text = form(server.port, "/sign-in", {"username": "root", "password": PASSWORD})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/sign-in", urllib.parse.urlencode({"username": "root", "password": PASSWORD}),
                       {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    cookie = answer.getheader("Set-Cookie") or ""
    tap.check("behind TLS the cookie is bound to the host, and the browser told to keep to TLS",
              cookie.startswith("__Host-returnhub_session=") and "; Secure" in cookie and
              answer.getheader("Strict-Transport-Security") is not None, cookie)
    connection.close()
    server.stop()


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        begins(folder, tap)
        from_the_command_line(folder, tap)
        settings(folder, tap)
    return tap.done()


sys.exit(main())
