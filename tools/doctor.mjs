// `npm run doctor`: says what is wrong on this machine, and the command that mends it. Changes nothing. Plain JavaScript,
// since it has to run on whatever Node there is, with or without packages; with them, tools/doctor.ts finds out the rest.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isHealthy, report, reportAsJson } from './doctor/report.mjs';
import { checkTools } from './doctor/tools.mjs';
import { ownNode } from './run/state.mjs';

const usage = `Says what is wrong on this machine, and the command that mends it. Changes nothing.

  npm run doctor [-- <options>]

  --json    print the findings as JSON, for programs
  --help    show this

All other options are those of npm start, as in: npm run doctor -- --port 9000
It then looks for what that start would want.

Exit code: 1 if something is wrong, else 0; warnings are for whoever wants what they are about.
`;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);

if (args.includes('--help') || args.includes('-h')) process.stdout.write(usage);
else diagnose(args.filter((arg) => arg !== '--json'));

function diagnose(options) {
  const tools = checkTools(root);
  const findings = [...tools, ...(canGoOn(tools) ? theRest(options) : [notChecked()])];
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  console.log(args.includes('--json') ? reportAsJson(findings) : report(findings, { colour }));
  process.exitCode = isHealthy(findings) ? 0 : 1;
}

/** Whether the packages are there and run, whatever else is wrong. */
function canGoOn(findings) {
  return findings.some(({ subject, level }) => subject === 'Node of the packages' && level === 'ok');
}

function notChecked() {
  return { level: 'note', subject: 'all else', found: 'not looked at: that takes the packages' };
}

/** Runs the checks in TypeScript, which print their findings, on the Node of the packages. */
function theRest(options) {
  const PATH = [path.join(root, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);
  const { status, stdout, stderr } = spawnSync(ownNode(root), [path.join(root, 'tools', 'doctor.ts'), ...options], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH },
    maxBuffer: 1e8,
  });
  if (status === 0) return JSON.parse(stdout);
  if (status === 2) {
    console.error(stderr.trim());
    process.exit(1);
  }
  const [reason = 'it ended early'] = stderr.split('\n').filter((line) => /^\S*Error\b/.test(line));
  return [{ level: 'wrong', subject: 'all else', found: `cannot be looked at: ${reason}`, mend: 'npm ci' }];
}
