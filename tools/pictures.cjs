// Makes the pictures of docs/desk.md anew, from a demonstration register: node tools/pictures.cjs
// RETURNHUB_BUILD names the build whose pages are shown (build/test).
"use strict";

const path = require("node:path");
const { Desk } = require("../tests/browser/desk.cjs");

const FOLDER = path.join(__dirname, "..", "docs", "pictures");
const HUB = "HUB-NORTH";

// Whose desk, which address, under which name; %s is somebody whom the law clears for a transfer.
const PICTURES = [
  ["caseworker", "/today", "today"],
  ["caseworker", "/people/%s", "person"],
  ["caseworker", "/people/%s/clocks", "clocks"],
  ["caseworker", `/people/%s/steps/hub_transfer?hub=${HUB}`, "explanation"],
  ["caseworker", "/people/%s/history", "history"],
  ["hub-north", `/hubs/${HUB}/desk`, "hub-desk"],
  ["monitor", "/monitor", "monitor"],
  ["statistician", "/statistics/work_in_progress", "statistics"],
  ["admin", "/access", "access"],
];

async function main() {
  process.env.RETURNHUB_BUILD ??= path.join(__dirname, "..", "build", "test");
  const desk = new Desk(null, true);
  try {
    await desk.open();
    const screening = await desk.json(await desk.token("caseworker"), `/screening?step=hub_transfer&hub=${HUB}`);
    const { person } = screening.body.lines.find((line) => line.clearance === "clear");
    for (const [account, address, name] of PICTURES) {
      const page = await desk.signedIn(account, { viewport: { width: 960, height: 800 } });
      await page.goto(desk.address + address.replace("%s", person));
      await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
    }
  } finally {
    await desk.close();
  }
}

main();
