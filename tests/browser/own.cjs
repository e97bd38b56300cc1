// Aim: the person reads their own case in their language, the lawyer their clients', and neither anybody else's. A real browser,
// with JavaScript and without, in English, Albanian and Arabic: every page valid and accessible at 320 pixels, the direction right,
// nothing left in English that is not marked so; a complaint sent and seen by the office; and every way tried to somebody else's
// record, and to a client's after it was ended.
"use strict";

const { Desk } = require("./desk.cjs");
const { Tap } = require("./tap.cjs");

const LANGUAGES = [
  { code: "en", locale: "en-GB", direction: "ltr", heading: "My case", complaint: "Say that something is wrong", year: /\d{4}/ },
  { code: "sq", locale: "sq-AL", direction: "ltr", heading: "Çështja ime", complaint: "Thoni se diçka është gabim", year: /\d{4}/ },
  { code: "ar", locale: "ar", direction: "rtl", heading: "قضيتي", complaint: "أبلغ عن خطأ", year: /[\u0600-\u06ff]/ },
];

// Runs in a page: text of nobody's name that is not marked as English, and reads like it.
function english() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const marked = node.parentElement.closest("[lang]").lang !== document.documentElement.lang || node.parentElement.closest("bdi, script, [dir=auto]") !== null;
    if (!marked && /\b(the|and|is|of|in|on|not|you|this|that|what|your|day|error|enter|use|passkey)\b/i.test(node.textContent)) {
      found.push(node.textContent.trim());
    }
  }
  return found;
}

async function speaks(tap, page, language, name) {
  const root = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }));
  tap.equal(root.lang, language.code, `${name}: says its language`);
  tap.equal(root.dir, language.direction, `${name}: says its direction`);
  if (language.code !== "en") {
    const left = await page.evaluate(english);
    tap.ok(left.length === 0, `${name}: nothing is left in English unmarked`, left.join("\n"));
  }
}

// Mirrored: the bar beside a time stands where lines begin, and so does the arrow of what is folded.
async function mirrored(tap, page, language) {
  const found = await page.evaluate(() => {
    const time = document.querySelector(".rh-own-time");
    const style = getComputedStyle(time);
    const heading = time.querySelector("h3").getBoundingClientRect();
    const box = time.getBoundingClientRect();
    const summary = document.querySelector(".govuk-details__summary");
    return { right: style.borderRightWidth, left: style.borderLeftWidth, fromRight: box.right - heading.right,
      summary: [getComputedStyle(summary).paddingLeft, getComputedStyle(summary).paddingRight] };
  });
  const rtl = language.direction === "rtl";
  tap.equal(rtl ? found.right : found.left, "5px", `${language.code}: the bar is where lines begin`);
  tap.equal(rtl ? found.left : found.right, "0px", `${language.code}: and nowhere else`);
  tap.equal(found.summary[rtl ? 1 : 0], "25px", `${language.code}: so is the arrow of what is folded`);
}

// What a page says begins where its lines do, also where it is narrower than the page.
async function beginsAtTheEdge(tap, page, language) {
  const side = language.direction === "rtl" ? "right" : "left";
  const [main, heading, field] = await page.evaluate((edge) => ["main", "main h1", "#username"].map((one) => document.querySelector(one).getBoundingClientRect()[edge]), side);
  tap.equal(heading, main, `${language.code}: the heading begins at the edge`);
  tap.equal(field, main, `${language.code}: and so do the fields`);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 900 });
  const [inside, button] = await page.evaluate(() => ["main", "main .govuk-button-group button"].map((one) => {
    const box = document.querySelector(one).getBoundingClientRect();
    return [box.left, box.right];
  }));
  tap.ok(button[0] >= inside[0] && button[1] <= inside[1], `${language.code}: at 320 pixels a button is no wider than what it belongs to`, `${button} in ${inside}`);
  await page.setViewportSize(size);
}

