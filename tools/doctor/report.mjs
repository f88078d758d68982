// How findings look. Plain JavaScript, as it has to work before anything is installed.

const colours = { ok: 32, note: 36, warning: 33, wrong: 31 };

/** A line for each finding, and a summary. */
export function report(findings, { colour = false } = {}) {
  const subject = Math.max(...findings.map((finding) => finding.subject.length));
  const lines = findings.map(
    ({ level, subject: name, found, mend }) =>
      `${paint(level.padEnd(7), colour && colours[level])}  ${name.padEnd(subject)}  ${found}${mend ? ` → ${mend}` : ''}`,
  );
  return [...lines, '', summary(findings)].join('\n');
}

/** The findings as JSON, for programs. */
export function reportAsJson(findings) {
  return JSON.stringify({ healthy: isHealthy(findings), summary: summary(findings), findings }, undefined, 2);
}

/** Whether nothing is wrong; warnings are not. */
export function isHealthy(findings) {
  return findings.every(({ level }) => level !== 'wrong');
}

function summary(findings) {
  const count = (wanted) => findings.filter(({ level }) => level === wanted).length;
  const warnings = count('warning');
  return `${count('wrong')} wrong, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('ok')} ok`;
}

function paint(text, colour) {
  return colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
}
