/** The widget's words. It is a page of its own without scripts, so they are not in the dashboards' catalogues. */

export type EmbedLanguage = "en" | "es";

interface Words {
  accounts: string;
  /** after the number of accounts */
  want: (units: string, unit: string) => string;
  likely: (low: string, high: string, unit: string) => string;
  price: string;
  units: string;
  curve: string;
  withheld: (k: number) => string;
  accountsAre: string;
  asOf: (size: string) => string;
  more: string;
}

export const words: Record<EmbedLanguage, Words> = {
  en: {
    accounts: "accounts",
    want: (units, unit) => `want ${units} × ${unit}`,
    likely: (low, high, unit) => `Likely to be bought: ${low} to ${high} × ${unit}`,
    price: "At this price",
    units: "units",
    curve: "Units wanted at each price",
    withheld: (k) => `Nothing is shown yet: fewer than ${String(k)} accounts, or a step of fewer.`,
    accountsAre: "An account is not proven to be a distinct person. Small regions are withheld.",
    asOf: (size) => `From the first ${size} entries of the public log`,
    more: "Details and proof",
  },
  es: {
    accounts: "cuentas",
    want: (units, unit) => `quieren ${units} × ${unit}`,
    likely: (low, high, unit) => `Compra probable: de ${low} a ${high} × ${unit}`,
    price: "A este precio",
    units: "unidades",
    curve: "Unidades pedidas a cada precio",
    withheld: (k) => `Aún no se muestra nada: menos de ${String(k)} cuentas, o un paso de menos.`,
    accountsAre: "No está probado que una cuenta sea una persona distinta. Las regiones pequeñas se omiten.",
    asOf: (size) => `De las primeras ${size} entradas del registro público`,
    more: "Detalles y prueba",
  },
};
