import { Counter, Gauge, type Registry } from 'prom-client';

/** What an operator sees of the push. */
export class PushMetrics {
  readonly connections: Gauge;
  readonly sent: Counter;
  readonly dropped: Counter;
  readonly backlog: Gauge;
  readonly lagSeconds: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.connections = new Gauge({
      name: 'gavel_push_connections',
      help: 'Clients that are connected by WebSocket or server-sent events',
      registers,
    });
    this.sent = new Counter({
      name: 'gavel_push_messages_total',
      help: 'Messages written to clients, one for each client',
      registers,
    });
    this.dropped = new Counter({
      name: 'gavel_push_dropped_messages_total',
      help: 'Messages that a slow client did not get: a fresh snapshot stood for them',
      registers,
    });
    this.backlog = new Gauge({
      name: 'gavel_push_backlog_clients',
      help: 'Clients that wait for their turn to be written to',
      registers,
    });
    this.lagSeconds = new Gauge({
      name: 'gavel_push_lag_seconds',
      help: 'From the commit of the newest event to its hand-over to the clients',
      registers,
    });
  }
}
