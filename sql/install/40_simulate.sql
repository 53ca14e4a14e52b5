-- what the steps of a simulation hand to each other

CREATE TYPE drift_internal.simulated_column AS (
	ordinal integer,
	column_name text,
	type_name text,
	family text
);
COMMENT ON TYPE drift_internal.simulated_column IS 'a column of a simulated relation: its place, its name, its type as SQL writes it on the pinned path, and drift''s family of the type';
