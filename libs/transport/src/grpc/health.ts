import { EventEmitter, once } from 'node:events';
import { HealthCheckResponse_ServingStatus as Status, type Health as HealthContract } from '@ko/contracts/grpc';
import { StatusError, type Endpoints } from '@ko/endpoint';

/** Which services of a server take requests, as the health checking protocol of gRPC tells. */
export class Health {
  readonly endpoints: Endpoints<typeof HealthContract> = {
    check: async ({ service }) => {
      const status = this.#statuses.get(service);
      if (status === undefined) throw new StatusError('not_found', 'there is no such service');
      return { status };
    },
    list: async () => ({
      statuses: Object.fromEntries([...this.#statuses].map(([service, status]) => [service, { status }])),
    }),
    watch: async ({ service }, { signal }) => this.#watch(service, signal),
  };
  readonly #statuses = new Map<string, Status>([['', Status.NOT_SERVING]]);
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #stopped = false;

  /** Adds a service. It serves when all others do. */
  add(service: string): void {
    this.#statuses.set(service, this.#statuses.get('') ?? Status.NOT_SERVING);
  }

  start(): void {
    this.#set(Status.SERVING);
  }

  /** Tells those who ask or watch that no service takes requests any more, and ends all watches. */
  stop(): void {
    this.#stopped = true;
    this.#set(Status.NOT_SERVING);
  }

  #set(status: Status): void {
    for (const service of this.#statuses.keys()) this.#statuses.set(service, status);
    this.#changes.emit('change');
  }

  async *#watch(service: string, signal: AbortSignal): AsyncGenerator<{ status: Status }> {
    let told: Status | undefined;
    for (;;) {
      const status = this.#statuses.get(service) ?? Status.SERVICE_UNKNOWN;
      if (status !== told) {
        told = status;
        yield { status };
      } else if (this.#stopped) {
        return;
      } else {
        await once(this.#changes, 'change', { signal });
      }
    }
  }
}
