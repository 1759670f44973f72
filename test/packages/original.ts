import { mkdirSync, writeFileSync } from 'node:fs';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import type { Machine } from './machine.js';

export const ORIGINAL_UNIT = `[Unit]
Description=ReCodEx Monitor

[Service]
User=recodex
Group=recodex
ExecStart=/usr/bin/recodex-monitor -c /etc/recodex/monitor/config.yml

[Install]
WantedBy=multi-user.target
`;

/** Stands for the command of the original, which starts Python. */
export const ORIGINAL_COMMAND = `#!/bin/sh
echo 'the original'
[ "$1" = --help ] || { sleep infinity & wait; }
`;

/** Installs the original by hand, with the user and the files that its README names, and starts its service. */
export function installOriginal(machine: Machine): void {
  machine.run('useradd --system --user-group --home-dir /etc/recodex --shell /usr/sbin/nologin recodex');
  for (const folder of ['/etc/recodex/monitor', '/var/log/recodex'])
    mkdirSync(machine.path(folder), { recursive: true });
  writeFileSync(machine.path('/etc/recodex/monitor/config.yml'), ORIGINAL_CONFIGURATION);
  writeFileSync(machine.path('/etc/systemd/system/recodex-monitor.service'), ORIGINAL_UNIT);
  writeFileSync(machine.path('/usr/bin/recodex-monitor'), ORIGINAL_COMMAND, { mode: 0o755 });
  writeFileSync(machine.path('/var/log/recodex/monitor.log'), 'a line of the original\n');
  machine.run('chown -R recodex:recodex /var/log/recodex && systemctl enable --now recodex-monitor');
}
