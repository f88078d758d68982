/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands behind the bar. */
  readonly text: string;
  readonly isOurs: boolean;
}

const width = 760;
const labelWidth = 170;
const textWidth = 190;
const row = 30;
const top = 46;

/** A chart of bars, as SVG that can be read on light and dark pages. */
export function chart(title: string, bars: readonly Bar[]): string {
  const highest = Math.max(...bars.map(({ value }) => value));
  const scale = (width - labelWidth - textWidth) / highest;
  const height = top + bars.length * row + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    '  <style>',
    '    text { font: 14px system-ui, sans-serif; fill: #1f2328; }',
    '    .title { font-weight: 600; }',
    '    .ours { fill: #0969da; }',
    '    .theirs { fill: #afb8c1; }',
    '    @media (prefers-color-scheme: dark) {',
    '      text { fill: #e6edf3; }',
    '      .ours { fill: #4493f8; }',
    '      .theirs { fill: #57606a; }',
    '    }',
    '  </style>',
    `  <text class="title" x="10" y="26">${escape(title)}</text>`,
    ...bars.flatMap(({ label, value, text, isOurs }, index) => {
      const y = top + index * row;
      const length = Math.max(1, value * scale);
      return [
        `  <text x="10" y="${y + 16}">${escape(label)}</text>`,
        `  <rect class="${isOurs ? 'ours' : 'theirs'}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="22" rx="3" />`,
        `  <text x="${(labelWidth + length + 8).toFixed(1)}" y="${y + 16}">${escape(text)}</text>`,
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
