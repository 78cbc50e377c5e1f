// What DuckDB reads from CSV and from JSON lines, as JSON of hexadecimal texts,
// since JavaScript takes a byte order mark off every text that it decodes.
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const read = async (query) => (await connection.runAndReadAll(query)).getRowsJson();
console.log(JSON.stringify({
  csv: await read(`SELECT hex(coalesce(COLUMNS(*), '')) FROM read_csv('awkward.csv', header = true, all_varchar = true)`),
  jsonl: await read(`SELECT hex(coalesce(COLUMNS(*), '')) FROM read_json('awkward.jsonl', format = 'newline_delimited', columns = {first: 'VARCHAR', second: 'VARCHAR', third: 'VARCHAR'})`),
}));
