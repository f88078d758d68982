import { z } from 'zod';
import { Secret } from './secret.ts';

/** What every process reads from its environment. */
export const processConfig = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  /** Where the admin port listens. Never public. */
  ADMIN_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'host:port')
    .default('127.0.0.1:0'),
  /** OTLP endpoint for traces, such as http://collector:4318. Without it no spans are kept. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Share of the traces that begin here to keep: 0 to 1. */
  TRACE_RATIO: z.coerce.number().min(0).max(1).default(1),
  /** Milliseconds from the stop signal until the process gives up waiting and exits. */
  SHUTDOWN_BUDGET: z.coerce.number().int().min(0).default(10_000),
  /** Milliseconds between not being ready and accepting no more: what others need to notice. */
  SHUTDOWN_DELAY: z.coerce.number().int().min(0).default(0),
});

export type ProcessConfig = z.infer<typeof processConfig>;

/** All that is wrong with an environment, a line each, no secret in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(faults: readonly string[]) {
    super(`the environment is not fit to start with:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** The typed config of an environment. Throws a ConfigError that names every fault at once. */
export function parseConfig<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.infer<S>> {
  const known = Object.keys(schema.shape).flatMap((name) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  const parsed = schema.safeParse(Object.fromEntries(known));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(faultOf));
  const samples = environment.NODE_ENV === 'production' ? samplesIn(parsed.data) : [];
  if (samples.length > 0) {
    throw new ConfigError(
      samples.map((name) => `${name}: still the sample of the repository; production needs its own`),
    );
  }
  return parsed.data;
}

/** The typed config of an environment. Prints what is wrong and ends the process when it is not fit to start with. */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.infer<S>> {
  try {
    return parseConfig(schema, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78); // EX_CONFIG of sysexits(3)
  }
}

function faultOf(issue: z.core.$ZodIssue): string {
  const name = issue.path.join('.');
  return issue.code === 'invalid_type' && issue.input === undefined ? `${name}: not set` : `${name}: ${issue.message}`;
}

function samplesIn(config: object): string[] {
  return Object.entries(config).flatMap(([name, value]) => (value instanceof Secret && value.isSample ? [name] : []));
}
