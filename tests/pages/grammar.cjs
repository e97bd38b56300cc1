// grammar: what the fixtures of GOV.UK Frontend say of each part of a component, learned from them, and what of a page does
// not agree: another element, another place, an attribute or a part that is always there missing, one that is never there
// added, parts in another order.
//
// The two functions `learn` and `faults` run in a page of the browser, whose parser is the judge; each stands for itself.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const COMPONENTS = path.join(__dirname, "..", "..", "node_modules", "govuk-frontend", "dist", "govuk");

function fixtures() {
  const folder = path.join(COMPONENTS, "components");
  return fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, "fixtures.json"))).flatMap((component) =>
    JSON.parse(fs.readFileSync(path.join(folder, component, "fixtures.json"), "utf8")).fixtures
      .map((fixture) => ({ component, ...fixture })));
}

// Every class that the style sheet of GOV.UK Frontend has something to say about, or that a fixture bears.
function classes() {
  const css = fs.readFileSync(path.join(COMPONENTS, "govuk-frontend.min.css"), "utf8");
  const styled = [...css.matchAll(/\.(govuk-(?:\\.|[\w-])+)/g)].map((found) => found[1].replace(/\\/g, ""));
  const borne = fixtures().flatMap(({ html }) => [...html.matchAll(/govuk-[\w!-]+/g)].map((found) => found[0]));
  return [...new Set([...styled, ...borne])];
}

// What our pages do otherwise, and why. A fault that begins with one of these is none; each must occur.
const OTHERWISE = [
  ["data-module is missing", "no script of GOV.UK Frontend is served: a component's own behaviour is not asked for"],
  ["govuk-notification-banner__heading: is never in govuk-notification-banner__content form", "each stop has a form of its own"],
  ["type is never \"search\"", "what is looked for has an input type of its own"],
  ["scope is never \"rowgroup\"", "a step is the head of as many rows as there are hubs"],
  ["govuk-table__caption--s", "documented, and the size that a caption has without it"],
];

function learn(samples) {
  const NOT_COMPONENTS = /^govuk-(!-.*|visually-hidden.*|body.*|heading-.*|caption-.*|list|link|width-container|grid-.*|main-wrapper|template.*|skip-link-.*|button-group|section-break|clearfix)$/;
  const NAMED = ["role", "type", "scope", "rel", "inputmode", "aria-hidden"];
  const rules = {};
  const basesOf = (element) => [...(element.classList ?? [])]
    .filter((name) => name.startsWith("govuk-") && !name.includes("--") && !NOT_COMPONENTS.test(name));
  const blockOf = (name) => name.split("__")[0];
  const within = (element, block) => basesOf(element).filter((name) => blockOf(name) === block).sort().join("+");
  const note = (set, key) => { set[key] = (set[key] ?? 0) + 1; };
  for (const { html } of samples) {
    const body = new DOMParser().parseFromString(html, "text/html").body;
    for (const element of body.querySelectorAll("*")) {
      for (const name of basesOf(element)) {
        const rule = rules[name] ??= { count: 0, tags: {}, places: {}, attributes: {}, values: {}, parts: {}, order: {} };
        rule.count += 1;
        note(rule.tags, element.tagName);
        if (name.includes("__")) {
          let place = "";
          let above = element.parentElement;
          for (; above !== body && within(above, blockOf(name)) === ""; above = above.parentElement) {
            place = `${above.tagName} ${place}`;
          }
          note(rule.places, above === body ? "outside" : `${within(above, blockOf(name))} ${place}`.trim());
        }
        for (const { name: attribute, value } of element.attributes) {
          note(rule.attributes, attribute);
          if (NAMED.includes(attribute)) {
            note(rule.values[attribute] ??= {}, value);
          }
        }
        const parts = new Set();
        for (const part of element.querySelectorAll("*")) {
          let above = part.parentElement;
          while (above !== element && within(above, blockOf(name)) === "") {
            above = above.parentElement;
          }
          if (above === element) {
            basesOf(part).filter((one) => blockOf(one) === blockOf(name)).forEach((one) => parts.add(one));
          }
        }
        parts.forEach((part) => note(rule.parts, part));
        const children = [...element.children].map(basesOf);
        children.forEach((first, i) => children.slice(i + 1).forEach((second) =>
          first.forEach((a) => second.forEach((b) => note(rule.order, `${a} ${b}`)))));
      }
    }
  }
  return rules;
}

