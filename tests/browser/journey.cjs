// One transfer to a hub from beginning to end, through the pages alone: find a person, record what is missing, ask, approve as
// two people, take the step, see the place taken; then a late court order that stops an approved transfer. Afterwards
// the desks that may see little, and every other page.
//
// Argument: "script" or "no-script": the same journey with JavaScript on and off.
"use strict";

const { Tap } = require("./tap.cjs");
const { Desk, PASSWORD } = require("./desk.cjs");

const HUB = "HUB-NORTH";
const FACT = "health.fit_to_travel";

// As many people whom the law clears for a transfer and for whom nobody has asked yet.
async function readyPeople(desk, token, wanted) {
  const screening = await desk.json(token, `/screening?step=hub_transfer&hub=${HUB}`);
  const ready = [];
  for (const line of screening.body.lines.filter((one) => one.clearance === "clear")) {
    const person = (await desk.json(token, `/people/${line.person}`)).body;
    if (!person.requests.some((request) => ["open", "approved"].includes(request.state))) {
      ready.push(person);
    }
    if (ready.length === wanted) {
      break;
    }
  }
  return ready;
}

function factOf(person, name) {
  return person.facts.find((fact) => fact.fact === name);
}

async function places(desk, token) {
  return (await desk.json(token, `/hubs/${HUB}`)).body.places;
}

async function notice(page) {
  const banner = page.locator(".govuk-notification-banner[role=alert] .govuk-notification-banner__heading");
  return (await banner.count()) > 0 ? banner.innerText() : "";
}

// The page's own form, not that of a stop above it.
async function submit(page) {
  const buttons = page.locator("main form[method=post] button[type=submit]");
  await buttons.and(page.locator(":not(.rh-stops *)")).first().click();
}

async function signInFailsFirst(desk, tap) {
  const page = await desk.newPage();
  await page.goto(desk.address);
  tap.includes(page.url(), "/sign-in", "nobody signed in is led to the sign-in page");
  await desk.look(page, "sign in");
  await page.fill("#username", "caseworker");
  await page.fill("#password", "wrong");
  await submit(page);
  await desk.look(page, "sign in refused");
  tap.includes(await page.title(), "Error:", "a refused sign-in says so in the title");
  tap.equal(await page.locator(".govuk-error-summary a[href='#username']").count(), 1,
    "the error summary leads to the field");
  await page.fill("#username", "caseworker");
  await page.fill("#password", PASSWORD);
  await submit(page);
  tap.includes(page.url(), "/today", "the right password leads to the work of the day");
  await desk.look(page, "today");
  return page;
}

// What is due is narrowed down by its kind, and taken away as a file; so are the people found.
async function filters(desk, tap, page) {
  const rows = () => page.locator("table:has(caption:has-text('due')) tbody tr").count();
  const all = await rows();
  await page.selectOption("#kind", "check");
  await page.click("form[action='/today#due'] button");
  tap.includes(page.url(), "kind=check", "the work that is due is filtered");
  tap.ok((await rows()) <= all, "and is no more than all of it");
  await desk.look(page, "today, filtered");
  for (const [address, columns] of [["/today?as=csv", "due,kind,"], ["/people?as=csv", "reference,name,"]]) {
    const answer = await page.request.get(`${desk.address}${address}`);
    tap.includes(answer.headers()["content-type"], "text/csv", `${address} is a file`);
    tap.ok((await answer.text()).startsWith(columns), `${address} names its columns`);
  }
  const { body: rulebook } = await desk.json(await desk.token("caseworker"), "/rulebook");
  await page.goto(`${desk.address}/people`);
  const offered = await page.locator("#stage option").evaluateAll((all) => all.map((one) => one.value).filter((value) => value !== ""));
  tap.equal(offered.join(), rulebook.stages.map(({ name }) => name).filter((name) => offered.includes(name)).join(), "stages are offered in the order of the procedure");
  await page.goto(`${desk.address}/people?text=${encodeURIComponent("Sinthetik Persn")}`);
  tap.includes(await page.locator("main").innerText(), "written alike", "a slip of the pen finds who is called alike");
  await desk.look(page, "people alike");
  await page.goto(`${desk.address}/today`);
}

