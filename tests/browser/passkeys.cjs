// Passkeys in a real browser, with Chromium's virtual authenticator: registering, signing in by one alone and beside the password,
// confirming who it is, and removing one. Argument: "script" or "no-script"; without scripts the pages say what else there is.
"use strict";

const { Tap } = require("./tap.cjs");
const { Desk, PASSWORD } = require("./desk.cjs");

async function notice(page) {
  const banner = page.locator(".govuk-notification-banner[role=alert] .govuk-notification-banner__heading");
  return (await banner.count()) > 0 ? banner.innerText() : "";
}

async function addAuthenticator(page, verified = true) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: verified,
      automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}

async function openSignIn(page, desk) {
  await page.goto(`${desk.local}/sign-in`);
}

async function signOut(page, desk) {
  await page.goto(`${desk.local}/account`);
  await page.click("button:text-is('Sign out')");
}

const usePasskey = "button:text-is('Use a passkey')";

async function registers(page, desk, tap, title) {
  await page.goto(`${desk.local}/account`);
  await page.click("a:text-is('Register a passkey')");
  await desk.look(page, "register a passkey");
  await page.fill("#title", title);
  await page.click("button:text-is('Register a passkey')");
  await page.waitForURL(/notice=passkey-registered/);
  tap.includes(await notice(page), "The passkey is registered", `${title} is registered`);
  tap.equal(await page.locator(`th:text-is('${title}')`).count(), 1, `${title} is listed`);
}

async function withScript(desk, tap) {
  const page = await desk.newPage();
  const { session, authenticatorId } = await addAuthenticator(page);
  await openSignIn(page, desk);
  await page.fill("#username", "caseworker");
  await page.fill("#password", PASSWORD);
  await page.click("button:text-is('Sign in')");
  await registers(page, desk, tap, "blue key");
  await desk.look(page, "own account with a passkey");
  const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
  tap.equal(credentials.length, 1, "the authenticator keeps one key");
  tap.equal(credentials[0].rpId, "localhost", "for this desk");
  tap.ok(!Buffer.from(credentials[0].userHandle ?? "", "base64").toString("latin1").includes("caseworker"),
    "whose handle says nothing of the account");

  await signOut(page, desk);
  await openSignIn(page, desk);
  await page.click(usePasskey);
  await page.waitForURL(/\/today/);
  tap.ok(true, "the passkey alone signs in");

  await signOut(page, desk);
  await openSignIn(page, desk);
  await page.fill("#username", "caseworker");
  await page.fill("#password", PASSWORD);
  await page.click("button:text-is('Sign in')");
  tap.includes(await page.title(), "Error:", "the password alone does not, any more");
  await page.fill("#username", "caseworker");
  await page.fill("#password", PASSWORD);
  await page.click(usePasskey);
  await page.waitForURL(/\/today/);
  tap.ok(true, "password and passkey do");

  await signOut(page, desk);
  await openSignIn(page, desk);
  await page.fill("#username", "authorising");
  await page.fill("#password", PASSWORD);
  await page.click(usePasskey);
  await page.waitForSelector(".govuk-error-summary");
  tap.includes(await page.title(), "Error:", "the passkey is no second factor of another account");

  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await openSignIn(page, desk);
  await page.click(usePasskey);
  await page.waitForFunction(() => document.querySelector("[role=alert].govuk-error-message")?.textContent !== "");
  tap.includes(await page.locator("[role=alert].govuk-error-message").innerText(), "No passkey was used",
    "alone it needs who is there to be verified");
  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.click(usePasskey);
  await page.waitForURL(/\/today/);

  await page.goto(`${desk.local}/account/proof?then=%2Fpeople`);
  await desk.look(page, "confirm that it is you");
  await page.click(usePasskey);
  await page.waitForURL(/\/people$/);
  tap.ok(true, "a passkey confirms who it is");

  await copied(page, desk, tap, session, authenticatorId);
  await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  const second = await addAuthenticator(page);
  await page.goto(`${desk.local}/account`);
  await registers(page, desk, tap, "office computer");
  await page.locator("tr:has(th:text-is('blue key')) a:has-text('Remove')").click();
  await desk.look(page, "remove a passkey");
  await page.fill("#reason", "the key is lost");
  await page.click("button:text-is('Remove it')");
  tap.includes(await notice(page), "The passkey is removed", "one is removed");
  tap.equal(await page.locator("th:text-is('blue key')").count(), 0, "and is not listed any more");
  await signOut(page, desk);
  await openSignIn(page, desk);
  await page.click(usePasskey);
  await page.waitForURL(/\/today/);
  tap.ok(true, "the other one signs in");
  await second.session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: second.authenticatorId });
}

// A copy of the key that counts from where the first one was.
async function copied(page, desk, tap, session, authenticatorId) {
  const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
  await session.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credentials[0].credentialId });
  await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credentials[0], signCount: 0 } });
  await signOut(page, desk);
  await openSignIn(page, desk);
  await page.click(usePasskey);
  await page.waitForSelector(".govuk-error-summary");
  tap.includes(await page.title(), "Error:", "a copy of the key whose counter is behind is refused");
  await session.send("WebAuthn.clearCredentials", { authenticatorId });
  await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credentials[0], signCount: 1000 } });
  await page.click(usePasskey);
  await page.waitForURL(/\/today/);
}

async function withoutScript(desk, tap) {
  const page = await desk.newPage();
  await openSignIn(page, desk);
  tap.equal(await page.locator(usePasskey).count(), 0, "without scripts no passkey is offered");
  await page.fill("#username", "caseworker");
  await page.fill("#password", PASSWORD);
  await page.click("button:text-is('Sign in')");
  await page.goto(`${desk.local}/account/passkeys/new`);
  await desk.look(page, "register a passkey");
  await page.fill("#title", "blue key");
  await page.click("button:text-is('Register a passkey')");
  tap.includes(await page.locator(".govuk-error-summary").innerText(), "A browser with scripts is needed", "what is needed is said");
  await page.goto(`${desk.address}/account`);
  await page.fill("#username", "caseworker");
  await page.fill("#password", PASSWORD);
  await page.click("button:text-is('Sign in')");
  await page.goto(`${desk.address}/account`);
  tap.equal(await page.locator("a:text-is('Register a passkey')").count(), 0, "at an address that is a number there are no passkeys");
  tap.equal(await page.locator("button:text-is('Set up an authenticator app')").count(), 1, "an authenticator app there is");
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  try {
    await desk.open();
    desk.local = desk.address.replace("127.0.0.1", "localhost");
    await (desk.javascript ? withScript(desk, tap) : withoutScript(desk, tap));
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
