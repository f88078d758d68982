import { EventEmitter } from 'node:events';
import type Consul from 'consul';

/** What Consul says, and the index of its state that this is from. */
export interface Answer {
  readonly index: bigint;
  readonly body: unknown;
}

/** What the client takes for a question that can be cancelled and whose headers are wanted; its types leave it out. */
export interface Cancellation {
  readonly ctx: EventEmitter & { includeResponse: boolean };
}

/** A client, loaded and made when there is something to ask: most processes find each other in other ways. */
export function clientOf(options: ConstructorParameters<typeof Consul>[0]): () => Promise<Consul> {
  let client: Promise<Consul> | undefined;
  return async () => (client ??= import('consul').then(({ default: Client }) => new Client(options)));
}

/** Asks Consul until the signal aborts: then the answer is empty. Rejects when Consul refuses or does not answer. */
export async function ask(signal: AbortSignal, question: (ctx: Cancellation) => Promise<unknown>): Promise<Answer> {
  const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
  const cancel = (): void => void ctx.emit('cancel');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const [response, body] = (await question({ ctx })) as [{ headers: Record<string, string> }, unknown];
    return { index: BigInt(response.headers['x-consul-index'] ?? 0), body };
  } catch (error) {
    if (signal.aborted) return { index: 0n, body: [] };
    throw new Error(`Consul: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Whether Consul has refused because it does not know the service, rather than the token that was sent with the question. */
export function isUnknownService(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  return ('statusCode' in cause && cause.statusCode === 404) || cause.message.startsWith('Unknown service');
}
