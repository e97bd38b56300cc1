// A record put right, through the pages alone: two records of one person compared, merged by two people and taken apart again; a
// reference withdrawn and a name corrected; a record held, restricted, taken out for the person and erased by two people; the facts
// that are missing; a time that is extended.
//
// Faults that were planted, each in the source named, and the check that failed of it, and no other: a page of pairs that begins at the
// first (handle_waiting.c, read_place: "the next page begins behind the first"); a merge that is confirmed with another number of
// differences (merging.c: "what was not looked at is not merged"); an undone merge called something else (view_merge.c: "and stays in the
// list"); a correction that begins empty (handle_identity.c, prepare_correction: "a correction begins with what is known"); erasure offered
// to whoever asked for it (handle_privacy.c, is_to_be_confirmed: "who asked does not erase"). Not seen here: a merge offered to whoever
// asked for it (handle_merges.c, by_another), because no role may both ask and decide; tests/casework/test_identity.c has that.
//
// Argument: "script" or "no-script": the same with JavaScript on and off.
"use strict";

const fs = require("node:fs");

const { Tap } = require("./tap.cjs");
const { Desk } = require("./desk.cjs");
const { check, choose, leave, notice, post, submit } = require("./forms.cjs");

// Of one name and day of birth, and of two nationalities.
async function twoRecords(desk, token) {
  const records = [];
  for (const nationality of ["ALB", "XKX"]) {
    const registered = await post(desk, token, "/people",
      { name: "PersonOne Samplealpha", born_on: "1990-03-02", registered_on: "2023-01-09", another_person: "yes" });
    const { reference } = registered.body;
    await post(desk, token, `/people/${reference}/facts`, { facts: [{ fact: "person.nationality", value: nationality }] });
    records.push(reference);
  }
  return records;
}

async function text(page) {
  return page.locator("main").innerText();
}

async function askForMerge(desk, tap, page, [one, two]) {
  await page.goto(`${desk.address}/people/${one}/identity`);
  await desk.look(page, "names of two records");
  await page.fill("#other", two);
  await leave(page, "form[action$='/merge'] button");
  tap.includes(page.url(), `/people/${one}/merge/${two}`, "a record that is named is compared");
  await page.goto(`${desk.address}/people/${one}/identity`);
  await leave(page, `a[href="/people/${one}/merge/${two}"]`);
  tap.includes(await text(page), "Kosovo", "the two are told apart");
  await desk.look(page, "two records compared");
  await leave(page, "a:text-is('Ask for the two to be merged')");
  await desk.look(page, "ask for a merge");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#reason']").count(), 1, "a merge is asked for with a reason");
  await page.fill("#reason", "The same passport");
  await check(desk, tap, page, "ask for a merge");
  tap.includes(await notice(page), "asked for", "the merge is asked for");
  tap.equal(await page.locator("a:text-is('Merge them')").count(), 0, "who asked does not decide");
  await desk.look(page, "merge asked for");
}

// Who may be one person is a list of its own, and on the page of the day.
async function pairs(desk, tap, page, [one, two]) {
  await page.goto(`${desk.address}/today`);
  tap.includes(await text(page), "who may be one person", "pairs of people wait on the page of the day");
  await desk.look(page, "today with what waits");
  await leave(page, "a[href='/duplicates']");
  await desk.look(page, "people who may be one person");
  await page.goto(`${desk.address}/duplicates?limit=1`);
  const begins = await page.locator("main tbody tr").first().innerText();
  await leave(page, "a[rel=next]");
  await desk.look(page, "people who may be one person, a later page");
  tap.ok((await page.locator("main tbody tr").first().innerText()) !== begins, "the next page begins behind the first");
  await page.goto(`${desk.address}/duplicates`);
  let found = 0;
  for (let more = true; more && found === 0;) {
    found = await page.locator(`main a[href="/people/${one}/merge/${two}"]`).count();
    more = found === 0 && (await page.locator("a[rel=next]").count()) > 0;
    if (more) await leave(page, "a[rel=next]");
  }
  tap.equal(found, 1, "the two are among them, on one page");
  await leave(page, `main a[href="/people/${one}/merge/${two}"]`);
  tap.includes(await text(page), "Kosovo", "and are compared");
}

async function decideMerge(desk, tap, page, [one, two]) {
  await page.goto(`${desk.address}/today`);
  await leave(page, "main a[href='/merges']");
  tap.includes(page.url(), "/merges", "a merge to decide stands on the page of the day");
  await desk.look(page, "merges");
  await leave(page, "main table a");
  await desk.look(page, "merge to decide");
  await leave(page, "a:text-is('Merge them')");
  await desk.look(page, "merge two records");
  await page.fill("#differences", "9");
  await check(desk, tap, page, "merge two records");
  tap.equal(await page.locator(".govuk-error-summary").count(), 1, "what was not looked at is not merged");
  await desk.look(page, "merge refused");
  await page.fill("#differences", "1");
  await submit(page);
  await leave(page, "button[value=checked]");
  tap.includes(await notice(page), "merged", "the two are merged");
  const merge = page.url().replace(/\?.*/, "");
  await page.goto(`${desk.address}/people/${two}`);
  tap.includes(await text(page), one, "the reference of the one finds the other");
  return merge;
}

