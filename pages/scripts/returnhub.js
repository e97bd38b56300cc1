/* What the pages gain where scripts run; everything works without it. */
"use strict";

/* After a form came back with errors, the summary is where reading goes on. */
const summary = document.querySelector(".govuk-error-summary");
if (summary !== null) {
  summary.focus();
}

/* On a small screen the navigation is a menu that opens; without scripts it stands there whole. */
const toggle = document.querySelector(".govuk-service-navigation__toggle");
if (toggle !== null) {
  const menu = document.getElementById(toggle.getAttribute("aria-controls"));
  const wide = window.matchMedia("(min-width: 40.0625em)");
  const show = (open) => {
    toggle.hidden = wide.matches;
    toggle.removeAttribute("aria-hidden");
    toggle.setAttribute("aria-expanded", String(open));
    menu.hidden = !open && !wide.matches;
  };
  toggle.addEventListener("click", () => show(menu.hidden));
  wide.addEventListener("change", () => show(false));
  show(false);
}

/* A second click on the same button sends nothing: the server would do it once anyway. */
for (const form of document.querySelectorAll("form[method='post']")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent === "yes") {
      event.preventDefault();
    }
    form.dataset.sent = "yes";
  });
}

/* Coming back to the page, the form may be sent again. */
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[method='post']")) {
    delete form.dataset.sent;
  }
});

/* A stop is acknowledged where it is told: what was typed on the page stays. */
async function acknowledge(form) {
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    headers: { "Accept": "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  if (!answer.ok) {
    throw new Error(answer.statusText);
  }
  const said = form.nextElementSibling;
  said.hidden = false;
  said.tabIndex = -1; /* the button goes, and whoever pressed it by a key reads on from here */
  said.focus();
  form.remove();
}
for (const form of document.querySelectorAll(".rh-stop")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    acknowledge(form).catch(() => form.submit());
  });
}

/* Paper says when it was printed, and from where. */
window.addEventListener("beforeprint", () => {
  const { lang } = document.documentElement;
  const when = new Date().toLocaleString(lang === "en" ? "en-GB" : lang, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  for (const line of document.querySelectorAll("[data-printed]")) {
    line.textContent = `${line.dataset.printed} ${when} UTC: ${window.location.host}${window.location.pathname}`;
  }
});

/* A link to a safeguard inside something closed opens it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  for (let node = target; node !== null; node = node.parentElement) {
    if (node.tagName === "DETAILS") {
      node.open = true;
    }
  }
}
window.addEventListener("hashchange", openTarget);
openTarget();

/* Whoever comes back from a provider goes on at once. */
document.querySelector("form[action='/sign-in/provider/answer']")?.requestSubmit();

/* Passkeys. A form with a hidden field "passkey" may be answered with one: the question comes from the form's own address, the answer goes
 * into the field, and the form is sent. */
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function fetchQuestion(form) {
  const answer = await fetch(`${form.getAttribute("action")}/question`, {
    method: "POST",
    headers: {
      "Accept": "application/json",
      "Content-Type": "application/json",
      "X-Form-Token": form.elements.namedItem("form_token")?.value ?? "",
    },
    body: "{}",
  });
  const question = await answer.json();
  if (!answer.ok) {
    throw new Error(question.detail);
  }
  question.challenge = bytesOf(question.challenge);
  for (const credential of question.allowCredentials ?? question.excludeCredentials) {
    credential.id = bytesOf(credential.id);
  }
  return question;
}

async function answerWithPasskey(form) {
  const question = await fetchQuestion(form);
  let credential;
  if (question.user !== undefined) {
    question.user.id = bytesOf(question.user.id);
    credential = await navigator.credentials.create({ publicKey: question });
  } else {
    const typed = form.elements.namedItem("username")?.value ?? "";
    question.userVerification ??= typed === "" ? "required" : "discouraged";
    credential = await navigator.credentials.get({ publicKey: question });
  }
  const { response } = credential;
  form.elements.namedItem("passkey").value = JSON.stringify({
    id: textOf(credential.rawId),
    client_data: textOf(response.clientDataJSON),
    authenticator_data: textOf(response.authenticatorData ?? response.getAuthenticatorData()),
    ...(response.signature === undefined ? {} : { signature: textOf(response.signature) }),
  });
  form.requestSubmit();
}

function offerPasskey(form) {
  const submit = form.querySelector("button[type='submit']");
  const registers = form.getAttribute("action") === "/account/passkeys";
  const button = registers ? submit : submit.cloneNode();
  const message = document.createElement("p");
  message.className = "govuk-error-message";
  message.setAttribute("role", "alert");
  if (!registers) {
    button.type = "button";
    button.classList.add("govuk-button--secondary");
    button.textContent = form.dataset.passkey;
    submit.after(button);
  }
  form.append(message);
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    message.textContent = "";
    try {
      await answerWithPasskey(form);
    } catch (error) {
      message.textContent = error.name === "NotAllowedError" ? form.dataset.passkeyNone : `${form.dataset.passkeyFails} ${error.message}`;
    }
  });
}

for (const field of document.querySelectorAll("form input[name='passkey']")) {
  field.value = "";
  if (window.PublicKeyCredential !== undefined) {
    offerPasskey(field.form);
  }
}

/* What happens while the page is open is told below its head, politely: what was stopped, and how far the work is that was asked for. A page
 * that nobody sees does not listen, and holds no connection; seen again, it goes on behind the last that it was told. */
function listen(region) {
  const address = new URL(region.dataset.events, window.location.href);
  const progress = document.createElement("p");
  let source = null;
  progress.className = "govuk-body";
  function onStop(event) {
    const stop = JSON.parse(event.data);
    const line = document.createElement("p");
    const link = document.createElement("a");
    line.className = "govuk-body govuk-!-font-weight-bold";
    link.className = "govuk-link";
    link.href = stop.href;
    link.textContent = `${region.dataset.stopped}: ${stop.step.title}, ${stop.person}`;
    line.append(link);
    region.append(line);
    address.searchParams.set("after", event.lastEventId);
  }
  function onProgress(event) {
    const work = JSON.parse(event.data);
    progress.textContent = `${work.title}. ${region.dataset.done}: ${work.done} / ${work.all}`;
    region.append(progress);
    if (work.done === work.all && address.searchParams.has("comparison")) {
      window.location.reload(); /* what this page waits for is there */
    }
  }
  function close() {
    source?.close();
    source = null;
  }
  function follow() {
    if (document.visibilityState !== "visible") {
      close();
    } else if (source === null) {
      source = new EventSource(address);
      source.addEventListener("stop", onStop);
      source.addEventListener("progress", onProgress);
    }
  }
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pageshow", follow);
  window.addEventListener("pagehide", close);
  follow();
}
for (const region of document.querySelectorAll("[data-events]")) {
  if (window.EventSource !== undefined) {
    listen(region);
  }
}
