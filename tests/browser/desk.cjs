// desk: a demonstration register, the real server over it, and a browser at each account's desk.
"use strict";

const { spawn, execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { chromium } = require("playwright-core");
const { AxeBuilder } = require("@axe-core/playwright");
const { HtmlValidate } = require("html-validate");

const PASSWORD = "demonstration-only";
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const CHROMIUM = process.env.RETURNHUB_CHROMIUM ?? "/usr/bin/chromium";
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

function binary() {
  return path.join(process.env.RETURNHUB_BUILD, "src", "cli", "returnhub");
}

// A new register of 300 synthetic people in a folder of its own.
function makeRegister() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "returnhub-browser-"));
  const store = path.join(folder, "register.db");
  execFileSync(binary(), ["demo", "--people", "300", "--seed", "7", "--store", store], { stdio: "pipe" });
  return { folder, store };
}

function startServer(store) {
  const child = spawn(binary(), ["serve", "--store", store, "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let errors = "";
  child.stderr.on("data", (data) => { errors += data; });
  return new Promise((resolve, reject) => {
    child.on("exit", (status) => reject(new Error(`the server ended with ${status}: ${errors.slice(-4000)}`)));
    child.stdout.on("data", (data) => {
      printed += data;
      const match = /Serving on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed);
      if (match !== null) {
        resolve({ child, address: match[1], errors: () => errors });
      }
    });
  });
}

class Desk {
  constructor(tap, javascript) {
    this.tap = tap;
    this.javascript = javascript;
    this.shots = path.join(process.env.RETURNHUB_BUILD, "browser", javascript ? "with-script" : "without-script");
    this.contexts = [];
    this.messages = [];
    this.unfolded = new Set();
    this.documents = new Map(); // of each page: the last answer that was a document
  }

  async open() {
    fs.mkdirSync(this.shots, { recursive: true });
    this.register = makeRegister();
    this.server = await startServer(this.register.store);
    this.address = this.server.address;
    this.browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  }

  async close() {
    await this.browser?.close();
    if (this.server !== undefined) {
      const ended = new Promise((resolve) => this.server.child.once("exit", resolve));
      this.server.child.removeAllListeners("exit");
      this.server.child.once("exit", () => {});
      this.server.child.kill("SIGTERM");
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10000))]);
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
    this.contexts.push(context);
    const page = await context.newPage();
    page.on("console", (message) => {
      // A page with status 4xx is reported as a failed resource; that is no fault of the page.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.messages.push(`${page.url()}: ${message.text()}`);
      }
    });
    page.on("response", (response) => {
      if (response.request().isNavigationRequest() && response.status() !== 303) {
        this.documents.set(page, response);
      }
    });
    page.on("pageerror", (error) => this.messages.push(`${page.url()}: ${error}`));
    return page;
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

  // Looks at the page that is open: well-formed HTML, one heading, no accessibility violation, nothing off the screen at
  // 320 pixels. Keeps a picture of it.
  async look(page, name) {
    const report = await validator.validateString(await this.documents.get(page).text());
    this.tap.ok(report.valid, `${name}: valid HTML`,
      report.results.flatMap((result) => result.messages)
        .map((message) => `${message.line}:${message.column} ${message.ruleId} ${message.message}`)
        .slice(0, 12).join("\n"));
    this.tap.equal(await page.locator("h1").count(), 1, `${name}: one main heading`);
    this.tap.includes(await page.title(), "returnhub", `${name}: has a title`);
    await page.screenshot({ path: path.join(this.shots, `${name.replace(/[^a-z0-9]+/gi, "-")}.png`), fullPage: true });
    await this.unfoldOnce(page);
    await this.axe(page, name);
    await this.reflow(page, name);
    await this.fold(page);
  }

  async axe(page, name) {
    if (!this.javascript) {
      return; // axe waits inside the page, where nothing runs; the same pages are looked at with scripts on
    }
    const found = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    this.tap.ok(found.violations.length === 0, `${name}: no accessibility violation`,
      found.violations.map((violation) => `${violation.id}: ${violation.help}\n  ` +
        violation.nodes.slice(0, 4).map((node) => node.html.slice(0, 200)).join("\n  ")).join("\n"));
  }

  // What is folded is part of the page as well: it is unfolded the first time a kind of page is looked at.
  async unfoldOnce(page) {
    const kind = new URL(page.url()).pathname.replace(/RH-[^/]+|\d+/g, "X");
    if (!this.unfolded.has(kind)) {
      this.unfolded.add(kind);
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
    }
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

module.exports = { CHROMIUM, Desk, FLAGS, PASSWORD, TAGS, binary, validator };
