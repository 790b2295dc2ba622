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
  const active = document.activeElement;
  // A form that is gone leaves one in its segment, not at the top of the page.
  const near = active && active.closest("main .segments > li");
  // Words that were hidden are done with: the next key is one again.
  const spent = active && active.id === "hide";
  const focus = (!spent && active && active.id) || (near && near.id);
  const same = address === location.href;
  // What was typed into the note while the program was answering.
  const late = same && typed();
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
  const note = document.getElementById("note");
  if (late && note && late.value !== sent) note.value = late.value;
  if (!same) chosen = 1;
  settle();
  // A field that was folded away with its form takes no focus: its segment does.
  const back = stay && same ? [focus, near && near.id] : [];
  const isBack = back.some((id) => {
    const place = id && document.getElementById(id);
    if (place) place.focus();
    return place && document.activeElement === place;
  });
  if (!isBack) {
    (document.getElementById("answer") || main()).focus({ preventScroll: true });
    if (!same) scrollTo(0, 0);
  }
}

async function load(address, request, stay) {
  if (busy) return false;
  busy = true;
  try {
    const answer = await fetch(address, request);
    show(await answer.text(), answer.url, stay);
    return answer.ok;
  } catch {
    document.getElementById("notice").textContent =
      "Not saved: the program does not answer. Start it again; every earlier decision is kept.";
    return false;
  } finally {
    busy = false;
    catchUp();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.action.includes("/act/")) return;
  event.preventDefault();
  send(form);
});

// The note, where words stand in it that are not kept yet.
function typed() {
  const note = document.getElementById("note");
  return note && note.value.trim() !== note.defaultValue.trim() ? note : null;
}

// Sends a form, with the note that stands typed beside it: no button and no key loses words.
let sent = "";
function send(form) {
  const body = new URLSearchParams(new FormData(form));
  const note = typed();
  sent = note ? note.value : "";
  if (note) {
    body.set("note", note.value);
    body.set("note_was", note.defaultValue);
  }
  return load(form.action, { method: "POST", body }, true);
}

// A link waits until the note is kept.
document.addEventListener("click", async (event) => {
  const link = event.target.closest && event.target.closest("a[href]");
  const note = typed();
  if (!link || !note || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (await send(note.form)) location.assign(link.href);
});

// Any other way out asks first.
addEventListener("beforeunload", (event) => {
  if (typed()) event.preventDefault();
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
  const back = document.getElementById("back");
  if (back && history.length > 1) {
    back.onclick = (event) => {
      event.preventDefault();
      history.back();
    };
  }
  // A browser goes to a field that an address names, but does not let one type there.
  if (location.hash === "#q" && document.getElementById("q")) document.getElementById("q").focus();
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
  if (key === "[" || key === "]") return nextSegment(key === "]" ? 1 : -1);
  const code = current();
  const near =
    document.activeElement.closest(".segments > li") || (code && code.closest(".segments > li"));
  const quoted = CSS.escape(key);
  const target =
    (code && code.querySelector(`[data-code-key="${quoted}"]`)) ||
    (near && near.querySelector(`[data-key="${quoted}"]`)) ||
    document.querySelector(`[data-key="${quoted}"]`) ||
    (key === "/" && document.getElementById("to-search"));
  if (target) press(target);
  const why = !target && document.querySelector(`[data-said-key="${quoted}"]`);
  if (why) document.getElementById("notice").textContent = why.textContent;
  return Boolean(target || why);
}

// The segment before or after the one that the keys are about, with its first code.
function nextSegment(by) {
  const all = [...document.querySelectorAll(".segments > li")];
  const code = current();
  const here = document.activeElement.closest(".segments > li") || (code && code.closest(".segments > li"));
  const at = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
  const there = all[at];
  if (!there) return false;
  const first = there.querySelector("[data-code]");
  if (first) chosen = Number(first.dataset.code);
  settle();
  there.focus();
  return true;
}

// Keys that were pressed while the last one was being kept are not lost.
const ahead = [];

function catchUp() {
  while (!busy && ahead.length) {
    if (document.activeElement.matches("input, select, textarea")) ahead.length = 0;
    else act(ahead.shift());
  }
}

// Enter does what a list or a note is for, where a browser of itself does nothing.
function enters(event) {
  if (event.key !== "Enter" || event.defaultPrevented) return false;
  const field = event.target;
  const note = field.matches("textarea") && (event.ctrlKey || event.metaKey);
  if (!note && !field.matches("main li form select")) return false;
  event.preventDefault();
  // Whoever has saved a note goes on with keys that are not words of it.
  if (note) field.blur();
  field.form.requestSubmit();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (enters(event)) return;
  const back = document.getElementById("back");
  if (event.key === "Escape" && back) {
    back.click();
    return;
  }
  if (event.key === "Escape" && document.activeElement) {
    // The themes lie over what is beside the answer, wherever one is.
    const details =
      document.activeElement.closest("details[open]") || document.querySelector("#book[open]");
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
