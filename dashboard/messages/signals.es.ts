/** Spanish, suppliers' signals. */
import type { signalsEn } from "./signals.en.ts";

export const signalsEs: Record<keyof typeof signalsEn, string> = {
  "nav.signals": "Señales",
  "signals.title": "Señales para proveedores",
  "signals.lead":
    "{pledges} promesas vivas respaldan {n, plural, one {# campaña} other {# campañas}} en {month}: qué comprarían, dónde y a qué precio.",
  "signals.lead-none": "Qué comprarían los miembros de muchas comunidades, dónde y a qué precio.",
  "signals.all": "Todo",
  "signals.category": "Categoría",
  "signals.region": "Región",
  "signals.month": "Mes",
  "signals.campaign": "Campaña",
  "signals.one-only": "Solo una campaña o un producto.",
  "signals.show-all": "Ver todo",
  "signals.demand": "Demanda por campaña, región y mes",
  "signals.csv": "CSV",
  "signals.json": "JSON",
  "signals.none": "Todavía no hay nada que mostrar",
  "signals.none-note":
    "La demanda aparece aquí unos minutos después de que bastantes miembros de una región hayan prometido.",
  "signals.everywhere": "En todas partes",
  "signals.accounts": "Cuentas",
  "signals.likely": "Probable",
  "signals.interval": "de {low} a {high}",
  "signals.curve": "Por precio",
  "signals.curve-of": "Unidades a cada precio: {name}",
  "signals.curve-summary": "{units} unidades a {low}, que bajan a {left} a {high}",
  "signals.too-few": "muy pocas para mostrarlas, o ninguna",
  "signals.withheld-few": "No se muestra: menos de {k} cuentas",
  "signals.withheld-differencing": "No se muestra: revelaría otras regiones o un paso de menos de {k} cuentas",
  "signals.feedback": "Por qué no más",
  "signals.feedback-note": "Cuentas que eligieron un motivo. Lo dicen sus comunidades: ningún libro puede probarlo.",
  "signals.funded": "Demanda ya financiada",
  "signals.funded-note":
    "Donde hay una subvención decidida, el precio que pagarían los miembros es menor que el tuyo en esa cantidad.",
  "signals.funded-none": "Ahora ninguna subvención espera a un proveedor.",
  "signals.funded-says": "Qué dice",
  "signals.funded-state": "Dinero",
  "signals.funded-sentence":
    "A {price}, con {subsidy} por unidad pagados por una subvención: {units} × {unit}. Paga como máximo {most}.",
  "signals.funded-withheld":
    "A {price}, con {subsidy} por unidad pagados por una subvención: unidades sin mostrar, menos de {k} cuentas.",
  "signals.funded-reserved": "Reservado hasta que se cumpla su condición",
  "signals.funded-payable": "Se paga contra entrega",
  "signals.how-likely": "Con qué probabilidad",
  "signals.how-likely-note":
    "Las promesas no son pagos. El intervalo es lo que dicen las promesas pasadas: de todas las unidades comprometidas en esta red, tantas se compraron; con pocas cuentas en esa historia el intervalo es ancho, y sin ninguna va de nada a todo (intervalo de Wilson al 90 %).",
  "signals.privacy": "Qué se omite y qué no puede omitirse",
  "signals.privacy-withheld":
    "Ningún número de aquí habla de menos de {k} cuentas, y ninguno se obtiene restando otros. Las regiones pequeñas cuentan en «En todas partes» solo como grupo, o no cuentan.",
  "signals.privacy-steps":
    "Un número se toma de nuevo cuando al menos {k} cuentas han llegado o se han ido. Hasta entonces queda como estaba, con la entrada del registro de la que salió.",
  "signals.privacy-public":
    "Esto impide que quien lee esta página vea a unos pocos miembros. No puede ocultarlos a quien recorra las fuentes: el libro de promesas de cada comunidad es público, sin nombres, y sus informes están en el registro público para que cualquiera pueda recalcular cada total.",
  "signals.privacy-accounts": "No está probado que una cuenta sea una persona viva distinta, ni que vaya a pagar.",
  "signals.by-region-note":
    "Sale de los mismos informes firmados, pero solo en pasos de varias cuentas, para que no se pueda leer la promesa de nadie. Puede ir un poco por detrás de los números de arriba.",
  "signals.see-months": "Todos los meses",
  "signals.region-withheld": "{region}: sin mostrar",
  "signals.region-sentence":
    "{accounts, plural, one {# cuenta} other {# cuentas}} de {communities, plural, one {# comunidad} other {# comunidades}}; compra probable: de {low} a {high}.",
  "signals.embed": "Ponlo en tu sitio",
  "signals.embed-note":
    "Una pequeña página en un marco, sin scripts, cookies ni rastreo. Muestra lo mismo que aquí para todas partes y sigue el registro.",
  "signals.embed-code": "Código del marco",
  "signals.embed-see": "Ver el widget",
};