// For each text: [[what, where]] of everything in it that the rules do not allow.
function faults(htmls) {
  const { rules, known } = window.grammar;
  const NOT_COMPONENTS = /^govuk-(!-.*|visually-hidden.*|body.*|heading-.*|caption-.*|list|link|width-container|grid-.*|main-wrapper|template.*|skip-link-.*|button-group|section-break|clearfix)$/;
  const ANYWHERE = new Set(["class", "id", "lang", "dir", "tabindex", "name", "value", "href", "aria-label", "aria-describedby", "aria-labelledby"]);
  const NAMED = ["role", "type", "scope", "rel", "inputmode", "aria-hidden"];
  const styled = new Set(known);
  const basesOf = (element) => [...(element.classList ?? [])]
    .filter((name) => name.startsWith("govuk-") && !name.includes("--") && !NOT_COMPONENTS.test(name));
  const blockOf = (name) => name.split("__")[0];
  const within = (element, block) => basesOf(element).filter((name) => blockOf(name) === block).sort().join("+");
  return htmls.map((html) => {
    const found = [];
    new DOMParser().parseFromString(html, "text/html").querySelectorAll("[class]").forEach((element) => look(element, found));
    return found;
  });

  function look(element, found) {
    const tell = (what) => found.push([what, element.outerHTML.slice(0, 160)]);
    for (const name of element.classList) {
      if (name.startsWith("govuk-") && !styled.has(name) && rules[name.split("--")[0]] === undefined) {
        tell(`${name}: there is no such class`);
      } else if (name.startsWith("govuk-") && name.includes("--") && !styled.has(name)) {
        tell(`${name}: there is no such variant`);
      }
    }
    for (const name of basesOf(element).filter((one) => rules[one] !== undefined)) {
      const rule = rules[name];
      if (rule.tags[element.tagName] === undefined) {
        tell(`${name}: is never <${element.tagName.toLowerCase()}>`);
      }
      if (name.includes("__")) {
        let place = "";
        let above = element.parentElement;
        for (; above !== null && within(above, blockOf(name)) === ""; above = above.parentElement) {
          place = `${above.tagName} ${place}`;
        }
        const here = above === null ? "outside" : `${within(above, blockOf(name))} ${place}`.trim();
        if (rule.places[here] === undefined) {
          tell(`${name}: is never in ${here.toLowerCase()}`);
        }
      }
      for (const [attribute, count] of Object.entries(rule.attributes)) {
        if (count === rule.count && attribute !== "id" && !element.hasAttribute(attribute)) {
          tell(`${attribute} is missing: ${name} always has it`);
        }
      }
      for (const { name: attribute, value } of element.attributes) {
        if (rule.attributes[attribute] === undefined && !ANYWHERE.has(attribute)) {
          tell(`${attribute}: ${name} never has it`);
        } else if (NAMED.includes(attribute) && rule.values[attribute]?.[value] === undefined) {
          tell(`${attribute} is never "${value}": ${name}`);
        }
      }
      for (const [part, count] of Object.entries(rule.parts)) {
        if (count === rule.count && element.getElementsByClassName(part).length === 0) {
          tell(`${part} is missing: ${name} always has it`);
        }
      }
      const children = [...element.children].map(basesOf);
      children.forEach((first, i) => children.slice(i + 1).forEach((second) => first.forEach((a) => second.forEach((b) => {
        if (rule.order[`${a} ${b}`] === undefined && rule.order[`${b} ${a}`] !== undefined) {
          tell(`${b} stands before ${a} in ${name}`);
        }
      }))));
    }
  }
}

class Grammar {
  constructor(page) {
    this.page = page;
    this.used = new Set();
  }

  static async learned(browser) {
    const page = await (await browser.newContext()).newPage();
    const rules = await page.evaluate(learn, fixtures().map(({ html }) => ({ html })));
    await page.evaluate((grammar) => { window.grammar = grammar; }, { rules, known: classes() });
    return new Grammar(page);
  }

  // Of each of these texts: lines of what is wrong with it.
  async faultsIn(htmls) {
    return (await this.page.evaluate(faults, htmls)).map((found) => this.told(found));
  }

  told(found) {
    return found.filter(([what]) => {
      const allowed = OTHERWISE.find(([begins]) => what.startsWith(begins));
      if (allowed !== undefined) {
        this.used.add(allowed[0]);
      }
      return allowed === undefined;
    }).map(([what, where]) => `${what}\n  ${where}`);
  }
}

module.exports = { Grammar, OTHERWISE, fixtures };
