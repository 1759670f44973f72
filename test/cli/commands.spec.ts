import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { curveKeysCommand } from '../../src/cli/curve-keys.command.js';
import { demoCommand } from '../../src/cli/demo.command.js';
import { simulateCommand } from '../../src/cli/simulate.command.js';
import { verifyCommand } from '../../src/cli/verify.command.js';
import { watchCommand } from '../../src/cli/watch.command.js';
import { defaultSettings } from '../../src/config/settings.js';

describe.each([
  ['simulate', () => simulateCommand(defaultSettings)],
  ['watch', () => watchCommand(defaultSettings)],
  ['verify', () => verifyCommand(defaultSettings)],
  ['demo', demoCommand],
  ['curve-keys', curveKeysCommand],
])('the command %s', (_name, build) => {
  it('has help with examples and defaults', () => {
    let help = '';
    build()
      .configureOutput({ writeOut: (text) => (help += text) })
      .outputHelp();
    expect(help).toContain('Examples:');
    expect(help).toContain('127.0.0.1');
  });
});

describe('options', () => {
  it.each([
    [['simulate', '--jobs', '0'], 'expected a whole number from 1 to 10000'],
    [['simulate', '--tasks', '1.5'], 'expected a whole number from 0 to 100000'],
    [['simulate', '--rate', '1e3'], 'expected a number from 0.01 to 1000000'],
    [['simulate', '--delay', '-1'], 'expected a number from 0 to 86400'],
    [['simulate', '--repeat', 'for-ever'], 'expected a number from 0 to 86400'],
    [
      ['simulate', '--outcome', 'odd'],
      'Allowed choices are ok, failed-tasks, failed-build, aborted, rejected, mixed',
    ],
    [['simulate', '--id', ''], 'expected a job id that is not empty'],
    [['simulate', '--id', '..'], 'expected a job id that a URL can contain'],
    [['simulate', '--zeromq', 'nonsense'], 'expected an endpoint such as'],
    [['simulate', '--zeromq', 'tcp://127.0.0.1:0'], 'expected an endpoint such as'],
    [['watch', ''], 'expected a job id that is not empty'],
    [['watch', '..'], 'expected a job id that a URL can contain'],
    [['watch', 'j', '--url', 'ftp://x'], 'expected an address such as'],
    [['watch', 'j', '--url', 'http://x/?after=1'], 'expected an address without ? and #'],
    [['watch', 'j', '--url', 'http://x/#token=1'], 'expected an address without ? and #'],
    [['watch', 'j', '--timeout', '5w'], 'expected a duration from 1s to 24d'],
    [['watch', 'j', '--timeout', '25d'], 'expected a duration from 1s to 24d'],
    [['watch', 'j', '--expected', 'many'], 'expected a whole number from 1'],
    [['verify', '--messages', '5'], 'expected a whole number from 6 to 100000'],
    [['verify', '--url', 'example.org'], 'expected an address such as'],
    [['verify', '--zeromq', 'tcp://127.0.0.1:0'], 'expected an endpoint such as'],
    [
      ['verify', '--jobs', '500', '--watchers', '5'],
      'expected at most 1000 streams (--jobs times --watchers), got 2500',
    ],
    [['verify', '--jobs', '100', '--messages', '100000'], 'expected at most 2000000 deliveries'],
    [['verify', '--check', 'a.ndjson', '--url', 'http://x'], 'cannot be used with'],
    [['watch'], "missing required argument 'job'"],
  ])('rejects %j with the expected form', async (args, message) => {
    expect(await errorOf(args)).toContain(message);
  });
});

async function errorOf(args: string[]): Promise<string> {
  let error = '';
  const program = new Command();
  for (const build of [simulateCommand, watchCommand, verifyCommand]) {
    program.addCommand(
      build(defaultSettings)
        .exitOverride()
        .configureOutput({ writeErr: (text) => (error += text) }),
    );
  }
  await program
    .exitOverride()
    .parseAsync(args, { from: 'user' })
    .catch(() => undefined);
  return error;
}
