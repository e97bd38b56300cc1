/* The peer of `script/bench web`: a person's page as JSON, by Fastify from PostgreSQL. What returnhub derives - verdicts,
 * clocks, sentences, what is in sight - stands in the peer's rows ready to be read; it checks the session and the role, reads
 * the person, records the look durably and answers the same object (the bench compares them).
 * Environment: PGHOST, PGUSER, PGDATABASE. Prints its port. */
"use strict";
const { createHash } = require("node:crypto");
const Fastify = require("fastify");
const { Pool } = require("pg");

const CONNECTIONS = 16; /* as many as returnhub has workers */
const ROLES_THAT_SEE_PEOPLE = new Set(["caseworker", "administrator"]);

const pool = new Pool({ max: CONNECTIONS });

/* A statement with a name is prepared once on each connection. */
const statement = (name, text) => async (...values) => (await pool.query({ name, text, values })).rows;

const findSession = statement("session", `SELECT account.id, account.role FROM session JOIN account ON account.id = session.account
  WHERE token_hash = $1 AND NOT account.closed AND seen_at > now() - interval '30 minutes'`);
const findPerson = statement("person", "SELECT * FROM person WHERE reference = $1");
const findFacts = statement("facts", "SELECT * FROM fact WHERE person = $1 ORDER BY ordinal");
const findVerdicts = statement("verdicts", "SELECT * FROM verdict WHERE person = $1 ORDER BY ordinal");
const findClocks = statement("clocks", "SELECT * FROM clock WHERE person = $1 ORDER BY ordinal");
const findLines = statement("lines", "SELECT kind, line FROM line WHERE person = $1 ORDER BY kind, ordinal");
const recordLook = statement("look", "INSERT INTO look (account, person, at, purpose) VALUES ($1, $2, now(), 'person page')");

/* What does not depend on the person is read once, as the server starts. */
const definitions = {};
const read = async (table) => new Map((await pool.query(`SELECT name, content FROM ${table} ORDER BY ordinal`)).rows
  .map((row) => [row.name, row.content]));

const factOf = (row) => {
  const fact = { ...definitions.facts.get(row.fact), known: row.known, recorded: row.recorded };
  if (row.known) {
    fact.value = row.value;
    fact.text = row.text;
  }
  if (row.event !== null) {
    fact.event = Number(row.event);
  }
  if (row.recorded) {
    fact.true_from = row.true_from;
    fact.recorded_at = row.recorded_at;
    fact.recorded_by = row.recorded_by;
    fact.source = row.source;
  }
  return fact;
};

const hubOf = (name) => (name === null ? { known: false } : definitions.hubs.get(name));

const verdictOf = (row) => ({
  ...definitions.steps.get(row.step),
  clearance: row.clearance,
  safeguards: { clear: row.clear, barred: row.barred, unknown: row.unknown },
  with_hub: row.hub !== null,
  hub: hubOf(row.hub),
});

const sectionsOf = (facts) => {
  const known = new Map();
  for (const fact of facts) {
    if (fact.known) {
      known.set(fact.section, (known.get(fact.section) ?? 0) + 1);
    }
  }
  return [...definitions.sections].map(([title, section]) => ({ title, known: known.get(title) ?? 0, facts: section.facts, recordable: section.recordable }));
};

const dayOf = (day) => (day === null ? { known: false } : { known: true, value: day });

const answerOf = (person, facts, verdicts, clocks, lines) => {
  const of = (kind) => lines.filter((row) => row.kind === kind).map((row) => row.line);
  const known = facts.map(factOf);
  return {
    reference: person.reference,
    name: person.name,
    born_on: dayOf(person.born_on),
    stage: definitions.stages.get(person.stage),
    stage_since: person.stage_since,
    registered_on: person.registered_on,
    last_contact_on: dayOf(person.last_contact_on),
    last_contact_source: person.last_contact_source,
    next_check_on: dayOf(person.next_check_on),
    placed_at_hub: person.placed_at_hub,
    has_family: person.has_family,
    hub: hubOf(person.hub),
    on: new Date().toISOString().slice(0, 10),
    known_at: new Date().toISOString(),
    privacy: {
      holds: person.holds, restricted: person.restricted, erasure_requested: person.erasure_requested, erased: person.erased,
    },
    next_steps: verdicts.map(verdictOf),
    facts: known,
    fact_sections: sectionsOf(known),
    requests: of("request"),
    family: of("relative"),
    clocks: clocks.map((row) => ({
      ...definitions.clocks.get(row.clock), state: row.state, start: dayOf(row.start), last_day: dayOf(row.last_day),
    })),
    passed: of("passage"),
    history: of("event"),
    history_more: person.history_more,
  };
};

const server = Fastify();

server.get("/ping", async (_, reply) => reply.type("text/plain").send("pong\n"));

server.get("/people/:reference", async (request, reply) => {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const [session] = await findSession(createHash("sha256").update(token).digest());
  if (!session || !ROLES_THAT_SEE_PEOPLE.has(session.role)) {
    return reply.code(401).send({ title: "Nobody is signed in" });
  }
  const [person] = await findPerson(request.params.reference);
  if (!person || person.restricted || person.erased) {
    return reply.code(404).send({ title: "Not found" });
  }
  const [facts, verdicts, clocks, lines] = await Promise.all(
    [findFacts(person.id), findVerdicts(person.id), findClocks(person.id), findLines(person.id)]);
  await recordLook(session.id, person.id);
  reply.header("Cache-Control", "no-store");
  return answerOf(person, facts, verdicts, clocks, lines);
});

const start = async () => {
  for (const table of ["facts", "steps", "stages", "clocks", "hubs", "sections"]) {
    definitions[table] = await read(`definition_of_${table}`);
  }
  await server.listen({ host: "127.0.0.1", port: 0 });
  console.log(`Serving on port ${server.server.address().port}`);
};

process.on("SIGTERM", () => process.exit(0));
start();
