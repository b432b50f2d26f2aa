import {
  type AppendResult,
  type EventToAppend,
  type ExpectedRevision,
  type Position,
  StoreUnavailable,
} from '#event-store/event-store.js';
import { MemoryEventStore } from './memory-event-store.js';

/**
 * - `up`: answers.
 * - `down`: refuses at once; nothing is stored.
 * - `mute`: stores appends and never says so; reads are not answered either.
 * - `gone`: nothing arrives, nothing is answered.
 */
export type Outage = 'up' | 'down' | 'mute' | 'gone';

/**
 * An event store in memory that may be away. What was not answered is answered with an ambiguous failure when it is `up` again.
 * Followers notice nothing.
 */
export class FailingEventStore extends MemoryEventStore {
  private outage: Outage = 'up';
  private readonly unanswered = new Set<(error: StoreUnavailable) => void>();

  set(outage: Outage): void {
    this.outage = outage;
    if (outage !== 'up') return;
    for (const reject of this.unanswered) reject(new StoreUnavailable('no answer', true));
    this.unanswered.clear();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<AppendResult> {
    if (this.outage === 'mute') this.commit(stream, expected, events);
    await this.reached();
    return super.append(stream, expected, events);
  }

  override async readStream(...args: Parameters<MemoryEventStore['readStream']>) {
    await this.reached();
    return super.readStream(...args);
  }

  override async readAll(...args: Parameters<MemoryEventStore['readAll']>) {
    await this.reached();
    return super.readAll(...args);
  }

  override async head() {
    await this.reached();
    return super.head();
  }

  override async idAt(position: Position) {
    await this.reached();
    return super.idAt(position);
  }

  private async reached(): Promise<void> {
    if (this.outage === 'down') throw new StoreUnavailable('the store is down', false);
    if (this.outage === 'up') return;
    await new Promise<never>((_, reject) => this.unanswered.add(reject));
  }
}
