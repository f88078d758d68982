import { missing, refuse } from './refusals.ts';

/** The text in a field of a request. Throws `invalid_argument` for an empty one, and for characters that no text has. */
export function textFrom(text: string, field: string): string {
  return optionalTextFrom(text, field) ?? missing(field);
}

/** The text in a field of a request; undefined when it is empty. Throws `invalid_argument` for characters that no text has. */
export function optionalTextFrom(text: string, field: string): string | undefined {
  if (/[^\P{Cc}\n\t]/u.test(text)) {
    refuse(field, 'string.printable', 'must not contain control characters other than tabs and line feeds');
  }
  return text === '' ? undefined : text;
}
