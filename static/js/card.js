// The ID card, on the pages that ask for it. The Web eID extension is tried first (github.com/web-eid/web-eid.js), then the card reader
// program of this house on this computer. The token goes to the portal in the page's form; every sentence shown is written in the page,
// or comes from the program, in both languages.
(() => {
  "use strict";
  const place = document.querySelector("[data-card]");
  if (!place) return;
  const $ = (selector) => place.querySelector(selector);
  const $$ = (selector) => [...place.querySelectorAll(selector)];
  const { agent, challenge } = place.dataset;
  const lang = document.documentElement.lang;
  const form = $("[data-card-form]");
  const VERSION = "2.1.0";  // of the extension's protocol
  const EVERY = 2000, ACK = 1000, HANDSHAKE = 6000, PATIENCE = 180000, SETTLE = 300;  // milliseconds; extensions enter a page last
  let busy = false;

  // ── What is shown ──────────────────────────────────────────────────────────────────────────────────────────────────
  const REACHABLE = new Set(["ready", "problem", "extension"]);
  let shown = "";

  const show = (state, words = "") => {
    if (shown === state + words) return;
    shown = state + words;
    if (words) $("[data-words]").textContent = words;
    for (const part of $$("[data-state]")) part.hidden = part.dataset.state !== state;
    $("[data-reachable]").hidden = !REACHABLE.has(state);
  };

  const complain = (words) => {
    $("[data-failure]").textContent = words;
    $("[data-failure]").hidden = !words;
  };
  const own = (name) => $(`[data-say="${name}"]`).textContent;

  // ── The program on this computer ───────────────────────────────────────────────────────────────────────────────────
  class Problem extends Error {}

  const ask = async (path, body) => {
    const response = await fetch(agent + path, {
      method: body ? "POST" : "GET",
      headers: { "X-Card-Reader": "1", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answer = await response.json();
    if (!response.ok) throw new Problem(answer.message?.[lang] || own("failed"));
    return answer;
  };

  // Chrome asks the person before a public page may reach this computer; its name for that permission has changed once.
  const permission = async () => {
    for (const name of ["loopback-network", "local-network-access"]) {
      try { return (await navigator.permissions.query({ name })).state; } catch { /* not of this browser */ }
    }
    return "unknown";
  };

  const look = async () => {
    const patience = setTimeout(async () => { if (!busy && await permission() === "prompt") show("asking"); }, 1500);
    try {
      const status = await ask("/v1/status");
      if (!busy) show(status.ready ? "ready" : "problem", status.ready ? "" : status.message[lang]);
    } catch {
      const state = await permission() === "denied" ? "denied" : "absent";
      if (!busy) show(state);
    }
    clearTimeout(patience);
    setTimeout(look, EVERY);
  };

  const program = {
    authenticate: (challengeNonce) => ask("/v1/authenticate", { challengeNonce, lang }),
    certificate: () => ask("/v1/certificate", { lang }),
    sign: ({ nonce, hashFunction, what }) => ask("/v1/sign", { hash: nonce, hashFunction, what, lang }),
  };

  // ── The Web eID extension ──────────────────────────────────────────────────────────────────────────────────────────
  const extension = (action, details, patience) => new Promise((resolve, reject) => {
    const over = (settle, value) => { removeEventListener("message", heard); clearTimeout(unheard); clearTimeout(end); settle(value); };
    const heard = ({ source, origin, data }) => {
      if (source !== window || origin !== location.origin || typeof data?.action !== "string") return;
      if (data.action === `${action}-ack`) clearTimeout(unheard);
      if (data.action === `${action}-success`) over(resolve, data);
      if (data.action === `${action}-failure`) over(reject, new Problem(own(/CANCELLED/.test(data.error?.code) ? "cancelled" : "failed")));
    };
    const unheard = setTimeout(() => over(reject, new Problem(own("failed"))), ACK);
    const end = setTimeout(() => over(reject, new Problem(own("failed"))), patience);
    addEventListener("message", heard);
    postMessage({ action, libraryVersion: VERSION, ...details }, location.origin);
  });

  const options = { lang };
  const webEid = {
    authenticate: async (challengeNonce) => {
      const { unverifiedCertificate, algorithm, signature, format, appVersion } =
        await extension("web-eid:authenticate", { challengeNonce, options }, PATIENCE);
      return { unverifiedCertificate, algorithm, signature, format, appVersion };
    },
    certificate: () => extension("web-eid:get-signing-certificate", { options }, PATIENCE),
    sign: ({ nonce, hashFunction }, certificate) =>
      extension("web-eid:sign", { certificate, hash: nonce, hashFunction, options }, PATIENCE),
  };

  // ── From the button to the portal ──────────────────────────────────────────────────────────────────────────────────
  const portal = async (told) => {
    const response = await fetch(challenge, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrf_token.value, ...(told && { "Content-Type": "application/json" }) },
      body: told && JSON.stringify(told),
      credentials: "same-origin",
    });
    if (response.status === 429) throw new Problem(own("often"));
    const answer = await response.json().catch(() => ({}));
    if (!response.ok || response.redirected) throw new Problem(answer.message || own("declined"));
    return answer;
  };

  const tasks = {
    authenticate: async (reader) => {
      const { nonce } = await portal();
      show("working");
      return reader.authenticate(nonce);
    },
    // A PDF names the certificate before it is signed: it is told first, then the portal says which hash it is.
    sign: async (reader) => {
      show("confirming");
      const { certificate } = await reader.certificate();
      const asked = await portal({ certificate });
      show("working");
      const { signature, signatureAlgorithm } = await reader.sign(asked, certificate);
      return { signature, signatureAlgorithm };
    },
  };
  const task = tasks[place.dataset.task];

  const begin = (reader, usual) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    complain("");
    try {
      form.elements.token.value = JSON.stringify(await task(reader));
      show("sending");
      form.submit();
    } catch (problem) {
      busy = false;
      delete form.dataset.busy;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
      complain(problem instanceof Problem ? problem.message : own("failed"));
      show(usual);
    }
  });

  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });  // Back: the token was for once
  place.hidden = false;
  show("looking");
  const start = () => extension("web-eid:status", {}, HANDSHAKE).then(
    () => { begin(webEid, "extension"); show("extension"); },
    () => { begin(program, "looking"); look(); },
  );
  addEventListener("load", () => setTimeout(start, SETTLE));
})();
