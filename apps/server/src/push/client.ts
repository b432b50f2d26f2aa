import type { Principal } from '../auth/principal.js';
import type { Connection, Subscriber } from './subscriber.js';

export interface NewClient {
  readonly principal: Principal;
  readonly connection: Connection;
  /** Whether the credential is still valid; asked now and then. */
  isStillValid(): boolean | Promise<boolean>;
}

export interface Client extends NewClient {
  readonly subscriber: Subscriber;
}
