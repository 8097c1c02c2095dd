// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures the teacher's pages, state by state, into a folder:
 *
 *     node tests/journey/review-shots.mjs [FOLDER]     build/screenshots otherwise
 *
 * FOLDER/<laptop|phone>[-dark|-es]/<state>.png
 */
import { join } from 'node:path';
import { languages } from '../../sync/review/words.js';
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
}

/** The other class: each child once, in ten minutes. */
async function layAFullClass(kiosk, files) {
	const pictures = Object.values(files);
	const words = ['I asked Þóra and Mateo what they thought before we chose. ', 'We tried it again. '];
	for (const [i, { id }] of kiosk.learners.slice(20).entries()) {
		const kinds = [{ prompt: 'S2F5', photo: pictures[i % pictures.length] }, { prompt: 'A2C3', choice: 'tidied' },
			{ prompt: 'C2F5', drawing: files.friends }, { prompt: 'M2D4', text: words[i % 2].repeat(1 + i % 6).trim() }];
		await lay(kiosk, { learner: id, ...kinds[i % 4], scale: 'faces3', level: 1 + i % 3, levels: 3 });
	}
}

/** @param {string} name of the folder */
const album = name => async (page, state, more = {}) => {
	await page.waitForLoadState('networkidle').catch(() => {});
	await page.waitForTimeout(300); // what fades has faded
	await page.screenshot({ path: join(folder, name, `${state}.png`), ...more });
};

async function doors(browser, district, newcomer, given, add) {
	const page = await openPage(browser, district, given);
	const enter = async () => {
		await page.locator('#name').fill('okafor');
		await page.locator('#password').fill('not this');
		await page.keyboard.press('Enter');
		await page.locator('#trouble:not(:empty)').waitFor();
	};
	await page.goto('/');
	await page.locator('#name').waitFor();
	await add(page, '01-sign-in');
	await enter();
	await add(page, '02-wrong');
	await page.route('/api/sign-in', route =>
		route.fulfill({ status: 429, headers: { 'Retry-After': '540' }, json: {} }));
	await enter();
	await add(page, '03-too-many');
	await page.context().request.post('/api/sign-in', { data: { name: newcomer.login, password: newcomer.oneTime } });
	await page.goto('/');
	await page.locator('#new').waitFor();
	await add(page, '04-choose-password');
	await page.context().close();
}

async function deciding(page, add) {
	await page.keyboard.press('j');
	await page.keyboard.press('j');
	await page.keyboard.press('c');
	await page.locator('#toast:visible').waitFor();
	await add(page, '07-confirmed');
	await page.keyboard.press('r');
	await add(page, '08-return');
	await page.keyboard.press('Escape');
	await page.locator('article .picture').nth(1).click();
	await add(page, '09-picture');
	await page.keyboard.press('Escape');
	await page.keyboard.press('?');
	await add(page, '10-keys');
	await page.keyboard.press('Escape');
	await page.locator('.menu summary').click();
	await add(page, '11-menu');
	await page.locator('.menu summary').click();
}

async function oddities(page, words, add) {
	await page.locator('article .when .small').scrollIntoViewIfNeeded();
	await add(page, '12-about-when');
	await page.locator('article').last().scrollIntoViewIfNeeded();
	await add(page, '13-unknown-badge');
	await page.context().setOffline(true);
	await page.keyboard.press('c');
	await page.locator('.failed').waitFor();
	await page.locator('.failed').scrollIntoViewIfNeeded();
	await add(page, '14-offline');
	await page.context().setOffline(false);
	await page.getByRole('link', { name: words.decided }).click();
	await page.locator('.verdict').first().waitFor();
	await add(page, '15-decided');
	await page.locator('article').getByRole('button', { name: words.undo }).click();
	await page.locator('.empty:visible').waitFor();
}

async function fullClass(page, add) {
	await page.route('/media/*', route => route.abort(), { times: 1 });
	await page.locator('#class').selectOption({ index: 1 });
	await page.locator('article').nth(19).waitFor();
	await add(page, '16-full-class');
	await add(page, '17-all-of-it', { fullPage: true });
	await page.context().clearCookies();
	await page.keyboard.press('c');
	await page.locator('#name').waitFor();
	await add(page, '18-session-ended');
}

async function board(browser, district, teacher, given, add) {
	const words = languages[given.language];
	const page = await openReview(browser, district, teacher, given);
	await add(page, '06-queue');
	await deciding(page, add);
	await oddities(page, words, add);
	await fullClass(page, add);
	await page.context().close();
}

async function nothing(browser, district, teacher, given, add) {
	const page = await openReview(browser, district, teacher, given);
	await add(page, '05-empty');
	await page.context().close();
}

const LOOKS = Object.entries({ laptop: { viewport: LAPTOP }, phone: { viewport: PHONE, touch: true } })
	.flatMap(([name, width]) => [
		{ name, language: 'en', ...width },
		{ name: `${name}-dark`, language: 'en', dark: true, ...width },
		{ name: `${name}-es`, language: 'es', ...width }]);

async function main() {
	const place = await Place.make();
	try {
		const district = await startDistrict(place);
		const browser = await startBrowser(place);
		const teacher = await addTeacher(district, 'okafor');
		const newcomer = await addTeacher(district, 'delgado', { fullName: 'Mr. Delgado' });
		const kiosk = await enrolKiosk(place, district);
		for (const look of LOOKS) {
			await doors(browser, district, newcomer, look, album(look.name));
			await nothing(browser, district, teacher, look, album(look.name));
		}
		const files = await drawScenes(browser, place);
		await layADay(kiosk, files);
		await layAFullClass(kiosk, files);
		await deliver(kiosk);
		for (const look of LOOKS)
			await board(browser, district, teacher, look, album(look.name));
	} finally {
		await place.end();
	}
}

await main();
