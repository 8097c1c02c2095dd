// SPDX-License-Identifier: Apache-2.0
/**
 * One entry on the screen.  It is made once and then only told what has
 * changed, so that a refresh never takes focus, an open form or a playing
 * voice away.
 */
import { fresh, h, packUrl } from './dom.js';
import { icon, stones } from './icons.js';
import { returnForm } from './return-form.js';
import { isAbout, whenText } from './time.js';
import { fill, isolate } from './words.js';

/**
 * @typedef {import('./api.js').Entry} Entry
 * @typedef {import('./api.js').Piece} Piece
 * @typedef {{words: Object<string, string>, language: string, state: string,
 *     decide: (view: EntryView, body: {decision: string, reason?: string, note?: string}) => void,
 *     withdraw: (view: EntryView) => void,
 *     enlarge: (url: string, what: string) => void}} Surroundings
 */

/** @param {string|null|undefined} path @param {string} className */
function picture(path, className) {
	const url = packUrl(path);
	return url && h('img', { src: url, alt: '', class: className, decoding: 'async' });
}

export class EntryView {
	/** @type {Entry} */
	entry;
	/** 'ready', 'saving' or 'failed' */
	status = 'ready';
	returning = false;
	#form = /** @type {ReturnType<typeof returnForm>|null} */ (null);
	#note = '';
	#tried = /** @type {{decision: string, reason?: string, note?: string}|null} */ (null);

	/** @param {Entry} entry @param {Surroundings} around */
	constructor(entry, around) {
		this.entry = entry;
		this.around = around;
		const part = (tag, name) => h(tag, { class: name });
		this.parts = {
			head: part('div', 'who'), asked: part('p', 'asked'), pieces: part('div', 'pieces'),
			facts: part('div', 'facts'), decision: part('div', 'decision'), act: part('div', 'act') };
		this.article = h('article', { class: 'entry', tabindex: '-1',
			'aria-labelledby': `name-${entry.id}`, 'data-id': entry.id },
		...Object.values(this.parts));
		this.root = h('li', {}, this.article);
		this.show(entry, around);
	}

	get name() {
		return this.entry.learner.name || this.around.words.unknown;
	}

	/** @param {Entry} entry @param {Surroundings} around */
	show(entry, around) {
		const { parts } = this;
		const { language, state } = around;

		this.entry = entry;
		this.around = around;
		const when = this.#when(entry.time);
		fresh(parts.head, [entry.learner, when, language], () => this.#head(when));
		fresh(parts.asked, entry.prompt, () =>
			[picture(entry.prompt.icon, 'card'), h('span', { dir: 'auto', text: entry.prompt.ask })]);
		fresh(parts.pieces, [entry.pieces, this.name, language], () => this.#pieces());
		fresh(parts.facts, [entry.statement, entry.competency, entry.level, language],
			() => this.#facts());
		fresh(parts.decision, [entry.decision, state, language], () => this.#decision());
		parts.decision.hidden = parts.decision.childElementCount === 0;
		this.#showAct();
	}

	/** @param {import('./api.js').Entry['time']} time */
	#when(time) {
		const { words, language } = this.around;
		return whenText(time, { now: Date.now(), language, words });
	}

	/** @param {string} when */
	#head(when) {
		const { words } = this.around;
		const { learner, time } = this.entry;
		const known = Boolean(learner.name);
		return [
			known ? this.#face() : h('span', { class: 'face' }, icon('badge')),
			h('div', {},
				h('h2', { id: `name-${this.entry.id}` }, h('bdi', { text: this.name })),
				!known && h('p', { class: 'small', text: words.unknownMore }),
				h('p', { class: 'when' }, icon('clock'),
					h('span', {}, h('time', { datetime: new Date(time.us / 1000).toISOString(), text: when }),
						isAbout(time) && h('span', { class: 'small', text: ` (${words.noClock})` }))))];
	}

	#face() {
		return picture(this.entry.learner.picture, 'face') ??
			h('span', { class: 'face' }, icon('person'));
	}

	#pieces() {
		const { words } = this.around;
		if (this.entry.pieces.length === 0)
			return [h('p', { class: 'small', text: words.noPieces })];
		return this.entry.pieces.map(piece => this.#piece(piece));
	}

	/** @param {Piece} piece */
	#piece(piece) {
		const { words } = this.around;
		const kind = words[piece.kind] ?? piece.kind;
		const what = fill(words.pieceOf, { kind, name: isolate(this.name) });
		switch (piece.kind) {
		case 'photo': case 'drawing':
			return this.#image(String(piece.url), what);
		case 'voice':
			return h('audio', { controls: true, preload: 'none', src: piece.url, 'aria-label': what });
		case 'choice':
			return h('p', { class: 'choice' }, picture(piece.url, 'chosen'),
				h('span', {}, h('span', { class: 'small', text: `${kind} ` }),
					h('span', { class: 'word', dir: 'auto', text: piece.word ?? '' })));
		default:
			return h('blockquote', { dir: 'auto', 'aria-label': what, text: piece.word ?? '' });
		}
	}

