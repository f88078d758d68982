export * from './gen/ko/transport/v1/multiplex_pb.ts';
