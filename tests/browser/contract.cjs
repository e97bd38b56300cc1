// contract: whether what a browser asked and was answered is in docs/api/openapi.json: the address, the method, the status, the type of
// the answer. (A proxy that reads the document follows redirects, and so cannot stand between a browser and the server; bodies of JSON are
// compared by tests/api.)
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const document = JSON.parse(fs.readFileSync(path.join(__dirname, "..", "..", "docs", "api", "openapi.json"), "utf8"));
const templates = Object.keys(document.paths)
  .map((template) => ({ template, parameters: (template.match(/\{/g) ?? []).length,
    expression: new RegExp(`^${template.replace(/[.]/g, "\\.").replace("{tile}", ".+").replace(/\{\w+\}/g, "[^/]+")}$`) }))
  .sort((a, b) => a.parameters - b.parameters);

const resolved = (value) => (value?.$ref === undefined ? value
  : value.$ref.slice(2).split("/").reduce((at, key) => at[key], document));

// What is wrong with an exchange {method, pathname, status, type}, or null.
function faultOf({ method, pathname, status, type }) {
  const found = templates.find(({ expression }) => expression.test(pathname));
  if (found === undefined) {
    return status === 404 ? null : `no such address: ${pathname}`;
  }
  const operation = document.paths[found.template][method.toLowerCase()];
  if (operation === undefined) {
    return status === 405 ? null : `no such method: ${method} ${found.template}`;
  }
  const response = resolved(operation.responses[status]);
  if (response === undefined) {
    return status >= 400 && operation.responses.default !== undefined ? null : `no such status: ${method} ${found.template} ${status}`;
  }
  const types = Object.keys(response.content ?? {});
  const sent = type.split(";")[0];
  const fits = types.some((one) => one === sent || one === "*/*");
  return types.length === 0 || fits ? null : `no such type: ${method} ${found.template} ${status} ${sent}`;
}

module.exports = { faultOf };
