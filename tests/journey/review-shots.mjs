// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures the teacher's pages, state by state, into a folder:
 *
 *     node tests/journey/review-shots.mjs [FOLDER]     build/screenshots otherwise
 *
 * FOLDER/<laptop|phone>[-dark]/<state>.png
 */
import { join } from 'node:path';
import { addTeacher, deliver, enrolKiosk, lay, ROOT, setClock, startDistrict } from './lib/cairn.mjs';
import { LAPTOP, openPage, openReview, PHONE, startBrowser } from './lib/review.mjs';
import { Place } from './lib/running.mjs';
import { drawScenes } from './lib/scenes.mjs';

const folder = process.argv[2] ?? join(ROOT, 'build', 'screenshots');
const MINUTE = 60_000_000;
const NO_CLOCK = 'b'.repeat(32);

/** A day of a class: who laid what, how many minutes ago; null: no clock. */
const day = files => [
	[1, 26 * 60, { prompt: 'S2C3', choice: 'helped', level: 2 }],
	[0, 215, { prompt: 'A2C3', photo: files.shelf, level: 3 }],
	[2, 190, { prompt: 'S2F5', photo: files.tower, level: 2 }],
	[4, 164, { prompt: 'C2F5', drawing: files.friends, level: 3 }],
	[5, null, { prompt: 'D2C3', choice: 'other-way', level: 1 }],
	[8, 96, { prompt: 'M2F5', photo: files.garden, level: 2 }],
	[9, 71, { prompt: 'D2D4', choice: 'calm', level: 2 }],
	[12, 54, { prompt: 'M2D4', text: 'Why do worms come out when it rains?\nI looked in our garden book.' }],
	[3, 40, { prompt: 'C2F5', drawing: files.house, level: 1 }],
	[null, 25, { prompt: 'A2D4', choice: 'tidied', level: 3 }],
];

async function layADay(kiosk, files) {
	const now = Date.now() * 1000;
	for (const [n, minutes, { level, ...stone }] of day(files)) {
		if (minutes === null)
			await setClock(kiosk, NO_CLOCK, 40 * MINUTE, 40 * MINUTE, false);
		else
			await setClock(kiosk, 'a'.repeat(32), now - minutes * MINUTE, now - minutes * MINUTE, true);
		await lay(kiosk, { ...stone, ...(level ? { scale: 'faces3', level, levels: 3 } : {}),
			...(n === null ? { badge: '123456789012345678' } : { learner: kiosk.learners[n].id }) });
	}
	await setClock(kiosk, 'a'.repeat(32), now, now, true);
	await deliver(kiosk);
}

/** @param {string} width @param {boolean} dark */
function album(width, dark) {
	return async (page, state) => {
		await page.waitForLoadState('networkidle').catch(() => {});
		await page.waitForTimeout(300); // what fades has faded
		await page.screenshot({ path: join(folder, dark ? `${width}-dark` : width, `${state}.png`) });
	};
}

async function doors(browser, district, newcomer, given, add) {
	const page = await openPage(browser, district, given);
	await page.goto('/');
	await page.locator('#name').waitFor();
	await add(page, '01-sign-in');
	await page.locator('#name').fill('okafor');
	await page.locator('#password').fill('not this');
	await page.keyboard.press('Enter');
	await page.locator('#trouble:not(:empty)').waitFor();
	await add(page, '02-wrong');
	await page.context().request.post('/api/sign-in', { data: { name: newcomer.login, password: newcomer.oneTime } });
	await page.goto('/');
	await page.locator('#new').waitFor();
	await add(page, '03-choose-password');
	await page.context().close();
}

async function board(browser, district, teacher, given, add) {
	const page = await openReview(browser, district, teacher, given);
	await add(page, '04-queue');
	await page.keyboard.press('j');
	await page.keyboard.press('j');
	await page.keyboard.press('c');
	await page.locator('#toast:visible').waitFor();
	await add(page, '05-confirmed');
	await page.keyboard.press('r');
	await add(page, '06-return');
	await page.keyboard.press('Escape');
	await page.locator('article .picture').nth(1).click();
	await add(page, '07-picture');
	await page.keyboard.press('Escape');
	await page.keyboard.press('?');
	await add(page, '08-keys');
	await page.keyboard.press('Escape');
	await page.locator('.menu summary').click();
	await add(page, '09-menu');
	await page.locator('.menu summary').click();
	await page.locator('article .when .small').scrollIntoViewIfNeeded();
	await add(page, '10-about-when');
	await page.locator('article').last().scrollIntoViewIfNeeded();
	await add(page, '11-last');
	await page.context().setOffline(true);
	await page.keyboard.press('c');
	await page.locator('.failed').waitFor();
	await page.locator('.failed').scrollIntoViewIfNeeded();
	await add(page, '12-offline');
	await page.context().setOffline(false);
	await page.getByRole('link', { name: 'Decided' }).click();
	await page.locator('article').first().waitFor();
	await add(page, '13-decided');
	await page.locator('article').getByRole('button', { name: 'Undo' }).click();
	await page.locator('.empty:visible').waitFor();
	await page.locator('#toast').getByRole('button', { name: 'Close' }).click();
	await page.locator('.menu summary').click();
	await page.locator('.language select').selectOption('es');
	await page.getByRole('link', { name: 'En espera' }).click();
	await page.locator('article').first().waitFor();
	await add(page, '14-espanol');
	await page.locator('#class').selectOption({ index: 1 });
	await page.locator('.empty:visible').waitFor();
	await page.locator('.menu summary').click();
	await page.locator('.language select').selectOption('en');
	await page.locator('.menu').evaluate(menu => menu.removeAttribute('open'));
	await add(page, '15-all-looked-at');
	await page.context().close();
}

async function main() {
	const place = await Place.make();
	try {
		const district = await startDistrict(place);
		const browser = await startBrowser(place);
		const teacher = await addTeacher(district, 'okafor');
		const newcomer = await addTeacher(district, 'delgado', { fullName: 'Mr. Delgado' });
		const kiosk = await enrolKiosk(place, district);
		await layADay(kiosk, await drawScenes(browser, place));
		for (const [width, viewport, touch] of [['laptop', LAPTOP, false], ['phone', PHONE, true]])
			for (const dark of [false, true]) {
				const given = { viewport, touch, dark };
				await doors(browser, district, newcomer, given, album(width, dark));
				await board(browser, district, teacher, given, album(width, dark));
			}
	} finally {
		await place.end();
	}
}

await main();
