// Aim: our Mustache and npm's `mustache` write the same text for random templates: interpolation, escaping, sections, inverted
// sections, partials, comments, delimiters, blank lines left by standalone tags.
//
// Where the two differ by design nothing is drawn: npm's leaves a section out for 0 and "", ours does not; npm's knows no
// inheritance; of a dotted name that is not found to its end npm's goes on looking further out, the specification does not;
// npm's takes a line of several tags for a standalone one, and indents partials that share their line,
// and what is within a remark of several lines. Blanks on a line that has nothing else are left out of both: ours puts no
// margin before a line on which nothing is printed.
// What escapes is the specification's (& < > "), which npm's exceeds by default, and ours the apostrophe as well.
//
// Arguments: the renderer; how many templates (2,000), the seed (the day's).
"use strict";

const mustache = require("mustache");
const { render } = require("./engine.cjs");
const { Tap } = require("../browser/tap.cjs");

const SCALARS = ["a", "b", "c"];
const FLAGS = ["f", "g"];
const OBJECTS = ["o", "p"];
const LISTS = ["l", "m"];
const WORDS = ["x", "<b>", "a&b", "\"q\"", "it's", "two words", "\u0416\u00e9", "{{a}}", "7"];
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;" };
const PARTIALS = ["one", "two"];

// A small generator of its own, so that a seed gives the same templates everywhere (mulberry32).
function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  return { below, pick: (list) => list[below(list.length)], chance: (part) => next() < part };
}

function scalar(dice) {
  return dice.chance(0.3) ? dice.below(1000) + 1 : dice.pick(WORDS);
}

// Some names are missing, so that they are looked for further out.
function viewOf(dice, depth) {
  const view = {};
  for (const name of SCALARS) {
    if (dice.chance(0.7)) {
      view[name] = dice.chance(0.1) ? null : scalar(dice);
    }
  }
  for (const name of FLAGS) {
    if (dice.chance(0.8)) {
      view[name] = dice.pick([true, false, null]);
    }
  }
  for (const name of depth > 0 ? OBJECTS : []) {
    if (dice.chance(0.7)) {
      view[name] = { ...viewOf(dice, depth - 1), a: scalar(dice), b: scalar(dice), c: scalar(dice) };
    }
  }
  for (const name of depth > 0 ? LISTS : []) {
    if (dice.chance(0.7)) {
      const plain = name === "m";
      view[name] = Array.from({ length: dice.below(4) }, () => (plain ? scalar(dice) : viewOf(dice, depth - 1)));
    }
  }
  return view;
}

// `tags` are the delimiters in force; `item`: inside a list of plain values.
function tag(tags, kind, name, dice) {
  const space = dice.chance(0.2) ? " " : "";
  return `${tags[0]}${kind}${space}${name}${space}${tags[1]}`;
}

function value(state) {
  const { dice, tags } = state;
  const name = state.item && dice.chance(0.5) ? "." : dice.chance(0.2) ? `${dice.pick(OBJECTS)}.${dice.pick(SCALARS)}` : dice.pick(SCALARS);
  if (dice.chance(0.15) && tags[0] === "{{") {
    return `{{{${name}}}}`;
  }
  return tag(tags, dice.chance(0.15) ? "&" : "", name, dice);
}

// Within a line: it begins with a value, so that no reader takes the line for a standalone tag's.
function inline(state, depth) {
  const { dice, tags } = state;
  const drawn = dice.below(depth > 0 ? 10 : 8);
  if (drawn < 3) {
    return value(state);
  }
  if (drawn < 5) {
    return dice.pick(["word", "<p>", "&amp;", "}", " { ", "it's \"it\"", "  "]);
  }
  if (drawn === 5) {
    return `${tags[0]}! a remark ${tags[1]}`;
  }
  if (drawn < 8) {
    return state.partials ? tag(tags, ">", dice.pick(PARTIALS), dice) : " ";
  }
  const { open, close, inside } = section(state);
  return `${open}${line(inside, depth - 1)}${close}`;
}

function line(state, depth) {
  let text = value(state);
  for (let i = state.dice.below(4); i > 0; i--) {
    text += inline(state, depth);
  }
  return text;
}

