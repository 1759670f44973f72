import { expect, it } from 'vitest';
import { ADVICE } from '../../../src/cli/verify/advice.js';

it.each([
  ['WebSocket upgrade refused: HTTP 400', 'does not forward the upgrade'],
  ['WebSocket upgrade refused: HTTP 426', 'does not forward the upgrade'],
  ['WebSocket upgrade refused: HTTP 200', 'does not forward the upgrade'],
  ['WebSocket upgrade refused: HTTP 502', 'does not reach the monitor'],
  ['WebSocket upgrade refused: HTTP 503', 'A limit is reached'],
  ['WebSocket upgrade refused: HTTP 403', 'asks for a login'],
  ['event stream refused: HTTP 401', '--token-file'],
  ['Server sent no subprotocol', 'removes the header Sec-WebSocket-Protocol'],
  ['event stream refused: HTTP 404', 'The path is wrong'],
  ['expected text/event-stream, got text/html', 'Check the proxy'],
])('a refusal with "%s": %s', (text, advice) => {
  expect(ADVICE.refused(text)).toContain(advice);
});

it.each([
  ['close code 1006 after 12 s of silence', 'closes idle connections'],
  ['close code 1012 restart', '--restart-tolerant'],
  ['close code 1013 slow', 'too slow'],
  ['close code 1008 token', 'The token expired'],
  ['close code 1006', 'The proxy or the network'],
])('a lost connection with "%s": %s', (text, advice) => {
  expect(ADVICE.cut(text)).toContain(advice);
});
