export * from './gen/ko/order/v1/order_pb.ts';
