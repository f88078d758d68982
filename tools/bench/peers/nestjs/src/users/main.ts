import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { grpcOptions } from '../shared/grpc.js';
import { serveMetrics } from '../shared/metrics.interceptor.js';
import { UsersController } from './users.controller.js';

@Module({ controllers: [UsersController] })
class UsersModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(UsersModule, grpcOptions());
await app.listen();
serveMetrics();
