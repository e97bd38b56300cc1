#!/usr/bin/env python3
"""Aim: what a hostile client sends to the running server is answered as it should be, and nothing that was smuggled behind it is
answered at all. Each row has the name of what is tried. (The rows of the parser alone, some 400, stand in tests/http; here the whole
server is asked, with its sessions, forms and pages.)

Framing, targets and Host: RFC 9110, RFC 9112. Forms, JSON, cookies, sites, redirects, caches: OWASP ASVS 5.0, chapters 2 to 4, 7, 14."""
import json
import os
import re
import socket
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, PASSWORD, Server, Tap, make_demo, run  # noqa: E402

HOST = b"Host: localhost\r\n"
BEHIND = b"GET /ping?smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
JSON = b"Content-Type: application/json\r\n"


def exchange(port, data, wait=10.0):
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        answer = b""
        try:
            connection.sendall(data)
            while part := connection.recv(65536):
                answer += part
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass
    return answer


def statuses(answer):
    return [int(code) for code in re.findall(rb"(?:^|\n|\})HTTP/1\.1 (\d{3}) ", answer)]


def refused(name, data, *codes):
    """A row: refused with one of these, alone, and the connection is closed: what stands behind it is never read as a request."""
    return name, data, codes


def post(path, body, headers=b"", length=None):
    size = len(body) if length is None else length
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + headers + b"Content-Length: %d\r\n\r\n" % size + body


def get(target=b"/ping", headers=HOST):
    return b"GET " + target + b" HTTP/1.1\r\n" + headers + b"\r\n"


