// SPDX-License-Identifier: Apache-2.0
/**
 * Where the teacher is, "#/class/state", kept in the address so that going
 * back, reloading and signing in again all lead to the same place.
 */

export const STATES = /** @type {const} */ (['waiting', 'later', 'decided']);

/** @typedef {{class: string, state: 'waiting'|'later'|'decided'}} Place */

/** @param {string} hash @param {{id: string}[]} classes at least one @returns {Place} */
export function readPlace(hash, classes) {
	const [, first = '', second = ''] = hash.replace(/^#/, '').split('/');
	let wanted = '';
	try {
		wanted = decodeURIComponent(first);
	} catch {
		/* cut short by hand: the first class, then */
	}
	const known = classes.find(one => one.id === wanted) ?? classes[0];
	return { class: known.id, state: STATES.find(state => state === second) ?? 'waiting' };
}

/** @param {Place} place */
export const placeHash = place => `#/${encodeURIComponent(place.class)}/${place.state}`;
