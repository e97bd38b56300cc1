// Aim: Lighthouse finds nothing to say against the accessibility of the pages that are used most, and little against their speed:
// 100, and 95 or more.
//
// The speed is judged in the long form alone (RETURNHUB_LONG: an optimised build and a quiet machine), as the best of three, for
// what else the machine does is no fault of a page. That form also looks at the desks of the others; axe looks at every page (every_page.cjs).
"use strict";

const { Tap } = require("./tap.cjs");
const { CHROMIUM, Desk, FLAGS } = require("./desk.cjs");
const { chromium } = require("playwright-core");
const net = require("node:net");

const LONG = process.env.RETURNHUB_LONG !== undefined;
const TRIES = LONG ? 3 : 1;
const SPEED = 0.95;

// Who looks at what; {person} and {hub} are the first that the account sees.
const DESKS = [
  ["caseworker", ["/today", "/people/{person}", "/releases"]],
  ...(LONG ? [
    ["caseworker", ["/people", "/people/{person}/known", "/people/{person}/facts", "/people/{person}/safeguards", "/people/{person}/history", "/stops", "/rulebook"]],
    ["hub-north", ["/today", "/hubs", "/hubs/{hub}"]],
    ["monitor", ["/today", "/hubs/{hub}"]],
    ["statistician", ["/statistics", "/forecast"]],
    ["admin", ["/accounts"]],
    ["person", ["/own"]],
    ["lawyer", ["/clients"]],
  ] : []),
];

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, true);
  let browser;
  try {
    const { default: lighthouse } = await import("lighthouse");
    const { default: atDesk } = await import("lighthouse/core/config/desktop-config.js");
    await desk.open();
    const port = await freePort();
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, `--remote-debugging-port=${port}`] });
    for (const [account, addresses] of DESKS) {
      const page = await desk.signedIn(account);
      const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
      const token = await desk.token(account);
      const first = async (list) => ((await desk.json(token, `/${list}`)).body[list] ?? [])[0]?.reference;
      const [person, hub] = [await first("people"), await first("hubs")];
      for (const pattern of addresses) {
        const address = pattern.replace("{person}", person).replace("{hub}", hub);
        const name = `${pattern} (${account})`;
        let speed = 0;
        let looked = null;
        for (let i = 0; i < TRIES && speed < SPEED; i++) {
          const { lhr } = await lighthouse(`${desk.address}${address}`, { port, output: "json", logLevel: "silent", disableStorageReset: true,
            onlyCategories: ["accessibility", ...(LONG ? ["performance"] : [])], extraHeaders: { Cookie: cookies } }, atDesk);
          looked = lhr;
          speed = Math.max(speed, lhr.categories.performance?.score ?? 0);
        }
        const faults = Object.values(looked.audits).filter((audit) => audit.score === 0 &&
          looked.categories.accessibility.auditRefs.some(({ id }) => id === audit.id)).map((audit) => audit.title);
        tap.equal(looked.finalDisplayedUrl, `${desk.address}${address}`, `${name}: is the page that was meant`);
        tap.ok(looked.categories.accessibility.score === 1, `${name}: accessibility 100`, faults.join("\n"));
        if (LONG) {
          console.log(`# ${name}: performance ${Math.round(speed * 100)}`);
          tap.ok(speed >= SPEED, `${name}: performance 95 or more`, String(speed));
        }
      }
    }
  } catch (error) {
    tap.ok(false, "Lighthouse looks at the pages", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await browser?.close();
    await desk.close();
  }
  tap.end();
}

main();
