// The desks around a departure, through the pages alone: a manifest drawn up, boarded and accounted for; the arrival confirmed
// at the hub's desk; the books kept and the monitor's finding answered; an agreement and its compartment; a joint operation
// beside arrivals; an order of a court, and who was told.
//
// Argument: "script" or "no-script": the same with JavaScript on and off.
"use strict";

const { Tap } = require("./tap.cjs");
const { Desk } = require("./desk.cjs");
const { check, choose, leave, notice, post, submit } = require("./forms.cjs");

const HUB = "HUB-NORTH";

// Somebody whose transfer to the hub has every approval.
async function approved(desk, tokens, skip) {
  const screening = await desk.json(tokens.caseworker, `/screening?step=hub_transfer&hub=${HUB}`);
  const clear = screening.body.lines.filter((line) => line.clearance === "clear");
  for (const line of clear) {
    const asked = await post(desk, tokens.caseworker, `/people/${line.person}/steps`, { step: "hub_transfer", hub: HUB });
    if (skip.includes(line.person) || asked.status >= 300) {
      continue;
    }
    const request = asked.body.request.id;
    await post(desk, tokens.authorising, `/requests/${request}/approval`, {});
    const last = await post(desk, tokens.senior, `/requests/${request}/approval`, {});
    if (last.status < 300) {
      return { person: line.person, request };
    }
  }
  return null;
}

async function fillDue(page) {
  const due = new Date(Date.now() + 14 * 86400000);
  await page.fill("#due_on", String(due.getUTCDate()));
  await page.fill("#due_on-month", String(due.getUTCMonth() + 1));
  await page.fill("#due_on-year", String(due.getUTCFullYear()));
  await page.fill("#due_reason", "Two weeks are enough");
}

async function fillInstant(page, name, at) {
  await page.fill(`#${name}`, String(at.getUTCDate()));
  await page.fill(`#${name}-month`, String(at.getUTCMonth() + 1));
  await page.fill(`#${name}-year`, String(at.getUTCFullYear()));
  await page.fill(`#${name}-time`, at.toISOString().slice(11, 16));
}

// On the day that the person was told of.
async function drawUp(desk, tap, page, one) {
  await page.goto(`${desk.address}/manifests`);
  await desk.look(page, "manifests");
  await page.click("a:text-is('Open a manifest')");
  await desk.look(page, "open a manifest");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#departs_at']").count(), 1, "a manifest has a day and an hour");
  await desk.look(page, "open a manifest refused");
  await choose(page, "step", "hub_transfer");
  await choose(page, "hub", HUB);
  await fillInstant(page, "departs_at", one.departsAt);
  await page.fill("#carrier", "RH 101");
  await page.fill("#escorts", "4");
  await check(desk, tap, page, "open a manifest");
  tap.includes(await notice(page), "manifest is open", "the manifest is open");
  await desk.look(page, "manifest without people");
  const manifest = page.url().replace(/\?.*/, "");
  await page.click("a:text-is('Put somebody on it')");
  await desk.look(page, "put somebody on it");
  await choose(page, "request", String(one.request));
  await check(desk, tap, page, "put somebody on it");
  await desk.look(page, "manifest with a person");
  return manifest;
}

// The person was told of another day than today: boarding today leaves them off, and says why.
async function board(desk, tap, page, manifest, one) {
  await page.goto(`${manifest}/boarding`);
  await desk.look(page, "boarding check");
  await submit(page);
  const found = await page.locator("main").innerText();
  tap.includes(found, "1 person was left off", "nobody boards on another day than they were told of");
  tap.includes(found, "told of another day", "and the reason is said");
  await desk.look(page, "what boarding found");
  await page.goto(manifest);
  tap.includes(await page.locator("main").innerText(), one.person, "who was left off stays on the page");
  await desk.look(page, "manifest boarded");
}

// Sent without a manifest: on the way to the hub.
async function send(desk, tokens, one) {
  return (await post(desk, tokens.caseworker, `/requests/${one.request}/taking`, {})).status;
}

