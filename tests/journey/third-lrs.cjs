// SPDX-License-Identifier: Apache-2.0
// An LRS of another make: the statements' service of Learning Locker, from npm,
// with its statements in memory and its attachments in a folder.
//
//     node third-lrs.cjs FOLDER       prints the port it listens on, on 127.0.0.1
"use strict";
const fs = require("fs");
const http = require("http");
const Module = require("module");
const path = require("path");

// Databases, clouds and watchers that it can also use, and here does not.
const UNUSED = /^(aws-sdk|knex|mongodb|newrelic|redis|winston-aws-cloudwatch)(\/|$)/;
const load = Module._load;
Module._load = (name, ...rest) => (UNUSED.test(name) ? {} : load(name, ...rest));

const folder = process.argv[2];
const storage = path.join(folder, "storage");
fs.mkdirSync(storage, { recursive: true });
Object.assign(process.env, {
	AUTH_REPO: "test",
	EVENTS_REPO: "test",
	MODELS_REPO: "memory",
	STORAGE_REPO: "local",
	FS_LOCAL_STORAGE_DIR: storage,
	EXPRESS_MORGAN_DIRECTORY: path.join(folder, "requests"),
	SERVICE_AWAIT_UPDATES: "true",
	WINSTON_CONSOLE_LEVEL: "error",
});

// It would listen on a port of its own choice, for everybody.
require("express").application.listen = function listen(port, done) {
	const server = http.createServer(this).listen(0, "127.0.0.1", () => {
		process.stdout.write(`listening on ${server.address().port}\n`);
		done();
	});
	return server;
};
require("xapi-statements/dist/server.js");
