// SPDX-License-Identifier: Apache-2.0
/**
 * Single keys for those who look at many entries.  They are silent while
 * somebody writes or a dialog is open, and can be turned off (WCAG 2.1.4).
 */
import { byId, h } from './dom.js';
import { icon } from './icons.js';

const SETTING = 'cairn.keys';

/** By key; the physical key helps where the keyboard writes another script. */
const commands = {
	c: 'confirm', r: 'return', l: 'later', u: 'undo', o: 'large',
	j: 'next', k: 'previous', arrowdown: 'next', arrowup: 'previous',
	1: 'reason', 2: 'reason', 3: 'reason', 4: 'reason', '?': 'help', escape: 'escape',
};

export const keysAreOn = () => localStorage.getItem(SETTING) !== 'off';

/** @param {EventTarget|null} target */
function isWriting(target) {
	return target instanceof HTMLElement &&
		target.matches('textarea, select, audio, [contenteditable], input:not([type=checkbox])');
}

/** @param {KeyboardEvent} event @returns {string} */
function keyOf(event) {
	const key = event.key.toLowerCase();
	if (key.length === 1 && key > '\u007f' && /^Key[A-Z]$/.test(event.code))
		return event.code.slice(3).toLowerCase();
	return key;
}

/** @param {(command: string, key: string) => boolean} act whether it did anything */
export function listenToKeys(act) {
	document.addEventListener('keydown', event => {
		const command = commands[/** @type {keyof typeof commands} */ (keyOf(event))];
		if (!command || event.ctrlKey || event.metaKey || event.altKey || event.isComposing ||
		    document.querySelector('dialog[open]'))
			return;
		if (command !== 'escape' && (isWriting(event.target) || !keysAreOn()))
			return;
		if (event.repeat && command !== 'next' && command !== 'previous')
			return;
		if (act(command, keyOf(event)))
			event.preventDefault();
	});
}

/** @param {string[]} keys @param {string} or */
function keyNames(keys, or) {
	return keys.flatMap((key, i) => [i > 0 ? ` ${or} ` : null, h('kbd', { text: key })]);
}

/** @param {Object<string, string>} words */
function rows(words) {
	const row = (keys, what) =>
		h('div', {}, h('dt', {}, ...keyNames(keys, words.or)), h('dd', { text: what }));
	return h('dl', { class: 'key-list' },
		row(['C'], words.confirm), row(['R'], `${words.giveBack}, ${words.keyReason}`),
		row(['L'], words.keep), row(['U'], words.undo),
		row(['J', '↓'], words.keyNext), row(['K', '↑'], words.keyPrevious),
		row(['O'], words.keyLarge), row(['?'], words.keyHelp), row(['Esc'], words.keyEscape));
}

/** @param {Object<string, string>} words */
export function showKeys(words) {
	const dialog = /** @type {HTMLDialogElement} */ (byId('keys'));
	const close = () => dialog.close();
	const on = /** @type {HTMLInputElement} */ (h('input', {
		type: 'checkbox', checked: keysAreOn(),
		on: { change: () => localStorage.setItem(SETTING, on.checked ? 'on' : 'off') } }));

	dialog.setAttribute('aria-labelledby', 'keys-title');
	dialog.replaceChildren(
		h('div', { class: 'dialog-head' },
			h('h2', { id: 'keys-title', text: words.keys }),
			h('button', { class: 'quiet', type: 'button', 'aria-label': words.close, on: { click: close } },
				icon('close'))),
		rows(words),
		h('label', { class: 'check' }, on, words.keysOn));
	dialog.showModal();
}
