import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../../../../deploy');

/** The path of a file or folder in deploy/. */
export function deployed(path: string): string {
  return resolve(folder, path);
}

/** What a YAML file of deploy/ says. */
export function readDeployed(path: string): unknown {
  return parse(readFileSync(deployed(path), 'utf8'));
}
