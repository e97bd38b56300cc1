"""Aim: every JSON answer that the tests of the web received is as docs/api/openapi.json says. Usage: answers.py PROGRAM...: the programs of
tests/web are run once more, keep what they were answered, and contract.cjs compares."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

with tempfile.TemporaryDirectory() as folder:
    for program in sys.argv[1:]:
        outcome = subprocess.run([program], env={**os.environ, "RETURNHUB_ANSWERS": folder}, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, timeout=600, check=False)
        if outcome.returncode != 0:
            print(f"Bail out! {program} failed: {outcome.stderr.decode(errors='replace')[-400:]}")
            sys.exit(1)
    sys.exit(subprocess.run(["node", os.path.join(HERE, "contract.cjs"), folder], check=False).returncode)
