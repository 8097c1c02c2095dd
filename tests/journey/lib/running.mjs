// SPDX-License-Identifier: Apache-2.0
/** Programs that run: to their end, or until they are told to stop. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export const PATIENCE_MS = 120_000; // that a slow, busy machine may need
const LOOK_MS = 25;

/** Asks until the answer is not empty.
 * @template T @param {string} what @param {() => T|Promise<T>} question
 * @returns {Promise<NonNullable<T>>} */
export async function until(what, question, patience = PATIENCE_MS) {
	const end = Date.now() + patience;
	for (;;) {
		const answer = await question();
		if (answer)
			return answer;
		if (Date.now() > end)
			throw new Error(`waited ${patience} ms in vain for ${what}`);
		await new Promise(done => setTimeout(done, LOOK_MS));
	}
}

/** @param {string} program @param {string[]} words
 * @param {{input?: string, env?: Object<string, string>}} [given]
 * @returns {Promise<string>} what it printed */
export function run(program, words, { input = '', env = {} } = {}) {
	return new Promise((done, failed) => {
		const child = execFile(program, words, { env: { ...process.env, ...env },
			timeout: PATIENCE_MS, maxBuffer: 1 << 26 }, (error, out, err) => {
			if (error)
				failed(new Error(`${basename(program)} ${words.join(' ')}: ${error.code}\n${out}${err}`));
			else
				done(out);
		});
		child.stdin?.on('error', () => { /* it ended without reading: that is said above */ });
		child.stdin?.end(input);
	});
}

export class Running {
	output = '';

	/** @param {string} program @param {string[]} words @param {Object<string, string>} [env] */
	constructor(program, words, env = {}) {
		this.name = basename(program);
		this.child = spawn(program, words, { env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe'] });
		this.ended = new Promise(done => this.child.once('exit', done));
		this.child.once('error', error => { this.output += String(error); });
		for (const stream of [this.child.stdout, this.child.stderr])
			stream.setEncoding('utf8').on('data', text => { this.output += text; });
	}

	get alive() {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	/** @param {RegExp} pattern in what it prints */
	waitFor(pattern) {
		return until(`${pattern} from ${this.name}`, () => {
			const match = pattern.exec(this.output);
			if (!match && !this.alive)
				throw new Error(`${this.name} ended:\n${this.output}`);
			return match;
		});
	}

	async kill() {
		if (this.alive)
			this.child.kill('SIGKILL');
		await this.ended;
	}

	/** Asks it to end; whoever does not in good time is killed, and that is an error. */
	async stop() {
		if (!this.alive)
			return;
		this.child.kill('SIGTERM');
		let late = false;
		const timer = setTimeout(() => {
			late = true;
			this.child.kill('SIGKILL');
		}, PATIENCE_MS);
		await this.ended;
		clearTimeout(timer);
		if (late)
			throw new Error(`${this.name} had to be killed:\n${this.output}`);
	}
}

/** A folder for what a test makes, and the programs that must end with it. */
export class Place {
	#ending = /** @type {(() => Promise<void>)[]} */ ([]);

	/** @param {string} folder */
	constructor(folder) {
		this.folder = folder;
	}

	static async make() {
		return new Place(await mkdtemp(join(tmpdir(), 'cairn-')));
	}

	/** @param {string} name */
	path(name) {
		return join(this.folder, name);
	}

	/** @template {{stop?: () => Promise<void>, close?: () => Promise<void>}} T
	 * @param {T} what @returns {T} */
	keep(what) {
		this.#ending.push(async () => { await (what.stop ?? what.close)?.call(what); });
		return what;
	}

	/** Ends what was kept, newest first, and removes the folder. */
	async end() {
		for (const end of this.#ending.splice(0).reverse())
			await end();
		await rm(this.folder, { recursive: true, force: true });
	}
}
