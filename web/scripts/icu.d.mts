export type Part =
  | string
  | { name: string }
  | { hash: true }
  | { name: string; kind: "plural" | "select"; cases: Record<string, Part[]> };
/** Throws Error where the message is not well formed. */
export function parse(text: string): Part[];
/** Every argument with its TypeScript type. */
export function argumentTypes(parts: readonly Part[]): Map<string, string>;
/** The message as a TypeScript expression. */
export function expression(parts: readonly Part[], hash?: string): string;
