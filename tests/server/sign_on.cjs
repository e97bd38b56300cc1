// Aim: signing on at another provider opens an account exactly when the provider the settings name says, just now, to this register,
// in answer to this browser, that it is somebody who is linked to the account. The provider here is one that lies: each case is an
// honest sign-on but for one thing. (An honest one of other people's making is asked in tests/browser/sign_on.cjs.)
"use strict";

const { spawn, execFileSync } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { freePort } = require("../browser/desk.cjs");
const { Tap } = require("../browser/tap.cjs");

const BINARY = path.join(process.env.RETURNHUB_BUILD, "src", "cli", "returnhub");
const CLIENT = "returnhub desk";
const SECRET = "a secret: with ÿ & =";

const tap = new Tap();
const base64url = (data) => Buffer.from(data).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);
const newKey = (kid) => ({ kid, ...crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }) });

function jwk(key, more = {}) {
  return { ...key.publicKey.export({ format: "jwk" }), kid: key.kid, use: "sig", alg: "ES256", ...more };
}

function sign(header, claims, key) {
  const body = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${body}.${base64url(crypto.sign("sha256", Buffer.from(body), { key: key.privateKey, dsaEncoding: "ieee-p1363" }))}`;
}

// --- the provider ---

class Provider {
  constructor() {
    this.key = newKey("k1");
    this.keys = [jwk(this.key)];
    this.lie = {};
    this.asked = [];
    this.server = http.createServer((request, response) => this.answer(request, response));
  }

  async open() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.issuer = `http://localhost:${this.server.address().port}`;
  }

  document() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      end_session_endpoint: `${this.issuer}/end`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      id_token_signing_alg_values_supported: ["ES256"],
      authorization_response_iss_parameter_supported: true,
      ...this.lie.document,
    };
  }

  // What the browser does there: somebody signs in, and gets a code.
  authorized(address, subject, claims = {}) {
    const query = new URL(address).searchParams;
    this.code = { value: base64url(crypto.randomBytes(24)), query, used: false, subject, claims };
    return { code: this.code.value, state: query.get("state"), iss: this.issuer };
  }

  token(code) {
    const claims = {
      iss: this.issuer, aud: CLIENT, sub: code.subject, nonce: code.query.get("nonce"), iat: now(), exp: now() + 300,
      auth_time: now(), ...code.claims, ...this.lie.claims,
    };
    const make = this.lie.token ?? (() => sign({ alg: "ES256", kid: this.key.kid }, claims, this.key));
    return make(claims, this);
  }

  trade(body, request) {
    const fields = new URLSearchParams(body);
    const code = this.code;
    const [id, secret] = Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64").toString().split(":")
      .map(decodeURIComponent);
    if (id !== CLIENT || secret !== SECRET) {
      return [401, { error: "invalid_client" }];
    }
    const challenge = crypto.createHash("sha256").update(fields.get("code_verifier") ?? "").digest("base64url");
    if (code === undefined || code.used || fields.get("code") !== code.value || challenge !== code.query.get("code_challenge") ||
        fields.get("redirect_uri") !== code.query.get("redirect_uri") || fields.get("grant_type") !== "authorization_code") {
      return [400, { error: "invalid_grant" }];
    }
    code.used = true;
    return [200, { access_token: "x", token_type: "Bearer", id_token: this.token(code) }];
  }

  async answer(request, response) {
    let body = "";
    for await (const chunk of request) {
      body += chunk;
    }
    const at = request.url;
    this.asked.push(at);
    const lie = this.lie[at];
    if (lie !== undefined) {
      lie(response);
      return;
    }
    const [status, answer] = at === "/.well-known/openid-configuration" ? [200, this.document()]
      : at === "/keys" ? [200, { keys: this.keys }]
      : at === "/token" && request.method === "POST" ? this.trade(body, request)
      : [404, {}];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  }
}

// --- the register ---

class Register {
  constructor(folder, store, provider, more = "") {
    Object.assign(this, { folder, store, provider, more });
  }

