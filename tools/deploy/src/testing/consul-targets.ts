import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An entry of Consul's `/v1/health/service/<name>`. */
interface Entry {
  readonly Service: {
    readonly Service: string;
    readonly Address: string;
    readonly Port: number;
    readonly Meta: Readonly<Record<string, string>> | null;
  };
}

export interface ConsulTargets extends AsyncDisposable {
  readonly url: string;
}

/**
 * Says by HTTP what Consul knows, labelled as Prometheus labels it: stands for `consul_sd_configs` before a Prometheus that was
 * built without. `consul` is its URL.
 */
export async function consulTargets(consul: string): Promise<ConsulTargets> {
  const ask = async <Answer>(path: string) => (await (await fetch(`${consul}/v1/${path}`)).json()) as Answer;
  const server = createServer((_request, response) => {
    const entries = async () => {
      const services = Object.keys(await ask<Readonly<Record<string, unknown>>>('catalog/services'));
      return (await Promise.all(services.map(async (name) => ask<readonly Entry[]>(`health/service/${name}`)))).flat();
    };
    entries().then(
      (all) => response.setHeader('content-type', 'application/json').end(JSON.stringify(all.map(groupOf))),
      () => response.writeHead(503).end(), // Consul does not answer yet.
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function groupOf({ Service: { Service, Address, Port, Meta } }: Entry): object {
  const meta = Object.entries(Meta ?? {}).map(([key, value]) => [`__meta_consul_service_metadata_${key}`, value]);
  const labels = { __meta_consul_service: Service, ...(Object.fromEntries(meta) as object) };
  return { targets: [`${Address}:${Port}`], labels };
}
