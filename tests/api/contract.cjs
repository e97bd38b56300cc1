// Aim: every JSON answer that the tests of the web received is as docs/api/openapi.json says, and what they sent and was accepted too: JSON Schema
// 2020-12, strictly. Usage: contract.cjs FILE..., with a line of JSON for each answer (tests/web/desk.c writes them).
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const Ajv = require("ajv/dist/2020");
const formats = require("ajv-formats");

const document = JSON.parse(fs.readFileSync(path.join(process.env.RETURNHUB_SOURCE, "docs/api/openapi.json"), "utf8"));

function compile(api) {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
  formats(ajv);
  ajv.addVocabulary(["components", "paths", "info", "openapi", "servers", "tags", "security", "example"]);
  ajv.addSchema({ $id: "api", components: api.components });
  const made = new Map();
  const validator = (schema) => {
    const key = JSON.stringify(schema);
    if (!made.has(key)) {
      made.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/components', '"api#/components'))));
    }
    return made.get(key);
  };
  return validator;
}

/* The path of the document that an address is one of; what is written out counts before what is a parameter. */
const paths = Object.keys(document.paths)
  .map((template) => ({ template, parameters: (template.match(/\{/g) ?? []).length,
    expression: new RegExp(`^${template.replace(/[.]/g, "\\.").replace("{tile}", ".+").replace(/\{\w+\}/g, "[^/]+")}$`) }))
  .sort((a, b) => a.parameters - b.parameters);

function check(api, validator, line) {
  const found = paths.find(({ expression }) => expression.test(line.path));
  if (found === undefined) {
    return line.status === 404 ? null : `no such address in the document: ${line.path}`;
  }
  const operation = api.paths[found.template][line.method.toLowerCase()];
  if (operation === undefined) {
    return line.status === 405 || line.status === 404 ? null : `${line.method} ${found.template} is not in the document`;
  }
  let response = line.status >= 400 ? operation.responses.default : operation.responses[line.status];
  if (response === undefined) {
    return `${line.method} ${found.template} has no answer ${line.status}`;
  }
  if (response.$ref !== undefined) {
    response = api.components.responses[response.$ref.split("/").at(-1)];
  }
  const content = response.content?.[line.type.split(";")[0]];
  if (content === undefined) {
    return `${line.method} ${found.template} ${line.status} has no answer of type ${line.type}`;
  }
  const valid = validator(content.schema);
  if (!valid(line.answer)) {
    return `${line.method} ${found.template} ${line.status}: ${JSON.stringify(valid.errors.slice(0, 4).map(({ instancePath, message, params }) => [instancePath, message, params]))}`;
  }
  const body = operation.requestBody?.content["application/json"].schema;
  if (line.status < 300 && line.sent !== null && body !== undefined) {
    const sendable = validator(body);
    if (!sendable(line.sent)) {
      return `${line.method} ${found.template} was sent ${JSON.stringify(line.sent)}: ${JSON.stringify(sendable.errors.slice(0, 3).map(({ instancePath, message, params }) => [instancePath, message, params]))}`;
    }
  }
  return null;
}

const lines = process.argv.slice(2).flatMap((file) =>
  fs.readFileSync(file, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)));
const validator = compile(document);
const faults = new Map();
for (const line of lines) {
  const fault = check(document, validator, line);
  if (fault !== null) {
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
  }
}
console.log("TAP version 13");
let number = 0;
let failed = 0;
function test(aim, outcome) {
  number += 1;
  failed += outcome ? 0 : 1;
  console.log(`${outcome ? "ok" : "not ok"} ${number} - ${aim}`);
}
test(`${lines.length} answers are as the document says`, faults.size === 0);
for (const [fault, count] of [...faults].slice(0, 60)) {
  console.log(`# ${count}x ${fault.slice(0, 900)}`);
}
test("there are answers of most addresses", lines.length > 300);

/* A document that says something else is found. */
const wrong = structuredClone(document);
wrong.components.schemas.Recorded.properties.events = { description: "Wrong", type: "string" };
const strict = compile(wrong);
test("a field of another type is found", lines.some((line) => check(wrong, strict, line) !== null));
const narrow = structuredClone(document);
delete narrow.components.schemas.Recorded.properties.repeated;
narrow.components.schemas.Recorded.required = [];
const narrower = compile(narrow);
test("a field that is not described is found", lines.some((line) => check(narrow, narrower, line) !== null));
console.log(`1..${number}`);
process.exitCode = failed > 0 ? 1 : 0;