async function hubDesk(desk, tap, one) {
  const operator = await desk.signedIn("hub-north");
  await operator.goto(`${desk.address}/hubs/${HUB}/desk`);
  tap.includes(await operator.locator("main").innerText(), "Accurate as of", "the desk says when it was accurate");
  tap.includes(await operator.locator("main").innerText(), one.person, "who was sent is expected");
  await desk.look(operator, "hub desk");
  const placed = async () => (await operator.goto(`${desk.address}/people/${one.person}`)) && operator.locator(".rh-compact").first().innerText();
  const head = async () => operator.locator(".rh-person").innerText();
  const lawyer = await desk.signedIn("lawyer");
  await post(desk, await desk.token("caseworker"), `/people/${one.person}/ties/new`, { username: "lawyer", authority: "Signed form" });
  const own = async () => (await lawyer.goto(`${desk.address}/clients/${one.person}`)) && lawyer.locator("main").innerText();
  tap.includes(await placed(), "Arrival not confirmed yet", "who is on the way is not said to be there");
  tap.ok(/Expected at the hub since/.test(await head()) && !/At a return hub/.test(await head()), "nor in the head of the record", await head());
  tap.includes(await own(), "The arrival there is not confirmed.", "nor to who represents them");
  await desk.look(lawyer, "a client on the way to a hub");
  tap.equal((await desk.json(await desk.token("lawyer"), `/clients/${one.person}/copy`)).body.arrival, "expected", "nor the copy that they keep");
  await operator.goto(`${desk.address}/hubs/${HUB}/desk`);
  await operator.click(`a[href$="/arrival?person=${one.person}"]`);
  await desk.look(operator, "confirm an arrival");
  await check(desk, tap, operator, "confirm an arrival");
  tap.includes(await operator.locator("main").innerText(), "on which day the person arrived", "the law says why not yet");
  await desk.look(operator, "arrival not confirmed yet");
  const today = new Date().toISOString().slice(0, 10);
  const fact = { fact: "hub_stay.arrived_on", value: today };
  await post(desk, await desk.token("hub-north"), `/people/${one.person}/facts`, { facts: [fact] });
  await operator.goto(`${desk.address}/hubs/${HUB}/desk/arrival?person=${one.person}`);
  await submit(operator);
  await leave(operator, "button[value=checked]");
  tap.includes(await notice(operator), "recorded", "the arrival is confirmed");
  tap.ok(!(await placed()).includes("Arrival not confirmed"), "who has arrived is there");
  tap.includes(await head(), "At a return hub since", "and the head says so");
  tap.includes(await own(), "At the hub:", "as does what their representative reads");
  await operator.goto(`${desk.address}/hubs/${HUB}/desk/report`);
  await operator.fill("#in_use", "1");
  await operator.fill("#out_of_use", "0");
  await check(desk, tap, operator, "report places");
  await desk.look(operator, "hub desk that differs");
  await operator.goto(`${desk.address}/hubs/${HUB}/desk/unexpected`);
  await desk.look(operator, "somebody unexpected");
  await operator.goto(`${desk.address}/hubs/${HUB}/desk/out-of-use?place=1`);
  await desk.look(operator, "place out of use");
  await operator.goto(`${desk.address}/books/new/incident?subject=${HUB}`);
  await choose(operator, "what", "fire");
  await fillInstant(operator, "started_at", new Date(Date.now() - 3600000));
  await operator.fill("#description", "A bin in the yard\nwas on fire.");
  await check(desk, tap, operator, "open an incident");
  tap.includes(await operator.locator(".govuk-error-summary").innerText(), "by when", "an incident without a clock needs a day");
  tap.equal(await operator.inputValue("#description"), "A bin in the yard\nwas on fire.", "what was typed is kept");
  await desk.look(operator, "incident without a day");
  await fillDue(operator);
  await check(desk, tap, operator, "open an incident with a day");
  tap.includes(await notice(operator), "recorded", "an incident is in the books");
  await desk.look(operator, "incident");
  return operator;
}

async function books(desk, tap, operator, one) {
  const monitor = await desk.signedIn("monitor");
  await monitor.goto(`${desk.address}/monitor`);
  await desk.look(monitor, "monitor without findings");
  await monitor.goto(`${desk.address}/books/new/finding?subject=${HUB}`);
  await desk.look(monitor, "record a finding");
  await choose(monitor, "subject", HUB);
  await choose(monitor, "severity", "moderate");
  await monitor.fill("#description", "Nobody could speak with a lawyer alone.");
  await fillDue(monitor);
  await check(desk, tap, monitor, "record a finding");
  const finding = monitor.url().replace(/\?.*/, "");
  await operator.goto(finding);
  await operator.click("a:text-is('Answer it')");
  await operator.fill("#answer", "A room is set aside.");
  await check(desk, tap, operator, "answer a finding");
  await operator.goto(`${desk.address}/books/new/complaint?subject=${one.person}`);
  await desk.look(operator, "take down a complaint");
  await choose(operator, "made_by", "the_person");
  await choose(operator, "about", "food_or_accommodation");
  await operator.fill("#description", "The room is cold.");
  await check(desk, tap, operator, "take down a complaint");
  await desk.look(operator, "complaint");
  await monitor.goto(finding);
  await desk.look(monitor, "finding answered");
  await monitor.goto(`${desk.address}/monitor`);
  tap.includes(await monitor.locator("main").innerText(), "Finding of the monitor", "the monitor's desk shows the finding");
  await desk.look(monitor, "monitor");
  await monitor.click("a:text-is('The seal of the register')");
  tap.includes(await monitor.locator("main").innerText(), "register.example/log", "the page of the seal names the log");
  await desk.look(monitor, "the seal");
  for (const [address, name] of [["/books", "books"], ["/books?show=all", "books, everything"], ["/books/new", "kinds of entries"]]) {
    await operator.goto(`${desk.address}${address}`);
    await desk.look(operator, name);
  }
}

