import { once, EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { Circuit, type CircuitState } from './circuit.ts';

/** A circuit to an instance whose health the test decides. */
function circuitTo(instance: { isAlive: boolean }) {
  const states: CircuitState[] = [];
  const changes = new EventEmitter();
  const circuit = new Circuit({
    threshold: 3,
    openFor: 20,
    maxOpenFor: 40,
    probe: async () => (instance.isAlive ? Promise.resolve() : Promise.reject(new Error('no answer'))),
    changed: (state) => {
      states.push(state);
      changes.emit(state.state);
    },
  });
  return { circuit, states, becomes: async (state: CircuitState['state']) => once(changes, state) };
}

function failThrice(circuit: Circuit): void {
  for (let call = 0; call < 3; call++) {
    circuit.fail(circuit.enter());
  }
}

describe('a circuit', () => {
  test('opens after so many failures in a row, and says why and until when', () => {
    const { circuit } = circuitTo({ isAlive: false });

    failThrice(circuit);

    expect(circuit.admits).toBe(false);
    expect(circuit.state).toMatchObject({ state: 'open', reason: '3 calls in a row have failed' });
    expect(circuit.state).toHaveProperty('nextProbe', expect.any(Number));
    circuit.stop();
  });

  test('stays closed when a success comes between', () => {
    const { circuit } = circuitTo({ isAlive: true });

    circuit.fail(circuit.enter());
    circuit.fail(circuit.enter());
    circuit.succeed(circuit.enter());
    circuit.fail(circuit.enter());
    circuit.fail(circuit.enter());

    expect(circuit.state).toEqual({ state: 'closed' });
  });

  test('lets one call at a time through once a probe has succeeded, and closes with its success', async () => {
    const { circuit, becomes } = circuitTo({ isAlive: true });
    const halfOpen = becomes('half open');
    failThrice(circuit);
    await halfOpen;

    const before = circuit.admits;
    const trial = circuit.enter();
    const meanwhile = circuit.admits;
    circuit.succeed(trial);

    expect([before, meanwhile]).toEqual([true, false]);
    expect(circuit.state).toEqual({ state: 'closed' });
  });

  test('opens again when the trial fails, or its probe does', async () => {
    const instance = { isAlive: true };
    const { circuit, becomes, states } = circuitTo(instance);
    const halfOpen = becomes('half open');
    failThrice(circuit);
    await halfOpen;

    instance.isAlive = false;
    circuit.fail(circuit.enter());
    await becomes('open');
    instance.isAlive = true;
    await becomes('half open');

    expect(states.map(({ state }) => state)).toEqual(['open', 'half open', 'open', 'open', 'half open']);
    expect(states[3]).toMatchObject({ reason: 'a probe has failed: no answer' });
    circuit.stop();
  });

  test('is let alone by a trial that says nothing', async () => {
    const { circuit, becomes } = circuitTo({ isAlive: true });
    const halfOpen = becomes('half open');
    failThrice(circuit);
    await halfOpen;

    circuit.leave(circuit.enter());

    expect(circuit.state.state).toBe('half open');
    expect(circuit.admits).toBe(true);
  });

  test.each(['succeed', 'fail', 'leave'] as const)(
    'is let alone by calls that passed before it opened, and %s',
    async (end) => {
      const { circuit, becomes } = circuitTo({ isAlive: true });
      const halfOpen = becomes('half open');
      const early = circuit.enter();
      failThrice(circuit);
      await halfOpen;

      circuit.enter();
      circuit[end](early);

      expect(circuit.state.state).toBe('half open');
      expect(circuit.admits).toBe(false);
    },
  );

  test('is probed no more once it is stopped, also when a probe is under way', async () => {
    const answer = Promise.withResolvers<undefined>();
    const probe = vi.fn(async () => answer.promise);
    const changed = vi.fn();
    const circuit = new Circuit({ openFor: 1, maxOpenFor: 1, probe, changed });
    circuit.trip('silence', 'it hangs');
    await expect.poll(() => probe.mock.calls.length).toBe(1);

    circuit.stop();
    answer.reject(new Error('gone'));
    await delay(50);

    expect(probe).toHaveBeenCalledTimes(1);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  test('can be opened for another reason, and closed by hand', () => {
    const { circuit } = circuitTo({ isAlive: false });

    circuit.trip('silence', 'it hangs');
    const tripped = circuit.state;
    circuit.reset();

    expect(tripped).toMatchObject({ state: 'open', cause: 'silence', reason: 'it hangs' });
    expect(circuit.admits).toBe(true);
  });
});
