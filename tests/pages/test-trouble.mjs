// SPDX-License-Identifier: Apache-2.0
/**
 * What the pages make of trouble: a session that ends, a district that goes
 * away, somebody at the door who guesses, another site that forges.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test, { after, before, beforeEach } from 'node:test';
import { addTeacher, deliver, enrolKiosk, lay, serve, startDistrict } from '../journey/lib/cairn.mjs';
import { entryOf, openPage, openReview, OWN_PASSWORD, signIn, startBrowser } from '../journey/lib/review.mjs';
import { Place } from '../journey/lib/running.mjs';

const TRIES_MAX = 40; // more than the district allows from one address
const NOTE = 'Which part did you do? c r l u 1';

let place, district, kiosk, teacher, colleague, browser;
let next = 0;

before(async () => {
	place = await Place.make();
	district = await startDistrict(place);
	teacher = await addTeacher(district, 'okafor');
	colleague = await addTeacher(district, 'delgado', { fullName: 'Mr. Delgado' });
	kiosk = await enrolKiosk(place, district);
	browser = await startBrowser(place);
});
after(() => place?.end());
beforeEach(() => Promise.all(browser.contexts().map(context => context.close())));

/** The entry of a learner who has none yet.  @returns {Promise<string>} the name */
async function stone() {
	const learner = kiosk.learners[next++];
	await lay(kiosk, { learner: learner.id, choice: 'tidied' });
	await deliver(kiosk);
	return learner.name;
}

const open = who => openReview(browser, district, who ?? teacher);
const noteOf = (page, name) => entryOf(page, name).getByLabel('A few words with it');
const hasFocus = locator => locator.evaluate(made => made === document.activeElement);

async function signInAgain(page, login) {
	await page.getByText('Please sign in again').waitFor();
	await page.getByLabel('Your name').fill(login);
	await page.getByLabel('Password', { exact: true }).fill(OWN_PASSWORD);
	await page.keyboard.press('Enter');
	await page.locator('article').first().waitFor();
}

async function writeNote(page, name) {
	await entryOf(page, name).getByRole('button', { name: 'Return' }).click();
	await noteOf(page, name).fill(NOTE);
}

/** What was decided on a learner's entry, as the page shows it. */
async function wasReturned(page, name) {
	await page.getByRole('link', { name: 'Decided' }).click();
	await entryOf(page, name).getByText('Returned: Tell me more').waitFor();
	await entryOf(page, name).getByText(NOTE).waitFor();
}

/* --- a session that ends in the middle of work --- */

test('session: words half written outlive it, with their form and their focus', async () => {
	const name = await stone();
	const page = await open();
	await writeNote(page, name);
	await page.context().clearCookies();
	await signInAgain(page, teacher.login);
	assert.equal(await noteOf(page, name).inputValue(), NOTE);
	assert.equal(await hasFocus(noteOf(page, name)), true);
	await entryOf(page, name).getByRole('button', { name: 'Tell me more' }).click();
	await wasReturned(page, name);
});

test('session: a return that found it ended is sent again with its words', async () => {
	const name = await stone();
	const page = await open();
	await page.route('**/api/queue?*', route => route.abort()); // only the decision finds it out
	await writeNote(page, name);
	await page.context().clearCookies();
	await entryOf(page, name).getByRole('button', { name: 'Tell me more' }).click();
	await page.unroute('**/api/queue?*');
	await signInAgain(page, teacher.login);
	await entryOf(page, name).getByRole('button', { name: 'Try again: Return' }).click();
	await entryOf(page, name).waitFor({ state: 'detached' });
	await wasReturned(page, name);
});

test('session: another teacher who signs in finds nothing of what was written', async () => {
	const name = await stone();
	await (await open(colleague)).context().close(); // who has a password of his own now
	const page = await open();
	await writeNote(page, name);
	await page.context().clearCookies();
	await signInAgain(page, colleague.login);
	await entryOf(page, name).waitFor();
	assert.equal(await page.getByLabel('A few words with it').count(), 0);
	assert.equal((await page.content()).includes(NOTE), false);
});

test('session: one that another tab began is taken up without asking', async () => {
	const name = await stone();
	const page = await open();
	await page.context().clearCookies();
	await signIn(page, teacher);
	await entryOf(page, name).getByRole('button', { name: 'Confirm' }).click();
	await entryOf(page, name).getByRole('button', { name: 'Try again: Confirm' }).click();
	await entryOf(page, name).waitFor({ state: 'detached' });
	assert.equal(await page.getByLabel('Password', { exact: true }).count(), 0);
});

/* --- a district that goes away --- */

test('district gone: what is here can be read, and what is new comes when it is back', async () => {
	const name = await stone();
	const page = await open();
	await district.running.kill();
	await page.getByText('No connection').waitFor();
	assert.equal(await entryOf(page, name).isVisible(), true);
	await writeNote(page, name);
	const late = kiosk.learners[next++];
	await lay(kiosk, { learner: late.id, choice: 'tidied' });

	await serve(district);
	await deliver(kiosk);
	await entryOf(page, late.name).waitFor();
	await page.getByText('No connection').waitFor({ state: 'hidden' });
	assert.equal(await noteOf(page, name).inputValue(), NOTE);
	await entryOf(page, name).getByRole('button', { name: 'Tell me more' }).click();
	await wasReturned(page, name);
});

