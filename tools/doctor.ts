// The checks of `npm run doctor` that take the packages: prints what they find as JSON, for tools/doctor.mjs.
import { root } from './check/run.ts';
import type { Context } from './doctor/context.ts';
import type { Check } from './doctor/finding.ts';
import { runChecks } from './doctor/run.ts';

// A check loads what it needs by itself: code that is missing or broken then keeps no other from its work.
const checks = (context: () => Promise<Context>): readonly Check[] => [
  {
    name: 'memory',
    async run() {
      const { checkMemory, memoryOfMachine } = await import('./doctor/machine.ts');
      return checkMemory(memoryOfMachine());
    },
  },
  {
    name: 'disk',
    async run() {
      const { checkDisk, freeDisk } = await import('./doctor/machine.ts');
      const { data } = (await context()).options;
      return checkDisk(data, await freeDisk(data));
    },
  },
  {
    name: 'ports',
    run: async () => (await import('./doctor/ports.ts')).checkWantedPorts(await context()),
  },
  {
    name: '.env',
    run: async () => (await import('./doctor/env-file.ts')).checkEnvFile(root),
  },
  {
    name: 'dependencies',
    async run() {
      const { services } = await import('./stack/src/services.ts');
      const { checkDependencies } = await import('./doctor/dependencies.ts');
      const names = services.map(({ name }) => name);
      return checkDependencies(await context(), names);
    },
  },
  {
    name: 'generated code',
    run: async () => (await import('./doctor/generated.ts')).checkGenerated(),
  },
  {
    name: 'migrations',
    run: async () => (await import('./doctor/databases.ts')).checkDatabases(await context()),
  },
  {
    name: 'Docker',
    async run() {
      const { checkDocker, dockerOfMachine } = await import('./doctor/docker.ts');
      return checkDocker(await dockerOfMachine());
    },
  },
];

const context = import('./doctor/context.ts').then(({ readContext }) => readContext(root, process.argv.slice(2)));
const usageError = await context.then(
  () => undefined,
  // Any other error is found by the checks that need the context. The class is not to be had where it cannot be loaded.
  (error: unknown) => (error instanceof Error && error.name === 'UsageError' ? error : undefined),
);

if (usageError === undefined) {
  const findings = await runChecks(checks(() => context));
  // What still hangs after its time is not waited for.
  process.stdout.write(JSON.stringify(findings), () => process.exit(0));
} else {
  console.error(usageError.message);
  process.exitCode = 2;
}
