// What is sent twice, and what two people send at once, through the pages: whoever goes back and sends a form again is told that it was
// recorded and is led there; two presses of a button are one; what is different is new; who means it twice can say so. Who corrects what
// somebody else corrected since their form was opened is told of it first, in every form that writes over what is on record.
//
// Faults that were planted, each in the source named, and the check that failed of it: forms that are not remembered (command.c without
// done_forms_note: "sent again it says so"); one that is meant again and is not let through (command.c: "meant once more it is recorded");
// forms that show nothing of the record (deed.c without hide_shown: "an old form says what was recorded since"); a correction that changes nothing (administration.c without
// sitting_nothing_new: "what changes nothing is not recorded").
//
// Argument: "script" or "no-script": the same with JavaScript on and off.
"use strict";

const { Tap } = require("./tap.cjs");
const { Desk } = require("./desk.cjs");
const { choose, leave, notice, post, submit } = require("./forms.cjs");

async function text(page) {
  return page.locator("main").innerText();
}

async function problem(page) {
  const summary = page.locator(".govuk-error-summary");
  return (await summary.count()) > 0 ? summary.innerText() : "";
}

// The position of the last event, as every page says it for who has it on paper.
async function last(page) {
  const answer = await page.request.get(new URL("/account", page.url()).href, { headers: { accept: "text/html" } });
  return Number(/record up to event (\d+)/.exec(await answer.text())[1]);
}

// Sends what is in the form; where its answers are shown again, those too. How many pages that were.
async function send(page) {
  await submit(page);
  const checks = (await page.locator("button[value=checked]").count()) > 0;
  if (checks) {
    await leave(page, "button[value=checked]");
  }
  return checks ? 2 : 1;
}

// Back to the form, past the page that showed its answers, which a browser does not keep.
async function back(page, path, pages) {
  await Promise.all([page.waitForNavigation(), page.evaluate((count) => history.go(-count), pages)]);
  if (new URL(page.url()).pathname !== path) {
    throw new Error(`back does not lead to ${path} but to ${page.url()}`);
  }
}

async function sentTwice(desk, tap, page, { name, path, fill, differ }) {
  await page.goto(`${desk.address}${path}`);
  const form = new URL(page.url()).pathname;
  await fill(page);
  const before = await last(page);
  const pages = await send(page);
  const there = page.url();
  const once = await last(page);
  tap.ok(once > before, `${name}: it is recorded`, `${await problem(page)} ${there}`);
  await back(page, form, pages);
  await fill(page);
  await send(page);
  tap.includes(await text(page), "You sent this before", `${name}: sent again it says so`);
  tap.equal(await last(page), once, `${name}: and is recorded once`);
  if ((await page.locator("h1").innerText()) !== "You sent this before") {
    return;
  }
  await desk.look(page, `${name} sent before`);
  await leave(page, "main a.govuk-button");
  tap.equal(page.url(), there.split("?")[0], `${name}: and leads to where it is`);
  if (differ !== undefined) {
    await page.goto(`${desk.address}${path}`);
    await fill(page);
    await differ(page);
    await send(page);
    tap.ok(await last(page) > once, `${name}: what is different is new`, await problem(page));
  }
}

async function everyKind(desk, tap, tokens) {
  const registered = async (name) => (await post(desk, tokens.caseworker, "/people", { name, registered_on: "2024-01-09" })).body.reference;
  const person = await registered("Synthetic Twice");
  const page = await desk.signedIn("caseworker");
  const on = async (at, name, [day, month, year]) => {
    await at.fill(`[name="${name}-day"]`, day);
    await at.fill(`[name="${name}-month"]`, month);
    await at.fill(`[name="${name}-year"]`, year);
  };
  const forms = [
    { name: "note", path: `/people/${person}/note`, fill: (at) => at.fill("#note", "They telephoned."), differ: (at) => at.fill("#note", "They wrote.") },
    { name: "contact", path: `/people/${person}/contact`, fill: (at) => at.fill("#source", "A call"), differ: (at) => at.fill("#source", "A visit") },
    { name: "facts", path: `/people/${person}/facts?section=${encodeURIComponent("Identity and family")}`,
      fill: (at) => choose(at, "person.nationality", "AFG"), differ: (at) => choose(at, "person.nationality", "IRN") },
    { name: "registration", path: "/people/new", fill: async (at) => {
      await at.fill("#name", "Synthetic Registered Once");
      await on(at, "registered_on", ["9", "1", "2024"]);
    }, differ: (at) => at.fill("#name", "Synthetic Registered Then") },
    { name: "another name", path: `/people/${person}/identifiers`, fill: async (at) => {
      await choose(at, "scheme", "other_name");
      await at.fill("#value", "Synthetic Nickname");
    } },
    { name: "correction", path: `/people/${person}/correction`, fill: async (at) => {
      await at.fill("#name", "Synthetic Twicer");
      await at.fill("#reason", "Their passport");
    } },
    { name: "complaint", path: "/books/new/complaint", fill: async (at) => {
      await at.fill("#subject", person);
      await at.fill("#description", "The room is cold.");
      await choose(at, "made_by", "the_person");
      await choose(at, "about", "property");
    } },
  ];
  for (const form of forms) {
    await sentTwice(desk, tap, page, form);
  }
  const north = await desk.signedIn("hub-north");
  await sentTwice(desk, tap, north, { name: "somebody who is not expected", path: "/hubs/HUB-NORTH/desk/unexpected",
    fill: (at) => at.fill("#description", "A man with a blue bag") });
  return { page, person };
}

