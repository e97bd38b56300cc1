// How a contestant in JavaScript speaks with the driver: what contest.h says.
import readline from 'node:readline'

/** `run()` does the work once; `answers(path)` writes the masks. Both may be asynchronous. */
export async function serve (about, run, answers) {
  console.log(`ready ${about}`)
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [word, rest] = line.split(' ')
    if (word === 'run') {
      const milliseconds = []
      for (let i = 0; i < Number(rest); i++) {
        const begin = performance.now()
        await run()
        milliseconds.push(performance.now() - begin)
      }
      milliseconds.sort((a, b) => a - b)
      console.log(`time ${(milliseconds[milliseconds.length >> 1] / 1000).toFixed(9)}`)
    } else if (word === 'answers') {
      await answers(rest)
      console.log('answers')
    } else {
      console.log('error: run COUNT or answers PATH')
    }
  }
  process.exit(0)
}
