const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const ANSWER_MS = 5_000;
/** Any two versions of a subject can be read by the other's readers. */
const COMPATIBILITY = 'FULL_TRANSITIVE';

/** The registry will never take this schema under this subject; the message says why, for the operator. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
}

interface Answer {
  readonly status: number;
  readonly body: { readonly id?: number; readonly schema?: string; readonly message?: string };
}

/** A schema registry by the REST interface of Confluent's, which the others offer too. */
export class SchemaRegistry {
  private readonly root: string;
  private readonly headers: Record<string, string> = { accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE };

  /** The address up to `/subjects`; a user and password in it are sent as basic authentication. */
  constructor(url: string) {
    const { origin, pathname, username, password } = new URL(url);
    this.root = origin + pathname.replace(/\/$/, '');
    if (username === '' && password === '') return;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }

  /**
   * The id of the schema, which is registered if it is new. A subject that is new takes only what is compatible both ways from then on;
   * the level of one that stands there is its operator's. Throws SchemaRefused, and anything else when a repeat may help.
   */
  async idOf(subject: string, schema: object): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}`;
    const known = await this.registered(path, schema);
    if (known !== null) return known;
    const versions = await this.ask('GET', `${path}/versions`, [404]);
    if (versions.status === 404) {
      // Before the schema: whatever fails in between, no version stands there unguarded.
      await this.ask('PUT', `/config/${encodeURIComponent(subject)}`, [], { compatibility: COMPATIBILITY });
    }
    const answer = await this.ask('POST', `${path}/versions`, [409, 422], { schema: JSON.stringify(schema) });
    if (answer.status === 200) return idIn(answer);
    // Another instance may have been faster.
    const since = await this.registered(path, schema);
    if (since !== null) return since;
    throw new SchemaRefused(`the schema registry refuses the schema for ${subject}: ${answer.body.message}`);
  }

  /** The text of the schema with the id. */
  async schemaOf(id: number): Promise<string> {
    const { body } = await this.ask('GET', `/schemas/ids/${id}`, []);
    if (typeof body.schema !== 'string') throw new Error(`${this.root} has no schema ${id} in its answer`);
    return body.schema;
  }

  private async registered(path: string, schema: object): Promise<number | null> {
    const answer = await this.ask('POST', path, [404], { schema: JSON.stringify(schema) });
    return answer.status === 404 ? null : idIn(answer);
  }

  /** Throws for every status but 200 and those of `expected`. */
  private async ask(method: string, path: string, expected: readonly number[], body?: object): Promise<Answer> {
    const url = this.root + path;
    const request = { method, headers: this.headers, signal: AbortSignal.timeout(ANSWER_MS) };
    const response = await fetch(url, body === undefined ? request : { ...request, body: JSON.stringify(body) }).catch(
      (error: Error) => {
        const { message } = (error.cause ?? error) as Error;
        throw new Error(`the schema registry ${this.root} does not answer: ${message}`, { cause: error });
      },
    );
    const text = await response.text();
    if (response.status !== 200 && !expected.includes(response.status)) {
      throw new Error(`the schema registry answers ${response.status} to ${method} ${url}: ${text.slice(0, 300)}`);
    }
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch (error) {
      throw new Error(`the schema registry does not answer ${method} ${url} in JSON`, { cause: error });
    }
  }
}

function idIn({ body: { id } }: Answer): number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 32) return id as number;
  throw new Error(`the schema registry answers with the id ${id}`);
}
