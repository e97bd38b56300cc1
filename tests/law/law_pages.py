#!/usr/bin/env python3
"""Aim: docs/law is what the rulebooks say today, for each of them. The pages kept are those the program writes; the PDF is sound,
the same each time, and has every safeguard, reason and source; what is not verified is marked everywhere; and the drawing, read back
line by line, shows exactly the steps of the text, no line through a box and no two on each other.

The rulebooks are read here by a few regular expressions, not by the program. Each check is shown a planted fault, too.

A PDF takes long under the sanitizers: that it is the same each time is seen of one rulebook, drawn at random, and of all of them under
script/check-long (RETURNHUB_LONG)."""
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = os.environ["RETURNHUB_SOURCE"]
BINARY = os.path.join(os.environ["RETURNHUB_BUILD"], "src", "cli", "returnhub")
RULEBOOKS = os.path.join(ROOT, "rulebooks")
LAW = os.path.join(ROOT, "docs", "law")
LONG = bool(os.environ.get("RETURNHUB_LONG"))
SEED = int(os.environ.get("RETURNHUB_SEED", time.time_ns() % 2**32))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import docs_law  # noqa: E402

TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
SVG = "{http://www.w3.org/2000/svg}"
# Widths in thousandths of the letter's size, from the Adobe font metrics of Helvetica, which Liberation Sans keeps.
WIDTHS = dict(zip("abcdefghijklmnopqrstuvwxyz", (556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556,
                                                 333, 500, 278, 556, 500, 722, 500, 500, 500)))
WIDTHS.update(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778,
                                                 722, 667, 611, 722, 667, 944, 667, 667, 611)))
WIDTHS.update({" ": 278, ".": 278, ",": 278, "(": 333, ")": 333, "-": 333, "'": 191, ":": 278, "/": 278})


def items(folder):
    """(keyword, name, lines) of every item of a rulebook, without comments."""
    found = []
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".rules"):
            continue
        for line in open(os.path.join(folder, file), encoding="utf-8"):
            line = re.sub(r'^((?:[^"#]|"(?:[^"\\]|\\.)*")*)#.*', r"\1", line.rstrip("\n"))
            if line and not line[0].isspace():
                words = line.split()
                found.append((words[0], words[1] if len(words) > 1 else "", [line]))
            elif line.strip():
                found[-1][2].append(line)
    return found


def plain(text):
    return re.sub(r"\\(.)", r"\1", text)


def texts_after(lines, keyword):
    """The texts of each line that begins with a keyword, joined as the language joins them; and whether `unverified` follows."""
    whole = "\n".join(lines)
    pattern = rf'^[ \t]*{keyword}\s+((?:"(?:[^"\\]|\\.)*"[ \t]*(?:\n[ \t]*(?="))?)+)(unverified\b)?'
    return [(" ".join(plain(part) for part in TEXT.findall(match[1])), bool(match[2]))
            for match in re.finditer(pattern, whole, flags=re.M)]


def packed(text):
    return re.sub(r"[\s\u00a0\u2028]", "", text)


def pdf_text(pdf):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        return subprocess.run(["pdftotext", "-raw", file.name, "-"], capture_output=True, check=True).stdout.decode()


def pages(text):
    return re.sub(r"(?m)^(Rulebook \w+, identity [0-9a-f]{12}|Page \d+ of \d+)$", "", text)