async function agreements(desk, tap, caseworker) {
  const senior = await desk.signedIn("senior");
  await senior.goto(`${desk.address}/agreements/new`);
  await senior.fill("#reference", "AGR-TALKS");
  await senior.fill("#partner", "Partner of the browser");
  await senior.fill("#title", "Talks that nobody knows of");
  await choose(senior, "compartment", "confidential");
  await check(desk, tap, senior, "open an agreement");
  await senior.click("a:text-is('Move it to another state')");
  await choose(senior, "state", "in_talks");
  await senior.fill("#source", "Note of the first meeting");
  await check(desk, tap, senior, "move an agreement");
  await desk.look(senior, "confidential agreement");
  await senior.goto(`${desk.address}/agreements`);
  tap.includes(await senior.locator("main").innerText(), "Talks that nobody knows of", "who may see it sees it");
  await desk.look(senior, "agreements with a compartment");
  const absent = await (await caseworker.goto(`${desk.address}/agreements/AGR-NOTHING`)).text();
  const hidden = await caseworker.goto(`${desk.address}/agreements/AGR-TALKS`);
  tap.equal(hidden.status(), 404, "for the others it does not exist");
  tap.equal(await hidden.text(), absent, "and looks exactly like nothing");
  await caseworker.goto(`${desk.address}/agreements`);
  tap.ok(!(await caseworker.locator("body").innerText()).includes("Talks that"), "nor is it in a list");
  await desk.look(caseworker, "agreements without it");
  return senior;
}

async function operations(desk, tap, senior) {
  await senior.goto(`${desk.address}/operations?from=2023-01-01&to=2023-12-31`);
  tap.ok((await senior.locator("svg .rh-bar").count()) > 40, "the weeks of a year are drawn");
  await senior.fill("[name=to-month]", "6");
  await senior.fill("[name=to-day]", "30");
  await senior.click(".rh-filter button");
  tap.equal(await senior.inputValue("[name=from-month]"), "1", "the days asked about stand in the form");
  const weeks = await senior.locator("svg .rh-bar").count();
  tap.ok(weeks > 20 && weeks < 30, "half a year is drawn when it is asked for by day, month and year", weeks);
  await desk.look(senior, "operations");
}

async function courtOrder(desk, tap, caseworker, one) {
  await caseworker.goto(`${desk.address}/orders/new?person=${one.person}`);
  await desk.look(caseworker, "report an order");
  const kind = await caseworker.locator("input[name=order], select[name=order] option").first().getAttribute("value");
  await choose(caseworker, "order", kind === "" ? "court_order" : kind);
  await caseworker.fill("#reporter", "The representative");
  await caseworker.fill("#means", "By telephone");
  await check(desk, tap, caseworker, "report an order");
  tap.includes(await caseworker.locator("main").innerText(), one.person, "the order stops what is under way");
  await desk.look(caseworker, "order reported");
  await caseworker.goto(`${desk.address}/stops`);
  await desk.look(caseworker, "stops with a report");
  await caseworker.locator("main table a").first().click();
  await desk.look(caseworker, "stop");
  await leave(caseworker, "button:text-is('I know of this stop')");
  tap.includes(await notice(caseworker), "acknowledged", "the stop is acknowledged");
}

async function departures(desk, tap) {
  const tokens = {};
  for (const account of ["caseworker", "authorising", "senior"]) {
    tokens[account] = await desk.token(account);
  }
  const one = await approved(desk, tokens, []);
  tap.ok(one !== null, "somebody has every approval");
  const facts = (await desk.json(tokens.caseworker, `/people/${one.person}`)).body.facts;
  const told = facts.find((fact) => fact.fact === "removal_notice.departure_on" || fact.fact === "hub_notice.departure_on");
  const planned = facts.find((fact) => fact.fact === "departure.on");
  const day = [told, planned].find((fact) => fact !== undefined && fact.known)?.value;
  const soon = new Date(Date.now() + 2 * 3600000);
  one.departsAt = day !== undefined && day > soon.toISOString().slice(0, 10) ? new Date(`${day}T12:00:00Z`) : soon;
  const caseworker = await desk.signedIn("caseworker");
  const manifest = await drawUp(desk, tap, caseworker, one);
  await board(desk, tap, caseworker, manifest, one);
  const sent = await approved(desk, tokens, [one.person]);
  tap.ok(sent !== null && (await send(desk, tokens, sent)) < 300, "somebody is sent to the hub");
  const operator = await hubDesk(desk, tap, sent);
  await books(desk, tap, operator, sent);
  const senior = await agreements(desk, tap, caseworker);
  await operations(desk, tap, senior);
  const other = await approved(desk, tokens, [one.person, sent.person]);
  tap.ok(other !== null, "somebody else has every approval");
  await courtOrder(desk, tap, caseworker, other);
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    await departures(desk, tap);
    desk.nu();
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
  } catch (error) {
    tap.ok(false, "the desks are gone through to the end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
