"""Aim: no page template lets a value out unescaped or into a place where escaping does not help. The lint must find each planted
fault, and nothing in the templates themselves.

Rules: no raw value ({{{x}}} or {{&x}}); every attribute value in double quotes; no value inside <script>, <style>, or an
attribute that is code (on..., style, srcdoc); addresses begin with "/", "#" or a value made by a handler, never with a
scheme; every posted form carries the session's token; every partial and page is there, and used.
"""
import os
import re
import sys

SOURCE = os.environ.get("RETURNHUB_SOURCE", ".")
RAW_ALLOWED = ()  # no template may write a value raw
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\{\{.*?\}\}|\"[^\"]*\"|[^<>\"])*)>", re.S)
MUSTACHE = re.compile(r"\{\{.*?\}\}", re.S)
ADDRESSES = ("href", "src", "action", "formaction")
CODE = re.compile(r"^(on.*|style|srcdoc)$", re.I)


def faults_of_attributes(tag, text):
    """Walks over `name="value"` pairs; sections around a whole pair are allowed."""
    rest = text
    while True:
        rest = rest.lstrip()
        section = re.match(r"\{\{[#^/][a-z_.]+\}\}", rest)
        if section:
            rest = rest[section.end():]
            continue
        if rest in ("", "/"):
            return
        pair = re.match(r"([a-zA-Z:_-]+)(?:=(\"[^\"]*\"|[^\s>]*))?", rest)
        if not pair:
            yield f"<{tag}>: not an attribute: {rest[:40]!r}"
            return
        rest = rest[pair.end():]
        name, value = pair.group(1), pair.group(2)
        if value is None:
            continue
        if not value.startswith('"'):
            yield f"<{tag}>: the value of {name} is not in double quotes"
            continue
        value = value[1:-1]
        if CODE.match(name):
            yield f"<{tag}>: the attribute {name} is code"
        if name in ADDRESSES and not re.match(r"^(/(?!/)|#|\{\{[a-z_.]+\}\})", value):
            yield f"<{tag}>: the address in {name} begins with {value[:20]!r}"


def faults_of(name, text):
    text = re.sub(r"\{\{!.*?\}\}|\{\{<[a-z_]+\}\}", "", text, flags=re.S)  # comments, and layouts
    if name not in RAW_ALLOWED and re.search(r"\{\{\{|\{\{\s*&", text):
        yield "a value is written raw"
    if re.search(r"\{\{=", text):
        yield "delimiters are changed"
    for element in ("script", "style"):
        for inside in re.findall(rf"<{element}\b[^>]*>(.*?)</{element}>", text, re.S):
            if inside.strip():
                yield f"something stands inside <{element}>"
    for close, tag, attributes in TAG.findall(text):
        if not close:
            yield from faults_of_attributes(tag, attributes)
    # What is left of "<" after all tags belongs to no tag: a quote was not closed.
    left = TAG.sub("", text)
    left = left.replace("<!DOCTYPE html>", "")
    if "<" in left:
        yield f"a tag is not well-formed near {left[left.index('<'):][:40]!r}"
    for form in re.findall(r"<form method=\"post\".*?</form>", text, re.S):
        if "form_token" not in form:
            yield "a posted form without the session's token"


PLANTED = {
    "a raw value": "<p>{{{name}}}</p>",
    "a raw value with an ampersand": "<p>{{& name}}</p>",
    "an attribute without quotes": "<a href={{href}}>x</a>",
    "an attribute in single quotes": "<p class='{{kind}}'>x</p>",
    "a value in a script": "<script>let name = \"{{name}}\";</script>",
    "a value in a style": "<style>p { color: {{colour}} }</style>",
    "a handler attribute": "<p onclick=\"go('{{name}}')\">x</p>",
    "a style attribute": "<p style=\"color: {{colour}}\">x</p>",
    "an address with a scheme": "<a href=\"javascript:{{name}}\">x</a>",
    "an address of another host": "<a href=\"//{{host}}/\">x</a>",
    "a value as an attribute": "<p {{attributes}}>x</p>",
    "other delimiters": "{{=<% %>=}}<p>x</p>",
    "a quote that is not closed": "<p class=\"a>x</p>",
    "a form without a token": "<form method=\"post\" action=\"/x\"><button type=\"submit\">x</button></form>",
}
FINE = {
    "a section around an attribute": "<input id=\"{{id}}\"{{#checked}} checked{{/checked}}{{#by}} aria-describedby=\"{{.}}\"{{/by}}>",
    "a section inside a value": "<p class=\"a{{#b}} b{{/b}}\">x</p>",
    "an address by a handler": "<a href=\"{{href}}/approval\">x</a>",
}


def references(folder):
    """Templates named by C code and by other templates."""
    named = set()
    web = os.path.join(SOURCE, "src", "web")
    for file in os.listdir(web):
        if file.endswith(".c"):
            with open(os.path.join(web, file), encoding="utf-8") as stream:
                text = stream.read()
            named.update(re.findall(r'"([a-z_]+)"', text))
    partials = set()
    for file in os.listdir(folder):
        if file.endswith(".html"):
            with open(os.path.join(folder, file), encoding="utf-8") as stream:
                partials.update(re.findall(r"\{\{[><]\s*([a-z_]+)\s*\}\}", stream.read()))
    return named, partials


def checks():
    folder = os.path.join(SOURCE, "pages")
    names = sorted(file for file in os.listdir(folder) if file.endswith(".html"))
    named, partials = references(folder)
    for title, text in PLANTED.items():
        yield f"finds {title}", [] if list(faults_of("planted", text)) else ["it was not found"]
    for title, text in FINE.items():
        yield f"allows {title}", list(faults_of("fine", text))
    for file in names:
        with open(os.path.join(folder, file), encoding="utf-8") as stream:
            yield f"{file} is safe", list(faults_of(file, stream.read()))
        name = file[:-len(".html")]
        yield f"{file} is used", [] if name in named or name in partials else ["nothing names it"]
    missing = sorted(partials - {file[:-len(".html")] for file in names})
    yield "every partial is there", missing


def main():
    number = failed = 0
    for name, faults in checks():
        number += 1
        failed += 1 if faults else 0
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in faults:
            print(f"# {fault}")
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
