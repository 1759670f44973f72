import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { PublicStreams } from './public-streams.js';

const asyncApi = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
const running = setUpMonitor();
const streams = new PublicStreams();

function expectFits(schema: string, values: readonly unknown[]): void {
  expect(values).not.toEqual([]);
  for (const value of values) {
    const validate = streams.schema(schema);
    validate(value);
    expect(validate.errors ?? [], JSON.stringify(value)).toEqual([]);
  }
}

/** Plays a job with a message outside of ASCII. */
async function playJob(): Promise<string> {
  const id = running.freshId();
  const messages = [['STARTED'], ['TASK', 'žluť "1"', 'COMPLETED'], ['SURPRISE', ''], ['FINISHED']];
  for (const message of messages) await running.broker.send(id, ...message);
  await running.untilSummary(id, { messages: messages.length });
  return id;
}

describe('docs/asyncapi.yaml', () => {
  it('is valid against the schema of AsyncAPI 3', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const valid = ajv.validate(asyncApi, streams.document);
    expect(ajv.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('has references to existing parts only', () => {
    const references = JSON.stringify(streams.document).matchAll(/"\$ref":"#\/([^"]+)"/g);
    const broken = [...references].filter(([, path]) => partAt(path!) === undefined);
    expect(broken.map(([, path]) => path)).toEqual([]);
  });

  it('refuses unknown keys', () => {
    expect(streams.fitting({ command: 'STARTED' })).toEqual(['LegacyMessage']);
    expect(streams.fitting({ command: 'STARTED', seq: 1 })).toEqual([]);
  });
});

describe('the messages of a running monitor', () => {
  it('fit on the legacy WebSocket', async () => {
    const client = running.connectLegacy(await playJob());
    await client.closed;
    expect(client.frames).toHaveLength(4);
    expectFits('LegacyMessage', client.items());
  });

  it.each([
    ['without a sub-protocol', []],
    ['with recodex.v1', ['recodex.v1']],
  ])('fit on a WebSocket %s', async (_name, protocols) => {
    const client = running.connect(`/channels/${await playJob()}`, { protocols });
    await client.closed;
    expect(client.frames).toHaveLength(4);
    expectFits('Message', client.items());
  });

  it('fit in the batches of recodex.v2, after a reset', async () => {
    const client = running.connect(`/channels/${await playJob()}?after=0-1`, { protocols: ['recodex.v2'] });
    await client.closed;
    expectFits('Batch', client.items());
    expect(client.items().flat()).toHaveLength(5);
    expectFits('Reset', client.items().flat().slice(0, 1));
  });

  it('fit in the events, after a reset', async () => {
    const stream = await running.openEvents(`/channels/${await playJob()}?after=0-1`);
    await stream.ended;
    const events = stream.events.map(({ event, id, data }) => ({
      event,
      id,
      data: JSON.parse(data) as unknown,
    }));
    expectFits(
      'Reset',
      events.filter(({ event }) => event === 'reset').map(({ data }) => data),
    );
    expectFits(
      'End',
      events.filter(({ event }) => event === 'end').map(({ data }) => data),
    );
    const messages = events.filter(({ event }) => event === 'message');
    expectFits(
      'Message',
      messages.map(({ data }) => data),
    );
    expectFits(
      'Position',
      messages.map(({ id }) => id),
    );
  });

  it('fit in a range, line by line', async () => {
    const path = `/channels/${await playJob()}/messages.ndjson`;
    const lines = (await (await running.request(path, '*/*')).text()).split('\n').slice(0, -1);
    expect(lines).toHaveLength(4);
    expectFits(
      'Message',
      lines.map((line) => JSON.parse(line) as unknown),
    );
    const errors = ['?from=0', '?epoch=0'].map((query) => running.request(path + query, '*/*'));
    expectFits('Error', await Promise.all((await Promise.all(errors)).map((answer) => answer.json())));
  });

  it('fit in the summary, for every state', async () => {
    const ids = [
      await playJob(),
      await running.playNew('STARTED'),
      await running.playNew('STARTED', 'ABORTED'),
    ];
    const answers = await Promise.all(
      [...ids, 'unknown'].map((id) => running.request(`/channels/${id}`, 'application/json')),
    );
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    expectFits('Summary', [...bodies.slice(0, -1), { ...(bodies[0] as object), stale: true }]);
    expectFits('Error', bodies.slice(-1));
  });
});

function partAt(path: string): unknown {
  return path
    .split('/')
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], streams.document);
}
