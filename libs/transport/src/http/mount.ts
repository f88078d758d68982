import { Readable } from 'node:stream';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import {
  abortable,
  type Client,
  type Context,
  type Endpoint,
  endpointOf,
  type Endpoints,
  isStream,
  type Logger,
  orAborted,
  StatusError,
} from '@ko/endpoint';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { negotiate } from './accept.ts';
import { bindingsOf, type Binding } from './binding.ts';
import { HttpError } from './http-error.ts';
import { parseBody } from './json-body.ts';
import { pathOf, routerPaths, templatePattern } from './path-template.ts';
import { notFound, sendProblem } from './problems.ts';
import { requestDecoder, type HttpParts } from './request.ts';
import { defaultRequestHeaders, requestContext } from './request-context.ts';
import { responseEncoder } from './response.ts';
import { streamBody, streamFormats, streamTypes } from './stream-body.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The method that the route calls, for plugins that treat methods differently. */
    rpc?: DescMethod;
    /** The template of google.api.http that the route is made of. */
    template?: string;
  }
}

export interface MountOptions {
  /** Headers of a request that become metadata, in lower case. */
  readonly requestHeaders?: readonly string[];
  /** Metadata of a reply that become headers, in lower case. */
  readonly responseHeaders?: readonly string[];
  /** Milliseconds without a message after which a stream says that it is alive. */
  readonly heartbeat?: number;
  /** Takes what requests log. Fastify's logger when there is none. */
  readonly log?: Logger;
}

const defaultResponseHeaders = [
  'cache-control',
  'etag',
  'last-modified',
  'link',
  'location',
  'retry-after',
  'traceresponse',
];

/**
 * Serves a contract over HTTP, by the routes that its google.api.http options state. Methods without one, and those that
 * take a stream, cannot be reached. The server is made with `serverOptions`, and `problems` is called for it first.
 *
 * Messages are proto3 JSON. Answers have every field, also those that have their default, except absent messages and
 * optional fields. An unknown field or parameter is `invalid_argument`. Throws when an option does not fit its method.
 */
export function mount<S extends DescService>(
  app: FastifyInstance,
  contract: S,
  endpoints: Endpoints<S> | Client<S>,
  options: MountOptions = {},
): void {
  const bindings = bindingsOf(contract);
  const served = bindings.map((binding) => ({
    binding,
    endpoint: endpointOf(endpoints as Endpoints<S>, binding.method),
  }));

  app.register((scope, _, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      async ({ headers }: FastifyRequest, bytes: Buffer) => parseBody(bytes, headers['content-encoding']),
    );
    scope.setErrorHandler((error, request, reply) => sendProblem(error, { request, reply, log: options.log }));
    for (const { binding, endpoint } of served) addRoutes(scope, { binding, endpoint, options });
    done();
  });
}

interface Route {
  readonly binding: Binding;
  readonly endpoint: Endpoint<unknown, unknown>;
  readonly options: MountOptions;
}

function addRoutes(app: FastifyInstance, route: Route): void {
  const { method, verb, template } = route.binding;
  const handler = handlerOf(route, templatePattern(template, app.prefix));
  const exposeHeadRoute = verb === 'GET' && method.methodKind === 'unary';
  for (const url of routerPaths(template)) {
    app.route({ method: verb, url, handler, exposeHeadRoute, config: { rpc: method, template: template.source } });
  }
}

/** What it resolves to is sent. */
type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<string | Readable>;

function handlerOf({ binding, endpoint, options }: Route, pattern: RegExp): Handler {
  const {
    requestHeaders = defaultRequestHeaders,
    responseHeaders = defaultResponseHeaders,
    heartbeat = 15_000,
    log,
  } = options;
  const mediaTypes = binding.method.methodKind === 'unary' ? (['application/json'] as const) : streamTypes;
  const headers = new Set(responseHeaders);
  const decode = requestDecoder(binding);
  const encode = responseEncoder(binding);

  return async (request, reply) => {
    const mediaType = acceptable(request, mediaTypes);
    const message = decode(partsOf(request, pattern));
    const context = requestContext(request, reply, { requestHeaders, log });
    let response: unknown;
    try {
      const answer = endpoint(message, context);
      // Without a deadline of its own, its signal aborts only when nobody is there any more.
      response = await (context.deadline === undefined ? answer : orAborted(answer, context.signal));
    } catch (error) {
      throw StatusError.from(error);
    } finally {
      // Whether the endpoint answers or fails, the headers that it sets go back.
      putHeaders(reply, context, headers);
    }
    reply.header('x-request-id', request.id);
    if (mediaType === 'application/json') {
      reply.type(jsonType);
      return encode(response);
    }
    const text = await streamBody(abortable(streamOf(response), context.signal), encode, {
      format: streamFormats[mediaType],
      requestId: request.id,
      heartbeat,
    });
    reply.type(mediaType).header('cache-control', 'no-store');
    return Readable.from(text, { objectMode: false });
  };
}

/** As Fastify would complete it. */
const jsonType = 'application/json; charset=utf-8';

/** What a header can hold: Latin-1 without control characters (RFC 9110, 5.5). */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

function putHeaders(reply: FastifyReply, { reply: metadata, log }: Context, names: ReadonlySet<string>): void {
  for (const [name, value] of metadata) {
    if (!names.has(name)) continue;
    if (headerValue.test(value)) reply.header(name, value);
    else log.error({ header: name }, 'a header of the answer cannot be sent');
  }
}

function acceptable<Type extends string>({ headers }: FastifyRequest, mediaTypes: readonly Type[]): Type {
  const mediaType = negotiate(headers.accept, mediaTypes);
  if (mediaType !== undefined) return mediaType;
  throw new HttpError(406, 'invalid_argument', `the answer can only be had as ${mediaTypes.join(' or ')}`, {
    reason: 'NOT_ACCEPTABLE',
  });
}

function partsOf(request: FastifyRequest, pattern: RegExp): HttpParts {
  const match = pattern.exec(pathOf(request.url));
  if (match === null) throw notFound(request);
  return {
    variables: match.slice(1),
    // Fastify types neither: the query is what its parser makes, the body what ours does.
    query: request.query as HttpParts['query'],
    body: request.body as HttpParts['body'],
  };
}

function streamOf(response: unknown): AsyncIterable<unknown> {
  if (!isStream(response)) throw new TypeError('the endpoint of a stream answered with a message');
  return response;
}
