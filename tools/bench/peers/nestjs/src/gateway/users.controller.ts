import {
  Controller,
  Get,
  Inject,
  InternalServerErrorException,
  NotFoundException,
  Param,
  Req,
  ServiceUnavailableException,
  UseGuards,
  type OnModuleInit,
} from '@nestjs/common';
import { Metadata, status } from '@grpc/grpc-js';
import type { ClientGrpc } from '@nestjs/microservices';
import type { FastifyRequest } from 'fastify';
import { catchError, map, retry, throwError, timeout, type Observable } from 'rxjs';
import type { UserMessage, UserService } from '../shared/grpc.js';
import { AuthGuard } from './auth.guard.js';

@Controller('v1/users')
@UseGuards(AuthGuard)
export class UsersController implements OnModuleInit {
  private users!: UserService;

  constructor(@Inject('USERS') private readonly client: ClientGrpc) {}

  onModuleInit(): void {
    this.users = this.client.getService<UserService>('UserService');
  }

  @Get(':id')
  getUser(@Param('id') id: string, @Req() request: FastifyRequest): Observable<unknown> {
    const metadata = new Metadata();
    metadata.set('x-request-id', request.id);
    return this.users.getUser({ name: `users/${id}` }, metadata).pipe(
      timeout(5_000),
      retry({ count: 2, delay: (error) => (codeOf(error) === status.UNAVAILABLE ? [0] : throwError(() => error)) }),
      map(userOf),
      catchError((error: unknown) => throwError(() => httpErrorOf(error))),
    );
  }
}

function userOf(message: UserMessage) {
  return {
    name: message.name,
    email: message.email,
    displayName: message.displayName,
    state: message.state,
    roles: message.roles,
    createTime: textOf(message.createTime),
    updateTime: textOf(message.updateTime),
  };
}

function textOf({ seconds }: UserMessage['createTime']): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function httpErrorOf(error: unknown) {
  const code = codeOf(error);
  if (code === status.NOT_FOUND) return new NotFoundException('user not found');
  if (code === status.UNAVAILABLE) return new ServiceUnavailableException();
  return new InternalServerErrorException();
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
