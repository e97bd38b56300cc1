// Aim: axe, the Nu checker and the fixtures of GOV.UK Frontend have nothing against any page there is, and each fits 320 pixels: every
// address that is said to answer with a page (docs/api/openapi.json) is looked at once, each form of a deed by itself, as whichever account
// comes to it by links, or by its address with names that stand in links elsewhere. What is not there in a register where little has happened
// is named here: the journeys make it and look at it.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { Tap } = require("./tap.cjs");
const { Desk, PASSWORD, binary } = require("./desk.cjs");

const ACCOUNTS = ["caseworker", "authorising", "senior", "hub-north", "monitor", "protection", "admin", "statistician", "registrar", "liaison", "person", "lawyer"];
const READ_AN_ACCOUNT = 400; // of pages whose links are followed
const OF_A_KIND = 3; // whose links are followed: one person's page does not offer what another's does
const BY_ITSELF = ["deed", "kind"]; // whose values are forms of their own
const TRIED = 5; // of the values of a name

// What must have happened first, and the journeys make happen; the first account of all has a register of its own (tests/server/first.py).
const ELSEWHERE = ["/account/passkeys/new", "/first-account", "/sign-in/provider/answer", "/account/passkeys/{passkey}/removal", "/merges/{merge}",
  "/people/{person}/copy", "/stops/{stop}", "/manifests/{manifest}", "/glass/{glass}/review", "/own/letters/{letter}", "/releases/{release}",
  "/people/{person}/ties/{tie}/end", "/people/{person}/identifiers/{event}/withdrawal", "/letters/texts/{notice}/{language}/approval",
  "/clients/{person}/letters/{letter}"];

const document = JSON.parse(fs.readFileSync(path.join(process.env.RETURNHUB_SOURCE, "docs", "api", "openapi.json"), "utf8"));
const templates = Object.entries(document.paths)
  .filter(([, { get }]) => get?.responses["200"]?.content?.["text/html"] !== undefined)
  .map(([template]) => ({ template, names: [...template.matchAll(/\{(\w+)\}/g)].map((found) => found[1]),
    expression: new RegExp(`^${template.replace(/\{\w+\}/g, "([^/]+)")}$`) }))
  .sort((a, b) => a.names.length - b.names.length);

// What kind of page an address is: its template, with the values that make a form of its own.
function kindOf(pathname) {
  for (const { template, names, expression } of templates) {
    const values = expression.exec(pathname)?.slice(1);
    if (values !== undefined) {
      return names.reduce((kind, name, i) => (BY_ITSELF.includes(name) ? kind.replace(`{${name}}`, values[i]) : kind), template);
    }
  }
  return undefined;
}

// Of each name in a template: what stands in its place in an address that was seen.
const values = new Map([["other", ["RH-000000-0"]]]);

function learn(address) {
  for (const { names, expression } of templates) {
    const found = expression.exec(address.split("?")[0])?.slice(1);
    if (found !== undefined) {
      names.forEach((name, i) => values.set(name, [...new Set([...(values.get(name) ?? []), found[i]])].slice(0, TRIED)));
      return;
    }
  }
}

// Addresses of a template, each name with the first, the second, ... of its values.
function filled({ template, names }) {
  return names.every((name) => values.has(name) || name === "other")
    ? [...Array(names.length === 0 ? 1 : TRIED).keys()].map((i) => names.reduce((address, name) => {
      const list = name === "other" ? values.get("person").slice().reverse() : values.get(name);
      return address.replace(`{${name}}`, list[i % list.length]);
    }, template))
    : [];
}

