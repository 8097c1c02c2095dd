// SPDX-License-Identifier: Apache-2.0
/** The teacher's pages in Debian's Chromium. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './running.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const OWN_PASSWORD = 'four words nobody pairs';
export const LAPTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };
/** A laptop's window at 400 %: the narrowest that WCAG 1.4.10 asks for. */
export const NARROW = { width: 320, height: 640 };

/** @param {import('./running.mjs').Place} place */
export const startBrowser = async place =>
	place.keep(await chromium.launch({ executablePath: CHROMIUM, args: QUIET }));

/**
 * A browser of its own, with nothing remembered.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {import('./cairn.mjs').District} district
 * @param {{viewport?: {width: number, height: number}, dark?: boolean, language?: string,
 *     touch?: boolean}} [given]
 * @returns {Promise<import('playwright-core').Page>}
 */
export async function openPage(browser, district, given = {}) {
	const context = await browser.newContext({ baseURL: district.url,
		viewport: given.viewport ?? LAPTOP, colorScheme: given.dark ? 'dark' : 'light',
		locale: given.language ?? 'en-US', timezoneId: 'America/Chicago',
		hasTouch: given.touch ?? false, isMobile: given.touch ?? false });
	const page = await context.newPage();
	page.setDefaultTimeout(PATIENCE_MS);
	return page;
}

/** Signs in without the door: for tests of what is behind it.  The first time
 * it also chooses the teacher's own password.
 * @param {import('playwright-core').Page} page @param {import('./cairn.mjs').Teacher} teacher */
export async function signIn(page, teacher) {
	const { request } = page.context();
	const post = async (path, data, token = '') => {
		const answer = await request.post(path, { data, headers: { 'Cairn-Token': token } });
		if (!answer.ok())
			throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
		return answer.json();
	};
	let session;
	if (teacher.oneTime) {
		session = await post('/api/sign-in', { name: teacher.login, password: teacher.oneTime });
		session = await post('/api/password', { old: teacher.oneTime, new: OWN_PASSWORD }, session.token);
		teacher.oneTime = '';
	} else {
		session = await post('/api/sign-in', { name: teacher.login, password: OWN_PASSWORD });
	}
	return session;
}

/** The queue, signed in.  @param {import('playwright-core').Browser} browser
 * @param {import('./cairn.mjs').District} district @param {import('./cairn.mjs').Teacher} teacher
 * @param {Parameters<typeof openPage>[2]} [given] */
export async function openReview(browser, district, teacher, given) {
	const page = await openPage(browser, district, given);
	await signIn(page, teacher);
	await page.goto('/');
	await page.locator('#heading').waitFor();
	await page.locator('#entries article, .empty:visible').first().waitFor();
	return page;
}

/** The entry of one learner.  @param {import('playwright-core').Page} page @param {string} name */
export const entryOf = (page, name) =>
	page.getByRole('article', { name, exact: true });

/** What axe finds against WCAG 2.1 AA and its good practice, as lines; the
 * pages' own policy stays in force.  @param {import('playwright-core').Page} page */
export async function accessibilityFaults(page) {
	await page.evaluate(await readFile(axeFile, 'utf8'));
	const { violations } = await page.evaluate(() =>
		/** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] }));
	return violations.flatMap(fault =>
		fault.nodes.map(node => `${fault.id}: ${fault.help}: ${node.html.slice(0, 200)}`));
}

/** How far the page can be scrolled sideways.  @param {import('playwright-core').Page} page */
export const sidewaysPx = page =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What has more text than room for it.  @param {import('playwright-core').Page} page */
export const cutOff = page => page.locator('button:visible, .views a:visible, h2:visible, p:visible, label:visible')
	.evaluateAll(all => all.filter(one => !one.classList.contains('unseen') &&
		(one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 4))
		.map(one => `${one.className}: ${one.textContent}`));

/* --- a picture --- */

/** @param {Buffer} bytes */
function crc32(bytes) {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

/** @param {string} name @param {Buffer} body */
function chunk(name, body) {
	const part = Buffer.concat([Buffer.from(name, 'latin1'), body]);
	const out = Buffer.alloc(8);
	out.writeUInt32BE(body.length);
	out.writeUInt32BE(crc32(part), 4);
	return Buffer.concat([out.subarray(0, 4), part, out.subarray(4)]);
}

/** A small PNG, another for each seed.  @param {number} seed */
export function pngPicture(seed, width = 64, height = 48) {
	const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
	const rows = Buffer.alloc(height * (1 + 3 * width));
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			rows.set([x * 4, y * 5, (seed * 67) % 256], y * (1 + 3 * width) + 1 + 3 * x);
	return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header),
		chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
