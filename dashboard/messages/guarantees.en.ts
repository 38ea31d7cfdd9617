/** English, what is proven and what is not. */
export const guaranteesEn = {
  "guarantees.link": "What is guaranteed, under which assumption, and what is not",
  "guarantees.title": "What you can rely on",
  "guarantees.lead":
    "Each line says what is proven, who can see the proof, and what must be true for it to hold. Nothing here asks you to trust this hub.",
  "guarantees.proven": "What is proven",
  "guarantees.what": "What",
  "guarantees.whom": "To whom, and how",
  "guarantees.if": "As long as",
  "guarantees.witnesses": "Who the witnesses are, and how many must sign",
  "guarantee.sums": "Every published total is the sum of the signed entries",
  "guarantee.sums-whom": "To anyone: “Check this” and the command download the log and add it up again.",
  "guarantee.sums-if": "your device runs the published code",
  "guarantee.past": "The past is not rewritten",
  "guarantee.past-whom":
    "To whoever saw an earlier state, at once; to everyone through the witnesses, who sign only what continues what they signed before.",
  "guarantee.past-if":
    "fewer witnesses work for the hub than two groups of signers must have in common: where k of n must sign, fewer than 2k − n",
  "guarantee.mine": "Your pledge is inside the published number",
  "guarantee.mine-whom":
    "To you and whoever you show the receipt: from your passkey’s signature through the community’s book and the log to the total, each step in your browser.",
  "guarantee.mine-if":
    "you keep the receipt, and your community’s book is the one that counts. If it was lost and begun anew, the receipt says so",
  "guarantee.receipts": "What the hub gave a receipt for is in its log by the day it named",
  "guarantee.receipts-whom":
    "To anyone who holds the signed receipt. Each community looks for its own by itself, and makes the proof when an entry is not where it should be.",
  "guarantee.receipts-if": "the receipt is kept, and the log that others see is the one that was looked at",
  "guarantee.books": "A community’s report agrees with its public book",
  "guarantee.books-whom":
    "To anyone: the hub’s verdict is signed and logged, and its copy of the book stays readable when the community is gone.",
  "guarantee.books-if":
    "somebody looks, and one copy of the book can still be read; a wrong verdict is evidence against the hub",
  "guarantee.resets": "A community that lost its book begins another one in sight of all",
  "guarantee.resets-whom":
    "To anyone: the log says when, how often and with which reason, and what counted until then. From that entry on its old pledges do not count; what its members had signed counts only once it is in the new book and a report over that was checked.",
  "guarantee.resets-if":
    "the past is not rewritten. The old book can be checked as long as a copy is kept, as the hub does",
  "guarantee.samples":
    "In an audit that is in order, the pledges that were opened were signed by keys registered beforehand",
  "guarantee.samples-whom":
    "To the hub, to whom they were opened. To everyone: who gave to the lot, that the community answered, under its own signature in the log, and what the hub says it found. Failed, unanswered and never judged audits are shown alike; that there was no answer, or one to fewer pledges than were drawn, is evidence by itself.",
  "guarantee.samples-if":
    "the hub does not work with the community: what was opened is seen by it alone. That nobody could foresee the lot holds unless everybody who gave to it works with them too. It says nothing of who the people are",
  "guarantee.two-faces": "Nobody can sign two different stories unpunished",
  "guarantee.two-faces-whom":
    "To anyone who holds both: two signed versions that contradict each other are proof by themselves. A community with two different reports under one number is left out by a fixed rule; of two versions of a log each honest witness signs one at most.",
  "guarantee.two-faces-if": "the two stories reach one honest party",
  "guarantee.conditions": "A grant that waits for demand is paid only when the demand was there",
  "guarantee.conditions-whom": "To anyone: the release names the log entry since which it had held, long enough.",
  "guarantee.conditions-if": "the pledges were checked against the communities’ books, as all counted ones are",
  "guarantee.money": "Every unit of recorded money is accounted for",
  "guarantee.money-whom":
    "To anyone: transfers balance, nothing is spent that was not there, and what gives money away names two different people of the hub.",
  "guarantee.money-if": "the bank’s statements are recorded truly: the log shows what was recorded, not the bank",
  "guarantee.keys": "A lost or stolen key does not change what was signed before",
  "guarantee.keys-whom":
    "To anyone: every key is in the log from its entry on, also a witness’s that was renewed, and old entries are read under the key of their time. A witness with a new key still signs only what continues what it signed under the old one.",
  "guarantee.keys-if":
    "recovery keys are kept offline, as the deployment asks. What a thief signs before the key is replaced does count",
  "guarantees.not": "What nobody here promises",
  "guarantees.not-note": "Mathematics does not reach these. People do, or nobody does.",
  "unpromised.people":
    "That each account is another person. A community knows its members; that they are distinct and alive is its word.",
  "unpromised.lost":
    "That a book which was begun anew had really been lost. The log holds the reason and the number of times; the reason is the community’s word.",
  "unpromised.purchase":
    "That a pledge becomes a purchase. We show how many were kept, and how sure that makes a forecast.",
  "unpromised.admission":
    "That everyone is let in. A hub decides which communities and campaigns it lists, and its reasons are logged.",
  "unpromised.silence":
    "That something which was refused or ignored before a receipt was given can be proven. It can only be seen. After the receipt it is proof.",
  "unpromised.impact":
    "That packaging weights, prices and impact data were true where they came from. Their sources are named.",
  "unpromised.approvers":
    "That the two people who approve money are independent of each other. The log shows that they are two accounts.",
  "unpromised.platform":
    "That the company which runs the servers could not read their secrets. It could; it could not rewrite what witnesses have signed.",
  "unpromised.crypto": "That Ed25519 and SHA-256 will never be broken. Nothing here rests on anything else.",
  "guarantees.broken": "If something does not agree",
  "guarantees.broken-note":
    "Keep what you have: the receipt, the page, the file. Send it to a community you trust, not to this hub. Evidence verifies anywhere, without asking the accused.",
};
