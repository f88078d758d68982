/** What a running system was asked for and did not do, in words for whoever asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
