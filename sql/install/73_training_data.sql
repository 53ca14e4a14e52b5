-- what is said of training rows before anything is trained on them

CREATE TYPE drift_internal.validation AS (
	name text,
	severity text,
	passed boolean,
	text text,
	details jsonb
);

COMMENT ON TYPE drift_internal.validation IS 'whether training rows are as they must be: what was looked at, whether it forbids training (error) or not (warning), whether it holds, and what is missing in words';

CREATE TYPE drift_internal.training_frame AS (
	model_id integer,
	owner regrole,
	path text,
	source text,
	columns text[],
	label text,
	label_type oid,
	is_class boolean,
	features text[],
	left_out text[],
	time_expression text,
	labelled_expression text,
	weight_expression text,
	key_expression text,
	champion integer,
	champion_task text,
	as_of timestamptz,
	new_from timestamptz,
	last_run_to timestamptz,
	options jsonb,
	config jsonb
);

COMMENT ON TYPE drift_internal.training_frame IS 'training rows before any is read: the query, what its columns are for, expressions over its rows, which are called source, and from when on rows are new';

CREATE TYPE drift_internal.training_split AS (
	by_time boolean,
	strategy text,
	rows_from timestamptz,
	train_to timestamptz,
	valid_from timestamptz,
	valid_to timestamptz,
	test_from timestamptz,
	test_to timestamptz,
	embargo interval,
	test_share double precision,
	valid_share double precision,
	seed bigint,
	old_weight double precision,
	new_weight double precision,
	old_kept double precision,
	new_kept double precision
);

COMMENT ON TYPE drift_internal.training_split IS 'which training rows are for what: times, or shares of hashes; and by side the weight of a row and the share of rows that is kept';

CREATE TYPE drift_internal.rare_class AS (
	class text,
	n bigint,
	total bigint
);

COMMENT ON TYPE drift_internal.rare_class IS 'a class, its rows, and those of all classes';
