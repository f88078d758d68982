import { styleText } from 'node:util';
import { product } from '@ko/service/product';
import type { RunningInstance } from './running-system.ts';

export interface BannerFacts {
  readonly instances: readonly Omit<RunningInstance, 'pid'>[];
  /** URL of the Postgres server. */
  readonly postgres: string;
  /** URL of the Consul that is used, if one is. */
  readonly consul?: string | undefined;
  /** Who can sign in. */
  readonly sample: { readonly email: string; readonly password: string };
  /** Names of the processes that did not start. */
  readonly missing: readonly string[];
}

/** Where everything is, and a first thing to try, for a terminal. */
export function banner({ instances, postgres, consul, sample, missing }: BannerFacts): string {
  const edges = instances.flatMap(({ name, http, admin }) => (http === undefined ? [] : [{ name, http, admin }]));
  const services = instances.flatMap(({ name, grpc, admin }) => (grpc === undefined ? [] : [{ name, grpc, admin }]));
  const gateway = edges[0]?.http ?? '';
  const rows = [
    ...edges.map(({ name, http, admin }) => [name === 'monolith' ? 'gateway' : name, http, admin]),
    ['  try it out', `${gateway}/docs`, ''],
    ['  OpenAPI', `${gateway}/openapi.json`, ''],
    ...services.map(({ name, grpc, admin }) => [name, `grpc://${grpc}`, admin]),
    ['Postgres', postgres, ''],
    ...(consul === undefined ? [] : [['Consul', `${consul}/ui`, '']]),
  ];
  const columns = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [['', 'address', 'admin port'], ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(columns[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  const [head = '', ...table] = lines.map((line) => `  ${line}`);
  const places = new Set(edges.map(({ http }) => http)).size;
  const where = places > 1 ? 'at its own port' : 'at the port that they share';
  const note = edges.length > 1 ? `\nEach of the ${edges.length} gateways takes any request, ${where}.\n` : '';
  return `
${headline(missing)} Ctrl-C stops it.

${styleText('dim', head)}
${table.join('\n')}
${note}
Paste this into another terminal: it signs in and lists orders.

${styleText('cyan', firstCall(gateway, sample))}

`;
}

function headline(missing: readonly string[]): string {
  if (missing.length === 0) return styleText('bold', `${product.title} is up.`);
  return styleText('red', `${product.title} is up without ${missing.join(', ')}: see above why.`);
}

/** Shell commands that sign in and list orders; they need nothing but curl and sed. */
export function firstCall(gateway: string, sample: BannerFacts['sample']): string {
  return `TOKEN=$(curl -s ${gateway}/v1/sessions -H 'content-type: application/json' \\
  -d '${JSON.stringify(sample)}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -s ${gateway}/v1/orders -H "authorization: Bearer $TOKEN"; echo`;
}
