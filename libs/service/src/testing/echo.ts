import { ConformanceService, type Book } from '@ko/contracts/conformance';
import { makeEndpoints, type Endpoints } from '@ko/endpoint';

/** The conformance service, each of whose answers is named after whoever gives it. */
export function echoes(name: () => string): Endpoints<typeof ConformanceService> {
  return makeEndpoints(ConformanceService, () => async (book) => ({ ...(book as Book), name: name() }));
}
