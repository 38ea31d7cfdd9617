/** English, pages about money: funds, awards, flows, targeting. */
export const fundingEn = {};
