export { abortable, abortAt, deadlineExceeded, lateAt, orAborted, reasonOf, whyGone, type StreamEnd } from './abort.ts';
export { Alarms, type Waiting } from './alarms.ts';
export { CallController, listen, unlisten, type AbortListener } from './call-controller.ts';
export { codes, type Code } from './code.ts';
export {
  createContext,
  signedIn,
  type Authenticated,
  type Context,
  type Logger,
  type Metadata,
  type Principal,
} from './context.ts';
export { Crowd, type Placed } from './crowd.ts';
export { endpointOf, makeClient, makeEndpoints, type Client, type Endpoint, type Endpoints } from './endpoint.ts';
export { chain, wrap, wrapClient, type Middleware } from './middleware.ts';
export { randomHex } from './random-hex.ts';
export { isIdempotent, isRepeatable } from './repeatable.ts';
export { StatusError, type FieldViolation, type StatusErrorOptions } from './status-error.ts';
export { begin, isStream, settle } from './stream.ts';
export type { Timeout } from './timeout.ts';
export { together } from './together.ts';
