// The attacker runs in a separate process, so that it does not delay the clients in the test process. The test sends
// an Attack (attack.ts) and receives an AttackOutcome. The attacker ends by itself.
import { once } from 'node:events';
import { connect } from 'node:net';

const attack = (await once(process, 'message'))[0];
const first = Buffer.from(attack.first, 'latin1');
const flood = Buffer.from(attack.flood ?? '', 'latin1');
const outcome = { opened: 0, closed: 0, bytesSent: 0, answers: {} };
const open = new Set();
let over = false;
let answers = 0;
let deadline;

let started = 0;

function start() {
  if (over) return;
  const allowHalfOpen = attack.leaves === false;
  const source = attack.addresses && sourceOf(started++);
  const socket = connect({ port: attack.port, host: '127.0.0.1', ...source, allowHalfOpen });
  open.add(socket);
  let answered = false;
  socket.on('connect', () => {
    outcome.opened++;
    socket.write(first);
    if (flood.length > 0) pour(socket);
    if (attack.reads === false) socket.pause();
    if (attack.halfCloses) setTimeout(() => socket.end(), 500);
  });
  socket.on('data', (data) => {
    if (answered) return;
    answered = true;
    const status = data.toString('latin1', 9, 12);
    outcome.answers[status] = (outcome.answers[status] ?? 0) + 1;
    if (++answers === attack.connections && attack.endsWhenAnswered) end();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    outcome.closed++;
    outcome.bytesSent += socket.bytesWritten;
    open.delete(socket);
    if (attack.reconnects) setTimeout(start, 10);
    else if (outcome.closed === attack.connections) end();
  });
}

// With thousands of connections, the kernel takes milliseconds to find a free port for an address.
function sourceOf(connection) {
  const number = connection % attack.addresses;
  const localPort = 1024 + (Math.floor(connection / attack.addresses) % 60_000);
  return { localAddress: `127.1.${number >> 8}.${number & 255}`, localPort };
}

// Sends as fast as the daemon reads. setImmediate gives all connections a turn.
function pour(socket) {
  if (socket.destroyed || over) return;
  if (socket.write(flood)) setImmediate(pour, socket);
  else socket.once('drain', () => pour(socket));
}

for (let i = 0; i < attack.connections; i++) {
  start();
  // The connections that are open already send and read in between.
  if (i % 100 === 0) await new Promise(setImmediate);
}
if (!over) deadline = setTimeout(end, attack.seconds * 1000);

function end() {
  if (over) return;
  over = true;
  clearTimeout(deadline);
  for (const socket of open) outcome.bytesSent += socket.bytesWritten;
  outcome.stillOpen = open.size;
  process.send(outcome);
  process.disconnect();
  if (attack.leaves !== false) for (const socket of open) socket.destroy();
  // The test closes the remaining connections: it ends this process.
  else setTimeout(() => process.exit(), 60_000);
}
