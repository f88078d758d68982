import { createSecretKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { ClientsModule } from '@nestjs/microservices';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { LoggerModule } from 'nestjs-pino';
import { pino } from 'pino';
import { variable } from '../shared/environment.js';
import { grpcOptions } from '../shared/grpc.js';
import { MetricsInterceptor } from '../shared/metrics.interceptor.js';
import { UsersController } from './users.controller.js';

@Module({
  imports: [
    LoggerModule.forRoot({
      forRoutes: ['v1/*path'],
      pinoHttp: {
        stream: pino.destination({ sync: false }),
        quietReqLogger: true,
        serializers: {
          req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
          res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
        },
      },
    }),
    // A window is short: the storage walks all hits of one at every request.
    ThrottlerModule.forRoot([{ ttl: 10, limit: 1_000_000_000 }]),
    JwtModule.register({
      secret: createSecretKey(variable('JWT_SECRET'), 'utf8'),
      verifyOptions: { algorithms: ['HS256'], issuer: variable('JWT_ISSUER'), audience: variable('JWT_AUDIENCE') },
    }),
    ClientsModule.register([{ name: 'USERS', ...grpcOptions() }]),
  ],
  controllers: [UsersController],
  providers: [
    { provide: APP_GUARD, useClass: ThrottlerGuard },
    { provide: APP_INTERCEPTOR, useClass: MetricsInterceptor },
  ],
})
export class AppModule {}
