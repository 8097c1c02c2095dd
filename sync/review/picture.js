// SPDX-License-Identifier: Apache-2.0
/** A photo or drawing as large as the window allows, until Esc or a tap. */
import { byId, h } from './dom.js';
import { icon } from './icons.js';

/** @param {string} url @param {string} what it is, in words @param {Object<string, string>} words */
export function showPicture(url, what, words) {
	const dialog = /** @type {HTMLDialogElement} */ (byId('picture'));
	const opener = document.activeElement;

	dialog.setAttribute('aria-label', what);
	dialog.replaceChildren(
		h('button', { class: 'close', type: 'button', on: { click: () => dialog.close() } },
			icon('close'), words.close),
		h('img', { src: url, alt: what }));
	dialog.onclick = event => {
		if (event.target === dialog)
			dialog.close();
	};
	dialog.onclose = () => {
		dialog.replaceChildren();
		if (opener instanceof HTMLElement)
			opener.focus({ preventScroll: true });
	};
	dialog.showModal();
}
