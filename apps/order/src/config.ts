import { accessConfig, databaseConfig, neighbourUrl, processConfig } from '@ko/service';
import { z } from 'zod';

/** What the order service reads from its environment. */
export const orderConfig = z.object({
  ...processConfig.shape,
  ...accessConfig.shape,
  ...databaseConfig.shape,
  /** Where gRPC listens. */
  GRPC_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'host:port')
    .default('127.0.0.1:50052'),
  /** How to find the user service, such as `static:host:port` or `consul://host:8500/user`. */
  USER_URL: neighbourUrl('static:127.0.0.1:50051'),
});

export type OrderConfig = z.infer<typeof orderConfig>;