	/** @param {string} url @param {string} what */
	#image(url, what) {
		const { words, enlarge } = this.around;
		const image = h('img', { src: url, alt: '', loading: 'lazy', decoding: 'async' });
		const button = h('button', { type: 'button', class: 'picture',
			'aria-label': fill(words.makeLarge, { what }), on: { click: () => enlarge(url, what) } },
		image, h('span', { class: 'larger' }, icon('larger')));
		image.addEventListener('error', () => {
			button.replaceWith(h('p', { class: 'missing' }, icon('warning'), words.missing));
		});
		return button;
	}

	#facts() {
		const { words } = this.around;
		const { statement, competency, level } = this.entry;
		const chip = competency?.name && h('span', { class: 'chip' },
			picture(competency.icon, 'badge'), h('span', { dir: 'auto', text: competency.name }));
		if (chip && /^#[0-9a-f]{6}$/i.test(competency.colour))
			chip.style.setProperty('--tint', competency.colour);
		return [
			h('p', { class: 'can' }, chip,
				statement?.text && h('span', { dir: 'auto', text: statement.text })),
			h('p', { class: 'level' },
				level && (picture(level.icon, 'how') ?? stones(level.level, level.levels)),
				level ? h('span', {}, h('span', { class: 'unseen', text: `${words.selfSaid}: ` }),
					h('span', { dir: 'auto', text: level.word ?? `${level.level} / ${level.levels}` }))
					: h('span', { class: 'small', text: words.noLevel }))];
	}

	#decision() {
		const { words, state } = this.around;
		const { decision } = this.entry;
		const said = { confirmed: words.wasConfirmed, returned: words.wasReturned, later: words.wasLater };
		const sign = { confirmed: 'confirm', returned: 'return', later: 'later' };
		if (!decision || state === 'waiting')
			return [];
		const at = this.#when({ us: decision.us, about_us: 0 });
		return [
			h('p', { class: `verdict ${decision.decision}` },
				icon(sign[decision.decision] ?? 'later'), said[decision.decision] ?? decision.decision,
				decision.reason && `: ${words[decision.reason] ?? decision.reason}`),
			decision.note && h('blockquote', { dir: 'auto', text: decision.note }),
			h('p', { class: 'small', text: fill(words.byAt, { by: isolate(decision.by), at }) })];
	}

	/* --- what can be done --- */

	#showAct() {
		const { state, language } = this.around;
		const held = this.parts.act.contains(document.activeElement);
		const before = this.parts.act.firstChild;
		fresh(this.parts.act, [this.status, this.returning, state, language, this.name],
			() => [...this.#trouble(), this.returning ? this.#openForm() : this.#buttons()]);
		this.article.classList.toggle('saving', this.status === 'saving');
		this.article.toggleAttribute('aria-busy', this.status === 'saving');
		if (held && before !== this.parts.act.firstChild)
			this.article.focus({ preventScroll: true });
	}

	#trouble() {
		const { words } = this.around;
		if (this.status !== 'failed')
			return [];
		const again = () => this.#tried && this.around.decide(this, this.#tried);
		return [h('p', { class: 'failed' }, icon('warning'), words.notSaved),
			this.#tried && h('button', { type: 'button', class: 'again', on: { click: again } },
				fill(words.tryAgain, { what: this.#nameOf(this.#tried.decision) }))];
	}

	/** @param {string} decision */
	#nameOf(decision) {
		const { words } = this.around;
		return { confirmed: words.confirm, returned: words.giveBack, later: words.keep }[decision] ?? '';
	}

	/** @param {string} name @param {string} word @param {string} key @param {() => void} act */
	#button(name, word, key, act) {
		return h('button', { type: 'button', class: name, 'aria-keyshortcuts': key,
			'aria-describedby': `name-${this.entry.id}`, disabled: this.status === 'saving',
			on: { click: act } },
		icon(name), h('span', { text: word }), h('kbd', { 'aria-hidden': 'true', text: key }));
	}

	#buttons() {
		const { words, state, withdraw } = this.around;
		if (this.status === 'saving')
			return h('p', { class: 'small', text: words.saving });
		const back = this.#button('undo', state === 'later' ? words.backToWaiting : words.undo,
			'U', () => withdraw(this));
		const decide = [
			this.#button('confirm', words.confirm, 'C', () => this.act('confirm')),
			this.#button('return', words.giveBack, 'R', () => this.act('return'))];
		if (state === 'waiting')
			decide.push(this.#button('later', words.keep, 'L', () => this.act('later')));
		return h('div', { class: 'buttons' }, ...(state === 'decided' ? [] : decide),
			state !== 'waiting' && back);
	}

	#openForm() {
		this.#form = returnForm(this.around.words, this.#note, (reason, note) => {
			this.#note = note;
			this.around.decide(this, { decision: 'returned', reason, ...(note && { note }) });
		}, () => this.act('escape'));
		return this.#form.root;
	}

	/** @param {'ready'|'saving'|'failed'} status
	 * @param {{decision: string, reason?: string, note?: string}|null} [tried] */
	setStatus(status, tried = null) {
		this.status = status;
		this.#tried = tried;
		this.returning = false;
		this.#showAct();
	}

	/** @param {boolean} open */
	#setReturning(open) {
		this.returning = open;
		this.#showAct();
		if (open)
			this.#form?.focus();
		else
			/** @type {HTMLElement|null} */ (this.parts.act.querySelector('.return'))?.focus();
	}

	/** @param {string} command @param {string} [key] @returns {boolean} whether it did anything */
	act(command, key = '') {
		const { state, decide, withdraw } = this.around;
		if (this.status === 'saving')
			return false;
		switch (command) {
		case 'large':
			/** @type {HTMLElement|null} */ (this.parts.pieces.querySelector('button'))?.click();
			return true;
		case 'reason':
			if (this.returning)
				this.#form?.send(Number(key) - 1);
			return this.returning;
		case 'escape':
			if (!this.returning)
				return false;
			this.#setReturning(false);
			return true;
		case 'undo':
			if (state === 'waiting')
				return false;
			withdraw(this);
			return true;
		default:
			break;
		}
		if (state === 'decided' || (state === 'later' && command === 'later'))
			return false;
		if (command === 'return')
			this.#setReturning(true);
		else
			decide(this, { decision: command === 'confirm' ? 'confirmed' : 'later' });
		return true;
	}
}
