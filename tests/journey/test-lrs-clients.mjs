// SPDX-License-Identifier: Apache-2.0
/**
 * Tools that others wrote, as they are on npm, with a real district: they
 * send, ask, page, void, keep documents, and read attachments back.
 */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';
import { addKey, startDistrict } from './lib/cairn.mjs';
import { Place } from './lib/running.mjs';

const require = createRequire(import.meta.url);
const XAPI = require('@xapi/xapi').default; // what both its bundles are made of
const TinCan = require('tincanjs');

const ACTOR = { objectType: 'Agent', name: 'Ada', mbox: 'mailto:ada@example.org' };
const HELLO = 'hello, district';
const SHA2 = createHash('sha256').update(HELLO).digest('hex');
const ATTACHMENT = { usageType: 'http://example.org/attachments/note', display: { en: 'A note' },
	contentType: 'text/plain', length: HELLO.length, sha2: SHA2 };

let place, district, key;

before(async () => {
	place = await Place.make();
	district = await startDistrict(place);
	key = await addKey(district, 'all');
});
after(() => place?.end());

/** Nobody else asks with this verb, about this activity. */
function something(more = {}) {
	return { actor: ACTOR, verb: { id: `http://example.org/verbs/${randomUUID()}`, display: { en: 'did' } },
		object: { objectType: 'Activity', id: `http://example.org/activities/${randomUUID()}`,
			definition: { name: { en: 'A thing', es: 'Una cosa' } } }, ...more };
}

const ids = statements => statements.map(one => one.id);

/* --- @xapi/xapi --- */

const asks = (version, adapter) => new XAPI({ endpoint: `${district.url}/xapi/`, version, adapter,
	auth: XAPI.toBasicAuth(...key.split(':')) });

for (const [version, adapter] of [['1.0.3', 'axios'], ['1.0.3', 'fetch'], ['2.0.0', 'axios'], ['2.0.0', 'fetch']]) {
	const name = `@xapi/xapi ${version} by ${adapter}`;

	test(`${name}: what it is told of the district`, async () => {
		const about = await asks(version, adapter).getAbout();
		assert.ok(about.data.version.includes(version));
		assert.equal(about.headers['x-experience-api-version'], version);
	});

	test(`${name}: sends, and reads what it sent`, async () => {
		const xapi = asks(version, adapter);
		const sent = something({ id: randomUUID() });
		assert.deepEqual((await xapi.sendStatement({ statement: sent })).data, [sent.id]);
		assert.deepEqual((await xapi.sendStatement({ statement: sent })).data, [sent.id], 'again');

		const got = (await xapi.getStatement({ statementId: sent.id })).data;
		for (const property of ['id', 'actor', 'verb', 'object'])
			assert.deepEqual(got[property], sent[property]);
		assert.equal(got.version, version === '2.0.0' ? '2.0.0' : '1.0.0');
		assert.equal(got.authority.account.name, key.split(':')[0]);
		const ofIds = (await xapi.getStatement({ statementId: sent.id, format: 'ids' })).data;
		assert.deepEqual(ofIds.object, { id: sent.object.id });

		const activity = (await xapi.getActivity({ activityId: sent.object.id })).data;
		assert.deepEqual(activity, sent.object);
		const person = (await xapi.getAgent({ agent: ACTOR })).data;
		assert.deepEqual(person, { objectType: 'Person', name: ['Ada'], mbox: [ACTOR.mbox] });
	});

	test(`${name}: asks page by page`, async () => {
		const xapi = asks(version, adapter);
		const first = something();
		const all = Array.from({ length: 5 }, () => ({ ...first, id: randomUUID() }));
		assert.deepEqual((await xapi.sendStatements({ statements: all })).data, ids(all));

		const seen = [];
		let page = (await xapi.getStatements({ verb: first.verb.id, agent: ACTOR, limit: 2, ascending: true })).data;
		for (;;) {
			seen.push(...ids(page.statements));
			if (!page.more)
				break;
			page = (await xapi.getMoreStatements({ more: page.more })).data;
		}
		assert.deepEqual(seen, ids(all));
		const newest = (await xapi.getStatements({ activity: first.object.id, since: '2020-01-01T00:00:00Z' })).data;
		assert.deepEqual(ids(newest.statements), ids(all).reverse());
	});

	test(`${name}: voids`, async () => {
		const xapi = asks(version, adapter);
		const [statementId] = (await xapi.sendStatement({ statement: something() })).data;
		await xapi.voidStatement({ actor: ACTOR, statementId });
		await assert.rejects(xapi.getStatement({ statementId }));
		assert.equal((await xapi.getVoidedStatement({ voidedStatementId: statementId })).data.id, statementId);
	});

	test(`${name}: keeps documents`, async () => {
		const xapi = asks(version, adapter);
		const where = { agent: ACTOR, activityId: `http://example.org/${randomUUID()}` };
		const state = { ...where, stateId: 'place', registration: randomUUID() };
		await xapi.setState({ ...state, state: { page: 3 } });
		await xapi.createState({ ...state, state: { zoom: 2 } });
		assert.deepEqual((await xapi.getState(state)).data, { page: 3, zoom: 2 });
		assert.deepEqual((await xapi.getStates(where)).data, ['place']);
		await xapi.deleteState(state);
		await assert.rejects(xapi.getState(state));

		const profile = { activityId: where.activityId, profileId: 'look' };
		await xapi.setActivityProfile({ ...profile, profile: { x: 1 }, etag: '*', matchHeader: 'If-None-Match' });
		const { etag } = (await xapi.getActivityProfile(profile)).headers;
		await assert.rejects(xapi.setActivityProfile({ ...profile, profile: { x: 2 }, etag: '"old"', matchHeader: 'If-Match' }));
		await xapi.setActivityProfile({ ...profile, profile: { x: 2 }, etag, matchHeader: 'If-Match' });
		assert.deepEqual((await xapi.getActivityProfile(profile)).data, { x: 2 });
		const own = { agent: ACTOR, profileId: randomUUID() };
		await xapi.createAgentProfile({ ...own, profile: { likes: 'stones' } });
		assert.deepEqual((await xapi.getAgentProfile(own)).data, { likes: 'stones' });
		assert.ok((await xapi.getAgentProfiles({ agent: ACTOR })).data.includes(own.profileId));
	});

	test(`${name}: is refused in words`, async () => {
		const wrong = { ...something(), verb: { id: 'did' } };
		const error = await asks(version, adapter).sendStatement({ statement: wrong }).catch(thrown => thrown);
		assert.match(JSON.stringify(error.response?.data ?? error.message), /\$\.verb\.id: must be an IRI/);
	});
}

