/** Chooses a product of the catalogue, or names one that has no GTIN. */
import { useEffect, useState } from "preact/hooks";
import type { z } from "zod";

import type { Product, productPage } from "../../../shared/protocol/api/network.ts";
import { Button } from "../../parts/button.tsx";
import { Field, TextField } from "../../parts/field.tsx";
import { t } from "../../parts/i18n.ts";
import { ErrorBanner } from "../../parts/states.tsx";
import { useResource } from "../../parts/use-resource.ts";

export interface ChosenProduct {
  gtin: string | null;
  name: string;
  brand: string | null;
}

export function ProductPicker({
  chosen,
  onChoose,
}: {
  chosen: ChosenProduct | null;
  onChoose: (product: ChosenProduct | null) => void;
}) {
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState("");
  const [free, setFree] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query.trim()), 250);
    return () => clearTimeout(timer);
  }, [query]);
  const found = useResource<z.infer<typeof productPage>>(asked ? `/api/products?q=${encodeURIComponent(asked)}` : null);

  if (free) {
    return (
      <div class="stack-s">
        <TextField
          label={t("campaign-form.product-name")}
          value={chosen?.name ?? ""}
          maxLength={160}
          autocomplete="off"
          onInput={(name) => onChoose(name.trim() ? { gtin: null, name, brand: null } : null)}
        />
        <div class="row">
          <Button
            kind="quiet"
            onClick={() => {
              setFree(false);
              onChoose(null);
            }}
          >
            {t("campaign-form.from-catalogue")}
          </Button>
        </div>
      </div>
    );
  }
  if (chosen) {
    return (
      <div class="stack-s">
        <p class="field-label">{t("campaign.product")}</p>
        <div class="row row-apart">
          <span>
            <strong>{chosen.name}</strong>
            {chosen.brand ? ` · ${chosen.brand}` : ""} <span class="mono quiet">{chosen.gtin}</span>
          </span>
          <Button kind="quiet" onClick={() => onChoose(null)}>
            {t("campaign-form.other-product")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div class="picker">
      <Field
        label={t("campaign.product")}
        hint={t("campaign-form.product-hint")}
        control={(ids) => (
          <input class="input" type="search" {...ids} value={query} onInput={(e) => setQuery(e.currentTarget.value)} />
        )}
      />
      {found.error ? <ErrorBanner error={found.error} onRetry={found.reload} /> : null}
      {found.data && asked ? (
        <div class="picker-list" role="group" aria-label={t("catalogue.products")}>
          {found.data.products.map((product) => (
            <button key={product.gtin} type="button" class="picker-item" onClick={() => onChoose(choose(product))}>
              {product.name}
              <span class="quiet">
                {product.brand ? ` · ${product.brand}` : ""}
                {product.quantity ? ` · ${product.quantity}` : ""}
              </span>
            </button>
          ))}
          {found.data.products.length === 0 ? <p class="picker-item quiet">{t("table.none-found")}</p> : null}
        </div>
      ) : null}
      <div class="row">
        <Button kind="quiet" onClick={() => setFree(true)}>
          {t("campaign-form.no-gtin")}
        </Button>
      </div>
    </div>
  );
}

function choose({ gtin, name, brand }: Product): ChosenProduct {
  return { gtin, name: name.slice(0, 160), brand: brand === null ? null : brand.slice(0, 80) };
}
