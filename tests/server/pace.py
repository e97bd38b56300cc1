#!/usr/bin/env python3
"""Aim: an account, and an address of strangers, that asks more in a minute than the settings allow is told to wait, and for how long, and
nobody else is; who waits comes in again; what is told to everybody alike is not counted. Behind a proxy the addresses are those it names."""
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, PASSWORD, Server, Tap, make_demo, run  # noqa: E402


def asked(client, times, method="GET", path="/account", body=None, address="192.0.2.1"):
    """The statuses, and the last answer."""
    found = []
    for _ in range(times):
        status, answer = client.call(method, path, body, {"X-Forwarded-For": address})
        found.append(status)
    return found, answer


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rh-pace-") as folder:
        store = make_demo(folder, people=100)
        settings = os.path.join(folder, "settings.ini")
        with open(settings, "w") as file:
            file.write("[web]\nproxy = 127.0.0.1\n[pace]\nreadings = 20\ncommands = 3\nstrangers = 10\nsign_ins = 4\n")
        server = Server(store, options=("--settings", settings))
        clerk, other, nobody = Client(server.port), Client(server.port), Client(server.port)
        clerk.token = clerk.call("POST", "/sign-in", {"username": "caseworker", "password": PASSWORD}, {"X-Forwarded-For": "192.0.2.9"})[1]["token"]
        other.token = other.call("POST", "/sign-in", {"username": "monitor", "password": PASSWORD}, {"X-Forwarded-For": "192.0.2.9"})[1]["token"]
        found, answer = asked(clerk, 25)
        tap.check("an account reads so much in a minute, and no more", found[:20] == [200] * 20 and 429 in found[20:], found)
        tap.check("and is told what to do", answer.get("type") == "/problems/too-many" and "seconds" in answer.get("hint", ""), answer)
        tap.check("whence it asks makes no difference", 429 in asked(clerk, 3, address="192.0.2.77")[0])
        tap.check("another account is not held up", asked(other, 10)[0] == [200] * 10)
        found, _ = asked(clerk, 6, "POST", "/language", {"language": "en"})
        tap.check("commands are counted by themselves", 429 not in found[:3] and 429 in found[3:], found)
        tap.check("what is the same for everybody is not counted", asked(clerk, 50, path="/ping")[0] == [200] * 50)
        clerk.connection.request("GET", "/account", headers={"Authorization": f"Bearer {clerk.token}", "Accept": "text/html"})
        page = clerk.connection.getresponse()
        text, wait = page.read().decode(), int(page.getheader("Retry-After") or 0)
        tap.check("a browser reads it, too", page.status == 429 and "Wait a moment" in text and 1 <= wait <= 61, (page.status, wait))
        time.sleep(wait + 0.5)
        tap.check("after that time it is right again", asked(clerk, 1)[0] == [200])
        wrong = {"username": "caseworker", "password": "a wrong one, typed again"}
        found, _ = asked(nobody, 7, "POST", "/sign-in", wrong, "198.51.100.1")
        tap.check("an address tries to sign in so often", found[:4] == [401] * 4 and 429 in found[4:], found)
        tap.check("another may try", asked(nobody, 1, "POST", "/sign-in", wrong, "198.51.100.2")[0] == [401])
        first = asked(nobody, 1, "POST", "/sign-in", wrong, "2001:db8:1:2::1")[0]
        found = [asked(nobody, 1, "POST", "/sign-in", wrong, f"2001:db8:1:2::{i}")[0][0] for i in range(2, 9)]
        tap.check("all addresses of a /64 are one", first == [401] and 429 in found, (first, found))
        tap.check("of the next /64 another", asked(nobody, 1, "POST", "/sign-in", wrong, "2001:db8:1:3::1")[0] == [401])
        found, _ = asked(nobody, 15, path="/releases", address="198.51.100.3")
        tap.check("an address of strangers reads so much", found[:10] == [200] * 10 and 429 in found[10:], found)
        server.stop()
        told = [line for line in server.errors if " too-many - " in line]
        tap.check("it is told to the security log", any('account="caseworker"' in line for line in told)
                  and any('address="198.51.100.1"' in line for line in told), told[:5])
        with open(settings, "w") as file:
            file.write("[pace]\nreadings = -5\n")
        try:
            run("serve", "--store", store, "--port", "0", "--settings", settings, expect=0)
        except AssertionError as failure:
            tap.check("a pace out of bounds is refused", "exit status 3," in str(failure) and "a minute" in str(failure), failure)
        for what, options, limited in (("a demonstration has no limit unless one is set", (store,), False),
                                       ("any other register has", (os.path.join(folder, "own.db"), "--begin"), True)):
            server = Server(options[0], options=options[1:])
            found, _ = asked(Client(server.port), 700, path="/first-account")
            tap.check(what, (429 in found) == limited and 429 not in found[:600], sorted(set(found)))
            server.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
