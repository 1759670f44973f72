import { Option } from 'commander';
import { readCurveClients, readCurveKey } from '../config/curve-files.js';
import { isCurveKey, type CurveKeyPair } from '../config/curve-key.js';

/** The CURVE keys of a sender. */
export interface SenderKeys extends CurveKeyPair {
  /** The public key of the monitor. */
  readonly serverKey: string;
}

/** The values of the options that `curveOptions` returns. */
export interface CurveFlags {
  readonly curveKey?: string;
  readonly curveServer?: string;
}

/** The options of a command that sends messages to a monitor with CURVE. */
export function curveOptions(): [Option, Option] {
  return [
    new Option('--curve-key <file>', 'secret CURVE key of this sender; "curve-keys" makes it'),
    new Option('--curve-server <key>', 'public CURVE key of the monitor, or a file with this key'),
  ];
}

/** Reads the keys of the options. Undefined without the options. Throws an error for the operator when a key is missing. */
export function senderKeys({ curveKey, curveServer }: CurveFlags): SenderKeys | undefined {
  if (curveKey === undefined && curveServer === undefined) return undefined;
  if (curveKey === undefined || curveServer === undefined)
    throw new Error('expected both --curve-key and --curve-server, got only one of them');
  return { ...readCurveKey(curveKey), serverKey: readServerKey(curveServer) };
}

function readServerKey(keyOrFile: string): string {
  if (isCurveKey(keyOrFile)) return keyOrFile;
  const [key, ...others] = readCurveClients(keyOrFile).keys();
  if (key !== undefined && others.length === 0) return key;
  throw new Error(
    `--curve-server: expected one public key in ${keyOrFile}, got ${others.length + (key ? 1 : 0)}`,
  );
}