function section(state) {
  const { dice, tags } = state;
  const name = dice.pick([...FLAGS, ...OBJECTS, ...LISTS, ...SCALARS]);
  const inverted = dice.chance(0.3);
  return { open: tag(tags, inverted ? "^" : "#", name, dice), close: tag(tags, "/", name, dice),
    inside: { ...state, item: !inverted && name === "m" } };
}

// Lines: of text, or of one tag that stands alone.
function lines(state, depth) {
  const { dice, tags } = state;
  let text = "";
  for (let i = dice.below(5) + 1; i > 0; i--) {
    const indent = dice.pick(["", "", "  ", "\t"]);
    const drawn = dice.below(depth > 0 ? 10 : 7);
    if (drawn < 4) {
      text += `${indent}${line(state, depth)}\n`;
    } else if (drawn === 4) {
      text += dice.pick(["\n", "  \n"]);
    } else if (drawn === 5) {
      text += `${indent}${tags[0]}! a remark${state.partials ? dice.pick([" ", "\n"]) : " "}${tags[1]}\n`;
    } else if (drawn === 6) {
      text += state.partials ? `${indent}${tag(tags, ">", dice.pick(PARTIALS), dice)}\n` : "";
    } else {
      const { open, close, inside } = section(state);
      text += `${indent}${open}\n${lines(inside, depth - 1)}${dice.pick(["", "  "])}${close}\n`;
    }
  }
  return text;
}

function delimiters(state) {
  const before = state.tags;
  state.tags = before[0] === "{{" ? ["<%", "%>"] : ["{{", "}}"];
  return `${before[0]}=${state.tags.join(" ")}=${before[1]}`;
}

// Delimiters change only outside sections: within one they would hold for its rest alone, or not, as the reader pleases.
function templateOf(dice, partials) {
  const state = { dice, tags: ["{{", "}}"], item: false, partials };
  let text = "";
  for (let i = dice.below(4) + 1; i > 0; i--) {
    text += lines(state, 3);
    if (dice.chance(0.2)) {
      text += `${delimiters(state)}\n`;
    }
  }
  return partials && dice.chance(0.3) ? text.replace(/\n$/, "") : text;
}

function taskOf(dice) {
  const templates = { page: templateOf(dice, true) };
  for (const name of PARTIALS) {
    templates[name] = templateOf(dice, false);
  }
  return { templates, view: viewOf(dice, 3) };
}

// How many tags of each kind were drawn: a generator that draws none of a kind proves nothing about it.
function countKinds(counts, text) {
  for (const [, kind] of text.matchAll(/(?:\{\{|<%)([#^/!>&={]?)/g)) {
    counts[kind === "" ? "value" : kind] = (counts[kind === "" ? "value" : kind] ?? 0) + 1;
  }
}

function blankless(text) {
  return text.replace(/^[ \t]+$/gm, "");
}

function main() {
  const [binary, count = "2000", seed = new Date().toISOString().slice(0, 10).replaceAll("-", "")] = process.argv.slice(2);
  const dice = random(Number(seed));
  const tap = new Tap();
  const kinds = {};
  const tasks = Array.from({ length: Number(count) }, () => taskOf(dice));
  const answers = render(binary, tasks);
  mustache.escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]);
  console.log(`# seed ${seed}, ${count} templates`);
  let differing = 0;
  let written = 0;
  tasks.forEach((task, i) => {
    const { page, ...partials } = task.templates;
    const expected = mustache.render(page, task.view, partials);
    countKinds(kinds, page);
    written += expected.length;
    if (answers[i].text === undefined || blankless(answers[i].text) !== blankless(expected)) {
      differing += 1;
      if (differing <= 3) {
        console.log(`# ${JSON.stringify(task)}\n# expected ${JSON.stringify(expected)}\n# found    ${JSON.stringify(answers[i])}`);
      }
    }
  });
  tap.equal(answers.length, tasks.length, "every template is answered");
  tap.equal(differing, 0, "both write the same text");
  tap.ok(written > 10 * tasks.length, "and it is not nothing", `${written} letters`);
  for (const kind of ["value", "#", "^", "/", "!", ">", "&", "{", "="]) {
    tap.ok((kinds[kind] ?? 0) > tasks.length / 100, `tags of the kind ${kind} are drawn`, String(kinds[kind]));
  }
  console.log(`# ${written} letters, tags ${JSON.stringify(kinds)}`);
  tap.end();
}

main();
