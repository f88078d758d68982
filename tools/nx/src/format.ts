import { workspaceRoot } from '@nx/devkit';
import path from 'node:path';
import * as prettier from 'prettier';

/** The text as Prettier lays it out; as it is where Prettier does not know the kind of file. */
export async function formatted(file: string, text: string): Promise<string> {
  const filepath = path.join(workspaceRoot, file);
  const { inferredParser } = await prettier.getFileInfo(filepath);
  if (inferredParser === null) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
