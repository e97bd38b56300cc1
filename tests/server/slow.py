#!/usr/bin/env python3
"""Aim: a thousand connections that send or read as slowly as they can keep nobody else waiting. A third of them let a byte of a head
come now and then, a third a byte of a body, a third ask for a page and do not read it. Meanwhile an innocent client asks again and
again, each time over a connection of its own: 99 of 100 answers come within 200 ms. All slow senders are cut off by the deadlines.

Here 300 connections and a limit that a busy machine keeps; 1,000 and 200 ms under script/check-long (RETURNHUB_LONG)."""
import os
import re
import resource
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Server, Tap, make_demo  # noqa: E402

LONG = "RETURNHUB_LONG" in os.environ
COUNT = 1000 if LONG else 300
LIMIT_MS = 200 if LONG else 2000
SECONDS = 16  # well beyond the 5 s of a head and the 10 s of a body
HEAD = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"


class Slow:
    def __init__(self, port, kind, asset):
        self.kind = kind
        self.ended_after = None
        self.socket = socket.socket()
        if kind == "reads":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        first = {"head": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
                 "body": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                         b"Content-Length: 1000\r\n\r\n",
                 "reads": b"GET " + asset + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"}[kind]
        self.socket.send(first)
        self.began = time.monotonic()

    def drip(self):
        """A byte; whether the server still listens."""
        if self.ended_after is not None or self.kind == "reads":
            return
        try:
            self.socket.send(b"a")
            self.socket.recv(1)  # an answer is the end
            self.ended_after = time.monotonic() - self.began
        except BlockingIOError:
            pass
        except OSError:
            self.ended_after = time.monotonic() - self.began


def ask(port):
    """The milliseconds that one whole exchange took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(HEAD + b"Connection: close\r\n\r\n")
        answer = b""
        while True:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.rstrip().endswith(b"</html>"):
        raise AssertionError(answer[:200])
    return (time.monotonic() - began) * 1000


def find_asset(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(HEAD + b"Connection: close\r\n\r\n")
        text = b""
        while part := connection.recv(65536):
            text += part
    return re.search(rb'href="(/assets/[^"]+\.css)"', text).group(1)


def siege(port):
    asset = find_asset(port)
    slow = [Slow(port, ("head", "body", "reads")[i % 3], asset) for i in range(COUNT)]
    taken = []
    end = time.monotonic() + SECONDS
    next_drip = 0.0
    while time.monotonic() < end:
        if time.monotonic() >= next_drip:
            for one in slow:
                one.drip()
            next_drip = time.monotonic() + 1
        taken.append(ask(port))
        time.sleep(0.005)
    return slow, sorted(taken)


def main():
    tap = Tap()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=100))
        slow, taken = siege(server.port)
        p99 = taken[int(len(taken) * 0.99)]
        print(f"# {COUNT} slow connections, {len(taken)} innocent requests: median {taken[len(taken) // 2]:.1f} ms, p99 {p99:.1f} ms, "
              f"worst {taken[-1]:.1f} ms")
        tap.check(f"99 of 100 innocent answers come within {LIMIT_MS} ms", p99 < LIMIT_MS, f"{p99:.1f} ms")
        for kind in ("head", "body"):
            left = [one for one in slow if one.kind == kind and one.ended_after is None]
            tap.check(f"who sends a {kind} slowly is cut off", not left, f"{len(left)} are connected still")
        for one in slow:
            one.socket.close()
        tap.check("then all is as before", ask(server.port) < 5000)
        server.stop()
    return tap.done()


sys.exit(main())
