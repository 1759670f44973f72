import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Feed, MessageTemplate } from './feed.js';
import { UNSTAMPED } from './message.js';

// ZMTP 3.0 (https://rfc.zeromq.org/spec/23/): each side sends a greeting of 64 bytes with the mechanism NULL and a READY
// command. Then messages follow as frames `flags size body`.
const MORE = 1;
const COMMAND = 4;
const GREETING_BYTES = 64;

/**
 * Feeds a ROUTER like a DEALER, with frames that are encoded in advance. So no libzmq thread competes for the cores.
 */
export class ZmtpFeed implements Feed {
  private constructor(readonly socket: Socket) {}

  static async connect(port: number): Promise<ZmtpFeed> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    socket.write(Buffer.concat([greeting(), ready()]));
    await peerReady(socket);
    socket.resume();
    return new ZmtpFeed(socket);
  }

  task(channel: string): MessageTemplate {
    const before = Buffer.concat([frame(MORE, channel), frame(MORE, 'TASK')]);
    const bytes = Buffer.concat([before, frame(MORE, UNSTAMPED), frame(0, 'COMPLETED')]);
    return { bytes, taskIdAt: before.length + 2 };
  }

  finished(channel: string): Buffer {
    return Buffer.concat([frame(MORE, channel), frame(0, 'FINISHED')]);
  }

  acknowledged(): Promise<void> {
    return Promise.resolve();
  }
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.write('NULL', 12, 'latin1');
  return bytes;
}

function ready(): Buffer {
  return frame(COMMAND, `\x05READY${property('Socket-Type', 'DEALER')}${property('Identity', '')}`);
}

function property(name: string, value: string): string {
  return `${String.fromCharCode(name.length)}${name}\0\0\0${String.fromCharCode(value.length)}${value}`;
}

/** A short frame. The body must have fewer than 256 bytes. */
function frame(flags: number, body: string): Buffer {
  return Buffer.from(`${String.fromCharCode(flags, body.length)}${body}`, 'latin1');
}

async function peerReady(socket: Socket): Promise<void> {
  let got = Buffer.alloc(0);
  while (got.length < GREETING_BYTES + 2 || got.length < GREETING_BYTES + 2 + got[GREETING_BYTES + 1]!) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    got = Buffer.concat([got, data]);
  }
  if (got[0] !== 0xff || got[GREETING_BYTES] !== COMMAND || got.indexOf('READY') < 0)
    throw new Error('the ROUTER does not speak ZMTP 3');
}
