import { workspaceRoot } from '@nx/devkit';
import path from 'node:path';
import * as prettier from 'prettier';

const ignorePath = path.join(workspaceRoot, '.prettierignore');

/** The text as Prettier lays it out; as it is where Prettier does not know the kind of file, or is told to leave it. */
export async function formatted(file: string, text: string): Promise<string> {
  const filepath = path.join(workspaceRoot, file);
  const { ignored, inferredParser } = await prettier.getFileInfo(filepath, { ignorePath });
  if (ignored || inferredParser === null) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
