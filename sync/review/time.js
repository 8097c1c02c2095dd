// SPDX-License-Identifier: Apache-2.0
/**
 * When it was, in local time, and no more exactly than is known.  Pure.
 *
 * A time is `us` give or take `about_us`.  The larger the doubt, the coarser
 * the words: a minute, about a minute, a part of a day, a day, some days.
 */

import { fill } from './words.js';

const MINUTE = 60_000;
const EXACT = MINUTE / 2;     // doubt that a clock of minutes does not show
const TO_FIVE = 10 * MINUTE;  // said to five minutes
const TO_HALF = 45 * MINUTE;  // said to half an hour
const WEEK_DAYS = 6;          // a weekday alone names a day this long

/**
 * @typedef {{us: number, about_us: number}} Shown
 * @typedef {{now: number, language: string, zone?: string,
 *     words: Object<string, string>}} Here
 */

/** @param {number} ms @param {Here} here @returns {Object<string, string>} */
function fields(ms, here) {
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone: here.zone, hourCycle: 'h23', year: 'numeric', month: '2-digit',
		day: '2-digit', hour: '2-digit' });
	return Object.fromEntries(format.formatToParts(ms).map(part => [part.type, part.value]));
}

/** Days since the epoch of the local day. @param {number} ms @param {Here} here */
function dayNumber(ms, here) {
	const { year, month, day } = fields(ms, here);
	return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000;
}

/** @param {number} ms @param {Here} here @param {Intl.DateTimeFormatOptions} options */
function format(ms, here, options) {
	return new Intl.DateTimeFormat(here.language, { timeZone: here.zone, ...options })
		.format(ms);
}

/** "today", "Tue", "Nov 3", "Nov 3, 2025".  @param {number} ms @param {Here} here */
function dayName(ms, here) {
	const ago = dayNumber(here.now, here) - dayNumber(ms, here);
	if (ago === 0)
		return here.words.today;
	if (ago === 1)
		return here.words.yesterday;
	if (ago > 0 && ago <= WEEK_DAYS)
		return format(ms, here, { weekday: 'short' });
	const year = fields(ms, here).year === fields(here.now, here).year ? undefined : 'numeric';
	return format(ms, here, { month: 'short', day: 'numeric', year });
}

/** "Tue Nov 17": for one end of a span.  @param {number} ms @param {Here} here */
function dateName(ms, here) {
	const ago = dayNumber(here.now, here) - dayNumber(ms, here);
	if (ago === 0)
		return here.words.today;
	const year = fields(ms, here).year === fields(here.now, here).year ? undefined : 'numeric';
	return format(ms, here, { weekday: 'short', month: 'short', day: 'numeric', year });
}

/** @param {number} ms @param {Here} here */
function partOfDay(ms, here) {
	const hour = Number(fields(ms, here).hour);
	if (hour < 5)
		return 'night';
	if (hour < 12)
		return 'morning';
	return hour < 18 ? 'afternoon' : 'evening';
}

/** @param {number} ms @param {Here} here */
const clock = (ms, here) => format(ms, here, { hour: 'numeric', minute: '2-digit' });

/** @param {number} ms @param {number} step */
const toNearest = (ms, step) => Math.round(ms / step) * step;

/** @param {string} text */
const capital = text => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/**
 * @param {Shown} time
 * @param {Here} here
 * @returns {string} "Today, 10:14 AM" … "Between Mon, Nov 16 and Wed, Nov 18"
 */
export function whenText(time, here) {
	const ms = Math.floor(time.us / 1000);
	const about = Math.ceil(time.about_us / 1000);
	const words = here.words;
	const said = (pattern, at, more = {}) =>
		capital(fill(pattern, { day: dayName(at, here), clock: clock(at, here), ...more }));

	if (about <= EXACT)
		return said(words.at, ms);
	if (about <= TO_FIVE)
		return said(words.aboutAt, toNearest(ms, 5 * MINUTE));
	if (about <= TO_HALF)
		return said(words.aboutAt, toNearest(ms, 30 * MINUTE));

	const first = ms - about;
	const last = Math.max(first, Math.min(ms + about, here.now));
	if (dayNumber(first, here) !== dayNumber(last, here))
		return capital(fill(words.between,
			{ first: dateName(first, here), last: dateName(last, here) }));
	if (partOfDay(first, here) !== partOfDay(last, here))
		return said(words.someTime, first);
	return said(words.aboutPart, first, { part: words[partOfDay(first, here)] });
}

/** Whether the words say less than a minute of the clock. @param {Shown} time */
export const isAbout = time => time.about_us / 1000 > EXACT;
