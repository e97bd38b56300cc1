// Aim: a rulebook as an HTML page is valid, accessible by axe's rules, and as wide as the screen it is read on, telephone or desk;
// and the two columns of a rule stand beside each other where there is room, below each other where there is none.
"use strict";

const { execFileSync } = require("node:child_process");
const path = require("node:path");
const { chromium } = require("playwright-core");
const { CHROMIUM, FLAGS, TAGS, binary, validator, violations } = require("./desk.cjs");
const { Tap } = require("./tap.cjs");

const ROOT = process.env.RETURNHUB_SOURCE;
const WIDTHS = { telephone: 360, desk: 1200 };

function page(folder) {
  return execFileSync(binary(), ["rulebook", "show", path.join(ROOT, folder), "--format", "html"],
    { encoding: "utf8", maxBuffer: 1 << 28 });
}

function invalid(html) {
  return validator.validateStringSync(html).results.flatMap((result) =>
    result.messages.map((message) => `${message.line}: ${message.ruleId}: ${message.message}`));
}

async function look(tap, context, html, screen) {
  const tab = await context.newPage();
  await tab.setContent(html);
  const { found } = await violations(tab, [...TAGS, "best-practice"]);
  tap.ok(found.length === 0, `${screen}: axe finds nothing`, found.join("\n"));
  const measures = await tab.evaluate(() => {
    const [rule, source] = document.querySelectorAll(".columns > div");
    return { width: document.documentElement.scrollWidth, beside: source.getBoundingClientRect().top < rule.getBoundingClientRect().bottom };
  });
  tap.ok(measures.width <= WIDTHS[screen], `${screen}: nothing is wider than the screen`, `${measures.width} pixels`);
  tap.ok(measures.beside === (screen === "desk"), `${screen}: rule and source stand where there is room for them`);
  await tab.close();
}

async function main() {
  const tap = new Tap();
  const faults = invalid(page("rulebooks/uk"));
  tap.ok(faults.length === 0, "the page of the law is valid HTML", faults.slice(0, 10).join("\n"));
  const html = page("tests/casework/rules");
  tap.ok(invalid(html.replace("</h1>", "</h2>")).length > 0, "a page that is not valid is noticed");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  for (const screen of Object.keys(WIDTHS)) {
    const context = await browser.newContext({ viewport: { width: WIDTHS[screen], height: 800 } });
    await look(tap, context, html, screen);
    await context.close();
  }
  await browser.close();
  tap.end();
}

main();
