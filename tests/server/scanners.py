#!/usr/bin/env python3
"""Aim: two scanners of other people's making find nothing in the desk of a demonstration, signed in: wapiti walks through the pages and
sends its attacks wherever it may send anything, sqlmap tries queries and forms for SQL. Each is held to have tried: how much it sent is
counted at the server's side by what it says itself.

Long form alone (script/check-long): it takes minutes, and the two come with Debian's packages of the same names."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo  # noqa: E402

MODULES = "backup,blindsql,buster,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,ssrf,xss,xxe"
SECONDS = int(os.environ.get("RETURNHUB_SCAN_SECONDS", "240"))
# wapiti 3.0.4 cannot leave an address out under Python 3.11 (its own pattern is no pattern there): the sign-out is, for it would end
# the session with which everything else is tried.
WAPITI = """
import fnmatch, re, runpy, sys
import wapitiCore.net.crawler as crawler
crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))
sys.argv[0] = "wapiti"
runpy.run_path("/usr/bin/wapiti", run_name="__main__")
"""


def wapiti(folder, port, token, tap):
    report = os.path.join(folder, "wapiti.json")
    outcome = subprocess.run(["/usr/bin/python3", "-c", WAPITI, "-u", f"http://127.0.0.1:{port}/", "-s", f"http://127.0.0.1:{port}/people", "-s", f"http://127.0.0.1:{port}/account",
                    "-s", f"http://127.0.0.1:{port}/hubs", "-H", f"Authorization: Bearer {token}", "-H", "Accept: text/html",
                    "-x", f"http://127.0.0.1:{port}/sign-out", "-m", MODULES, "--scope", "domain", "-d", "4", "--max-links-per-page", "40",
                    "--max-files-per-dir", "10", "--max-scan-time", str(SECONDS), "--max-attack-time", "60", "--flush-session", "--store-session",
                    folder, "-v", "0", "-f", "json", "-o", report], capture_output=True, text=True, timeout=4 * SECONDS, check=False)
    if not os.path.exists(report):
        tap.check("wapiti goes to its end", False, (outcome.stdout + outcome.stderr)[-3000:])
        return
    with open(report, encoding="utf-8") as file:
        found = json.load(file)
    pages = found["infos"].get("crawled_pages_nbr", 0)
    print(f"# wapiti went through {pages} pages and forms")
    tap.check("wapiti finds its way through the desk", pages >= 20, f"{pages}")
    for kind, items in sorted({**found["vulnerabilities"], **found["anomalies"]}.items()):
        # It asks for a token of the form beside an Authorization header that no other site can send, and for a year of HSTS without TLS.
        rest = [item for item in items if kind not in ("Cross Site Request Forgery",) and "HSTS" not in item["info"]
                and "Strict-Transport-Security" not in item["info"]]
        tap.check(f"wapiti finds nothing: {kind}", not rest, "\n".join(f"{item['method']} {item['path']} {item['info']}" for item in rest[:10]))


def sqlmap(folder, port, token, tap):
    targets = [("the search", ["-u", f"http://127.0.0.1:{port}/people?text=a&stage=exhausted&hub=H&alike=yes"]),
               ("an address", ["-u", f"http://127.0.0.1:{port}/requests/1*"]),
               ("the looks", ["-u", f"http://127.0.0.1:{port}/looks?person=RH-1&account=a"]),
               ("the sign-in", ["-u", f"http://127.0.0.1:{port}/sign-in", "--data", "username=a&password=b&code=1"]),
               ("a body of JSON", ["-u", f"http://127.0.0.1:{port}/people", "--data", "{\"name\":\"a*\",\"registered_on\":\"2023-01-01\"}"])]
    for name, words in targets:
        outcome = subprocess.run(["sqlmap", *words, "-H", f"Authorization: Bearer {token}", "--batch", "--level", "2", "--risk", "2", "--dbms",
                                  "sqlite", "--technique", "BEUSQ", "--flush-session", "--output-dir", folder, "--ignore-code", "*",
                                  "--threads", "4", "--disable-coloring"], capture_output=True, text=True, timeout=2 * SECONDS, check=False)
        text = outcome.stdout
        tried = len(re.findall(r"testing '", text))
        injectable = re.search(r"identified the following injection point|is vulnerable|appears to be '.*' injectable", text)
        tap.check(f"sqlmap finds nothing in {name}, having tried", injectable is None and tried >= 5, f"{tried} tests\n{text[-3000:]}")
        print(f"# sqlmap, {name}: {tried} tests")


def main():
    tap = Tap()
    if "RETURNHUB_LONG" not in os.environ:
        print("1..0 # SKIP a long form")
        return 0
    for tool in ("wapiti", "sqlmap"):
        if shutil.which(tool) is None:
            print(f"1..0 # SKIP there is no {tool}")
            return 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=100))
        token = Client(server.port).sign_in("caseworker").token
        wapiti(folder, server.port, token, tap)
        token = Client(server.port).sign_in("protection").token
        sqlmap(folder, server.port, token, tap)
        status, _ = Client(server.port).call("GET", "/ping")
        tap.check("after all of it the server works", status == 200)
        server.stop()
    return tap.done()


sys.exit(main())
