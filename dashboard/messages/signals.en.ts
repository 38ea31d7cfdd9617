/** English, suppliers: signals, offers, alerts. */
export const signalsEn = {};
