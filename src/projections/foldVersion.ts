/**
 * The version of the fold: what the documents of the views mean. A build that folds differently raises it, and so fills
 * a new generation (R33), in which aggregates that an older build had frozen thaw.
 *
 *   1  documents, purchases, keys, the list of guilds
 *   2  leaderboards
 *   3  events are read without the Unicode tables of Node
 *   4  the prices of swords, open trades, monsters beaten
 */
export const FOLD_VERSION = 4
