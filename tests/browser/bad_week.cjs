// A bad week at the desk, through the pages alone: two officers record the same fact, the second on a form that was opened before; a session
// ends while somebody writes; an order of a court is reported by a reference that is typed wrongly, and stops a transfer that is approved; the
// partner declines somebody in the books; an old page offers to approve what has ended; nobody may answer for an entry who cannot see it; a
// name of one long word on a telephone. What a page says, the API says.
//
// Faults that were planted, each in the source named, and the check that failed of it: a form that does not ask what was recorded since
// (fact_form.c: "an old form says what was recorded since"); a form that is not given back (kept.c: "a form that is sent too late says so");
// signing in that leads to the beginning (handle_sign_in.c: "whoever signs in goes on where they were"); every role offered (handle_books.c:
// "who may answer for an incident"); a fact that is not marked (history.c: "what was withdrawn is named, and marked"); a contact of which the
// law is not told (people.c: "and the law knows of the contact"); a check that is overdue since the registration (view_work.c: "a check for
// which no day is set says so"); words that do not break (_layout.scss: "fits 320 pixels"); arrivals that are not counted (waiting.c: "stands on
// the page of the day"); links to those who left (view_hub_desk.c: "leads nowhere"); countries by their codes (countries.c: "in the order of
// their names"); a person who is not named (deed.c: "the person is named before anything is done"); an end that is not told (resource_work.c:
// "the request says what ended it"); a form for what has ended (handle_steps.c: "an old page does not offer to approve it"); a search that does
// not know (handle_people.c: "the search knows a mistyped reference"); a partner's answer that the law does not hear of (books.c: "a person
// whom the partner declines is stopped").
//
// A relative who is not named (handle_contacts.c without `look`: "a relative is named before anything is done"); dates of birth that are not
// compared (birth.c: "as the API says"); an entry that stops nothing (books.c: "a death in the books stops what was approved").
//
// Argument: "script" or "no-script": the same with JavaScript on and off.
"use strict";

const { Tap } = require("./tap.cjs");
const { Desk, PASSWORD } = require("./desk.cjs");
const { check, choose, leave, notice, post, submit } = require("./forms.cjs");

async function text(page) {
  return page.locator("main").innerText();
}

// What the page says is wrong with what was sent; "" when it says nothing.
async function problem(page) {
  const summary = page.locator(".govuk-error-summary");
  return (await summary.count()) > 0 ? summary.innerText() : "";
}

async function at(page, address) {
  await page.goto(address);
  return page;
}

// Of the work of the day: a transfer to the hub that has every approval.
async function approvedTransfer(desk, token, hub) {
  const { body } = await desk.json(token, "/today");
  return body.requests.find((request) => request.step.name === "hub_transfer" && request.state === "approved" && request.hub.reference === hub);
}

async function register(desk, token, name) {
  return (await post(desk, token, "/people", { name, registered_on: "2024-01-09" })).body.reference;
}

// The one who opened the form before is told who recorded what since; what they chose stays chosen, and sent once more it is recorded.
async function twoOfficers(desk, tap, page, tokens) {
  const person = await register(desk, tokens.caseworker, "Synthetic Two Officers");
  const form = `${desk.address}/people/${person}/facts?section=${encodeURIComponent("Identity and family")}`;
  const nationality = async () => (await desk.json(tokens.caseworker, `/people/${person}/known`)).body.facts
    .find((fact) => fact.fact === "person.nationality").value;
  await page.goto(form);
  const names = await page.locator("select[name='person.nationality'] option").allInnerTexts();
  const listed = names.filter((name) => ["Germany", "Croatia", "Albania", "Åland Islands", "Zimbabwe"].includes(name));
  tap.equal(listed.join(), "Åland Islands,Albania,Croatia,Germany,Zimbabwe", "countries stand in the order of their names");
  await post(desk, tokens.senior, `/people/${person}/facts`, { facts: [{ fact: "person.nationality", value: "IRN" }] });
  await choose(page, "person.nationality", "AFG");
  await submit(page);
  tap.includes(await problem(page), "Demonstration senior officer recorded this since you opened the form: Iran",
    "an old form says what was recorded since");
  tap.equal(await nationality(), "IRN", "and passes over nothing");
  if (!page.url().endsWith("/facts")) {
    return;
  }
  tap.equal(await page.inputValue("select[name='person.nationality']"), "AFG", "what was chosen stays chosen");
  await submit(page);
  tap.includes(await notice(page), "recorded", "sent once more it is meant so");
  tap.equal(await nationality(), "AFG", "and recorded");
  await page.goto(form);
  await choose(page, "person.nationality", "AFG");
  await page.fill("#source", "Their passport");
  await post(desk, tokens.senior, `/people/${person}/facts`, { facts: [{ fact: "person.nationality", value: "AFG" }] });
  await submit(page);
  tap.includes(await notice(page), "recorded", "whoever records the same is not asked again");
}

