#!/usr/bin/env python3
"""Writes docs/law: each rulebook as the documents that a lawyer reads and signs, and an index of them.

    ninja -C build/release docs-law
"""
import json
import os
import subprocess
import sys
import tempfile

INDEX = """# The law, to be read and signed

Made from the rulebooks by `returnhub rulebook show FOLDER --format html|pdf`. Do not edit these files: change the text in
[rulebooks/](../../rulebooks/README.md), then write them anew and commit them with the change:

```
ninja -C build/release docs-law
```

Each document has a page with lines to sign; every safeguard beside its source, with the steps it guards and its examples; the stages,
drawn, and the steps between them; definitions, clocks, calendars and facts; and as annexes the sources that nobody has verified, the
instruments cited with what rests on each, and the facts by name.

| rulebook | to read on a screen | to print and sign | safeguards | sources not verified | identity |
| --- | --- | --- | --- | --- | --- |
"""


def folders(rulebooks):
    """Every folder that holds a rulebook, in the order of their names."""
    return sorted(name for name in os.listdir(rulebooks)
                  if os.path.isdir(os.path.join(rulebooks, name))
                  and any(file.endswith(".rules") for file in os.listdir(os.path.join(rulebooks, name))))


def show(binary, folder, form):
    return subprocess.run([binary, "rulebook", "show", folder, "--format", form], stdout=subprocess.PIPE, check=True).stdout


def packed(pdf):
    """The same document in a quarter of the bytes, which the repository keeps."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = os.path.join(folder, "before.pdf"), os.path.join(folder, "after.pdf")
        with open(before, "wb") as file:
            file.write(pdf)
        subprocess.run(["qpdf", "--object-streams=generate", "--compression-level=9", "--recompress-flate", "--deterministic-id",
                        before, after], check=True)
        with open(after, "rb") as file:
            return file.read()


def row(binary, rulebooks, name):
    folder = os.path.join(rulebooks, name)
    checked = json.loads(subprocess.run([binary, "rulebook", "check", folder, "--format", "json"], stdout=subprocess.PIPE,
                                        check=True).stdout)
    return (f"| {name} | [{name}.html]({name}.html) | [{name}.pdf]({name}.pdf) | {checked['safeguards']} | "
            f"{checked['unverified']} | `{checked['identity']}` |\n")


def index(binary, rulebooks):
    return INDEX + "".join(row(binary, rulebooks, name) for name in folders(rulebooks))


def main(binary, root):
    rulebooks = os.path.join(root, "rulebooks")
    law = os.path.join(root, "docs", "law")
    os.makedirs(law, exist_ok=True)
    files = {"README.md": index(binary, rulebooks).encode()}
    for name in folders(rulebooks):
        for form in ("html", "pdf"):
            files[f"{name}.{form}"] = show(binary, os.path.join(rulebooks, name), form)
        files[f"{name}.pdf"] = packed(files[f"{name}.pdf"])
    for name in set(os.listdir(law)) - set(files):
        os.remove(os.path.join(law, name))
    for name, content in sorted(files.items()):
        with open(os.path.join(law, name), "wb") as file:
            file.write(content)
        print(f"docs/law/{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
