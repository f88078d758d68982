import { afterAll, beforeAll, describe } from 'vitest';
import type { ConformanceService } from '@ko/contracts/conformance';
import type { Client, Endpoints } from '@ko/endpoint';
import { describeCancellation } from './cancellation.ts';
import { describeErrors } from './errors.ts';
import { conformance } from './implementation.ts';
import { describeMessages } from './messages.ts';
import { describeMetadata } from './metadata.ts';
import { describeRequestStreams, describeResponseStreams } from './streams.ts';
import type { Connection } from './connection.ts';

/** A transport at work: the client reaches the endpoints through it. */
export interface Transport {
  readonly client: Client<typeof ConformanceService>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Whether requests may be streams. */
  readonly requestStreams?: boolean;
}

/** What every transport does alike: `setUp` serves the endpoints and connects a client to them. */
export function describeTransport(
  name: string,
  setUp: (endpoints: Endpoints<typeof ConformanceService>) => Promise<Transport>,
  { requestStreams = true }: TransportOptions = {},
): void {
  describe(name, () => {
    const { endpoints, probe } = conformance();
    let transport: Transport | undefined;
    beforeAll(async () => {
      transport = await setUp(endpoints);
    });
    afterAll(async () => transport?.close());

    const connection: Connection = {
      probe,
      get client() {
        if (transport === undefined) throw new Error('the transport is not set up');
        return transport.client;
      },
    };
    describeMessages(connection);
    describeErrors(connection);
    describeMetadata(connection);
    describeCancellation(connection);
    describeResponseStreams(connection);
    if (requestStreams) describeRequestStreams(connection);
  });
}
