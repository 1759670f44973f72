import { expect, test } from 'vitest';
import { unsignedJwt } from '../fixtures/jwt.js';
import { TokenGate } from '../fixtures/token-gate.js';
import { setUpPage } from './page-setup.js';

const REFUSED = unsignedJwt({ exp: 1 });
const VALID = unsignedJwt({ exp: 2 });

// The document of the tab is `/client.js`, which has a policy that forbids scripts.
const setup = setUpPage({}, { bypassCSP: true });

test.each(['auto', 'websocket', 'sse'])(
  'the client library renews a refused token, and ends without another one (%s)',
  async (transport) => {
    const gate = await TokenGate.open(setup.monitor.http);
    gate.grants.set(VALID, [setup.id]);
    setup.line.monitor = gate.http;
    const { page } = await setup.openUrl(new URL('../client.js', setup.line.url(setup.id)).href);

    await page.evaluate(follow(transport));
    await page.waitForFunction(`stream.state === 'live'`);
    await page.evaluate(`token = ${JSON.stringify(REFUSED)}`);
    gate.expire(VALID);
    await page.waitForFunction('stream.end');
    expect(await page.evaluate('stream.end')).toEqual({ reason: 'refused', detail: 'token' });
    gate.close();
  },
);

// The function returns the refused token until the library has seen the refusal and waits.
function follow(transport: string): string {
  return `(async () => {
    const { watch } = await import(location.href);
    globalThis.token = ${JSON.stringify(REFUSED)};
    globalThis.stream = watch(${JSON.stringify(setup.line.url(setup.id))}, {
      transport: '${transport}',
      token: () => token,
      random: () => 0.01,
    });
    stream.addEventListener('state', ({ detail }) => {
      if (detail === 'waiting' && !globalThis.renewed) {
        globalThis.renewed = true;
        token = ${JSON.stringify(VALID)};
      }
    });
  })()`;
}
