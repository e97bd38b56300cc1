#!/usr/bin/env python3
"""Aim: however many streams an account opens, over a real server, everybody else has theirs; the newest of an account are those that go on;
and a stream ends within seconds when its session was signed out, ended from beside the server, or its account closed."""
import os
import select
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo, no_pace, run  # noqa: E402

PROMPTLY = 6  # seconds: a part is asked for every second, and this machine may be busy


class Stream:
    """One that is open: what came, and whether it is over."""

    def __init__(self, port, token, path="/events", accept="text/event-stream"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        self.text = b""
        self.over = False
        while b"\r\n" not in self.text:
            self.read()
        self.status = int(self.text.split()[1])

    def read(self):
        got = self.socket.recv(65536)
        self.text += got
        self.over = self.over or not got

    def look(self):
        """Reads what is there."""
        while not self.over and select.select([self.socket], [], [], 0)[0]:
            self.read()
        return self

    def close(self):
        self.socket.close()


def ended_properly(stream):
    return stream.over and stream.text.endswith(b"\r\n0\r\n\r\n")


def over_after(streams, seconds=PROMPTLY):
    """How many seconds it took until all were over; None when they are not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if all(stream.look().over for stream in streams):
            return time.monotonic() - began
        time.sleep(0.05)
    return None


def open_ones(streams):
    return [not stream.look().over for stream in streams]


def check_greed(tap, port):
    greedy = Client(port).sign_in("caseworker").token
    streams = []
    for _ in range(300):
        streams.append(Stream(port, greedy))
    let_in = [stream for stream in streams if stream.status == 200]
    refused = [stream for stream in streams if stream.status == 429]
    tap.check("of 300 streams of one session some are let in, the rest are refused", len(let_in) + len(refused) == 300 and refused and len(let_in) < 256,
              (len(let_in), len(refused)))
    tap.check("whoever is refused is told when it is right again", refused and all(b"\r\nRetry-After: 2\r\n" in stream.text for stream in refused))
    others = [Stream(port, Client(port).sign_in(name).token) for name in ("monitor", "authorising", "statistician")]
    tap.check("others have their streams", [stream.status for stream in others] == [200] * 3, [stream.text[:200] for stream in others])
    over_after(let_in, 4)
    left = [stream for stream in let_in if not stream.look().over]
    tap.check("after a moment four go on, and they are the newest", left == let_in[-4:], open_ones(let_in))
    tap.check("those that gave way ended as a stream ends, and ask for patience",
              all(ended_properly(stream) and b"retry: 60000\n\n" in stream.text for stream in let_in[:-4]))
    tap.check("of others none gave way", open_ones(others) == [True] * 3)
    for stream in streams + others:
        stream.close()


def check_many_sessions(tap, port):
    tokens = [Client(port).sign_in("monitor").token for _ in range(8)]
    streams = []
    for token in tokens:
        streams += [Stream(port, token) for _ in range(3)]
        time.sleep(1.5)
    over_after(streams, 4)
    tap.check("an account holds twelve, over all its sessions", open_ones(streams) == [False] * 12 + [True] * 12, open_ones(streams))
    for stream in streams:
        stream.close()


def check_tabs(tap, port):
    """A page after the other, each closing its stream before the next: none that is open gives way."""
    token = Client(port).sign_in("authorising").token
    stays = [Stream(port, token) for _ in range(3)]
    for _ in range(40):
        Stream(port, token).close()
        time.sleep(0.02)
    time.sleep(2)
    tap.check("whoever goes from page to page loses no other stream", open_ones(stays) == [True] * 3)
    for stream in stays:
        stream.close()


def check_ends(tap, store, port):
    administrator = Client(port).sign_in("admin")
    changes = ("/changes?after=0", "application/x-ndjson")
    for what, name, end in (
            ("signed out", "caseworker", lambda client: client.call("POST", "/sign-out", {})),
            ("ended from beside", "caseworker", lambda client: run("account", "end-sessions", "caseworker", "--store", store, "--as", "admin",
                                                                    "--reason", "a test")),
            ("of an account that was closed", "monitor", lambda client: administrator.call("POST", "/accounts/monitor/close", {"reason": "a test"}))):
        client = Client(port).sign_in(name)
        streams = [Stream(port, client.token), Stream(port, client.token, *changes)]
        time.sleep(1.5)
        tap.check(f"a session has its streams: {what}", open_ones(streams) == [True, True], [stream.text[:300] for stream in streams])
        done = end(client)
        took = over_after(streams)
        tap.check(f"a session {what} keeps no stream", took is not None and all(ended_properly(stream) for stream in streams), (took, done))
        before = [len(stream.text) for stream in streams]
        tap.check("and is told nothing of why in it", all(b"/problems/" not in stream.text for stream in streams), before)
        again = Stream(port, client.token)
        tap.check("nor gets another", again.status == 401, again.text[:200])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rh-streams-") as folder:
        store = make_demo(folder, people=100)
        server = Server(store, options=no_pace(folder))
        check_greed(tap, server.port)
        check_many_sessions(tap, server.port)
        check_tabs(tap, server.port)
        check_ends(tap, store, server.port)
        server.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