  async open() {
    const port = await freePort();
    this.origin = `http://localhost:${port}`;
    const secret = path.join(this.folder, "secret");
    const settings = path.join(this.folder, `settings-${port}.ini`);
    fs.writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
    fs.writeFileSync(settings, `[web]\norigin = ${this.origin}\n[sign_on]\nissuer = ${this.provider.issuer}\n` +
      `client_id = ${CLIENT}\nclient_secret_file = ${secret}\ntitle = Ministry account\n${this.more}` +
      "[pace]\nstrangers = 0\nsign_ins = 0\n");
    this.child = spawn(BINARY, ["serve", "--store", this.store, "--port", String(port), "--settings", settings],
      { stdio: ["ignore", "pipe", "pipe"] });
    this.errors = "";
    this.child.stderr.on("data", (data) => { this.errors += data; });
    await new Promise((resolve, reject) => {
      this.child.once("exit", (status) => reject(new Error(`the server ended with ${status}: ${this.errors}`)));
      this.child.stdout.once("data", resolve);
    });
  }

  async close() {
    this.child.removeAllListeners("exit");
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    tap.equal(await ended, 0, "the server ends well");
    tap.ok(!/ERROR|runtime error/.test(this.errors), "the server reported no error", this.errors.slice(-2000));
  }

  command(...parts) {
    return execFileSync(BINARY, [...parts, "--store", this.store], { encoding: "utf8", stdio: "pipe" });
  }

  link(username, subject, verb = "link") {
    this.command("account", verb, username, this.provider.issuer, subject, "--as", "admin", "--reason", "shown at the desk");
  }
}

class Browser {
  constructor(register) {
    this.register = register;
    this.cookies = new Map();
  }

