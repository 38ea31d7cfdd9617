/** Spanish, what is proven and what is not. */
import type { guaranteesEn } from "./guarantees.en.ts";

export const guaranteesEs: Record<keyof typeof guaranteesEn, string> = {
  "guarantees.link": "Qué está garantizado, bajo qué supuesto, y qué no",
  "guarantees.title": "En qué puedes confiar",
  "guarantees.lead":
    "Cada línea dice qué está probado, quién puede ver la prueba y qué debe cumplirse para que valga. Nada aquí te pide que te fíes de este centro.",
  "guarantees.proven": "Qué está probado",
  "guarantees.what": "Qué",
  "guarantees.whom": "A quién y cómo",
  "guarantees.if": "Mientras",
  "guarantees.witnesses": "Quiénes son los testigos y cuántos deben firmar",
  "guarantee.sums": "Cada total publicado es la suma de las entradas firmadas",
  "guarantee.sums-whom": "A cualquiera: «Comprobar» y la orden descargan el registro y lo vuelven a sumar.",
  "guarantee.sums-if": "tu aparato ejecute el código publicado",
  "guarantee.past": "El pasado no se reescribe",
  "guarantee.past-whom":
    "A quien vio un estado anterior, en el acto; a todos mediante los testigos, que firman solo lo que continúa lo que firmaron antes.",
  "guarantee.past-if":
    "trabajen para el centro menos testigos de los que dos grupos de firmantes deben tener en común: donde deben firmar k de n, menos de 2k − n",
  "guarantee.mine": "Tu promesa está dentro del número publicado",
  "guarantee.mine-whom":
    "A ti y a quien enseñes el recibo: de la firma de tu llave, por el libro de la comunidad y el registro, hasta el total, cada paso en tu navegador.",
  "guarantee.mine-if":
    "guardes el recibo y el libro de tu comunidad sea el que cuenta. Si se perdió y empezó otro, el recibo lo dice",
  "guarantee.receipts": "Aquello de lo que el centro dio recibo está en su registro el día que nombró",
  "guarantee.receipts-whom":
    "A quien tenga el recibo firmado. Cada comunidad busca por sí misma lo suyo, y hace la prueba si una entrada no está donde debe.",
  "guarantee.receipts-if": "se guarde el recibo, y el registro que otros ven sea el que se miró",
  "guarantee.books": "El informe de una comunidad concuerda con su libro público",
  "guarantee.books-whom":
    "A cualquiera: el veredicto del centro está firmado y registrado, y su copia del libro sigue legible cuando la comunidad ya no está.",
  "guarantee.books-if":
    "alguien mire y aún pueda leerse una copia del libro; un veredicto falso es prueba contra el centro",
  "guarantee.resets": "Una comunidad que perdió su libro empieza otro a la vista de todos",
  "guarantee.resets-whom":
    "A cualquiera: el registro dice cuándo, cuántas veces y con qué motivo, y qué contaba hasta entonces. Desde esa entrada sus promesas antiguas no cuentan; lo que habían firmado sus miembros solo cuenta cuando está en el libro nuevo y se ha comprobado un informe sobre él.",
  "guarantee.resets-if":
    "el pasado no se reescriba. El libro antiguo puede comprobarse mientras se guarde una copia, como hace el centro",
  "guarantee.samples": "En una auditoría en orden, las promesas abiertas se firmaron con claves registradas antes",
  "guarantee.samples-whom":
    "Al centro, al que se abrieron. A todos: quién aportó al sorteo, que la comunidad respondió, con su propia firma en el registro, y qué dice el centro que encontró. Las auditorías fallidas, sin respuesta y nunca juzgadas se muestran por igual; que no hubo respuesta, o que fue a menos promesas de las sorteadas, es prueba por sí solo.",
  "guarantee.samples-if":
    "el centro no trabaje con la comunidad: solo él ve lo que se abrió. Que nadie pudo prever el sorteo vale salvo que trabajen con ellos todos los que aportaron a él. No dice nada de quiénes son las personas",
  "guarantee.two-faces": "Nadie puede firmar dos historias distintas sin consecuencias",
  "guarantee.two-faces-whom":
    "A quien tenga ambas: dos versiones firmadas que se contradicen son prueba por sí solas. A una comunidad con dos informes distintos bajo un número la deja fuera una regla fija; de dos versiones de un registro, cada testigo honrado firma como mucho una.",
  "guarantee.two-faces-if": "las dos historias lleguen a una parte honrada",
  "guarantee.conditions": "Una ayuda que espera demanda se paga solo cuando la demanda existió",
  "guarantee.conditions-whom":
    "A cualquiera: la liberación nombra la entrada del registro desde la que se cumplía, el tiempo suficiente.",
  "guarantee.conditions-if": "las promesas se cotejaron con los libros de las comunidades, como todas las contadas",
  "guarantee.money": "Cada unidad de dinero anotada tiene su cuenta",
  "guarantee.money-whom":
    "A cualquiera: los movimientos cuadran, no se gasta lo que no hay, y lo que da dinero nombra a dos personas distintas del centro.",
  "guarantee.money-if": "los extractos del banco se anoten con verdad: el registro muestra lo anotado, no el banco",
  "guarantee.keys": "Una clave perdida o robada no cambia lo firmado antes",
  "guarantee.keys-whom":
    "A cualquiera: cada clave está en el registro desde su entrada, también la renovada de un testigo, y las entradas antiguas se leen con la clave de su tiempo. Un testigo con clave nueva sigue firmando solo lo que continúa lo que firmó con la antigua.",
  "guarantee.keys-if":
    "las claves de recuperación se guarden sin conexión, como pide la instalación. Lo que firme un ladrón antes de que se cambie la clave sí cuenta",
  "guarantees.not": "Lo que nadie promete aquí",
  "guarantees.not-note": "La matemática no llega hasta esto. Llegan las personas, o nadie.",
  "unpromised.people":
    "Que cada cuenta sea otra persona. Una comunidad conoce a sus miembros; que sean distintos y estén vivos es su palabra.",
  "unpromised.lost":
    "Que un libro empezado de nuevo se hubiera perdido de verdad. El registro guarda el motivo y el número de veces; el motivo es palabra de la comunidad.",
  "unpromised.purchase":
    "Que una promesa se vuelva compra. Mostramos cuántas se cumplieron y cuán seguro hace eso un pronóstico.",
  "unpromised.admission":
    "Que se admita a todos. Un centro decide qué comunidades y campañas incluye, y sus razones quedan registradas.",
  "unpromised.silence":
    "Que pueda probarse lo que se rechazó o ignoró antes de dar un recibo. Solo puede verse. Después del recibo, es prueba.",
  "unpromised.impact":
    "Que pesos de envases, precios y datos de impacto fueran ciertos en su origen. Sus fuentes se nombran.",
  "unpromised.approvers":
    "Que las dos personas que aprueban dinero sean independientes. El registro muestra que son dos cuentas.",
  "unpromised.platform":
    "Que la empresa que opera los servidores no pueda leer sus secretos. Podría; no podría reescribir lo que firmaron los testigos.",
  "unpromised.crypto": "Que Ed25519 y SHA-256 nunca se rompan. Nada aquí descansa en otra cosa.",
  "guarantees.broken": "Si algo no concuerda",
  "guarantees.broken-note":
    "Guarda lo que tienes: el recibo, la página, el archivo. Envíalo a una comunidad de la que te fíes, no a este centro. Una prueba se verifica en cualquier parte, sin preguntar al acusado.",
};
