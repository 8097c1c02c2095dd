// SPDX-License-Identifier: Apache-2.0
/**
 * Elements without markup: what people wrote only ever becomes a text node,
 * so nothing that a child types can become part of the page.
 */

/** So that `x && element` can stand among children. @param {any} child */
const isChild = child => child !== null && child !== undefined && child !== false && child !== '';

/**
 * @param {string} tag
 * @param {Object<string, any>} [given] attributes; `class`, `on` (events),
 *     `text`; true is an empty attribute; false, null and undefined are none
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, given = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(given)) {
		if (name === 'on')
			for (const [event, act] of Object.entries(value))
				made.addEventListener(event, act);
		else if (name === 'text')
			made.textContent = value;
		else if (value === true)
			made.setAttribute(name, '');
		else if (value !== false && value !== null && value !== undefined)
			made.setAttribute(name, String(value));
	}
	made.append(...children.filter(isChild));
	return made;
}

const keysShown = new WeakMap();

/**
 * Makes a part's content anew only when what it shows has changed, so that
 * focus, an open form and a playing voice survive a refresh.
 *
 * @param {HTMLElement} part
 * @param {any} key what the content is made from
 * @param {() => any[]} make nodes and texts; what is empty is left out
 */
export function fresh(part, key, make) {
	const text = JSON.stringify(key);
	if (keysShown.get(part) === text)
		return;
	keysShown.set(part, text);
	part.replaceChildren(...make().filter(isChild));
}

/** @param {string} id @returns {HTMLElement} */
export const byId = id => /** @type {HTMLElement} */ (document.getElementById(id));

/** What to put in an <img src>: the pack's path, or an address as it is.
 * @param {string|null|undefined} path @returns {string|null} */
export function packUrl(path) {
	if (!path)
		return null;
	return path.startsWith('/') ? path : `/pack/${path}`;
}

/** Says it to who listens, and only once.  @param {string} text */
export function say(text) {
	const status = byId('status');
	status.textContent = '';
	requestAnimationFrame(() => { status.textContent = text; });
}
