// What the pages of the job do beyond plain forms: dropped files are sent to this computer's own
// program, one after the other, and the page that waits is told how far things are.

const place = document.getElementById("drop");
const waiting = document.querySelector("[data-wait]");

// One file, with the folders that it lay in; told how much of it has come.
function send(file, name, drop, told) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/job/files?drop=${drop}&name=${encodeURIComponent(name)}`);
    request.upload.onprogress = (event) => told(event.loaded);
    request.onload = () => (request.status === 200 ? done() : failed(new Error(request.responseText)));
    request.onerror = () => failed(new Error("The program does not answer. Is it still running?"));
    request.send(file);
  });
}

async function take(files) {
  const coming = document.getElementById("coming");
  const bar = document.getElementById("bar");
  const all = files.reduce((sum, [file]) => sum + file.size, 0);
  const drop = Date.now();
  let before = 0;
  bar.hidden = false;
  bar.max = Math.max(all, 1);
  for (const [at, [file, name]] of files.entries()) {
    coming.textContent = `Copying ${at + 1} of ${files.length}: ${name}`;
    try {
      await send(file, name, drop, (loaded) => { bar.value = before + loaded; });
    } catch (error) {
      coming.textContent = error.message;
      return;
    }
    before += file.size;
  }
  location.assign("/job");
}

// Every file below what was dropped.
async function below(entry, path) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [[file, path + entry.name]];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const one of some) found.push(...await below(one, `${path}${entry.name}/`));
  }
}

if (place) {
  // A file dropped beside the place must not replace the page.
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
  addEventListener("dragover", () => place.classList.add("over"));
  addEventListener("dragleave", () => place.classList.remove("over"));
  addEventListener("drop", async (event) => {
    place.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    // What is no entry of a disc is a file all the same.
    const files = entries.length ? [] : [...event.dataTransfer.files].map((file) => [file, file.name]);
    for (const entry of entries) files.push(...await below(entry, ""));
    if (files.length) take(files);
  });
  const pick = document.getElementById("pick");
  pick.addEventListener("change", () => {
    const files = [...pick.files].map((file) => [file, file.name]);
    if (files.length) take(files);
  });
}

async function ask() {
  try {
    const now = await (await fetch("/job/progress")).json();
    if (now.to) {
      location.replace(now.to);
      return;
    }
    const bar = document.getElementById("bar");
    if (waiting.textContent !== now.stage) waiting.textContent = now.stage;
    // Answers are coded by the hundred or thousand: before the first are done, nobody knows how far it is.
    if (now.all && now.done) {
      bar.max = now.all;
      bar.value = now.done;
    } else bar.removeAttribute("value");
    const number = (n) => n.toLocaleString("en-GB");
    const said = [];
    if (now.all) said.push(`${now.done ? `${number(now.done)} of ` : ""}${number(now.all)} rows and documents`);
    said.push(`${now.spent} so far`);
    if (now.left) said.push(`about ${now.left} left`);
    document.getElementById("left").textContent = said.join("; ");
  } catch {
    document.getElementById("notice").textContent = "The program does not answer. Is it still running?";
  }
  setTimeout(ask, 500);
}

if (waiting) ask();