async function findPerson(desk, tap, page, person) {
  await page.fill("#text", person.name);
  await page.click("form[role=search] button");
  await page.waitForLoadState();
  await desk.look(page, "people found");
  await page.click(`a:text-is("${person.name}")`);
  tap.includes(page.url(), person.reference, "the search leads to the person");
  await desk.look(page, "person");
}

function transferVerdicts(page) {
  return page.locator("#step-hub_transfer .govuk-tag").allInnerTexts();
}

// The first page of a person is usable at once: everything it needs is less than 100 kB on the way.
async function weigh(desk, tap, person) {
  let bytes = 0;
  const count = async (request) => {
    const sizes = await request.sizes();
    bytes += sizes.responseBodySize + sizes.responseHeadersSize;
  };
  const fresh = await desk.signedIn("caseworker");
  fresh.on("requestfinished", count);
  await fresh.goto(`${desk.address}/people/${person.reference}`, { waitUntil: "networkidle" });
  tap.ok(bytes > 1000 && bytes < 100000, "the first page of a person is less than 100 kB", `is ${bytes} bytes`);
  console.log(`# the page of a person: ${bytes} bytes with all that it loads`);
}

const DEEDS = "Every safeguard that stands in the way|See why|Record a relative|The whole history|Day by day"; // what a link says that only leads elsewhere

// What can be pressed, what is cut, which links look like links, and what the foot says: as the page looks now.
async function looks(page) {
  return page.evaluate((deeds) => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const isShown = (one) => one.getClientRects().length > 0;
    return {
      address: getComputedStyle(document.querySelector("main a.govuk-link[href^='/']"), "::after").content,
      press: all(`.govuk-summary-list__actions, .moj-sub-navigation, .govuk-breadcrumbs, .govuk-button, .govuk-skip-link,
        .govuk-service-navigation, main form`).filter(isShown).length,
      cut: all(".rh-scroll").filter((one) => getComputedStyle(one).overflowX !== "visible").length,
      beside: all("main [class*=govuk-grid-column]").filter((one) => getComputedStyle(one).float !== "none").length,
      links: all("main a[href]").filter((one) => isShown(one) && (getComputedStyle(one).textDecorationLine !== "none" ||
        getComputedStyle(one).color !== getComputedStyle(one.parentElement).color)).length,
      deeds: document.querySelector("main").innerText.match(new RegExp(deeds, "g")) ?? [],
      foot: all(".rh-printed").filter(isShown).map((one) => one.innerText.trim()),
    };
  }, DEEDS);
}

// What looks() finds when one thing is wrong on paper.
async function planted(page, css) {
  await page.evaluate((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
  }, `@media print { ${css} }`);
  const found = await looks(page);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
  return found;
}

// The number of an event that nobody recorded anything after.
async function lastEvent(desk, token, person) {
  const answer = await fetch(`${desk.address}/people/${person.reference}/note`, { method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ note: "Seen at the desk" }) });
  return (await answer.json()).sealed.event;
}

// On paper: what it says, without addresses and without what could be pressed; and up to where the record was read, when, for whom
// to compare with it. Faults are planted in the style of paper, and each is found.
async function printed(desk, tap, page, person, token) {
  const event = await lastEvent(desk, token, person);
  await page.goto(`${desk.address}/people/${person.reference}`);
  const screen = await looks(page);
  tap.ok(screen.press > 2 && screen.links > 2 && screen.deeds.length > 0, "on the screen there is something to press");
  tap.equal(screen.foot.length, 0, "on the screen nothing is said of paper");
  await page.emulateMedia({ media: "print" });
  const paper = await looks(page);
  tap.equal(paper.press, 0, "on paper there is nothing to press");
  tap.equal(paper.links, 0, "on paper a link is text like others");
  tap.equal(paper.deeds.join(", "), "", "on paper no link stands that says but what can be done or seen elsewhere");
  tap.equal(paper.cut, 0, "on paper no table is cut where it would scroll");
  tap.equal(paper.beside, 0, "on paper nothing is squeezed beside something else");
  tap.equal(paper.address, "none", "on paper stands no address of the desk");
  const shown = /^The record up to event (\d+), as read on \d+ [A-Z][a-z]+ \d{4} at [\d:a-z]+ UTC$/.exec(paper.foot[0]);
  tap.equal(shown?.[1], String(event), "paper says up to which event the record was read, and when", paper.foot.join("\n"));
  if (desk.javascript) {
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    const line = (await looks(page)).foot[1];
    tap.ok(/^Printed on \d+ .+ \d{4} at \d\d:\d\d UTC: .+\/people\/RH-/.test(line) && line.endsWith(person.reference), "paper says when it was printed, and of what", line);
    tap.ok((await planted(page, ".govuk-link { text-decoration: underline !important; }")).links > 0, "a link that is underlined on paper would be found");
    tap.ok((await planted(page, ".govuk-link { color: #1d70b8 !important; }")).links > 0, "one in its colour, too");
    tap.ok((await planted(page, ".rh-screen { display: revert !important; }")).deeds.length > 0, "a link that only leads elsewhere, too");
    tap.ok((await planted(page, "[data-shown] { display: none !important; }")).foot.length < paper.foot.length, "paper that does not say what it shows, too");
  }
  await page.emulateMedia({ media: null });
}

