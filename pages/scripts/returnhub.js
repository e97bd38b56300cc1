/* What the pages gain where scripts run; everything works without it. */
"use strict";

/* After a form came back with errors, the summary is where reading goes on. */
const summary = document.querySelector(".govuk-error-summary");
if (summary !== null) {
  summary.focus();
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
