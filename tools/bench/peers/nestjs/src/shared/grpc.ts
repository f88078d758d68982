import { Transport, type GrpcOptions } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import type { Metadata } from '@grpc/grpc-js';
import { variable } from './environment.js';

/** A user, as the loader of protobuf makes it. */
export interface UserMessage {
  name: string;
  email: string;
  displayName: string;
  state: string;
  roles: string[];
  createTime: { seconds: number; nanos: number };
  updateTime: { seconds: number; nanos: number };
}

export interface UserService {
  getUser(request: { name: string }, metadata?: Metadata): Observable<UserMessage>;
}

/** The same options for who serves and who calls. */
export function grpcOptions() {
  return {
    transport: Transport.GRPC as const,
    options: {
      url: variable('RPC_ADDRESS'),
      package: 'bench.user.v1',
      protoPath: variable('PROTO_FILE'),
      loader: { longs: Number, enums: String, arrays: true },
    },
  } satisfies GrpcOptions;
}
