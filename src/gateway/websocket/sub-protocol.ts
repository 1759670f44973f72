/** One message per WebSocket frame, as without a sub-protocol. */
const SINGLE = 'recodex.v1';

/** Every WebSocket frame is a JSON array of items. */
export const BATCHED = 'recodex.v2';

/** A sub-protocol whose name begins so carries a token, which no answer may repeat. */
const TOKEN = 'token.';

/**
 * Chooses one of the sub-protocols that a client offers. A browser fails a connection whose offer is not answered, so an
 * unknown name is accepted, as by the original. A legacy stream has no batches: there `recodex.v2` is the last choice.
 */
export function chooseSubProtocol(offered: ReadonlySet<string>, legacy: boolean): string | false {
  const names = [...offered].filter((name) => !name.startsWith(TOKEN));
  const preferred = legacy ? [SINGLE] : [BATCHED, SINGLE];
  return (
    preferred.find((name) => offered.has(name)) ?? names.find((name) => name !== BATCHED) ?? names[0] ?? false
  );
}