// What was written is given back, is sent by whoever signs in beside, and stands in the record once.
async function sessionEnds(desk, tap, tokens) {
  const person = await register(desk, tokens.caseworker, "Synthetic Session Ends");
  const note = "The person said <that> they had been at the hospital\nfor three weeks.";
  const page = await desk.signedIn("caseworker");
  await page.goto(`${desk.address}/people/${person}/note`);
  await page.fill("#note", note);
  await page.context().clearCookies();
  await submit(page);
  tap.includes(await text(page), "Your session has ended", "a form that is sent too late says so");
  tap.includes(await text(page), "for three weeks", "and gives back what was written");
  await desk.look(page, "session ended");
  const beside = await page.context().newPage();
  await beside.goto(`${desk.address}/people/${person}/clocks`);
  await beside.fill("#username", "caseworker");
  await beside.fill("#password", PASSWORD);
  await leave(beside, "main form button[type=submit]");
  tap.ok(beside.url().endsWith(`/people/${person}/clocks`), "whoever signs in goes on where they were", beside.url());
  await beside.close();
  await submit(page);
  tap.includes(await text(page), "You are signed in as Demonstration caseworker", "in another session nothing is sent unasked");
  await desk.look(page, "form of another session");
  await submit(page);
  tap.includes(await notice(page), "note", "then it is recorded");
  const { body } = await desk.json(tokens.caseworker, `/people/${person}/history`);
  const notes = body.history.filter((line) => JSON.stringify(line).includes("three weeks"));
  tap.equal(notes.length, 1, "once, and as it was written");
}

// Who reports an order sees of whom it is before it takes effect; the request says what ended it, whoever asks.
async function courtOrder(desk, tap, page, tokens, request) {
  const { reference, name } = request.person;
  const last = reference.slice(-1);
  const send = async (person) => {
    await page.goto(`${desk.address}/orders/new`);
    await page.fill("#person", person);
    await choose(page, "order", "court_order");
    await page.fill("#reporter", "The duty clerk");
    await page.fill("#means", "By telephone");
    await submit(page);
  };
  await send(reference.slice(0, -1) + (last === "0" ? "1" : "0"));
  tap.includes(await problem(page), "a character is wrong", "a reference that is typed wrongly is told at once");
  await send(reference.toLowerCase().replaceAll("-", "–"));
  tap.includes(await text(page), `${name}, ${reference}`, "the person is named before anything is done");
  await leave(page, "button[value=checked]");
  tap.includes(await page.locator("h1").innerText(), "The order is reported", "the order is reported");
  tap.equal(await page.locator("main a", { hasText: `Go on to ${reference}` }).getAttribute("href"), `/people/${reference}`, "and leads to the person");
  await page.goto(`${desk.address}/requests/${request.id}`);
  tap.includes(await text(page), "No court order: A court has ordered", "the request says what ended it");
  await desk.look(page, "request that was stopped");
  const { end } = (await desk.json(tokens.caseworker, `/requests/${request.id}`)).body;
  tap.equal(`${end.by}: ${end.safeguards.map((one) => one.name)}`, "Demonstration senior officer: no_court_order", "and so does the API");
  await page.goto(`${desk.address}/requests/${request.id}/approval`);
  tap.includes(await notice(page), "Nothing was done", "an old page does not offer to approve it");
  tap.ok(page.url().includes(`/requests/${request.id}?`), "and leads to what became of it");
  await page.goto(`${desk.address}/people?text=${reference.slice(0, -1)}${last === "0" ? "1" : "0"}`);
  tap.includes(await text(page), "a character is wrong", "the search knows a mistyped reference from somebody who is not there");
}