for (const version of ['1.0.3', '2.0.0'])
	test(`@xapi/xapi ${version}: attachments, there and back`, async () => {
		const xapi = asks(version, 'fetch'); // by axios it sends none
		const statement = something({ attachments: [ATTACHMENT] });
		const [statementId] = (await xapi.sendStatement({ statement, attachments: [new TextEncoder().encode(HELLO)] })).data;

		const [got, text] = (await xapi.getStatement({ statementId, attachments: true })).data;
		assert.equal(got.id, statementId);
		assert.deepEqual(got.attachments, [ATTACHMENT]);
		assert.equal(text, HELLO);
		const [page, again] = (await xapi.getStatements({ verb: statement.verb.id, attachments: true })).data;
		assert.deepEqual(ids(page.statements), [statementId]);
		assert.equal(again, HELLO);
	});

test('@xapi/xapi: bytes that are no text come back as they went', async () => {
	const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7 % 256);
	const sha2 = createHash('sha512').update(bytes).digest('hex');
	const statement = something({ attachments: [{ ...ATTACHMENT, contentType: 'image/x-none', length: bytes.length, sha2 }] });
	const [id] = (await asks('2.0.0', 'fetch').sendStatement({ statement, attachments: [bytes] })).data;

	/* what it reads itself it takes for a text */
	const got = await fetch(`${district.url}/xapi/statements?statementId=${id}&attachments=true`, { headers:
		{ Authorization: XAPI.toBasicAuth(...key.split(':')), 'X-Experience-API-Version': '2.0.0' } });
	const body = Buffer.from(await got.arrayBuffer());
	const begin = body.indexOf(`X-Experience-API-Hash: ${sha2}\r\n\r\n`) + sha2.length + 27;
	assert.ok(body.subarray(begin, begin + bytes.length).equals(bytes));
	assert.equal(body.subarray(begin + bytes.length, begin + bytes.length + 4).toString(), '\r\n--');
});

/* --- TinCanJS (it speaks 1.0.2) --- */

const lrs = () => new TinCan.LRS({ endpoint: `${district.url}/xapi/`, username: key.split(':')[0],
	password: key.split(':')[1], allowFail: false });

/** What its callback is given; an error is thrown. */
const told = method => new Promise((done, failed) => method((error, result) =>
	error === null ? done(result) : failed(Object.assign(new Error(`status ${error}`), { status: error }))));

const statementOf = made => new TinCan.Statement(made, { storeOriginal: true });

test('tincanjs: what it is told of the district', async () => {
	const about = await told(callback => lrs().about({ callback }));
	assert.ok(about.version.includes('1.0.2'));
});

