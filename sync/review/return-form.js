// SPDX-License-Identifier: Apache-2.0
/** Why an entry goes back to its learner: a reason to pick, words if wanted. */
import { h } from './dom.js';

export const REASONS = /** @type {const} */ (['tell-more', 'show-again', 'other-card', 'talk']);
const NOTE_MAX = 500; // characters: what the district takes, whatever the script

/**
 * @param {Object<string, string>} words
 * @param {string} note what was written before, if sending it failed
 * @param {(reason: string, note: string) => void} send
 * @param {() => void} cancel
 * @returns {{root: HTMLElement, focus: () => void, send: (n: number) => void}}
 */
export function returnForm(words, note, send, cancel) {
	const text = /** @type {HTMLTextAreaElement} */ (h('textarea', {
		rows: 2, dir: 'auto', maxlength: NOTE_MAX }));
	const pick = n => send(REASONS[n], text.value.trim());
	const buttons = REASONS.map((reason, n) =>
		h('button', { type: 'button', on: { click: () => pick(n) } },
			h('kbd', { 'aria-hidden': 'true', text: String(n + 1) }), words[reason]));

	text.value = note;
	const root = h('div', { class: 'return-form' },
		h('label', { class: 'note' }, words.note, text),
		h('div', { role: 'group', 'aria-label': words.why },
			h('p', { class: 'why', 'aria-hidden': 'true', text: words.why }),
			h('div', { class: 'reasons' }, ...buttons,
				h('button', { type: 'button', class: 'quiet', on: { click: cancel } }, words.cancel))));
	return { root, focus: () => buttons[0].focus(), send: pick };
}
