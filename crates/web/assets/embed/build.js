// Building elements. Text becomes text nodes: nothing from the server or the app is ever read as HTML.

/**
 * An element with its attributes and children. A listener is an attribute whose value is a function; `true`
 * sets an attribute without a value, `false` leaves it out.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** @param {...(Node | string)} children */
export function heading(...children) {
  return element("h1", { tabindex: "-1" }, ...children);
}

/** @param {...(Node | string)} children */
export function paragraph(...children) {
  return element("p", {}, ...children);
}

/**
 * @param {string} label
 * @param {() => void} press
 * @param {string} [kind]
 */
export function button(label, press, kind = "") {
  return element("button", { type: "button", class: kind, click: press }, label);
}

/** The row of buttons at the end of a screen.
 * @param {...Node} buttons */
export function actions(...buttons) {
  return element("div", { class: "actions" }, ...buttons);
}
