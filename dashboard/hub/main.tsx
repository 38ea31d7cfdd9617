/** Starts the hub's dashboard: the language first, then the frame with its pages. */
import { render } from "preact";

import { startLocale } from "../parts/i18n.ts";
import { App } from "./app.tsx";
import { messagesEn } from "./messages.ts";

await startLocale({ en: messagesEn, load: { es: async () => (await import("./messages-es.ts")).messagesEs } });
const root = document.getElementById("app");
if (root) render(<App />, root);