test('tincanjs: sends, and reads what it sent', async () => {
	const sent = statementOf(something());
	await told(callback => lrs().saveStatement(sent, { callback }));
	await told(callback => lrs().saveStatement(sent, { callback })); // by PUT, with an id and a timestamp of its own
	const got = await told(callback => lrs().retrieveStatement(sent.id, { callback }));
	assert.equal(got.id, sent.id);
	assert.equal(got.target.definition.name.es, 'Una cosa');
	assert.equal(got.actor.mbox, ACTOR.mbox);
	assert.equal(got.authority.account.name, key.split(':')[0]);
	const activity = await told(callback => lrs().retrieveActivity(sent.target.id, { callback }));
	assert.equal(activity.definition.name.en, 'A thing');
});

test('tincanjs: asks page by page', async () => {
	const first = something();
	const all = Array.from({ length: 5 }, () => statementOf(first));
	await told(callback => lrs().saveStatements(all, { callback }));

	const seen = [];
	const params = { verb: new TinCan.Verb(first.verb), agent: new TinCan.Agent(ACTOR), limit: 2, ascending: true };
	let page = await told(callback => lrs().queryStatements({ params, callback }));
	for (;;) {
		seen.push(...ids(page.statements));
		if (!page.more)
			break;
		const url = page.more;
		page = await told(callback => lrs().moreStatements({ url, callback }));
	}
	assert.deepEqual(seen, ids(all));
});

test('tincanjs: voids', async () => {
	const sent = statementOf(something());
	await told(callback => lrs().saveStatement(sent, { callback }));
	const voiding = statementOf({ actor: ACTOR, verb: { id: 'http://adlnet.gov/expapi/verbs/voided' },
		target: { objectType: 'StatementRef', id: sent.id } });
	await told(callback => lrs().saveStatement(voiding, { callback }));
	await assert.rejects(told(callback => lrs().retrieveStatement(sent.id, { callback })), { status: 404 });
	const got = await told(callback => lrs().retrieveVoidedStatement(sent.id, { callback }));
	assert.equal(got.id, sent.id);
});

test('tincanjs: keeps documents', async () => {
	const activity = new TinCan.Activity({ id: `http://example.org/${randomUUID()}` });
	const agent = new TinCan.Agent(ACTOR);
	const json = { contentType: 'application/json' };
	const at = { activity, agent };
	await told(callback => lrs().saveState('place', { page: 3 }, { ...at, ...json, callback }));
	const state = await told(callback => lrs().retrieveState('place', { ...at, callback }));
	assert.deepEqual(state.contents, { page: 3 });
	assert.equal(state.etag.length, 42);
	assert.deepEqual(await told(callback => lrs().retrieveStateIds({ ...at, callback })), ['place']);
	await told(callback => lrs().dropState('place', { ...at, callback }));
	assert.equal(await told(callback => lrs().retrieveState('place', { ...at, callback })), null);

	await told(callback => lrs().saveActivityProfile('look', { x: 1 }, { activity, ...json, callback }));
	await assert.rejects(told(callback => lrs().saveActivityProfile('look', { x: 2 },
		{ activity, ...json, lastSHA1: 'f'.repeat(40), callback })), { status: 412 });
	const look = await told(callback => lrs().retrieveActivityProfile('look', { activity, callback }));
	await told(callback => lrs().saveActivityProfile('look', { x: 2 }, { activity, ...json, lastSHA1: look.etag, callback }));
	const now = await told(callback => lrs().retrieveActivityProfile('look', { activity, callback }));
	assert.deepEqual(now.contents, { x: 2 });
	const own = randomUUID();
	await told(callback => lrs().saveAgentProfile(own, { likes: 'stones' }, { agent, ...json, callback }));
	const profile = await told(callback => lrs().retrieveAgentProfile(own, { agent, callback }));
	assert.deepEqual(profile.contents, { likes: 'stones' });
});

test('tincanjs: attachments, there and back', async () => {
	const bytes = new TextEncoder().encode('stone '.repeat(700)); // under node it sends texts alone
	const sent = statementOf(something({ attachments: [{ usageType: ATTACHMENT.usageType, display: { en: 'Stones' },
		contentType: 'text/plain', content: bytes.buffer }] }));
	await told(callback => lrs().saveStatement(sent, { callback }));

	const params = { attachments: true };
	const got = await told(callback => lrs().retrieveStatement(sent.id, { params, callback }));
	assert.equal(got.attachments[0].sha2, createHash('sha256').update(bytes).digest('hex'));
	assert.deepEqual(new Uint8Array(got.attachments[0].content), bytes);
	const page = await told(callback => lrs().queryStatements({ params: { verb: sent.verb, attachments: true }, callback }));
	assert.deepEqual(new Uint8Array(page.statements[0].attachments[0].content), bytes);
});

test('tincanjs: is refused', async () => {
	const wrong = statementOf({ ...something(), verb: { id: 'did' } });
	await assert.rejects(told(callback => lrs().saveStatement(wrong, { callback })), { status: 400 });
});
