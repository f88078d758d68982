/** A sample user. Everybody knows the password. */
export const sample = { email: 'ada@example.com', password: 'correct-horse-battery' };
