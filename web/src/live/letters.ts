/**
 * How long a text is, in letters as its reader counts them: extended grapheme clusters, as `meetings/words.py` counts
 * them where the text is filed. Both are held to `tests/support/corpus/letters.json`. [pure]
 */

/** Of a name and of a relation. */
export const LONGEST_NAME = 80;
/** Of a question, a proposal, a reason. */
export const LONGEST_WORDS = 2000;
/** Of one box of the plan. */
export const LONGEST_FIELD = 4000;
/** Characters of one letter; a longer pile counts as several. */
const MOST_IN_A_LETTER = 16;

// As `plain` there cleans: controls but the line end and the tab, formats but joiners, tags and signs of numbers.
const NOISE = /[\0-\x08\x0b-\x1f\x7f-\x9f]|[^\P{Cf}\u0600-\u06dd\u200b-\u200d\u{e0020}-\u{e007f}]/gu;

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter("en", { granularity: "grapheme" }) : null;

/** The letters of a text. */
export function letters(text: string): number {
  let count = 0;
  for (const letter of clusters(text)) count += Math.ceil([...letter].length / MOST_IN_A_LETTER);
  return count;
}

/** How many letters a text has over `most`, without what is cleaned from it when it is filed; 0 where it fits. */
export function excess(text: string, most: number): number {
  if (text.length <= most) return 0;
  const seen = text.trim().replace(/\r\n?/g, "\n").replace(NOISE, "");
  return Math.max(0, letters(seen.normalize()) - most);
}

function clusters(text: string): Iterable<string> {
  // An older browser counts characters: it allows fewer letters, never more.
  return segmenter ? Array.from(segmenter.segment(text), (one) => one.segment) : text;
}
