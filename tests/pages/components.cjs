// Aim: the components in our templates are those of GOV.UK Frontend: with the options of its own fixtures they become the same
// document, and every template has each part in its place (grammar.cjs, which the browser tests ask of every page as well).
// Planted faults are found.
//
// The same document: elements, attributes and text alike, but for what stands in OURS, and for what a script would need.
//
// Argument: the renderer.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");
const { CHROMIUM, FLAGS } = require("../browser/desk.cjs");
const { Tap } = require("../browser/tap.cjs");
const { render } = require("./engine.cjs");
const { Grammar, OTHERWISE, fixtures } = require("./grammar.cjs");

const PAGES = path.join(process.env.RETURNHUB_SOURCE, "pages");

function templates() {
  return Object.fromEntries(fs.readdirSync(PAGES).filter((file) => file.endsWith(".html"))
    .map((file) => [file.slice(0, -5), fs.readFileSync(path.join(PAGES, file), "utf8")]));
}

// --- the fixtures' options as views of our templates -------------------------------------------------------------------------

function only(options, known) {
  return Object.keys(options).every((key) => known.includes(key));
}

function plain(thing) {
  return thing === undefined || (only(thing, ["text"]) && typeof thing.text === "string");
}

const NO_FIELD = { is_hidden: false, is_text: false, is_area: false, is_select: false, is_radios: false, is_number: false,
  unknown_box: false, unknown_checked: false, autocomplete: false, described_by: false, inline: false, type: "text", value: "",
  date: false, options: [], hint: false, error: false };

// An element of ours is called as what it sends; the order of ids is compared, not their letters.
function field(shape, options, more) {
  const label = options.label ?? options.fieldset?.legend;
  const name = options.name ?? options.namePrefix ?? options.id;
  if (![label, options.hint, options.errorMessage].every(plain) || label === undefined || options.fieldset?.describedBy !== undefined) {
    return null;
  }
  const notes = [options.hint && `${name}-hint`, options.errorMessage && `${name}-error`].filter(Boolean);
  return {
    template: "{{> part_field}}",
    view: { ...NO_FIELD, [shape]: true, name, label: label.text, hint: options.hint?.text ?? false, error: options.errorMessage?.text ?? false,
      described_by: notes.length > 0 ? notes.join(" ") : false, value: options.value ?? "", ...more },
  };
}

function choices(items, chosen) {
  return items.every((item) => only(item, ["value", "text", "checked", "selected"]) && item.value !== undefined)
    ? items.map((item) => ({ value: String(item.value), text: item.text, checked: item.checked ?? item.selected ?? item.value === chosen }))
    : null;
}

function radios(options) {
  const list = choices((options.items ?? []).filter(Boolean), options.value);
  const prefix = options.idPrefix ?? options.name;
  return list === null || !only(options, ["idPrefix", "name", "fieldset", "hint", "errorMessage", "items", "value"]) ||
    options.fieldset === undefined || !only(options.fieldset, ["legend"])
    ? null
    : field("is_radios", options, { value: "", options: list.map((one, i) => ({ ...one, name: options.name, id: i === 0 ? prefix : `${prefix}-${i + 1}` })) });
}

function select(options) {
  const list = choices((options.items ?? []).filter(Boolean), options.value);
  return list === null || !only(options, ["id", "name", "label", "hint", "errorMessage", "items", "value"]) ? null
    : field("is_select", options, { value: "", options: list });
}

// Ours ask no browser to fill in a date: it is never the user's own.
function dateInput(options) {
  if (!only(options, ["id", "namePrefix", "fieldset", "hint", "errorMessage", "values"]) || options.fieldset === undefined ||
    !only(options.fieldset, ["legend"])) {
    return null;
  }
  const prefix = options.namePrefix === undefined ? "" : `${options.namePrefix}-`;
  const [day, month, year] = ["day", "month", "year"].map((part) => String(options.values?.[prefix + part] ?? ""));
  const ours = field("date", options, { date: { day, month, year, time: false } });
  return ours && { ...ours, says: [[/inputmode="numeric"/g, 'inputmode="numeric" autocomplete="off"'],
    [/ name="(day|month|year)"/g, ` name="${options.id}-$1"`]] };
}

