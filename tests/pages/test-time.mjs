// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { isAbout, whenText } from '../../sync/review/time.js';
import { languages } from '../../sync/review/words.js';

const zone = 'America/Chicago';
const MINUTE = 60e6;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const us = text => Date.parse(text) * 1000;
const now = Date.parse('2026-11-23T17:00:00-06:00'); // a Monday

/** Without the narrow spaces that some ICU versions put before AM. */
const plain = text => text.replace(/[\u00a0\u202f]/g, ' ');
const said = (at, about = 0, language = 'en') => plain(whenText({ us: us(at), about_us: about },
	{ now, zone, language, words: languages[language] }));

const cases = [
	['today is named', '2026-11-23T10:14:00-06:00', 0, 'Today, 10:14 AM'],
	['yesterday is named', '2026-11-22T23:59:00-06:00', 0, 'Yesterday, 11:59 PM'],
	['a day of the last week is its weekday', '2026-11-17T10:14:00-06:00', 0, 'Tue, 10:14 AM'],
	['a week ago is a date', '2026-11-16T10:14:00-06:00', 0, 'Nov 16, 10:14 AM'],
	['another year is said', '2025-11-16T10:14:00-06:00', 0, 'Nov 16, 2025, 10:14 AM'],
	['half a minute is no doubt', '2026-11-17T10:14:00-06:00', 30e6, 'Tue, 10:14 AM'],
	['some minutes of doubt: to five minutes', '2026-11-17T10:14:00-06:00', 5 * MINUTE, 'Tue, about 10:15 AM'],
	['half an hour of doubt: to half an hour', '2026-11-17T10:14:00-06:00', 30 * MINUTE, 'Tue, about 10:00 AM'],
	['an hour of doubt: the part of the day', '2026-11-17T10:14:00-06:00', HOUR, 'Tue, some time in the morning'],
	['across noon: the day', '2026-11-17T11:30:00-06:00', HOUR, 'Tue, at some time'],
	['a whole day of doubt: the days', '2026-11-17T12:00:00-06:00', DAY, 'Between Mon, Nov 16 and Wed, Nov 18'],
	['nothing lies in the future', '2026-11-23T12:00:00-06:00', DAY, 'Between Sun, Nov 22 and today'],
	['a month of doubt', '2026-11-01T12:00:00-06:00', 15 * DAY, 'Between Sat, Oct 17 and Mon, Nov 16'],
	['midnight belongs to the new day', '2026-11-17T00:00:00-06:00', 0, 'Tue, 12:00 AM'],
	['the hour that happens twice', '2026-11-01T01:30:00-06:00', 0, 'Nov 1, 1:30 AM'],
];

for (const [name, at, about, wanted] of cases)
	test(`time: ${name}`, () => assert.equal(said(at, about), wanted));

test('time: in Spanish', () => {
	assert.equal(said('2026-11-23T10:14:00-06:00', 0, 'es'), 'Hoy, 10:14');
	assert.equal(said('2026-11-22T10:14:00-06:00', HOUR, 'es'), 'Ayer, en algún momento de la mañana');
	assert.match(said('2026-11-17T12:00:00-06:00', DAY, 'es'), /^Entre .*16.* y .*18/);
});

test('time: what is said is coarser the larger the doubt', () => {
	const ladder = [0, 5, 30, 60, 6 * 60, 36 * 60].map(minutes =>
		said('2026-11-17T09:14:00-06:00', minutes * MINUTE));
	assert.equal(new Set(ladder).size, ladder.length);
	assert.doesNotMatch(ladder.slice(3).join(), /\d:\d\d/);
});

test('time: a doubt that is said is also explained', () => {
	assert.equal(isAbout({ us: 0, about_us: 0 }), false);
	assert.equal(isAbout({ us: 0, about_us: 30e6 }), false);
	assert.equal(isAbout({ us: 0, about_us: MINUTE }), true);
});
