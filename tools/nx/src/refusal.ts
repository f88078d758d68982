/** What a generator will not do, in words for whoever asked. Nothing has been written when it is thrown. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(message: string) {
    super(message);
    // Nx prints the stack of what a generator throws: for a refusal it would say nothing to anybody.
    this.stack = message;
  }
}
