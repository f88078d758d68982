// Debian builds Prometheus without its discovery by Consul. This plays that part for it, by its discovery over HTTP: same
// labels, from the same catalogue. `node prometheus.mjs <arguments of prometheus>`
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const consul = /consul_sd_configs: \[\{ server: '([^']+)'(?:, refresh_interval: \w+)? \}\]/;
const given = '/etc/prometheus';
const folder = mkdtempSync('/tmp/prometheus-');
const config = readFileSync(`${given}/prometheus.yml`, 'utf8');
const [, server] = consul.exec(config);

symlinkSync(`${given}/rules`, `${folder}/rules`);
const overHttp = "http_sd_configs: [{ url: 'http://127.0.0.1:9099', refresh_interval: 1s }]";
writeFileSync(`${folder}/prometheus.yml`, config.replace(consul, overHttp));

createServer((_, response) => {
  targets().then(
    (groups) => response.setHeader('content-type', 'application/json').end(JSON.stringify(groups)),
    () => response.writeHead(503).end(), // Consul does not answer yet.
  );
}).listen(9099, '127.0.0.1');

const args = process.argv.slice(2).map((arg) => arg.replace(`${given}/prometheus.yml`, `${folder}/prometheus.yml`));
const prometheus = spawn('/bin/prometheus', args, { stdio: 'inherit' });
prometheus.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => prometheus.kill(signal));

async function targets() {
  const names = Object.keys(await ask('/v1/catalog/services'));
  const services = await Promise.all(names.map((name) => ask(`/v1/catalog/service/${name}`)));
  return services.flat().map(({ Address, ServiceAddress, ServicePort, ServiceName, ServiceID, ServiceMeta }) => ({
    targets: [`${ServiceAddress || Address}:${ServicePort}`],
    labels: {
      __meta_consul_service: ServiceName,
      __meta_consul_service_id: ServiceID,
      ...Object.fromEntries(
        Object.entries(ServiceMeta).map(([key, value]) => [`__meta_consul_service_metadata_${key}`, value]),
      ),
    },
  }));
}

async function ask(path) {
  return (await fetch(`http://${server}${path}`)).json();
}
