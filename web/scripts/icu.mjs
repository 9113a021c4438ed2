/** Reads the part of ICU MessageFormat this product uses: `{name}`, `{x, plural, …}` with `#`, `{x, select, …}`. */

/** @typedef {string | {name: string} | {hash: true} | {name: string, kind: "plural" | "select", cases: Record<string, Part[]>}} Part */

const PLURAL_KEYS = /^(=\d+|zero|one|two|few|many|other)$/;

/** @param {string} text @returns {Part[]} @throws {Error} where the message is not well formed */
export function parse(text) {
  let at = 0;
  const fail = (/** @type {string} */ why) => {
    throw new Error(`${why} at ${at} in "${text}"`);
  };
  const skip = () => {
    while (/\s/.test(text[at] ?? "")) at += 1;
  };
  const word = () => {
    skip();
    const found = /^[=\w]+/.exec(text.slice(at));
    if (!found) return fail("A name is missing");
    at += found[0].length;
    skip();
    return found[0];
  };
  const expect = (/** @type {string} */ mark) => {
    if (text[at] !== mark) fail(`"${mark}" is missing`);
    at += 1;
  };

  /** @param {boolean} inPlural @returns {Part[]} */
  function parts(inPlural) {
    /** @type {Part[]} */
    const found = [];
    let plain = "";
    const flush = () => {
      if (plain) found.push(plain);
      plain = "";
    };
    while (at < text.length && text[at] !== "}") {
      if (text[at] === "{") {
        flush();
        found.push(argument());
      } else if (text[at] === "#" && inPlural) {
        flush();
        found.push({ hash: true });
        at += 1;
      } else {
        plain += text[at];
        at += 1;
      }
    }
    flush();
    return found;
  }

  /** @returns {Part} */
  function argument() {
    expect("{");
    const name = word();
    if (text[at] === "}") {
      at += 1;
      return { name };
    }
    expect(",");
    const kind = word();
    if (kind !== "plural" && kind !== "select") return fail(`"${kind}" is not known`);
    expect(",");
    skip();
    /** @type {Record<string, Part[]>} */
    const cases = {};
    while (text[at] !== "}") {
      const key = word();
      if (kind === "plural" && !PLURAL_KEYS.test(key)) fail(`"${key}" is no plural case`);
      expect("{");
      cases[key] = parts(kind === "plural");
      expect("}");
      skip();
    }
    expect("}");
    if (!cases.other) fail(`"${name}" has no case "other"`);
    return { name, kind, cases };
  }

  const all = parts(false);
  if (at < text.length) fail("A brace too many");
  return all;
}

/** Every argument with its TypeScript type. @param {Part[]} parts @returns {Map<string, string>} */
export function argumentTypes(parts) {
  /** @type {Map<string, string>} */
  const types = new Map();
  for (const part of parts) {
    if (typeof part === "string" || "hash" in part) continue;
    if (!("kind" in part)) {
      if (!types.has(part.name)) types.set(part.name, "string | number");
      continue;
    }
    types.set(part.name, part.kind === "plural" ? "number" : "string | number");
    for (const inner of Object.values(part.cases)) {
      for (const [name, type] of argumentTypes(inner)) if (!types.has(name)) types.set(name, type);
    }
  }
  return types;
}

/** The message as a TypeScript expression. @param {Part[]} parts @param {string} [hash] @returns {string} */
export function expression(parts, hash = "") {
  if (parts.every((part) => typeof part === "string")) return JSON.stringify(parts.join(""));
  const written = parts.map((part) => {
    if (typeof part === "string") return part.replace(/[\\`$]/g, "\\$&");
    if ("hash" in part) return `\${number(a.${hash})}`;
    if (!("kind" in part)) return `\${a.${part.name}}`;
    const cases = Object.entries(part.cases).map(
      ([key, inner]) => `${JSON.stringify(key)}: ${expression(inner, part.kind === "plural" ? part.name : hash)}`,
    );
    return `\${${part.kind}(a.${part.name}, { ${cases.join(", ")} })}`;
  });
  return `\`${written.join("")}\``;
}
