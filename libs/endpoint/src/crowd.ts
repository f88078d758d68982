/** What a crowd is of. */
export interface Placed {
  /** Where it stands, which the crowd keeps; -1 outside. */
  place: number;
}

/**
 * Those who are there at the moment, in no order: a Set for what comes and goes with every request. A table that a Set or a
 * Map of V8 has given up refers to its successor. Once one of them is old, all that was in the later ones is kept until
 * the next full garbage collection, and moved about until then.
 */
export class Crowd<T extends Placed> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: T): void {
    member.place = this.#members.push(member) - 1;
  }

  /** Returns false for who was not there. */
  delete(member: T): boolean {
    const { place } = member;
    if (place === -1) return false;
    member.place = -1;
    const last = this.#members.pop();
    if (last !== undefined && last !== member) {
      this.#members[place] = last;
      last.place = place;
    }
    return true;
  }

  /** All who are there now, as a list of its own. */
  toArray(): readonly T[] {
    return [...this.#members];
  }

  some(test: (member: T) => boolean): boolean {
    return this.#members.some(test);
  }
}
