import { Command, InvalidArgumentError, Option } from 'commander';
import { CurveKeyFolder } from './curve-key-folder.js';
import { commandName, shellQuote } from './shell.js';

const DETAILS = `
The command writes four files:
  monitor.key      secret key of the monitor, for zeromq.curve.key
  monitor.pub      public key of the monitor, for each sender
  <client>.key     secret key of the sender
  allowed-clients  public keys of the senders, for zeromq.curve.clients

With another name the command adds a sender: it keeps the keys of the monitor, and never replaces a file.

CURVE is for senders of your own, and for "simulate" and "verify". The broker of ReCodEx has no CURVE: it can't connect
to a monitor with these keys. Restrict its port with a firewall and zeromq.allow instead.

Examples:
  recodex-monitor curve-keys --out /etc/recodex/monitor/curve
  recodex-monitor curve-keys --out /etc/recodex/monitor/curve --client ci-runner
  recodex-monitor simulate --curve-key client.key --curve-server monitor.pub --zeromq tcp://127.0.0.1:7894`;

/** The command `curve-keys`. */
export function curveKeysCommand(): Command {
  return new Command('curve-keys')
    .description('make CURVE keys that encrypt and authenticate the ZeroMQ port')
    .option('-o, --out <folder>', 'folder for the files', '.')
    .addOption(
      new Option('--client <name>', 'name of the sender').default('client').argParser(parseClientName),
    )
    .addHelpText('after', DETAILS)
    .action(({ out, client }: { out: string; client: string }) => {
      const folder = new CurveKeyFolder(out);
      const isNew = folder.addClient(client);
      process.stdout.write(`${instructions(folder, client, isNew).join('\n')}\n`);
    });
}

function instructions(folder: CurveKeyFolder, client: string, isNew: boolean): string[] {
  const path = (file: string): string => shellQuote(folder.file(file));
  const clientKey = `${client}.key`;
  return [
    isNew
      ? `New keys in ${folder.path}:`
      : `A new key in ${folder.path}, for the monitor that has its keys there:`,
    `  monitor.key      stays on the monitor. The user of the monitor must be able to read it.`,
    `  monitor.pub      goes to each sender.`,
    `  ${clientKey.padEnd(15)}  goes to the sender "${client}". Remove it here then.`,
    `  allowed-clients  stays on the monitor. Without its line a sender can no longer connect.`,
    '',
    'If the monitor runs as another user, for example recodex-monitor:',
    `  chgrp recodex ${path('.')} ${path('monitor.key')} && chmod g+rx ${path('.')} && chmod g+r ${path('monitor.key')}`,
    '',
    ...(isNew
      ? [
          'In the configuration of the monitor:',
          '  zeromq:',
          '    curve:',
          `      key: ${JSON.stringify(folder.file('monitor.key'))}`,
          `      clients: ${JSON.stringify(folder.file('allowed-clients'))}`,
          '',
          "Restart the monitor. The broker of ReCodEx can't connect then, because it has no CURVE.",
          '',
        ]
      : []),
    'To test it:',
    `  ${commandName()} simulate --curve-key ${path(clientKey)} --curve-server ${path('monitor.pub')}`,
  ];
}

function parseClientName(name: string): string {
  if (/^[a-z\d][\w.-]{0,63}$/i.test(name) && name !== 'monitor') return name;
  throw new InvalidArgumentError(
    'expected up to 64 letters, digits, dots, dashes and underscores, and not "monitor".',
  );
}
