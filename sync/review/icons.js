// SPDX-License-Identifier: Apache-2.0
/** The buttons' own pictures, drawn in the colour of the words beside them. */

const paths = {
	confirm: 'M4 12.5l5.5 5.5L20 7',
	return: 'M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3',
	later: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5V12l3.5 2.5',
	undo: 'M8 4L3.5 8.5L8 13M3.5 8.5H14a6 6 0 0 1 0 12H8',
	close: 'M5 5l14 14M19 5L5 19',
	clock: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5V12l3.5 2.5',
	person: 'M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.5 21q0-7 7.5-7t7.5 7',
	badge: 'M5 4h14v16H5zM9 9h6M9 13h6M12 1.5V4',
	larger: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
	warning: 'M12 3L1.8 20.5h20.4zM12 10v4.5M12 17.4v.3',
};

const svg = 'http://www.w3.org/2000/svg';

/** @param {keyof typeof paths} name @returns {SVGElement} */
export function icon(name) {
	const made = document.createElementNS(svg, 'svg');
	const path = document.createElementNS(svg, 'path');
	made.setAttribute('viewBox', '0 0 24 24');
	made.setAttribute('class', 'icon');
	made.setAttribute('aria-hidden', 'true');
	made.setAttribute('focusable', 'false');
	path.setAttribute('d', paths[name]);
	made.append(path);
	return made;
}

/**
 * How it went, when the pack has no picture for it: so many stones laid of
 * so many.  @param {number} level @param {number} levels @returns {SVGElement}
 */
export function stones(level, levels) {
	const made = document.createElementNS(svg, 'svg');
	made.setAttribute('viewBox', `0 0 ${levels * 20} 20`);
	made.setAttribute('class', 'stones');
	made.setAttribute('aria-hidden', 'true');
	for (let i = 0; i < levels; i++) {
		const stone = document.createElementNS(svg, 'ellipse');
		stone.setAttribute('cx', String(i * 20 + 10));
		stone.setAttribute('cy', '10');
		stone.setAttribute('rx', '8');
		stone.setAttribute('ry', '6.5');
		stone.setAttribute('class', i < level ? 'laid' : 'free');
		made.append(stone);
	}
	return made;
}
