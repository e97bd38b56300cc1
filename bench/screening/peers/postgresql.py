#!/usr/bin/env python3
"""The screening workload in PostgreSQL: a cluster of its own, by a user without rights, one process, warm. Argument: the folder with
people.csv and postgresql.*.sql. The seconds are those that psql reports for the query."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import contest  # noqa: E402

PROGRAMS = "/usr/lib/postgresql/15/bin"
SETTINGS = ("shared_buffers=2GB", "work_mem=256MB", "max_parallel_workers_per_gather=0", "fsync=off", "listen_addresses=")
END = "-- the answer ends here --"


def as_user(command):
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else command


class Cluster:
    def __init__(self, folder):
        self.home = tempfile.mkdtemp(prefix="returnhub-bench-")
        if os.getuid() == 0:
            shutil.chown(self.home, "postgres")
        self.data = os.path.join(self.home, "data")
        self.psql = None
        self.control("initdb", "--auth=trust", "--username=bench", "--pgdata", self.data)
        options = " ".join(f"-c {setting}" for setting in SETTINGS)
        self.control("pg_ctl", "--pgdata", self.data, "--wait", "--log", os.path.join(self.home, "log"),
                     "-o", f"{options} -k {self.home}", "start")
        self.psql = subprocess.Popen(
            ["psql", "--host", self.home, "--username", "bench", "--dbname", "postgres", "--no-psqlrc", "--quiet", "--tuples-only",
             "--no-align", "--field-separator=,"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.ask(self.read(folder, "create") + ";\n\\copy people from '" + os.path.join(folder, "people.csv")
                 + "' with (format csv, header)\nvacuum analyze people;\n\\timing on")

    @staticmethod
    def read(folder, name):
        with open(os.path.join(folder, f"postgresql.{name}.sql"), encoding="utf-8") as file:
            return file.read().strip()

    def control(self, program, *arguments):
        subprocess.run(as_user([os.path.join(PROGRAMS, program), *arguments]), check=True, stdout=subprocess.DEVNULL,
                       cwd=self.home)

    def ask(self, text):
        self.psql.stdin.write(f"{text}\n\\echo {END}\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line.strip() == END:
                break
            if "ERROR" in line or "error:" in line:
                raise SystemExit(f"postgresql: {line}")
            lines.append(line)
        return "".join(lines)

    def stop(self):
        if self.psql:
            self.psql.stdin.close()
            self.psql.wait()
            self.control("pg_ctl", "--pgdata", self.data, "--wait", "--mode=fast", "stop")
        shutil.rmtree(self.home)


def main(folder):
    cluster = Cluster(folder)
    try:
        sums, masks = Cluster.read(folder, "sums"), Cluster.read(folder, "masks")

        def run():
            return float(re.search(r"Time: ([\d.]+) ms", cluster.ask(sums + ";")).group(1)) / 1000

        def answers(path):
            cluster.ask(f"\\copy ({masks}) to '{path}' with (format csv)")

        contest.serve(f"PostgreSQL {cluster.ask('show server_version;').split()[0]}, one process", run, answers)
    finally:
        cluster.stop()


main(sys.argv[1])
