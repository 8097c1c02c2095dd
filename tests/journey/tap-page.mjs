// SPDX-License-Identifier: Apache-2.0
/**
 * Opens a page that GTK's Broadway draws, waits until there is something to
 * see, taps one place, and waits until a file says what came of it; a tap
 * that came too soon for the screen is made again:
 *
 *     node tests/journey/tap-page.mjs URL X Y FILE TEXT
 */
import { readFile } from 'node:fs/promises';
import { startBrowser } from './lib/review.mjs';
import { Place, until } from './lib/running.mjs';

const SETTLE_MS = 350; // a tap sooner was meant for the screen before
const LOST_MS = 5000; // until a tap is taken for lost

const [url, x, y, file, text] = process.argv.slice(2);
const place = await Place.make();
try {
	const browser = await startBrowser(place);
	const page = await browser.newPage({ viewport: { width: 1024, height: 768 } });
	await page.goto(url);
	await page.waitForFunction(() => document.images.length > 5);
	await page.waitForTimeout(SETTLE_MS);
	let tapped = 0;
	await until(text, async () => {
		if (Date.now() > tapped + LOST_MS) {
			await page.mouse.click(Number(x), Number(y));
			tapped = Date.now();
		}
		return (await readFile(file, 'utf8')).includes(text);
	});
} finally {
	await place.end();
}
