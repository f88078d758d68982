export * from './gen/ko/user/v1/auth_pb.ts';
export * from './gen/ko/user/v1/user_pb.ts';
