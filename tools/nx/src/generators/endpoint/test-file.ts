import { readFileSync } from 'node:fs';
import path from 'node:path';
import ejs from 'ejs';
import { Source } from '../../edit/source.ts';
import type { EndpointModel } from './model.ts';
import type { EndpointPlan } from './plan.ts';
import { withArticle } from './sentence.ts';
import type { Stage } from './stage.ts';
import { streamsAnswers, streamsRequests } from './stream.ts';

const template = path.join(import.meta.dirname, 'files/endpoint.spec.ts.template');

/** The path of the test of a method. */
export function testPath({ app, method }: EndpointPlan): string {
  return `${app}/src/${method.kebab}.spec.ts`;
}

/** A test that calls a new endpoint on the real repository. Not formatted yet. */
export function testOf(plan: EndpointPlan, model: EndpointModel, stage: Stage, scope: string): string {
  const { method, resource, stream } = plan;
  const isRequestStream = streamsRequests(stream);
  const isResponseStream = streamsAnswers(stream);
  const calledBy = (caller: string) =>
    `endpoints.${method.camel}(${isRequestStream ? 'requestsFor' : 'requestFor'}(${resource.camel}), ${caller})`;
  const name = `{ name: nameOf('${plan.collection}', ${resource.camel}.id) }`;
  const asksWho = /\bcallerOf\(/.test(model.member.getText());
  const text = ejs.render(
    readFileSync(template, 'utf8'),
    {
      ...stage,
      m: method,
      r: resource,
      collection: plan.collection,
      factory: model.factory.name?.text,
      isRequestStream,
      asksWho,
      answered: stream === 'client' ? 'how many there are' : `with ${withArticle(resource.words)} as it is`,
      answerTo: (caller: string) =>
        isResponseStream ? `await Array.fromAsync(await ${calledBy(caller)})` : `await ${calledBy(caller)}`,
      outcomeFor: (caller: string) =>
        isResponseStream ? `${calledBy(caller)}.then((items) => Array.fromAsync(items))` : calledBy(caller),
      expectation:
        stream === 'client'
          ? 'expect(answer).toEqual({ count: 1 })'
          : `expect(answer).toMatchObject(${isResponseStream ? `[${name}]` : name})`,
    },
    { escape: String },
  );
  const source = new Source(testPath(plan), text);
  for (const [module, names] of importsOf(plan, model, stage, { scope, asksWho })) source.import(names, module);
  return source.text;
}

function importsOf(
  { app, method, resource }: EndpointPlan,
  { endpoints, factory, className, service }: EndpointModel,
  stage: Stage,
  { scope, asksWho }: { readonly scope: string; readonly asksWho: boolean },
): readonly (readonly [module: string, names: readonly string[]])[] {
  const own = (path: string) => `./${path.slice(`${app}/src/`.length)}`;
  const contracts = `@${scope}/contracts/${app.slice('apps/'.length)}`;
  const requests = [`${method.pascal}RequestSchema`, `type ${method.pascal}Request`];
  return [
    ...(asksWho ? [['node:crypto', ['randomUUID']] as const] : []),
    [contracts, [...requests, ...(asksWho ? [`Get${resource.pascal}RequestSchema`] : [])]],
    [`@${scope}/endpoint`, ['createContext', 'type Authenticated', 'type Context']],
    [`@${scope}/resource`, ['nameOf']],
    [own(endpoints.fileName), [factory.name?.text ?? '']],
    [own(service.fileName), [className]],
    [stage.makeModule, [stage.make]],
    ...stage.imports.map(({ module, text }) => [module, [text]] as const),
  ];
}