  async call(method, address, fields, headers = {}) {
    const sent = { accept: "text/html", cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "), ...headers };
    const answer = await fetch(this.register.origin + address, {
      method, headers: fields === undefined ? sent : { "content-type": "application/x-www-form-urlencoded", ...sent },
      body: fields === undefined ? undefined : new URLSearchParams(fields).toString(), redirect: "manual",
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair] = cookie.split(";");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (value === "") {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
      }
    }
    return { status: answer.status, location: answer.headers.get("location"), refresh: answer.headers.get("refresh"),
      text: await answer.text(), headers: answer.headers };
  }

  async begin(address = "/sign-in/provider", fields = {}) {
    const answer = await this.call("POST", address, fields);
    return { ...answer, address: answer.refresh?.replace(/^0; url=/, "") };
  }

  answer(fields) {
    return this.call("POST", "/sign-in/provider/answer", fields);
  }

  async signOn(subject, claims) {
    const { address } = await this.begin();
    return this.answer(this.register.provider.authorized(address, subject, claims));
  }

  async who() {
    const { status, text } = await this.call("GET", "/account", undefined, { accept: "application/json" });
    return status === 200 ? JSON.parse(text).username : `${status}`;
  }

  async formToken() {
    return /name="form_token" value="([0-9a-f]+)"/.exec((await this.call("GET", "/account")).text)[1];
  }
}

// --- the cases ---

async function honest(register) {
  const browser = new Browser(register);
  const page = await browser.call("GET", "/sign-in");
  tap.includes(page.text, "Sign in with Ministry account", "the sign-in page offers the provider by its name");
  const there = await browser.begin();
  tap.equal(there.status, 200, "a page leads there");
  const query = Object.fromEntries(new URL(there.address).searchParams);
  tap.equal(there.address.split("?")[0], `${register.provider.issuer}/authorize`, "to where the provider says");
  tap.equal(query.response_type, "code", "for a code");
  tap.equal(query.redirect_uri, `${register.origin}/sign-in/provider/answer`, "and back to one address");
  tap.equal(query.client_id, CLIENT, "as this client");
  tap.equal(query.scope, "openid", "about nothing but who it is");
  tap.equal(query.code_challenge_method, "S256", "with PKCE");
  tap.equal(query.max_age, "36000", "and whoever signed in there longer ago than a session lasts is asked again");
  tap.ok([query.state, query.nonce, query.code_challenge].every((word) => /^[A-Za-z0-9_-]{43}$/.test(word)) &&
    new Set([query.state, query.nonce, query.code_challenge]).size === 3, "state, nonce and challenge are 256 bits each", JSON.stringify(query));
  const cookie = browser.cookies.get("returnhub_sign_on");
  tap.ok(!there.text.includes(cookie.split(".")[0]) && !there.address.includes(cookie.split(".")[0]),
    "what the browser keeps is in no page and no address");
  const unknown = await browser.answer(register.provider.authorized(there.address, "s-1"));
  tap.equal(unknown.status, 403, "whoever is linked to no account does not get in");
  tap.ok(unknown.text.includes("s-1") && unknown.text.includes(register.provider.issuer), "and is told what to give to an administrator");
  register.link("caseworker", "s-1");
  const fields = await (async () => register.provider.authorized((await browser.begin()).address, "s-1"))();
  const back = await browser.call("GET", `/sign-in/provider/answer?${new URLSearchParams(fields)}`);
  tap.ok(back.status === 200 && back.text.includes(fields.code) && await browser.who() === "401",
    "coming back is a page with a form, and changes nothing");
  const foreign = await browser.call("POST", "/sign-in/provider/answer", fields, { "sec-fetch-site": "cross-site" });
  tap.equal(foreign.status, 403, "which no other site sends");
  const done = await browser.answer(fields);
  tap.equal(done.location, "/today", "sent, it opens the desk");
  tap.equal(await browser.who(), "caseworker", "of the account that is linked");
  tap.ok(done.headers.getSetCookie().every((one) => /; HttpOnly; SameSite=Strict/.test(one)), "with cookies that no site and no script gets");
  tap.equal((await browser.answer(fields)).status, 401, "sent again, it is nothing");
  const session = browser.cookies.get("returnhub_session");
  const left = await browser.call("POST", "/sign-out", { form_token: await browser.formToken() });
  const end = new URL(left.refresh.replace(/^0; url=/, ""));
  tap.equal(`${end.origin}${end.pathname}`, `${register.provider.issuer}/end`, "signing out ends the session there, too");
  tap.equal(end.searchParams.get("post_logout_redirect_uri"), `${register.origin}/sign-in`, "and comes back");
  browser.cookies.set("returnhub_session", session);
  tap.equal(await browser.who(), "401", "the session here is over");
  const token = await browser.call("POST", "/sign-in", { username: "caseworker", password: "demonstration-only" });
  tap.equal(token.location, "/today", "the password still signs in");
  tap.ok((await browser.call("POST", "/sign-out", { form_token: await browser.formToken() })).location.startsWith("/sign-in"),
    "and whoever came by it does not leave by the provider");
}

// Refused, told so, and nobody is signed in.
async function refused(register, name, status, says, lie, change = (fields) => fields) {
  const { provider } = register;
  const browser = new Browser(register);
  const { address } = await browser.begin();
  const fields = change(provider.authorized(address, "s-1"), browser);
  provider.lie = lie;
  const answer = await browser.answer(fields);
  provider.lie = {};
  const told = answer.text.includes(says);
  tap.ok(answer.status === status && told && !browser.cookies.has("returnhub_session"), `refused: ${name}`,
    `${answer.status}, ${browser.cookies.has("returnhub_session") ? "signed in" : "not signed in"}\n${told ? "" : answer.text}`);
}

function hmacToken(secretOf) {
  return (claims, provider) => {
    const body = `${base64url(JSON.stringify({ alg: "HS256", kid: "k1" }))}.${base64url(JSON.stringify(claims))}`;
    return `${body}.${crypto.createHmac("sha256", secretOf(provider)).update(body).digest("base64url")}`;
  };
}

async function hostileTokens(register) {
  const other = newKey("k1");
  const bad = (name, says, lie) => refused(register, name, 401, says, lie);
  const unsigned = (alg) => (claims) => `${base64url(JSON.stringify({ alg, kid: "k1" }))}.${base64url(JSON.stringify(claims))}.`;
  await bad("another nonce", "does not answer what was asked", { claims: { nonce: "other" } });
  await bad("no nonce", "does not answer what was asked", { claims: { nonce: undefined } });
  await bad("another issuer in the token", "another provider", { claims: { iss: "https://login.example" } });
  await bad("for another client", "somebody else", { claims: { aud: "another" } });
  await bad("for us and another, by another", "somebody else", { claims: { aud: [CLIENT, "another"], azp: "another" } });
  await bad("expired", "it is over", { claims: { exp: now() - 120 } });
  await bad("issued long ago", "not issued just now", { claims: { iat: now() - 4000 } });
  await bad("issued in the future", "not issued just now", { claims: { iat: now() + 4000 } });
  await bad("no subject", "who it is", { claims: { sub: "" } });
  await bad("a subject that is a number", "who it is", { claims: { sub: 1 } });
  await bad("a sign-in of the day before", "not asked again", { claims: { auth_time: now() - 90000 } });
  for (const alg of ["none", "None", "NONE"]) {
    await bad(`signed by nobody (${alg})`, "cannot be read", { token: unsigned(alg) });
  }
  await bad("the public key as secret, PEM", "not signed in a way",
    { token: hmacToken((provider) => provider.key.publicKey.export({ format: "pem", type: "spki" })) });
  await bad("the public key as secret, JWK", "not signed in a way", { token: hmacToken((provider) => JSON.stringify(provider.keys[0])) });
  await bad("the client's secret as key", "not signed in a way", { token: hmacToken(() => SECRET) });
  await bad("another key under the same name", "signature", { token: (claims) => sign({ alg: "ES256", kid: "k1" }, claims, other) });
  await bad("a key that it brings along", "does not show",
    { token: (claims) => sign({ alg: "ES256", kid: "k9", jwk: jwk(other) }, claims, other) });
  await bad("a key that it says where to find", "does not show",
    { token: (claims, provider) => sign({ alg: "ES256", kid: "k8", jku: `${provider.issuer}/own-keys` }, claims, other) });
  tap.ok(!register.provider.asked.includes("/own-keys"), "no address of a token is asked");
  await bad("what must be understood and is not", "another kind",
    { token: (claims, provider) => sign({ alg: "ES256", kid: "k1", crit: ["exp"] }, claims, provider.key) });
  await bad("an access token in its place", "another kind",
    { token: (claims, provider) => sign({ alg: "ES256", kid: "k1", typ: "at+jwt" }, claims, provider.key) });
}

async function hostileAnswers(register) {
  const bad = (name, status, says, change, lie = {}) => refused(register, name, status, says, lie, change);
  const anotherBrowser = new Browser(register);
  const anothers = register.provider.authorized((await anotherBrowser.begin()).address, "s-1");
  await bad("another state", 401, "from this browser", (fields) => ({ ...fields, state: "x".repeat(43) }));
  await bad("no state", 401, "from this browser", ({ code, iss }) => ({ code, iss }));
  await bad("the answer to another browser", 401, "from this browser", () => anothers);
  await bad("another issuer", 401, "another provider", (fields) => ({ ...fields, iss: "https://login.example" }));
  await bad("no issuer, where it says that it names itself", 401, "another provider", ({ code, state }) => ({ code, state }));
  await bad("no code", 401, "no code", ({ state, iss }) => ({ state, iss }));
  await bad("a code of somebody's", 401, "used before", (fields) => ({ ...fields, code: "guessed" }));
  await bad("a code that was traded", 401, "used before", (fields) => {
    register.provider.code.used = true;
    return fields;
  });
  await bad("whoever said no there", 401, "not signed in at the provider", ({ state, iss }) => ({ state, iss, error: "access_denied" }));
  await bad("a browser that was asked nothing", 401, "asked nothing", (fields, browser) => {
    browser.cookies.clear();
    return fields;
  });
  await bad("a token of the session's form in the place of the cookie", 401, "asked nothing", (fields, browser) => {
    browser.cookies.set("returnhub_sign_on", "A".repeat(43));
    return fields;
  });
  await bad("fields sent twice", 400, "is given twice", (fields) => [...Object.entries(fields), ["code", "other"]]);
  const trades = {
    "an error of the provider": [503, "does not know this register", (response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end("{\"error\":\"invalid_client\"}");
    }],
    "a redirect, which is not followed": [503, "cannot be read", (response) => {
      response.writeHead(302, { location: `${register.provider.issuer}/own-keys` });
      response.end();
    }],
    "no JSON": [503, "cannot be read", (response) => response.end("<html>")],
    "no token": [503, "does not say who", (response) => response.end("{\"access_token\":\"x\"}")],
    "a token twice": [503, "cannot be read", (response) => response.end("{\"id_token\":\"x\",\"id_token\":\"y\"}")],
    "more than is read": [503, "cannot be asked", (response) => response.end(`{"id_token":"${"x".repeat(100000)}"}`)],
    "a connection that breaks": [503, "cannot be asked", (response) => response.destroy()],
  };
  for (const [name, [status, says, lie]] of Object.entries(trades)) {
    await bad(name, status, says, (fields) => fields, { "/token": lie });
  }
  tap.ok(!register.provider.asked.includes("/own-keys"), "no redirect was followed");
}

async function hostileDocuments(register) {
  const { provider } = register;
  const bad = async (name, says, lie) => {
    provider.lie = lie;
    const answer = await new Browser(register).begin();
    provider.lie = {};
    tap.ok(answer.status === 503 && answer.text.includes(says), `nobody is sent away: ${name}`, `${answer.status} ${answer.text}`);
  };
  const at = "/.well-known/openid-configuration";
  await bad("it says that it is another", "another one", { document: { issuer: "https://login.example" } });
  await bad("a slash more", "another one", { document: { issuer: `${provider.issuer}/` } });
  await bad("codes are traded at another port", "own port", { document: { token_endpoint: "http://localhost:1/token" } });
  await bad("keys without TLS at another host", "own port", { document: { jwks_uri: "http://keys.example/keys" } });
  await bad("a file as keys", "own port", { document: { jwks_uri: "file:///etc/passwd" } });
  await bad("one signs in at a script", "where one signs in", { document: { authorization_endpoint: "javascript:alert(1)" } });
  await bad("one signs in without TLS", "where one signs in", { document: { authorization_endpoint: "http://login.example/a" } });
  await bad("one signs in at a place with a line end", "where one signs in",
    { document: { authorization_endpoint: `${provider.issuer}/a\r\nSet-Cookie: a=b` } });
  await bad("one signs in at somebody else's name", "where one signs in",
    { document: { authorization_endpoint: "https://login.example@evil.example/a" } });
  await bad("no PKCE", "PKCE", { document: { code_challenge_methods_supported: ["plain"] } });
  await bad("no codes", "no codes", { document: { response_types_supported: ["token"] } });
  await bad("it signs in an old way alone", "ES256, PS256", { document: { id_token_signing_alg_values_supported: ["RS256"] } });
  await bad("it signs with secrets alone", "ES256, PS256", { document: { id_token_signing_alg_values_supported: ["HS256", "none"] } });
  await bad("no JSON", "cannot be read", { [at]: (response) => response.end("no") });
  await bad("404", "status 404", { [at]: (response) => { response.writeHead(404); response.end("{}"); } });
  await bad("a redirect", "status 302", { [at]: (response) => { response.writeHead(302, { location: "/keys" }); response.end(); } });
  await bad("more than is read", "cannot be asked", { [at]: (response) => response.end("x".repeat(200000)) });
  // Nobody waits longer than is said, and whoever does not sign in waits for nobody.
  const hanging = [];
  provider.lie = { [at]: (response) => hanging.push(response) };
  const begun = Date.now();
  const waiting = Array.from({ length: 12 }, () => new Browser(register).begin());
  const page = await new Browser(register).call("GET", "/sign-in");
  tap.ok(page.status === 200 && Date.now() - begun < 4000, "while the provider hangs, pages are served", `${Date.now() - begun} ms`);
  const answers = await Promise.all(waiting);
  tap.ok(answers.every(({ status }) => status === 503) && hanging.length <= 4, "few wait for it, and none for long",
    `${answers.map(({ status }) => status)}, ${hanging.length} at once, ${Date.now() - begun} ms`);
  hanging.forEach((response) => response.destroy());
  provider.lie = {};
}

async function keysChange(register) {
  const { provider } = register;
  const before = provider.key;
  const browser = new Browser(register);
  const asked = () => provider.asked.filter((one) => one === "/keys").length;
  const first = asked();
  for (let i = 0; i < 3; i += 1) {
    await new Browser(register).signOn("s-1");
  }
  tap.ok(asked() <= first + 1, "keys are kept", `${asked() - first}`);
  provider.key = newKey("k2");
  provider.keys = [jwk(before), jwk(provider.key)];
  await new Promise((resolve) => setTimeout(resolve, 10500));
  tap.equal((await browser.signOn("s-1")).location, "/today", "a new key of the provider is found");
  const since = asked();
  for (let i = 0; i < 5; i += 1) {
    provider.lie = { token: (claims) => sign({ alg: "ES256", kid: `made-up-${i}` }, claims, before) };
    await new Browser(register).signOn("s-1");
  }
  provider.lie = {};
  tap.equal(asked(), since, "names of keys that are made up do not make the program ask again and again");
  provider.keys = [jwk(provider.key)];
  await new Promise((resolve) => setTimeout(resolve, 10500));
  provider.lie = { token: (claims) => sign({ alg: "ES256", kid: "unknown" }, claims, before) };
  await new Browser(register).signOn("s-1"); // makes it look again
  provider.lie = { token: (claims) => sign({ alg: "ES256", kid: before.kid }, claims, before) };
  tap.equal((await new Browser(register).signOn("s-1")).status, 401, "a key that was taken back signs nobody in");
  provider.lie = {};
}

function codeOf(secret, period = Math.floor(Date.now() / 30000)) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(period));
  const mac = crypto.createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

