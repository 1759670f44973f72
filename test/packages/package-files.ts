import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
const isArm = process.arch === 'arm64';

/** The packages that `npm run package` has made. */
export const DEB = `${ROOT}recodex-monitor_${version}-1_${isArm ? 'arm64' : 'amd64'}.deb`;
export const RPM = `${ROOT}recodex-monitor-${version}-1.${isArm ? 'aarch64' : 'x86_64'}.rpm`;
export const VERSION = version;