async function undoMerge(desk, tap, page, merge) {
  await page.goto(merge);
  tap.includes(await text(page), "To be decided", "what was recorded since is told");
  await desk.look(page, "merge done");
  await leave(page, "a:text-is('Undo the merge')");
  await desk.look(page, "undo a merge");
  await page.fill("#reason", "Two people");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href^='#event_']").count(), 1, "every event is given to one of them");
  await desk.look(page, "undo a merge undecided");
  await page.locator("input[type=radio][value=absorbed]").first().check();
  await check(desk, tap, page, "undo a merge");
  tap.includes(await notice(page), "undone", "the merge is undone");
  await page.goto(`${desk.address}/merges?show=all`);
  tap.includes(await text(page), "Undone", "and stays in the list");
  await desk.look(page, "merges, all");
}

async function putNamesRight(desk, tap, page, person, token) {
  await post(desk, token, `/people/${person}/identifiers`, { scheme: "gwf", value: "GWF012345678" });
  await page.goto(`${desk.address}/people/${person}/identity`);
  await desk.look(page, "names with a reference");
  await leave(page, "a[href$='/withdrawal']");
  await desk.look(page, "withdraw a reference");
  await page.fill("#reason", "Of somebody else");
  await check(desk, tap, page, "withdraw a reference");
  tap.includes(await notice(page), "withdrawn", "the reference is withdrawn");
  await leave(page, "a:text-is('Correct the name or the date of birth')");
  tap.equal(await page.inputValue("#name"), "PersonOne Samplealpha", "a correction begins with what is known");
  await desk.look(page, "correct a name");
  await page.fill("#name", "PersonOne Samplebeta");
  await page.fill("#reason", "The passport");
  await check(desk, tap, page, "correct a name");
  tap.includes(await page.locator("h1").innerText(), "Samplebeta", "the name is corrected");
}

async function protect(desk, tap, page, person) {
  const deed = async (link, field, words, name) => {
    await page.goto(`${desk.address}/people/${person}/privacy`);
    await leave(page, `a:text-is('${link}')`);
    await page.fill(`#${field}`, words);
    await check(desk, tap, page, name);
    return notice(page);
  };
  await page.goto(`${desk.address}/people/${person}`);
  await leave(page, "a:text-is('Data protection')");
  await desk.look(page, "data protection");
  await leave(page, "a:text-is('Place a legal hold')");
  await desk.look(page, "place a hold");
  tap.includes(await deed("Place a legal hold", "reason", "A claim is open", "place a hold"), "hold", "a hold is placed");
  await desk.look(page, "data protection with a hold");
  tap.includes(await page.textContent(".govuk-summary-list"), "A claim is open", "why it is held stands where erasing is asked for");
  tap.includes(await deed("Lift a legal hold", "reason", "Settled", "lift a hold"), "lifted", "it is lifted");
  tap.includes(await deed("Restrict processing", "reason", "Accuracy is contested", "restrict"), "restricted", "processing is restricted");
  await desk.look(page, "data protection restricted");
  tap.includes(await deed("Lift the restriction", "reason", "Corrected", "lift a restriction"), "lifted", "and is not any more");
  await page.goto(`${desk.address}/people/${person}/privacy`);
  await leave(page, "a:text-is('Say who alone sees it')");
  await page.fill("#reason", "Threatened");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#seen_by']").count(), 1, "a protected record is seen by somebody");
  await desk.look(page, "protect a record refused");
  await page.fill("#seen_by", "senior role:monitor");
  await check(desk, tap, page, "protect a record");
  tap.includes(await text(page), "Everybody in the role: Independent monitor", "who alone sees it is told");
  await desk.look(page, "data protection, protected");
  tap.includes(await deed("End the protection", "reason", "The threat is over", "end a protection"), "ended", "the protection is ended");
  const [saved] = await Promise.all([page.waitForEvent("download"), page.click("a:text-is('Download it to read (HTML)')")]);
  tap.includes(fs.readFileSync(await saved.path(), "utf8"), "Everything recorded about you", "everything is taken out for the person");
  tap.includes(await deed("Ask for the record to be erased", "basis", "Art. 17(1)(a), retention ended", "ask for erasure"), "asked for",
    "erasure is asked for");
  tap.equal(await page.locator("a:text-is('Erase the record')").count(), 0, "who asked does not erase");
  await desk.look(page, "data protection, erasure asked for");
}

