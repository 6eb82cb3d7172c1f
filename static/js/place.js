// The map of a place: Leaflet over our own sketch of the district, and over tiles where the settings name some. Loaded by the place macros alone.
// Without it the field is a list of areas and a text; with it the text stays what is sent, and the map, the list and the phone write into it.
const fresh = "[data-place]:not([data-ready])";
const PIN = '<svg viewBox="0 0 24 32" aria-hidden="true"><path fill="currentColor" stroke="#fff" stroke-width="1.5" d="M12 1C6 1 1.500 5.500 1.500 11.500 1.500 19.500 12 31 12 31s10.500-11.500 10.500-19.500C22.500 5.500 18 1 12 1z"/><circle cx="12" cy="11.500" r="4" fill="#fff"/></svg>';
const NEAR = 13;  // near enough to choose, far enough to see the neighbours
const NAMED_FROM = 12;  // the zoom from which every area says its name: nearer out they would cover each other

let leaflet;
const library = (told) => leaflet ??= Promise.all([import(new URL(told.leaflet, location.href).href), styled(told.style)]).then(() => globalThis.L);

const styled = (href) => new Promise((done) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done });
  document.head.prepend(link);  // ours, which comes later, has the last word
});

const west = (digits) => digits.replace(/[٠-٩۰-۹]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".includes(digit) ? "٠١٢٣٤٥٦٧٨٩".indexOf(digit) : "۰۱۲۳۴۵۶۷۸۹".indexOf(digit)).replaceAll("٫", ".");
const read = (text) => {
  const found = west(text).match(/^\s*(-?\d{1,3}\.?\d*)\s*[,،;\s]\s*(-?\d{1,3}\.?\d*)\s*$/);
  return found && [Number(found[1]), Number(found[2])];
};
const written = ({ lat, lng }) => `${Number(lat.toFixed(6))}, ${Number(lng.toFixed(6))}`;

const draw = async (box) => {
  box.dataset.ready = "";
  const told = JSON.parse(box.dataset.place);
  const L = await library(told);
  const canvas = box.querySelector(".place__canvas");
  const [south, west_, north, east] = told.within;
  const bounds = L.latLngBounds([south, west_], [north, east]);
  box.hidden = false;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(canvas, { zoomControl: false, minZoom: 9, maxZoom: told.tiles ? 19 : 17, maxBounds: bounds.pad(0.3), zoomAnimation: !still, fadeAnimation: !still, inertia: !still, attributionControl: Boolean(told.tiles), scrollWheelZoom: false });
  L.control.zoom({ zoomInTitle: told.in, zoomOutTitle: told.out, position: document.dir === "rtl" ? "topright" : "topleft" }).addTo(map);
  if (told.tiles) {
    map.attributionControl.setPrefix(false);
    canvas.classList.add("has-tiles");
    L.tileLayer(told.tiles.url, { attribution: escaped(told.tiles.thanks), maxZoom: 19, referrerPolicy: "origin" }).addTo(map);
  }
  if (told.sketch) sketch(L, map, told.sketch);
  name(L, map, told.areas);
  const icon = L.divIcon({ className: "place__pin", html: PIN, iconSize: [30, 40], iconAnchor: [15, 39] });
  if (told.points) many(L, map, told.points);
  else if (told.point) show(L, map, told.point, icon);
  else ask(L, map, box, told, bounds, icon);
};

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const sketch = async (L, map, address) => {
  const drawing = await (await fetch(address)).json();
  L.geoJSON(drawing, { interactive: false, style: (feature) => ({ className: `place__${feature.properties.kind}` }) }).addTo(map);
};

const name = (L, map, areas) => {
  const dot = L.divIcon({ className: "place__dot", iconSize: [8, 8] });
  const marks = areas.map((area) => L.marker(area.point, { icon: dot, interactive: false, keyboard: false, alt: "" })
    .bindTooltip(escaped(area.title), { permanent: true, direction: "bottom", offset: [0, 2], className: "place__name" }).addTo(map));
  const tell = () => marks.forEach((mark, at) => { if (at === 0 || map.getZoom() >= NAMED_FROM) mark.openTooltip(); else mark.closeTooltip(); });
  map.on("zoomend", tell);
  map.whenReady(tell);
};

const show = (L, map, point, icon) => {
  map.setView(point, NEAR);
  L.marker(point, { icon, interactive: false, keyboard: false, alt: "" }).addTo(map);
};

// A list as points: each leads where its line in the list leads, by mouse and by keyboard.
const many = (L, map, points) => {
  for (const { point, title, state, open, href } of points) {
    const icon = L.divIcon({ className: `place__pin place__pin--small${open ? "" : " place__pin--closed"}`, html: PIN, iconSize: [21, 28], iconAnchor: [10, 27] });
    const words = `${title} · ${state}`;
    L.marker(point, { icon, alt: words, title: words, keyboard: true }).addTo(map).on("click", () => location.assign(href))
      .on("keypress", ({ originalEvent }) => { if (originalEvent.key === "Enter") location.assign(href); });
  }
  map.fitBounds(L.latLngBounds(points.map(({ point }) => point)).pad(0.2), { maxZoom: 14 });
};

const ask = (L, map, box, told, bounds, icon) => {
  const place = box.closest(".place");
  const input = place.querySelector("input[type=text]");
  const list = place.querySelector("[data-area]");
  const said = box.querySelector("[data-said]");
  const say = (words) => { said.textContent = ""; setTimeout(() => { said.textContent = words; }, 50); };
  list?.removeAttribute("name");  // it moves the point here; what is sent is the text alone
  let marker;
  const put = (point, from) => {
    marker ??= L.marker(point, { icon, draggable: true, keyboard: false, alt: "", autoPan: true }).addTo(map)
      .on("dragend", () => set(marker.getLatLng()));
    marker.setLatLng(point);
    if (from !== "map") map.setView(point, Math.max(map.getZoom(), NEAR));
  };
  const set = (point, from = "map") => {
    const spot = L.latLng(point);
    if (!bounds.contains(spot)) { say(told.outside); if (marker && read(input.value)) marker.setLatLng(read(input.value)); return; }
    input.value = written(spot);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    put(spot, from);
    say(`${told.set} \u2066${input.value}\u2069`);
  };
  const typed = () => {
    const point = read(input.value);
    if (point && bounds.contains(point)) put(point, "text");
  };
  const cross = Object.assign(document.createElement("span"), { className: "place__cross" });
  cross.setAttribute("aria-hidden", "true");
  map.getContainer().append(cross);
  map.on("click", (event) => set(event.latlng));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== map.getContainer()) return;
    event.preventDefault();
    set(map.getCenter());
  });
  const listed = () => {
    const area = told.areas.find(({ code }) => code === list?.value);
    if (area) set(area.point, "list");
    return Boolean(area);
  };
  list?.addEventListener("change", listed);
  input.addEventListener("change", (event) => { if (event.isTrusted) typed(); });
  box.querySelector("[data-here]").addEventListener("click", () => {
    if (!navigator.geolocation) return say(told.unknown);
    say(told.asking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => set([coords.latitude, coords.longitude], "phone"),
      (error) => say(error.code === error.PERMISSION_DENIED ? told.denied : told.unknown),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
  map.fitBounds(told.areas.length ? L.latLngBounds(told.areas.map((area) => area.point)).pad(0.1) : bounds);
  if (!listed()) typed();  // what was chosen while this was loading counts
};

const all = () => document.querySelectorAll(fresh).forEach(draw);
document.addEventListener("htmx:after:swap", all);
all();
