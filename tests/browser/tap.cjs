// tap: one line for each check, in the Test Anything Protocol, so that every check is counted.
"use strict";

class Tap {
  constructor() {
    this.count = 0;
    this.failed = 0;
  }

  ok(passed, name, details = "") {
    this.count += 1;
    this.failed += passed ? 0 : 1;
    process.stdout.write(`${passed ? "ok" : "not ok"} ${this.count} - ${name.replace(/[#\n]/g, " ")}\n`);
    if (!passed && details !== "") {
      for (const line of String(details).split("\n")) {
        process.stdout.write(`# ${line}\n`);
      }
    }
    return passed;
  }

  equal(found, expected, name) {
    return this.ok(found === expected, name, `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  }

  includes(text, part, name) {
    return this.ok(String(text).includes(part), name, `expected ${JSON.stringify(part)} in ${JSON.stringify(String(text).slice(0, 600))}`);
  }

  end() {
    process.stdout.write(`1..${this.count}\n`);
    process.exitCode = this.failed === 0 ? 0 : 1;
  }
}

module.exports = { Tap };
