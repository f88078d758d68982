// Debian builds Prometheus without its discovery by Consul. This has it ask over HTTP instead, for the same labels.
// `node prometheus.mjs <arguments of prometheus>`
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { consulTargets } from './consul-targets.ts';

const consul = /consul_sd_configs: \[\{ server: '([^']+)'.*\}\]/;
const given = '/etc/prometheus';
const folder = mkdtempSync('/tmp/prometheus-');
const config = readFileSync(`${given}/prometheus.yml`, 'utf8');

const [, server] = consul.exec(config);
const { url } = await consulTargets(`http://${server}`);
symlinkSync(`${given}/rules`, `${folder}/rules`);
const overHttp = `http_sd_configs: [{ url: '${url}', refresh_interval: 1s }]`;
writeFileSync(`${folder}/prometheus.yml`, config.replace(consul, overHttp));

const args = process.argv.slice(2).map((arg) => arg.replace(`${given}/prometheus.yml`, `${folder}/prometheus.yml`));
const prometheus = spawn('/bin/prometheus', args, { stdio: 'inherit' });
prometheus.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => prometheus.kill(signal));
