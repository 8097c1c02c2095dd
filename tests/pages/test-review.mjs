// SPDX-License-Identifier: Apache-2.0
/** The teacher's pages, driven in a browser against the real district. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test, { after, before, beforeEach } from 'node:test';
import { addTeacher, deliver, enrolKiosk, lay, setClock, startDistrict } from '../journey/lib/cairn.mjs';
import { entryOf, openPage, openReview, OWN_PASSWORD, PHONE, pngPicture, signIn, sidewaysPx, startBrowser } from '../journey/lib/review.mjs';
import { Place, until } from '../journey/lib/running.mjs';

const UNKNOWN_BADGE = '123456789012345678';
const NASTY = '<img src="x" onerror="document.title=\'broken in\'"><script>document.title="broken in"</script>';

let place, district, kiosk, teacher, browser, photo;
const byName = name => kiosk.learners.find(one => one.name === name);

before(async () => {
	place = await Place.make();
	district = await startDistrict(place);
	teacher = await addTeacher(district, 'okafor');
	kiosk = await enrolKiosk(place, district);
	browser = await startBrowser(place);
	photo = place.path('photo.png');
	await writeFile(photo, pngPicture(1));
});
after(() => place?.end());

/** A test begins with an empty queue and no page open. */
beforeEach(async () => {
	for (const context of browser.contexts())
		await context.close();
	kiosk.clock = null;
	if (!teacher.oneTime)
		await decideAll();
});

async function decideAll() {
	const page = await openPage(browser, district);
	const session = await signIn(page, teacher);
	const { request } = page.context();
	for (const one of session.classes)
		for (const state of ['waiting', 'later']) {
			const answer = await request.get(`/api/queue?class=${one.id}&state=${state}`);
			for (const entry of (await answer.json()).entries)
				await request.post(`/api/entries/${entry.id}/decision`, { data: { decision: 'confirmed' },
					headers: { 'Cairn-Token': session.token } });
		}
	await page.context().close();
}

/** Stones of the first class, one a learner, brought to the district. */
async function stones(...kinds) {
	const names = [];
	for (const [i, kind] of kinds.entries()) {
		const learner = kiosk.learners[i];
		await lay(kiosk, { learner: learner.id, scale: 'faces3', level: 1 + i % 3, levels: 3, ...kind });
		names.push(learner.name);
	}
	await deliver(kiosk);
	return names;
}

const choice = { choice: 'tidied' };
const open = given => openReview(browser, district, teacher, given);
const counts = page => page.locator('.views .count').allTextContents();
const says = (page, text) => page.locator('#toast', { hasText: text }).waitFor();
/** Where the browser is (openPage). */
const day = () => new Date().toLocaleDateString('en', { timeZone: 'America/Chicago' });
/** The learner whose entry has focus. */
const focused = page => page.evaluate(() =>
	document.activeElement?.closest('article')?.querySelector('h2')?.textContent ?? null);

/* --- the door --- */

test('door: a one-time password leads to choosing an own one', async () => {
	const page = await openPage(browser, district);
	await page.goto('/');
	assert.equal(await page.getByLabel('Your name').getAttribute('autocomplete'), 'username');
	assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('autocomplete'), 'current-password');
	await page.getByLabel('Your name').fill(teacher.login);
	await page.getByLabel('Password', { exact: true }).fill('not this one at all');
	await page.keyboard.press('Enter');
	await page.getByRole('alert').filter({ hasText: 'do not fit together' }).waitFor();

	await page.getByLabel('Password', { exact: true }).fill(teacher.oneTime);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Choose your own password' }).waitFor();
	const chosen = page.getByLabel('Your new password');
	assert.equal(await chosen.getAttribute('autocomplete'), 'new-password');
	await chosen.fill('too short');
	await page.keyboard.press('Enter');
	await page.getByRole('alert').filter({ hasText: '9 characters' }).waitFor();

	await chosen.fill(OWN_PASSWORD);
	assert.equal(await chosen.getAttribute('type'), 'password');
	await page.getByRole('button', { name: 'Show password' }).click();
	assert.equal(await chosen.getAttribute('type'), 'text');
	await page.getByRole('button', { name: 'Use this password' }).click();
	await page.getByRole('heading', { name: 'Waiting to be looked at' }).waitFor();
	await page.getByText('All looked at').waitFor();
	teacher.oneTime = '';
});