async function erase(desk, tap, page, person) {
  await page.goto(`${desk.address}/today`);
  await leave(page, "main a[href='/erasures']");
  tap.includes(await text(page), "retention ended", "a record to be erased stands on the page of the day");
  await desk.look(page, "records to be erased");
  await leave(page, `main a[href="/people/${person}/privacy"]`);
  await leave(page, "a:text-is('Erase the record')");
  await desk.look(page, "erase a record");
  await page.fill("#reference", person);
  await check(desk, tap, page, "erase a record");
  tap.includes(await notice(page), "erased", "another erases it");
  await desk.look(page, "people after an erasure");
  const gone = await page.goto(`${desk.address}/people/${person}`);
  tap.equal(gone.status(), 404, "the record does not exist any more");
}

// A record that is out of sight is seen for some minutes, and another looks into why.
async function glass(desk, tap, page, officer, person) {
  await post(desk, await desk.token("protection"), `/people/${person}/privacy/protection`, { reason: "Threatened", seen_by: "senior" });
  await page.goto(`${desk.address}/glass`);
  await leave(page, "a:text-is('See a record that is out of your sight')");
  await desk.look(page, "break the glass");
  await page.fill("#person", person);
  await page.fill("#minutes", "10");
  await page.fill("#reason", "The hospital asks for the name");
  await submit(page);
  tap.includes(page.url(), `/people/${person}`, "who breaks the glass sees the record");
  await page.goto(`${desk.address}/glass`);
  tap.equal(await page.locator(`main a[href="/people/${person}"]`).count(), 1, "and finds it again for as long as it shows");
  await desk.look(page, "a glass that is broken");
  await officer.goto(`${desk.address}/people`);
  await leave(officer, "main a[href='/glass']");
  await desk.look(officer, "break-glass to review");
  await leave(officer, "main table a:has-text('Review')");
  await desk.look(officer, "review a break-glass");
  await submit(officer);
  tap.equal(await officer.locator(".govuk-error-summary a[href='#outcome']").count(), 1, "a review has one of two outcomes");
  await desk.look(officer, "review refused");
  await choose(officer, "outcome", "not_justified");
  await officer.fill("#reason", "Nobody at the hospital knows of it");
  await submit(officer);
  const found = await text(officer);
  tap.ok(found.includes("Not justified") && found.includes("Demonstration data protection officer"), "what was found is told, and by whom", found);
  await desk.look(officer, "break-glass reviewed");
}

async function missing(desk, tap, page) {
  await page.goto(`${desk.address}/today`);
  await leave(page, "a:text-is('Which missing facts block most people')");
  await desk.look(page, "missing facts, not asked");
  await choose(page, "step", "hub_transfer");
  await leave(page, "main form button");
  tap.equal(await page.locator(".govuk-error-summary a[href='#hub']").count(), 1, "a step to a hub is asked about one");
  await desk.look(page, "missing facts refused");
  await choose(page, "step", "hub_transfer");
  await choose(page, "hub", "HUB-NORTH");
  await leave(page, "main form button");
  tap.ok((await page.locator("main tbody tr").count()) > 0, "the facts that are missing are told");
  await desk.look(page, "missing facts");
}

async function times(desk, tap, page, person) {
  await page.goto(`${desk.address}/people/${person}/clocks`);
  await desk.look(page, "times that may be changed");
  await leave(page, "a:text-is('Extend a time')");
  await desk.look(page, "extend a time");
  await submit(page);
  tap.equal(await page.locator(".govuk-error-summary a[href='#clock']").count(), 1, "which time it is must be said");
  await desk.look(page, "extend a time refused");
  await page.locator("input[type=radio][name=clock]").first().check();
  await page.fill("#reason", "The minister has authorised it");
  await check(desk, tap, page, "extend a time");
  tap.includes(await page.locator(".govuk-error-summary").innerText(), "does not run", "a time that does not run is not extended");
}

async function records(desk, tap) {
  const token = await desk.token("caseworker");
  const pair = await twoRecords(desk, token);
  const caseworker = await desk.signedIn("caseworker");
  const senior = await desk.signedIn("senior");
  const protection = await desk.signedIn("protection");
  await pairs(desk, tap, caseworker, pair);
  await askForMerge(desk, tap, caseworker, pair);
  const merge = await decideMerge(desk, tap, senior, pair);
  await post(desk, token, `/people/${pair[0]}/note`, { note: "Seen with a brother" });
  await undoMerge(desk, tap, senior, merge);
  await putNamesRight(desk, tap, caseworker, pair[0], token);
  const removed = await desk.json(token, "/people?stage=removed");
  await protect(desk, tap, protection, removed.body.people[0].reference);
  await erase(desk, tap, senior, removed.body.people[0].reference);
  await glass(desk, tap, caseworker, protection, removed.body.people[1].reference);
  await missing(desk, tap, caseworker);
  await times(desk, tap, senior, pair[1]);
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    await records(desk, tap);
    desk.nu();
    tap.equal(desk.messages.join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
  } catch (error) {
    tap.ok(false, "the record is gone through to the end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
  }
  tap.end();
}

main();
