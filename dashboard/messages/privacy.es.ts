/** Spanish, what is seen of a person and what erasing does. */
import type { privacyEn } from "./privacy.en.ts";

export const privacyEs: Record<keyof typeof privacyEn, string> = {
  "privacy.title": "Qué se ve de ti",
  "privacy.lead":
    "Qué sabe Cocoon de una persona, quién puede verlo y qué hace el borrado. También lo que no puede ocultarse.",
  "privacy.who": "Quién ve qué",
  "privacy.what": "Qué",
  "privacy.by": "Quién lo ve",
  "privacy.name": "Tu nombre, tu papel y el día en que entraste en una comunidad",
  "privacy.name-by":
    "Tú y quienes la administran. Ningún libro, registro ni informe los contiene, y ningún centro conoce a los miembros de una comunidad.",
  "privacy.part": "Que participas en una campaña, y con cuánto",
  "privacy.part-by": "Tú. Ninguna página se lo muestra a nadie más, tampoco a quienes administran.",
  "privacy.document": "Lo que firmaste, con tu precio máximo exacto, y tus recibos",
  "privacy.document-by":
    "Tú, y a quien enseñes un recibo. Si un sorteo saca tu promesa para una auditoría, también el centro: sin tu nombre. El centro dice que lo borra a los 30 días; tu recibo te dice que fue sorteada.",
  "privacy.entry": "La entrada en el libro de tu comunidad",
  "privacy.entry-by": "Todo el mundo, para siempre, sin saber de quién es.",
  "privacy.sums": "Totales por campaña, comunidad y región",
  "privacy.sums-by": "Todo el mundo.",
  "privacy.email": "El correo de una financiadora o proveedora que lo dio a un centro",
  "privacy.email-by": "Nadie en ninguna página, tampoco la gente del centro. Allí se envían códigos y avisos.",
  "privacy.book": "Qué dice una entrada del libro",
  "privacy.says-entry":
    "La campaña, una cantidad, un escalón de precio, el día y 32 bytes que no significan nada sin un secreto. Ni cuenta, ni clave, ni nombre, ni hora.",
  "privacy.says-chain":
    "Un cambio nombra la entrada que sustituye: todo el mundo ve que alguien pasó de 2 a 5. Lo que una persona promete en campañas distintas no está enlazado allí.",
  "privacy.says-batch":
    "Las promesas firmadas se reúnen, diez minutos si la comunidad no fijó otro tiempo, y entran juntas en orden aleatorio. Eso ayuda entre muchos. Donde firma una sola persona en ese tiempo, no hay con quién mezclarla; y una demostración no las reúne.",
  "privacy.says-small":
    "Los números pequeños hablan: quien sabe que el martes solo entró una vecina puede leer su cantidad en el libro. Las páginas no muestran por sí solo ningún precio en el que haya menos de {k} cuentas; lo anotado detrás es público por entero, para que cualquiera pueda sumarlo.",
  "privacy.erasing": "Qué hace el borrado",
  "privacy.erased-all":
    "Cuando te vas de una comunidad o te dan de baja, tus promesas vigentes se retiran y tus claves terminan, y tu nombre, llaves, documentos firmados y sus secretos se borran en el mismo paso.",
  "privacy.erased-entries":
    "Las entradas del libro quedan: quitarlas sería reescribir la historia, y todo esto está para impedirlo. Ya no puede abrirlas quien no guardó un recibo o, hasta 30 días, lo que abrió una auditoría.",
  "privacy.erased-backups":
    "Las copias de la plataforma olvidan a los 7 días en su plan gratuito y a los 30 en el de pago.",
  "privacy.erased-own": "En «Yo», en tu comunidad, puedes descargar todo lo que guarda de ti, y nada de nadie más.",
  "privacy.limits": "Lo que nadie puede prometer",
  "privacy.limit-server":
    "Que quienes llevan el servidor de tu comunidad no miren. Las páginas muestran menos de lo que allí se guarda; quien tiene su base de datos puede leerla, y podría la empresa en cuyos ordenadores funciona.",
  "privacy.limit-hub":
    "Que un centro olvide lo que abrió una auditoría. Con ese documento puede saber de qué entrada se trata; que lo borre es su palabra.",
};
