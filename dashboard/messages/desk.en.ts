/** English, the desks where money and offers are handled: console, funder, supplier. */
export const deskEn = {};
