import { clientHello } from '../../fixtures/client-hello.js';
import { Random } from '../../simulation/random.js';
import { cut, mutate, randomBytes } from '../byte-mutations.js';
import type { FuzzDaemon } from '../fuzz-daemon.js';
import { describeBytes, type FuzzTarget } from '../fuzz-target.js';
import { PROXY_PREAMBLES } from '../odd-texts.js';
import { TLS_VERSIONS } from '../profiles/fuzz-profile.js';
import { exchange } from '../raw-connection.js';
import { TamperingProxy } from '../tampering-proxy.js';

const REQUEST = Buffer.from('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');

/**
 * Milliseconds that a client with a changed session waits for the end of its connection, and then resets it: the daemon may
 * wait for bytes that the change has announced. The sockets that are open at the end of the run are counted.
 */
const PATIENCE = 2000;

/** Bytes that a client sends in its handshake and its request, at most. */
const SESSION_BYTES = 900;

/** The bytes of one client. */
interface TlsInput {
  /** `raw`: `pieces` without TLS. `session`: a request inside TLS, whose encrypted bytes change. */
  readonly kind: 'raw' | 'session';
  readonly pieces: readonly Buffer[];
  readonly version: number;
  readonly offset: number;
  /** The seed of the change. */
  readonly change: number;
}

/** The first bytes of records of TLS that a server may send: alerts, and its handshake. */
const RECORDS: readonly (number | undefined)[] = [undefined, 0x15, 0x16];

/** The hellos of real clients, one for each version. */
const hellos: Buffer[] = [];

/** Bytes at the port with TLS: mutated hellos, HTTP, noise, and sessions of TLS 1.2 and 1.3 that change on their way. */
export const tlsTarget: FuzzTarget<TlsInput> = {
  name: 'tls',
  batch: 100,
  async prepare() {
    for (const version of TLS_VERSIONS)
      hellos.push(await clientHello({ minVersion: version, maxVersion: version }));
  },
  create(random) {
    const version = random.int(0, TLS_VERSIONS.length - 1);
    return {
      kind: random.weighted({ raw: 60, session: 40 }),
      pieces: cut(rawBytes(random, version), random),
      version,
      offset: random.int(0, SESSION_BYTES),
      change: random.int(0, 1e9),
    };
  },
  describe: ({ kind, pieces, version, offset }) =>
    kind === 'raw'
      ? `send ${describeBytes(...pieces)}`
      : `a request with ${TLS_VERSIONS[version]}, changed from byte ${offset} on`,
  async play(inputs, daemon) {
    const problems = await Promise.all(
      inputs.map(async (input) => {
        const problem = await (input.kind === 'raw' ? playRaw(input, daemon) : playSession(input, daemon));
        return problem && `${problem}: ${tlsTarget.describe(input)}`;
      }),
    );
    return problems.filter((problem) => problem !== undefined);
  },
};

function rawBytes(random: Random, version: number): Buffer {
  const kind = random.weighted({ hello: 60, http: 15, noise: 15, preamble: 10 });
  if (kind === 'http') return random.chance(0.5) ? REQUEST : mutate(REQUEST, random);
  if (kind === 'noise') return randomBytes(random, 0, 400);
  const hello = random.chance(0.1) ? hellos[version]! : mutate(hellos[version]!, random);
  if (kind === 'hello') return hello;
  return Buffer.concat([Buffer.from(random.pick(PROXY_PREAMBLES), 'latin1'), hello]);
}

async function playRaw({ pieces }: TlsInput, { publicPort: port }: FuzzDaemon): Promise<string | undefined> {
  const answer = await exchange({ port, pieces });
  if (answer === undefined) return 'The connection was not closed';
  // A client with plain HTTP gets an answer in plain HTTP.
  const isGood = RECORDS.includes(answer[0]) || /^HTTP\/1\.1 400 .*https:/s.test(answer.toString('latin1'));
  return isGood ? undefined : `an unexpected answer ${describeBytes(answer)}`;
}

async function playSession(input: TlsInput, daemon: FuzzDaemon): Promise<string | undefined> {
  const version = TLS_VERSIONS[input.version]!;
  const { offset, change } = input;
  const proxy = await TamperingProxy.start(daemon.publicPort, {
    offset,
    change: (bytes) => mutate(bytes, new Random(change)),
  });
  const tls = { minVersion: version, maxVersion: version };
  const answer = await exchange({ port: proxy.port, pieces: [REQUEST], tls, deadline: PATIENCE });
  proxy.close();
  const text = answer?.toString('latin1') ?? '';
  return /^(?:$|HTTP\/1\.1 (?:200|503) )/.test(text)
    ? undefined
    : `an unexpected answer ${describeBytes(text)}`;
}
