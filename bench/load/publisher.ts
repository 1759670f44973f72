import { parentPort, workerData } from 'node:worker_threads';
import type { Feed } from './feed.js';
import { HttpFeed } from './http-feed.js';
import type { PublishOrder, Wire } from './order.js';
import { Publication } from './publication.js';
import { ZmtpFeed } from './zmtp-feed.js';

/** What the thread answers to a `PublishOrder`. */
export type PublisherAnswer = { startedAt: number; publishSeconds: number } | { error: string };

const wire = workerData as Wire;
const sent = new Map<string, number>();
let feed: Feed | undefined;

parentPort!.on('message', (order: PublishOrder) => {
  publish(order).then(
    (answer) => parentPort!.postMessage(answer),
    (error: Error) => parentPort!.postMessage({ error: error.message }),
  );
});

async function publish(order: PublishOrder): Promise<PublisherAnswer> {
  if (!feed || feed.socket.destroyed) feed = await open();
  const from = sent.get(order.prefix) ?? 0;
  sent.set(order.prefix, from + order.messages);
  return new Publication(feed, order, from).send();
}

async function open(): Promise<Feed> {
  const opened = await (wire.feed === 'zmtp' ? ZmtpFeed : HttpFeed).connect(wire.feedPort);
  opened.socket.on('error', () => {});
  return opened;
}
