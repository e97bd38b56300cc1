// What is counted and what is published: the statistician's tables with their drawings and files, what
// another condition would change, and the pages that everybody may read without sign-in.
"use strict";

const { Tap } = require("./tap.cjs");
const { Desk } = require("./desk.cjs");

async function statistics(desk, tap) {
  const page = await desk.signedIn("statistician");
  await page.goto(`${desk.address}/statistics`);
  await desk.look(page, "statistics");
  await page.click("a:text-is('Cases not concluded')");
  await desk.look(page, "a table");
  tap.ok((await page.locator(".rh-picture--chart rect").count()) > 0, "a table has its drawing");
  tap.ok((await page.locator("main tbody tr").count()) > 0, "and its rows beneath");
  for (const [kind, type] of [["csv", "text/csv"], ["ods", "application/vnd.oasis.opendocument.spreadsheet"],
    ["json", "application/json"]]) {
    const address = await page.locator(`a[href*='as=${kind}']`).getAttribute("href");
    const answer = await page.request.get(`${desk.address}${address}`);
    tap.equal(answer.status(), 200, `the table is a file: ${kind}`);
    tap.includes(answer.headers()["content-type"], type, `${kind} says what it is`);
  }
  await page.goto(`${desk.address}/statistics/reconciliation`);
  await desk.look(page, "everyone ever recorded");
  await page.goto(`${desk.address}/statistics/work_in_progress?from=nonsense&to=nonsense`);
  tap.equal(await page.locator("h1").count(), 1, "a period that is none is refused with a page");
  const wrong = (field) => page.locator(`.govuk-error-summary a[href='#${field}']`).count();
  tap.equal(await wrong("to"), 1, "at the field that is read first");
  tap.equal(await wrong("from"), 0, "and not at another that has the same in it");
  tap.equal(await page.inputValue("#from"), "nonsense", "which is given back as it was");
  await desk.look(page, "a question that is given back");
  await page.goto(`${desk.address}/statistics/work_in_progress?compare_with=1`);
  tap.equal(await wrong("from"), 1, "what is missing for a comparison is asked for");
  tap.equal(await page.locator("#to").count(), 1, "both ends of it");
  tap.equal(await page.locator("label[for='from']").innerText(), "First period", "by the name it has on the page of the table");
  await page.goto(`${desk.address}/statistics/work_in_progress?from=2023-Q1&to=2023-Q1&compare_with=99999999`);
  tap.equal(await wrong("compare_with"), 1, "an edition that there is not is told where it was asked for");
  tap.equal(await wrong("at_position"), 0, "and nowhere else");
  tap.equal((await page.goto(`${desk.address}/people`)).status(), 403, "the statistician sees nobody");
}

async function forecasts(desk, tap) {
  const page = await desk.signedIn("statistician");
  await page.goto(`${desk.address}/forecast`);
  await desk.look(page, "forecasts");
  await page.click("main a:text-is('A return hub with 2,000 places')");
  await desk.look(page, "a forecast");
  tap.ok((await page.locator("main tbody tr").count()) > 20, "a forecast has its answers and its assumptions");
  await page.click("main a:text-is('At the hub')");
  await desk.look(page, "an answer");
  const charts = await page.locator("main img").evaluateAll((images) => images.map((image) => image.complete && image.naturalWidth));
  tap.equal(charts.join(), "740,740", "its charts are drawn: what to expect, and what the measures change");
  tap.includes(await page.locator("main").innerText(), "share of the change", "and each measure's share");
}

async function whatIf(desk, tap) {
  const page = await desk.signedIn("caseworker");
  await page.goto(`${desk.address}/rulebook/what-if?safeguard=no_court_order`);
  if ((await page.locator("#condition").count()) === 0) {
    await page.goto(`${desk.address}/rulebook`);
    const address = await page.locator("a[href*='what-if']").first().getAttribute("href");
    await page.goto(`${desk.address}${address}`);
  }
  await desk.look(page, "what would change if");
  const condition = await page.inputValue("#condition");
  await page.click("main button[type=submit]");
  tap.includes(await page.locator("#changes").innerText(), "0 verdicts", "the same condition changes nothing");
  await page.fill("#condition", "this is no condition (");
  await page.click("main button[type=submit]");
  tap.equal(await page.locator(".govuk-error-summary a[href='#condition']").count(), 1, "what is no condition is refused beside it");
  await desk.look(page, "what would change, refused");
  await page.fill("#condition", `not (${condition})`);
  await page.click("main button[type=submit]");
  tap.ok((await page.locator("#changes").count()) === 1, "the contrary condition is judged for everybody");
  await desk.look(page, "what would change");
}

// Whoever sees nobody is told how many, and not who; nor a small number.
async function whatIfInNumbers(desk, tap) {
  const page = await desk.signedIn("statistician");
  await page.goto(`${desk.address}/rulebook`);
  tap.ok((await page.locator("a[href='/rulebook/what-if?safeguard=no_court_order']").count()) === 1, "the rulebook leads there");
  await page.goto(`${desk.address}/rulebook/what-if?safeguard=no_court_order`);
  await page.selectOption("#step", "enforced_removal");
  tap.includes(await page.locator("main").innerText(), "and not whose", "the statistician is told how many verdicts would change");
  const condition = await page.inputValue("#condition");
  await page.fill("#condition", `not (${condition})`);
  await page.click("main button[type=submit]");
  tap.ok((await page.locator("#changes").count()) === 1, "of everybody");
  tap.equal(await page.locator("main a[href^='/people/']").count(), 0, "and of nobody by name");
  const numbers = await page.locator("main tbody td:last-child").allInnerTexts();
  tap.ok(numbers.length > 0 && numbers.every((text) => text.trim() === "fewer than 5" || Number(text) >= 5), `no small number: ${numbers}`);
  await desk.look(page, "what would change, in numbers");
}

async function published(desk, tap) {
  const page = await desk.newPage();
  tap.equal((await page.goto(`${desk.address}/releases`)).status(), 200, "what is published needs no sign-in");
  await desk.look(page, "releases");
  tap.ok((await page.locator("main tbody tr").count()) > 0, "agreements that are announced are told");
  const feed = await page.request.get(`${desk.address}/releases.atom`);
  tap.includes(feed.headers()["content-type"], "application/atom+xml", "there is a feed");
  tap.includes(await feed.text(), "http://www.w3.org/2005/Atom", "in Atom");
  tap.equal((await page.goto(`${desk.address}/releases/2000-01-01-nothing`)).status(), 404, "what was not published is not there");
  await page.goto(`${desk.address}/statistics`);
  tap.includes(page.url(), "/sign-in", "the live tables need a sign-in");
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, true);
  try {
    await desk.open({ forecast: true });
    await statistics(desk, tap);
    await forecasts(desk, tap);
    await whatIf(desk, tap);
    await whatIfInNumbers(desk, tap);
    await published(desk, tap);
    desk.nu();
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
  } catch (error) {
    tap.ok(false, "everything is looked at", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
