// SPDX-License-Identifier: Apache-2.0
/** Pictures such as children take and draw, made by the browser: nobody's own. */
import { writeFile } from 'node:fs/promises';

const block = (x, y, w, colour) =>
	`<rect x="${x}" y="${y}" width="${w}" height="62" rx="6" fill="${colour}"/>` +
	`<rect x="${x}" y="${y + 44}" width="${w}" height="18" rx="6" fill="#000" opacity=".14"/>`;
const flower = (x, y, colour) =>
	`<path d="M${x} ${y}v${430 - y}" stroke="#4d8a45" stroke-width="9"/>` +
	[0, 72, 144, 216, 288].map(turn =>
		`<ellipse cx="${x}" cy="${y - 26}" rx="15" ry="26" fill="${colour}" transform="rotate(${turn} ${x} ${y})"/>`).join('') +
	`<circle cx="${x}" cy="${y}" r="15" fill="#f3c23c"/>`;
const crayon = (colour, path) =>
	`<path d="${path}" fill="none" stroke="${colour}" stroke-width="11" stroke-linecap="round" stroke-linejoin="round"/>`;

export const scenes = {
	tower: `<rect width="640" height="480" fill="#d8cbb8"/><rect y="380" width="640" height="100" fill="#9c7a57"/>
		<rect x="40" y="30" width="190" height="150" fill="#bcd9e8"/><path d="M135 30v150M40 105h190" stroke="#fff" stroke-width="9"/>
		<g transform="translate(20 0)">${block(210, 318, 230, '#c94f43')}${block(235, 256, 90, '#3f78b5')}${block(335, 256, 90, '#e3a835')}
		${block(250, 194, 160, '#5a9a58')}${block(285, 132, 90, '#c94f43')}<path d="M285 132l45-62 45 62z" fill="#3f78b5"/></g>`,
	garden: `<rect width="640" height="480" fill="#bfe0ef"/><circle cx="540" cy="90" r="48" fill="#f6d05a"/>
		<path d="M0 330q160-60 330-20t310-10v180H0z" fill="#7fb26a"/><path d="M0 420h640v60H0z" fill="#6b4a32"/>
		${flower(120, 270, '#d65a78')}${flower(250, 210, '#8660b0')}${flower(390, 260, '#e07b39')}${flower(510, 230, '#d65a78')}`,
	shelf: `<rect width="640" height="480" fill="#efe6d6"/><g fill="#b48a5c"><rect x="60" y="60" width="520" height="16"/>
		<rect x="60" y="220" width="520" height="16"/><rect x="60" y="380" width="520" height="16"/><rect x="60" y="60" width="16" height="340"/><rect x="564" y="60" width="16" height="340"/></g>
		${['#c94f43', '#3f78b5', '#e3a835', '#5a9a58', '#8660b0', '#c94f43', '#3f78b5', '#e3a835'].map((c, i) =>
		`<rect x="${96 + i * 44}" y="${100 + i % 3 * 8}" width="34" height="${120 - i % 3 * 8}" rx="3" fill="${c}"/>`).join('')}
		<rect x="110" y="300" width="120" height="80" rx="8" fill="#7fb26a"/><rect x="260" y="290" width="120" height="90" rx="8" fill="#e07b39"/><rect x="410" y="304" width="120" height="76" rx="8" fill="#3f78b5"/>`,
	friends: `<rect width="640" height="480" fill="#fff"/>${crayon('#3f78b5', 'M200 210a46 46 0 1 0 1 0M200 302v96M200 398l-44 66M200 398l44 66M200 330l-70 40M200 330l120 34')}
		${crayon('#c94f43', 'M430 190a46 46 0 1 0 1 0M430 282v110M430 392l-44 72M430 392l48 70M430 320l-110 44M430 320l76-52')}
		${crayon('#2b2b33', 'M184 246v6M216 246v6M182 270q18 16 36 0M414 226v6M446 226v6M412 250q18 18 36 0')}
		${crayon('#e3a835', 'M70 90a40 40 0 1 0 1 0M70 36v-18M116 64l16-12M22 66L8 54M70 188v22')}
		${crayon('#5a9a58', 'M10 470q40-26 60 0t60 0 60 0 60 0 60 0 60 0 60 0 60 0 60 0 60 0')}`,
	house: `<rect width="640" height="480" fill="#fff"/>${crayon('#8660b0', 'M180 440V230l150-120 150 120v210z')}
		${crayon('#c94f43', 'M290 440V320h80v120M352 384h2')}${crayon('#3f78b5', 'M214 260h60v60h-60zM244 260v60M214 290h60M396 260h60v60h-60zM426 260v60M396 290h60')}
		${crayon('#5a9a58', 'M60 440V330M60 330q-46-30-20-70 40-40 70 0 20 50-50 70M560 440v-90M560 350q-40-30-14-64 30-34 58 0 14 44-44 64')}`,
};

/** @param {import('playwright-core').Browser} browser @param {import('./running.mjs').Place} place
 * @returns {Promise<Record<keyof typeof scenes, string>>} the files */
export async function drawScenes(browser, place) {
	const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
	const files = {};
	for (const [name, inside] of Object.entries(scenes)) {
		await page.setContent(`<style>body{margin:0}</style><svg width="640" height="480" viewBox="0 0 640 480">${inside}</svg>`);
		files[name] = place.path(`${name}.png`);
		await writeFile(files[name], await page.screenshot());
	}
	await page.close();
	return /** @type {any} */ (files);
}
