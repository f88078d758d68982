// `npm run hash`: reads a password from standard input and prints its hash, for BASIC_ACCOUNTS.
import { text } from 'node:stream/consumers';
import { hashPassword } from '@ko/middleware';

if (process.stdin.isTTY) console.error('Type the password, then Enter and Ctrl-D:');
const password = (await text(process.stdin)).replace(/\r?\n$/, '');
if (password.length < 16) {
  console.error('A machine can remember 16 characters and more.');
  process.exit(1);
}
console.log(await hashPassword(password));
