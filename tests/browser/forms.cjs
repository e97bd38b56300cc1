// What every journey does with a page: sends its form, looks at the answers, reads what it says was done; and a command by a program.
"use strict";

async function post(desk, token, address, body) {
  const answer = await fetch(`${desk.address}${address}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function notice(page) {
  const banner = page.locator("[aria-labelledby=notice-title] .govuk-notification-banner__heading");
  return (await banner.count()) > 0 ? banner.first().innerText() : "";
}

// Clicks on what leads to another page, and waits for it.
async function leave(page, selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

async function submit(page) {
  await leave(page, "main form[method=post]:has(input[name=client_id]) button[type=submit]");
}

// Sends the form, looks at its answers, and records them.
async function check(desk, tap, page, name) {
  await submit(page);
  tap.includes(await page.locator("h1").innerText(), "Check your answers", `${name}: the answers are shown again`);
  await desk.look(page, `${name} check`);
  await leave(page, "button[value=checked]");
}

async function choose(page, name, value) {
  const radio = page.locator(`input[type=radio][name="${name}"][value="${value}"]`);
  if ((await radio.count()) > 0) {
    await radio.check();
  } else {
    await page.selectOption(`select[name="${name}"]`, value);
  }
}

module.exports = { check, choose, leave, notice, post, submit };
