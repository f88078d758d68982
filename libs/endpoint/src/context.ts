import { randomHex } from './random-hex.ts';
import { StatusError } from './status-error.ts';

/** Names in lower case; a value that came more than once is joined with `, `. */
export type Metadata = Readonly<Record<string, string>>;

/** Writes one line: what happened, and the fields that say to what. */
type LogMethod = (fields: object, message: string) => void;

/** The part of a logger that a request needs; pino's fits. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** Whether lines of a level are written. Without it all may be. */
  isLevelEnabled?(level: 'debug' | 'info' | 'warn' | 'error'): boolean;
  /** A logger whose lines all carry the fields. */
  child(fields: object): Logger;
}

/** What travels with a request through every layer above the service. */
export interface Context {
  /** Names the request in every log, trace and answer, in all processes it reaches. */
  readonly requestId: string;
  /** Aborts when the caller has gone or the deadline has passed; its reason is then a StatusError. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting: milliseconds since 1970. */
  readonly deadline: number | undefined;
  /** Where the request first came from: the address of the client as the gateway saw it, or empty for work of our own. */
  readonly peer: string;
  /** What came with the request. */
  readonly metadata: Metadata;
  /** What goes with calls that are made under this context. Nothing of `metadata` goes on by itself. */
  readonly outgoing: Metadata;
  /** What goes back with the answer; of a call that one makes, what came back. */
  readonly reply: Map<string, string>;
  readonly log: Logger;
  /** The limiter that holds a place for the request: calls that are made for it in the same process need none of their own. */
  readonly place?: object | undefined;
}

/** Who makes a request. */
export interface Principal {
  /** Unique and stable, such as `users/{id}`. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** The session that the request belongs to, where the credentials name one. */
  readonly session?: string;
}

/** The context behind authentication. */
export interface Authenticated {
  /** Undefined when nobody is signed in. */
  readonly principal: Principal | undefined;
}

/** Who makes the request. Throws `unauthenticated` when nobody is signed in. */
export function signedIn(context: Authenticated): Principal {
  if (context.principal === undefined) throw new StatusError('unauthenticated', 'sign in first');
  return context.principal;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** A context for work that no request began: a job, a script, a test. It never aborts and logs nothing unless told otherwise. */
export function createContext(init: Partial<Context> = {}): Context {
  return {
    requestId: randomHex(32),
    signal: new AbortController().signal,
    deadline: undefined,
    peer: '',
    metadata: {},
    outgoing: {},
    reply: new Map(),
    log: silent,
    ...init,
  };
}
