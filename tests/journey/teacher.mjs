// SPDX-License-Identifier: Apache-2.0
/**
 * A teacher at the pages in a browser, for test-card-to-review.py:
 *
 *     node tests/journey/teacher.mjs URL LOGIN PASSWORD CONFIRMED RETURNED
 *
 * Signs in with the one-time password, prints "looking" before an empty
 * queue, and waits without reloading for one entry of each of the two
 * learners.  Makes their pictures large, confirms the one, returns the other,
 * and prints as JSON the SHA-256 of each picture as the browser had it.
 */
import { createHash } from 'node:crypto';
import { entryOf, openPage, OWN_PASSWORD, startBrowser } from './lib/review.mjs';
import { Place } from './lib/running.mjs';

const [url, login, password, confirmed, returned] = process.argv.slice(2);

/** @param {import('playwright-core').Page} page */
async function enter(page) {
	await page.goto('/');
	await page.getByLabel('Your name').fill(login);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.keyboard.press('Enter');
	await page.getByLabel('Your new password').fill(OWN_PASSWORD);
	await page.keyboard.press('Enter');
	await page.getByText('All looked at').waitFor();
}

/** @param {import('playwright-core').Page} page @param {string} name
 * @returns {Promise<string>} the SHA-256 of the picture, made large */
async function look(page, name) {
	await entryOf(page, name).getByRole('button', { name: /Make larger/ }).click();
	const image = page.getByRole('dialog').getByRole('img');
	const source = await image.evaluate(async made => {
		await made.decode();
		return made.currentSrc;
	});
	const answer = await page.context().request.get(source);
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'hidden' });
	return createHash('sha256').update(await answer.body()).digest('hex');
}

/** @param {import('playwright-core').Page} page */
async function decide(page) {
	await entryOf(page, confirmed).getByRole('button', { name: 'Confirm' }).click();
	await entryOf(page, confirmed).waitFor({ state: 'detached' });
	const entry = entryOf(page, returned);
	await entry.getByRole('button', { name: 'Return' }).click();
	await entry.getByRole('button', { name: 'Show it once more' }).click();
	await page.getByText('All looked at').waitFor();
	await page.getByRole('link', { name: 'Decided' }).click();
	await entryOf(page, confirmed).getByText('Confirmed').waitFor();
	await entryOf(page, returned).getByText('Returned: Show it once more').waitFor();
}

const place = await Place.make();
try {
	const page = await openPage(await startBrowser(place), { url });
	await enter(page);
	console.log('looking');
	await entryOf(page, confirmed).waitFor();
	await entryOf(page, returned).waitFor();
	const seen = [await look(page, confirmed), await look(page, returned)];
	await decide(page);
	console.log(`decided ${JSON.stringify(seen)}`);
} finally {
	await place.end();
}
