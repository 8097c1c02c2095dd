// SPDX-License-Identifier: Apache-2.0
/**
 * What the pages ask the district (sync/README.md, "What the teacher's pages
 * ask"), and what can go wrong, by what the teacher can do about it.
 */

const PATIENCE_MS = 15_000;

/**
 * @typedef {{teacher: {id: string, name: string}, token: string,
 *     must_change: boolean, classes: {id: string, title: string}[],
 *     languages: string[]}} Session
 * @typedef {{kind: 'photo'|'drawing'|'voice'|'choice'|'text',
 *     url: string|null, type: string|null, word: string|null}} Piece
 * @typedef {{decision: string, reason: string|null, note: string|null,
 *     us: number, by: string}} Decision
 * @typedef {{id: string,
 *     learner: {id: string|null, name: string|null, picture: string|null},
 *     prompt: {id: string, ask: string, icon: string|null},
 *     statement: {text: string|null},
 *     competency: {name: string, colour: string, icon: string|null},
 *     level: {level: number, levels: number, word: string|null, icon?: string|null}|null,
 *     time: {us: number, about_us: number}, pieces: Piece[],
 *     decision: Decision|null}} Entry
 * @typedef {{waiting: number, later: number, decided: number,
 *     entries: Entry[]}} QueueAnswer
 * @typedef {'offline'|'signed-out'|'wrong'|'change-password'|'too-many'|
 *     'gone'|'invalid'|'server'} Trouble
 */

export class ApiError extends Error {
	/** @param {Trouble} kind @param {string} [detail] @param {number} [wait] seconds */
	constructor(kind, detail = '', wait = 0) {
		super(detail || kind);
		this.kind = kind;
		this.detail = detail;
		this.wait = wait;
	}
}

/** @param {number} status @param {string} code @returns {Trouble} */
function troubleOf(status, code) {
	switch (status) {
	case 400: case 413: case 422: return 'invalid';
	case 401: return code === 'wrong' ? 'wrong' : 'signed-out';
	case 403: return code === 'change-password' ? code : 'signed-out';
	case 404: case 409: return 'gone';
	case 429: case 503: return 'too-many';
	case 502: case 504: return 'offline';
	default: return 'server';
	}
}

/** @param {Response} answer */
async function errorOf(answer) {
	const said = await answer.json().catch(() => ({}));
	const wait = Number(answer.headers.get('Retry-After')) || 0;
	return new ApiError(troubleOf(answer.status, said.code), said.detail ?? `${answer.status}`, wait);
}

export class Api {
	/** of the session; proves that a change was asked for by these pages */
	#token = '';

	/**
	 * @param {string} method @param {string} path @param {any} [body]
	 * @param {Object<string, string>} [headers]
	 * @returns {Promise<Response>} 2xx or 304; else throws ApiError
	 */
	async #ask(method, path, body, headers = {}) {
		if (method !== 'GET' && this.#token)
			headers['Cairn-Token'] = this.#token;
		if (body !== undefined)
			headers['Content-Type'] = 'application/json';
		let answer;
		try {
			answer = await fetch(path, {
				method, headers, credentials: 'same-origin', redirect: 'error',
				body: body === undefined ? undefined : JSON.stringify(body),
				signal: AbortSignal.timeout(PATIENCE_MS) });
		} catch (error) {
			throw new ApiError('offline', String(error));
		}
		if (!answer.ok && answer.status !== 304)
			throw await errorOf(answer);
		return answer;
	}

	/** @param {Response} answer */
	async #json(answer) {
		try {
			return await answer.json();
		} catch (error) {
			throw new ApiError('offline', String(error));
		}
	}

	/** @param {Promise<Response>} asked @returns {Promise<Session>} */
	async #sessionFrom(asked) {
		const session = await this.#json(await asked);
		this.#token = session.token;
		return session;
	}

	session() {
		return this.#sessionFrom(this.#ask('GET', '/api/session'));
	}

	/** @param {string} name @param {string} password */
	signIn(name, password) {
		return this.#sessionFrom(this.#ask('POST', '/api/sign-in', { name, password }));
	}

	/** @param {string} old @param {string} chosen */
	changePassword(old, chosen) {
		return this.#sessionFrom(this.#ask('POST', '/api/password', { old, new: chosen }));
	}

	async signOut() {
		await this.#ask('POST', '/api/sign-out');
		this.#token = '';
	}

	/**
	 * @param {{class: string, state: string}} place @param {string} language
	 * @param {string|null} etag of what is on the screen
	 * @returns {Promise<{etag: string|null, data: QueueAnswer}|null>} null: unchanged
	 */
	async queue(place, language, etag) {
		const query = new URLSearchParams({ ...place, lang: language });
		const answer = await this.#ask('GET', `/api/queue?${query}`, undefined,
			etag ? { 'If-None-Match': etag } : {});
		if (answer.status === 304)
			return null;
		return { etag: answer.headers.get('ETag'), data: await this.#json(answer) };
	}

	/** @param {string} id @param {{decision: string, reason?: string, note?: string}} body */
	async decide(id, body) {
		await this.#ask('POST', `/api/entries/${encodeURIComponent(id)}/decision`, body);
	}

	/** @param {string} id */
	async withdraw(id) {
		await this.#ask('DELETE', `/api/entries/${encodeURIComponent(id)}/decision`);
	}
}
