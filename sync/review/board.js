// SPDX-License-Identifier: Apache-2.0
/** The frame around the entries: class, views with their numbers, menu. */
import { byId, fresh, h } from './dom.js';
import { icon } from './icons.js';
import { placeHash, STATES } from './place.js';
import { fill, languages } from './words.js';

/**
 * @typedef {import('./api.js').Session} Session
 * @typedef {import('./place.js').Place} Place
 * @typedef {{waiting: number, later: number, decided: number}} Counts
 * @typedef {{session: Session, place: Place, counts: Counts|null, language: string,
 *     words: Object<string, string>, act: (name: string) => void,
 *     speak: (language: string) => void}} Frame
 */

/** @param {string} language @param {Object<string, string>} words
 * @param {(language: string) => void} speak */
export function languagePicker(language, words, speak) {
	const select = /** @type {HTMLSelectElement} */ (h('select', {
		on: { change: () => speak(select.value) } },
	...Object.entries(languages).map(([tag, its]) =>
		h('option', { value: tag, lang: tag, selected: tag === language, text: its.language }))));
	return h('label', { class: 'language' }, h('span', { text: words.languageLabel }), select);
}

/** @param {Frame} frame */
function classPicker({ session, place, words }) {
	const known = session.classes.find(one => one.id === place.class);
	if (session.classes.length < 2)
		return h('p', { class: 'class', dir: 'auto', text: known?.title ?? '' });
	const select = /** @type {HTMLSelectElement} */ (h('select', { id: 'class', on: {
		change: () => { location.hash = placeHash({ class: select.value, state: 'waiting' }); } } },
	...session.classes.map(one =>
		h('option', { value: one.id, selected: one.id === place.class, text: one.title }))));
	return h('label', { class: 'class' }, h('span', { class: 'unseen', text: words.class }), select);
}

/** @param {Frame} frame */
function menu({ session, language, words, act, speak }) {
	const item = (name, text) =>
		h('button', { type: 'button', class: 'quiet', text, on: { click: () => act(name) } });
	const root = h('details', { class: 'menu', on: {
		keydown: event => {
			if (event.key !== 'Escape' || !root.hasAttribute('open'))
				return;
			root.removeAttribute('open');
			root.querySelector('summary')?.focus();
			event.stopPropagation();
		},
		focusout: event => {
			if (event.relatedTarget && !root.contains(event.relatedTarget))
				root.removeAttribute('open');
		} } },
	h('summary', {}, icon('person'), h('span', { dir: 'auto', text: session.teacher.name })),
	h('div', { class: 'menu-items' }, languagePicker(language, words, speak),
		item('help', words.keys), item('password', words.changePassword),
		item('sign-out', words.signOut)));
	return root;
}

/** As many decided ones as the district counts: see sync/README.md. */
const COUNTED = 1000;

/** @param {Counts} counts @param {keyof Counts} state */
const countText = (counts, state) =>
	String(counts[state]) + (state === 'decided' && counts.decided >= COUNTED ? '+' : '');

/** @param {Frame} frame */
function views({ place, words, counts }) {
	return h('nav', { class: 'views', 'aria-label': words.views },
		...STATES.map(state => h('a', { href: placeHash({ ...place, state }),
			'aria-current': state === place.state ? 'page' : null },
		words[state], ' ', h('span', { class: 'count', text: counts ? countText(counts, state) : '…' }))));
}

/** @param {Frame} frame */
export function showFrame(frame) {
	const { session, place, words, language, counts } = frame;
	const [top, tabs] = /** @type {HTMLElement[]} */ ([...byId('bar').children]);
	const title = { waiting: words.headingWaiting, later: words.headingLater, decided: words.headingDecided };

	fresh(top, [session.teacher, session.classes, place.class, language], () => [
		h('img', { src: 'cairn.svg', alt: words.product, width: '36', height: '36' }),
		classPicker(frame), menu(frame)]);
	fresh(tabs, [place, language], () => [views({ ...frame, counts: null })]);
	if (counts)
		tabs.querySelectorAll('.count').forEach((count, i) => {
			count.textContent = countText(counts, STATES[i]);
		});
	byId('skip').textContent = words.skip;
	byId('heading').textContent = title[place.state];
	document.title = [counts && counts.waiting > 0 ? `(${counts.waiting})` : null,
		session.classes.find(one => one.id === place.class)?.title, words.product]
		.filter(Boolean).join(' · ').replace(') · ', ') ');
}

/** What to show where there is no entry. @param {Frame} frame @returns {Node[]} */
export function emptyContent({ place, words, counts }) {
	const text = { waiting: words.emptyWaiting, later: words.emptyLater, decided: words.emptyDecided };
	const waiting = place.state === 'waiting';
	return [
		h('img', { src: 'cairn.svg', alt: '', width: '96', height: '96' }),
		h('p', { class: 'large', text: text[place.state] }),
		...(waiting ? [h('p', { text: words.emptyWaitingMore })] : []),
		...(waiting && counts && counts.later > 0 ? [h('p', {}, h('a', {
			href: placeHash({ ...place, state: 'later' }), text: fill(words.goLater, { n: counts.later }) }))] : [])];
}
