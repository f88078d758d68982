/** What this system is called. */
export const product = {
  /** In names that programs read, such as that of the issuer of tokens. */
  name: 'ko',
  /** For people. */
  title: 'ko',
} as const;
