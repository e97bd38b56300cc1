"""Aim: what the document of the API says is so: the story of tests/api/story.py is told through a proxy (Prism) that reads docs/api/openapi.json and
answers 500 where a request or an answer is not as the document says. A document that says something else is found: the same story is told
through a proxy with a document in which one field has another type."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
import story  # noqa: E402
from desk import Server, Tap, make_demo  # noqa: E402

SOURCE = os.environ["RETURNHUB_SOURCE"]
DOCUMENT = os.path.join(SOURCE, "docs", "api", "openapi.json")
PRISM = os.path.join(SOURCE, "node_modules", "@stoplight", "prism-cli", "dist", "index.js")


class Proxy:
    """Prism in front of the server, on a free port."""

    def __init__(self, document, port):
        self.port = free_port()
        self.process = subprocess.Popen(
            ["node", PRISM, "proxy", document, f"http://127.0.0.1:{port}", "--errors", "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        said = ""
        for line in self.process.stdout:
            said += line
            if re.search(r"Prism is listening", line):
                break
        else:
            raise AssertionError(f"the proxy did not start: {said[-2000:]}")
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)
        self.drain.wait(timeout=20)


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def through(document, port, tell):
    proxy = Proxy(document, port)
    try:
        return tell(proxy.port)
    finally:
        proxy.stop()


def for_the_proxy(folder):
    """The document as it is, but for one thing: a condition has conditions in it, which the proxy reads one level deep. What is in them all is
    held against the document by tests/api/contract.cjs."""
    with open(DOCUMENT, encoding="utf-8") as file:
        document = json.load(file)
    del document["components"]["schemas"]["Condition"]["additionalProperties"]
    path = os.path.join(folder, "openapi.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path


def is_found_out(folder, port):
    with open(for_the_proxy(folder), encoding="utf-8") as file:
        document = json.load(file)
    document["components"]["schemas"]["Health"]["properties"]["status"] = {"description": "Wrong", "type": "integer"}
    wrong = os.path.join(folder, "wrong.json")
    with open(wrong, "w", encoding="utf-8") as file:
        json.dump(document, file)
    status, answer = through(wrong, port, lambda at: story.Client(at).call("GET", "/health"))
    return status == 500 and "VIOLATIONS" in json.dumps(answer)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=120, seed=7))
        faults = []
        try:
            tap.check("a document that says something else is found", is_found_out(folder, server.port))
            count = through(for_the_proxy(folder), server.port, lambda port: story.everything(port, faults))
        finally:
            server.stop()
        tap.check(f"{count} requests and their answers are as the document says", not faults, "\n".join(faults))
        tap.check("the story is as long as ever", count > 800, count)
    return tap.done()


sys.exit(main())
