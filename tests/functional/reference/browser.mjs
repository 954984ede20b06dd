// Runs the page's script on the least of a browser: elements with children and texts, and a fetch that answers the document.
// Prints what a reader would see, as JSON: first in English, then after a click on the language, then filtered.
import { readFileSync } from "node:fs";

const [pagePath, documentPath] = process.argv.slice(2);
const page = readFileSync(pagePath, "utf8");

class Element {
  constructor(tag) { this.tag = tag; this.children = []; this.listeners = {}; this.value = ""; this.own = ""; }
  set textContent(text) { this.own = String(text); this.children = []; }
  get textContent() { return this.own + this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join(" "); }
  append(...nodes) { this.children.push(...nodes); }
  replaceChildren(...nodes) { this.own = ""; this.children = nodes; }
  addEventListener(name, listener) { this.listeners[name] = listener; }
  scrollIntoView() {}
  find(tag) { return this.children.flatMap((child) => (child instanceof Element ? [...(child.tag === tag ? [child] : []), ...child.find(tag)] : [])); }
}

const ids = Object.fromEntries([...page.matchAll(/id="(\w+)"/g)].map(([, id]) => [id, new Element("div")]));
globalThis.document = { documentElement: {}, createElement: (tag) => new Element(tag), getElementById: (id) => ids[id] };
Object.defineProperty(globalThis, "navigator", { value: { language: "en-GB" } });
globalThis.location = { hash: "" };
const asked = [];
globalThis.fetch = async (address) => { asked.push(address); return { ok: true, json: async () => JSON.parse(readFileSync(documentPath, "utf8")) }; };

const seen = () => ({ language: document.documentElement.lang, index: ids.index.find("a").length, articles: ids.content.find("article").length, text: ids.content.textContent });
(0, eval)(page.match(/<script>([\s\S]*?)<\/script>/)[1]);
await new Promise((resolve) => setTimeout(resolve, 50));
const english = seen();
ids.language.listeners.click();
const chinese = seen();
ids.filter.value = "/v1/purchases/";
ids.filter.listeners.input();
process.stdout.write(JSON.stringify({ asked, english, chinese, filtered: seen() }));