def missing_from_pdf(folder, text):
    """What the rulebook says and the PDF does not."""
    body = packed(pages(text))
    missing = []
    unverified = 0
    for keyword, name, lines in items(folder):
        if keyword in ("safeguard", "step", "stage", "clock", "calendar", "holidays", "fact", "define", "notice"):
            for source, doubtful in texts_after(lines, "source"):
                unverified += doubtful
                if packed(source + (" Not verified" if doubtful else "")) not in body:
                    missing.append(f"{keyword} {name}: source {source}")
        if keyword == "safeguard":
            wanted = [reason for reason, _ in texts_after(lines, "reason")] + [f"safeguard {name} clear when"]
            wanted += [title for title, _ in texts_after(lines, "example")]
            missing += [f"safeguard {name}: {part}" for part in wanted if packed(part) not in body]
        if keyword in ("step", "stage", "fact", "clock", "notice", "role"):
            title = plain(TEXT.search("\n".join(lines))[1])
            if packed(title) not in body:
                missing.append(f"{keyword} {name}: {title}")
    marks = body.count("Notverified")
    if marks != 2 * unverified + 1:  # beside each, again in Annex A, and where the mark is explained
        missing.append(f"{marks} marks of {unverified} sources that are not verified")
    return missing


# --- the drawing

def steps_of(folder):
    """Every pair of stages, by their places in the text, between which a step leads."""
    found = items(folder)
    stages = [name for keyword, name, _ in found if keyword == "stage"]
    outcomes = {name for keyword, name, lines in found if keyword == "stage" and re.search(r"\boutcome\b", re.sub(TEXT, "", " ".join(lines)))}
    pairs = set()
    for keyword, _, lines in found:
        if keyword != "step":
            continue
        words = re.sub(TEXT, "", "\n".join(lines[1:]))
        origin = re.search(r"\bfrom\s+((?:\w+\s*,\s*)*\w+(?: stage)?)", words)[1]
        goal = re.search(r"^\s*to\s+(the same stage|\w+)", words, flags=re.M)[1]
        if goal == "the same stage":
            continue
        begin = [name for name in stages if name not in outcomes] if origin.startswith("any") else re.split(r"\s*,\s*", origin.strip())
        pairs |= {(stages.index(name), stages.index(goal)) for name in begin if name != goal}
    return pairs, len(stages)


class Drawing:
    def __init__(self, html):
        svg = xml.etree.ElementTree.fromstring(re.search(r"<svg.*?</svg>", html, flags=re.S)[0].replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1))
        boxes = [tuple(int(rect.get(key)) for key in ("x", "y", "width", "height")) for rect in svg.iter(SVG + "rect")
                 if rect.get("fill") != "none"]
        self.boxes = sorted(boxes, key=lambda box: box[1])
        self.words = [(int(text.get("x")), int(text.get("y")), int(text.get("font-size")), text.text) for text in svg.iter(SVG + "text")]
        self.dots = {(int(dot.get("cx")), int(dot.get("cy"))) for dot in svg.iter(SVG + "circle")}
        self.lines = [([tuple(map(int, point.split())) for point in re.split("[ML]", path.get("d"))[1:]], path.get("marker-end") is not None)
                      for path in svg.iter(SVG + "path") if path.get("fill") == "none"]

    def box_at(self, point):
        for index, (x, y, width, height) in enumerate(self.boxes):
            if x <= point[0] <= x + width and y <= point[1] <= y + height:
                return index
        return None

    def pairs(self):
        """What the lines say: each gathers stages at its dots and leads to one."""
        found = set()
        for points, arrow in self.lines:
            if not arrow:
                continue
            to = self.box_at(points[-1])
            if len(points) == 2:
                found.add((self.box_at(points[0]), to))
                continue
            lane, ends = points[0][0], sorted((points[0][1], points[1][1]))
            for others, other_arrow in self.lines:
                end = others[-1]
                if not other_arrow and end[0] == lane and ends[0] <= end[1] <= ends[1] and end in self.dots:
                    found.add((self.box_at(others[0]), to))
        return found

    def faults(self):
        found = []
        for index, (x, y, width, height) in enumerate(self.boxes):
            for other in self.boxes[:index]:
                if y < other[1] + other[3] and other[1] < y + height and x < other[0] + other[2] and other[0] < x + width:
                    found.append(f"boxes {other} and {(x, y, width, height)} overlap")
        for x, y, size, text in self.words:
            box = self.boxes[self.box_at((x, y))] if self.box_at((x, y)) is not None else None
            width = sum(WIDTHS.get(letter, 800) for letter in text) * size / 1000
            if box is None or x + width > box[0] + box[2] or y - size < box[1] or y + size / 4 > box[1] + box[3]:
                found.append(f"'{text}' is not inside its box")
        pieces = [(number, *sorted((points[i], points[i + 1]))) for number, (points, _) in enumerate(self.lines) for i in range(len(points) - 1)]
        for number, a, b in pieces:
            if a[0] != b[0] and a[1] != b[1]:
                found.append(f"the line {a} {b} is neither upright nor level")
            for x, y, width, height in self.boxes:
                if a[0] < x + width and b[0] > x and a[1] < y + height and b[1] > y:
                    found.append(f"the line {a} {b} goes through the box at {x}, {y}")
            for other, c, d in pieces:
                if other <= number:
                    continue
                upright = a[0] == b[0] == c[0] == d[0] and max(a[1], c[1]) < min(b[1], d[1])
                level = a[1] == b[1] == c[1] == d[1] and max(a[0], c[0]) < min(b[0], d[0])
                if upright or level:
                    found.append(f"the lines {a} {b} and {c} {d} lie on each other")
        return found


