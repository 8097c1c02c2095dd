// SPDX-License-Identifier: Apache-2.0
/**
 * The entries on the screen, patched one by one: what is looked at keeps its
 * place and its focus whatever arrives or leaves around it.
 */
import { byId, fresh, h } from './dom.js';
import { EntryView } from './entry.js';

/**
 * @typedef {import('./api.js').Entry} Entry
 * @typedef {import('./entry.js').Surroundings} Surroundings
 */

export class EntryList {
	#views = /** @type {Map<string, EntryView>} */ (new Map());
	#list = h('ol', { class: 'entries', role: 'list' });
	#empty = h('div', { class: 'empty', hidden: true });
	/** the one that keys mean when nothing has focus */
	#current = /** @type {EntryView|null} */ (null);

	/** @param {HTMLElement} root */
	constructor(root) {
		root.replaceChildren(this.#empty, this.#list);
		root.addEventListener('focusin', event => this.#follow(event.target));
	}

	get size() {
		return this.#views.size;
	}

	/** @param {string} id */
	get(id) {
		return this.#views.get(id);
	}

	/** @param {EventTarget|null} target */
	#follow(target) {
		const article = target instanceof Element ? target.closest('article') : null;
		if (article)
			this.#mark(this.#views.get(article.dataset.id ?? '') ?? null);
	}

	/** @param {EntryView|null} view */
	#mark(view) {
		this.#current?.article.classList.remove('current');
		view?.article.classList.add('current');
		this.#current = view;
	}

	clear() {
		for (const view of this.#views.values())
			view.root.remove();
		this.#views.clear();
		this.#mark(null);
		this.#empty.hidden = true;
	}

	/**
	 * @param {Entry[]} entries in order
	 * @param {Surroundings} around
	 * @returns {number} how many were not here before
	 */
	show(entries, around) {
		const wanted = new Set(entries.map(entry => entry.id));
		let fresh = 0;
		this.#keepPlace(() => {
			for (const view of [...this.#views.values()])
				if (!wanted.has(view.entry.id))
					this.remove(view);
			entries.forEach((entry, i) => { fresh += this.#place(entry, i, around); });
		});
		return fresh;
	}

	/** @param {Entry} entry @param {number} i @param {Surroundings} around */
	#place(entry, i, around) {
		const known = this.#views.get(entry.id);
		const view = known ?? new EntryView(entry, around);
		if (known)
			view.show(entry, around);
		this.#views.set(entry.id, view);
		if (this.#list.children[i] !== view.root)
			this.#list.insertBefore(view.root, this.#list.children[i] ?? null);
		return known ? 0 : 1;
	}

	/** What has focus, or is first in sight, stays where it is on the screen.
	 * @param {() => void} change */
	#keepPlace(change) {
		const anchor = this.#anchor();
		const before = anchor?.getBoundingClientRect().top ?? 0;
		change();
		if (anchor?.isConnected)
			scrollBy(0, anchor.getBoundingClientRect().top - before);
	}

	/** @returns {Element|null} */
	#anchor() {
		const focused = document.activeElement?.closest('article');
		if (focused)
			return focused;
		if (scrollY === 0)
			return null;
		return [...this.#views.values()].map(view => view.article)
			.find(article => article.getBoundingClientRect().bottom > 0) ?? null;
	}

	/** Takes it away; its focus, if it had that, goes to its neighbour.
	 * @param {EntryView} view */
	remove(view) {
		const held = view.root.contains(document.activeElement);
		const next = this.#neighbour(view, 1) ?? this.#neighbour(view, -1);
		this.#views.delete(view.entry.id);
		view.root.remove();
		if (this.#current === view)
			this.#mark(next);
		if (held)
			next ? this.#focus(next) : byId('heading').focus({ preventScroll: true });
	}

	/** @param {EntryView} view @param {1|-1} step @returns {EntryView|null} */
	#neighbour(view, step) {
		const name = step > 0 ? 'nextElementSibling' : 'previousElementSibling';
		const root = view.root[name];
		return [...this.#views.values()].find(other => other.root === root) ?? null;
	}

	/** @param {EntryView} view */
	#focus(view) {
		this.#mark(view); // the event that says so comes only while the window has focus
		view.article.focus({ preventScroll: true });
		this.reveal();
	}

	/** Brings the focused entry into sight, and moves nothing if it is. */
	reveal() {
		const article = document.activeElement?.closest('article');
		if (!article)
			return;
		const { top, bottom } = article.getBoundingClientRect();
		const ceiling = byId('bar').getBoundingClientRect().bottom;
		const toast = byId('toast').getBoundingClientRect();
		const floor = toast.top > ceiling ? toast.top : innerHeight;
		if (top < ceiling || bottom > floor)
			scrollBy(0, top - Math.max(ceiling, 0) - 12);
	}

	/** @param {1|-1} step @returns {boolean} */
	move(step) {
		const first = this.#list.querySelector('article');
		if (!first)
			return false;
		const next = this.#current ? this.#neighbour(this.#current, step)
			: this.#views.get(first.dataset.id ?? '');
		if (next)
			this.#focus(next);
		return true;
	}

	/** From this entry, which is being decided, to the one after it.
	 * @param {EntryView} view */
	leave(view) {
		let next = this.#neighbour(view, 1);
		while (next && next.status === 'saving')
			next = this.#neighbour(next, 1);
		if (next)
			this.#focus(next);
	}

	/** @param {string} id */
	focusOn(id) {
		const view = this.#views.get(id);
		if (view)
			this.#focus(view);
	}

	/** The one that keys mean; the first if none was looked at. */
	get current() {
		if (!this.#current) {
			const first = this.#list.querySelector('article');
			this.#mark(this.#views.get(first?.dataset.id ?? '') ?? null);
		}
		return this.#current;
	}

	/** What to say when there is no entry. @param {any} key @param {() => Node[]} make */
	showEmpty(key, make) {
		fresh(this.#empty, key, make);
		this.#empty.hidden = this.#views.size > 0;
		this.#list.hidden = this.#views.size === 0;
	}
}
