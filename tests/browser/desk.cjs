// desk: a demonstration register, the real server over it, and a browser at each account's desk.
"use strict";

const { spawn, spawnSync, execFileSync } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = require("axe-core/axe.min.js");
const { HtmlValidate } = require("html-validate");
const { Grammar } = require("../pages/grammar.cjs");
const { faultOf } = require("./contract.cjs");

const PASSWORD = "demonstration-only";
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PICTURES = process.env.RETURNHUB_PICTURES !== undefined; // of every page that is looked at, for whoever wants to see them
const CHROMIUM = process.env.RETURNHUB_CHROMIUM ?? "/usr/bin/chromium-headless-shell";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    "no-trailing-whitespace": "off",
    "require-sri": "off", // our own files, under addresses that hold their hash
    "long-title": "off",
    "prefer-native-element": "off", // a table that scrolls is a region by role, as GOV.UK does it
    "svg-focusable": "off",
  },
});

// What the Nu checker says of all pages of a run at once: [{name, line, message}].
function nuFaults(documents) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "returnhub-nu-"));
  const names = documents.map(({ name, html }, i) => {
    const file = path.join(folder, `${i}.html`);
    fs.writeFileSync(file, html);
    return [file, name];
  });
  const jar = path.join(__dirname, "..", "..", "node_modules", "vnu-jar", "build", "dist", "vnu.jar");
  // Compiled plainly, which takes more of the stack: it ends before what the better compiler makes of it is worth anything.
  const run = spawnSync("java", ["-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar, "--format", "json", "--exit-zero-always", ...names.map(([file]) => file)],
    { encoding: "utf8", maxBuffer: 1 << 28 });
  fs.rmSync(folder, { recursive: true, force: true });
  if (run.status !== 0) {
    throw new Error(`the Nu checker does not run: ${run.error ?? run.stderr.slice(-2000)}`);
  }
  return JSON.parse(run.stderr).messages.filter((message) => message.type === "error" || message.subType === "fatal")
    .map((message) => ({ name: names.find(([file]) => message.url.endsWith(file))?.[1] ?? message.url,
      line: message.lastLine, message: message.message }));
}

