// Runs scripts of this folder, one for each line of input: starting Node.js takes longer than any of them.
import { createInterface } from 'node:readline';

const settings = { ...process.env };
let runs = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { script, argument, environment } = JSON.parse(line);
  process.argv[2] = argument;
  process.env = { ...settings, ...environment };

  // A module runs once for each address.
  await import(`./${script}?run=${runs++}`);
}
