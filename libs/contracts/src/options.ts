export * from './gen/ko/options/v1/options_pb.ts';
