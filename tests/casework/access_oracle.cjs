// Aim: need to know. Who may do what to what, in which state, standing how to it, is said here a second time, by hand and in
// another language, from what the product promises; and every cell of the matrix that the program decides (access_cells.c) is
// compared with it. Nothing is read from the program's own table.
//
//   node access_oracle.cjs PROGRAM_THAT_WRITES_THE_CELLS
"use strict";

const { execFileSync } = require("node:child_process");
const { Tap } = require("../browser/tap.cjs");

// What each role is for. After "@": only what belongs to the hub that the account is limited to.
const WORK = {
  caseworker: `see_people see_person change_clock register_person record_identity see_duplicates request_merge record_fact request_step take_step
    see_hub prebook_places resolve_arrival see_agreement screen compare_rules see_rulebook report_order issue_notice serve_notice acknowledge_stop see_manifest
    prepare_manifest board_manifest account_aboard see_books keep_books complain answer_complaint answer_report break_glass tie_account`,
  authorising_officer: `see_people see_person change_clock see_duplicates record_fact approve_step see_hub see_agreement screen compare_rules see_rulebook
    report_order issue_notice serve_notice acknowledge_stop see_manifest account_aboard see_books close_entry break_glass`,
  senior_officer: `see_people see_person change_clock see_duplicates decide_merge record_fact approve_step see_hub record_hub run_hub
    prebook_places resolve_arrival see_agreement see_confidential record_agreement screen compare_rules manage_privacy see_rulebook report_order
    issue_notice serve_notice approve_translation acknowledge_stop see_manifest account_aboard see_statistics see_forecast export see_books keep_books answer_complaint answer_report close_entry
    see_operation protect_person break_glass tie_account`,
  hub_operator: `see_rulebook @ see_people see_person record_fact see_hub record_hub run_hub report_order issue_notice serve_notice
    acknowledge_stop see_manifest see_books keep_books complain break_glass`,
  monitor: `see_agreement see_rulebook @ see_people see_person see_hub report_order see_manifest export see_books complain monitor`,
  data_protection_officer: `see_people see_person manage_privacy see_restricted see_protected see_looks export_person see_rulebook
    protect_person review_glass report_order see_manifest account_aboard`,
  administrator: `manage_accounts see_rulebook`,
  statistician: `see_statistics see_forecast compare_rules see_rulebook`,
  registrar: `import export export_everything see_confidential see_rulebook`,
  liaison_officer: `see_operation record_operation`,
  person: "",
  legal_representative: `see_rulebook`,
};

// Those who come from outside: what they may do, with whose record alone. Nothing else of theirs depends on how they stand to it, but
// that nobody judges their own cause.
const FROM_OUTSIDE = {
  person: { whose: "self", work: "see_own complain" },
  legal_representative: { whose: "represents", work: "see_own complain" },
};

// Nobody judges their own cause: [action, how one stands to it].
const OWN_CAUSE = new Set(["approve_step asked", "approve_step approved", "approve_step decided", "decide_merge asked",
  "monitor decided", "review_glass asked",
  // Of whom a complaint complains: nothing that is done with it, and with what follows from it, nor a look at it.
  ..."see_books keep_books complain answer_complaint monitor close_entry".split(" ").map((action) => `${action} complained_of`)]);

// Whoever has an account keeps it safe.
const EVERYBODY = "secure_own_account";

const words = (text) => text.trim().split(/\s+/).filter((word) => word !== "");
const reach = new Map();
for (const [role, text] of Object.entries(WORK)) {
  const [everywhere, atOwnHub = ""] = text.split("@");
  words(`${everywhere} ${EVERYBODY}`).forEach((action) => reach.set(`${role} ${action}`, "everywhere"));
  words(atOwnHub).forEach((action) => reach.set(`${role} ${action}`, "own hub"));
}

for (const [role, { whose, work }] of Object.entries(FROM_OUTSIDE)) {
  words(work).forEach((action) => reach.set(`${role} ${action}`, whose));
}

/** Of one's own record, or a client's: whoever is not tied to it is told of nothing. Restricting a record takes nothing from its person
 *  or who defends them; a protected one is its person's, and of those who represent only theirs whom the protection names; an
 *  agreement that is not announced is none of theirs. */
