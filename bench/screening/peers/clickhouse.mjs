// The screening workload in ClickHouse, inside this process, one thread. Argument: the folder with people.csv and clickhouse.*.sql.
import { Session } from 'chdb'
import fs from 'node:fs'
import path from 'node:path'
import { serve } from './contest.mjs'

const folder = process.argv[2]
const sql = name => fs.readFileSync(path.join(folder, `clickhouse.${name}.sql`), 'utf8').trim()
const session = new Session(path.join(folder, 'clickhouse'))
session.query('CREATE DATABASE bench ENGINE = Atomic')
session.query('USE bench')
session.query(sql('create'))
session.query(`INSERT INTO people SELECT * FROM file('${path.join(folder, 'people.csv')}', 'CSVWithNames')`)
const version = String(session.query('SELECT version()', 'TSV')).trim()
const sums = `${sql('sums')} SETTINGS max_threads = 1`
await serve(`ClickHouse ${version} (chdb), 1 thread`,
  () => session.query(sums, 'CSV'),
  file => fs.writeFileSync(file, String(session.query(sql('masks'), 'CSV'))))
