/** Who is told that a signal has aborted. */
export interface AbortListener {
  handleEvent(): void;
}

const owner = Symbol('the controller of a signal');

interface CallSignal extends AbortSignal {
  [owner]?: CallController;
}

/**
 * An AbortController for something as short as a call. Its signal is like any other; but `listen` and `unlisten` cost
 * next to nothing, where those of an EventTarget are among the dearest things that a call does.
 */
export class CallController {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #listeners: AbortListener[] = [];

  constructor() {
    const signal: CallSignal = this.#controller.signal;
    signal[owner] = this;
    this.signal = signal;
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
    for (const listener of this.#listeners.splice(0)) listener.handleEvent();
  }

  add(listener: AbortListener): void {
    this.#listeners.push(listener);
  }

  delete(listener: AbortListener): void {
    const index = this.#listeners.indexOf(listener);
    if (index === -1) return;
    const last = this.#listeners.pop();
    if (last !== undefined && last !== listener) this.#listeners[index] = last;
  }
}

/** Tells the listener, once, when the signal aborts; one that has aborted tells nobody. */
export function listen(signal: AbortSignal, listener: AbortListener): void {
  const controller = (signal as CallSignal)[owner];
  if (controller === undefined) signal.addEventListener('abort', listener, once);
  else controller.add(listener);
}

/** Does not tell it any more. */
export function unlisten(signal: AbortSignal, listener: AbortListener): void {
  const controller = (signal as CallSignal)[owner];
  if (controller === undefined) signal.removeEventListener('abort', listener);
  else controller.delete(listener);
}

/** One object for all: Node is twice as fast to add a listener whose options it has seen before. */
const once = { once: true } as const;
