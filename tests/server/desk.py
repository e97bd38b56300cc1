"""A demonstration register and the real server over it, driven from outside: for tests that need both."""
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
import uuid

from demonstration import BINARY, demonstration

PASSWORD = "demonstration-only"


def run(*arguments, expect=0, **options):
    """Runs a command of returnhub; returns what it printed. Another exit status than expected is an error that shows
    everything."""
    outcome = subprocess.run([BINARY, *arguments], capture_output=True, timeout=300, **options)
    if outcome.returncode != expect:
        raise AssertionError(f"returnhub {' '.join(map(str, arguments))}: exit status {outcome.returncode}, "
                             f"expected {expect}\n{outcome.stdout.decode(errors='replace')[-2000:]}\n"
                             f"{outcome.stderr.decode(errors='replace')[-4000:]}")
    return outcome.stdout.decode()


def make_demo(folder, people=200, seed=7):
    return demonstration(folder, people, seed)


def settings_of(folder, text):
    """Options of serve."""
    path = os.path.join(folder, "settings-of-test.ini")
    with open(path, "w") as file:
        file.write(text)
    return "--settings", path


def no_pace(folder):
    """Whoever asks may ask as fast as they can, as a test or a scanner does."""
    return settings_of(folder, "[pace]\nreadings = 0\ncommands = 0\nstrangers = 0\nsign_ins = 0\n")


def password_alone(folder):
    """In a register that is no demonstration, too, a password opens everything."""
    return settings_of(folder, "[sign_in]\nsecond_factor_required = no\n")


class Server:
    """`returnhub serve` as a process of its own on a free port."""

    def __init__(self, store, environment=None, options=()):
        self.process = subprocess.Popen([BINARY, "serve", "--store", store, "--port", "0", *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        match = re.match(r"Serving on http://127\.0\.0\.1:(\d+)", line)
        if not match:
            self.process.kill()
            raise AssertionError(f"the server did not start: {line}{self.process.stderr.read()[-4000:]}")
        self.port = int(match.group(1))
        # Read as it comes, the security log included: a pipe that nobody reads fills up.
        self.errors = []
        self.reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.reader.join()
        errors = "".join(self.errors)
        self.process.stdout.close()
        self.process.stderr.close()
        if status != 0 or "ERROR" in errors:
            raise AssertionError(f"the server ended with {status}: {errors[-4000:]}")


class Client:
    """One keep-alive connection that speaks JSON."""

    def __init__(self, port, token=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.token = token

    def call(self, method, path, body=None, headers=None, raw=None):
        all_headers = {"Accept": "application/json"}
        if self.token:
            all_headers["Authorization"] = f"Bearer {self.token}"
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        self.connection.request(method, path, body=data, headers=all_headers)
        response = self.connection.getresponse()
        text = response.read()
        try:
            return response.status, json.loads(text)
        except (ValueError, UnicodeDecodeError):
            return response.status, text

    def sign_in(self, username, password=PASSWORD):
        status, answer = self.call("POST", "/sign-in", {"username": username, "password": password})
        if status != 200:
            raise AssertionError(f"{username} could not sign in: {status} {answer}")
        self.token = answer["token"]
        return self


def signed_in(port, username, patience=5.0):
    deadline = time.monotonic() + patience
    while True:
        try:
            return Client(port).sign_in(username)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def new_client_id():
    return str(uuid.uuid4())


class Tap:
    """Prints TAP; a check that raises is a failure that shows why."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, aim, outcome, detail=""):
        self.number += 1
        self.failed += not outcome
        print(f"{'ok' if outcome else 'not ok'} {self.number} - {aim}", flush=True)
        if not outcome and detail:
            for line in str(detail).splitlines()[:100]:
                print(f"# {line}", flush=True)

    def run(self, aim, function):
        try:
            function()
        except Exception as failure:  # whatever it is, it is this check's failure
            self.check(aim, False, f"{type(failure).__name__}: {failure}")
        else:
            self.check(aim, True)

    def done(self):
        print(f"1..{self.number}")
        return 1 if self.failed else 0
