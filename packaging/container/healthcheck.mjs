// Asks the monitor in this container whether it is alive: 0 if it is, 1 if not. The image has no curl.
const { RECODEX_MONITOR_ADMIN_URI: admin, RECODEX_MONITOR_WEBSOCKET_URI: websocket } = process.env;
/** Loopback addresses of listeners that are bound to all addresses. */
const LOOPBACK = { '*': '127.0.0.1', '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

// Both listeners answer the probe, and the admin listener can be off.
const address = (admin === 'off' ? websocket : admin) || '127.0.0.1:4568';
const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [undefined, '', address];
const url = `http://${LOOPBACK[host] ?? host}:${port}/health/live`;

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4000) });
  report(response.ok ? 0 : 1, `${url} answers ${response.status}: ${await response.text()}`);
} catch (error) {
  report(1, `${url} does not answer: ${error.cause?.message ?? error.message}`);
}

/** The engine shows the text in the health log of the container. */
function report(exitCode, text) {
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
}