# --- the checks

def read(path):
    with open(path, "rb") as file:
        return file.read()


def links_to_nothing(html):
    ids = re.findall(r' id="([^"]+)"', html)
    twice = {name for name in ids if ids.count(name) > 1} if len(ids) != len(set(ids)) else set()
    return sorted(twice | (set(re.findall(r'href="#([^"]+)"', html)) - set(ids)))


def check(name, twice):
    folder = os.path.join(RULEBOOKS, name)
    html = docs_law.show(BINARY, folder, "html")
    page = html.decode()
    pdf = docs_law.show(BINARY, folder, "pdf")
    text = pdf_text(pdf)
    kept = os.path.join(LAW, name + ".html")
    drawing = Drawing(page)
    pairs, stage_count = steps_of(folder)
    again = "ninja -C build/release docs-law"

    def kept_is_written():
        assert os.path.exists(kept) and read(kept) == html, f"{kept} is not what the program writes: {again}"
        assert read(os.path.join(LAW, name + ".pdf")).startswith(b"%PDF-"), again

    def leads_somewhere():
        assert links_to_nothing(page) == [], links_to_nothing(page)[:10]
        assert links_to_nothing(page.replace(' id="facts"', "", 1)) == ["facts"]
        assert "<script" not in page and "http" not in page

    def pdf_is_sound():
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            outcome = subprocess.run(["qpdf", "--check", file.name], capture_output=True, text=True)
            assert outcome.returncode == 0, outcome.stdout + outcome.stderr
            about = subprocess.run(["pdfinfo", file.name], capture_output=True, text=True, check=True).stdout
        count = int(re.search(r"Pages:\s+(\d+)", about)[1])
        numbers = [(int(a), int(b)) for a, b in re.findall(r"(?m)^Page (\d+) of (\d+)$", text)]
        assert numbers == [(number, count) for number in range(1, count + 1)], numbers[:5]
        assert re.search(r"(?m)^Title:\s+\S", about)

    def pdf_is_the_same():
        assert docs_law.show(BINARY, folder, "pdf") == pdf

    def pdf_says_all():
        missing = missing_from_pdf(folder, text)
        assert missing == [], missing[:10]
        source = next(source for keyword, _, lines in items(folder) if keyword == "safeguard" for source, _ in texts_after(lines, "source"))
        assert missing_from_pdf(folder, text.replace(source.split()[0], "")) != [], "a missing source was not noticed"

    def drawing_says_the_steps():
        assert len(drawing.boxes) == stage_count
        assert drawing.pairs() == pairs, (sorted(pairs - drawing.pairs())[:5], sorted(drawing.pairs() - pairs)[:5])
        drawing.lines.pop(0)
        assert drawing.pairs() != pairs, "a missing line was not noticed"

    def drawing_is_legible():
        fresh = Drawing(page)
        assert fresh.faults() == [], fresh.faults()[:5]
        fresh.lines.append(([(fresh.boxes[0][0] + 5, 0), (fresh.boxes[0][0] + 5, 9999)], False))
        assert fresh.faults() != [], "a line through boxes was not noticed"

    return [(f"{name}: docs/law/{name}.html is what the program writes today", kept_is_written),
            (f"{name}: every link of the page leads somewhere, and nowhere else", leads_somewhere),
            (f"{name}: the PDF is sound, its pages numbered", pdf_is_sound),
            *([(f"{name}: the PDF is the same each time", pdf_is_the_same)] if twice else []),
            (f"{name}: the PDF has every safeguard, reason, example and source, marked where not verified", pdf_says_all),
            (f"{name}: the drawing shows the steps of the text, and no others", drawing_says_the_steps),
            (f"{name}: in the drawing nothing lies on anything else", drawing_is_legible)]


