// Every type that an outcome may have, as pg sends it: as text without a type, prepared or not.
const { Client } = require('pg');

const EXPECTED = [
  ['diabetic', 'diabetic', null],
  ['1', '1', 1],
  [1, '1', 1],
  [2 ** 40, String(2 ** 40), 2 ** 40],
  [2.5, '2.5', 2.5],
  [true, 'true', null],
  [null, null, null],
  ['', '', null],
  ['Ünïcode "quoted" \' \\', 'Ünïcode "quoted" \' \\', null],
];

async function one(client, text, values, name) {
  const result = await client.query({ text, values, name });
  if (result.rows.length !== 1) throw new Error(`${text}: ${result.rows.length} rows`);
  return result.rows[0];
}

function expect(what, condition) {
  if (!condition) throw new Error(`not as expected: ${JSON.stringify(what)}`);
}

async function record(client, value, name) {
  const prediction = await one(client, 'SELECT prediction_id, score FROM drift.predict($1, $2, $3)', ['typed', { x: 1.5 }, 'k']);
  expect(prediction, prediction.score === 1.5);
  const recorded = await one(client, 'SELECT outcome_id, matched, repeated FROM drift.record_outcome($1, $2)',
    [prediction.prediction_id, value], name);
  expect([value, recorded], recorded.matched && !recorded.repeated);
  return one(client, 'SELECT actual, actual_value FROM typed_log_outcomes WHERE outcome_id = $1', [recorded.outcome_id]);
}

async function main() {
  const client = new Client();
  await client.connect();
  for (const [value, actual, number] of EXPECTED) {
    for (const name of [undefined, 'record']) {
      const outcome = await record(client, value, name);
      expect([value, name, outcome], outcome.actual === actual && outcome.actual_value === number);
    }
  }

  // an error has its code and hint
  try {
    await client.query('SELECT drift.record_outcome($1, $2)', ['6a1e9a34-6a4b-4c66-b3ab-0e3a4a1c1d11', 1]);
    throw new Error('an id of no log was taken');
  } catch (error) {
    expect([error.code, error.hint], error.code === '42704' && /model/.test(error.hint));
  }
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
