import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { ClientGroup } from './client-group.js';
import type { LoadRequest, PublishCommand, PublishResult, TargetAddress } from './commands.js';
import type { PublisherResult } from './publisher.js';

/** Seconds after which the process ends, so that no process remains if the benchmark hangs. */
const LONGEST_RUN = 180;

const address = JSON.parse(process.argv[2]!) as TargetAddress;
const publisher = new Worker(new URL('publisher.js', import.meta.url), { workerData: address });
const groups = new Map<string, ClientGroup>();

process.on('message', (request: LoadRequest) => {
  execute(request).then(
    (result) => process.send!({ id: request.id, result }),
    (error: Error) => process.send!({ id: request.id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
setTimeout(() => process.exit(2), LONGEST_RUN * 1000);

async function execute({ name, command }: LoadRequest): Promise<unknown> {
  switch (name) {
    case 'connect': {
      const group = new ClientGroup(address, command);
      groups.set(command.group, group);
      return group.connect();
    }
    case 'publish':
      return publish(command, command.unwatched ? undefined : groups.get(command.prefix));
    case 'reconnect':
      return groups.get(command.group)!.reconnect(command.replay);
    case 'disconnect':
      groups.get(command.group)!.disconnect();
      return null;
  }
}

async function publish(command: PublishCommand, group: ClientGroup | undefined): Promise<PublishResult> {
  const loop = performance.eventLoopUtilization();
  const delivered = group?.expect(command.messages, command.rate !== undefined);
  const closed = command.finish ? group?.expectClose() : undefined;
  publisher.postMessage(command);
  const [result] = (await once(publisher, 'message')) as [PublisherResult];
  if ('error' in result) throw new Error(result.error);
  const at = (await delivered) ?? result.startedAt + result.publishSeconds * 1e9;
  const busy = performance.eventLoopUtilization(loop).utilization;
  await closed;
  return {
    ...result,
    deliveries: (group?.size ?? 0) * command.messages,
    seconds: (at - result.startedAt) / 1e9,
    busy,
    ...(group?.latencies && { latency: group.latencies.percentiles() }),
  };
}