// What axe's rules with these tags find on a page, as lines; how text stands out is asked of the elements that `selector` says. And of
// which of them axe could not tell: their `data-paint`.
async function violations(page, tags, selector = "*") {
  await page.evaluate(axe.source);
  const { found, untold } = await page.evaluate(async ([values, contrastOf]) => {
    window.axe.configure({ rules: [{ id: "color-contrast", selector: contrastOf }] });
    const { violations: broken, incomplete } = await window.axe.run(document,
      { runOnly: { type: "tag", values }, resultTypes: ["violations", "incomplete"], elementRef: true });
    return {
      found: broken.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 4).map((node) => node.html.slice(0, 200)) })),
      untold: incomplete.filter(({ id }) => id === "color-contrast").flatMap(({ nodes }) => nodes.map((node) => node.element.getAttribute("data-paint"))),
    };
  }, [tags, selector]);
  return { found: found.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.join("\n  ")}`), untold };
}

// Runs in a page: what there is on it that is not known yet. A shape is an element as far as axe's rules can tell one from another;
// a paint is what says how a text stands out: its colour, size and weight, and the ground of everything around it. Text of a new paint, or in
// an element of a new shape, is marked with its paint.
function newOn({ shapes, paints }) {
  const known = { shapes: new Set(shapes), paints: new Set(paints) };
  const found = { shapes: new Set(), paints: new Set() };
  const grounds = new Map();
  const one = (element) => `${element.tagName} ${[...(element.classList ?? [])].sort().join(".")}`;
  const hasText = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  const isOff = (element) => element.closest(":disabled, [aria-disabled=true], [inert]") !== null || element.closest("label")?.control?.disabled === true;
  for (const element of document.querySelectorAll("*")) {
    const shape = [one(element.parentElement ?? element), one(element),
      ...[...element.attributes].map(({ name }) => name).sort(), element.getAttribute("role"), element.getAttribute("type"),
      element.textContent.trim() === ""].join("|");
    if (!known.shapes.has(shape)) {
      found.shapes.add(shape);
    }
    const style = getComputedStyle(element);
    const ground = [style.backgroundColor, style.backgroundImage, style.opacity].join(" ");
    grounds.set(element, (grounds.get(element.parentElement) ?? "") + (ground === "rgba(0, 0, 0, 0) none 1" ? "" : `${ground};`));
    if (!hasText(element) || !element.checkVisibility({ visibilityProperty: true })) {
      continue;
    }
    const box = element.getBoundingClientRect();
    const paint = [grounds.get(element), style.color, style.fontSize, style.fontWeight, style.textShadow, isOff(element),
      box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0].join("|");
    if (!known.paints.has(paint)) {
      found.paints.add(paint);
    }
    if (!known.paints.has(paint) || !known.shapes.has(shape)) {
      element.setAttribute("data-paint", paint);
    }
  }
  return { shapes: [...found.shapes], paints: [...found.paints] };
}

// Runs in a page: opens the folds that hold anything of another kind than those known, and gives what was found in them.
function openNew(known) {
  const seen = new Set(known);
  const found = [];
  const one = (element) => `${element.tagName} ${[...(element.classList ?? [])].sort().join(".")}`;
  for (const details of document.querySelectorAll("details")) {
    const inside = [...details.querySelectorAll("*")].map((element) => `${one(element.parentElement)} ${one(element)}`)
      .filter((shape) => !seen.has(shape));
    if (inside.length > 0) {
      inside.forEach((shape) => { seen.add(shape); found.push(shape); });
      for (let fold = details; fold !== null; fold = fold.parentElement.closest("details")) {
        fold.open = true;
      }
    }
  }
  return found;
}

// Whoever presses something reads on when the page that came of it is there whole: it may be on its way when the press is done.
function readsWhole(page) {
  const locators = Object.getPrototypeOf(page.locator("html"));
  for (const [object, pageOf] of [[page, () => page], ...(locators.readsWhole ? [] : [[locators, (locator) => locator.page()]])]) {
    const click = object.click;
    object.click = async function (...how) {
      await click.apply(this, how);
      await pageOf(this).waitForLoadState("domcontentloaded");
    };
  }
  locators.readsWhole = true;
}

function binary() {
  return path.join(process.env.RETURNHUB_BUILD, "src", "cli", "returnhub");
}

// A new register of 300 synthetic people in a folder of its own.
function makeRegister() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "returnhub-browser-"));
  const store = path.join(folder, "register.db");
  execFileSync("python3", [path.join(__dirname, "..", "server", "demonstration.py"), folder, "300", "7"], { stdio: "pipe" });
  execFileSync(binary(), ["seal", "key", "register.example/log", "--store", store], { stdio: "pipe" });
  return { folder, store };
}

// What a hub would do, in few futures of few people: the pages are looked at, not the numbers.
function makeForecast(folder) {
  const options = ["hub", "--futures", "4", "--one-in", "500", "--output", folder];
  execFileSync(binary(), ["forecast", "run", ...options], { stdio: "pipe" });
  execFileSync(binary(), ["forecast", "shares", ...options], { stdio: "pipe" });
  return ["--forecast", folder];
}

function startServer(store, port = 0, options = []) {
  const child = spawn(binary(), ["serve", "--store", store, "--port", String(port), "--seal-key", `${store}.seal`, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let errors = "";
  child.stderr.on("data", (data) => { errors += data; });
  const ended = new Promise((resolve) => child.on("exit", (status, signal) => resolve(status ?? signal)));
  return new Promise((resolve, reject) => {
    ended.then((how) => reject(new Error(`the server ended with ${how}: ${errors.slice(-4000)}`)));
    child.stdout.on("data", (data) => {
      printed += data;
      const match = /Serving on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed);
      if (match !== null) {
        resolve({ child, ended, address: match[1], errors: () => errors });
      }
    });
  });
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Desk {
  constructor(tap, javascript) {
    this.tap = tap;
    this.javascript = javascript;
    this.shots = path.join(process.env.RETURNHUB_BUILD, "browser", javascript ? "with-script" : "without-script");
    this.contexts = [];
    this.messages = [];
    this.folds = new Set(); // of everything in a fold that was opened for axe
    this.exchanges = new Map(); // everything asked and answered, by its text
    this.documents = new Map(); // of each page: the last answer that was a document
    this.looked = new Map(); // every document looked at, by its text: the name of the page
    this.shapes = new Set(); // of everything that axe has looked at
    this.paints = new Set(); // of every text of which axe has told that it stands out
    this.spent = {}; // milliseconds, by what for
  }

  // `settingsOf`, of the port: the settings of a register that people reach at one address.
  async open({ settingsOf, forecast = false } = {}) {
    this.register = makeRegister();
    const options = forecast ? makeForecast(path.join(this.register.folder, "forecast")) : [];
    const port = settingsOf === undefined ? 0 : await freePort();
    if (settingsOf !== undefined) {
      const file = path.join(this.register.folder, "settings.ini");
      fs.writeFileSync(file, settingsOf(port));
      options.push("--settings", file);
    }
    this.server = await startServer(this.register.store, port, options);
    this.address = this.server.address;
    this.browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
    this.grammar = await Grammar.learned(this.browser);
  }

  async timed(what, doing) {
    const begun = Date.now();
    const done = await doing();
    this.spent[what] = (this.spent[what] ?? 0) + Date.now() - begun;
    return done;
  }

  // The same pages with scripts and without: the Nu checker reads them once.
  nu() {
    if (!this.javascript) {
      return;
    }
    const found = nuFaults([...this.looked].map(([html, name]) => ({ html, name })));
    this.tap.ok(found.length === 0, `the Nu checker finds nothing on ${this.looked.size} pages`,
      found.slice(0, 20).map(({ name, line, message }) => `${name}:${line}: ${message}`).join("\n"));
  }

  async close() {
    if (this.exchanges.size > 0) {
      this.contract();
    }
    console.log(`# seconds: ${Object.entries(this.spent).map(([what, spent]) => `${what} ${(spent / 1000).toFixed(1)}`).join(", ")}`);
    await this.browser?.close();
    if (this.server !== undefined) {
      const { child, ended, errors } = this.server;
      child.kill("SIGTERM");
      const how = await ended;
      this.tap.ok(how === 0, "the server ends when it is told to", `with ${how}: ${errors().slice(-4000)}`);
    }
    if (this.register !== undefined) {
      fs.rmSync(this.register.folder, { recursive: true, force: true });
    }
  }

  // A page in a context of its own: its own cookies, nobody signed in.
  async newPage(options = {}) {
    const context = await this.browser.newContext({
      javaScriptEnabled: this.javascript,
      viewport: { width: 1100, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(120000); // a machine that is busy with other things is no fault of a page
    this.contexts.push(context);
    const page = await context.newPage();
    readsWhole(page);
    page.on("console", (message) => {
      // A page with status 4xx is reported as a failed resource; that is no fault of the page.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.messages.push(`${page.url()}: ${message.text()}`);
      }
    });
    page.on("response", (response) => {
      this.keep(response);
      if (response.request().isNavigationRequest() && response.status() !== 303) {
        this.documents.set(page, response);
      }
    });
    page.on("pageerror", (error) => this.messages.push(`${page.url()}: ${error}`));
    return page;
  }

  // Of every answer of the server: what was asked, and what it is.
  keep(response) {
    const { origin, pathname } = new URL(response.url());
    if (origin === new URL(this.local ?? this.address).origin) {
      const exchange = { method: response.request().method(), pathname, status: response.status(), type: response.headers()["content-type"] ?? "" };
      this.exchanges.set(JSON.stringify(exchange), exchange);
    }
  }

  // Everything that was asked and answered is in the document of the API; one that is not would be found.
  contract() {
    const found = [...this.exchanges.values()].map(faultOf).filter((fault) => fault !== null);
    this.tap.ok(found.length === 0, "what was asked and answered is in the document of the API", [...new Set(found)].slice(0, 20).join("\n"));
    this.tap.ok(faultOf({ method: "GET", pathname: "/today", status: 200, type: "text/plain" }) !== null
      && faultOf({ method: "DELETE", pathname: "/today", status: 200, type: "text/html" }) !== null, "and what is not would be found");
  }

  // Signs an account in through the form.
  async signedIn(username, options = {}) {
    const page = await this.newPage(options);
    await page.goto(`${this.address}/sign-in`);
    await page.fill("#username", username);
    await page.fill("#password", PASSWORD);
    await page.click("main button[type=submit]");
    return page;
  }

  // A token for the API.
  async token(username) {
    const answer = await fetch(`${this.address}/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password: PASSWORD }),
    });
    return (await answer.json()).token;
  }

  async json(token, address) {
    const answer = await fetch(`${this.address}${address}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: await answer.json() };
  }

  // Looks at the page that is open: well-formed HTML, one heading, each component as it should be, no accessibility violation,
  // nothing off the screen at 320 pixels. RETURNHUB_PICTURES keeps a picture of it.
  async look(page, name) {
    if (this.javascript) {
      await this.judge(await this.documents.get(page).text(), name);
    }
    this.tap.equal(await page.locator("h1").count(), 1, `${name}: one main heading`);
    this.tap.includes(await page.title(), "returnhub", `${name}: has a title`);
    if (this.javascript && PICTURES) {
      const picture = path.join(this.shots, `${name.replace(/[^a-z0-9]+/gi, "-")}.png`);
      await this.timed("pictures", () => page.screenshot({ path: picture, fullPage: true }));
    }
    await this.unfoldNew(page);
    await this.timed("axe", () => this.axe(page, name));
    await this.unfoldAll(page);
    await this.timed("narrow", () => this.reflow(page, name));
    await this.fold(page);
  }

  // What the server sent is the same with scripts and without: it is judged once.
  async judge(html, name) {
    this.looked.set(html, name);
    const report = await this.timed("HTML", () => validator.validateString(html));
    this.tap.ok(report.valid, `${name}: valid HTML`,
      report.results.flatMap((result) => result.messages)
        .map((message) => `${message.line}:${message.column} ${message.ruleId} ${message.message}`)
        .slice(0, 12).join("\n"));
    const [odd] = await this.timed("components", () => this.grammar.faultsIn([html]));
    this.tap.ok(odd.length === 0, `${name}: the components are those of GOV.UK Frontend`, [...new Set(odd)].slice(0, 12).join("\n"));
  }

  // axe looks at every page that has anything on it which no page before had: an element with these classes and attributes,
  // in such a place, or a text that is painted so. What its rules ask of the whole page (labels, references, headings) the validator asks of
  // every page. Whether text stands out, which takes axe as long as everything else together, is asked of what is new.
  async axe(page, name) {
    if (!this.javascript) {
      return; // axe waits inside the page, where nothing runs; the same pages are looked at with scripts on
    }
    const { shapes, paints } = await page.evaluate(newOn, { shapes: [...this.shapes], paints: [...this.paints] });
    if (shapes.length === 0 && paints.length === 0) {
      return;
    }
    const { found, untold } = await violations(page, TAGS, "[data-paint]");
    await page.evaluate(() => document.querySelectorAll("[data-paint]").forEach((element) => element.removeAttribute("data-paint")));
    this.tap.ok(found.length === 0, `${name}: no accessibility violation`, found.join("\n"));
    if (found.length === 0) {
      shapes.forEach((shape) => this.shapes.add(shape));
      paints.filter((paint) => !untold.includes(paint)).forEach((paint) => this.paints.add(paint));
    }
  }

  // What is folded is part of the page as well. For axe each kind of fold is opened once, for it takes minutes over a page
  // where fifty of a kind stand open; to see whether everything fits, all of them.
  async unfoldNew(page) {
    const found = await page.evaluate(openNew, [...this.folds]);
    found.forEach((shape) => this.folds.add(shape));
  }

  async unfoldAll(page) {
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  }

  async fold(page) {
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = false; }));
  }

  // WCAG 2.2, 1.4.10: at a width of 320 pixels nothing needs scrolling in two directions.
  async reflow(page, name) {
    const size = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 900 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    this.tap.ok(width <= 320, `${name}: fits 320 pixels`, `is ${width} pixels wide`);
    await page.setViewportSize(size);
  }
}

module.exports = { CHROMIUM, Desk, FLAGS, PASSWORD, TAGS, binary, freePort, validator, violations };