// An hour before departure: the answer is written in the books, and the transfer is stopped.
async function partnerDeclines(desk, tap, page, tokens, request) {
  const asked = await post(desk, tokens.caseworker, "/books/new/acceptance", { subject: request.person.reference, hub: request.hub.reference,
    due_on: new Date(Date.now() + 86400000).toISOString().slice(0, 10), due_reason: "The flight" });
  await page.goto(`${desk.address}/entries/${asked.body.entry}/closed`);
  await choose(page, "outcome", "declined");
  await page.fill("#answer", "Changed their mind, an hour before");
  await check(desk, tap, page, "partner declines");
  tap.includes(await notice(page), "requests were stopped", "a person whom the partner declines is stopped");
  const { body } = await desk.json(tokens.caseworker, `/requests/${request.id}`);
  tap.equal(body.state, "stopped", "the approved transfer with them");
}

// A death is entered in the books when it is heard of, before it is confirmed and its step can be taken: what was approved is stopped at once,
// whoever approved it is told, and with the step nothing leads on: nobody is offered to record that the person came back.
async function death(desk, tap, page, tokens) {
  const { body: today } = await desk.json(tokens.caseworker, "/today");
  const request = today.requests.find((one) => one.step.name === "enforced_removal" && one.state === "approved");
  const person = request.person.reference;
  await page.goto(`${desk.address}/books/new/death?subject=${person}`);
  await check(desk, tap, page, "a death");
  tap.includes(await notice(page), "requests were stopped", "a death in the books stops what was approved");
  tap.equal((await desk.json(tokens.caseworker, `/requests/${request.id}`)).body.state, "stopped", "the removal with it");
  for (const account of ["caseworker", "authorising"]) {
    const { body } = await desk.json(await desk.token(account), "/stops");
    tap.ok(body.stops.some((stop) => stop.request === request.id), `the ${account} is told`);
  }
  await post(desk, tokens.caseworker, `/people/${person}/facts`, { facts: [{ fact: "death.confirmed_on", value: new Date().toISOString().slice(0, 10) }] });
  const taken = await post(desk, tokens.caseworker, `/people/${person}/steps`, { step: "record_death" });
  tap.equal(taken.status, 201, "the step is taken when it is confirmed");
  await page.goto(`${desk.address}/people/${person}`);
  tap.ok((await text(page)).includes("Died since") && !(await text(page)).includes("came back"), "nobody who died is said to come back");
  await desk.look(page, "somebody who died");
}

// Whoever answers for an entry sees it.
async function whoAnswers(desk, tap, page) {
  await page.goto(`${desk.address}/books/new/incident`);
  const roles = await page.locator("input[name=responsible], select[name=responsible] option").evaluateAll((all) => all.map((one) => one.value));
  tap.equal(roles.filter((role) => role !== "").sort().join(), "authorising_officer,caseworker,hub_operator,senior_officer", "who may answer for an incident");
}

// A year that was typed wrongly is taken back: the history says what, and the line itself is marked.
async function wrongYear(desk, tap, page, tokens) {
  const person = await register(desk, tokens.caseworker, "Synthetic Wrong Year");
  const recorded = await post(desk, tokens.caseworker, `/people/${person}/facts`, { facts: [{ fact: "departure.on", value: "2036-12-24" }] });
  await page.goto(`${desk.address}/people/${person}/facts/${recorded.body.events[0]}/withdrawal`);
  await page.fill("#reason", "Typed wrongly");
  await submit(page);
  await page.goto(`${desk.address}/people/${person}/history?topic=facts`);
  const lines = await page.locator("main h3").allInnerTexts();
  tap.equal(lines.join("; "), "Withdrawn: Day of the departure: 24 December 2036; Day of the departure: 24 December 2036 Withdrawn",
    "what was withdrawn is named, and marked");
  await desk.look(page, "history with a withdrawn fact");
}

// Seen today, without a day for the next check: it is not called overdue since the registration.
async function checkWithoutDay(desk, tap, page, tokens) {
  const person = await register(desk, tokens.caseworker, "Synthetic Seen Today");
  await post(desk, tokens.caseworker, `/people/${person}/contact`, { on: new Date().toISOString().slice(0, 10), source: "Came to report" });
  await page.goto(`${desk.address}/today?kind=check`);
  tap.includes(await page.locator("tr", { hasText: person }).innerText(), "Day not set", "a check for which no day is set says so");
  const known = (await desk.json(tokens.caseworker, `/people/${person}/known`)).body.facts;
  tap.equal(known.find((fact) => fact.fact === "contact.last_confirmed_on").value, new Date().toISOString().slice(0, 10), "and the law knows of the contact");
}

