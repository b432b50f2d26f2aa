/**
 * What one process of Gavel does. Every process has its own read models and tells of its health and metrics.
 *
 * - `api`: the HTTP interface, commands and queries, and the spool that its bids wait in while the store is away.
 * - `projector`: what moves the domain on by itself: carries decisions over streams, opens and closes on time.
 * - `relay`: the events to Kafka.
 * - `webhooks`: the events to the addresses that partners named.
 * - `analytics`: counts by windows of time, from Kafka.
 */
export const ROLES = ['api', 'projector', 'relay', 'webhooks', 'analytics'] as const;
type ProcessRole = (typeof ROLES)[number];
export type Roles = ReadonlySet<ProcessRole>;

/** The roles in a list with commas. Throws RangeError for a name that is none, for no name at all, and for `webhooks` alone. */
export function parseRoles(list: string): Roles {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !ROLES.includes(name as ProcessRole));
  if (unknown !== undefined) throw new RangeError(`must list some of ${ROLES.join(', ')}, and "${unknown}" is none`);
  // Only where requests are answered can it be asked what became of deliveries.
  if (names.includes('webhooks') && !names.includes('api'))
    throw new RangeError('must list api beside webhooks: that process tells of its deliveries');
  return new Set(names as ProcessRole[]);
}
