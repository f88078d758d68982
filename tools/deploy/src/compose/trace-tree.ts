/** A trace as Jaeger's query service answers with it. */
export interface Trace {
  readonly spans: readonly Span[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

interface Span {
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
}

/** The spans of a trace, a line each, indented below those that they are part of. */
export function treeOf({ spans, processes }: Trace): readonly string[] {
  const parentOf = ({ references }: Span) => references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;
  const known = new Set(spans.map(({ spanID }) => spanID));
  const below = (parent: string | undefined): readonly string[] =>
    spans
      .filter((span) => (parent === undefined ? !known.has(parentOf(span) ?? '') : parentOf(span) === parent))
      .flatMap((span) => [
        `${processes[span.processID]?.serviceName ?? '?'} ${span.operationName}`,
        ...below(span.spanID).map((line) => `  ${line}`),
      ]);
  return below(undefined);
}
