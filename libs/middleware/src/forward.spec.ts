import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, type Endpoint } from '@ko/endpoint';
import { expect, test } from 'vitest';
import { forward } from './forward.ts';

const { echo } = ConformanceService.method;

test('forward lets named metadata pass, in both directions, and nothing else', async () => {
  const endpoint: Endpoint<null, object> = async (_, { outgoing, reply }) => {
    reply.set('etag', '1').set('secret', '2');
    return outgoing;
  };
  const context = createContext({ metadata: { authorization: 'x', cookie: 'y' } });

  const sent = await forward({ request: ['authorization'], response: ['etag'] })(endpoint, echo)(null, context);

  expect(sent).toEqual({ authorization: 'x' });
  expect([...context.reply]).toEqual([['etag', '1']]);
});
