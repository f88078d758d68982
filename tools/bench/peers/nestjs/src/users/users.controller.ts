import { readFileSync } from 'node:fs';
import { Controller, UseInterceptors } from '@nestjs/common';
import { status } from '@grpc/grpc-js';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import { variable } from '../shared/environment.js';
import type { UserMessage } from '../shared/grpc.js';
import { MetricsInterceptor } from '../shared/metrics.interceptor.js';

interface Seed {
  id: string;
  email: string;
  displayName: string;
}

@Controller()
@UseInterceptors(MetricsInterceptor)
export class UsersController {
  private readonly users = new Map(readUsers().map((user) => [user.name, user]));

  @GrpcMethod('UserService', 'GetUser')
  getUser({ name }: { name: string }): UserMessage {
    const user = this.users.get(name);
    if (user === undefined) throw new RpcException({ code: status.NOT_FOUND, message: 'user not found' });
    return user;
  }
}

function readUsers(): UserMessage[] {
  const seeds = JSON.parse(readFileSync(variable('USERS_FILE'), 'utf8')) as Seed[];
  const registered = { seconds: Date.UTC(2026, 0, 1) / 1000, nanos: 0 };
  return seeds.map(({ id, email, displayName }) => ({
    name: `users/${id}`,
    email,
    displayName,
    state: 'STATE_ACTIVE',
    roles: [],
    createTime: registered,
    updateTime: registered,
  }));
}
