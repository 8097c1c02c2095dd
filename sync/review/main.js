// SPDX-License-Identifier: Apache-2.0
/** Ties door, queue and list together; everything else is in their modules. */
import { Api, ApiError } from './api.js';
import { emptyContent, languagePicker, showFrame } from './board.js';
import { Decisions } from './decisions.js';
import { byId, say } from './dom.js';
import { listenToKeys, showKeys } from './keys.js';
import { EntryList } from './list.js';
import { showPicture } from './picture.js';
import { readPlace } from './place.js';
import { Queue } from './queue.js';
import { showChoosePassword, showSignIn } from './sign-in.js';
import { hideToast } from './toast.js';
import { chooseLanguage, fill, languages } from './words.js';

const LANGUAGE = 'cairn.language';

const api = new Api();
const list = new EntryList(byId('entries'));
const queue = new Queue(api, { loaded, connected, trouble });
const decisions = new Decisions(queue, list, { words: () => words(), moved, trouble });
let session = /** @type {import('./api.js').Session|null} */ (null);
let counts = /** @type {import('./board.js').Counts|null} */ (null);
let language = chooseLanguage([localStorage.getItem(LANGUAGE) ?? '', ...navigator.languages]);
let login = '';
/** Where focus and scroll were when the session ended. */
let left = /** @type {{teacher: string, y: number, focus: Element|null}|null} */ (null);
let redraw = () => {};

const words = () => languages[language];

/* --- door --- */

/** @param {() => void} show what is at the door, once more in another language */
function atDoor(show) {
	queue.close();
	hideToast();
	byId('board').hidden = true;
	byId('door').hidden = false;
	document.title = words().product;
	redraw = show;
	show();
}

const picker = () => languagePicker(language, words(), speak);

function askSignIn() {
	atDoor(() => showSignIn({
		words: words(), again: left !== null, name: login, picker: picker(),
		signIn: async (name, password) => {
			login = name;
			enter(await api.signIn(name, password), password);
		} }));
}

/** @param {string|null} old if typed a moment ago @param {(() => void)|null} cancel */
function askPassword(old, cancel) {
	atDoor(() => showChoosePassword({
		words: words(), name: login, old, picker: picker(), cancel,
		change: async (before, chosen) => {
			enter(await api.changePassword(before, chosen), null);
			say(words().passwordSaved);
		} }));
}

/** @param {import('./api.js').Session} now @param {string|null} password */
function enter(now, password) {
	session = now;
	if (now.must_change)
		askPassword(password, null);
	else
		showBoard();
}

/* --- board --- */

function showBoard() {
	const back = left;
	const cameIn = !byId('door').hidden;
	byId('door').hidden = true;
	byId('door').replaceChildren();
	byId('board').hidden = false;
	redraw = visit;
	left = null;
	if (back?.teacher !== session?.teacher.id)
		forget();
	visit();
	if (back && back.focus?.isConnected && back.focus instanceof HTMLElement) {
		scrollTo(0, back.y);
		back.focus.focus({ preventScroll: true });
	} else if (cameIn) {
		byId('heading').focus({ preventScroll: true });
	}
}

/** What another teacher must not find. */
function forget() {
	list.clear();
	decisions.forget();
	counts = null;
}

/** @returns {import('./board.js').Frame|null} */
function frame() {
	if (!session || session.classes.length === 0)
		return null;
	return { session, counts, language, words: words(), speak,
		place: readPlace(location.hash, session.classes), act: fromMenu };
}

/** Goes where the address says. */
function visit() {
	const now = frame();
	document.documentElement.lang = language;
	if (!now) {
		byId('heading').textContent = words().noClass;
		return;
	}
	if (now.place.class !== queue.place.class || now.place.state !== queue.place.state)
		list.clear();
	showFrame(now);
	queue.open(now.place, language);
}

/** @param {import('./api.js').QueueAnswer} data @param {boolean} first */
function loaded(data, first) {
	const now = frame();
	if (!now)
		return;
	counts = { waiting: data.waiting, later: data.later, decided: data.decided };
	const fresh = list.show(data.entries, around(queue.place.state));
	showBoardCounts();
	if (fresh > 0 && !first && queue.place.state === 'waiting')
		say(fill(fresh === 1 ? words().newOne : words().newMany, { n: fresh }));
}

/** Counts at once what the next answer will say too. @param {string} from @param {string} to */
function moved(from, to) {
	if (counts)
		counts = { ...counts, [from]: counts[from] - 1, [to]: counts[to] + 1 };
	showBoardCounts();
}

function showBoardCounts() {
	const now = frame();
	if (!now)
		return;
	showFrame(now);
	list.showEmpty([now.place.state, language, counts?.later], () => emptyContent(now));
}

/** @param {string} state @returns {import('./entry.js').Surroundings} */
function around(state) {
	return { words: words(), language, state,
		decide: (view, body) => decisions.decide(view, body),
		withdraw: view => decisions.takeBack(view),
		enlarge: (url, what) => showPicture(url, what, words()) };
}

/** @param {boolean} yes */
function connected(yes) {
	const banner = byId('offline');
	banner.hidden = yes;
	banner.textContent = yes ? '' : words().offline;
	if (yes)
		say(words().online);
}

/** Another tab may have signed in anew: then there is nothing to ask.
 * @param {ApiError} error */
async function trouble(error) {
	const place = { teacher: session?.teacher.id ?? '', y: scrollY, focus: document.activeElement };
	queue.close();
	if (error.kind === 'change-password')
		return askPassword(null, null);
	try {
		const now = await api.session();
		if (now.teacher.id === place.teacher) {
			session = now;
			return visit();
		}
	} catch (other) {
		if (!(other instanceof ApiError))
			throw other;
	}
	left = place;
	return askSignIn();
}

/* --- being told --- */

/** @param {string} command @param {string} key @returns {boolean} */
function onCommand(command, key) {
	if (byId('board').hidden)
		return false;
	switch (command) {
	case 'next': return list.move(1);
	case 'previous': return list.move(-1);
	case 'help':
		showKeys(words());
		return true;
	case 'undo':
		if (!list.current?.act('undo'))
			decisions.undo();
		return true;
	default:
		return list.current?.act(command, key) ?? false;
	}
}

/** @param {string} name */
async function fromMenu(name) {
	if (name === 'help')
		return showKeys(words());
	if (name === 'password')
		return askPassword(null, showBoard);
	try {
		await api.signOut();
	} catch (error) {
		if (!(error instanceof ApiError) || error.kind !== 'signed-out')
			return connected(false);
	}
	forget();
	session = null;
	left = null;
	askSignIn();
	return say(words().signedOut);
}

/** @param {string} chosen */
function speak(chosen) {
	language = chosen;
	localStorage.setItem(LANGUAGE, chosen);
	document.documentElement.lang = chosen;
	hideToast();
	redraw();
	/** @type {HTMLElement|null} */ (document.querySelector(
		byId('board').hidden ? '#door .language select' : '.menu summary'))?.focus();
}

async function start() {
	document.documentElement.lang = language;
	listenToKeys(onCommand);
	addEventListener('hashchange', () => byId('board').hidden || visit());
	try {
		enter(await api.session(), null);
	} catch (error) {
		if (!(error instanceof ApiError))
			throw error;
		askSignIn();
		if (error.kind !== 'signed-out')
			byId('trouble').textContent = words().noAnswer;
	}
}

start();