// Every part of the record, through its link; and that the past is asked of the part that is shown.
async function partsOfRecord(desk, tap, page, person) {
  const parts = ["Facts", "Safeguards", "Clocks", "Stays and departures", "Contacts and documents", "Names and references",
    "History"];
  for (const part of parts) {
    await page.goto(`${desk.address}/people/${person.reference}`);
    await page.click(`.moj-sub-navigation a:text-is("${part}")`);
    tap.equal(await page.locator(".moj-sub-navigation [aria-current=page]").innerText(), part, `the record has its part: ${part}`);
    tap.includes(await page.locator(".rh-person").innerText(), person.reference, `${part}: says whom it is about`);
    await desk.look(page, `person, ${part}`);
  }
  await page.selectOption("#topic", "facts");
  await page.click(".rh-filter button");
  tap.includes(page.url(), "topic=facts", "the history is filtered by what it is about");
  tap.ok(!(await page.locator(".moj-timeline").innerText()).includes("Registered"), "and shows nothing else");
  await page.goto(`${desk.address}/people/${person.reference}/history?known_at=2000-01-01T00%3A00%3A00Z`);
  tap.includes(await page.locator("main").innerText(), "nothing at this address", "before they were registered nothing was known of the person");
  await page.goto(`${desk.address}/people/${person.reference}/clocks`);
  const times = await page.locator(".rh-scroll tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].slice(1, 3)
    .map((cell) => cell.querySelector("time")?.dateTime)));
  tap.ok(times.length > 0 && times.every(([began, last]) => began === undefined || began < last), "a time that has a beginning began before its last day", JSON.stringify(times));
  tap.ok(times.some(([began]) => began === undefined), "and what is a day itself, as the last one of a paper, has none", JSON.stringify(times));
  const counted = page.locator("a:has-text('Day by day')");
  if ((await counted.count()) > 0) {
    await counted.first().click();
    tap.ok((await page.locator(".rh-days tbody tr").count()) > 0, "a time is counted day by day");
    await desk.look(page, "person, a time counted");
  }
  await page.goto(`${desk.address}/people/${person.reference}/safeguards?standing=clear`);
  await desk.look(page, "person, clear safeguards");
  tap.ok((await page.locator(".rh-card").count()) > 20, "the safeguards that are clear are shown with their law");
}

async function otherNames(desk, tap, page, person) {
  await page.goto(`${desk.address}/people/${person.reference}/identity`);
  await page.click("a:text-is('Record a reference or another name')");
  await desk.look(page, "reference form");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#value']").count(), 1, "a reference without a value is refused");
  await page.check("input[name=scheme][value=other_name]");
  await page.fill("#value", "\u0417\u0430\u0445\u0430\u0440 \u041f\u0440\u0438\u043c\u0435\u0440\u043e\u0432");
  await submit(page);
  tap.includes(await notice(page), "reference is recorded", "another name is recorded");
  await desk.look(page, "person with another name");
  await page.goto(`${desk.address}/people`);
  await page.fill("#text", "Primerov Zahar");
  await page.click("form[role=search] button");
  await page.waitForLoadState();
  tap.includes(await page.locator("main").innerText(), person.reference, "and finds the person in Latin letters");
}

