/** A limit in time that is in force: what ends when, and who says so. */
export interface Timeout {
  /** What ends, in words. */
  readonly what: string;
  readonly milliseconds: number;
  /** Where it is set, such as a variable of the environment, or an option in the code. */
  readonly from: string;
}
