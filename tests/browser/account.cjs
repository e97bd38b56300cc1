// Aim: whoever has an account keeps it safe and uses it with the keyboard alone: their password, their sessions, an administrator's
// accounts; and whoever has the page of the day open is told of a stop as it happens, the way a screen reader hears it. A real browser,
// with JavaScript and without: "script" or "no-script".
"use strict";

const { Desk, PASSWORD } = require("./desk.cjs");
const { Tap } = require("./tap.cjs");

const NEW_PASSWORD = "kettle lantern orchard 71";
const HUB = "HUB-NORTH";

async function notice(page) {
  const banner = page.locator("[aria-labelledby=notice-title] .govuk-notification-banner__heading");
  return (await banner.count()) > 0 ? banner.first().innerText() : "";
}

async function press(page, selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

// Sends the form, and its answers once more where they are shown.
async function send(page) {
  await press(page, "main form:has(input[name=client_id]) button[type=submit]");
  if ((await page.locator("button[value=checked]").count()) > 0) {
    await press(page, "button[value=checked]");
  }
}

async function signInWith(desk, username, password) {
  const page = await desk.newPage();
  await page.goto(`${desk.address}/sign-in`);
  await page.fill("#username", username);
  await page.fill("#password", password);
  await press(page, "main form[action='/sign-in'] button[type=submit]");
  return page;
}

// --- one's own password and sessions --------------------------------------------------------------

async function changePassword(page, current, wanted, again) {
  await page.fill("#current", current);
  await page.fill("#password", wanted);
  await page.fill("#again", again);
  await press(page, "main form[action='/account/password'] button[type=submit]");
}

async function ownPassword(desk, tap) {
  const elsewhere = await desk.signedIn("monitor");
  const page = await desk.signedIn("monitor");
  await page.goto(`${desk.address}/account`);
  await desk.look(page, "own account");
  await press(page, "a:text-is('Change your password')");
  await desk.look(page, "own password");
  for (const [why, ...typed] of [
    ["the current one is wrong", "not the password", NEW_PASSWORD, NEW_PASSWORD],
    ["it is short", PASSWORD, "short", "short"],
    ["the two differ", PASSWORD, NEW_PASSWORD, `${NEW_PASSWORD}2`],
    ["it is a word of the program", PASSWORD, "returnhub returnhub", "returnhub returnhub"],
  ]) {
    await changePassword(page, ...typed);
    tap.includes(await page.title(), "Error:", `a password is refused: ${why}`);
    tap.equal(await page.inputValue("#password"), "", `and is not shown again: ${why}`);
  }
  await desk.look(page, "own password refused");
  await changePassword(page, PASSWORD, NEW_PASSWORD, NEW_PASSWORD);
  tap.ok((await notice(page)) !== "", "the password is changed, and the page says so", page.url());
  await elsewhere.goto(`${desk.address}/account`);
  tap.includes(elsewhere.url(), "/sign-in", "whoever else was signed in with the old one is not any more");
  tap.includes(await (await signInWith(desk, "monitor", PASSWORD)).title(), "Error:", "the old password opens nothing");
  const other = await signInWith(desk, "monitor", NEW_PASSWORD);
  tap.ok(!other.url().includes("/sign-in"), "the new one does", other.url());
  await page.goto(`${desk.address}/account`);
  await press(page, "form[action='/account/sessions/others/end'] button");
  await other.goto(`${desk.address}/account`);
  tap.includes(other.url(), "/sign-in", "and one's other sessions are ended from the page");
}

// --- an administrator's accounts ------------------------------------------------------------------

async function accounts(desk, tap) {
  const admin = await desk.signedIn("admin");
  await admin.goto(`${desk.address}/accounts`);
  await press(admin, "main a:text-is('Open an account')");
  await desk.look(admin, "open an account");
  await send(admin);
  tap.equal(await admin.locator(".govuk-error-summary__list li").count(), 3, "user name, name and role must be there");
  await desk.look(admin, "open an account refused");
  await admin.fill("#username", "new.clerk");
  await admin.fill("#name", "Synthetic Colleague");
  await admin.selectOption("#role", "caseworker");
  await send(admin);
  tap.includes(admin.url(), "/accounts/new.clerk", "the account has a page");
  tap.includes(await admin.locator("main").innerText(), "Open, has no password", "which says that nobody can sign in yet");
  await desk.look(admin, "a new account");
  await press(admin, "main a:text-is('Give it another role')");
  await admin.selectOption("#role", "statistician");
  await admin.fill("#reason", "moved to another office");
  await send(admin);
  tap.includes(await admin.locator("main").innerText(), "Statistician", "it has another role");
  const signedIn = await desk.signedIn("registrar");
  await admin.goto(`${desk.address}/accounts/registrar`);
  await press(admin, "main a:text-is('End its sessions')");
  await desk.look(admin, "end the sessions of an account");
  await admin.fill("#reason", "a computer was left open");
  await send(admin);
  await signedIn.goto(`${desk.address}/account`);
  tap.includes(signedIn.url(), "/sign-in", "an administrator signs somebody out everywhere");
  await admin.goto(`${desk.address}/accounts/new.clerk/close`);
  await desk.look(admin, "close an account");
  await admin.fill("#reason", "left");
  await send(admin);
  tap.includes(await admin.locator("main").innerText(), "Closed", "it is closed");
  tap.equal(await admin.locator("main a:text-is('Give it another role')").count(), 0, "and offers nothing any more");
}

// --- the keyboard alone ---------------------------------------------------------------------------

// Runs in a page: what has the focus, and whether one sees that it has.
function focused() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const label = element.labels?.[0]?.innerText ?? element.getAttribute("aria-label") ?? element.innerText ?? "";
  return { what: element.id || label.trim(), tag: element.tagName,
    seen: style.outlineStyle !== "none" || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 221, 0)" };
}

