import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { freePort } from '#testing/free-ports.js';
import { RunningServer } from '../testing/running-server.js';
import { refuseBroken } from './broken-requests.js';
import { answerMeanwhile } from './starting.js';

/** The answer to bytes on a connection, until the server ends it. */
async function answerTo(port: number, bytes: string) {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const headers = Object.fromEntries(fields.map((field) => field.toLowerCase().split(': ')));
  return { line, headers, body: body === '' ? null : JSON.parse(body) };
}

const HOST = 'Host: localhost\r\n';
const long = 'x'.repeat(20_000);

describe('what is no HTTP request', () => {
  let running: RunningServer;
  let port: number;
  beforeAll(async () => {
    running = await RunningServer.start();
    port = Number(new URL(running.server.url).port);
  });
  afterAll(() => running.stop());

  const broken: [what: string, bytes: string, line: string, code: string][] = [
    [
      'a long request line',
      `GET /${long} HTTP/1.1\r\n${HOST}\r\n`,
      '431 Request Header Fields Too Large',
      'headers-too-large',
    ],
    [
      'large headers',
      `GET / HTTP/1.1\r\n${HOST}X: ${long}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'headers-too-large',
    ],
    ['another protocol', 'HELLO\r\n\r\n', '400 Bad Request', 'bad-request'],
    ['an unknown method', `BREW / HTTP/1.1\r\n${HOST}\r\n`, '400 Bad Request', 'bad-request'],
    [
      'two lengths',
      `POST /api/keys HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      '400 Bad Request',
      'bad-request',
    ],
    [
      'an expectation that nobody meets',
      `GET /api/time HTTP/1.1\r\n${HOST}Expect: miracles\r\n\r\n`,
      '417 Expectation Failed',
      'expectation-failed',
    ],
    [
      'a WebSocket of another version',
      `GET /ws HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 12\r\n\r\n`,
      '400 Bad Request',
      'bad-request',
    ],
  ];

  it.each(broken)('is answered with a problem: %s', async (_, bytes, line, code) => {
    const answer = await answerTo(port, bytes);
    expect(answer.line).toBe(`HTTP/1.1 ${line}`);
    expect(answer.body).toMatchObject({ status: Number(line.slice(0, 3)), code, title: line.slice(4) });
    expect(answer.headers).toMatchObject({
      connection: 'close',
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-request-id': answer.body.requestId,
    });
  });

  it('is answered with a problem when it names no host', async () => {
    const { line, headers, body } = await answerTo(port, 'GET /api/time HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(line).toBe('HTTP/1.1 400 Bad Request');
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status: 400, code: 'bad-request', detail: 'A request names its Host.' });
    const old = await answerTo(port, 'GET /api/time HTTP/1.0\r\n\r\n');
    expect(old.line).toBe('HTTP/1.1 200 OK');
  });

  it('is told so while the server starts, too', async () => {
    const starting = await freePort();
    const meanwhile = () => answerTo(starting, 'HELLO\r\n\r\n');
    const { body } = await answerMeanwhile(meanwhile, { port: starting, host: '127.0.0.1' });
    expect(body).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('is told so when it does not come to its end', async () => {
    const server = createServer({ requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 });
    await once(server.on('clientError', refuseBroken).listen(0, '127.0.0.1'), 'listening');
    const { body } = await answerTo((server.address() as AddressInfo).port, `GET / HTTP/1.1\r\n${HOST}`);
    expect(body).toMatchObject({ status: 408, code: 'request-timeout' });
    server.close();
  });

  it.each([
    ['on a connection that was reset', { code: 'ECONNRESET' }, {}],
    ['on one that is closed', { code: 'HPE_INVALID_METHOD' }, { writable: false }],
    ['in the middle of an answer', { code: 'HPE_INVALID_METHOD' }, { _httpMessage: { headersSent: true } }],
  ])('gets no answer %s', (_, error, state) => {
    const done: string[] = [];
    const told = (what: string) => () => void done.push(what);
    const socket = { writable: true, once: told('once'), end: told('end'), destroy: told('destroy'), ...state };
    refuseBroken(error as NodeJS.ErrnoException, socket as unknown as Socket);
    expect(done).toEqual(['destroy']);
  });
});