function decideFromOutside(whose, hidden, stands) {
  if (!stands.has(whose) || hidden.has("erased") || hidden.has("confidential")) return "O";
  return hidden.has("protected") && whose !== "self" && !stands.has("named") ? "O" : "A";
}

/** @returns {string} F, O, C or A, by a rule for each thing that hides. */
function decide(role, far, limited, action, hubs, hidden, stands) {
  const ownCause = [...stands].some((how) => OWN_CAUSE.has(`${action} ${how}`));
  if (far === "self" || far === "represents") {
    const seen = decideFromOutside(far, hidden, stands);
    return seen === "A" && ownCause ? "C" : seen;
  }
  const atOwnHub = limited && (hubs === "own" || hubs === "both");
  const glass = stands.has("glass") && action === "see_person";
  const everywhere = (other) => reach.get(`${role} ${other}`) === "everywhere";
  const sees =
    (far === "everywhere" || atOwnHub || glass) &&
    !hidden.has("erased") &&
    (!hidden.has("restricted") || everywhere("see_restricted") || glass || action === "break_glass") &&
    (!hidden.has("protected") || everywhere("see_protected") || stands.has("named") || glass || action === "break_glass") &&
    (!hidden.has("confidential") || everywhere("see_confidential") || atOwnHub);
  if (!sees) return "O";
  return ownCause ? "C" : "A";
}

const subsets = (names) =>
  Array.from({ length: 1 << names.length }, (_, set) => new Set(names.filter((_name, i) => (set >> i) & 1)));

function main() {
  const tap = new Tap();
  const text = execFileSync(process.argv[2], { encoding: "utf8", maxBuffer: 1 << 28 });
  const lines = text.trimEnd().split("\n");
  const names = {};
  for (const line of lines.splice(0, 5)) {
    const [what, ...rest] = line.split(" ");
    names[what] = rest;
  }
  const actions = new Set(names.actions);
  tap.ok(Object.keys(WORK).every((role) => names.roles.includes(role)) && names.roles.length === Object.keys(WORK).length + 2,
    "every role is said here, and no other");
  tap.ok([...reach.keys()].every((key) => actions.has(key.split(" ")[1])), "every action said here is one of the program's",
    [...reach.keys()].filter((key) => !actions.has(key.split(" ")[1])).join(", "));
  tap.equal(lines.length, names.roles.length * 4 * names.actions.length, "a line for each account and action");

  const compartments = subsets(names.compartments);
  const relations = subsets(names.relations);
  const each = names.hubs.length * compartments.length * relations.length;
  const counts = { F: 0, O: 0, C: 0, A: 0 };
  let cells = 0;
  const wrong = [];
  for (const line of lines) {
    const [role, state, limit, action, letters] = line.split(" ");
    let at = 0;
    const far = state === "closed" ? undefined : reach.get(`${role} ${action}`);
    if (far === undefined) { // the whole line
      if (/[^F]/.test(letters)) wrong.push(`${role} ${state} ${limit} ${action}: ${/[^F]/.exec(letters)[0]} and not F`);
      if (letters.length !== each) wrong.push(`${line.slice(0, 80)}: ${letters.length} cells and not ${each}`);
      counts.F += each;
      cells += each;
      continue;
    }
    for (const hubs of names.hubs) {
      for (const hidden of compartments) {
        for (const stands of relations) {
          const expected = decide(role, far, limit === "limited", action, hubs, hidden, stands);
          if (letters[at] !== expected && wrong.length < 10) {
            wrong.push(`${role} ${state} ${limit} ${action}, hub ${hubs}, in ${[...hidden]}, stands ${[...stands]}: ` +
              `${letters[at]} and not ${expected}`);
          }
          counts[expected] += 1;
          at += 1;
        }
      }
    }
    cells += at;
    if (at !== letters.length) wrong.push(`${line.slice(0, 80)}: ${letters.length} cells and not ${at}`);
  }
  tap.ok(wrong.length === 0, `${cells} cells agree`, wrong.join("\n"));
  tap.ok(cells > 50000, "there are more than 50,000 cells");
  tap.ok(Object.values(counts).every((count) => count > 1000), `each answer is given often: ${JSON.stringify(counts)}`);
  tap.end();
}

main();
