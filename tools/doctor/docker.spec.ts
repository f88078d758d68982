import { expect, test } from 'vitest';
import { checkDocker, dockerOfMachine } from './docker.ts';

test('Docker is nothing that has to be there', async () => {
  const findings = checkDocker(await dockerOfMachine());

  expect(findings.map(({ level }) => level)).not.toContain('wrong');
});

test('what is there and new enough is fine', () => {
  expect(checkDocker({ client: '28.2.2', daemon: '28.2.2', compose: '2.20.0' })).toEqual([
    { level: 'ok', subject: 'Docker', found: '28.2.2' },
    { level: 'ok', subject: 'Docker Compose', found: '2.20.0' },
  ]);
});

test('without Docker there is one warning, that says where it comes from', () => {
  const [finding, ...others] = checkDocker({});

  expect(finding).toMatchObject({ level: 'warning', subject: 'Docker' });
  expect(finding.mend).toContain('https://docs.docker.com');
  expect(others).toEqual([]);
});

test.each([
  ['linux', 'Cannot connect to the Docker daemon', 'sudo systemctl start docker'],
  ['darwin', 'Cannot connect to the Docker daemon', 'start Docker Desktop'],
  ['linux', 'permission denied while trying to connect', 'sudo usermod -aG docker "$USER", then sign in again'],
] as const)('a daemon that does not answer on %s (%s) is mended by: %s', (platform, refusal, mend) => {
  const [docker] = checkDocker({ client: '28.2.2', refusal, compose: '2.40.0' }, platform);

  expect(docker).toMatchObject({ level: 'warning', mend });
});

test.each(['1.29.2', '2.19.9', undefined])('Compose %s is too old', (compose) => {
  const [, finding] = checkDocker({ client: '28.2.2', daemon: '28.2.2', compose });

  expect(finding).toMatchObject({ level: 'warning', subject: 'Docker Compose' });
  expect(finding?.mend).toContain('https://docs.docker.com/compose/install/');
});