const CHROME = { errors: false, stylesheet: false, icon: false, script: false, demonstration: false, home: "/", account: false, title: "",
  has_navigation: false, has_menu: false, navigation: [], has_crumbs: false, crumbs: [], stops: false, glasses: false, notice: false, may_break_glass: false };

function layout(chrome, selector) {
  return { template: "{{<layout}}{{/layout}}", view: { page: { ...CHROME, ...chrome } }, selector };
}

function links(items) {
  return items.every((item) => item && only(item, ["text", "href"]) && item.text && item.href) ? items : null;
}

function pieces(text) {
  return [{ text, plain: true, href: false, colour: false, iso: false, about: false, quiet: false, unknown: false, below: false }];
}

function cell(one, head) {
  return { head, numeric: one.format === "numeric", pieces: pieces(one.text ?? "") };
}

const OURS = {
  input: (options) => (only(options, ["id", "name", "label", "hint", "errorMessage", "value", "type", "autocomplete"])
    ? field("is_text", options, { type: options.type ?? "text", autocomplete: options.autocomplete ?? false }) : null),
  textarea: (options) => (only(options, ["id", "name", "label", "hint", "errorMessage", "value"]) ? field("is_area", options, {}) : null),
  select,
  radios,
  "date-input": dateInput,
  "error-summary": (options) => {
    const list = options.errorList && links(options.errorList);
    return !list || !only(options, ["titleText", "errorList"]) || options.titleText !== "There is a problem" ? null
      : layout({ errors: { list } }, ".govuk-error-summary");
  },
  breadcrumbs: (options) => {
    const crumbs = options.items && links(options.items);
    return !crumbs || !only(options, ["items"]) ? null : layout({ has_crumbs: true, crumbs }, ".govuk-breadcrumbs");
  },
  "notification-banner": (options) => (options.type !== "success" || !only(options, ["type", "text", "titleText"]) ? null
    : { ...layout({ notice: { good: true, heading: options.text, has_text: false, text: "" } }, ".govuk-notification-banner"),
      says: [[options.titleText ?? "Success", "Done"]] }),
  "service-navigation": (options) => {
    const navigation = options.navigation?.every((item) => item && only(item, ["text", "href", "active"]) && item.text && item.href) && options.navigation;
    return !navigation || navigation.length === 0 || !only(options, ["navigation"]) ? null
      : layout({ has_navigation: true, has_menu: navigation.length > 1, navigation: navigation.map((item) => ({ ...item, current: item.active === true })) }, ".govuk-service-navigation");
  },
  "generic-header": (options) => (only(options, ["logoText", "url"]) && options.logoText !== undefined
    ? { ...layout({ home: options.url ?? "/" }, ".govuk-generic-header"), says: [[options.logoText, "returnhub"]] } : null),
  "skip-link": (options) => (only(options, ["text", "href"]) && options.text === "Skip to main content"
    ? { ...layout({}, ".govuk-skip-link"), says: [[options.href ?? "#content", "#main"]] } : null),
  button: (options) => (only(options, ["text", "type", "classes"]) && ["submit", undefined].includes(options.type) &&
    [undefined, "govuk-button--warning"].includes(options.classes)
    ? { template: "{{> part_form}}", selector: "button",
      view: { form: { action: "/", form_token: false, client_id: "", fields: [], danger: options.classes !== undefined, submit: options.text, cancel_href: false } } }
    : null),
  table: (options) => (only(options, ["caption", "captionClasses", "head", "rows", "firstCellIsHeader"]) && options.firstCellIsHeader && options.caption &&
    options.head?.every((one) => only(one, ["text", "format"])) && options.rows.every((row) => row.every((one) => only(one, ["text", "format"])))
    ? { template: "{{> part_table}}", selector: "table",
      view: { any: true, caption: options.caption, heads: options.head.map((one) => ({ title: one.text ?? "", numeric: one.format === "numeric" })),
        rows: options.rows.map((row) => ({ cells: row.map((one, i) => cell(one, i === 0)) })) } }
    : null),
  "summary-list": (options) => (only(options, ["rows", "card"]) && options.rows.every((row) => row && only(row, ["key", "value"]) && plain(row.key) && plain(row.value))
    ? { theirs: "dl", template: "{{> part_summary}}", view: { rows: options.rows.map((row) => ({ cells: [cell(row.key, true), cell(row.value, false)] })) } } : null),
  tag: (options) => {
    const colour = /^govuk-tag--([a-z]+)$/.exec(options.classes ?? "");
    return !colour || !only(options, ["text", "classes"]) ? null : { template: "{{> part_tag}}", view: { colour: colour[1], text: options.text } };
  },
};

