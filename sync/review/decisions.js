// SPDX-License-Identifier: Apache-2.0
/** Deciding, and taking it back; and what is said of either. */
import { ApiError } from './api.js';
import { say } from './dom.js';
import { showToast } from './toast.js';
import { fill, isolate } from './words.js';

/**
 * @typedef {import('./entry.js').EntryView} EntryView
 * @typedef {{decision: string, reason?: string, note?: string}} Body
 * @typedef {{words: () => Object<string, string>,
 *     moved: (from: string, to: string) => void,
 *     trouble: (error: ApiError) => void}} Host
 */

const outcomes = { confirmed: 'saidConfirmed', returned: 'saidReturned', later: 'saidLater' };

/** @param {unknown} error @returns {ApiError} */
function ours(error) {
	if (!(error instanceof ApiError))
		throw error;
	return error;
}

export class Decisions {
	/** What was decided here and now, and is kept: what Undo takes back. By
	 * when the teacher did it; answers may come in another order. */
	#done = /** @type {{id: string, turn: number}[]} */ ([]);
	#turns = 0;

	/** @param {import('./queue.js').Queue} queue @param {import('./list.js').EntryList} list
	 * @param {Host} host */
	constructor(queue, list, host) {
		this.queue = queue;
		this.list = list;
		this.host = host;
	}

	forget() {
		this.#done = [];
	}

	/** Focus goes on at once; the entry leaves when the decision is kept.
	 * @param {EntryView} view @param {Body} body */
	async decide(view, body) {
		const { queue, list } = this;
		const from = queue.place.state;
		const turn = ++this.#turns;
		view.setStatus('saving');
		list.leave(view);
		try {
			await queue.decide(view.entry.id, body);
		} catch (error) {
			this.#failed(view, body, ours(error));
			return;
		}
		this.#keep({ id: view.entry.id, turn });
		list.remove(view);
		this.host.moved(from, body.decision === 'later' ? 'later' : 'decided');
		this.#tell(outcomes[body.decision], view.name, true);
		list.reveal();
	}

	/** An older decision, from its own entry.  @param {EntryView} view */
	async takeBack(view) {
		view.setStatus('saving');
		this.list.leave(view);
		try {
			await this.queue.withdraw(view.entry.id);
		} catch (error) {
			this.#failed(view, null, ours(error));
			return;
		}
		this.#done = this.#done.filter(done => done.id !== view.entry.id);
		this.#tell('saidUndone', view.name, false);
		await this.queue.refresh();
	}

	/** The newest decision made here. */
	async undo() {
		const newest = this.#done.pop();
		if (!newest) {
			this.#tell('nothingToUndo', '', false);
			return;
		}
		const { id } = newest;
		try {
			await this.queue.withdraw(id);
		} catch (error) {
			this.#undoFailed(newest, ours(error));
			return;
		}
		await this.queue.refresh();
		const name = this.list.get(id)?.name;
		this.#tell(name ? 'saidUndone' : 'undone', name ?? '', this.#done.length > 0);
		this.list.focusOn(id);
	}

	/** @param {string} word @param {string} name @param {boolean} canUndo */
	#tell(word, name, canUndo) {
		const words = this.host.words();
		showToast(fill(words[word], { name: isolate(name) }), words, canUndo ? () => this.undo() : null);
	}

	/** @param {EntryView} view @param {Body|null} body @param {ApiError} error */
	#failed(view, body, error) {
		const words = this.host.words();
		if (error.kind === 'gone') {
			say(words.goneEntry);
			view.setStatus('ready');
			this.queue.refresh();
			return;
		}
		view.setStatus('failed', body);
		say(fill(words.notSavedSaid, { name: isolate(view.name) }));
		if (error.kind === 'signed-out' || error.kind === 'change-password') {
			this.list.focusOn(view.entry.id);
			this.host.trouble(error);
		}
	}

	/** @param {{id: string, turn: number}} one */
	#keep(one) {
		this.#done.push(one);
		this.#done.sort((a, b) => a.turn - b.turn);
	}

	/** @param {{id: string, turn: number}} one @param {ApiError} error */
	#undoFailed(one, error) {
		if (error.kind === 'gone') {
			this.#tell('goneEntry', '', this.#done.length > 0);
			return;
		}
		this.#keep(one);
		this.#tell('notUndone', '', true);
		if (error.kind === 'signed-out' || error.kind === 'change-password')
			this.host.trouble(error);
	}
}
