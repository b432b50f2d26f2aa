// SECRET=whsec_... node docs/examples/receive-webhooks.mjs: prints every event, once; npm install standardwebhooks
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.SECRET);
const handled = new Set(); // A table of yours: a delivery may come again, under the same id.

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const event = webhook.verify(Buffer.concat(chunks).toString('utf8'), request.headers);
    if (!handled.has(event.eventId)) console.log(JSON.stringify(event));
    handled.add(event.eventId);
    response.writeHead(204).end();
  } catch {
    response.writeHead(400).end();
  }
}).listen(process.env.PORT ?? 8080, '127.0.0.1');