// --- the comparison ----------------------------------------------------------------------------------------------------------

// Runs in a page: an element as text, one line for each thing. What our pages add by choice is left out of both.
function normal({ html, selector }) {
  const CHOSEN = /^(rh-.*|govuk-!-.*|govuk-label--s|govuk-fieldset__legend--s|govuk-radios--small|govuk-table__caption--.*|govuk-visually-hidden)$/;
  const LEFT_OUT = new Set(["data-module", "spellcheck", "rows", "tabindex"]);
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const root = selector === undefined ? body.firstElementChild : body.querySelector(selector);
  root.querySelectorAll("caption > *:empty").forEach((one) => one.remove());
  const asked = [...root.querySelectorAll("*"), root].flatMap((one) => ["for", "aria-describedby", "aria-labelledby"]
    .flatMap((name) => (one.getAttribute(name) ?? "").split(/\s+/)));
  const numbers = new Map();
  const numbered = (id) => numbers.get(id) ?? numbers.set(id, `i${numbers.size + 1}`).get(id);
  const lines = [];
  const walk = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent.replace(/\s+/g, " ").trim();
      if (text !== "") {
        lines.push(`${"  ".repeat(depth)}${text}`);
      }
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      const attributes = [...node.attributes].filter(({ name }) => !LEFT_OUT.has(name)).map(({ name, value }) => {
        if (name === "class") {
          return `class=${value.split(/\s+/).filter((one) => one !== "" && !CHOSEN.test(one)).sort().join(" ")}`;
        }
        if (name === "id") {
          return asked.includes(value) ? `id=${numbered(value)}` : "";
        }
        return ["for", "aria-describedby", "aria-labelledby"].includes(name)
          ? `${name}=${value.split(/\s+/).map(numbered).join(" ")}` : `${name}=${value}`;
      }).filter((one) => one !== "" && one !== "class=").sort();
      lines.push(`${"  ".repeat(depth)}<${[node.tagName.toLowerCase(), ...attributes].join(" ")}>`);
      node.childNodes.forEach((child) => walk(child, depth + 1));
    }
  };
  walk(root, 0);
  return lines;
}

// Whether an empty value is written out or left out is the same document.
function same(lines) {
  return lines.map((line) => line.replace(/ value=(?=[ >])/, "")).join("\n");
}