// What is not a fact: a note, beside the contacts and what the facts rest on.
async function notes(desk, tap, page, person) {
  await page.goto(`${desk.address}/people/${person.reference}`);
  const order = page.locator("main a:text-is('Report an order of a court')");
  tap.includes(await order.getAttribute("href"), `/orders/new?person=${person.reference}`, "an order of a court is reported from the person's page");
  await page.click("a:text-is('Write a note')");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#note']").count(), 1, "an empty note is refused");
  await desk.look(page, "note form refused");
  await page.fill("#note", "Came with an interpreter\nfor the whole talk.");
  await submit(page);
  tap.includes(await notice(page), "note is added", "a note is added");
  await page.goto(`${desk.address}/people/${person.reference}/contacts`);
  tap.includes(await page.locator("main").innerText(), "Came with an interpreter", "the note stands beside the contacts");
  tap.ok((await page.locator("main tbody tr").count()) > 0, "and below is what the facts rest on");
  await desk.look(page, "person with a note");
}

async function openFacts(page, person) {
  const section = factOf(person, FACT).section;
  await page.getByRole("link", { name: `Record facts: ${section}`, exact: true }).click();
}

async function recordMissing(desk, tap, page, person) {
  const known = factOf(person, FACT).value;
  const id = FACT.replace(".", "\\.");
  await page.goto(`${desk.address}/people/${person.reference}`);
  tap.ok((await transferVerdicts(page)).includes("Clear"), "everything is on record: the transfer is clear");

  await openFacts(page, person);
  await desk.look(page, "facts form");
  await submit(page);
  tap.includes(await page.locator(".govuk-error-summary").innerText(), "at least one fact", "an empty form is refused");
  await desk.look(page, "facts form refused");

  await page.check(`input[name="${FACT}"][value=unknown]`);
  await page.fill("#true_from-month", "13");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#true_from']").count(), 1, "a day that does not exist is refused");
  tap.equal(await page.locator(`#${id}`).count(), 1, "the form is shown again");
  tap.ok(await page.isChecked(`input[name="${FACT}"][value=unknown]`), "what was chosen is kept");
  await page.fill("#true_from-month", String(new Date().getUTCMonth() + 1));
  await submit(page);
  tap.includes(await notice(page), "facts are recorded", "a fact is recorded as not known");
  tap.ok(!(await transferVerdicts(page)).includes("Clear"), "unknown never clears");
  await desk.look(page, "person with a fact missing");

  await page.goto(`${desk.address}/people/${person.reference}/steps/hub_transfer?hub=${HUB}`);
  await desk.look(page, "explanation");
  tap.includes(await page.locator("main").innerText(), "Fit to travel", "the explanation names what is missing");
  await page.goto(`${desk.address}/people/${person.reference}/steps/hub_transfer/confirm?hub=${HUB}`);
  tap.equal(await page.locator("main form[method=post]").count(), 0, "a step that is not clear cannot be asked for");
  await desk.look(page, "step not clear");

  await page.goto(`${desk.address}/people/${person.reference}`);
  await openFacts(page, person);
  await page.check(`input[name="${FACT}"][value=${known}]`);
  await page.fill("#source", "Certificate");
  await submit(page);
  tap.includes(await notice(page), "facts are recorded", "the missing fact is recorded");
  tap.ok((await transferVerdicts(page)).includes("Clear"), "the transfer is clear again");
}

// From the person's page to a request; gives its address.
async function ask(desk, page, person, look) {
  await page.goto(`${desk.address}/people/${person.reference}`);
  await page.click(`#step-hub_transfer a.rh-act[href*="hub=${HUB}"]`);
  if (look) {
    await desk.look(page, "ask for the transfer");
  }
  await submit(page);
  return page.url().replace(/\?.*/, "");
}

async function approve(desk, page, request, look) {
  await page.goto(request);
  if (look !== "") {
    await desk.look(page, `request for ${look}`);
  }
  await page.click("a.govuk-button:text-is('Approve')");
  if (look !== "") {
    await desk.look(page, `approval by ${look}`);
  }
  await submit(page);
}

