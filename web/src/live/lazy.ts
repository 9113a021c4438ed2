const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 8_000;

/** Fetches code that is needed later, again and again where the network fails. */
export async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
