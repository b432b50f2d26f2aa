/** How a message goes over the wire; `events-without-id`: as a server-sent event that nobody may go on behind. */
export type Format = 'websocket' | 'events' | 'events-without-id';

const TEXT_FRAME = 0x81;

/**
 * A WebSocket text frame (RFC 6455, section 5.2): whole, unmasked as every frame of a server. Made once for all who get the message,
 * which `ws` cannot: it writes a frame for each.
 */
function webSocketFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = TEXT_FRAME;
  if (head === 2) {
    frame[1] = length;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}

/** A message as it goes over the wire. */
export function framed(format: Format, text: string, type: string, position: string | null): Buffer {
  if (format === 'websocket') return webSocketFrame(text);
  return serverSentEvent(text, type, format === 'events' ? position : null);
}

/** A server-sent event; its id is what a client sends as `Last-Event-ID` when it connects again. */
function serverSentEvent(text: string, type: string, position: string | null): Buffer {
  const id = position === null ? '' : `id: ${position}\n`;
  return Buffer.from(`${id}event: ${type}\ndata: ${text}\n\n`);
}