async function secondFactor(register) {
  register.link("authorising", "s-2");
  const browser = new Browser(register);
  await browser.signOn("s-2");
  const form_token = await browser.formToken();
  const offer = await browser.call("POST", "/account/second-factor", { form_token }, { accept: "application/json" });
  const { secret } = JSON.parse(offer.text);
  const period = Math.floor(Date.now() / 30000);
  const set = await browser.call("POST", "/account/second-factor/confirmation", { form_token, code: codeOf(secret, period - 1) });
  tap.includes(set.location, "second-factor-set", "an account that is linked sets a second factor here");
  const next = new Browser(register);
  const asks = await next.signOn("s-2");
  tap.ok(asks.status === 200 && asks.text.includes("Your second factor") && !next.cookies.has("returnhub_session"),
    "which is then asked for, whatever the provider says of its own", asks.text);
  const give = (code, who = next) => who.call("POST", "/sign-in/provider/second-factor", { code });
  tap.equal((await give("000000")).status, 401, "a wrong code opens nothing");
  tap.equal((await give(codeOf(secret), new Browser(register))).status, 404, "nor does the right one from another browser");
  tap.equal((await give(codeOf(secret))).location, "/today", "the right one does");
  tap.equal(await next.who(), "authorising", "the account that is linked");
  tap.equal((await give(codeOf(secret))).status, 404, "once");
  return secret;
}

