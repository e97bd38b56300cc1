// The screening workload for engines that judge one person at a time and know no third truth: for each safeguard a condition
// under which it bars and one under which it certainly does not. A condition is ['and', ...], ['or', ...] or [fact, operator, value];
// comparisons with an unknown fact, null, are false.
import fs from 'node:fs'
import path from 'node:path'

const TODAY = 20703
const NOTICE_FROM = 20697
const WITHIN_10 = 20686
const WITHIN_5 = 20693
const HUBS_FREE = 0x377

const flag = fact => ({ yes: [fact, '=', true], no: [fact, '=', false] })
const below = (fact, bound) => ({ yes: [fact, '<', bound], no: [fact, '>=', bound] })
const not = a => ({ yes: a.no, no: a.yes })
const from = (fact, bound) => not(below(fact, bound))
const and = (...list) => ({ yes: ['and', ...list.map(a => a.yes)], no: ['or', ...list.map(a => a.no)] })
const or = (...list) => not(and(...list.map(not)))
const oneOf = (fact, values, others) => ({
  yes: ['or', ...values.map(value => [fact, '=', value])],
  no: ['or', ...others.map(value => [fact, '=', value])]
})
const byRoute = (ordinary, other) => ['or', ['and', ['route', '=', 0], ordinary], ['and', ['route', '>=', 1], other]]
const ten = from('decision_served', WITHIN_10)
const five = from('decision_served', WITHIN_5)

export const predicates = [
  flag('appeal_pending'),
  and(oneOf('status', [1], [0, 2, 3, 4]), { yes: byRoute(ten.yes, five.yes), no: byRoute(ten.no, five.no) }),
  from('notice_served', NOTICE_FROM),
  flag('trafficking_ref'),
  or(flag('minor'), below('age', 18)),
  and(flag('family_children'), not(flag('best_interests'))),
  flag('age_disputed'),
  flag('injunction'),
  flag('further_subs'),
  not(flag('fit_to_fly')),
  and(below('fit_assessed', TODAY - 14), or(flag('pregnant'), flag('medical_hold'), from('age', 65))),
  not(flag('covered')), // looked up by the caller: see people()
  not(flag('place')),
  below('nonref_assessed', TODAY - 180),
  oneOf('status', [0, 3], [1, 2, 4]),
  flag('medical_hold'),
  and(flag('pregnant'), below('fit_assessed', TODAY - 7)),
  and(flag('torture_claim'), not(flag('legal_aid'))),
  or(not(flag('interpreter')), not(flag('vol_return_offered'))),
  flag('prosecution'),
  and(flag('stateless_claim'), not(flag('travel_doc'))),
  not(and(flag('travel_doc'), from('doc_expiry', TODAY + 30))),
  and(flag('detained'), from('detention_days', 181)),
  and(not(flag('guarantee')), or(flag('torture_claim'), and(from('dependants', 1), flag('family_children'))))
]

const here = path.dirname(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname))

/** [column, kind] in the order of workload.def. */
function columns () {
  const text = fs.readFileSync(path.join(here, 'workload.def'), 'utf8')
  return [...text.matchAll(/^(?:FLAG|CELL)\((?:(\w+), (\w+), )?(\w+), "/gm)].map(([, kind, type, name]) => [name, kind ?? 'FLAG', type ?? 'int8_t'])
}

function agreements () {
  const text = fs.readFileSync(path.join(here, 'agreements.def'), 'utf8').split('*/')[1]
  return [...text.matchAll(/\d+(?=,)/g)].map(match => Number(match[0]))
}

/** The first `count` people as objects. Neither engine can look into a table of bits, so two facts are looked up for them. */
export function people (folder, count) {
  const arrays = { int8_t: Int8Array, int16_t: Int16Array, int32_t: Int32Array }
  const masks = agreements()
  const list = Array.from({ length: count }, () => ({}))
  for (const [name, kind, type] of columns()) {
    const file = fs.readFileSync(path.join(folder, `${name}.bin`))
    const cells = new arrays[type](file.buffer, file.byteOffset, count)
    cells.forEach((cell, i) => { list[i][name] = cell < 0 ? null : kind === 'FLAG' ? cell === 1 : cell })
  }
  for (const person of list) {
    const { nationality, hub } = person
    person.covered = nationality === null || hub === null ? null : (masks[nationality] >> hub & 1) === 1
    person.place = hub === null ? null : (HUBS_FREE >> hub & 1) === 1
  }
  return list
}

/** Writes the masks as the driver reads them. */
export function writeMasks (file, bars, unknown) {
  fs.writeFileSync(file, Buffer.concat([Uint32Array.from(bars), Uint32Array.from(unknown)].map(array => Buffer.from(array.buffer))))
}
