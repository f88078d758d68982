/** Which side sends a stream. */
export type Stream = 'none' | 'server' | 'client' | 'bidi';

/** Whether the requests are a stream. */
export function streamsRequests(stream: Stream): boolean {
  return stream === 'client' || stream === 'bidi';
}

/** Whether the answers are a stream. */
export function streamsAnswers(stream: Stream): boolean {
  return stream === 'server' || stream === 'bidi';
}
