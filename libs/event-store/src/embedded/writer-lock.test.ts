import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { newEvent } from '../contract-suite/samples.js';
import { StoreUnusable } from '../event-store.js';
import { openEmbeddedReader } from './embedded-reader.js';
import { openEmbeddedStore } from './embedded-store.js';
import { ChildProcess } from './testing/child-process.js';
import { itAsOtherUser, otherUser } from './testing/other-user.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

describe('a directory that is in use', () => {
  it('is refused to a second process, with the directory and the holder in the message', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const second = new ChildProcess('hold-directory', [directory]);
    expect(await second.output()).toEqual([
      `StoreUnusable: ${directory} is in use by another server (process ${process.pid}); two must not write to one store`,
    ]);
    expect(await store.append('lot-1', 'no-stream', [newEvent()])).toMatchObject({ outcome: 'appended' });
    await store.close();
  });

  it('is refused while another process holds it, and opens once that one is gone', async () => {
    const directory = temporaryDirectory();
    const server = new ChildProcess('hold-directory', [directory]);
    await server.written(1);
    const refused = openEmbeddedStore({ directory });
    await expect(refused).rejects.toThrow(StoreUnusable);
    await expect(refused).rejects.toThrow(`(process ${server.pid})`);
    await server.kill();
    await (await openEmbeddedStore({ directory })).close();
  });

  it('is refused to a second store in the same process, and opens once the first is closed', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    await expect(openEmbeddedStore({ directory })).rejects.toThrow(StoreUnusable);
    await store.close();
    await (await openEmbeddedStore({ directory })).close();
  });

  itAsOtherUser('is refused when its lock can only be read, which would keep nobody out', async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o777);
    const first = new ChildProcess('hold-directory', [directory], otherUser);
    await first.written(1);
    await first.kill();
    chmodSync(join(directory, 'writer.lock'), 0o444);
    const second = new ChildProcess('hold-directory', [directory], otherUser);
    expect(await second.output()).toEqual([
      expect.stringMatching(`^StoreUnusable: ${directory} cannot be locked: .*permission denied`),
    ]);
  });

  it('may be read', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const events = [newEvent(), newEvent()];
    await store.append('lot-1', 'no-stream', events);
    const reader = openEmbeddedReader(directory);
    expect(await reader.readAll(null, 10)).toEqual(await store.readAll(null, 10));
    await reader.close();
    await store.close();
  });
});
