import { readWorkspace, type Workspace } from '../../workspace.ts';
import type { Tree } from '@nx/devkit';
import type { Access } from './access.ts';
import type { EndpointPlan } from './plan.ts';
import { sentenceOf } from './sentence.ts';
import { streamsAnswers, streamsRequests } from './stream.ts';

/** Adds the method and its messages to the contract. */
export function declare(tree: Tree, plan: EndpointPlan): void {
  const { proto, contract, route } = plan;
  const workspace = readWorkspace(tree);
  proto.import('buf/validate/validate.proto');
  if (route !== undefined) proto.import('google/api/annotations.proto');
  proto.import(`${workspace.protoRoot}/options/v1/options.proto`);
  proto.addMethod(contract, methodOf(plan, workspace));
  for (const message of messagesOf(plan)) proto.addType(message);
  tree.write(proto.path, proto.text);
}

/** The method and its messages, for whoever has to write them by hand. */
export function declarationOf(plan: EndpointPlan, workspace: Workspace): string {
  return [methodOf(plan, workspace), ...messagesOf(plan)].join('\n\n');
}

function methodOf(plan: EndpointPlan, { protoRoot }: Workspace): string {
  const { method, resource, stream, route, access, level } = plan;
  const request = `${streamsRequests(stream) ? 'stream ' : ''}${method.pascal}Request`;
  const response = stream === 'client' ? `${method.pascal}Response` : resource.pascal;
  const lines = [
    `// ${sentenceOf(plan)}`,
    `rpc ${method.pascal}(${request}) returns (${streamsAnswers(stream) ? 'stream ' : ''}${response}) {`,
    ...(route === undefined ? [] : routeLines(route)),
    ...accessLines(access, `${protoRoot}.options.v1.access`),
    ...(level === undefined ? [] : [`  option idempotency_level = ${level};`]),
    '}',
  ];
  return lines.join('\n');
}

function routeLines({ verb, path }: NonNullable<EndpointPlan['route']>): readonly string[] {
  if (verb === 'get' || verb === 'delete') return [`  option (google.api.http) = {${verb}: "${path}"};`];
  return ['  option (google.api.http) = {', `    ${verb}: "${path}"`, '    body: "*"', '  };'];
}

function accessLines(access: Access, option: string): readonly string[] {
  if (typeof access === 'string') return [`  option (${option}) = {${access}: true};`];
  return [`  option (${option}) = {`, `    roles: ["${access.role}"]`, '  };'];
}

function messagesOf({ method, resource, collection, stream }: EndpointPlan): readonly string[] {
  const request = [
    `// Which ${resource.words}.`,
    `message ${method.pascal}Request {`,
    `  // \`${collection}/{id}\`.`,
    `  string name = 1 [(buf.validate.field).string.pattern = "^${collection}/[0-9a-f-]{36}$"];`,
    '}',
  ];
  const response = [
    '// What came of it.',
    `message ${method.pascal}Response {`,
    '  // How many requests there were.',
    '  int32 count = 1;',
    '}',
  ];
  return [request, ...(stream === 'client' ? [response] : [])].map((lines) => lines.join('\n'));
}
