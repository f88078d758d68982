import { existsSync, readdirSync } from 'node:fs';
import { urlVariable } from '@ko/service';
import type { z } from 'zod';

/** An app that runs as a process of its own, and what it reads from its environment. */
export interface Process {
  readonly name: string;
  readonly config: z.ZodObject;
  /** The services that it finds by a URL. */
  readonly calls: readonly string[];
  readonly hasDatabase: boolean;
}

const folder = new URL('../../../../apps/', import.meta.url);

/** All apps that can be run, generated ones too. */
export async function readProcesses(): Promise<readonly Process[]> {
  const names = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/src/main.ts`, folder)));
  return Promise.all(
    names.map(async (name) => {
      const config = await configOf(name);
      const calls = names.filter((other) => urlVariable(other) in config.shape);
      return { name, config, calls, hasDatabase: 'DATABASE_URL' in config.shape };
    }),
  );
}

async function configOf(name: string): Promise<z.ZodObject> {
  const module = (await import(new URL(`${name}/src/config.ts`, folder).href)) as object;
  const variable = `${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Config`;
  const config = new Map(Object.entries(module)).get(variable) as z.ZodObject | undefined; // All are made by z.object.
  if (config === undefined) throw new Error(`apps/${name}/src/config.ts exports no ${variable}`);
  return config;
}
