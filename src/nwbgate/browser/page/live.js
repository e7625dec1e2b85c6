// Begins the page of a live server, or of exported files.
import { mountBrowser } from "./app.js";
import { besideFiles } from "./chunks.js";
import { fileTransport, httpTransport } from "./transport.js";

const { transport, beside, raw } = document.documentElement.dataset;
const base = new URL(".", document.baseURI);
const files = () => besideFiles(fileTransport(base), base, new Set((beside ?? "").split(" ")), Number(raw));
mountBrowser(document.getElementById("nwbgate"), transport === "files" ? files() : httpTransport(base), { address: window });
