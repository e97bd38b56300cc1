// The screening workload in GoRules ZEN: one decision with one expression node, many people in flight.
// Arguments: the folder with the columns, the number of people.
import { ZenEngine } from '@gorules/zen-engine'
import { createRequire } from 'node:module'
import { predicates, people, writeMasks } from './predicates.mjs'
import { serve } from './contest.mjs'

const IN_FLIGHT = 512

function text (condition) {
  const [first, ...rest] = condition
  if (first === 'and' || first === 'or') {
    return `(${rest.map(text).join(` ${first} `)})`
  }
  const [operator, value] = rest
  return operator === '=' ? `${first} == ${value}` : `(${first} != null and ${first} ${operator} ${value})`
}

// Both masks in one number of 48 bits: what bars in the lower half, what is unknown in the upper.
const HALF = 2 ** 24
const masks = predicates.map((p, k) => `(${text(p.yes)} ? ${2 ** k} : ${text(p.no)} ? 0 : ${2 ** k * HALF})`).join(' + ')
const decision = new ZenEngine().createDecision({
  nodes: [
    { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
    {
      id: 'judge',
      type: 'expressionNode',
      name: 'judge',
      position: { x: 1, y: 0 },
      content: {
        expressions: [{ id: 'masks', key: 'masks', value: masks }]
      }
    },
    { id: 'out', type: 'outputNode', name: 'out', position: { x: 2, y: 0 } }
  ],
  edges: [
    { id: 'a', type: 'edge', sourceId: 'in', targetId: 'judge' },
    { id: 'b', type: 'edge', sourceId: 'judge', targetId: 'out' }
  ]
})
const list = people(process.argv[2], Number(process.argv[3]))
let results = []

async function run () {
  results = []
  for (let at = 0; at < list.length; at += IN_FLIGHT) {
    results.push(...await Promise.all(list.slice(at, at + IN_FLIGHT).map(person => decision.evaluate(person))))
  }
}

const { version } = createRequire(import.meta.url)('@gorules/zen-engine/package.json')
await serve(`GoRules ZEN ${version}`, run, file =>
  writeMasks(file, results.map(({ result }) => result.masks % HALF), results.map(({ result }) => Math.floor(result.masks / HALF))))