test('door: the page speaks the browser’s language, and the other one when asked', async () => {
	const page = await openPage(browser, district, { language: 'es-MX' });
	await page.goto('/');
	await page.getByRole('heading', { name: 'Entrar' }).waitFor();
	await page.getByLabel('Idioma').selectOption('en');
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	assert.equal(await page.locator('html').getAttribute('lang'), 'en');
});

test('door: a session that ended asks again and leads back to the same entry', async () => {
	const [, second] = await stones(choice, choice, choice);
	const page = await open();
	await page.keyboard.press('j');
	await page.keyboard.press('j');
	assert.equal(await focused(page), second);
	await page.context().clearCookies();
	await page.keyboard.press('c');
	await page.getByText('Please sign in again').waitFor();
	assert.equal(await entryOf(page, second).isVisible(), false);
	await page.getByLabel('Your name').fill(teacher.login);
	await page.getByLabel('Password', { exact: true }).fill(OWN_PASSWORD);
	await page.keyboard.press('Enter');
	await entryOf(page, second).getByText('Not saved').waitFor();
	assert.equal(await focused(page), second);
	await entryOf(page, second).getByRole('button', { name: 'Try again: Confirm' }).click();
	await says(page, `${second}`);
	await until('two left', async () => (await counts(page))[0] === '2');
});

test('door: signing out leaves nothing of the class behind', async () => {
	const [first] = await stones(choice);
	const page = await open();
	await page.locator('.menu summary').click();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	assert.equal((await page.content()).includes(first), false);
	const answer = await page.context().request.get('/api/session');
	assert.equal(answer.status(), 401);
});

/* --- an entry --- */

test('entry: who, what was asked, the I can, how it went, when, and what was chosen', async () => {
	const began = day();
	const [name] = await stones(choice);
	const page = await open();
	const entry = entryOf(page, name);
	const text = await entry.innerText();
	assert.match(text, /How did you care for our room\?/);
	assert.match(text, /Accountability/);
	assert.match(text, /I can take care of my things and our room\./);
	assert.match(text, /I need help/);
	assert.match(text, began === day() ? /Today, \d+:\d\d/ : /(Today|Yesterday), \d+:\d\d/);
	assert.match(text, /Chose\s+\S+/);
	const pictures = await until('pictures', () => entry.locator('img').evaluateAll(all =>
		all.every(img => img.complete && img.naturalWidth > 0) ? all.map(img => img.className) : null));
	assert.deepEqual([...pictures].sort(), ['badge', 'card', 'chosen', 'face', 'how']);
});

test('entry: in Spanish, the pack’s words too', async () => {
	const [name] = await stones(choice);
	const page = await open({ language: 'es' });
	const text = await entryOf(page, name).innerText();
	assert.match(text, /¿Cómo cuidaste nuestro salón\?/);
	assert.match(text, /Responsabilidad/);
	assert.match(text, /Necesito ayuda/);
	assert.match(text, /Confirmar/);
});

test('entry: words are words, whatever they look like', async () => {
	const [name] = await stones({ text: NASTY });
	const page = await open();
	assert.equal(await entryOf(page, name).locator('blockquote').textContent(), NASTY);
	assert.equal(await entryOf(page, name).locator('blockquote img').count(), 0);
	assert.doesNotMatch(await page.title(), /broken in/);
});

test('entry: a photo opens large, and Esc leads back to it', async () => {
	const [name, drawer] = await stones({ photo }, { drawing: photo });
	const page = await open();
	const button = entryOf(page, name).getByRole('button', { name: /Make larger: Photo/ });
	await button.focus();
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('img').waitFor();
	const large = await dialog.getByRole('img').boundingBox();
	assert.ok(large.width > 1000, `${large.width}`);
	await page.keyboard.press('c');
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'hidden' });
	assert.equal(await button.evaluate(made => made === document.activeElement), true);
	assert.deepEqual(await counts(page), ['2', '0', (await counts(page))[2]]);

	await entryOf(page, drawer).getByRole('button', { name: /Drawing/ }).click();
	await dialog.getByRole('button', { name: 'Close' }).click();
	await dialog.waitFor({ state: 'hidden' });
});

test('entry: without a clock at the kiosk the time is an honest about', async () => {
	const hour = 3_600_000_000;
	const now = Date.now() * 1000;
	const [known, guessed] = kiosk.learners;
	await setClock(kiosk, '1'.repeat(32), hour, now - 30 * hour, true);
	await lay(kiosk, { learner: known.id, ...choice });
	await setClock(kiosk, '2'.repeat(32), hour, hour, false);
	await lay(kiosk, { learner: guessed.id, ...choice });
	await setClock(kiosk, '3'.repeat(32), hour, now, true);
	await deliver(kiosk);
	const page = await open();
	const times = name => entryOf(page, name).locator('.when').innerText();
	assert.match(await times(known.name), /\d:\d\d/);
	assert.match(await times(guessed.name), /^(Between .* and today|Between .*).*clock was not set/s);
	assert.doesNotMatch(await times(guessed.name), /\d:\d\d/);
});

