/** One process that serves a contract. */
export interface Instance {
  /** Tells it from all others of its service, earlier ones at the same address included. */
  readonly id: string;
  /** host:port */
  readonly address: string;
  /** Which release it runs; empty when nobody says. */
  readonly version: string;
  /** Where it runs: instances of one zone reach each other fastest. Empty when nobody says. */
  readonly zone: string;
  /** Its share of the calls beside the others: twice the weight, twice the calls. 1 unless said, 0 for none. */
  readonly weight: number;
  /** Whatever else there is to know, such as where its admin port is. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The instance at an address of which nothing else is known. */
export function instanceAt(address: string, known: Partial<Instance> = {}): Instance {
  return { id: address, address, version: '', zone: '', weight: 1, metadata: {}, ...known };
}

/** Whether text is `host:port`, an IPv6 host in brackets. */
export function isAddress(text: string): boolean {
  const [, port = ''] = /^(?:\[[\da-fA-F:.]+\]|[^\s:/[\]@]+):(\d{1,5})$/.exec(text) ?? [];
  return port !== '' && Number(port) <= 65_535;
}