async function compare(tap, grammar, renderer, pages) {
  const drawn = fixtures().filter((fixture) => OURS[fixture.component] !== undefined)
    .map((fixture) => ({ fixture, ours: OURS[fixture.component](fixture.options) })).filter(({ ours }) => ours !== null);
  const answers = render(renderer, drawn.map(({ ours }) => ({ templates: { ...pages, page: ours.template }, view: ours.view })));
  const counts = Object.fromEntries(Object.keys(OURS).map((name) => [name, 0]));
  for (const [i, { fixture, ours }] of drawn.entries()) {
    const html = (ours.says ?? []).reduce((text, [theirs, here]) => text.replace(theirs, here), fixture.html);
    const expected = same(await grammar.page.evaluate(normal, { html, selector: ours.theirs }));
    const found = answers[i].error ?? same(await grammar.page.evaluate(normal, { html: answers[i].text, selector: ours.selector }));
    tap.ok(found === expected, `${fixture.component}: ${fixture.name}`, `expected\n${expected}\nfound\n${found}`);
    counts[fixture.component] += 1;
  }
  for (const [component, count] of Object.entries(counts)) {
    tap.ok(count > 0, `${component} is compared`, `${count} fixtures`);
  }
  console.log(`# ${drawn.length} fixtures compared: ${JSON.stringify(counts)}`);
}

// --- every template ----------------------------------------------------------------------------------------------------------

// A template with its tags taken away: every part of it is there once, whatever is true. So neither what is missing nor the
// order can be judged here; the browser tests judge them, on pages.
function bare(text) {
  return text.replace(/\{\{![^}]*\}\}|\{\{[#^/$<>][^}]*\}\}/g, "").replace(/\{\{[^}]*\}\}/g, "x");
}

async function everyTemplate(tap, grammar, pages) {
  const all = await grammar.faultsIn(Object.values(pages).map(bare));
  for (const [i, name] of Object.keys(pages).entries()) {
    const found = all[i].filter((fault) => !/is missing|is never in|is never "x"|no such variant|stands before/.test(fault));
    tap.ok(found.length === 0, `${name}: each part is as it is in the fixtures`, found.join("\n"));
  }
}

const PLANTED = [
  ["another element", '<div class="govuk-tag">x</div>', "is never <div>"],
  ["a part without its whole", '<p class="govuk-hint"></p><div class="govuk-details__text">x</div>', "is never in outside"],
  ["an attribute that is missing", '<nav class="govuk-pagination"></nav>', "aria-label is missing"],
  ["an attribute that nobody has", '<strong class="govuk-tag" onfocus="x">x</strong>', "never has it"],
  ["a part that is missing", '<details class="govuk-details"><summary class="govuk-details__summary"><span class="govuk-details__summary-text">x</span></summary></details>',
    "govuk-details__text is missing"],
  ["parts in another order", '<div class="govuk-form-group"><input class="govuk-input" id="x" name="x" type="text"><label class="govuk-label" for="x">x</label></div>',
    "stands before"],
  ["a class that is none", '<p class="govuk-nothing">x</p>', "no such class"],
  ["a variant that is none", '<strong class="govuk-tag govuk-tag--invisible">x</strong>', "no such variant"],
  ["a role that is another", '<div class="govuk-notification-banner" role="dialog" aria-labelledby="x"></div>', "role is never"],
];

async function planted(tap, grammar) {
  for (const [name, html, expected] of PLANTED) {
    const [found] = await grammar.faultsIn([html]);
    tap.ok(found.some((fault) => fault.includes(expected)), `finds ${name}`, found.join("\n"));
  }
  const faulty = (await grammar.faultsIn(fixtures().map(({ html }) => html))).flat();
  tap.ok(faulty.length === 0, "and nothing in the fixtures themselves", faulty.slice(0, 10).join("\n"));
}

async function main() {
  const tap = new Tap();
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  try {
    const grammar = await Grammar.learned(browser);
    const pages = templates();
    await planted(tap, grammar);
    await compare(tap, grammar, process.argv[2], pages);
    await everyTemplate(tap, grammar, pages);
    for (const [begins, why] of OTHERWISE) {
      tap.ok(grammar.used.has(begins), `what is otherwise is so: ${begins}, ${why}`);
    }
  } catch (error) {
    tap.ok(false, "everything is compared", error.stack);
  } finally {
    await browser.close();
  }
  tap.end();
}

main();