test('entry: a badge that nobody knows is said to be one', async () => {
	await lay(kiosk, { badge: UNKNOWN_BADGE, ...choice });
	await deliver(kiosk);
	const page = await open();
	await entryOf(page, 'A badge that nobody knows yet').waitFor();
});

/* --- deciding --- */

test('deciding: a class by keyboard alone', async () => {
	const names = await stones(choice, choice, { photo }, choice, choice);
	const page = await open();
	assert.match(await page.title(), /^\(5\) /);
	await page.keyboard.press('j');
	assert.equal(await focused(page), names[0]);
	await page.keyboard.press('c');
	await says(page, `${names[0]}`);
	assert.equal(await focused(page), names[1]);
	await page.keyboard.press('l');
	await says(page, 'kept for later');
	await page.keyboard.press('r');
	await page.keyboard.press('2');
	await says(page, 'returned');
	assert.equal(await focused(page), names[3]);
	await page.keyboard.press('u');
	await says(page, 'undone');
	await until('focus on what waits again', async () => await focused(page) === names[2]);
	for (const _ of names.slice(2)) {
		const before = await focused(page);
		await page.keyboard.press('c');
		await until('the next', async () => await focused(page) !== before);
	}
	await page.getByText('All looked at').waitFor();
	assert.doesNotMatch(await page.title(), /^\(/);
	assert.deepEqual((await counts(page)).slice(0, 2), ['0', '1']);
});

test('deciding: keys pressed faster than the network answers all count', async () => {
	const names = await stones(choice, choice, choice, choice);
	const page = await open();
	await page.route('**/decision', async route => {
		await new Promise(done => setTimeout(done, 400));
		await route.continue();
	});
	for (const _ of names)
		await page.keyboard.press('c');
	await page.getByText('All looked at').waitFor();
	await page.getByRole('link', { name: 'Decided' }).click();
	for (const name of names)
		await entryOf(page, name).first().getByText('Confirmed').waitFor();
});

test('deciding: returned with a reason and words, and taken back from the list of decided ones', async () => {
	const [name] = await stones(choice);
	const page = await open();
	await entryOf(page, name).getByRole('button', { name: 'Return' }).click();
	await page.getByLabel('A few words with it').fill('2 of 3? c r l u');
	await entryOf(page, name).getByRole('button', { name: 'Tell me more' }).click();
	await page.getByText('All looked at').waitFor();
	await page.getByRole('link', { name: 'Decided' }).click();
	const decided = page.getByRole('article').first();
	await decided.getByText('Returned: Tell me more').waitFor();
	await decided.getByText('2 of 3? c r l u').waitFor();
	await decided.getByText('Ms. Okafor').last().waitFor();
	await decided.getByRole('button', { name: 'Undo' }).click();
	await page.getByRole('link', { name: 'Waiting' }).click();
	await page.getByRole('heading', { name: 'Waiting to be looked at' }).waitFor();
	await entryOf(page, name).waitFor();
	await page.goBack();
	await page.getByRole('heading', { name: 'Already looked at' }).waitFor();
});

test('deciding: Esc closes the reasons and leads back to the button', async () => {
	const [name] = await stones(choice);
	const page = await open();
	await page.keyboard.press('r');
	await page.getByLabel('A few words with it').fill('x');
	await page.keyboard.press('Escape');
	const button = entryOf(page, name).getByRole('button', { name: 'Return' });
	assert.equal(await button.evaluate(made => made === document.activeElement), true);
	assert.equal((await counts(page))[0], '1');
});

test('deciding: the button under the list takes back, and again', async () => {
	const names = await stones(choice, choice);
	const page = await open();
	await page.keyboard.press('c');
	await page.keyboard.press('l');
	await page.getByText('All looked at').waitFor();
	const undo = page.locator('#toast').getByRole('button', { name: 'Undo' });
	await undo.click();
	await entryOf(page, names[1]).waitFor();
	await undo.click();
	await entryOf(page, names[0]).waitFor();
	assert.deepEqual((await counts(page)).slice(0, 2), ['2', '0']);
	await undo.waitFor({ state: 'hidden' });
});

test('deciding: what was just said does not lie over the menu', async () => {
	await stones(choice);
	const page = await open({});
	await page.keyboard.press('c');
	await says(page, 'confirmed');
	await page.locator('.menu summary').click();
	const language = page.locator('.menu').getByLabel('Language');
	assert.ok(await language.evaluate(field => {
		const { x, y, width, height } = field.getBoundingClientRect();
		return document.elementFromPoint(x + width / 2, y + height / 2) === field;
	}));
});

test('deciding: Undo takes back what was decided last, whichever answer came last', async () => {
	const names = await stones(choice, choice);
	const page = await open();
	let toldSecond = () => {}, first = true;
	const second = new Promise(told => { toldSecond = told; });
	await page.route('**/decision', async route => {
		const waits = first;
		first = false;
		if (waits)
			await second;
		await route.fulfill({ response: await route.fetch() });
		if (!waits)
			toldSecond();
	});
	await page.keyboard.press('c');
	await page.keyboard.press('l');
	await page.getByText('All looked at').waitFor();
	await page.locator('#toast').getByRole('button', { name: 'Undo' }).click();
	await entryOf(page, names[1]).waitFor();
	assert.deepEqual((await counts(page)).slice(0, 2), ['1', '0']);
});

test('deciding: what was kept for later is decided later, or waits again', async () => {
	const [first, second] = await stones(choice, choice);
	const page = await open();
	await page.keyboard.press('l');
	await page.keyboard.press('l');
	await page.getByRole('link', { name: 'Kept for later: 2' }).click();
	await entryOf(page, first).getByRole('button', { name: 'Confirm' }).click();
	await entryOf(page, second).getByRole('button', { name: 'Back to waiting' }).click();
	await page.getByText('Nothing is kept for later').waitFor();
	await page.getByRole('link', { name: 'Waiting' }).click();
	await entryOf(page, second).waitFor();
});

test('deciding: single keys can be turned off', async () => {
	await stones(choice);
	const page = await open();
	await page.keyboard.press('?');
	const dialog = page.getByRole('dialog', { name: 'Keys' });
	await dialog.getByLabel('Use single keys').uncheck();
	await page.keyboard.press('Escape');
	await page.keyboard.press('c');
	await page.keyboard.press('l');
	await page.waitForTimeout(300);
	assert.equal((await counts(page))[0], '1');
});

test('deciding: without a connection nothing is pretended', async () => {
	const [first, second] = await stones(choice, choice);
	const page = await open();
	await page.context().setOffline(true);
	await page.keyboard.press('c');
	await page.getByText('No connection').waitFor();
	const entry = entryOf(page, first);
	await entry.getByText('Not saved').waitFor();
	assert.equal(await entryOf(page, second).isVisible(), true);
	assert.equal((await counts(page))[0], '2');
	await page.context().setOffline(false);
	await page.getByText('No connection').waitFor({ state: 'hidden' });
	await entry.getByRole('button', { name: 'Try again: Confirm' }).click();
	await says(page, 'confirmed');
	await entry.waitFor({ state: 'detached' });
});

/* --- new evidence --- */

test('refresh: new evidence comes by itself and moves neither focus nor what is written', async () => {
	const [name] = await stones(choice);
	const page = await open();
	await page.keyboard.press('r');
	const note = page.getByLabel('A few words with it');
	await note.fill('Show me the s');
	const top = (await entryOf(page, name).boundingBox()).y;
	const other = byName(kiosk.learners[5].name);
	await lay(kiosk, { learner: other.id, ...choice });
	await deliver(kiosk);
	await entryOf(page, other.name).waitFor();
	assert.equal(await note.inputValue(), 'Show me the s');
	assert.equal(await note.evaluate(made => made === document.activeElement), true);
	assert.equal((await entryOf(page, name).boundingBox()).y, top);
	assert.match(await page.locator('#status').textContent(), /1 new entry/);
	assert.match(await page.title(), /^\(2\) /);
});

test('refresh: another class has its own queue and its own address', async () => {
	const other = kiosk.learners[kiosk.learners.length - 1];
	await lay(kiosk, { learner: other.id, ...choice });
	await stones(choice);
	const page = await open();
	assert.equal(await entryOf(page, other.name).count(), 0);
	await page.getByLabel('Class').selectOption({ index: 1 });
	await entryOf(page, other.name).waitFor();
	await page.reload();
	await entryOf(page, other.name).waitFor();
});

test('refresh: two teachers do not decide over each other unseen', async () => {
	const [first] = await stones(choice, choice);
	const page = await open();
	const colleague = await open();
	await colleague.keyboard.press('c');
	await says(colleague, 'confirmed');
	await entryOf(page, first).waitFor({ state: 'detached' });
	assert.equal((await counts(page))[0], '1');
});

/* --- by keyboard alone, on a phone --- */

test('keyboard: every control is reached by Tab, in the order of the page', async () => {
	const [name] = await stones({ photo });
	const page = await open();
	const seen = [];
	for (let i = 0; i < 14; i++) {
		await page.keyboard.press('Tab');
		seen.push(await page.evaluate(() => {
			const at = document.activeElement;
			return at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? '';
		}));
	}
	const text = seen.join(' | ');
	assert.match(text, /^Skip to the entries \| .*Ms\. Okafor \| Waiting.*Later.*Decided.* \| Make larger: .* \| ConfirmC \| ReturnR \| LaterL/, name);
});

/** Presses Tab until what has focus says so. */
async function tabTo(page, wanted) {
	for (let i = 0; i < 40; i++) {
		await page.keyboard.press('Tab');
		const text = await page.evaluate(() => document.activeElement?.textContent ?? '');
		if (wanted.test(text))
			return;
	}
	assert.fail(`Tab does not lead to ${wanted}`);
}

test('keyboard: from the door through the queue and out again', async () => {
	const [name] = await stones(choice);
	const page = await openPage(browser, district);
	await page.goto('/');
	await page.locator('#name:focus').waitFor();
	await page.keyboard.type(teacher.login);
	await page.keyboard.press('Tab');
	await page.keyboard.type(OWN_PASSWORD);
	await page.keyboard.press('Enter');
	await entryOf(page, name).waitFor();
	await tabTo(page, /^Return/);
	await page.keyboard.press('Enter');
	await tabTo(page, /Show it once more$/);
	await page.keyboard.press('Space');
	await says(page, 'returned');
	await tabTo(page, /^Undo/);
	await page.keyboard.press('Enter');
	await entryOf(page, name).waitFor();
	await tabTo(page, /^Ms\. Okafor$/);
	await page.keyboard.press('Enter');
	await tabTo(page, /^Sign out$/);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('keyboard: what has focus shows it, and the skip link leads past the frame', async () => {
	await stones(choice);
	const page = await open();
	await page.keyboard.press('Tab');
	const skip = page.getByRole('link', { name: 'Skip to the entries' });
	assert.ok((await skip.boundingBox()).y >= 0);
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	const ring = await page.evaluate(() => {
		const at = /** @type {Element} */ (document.activeElement);
		return { text: at.textContent, width: getComputedStyle(at).outlineWidth };
	});
	assert.match(ring.text, /Confirm/);
	assert.equal(ring.width, '3px');
});

test('phone: everything by touch, with targets of 44 px, and nothing to scroll sideways', async () => {
	const names = await stones({ photo }, { text: 'w'.repeat(300) }, choice);
	const page = await open({ viewport: PHONE, touch: true });
	assert.equal(await sidewaysPx(page), 0);
	const small = await page.locator('button:visible, select:visible, summary, .views a').evaluateAll(all =>
		all.map(one => [one.textContent, one.getBoundingClientRect()])
			.filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text));
	assert.deepEqual(small, []);
	await entryOf(page, names[0]).getByRole('button', { name: 'Return' }).tap();
	assert.equal(await sidewaysPx(page), 0);
	await entryOf(page, names[0]).getByRole('button', { name: 'Let’s talk about it' }).tap();
	await says(page, 'returned');
	assert.equal(await sidewaysPx(page), 0);
	await page.locator('#toast').getByRole('button', { name: 'Undo' }).tap();
	await entryOf(page, names[0]).waitFor();
});

test('phone: a picture, a decision, taking it back: each is one tap', async () => {
	const [name, second] = await stones({ photo }, choice);
	const page = await open({ viewport: PHONE, touch: true });
	await entryOf(page, name).getByRole('button', { name: /Make larger/ }).tap();
	const large = await page.getByRole('dialog').getByRole('img').boundingBox();
	assert.ok(large.width > PHONE.width * 0.85, `${large.width}`);
	await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap();
	await entryOf(page, name).getByRole('button', { name: 'Confirm' }).tap();
	await entryOf(page, name).waitFor({ state: 'detached' });
	await entryOf(page, second).getByRole('button', { name: 'Later' }).tap();
	await page.getByText('All looked at').waitFor();
	await page.locator('#toast').getByRole('button', { name: 'Undo' }).tap();
	await entryOf(page, second).waitFor();
	assert.deepEqual((await counts(page)).slice(0, 2), ['1', '0']);
});