async function proof(register) {
  const browser = new Browser(register);
  await browser.signOn("s-1", { auth_time: now() - 3600 });
  tap.equal(await browser.who(), "caseworker", "who signed in there an hour ago is signed in");
  const needs = () => browser.call("GET", "/account/passkeys/new");
  tap.includes((await needs()).location, "/account/proof?then=", "and has to confirm it before what matters");
  tap.includes((await browser.call("GET", "/account/proof?then=/account/passkeys/new")).text, "Confirm with Ministry account", "there, too");
  const form_token = await browser.formToken();
  const begin = (then) => browser.begin("/account/proof/provider", { form_token, then });
  const { address } = await begin("/account/passkeys/new");
  const query = new URL(address).searchParams;
  tap.ok(query.get("max_age") === "0" && query.get("prompt") === "login", "where they are asked anew");
  const confirmed = async (subject, claims, then = "/account/passkeys/new") =>
    browser.answer(register.provider.authorized((await begin(then)).address, subject, claims));
  tap.equal((await confirmed("s-1", { auth_time: now() - 3600 })).status, 401, "a sign-in of an hour ago confirms nothing");
  tap.equal((await confirmed("s-1", { auth_time: undefined })).status, 401, "nor does one of which it is not said when it was");
  tap.equal((await confirmed("s-other")).status, 403, "nor does somebody who is linked to nothing");
  tap.includes((await needs()).location, "/account/proof", "it still has to be confirmed");
  register.link("monitor", "s-3");
  tap.equal((await confirmed("s-3")).status, 401, "nor does somebody else");
  tap.equal(await browser.who(), "caseworker", "who is not signed in by it either");
  const done = await confirmed("s-1");
  tap.equal(done.location, "/account/passkeys/new", "the same person, just now, does, and goes on");
  tap.equal((await needs()).status, 200, "where they wanted to go");
  for (const then of ["https://evil.example/", "//evil.example", "/\\evil.example", "/x;y\r\nSet-Cookie: a=b", "javascript:alert(1)"]) {
    tap.equal((await confirmed("s-1", {}, then)).location, "/", `and nowhere else: ${JSON.stringify(then)}`);
  }
}

