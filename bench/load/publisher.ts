import { parentPort, workerData } from 'node:worker_threads';
import type { Feed } from './feed.js';
import { HttpFeed } from './http-feed.js';
import type { PublishCommand, TargetAddress } from './commands.js';
import { Publication } from './publication.js';
import { ZmtpFeed } from './zmtp-feed.js';

/** Answer of the publisher's thread to a `PublishCommand`. */
export type PublisherResult = { startedAt: number; publishSeconds: number } | { error: string };

const address = workerData as TargetAddress;
const sent = new Map<string, number>();
let feed: Feed | undefined;

parentPort!.on('message', (command: PublishCommand) => {
  publish(command).then(
    (result) => parentPort!.postMessage(result),
    (error: Error) => parentPort!.postMessage({ error: error.message }),
  );
});

async function publish(command: PublishCommand): Promise<PublisherResult> {
  if (!feed || feed.socket.destroyed) feed = await open();
  const startSeq = sent.get(command.prefix) ?? 0;
  sent.set(command.prefix, startSeq + command.messages);
  return new Publication(feed, command, startSeq).send();
}

async function open(): Promise<Feed> {
  const opened = await (address.feed === 'zmtp' ? ZmtpFeed : HttpFeed).connect(address.feedPort);
  opened.socket.on('error', () => {});
  return opened;
}
