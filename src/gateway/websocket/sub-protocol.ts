import { TOKEN_PROTOCOL } from '../../http/credentials.js';

/** One message per WebSocket frame, as without a sub-protocol. */
const SINGLE = 'recodex.v1';

/** Every WebSocket frame is a JSON array of items. */
export const BATCHED = 'recodex.v2';

/**
 * Chooses one of the sub-protocols that a client offers, never one that carries a token. A browser fails the connection
 * if the server chooses none of its sub-protocols. So an unknown name is accepted, as in the original. A legacy stream
 * has no batches: there `recodex.v2` is the last choice.
 */
export function chooseSubProtocol(offered: ReadonlySet<string>, legacy: boolean): string | false {
  const names = [...offered].filter((name) => !name.startsWith(TOKEN_PROTOCOL));
  const preferred = legacy ? [SINGLE] : [BATCHED, SINGLE];
  return (
    preferred.find((name) => offered.has(name)) ?? names.find((name) => name !== BATCHED) ?? names[0] ?? false
  );
}
