/** A value that tells its readers when it changes. Meets Svelte's store contract, so a screen may write `$meeting`. */
export interface Readable<T> {
  /** The value now. */
  readonly value: T;
  /** Calls `run` at once and after every change; returns the way to stop. */
  subscribe(run: (value: T) => void): () => void;
}

/** A `Readable` its owner can set. */
export class Value<T> implements Readable<T> {
  #value: T;
  readonly #readers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  /** Tells the readers unless the value is the same primitive or object. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const run of [...this.#readers]) run(value);
  }

  subscribe(run: (value: T) => void): () => void {
    this.#readers.add(run);
    run(this.#value);
    return () => this.#readers.delete(run);
  }
}

/** A list of listeners for one kind of happening. */
export class Listeners<A extends unknown[]> {
  readonly #listeners = new Set<(...args: A) => void>();

  add(listener: (...args: A) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(...args: A): void {
    for (const listener of [...this.#listeners]) listener(...args);
  }
}