// On a page from right to left what reaches out on the right is cut off, and the width of the page says nothing of it.
async function fitsWithin(tap, page, name) {
  await page.setViewportSize({ width: 320, height: 900 });
  const out = await page.locator("main p").evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText));
  tap.equal(out.length, 0, `${name}: at 320 pixels every paragraph is within its own edges: ${out[0] ?? ""}`);
  await page.setViewportSize({ width: 1100, height: 900 });
}

// A letter to the person of the account, in a language that may be another than the page's: where it stands.
async function serveLetter(desk) {
  const { body: own } = await desk.json(await desk.token("person"), "/own");
  const headers = { Authorization: `Bearer ${await desk.token("caseworker")}`, "Content-Type": "application/json", Accept: "application/json" };
  const post = async (address, body) => (await fetch(`${desk.address}${address}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const issued = await post(`/people/${own.reference}/letters/new`, { notice: "removal_decision", language: "en-GB" });
  await post(`/letters/${issued.number}/service`, { method: "in_person", on: issued.issued_on, understood: "yes", proof: "a signature" });
  return `/own/letters/${issued.number}`;
}

async function ownCase(tap, desk, language, letter) {
  const page = await desk.newPage({ locale: language.locale });
  await page.goto(`${desk.address}/sign-in`);
  await speaks(tap, page, language, `${language.code} sign-in`);
  await beginsAtTheEdge(tap, page, language);
  await page.fill("#username", "person");
  await page.fill("#password", "wrong");
  await page.click("main form[action='/sign-in'] button[type=submit]");
  await speaks(tap, page, language, `${language.code} sign-in refused`);
  await page.fill("#password", "demonstration-only");
  await page.click("main form[action='/sign-in'] button[type=submit]");
  tap.ok(page.url().endsWith("/own"), `${language.code}: the person comes to their own case`, page.url());
  tap.equal((await page.locator("h1").innerText()).trim(), language.heading, `${language.code}: it is called so`);
  await speaks(tap, page, language, `${language.code} own`);
  await mirrored(tap, page, language);
  const time = page.locator(".rh-own-time time").first();
  tap.ok(/^\d{4}-\d\d-\d\d$/.test(await time.getAttribute("datetime")), `${language.code}: a day for machines`);
  tap.ok(language.year.test(await time.innerText()), `${language.code}: a day in words`, await time.innerText());
  tap.equal(await page.locator(".rh-own-time .rh-iso").first().innerText(), await time.getAttribute("datetime"),
    `${language.code}: and the ISO form beside it`);
  const times = await page.locator(".rh-own-time").evaluateAll((all) => all.map((one) => [...one.querySelectorAll("time")].map((day) => day.dateTime)));
  tap.ok(times.every(([last, began]) => began === undefined || began < last), `${language.code}: a time that has a beginning began before its last day`, JSON.stringify(times));
  await desk.look(page, `own ${language.code}`);
  for (const part of ["record", "looks"]) {
    await page.goto(`${desk.address}/own/${part}`);
    await speaks(tap, page, language, `${language.code} ${part}`);
    await desk.look(page, `own ${part} ${language.code}`);
  }
  await page.goto(`${desk.address}${letter}`);
  await speaks(tap, page, language, `${language.code} letter`);
  await desk.look(page, `own letter ${language.code}`);
  await fitsWithin(tap, page, `${language.code} letter`);
  if (language.code !== "en") {
    await refusals(tap, desk, page, language);
  }
  await ownAccount(tap, desk, page, language);
  await complain(tap, desk, page, language);
}

// What keeps the account safe, and what everybody may read: in their language too, also when it is refused.
async function ownAccount(tap, desk, page, language) {
  for (const address of ["/account", "/account/password", "/account/second-factor/removal", "/account/proof", "/accessibility", "/releases"]) {
    await page.goto(`${desk.address}${address}`);
    await speaks(tap, page, language, `${language.code} ${address}`);
    await desk.look(page, `${address} ${language.code}`);
  }
  await page.goto(`${desk.address}/account/password`);
  const [good, other] = ["kettle lantern orchard 71", "kettle lantern orchard 72"];
  for (const [what, current, wanted, again] of [["no answer", "", "", ""], ["a wrong one", "not the password", good, good], ["a short one", "demonstration-only", "short", "short"],
    ["two that differ", "demonstration-only", good, other], ["the same one", "demonstration-only", "demonstration-only", "demonstration-only"],
    ["words that are tried first", "demonstration-only", "returnhub returnhub", "returnhub returnhub"], ["a row", "demonstration-only", "abcdefghijklmnop", "abcdefghijklmnop"],
    ["a long one", "demonstration-only", good.repeat(50), good.repeat(50)]]) {
    await page.fill("#current", current);
    await page.fill("#password", wanted);
    await page.fill("#again", again);
    await page.click("main form[action='/account/password'] button[type=submit]");
    tap.ok(await page.locator(".govuk-error-summary__list li").count() > 0, `${language.code}: a password is refused: ${what}`);
    await speaks(tap, page, language, `${language.code} password refused: ${what}`);
  }
  await desk.look(page, `password refused ${language.code}`);
  const begins = await page.evaluate((side) => ["#current", "main .govuk-button-group button"].map((one) => document.querySelector(one).getBoundingClientRect()[side]),
    language.direction === "rtl" ? "right" : "left");
  tap.equal(begins[0], begins[1], `${language.code}: a button begins where its fields do`);
  await page.goto(`${desk.address}/account`);
  tap.equal(await page.locator("caption").first().evaluate((one) => getComputedStyle(one).textAlign), language.direction === "rtl" ? "start" : "left",
    `${language.code}: the words above a table stand where lines begin`);
  await page.click("form[action='/account/second-factor'] button");
  await speaks(tap, page, language, `${language.code} second factor offered`);
  await desk.look(page, `second factor ${language.code}`);
  await page.fill("#code", "000000");
  await page.click("main form[action='/account/second-factor/confirmation'] button[type=submit]");
  tap.equal(await page.locator(".govuk-error-summary__list li").count(), 1, `${language.code}: a wrong code is refused`);
  await speaks(tap, page, language, `${language.code} second factor refused`);
  await page.goto(`${desk.address}/account`);
  await page.click("form[action='/account/sessions/others/end'] button");
  await speaks(tap, page, language, `${language.code} sessions ended`);
  tap.ok(page.url().includes("notice=sessions-ended"), `${language.code}: other sessions are ended`, page.url());
}

// Whatever can go wrong on these pages is told in their language: addresses of nothing and of others, forms that are refused whole or
// in part, a command from elsewhere, a language that there is not.
async function refusals(tap, desk, page, language) {
  for (const address of ["/own/letters/999999", "/own/letters/none", "/own/nothing", "/clients/RH-000000-0", "/clients/RH-000000-0/copy", "/people",
    "/people/RH-000000-0", "/today", "/accounts", "/duplicates", "/erasures", "/rulebook", "/nowhere", "/own/complaint?language=xx"]) {
    await page.goto(`${desk.address}${address}`);
    await speaks(tap, page, language, `${language.code} ${address}`);
  }
  const { field, form } = { field: "#words", form: "main form[action='/own/complaint'] button[type=submit]" };
  for (const [what, words] of [["too long", "x".repeat(40000)], ["with signs that nobody sees", "a\u0007b\u200b"], ["of nothing but spaces", "   "]]) {
    await page.goto(`${desk.address}/own/complaint`);
    await page.selectOption("#about", "record");
    await page.fill(field, words);
    await page.click(form);
    tap.equal(await page.locator(".govuk-error-summary__list li").count(), 1, `${language.code}: a complaint ${what} is refused`);
    await speaks(tap, page, language, `${language.code} complaint ${what}`);
  }
  for (const [what, change] of [["without the mark of the form", (all) => all.forEach((form) => form.querySelector("[name=form_token]")?.remove())],
    ["with a mark of another form", (all) => all.forEach((form) => { const mark = form.querySelector("[name=form_token]"); if (mark) mark.value = "0".repeat(64); })],
    ["with a field that was not asked for", (all) => all.forEach((form) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "more", value: "1" })))],
    ["to a language that there is not", (all) => all.forEach((form) => form.setAttribute("action", "/language"))],
    ["to somebody else's record", (all) => all.forEach((form) => form.setAttribute("action", "/clients/RH-000000-0/complaint"))],
    ["to a page of the office", (all) => all.forEach((form) => form.setAttribute("action", "/people"))]]) {
    await page.goto(`${desk.address}/own/complaint`);
    await page.selectOption("#about", "record");
    await page.fill(field, "one");
    await page.locator("main form[action='/own/complaint']").evaluateAll((all) => { all[0].id = "changed"; });
    await page.locator("#changed").evaluateAll(change);
    await page.click("#changed button[type=submit]");
    await speaks(tap, page, language, `${language.code} sent ${what}`);
  }
}

async function complain(tap, desk, page, language) {
  await page.goto(`${desk.address}/own`);
  await page.getByRole("link", { name: language.complaint }).first().click();
  await page.click("main form[action='/own/complaint'] button[type=submit]");
  tap.equal(await page.locator(".govuk-error-summary__list li").count(), 2, `${language.code}: both questions must be answered`);
  await speaks(tap, page, language, `${language.code} complaint refused`);
  await desk.look(page, `own complaint ${language.code}`);
  await page.selectOption("#about", "record");
  await page.fill("#words", `NUMBER-${language.code}`);
  await page.click("main form[action='/own/complaint'] button[type=submit]");
  tap.ok(page.url().includes("/own?notice="), `${language.code}: it is sent`, page.url());
  tap.includes(await page.locator("main").innerText(), `NUMBER-${language.code}`, `${language.code}: and stands on the page`);
  await speaks(tap, page, language, `${language.code} complaint sent`);
}

async function languageIsKept(tap, desk) {
  const page = await desk.signedIn("person", { locale: "en-GB" });
  await page.getByRole("button", { name: "shqip" }).click();
  tap.equal(await page.evaluate(() => document.documentElement.lang), "sq", "a language is chosen on the page");
  await page.goto(`${desk.address}/account/password`);
  await page.getByRole("button", { name: "English" }).click();
  tap.ok(page.url().endsWith("/account/password"), "and one comes back to where it was chosen", page.url());
  await page.getByRole("button", { name: "shqip" }).click();
  const again = await desk.signedIn("person", { locale: "en-GB" });
  tap.equal(await again.evaluate(() => document.documentElement.lang), "sq", "and kept with the account");
  await again.getByRole("button", { name: "English" }).click();
  tap.equal(await again.evaluate(() => document.documentElement.lang), "en", "and English is one of them");
  const staff = await desk.signedIn("caseworker", { locale: "sq-AL" });
  tap.equal(await staff.evaluate(() => document.documentElement.lang), "en", "pages that are not translated say that they are English");
  tap.equal(await staff.locator(".rh-languages").count(), 0, "and offer no other language");
  for (const address of ["/account", "/account/password", "/accessibility", "/releases"]) {
    await staff.goto(`${desk.address}${address}`);
    tap.equal(await staff.evaluate(() => document.documentElement.lang), "en", `${address} is to staff what the desk is`);
  }
}

// The office sees it, with a day by which it must be answered.
async function officeSees(tap, desk) {
  const token = await desk.token("caseworker");
  const { body } = await desk.json(token, "/books?kind=complaint");
  const mine = body.entries.filter((entry) => entry.kind === "complaint" || entry.kind?.name === "complaint");
  tap.ok(mine.length >= LANGUAGES.length, "the complaints are in the caseworkers' books", JSON.stringify(body).slice(0, 400));
}

async function theLawyer(tap, desk) {
  const page = await desk.signedIn("lawyer", { locale: "en-GB" });
  tap.ok(page.url().endsWith("/clients"), "the lawyer comes to the clients", page.url());
  await desk.look(page, "clients");
  const days = await page.locator("main table").first().locator("tbody time").evaluateAll((all) => all.map((time) => time.dateTime));
  tap.ok(days.length > 0 && days.join() === [...days].sort().join(), "times stand in the order in which they end", days.join());
  await page.locator("main table").first().locator("a").first().click();
  tap.equal(await page.locator("h2").first().innerText(), "Times that run", "a client's times come first");
  await desk.look(page, "client");
  return new URL(page.url()).pathname;
}

async function closedDoors(tap, desk, clientPath) {
  const client = clientPath.split("/").pop();
  const staff = await desk.token("caseworker");
  const { body } = await desk.json(staff, "/people");
  const person = await desk.token("person");
  const lawyer = await desk.token("lawyer");
  const own = (await desk.json(person, "/own")).body.reference;
  const clients = (await desk.json(lawyer, "/clients")).body.clients.map((one) => one.reference);
  const other = body.people.map((one) => one.reference).find((reference) => reference !== own && !clients.includes(reference));
  const nobody = "RH-0000000";
  for (const [who, token] of [["the person", person], ["the lawyer", lawyer]]) {
    for (const address of ["/people", `/people/${own}`, `/people/${client}/history`, `/people/${client}/known`, "/hubs", "/books", "/today",
      "/looks", "/accounts", `/people/${client}/ties`, `/people/${client}/letters`]) {
      const { status } = await desk.json(token, address);
      tap.equal(status, 403, `${who} may not have ${address.replace(client, "CLIENT").replace(own, "OWN")}`);
    }
    for (const part of ["", "/record", "/looks", "/copy", "/complaint"]) {
      const { status } = await desk.json(token, `/clients/${other}${part}`);
      tap.equal(status, 404, `to ${who} somebody else does not exist: ${part}`);
    }
    const there = JSON.stringify((await desk.json(token, `/clients/${other}`)).body).replaceAll(other, "X");
    const not = await desk.json(token, `/clients/${nobody}`);
    tap.ok([404, 422].includes(not.status), `${who} is refused a reference that nobody has`, not.status);
    tap.ok(!there.includes("stage"), `${who} is told nothing of who that is`, there);
  }
  tap.equal((await desk.json(lawyer, "/own")).status, 404, "the lawyer has no record of their own");
  tap.equal((await desk.json(person, "/clients")).body.clients.length, 0, "the person has no clients");
}

async function ended(tap, desk, clientPath) {
  const client = clientPath.split("/").pop();
  const lawyer = await desk.signedIn("lawyer", { locale: "en-GB" });
  await lawyer.goto(`${desk.address}${clientPath}`);
  const staff = await desk.signedIn("caseworker");
  await staff.goto(`${desk.address}/people/${client}/ties`);
  await desk.look(staff, "ties");
  await staff.getByRole("row", { name: /legal representative/i }).getByRole("link", { name: /End it/ }).click();
  await staff.fill("#reason", "The client asked for it");
  await Promise.all([staff.waitForNavigation(), staff.click("main form button[type=submit]")]);
  if (await staff.locator("main form button[type=submit]").count() > 0) { // the answers, shown once more
    await Promise.all([staff.waitForNavigation(), staff.click("main form button[type=submit]")]);
  }
  tap.ok(staff.url().includes("notice=tie-ended"), "a caseworker ends it", staff.url());
  const answer = await lawyer.reload();
  tap.equal(answer.status(), 404, "and the lawyer's page is gone with the next look");
  await lawyer.goto(`${desk.address}/clients`);
  tap.ok(!(await lawyer.locator("main").innerText()).includes(client), "the client is not in the list any more");
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] === "script");
  try {
    await desk.open();
    const letter = await serveLetter(desk);
    for (const language of LANGUAGES) {
      await ownCase(tap, desk, language, letter);
    }
    await languageIsKept(tap, desk);
    await officeSees(tap, desk);
    const client = await theLawyer(tap, desk);
    await closedDoors(tap, desk, client);
    await ended(tap, desk, client);
    tap.equal(desk.messages.length, 0, `the browser reports nothing: ${desk.messages.slice(0, 3).join("; ")}`);
    desk.nu();
  } finally {
    await desk.close();
  }
  tap.end();
}

main().catch((error) => {
  console.log(`Bail out! ${error.stack}`);
  process.exitCode = 1;
});