async function transfer(desk, tap, desks, person) {
  const before = await places(desk, desks.token);
  const request = await ask(desk, desks.caseworker, person, true);
  tap.includes(await notice(desks.caseworker), "request is made", "the transfer is asked for");
  tap.equal(await desks.caseworker.locator("a.govuk-button:text-is('Approve')").count(), 0, "who asks cannot approve");

  await desks.authorising.goto(`${desk.address}/today`);
  tap.includes(await desks.authorising.locator("main").innerText(), person.name, "the request waits for the authorising officer");
  await approve(desk, desks.authorising, request, "authorising officer");
  tap.includes(await notice(desks.authorising), "approval is recorded", "the first approval is given");
  tap.equal((await places(desk, desks.token)).held, before.held, "one approval holds no place");
  await desks.caseworker.goto(request);
  tap.equal(await desks.caseworker.locator("a.govuk-button:text-is('Take this step')").count(), 0, "one approval is not enough");

  await approve(desk, desks.senior, request, "senior officer");
  tap.includes(await notice(desks.senior), "Every approval is given", "the second approval is given");
  tap.equal((await places(desk, desks.token)).held, before.held + 1, "the last approval holds a place");

  await desks.caseworker.goto(request);
  await desks.caseworker.click("a.govuk-button:text-is('Take this step')");
  await desk.look(desks.caseworker, "take the transfer");
  await submit(desks.caseworker);
  tap.includes(await notice(desks.caseworker), "step is taken", "the transfer is taken");
  tap.includes(await desks.caseworker.locator(".rh-person").innerText(), "Expected at the hub", "the person is on the way to the hub");
  await desk.look(desks.caseworker, "person at the hub");

  const after = await places(desk, desks.token);
  tap.equal(after.occupied, before.occupied + 1, "one place more is occupied");
  tap.equal(after.held, before.held, "the place is no longer held");
  tap.equal(after.free, before.free - 1, "one place less is free");
  await desks.caseworker.goto(`${desk.address}/hubs`);
  await desk.look(desks.caseworker, "hubs");
  await desks.caseworker.goto(`${desk.address}/hubs/${HUB}`);
  await desk.look(desks.caseworker, "hub");
  tap.includes(await desks.caseworker.locator("main").innerText(), person.reference, "the hub's page shows who has the place");
}

async function courtOrder(desk, tap, desks, person) {
  const request = await ask(desk, desks.caseworker, person, false);
  await approve(desk, desks.authorising, request, "");
  await approve(desk, desks.senior, request, "");
  const held = (await places(desk, desks.token)).held;
  const fact = factOf(person, "court_order.status");
  const page = desks.caseworker;
  await page.goto(`${desk.address}/people/${person.reference}/facts?section=${encodeURIComponent(fact.section)}`);
  const radio = page.locator("input[name='court_order.status'][value=made]");
  if ((await radio.count()) > 0) {
    await radio.check();
  } else {
    await page.selectOption("select[name='court_order.status']", "made");
  }
  await page.fill("#source", "Order of the High Court, by telephone");
  await submit(page);
  tap.includes(await notice(page), "a request was stopped", "a late court order stops the approved transfer at once");
  tap.includes(await page.locator(".rh-stops").innerText(), person.reference, "the stop stands on the page of who asked");
  await page.emulateMedia({ media: "print" });
  tap.equal(await page.locator(".rh-stops").isVisible(), false, "and on no paper, which may be about somebody else");
  await page.emulateMedia({ media: null });
  await desk.look(page, "person whose transfer was stopped");
  tap.equal((await places(desk, desks.token)).held, held - 1, "the place that was held is free again");
  await page.goto(request);
  tap.includes(await page.locator("main").innerText(), "was stopped", "the request says so");
  await desk.look(page, "request that was stopped");
  tap.equal(await page.locator("a.govuk-button:text-is('Take this step')").count(), 0, "a stopped request cannot be taken");
  await page.goto(`${request}/taking`);
  tap.includes(await notice(page), "Nothing was done", "not even by its address");
  await desk.look(page, "a stopped request is not taken");
  await acknowledgedWhereItIsTold(desk, tap, page);
}

// Where scripts run nothing that is typed is lost for saying that one knows of a stop.
async function acknowledgedWhereItIsTold(desk, tap, page) {
  await page.goto(`${desk.address}/people/new`);
  await page.fill("#name", "Half of a name");
  const stops = await page.locator(".rh-stop").count();
  const button = page.locator(".rh-stop button").first();
  if (desk.javascript) {
    await button.click();
    await page.locator(".rh-stops [role=status]:visible").first().waitFor();
    tap.equal(await page.inputValue("#name"), "Half of a name", "what was typed stays when a stop is acknowledged");
    tap.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "status", "and whoever uses a keyboard goes on from there");
  } else {
    await Promise.all([page.waitForNavigation(), button.click()]);
    tap.includes(await notice(page), "acknowledged", "a stop is acknowledged without scripts");
  }
  await page.goto(`${desk.address}/people/new`);
  tap.equal(await page.locator(".rh-stop").count(), stops - 1, "and it is told no more");
}

