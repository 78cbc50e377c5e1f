// The join as DuckDB does it: on the address in lower case, everybody of the
// people, ordered by e-mail.
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
await connection.run(`
  COPY (
    SELECT p.email, p.name, p.username, p.title, p.department, p.employee_type, p.manager_email, p.city, p.country, p.idp_status,
      u.username IS NOT NULL AS coder_user,
      coalesce(u.status = 'active', false) AS coder_active,
      u.username AS coder_username,
      u.status AS coder_status
    FROM read_csv('people.csv', header = true, all_varchar = true) p
    LEFT JOIN read_json('users.json') u ON lower(trim(p.email)) = lower(trim(u.email))
    ORDER BY lower(trim(p.email))
  ) TO 'duckdb.csv' (HEADER, DELIMITER ',')`);
