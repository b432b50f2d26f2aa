import { WebSocket } from 'ws';
import { type ClientsTask, EPOCH_MS, type Received } from '../push/clients-task.js';

/*
 * Many clients of one server, in a process of their own: they connect, subscribe, and count what they get. Every message of a bid
 * carries in its amount when the bid was sent, so some of the clients also measure how long it took.
 */

const CONNECTING_AT_ONCE = 50;
const MEASURED_EVERY = 50;
const TELL_MS = 2;

const task = JSON.parse(process.argv[2] ?? '{}') as ClientsTask;
const BID = Buffer.from('"type":"BidPlaced"');
const AMOUNT = /"amount":(\d+)/;
let ready = 0;
let bids = 0;
let told = -1;
let latenciesMs: number[] = [];

function received(data: Buffer, isMeasured: boolean): void {
  if (data.subarray(0, 60).includes(BID)) {
    bids += 1;
    const amount = isMeasured ? AMOUNT.exec(data.toString()) : null;
    if (amount !== null) latenciesMs.push(Date.now() - EPOCH_MS - Number(amount[1]));
  } else if (data.includes('"type":"Subscribed"')) ready += 1;
}

function connect(n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(task.url, { headers: task.headers, perMessageDeflate: false });
    ws.on('message', (data) => received(data as Buffer, n % MEASURED_EVERY === 0));
    ws.on('error', reject);
    ws.on('close', (code) => reject(new Error(`a client was closed with ${code}`)));
    ws.on('open', () => {
      if (task.hello === null) ready += 1;
      else ws.send(JSON.stringify(task.hello));
      resolve();
    });
  });
}

// The run has ended, in whatever way.
process.on('disconnect', () => process.exit(0));
setInterval(() => {
  if (ready + bids === told) return;
  told = ready + bids;
  const message: Received = { ready, bids, latenciesMs };
  latenciesMs = [];
  process.send?.(message);
}, TELL_MS);
for (let n = 0; n < task.clients; n += CONNECTING_AT_ONCE) {
  const some = Math.min(CONNECTING_AT_ONCE, task.clients - n);
  await Promise.all(Array.from({ length: some }, (_, i) => connect(n + i)));
}
