// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import test from 'node:test';
import { placeHash, readPlace } from '../../sync/review/place.js';
import { chooseLanguage, fill, languages } from '../../sync/review/words.js';

const folder = new URL('../../sync/review/', import.meta.url);
const pages = readdirSync(folder).filter(name => /\.(js|css|html|svg)$/.test(name));
const modules = pages.filter(name => name.endsWith('.js'));
const source = name => readFileSync(new URL(name, folder), 'utf8');
const holes = text => (text.match(/\{\w+\}/g) ?? []).sort();

for (const [tag, words] of Object.entries(languages)) {
	test(`words: ${tag} has every word and no other`, () =>
		assert.deepEqual(Object.keys(words).sort(), Object.keys(languages.en).sort()));
	test(`words: ${tag} fills the same holes as English`, () => {
		for (const [key, text] of Object.entries(words)) {
			assert.notEqual(text.trim(), '', key);
			assert.deepEqual(holes(text), holes(languages.en[key]), key);
		}
	});
}

test('words: every one is used', () => {
	const used = modules.filter(name => name !== 'words.js').map(source).join('\n');
	const unused = Object.keys(languages.en).filter(key => !new RegExp(`\\b${key}\\b`).test(used));
	assert.deepEqual(unused, []);
});

test('words: the first language that there are words for', () => {
	const cases = [[['es-MX', 'en'], 'es'], [['fr', 'es'], 'es'], [['de'], 'en'], [[], 'en'],
		[['EN-gb'], 'en'], [['constructor'], 'en']];
	for (const [wanted, got] of cases)
		assert.equal(chooseLanguage(wanted), got);
});

test('words: a hole without a value stays', () =>
	assert.equal(fill('{a} {b}', { a: 1 }), '1 {b}'));

test('place: an address and back', () => {
	const classes = [{ id: 'one' }, { id: 'a/b ñ' }];
	for (const state of ['waiting', 'later', 'decided'])
		for (const { id } of classes)
			assert.deepEqual(readPlace(placeHash({ class: id, state }), classes), { class: id, state });
});

test('place: whatever else is asked for, the first class waits', () => {
	for (const hash of ['', '#', '#/', '#/%', '#/two/nowhere', '#x', '#/%E0%A4%A/waiting'])
		assert.deepEqual(readPlace(hash, [{ id: 'one' }]), { class: 'one', state: 'waiting' });
});

test('modules: each is listed in the resource, and only they', () => {
	const listed = [...source('review.gresource.xml').matchAll(/<file>(.*)<\/file>/g)].map(found => found[1]);
	assert.deepEqual([...listed].sort(), [...pages].sort());
});

test('modules: all are asked for at once, not as each is found to need another', () => {
	const asked = [...source('index.html').matchAll(/<(?:link rel="modulepreload" href|script type="module" src)="(.*)"/g)];
	assert.deepEqual(asked.map(found => found[1]).sort(), modules.sort());
});

test('page: all of it is less than half a photo', () => {
	const bytes = pages.reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0);
	assert.ok(bytes < 128 * 1024, `${bytes} bytes`);
});

test('modules: none makes markup of text', () => {
	for (const name of modules)
		assert.doesNotMatch(source(name), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/, name);
});

test('page: nothing inline, nothing from elsewhere', () => {
	const page = source('index.html');
	assert.doesNotMatch(page, /\sstyle=|\son\w+=|<style|https?:/);
	assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/);
});