function linksIn(html) {
  return [...new Set([...html.matchAll(/href="(\/[^"#]*)"/g)].map((found) => found[1].replace(/&amp;/g, "&")))]
    .filter((address) => !/[?&](as|cursor|language|limit|after)=/.test(address));
}

// Whether a page is there for the account; looked at if it is the first of its kind.
async function visit(desk, page, account, address, kind, looked) {
  const answer = await page.request.get(`${desk.address}${address}`, { headers: { accept: "text/html" }, maxRedirects: 0 });
  const { "content-type": type = "", "content-disposition": kept = "" } = answer.headers();
  if (answer.status() !== 200 || !type.startsWith("text/html") || kept.startsWith("attachment")) {
    return undefined;
  }
  if (!looked.has(kind)) {
    looked.add(kind);
    await page.goto(`${desk.address}${address}`);
    await desk.look(page, `${kind} (${account ?? "nobody"})`);
  }
  return answer.text();
}

async function walk(desk, page, account, looked) {
  const waiting = ["/", "/today", "/own", "/account", "/people", "/releases", "/sign-in", "/accessibility", "/api"];
  const known = new Set(waiting);
  const followed = new Map();
  for (let read = 0; waiting.length > 0 && read < READ_AN_ACCOUNT; read += 1) {
    const address = waiting.shift();
    const kind = kindOf(address.split("?")[0]);
    const times = followed.get(kind) ?? 0;
    if (kind === undefined || times >= OF_A_KIND) {
      continue;
    }
    followed.set(kind, times + 1);
    const html = await visit(desk, page, account, address, kind, looked);
    linksIn(html ?? "").filter((link) => !known.has(link)).forEach((link) => { known.add(link); waiting.push(link); learn(link); });
  }
}

// What no link led to.
async function ask(desk, page, account, looked) {
  for (const one of templates.filter(({ template }) => !looked.has(template))) {
    for (const address of filled(one)) {
      const kind = kindOf(address);
      if (!looked.has(kind)) {
        await visit(desk, page, account, address, kind, looked);
      }
    }
  }
}

// Letters to a person and to a client, an operation and whoever records it; somebody who was removed comes first of all people.
function begin(store) {
  const run = (...words) => execFileSync(binary(), [...words, "--store", store], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const referenceIn = (text) => /RH-[0-9A-Z]{6}-[0-9A-Z]/.exec(text)[0];
  for (const reference of [referenceIn(run("own", "record", "--as", "person")), referenceIn(run("own", "clients", "--as", "lawyer"))]) {
    const issued = run("notice", "issue", reference, "removal_decision", "--as", "caseworker");
    values.set("letter", [...(values.get("letter") ?? []), /notice (\d+)/.exec(issued)[1]]);
  }
  const password = `${store}.password`;
  fs.writeFileSync(password, PASSWORD, { mode: 0o600 });
  run("account", "open", "liaison", "--name", "Somebody Sample", "--role", "liaison_officer", "--as", "admin");
  run("account", "password", "liaison", "--password-file", password, "--as", "admin");
  run("operation", "record", "day_of_action", "2023-10-12", "ALB:police", "arrests=7", "--source", "press_notice", "--as", "liaison");
  values.set("person", [referenceIn(run("person", "list", "--stage", "removed", "--limit", "1", "--as", "caseworker"))]);
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, true);
  const looked = new Set();
  try {
    await desk.open({ forecast: true });
    begin(desk.register.store);
    const pages = [];
    for (const account of [...ACCOUNTS, undefined]) {
      const page = account === undefined ? await desk.newPage() : await desk.signedIn(account);
      pages.push({ account, page });
      await walk(desk, page, account, looked);
    }
    for (const { account, page } of pages) {
      await ask(desk, page, account, looked);
    }
    const missing = templates.filter(({ template, names }) => !names.some((name) => BY_ITSELF.includes(name)) && !looked.has(template))
      .map(({ template }) => template);
    tap.equal(missing.join("\n"), ELSEWHERE.join("\n"), "every page is looked at, but for those that are looked at elsewhere");
    console.log(`# ${looked.size} kinds of page`);
    desk.nu();
  } catch (error) {
    tap.ok(false, "every page is looked at", error.stack);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
