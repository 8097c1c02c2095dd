// SPDX-License-Identifier: Apache-2.0
/** Each state of the pages through axe, in three widths, both languages, light and dark. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test, { after, before } from 'node:test';
import { languages } from '../../sync/review/words.js';
import { addTeacher, deliver, enrolKiosk, lay, startDistrict } from '../journey/lib/cairn.mjs';
import { accessibilityFaults, cutOff, LAPTOP, NARROW, openPage, openReview, PHONE, pngPicture, sidewaysPx, startBrowser } from '../journey/lib/review.mjs';
import { Place } from '../journey/lib/running.mjs';

let place, district, kiosk, teacher, stranger, browser;

before(async () => {
	place = await Place.make();
	district = await startDistrict(place);
	teacher = await addTeacher(district, 'okafor');
	stranger = await addTeacher(district, 'delgado', { fullName: 'Mr. Delgado' });
	kiosk = await enrolKiosk(place, district);
	browser = await startBrowser(place);
	const photo = place.path('photo.png');
	await writeFile(photo, pngPicture(1));
	const kinds = [{ choice: 'tidied' }, { photo }, { text: 'We built it together.' }, { drawing: photo },
		{ choice: 'helped' }, { choice: 'shared' }];
	for (let round = 0; round < 4; round++)
		for (const [i, kind] of kinds.entries())
			await lay(kiosk, { learner: kiosk.learners[round * 5 + i % 5].id, scale: 'faces3',
				...(i === 4 ? {} : { level: 1 + i % 3, levels: 3 }), ...kind });
	await lay(kiosk, { badge: '123456789012345678', choice: 'tidied' });
	await deliver(kiosk);
});
after(() => place?.end());

async function isFine(page, state) {
	assert.deepEqual(await accessibilityFaults(page), [], state);
	assert.equal(await sidewaysPx(page), 0, `${state} can be scrolled sideways`);
	assert.deepEqual(await cutOff(page), [], state);
}

async function doorStates(page, words) {
	await page.goto('/');
	await page.getByRole('heading', { name: words.signIn }).waitFor();
	await isFine(page, 'sign-in');
	await page.locator('#name').fill('nobody');
	await page.locator('#password').fill('wrong');
	await page.keyboard.press('Enter');
	await page.locator('#trouble:not(:empty)').waitFor();
	await isFine(page, 'a wrong password');
}

async function choosePassword(page, words) {
	await page.context().request.post('/api/sign-in', { data: { name: stranger.login, password: stranger.oneTime } });
	await page.goto('/');
	await page.getByRole('heading', { name: words.choose }).waitFor();
	await isFine(page, 'choosing a password');
	await page.context().clearCookies();
}

async function boardStates(page, words) {
	await isFine(page, 'the queue');
	await page.keyboard.press('c');
	await page.locator('#toast:visible').waitFor();
	await isFine(page, 'one confirmed');
	await page.keyboard.press('r');
	await page.locator('.return-form').waitFor();
	await isFine(page, 'the reasons');
	await page.keyboard.press('1');
	await page.locator('.return-form').waitFor({ state: 'detached' });
	await page.keyboard.press('l');
	await page.locator('.picture').first().click();
	await isFine(page, 'a picture made large');
	await page.keyboard.press('Escape');
	await page.keyboard.press('?');
	await isFine(page, 'the keys');
	await page.keyboard.press('Escape');
	await page.locator('.menu summary').click();
	await isFine(page, 'the menu');
	await page.locator('.menu summary').click();
	for (const state of [words.later, words.decided]) {
		await page.locator('.views').getByRole('link', { name: state }).click();
		await page.locator('article').first().waitFor();
		await isFine(page, state);
	}
	await page.getByLabel(words.class).selectOption({ index: 1 });
	await page.locator('.empty:visible, article').first().waitFor();
	await isFine(page, 'the other class');
}

async function offlineState(page, words) {
	await page.getByLabel(words.class).selectOption({ index: 0 });
	await page.locator('article').first().waitFor();
	await page.context().setOffline(true);
	await page.keyboard.press('c');
	await page.locator('.failed').waitFor();
	await isFine(page, 'offline');
	await page.context().setOffline(false);
}

const looks = [['laptop', LAPTOP, 'en', false], ['laptop', LAPTOP, 'es', true], ['phone', PHONE, 'en', true],
	['phone', PHONE, 'es', false], ['320 px', NARROW, 'en', false], ['320 px', NARROW, 'es', true]];

for (const [width, viewport, language, dark] of looks)
	test(`access: no fault on any state, ${width}, ${language}, ${dark ? 'dark' : 'light'}`, async () => {
		const words = languages[language];
		const outside = await openPage(browser, district, { viewport, language, dark });
		await doorStates(outside, words);
		await choosePassword(outside, words);
		const page = await openReview(browser, district, teacher, { viewport, language, dark });
		await boardStates(page, words);
		await offlineState(page, words);
		await page.context().close();
		await outside.context().close();
	});

for (const [width, viewport] of [['laptop', LAPTOP], ['half a laptop', { width: 640, height: 800 }]])
	test(`access: text may be made twice as large without being cut off, ${width}`, async () => {
		const page = await openReview(browser, district, teacher, { viewport, language: 'es' });
		await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
		await page.keyboard.press('c');
		await page.locator('#toast:visible').waitFor();
		await page.keyboard.press('r');
		await page.locator('.return-form').waitFor();
		assert.equal(await sidewaysPx(page), 0);
		assert.deepEqual(await cutOff(page), []);
		await page.context().close();
	});

test('access: on a laptop and on a phone the first entry can be confirmed without scrolling', async () => {
	for (const viewport of [LAPTOP, PHONE]) {
		const page = await openReview(browser, district, teacher, { viewport, touch: viewport === PHONE });
		const seen = async at => page.locator('article').nth(at).locator('.confirm').evaluate(button => {
			const { left, bottom } = button.getBoundingClientRect();
			return bottom < innerHeight && document.elementFromPoint(left + 9, bottom - 9)?.closest('button') === button;
		});
		assert.ok(await seen(0), `${viewport.width}`);
		await page.locator('article .confirm').first().click();
		await page.locator('#toast:visible').waitFor();
		assert.ok(await seen(0), `${viewport.width}, under what was just done`);
		await page.context().close();
	}
});
