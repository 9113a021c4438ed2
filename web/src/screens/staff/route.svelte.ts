/** Where in the staff page we are: the path, and going elsewhere without a new page. */

export type Route =
  | { page: "home" }
  | { page: "cases" }
  | { page: "schedule"; case_id: string | null }
  | { page: "case" | "record" | "meeting" | "links"; id: string }
  | { page: "unknown" };

/** The route a path means. */
export function routeOf(path: string, search = ""): Route {
  const [root, kind, id, more] = path.replace(/^\/+|\/+$/g, "").split("/");
  if (root !== "app") return { page: "unknown" };
  if (kind === "meetings" && id && more === "links") return { page: "links", id };
  if (more) return { page: "unknown" };
  if (!kind) return { page: "home" };
  if (kind === "schedule" && !id) return { page: "schedule", case_id: new URLSearchParams(search).get("case") };
  if (kind === "cases") return id ? { page: "case", id } : { page: "cases" };
  if (kind === "records" && id) return { page: "record", id };
  if (kind === "meetings" && id) return { page: "meeting", id };
  return { page: "unknown" };
}

const state = $state({ path: here() });

function here(): string {
  return typeof location === "undefined" ? "/app" : location.pathname + location.search;
}

/** The route now. */
export function route(): Route {
  const [path = "", search = ""] = state.path.split("?");
  return routeOf(path, search);
}

export function go(path: string): void {
  history.pushState(null, "", path);
  state.path = path;
}

/** Follows links inside /app and the back button. Returns the way to stop. */
export function followLinks(): () => void {
  const back = (): void => void (state.path = here());
  const click = (event: MouseEvent): void => {
    const link = (event.target as Element | null)?.closest?.("a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (routeOf(link.pathname).page === "unknown") return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener("popstate", back);
  addEventListener("click", click);
  return () => {
    removeEventListener("popstate", back);
    removeEventListener("click", click);
  };
}
