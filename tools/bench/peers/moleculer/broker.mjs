import { ServiceBroker } from 'moleculer';
import { pino } from 'pino';

const hostAndPort = (address) => {
  const [host, port] = address.split(':');
  return { host, port: Number(port) };
};

/** A node with everything switched on that ko has too. */
export function createBroker(nodeID, transporter) {
  const { host, port } = hostAndPort(process.env.METRICS_ADDRESS);
  return new ServiceBroker({
    nodeID,
    logger: { type: 'Pino', options: { pino: { destination: pino.destination({ sync: false }) } } },
    transporter: { type: 'TCP', options: { udpDiscovery: false, useHostname: false, ...transporter } },
    serializer: process.env.SERIALIZER ?? 'JSON',
    requestTimeout: 5_000,
    retryPolicy: { enabled: true, retries: 2 },
    circuitBreaker: { enabled: true },
    bulkhead: { enabled: true, concurrency: 1_000 },
    // Traces have names that are passed on; none is kept.
    tracing: { enabled: true, sampling: { rate: 0 } },
    metrics: { enabled: true, reporter: { type: 'Prometheus', options: { host, port } } },
  });
}
