// Aim: the inventory of what the program is made of (tools/sbom.py) is what it says it is: CycloneDX 1.6, by the schema that its
// publisher gives out (npm's @cyclonedx/cyclonedx-library), and not by our reading of it. Planted faults are found.
//
// Arguments: the inventory, made by tools/sbom.py, as one command: python3 tools/sbom.py BINARY SOURCE.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { execFileSync } = require("node:child_process");

const SOURCE = process.env.RETURNHUB_SOURCE;
const modules = path.join(SOURCE, "node_modules");
const Ajv = require(path.join(modules, "ajv"));
const addFormats = require(path.join(modules, "ajv-formats"));
const SCHEMAS = path.join(modules, "@cyclonedx", "cyclonedx-library", "res", "schema");

function schema(name) {
  return JSON.parse(fs.readFileSync(path.join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), "utf8"));
}

function validator() {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  ajv.addFormat("iri-reference", (text) => !/[\s<>"{}|\\^`]/.test(text)); // RFC 3987; ajv-formats has no rule of it
  ajv.addFormat("idn-email", /^\S+@\S+$/);
  for (const name of ["spdx", "jsf-0.82"]) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(schema("bom-1.6"));
}

const PLANTED = {
  "no format": (bom) => { delete bom.bomFormat; },
  "a number that is none": (bom) => { bom.serialNumber = "urn:uuid:none"; },
  "a component without a name": (bom) => { delete bom.components[0].name; },
  "a kind of component that there is not": (bom) => { bom.components[0].type = "thing"; },
  "a scope that there is not": (bom) => { bom.components[0].scope = "maybe"; },
  "a member that there is not": (bom) => { bom.components[0].colour = "red"; },
  "a component twice": (bom) => { bom.components.push(bom.components[0]); },
  "a hash that is too short": (bom) => { bom.components[0].hashes = [{ alg: "SHA-256", content: "00" }]; },
};

const inventory = execFileSync("python3", [path.join(SOURCE, "tools", "sbom.py"), process.argv[2], SOURCE], { encoding: "utf8", maxBuffer: 1 << 26 });
const validate = validator();
const results = [];
validate(JSON.parse(inventory));
results.push(["the inventory is valid", (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)]);
results.push(["and says that it is CycloneDX 1.6", JSON.parse(inventory).specVersion === "1.6" ? [] : ["it does not"]]);
for (const [what, change] of Object.entries(PLANTED)) {
  const bom = JSON.parse(inventory);
  change(bom);
  results.push([`finds ${what}`, validate(bom) ? ["it was not found"] : []]);
}
results.forEach(([aim, faults], index) => {
  console.log(`${faults.length > 0 ? "not ok" : "ok"} ${index + 1} - ${aim}`);
  faults.slice(0, 20).forEach((fault) => console.log(`# ${fault}`));
});
console.log(`1..${results.length}`);
process.exitCode = results.some(([, faults]) => faults.length > 0) ? 1 : 0;
