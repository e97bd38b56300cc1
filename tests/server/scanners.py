#!/usr/bin/env python3
"""Aim: scanners of other people's making find nothing in the desk of a demonstration, signed in. sqlmap: no SQL to inject in searches, in
references and numbers of addresses, in filters, in a cursor, in signing in. wapiti: no script, header, file, command or redirect to inject, no
form that another site can send, no header or cookie that lacks what it should have, area by area. Both are held to have tried: how much they
asked is counted, and both find what is planted in a server that has it.

Long form alone (script/check-long): it takes minutes, and they come with Debian's packages of the same names (docs/security/scanners.md)."""
import http.server
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo  # noqa: E402

SECONDS_MAX = 1800


INJECTED = re.compile(r"identified the following injection point|is vulnerable|appears to be '.*' injectable")


def sqlmap(folder, address, *words):
    """Whether it finds something, how many tests it made, and its last words."""
    outcome = subprocess.run(["sqlmap", "-u", address, *words, "--batch", "--level", "2", "--risk", "2", "--dbms", "sqlite", "--technique", "BEUSQ",
                              "--flush-session", "--output-dir", folder, "--ignore-code", "*", "--threads", "4", "--disable-coloring"],
                             capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    return INJECTED.search(outcome.stdout) is not None, len(re.findall(r"testing '", outcome.stdout)), outcome.stdout[-3000:]


# What is asked, in which area: whoever sees that one asks.
QUESTIONS = [
    ("the search", "people", "/people?text=a&stage=exhausted&hub=H&alike=yes", []),
    ("a reference in an address", "people", "/people/RH-1*", []),
    ("a number in an address", "people", "/requests/1*", []),
    ("the filters of the books", "books", "/books?kind=complaint&about=person&state=open&journey=1&show=all", []),
    ("the filters of the operations", "operations", "/operations?from=2026-01-01&to=2026-02-01", []),
    ("the search of the caseload", "people", "/screening?step=hub_transfer&hub=HUB-NORTH&text=a", []),
    ("a cursor", "duplicates", "/duplicates?cursor=a&limit=5", []),
    ("the looks", "looks", "/looks?person=RH-1&account=a", []),
    ("signing in", None, "/sign-in", ["--data", '{"username":"caseworker","password":"a"}', "-H", "Content-Type: application/json"]),
]


def ask_questions(folder, port, tap):
    for name, area, path, words in QUESTIONS:
        signed = ["-H", f"Authorization: Bearer {who_sees(port, area)}"] if area else []
        found, tried, said = sqlmap(folder, f"http://127.0.0.1:{port}{path}", *signed, *words)
        tap.check(f"sqlmap finds nothing in {name}, having tried", not found and tried >= 5, f"{tried} tests\n{said}")
        print(f"# sqlmap, {name}: {tried} tests")


# Without those that ask a server of their makers, which is not there.
MODULES = "backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,xss"
AREAS = ("people", "hubs", "agreements", "manifests", "books", "operations", "statistics", "rulebook", "looks", "glass", "sign-in", "releases",
         "duplicates", "erasures", "merges", "forecast", "own", "account")
ACCOUNTS = ("caseworker", "senior", "protection", "statistician", "monitor", "admin", "person")
# It asks for headers that say nothing any more: frame-ancestors and no script but our own stand in the policy (tests/web/test_doors.c), and HSTS is
# sent when the address of the desk is https (tests/server/first.py).
# A token of a form it knows by its name alone, and ours is called form_token; without it a form is refused (tests/server/battery.py).
KNOWN = re.compile(r"(X-Frame-Options|X-XSS-Protection|Strict-Transport-Security) is not set$|Lack of anti CSRF token$")
SCAN_SECONDS = int(os.environ.get("RETURNHUB_SCAN_SECONDS", "60"))


class Weak(http.server.BaseHTTPRequestHandler):
    """What is to be found: a question that is said back as it is and put into SQL, and no header that a browser could go by."""

    def do_GET(self):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("q", [""])[0]
        body = f'<html><body><form action="/"><input name="q" value="a"></form><p>{asked}</p>{self.looked_up(asked)}</body></html>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @staticmethod
    def looked_up(asked):
        register = sqlite3.connect(":memory:")
        register.executescript("CREATE TABLE person (name); INSERT INTO person VALUES ('a'), ('b')")
        try:
            return register.execute(f"SELECT name FROM person WHERE name = '{asked}'").fetchall()
        except sqlite3.Error as error:
            return error

    def log_message(self, *words):
        pass


def wapiti(folder, address, *more):
    """What it found, how many pages it saw, and its last words. No address is left out (-x): Debian's wapiti 3.0.4 makes of one a pattern
    that Python 3.11 does not take. Each area is scanned by itself instead, so the sign-out is never sent."""
    report = os.path.join(folder, "wapiti.json")
    if os.path.exists(report):
        os.remove(report)
    outcome = subprocess.run(["wapiti", "-u", address, "--scope", "folder", "-m", MODULES, "-d", "3", "--max-links-per-page", "40",
                              "--max-files-per-dir", "20", "--max-scan-time", str(SCAN_SECONDS), "--max-attack-time", str(SCAN_SECONDS),
                              "--flush-session", "--store-session", folder, "-v", "1", "-f", "json", "-o", report, *more],
                             capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if not os.path.exists(report):
        return {"no report": [outcome.stdout[-1500:] + outcome.stderr[-1500:]]}, 0
    with open(report, encoding="utf-8") as file:
        read = json.load(file)
    told = [(kind, f"{one['method']} {one['path']} {one['parameter']}: {one['info']}")
            for part in ("vulnerabilities", "anomalies") for kind, list_ in read[part].items() for one in list_]
    found = {kind: [what for of, what in told if of == kind] for kind, _ in told}
    return found, len(set(re.findall(r"^\[\+\] (?:GET|POST) (\S+)", outcome.stdout, re.MULTILINE)))


def finds_what_is_planted(folder, tap):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Weak)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found, _ = wapiti(folder, f"http://127.0.0.1:{server.server_port}/?q=a")
    injected, _, said = sqlmap(folder, f"http://127.0.0.1:{server.server_port}/?q=a")
    server.shutdown()
    tap.check("sqlmap finds a question that is put into SQL", injected, said)
    tap.check("wapiti finds a script that is said back, and headers that are not there", {"Cross Site Scripting", "HTTP Secure Headers"} <= set(found),
              str(found)[:2000])


def who_sees(port, area):
    for account in ACCOUNTS:
        token = Client(port).sign_in(account).token
        if Client(port, token).call("GET", f"/{area}")[0] == 200:
            return token
    raise AssertionError(f"nobody sees {area}")


def scan_areas(folder, port, tap):
    for area in AREAS:
        token = who_sees(port, area)
        asked = ["-H", f"Cookie: returnhub_session={token}", "-H", "Accept: text/html"]
        found, pages = wapiti(folder, f"http://127.0.0.1:{port}/{area}", *asked)
        found = {kind: left for kind, whats in found.items() if (left := [what for what in whats if not KNOWN.search(what)])}
        tap.check(f"wapiti finds nothing under /{area}", not found and pages > 0, f"{pages} pages\n{str(found)[:3000]}")
        print(f"# wapiti, /{area}: {pages} pages")
        status, _ = Client(port, token).call("GET", "/account")
        tap.check("it was signed in to the end", status == 200, status)


def main():
    tap = Tap()
    if "RETURNHUB_LONG" not in os.environ:
        print("1..0 # SKIP a long form")
        return 0
    if shutil.which("sqlmap") is None or shutil.which("wapiti") is None:
        print("1..0 # SKIP there is no sqlmap, or no wapiti")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=100))
        finds_what_is_planted(folder, tap)
        scan_areas(folder, server.port, tap)
        ask_questions(folder, server.port, tap)
        status, _ = Client(server.port).call("GET", "/ping")
        tap.check("after all of it the server works", status == 200)
        server.stop()
    return tap.done()


sys.exit(main())
