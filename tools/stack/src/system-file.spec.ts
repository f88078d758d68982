import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderInUse, readSystem, SystemFile } from './system-file.ts';

describe('the file of a system', () => {
  let folder = '';

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ko-system-file-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('says what runs, as long as it runs', () => {
    const file = new SystemFile(join(folder, 'new'));
    const path = join(folder, 'new/system.json');

    file.update({ ready: true, processes: { user: 7 } });

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      pid: process.pid,
      ready: true,
      processes: { user: 7 },
    });
    file.remove();
    expect(existsSync(path)).toBe(false);
  });

  test('is for its owner only, since who has the token controls the system', () => {
    const file = new SystemFile(folder);

    file.update({ control: { url: 'http://127.0.0.1:1', token: 'secret' } });

    expect(statSync(join(folder, 'system.json')).mode & 0o777).toBe(0o600);
  });

  test('tells others of the system while it runs, and of none that has died', () => {
    const file = new SystemFile(folder);
    const running = readSystem(folder);
    file.remove();
    const removed = readSystem(folder);
    write({ pid: 2 ** 22 + 1 });

    expect([running?.pid, removed, readSystem(folder)]).toEqual([process.pid, undefined, undefined]);
  });

  test('keeps a second system out of the folder, and says what to do', () => {
    write({ pid: process.ppid });

    expect(() => new SystemFile(folder)).toThrow(FolderInUse);
    expect(() => new SystemFile(folder)).toThrow(
      new RegExp(`process ${process.ppid}.*npm start -- --data .* --port`, 's'),
    );
  });

  test.each([
    ['a dead system', JSON.stringify({ pid: 2 ** 22 + 1 })],
    ['half a file', '{"pid":'],
  ])('takes over what %s left behind', (_whose, content) => {
    writeFileSync(join(folder, 'system.json'), content);

    const file = new SystemFile(folder);

    expect(file.state.pid).toBe(process.pid);
  });

  function write(state: object): void {
    writeFileSync(join(folder, 'system.json'), JSON.stringify(state));
  }
});
