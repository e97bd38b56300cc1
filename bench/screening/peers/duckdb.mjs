// The screening workload in DuckDB, in memory, one thread. Argument: the folder with people.csv and duckdb.*.sql.
import { DuckDBInstance } from '@duckdb/node-api'
import fs from 'node:fs'
import path from 'node:path'
import { serve } from './contest.mjs'

const folder = process.argv[2]
const sql = name => fs.readFileSync(path.join(folder, `duckdb.${name}.sql`), 'utf8').trim()
const database = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await database.connect()
await connection.run(sql('create'))
await connection.run(`COPY people FROM '${path.join(folder, 'people.csv')}' (HEADER, NULLSTR '')`)
const version = (await connection.runAndReadAll('SELECT version()')).getRows()[0][0]
const sums = sql('sums')
await serve(`DuckDB ${version.slice(1)}, 1 thread`,
  async () => (await connection.runAndReadAll(sums)).getRows(),
  file => connection.run(`COPY (${sql('masks')}) TO '${file}' (FORMAT csv, HEADER false)`))
