// Cutting a photo to its shape before it is sent. Loaded by the photo macro alone; without it the file goes as it is, and the portal judges it.
const fresh = "[data-crop]:not([data-ready])";
const SHOWN = 3;  // dots of the canvas for each that it takes of the page
const STEP = 0.03;  // of the frame, for a press of an arrow key
const DEEPEST = 4;  // times as large as the whole picture in the frame
const LARGEST = 2.5;  // times the least: what is sent is sharp, and no larger than printing needs
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const GREY = "rgb(128 128 128 / 80%)";

const begin = (box) => {
  box.dataset.ready = "";
  const told = JSON.parse(box.dataset.crop);
  const [input, canvas, zoom] = [document.getElementById(told.for), box.querySelector("canvas"), box.querySelector("input")];
  const [work, said] = [box.querySelector("[data-work]"), box.querySelector("[data-said]")];
  const pen = canvas.getContext("2d");
  const shape = told.height / told.width;
  let picture, spot, whole;  // the picture upright; its point in the middle of the frame; how many of its dots the frame holds across at most

  const across = () => whole / (1 + (deepest() - 1) * zoom.value / 100);
  const deepest = () => Math.max(1, Math.min(DEEPEST, whole / told.least));
  const kept = (at, half, end) => Math.min(Math.max(at, half), Math.max(end - half, half));
  const part = () => {
    const width = across();
    const height = width * shape;
    spot = { x: kept(spot.x, width / 2, picture.width), y: kept(spot.y, height / 2, picture.height) };
    return [spot.x - width / 2, spot.y - height / 2, width, height];
  };
  const put = (pen, width) => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, width * shape);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, ...part(), 0, 0, width, width * shape);
  };
  const show = () => {
    canvas.width = Math.round(canvas.clientWidth * SHOWN) || 600;
    canvas.height = Math.round(canvas.width * shape);
    put(pen, canvas.width);
    pen.strokeStyle = GREY;
    pen.lineWidth = 2 * SHOWN;
    pen.setLineDash([6 * SHOWN, 5 * SHOWN]);
    pen.beginPath();
    pen.ellipse(canvas.width / 2, canvas.height * 0.42, canvas.width * 0.28, canvas.height * 0.26, 0, 0, 2 * Math.PI);
    pen.stroke();
  };
  const laid = (drawn) => {
    picture = drawn;
    whole = Math.min(picture.width, picture.height / shape);
    spot = { x: picture.width / 2, y: picture.height / 2 };
    zoom.value = 0;
    work.hidden = false;
    said.textContent = whole < told.least ? told.small : told.ready;
    show();
  };
  const open = async () => {
    picture = undefined;
    box.hidden = input.files.length === 0;
    work.hidden = true;
    said.textContent = "";
    if (box.hidden) return;
    try { laid(await createImageBitmap(input.files[0], { imageOrientation: "from-image" })); } catch { said.textContent = told.broken; }
  };
  const turn = () => {
    const turned = Object.assign(document.createElement("canvas"), { width: picture.height, height: picture.width });
    const pen = turned.getContext("2d");
    pen.translate(turned.width, 0);
    pen.rotate(Math.PI / 2);
    pen.drawImage(picture, 0, 0);
    laid(turned);
  };
  const move = (x, y) => {
    const dots = across();
    spot = { x: spot.x - x * dots, y: spot.y - y * dots };
    show();
  };
  const sized = (by) => { zoom.value = Number(zoom.value) + by; show(); };
  const file = () => {
    const cut = document.createElement("canvas");
    cut.width = Math.round(Math.min(across(), told.least * LARGEST));
    cut.height = Math.round(cut.width * shape);
    put(cut.getContext("2d"), cut.width);
    const bytes = Uint8Array.from(atob(cut.toDataURL("image/jpeg", 0.92).split(",")[1]), (sign) => sign.charCodeAt(0));
    return new File([bytes], `${input.files[0].name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
  };

  input.addEventListener("change", open);
  zoom.addEventListener("input", show);
  box.querySelector("[data-turn]").addEventListener("click", turn);
  let last;
  canvas.addEventListener("pointerdown", (event) => { last = event; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!picture || !canvas.hasPointerCapture(event.pointerId)) return;
    move((event.clientX - last.clientX) / canvas.clientWidth, (event.clientY - last.clientY) / canvas.clientWidth);
    last = event;
  });
  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) move(arrow[0] * STEP, arrow[1] * STEP);
    else if (event.key === "+" || event.key === "=") sized(5);
    else if (event.key === "-") sized(-5);
    else return;
    event.preventDefault();
  });
  input.form.addEventListener("formdata", (event) => { if (picture && event.formData.has(input.name)) event.formData.set(input.name, file()); });
  open();  // a file chosen while this was loading counts
};

const all = () => document.querySelectorAll(fresh).forEach(begin);
document.addEventListener("htmx:after:swap", all);
all();
