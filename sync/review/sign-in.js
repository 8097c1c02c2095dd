// SPDX-License-Identifier: Apache-2.0
/** The door: who are you, and a password of your own. */
import { ApiError } from './api.js';
import { byId, h } from './dom.js';
import { fill } from './words.js';

const PASSWORD_MIN = 12; // characters; the district checks it again

/** @typedef {Object<string, string>} Words */

/** @param {Words} words @param {number} seconds */
function waitText(words, seconds) {
	if (seconds < 90)
		return fill(words.waitSeconds, { n: Math.max(seconds, 1) });
	return fill(words.waitMinutes, { n: Math.ceil(seconds / 60) });
}

/** @param {unknown} error @param {Words} words @param {string} wrong */
export function troubleText(error, words, wrong) {
	if (!(error instanceof ApiError))
		throw error;
	switch (error.kind) {
	case 'wrong': return wrong;
	case 'too-many': return fill(words.tooMany, { wait: waitText(words, error.wait) });
	case 'offline': return words.noAnswer;
	default: return fill(words.serverSaid, { detail: error.detail });
	}
}

/**
 * @param {string} id @param {string} label @param {Object<string, any>} given
 * @param {Node|null} [more]
 * @returns {{root: HTMLElement, input: HTMLInputElement}}
 */
function field(id, label, given, more = null) {
	const input = /** @type {HTMLInputElement} */ (h('input', {
		id, name: id, required: true, spellcheck: 'false', autocapitalize: 'none',
		'aria-describedby': 'trouble', ...given }));
	return { input, root: h('div', { class: 'field' }, h('label', { for: id, text: label }), input, more) };
}

/** A password's field with a button that shows what was typed.
 * @param {string} id @param {string} label @param {string} autocomplete @param {Words} words */
function passwordField(id, label, autocomplete, words) {
	const show = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false',
		'aria-controls': id, text: words.showPassword });
	const made = field(id, label, { type: 'password', autocomplete, dir: 'ltr' }, show);
	show.addEventListener('click', () => {
		const shown = made.input.type === 'text';
		made.input.type = shown ? 'password' : 'text';
		show.textContent = shown ? words.showPassword : words.hidePassword;
		show.setAttribute('aria-pressed', String(!shown));
	});
	return made;
}

/**
 * A form that sends once at a time and says what went wrong.
 *
 * @param {{title: string, lead: string[], fields: HTMLElement[], go: string,
 *     foot: (Node|null)[], words: Words, wrong: string,
 *     send: () => Promise<string|void>}} given send answers what is amiss
 */
function doorForm(given) {
	const trouble = h('p', { id: 'trouble', class: 'trouble', role: 'alert' });
	const go = /** @type {HTMLButtonElement} */ (h('button', { class: 'confirm', text: given.go }));
	const form = h('form', { novalidate: true }, ...given.fields, trouble, go);

	form.addEventListener('submit', async event => {
		event.preventDefault();
		if (go.disabled)
			return;
		go.disabled = true;
		trouble.textContent = '';
		try {
			trouble.textContent = (await given.send()) ?? '';
		} catch (error) {
			trouble.textContent = troubleText(error, given.words, given.wrong);
		}
		go.disabled = false;
		if (trouble.textContent)
			form.querySelector('input:not([hidden])')?.focus();
	});
	byId('door').replaceChildren(
		h('main', { class: 'door' },
			h('img', { src: 'cairn.svg', alt: '', width: '72', height: '72' }),
			h('h1', { text: given.title }),
			...given.lead.map(text => h('p', { text })),
			form, ...given.foot.filter(Boolean)));
	return form;
}

/**
 * @param {{words: Words, again: boolean, name: string, picker: Node,
 *     signIn: (name: string, password: string) => Promise<void>}} given
 */
export function showSignIn({ words, again, name, picker, signIn }) {
	const who = field('name', words.name, { type: 'text', autocomplete: 'username', value: name });
	const password = passwordField('password', words.password, 'current-password', words);

	doorForm({
		title: words.signIn, lead: [again ? words.again : words.signInLead],
		fields: [who.root, password.root], go: words.signIn, foot: [picker],
		words, wrong: words.wrong,
		send: async () => {
			await signIn(who.input.value.trim(), password.input.value);
		} });
	(name ? password : who).input.focus();
}

/** @param {string} text in characters as people count them */
const lengthOf = text => [...text].length;

/**
 * @param {{words: Words, name: string, old: string|null, picker: Node,
 *     change: (old: string, chosen: string) => Promise<void>,
 *     cancel: (() => void)|null}} given old: if it was typed a moment ago;
 *     cancel: if it may be left as it is
 */
export function showChoosePassword({ words, name, old, picker, change, cancel }) {
	const had = passwordField('old', words.oldPassword, 'current-password', words);
	const chosen = passwordField('new', words.newPassword, 'new-password', words);
	const who = h('input', { type: 'text', name: 'username', autocomplete: 'username',
		value: name, hidden: true });
	const how = h('p', { id: 'how', class: 'small', text: fill(words.chooseHow, { n: PASSWORD_MIN }) });

	chosen.input.setAttribute('aria-describedby', 'how trouble');
	chosen.input.setAttribute('minlength', String(PASSWORD_MIN));
	chosen.root.append(how);
	doorForm({
		title: cancel ? words.changePassword : words.choose,
		lead: cancel ? [] : [words.chooseFirst],
		fields: [who, ...(old === null ? [had.root] : []), chosen.root],
		go: words.savePassword,
		foot: [cancel && h('button', { class: 'quiet', type: 'button', text: words.cancel, on: { click: cancel } }),
			picker],
		words, wrong: words.oldWrong,
		send: async () => {
			const before = old ?? had.input.value;
			const have = lengthOf(chosen.input.value);
			if (have < PASSWORD_MIN)
				return fill(words.tooShort, { have, n: PASSWORD_MIN });
			if (before === chosen.input.value)
				return words.samePassword;
			await change(before, chosen.input.value);
			return undefined;
		} });
	(old === null ? had : chosen).input.focus();
}