SMUGGLED = [
    refused("Content-Length and Transfer-Encoding", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG", 400),
    refused("the same the other way round", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n", 400),
    refused("Transfer-Encoding: chunked alone", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    *[refused(f"Transfer-Encoding written as {value!r}", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
              + b"Transfer-Encoding:" + value + b"\r\nContent-Length: 0\r\n\r\n", 400, 501)
      for value in (b" xchunked", b" chunked, identity", b" identity", b" chunked;q=1", b"\tchunked", b" CHUNKED", b" \"chunked\"",
                    b" chunked\x00", b" chunk", b" gzip, chunked", b"")],
    refused("a space before the colon of Transfer-Encoding", b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding : chunked\r\n\r\n", 400),
    refused("Transfer-Encoding folded", b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding:\r\n chunked\r\n\r\n", 400),
    refused("two Transfer-Encoding", b"POST / HTTP/1.1\r\n" + HOST
            + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400, 501, 411),
    refused("Transfer-Encoding with HTTP/1.0", b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", 400),
    refused("chunks with extensions", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", 411),
    refused("a chunk of a huge size", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF0\r\n", 411),
    refused("a chunked body with trailers", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\nX: y\r\n\r\n", 411),
    refused("two Content-Length that differ", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\na=b&c", 400),
    refused("two Content-Length that are equal", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM
            + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b", 400),
    *[refused(f"Content-Length: {value!r}", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: " + value + b"\r\n\r\na=b", 400)
      for value in (b"+3", b"-1", b"3, 3", b"0x3", b"3 ", b"3;", b"3.0", b"1e1", b"\xc2\xb3", b"", b"three", b"3\t3")
      if value != b"3 "],
    *[refused(f"Content-Length: {value!r}", b"POST /sign-in HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: " + value + b"\r\n\r\na=b",
              400, 413) for value in (b"99999999999999999999999999", b"18446744073709551619", b"9223372036854775808", b"4294967299")],
    refused("a body with GET", b"GET /ping HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", 400),
    refused("two empty lines before the request line", b"\r\n\r\n" + get(headers=HOST), 400),
    refused("an empty line that is a line feed", b"\n" + get(headers=HOST), 400),
    refused("a line of white space before the request line", b"\r\n \r\n" + get(headers=HOST), 400),
    refused("a bare line feed after the request line", b"GET /ping HTTP/1.1\n" + HOST + b"\r\n", 400),
    refused("a bare line feed in the head", b"GET /ping HTTP/1.1\r\n" + HOST + b"X: a\nY: b\r\n\r\n", 400),
    refused("line feeds alone", b"GET /ping HTTP/1.1\nHost: localhost\n\n", 400),
    refused("a bare carriage return", b"GET /ping HTTP/1.1\r\n" + HOST + b"X: a\rY: b\r\n\r\n", 400),
    refused("a folded header", b"GET /ping HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    refused("a NUL in a header", b"GET /ping HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", 400),
    refused("a header without a name", b"GET /ping HTTP/1.1\r\n" + HOST + b": a\r\n\r\n", 400),
    refused("a header without a colon", b"GET /ping HTTP/1.1\r\n" + HOST + b"X\r\n\r\n", 400),
    refused("a request line of HTTP/0.9", b"GET /ping\r\n", 400),
    refused("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    refused("a TLS hello", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 400),
    refused("another version", b"GET /ping HTTP/1.2\r\n" + HOST + b"\r\n", 505),
    refused("an unknown method", b"GETT /ping HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    refused("CONNECT", b"CONNECT localhost:443 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    refused("TRACE", b"TRACE /ping HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    refused("an expectation that is unknown", post(b"/sign-in", b"a=b", FORM + b"Expect: 200-ok\r\n"), 417),
    refused("101 headers", get(headers=HOST + b"".join(b"X-%d: 1\r\n" % i for i in range(100))), 431),
    refused("a head of 20 kB", get(headers=HOST + b"X: " + b"a" * 20000 + b"\r\n"), 431),
    refused("a request line of 9 kB", get(b"/ping?" + b"a" * 9000), 414),
    refused("a body that is too long", post(b"/sign-in", b"a=b", FORM, 300 * 1024), 413),
    refused("a cookie twice", get(headers=HOST + b"Cookie: a=b\r\nCookie: c=d\r\n"), 400),
]

TARGETS = [
    refused("an encoded NUL", get(b"/ping%00"), 400),
    refused("an encoded slash", get(b"/assets%2fx"), 400),
    refused("an encoded backslash", get(b"/assets%5c..%5cx"), 400),
    refused("encoded dots", get(b"/assets/%2e%2e/%2e%2e/etc/passwd"), 400),
    refused("dots", get(b"/assets/../../etc/passwd"), 400),
    refused("dots at the end", get(b"/assets/.."), 400),
    refused("encoded twice", get(b"/assets/%252e%252e/x"), 400),
    refused("overlong UTF-8 of a slash", get(b"/assets/..%c0%af.."), 400),
    refused("overlong UTF-8 of a dot", get(b"/%c0%ae%c0%ae/x"), 400),
    refused("half of a surrogate", get(b"/%ed%a0%80"), 400),
    refused("two slashes", get(b"//ping"), 400),
    refused("a backslash", get(b"/\\ping"), 400),
    refused("an encoded line end", get(b"/ping%0d%0aX:%20y"), 400),
    refused("half an escape", get(b"/ping%4"), 400),
    refused("a fragment", get(b"/ping#x"), 400),
    refused("a byte that is no ASCII", get(b"/\xc3\xa9"), 400),
    refused("a target that is another server's", get(b"http://evil.example/ping"), 400),
    refused("a target with a user", get(b"http://localhost@evil.example/ping"), 400),
    refused("a host and a port as target", get(b"localhost:80"), 400),
    refused("a star", get(b"*"), 400),
    refused("no Host", get(headers=b""), 400),
    refused("two Hosts", get(headers=HOST + HOST), 400),
    refused("two Hosts that differ", get(headers=HOST + b"Host: evil.example\r\n"), 400),
    refused("an empty Host", get(headers=b"Host:\r\n"), 400),
    refused("a Host with a user", get(headers=b"Host: a@localhost\r\n"), 400),
    refused("a Host with a path", get(headers=b"Host: localhost/x\r\n"), 400),
    refused("two names in a Host", get(headers=b"Host: localhost, evil.example\r\n"), 400),
    refused("a Host with a port that is none", get(headers=b"Host: localhost:x\r\n"), 400),
    refused("a Host with a space", get(headers=b"Host: local host\r\n"), 400),
]


def framing(port, tap, rows):
    for name, data, codes in rows:
        answer = exchange(port, data + BEHIND)
        found = statuses(answer)
        well = len(found) == 1 and found[0] in codes and b"\r\nConnection: close\r\n" in answer
        tap.check(f"refused, and nothing behind it: {name}", well, f"expected {codes}, found {found} {answer[:300]!r}")


def taken(port, tap):
    """What is not refused is read as one thing only."""
    answer = exchange(port, get() + get() + BEHIND)
    tap.check("requests behind one another are answered in order", statuses(answer) == [200, 200, 200])
    answer = exchange(port, post(b"/sign-in", b"username=a&password=b", FORM) + BEHIND)
    tap.check("what stands behind a body of its length is the next request", statuses(answer) == [401, 200], f"{statuses(answer)}")
    answer = exchange(port, post(b"/sign-in", BEHIND, FORM) + BEHIND)
    tap.check("a request inside a body is no request", statuses(answer) in ([422, 200], [400, 200]), f"{statuses(answer)}")
    answer = exchange(port, b"GET /ping HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                      b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n" + BEHIND)
    tap.check("nothing is upgraded", statuses(answer)[:1] == [200] and 101 not in statuses(answer), f"{statuses(answer)}")
    answer = exchange(port, b"GET /ping HTTP/1.1\r\n" + HOST + b"Range: bytes=0-0,1-1,0-0\r\nConnection: close\r\n\r\n")
    tap.check("a range is not served in parts", statuses(answer) == [200], f"{statuses(answer)}")
    for method in (b"X-HTTP-Method-Override: DELETE", b"X-Method-Override: POST", b"X-HTTP-Method: PUT"):
        answer = exchange(port, get(headers=HOST + method + b"\r\nConnection: close\r\n"))
        tap.check(f"no other method by a header: {method.decode()}", statuses(answer) == [200])
    answer = exchange(port, get(b"/sign-in?_method=POST&username=a&password=b", HOST + b"Accept: text/html\r\nConnection: close\r\n"))
    tap.check("nor by the query", statuses(answer) == [200])
    for method in (b"PUT", b"PATCH", b"DELETE"):
        answer = exchange(port, method + b" /people HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        tap.check(f"{method.decode()} is answered with what is allowed", statuses(answer) == [405] and b"\r\nAllow: " in answer,
                  f"{answer[:200]!r}")
    for header in (b"X-Forwarded-For: 127.0.0.1", b"X-Original-URL: /accounts", b"X-Rewrite-URL: /accounts",
                   b"X-Forwarded-Host: evil.example", b"Forwarded: host=evil.example"):
        answer = exchange(port, get(b"/accounts", HOST + header + b"\r\nAccept: text/html\r\nConnection: close\r\n"))
        tap.check(f"no header of an intermediary counts: {header.decode()}",
                  statuses(answer) == [303] and b"evil" not in answer and b"Location: /sign-in" in answer, f"{answer[:300]!r}")


def depth(count):
    return b"[" * count + b"]" * count


BODIES = [
    ("no type", b"", b"a=b", (415,)),
    ("text/plain", b"Content-Type: text/plain\r\n", b"username=a&password=b", (415,)),
    ("multipart", b"Content-Type: multipart/form-data; boundary=x\r\n", b"--x\r\n\r\n--x--", (415,)),
    ("XML", b"Content-Type: application/xml\r\n", b"<a/>", (415,)),
    ("JSON called a form", FORM, b"{\"username\":\"a\"}", (422,)),
    ("a form called JSON", JSON, b"username=a&password=b", (400, 422)),
    ("nothing as JSON", JSON, b"", (400, 422)),
    ("an array", JSON, b"[]", (400, 422)),
    ("a text", JSON, b"\"a\"", (400, 422)),
    ("null", JSON, b"null", (400, 422)),
    ("half an object", JSON, b"{\"username\":", (400, 422)),
    ("something behind the object", JSON, b"{}{}", (400, 422)),
    ("a key twice", JSON, b"{\"username\":\"a\",\"username\":\"b\",\"password\":\"c\"}", (400, 422)),
    ("a key twice, once escaped", JSON, b"{\"username\":\"a\",\"user\\u006eame\":\"b\",\"password\":\"c\"}", (400, 422)),
    ("40 deep", JSON, b"{\"username\":" + depth(40) + b"}", (400, 422)),
    ("100,000 deep", JSON, depth(100000), (400, 422)),
    ("objects 10,000 deep", JSON, b"{\"a\":" * 10000 + b"1" + b"}" * 10000, (400, 422)),
    ("bytes that are no UTF-8", JSON, b"{\"username\":\"\xff\",\"password\":\"b\"}", (400, 422)),
    ("half a surrogate", JSON, b"{\"username\":\"\\ud800\",\"password\":\"b\"}", (400, 422)),
    ("an escaped NUL", JSON, b"{\"username\":\"a\\u0000b\",\"password\":\"b\"}", (400, 422)),
    ("a byte order mark", JSON, b"\xef\xbb\xbf{\"username\":\"a\",\"password\":\"b\"}", (400, 422)),
    ("UTF-16", JSON, "{\"username\":\"a\"}".encode("utf-16"), (400, 422)),
    ("a remark", JSON, b"{/* */\"username\":\"a\"}", (400, 422)),
    ("a comma too many", JSON, b"{\"username\":\"a\",}", (400, 422)),
    ("NaN", JSON, b"{\"username\":NaN,\"password\":\"b\"}", (400, 422)),
    ("1e999", JSON, b"{\"username\":1e999,\"password\":\"b\"}", (400, 422)),
    ("a number of 400 digits", JSON, b"{\"username\":" + b"9" * 400 + b",\"password\":\"b\"}", (400, 422)),
    ("a number as text", JSON, b"{\"username\":1,\"password\":\"b\"}", (400, 422)),
    ("an object as text", JSON, b"{\"username\":{\"$ne\":null},\"password\":{\"$ne\":null}}", (400, 422)),
    ("a list as text", JSON, b"{\"username\":[\"a\"],\"password\":[\"b\"]}", (400, 422)),
    ("a field that the form lacks", JSON, b"{\"username\":\"a\",\"password\":\"b\",\"role\":\"administrator\"}", (422,)),
    ("a form's field twice", FORM, b"username=a&username=b&password=c", (400,)),
    ("half an escape in a form", FORM, b"username=%4&password=b", (400, 422)),
    ("an escaped NUL in a form", FORM, b"username=a%00b&password=b", (400, 422)),
    ("bytes of a form that are no UTF-8", FORM, b"username=%ff&password=b", (400, 422)),
    ("overlong UTF-8 in a form", FORM, b"username=%c0%af&password=b", (400, 422)),
    ("a form of 300 fields", FORM, b"&".join(b"a%d=b" % i for i in range(300)), (400, 413, 422)),
    ("a form of one long text", FORM, b"username=" + b"a" * 100000 + b"&password=b", (422,)),
    ("nothing but separators", FORM, b"&" * 1000, (400, 422)),
]


def bodies(port, tap):
    for name, kind, body, codes in BODIES:
        answer = exchange(port, post(b"/sign-in", body, kind + b"Accept: application/json\r\nConnection: close\r\n"))
        found = statuses(answer)
        tap.check(f"a body is refused: {name}", len(found) == 1 and found[0] in codes and b"application/problem+json" in answer,
                  f"expected {codes}, found {found} {answer[-400:]!r}")


def signed_in_rows(port, tap):
    caseworker = Client(port).sign_in("caseworker")
    status, people = caseworker.call("GET", "/people")
    person = people["people"][0]["reference"]
    for name, path in (("a negative number", "/requests/-1"), ("zero", "/requests/0"), ("a number that does not fit", "/requests/9223372036854775808"),
                       ("a number with more behind it", "/requests/1x"), ("SQL", "/requests/1%20OR%201=1"), ("a quote", "/people/RH-'"),
                       ("a template", "/people/%7B%7B7*7%7D%7D"), ("a path in a name", "/letters/texts/x/y/approval")):
        status, answer = caseworker.call("GET", path)
        tap.check(f"an address that leads nowhere: {name}", status in (403, 404, 422), f"{status} {answer}")
    for name, query in (("SQL", "text=' OR 1=1 --"), ("a wildcard", "text=%"), ("a script", "text=<script>alert(1)</script>"),
                        ("a long text", "text=" + "a" * 3000), ("a number that is none", "limit=x"), ("less than one", "limit=0"),
                        ("a billion", "limit=1000000000"), ("a stage that is none", "stage=' OR 1=1"), ("a text with a NUL", "text=a%00b"),
                        ("the same twice", "text=a&text=b")):
        field, text = query.split("=", 1)
        status, answer = caseworker.call("GET", "/people?" + (query if "&" in query or "%00" in query
                                                              else field + "=" + urllib.parse.quote(text)))
        tap.check(f"a query does no harm: {name}", status in (200, 400, 404, 422) and "rror" not in json.dumps(answer.get("people", []) if isinstance(answer, dict) else []),
                  f"{status} {str(answer)[:300]}")
    for value in (10**30, -10**30, 1.5, "1", None, [], {}, True):
        status, answer = caseworker.call("POST", f"/people/{person}/facts", {"facts": value, "true_from": value})
        tap.check(f"a value of another type is told: {value!r}", status in (400, 422), f"{status} {str(answer)[:300]}")
    page = exchange(port, get(f"/people?text=%3Cscript%3Ealert(1)%3C/script%3E%22onmouseover=x".encode(),
                              HOST + b"Accept: text/html\r\nAuthorization: Bearer " + caseworker.token.encode() + b"\r\nConnection: close\r\n"))
    tap.check("what was looked for is shown as text", b"<script>alert" not in page and b"&lt;script&gt;" in page)


NOT_THERE = {"person": "RH-7K3M9Q-8", "other": "RH-7K3M9Q-8", "manifest": "MAN-7K3M9Q-8", "hub": "HUB-NONE", "agreement": "AGR-NONE",
             "account": "nobody", "table": "none", "scenario": "none", "step": "hub_transfer", "language": "sq", "notice": "none"}
DEEDS = ("restriction", "erasure", "extension", "suspension", "close", "role", "announcement", "revision", "approval", "note", "answer",
         "arrival", "boarding", "decision", "undoing", "service", "cancellation")


def nothing_there(port, tap):
    """No page, and no form, of what does not exist: whoever fills one in learns of it only afterwards."""
    with open(os.path.join(os.environ["RETURNHUB_SOURCE"], "src", "web", "route.def")) as file:
        patterns = re.findall(r'^ROUTE\(HTTP_GET, "(/[^"]*\{\w+\}[^"]*)", DESK', file.read(), re.M)
    assert len(patterns) > 50, patterns
    shown = []
    for account in ("caseworker", "senior", "hub-north", "protection", "admin", "lawyer", "statistician"):
        client = Client(port).sign_in(account)
        for pattern in patterns:
            for deed in DEEDS if "{deed}" in pattern else ("",):
                path = re.sub(r"\{(\w+)\}", lambda name: deed if name[1] == "deed" else NOT_THERE.get(name[1], "999999999"), pattern)
                for kind in ("text/html", "application/json"):
                    status, _ = client.call("GET", path, headers={"Accept": kind})
                    if status not in (303, 403, 404, 406):
                        shown.append((account, path, kind, status))
    tap.check(f"nothing is shown at {len(patterns)} addresses of what does not exist", not shown, "\n".join(map(str, shown)))


def cookies(port, tap):
    signed = exchange(port, post(b"/sign-in", b"username=caseworker&password=" + PASSWORD.encode(),
                                 FORM + b"Accept: text/html\r\nConnection: close\r\n"))
    cookie = re.search(rb"Set-Cookie: (returnhub_session=([^;]+))", signed)
    session, token = cookie.group(1), cookie.group(2)

    def asks(sent, path=b"/account"):
        return statuses(exchange(port, get(path, HOST + b"Cookie: " + sent + b"\r\nAccept: application/json\r\nConnection: close\r\n")))
    tap.check("a session's cookie signs in", asks(session) == [200])
    for name, sent in (("cut", session[:-1]), ("longer", session + b"A"), ("another's first", b"returnhub_session=" + b"A" * 43 + b"; " + session),
                       ("quoted", b"returnhub_session=\"" + token + b"\""), ("in another case", b"Returnhub_Session=" + token),
                       ("with a byte changed", b"returnhub_session=" + (b"B" if token[:1] == b"A" else b"A") + token[1:]),
                       ("empty", b"returnhub_session="), ("of a prefix", b"__Host-returnhub_session=" + token),
                       ("very long", b"returnhub_session=" + b"A" * 8000)):
        found = asks(sent)
        tap.check(f"a cookie that is {name} does not", found == [401], f"{found}")
    for name, sent, codes in (("in another case (RFC 9110, 11.1)", b"bEARER " + token, [200]), ("behind two spaces", b"Bearer  " + token, [200]),
                              ("without a space", b"Bearer" + token, [401]), ("of another name", b"Basic " + token, [401]),
                              ("and the token in another case", b"Bearer " + token.swapcase(), [401])):
        found = statuses(exchange(port, get(b"/account", HOST + b"Authorization: " + sent + b"\r\nAccept: application/json\r\nConnection: close\r\n")))
        tap.check(f"a token with its scheme {name} is answered {codes}", found == codes, f"{found}")
    fixed = exchange(port, post(b"/sign-in", b"username=caseworker&password=" + PASSWORD.encode(),
                                FORM + b"Accept: text/html\r\nCookie: returnhub_session=" + b"F" * 43 + b"\r\nConnection: close\r\n"))
    given = re.search(rb"Set-Cookie: returnhub_session=([^;]+)", fixed).group(1)
    tap.check("a session that somebody chose is not the one that begins", given != b"F" * 43 and asks(b"returnhub_session=" + b"F" * 43) == [401])
    form_token = re.search(rb'name="form_token" value="([0-9a-f]+)"',
                           exchange(port, get(b"/account", HOST + b"Cookie: " + session + b"\r\nAccept: text/html\r\nConnection: close\r\n"))).group(1)
    return session, form_token


def sites(port, tap, session, form_token):
    def send(headers, body, path=b"/account/sessions/others/end"):
        return statuses(exchange(port, post(path, body, FORM + b"Accept: text/html\r\nCookie: " + session + b"\r\n" + headers
                                            + b"Connection: close\r\n")))
    right = b"form_token=" + form_token
    rows = (("without the form's token", b"", b""), ("with another's token", b"", b"form_token=" + b"0" * len(form_token)),
            ("from another site", b"Sec-Fetch-Site: cross-site\r\n", right), ("from a site beside", b"Sec-Fetch-Site: same-site\r\n", right),
            ("with another Origin", b"Origin: https://evil.example\r\n", right), ("with no origin to speak of", b"Origin: null\r\n", right),
            ("with an Origin that begins alike", b"Origin: http://localhost.evil.example\r\n", right),
            ("with an Origin of another port", b"Origin: http://localhost:1\r\n", right))
    for name, headers, body in rows:
        found = send(headers, body)
        tap.check(f"a form is not taken {name}", found == [403], f"{found}")
    found = send(b"Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n", right)
    tap.check("a form of one's own is", found == [303], f"{found}")
    answer = exchange(port, b"GET /account HTTP/1.1\r\n" + HOST + b"Origin: https://evil.example\r\nCookie: " + session
                      + b"\r\nAccept: application/json\r\nConnection: close\r\n")
    tap.check("no other site may read an answer", b"access-control" not in answer.lower())
    for then in (b"//evil.example", b"https://evil.example", b"/%5cevil.example", b"/%0d%0aX:%20y", b"javascript:alert(1)", b"/%09/evil.example",
                 b"%2f%2fevil.example", b"/\xc3\xa9".replace(b"\xc3\xa9", b"%c3%a9")):
        answer = exchange(port, post(b"/account/proof", b"password=" + PASSWORD.encode() + b"&then=" + then + b"&" + right,
                                     FORM + b"Accept: text/html\r\nCookie: " + session + b"\r\nConnection: close\r\n"))
        where = re.search(rb"Location: (.*?)\r\n", answer)
        renewed = re.search(rb"Set-Cookie: (returnhub_session=[^;]+)", answer)  # who proved it goes on under another token
        session = renewed.group(1) if renewed else session
        tap.check(f"no way leads elsewhere: {then.decode()}", statuses(answer) == [303] and where.group(1) == b"/"
                  or statuses(answer) in ([400], [422]), f"{answer[:300]!r}")
    return session


def pages(port, tap, session):
    wanted = {b"content-security-policy": b"frame-ancestors 'none'", b"x-content-type-options": b"nosniff", b"cache-control": b"no-store",
              b"referrer-policy": b"same-origin", b"cross-origin-opener-policy": b"same-origin", b"cross-origin-resource-policy": b"same-origin"}
    for path in (b"/", b"/today", b"/people", b"/account", b"/no-such-page", b"/sign-in", b"/people/RH-AAAAAA-A", b"/people?limit=x"):
        for kind in (b"text/html", b"application/json", b"text/csv"):
            head = exchange(port, get(path, HOST + b"Cookie: " + session + b"\r\nAccept: " + kind + b"\r\nConnection: close\r\n")).split(b"\r\n\r\n")[0]
            headers = {name.lower(): value for name, value in (line.split(b": ", 1) for line in head.split(b"\r\n")[1:])}
            lacking = [name for name, value in wanted.items() if value not in headers.get(name, b"")]
            told = [name for name in headers if name in (b"server", b"x-powered-by", b"via")]
            tap.check(f"{path.decode()} as {kind.decode()}: framed, sniffed, kept and read by nobody, and says nothing of the server",
                      not lacking and not told, f"{lacking} {told} {head!r}")
    hash_of = re.search(rb'href="/assets/([^/"]+)/returnhub\.css"', exchange(port, get(b"/sign-in", HOST + b"Accept: text/html\r\nConnection: close\r\n")))
    base = b"/assets/" + hash_of.group(1)
    for name, path in (("another file", base + b"/register.db"), ("a folder", base + b"/"), ("no file", base), ("another hash", b"/assets/0000000000000000/returnhub.css"),
                       ("a file of the program's", base + b"/returnhub.scss"), ("a hidden file", base + b"/.git"), ("deeper", base + b"/a/returnhub.css")):
        found = statuses(exchange(port, get(path, HOST + b"Connection: close\r\n")))
        tap.check(f"no other file is served: {name}", found == [404], f"{found}")


def times(port, tap):
    """Who sends slowly is cut off at an absolute time, whatever comes meanwhile."""
    for name, first, drip, least, most in (("a head", b"GET /ping HTTP/1.1\r\nHost: localhost\r\nX: ", b"a", 4, 9),
                                           ("a body", post(b"/sign-in", b"", FORM, 1000), b"a", 9, 15)):
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(first)
            began = time.monotonic()
            answer = b""
            while time.monotonic() - began < 30:
                try:
                    connection.sendall(drip)
                    part = connection.recv(4096)
                    answer += part
                    if not part:
                        break
                except TimeoutError:
                    pass
                except OSError:
                    break
            spent = time.monotonic() - began
        tap.check(f"{name} of a byte a second ends after its time", least < spent < most and statuses(answer) in ([408], []),
                  f"{spent:.1f} s, {answer[:100]!r}")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=100))
        framing(server.port, tap, SMUGGLED)
        framing(server.port, tap, TARGETS)
        taken(server.port, tap)
        bodies(server.port, tap)
        signed_in_rows(server.port, tap)
        nothing_there(server.port, tap)
        session, form_token = cookies(server.port, tap)
        session = sites(server.port, tap, session, form_token)
        pages(server.port, tap, session)
        times(server.port, tap)
        tap.check("after all of it the server works", statuses(exchange(server.port, get() + BEHIND)) == [200, 200])
        server.stop()
    return tap.done()


sys.exit(main())
