import { hash } from 'node:crypto';

/** Statements that Postgres keeps for each connection at most. */
export const mostStatements = 100;

/**
 * Gives statements names, by which Postgres keeps them for the next time on the same connection: it then neither parses nor
 * plans them again. One name always stands for one text. The first hundred texts get one; '' is none.
 */
export function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();

  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= mostStatements) return '';
    const name = hash('sha256', sql, 'base64url');
    names.set(sql, name);
    return name;
  };
}
