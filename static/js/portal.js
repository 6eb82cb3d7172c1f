// What the pages do beyond links and forms. Every page works without it; every sentence it shows is written in the page.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, handler, capture = false) => document.addEventListener(type, handler, capture);
  const live = () => $("#live");
  const say = (text) => { live().textContent = ""; setTimeout(() => { live().textContent = text; }, 50); };
  const digits = (text) => document.documentElement.lang === "ar" ? text.replace(/\d/g, (digit) => "٠١٢٣٤٥٦٧٨٩"[digit]) : text;
  const clock = (seconds) => digits(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);

  // ── A new page: where the reader stands ────────────────────────────────────────────────────────────────────────────
  const arrive = () => {
    const summary = $("#main [data-focus]");
    const heading = $("#main h1");
    const place = summary || heading || $("#main");
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
    if (summary) place.scrollIntoView({ block: "start" });
    if (!summary && heading) say(heading.textContent.trim());
  };

  on("htmx:after:swap", (event) => {
    const { target, request } = event.detail.ctx;
    prepare();
    if (target !== document.body && target?.id !== "main") return;
    if (target !== document.body && !$("#main [data-focus]")) scrollTo(0, 0);
    if (!request?.anchor) arrive();
  });

  // A refused form stays under the address it was typed at; the page already shown is not pushed twice.
  on("htmx:before:history:update", (event) => {
    const { history: { path }, response } = event.detail;
    if (response?.status >= 400 || path === location.pathname + location.search) event.preventDefault();
  });

  // ── Requests that fail ─────────────────────────────────────────────────────────────────────────────────────────────
  let again = null;
  const quiet = (ctx) => ctx.sourceElement.matches?.("[hx-trigger*=every]");

  const failed = (ctx, words) => {
    if (quiet(ctx)) return;
    const { sourceElement, request } = ctx;
    const text = $("[data-failure-text]");
    text.textContent = words || text.dataset.usual;
    again = () => sourceElement.matches("form") ? sourceElement.requestSubmit(request.submitter ?? undefined) : sourceElement.click();
    $("#failure").hidden = false;
  };

  on("htmx:before:request", () => { $("#failure").hidden = true; });
  on("htmx:error", (event) => { if (event.detail.ctx) failed(event.detail.ctx); });
  on("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status < 500) return;
    event.preventDefault();
    failed(ctx, new DOMParser().parseFromString(ctx.text, "text/html").querySelector("h1[data-problem]")?.textContent.trim());
  });

  // ── Sending a form once ────────────────────────────────────────────────────────────────────────────────────────────
  const rest = (form) => {
    delete form.dataset.busy;
    $$("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  };

  on("submit", (event) => {
    const form = event.target;
    if (event.submitter?.matches("[data-language]")) {
      delete form.dataset.changed;
      event.stopImmediatePropagation();  // a whole page: the direction turns
      return;
    }
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.busy = "yes";
    delete form.dataset.changed;
    event.submitter?.setAttribute("aria-busy", "true");
    if (form.method === "post") say(live().dataset.sending);
    setTimeout(() => rest(form), 15000);
  }, true);

  on("htmx:finally:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (!sourceElement.matches?.("form")) return;
    rest(sourceElement);
    if (!(response?.status < 400) && sourceElement.isConnected && sourceElement.matches("[data-guard]")) sourceElement.dataset.changed = "yes";
  });
  addEventListener("pageshow", () => $$("form").forEach(rest));

  // ── Leaving with unsaved text ──────────────────────────────────────────────────────────────────────────────────────
  const unsaved = () => $("form[data-guard][data-changed]");
  const note = (event) => { const form = event.target.form; if (form?.matches("[data-guard]")) form.dataset.changed = "yes"; };
  on("input", note);
  addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });
  on("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const leaves = ctx.target?.id === "main" && !ctx.sourceElement.matches("form[data-guard]");
    if (!leaves || !unsaved()) return;
    if (confirm(live().dataset.leaving)) delete unsaved().dataset.changed;
    else event.preventDefault();
  });

  // ── Things to press ────────────────────────────────────────────────────────────────────────────────────────────────
  const presses = {
    "[data-retry]": () => { $("#failure").hidden = true; again?.(); },
    "[data-dismiss]": () => { $("#failure").hidden = true; },
    "[data-reveal]": (button) => {
      const control = document.getElementById(button.dataset.reveal);
      control.type = control.type === "password" ? "text" : "password";
      $$("[data-when]", button).forEach((words) => { words.hidden = words.dataset.when !== control.type; });
    },
    "[data-copy]": (button) => navigator.clipboard.writeText(button.dataset.copy).then(() => say(live().dataset.copied)),
    "[data-print]": () => print(),
    "button[data-stay]": () => stay(),
  };

  on("click", (event) => {
    for (const [selector, press] of Object.entries(presses)) {
      const pressed = event.target.closest?.(selector);
      if (pressed) press(pressed);
    }
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const link = event.target.closest?.(".wrong a[href^='#']");
    if (link) { event.preventDefault(); document.getElementById(link.hash.slice(1))?.focus(); }
  });
  on("keydown", (event) => {
    const menu = event.key === "Escape" && $("details.menu[open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); }
  });

  // ── Counting down to another code ──────────────────────────────────────────────────────────────────────────────────
  const count = (paragraph) => {
    const end = Date.now() + paragraph.dataset.countdown * 1000;
    const waits = document.getElementById(paragraph.dataset.enables);
    paragraph.removeAttribute("data-countdown");
    if (waits) waits.hidden = true;
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      $("[data-clock]", paragraph).textContent = clock(left);
      if (left > 0) return paragraph.isConnected && setTimeout(tick, 1000);
      paragraph.hidden = true;
      if (waits) waits.hidden = false;
    };
    tick();
  };

  // ── The session that is about to end ───────────────────────────────────────────────────────────────────────────────
  let ends = 0;
  const box = () => $("dialog#timeout");
  const renew = () => { if (box()) ends = Date.now() + box().dataset.seconds * 1000; };

  const stay = () => fetch(box().dataset.stay, { credentials: "same-origin" })
    .then((response) => { if (!response.ok) throw response; renew(); box().close(); })
    .catch(() => location.reload());

  const watch = () => {
    if (!box()) return;
    const left = Math.round((ends - Date.now()) / 1000);
    if (left <= 0) { location.href = box().dataset.ended; return; }
    if (left > box().dataset.warn) return;
    $("[data-clock]", box()).textContent = clock(left);
    if (!box().open) box().showModal();
  };

  // ── Beginning, and after each swap ─────────────────────────────────────────────────────────────────────────────────
  const prepare = () => {
    $$("[data-reveal][hidden]").forEach((button) => { button.hidden = false; });
    $$("[data-countdown]").forEach(count);
    onwards();
  };

  // The form that leads to the bank goes by itself, once: whoever comes back to it by Back decides for themselves.
  const onwards = () => {
    const form = $("form[data-onwards]");
    const [arrival] = performance.getEntriesByType("navigation");
    if (!form || arrival?.type === "back_forward" || sessionStorage.getItem("onwards") === location.pathname) return;
    sessionStorage.setItem("onwards", location.pathname);
    form.requestSubmit();
  };

  on("htmx:after:request", (event) => { if (!quiet(event.detail.ctx)) renew(); });
  prepare();
  renew();
  setInterval(watch, 1000);
  if ($("#main [data-focus]")) arrive();
})();