def random_rulebook(draw):
    """Stages that can all be reached and left, and many more steps, as a text."""
    count = draw.choice([3, 12, 35])
    ends = max(1, count // 6)
    steps = [([draw.randrange(min(goal, count - ends))], goal) for goal in range(1, count)]
    steps += [([begin], count - 1) for begin in range(count - ends)]
    steps += [(draw.sample(range(count), draw.randint(1, min(4, count))), draw.randrange(count)) for _ in range(2 * count)]
    steps.append((None, count - 1))
    text = 'rulebook drawn\n  title "Drawn"\n  in force from 2026-01-01\n'
    for stage in range(count):
        mark = " start" if stage == 0 else " outcome" if stage >= count - ends else ""
        text += f'stage s{stage} "Stage {"of Many WORDS and more " * draw.randint(0, 2)}{stage}"{mark}\n'
    for number, (begin, goal) in enumerate(steps):
        origin = "any stage" if begin is None else ", ".join(f"s{stage}" for stage in begin)
        text += f'step t{number} "Step {number}"\n  from {origin}\n  to s{goal}\n'
    return text


def drawings_of_any_rulebook():
    draw = random.Random(SEED)
    for _ in range(12):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "drawn.rules"), "w", encoding="utf-8") as file:
                file.write(random_rulebook(draw))
            drawing = Drawing(docs_law.show(BINARY, folder, "html").decode())
            pairs, stage_count = steps_of(folder)
            assert len(drawing.boxes) == stage_count and drawing.pairs() == pairs, f"seed {SEED}"
            assert drawing.faults() == [], f"seed {SEED}: {drawing.faults()[:3]}"


def index_is_written():
    assert read(os.path.join(LAW, "README.md")).decode() == docs_law.index(BINARY, RULEBOOKS), "ninja -C build/release docs-law"
    wanted = {"README.md"} | {f"{name}.{form}" for name in docs_law.folders(RULEBOOKS) for form in ("html", "pdf")}
    assert set(os.listdir(LAW)) == wanted, os.listdir(LAW)


def main():
    checks = [("docs/law/README.md lists every rulebook", index_is_written),
              ("random procedures are drawn as they are, and nothing lies on anything else", drawings_of_any_rulebook)]
    print(f"# seed {SEED} (RETURNHUB_SEED)")
    names = docs_law.folders(RULEBOOKS)
    drawn = random.Random(SEED).choice(names)
    for name in names:
        checks += check(name, LONG or name == drawn)
    print(f"1..{len(checks)}")
    failed = 0
    for number, (aim, run) in enumerate(checks, 1):
        try:
            run()
            print(f"ok {number} - {aim}")
        except AssertionError as fault:
            failed += 1
            print(f"not ok {number} - {aim}")
            for line in str(fault).splitlines()[:20]:
                print(f"# {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
