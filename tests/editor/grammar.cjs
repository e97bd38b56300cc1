// Aim: the editor grammar knows exactly the key words of src/rulebook/token.def, and colours every line of the law as the language reads it.
'use strict';
const fs = require('fs');
const path = require('path');
const { Tap } = require('../browser/tap.cjs');

const root = process.env.RETURNHUB_SOURCE;
const textmate = require(path.join(root, 'node_modules/vscode-textmate'));
const oniguruma = require(path.join(root, 'node_modules/vscode-oniguruma'));
const SCOPE = 'source.returnhub-rules';
const grammarPath = path.join(root, 'tools/editor/returnhub-rules.tmLanguage.json');
const grammarText = fs.readFileSync(grammarPath, 'utf8');

const keyWords = [...fs.readFileSync(path.join(root, 'src/rulebook/token.def'), 'utf8').matchAll(/^WORD\(\w+, "([a-z]+)"\)/gm)]
  .map((match) => match[1]);

async function loadGrammar() {
  const wasm = fs.readFileSync(path.join(root, 'node_modules/vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => (scope === SCOPE ? textmate.parseRawGrammar(grammarText, grammarPath) : null),
  });
  return registry.loadGrammar(SCOPE);
}

// The tokens of some lines: {text, scope}, blanks left out; the innermost scope, without the language's name.
function tokens(grammar, text) {
  let stack = textmate.INITIAL;
  const found = [];
  for (const line of text.split('\n')) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const token of result.tokens) {
      const words = line.slice(token.startIndex, token.endIndex);
      const scopes = token.scopes.slice(1).map((scope) => scope.replace('.returnhub-rules', ''));
      const scope = scopes[scopes.length - 1] || '';
      const before = found[found.length - 1];
      if (token.startIndex > 0 && before && before.scope === scope && /^string/.test(scope)) before.text += words;
      else if (words.trim() !== '') found.push({ text: words, scope, scopes });
    }
  }
  return found;
}

const isWord = (scope) => /^(keyword|constant\.language|support\.function|storage\.type)/.test(scope);

// What lists words in the grammar: every pattern that can match letters of its own choice, not a class of them.
function wordsOf(node, found = new Set()) {
  if (Array.isArray(node)) node.forEach((each) => wordsOf(each, found));
  else if (node && typeof node === 'object') {
    if (typeof node.match === 'string') {
      const bare = node.match.replace(/\[[^\]]*\]/g, ' ').replace(/\\./g, ' ').replace(/\(\?<?[!=:]/g, '(');
      for (const word of bare.match(/[a-z]+/g) || []) found.add(word);
    }
    Object.values(node).forEach((each) => wordsOf(each, found));
  }
  return found;
}

