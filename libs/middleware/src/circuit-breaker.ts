import {
  circuitBreaker as breakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { StatusError, type Code, type Middleware } from '@ko/endpoint';

export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly threshold?: number;
  /** Milliseconds before an open circuit lets one trial call through. */
  readonly halfOpenAfter?: number;
  /** Told whenever the circuit opens or closes. */
  readonly onChange?: (state: 'open' | 'half open' | 'closed') => void;
}

const outages: ReadonlySet<Code> = new Set(['unknown', 'deadline_exceeded', 'internal', 'unavailable', 'data_loss']);

/**
 * Stops calling an endpoint that keeps failing, and rejects with `unavailable` at once.
 *
 * One middleware holds one circuit: wrap two endpoints with the same value and they share it. A stream counts by how it
 * begins.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): Middleware {
  const { threshold = 5, halfOpenAfter = 1_000, onChange } = options;
  const policy = breakerPolicy(handleWhen(isOutage), { breaker: new ConsecutiveBreaker(threshold), halfOpenAfter });
  if (onChange !== undefined) policy.onStateChange((state) => onChange(nameOf(state)));

  return (next, method) => async (request, context) => {
    try {
      return await policy.execute(() => next(request, context));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      const message = `${method.parent.typeName} keeps failing: calls to it are held back for a moment`;
      throw new StatusError('unavailable', message, {
        reason: 'CIRCUIT_OPEN',
        retryAfter: halfOpenAfter,
        cause: error,
      });
    }
  };
}

/** A caller's mistake says nothing about the health of the callee. */
function isOutage(error: unknown): boolean {
  return outages.has(StatusError.from(error).code);
}

function nameOf(state: CircuitState): 'open' | 'half open' | 'closed' {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half open' : 'open';
}
