import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployed } from './places.ts';

/** host:port of what stands behind the names of docker-compose.yml. */
export interface Neighbourhood {
  readonly consul: string;
  readonly prometheus: string;
  readonly exporter: string;
  readonly alertmanager: string;
}

const consul = "consul_sd_configs: [{ server: 'consul:8500', refresh_interval: 5s }]";

/**
 * A copy of deploy/prometheus whose addresses are those of a test, and that asks every second. With `targets`, processes are
 * found by that URL instead of Consul's.
 */
export function adaptedConfig(places: Neighbourhood, targets?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ko-prometheus-'));
  cpSync(deployed('prometheus'), folder, { recursive: true });
  const list = (address: string) => `static_configs: [{ targets: ['${address}'] }]`;
  change(join(folder, 'prometheus.yml'), [
    ['scrape_interval: 10s', 'scrape_interval: 1s'],
    ['scrape_timeout: 5s', 'scrape_timeout: 1s'],
    ['evaluation_interval: 10s', 'evaluation_interval: 1s'],
    [
      consul,
      targets === undefined
        ? `consul_sd_configs: [{ server: '${places.consul}', refresh_interval: 1s }]`
        : `http_sd_configs: [{ url: '${targets}', refresh_interval: 1s }]`,
    ],
    ['localhost:9090', places.prometheus],
    ['dns_sd_configs: [{ names: [alertmanager], type: A, port: 9093 }]', list(places.alertmanager)],
    ['dns_sd_configs: [{ names: [postgres-exporter], type: A, port: 9187 }]', list(places.exporter)],
  ]);
  change(join(folder, 'rules/recording.yml'), [['interval: 1m', 'interval: 1s']]);
  return folder;
}

/** Whether a Prometheus, or its promtool, was built with Consul's discovery: Debian's newer ones were not. */
export function knowsConsul(promtool: string): boolean {
  try {
    execFileSync(promtool, ['check', 'config', deployed('prometheus/prometheus.yml')], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (String(error).includes('consul_sd_configs not found')) return false;
    throw error;
  }
}

/** Paths of the files of a folder in deploy/. */
export function filesIn(path: string): readonly string[] {
  return readdirSync(deployed(path)).map((name) => join(deployed(path), name));
}

function change(file: string, changes: readonly (readonly [string, string])[]): void {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${file} has no '${from}' any more`);
    text = text.replace(from, () => to);
  }
  writeFileSync(file, text);
}