// Goes on with Tab until something has the focus that is called so.
async function tabTo(tap, page, what) {
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(focused);
    if (!now.seen && now.tag !== "BODY") {
      tap.ok(false, `one sees where the focus is: ${now.tag} ${now.what}`);
    }
    if (now.what === what) {
      return true;
    }
  }
  return tap.ok(false, `the keyboard comes to ${what}`);
}

async function byKeyboard(page, key) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

async function keyboard(desk, tap, zoom) {
  const page = await desk.newPage({ locale: "en-GB", viewport: zoom ? { width: 320, height: 256 } : { width: 1100, height: 900 } });
  await page.goto(`${desk.address}/sign-in`);
  await page.keyboard.press("Tab");
  tap.equal((await page.evaluate(focused)).what, "Skip to main content", `${zoom ? "at 400 %" : "at 100 %"}: the first stop skips the head`);
  await tabTo(tap, page, "username");
  await page.keyboard.type("person");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await byKeyboard(page, "Enter");
  tap.includes(page.url(), "/own", "signed in by keyboard alone");
  await tabTo(tap, page, "Say that something is wrong");
  await byKeyboard(page, "Enter");
  await tabTo(tap, page, "about");
  await page.keyboard.press("ArrowDown");
  await tabTo(tap, page, "words");
  await page.keyboard.type("KEYBOARD");
  await page.keyboard.press("Tab");
  await byKeyboard(page, "Enter");
  tap.includes(page.url(), "/own?notice=", "a complaint is sent by keyboard alone");
  tap.includes(await page.locator("main").innerText(), "KEYBOARD", "and stands on the page");
}

// --- what is told as it happens -------------------------------------------------------------------

async function post(desk, token, address, body) {
  const answer = await fetch(`${desk.address}${address}`, {
    method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

// Somebody whose transfer is asked for, and approved once.
async function asked(desk, token, officer) {
  const screening = await desk.json(token, `/screening?step=hub_transfer&hub=${HUB}`);
  for (const line of screening.body.lines.filter(({ clearance }) => clearance === "clear")) {
    const request = await post(desk, token, `/people/${line.person}/steps`, { step: "hub_transfer", hub: HUB });
    if (request.status < 300) {
      await post(desk, officer, `/requests/${request.body.request.id}/approval`, {});
      return line.person;
    }
  }
  return null;
}

// A page that nobody sees is told nothing, and everything as soon as it is seen again.
async function missedWhileHidden(desk, tap, page, region) {
  const show = (state) => page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  const token = await desk.token("caseworker");
  const person = await asked(desk, token, await desk.token("authorising"));
  const before = await region.locator("a").count();
  await show("hidden");
  const answer = await post(desk, token, `/people/${person}/facts`, { facts: [{ fact: "court_order.status", value: "reported" }] });
  tap.ok(answer.body.stopped?.length > 0, "another order stops another transfer", JSON.stringify(answer.body).slice(0, 300));
  await page.waitForTimeout(3000);
  tap.equal(await region.locator("a").count(), before, "a page that nobody sees does not listen");
  await show("visible");
  await region.locator("a").nth(before).waitFor({ timeout: 120000 });
  tap.includes(await region.innerText(), person, "seen again it is told what it missed");
  await page.waitForTimeout(2500);
  const stops = await region.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  tap.equal(stops.length, new Set(stops).size, `and nothing twice: ${stops}`);
}

async function toldAtOnce(desk, tap) {
  const token = await desk.token("caseworker");
  const person = await asked(desk, token, await desk.token("authorising"));
  const page = await desk.signedIn("caseworker");
  tap.includes(page.url(), "/today", "the page of the day");
  const region = page.locator(".rh-live");
  tap.equal(await region.getAttribute("role"), "status", "has a region that a screen reader listens to, politely");
  tap.equal((await region.innerText()).trim(), "", "which is there, and empty, before anything happens");
  await page.locator("#text").focus();
  const answer = await post(desk, token, `/people/${person}/facts`, { facts: [{ fact: "court_order.status", value: "reported" }] });
  tap.ok(answer.body.stopped?.length > 0, "an order stops the transfer", JSON.stringify(answer.body).slice(0, 300));
  if (!desk.javascript) {
    await page.reload();
    tap.includes(await page.locator("[aria-labelledby=stops-title]").innerText(), person, "without scripts the next page tells it");
    return;
  }
  await region.locator("a").first().waitFor({ timeout: 120000 });
  tap.includes(await region.innerText(), "Stopped just now: ", "the stop is told as it happens");
  tap.includes(await region.innerText(), person, "with whom it is about");
  tap.equal(await page.evaluate(() => document.activeElement.id), "text", "and the focus stays where it was");
  await desk.look(page, "today, told of a stop");
  await missedWhileHidden(desk, tap, page, region);
  await Promise.all([page.waitForNavigation(), region.locator("a").first().click()]);
  tap.includes(page.url(), "/stops/", "it leads to the stop");
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    await keyboard(desk, tap, false);
    await keyboard(desk, tap, true);
    await toldAtOnce(desk, tap);
    await accounts(desk, tap);
    await ownPassword(desk, tap);
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
    desk.nu();
  } catch (error) {
    tap.ok(false, "it goes to its end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
