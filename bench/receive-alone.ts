import { Router } from 'zeromq';

// Receives messages with `zeromq` and drops them, as a lower bound for every relay. Arguments: port, number of messages.
const [port, count] = process.argv.slice(2).map(Number) as [number, number];

const router = new Router({ routingId: 'recodex-monitor', receiveHighWaterMark: 0 });
await router.bind(`tcp://127.0.0.1:${port}`);
process.send!('ready');
for (let received = 0; received < count; received++) await router.receive();
process.send!(Number(process.hrtime.bigint()));
router.close();
process.disconnect();
