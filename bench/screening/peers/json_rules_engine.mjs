// The screening workload in json-rules-engine: for each safeguard one rule that it bars and one that it is unknown.
// Arguments: the folder with the columns, the number of people.
import { Engine } from 'json-rules-engine'
import { createRequire } from 'node:module'
import { predicates, people, writeMasks } from './predicates.mjs'
import { serve } from './contest.mjs'

const OPERATORS = { '=': 'equal', '<': 'lessThan', '>=': 'greaterThanInclusive' }

function conditions ([first, ...rest]) {
  if (first === 'and' || first === 'or') {
    return { [first === 'and' ? 'all' : 'any']: rest.map(conditions) }
  }
  return { fact: first, operator: OPERATORS[rest[0]], value: rest[1] }
}

const engine = new Engine()
predicates.forEach((p, k) => {
  engine.addRule({ conditions: { all: [conditions(p.yes)] }, event: { type: 'bars', params: { k } } })
  engine.addRule({ conditions: { not: { any: [conditions(p.yes), conditions(p.no)] } }, event: { type: 'unknown', params: { k } } })
})
const list = people(process.argv[2], Number(process.argv[3]))
const masks = { bars: [], unknown: [] }

async function run () {
  masks.bars = new Array(list.length).fill(0)
  masks.unknown = new Array(list.length).fill(0)
  for (let i = 0; i < list.length; i++) {
    const { events } = await engine.run(list[i])
    for (const { type, params } of events) {
      masks[type][i] |= 1 << params.k
    }
  }
}

const { version } = createRequire(import.meta.url)('json-rules-engine/package.json')
await serve(`json-rules-engine ${version}`, run, file => writeMasks(file, masks.bars, masks.unknown))
