import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A user who is signed in. */
export interface SignedUp {
  /** `users/{id}` */
  readonly name: string;
  readonly token: string;
}

const password = 'correct-horse-battery';

/** Milliseconds that the system may take until it answers. */
const patience = 60_000;

/** Lets so many users sign up and in at a gateway, one after the other, as soon as it answers. */
export async function signUp(port: number, count: number, check: () => void): Promise<readonly SignedUp[]> {
  const users: SignedUp[] = [];
  const late = performance.now() + patience;
  while (users.length < count) {
    check();
    const email = `${randomUUID()}@example.com`;
    try {
      const { name } = await post(port, '/v1/users', { email, password, displayName: 'Ada' });
      const { accessToken } = await post(port, '/v1/sessions', { email, password });
      users.push({ name: String(name), token: String(accessToken) });
    } catch (error) {
      if (users.length > 0 || performance.now() > late) throw error;
      await delay(100); // It does not serve yet.
    }
  }
  return users;
}

async function post(port: number, path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} was answered with ${response.status}: ${text}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>; // that is what the gateway answers with
}
