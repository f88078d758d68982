export * from './gen/google/api/annotations_pb.ts';
export * from './gen/google/api/http_pb.ts';
