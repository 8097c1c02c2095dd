// SPDX-License-Identifier: Apache-2.0
/**
 * What was just done, with a way back.  It stays until the next one: nobody
 * has to be quick.
 */
import { byId, h, say } from './dom.js';
import { icon } from './icons.js';

/**
 * @param {string} text
 * @param {Object<string, string>} words
 * @param {(() => void)|null} undo
 */
export function showToast(text, words, undo) {
	const toast = byId('toast');
	toast.hidden = false;
	toast.setAttribute('aria-label', words.justDone);
	toast.replaceChildren(
		h('p', { text }),
		...(undo ? [h('button', { type: 'button', class: 'undo', on: { click: undo } },
			icon('undo'), words.undo, h('kbd', { 'aria-hidden': 'true', text: 'U' }))] : []),
		h('button', { type: 'button', class: 'quiet', 'aria-label': words.close, on: { click: hideToast } },
			icon('close')));
	say(text);
}

export function hideToast() {
	const toast = byId('toast');
	const held = toast.contains(document.activeElement);
	toast.hidden = true;
	toast.replaceChildren();
	if (held)
		byId('heading').focus({ preventScroll: true });
}
