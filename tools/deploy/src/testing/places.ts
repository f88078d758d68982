import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../../../../deploy');

/** The path of a file or folder in deploy/. */
export function deployed(path: string): string {
  return resolve(folder, path);
}

/** What a file of deploy/ says: which of it there is, its reader has to know. */
export function readDeployed<Content>(path: string): Content {
  return parse(readFileSync(deployed(path), 'utf8')) as Content;
}
