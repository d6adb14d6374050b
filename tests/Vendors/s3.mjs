// A server with the interface of Amazon S3, with one bucket. It prints its port, and ends when its input does.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

const directory = mkdtempSync(join(tmpdir(), 's3-'));
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: 'files' }] });
const { port } = await server.run();
console.log(port);
process.stdin.on('end', async () => {
  await server.close();
  rmSync(directory, { recursive: true });
  process.exit();
}).resume();
