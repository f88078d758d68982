export * from './gen/ko/conformance/v1/conformance_pb.ts';
