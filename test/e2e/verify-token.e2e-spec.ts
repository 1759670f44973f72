import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyReport } from '../../src/cli/verify/verify-report.js';
import { setUpVerify } from '../fixtures/cli/verify-monitor.js';
import { unsignedJwt } from '../fixtures/jwt.js';
import { TokenGate } from '../fixtures/token-gate.js';

const TOKEN = unsignedJwt({ exp: 2_000_000_000 });

const { running, run } = setUpVerify();
let gate: TokenGate;

beforeEach(async () => {
  gate = await TokenGate.open(running.monitor.http);
  gate.grants.set(TOKEN, ['verify-*']);
});

afterEach(() => gate.close());

describe('verify behind access control', () => {
  it('succeeds with a token, over each protocol that can carry one', async () => {
    const report = await run({ url: gate.http, token: TOKEN });
    expect(report.ok).toBe(true);
    expect(protocolsOf(report)).toEqual(['v2', 'v1', 'sse', 'library']);
    expect(gate.requests.filter(({ url }) => url!.includes(TOKEN))).toEqual([]);
  });

  it('reads the file of the token for each connection', async () => {
    let reads = 0;
    const report = await run({
      url: gate.http,
      token: () => {
        reads++;
        return TOKEN;
      },
    });
    expect(report.ok).toBe(true);
    expect(reads).toBe(1 + 2 * 5);
  });

  it('says that a token is needed, that it was refused, or that it does not include the channels', async () => {
    await expect(run({ url: gate.http })).rejects.toThrow('If the monitor wants a token, use --token-file');
    const unknown = run({ url: gate.http, token: unsignedJwt({ exp: 1 }) });
    await expect(unknown).rejects.toThrow('HTTP 401. The token has expired, or the monitor does not accept');
    gate.grants.set(TOKEN, ['job-1']);
    const other = run({ url: gate.http, token: TOKEN });
    await expect(other).rejects.toThrow('HTTP 403. The token must include the channels verify-*');
  });
});

function protocolsOf(report: VerifyReport): string[] {
  return Object.keys((JSON.parse(report.json()) as { groups: object }).groups);
}
