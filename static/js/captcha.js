// Set up the ALTCHA widget the strict way: its workers are files of ours, its words come from the page. Loaded by the captcha macro alone.
const fresh = "altcha-widget[data-words]";

const setUp = async (widget) => {
  const { altcha, sha, pbkdf2, words } = widget.dataset;
  delete widget.dataset.words;
  await import(new URL(altcha, location.href).href);
  const language = document.documentElement.lang;
  $altcha.i18n.set(language, { ...$altcha.i18n.get("en"), ...JSON.parse(words) });
  for (const size of ["256", "384", "512"]) {
    $altcha.algorithms.set(`SHA-${size}`, () => new Worker(sha));
    $altcha.algorithms.set(`PBKDF2/SHA-${size}`, () => new Worker(pbkdf2));
  }
  widget.configure({ language, hideFooter: true, hideLogo: true });
  // who began to type while this was still coming has touched the form already
  if (widget.closest("form")?.contains(document.activeElement)) widget.verify();
};

const all = () => document.querySelectorAll(fresh).forEach(setUp);
document.addEventListener("htmx:after:swap", all);
all();
