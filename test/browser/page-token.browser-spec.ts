import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unsignedJwt } from '../fixtures/jwt.js';
import { TokenGate } from '../fixtures/token-gate.js';
import { setUpPage } from './page-setup.js';

const NO_WEBSOCKET = 'delete window.WebSocket';
/** Records the address bar at the first request of the page's script. */
const RECORD_ADDRESS = `
  const Original = WebSocket;
  window.WebSocket = class extends Original {
    constructor(...given) {
      window.addressAtConnect ??= location.href;
      super(...given);
    }
  };
`;

const FUTURE = Date.now() / 1000 + 3600;
const VALID = unsignedJwt({ exp: FUTURE });
const NEXT = unsignedJwt({ exp: FUTURE + 1 });
const EXPIRED = unsignedJwt({ exp: 1 });

const setup = setUpPage();
const { shown } = setup;
let gate: TokenGate;

beforeEach(async () => {
  gate = await TokenGate.open(setup.monitor.http);
  gate.grants.set(VALID, [setup.id]).set(NEXT, [setup.id]);
  setup.line.monitor = gate.http;
});

afterEach(() => gate.close());

const fragment = (token: string): string => `#token=${token}`;

describe('the token of the link', () => {
  test('opens the job, and is in no address and no referrer', async () => {
    await setup.play(['STARTED']);
    const { page } = await setup.open(`?expected=3${fragment(VALID)}`, RECORD_ADDRESS);
    await shown('.headline .words', 'Running');
    await shown('.link', 'Live');
    const address = setup.line.url(setup.id, '?expected=3');
    expect([await page.evaluate('addressAtConnect'), page.url()]).toEqual([address, address]);
    const leaks = gate.requests.filter(({ url, headers }) => `${url} ${headers.referer}`.includes(VALID));
    expect(leaks.map(({ url }) => url)).toEqual([]);
    expect(await page.content()).not.toContain(VALID);
  });

  test('survives a reload, and does not reach the page of another job in the same tab', async () => {
    await setup.play(['STARTED']);
    const { page } = await setup.open(fragment(VALID));
    await shown('.link', 'Live');
    await page.reload();
    await shown('.headline .words', 'Running');
    expect(page.url()).toBe(setup.line.url(setup.id));
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
    await page.goto(setup.line.url('another'));
    await shown('.headline .words', 'No access');
    await page.goBack();
    await shown('.headline .words', 'Running');
  });

  test('works without WebSockets', async () => {
    await setup.play(['STARTED']);
    await setup.open(fragment(VALID), NO_WEBSOCKET);
    await shown('.headline .words', 'Running');
  });

  test('is ignored by a monitor without access control', async () => {
    setup.line.monitor = setup.monitor.http;
    await setup.play(['STARTED']);
    const { page } = await setup.open(fragment(EXPIRED));
    await shown('.link', 'Live');
    expect(page.url()).toBe(setup.line.url(setup.id));
  });

  test('goes from the start page to the page of the job, also after a reload', async () => {
    await setup.play(['STARTED']);
    const start = new URL('../', setup.line.url(setup.id)).href;
    const { page } = await setup.openUrl(start + fragment(VALID));
    await page.reload();
    expect(page.url()).toBe(start);
    await page.getByLabel('Job id').fill(setup.id);
    await page.keyboard.press('Enter');
    await shown('.headline .words', 'Running');
    expect(page.url()).toBe(setup.line.url(setup.id));
  });
});

describe('the page says why it shows nothing', () => {
  test.each([
    ['without a token', '', 'No access', 'opened without an access token'],
    ['with an empty token', '#token=', 'No access', 'opened without an access token'],
    ['with an unknown token', fragment(`${VALID}x`), 'No access', 'does not accept the access token'],
    ['with a text that is no token', '#token=%20x', 'No access', 'does not accept the access token'],
    ['with an expired token', fragment(EXPIRED), 'Access has expired', 'token of this page has expired'],
  ])('%s', async (_case, hash, headline, detail) => {
    const { page } = await setup.open(hash);
    await shown('.headline .words', headline);
    await shown('.headline .detail', detail);
    await shown('[role=status]', detail);
    expect(page.url()).toBe(setup.line.url(setup.id));
  });

  test('with the token of another job', async () => {
    gate.grants.set(VALID, ['another']);
    await setup.open(fragment(VALID));
    await shown('.headline .detail', 'does not include this job');
  });
});

describe('when the token expires', () => {
  test.each([
    ['WebSockets', ''],
    ['Server-Sent Events', NO_WEBSOCKET],
  ])('the page over %s keeps what it knows, and says why nothing more comes', async (_transport, script) => {
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    await setup.open(fragment(VALID), script);
    await shown('.count.completed', '1');
    gate.expire(VALID);
    await shown('.headline .words', 'Last known state: Running');
    await shown('.headline .detail', 'token of this page has expired');
    await shown('.count.completed', '1');
  });

  test('a new link in the same tab opens the job again', async () => {
    await setup.play(['STARTED']);
    const { page } = await setup.open(fragment(VALID));
    await shown('.link', 'Live');
    gate.expire(VALID);
    await shown('.headline .detail', 'has expired');
    // Only the fragment changes, so the browser does not load the page again by itself.
    await page.goto(setup.line.url(setup.id, fragment(NEXT)));
    await shown('.link', 'Live');
    expect(page.url()).toBe(setup.line.url(setup.id));
  });
});
