// Begins the page of a live server, or of exported files.
import { mountBrowser } from "./app.js";
import { fileTransport, httpTransport } from "./transport.js";

const live = document.documentElement.dataset.transport !== "files";
const base = new URL(".", document.baseURI);
mountBrowser(document.getElementById("nwbgate"), live ? httpTransport(base) : fileTransport(base), { address: window });
