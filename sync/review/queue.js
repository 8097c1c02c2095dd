// SPDX-License-Identifier: Apache-2.0
/**
 * The queue of one place, kept as new as the network allows: asked for every
 * few seconds while somebody looks, seldom while nobody does, and ever more
 * seldom while there is no answer.  Decisions go out at once or not at all.
 */
import { ApiError } from './api.js';

const OFTEN_MS = 4_000;
const SELDOM_MS = 60_000;

/**
 * @typedef {import('./place.js').Place} Place
 * @typedef {import('./api.js').QueueAnswer} QueueAnswer
 * @typedef {{loaded: (data: QueueAnswer, first: boolean) => void,
 *     connected: (yes: boolean) => void,
 *     trouble: (error: ApiError) => void}} Listener
 */

export class Queue {
	#timer = 0;
	#failures = 0;
	#connected = true;
	#etag = /** @type {string|null} */ (null);
	#first = true;
	/** Grows with every change that we make: an answer that was asked for
	 * before one is already old. */
	#changes = 0;
	/** Grows with every place: an answer for another one is not ours. */
	#visit = 0;
	#open = false;

	/** @param {import('./api.js').Api} api @param {Listener} listener */
	constructor(api, listener) {
		this.api = api;
		this.listener = listener;
		this.place = /** @type {Place} */ ({ class: '', state: 'waiting' });
		this.language = 'en';
		addEventListener('online', () => this.#open && this.refresh());
		document.addEventListener('visibilitychange', () => this.#open && this.refresh());
	}

	/** @param {Place} place @param {string} language */
	open(place, language) {
		this.place = place;
		this.language = language;
		this.#etag = null;
		this.#first = true;
		this.#open = true;
		this.#visit++;
		return this.refresh();
	}

	close() {
		this.#open = false;
		this.#visit++;
		clearTimeout(this.#timer);
	}

	/** Asks now, and then again in its time. */
	async refresh() {
		const visit = this.#visit;
		clearTimeout(this.#timer);
		try {
			await this.#load();
			this.#heard(true);
		} catch (error) {
			if (visit === this.#visit)
				this.#heardError(error);
		}
		if (this.#open && visit === this.#visit) {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.refresh(), this.#pause());
		}
	}

	async #load() {
		const changes = this.#changes;
		const visit = this.#visit;
		const answer = await this.api.queue(this.place, this.language, this.#etag);
		if (answer === null || visit !== this.#visit)
			return;
		if (changes !== this.#changes)
			return this.#load();
		const first = this.#first;
		this.#first = false;
		this.#etag = answer.etag;
		this.listener.loaded(answer.data, first);
	}

	#pause() {
		if (document.hidden)
			return SELDOM_MS;
		return Math.min(OFTEN_MS * 2 ** this.#failures, SELDOM_MS);
	}

	/** @param {boolean} yes */
	#heard(yes) {
		this.#failures = yes ? 0 : this.#failures + 1;
		if (yes !== this.#connected) {
			this.#connected = yes;
			this.listener.connected(yes);
		}
	}

	/** @param {unknown} error */
	#heardError(error) {
		if (!(error instanceof ApiError))
			throw error;
		if (error.kind === 'signed-out' || error.kind === 'change-password')
			this.listener.trouble(error);
		else
			this.#heard(false);
	}

	/** @param {() => Promise<void>} change */
	async #change(change) {
		this.#changes++;
		try {
			await change();
			this.#heard(true);
		} catch (error) {
			if (error instanceof ApiError && error.kind === 'offline')
				this.#heard(false);
			throw error;
		} finally {
			this.#changes++;
			this.#etag = null;
		}
	}

	/** Durable at the district when it returns; nothing changed if it throws.
	 * @param {string} id @param {{decision: string, reason?: string, note?: string}} body */
	decide(id, body) {
		return this.#change(() => this.api.decide(id, body));
	}

	/** @param {string} id */
	withdraw(id) {
		return this.#change(() => this.api.withdraw(id));
	}
}
