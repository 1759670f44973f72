import { InvalidArgumentError, Option } from 'commander';
import { formatAddress, parseAddress } from '../config/address.js';
import type { Settings } from '../config/settings.js';
import { connectAddress, connectEndpoint } from './monitor-address.js';

/** The option that names the monitor's ZeroMQ endpoint. */
export function zeromqOption(): Option {
  return new Option(
    '--zeromq <endpoint>',
    "the monitor's ZeroMQ endpoint (default: zeromq_uri of the configuration, else tcp://127.0.0.1:7894)",
  ).argParser(parseEndpoint);
}

/** The endpoint of the configuration. Rejects if the configuration does not tell the port. */
export async function configuredEndpoint(settings: Settings): Promise<string> {
  const address = connectAddress(settings.zeromq_uri);
  if (address) return connectEndpoint(address);
  throw new Error(
    'zeromq_uri has port 0, which stands for any free port: give the actual port with --zeromq',
  );
}

function parseEndpoint(text: string): string {
  const [, transport, rest = text] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (transport !== undefined && transport !== 'tcp') return text;
  const given = parseAddress(rest);
  const address = given && connectAddress(given);
  if (address) return `tcp://${formatAddress(address)}`;
  throw new InvalidArgumentError('expected an endpoint such as tcp://127.0.0.1:7894.');
}
