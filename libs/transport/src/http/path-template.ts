/** A variable of a path template: the field that it fills, and the segments that it spans. */
export interface PathVariable {
  /** Names of the fields that lead to the one filled, such as `['user', 'name']`. */
  readonly fieldPath: readonly string[];
  /** Its first segment, and the one behind its last. */
  readonly start: number;
  readonly end: number;
}

/** A path template of google.api.http: `/v1/{name=users/*}:disable`. */
export interface PathTemplate {
  readonly source: string;
  /** Literals, `*` for one segment, `**` (at the end only) for any number of them. */
  readonly segments: readonly string[];
  readonly variables: readonly PathVariable[];
  /** What follows the last colon, or empty. */
  readonly verb: string;
}

/** Reads a path template. Throws when it is none. */
export function parseTemplate(source: string): PathTemplate {
  const verb = /:([^/{}*:]+)$/.exec(source)?.[1] ?? '';
  const path = verb === '' ? source : source.slice(0, -verb.length - 1);
  const segments: string[] = [];
  const variables: PathVariable[] = [];
  const part = /\/(?:\{([\w.]+)(?:=([^{}]+))?\}|([^/{}]+))/y;

  let end = 0;
  for (let match = part.exec(path); match !== null; match = part.exec(path)) {
    const [, field, pattern = '*', literal] = match;
    const start = segments.length;
    segments.push(...(literal === undefined ? pattern.split('/') : [literal]));
    if (field !== undefined) variables.push({ fieldPath: field.split('.'), start, end: segments.length });
    end = part.lastIndex;
  }
  if (end === 0 || end < path.length) throw new TypeError(`${source} is no path template of google.api.http`);
  if (segments.slice(0, -1).includes('**')) throw new TypeError(`${source}: ** can only stand at the end`);

  return { source, segments, variables, verb };
}

/** The router's paths that lead to a template. What they match, `templatePattern` still has to judge. */
export function routerPaths({ segments, verb }: PathTemplate): readonly string[] {
  const end = verb === '' ? '' : `::${verb}`;
  const parts = segments.map((segment, index) => {
    if (segment === '**') return '/*';
    if (segment !== '*') return `/${segment.replaceAll(':', '::')}`;
    return index === segments.length - 1 && end !== '' ? `/:s${index}([^/]+)` : `/:s${index}`;
  });
  if (segments.at(-1) !== '**') return [parts.join('') + end];

  const before = parts.slice(0, -1).join('');
  return [`${before}/*`, before === '' && end === '' ? '/' : before + end];
}

/** Matches a path as it came, still encoded, with a group for each variable. */
export function templatePattern({ segments, variables, verb }: PathTemplate, prefix = ''): RegExp {
  const parts = segments.map((segment, index) => {
    const open = variables.some(({ start }) => start === index) ? '(' : '';
    const close = variables.some(({ end }) => end === index + 1) ? ')' : '';
    if (segment !== '**') return `/${open}${segment === '*' ? '[^/]+' : escape(segment)}${close}`;
    return open === '' ? `(?:/.*)?${close}` : '(?:/(.*))?';
  });
  return new RegExp(`^${escape(prefix)}${parts.join('')}${verb === '' ? '' : escape(`:${verb}`)}$`);
}

/** The path that a request asks for, whose target may be a whole URL and have a query (RFC 9112, 3.2). */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*\/?/i, '/');
}

/** The value of a variable from its part of a path. Throws a URIError when its encoding is broken. */
export function decodeVariable(template: PathTemplate, variable: PathVariable, encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  // Across segments, a slash that came encoded must stay different from one that did not.
  return decodeURIComponent(isMultiSegment(template, variable) ? encoded.replace(/%(2f)/gi, '%25$1') : encoded);
}

/** The path of a template for the values of its variables; undefined when a value does not fit. */
export function expandTemplate(template: PathTemplate, values: readonly string[]): string | undefined {
  const segments = [...template.segments];
  for (const [index, variable] of template.variables.entries()) {
    const value = values[index] ?? '';
    if (!variablePattern(template, variable).test(value)) return undefined;
    const parts = isMultiSegment(template, variable) ? value.split('/') : [value];
    // A URL takes dots as a way up, encoded or not (WHATWG URL, 4.4).
    if (parts.includes('.') || parts.includes('..')) return undefined;
    segments.fill('', variable.start, variable.end);
    segments[variable.start] = parts.map(encodeURIComponent).join('/');
  }
  return `/${segments.filter((segment) => segment !== '').join('/')}${template.verb === '' ? '' : `:${template.verb}`}`;
}

/** The segments that a variable spans: `users/*`. */
export function variableSource({ segments }: PathTemplate, { start, end }: PathVariable): string {
  return segments.slice(start, end).join('/');
}

/** Matches the decoded values of a variable. */
function variablePattern(template: PathTemplate, variable: PathVariable): RegExp {
  if (!isMultiSegment(template, variable)) return /^[^]+$/;
  const parts = template.segments.slice(variable.start, variable.end).map((segment, index) => {
    const slash = index === 0 ? '' : '/';
    if (segment === '**') return index === 0 ? '.*' : '(/.*)?';
    return slash + (segment === '*' ? '[^/]+' : escape(segment));
  });
  return new RegExp(`^${parts.join('')}$`);
}

function isMultiSegment({ segments }: PathTemplate, { start, end }: PathVariable): boolean {
  return end - start > 1 || segments[start] === '**';
}

function escape(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
