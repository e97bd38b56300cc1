// Signing on in a real browser, at a provider of other people's making (npm oidc-provider) that is another site: the way there and back,
// linking an account on the administrator's pages, the second factor, confirming who it is, signing out here and there; and what an
// administrator does when a device is lost. Argument: "script" or "no-script".
"use strict";

const { execFileSync } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { Tap } = require("./tap.cjs");
const { Desk, PASSWORD, freePort } = require("./desk.cjs");

const SECRET = "no secret: synthetic";

// Another name than the desk's: so it is another site, which gets none of its cookies and gives it none.
const providerAt = (port) => `http://127.0.0.1:${port}`;

async function openProvider(port, desk) {
  const { default: Provider } = await import("oidc-provider");
  const key = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const provider = new Provider(providerAt(port), {
    clients: [{
      client_id: "returnhub", client_secret: SECRET, redirect_uris: [`${desk}/sign-in/provider/answer`],
      post_logout_redirect_uris: [`${desk}/sign-in`], id_token_signed_response_alg: "ES256",
    }],
    jwks: { keys: [{ ...key, kid: "synthetic", use: "sig", alg: "ES256" }] },
    cookies: { keys: ["synthetic"] },
    pkce: { required: () => true },
  });
  const server = http.createServer(provider.callback());
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function notice(page) {
  const banner = page.locator(".govuk-notification-banner[role=alert] .govuk-notification-banner__heading");
  return (await banner.count()) > 0 ? banner.innerText() : "";
}

// At the provider's own pages: whoever says who they are is believed.
async function signInThere(page, desk, subject) {
  await page.waitForURL(/127\.0\.0\.1/);
  await page.fill("input[name=login]", subject);
  await page.fill("input[name=password]", "anything");
  await page.click("button[type=submit]");
  await page.waitForLoadState();
  if (page.url().includes("/interaction/")) {
    await page.click("button[type=submit]"); // it asks whether the desk may know
  }
  await comeBack(page, desk);
}

// Where scripts run the page goes on by itself.
async function comeBack(page, desk) {
  await page.waitForURL(/localhost/);
  if (!desk.javascript) {
    await desk.look(page, "back from the provider");
    await page.click("main button[type=submit]");
  } else {
    await page.waitForURL((address) => address.search === "");
  }
}

const withProvider = "button:text-is('Sign in with Ministry account')";

async function unknown(desk, tap) {
  const page = await desk.newPage();
  await page.goto(`${desk.local}/sign-in`);
  await desk.look(page, "sign in, with a provider");
  await page.click(withProvider);
  await signInThere(page, desk, "s-100");
  const text = await page.locator("main").innerText();
  tap.ok(text.includes("No account here is linked") && text.includes("s-100") && text.includes("127.0.0.1"),
    "whoever is linked to no account is told what to give to an administrator", text);
  await desk.look(page, "signed on, linked to nothing");
}

async function links(desk, tap) {
  const page = await desk.newPage();
  await page.goto(`${desk.local}/sign-in`);
  await page.fill("#username", "admin");
  await page.fill("#password", PASSWORD);
  await page.click("main form[action='/sign-in'] button[type=submit]");
  await page.goto(`${desk.local}/accounts`);
  await desk.look(page, "accounts");
  await page.click("a:text-is('caseworker')");
  await desk.look(page, "an account");
  await page.click("a:text-is('Link it to a provider')");
  await desk.look(page, "link an account");
  tap.equal(await page.inputValue("#issuer"), desk.issuer, "the provider that is set is offered");
  await page.fill("#subject", "s-100");
  await page.fill("#reason", "shown at the desk");
  await page.click("main button[type=submit]");
  await desk.look(page, "link an account, check");
  await page.click("main button[type=submit]");
  tap.equal(await page.locator("td:text-is('s-100'), th:text-is('s-100')").count(), 1, "an administrator links an account");
  await desk.look(page, "an account that is linked");
  return page;
}

async function signsOn(desk, tap) {
  const page = await desk.newPage();
  await page.goto(`${desk.local}/sign-in`);
  await page.click(withProvider);
  await signInThere(page, desk, "s-100");
  await page.waitForURL(/\/today/);
  tap.includes(await page.locator(".rh-account").innerText(), "Demonstration caseworker", "signing on opens the account that is linked");
  await page.goto(`${desk.local}/account/proof?then=%2Fpeople`);
  await desk.look(page, "confirm that it is you, with a provider");
  await page.click("button:text-is('Confirm with Ministry account')");
  await signInThere(page, desk, "s-100");
  await page.waitForURL(/\/people$/);
  tap.ok(true, "the provider asks anew, and one goes on where one wanted to");
  return page;
}

async function signsOut(page, desk, tap) {
  await page.click("button:text-is('Sign out')");
  await page.waitForURL(/127\.0\.0\.1/);
  await page.click("button:text-is('Yes, sign me out')");
  await page.waitForURL(`${desk.local}/sign-in`);
  await page.click(withProvider);
  await page.waitForURL(/127\.0\.0\.1.*interaction/);
  tap.equal(await page.locator("input[name=login]").count(), 1, "signed out here and there: the provider asks who it is");
}

// Registered by the command line's own means: a code is what the app shows.
async function secondFactor(desk, tap) {
  const page = await desk.newPage();
  await page.goto(`${desk.local}/sign-in`);
  await page.click(withProvider);
  await signInThere(page, desk, "s-100");
  await page.waitForURL(/\/today/);
  await page.goto(`${desk.local}/account`);
  await page.click("button:text-is('Set up an authenticator app')");
  const shown = /key: ((?:[A-Z2-7]{4}\s){7}[A-Z2-7]{4})\./.exec(await page.locator("main").innerText())[1];
  const secret = shown.replace(/\s/g, "");
  const codeOf = (away) => execFileSync("python3", ["-c", CODE, secret, String(away)], { encoding: "utf8" }).trim();
  await page.fill("#code", codeOf(-1));
  await page.click("main button[type=submit]");
  tap.includes(await notice(page), "The second factor is on", "a second factor of one's own is set");
  const other = await desk.newPage();
  await other.goto(`${desk.local}/sign-in`);
  await other.click(withProvider);
  await signInThere(other, desk, "s-100");
  await other.waitForSelector("#code");
  await desk.look(other, "second factor after a provider");
  await other.fill("#code", "000000");
  await other.click("main button[type=submit]");
  tap.includes(await other.title(), "Error:", "a wrong code is told");
  await desk.look(other, "second factor after a provider, wrong");
  await other.fill("#code", codeOf(0));
  await other.click("main button[type=submit]");
  await other.waitForURL(/\/today/);
  tap.ok(true, "and the right one signs in");
  return other;
}

const CODE = `
import base64, hmac, struct, sys, time
key = base64.b32decode(sys.argv[1])
mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + int(sys.argv[2])), "sha1").digest()
at = mac[19] & 15
print("%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000))
`;

async function lostDevice(admin, user, desk, tap) {
  await admin.goto(`${desk.local}/accounts/caseworker`);
  await admin.click("a:text-is('Remove its second factor and passkeys')");
  await desk.look(admin, "a lost device");
  await admin.fill("#reason", "the telephone is lost");
  await admin.click("main button[type=submit]");
  await admin.click("main button[type=submit]");
  tap.includes(await notice(admin), "It is recorded", "an administrator removes what a lost device was for");
  await user.goto(`${desk.local}/account`);
  tap.includes(user.url(), "/sign-in", "and its sessions end");
  await admin.click("a:text-is('Take it back')");
  await desk.look(admin, "take back a link");
  tap.equal(await admin.inputValue("#subject"), "s-100", "the link that is meant stands in the form");
  await admin.fill("#reason", "left the office");
  await admin.click("main button[type=submit]");
  await admin.click("main button[type=submit]");
  tap.includes(await admin.locator("main").innerText(), "linked to no provider", "a link is taken back");
}

async function main() {
  const tap = new Tap();
  const desk = new Desk(tap, process.argv[2] !== "no-script");
  let server;
  try {
    const providerPort = await freePort();
    desk.issuer = providerAt(providerPort);
    await desk.open({ settingsOf: (port) => {
      desk.local = `http://localhost:${port}`;
      const secret = path.join(desk.register.folder, "secret");
      fs.writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
      return `[web]\norigin = ${desk.local}\n[sign_on]\nissuer = ${desk.issuer}\nclient_id = returnhub\n` +
        `client_secret_file = ${secret}\ntitle = Ministry account\n`;
    } });
    server = await openProvider(providerPort, desk.local);
    await unknown(desk, tap);
    const admin = await links(desk, tap);
    const page = await signsOn(desk, tap);
    await signsOut(page, desk, tap);
    const user = await secondFactor(desk, tap);
    await lostDevice(admin, user, desk, tap);
    desk.nu();
    tap.equal(desk.messages.filter((message) => message.startsWith(desk.local)).join("\n"), "", "the browser reported no error");
    tap.ok(!/ERROR|runtime error/.test(desk.server.errors()), "the server reported no error", desk.server.errors().slice(-2000));
  } catch (error) {
    tap.ok(false, "it goes to its end", `${error.stack}\n${desk.server?.errors().slice(-3000) ?? ""}`);
  } finally {
    await desk.close();
    server?.closeAllConnections();
    server?.close();
  }
  tap.end();
}

main();
