import { setInterval } from 'node:timers';
import { WebSocketServer, WebSocket } from 'ws';
import { Router } from 'zeromq';

// The simplest relay, as a baseline: an array of messages per channel for late clients, and one `send` per message and
// client. Arguments: port of the ROUTER, port of the WebSocket server, seconds between pings.
const [routerPort, port, pingSeconds] = process.argv.slice(2).map(Number) as [number, number, number];

interface Channel {
  readonly history: string[];
  readonly clients: Set<WebSocket>;
  finished: boolean;
}

const channels = new Map<string, Channel>();

function channelOf(id: string): Channel {
  let channel = channels.get(id);
  if (!channel) {
    channel = { history: [], clients: new Set(), finished: false };
    channels.set(id, channel);
  }
  return channel;
}

const router = new Router({ routingId: 'recodex-monitor' });
await router.bind(`tcp://127.0.0.1:${routerPort}`);

const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
server.on('connection', (client) => {
  const heartbeat = { answered: true };
  heartbeats.set(client, heartbeat);
  client.on('error', () => {});
  client.on('pong', () => (heartbeat.answered = true));
  client.once('message', (data: Buffer) => {
    const channel = channelOf(data.toString());
    for (const text of channel.history) client.send(text);
    if (channel.finished) return client.close(1000);
    channel.clients.add(client);
    client.on('close', () => channel.clients.delete(client));
  });
});

// The heartbeat that the README of ws recommends.
const heartbeats = new Map<WebSocket, { answered: boolean }>();
setInterval(() => {
  for (const client of server.clients) {
    const heartbeat = heartbeats.get(client)!;
    if (!heartbeat.answered) client.terminate();
    heartbeat.answered = false;
    client.ping();
  }
}, pingSeconds * 1000);
server.on('connection', (client) => client.on('close', () => heartbeats.delete(client)));

for await (const [, id, command, taskId, taskState] of router) {
  const channel = channelOf(id!.toString());
  const text = json(command!.toString(), taskId?.toString(), taskState?.toString());
  channel.history.push(text);
  for (const client of channel.clients) client.send(text);
  if (command!.toString() === 'FINISHED') {
    channel.finished = true;
    for (const client of channel.clients) client.close(1000);
  }
}

function json(command: string, taskId?: string, taskState?: string): string {
  const fields = [['command', command]];
  if (taskId !== undefined) fields.push(['task_id', taskId]);
  if (taskState !== undefined) fields.push(['task_state', taskState]);
  return `{${fields.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
}
