import { readFileSync } from 'node:fs';
import { openRegistry } from '@ko/discovery';
import { z } from 'zod';
import { Secret, secretDiscoveryUrl, secretUrl } from './secret.ts';

const httpUrl = secretUrl({ protocol: /^https?$/ });

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
  /** Where traces and logs go by OTLP/HTTP, such as http://collector:4318. Without it no spans are kept. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  /** Where traces go, when not to the common endpoint: the whole URL, such as http://jaeger:4318/v1/traces. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  /** Where logs go besides standard output, when not to the common endpoint: such as http://loki:3100/otlp/v1/logs. */
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: httpUrl.optional(),
  /** Share of the traces that begin here to keep: 0 to 1. */
  TRACE_RATIO: z.coerce.number().min(0).max(1).default(1),
  /** Where processes are registered, such as `consul://127.0.0.1:8500`. Without it nobody registers this one. */
  REGISTRY_URL: secretDiscoveryUrl(openRegistry).optional(),
  /** host:port that others reach this process at; where it listens, unless said. */
  ADVERTISED_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'host:port')
    .optional(),
  /** Milliseconds after which the registry drops this process when it does not report. */
  REGISTRATION_TTL: z.coerce.number().int().min(3_000).default(15_000),
  /** Which release this is, for callers that split their calls by version. */
  VERSION: z.string().default(''),
  /** Where this runs. Calls stay in their zone while they can. */
  ZONE: z.string().default(''),
  /** Share of the calls beside the other instances. */
  WEIGHT: z.coerce.number().min(0).default(1),
  /** Milliseconds that a request may take at most, whatever its caller would wait, unless its contract says otherwise. */
  REQUEST_TIMEOUT: z.coerce.number().int().min(1).default(10_000),
  /** Milliseconds without an answer after which a read is asked for once more, of another instance. 0: never. */
  HEDGE_AFTER: z.coerce.number().int().min(0).default(1_000),
  /** Whether unary calls between two processes share a stream, where both ends do that. */
  MULTIPLEX: z.stringbool().default(true),
  /** Milliseconds between not being ready and accepting no more: what others need to notice. */
  SHUTDOWN_DELAY: z.coerce.number().int().min(0).default(1_000),
  /** Milliseconds from the stop signal until the process gives up waiting and exits. */
  SHUTDOWN_BUDGET: z.coerce.number().int().min(0).default(13_000),
  /** Milliseconds from the stop signal until the platform kills the process. */
  GRACE_PERIOD: z.coerce.number().int().min(0).default(30_000),
});

export type ProcessConfig = z.infer<typeof processConfig>;

/** What a process with a database reads besides. */
export const databaseConfig = z.object({
  /** Where its data is stored. */
  DATABASE_URL: secretUrl({ protocol: /^postgres(ql)?$/ }),
  /** Connections to the database at most. */
  DATABASE_POOL: z.coerce.number().int().min(1).default(10),
  /** Whether Postgres keeps statements for the next time. Set it to false behind a pooler of transactions, such as PgBouncer before 1.21. */
  DATABASE_KEEP_STATEMENTS: z.stringbool().default(true),
});

/** All that is wrong with an environment, a line each, no secret in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(faults: readonly string[]) {
    super(`the environment is not fit to start with:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/**
 * The typed config of an environment. A value may also be in a file, as secrets are: `KEY_SECRET_FILE` names the file that
 * has the value of `KEY_SECRET`. Throws a ConfigError that names every fault at once.
 */
export function parseConfig<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.infer<S>> {
  const { values, unreadable } = valuesIn(environment, Object.keys(schema.shape));
  const parsed = schema.safeParse(values);
  const issues = parsed.error?.issues.filter(({ path }) => !unreadable.has(String(path[0]))) ?? [];
  const faults = [...unreadable.values(), ...issues.map(faultOf)];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const misfits = shutdownFaults(parsed.data);
  if (misfits.length > 0) throw new ConfigError(misfits);
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

/** The values of the names that are set, and why others cannot be read. */
function valuesIn(environment: Readonly<Record<string, string | undefined>>, names: readonly string[]) {
  const values: Record<string, string> = {};
  const unreadable = new Map<string, string>();
  for (const name of names) {
    const { [name]: value = '', [`${name}_FILE`]: file = '' } = environment;
    if (value !== '' && file !== '') unreadable.set(name, `${name}: set twice, here and by ${name}_FILE`);
    else if (value !== '') values[name] = value;
    else if (file !== '') {
      try {
        values[name] = readFileSync(file, 'utf8').trimEnd();
      } catch (error) {
        unreadable.set(name, `${name}_FILE: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { values, unreadable };
}

/** What keeps requests that are at work from being answered when the process stops. */
function shutdownFaults(config: Partial<ProcessConfig>): string[] {
  const { SHUTDOWN_DELAY: delay = 0, REQUEST_TIMEOUT: request = 0 } = config;
  const { SHUTDOWN_BUDGET: budget = Infinity, GRACE_PERIOD: grace = Infinity } = config;
  const faults = [];
  if (delay + request > budget) {
    faults.push(
      `SHUTDOWN_BUDGET: ${budget} ms are too short for SHUTDOWN_DELAY (${delay} ms) and a last request (REQUEST_TIMEOUT, ${request} ms)`,
    );
  }
  if (budget !== Infinity && budget >= grace) {
    faults.push(`SHUTDOWN_BUDGET: ${budget} ms do not fit into the ${grace} ms that the platform gives (GRACE_PERIOD)`);
  }
  return faults;
}

function faultOf(issue: z.core.$ZodIssue): string {
  const name = issue.path.join('.');
  return issue.code === 'invalid_type' && issue.input === undefined ? `${name}: not set` : `${name}: ${issue.message}`;
}

function samplesIn(config: object): string[] {
  return Object.entries(config).flatMap(([name, value]) => (value instanceof Secret && value.isSample ? [name] : []));
}
