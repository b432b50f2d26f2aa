import { uuidV5 } from '#platform/uuid.js';

/** Four words of the id, one of the revision plus 1: 0 marks a free slot. */
const WORDS = 5;
const FIRST_SLOTS = 64;
/** Beyond this the searches become long. */
const FULL = 0.7;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * At which revision of a stream the commands under an idempotency key begin: twenty bytes a command at most of 0.7 full, so that a
 * lot of a million keyed bids is remembered in tens of megabytes, outside the heap. What else is known of a command stands in the
 * stream. An id is 128 bits, so a command is found or not: there is no chance in it.
 */
export class CommandIndex {
  #words: Uint32Array;
  #count = 0;

  constructor(slots = FIRST_SLOTS) {
    this.#words = new Uint32Array(slots * WORDS);
  }

  get size(): number {
    return this.#count;
  }

  /** The revision of the command's first event. */
  get(commandId: string): number | undefined {
    const revision = (this.#words[this.#slotOf(wordsOf(commandId)) + 4] as number) - 1;
    return revision < 0 ? undefined : revision;
  }

  /** Of several events of a command the first one counts. */
  remember(commandId: string, revision: number): void {
    const id = wordsOf(commandId);
    const at = this.#slotOf(id);
    if (this.#words[at + 4] !== 0) return;
    this.#put(at, id, revision + 1);
    this.#count += 1;
    if (this.#count * WORDS > this.#words.length * FULL) this.#grow();
  }

  /** A copy, for a file; `fromBytes` reads it. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#words.slice().buffer);
  }

  /** Throws RangeError for what is no index. */
  static fromBytes(bytes: Uint8Array): CommandIndex {
    const slots = bytes.byteLength / (WORDS * Uint32Array.BYTES_PER_ELEMENT);
    if (slots < FIRST_SLOTS || !Number.isInteger(Math.log2(slots))) throw new RangeError('not an index of commands');
    const index = new CommandIndex(slots);
    new Uint8Array(index.#words.buffer).set(bytes);
    for (let at = 4; at < index.#words.length; at += WORDS) if (index.#words[at] !== 0) index.#count += 1;
    return index;
  }

  /** Where the id stands, or would. The last word of an id is random or hashed in every version. */
  #slotOf(id: readonly number[]): number {
    const words = this.#words;
    const slots = words.length / WORDS;
    for (let slot = (id[3] as number) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = slot * WORDS;
      if (words[at + 4] === 0) return at;
      if (words[at] === id[0] && words[at + 1] === id[1] && words[at + 2] === id[2] && words[at + 3] === id[3])
        return at;
    }
  }

  #put(at: number, id: readonly number[], revision: number): void {
    this.#words.set(id, at);
    this.#words[at + 4] = revision;
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += WORDS) {
      const revision = before[at + 4] as number;
      if (revision === 0) continue;
      const id = [...before.subarray(at, at + 4)];
      this.#put(this.#slotOf(id), id, revision);
    }
  }
}

function wordsOf(commandId: string): number[] {
  const uuid = UUID.test(commandId) ? commandId : uuidV5(commandId);
  const hex = uuid.replaceAll('-', '');
  return [0, 8, 16, 24].map((from) => Number.parseInt(hex.slice(from, from + 8), 16));
}
