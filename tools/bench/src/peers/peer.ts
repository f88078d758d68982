/** A program to start, as `spawn` takes it. Its standard output is its log: one line of JSON per request at a gateway. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the harness. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What a peer runs as: the gateway, whose work is measured, and what it calls. Backends are to be started first. */
export interface Programs {
  readonly gateway: Program;
  readonly backends: readonly Program[];
}

/** What a run gives to a peer. All ports are on 127.0.0.1 and free. */
export interface Scenario {
  /** JSON: an array of `{ id, email, displayName }`. */
  readonly usersFile: string;
  /** What signs tokens of `HS256`. */
  readonly secret: string;
  /** JSON: `{ keys: [JWK] }`, what tokens of `ES256` are checked with. */
  readonly keySetFile: string;
  readonly issuer: string;
  readonly audience: string;
  /** A folder that a peer may write to: configuration, temporary files. */
  readonly folder: string;
  readonly ports: {
    /** Where the gateway answers `GET /v1/users/{id}`. */
    readonly http: number;
    /** Where the user service answers. */
    readonly rpc: number;
    /** Where the gateway answers `GET /metrics`. */
    readonly gatewayMetrics: number;
    /** Where the user service answers `GET /metrics`. */
    readonly serviceMetrics: number;
  };
}

export interface InstalledPeer {
  /** What runs, with its versions: `go-kit 0.13.0, Go 1.27.3, grpc-go 1.81.1`. */
  readonly version: string;
  programs(scenario: Scenario): Promise<Programs>;
}

/** Another way to build what ko builds, to be measured in the same scenario. */
export interface Peer {
  readonly name: string;
  /** `peer` does all that ko does; `limit` does less, and shows what is left to gain. */
  readonly kind: 'peer' | 'limit';
  /** How its tokens are signed; `none` asks for no token, and answers every request. */
  readonly tokens: 'HS256' | 'ES256' | 'none';
  /** What differs from ko in the scenario, in favour of either, a sentence each. */
  readonly differs: readonly string[];
  /** Fetches, builds and caches below `folder`; does nothing that is done. Rejects with `UnavailableError` where it cannot. */
  install(folder: string): Promise<InstalledPeer>;
}

/** A peer cannot be had here. The message says what is missing and how to get it. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}
