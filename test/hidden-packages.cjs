/** A preload under which the packages of HIDDEN_PACKAGES, names with commas between them, are not installed. */
const Module = require("node:module");

const hidden = process.env["HIDDEN_PACKAGES"].split(",");
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (hidden.some((name) => request === name || request.startsWith(`${name}/`)))
    throw Object.assign(new Error(`Cannot find module '${request}'`), { code: "MODULE_NOT_FOUND" });
  return resolve.call(this, request, ...rest);
};
