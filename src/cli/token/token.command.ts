import { text } from 'node:stream/consumers';
import { Argument, Command, Option } from 'commander';
import { SCOPES } from '../../auth/admin-rules.js';
import type { TokenClaims } from '../../auth/token-claims.js';
import { TokenFault } from '../../auth/token-fault.js';
import { TokenSigner } from '../../auth/token-signer.js';
import { TokenVerifier } from '../../auth/token-verifier.js';
import type { Configuration } from '../../config/load.js';
import { KeySet } from '../../auth/key-set.js';
import { lifetimeOption } from './lifetime-option.js';
import { describeToken } from './describe-token.js';

interface MakeFlags {
  readonly channel?: string[];
  readonly scope?: string[];
  readonly expires: number;
  readonly key?: string;
}

const DETAILS = `
The audience and the keys are those of the configuration.

Exit codes:
  0  success; with check: the monitor accepts the token
  1  the token can't be made; with check: the monitor refuses the token
  78 the configuration or a key file is wrong

Examples:
  recodex-monitor token make --channel JOB-ID --expires 1h -c /etc/recodex/monitor/config.yml
  recodex-monitor token make --channel 'course-7-*' --key private.pem -c config.yml
  recodex-monitor token make --scope admin --expires 15m -c config.yml
  recodex-monitor token make --scope metrics --expires 365d -c config.yml
  recodex-monitor token make --scope publish --channel 'build-*' -c config.yml
  recodex-monitor token check -c config.yml - < token.txt`;

/** The command `token` with its subcommands. `load` reads the configuration for a command. */
export function tokenCommand(load: (command: Command) => Configuration): Command {
  const command = new Command('token')
    .description('make and check the tokens of clients (auth of the configuration)')
    .addHelpText('after', DETAILS);
  command
    .command('make')
    .description('print a token, signed with the first HS256 key of auth.keys or with --key')
    .option('--channel <ids...>', "channels that the token permits: ids, prefixes such as 'job-*', or '*'")
    .addOption(new Option('--scope <scopes...>', 'what else the token permits').choices(SCOPES))
    .addOption(lifetimeOption())
    .option('--key <file>', 'sign with this private key (PEM) or secret instead')
    .action((flags: MakeFlags, subcommand: Command) => make(flags, load(subcommand), subcommand));
  command
    .command('check')
    .description('say whether the monitor accepts a token, what it permits, or what is wrong with it')
    .addArgument(new Argument('<token>', 'the token, or - to read it from the standard input'))
    .option('--channel <id>', 'also check that the token permits this channel')
    .action((token: string, { channel }: { channel?: string }, subcommand: Command) =>
      check(token, channel, load(subcommand)),
    );
  for (const subcommand of command.commands) subcommand.exitOverride();
  return command;
}

async function make(flags: MakeFlags, configuration: Configuration, command: Command): Promise<void> {
  const { keys, audience } = configuration.settings.auth;
  const { channel: channels = [], scope: scopes = [], expires: lifetime, key } = flags;
  if (channels.length === 0 && !scopes.some((scope) => scope !== 'publish'))
    command.error(
      'error: expected --channel ID, or --scope admin or metrics: the token would permit nothing',
    );
  if (channels.includes('')) command.error("error: expected a channel id, got ''");
  const signer = key === undefined ? TokenSigner.fromKeys(keys) : TokenSigner.fromFile(key);
  if (!signer)
    throw new Error(
      'Expected an HS256 key in auth.keys (-c FILE), or a private key with --key FILE; got neither',
    );
  const scope = scopes.length > 0 ? scopes.join(' ') : undefined;
  const token = await signer.sign({ channels, scope, audience, lifetime });
  process.stdout.write(`${token}\n`);
  if (keys.length > 0) await warnIfRefused(token, configuration);
}

async function check(
  token: string,
  channel: string | undefined,
  configuration: Configuration,
): Promise<void> {
  const given = (token === '-' ? await text(process.stdin) : token).trim();
  if (configuration.settings.auth.keys.length === 0)
    throw new Error(
      'Expected keys in auth.keys (-c FILE), got none: a monitor with this configuration accepts every client',
    );
  try {
    const claims = await verify(given, configuration);
    process.stdout.write(describeToken(claims, Date.now()));
    if (channel !== undefined && !claims.permitsChannel(channel)) throw new TokenFault('channel');
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error;
    process.stdout.write(`The monitor refuses this token (${error.reason}). ${error.message}.\n`);
    process.exitCode = 1;
  }
}

async function warnIfRefused(token: string, configuration: Configuration): Promise<void> {
  try {
    await verify(token, configuration);
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error;
    process.stderr.write(
      `warning: a monitor with this configuration refuses the token (${error.reason}). ${error.message}.\n`,
    );
  }
}

async function verify(token: string, { settings, file }: Configuration): Promise<TokenClaims> {
  const keys = KeySet.load(settings.auth.keys, file ?? 'environment');
  return (await TokenVerifier.create(keys, settings.auth)).verify(token);
}
