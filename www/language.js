// Chooses the language of the page, fetches its words and writes them into the page. A language is one file, texts/TAG.json:
// the build lists all that there are in the menu #set-lang. English stands in index.html, so that there is something to read
// at once; the section "html" of another language has what stands there instead: by the id, or the data-text, of an element
// its content, and behind an @ the name of one of its attributes.

const menu = document.getElementById("set-lang");

const asked = () => new URLSearchParams(location.hash.slice(1)).get("lang");
const isThere = tag => [...menu.options].some(option => option.value === tag);

// What the visitor has chosen here before. A browser may forbid to remember it.
const remembered = {
  get tag() { try { return localStorage.getItem("language"); } catch { return null; } },
  set tag(tag) { try { localStorage.setItem("language", tag); } catch { /* The address says it. */ } },
};

// The language that the address asks for, else the one chosen before, else the first of the visitor's that there is.
function chooseLanguage() {
  return [asked(), remembered.tag, ...navigator.languages.map(tag => tag.split("-")[0])].find(isThere) ?? "en";
}

// Numbers are written as where the visitor lives, unless a language was asked for that is not spoken there.
function chooseLocale(language) {
  const own = navigator.languages.find(tag => tag.split("-")[0] === language);
  return asked() === language || remembered.tag === language ? own ?? language : navigator.language;
}

function numberStyle(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(1234567.8);
  const percent = new Intl.NumberFormat(locale, { style: "percent" }).formatToParts(1);
  const part = (type, otherwise) => parts.find(part => part.type === type)?.value ?? otherwise;
  // Some languages write the sign before the number; here it always stands behind.
  const behind = percent.slice(1).map(part => part.value).join("").trimEnd();
  return { decimal: part("decimal", "."), group: part("group", ","), percent: behind.includes("%") ? behind : "%" };
}

function writeHtml(words) {
  for (const [place, text] of Object.entries(words)) {
    const [name, attribute] = place.split("@");
    const element = document.getElementById(name) ?? document.querySelector(`[data-text="${name}"]`);
    if (attribute) element?.setAttribute(attribute, text);
    else if (element) element.innerHTML = text;
  }
}

// The words of the chosen language and how its numbers are written, for the page's WebAssembly.
export async function loadLanguage() {
  const language = chooseLanguage();
  const locale = chooseLocale(language);
  menu.value = language;
  document.documentElement.lang = language;
  const response = await fetch(new URL(`texts/${language}.json`, import.meta.url));
  if (!response.ok) throw new Error(`www/texts/${language}.json could not be fetched (${response.status})`);
  const { html, ...texts } = await response.json();
  writeHtml(html ?? {});
  const rule = new Intl.PluralRules(language);
  return { language, texts, numbers: numberStyle(locale), plural: number => rule.select(number) };
}

// What is on the screen has been put into words already, so another language begins with another page. `language` is that of
// this page.
export function listen(language) {
  addEventListener("hashchange", () => {
    if (isThere(asked()) && asked() !== language) location.reload();
  });
  menu.addEventListener("change", () => {
    remembered.tag = menu.value;
    const rest = location.hash.slice(1).split("&").filter(pair => pair && !pair.startsWith("lang="));
    history.replaceState(null, "", `#${[...rest, `lang=${menu.value}`].join("&")}`);
    location.reload();
  });
}
