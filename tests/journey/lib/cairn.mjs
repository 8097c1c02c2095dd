// SPDX-License-Identifier: Apache-2.0
/**
 * The real programs with the sample portrait and roster, for journeys and
 * tests of the pages:
 *
 *     const place = await Place.make();
 *     const district = await startDistrict(place);
 *     const teacher = await addTeacher(district, 'okafor');
 *     const kiosk = await enrolKiosk(place, district);
 *     await lay(kiosk, { learner: kiosk.learners[0].id, choice: 'tidied' });
 *     await deliver(kiosk);
 *     …
 *     await place.end();
 */
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, Running } from './running.mjs';

export const JOURNEY = dirname(dirname(fileURLToPath(import.meta.url)));
export const ROOT = dirname(dirname(JOURNEY));
export const BUILD = process.env.BUILD ?? join(ROOT, 'build', 'debug');
const BIN = process.env.BIN ?? join(BUILD, 'bin');
const PACK = join(ROOT, 'app', 'portrait', 'sample');
const ROSTER = join(ROOT, 'app', 'roster', 'sample');
const PYTHON = '/usr/bin/python3';

/** @param {string} name */
export const program = name => join(BIN, `cairn-${name}`);
/** @param {string} name */
export const tool = name => join(BUILD, 'tests', 'journey', name);

/** @param {string} code @param {string[]} words prints JSON */
async function python(code, words) {
	const out = await run(PYTHON, ['-B', '-c', code, ...words]);
	return JSON.parse(out);
}

/* --- district --- */

/** @typedef {{data: string, url: string, running: Running}} District */

/** @param {District} district @param {string} verb @param {...string} words */
export async function districtCommand(district, verb, ...words) {
	const out = await run(program('district'), [verb, '--data', district.data, ...words]);
	return out.trim();
}

/** Serves what lies in its folder, on the port that it had before.
 * @param {District} district */
export async function serve(district) {
	const port = new URL(district.url).port || '0';
	district.running = new Running(program('district'),
		['serve', '--data', district.data, '--listen', `127.0.0.1:${port}`]);
	const match = await district.running.waitFor(/^listening on (http:\/\/127\.0\.0\.1:\d+)/m);
	district.url = match[1];
	return district;
}

/** @param {import('./running.mjs').Place} place @returns {Promise<District>} */
export async function startDistrict(place) {
	const district = { data: place.path('district'), url: 'http://127.0.0.1:0',
		running: /** @type {any} */ (null) };
	await districtCommand(district, 'import-portrait', PACK);
	await districtCommand(district, 'import-roster', ROSTER);
	await serve(district);
	place.keep({ stop: () => district.running.stop() });
	return district;
}

/** A tool's key.  @param {District} district @param {string} scopes
 * @returns {Promise<string>} id:secret */
export const addKey = (district, scopes) => districtCommand(district, 'key', '--scopes', scopes, 'add');

/** @typedef {{login: string, oneTime: string}} Teacher */

/** @param {District} district @param {string} login @returns {Promise<Teacher>} */
export async function addTeacher(district, login, { fullName = 'Ms. Okafor', classes = 'all' } = {}) {
	const out = await districtCommand(district, 'add-teacher', '--name', login,
		'--full-name', fullName, '--class', classes);
	return { login, oneTime: out.split(/\s+/).pop() ?? '' };
}

/* --- kiosk --- */

/**
 * @typedef {{id: string, name: string, badge: string|null}} Learner
 * @typedef {{store: string, config: string, clock: string|null,
 *     learners: Learner[], folder: string, name: string}} Kiosk
 */

const rosterCode = `
import json, sys, types
sys.path.insert(0, sys.argv[1])
import cairn
rows = cairn.roster_of(types.SimpleNamespace(store=sys.argv[2]))
print(json.dumps([dict(zip(("id", "name", "badge"), row)) for row in rows]))`;

/** @param {string} store @returns {Promise<Learner[]>} what the district sent */
export const learnersOf = store => python(rosterCode, [JOURNEY, store]);

/** @param {Kiosk} kiosk */
const environment = kiosk => kiosk.clock ? { CAIRN_CLOCK_FILE: kiosk.clock } : {};

/** With its bundle, so that it knows the learners.
 * @param {import('./running.mjs').Place} place @param {District} district
 * @returns {Promise<Kiosk>} */
export async function enrolKiosk(place, district, name = 'kiosk') {
	const kiosk = { store: place.path(name), config: place.path(`${name}.conf`), clock: null,
		learners: /** @type {Learner[]} */ ([]), folder: place.folder, name };
	await writeFile(kiosk.config, `[kiosk]\nstore=${kiosk.store}\ncamera=none\nspeech=none\n` +
		`fullscreen=false\n[agent]\ndistrict=${district.url}\npoll_seconds=1\n`);
	const code = /\d{12}/.exec(await districtCommand(district, 'enrol-code', '--name', name));
	await run(program('agent'), ['enrol', '--config', kiosk.config], { input: `${code}\n` });
	await deliver(kiosk);
	kiosk.learners = await learnersOf(kiosk.store);
	return kiosk;
}

/** From now on the kiosk's time is this and stands still.
 * @param {Kiosk} kiosk @param {string} boot 32 hex digits @param {number} sinceBootUs
 * @param {number} wallUs @param {boolean} trusted */
export async function setClock(kiosk, boot, sinceBootUs, wallUs, trusted) {
	kiosk.clock = join(kiosk.folder, `${kiosk.name}.clock`);
	await writeFile(`${kiosk.clock}.new`, `${boot} ${sinceBootUs} ${wallUs} ${trusted ? 1 : 0}\n`);
	await rename(`${kiosk.clock}.new`, kiosk.clock);
}

/** One round of the agent: everything out, the bundle in.  @param {Kiosk} kiosk */
export const deliver = kiosk =>
	run(program('agent'), ['--config', kiosk.config, '--once'], { env: environment(kiosk) });

/** @param {import('./running.mjs').Place} place @param {Kiosk} kiosk */
export const startAgent = (place, kiosk) =>
	place.keep(new Running(program('agent'), ['--config', kiosk.config], environment(kiosk)));

/* --- stones --- */

const packCode = `
import json, sys, tomllib
with open(sys.argv[1], "rb") as file:
    print(json.dumps(tomllib.load(file)))`;
let pack = /** @type {any} */ (null);

/** @param {string} [id] of a prompt of the sample; without one, the first */
async function promptWords(id) {
	pack ??= await python(packCode, [join(PACK, 'portrait.toml')]);
	const prompt = id ? pack.prompt.find(one => one.id === id) : pack.prompt[0];
	const statement = pack.statement.find(one => one.id === prompt.statement);
	return ['--prompt', prompt.id, '--statement', statement.uuid,
		'--portrait', pack.portrait.id, '--portrait-version', pack.portrait.version];
}

/**
 * Lays a stone as the kiosk does; it is durable when this returns.
 *
 * @param {Kiosk} kiosk
 * @param {{learner?: string, badge?: string, prompt?: string, choice?: string, text?: string,
 *     photo?: string, drawing?: string, scale?: string, level?: number, levels?: number}} stone
 * @returns {Promise<string>} its id
 */
export async function lay(kiosk, { prompt, ...stone }, count = 1) {
	const words = Object.entries(stone).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const out = await run(tool('lay'), [kiosk.store, String(count), ...words, ...await promptWords(prompt)],
		{ env: environment(kiosk) });
	return out.trim().split(/\s+/).pop() ?? '';
}
