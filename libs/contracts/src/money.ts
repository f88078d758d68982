export * from './gen/google/type/money_pb.ts';