async function unlinked(register) {
  const browser = new Browser(register);
  await browser.signOn("s-1");
  const older = new Browser(register);
  older.cookies.set("returnhub_session", browser.cookies.get("returnhub_session"));
  await browser.signOn("s-1");
  tap.equal(await older.who(), "401", "the session that a browser had before ends as another begins");
  tap.equal(await browser.who(), "caseworker", "which goes on");
  register.link("caseworker", "s-1", "unlink");
  tap.equal(await browser.who(), "401", "whoever is no longer linked is signed out");
  tap.equal((await browser.signOn("s-1")).status, 403, "and does not get in");
  const events = path.join(register.folder, "events.ndjson");
  register.command("export", events, "--events", "--as", "registrar");
  tap.ok(/linked to s-1 at .*: shown at the desk/.test(fs.readFileSync(events, "utf8")), "what was linked by whom is on record");
}

async function theirFactor(register) {
  register.link("caseworker", "s-1");
  const claims = (more) => new Browser(register).signOn("s-1", more);
  const none = await claims({ amr: ["pwd"] });
  tap.ok(none.status === 403 && none.text.includes("needs a second factor"), "where theirs counts, nobody comes with a password alone");
  tap.equal((await claims({})).status, 403, "nor where nothing is said");
  tap.equal((await claims({ amr: "mfa" })).status, 403, "nor where it is said wrongly");
  tap.equal((await claims({ amr: ["pwd", "mfa"] })).location, "/today", "with two factors there it is enough");
  tap.equal((await claims({ acr: "urn:two" })).location, "/today", "or where they sign in as was agreed");
  tap.equal((await claims({ acr: "urn:one" })).status, 403, "and not otherwise");
  const own = await new Browser(register).signOn("s-2", { amr: ["pwd"] });
  tap.ok(own.status === 200 && own.text.includes("Your second factor"), "whoever has one here may use that");
  tap.equal((await new Browser(register).signOn("s-2", { amr: ["mfa"] })).location, "/today", "and need not, after two there");
  register.command("account", "lost-device", "authorising", "--as", "admin", "--reason", "the telephone is lost");
  tap.equal((await new Browser(register).signOn("s-2", { amr: ["pwd"] })).status, 403, "until the device is lost");
}

