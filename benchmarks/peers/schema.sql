-- The same economy as a plain database keeps it: the state is the truth, and the history a table beside it.

CREATE TABLE players (
  id text PRIMARY KEY,
  name text NOT NULL,
  region text NOT NULL,
  gold bigint NOT NULL CHECK (gold >= 0)
) WITH (fillfactor = 70);

CREATE TABLE inventory (
  player text NOT NULL REFERENCES players,
  sword text NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (player, sword)
) WITH (fillfactor = 70);

CREATE TABLE purchases (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  player text NOT NULL REFERENCES players,
  key text NOT NULL,
  sword text NOT NULL,
  price bigint NOT NULL,
  region text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (player, key)
);
