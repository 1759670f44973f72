import { Argument, Command } from 'commander';
import { JournalFiles } from '../journal/journal-files.js';
import type { RecordVisitor } from '../records/records.js';
import { exportJournal } from './journal-export.js';
import { isDamaged, journalJson, journalTables, verifyLine } from './journal-report.js';

const DETAILS = `
The commands only read. They can be used while a monitor writes the journal, and show what it contains at that moment.

Exit codes:
  0  success; with verify: every file is good, or its last write is incomplete because the process was killed
  1  the journal can't be read, or has a newer format; with verify: a file is damaged

Examples:
  recodex-monitor journal inspect /var/lib/recodex-monitor
  recodex-monitor journal inspect --json /var/lib/recodex-monitor | jq 'select(.state == "running")'
  recodex-monitor journal export --channel JOB-ID /var/lib/recodex-monitor > job.ndjson
  recodex-monitor journal verify /var/lib/recodex-monitor`;

const NOTHING: RecordVisitor = {
  log() {},
  entries() {},
  producers() {},
  removed() {},
  complete() {},
  closed() {},
};

/** The command `journal` with its three subcommands. */
export function journalCommand(): Command {
  const command = new Command('journal')
    .description('look into a journal (journal.path of the configuration)')
    .addHelpText('after', DETAILS);
  const folder = (): Argument => new Argument('<path>', 'folder of the journal');
  command
    .command('inspect')
    .description('list the channels and the files of a journal')
    .addArgument(folder())
    .option('--json', 'print one JSON object per line: {"channel": ...} or {"file": ...}')
    .action((path: string, { json }: { json?: true }) => withJournal(path, (files) => inspect(files, json)));
  command
    .command('export')
    .description('print the messages of a journal, one JSON object per line')
    .addArgument(folder())
    .option('--channel <id>', 'print the messages of this channel only')
    .action((path: string, { channel }: { channel?: string }) =>
      withJournal(path, (files) => {
        const count = exportJournal(files, channel, writeOut);
        if (count > 0 || channel === undefined) return;
        throw new Error(`The journal has no messages of the channel ${JSON.stringify(channel)}`);
      }),
    );
  command
    .command('verify')
    .description('check every checksum of a journal')
    .addArgument(folder())
    .action((path: string) => withJournal(path, verify));
  for (const subcommand of command.commands) subcommand.exitOverride();
  return command;
}

function withJournal(path: string, use: (files: JournalFiles) => void): void {
  const files = JournalFiles.open(path);
  try {
    if (files.user !== undefined)
      process.stderr.write(`note: process ${files.user} uses this journal and may write to it now\n`);
    use(files);
  } finally {
    files.close();
  }
}

function inspect(files: JournalFiles, json: true | undefined): void {
  const { logs, segments } = files.facts();
  if (!json) return void writeOut(journalTables(logs, segments, Date.now()));
  for (const line of journalJson(logs, segments)) if (!writeOut(line)) return;
}

function verify(files: JournalFiles): void {
  for (const segment of files.read(() => NOTHING)) {
    writeOut(verifyLine(segment));
    if (isDamaged(segment)) process.exitCode = 1;
  }
}

/** Writes to the standard output, which blocks for files and pipes. Returns false when the output is closed. */
function writeOut(text: string): boolean {
  process.stdout.write(text);
  return process.stdout.writable;
}