// Somebody stands at the gate of a hub: whoever may find out who it is reads it where their day begins.
async function unexpectedArrival(desk, tap, page) {
  const seen = "A man at the gate, without papers";
  const before = await text(await at(page, `${desk.address}/today`));
  await post(desk, await desk.token("hub-north"), "/hubs/HUB-NORTH/desk/unexpected", { description: seen, seen_on: new Date().toISOString().slice(0, 10) });
  tap.ok(!before.includes("to account for") && (await text(await at(page, `${desk.address}/today`))).includes("Demonia North hub: 1 arrival to account for"),
    "an arrival that nobody has explained stands on the page of the day");
  await leave(page, "main a:text-is('Demonia North hub: 1 arrival to account for')");
  tap.includes(await text(page), seen, "which leads to the hub's desk");
  const hub = await desk.signedIn("hub-north");
  await hub.goto(`${desk.address}/hubs/HUB-NORTH/desk`);
  tap.equal(await hub.locator("table", { hasText: "Who left, latest first" }).locator("a[href^='/people/']").count(), 0,
    "who left leads nowhere for a hub that sees nothing of them any more");
}

// A relative is named before two records become one family: a reference that is right may be somebody else's.
async function relative(desk, tap, page, tokens) {
  const [person, other] = [await register(desk, tokens.caseworker, "Synthetic Relative One"), await register(desk, tokens.caseworker, "Synthetic Relative Two")];
  await page.goto(`${desk.address}/people/${person}/family`);
  await page.fill("#relative", other);
  await submit(page);
  tap.includes(await text(page), `Synthetic Relative Two, ${other}`, "a relative is named before anything is done");
  const family = async () => (await desk.json(tokens.caseworker, `/people/${person}`)).body.family.length;
  tap.equal(await family(), 0, "and is none yet");
  if ((await page.locator("button[value=checked]").count()) > 0) {
    await leave(page, "button[value=checked]");
  }
  tap.equal(await family(), 1, "once checked it is recorded");
}

// A fact that says another date of birth than the name stands beside it: whoever reads the page sees it, and which one the law reads.
async function bornOtherwise(desk, tap, page, tokens) {
  const person = (await post(desk, tokens.caseworker, "/people", { name: "Synthetic Born Twice", born_on: "1990-05-17", registered_on: "2024-01-09" })).body.reference;
  const record = (value) => post(desk, tokens.caseworker, `/people/${person}/facts`, { facts: [{ fact: "person.born_on", value }] });
  const says = async () => (await page.goto(`${desk.address}/people/${person}`)) && text(page);
  await record("1990-05-17");
  tap.ok(!(await says()).includes("Date of birth in the facts"), "one date of birth is said once");
  await record("2010-05-17");
  tap.includes(await says(), "17 May 2010 Another day", "another one in the facts is shown");
  tap.includes(await text(page), "The safeguards read this one", "and that the law reads it");
  const { body } = await desk.json(tokens.caseworker, `/people/${person}`);
  tap.equal(`${body.born_on.value} ${body.born_on_in_facts}`, "1990-05-17 2010-05-17", "as the API says");
  await desk.look(page, "two dates of birth");
}

async function longName(desk, tap, page, tokens) {
  const person = await register(desk, tokens.caseworker, "Syntheticperson".repeat(10));
  await page.goto(`${desk.address}/people/${person}`);
  await desk.reflow(page, "a name of one long word");
}

async function week(desk, tap) {
  const tokens = { caseworker: await desk.token("caseworker"), senior: await desk.token("senior") };
  const north = await approvedTransfer(desk, tokens.caseworker, "HUB-NORTH");
  const south = await approvedTransfer(desk, tokens.caseworker, "HUB-SOUTH");
  tap.ok(north !== undefined && south !== undefined, "two transfers are approved");
  const senior = await desk.signedIn("senior");
  const page = await desk.signedIn("caseworker");
  await twoOfficers(desk, tap, page, tokens);
  await sessionEnds(desk, tap, tokens);
  await whoAnswers(desk, tap, page);
  await wrongYear(desk, tap, page, tokens);
  await checkWithoutDay(desk, tap, page, tokens);
  await longName(desk, tap, page, tokens);
  await relative(desk, tap, page, tokens);
  await bornOtherwise(desk, tap, page, tokens);
  await unexpectedArrival(desk, tap, page);
  await courtOrder(desk, tap, senior, tokens, north);
  await partnerDeclines(desk, tap, page, tokens, south);
  await death(desk, tap, page, tokens);
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    await week(desk, tap);
    desk.nu();
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
  } catch (error) {
    tap.ok(false, "the week goes to its end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