// It happened twice: the same is recorded once more when that is said. Two presses of the button are one.
async function meantTwice(desk, tap, page, token, person) {
  const notes = async () => (await desk.json(token, `/people/${person}/history`)).body.history.filter((line) => line.kind === "note_added").length;
  const before = await notes();
  const write = async () => {
    await page.goto(`${desk.address}/people/${person}/note`);
    await page.fill("#note", "They did not answer the telephone.");
  };
  await write();
  await submit(page);
  await write();
  await submit(page);
  tap.equal(await notes(), before + 1, "the same note is one");
  await leave(page, "main form button[type=submit]");
  tap.equal(await notes(), before + 2, "meant once more it is recorded");
  tap.includes(await notice(page), "note is added", "and it is said");
  await page.goto(`${desk.address}/people/${person}/note`);
  await page.fill("#note", "A note with two presses.");
  await page.locator("main form[method=post] button[type=submit]").last().dblclick();
  await page.waitForURL((url) => !url.pathname.endsWith("/note"));
  tap.equal(await notes(), before + 3, "two presses are one");
  tap.includes(await notice(page), "note is added", "and are answered as one");
}

// Two tabs: the second is opened before the first is sent.
async function twoTabs(desk, tap, username, { name, path, first, second, now }) {
  const one = await desk.signedIn(username);
  const other = await one.context().newPage();
  await one.goto(`${desk.address}${path}`);
  await other.goto(`${desk.address}${path}`);
  await first(one);
  await send(one);
  const value = await now();
  await second(other);
  await send(other);
  tap.includes(await problem(other), "recorded this since you opened the form", `${name}: an old form says what was recorded since`);
  tap.equal(await now(), value, `${name}: and writes nothing over it`);
  if ((await problem(other)) === "") {
    return;
  }
  const before = await last(other);
  await send(other);
  tap.ok(await last(other) > before, `${name}: sent once more it is meant so`, await problem(other));
  tap.ok(await now() !== value, `${name}: and recorded`);
  await one.context().close();
}

async function overwritten(desk, tap, tokens, person) {
  const known = async (of, path) => JSON.stringify(of((await desk.json(tokens.senior, path)).body));
  const reasoned = (field, value) => async (at) => {
    await at.fill(`#${field}`, value);
    await at.fill("#reason", "A document");
  };
  await twoTabs(desk, tap, "caseworker", { name: "name", path: `/people/${person}/correction`,
    first: reasoned("name", "Synthetic First Tab"), second: reasoned("name", "Synthetic Second Tab"), now: () => known((body) => body.name, `/people/${person}`) });
  await twoTabs(desk, tap, "senior", { name: "places", path: "/hubs/HUB-NORTH/places",
    first: reasoned("places", "61"), second: reasoned("places", "62"), now: () => known((body) => body.places.agreed, "/hubs/HUB-NORTH") });
  const { body: hub } = await desk.json(tokens.senior, "/hubs/HUB-NORTH/desk");
  const stay = hub.stays[0].reference;
  const free = hub.places.filter((place) => place.state === "free" && place.kind !== "").map(({ number }) => String(number));
  await twoTabs(desk, tap, "hub-north", { name: "place of somebody", path: `/hubs/HUB-NORTH/desk/place-change?person=${stay}`,
    first: reasoned("place", free[0]), second: reasoned("place", free[1]),
    now: () => known((body) => body.stays.find((one) => one.reference === stay).place, "/hubs/HUB-NORTH/desk") });
  const role = (value) => async (at) => {
    await choose(at, "role", value);
    await at.fill("#reason", "They changed");
  };
  const admin = await desk.token("admin");
  await twoTabs(desk, tap, "admin", { name: "role", path: "/accounts/statistician/role",
    first: role("caseworker"), second: role("registrar"), now: async () => JSON.stringify((await desk.json(admin, "/accounts/statistician")).body.role) });
  const page = await desk.signedIn("caseworker");
  await page.goto(`${desk.address}/people/${person}/correction`);
  await page.fill("#reason", "Nothing");
  const before = await last(page);
  await send(page);
  tap.includes(await problem(page), "Nothing in this is different", "what changes nothing is not recorded");
  tap.equal(await last(page), before, "and it is not");
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    const tokens = { caseworker: await desk.token("caseworker"), senior: await desk.token("senior") };
    const { page, person } = await everyKind(desk, tap, tokens);
    await meantTwice(desk, tap, page, tokens.caseworker, person);
    await overwritten(desk, tap, tokens, person);
    desk.nu();
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
  } catch (error) {
    tap.ok(false, "it goes to its end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
