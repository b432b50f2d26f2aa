/** What a connection string says that is not left to the client. */
export interface Connection {
  /** In the form that the client understands. */
  readonly url: string;
  /** Who writes; without TLS the server asks nobody. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** `host` or `host:port`, as they were given. */
  readonly hosts: readonly string[];
  /** For people: without the password. */
  readonly shown: string;
}

/** A connection string that cannot be used; the message says why, without the password. */
export class BadConnectionString extends Error {
  override readonly name = 'BadConnectionString';
}

/** All that servers and clients write; the client used here knows only those from before EventStoreDB became KurrentDB. */
const SCHEMES = ['esdb', 'kurrentdb', 'kurrent', 'kdb'];
const BAD_SCHEME =
  'must begin with esdb://, kurrentdb://, kurrent:// or kdb://, with +discover before the colon for the one name of a cluster';

const OPTIONS: Readonly<Record<string, RegExp>> = {
  tls: /^(true|false)$/,
  // The client would take what stands before an @ for credentials.
  tlscafile: /^[^@]+$/,
  tlsverifycert: /^true$/,
  nodepreference: /^leader$/i,
  connectionname: /^[^@]+$/,
  keepaliveinterval: /^-?\d+$/,
  keepalivetimeout: /^-?\d+$/,
  maxdiscoverattempts: /^\d+$/,
  discoveryinterval: /^\d+$/,
  gossiptimeout: /^\d+$/,
};

const HINTS: Readonly<Record<string, string>> = {
  tlsverifycert: 'the client always checks certificates; give your own authority as tlsCAFile',
  nodepreference: 'only the leader answers with what was just written',
};

/** Insecure servers take anything: it makes the client write with one call for each append (see EventStoreDb). */
const NOBODY = { username: 'gavel', password: 'gavel' };

/** Reads `esdb://user:password@host:2113?tls=true`. Throws BadConnectionString. */
export function parseConnectionString(text: string): Connection {
  const match = /^([^:/?#]+):\/\/(?:([^@/?]*)@)?([^/?@]+)\/?(?:\?(.*))?$/.exec(text.trim());
  if (match === null) throw new BadConnectionString('must look like esdb://user:password@host:2113?tls=true');
  const [, scheme = '', user, hosts = '', query = ''] = match;
  const [name = '', discover] = scheme.split(/(?=\+discover$)/);
  if (!SCHEMES.includes(name)) {
    throw new BadConnectionString(BAD_SCHEME);
  }
  checkHosts(hosts);
  const options = query === '' ? [] : query.split('&').map(checkOption);
  const tls = !options.some(([name, value]) => name === 'tls' && value === 'false');
  if (tls && user === undefined)
    throw new BadConnectionString('needs user:password@ in front of the host, or tls=false');
  return {
    url: `esdb${discover ?? ''}://${user === undefined ? '' : `${user}@`}${hosts}${query === '' ? '' : `?${query}`}`,
    credentials: user === undefined ? NOBODY : credentialsIn(user),
    hosts: hosts.split(','),
    shown: `${scheme}://${hosts}${query === '' ? '' : `?${query}`}`,
  };
}

function checkHosts(hosts: string): void {
  for (const host of hosts.split(',')) {
    const port = /^[^:\s]+(?::(\d+))?$/.exec(host);
    if (port === null || Number(port[1] ?? 2113) > 65_535) throw new BadConnectionString(`${host} is no host:port`);
  }
}

function checkOption(option: string): [name: string, value: string] {
  const [key = '', value = ''] = option.split('=');
  const name = key.trim().toLowerCase().replace(/[_-]/g, '');
  const pattern = OPTIONS[name];
  if (pattern === undefined) throw new BadConnectionString(`has the option ${key}, which Gavel does not know`);
  if (!pattern.test(value)) {
    const hint = HINTS[name];
    throw new BadConnectionString(`has ${key}=${value}, which cannot be${hint === undefined ? '' : `: ${hint}`}`);
  }
  return [name, value];
}

function credentialsIn(user: string): Connection['credentials'] {
  const [username = '', password = ''] = user.split(':');
  if (username === '' || password === '' || user.split(':').length > 2) {
    throw new BadConnectionString('needs user:password in front of @, with : and @ in them written as %3A and %40');
  }
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new BadConnectionString('has a user or password with a % that begins no escape: write it as %25');
  }
}
