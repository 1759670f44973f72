// Asks the monitor in this container whether it is alive: 0 if it is, 1 if not. The image has no curl.
import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';

const { RECODEX_MONITOR_ADMIN_URI: admin, RECODEX_MONITOR_WEBSOCKET_URI: websocket } = process.env;
/** Loopback addresses of listeners that are bound to all addresses. */
const LOOPBACK = { '*': '127.0.0.1', '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };
const BAD_REQUEST = 400;

// Both listeners answer the probe, and the admin listener can be off.
const address = (admin === 'off' ? websocket : admin) || '127.0.0.1:4568';
const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [undefined, '', address];
const place = `${LOOPBACK[host] ?? host}:${port}/health/live`;

let answer = await ask(http, `http://${place}`);
// A configuration file may set `tls`. Then the listener for clients answers plain HTTP with 400.
if (answer.status === BAD_REQUEST) answer = await ask(https, `https://${place}`);
// The engine shows the text in the health log of the container.
process.stdout.write(`${answer.text}\n`);
process.exitCode = answer.status === 200 ? 0 : 1;

async function ask({ get }, url) {
  try {
    const response = await new Promise((resolve, reject) => {
      // The certificate is for the name that clients use.
      const options = { rejectUnauthorized: false, signal: AbortSignal.timeout(4000) };
      get(url, options, resolve).on('error', reject);
    });
    const status = response.statusCode;
    return { status, text: `${url} answers ${status}: ${await text(response)}` };
  } catch (error) {
    return { text: `${url} does not answer: ${error.message}` };
  }
}
