/** Starts a community's app: the language first, then the frame with its pages. */
import { render } from "preact";

import { startLocale } from "../parts/i18n.ts";
import { App } from "./app.tsx";
import { messagesEn } from "./messages.ts";
// after the parts' own sheets, which app.tsx brings along
import "./node.css";

await startLocale({ en: messagesEn, load: { es: async () => (await import("./messages-es.ts")).messagesEs } });
const root = document.getElementById("app");
if (root) render(<App />, root);