function equal(found, expected, of) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${of}: ${a}, not ${b}`);
}

const SAMPLES = [
  ['safeguard no_appeal_open  # why', [['safeguard', 'keyword.control.item'], ['no_appeal_open', 'entity.name.function'],
    ['# why', 'comment.line.number-sign']]],
  ['fact appeal.status : date', [['fact', 'keyword.control.item'], ['appeal.status', 'entity.name.function'],
    [':', 'punctuation.separator.type'], ['date', 'storage.type']]],
  ['country ALB "Albania"', [['country', 'keyword.control.item'], ['ALB', 'constant.other.country'], ['"Albania"', 'string.quoted.double']]],
  ['  clear when not appeal.from in (ALB, XKX) and from_here', [['clear', 'constant.language'], ['when', 'keyword.control.line'],
    ['not', 'keyword.operator.word'], ['appeal.from', 'variable.other.fact'], ['in', 'keyword.operator.word'],
    ['(', 'punctuation.parenthesis'], ['ALB', 'constant.other.country'], [',', 'punctuation.separator'], ['XKX', 'constant.other.country'],
    [')', 'punctuation.parenthesis'], ['and', 'keyword.operator.word'], ['from_here', 'variable.other']]],
  ['  runs 14 days after decision.sent_on', [['runs', 'keyword.control.line'], ['14', 'constant.numeric'], ['days', 'support.function'],
    ['after', 'support.function'], ['decision.sent_on', 'variable.other.fact']]],
  ['  due to an appeal from the day  # x', [['due', 'keyword.other'], ['to', 'keyword.other'], ['an appeal from the day', 'string.unquoted'],
    ['# x', 'comment.line.number-sign']]],
  ['  given a.on = 2026-06-01, a.n >= -3', [['given', 'keyword.control.line'], ['a.on', 'variable.other.fact'],
    ['=', 'keyword.operator.comparison'], ['2026-06-01', 'constant.numeric.date'], [',', 'punctuation.separator'],
    ['a.n', 'variable.other.fact'], ['>=', 'keyword.operator.comparison'], ['-3', 'constant.numeric']]],
  ['  source "He said \\"no\\" # twice"', [['source', 'keyword.control.line'], ['"He said ', 'string.quoted.double'],
    ['\\"', 'constant.character.escape'], ['no', 'string.quoted.double'], ['\\"', 'constant.character.escape'],
    [' # twice"', 'string.quoted.double']]],
  ['  note "never closed\nrole r "R"', [['note', 'keyword.control.line'], ['"never closed', 'string.quoted.double'],
    ['role', 'keyword.control.item'], ['r', 'entity.name.function'], ['"R"', 'string.quoted.double']]],
  ['  note "\\x"', [['note', 'keyword.control.line'], ['"', 'string.quoted.double'], ['\\x', 'invalid.illegal.escape'],
    ['"', 'string.quoted.double']]],
];

// A line read without the grammar: texts, comments and what a clock waits for taken out, words left.
function plainWords(line) {
  const bare = line.replace(/"(?:\\.|[^"\\])*"/g, ' ').replace(/#.*$/, '').replace(/\bdue\s+to\s.*$/, 'due to');
  return bare.match(/[A-Za-z0-9_.-]+/g) || [];
}

function checkLaw(grammar) {
  const folder = path.join(root, 'rulebooks/uk');
  let seen = 0;
  for (const name of fs.readdirSync(folder).filter((each) => each.endsWith('.rules'))) {
    for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n')) {
      const found = tokens(grammar, line).filter((token) => !/^(string|comment|constant\.character)/.test(token.scopes[0]))
        .flatMap((token) => (token.text.match(/[A-Za-z0-9_.-]+/g) || []).map((word) => [word, token.scope]));
      equal(found.map((each) => each[0]), plainWords(line), `${name}: ${line}`);
      for (const [word, scope] of found) {
        if (keyWords.includes(word) !== isWord(scope)) throw new Error(`${name}: ${word} is ${scope || 'nothing'} in: ${line}`);
        if (scope.startsWith('invalid')) throw new Error(`${name}: ${line}`);
        seen++;
      }
    }
  }
  if (seen < 5000) throw new Error(`only ${seen} words were seen`);
}

// One check: it passes when nothing is thrown.
function check(tap, name, action) {
  try {
    action();
    tap.ok(true, name);
  } catch (error) {
    tap.ok(false, name, error.message);
  }
}

async function main() {
  const tap = new Tap();
  const grammar = await loadGrammar();
  check(tap, 'every key word is coloured as one', () => {
    if (keyWords.length < 90) throw new Error(`only ${keyWords.length} key words`);
    for (const word of keyWords) {
      const scope = tokens(grammar, `  ${word}`)[0].scope;
      if (!isWord(scope)) throw new Error(`${word} is ${scope || 'nothing'}`);
    }
  });
  check(tap, 'the grammar has no word that is none', () => {
    for (const word of wordsOf(JSON.parse(grammarText))) {
      if (!keyWords.includes(word)) throw new Error(word);
    }
  });
  check(tap, 'a key word inside a name is none', () => {
    for (const word of keyWords) {
      for (const name of [`${word}_x`, `x_${word}`, `x.${word}`, `${word}.x`, `${word}1`]) {
        equal(tokens(grammar, `  ${name}`).map((each) => [each.text, /^variable/.test(each.scope)]), [[name, true]], name);
      }
    }
  });
  for (const [line, expected] of SAMPLES) {
    check(tap, `coloured: ${line}`,
      () => equal(tokens(grammar, line).map((each) => [each.text, each.scope]), expected, line));
  }
  check(tap, 'the law, word by word', () => checkLaw(grammar));
  check(tap, 'the extension names files that are there', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, 'tools/editor/package.json'), 'utf8'));
    for (const each of [...manifest.contributes.grammars.map((one) => one.path), ...manifest.contributes.languages.map((one) => one.configuration)]) {
      JSON.parse(fs.readFileSync(path.join(root, 'tools/editor', each), 'utf8'));
    }
    equal(manifest.contributes.grammars[0].scopeName, JSON.parse(grammarText).scopeName, 'scope');
  });
  tap.end();
}

main().catch((error) => {
  console.log(`Bail out! ${error.stack}`);
  process.exit(1);
});
