import type { Program } from '../peers/peer.ts';
import { at, node, noLimits } from './own.ts';

/** How the processes are cut, and whether they run as they were built. */
export type StackShape = 'ko' | 'ko-built' | 'ko-unary' | 'ko-monolith';

/** A program, and the address that answers 200 when it serves. */
interface Planned {
  readonly program: Program;
  readonly readyUrl: string;
}

/** The programs of a system by what they are, and where it answers. What others need comes first. */
export interface StackPlan {
  readonly port: number;
  readonly programs: Readonly<Record<string, Planned>>;
}

export interface PlanContext {
  /** What seals the keys of all who share the databases. */
  readonly secret: string;
  ports(count: number): readonly number[];
  databaseUrl(service: string): string;
}

/** The programs of the whole system in some shape. */
export function planStack(shape: StackShape, context: PlanContext): StackPlan {
  return shape === 'ko-monolith' ? oneProcess(context) : separateProcesses(shape, context);
}

function separateProcesses(shape: StackShape, { secret, ports, databaseUrl }: PlanContext): StackPlan {
  const [http = 0, user = 0, order = 0, ...admin] = ports(6);
  const [userAdmin = 0, orderAdmin = 0, gatewayAdmin = 0] = admin;
  const common = {
    ...environmentOf(secret),
    MULTIPLEX: String(shape !== 'ko-unary'),
    USER_URL: `static:${at(user)}`,
    ORDER_URL: `static:${at(order)}`,
  };
  const plan = (name: string, adminPort: number, env: Readonly<Record<string, string>>): Planned => ({
    program: node(`stack-${shape}-${name}`, `apps/${name}/${shape === 'ko-built' ? 'dist/main.mjs' : 'src/main.ts'}`, {
      ...common,
      ADMIN_ADDRESS: at(adminPort),
      ...env,
    }),
    readyUrl: readyUrl(adminPort),
  });
  return {
    port: http,
    programs: {
      user: plan('user', userAdmin, { GRPC_ADDRESS: at(user), DATABASE_URL: databaseUrl('user') }),
      order: plan('order', orderAdmin, { GRPC_ADDRESS: at(order), DATABASE_URL: databaseUrl('order') }),
      gateway: plan('gateway', gatewayAdmin, { HTTP_ADDRESS: at(http) }),
    },
  };
}

function oneProcess({ secret, ports, databaseUrl }: PlanContext): StackPlan {
  const [http = 0, admin = 0] = ports(2);
  const program = node('stack-monolith', 'tools/stack/src/monolith.ts', {
    ...environmentOf(secret),
    HTTP_ADDRESS: at(http),
    ADMIN_ADDRESS: at(admin),
    USER_DATABASE_URL: databaseUrl('user'),
    ORDER_DATABASE_URL: databaseUrl('order'),
  });
  return { port: http, programs: { gateway: { program, readyUrl: readyUrl(admin) } } };
}

function environmentOf(secret: string): Readonly<Record<string, string>> {
  return { ...noLimits, KEY_SECRET: secret, ACCESS_TOKEN_TTL: '10h' };
}

function readyUrl(port: number): string {
  return `http://${at(port)}/readyz`;
}