async function menu(page) {
  return (await page.locator(".govuk-service-navigation__link").allInnerTexts()).map((text) => text.trim()).join(", ");
}

// What stands between the top of the page and its own content, at a width of 320 pixels.
async function contentAt(page) {
  return (await page.locator("main").boundingBox()).y;
}

// On a small screen the navigation opens from a button; without scripts all of it stands there, and is low.
async function smallMenu(desk, tap) {
  const page = await desk.signedIn("senior");
  const link = page.locator(".govuk-service-navigation__link", { hasText: "Statistics" });
  const toggle = page.locator(".govuk-service-navigation__toggle");
  await page.setViewportSize({ width: 320, height: 900 });
  await page.goto(`${desk.address}/today`);
  tap.ok((await contentAt(page)) < 450, "the content of a page begins on the first screen of a small one", await contentAt(page));
  if (!desk.javascript) {
    tap.ok((await link.isVisible()) && !(await toggle.isVisible()), "without scripts the whole navigation is there, and no button");
    return;
  }
  const state = async () => [await toggle.getAttribute("aria-expanded"), await link.isVisible(), await toggle.getAttribute("aria-hidden")].join(" ");
  tap.equal(await state(), "false false ", "the navigation is a menu that is closed, and says so");
  await toggle.focus();
  await page.keyboard.press("Enter");
  tap.equal(await state(), "true true ", "which the keyboard opens");
  await desk.look(page, "menu that is open");
  await page.keyboard.press("Tab");
  tap.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "/today", "and goes through");
  await toggle.focus();
  await page.keyboard.press("Space");
  tap.equal(await state(), "false false ", "and closes");
  await page.setViewportSize({ width: 1000, height: 900 });
  await toggle.waitFor({ state: "hidden" }); // the page is told of its width after the window has it
  tap.ok((await link.isVisible()) && !(await toggle.isVisible()), "on a large screen it stands there, without a button");
  await page.evaluate(() => { document.documentElement.dir = "rtl"; });
  await page.setViewportSize({ width: 320, height: 900 });
  await page.keyboard.press("Tab");
  await toggle.click();
  const boxes = await page.locator(".govuk-service-navigation__item").evaluateAll((items) => items.map((one) => {
    const range = document.createRange();
    range.selectNodeContents(one.querySelector("a"));
    return Math.round(range.getBoundingClientRect().right);
  }));
  tap.equal(new Set(boxes).size, 1, "from right to left every text of the menu begins at the same place, that of the page too", boxes);
}

async function narrowDesks(desk, tap, desks, atHub, elsewhere) {
  const operator = await desk.signedIn("hub-north");
  tap.equal(await menu(operator), "Today, People, Hubs, Departures, Books, Rulebook", "the hub operator's menu");
  await operator.goto(`${desk.address}/people`);
  await desk.look(operator, "people of the hub operator");
  const people = await operator.locator("main tbody").innerText();
  tap.includes(people, atHub.reference, "the hub operator sees who is at the hub");
  tap.ok(!people.includes(elsewhere.reference), "the hub operator sees nobody else");
  await operator.goto(`${desk.address}/people/${atHub.reference}`);
  await desk.look(operator, "person of the hub operator");
  const unknown = await operator.goto(`${desk.address}/people/RH-000000-0`);
  const absent = await unknown.text();
  const forbidden = await operator.goto(`${desk.address}/people/${elsewhere.reference}`);
  tap.equal(forbidden.status(), 404, "another person does not exist for the hub operator");
  tap.equal(await forbidden.text(), absent, "and looks exactly like nobody");
  await desk.look(operator, "not found");
  tap.equal((await operator.goto(`${desk.address}/hubs/HUB-SOUTH`)).status(), 404, "nor does another hub");

  const monitor = await desk.signedIn("monitor");
  tap.equal(await menu(monitor), "Today, People, Hubs, Agreements, Departures, Books, Monitoring, Rulebook", "the monitor's menu");
  await monitor.goto(`${desk.address}/hubs/${HUB}`);
  await desk.look(monitor, "hub of the monitor");
  await monitor.goto(`${desk.address}/people/${atHub.reference}`);
  tap.equal(await monitor.locator("a[href*='/facts'], a[href$='/contact'], a[href$='/family']").count(), 0, "the monitor is offered nothing to record");
  tap.equal((await monitor.goto(`${desk.address}/people/${atHub.reference}/facts`)).status(), 403, "nor may record by the address");
  await desk.look(monitor, "not allowed");

  const administrator = await desk.signedIn("admin");
  tap.equal(await menu(administrator), "Rulebook, Accounts, Access", "the administrator's menu: no case");
}

