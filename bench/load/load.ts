import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { Group } from './group.js';
import type { OrderMessage, Published, PublishOrder, Wire } from './order.js';
import type { PublisherAnswer } from './publisher.js';

/** Seconds after which a load process ends by itself, whatever happens. */
const LONGEST_RUN = 180;

const wire = JSON.parse(process.argv[2]!) as Wire;
const publisher = new Worker(new URL('publisher.js', import.meta.url), { workerData: wire });
const groups = new Map<string, Group>();

process.on('message', (message: OrderMessage) => {
  obey(message).then(
    (answer) => process.send!({ id: message.id, answer }),
    (error: Error) => process.send!({ id: message.id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
setTimeout(() => process.exit(2), LONGEST_RUN * 1000);

async function obey(message: OrderMessage): Promise<unknown> {
  switch (message.name) {
    case 'connect': {
      const group = new Group(wire, message.order);
      groups.set(message.order.group, group);
      return group.connect();
    }
    case 'publish':
      return publish(message.order, message.order.unwatched ? undefined : groups.get(message.order.prefix));
    case 'comeBack':
      return groups.get(message.order.group)!.comeBack(message.order.replay);
    case 'leave':
      groups.get(message.order.group)!.leave();
      return null;
  }
}

async function publish(order: PublishOrder, group: Group | undefined): Promise<Published> {
  const loop = performance.eventLoopUtilization();
  const delivered = group?.expect(order.messages, order.rate !== undefined);
  const ended = order.finish ? group?.expectEnd() : undefined;
  publisher.postMessage(order);
  const [answer] = (await once(publisher, 'message')) as [PublisherAnswer];
  if ('error' in answer) throw new Error(answer.error);
  const at = (await delivered) ?? answer.startedAt + answer.publishSeconds * 1e9;
  const busy = performance.eventLoopUtilization(loop).utilization;
  await ended;
  return {
    ...answer,
    deliveries: (group?.size ?? 0) * order.messages,
    seconds: (at - answer.startedAt) / 1e9,
    busy,
    ...(group?.latencies && { latency: group.latencies.percentiles() }),
  };
}
