// SPDX-License-Identifier: Apache-2.0
/** Each state of the pages through axe: both widths, light and dark. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test, { after, before } from 'node:test';
import { addTeacher, deliver, enrolKiosk, lay, startDistrict } from '../journey/lib/cairn.mjs';
import { accessibilityFaults, LAPTOP, openPage, openReview, PHONE, pngPicture, sidewaysPx, signIn, startBrowser } from '../journey/lib/review.mjs';
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
}

async function doorStates(page) {
	await page.goto('/');
	await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	await isFine(page, 'sign-in');
	await page.locator('#name').fill('nobody');
	await page.locator('#password').fill('wrong');
	await page.keyboard.press('Enter');
	await page.locator('#trouble:not(:empty)').waitFor();
	await isFine(page, 'a wrong password');
}

async function choosePassword(page) {
	await page.context().request.post('/api/sign-in', { data: { name: stranger.login, password: stranger.oneTime } });
	await page.goto('/');
	await page.getByRole('heading', { name: 'Choose your own password' }).waitFor();
	await isFine(page, 'choosing a password');
	await page.context().clearCookies();
}

async function boardStates(page) {
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
	for (const state of ['Later', 'Decided']) {
		await page.getByRole('link', { name: state }).click();
		await page.locator('article').first().waitFor();
		await isFine(page, state);
	}
	await page.getByLabel('Class').selectOption({ index: 1 });
	await page.locator('.empty:visible, article').first().waitFor();
	await isFine(page, 'the other class');
}

async function offlineState(page) {
	await page.getByLabel('Class').selectOption({ index: 0 });
	await page.locator('article').first().waitFor();
	await page.context().setOffline(true);
	await page.keyboard.press('c');
	await page.locator('.failed').waitFor();
	await isFine(page, 'offline');
	await page.context().setOffline(false);
}

for (const [width, viewport] of [['laptop', LAPTOP], ['phone', PHONE]])
	for (const dark of [false, true])
		test(`access: no fault on any state, ${width}, ${dark ? 'dark' : 'light'}`, async () => {
			const outside = await openPage(browser, district, { viewport, dark });
			await doorStates(outside);
			await choosePassword(outside);
			const page = await openReview(browser, district, teacher, { viewport, dark });
			await boardStates(page);
			await offlineState(page);
			await page.context().close();
			await outside.context().close();
		});

test('access: text may be made twice as large without being cut off', async () => {
	const page = await openPage(browser, district, { viewport: { width: 640, height: 800 } });
	await signIn(page, teacher);
	await page.goto('/');
	await page.locator('article').first().waitFor();
	await page.addStyleTag({ url: '/review.css' });
	await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	assert.equal(await sidewaysPx(page), 0);
});