// A provider that has nothing but PKCS#1 v1.5: taken, unless the settings refuse it.
async function oldSignatures(register) {
  const old = { kid: "old", ...crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }) };
  const provider = register.provider;
  const before = [provider.key, provider.keys];
  const token = (claims) => {
    const body = `${base64url(JSON.stringify({ alg: "RS256", kid: "old" }))}.${base64url(JSON.stringify(claims))}`;
    return `${body}.${base64url(crypto.sign("sha256", Buffer.from(body), old.privateKey))}`;
  };
  provider.keys = [...before[1], jwk(old, { alg: "RS256" })];
  await refused(register, "an old signature (RS256)", 401, "not signed in a way", { token });
  const lenient = new Register(register.folder, register.store, provider, "");
  await lenient.open();
  provider.lie = { token, document: { id_token_signing_alg_values_supported: ["RS256"] } };
  tap.equal((await new Browser(lenient).signOn("s-1")).location, "/today", "an old signature is taken where the settings do not refuse it");
  provider.lie = {};
  [provider.key, provider.keys] = before;
  await lenient.close();
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "returnhub-sign-on-"));
  const store = path.join(folder, "register.db");
  const provider = new Provider();
  execFileSync("python3", [path.join(__dirname, "demonstration.py"), folder, "100", "7"], { stdio: "pipe" });
  await provider.open();
  const register = new Register(folder, store, provider, "[signatures]\nold = no\n");
  try {
    await register.open();
    await hostileDocuments(register);
    await honest(register);
    await hostileTokens(register);
    await hostileAnswers(register);
    await oldSignatures(register);
    await keysChange(register);
    await secondFactor(register);
    await proof(register);
    await unlinked(register);
    await register.close();
    const strict = new Register(folder, store, provider, "their_second_factor = yes\nacr = urn:two urn:three\n");
    await strict.open();
    await theirFactor(strict);
    await strict.close();
  } catch (error) {
    tap.ok(false, "it goes to its end", `${error.stack} ${error.cause}\n${register.errors?.slice(-3000)}`);
    register.child?.kill("SIGKILL");
  } finally {
    provider.server.closeAllConnections();
    provider.server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  tap.end();
}

main();
