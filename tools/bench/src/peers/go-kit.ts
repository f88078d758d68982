import { cp, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { unpackDebian } from './debian.ts';
import { digest, once } from './once.ts';
import type { Peer } from './peer.ts';
import { environments, sources } from './scenario-environment.ts';
import { step } from './step.ts';

/** Go, the plugins of protobuf, and all that the sources import, which `go list -deps` tells. */
const packages = [
  'golang-go > golang-*-go',
  'golang-src > golang-*-src',
  'protoc-gen-go',
  'protoc-gen-go-grpc',
  ...[
    'beorn7-perks',
    'cespare-xxhash',
    'cespare-xxhash-v2',
    'go-kit-kit',
    'go-kit-log',
    'go-logfmt-logfmt',
    'golang-jwt-jwt',
    'golang-protobuf-1-5',
    'google-uuid',
    'munnerz-goautoneg',
    'prometheus-client-golang',
    'prometheus-client-model',
    'prometheus-common',
    'prometheus-procfs',
  ].map((name) => `golang-github-${name}-dev`),
  ...['x-net', 'x-sys', 'x-text', 'x-time'].map((name) => `golang-golang-${name}-dev`),
  ...['genproto', 'grpc', 'protobuf'].map((name) => `golang-google-${name}-dev`),
];

export const goKit: Peer = {
  name: 'go-kit',
  kind: 'peer',
  tokens: 'HS256',
  differs: [
    'Tokens are signed with HS256, a cheaper check than that of ES256, and each is checked: it keeps none that it knows.',
    'The circuit breaker is our own, as Debian has no gobreaker; go-kit does the rest, and Go multiplies calls on one connection.',
    'It has no deadline that is passed on, no load shedding, no tracing, and no validation of what it is asked.',
    'Its service trusts the gateway, and checks no token.',
    'Logs, of which both have one, are written every tenth of a second, and GOGC is 400, which takes memory for less collecting.',
  ],
  async install(folder) {
    const debian = join(folder, 'debian');
    const build = join(folder, 'build');
    const versions = await unpackDebian(debian, packages);
    const proto = join(sources, 'user.proto');
    const key = `${JSON.stringify([...versions])} ${await digest(join(sources, 'go-kit'), proto)}`;
    await once(build, key, () => compile(debian, build, join(folder, 'cache')));
    const version = (name: string): string => (versions.get(name) ?? '').replace(/^\d+:|-\d+$/g, '');
    const go = [...versions.keys()].find((name) => /^golang-[\d.]+-go$/.test(name)) ?? '';

    return {
      version: [
        `go-kit ${version('golang-github-go-kit-kit-dev')}`,
        `Go ${version(go)}`,
        `grpc-go ${version('golang-google-grpc-dev')}`,
      ].join(', '),
      async programs(scenario) {
        const { gateway, service } = environments(scenario);
        const program = (part: string, env: Readonly<Record<string, string>>) => ({
          name: `go-kit-${part}`,
          command: join(build, 'bin', part),
          args: [],
          env: { GOGC: '400', ...env },
          cwd: folder,
        });
        return { gateway: program('gateway', gateway), backends: [program('users', service)] };
      },
    };
  },
};

/** Compiles as Debian does: without modules, from what is in GOPATH. */
async function compile(debian: string, build: string, cache: string): Promise<void> {
  const source = join(build, 'src/bench');
  await cp(join(sources, 'go-kit'), source, { recursive: true });
  await cp(join(sources, 'user.proto'), join(build, 'proto/user.proto'));
  const plugins = ['protoc-gen-go', 'protoc-gen-go-grpc'].map((name) => ({
    local: join(debian, 'usr/bin', name),
    out: join(build, 'src'),
  }));
  await writeFile(join(build, 'buf.gen.yaml'), JSON.stringify({ version: 'v2', plugins }));
  const buf = join(import.meta.dirname, '../../../../node_modules/.bin/buf');
  await step(buf, ['generate', '--template', 'buf.gen.yaml', 'proto'], { cwd: build, hint: 'npm ci brings buf' });
  const [release = ''] = (await readdir(join(debian, 'usr/lib'))).filter((name) => name.startsWith('go-'));
  await step(join(debian, 'usr/lib', release, 'bin/go'), ['build', '-o', 'bin/', 'bench/cmd/...'], {
    cwd: build,
    env: {
      GO111MODULE: 'off',
      GOPATH: [build, join(debian, 'usr/share/gocode')].join(delimiter),
      GOCACHE: cache,
      GOFLAGS: '',
      GOTOOLCHAIN: 'local',
      CGO_ENABLED: '0',
    },
  });
}
