/** What a user may hold beyond an ordinary user's rights. */
export type Role = 'admin';

/** A person with an account. */
export interface User {
  readonly id: string;
  /** As `normalEmail` gives it. */
  readonly email: string;
  readonly displayName: string;
  /** Only an active user may sign in. */
  readonly state: 'active' | 'disabled';
  readonly roles: readonly Role[];
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** Who asks for something. */
export interface Caller {
  /** Undefined for a caller who is no user, such as another program. */
  readonly id: string | undefined;
  readonly isAdmin: boolean;
}

/** The one spelling of an e-mail that is stored and compared. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** Whether a text can be the id of a user. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Whether a text is the name of a role. */
export function isRole(text: string): text is Role {
  return text === 'admin';
}