test('district gone: the door says so, and opens when it is back', async () => {
	const page = await openPage(browser, district);
	await page.goto('/');
	await page.getByLabel('Your name').fill(teacher.login);
	await page.getByLabel('Password', { exact: true }).fill(OWN_PASSWORD);
	await district.running.kill();
	await page.keyboard.press('Enter');
	await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
	await serve(district);
	await page.keyboard.press('Enter');
	await page.locator('article, .empty:visible').first().waitFor();
});

/* --- those who may not --- */

test('rights: a teacher of one class is shown that one, and asked for no other', async () => {
	const one = await addTeacher(district, 'ruiz', { fullName: 'Ms. Ruiz',
		classes: (await sessionOf(teacher)).classes[1].id });
	const mine = kiosk.learners[kiosk.learners.length - 1];
	const other = await stone();
	await lay(kiosk, { learner: mine.id, choice: 'tidied' });
	await deliver(kiosk);
	const page = await open(one);
	await entryOf(page, mine.name).waitFor();
	assert.equal(await entryOf(page, other).count(), 0);
	assert.equal(await page.getByLabel('Class').count(), 0);
	const answer = await page.context().request.get(
		`/api/queue?class=${(await sessionOf(teacher)).classes[0].id}&lang=en&state=waiting`);
	assert.equal(answer.status(), 404);
});

async function sessionOf(who) {
	const page = await openPage(browser, district);
	const session = await signIn(page, who);
	await page.context().close();
	return session;
}

test('rights: a decision without the session’s own token is refused', async () => {
	const name = await stone();
	const page = await open();
	const id = await entryOf(page, name).getAttribute('data-id');
	for (const headers of [{}, { 'Cairn-Token': '' }, { 'Cairn-Token': '0'.repeat(64) }]) {
		const answer = await page.context().request.post(`/api/entries/${id}/decision`,
			{ data: { decision: 'confirmed' }, headers });
		assert.equal(answer.status(), 403, JSON.stringify(headers));
	}
	await page.reload();
	await entryOf(page, name).waitFor();
});

/** A page of another site, in the teacher's own browser. */
async function openForger(context) {
	const site = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<p>another site'));
	place.keep({ stop: async () => { site.closeAllConnections(); site.close(); } });
	await once(site.listen(0, '127.0.0.1'), 'listening');
	const forger = await context.newPage();
	await forger.goto(`http://localhost:${/** @type {any} */ (site.address()).port}/`);
	return forger;
}

/** By a form, which leads to the answer, and whose body looks like JSON.
 * @returns {Promise<number>} the answer's status */
async function forge(context, path, body) {
	const forger = await openForger(context);
	const answered = forger.waitForResponse(district.url + path);
	await forger.evaluate(([action, name, value]) => {
		const field = Object.assign(document.createElement('input'), { name, value });
		const form = Object.assign(document.createElement('form'), { method: 'post', enctype: 'text/plain', action });
		form.append(field);
		document.body.append(form);
		form.submit();
	}, [district.url + path, `${JSON.stringify(body).slice(0, -1)},"x":"`, '"}']);
	return (await answered).status();
}

test('rights: another site can neither decide nor sign in for a teacher', async () => {
	const name = await stone();
	const page = await open();
	const id = await entryOf(page, name).getAttribute('data-id');
	const context = page.context();
	assert.equal(await forge(context, `/api/entries/${id}/decision`, { decision: 'confirmed' }), 401);
	assert.equal(await forge(context, '/api/sign-in', { name: colleague.login, password: OWN_PASSWORD }), 415);
	await page.reload();
	await entryOf(page, name).waitFor();
	await page.locator('.menu', { hasText: 'Ms. Okafor' }).waitFor();
});

/* --- last, for it locks the door --- */

test('rights: whoever guesses passwords has to wait, and is told how long', async () => {
	const page = await openPage(browser, district);
	await page.goto('/');
	await page.getByLabel('Your name').fill(teacher.login);
	const alert = page.getByRole('alert');
	const enter = async password => {
		await page.getByLabel('Password', { exact: true }).fill(password);
		const answered = page.waitForResponse('**/api/sign-in');
		await page.keyboard.press('Enter');
		const status = (await answered).status();
		await alert.filter({ hasText: /\S/ }).waitFor();
		return status;
	};
	let status = 0;
	for (let i = 0; i < TRIES_MAX && status !== 429; i++)
		status = await enter(`guess number ${i}`);
	assert.equal(status, 429);
	assert.match(await alert.innerText(), /Too many tries\. Please wait \d+ (seconds|minutes)/);
	assert.equal(await enter(OWN_PASSWORD), 429, 'the right one, too, has to wait');
});
