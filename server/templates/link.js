(() => {
  "use strict";
  window.onerror = null;
  const W = {{ script_words | tojson }};
  const ENTRY = {{ entry | tojson }};
  const $ = (id) => document.getElementById(id);
  // The server reads the token out of whatever became of the link; here only what is too short for one is known.
  const find = (text) => text.trim().length > 42 ? text : "";

  addEventListener("keydown", (event) => { if (event.key === "Tab") document.documentElement.dataset.keys = "tab"; }, true);

  // The token leaves the address bar at once and is kept in memory only.
  let token = find(location.hash.slice(1));
  let seat;
  let retry = () => undefined;
  const came = location.hash.length > 1;
  if (came) history.replaceState(null, "", location.pathname + location.search);

  const show = (id) => {
    for (const part of ["start", "greet", "tell", "paste"]) $(part).hidden = part !== id;
    busy("");
    if (id !== "start" && id !== "paste") $(id).querySelector("h1").focus();
  };
  const busy = (text) => { $("busy").textContent = text; };
  const ask = (path, body) => fetch(path, {
    method: body ? "POST" : "GET", credentials: "same-origin", cache: "no-store", keepalive: path.endsWith("leave"),
    headers: body ? { "content-type": "application/json" } : {}, body: body && JSON.stringify(body),
  });
  const time = (at, zone) => new Intl.DateTimeFormat(document.documentElement.lang + "-US", {
    weekday: "long", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: zone, timeZoneName: "short",
  }).format(new Date(at));
  // A name runs in its own direction inside our sentence.
  const say = (id, text, values) => $(id).replaceChildren(...text.split(/\{(\w+)\}/).map((part, at) => (
    at % 2 ? Object.assign(document.createElement("bdi"), { textContent: values[part] }) : part
  )));

  const tell = (code, extra = {}) => {
    const [title, text] = W.told[code] || W.told.other;
    $("told").textContent = title;
    say("why", text, { when: extra.scheduled_at ? time(extra.scheduled_at, extra.time_zone) : "" });
    $("again").hidden = !["other", "offline", "rate.exceeded", "meeting.too_early", "meeting.moved"].includes(W.told[code] ? code : "other");
    show("tell");
    $("paste").hidden = code !== "link.unknown";
  };

  // The program is fetched while the greeting is read. Not every phone knows modulepreload (Safari before 17): there the
  // file is fetched into the cache instead.
  const head = (values) => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement("link"), { ...values, onload: done, onerror: failed }));
  });
  const fetched = {};
  const preload = (href) => (fetched[href] ??= (
    document.createElement("link").relList.supports("modulepreload")
      ? head({ rel: "modulepreload", href })
      : fetch(href).then((answer) => { if (!answer.ok) throw answer; })
  ).catch((error) => { delete fetched[href]; throw error; }));
  const ahead = (language) => {
    for (const href of [...ENTRY.preloads, ...(ENTRY.words[language] || [])]) void preload(href).catch(() => undefined);
    return preload(ENTRY.script);
  };

  const greet = (body) => {
    token = "";
    seat = body;
    if (ENTRY) {
      void ahead(body.language).catch(() => undefined);
      for (const href of ENTRY.styles) void fetch(href).catch(() => undefined);
    }
    const { name, meeting } = body;
    // Loaded again before the answer, the page asks again.
    history.replaceState(null, "", location.pathname + "?lang=" + document.documentElement.lang + "&ask=1");
    say("hello", W.hello, { name: name.split(" ")[0] });
    const when = time(meeting.scheduled_at, meeting.time_zone);
    say("when", W.when, { when, facilitator: meeting.facilitator_first_name });
    show("greet");
  };

  // A language chosen on this page before it was known who is here is theirs from now on.
  const keepLanguage = async ({ language }) => {
    const chosen = new URLSearchParams(location.search).get("lang");
    if (!chosen || chosen === language) return language;
    await ask("/api/join/language", { language: document.documentElement.lang });
    return document.documentElement.lang;
  };

  const spend = async () => {
    retry = spend;
    busy(W.busy);
    $("continue").setAttribute("aria-disabled", "true");
    try {
      const answer = await ask("/api/links/spend", { token });
      const body = await answer.json();
      if (!answer.ok) { tell(body.code, body); return; }
      greet({ ...body, language: await keepLanguage(body) });
    } catch { tell("offline"); }
    $("continue").removeAttribute("aria-disabled");
  };

  const open = async () => {
    retry = open;
    if (!ENTRY) { tell("unbuilt"); return; }
    busy(W.busy);
    try {
      await Promise.all([ahead(seat.language), ...ENTRY.styles.map((href) => head({ rel: "stylesheet", href }))]);
    } catch { tell("offline"); return; }
    for (const part of document.querySelectorAll("header,footer,#page-style")) part.remove();
    $("app").replaceChildren();
    $("app").dataset.seat = JSON.stringify(seat);
    await import(ENTRY.script);
  };

  // Coming back without a token: the guest cookie says who this is.
  const resume = () => {
    retry = resume;
    return ask("/api/join").then(
      async (answer) => {
        const body = await answer.json();
        if (answer.status === 425) tell(body.code, body);
        else if (!answer.ok) show("paste");
        else if (new URLSearchParams(location.search).has("ask")) greet(body);
        else { seat = body; await open(); }
      },
      () => tell("offline"),
    );
  };

  const leave = () => ask("/api/join/leave", {}).catch(() => undefined);
  $("continue").onclick = () => { if (!$("continue").hasAttribute("aria-disabled")) void spend(); };
  $("again").onclick = () => void retry();
  $("yes").onclick = () => {
    history.replaceState(null, "", location.pathname + "?lang=" + document.documentElement.lang);
    void open();
  };
  $("no").onclick = async () => { token = ""; await leave(); tell("someone_else"); };
  $("exit").onclick = (event) => { event.preventDefault(); token = ""; void leave(); location.replace($("exit").href); };
  $("other").onclick = async (event) => {
    event.preventDefault();
    const lang = $("other").lang;
    if (!token) await ask("/api/join/language", { language: lang }).catch(() => undefined);
    location.replace("/j?lang=" + lang + ($("greet").hidden ? "" : "&ask=1") + (token ? "#" + token : ""));
  };
  for (const form of document.querySelectorAll("form")) form.onsubmit = (event) => {
    event.preventDefault();
    token = find(form.link.value);
    if (token) void spend(); else tell("link.unknown");
  };

  // Another link opened in this same tab only changes the fragment.
  addEventListener("hashchange", () => { if (find(location.hash.slice(1))) location.reload(); });
  if (token) show("start");
  else if (came) tell("link.unknown");
  else void resume();
})();