async function otherPages(desk, tap, desks, person) {
  const page = desks.caseworker;
  const base = `${desk.address}/people/${person.reference}`;
  const list = [
    ["/people/new", "register a person"],
    ["/agreements", "agreements"],
    ["/rulebook", "rulebook"],
    ["/screening", "screening"],
    [`/screening?step=hub_transfer&hub=${HUB}`, "screened"],
    ["/accessibility", "accessibility statement"],
    ["/nothing-here", "nothing here"],
    [`/people/${person.reference}/contact`, "contact form"],
    [`/people/${person.reference}/family`, "family form"],
    [`/people/${person.reference}/facts`, "fact sections"],
  ];
  for (const [address, name] of list) {
    await page.goto(`${desk.address}${address}`);
    await desk.look(page, name);
  }
  await page.goto(`${desk.address}/people/new`);
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#name']").count(), 1, "a person without a name is not registered");
  await page.fill("#name", "Synthetic Person from the browser");
  await submit(page);
  tap.includes(await notice(page), "person is registered", "a person is registered");
  tap.includes(await page.locator(".rh-person .rh-unknown").first().innerText(), "Not known", "a date of birth that nobody gave is not known");
  await desk.look(page, "person just registered");

  await page.goto(`${base}/known`);
  await page.locator("a:has-text('Withdraw')").first().click();
  await desk.look(page, "withdraw a fact");

  await page.goto(`${base}/steps/enforced_removal?on=2020-01-01&known_at=2020-01-01`);
  tap.includes(await page.locator("main").innerText(), "1 January 2020", "the question can be asked of the past");

  await desks.senior.goto(`${desk.address}/hubs/${HUB}/places`);
  await desk.look(desks.senior, "places form");
  await desks.senior.goto(`${desk.address}/hubs/${HUB}/facts`);
  await desk.look(desks.senior, "hub fact sections");
  await desks.senior.goto(`${desk.address}/agreements`);
  await desk.look(desks.senior, "agreements of the senior officer");
  await desks.senior.locator("main table a").first().click();
  await desk.look(desks.senior, "agreement");
}

async function signOut(desk, tap, page) {
  await page.goto(`${desk.address}/today`);
  await page.click("button:text-is('Sign out')");
  tap.includes(await notice(page), "signed out", "signing out");
  await page.goto(`${desk.address}/today`);
  tap.includes(page.url(), "/sign-in", "nobody is signed in any more");
}

async function journey(desk, tap) {
  const token = await desk.token("caseworker");
  const [first, second] = await readyPeople(desk, token, 2);
  tap.ok(first !== undefined && second !== undefined, "two people are ready for a transfer");
  const desks = { token, caseworker: await signInFailsFirst(desk, tap) };
  desks.authorising = await desk.signedIn("authorising");
  desks.senior = await desk.signedIn("senior");
  await filters(desk, tap, desks.caseworker);
  await findPerson(desk, tap, desks.caseworker, first);
  await weigh(desk, tap, first);
  await printed(desk, tap, desks.caseworker, second, token);
  await partsOfRecord(desk, tap, desks.caseworker, second);
  await otherNames(desk, tap, desks.caseworker, second);
  await notes(desk, tap, desks.caseworker, second);
  await recordMissing(desk, tap, desks.caseworker, first);
  await transfer(desk, tap, desks, first);
  await courtOrder(desk, tap, desks, second);
  await smallMenu(desk, tap);
  await narrowDesks(desk, tap, desks, first, second);
  await otherPages(desk, tap, desks, second);
  await signOut(desk, tap, desks.caseworker);
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    await journey(desk, tap);
    desk.nu();
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
  } catch (error) {
    tap.ok(false, "the journey goes to its end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
