import type { Registrar } from '@ko/discovery';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Neighbour } from './neighbour.ts';

/** Shows who is known, reachable and trusted of the neighbours, and whether the process itself is registered. */
export function observeDiscovery(
  registry: Registry,
  neighbours: readonly Neighbour[],
  registrar: Registrar | undefined,
): void {
  observeNeighbours(registry, neighbours);
  observeCircuits(registry, neighbours);
  if (registrar !== undefined) observeRegistration(registry, registrar);
}

function observeNeighbours(registry: Registry, neighbours: readonly Neighbour[]): void {
  const registers = [registry];
  new Gauge({
    name: 'discovery_instances',
    help: 'Instances of a neighbour that are known, by whether calls can reach them.',
    labelNames: ['neighbour', 'link'],
    registers,
    collect() {
      this.reset();
      for (const { service, view } of neighbours) {
        for (const link of ['connecting', 'serving', 'draining', 'unreachable'] as const) {
          const count = view.instances.filter((instance) => instance.link === link).length;
          this.set({ neighbour: service, link }, count);
        }
      }
    },
  });
  new Gauge({
    name: 'discovery_age_seconds',
    help: 'Time since the list of instances of a neighbour was last confirmed.',
    labelNames: ['neighbour'],
    registers,
    collect() {
      for (const { service, view } of neighbours) {
        if (view.confirmed !== undefined) this.set({ neighbour: service }, (Date.now() - view.confirmed) / 1000);
      }
    },
  });
  new Gauge({
    name: 'discovery_up',
    help: 'Whether the source of the list of instances stands by it: 1 or 0.',
    labelNames: ['neighbour'],
    registers,
    collect() {
      for (const { service, view } of neighbours) this.set({ neighbour: service }, view.fault === undefined ? 1 : 0);
    },
  });
}

function observeCircuits(registry: Registry, neighbours: readonly Neighbour[]): void {
  const registers = [registry];
  new Gauge({
    name: 'circuit_open',
    help: 'Whether calls to an instance are held back: 1, half open 0.5, or 0.',
    labelNames: ['neighbour', 'address'],
    registers,
    collect() {
      this.reset();
      for (const { service, view } of neighbours) {
        for (const { instance, circuit } of view.instances) {
          this.set({ neighbour: service, address: instance.address }, openness[circuit.state]);
        }
      }
    },
  });
  new Gauge({
    name: 'circuit_next_probe_seconds',
    help: 'Time until an instance whose circuit is open is asked whether it is well again.',
    labelNames: ['neighbour', 'address'],
    registers,
    collect() {
      this.reset();
      for (const { service, view } of neighbours) {
        for (const { instance, circuit } of view.instances) {
          if (circuit.state !== 'open') continue;
          const left = Math.max(0, circuit.nextProbe - Date.now()) / 1000;
          this.set({ neighbour: service, address: instance.address }, left);
        }
      }
    },
  });
  new Counter({
    name: 'circuit_opened_total',
    help: 'How often circuits have opened, by cause: failures in a row, more failures than elsewhere, no sign of life.',
    labelNames: ['neighbour', 'cause'],
    registers,
    collect() {
      this.reset();
      for (const { service, view } of neighbours) {
        for (const [cause, count] of Object.entries(view.opened)) this.inc({ neighbour: service, cause }, count);
      }
    },
  });
}

const openness = { closed: 0, 'half open': 0.5, open: 1 } as const;

function observeRegistration(registry: Registry, registrar: Registrar): void {
  new Gauge({
    name: 'registration_up',
    help: 'Whether the registry says what the process is: 1 or 0.',
    registers: [registry],
    collect() {
      this.set(registrar.state.fault === undefined ? 1 : 0);
    },
  });
  new Counter({
    name: 'registration_puts_total',
    help: 'How often the process had to be put into the registry: more than once if it was gone.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(registrar.state.puts);
    },
  });
}
