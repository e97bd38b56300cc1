// Makes the pictures of README.md and docs/desk.md anew, from a demonstration register: node tools/pictures.cjs
// RETURNHUB_BUILD names the build whose pages are shown (build/test).
"use strict";

const path = require("node:path");
const { Desk } = require("../tests/browser/desk.cjs");
const { Tap } = require("../tests/browser/tap.cjs");

const DOCS = path.join(__dirname, "..", "docs");
const SMALL = { width: 960, height: 800 };
const LARGE = { width: 1200, height: 1000 };
const HUB = "HUB-NORTH";

// Whose desk, which address, in which file and size; %s is somebody whom the law clears for a transfer, %b somebody whom it bars from it.
const PICTURES = [
  ["caseworker", "/people/%s", "screenshot.png", LARGE],
  ["caseworker", "/today", "pictures/today.png", SMALL],
  ["caseworker", "/people/%s", "pictures/person.png", SMALL],
  ["caseworker", "/people/%s/clocks", "pictures/clocks.png", SMALL],
  ["caseworker", `/people/%b/steps/hub_transfer?hub=${HUB}`, "pictures/explanation.png", SMALL],
  ["caseworker", "/people/%s/history", "pictures/history.png", SMALL],
  ["hub-north", `/hubs/${HUB}/desk`, "pictures/hub-desk.png", SMALL],
  ["monitor", "/monitor", "pictures/monitor.png", SMALL],
  ["statistician", "/statistics/work_in_progress", "pictures/statistics.png", SMALL],
  ["admin", "/access", "pictures/access.png", SMALL],
];

async function main() {
  process.env.RETURNHUB_BUILD ??= path.join(__dirname, "..", "build", "test");
  const tap = new Tap();
  const desk = new Desk(tap, true);
  try {
    await desk.open();
    const screening = await desk.json(await desk.token("caseworker"), `/screening?step=hub_transfer&hub=${HUB}`);
    const somebody = (clearance) => screening.body.lines.find((line) => line.clearance === clearance).person;
    for (const [account, address, file, viewport] of PICTURES) {
      const page = await desk.signedIn(account, { viewport });
      const answer = await page.goto(desk.address + address.replace("%s", somebody("clear")).replace("%b", somebody("barred")));
      tap.equal(answer.status(), 200, file);
      await page.mouse.move(0, 0); // away from whatever it stood on to sign in
      await page.screenshot({ path: path.join(DOCS, file) });
    }
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
