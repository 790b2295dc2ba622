// What the review page does beyond plain forms: keys, and pages that change without losing one's
// place. Without this file every button still works.

const main = () => document.getElementById("main");
const on = () => localStorage.getItem("heard.keys") !== "off";
let busy = false;
let chosen = 1;

// Puts a page that the server sent in the place of this one.
function show(text, address, stay) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("main");
  if (!fresh) {
    document.getElementById("notice").textContent = page.body.textContent;
    return;
  }
  const focus = document.activeElement && document.activeElement.id;
  const same = address === location.href;
  const open = same ? [...document.querySelectorAll("main details[open]>summary")].map((s) => s.id) : [];
  main().replaceChildren(...fresh.childNodes);
  document.title = page.title;
  document.querySelector("header").replaceWith(page.querySelector("header"));
  document.getElementById("notice").replaceChildren(...page.getElementById("notice").childNodes);
  if (!same) history.pushState(null, "", address);
  for (const id of open) {
    const summary = id === "book-summary" && document.getElementById(id);
    if (summary) summary.parentElement.open = true;
  }
  if (!same) chosen = 1;
  settle();
  const back = stay && same && focus && document.getElementById(focus);
  if (back) back.focus();
  else {
    (document.getElementById("answer") || main()).focus({ preventScroll: true });
    if (!same) scrollTo(0, 0);
  }
}

async function load(address, request, stay) {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(address, request);
    show(await answer.text(), answer.url, stay);
  } catch {
    document.getElementById("notice").textContent =
      "Not saved: the program does not answer. Start it again; every earlier decision is kept.";
  } finally {
    busy = false;
    catchUp();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.action.includes("/act/")) return;
  event.preventDefault();
  load(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }, true);
});

addEventListener("popstate", () => location.reload());

// Words marked with the mouse go into the field of words to hide.
document.addEventListener("selectionchange", () => {
  const marked = getSelection();
  const field = document.getElementById("hide");
  if (!field || marked.isCollapsed || !marked.anchorNode) return;
  const place = marked.anchorNode.parentElement;
  if (place && place.closest("[data-text]")) {
    const range = marked.getRangeAt(0).cloneContents();
    range.querySelectorAll("sup").forEach((mark) => mark.remove());
    const words = range.textContent.trim();
    if (words) field.value = words;
  }
});

// The code that the next keys are about.
function current() {
  const codes = [...document.querySelectorAll("[data-code]")];
  return codes.find((code) => code.dataset.code === String(chosen)) || codes[0];
}

function settle() {
  document.querySelectorAll(".code.current").forEach((code) => code.classList.remove("current"));
  const code = current();
  if (code) code.classList.add("current");
  const box = document.getElementById("single-keys");
  if (box) {
    box.checked = on();
    box.onchange = () => localStorage.setItem("heard.keys", box.checked ? "on" : "off");
  }
}

function press(target) {
  if (target.tagName === "SUMMARY") {
    target.parentElement.open = true;
    const field = target.parentElement.querySelector("select, button, input:not([type=hidden])");
    (field || target).focus();
  } else if (target.matches("input, textarea")) target.focus();
  else target.click();
}

// What a key does; false where it does nothing.
function act(key) {
  const step = key === "." ? 1 : key === "," ? -1 : 0;
  const wanted = step ? chosen + step : /^[1-9]$/.test(key) ? Number(key) : 0;
  if (wanted || step) {
    const code = document.getElementById(`code-${wanted}`);
    if (!code) return false;
    chosen = wanted;
    settle();
    code.focus();
    return true;
  }
  const code = current();
  const near = document.activeElement.closest && document.activeElement.closest(".segments > li");
  const quoted = CSS.escape(key);
  const target =
    (code && code.querySelector(`[data-code-key="${quoted}"]`)) ||
    (near && near.querySelector(`[data-key="${quoted}"]`)) ||
    document.querySelector(`[data-key="${quoted}"]`) ||
    (key === "/" && document.getElementById("to-explore"));
  if (target) press(target);
  return Boolean(target);
}

// Keys that were pressed while the last one was being kept are not lost.
const ahead = [];

function catchUp() {
  while (!busy && ahead.length) {
    if (document.activeElement.matches("input, select, textarea")) ahead.length = 0;
    else act(ahead.shift());
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.activeElement) {
    const details = document.activeElement.closest("details[open]");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    } else document.activeElement.blur();
    return;
  }
  if (!on() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
  if (busy) {
    if (event.key.length === 1 && event.key !== " ") {
      ahead.push(event.key);
      event.preventDefault();
    }
    return;
  }
  if (act(event.key)) event.preventDefault();
});

settle();
