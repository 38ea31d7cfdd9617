/** The commands that change keys, to take along: a page has no private key and cannot do it by itself. */
import { Copy } from "./copy.tsx";
import { t } from "./i18n.ts";

const ACTS = ["show", "rotate", "finish", "recover"] as const;

export function KeyCommands({ kind, note }: { kind: "hub" | "node"; note: string }) {
  return (
    <>
      <p class="measure">{note}</p>
      <ul class="stack plain">
        {ACTS.map((act) => (
          <li key={act} class="stack-s">
            <span>{t(`keys.act-${act}`)}</span>
            <Copy
              label={t(`keys.act-${act}`)}
              text={`npm run keys -- ${act} ${kind}${act === "recover" ? " --file <file>" : ""}`}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
