interface Range {
  readonly type: string;
  readonly quality: number;
}

/** The offer that an Accept header likes best, the first of equals; undefined when it likes none (RFC 9110, 12.5.1). */
export function negotiate<Offer extends string>(
  accept: string | undefined,
  offers: readonly Offer[],
): Offer | undefined {
  const [first] = offers;
  if (accept === undefined || accept === '*/*' || accept === first || accept.trim() === '') return first;
  const ranges = accept.split(',').map(parseRange);
  const rated = offers.map((offer) => ({ offer, quality: qualityOf(offer, ranges) }));
  const best = Math.max(...rated.map(({ quality }) => quality));
  return best > 0 ? rated.find(({ quality }) => quality === best)?.offer : undefined;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** The most specific range decides. */
function qualityOf(offer: string, ranges: readonly Range[]): number {
  const family = `${offer.slice(0, offer.indexOf('/'))}/*`;
  const matches = [offer, family, '*/*'].map((type) => ranges.find((range) => range.type === type));
  return matches.find((range) => range !== undefined)?.quality ?? 0;
}
