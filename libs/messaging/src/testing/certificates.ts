import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * An authority of its own and what it signed, in the directory: ca.pem; broker.pem (key and certificate for 127.0.0.1); client.pem and
 * client.key; stranger.pem, an authority that signed none of them.
 */
export async function makeCertificates(cwd: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd });
  const days = ['-days', '2'];
  for (const name of ['ca', 'stranger']) {
    await openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      ...days,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  }
  await writeFile(`${cwd}/names`, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const name of ['broker', 'client']) {
    await openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      ...days,
      '-extfile',
      'names',
      '-out',
      `${name}.pem`,
    );
  }
  const parts = await Promise.all(['broker.key', 'broker.pem', 'ca.pem'].map((name) => readFile(`${cwd}/${name}`)));
  await writeFile(`${cwd}/broker.pem`, Buffer.concat(parts));
}
