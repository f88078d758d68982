import { styleText } from 'node:util';
import { addresses } from './plan.ts';
import type { Ports } from './ports.ts';
import type { Service } from './services.ts';

export interface BannerFacts {
  readonly monolith: boolean;
  readonly services: readonly Service[];
  readonly ports: Ports;
  /** URL of the Postgres server. */
  readonly postgres: string;
  /** Who can sign in. */
  readonly sample: { readonly email: string; readonly password: string };
  /** Names of the processes that did not start. */
  readonly missing: readonly string[];
}

/** Where everything is, and a first thing to try, for a terminal. */
export function banner({ monolith, services, ports, postgres, sample, missing }: BannerFacts): string {
  const { gateway, admin, services: each } = addresses(ports);
  const rows = [
    ['gateway', gateway, admin],
    ['  try it out', `${gateway}/docs`, ''],
    ['  OpenAPI', `${gateway}/openapi.json`, ''],
    ...(monolith
      ? []
      : services.map(({ name }, index) => [name, `grpc://${each[index]?.grpc}`, each[index]?.admin ?? ''])),
    ['Postgres', postgres, ''],
  ];
  const columns = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [['', 'address', 'admin port'], ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(columns[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  const [head = '', ...table] = lines.map((line) => `  ${line}`);
  return `
${headline(missing)} Ctrl-C stops it.

${styleText('dim', head)}
${table.join('\n')}

Paste this into another terminal: it signs in and lists orders.

${styleText('cyan', firstCall(gateway, sample))}

`;
}

function headline(missing: readonly string[]): string {
  if (missing.length === 0) return styleText('bold', 'ko is up.');
  return styleText('red', `ko is up without ${missing.join(', ')}: see above why.`);
}

/** Shell commands that sign in and list orders; they need nothing but curl and sed. */
export function firstCall(gateway: string, sample: BannerFacts['sample']): string {
  return `TOKEN=$(curl -s ${gateway}/v1/sessions -H 'content-type: application/json' \\
  -d '${JSON.stringify(sample)}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -s ${gateway}/v1/orders -H "authorization: Bearer $TOKEN"; echo`;
}
