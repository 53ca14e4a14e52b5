-- the model registry: models, versions, aliases, privileges, history, routes
--
-- Users have SELECT at most, and of what their roles may see; all writing is done by functions that check
-- the rights of the caller. Names compare by bytes, so that they mean the same on every platform.
--
-- The tables have no foreign keys: those of an extension exist before its data, which pg_restore with several
-- jobs loads in any order. The functions are the only writers, and no row that others mean is ever deleted;
-- test/crash/consistent.sql holds what must be true between tables.

CREATE TABLE drift.models (
	model_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text COLLATE "C" NOT NULL
		CHECK (name <> '' AND length(name) <= 255 AND name = btrim(name) AND name !~ '[@/[:cntrl:]]'),
	owner regrole NOT NULL,
	description text,
	tags jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
	last_version integer NOT NULL DEFAULT 0 CHECK (last_version >= 0),
	required_approvals integer NOT NULL DEFAULT 0 CHECK (required_approvals >= 0),
	approver_roles regrole[] NOT NULL DEFAULT '{}',
	approval_expiry interval NOT NULL DEFAULT '30 days' CHECK (approval_expiry > '0'),
	max_rollback_attempts integer NOT NULL DEFAULT 3 CHECK (max_rollback_attempts >= 0),
	automatic_rollbacks integer NOT NULL DEFAULT 0 CHECK (automatic_rollbacks >= 0),
	frozen_at timestamptz,
	pinned boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	deleted_at timestamptz
);

CREATE UNIQUE INDEX models_name_key ON drift.models (name) WHERE deleted_at IS NULL;

COMMENT ON TABLE drift.models IS 'registered models; drift.register_model() makes one';
COMMENT ON COLUMN drift.models.name IS 'what functions take; no @ and no /, which separate an alias or a version';
COMMENT ON COLUMN drift.models.owner IS 'role whose members may do everything with the model and grant privileges on it';
COMMENT ON COLUMN drift.models.tags IS 'free keys and values';
COMMENT ON COLUMN drift.models.last_version IS 'number of the newest version; they count from 1 without gaps';
COMMENT ON COLUMN drift.models.required_approvals IS 'approvals a version needs before it may answer; 0: none';
COMMENT ON COLUMN drift.models.approver_roles IS 'roles of which each must be among the approvals by one of its members';
COMMENT ON COLUMN drift.models.approval_expiry IS 'how long a request for promotion stays open';
COMMENT ON COLUMN drift.models.max_rollback_attempts IS 'automatic rollbacks after which the model is frozen';
COMMENT ON COLUMN drift.models.automatic_rollbacks IS 'automatic rollbacks since a deployment last succeeded or the model was unfrozen';
COMMENT ON COLUMN drift.models.frozen_at IS 'since when nothing is deployed because too many deployments were rolled back; NULL: not frozen';
COMMENT ON COLUMN drift.models.pinned IS 'whether the champion was pinned, so that nothing else is deployed until it is unpinned';
COMMENT ON COLUMN drift.models.created_by IS 'role that registered the model, by its name then';
COMMENT ON COLUMN drift.models.deleted_at IS 'when the model was deleted: its history stays and its name is free; NULL: it was not';

CREATE TABLE drift.model_versions (
	model_id integer NOT NULL,
	version integer NOT NULL CHECK (version > 0),
	version_name text COLLATE "C" NOT NULL,
	status text NOT NULL DEFAULT 'ready' CHECK (status IN ('pending', 'ready', 'failed', 'deleted')),
	stage text NOT NULL DEFAULT 'none' CHECK (stage IN ('none', 'staging', 'production', 'archived')),
	description text,
	format text,
	task text,
	digest bytea CHECK (length(digest) = 32),
	size_bytes bigint CHECK (size_bytes >= 0),
	artefact_uri text,
	inputs jsonb CHECK (jsonb_typeof(inputs) = 'array'),
	parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
	metrics jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
	tags jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
	training_query text,
	training_rows bigint CHECK (training_rows >= 0),
	training_from timestamptz,
	training_to timestamptz,
	training_hash text,
	run_id text COLLATE "C",
	lineage jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(lineage) = 'object'),
	error text,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	PRIMARY KEY (model_id, version),
	UNIQUE (version_name, model_id),
	CHECK (training_from <= training_to),
	CHECK (status <> 'ready' OR (format IS NOT NULL AND digest IS NOT NULL AND (artefact_uri IS NOT NULL OR format <> 'external')))
);

CREATE INDEX model_versions_run_id ON drift.model_versions (run_id, model_id, version) WHERE run_id IS NOT NULL;
CREATE INDEX model_versions_created_at ON drift.model_versions (created_at, model_id, version);
CREATE INDEX model_versions_stage ON drift.model_versions (model_id, stage, version);
CREATE INDEX model_versions_tags ON drift.model_versions USING gin (tags jsonb_path_ops);

COMMENT ON TABLE drift.model_versions IS 'versions of registered models; drift.add_version() makes one';
COMMENT ON COLUMN drift.model_versions.version_name IS 'model, version and time in one name: model_vN_YYYYMMDD_HHMMSS, of UTC';
COMMENT ON COLUMN drift.model_versions.status IS 'pending (being made), ready, failed (error says why) or deleted (the artefact is gone)';
COMMENT ON COLUMN drift.model_versions.stage IS 'none, staging, production (it is the champion) or archived (it was)';
COMMENT ON COLUMN drift.model_versions.format IS 'where the artefact comes from: xgboost, lightgbm, onnx, json, drift, or external for one that is elsewhere; NULL until it is there';
COMMENT ON COLUMN drift.model_versions.task IS 'regression, binary, multiclass, or as the source calls it';
COMMENT ON COLUMN drift.model_versions.digest IS 'SHA-256 of the artefact';
COMMENT ON COLUMN drift.model_versions.artefact_uri IS 'where an outside artefact is';
COMMENT ON COLUMN drift.model_versions.inputs IS 'the signature: an array of objects with name and kind (number or text)';
COMMENT ON COLUMN drift.model_versions.parameters IS 'hyperparameters by name';
COMMENT ON COLUMN drift.model_versions.metrics IS 'numbers by name, as measured before registration';
COMMENT ON COLUMN drift.model_versions.training_query IS 'query that gave the training rows';
COMMENT ON COLUMN drift.model_versions.training_rows IS 'number of training rows';
COMMENT ON COLUMN drift.model_versions.training_from IS 'time of the first training row';
COMMENT ON COLUMN drift.model_versions.training_to IS 'time of the last training row';
COMMENT ON COLUMN drift.model_versions.training_hash IS 'hash of the training rows, so that the same data can be recognised';
COMMENT ON COLUMN drift.model_versions.run_id IS 'the run that trained the version, here or in another tracker';
COMMENT ON COLUMN drift.model_versions.lineage IS 'what else the version comes from: parent version, code revision, experiment, the registry it was imported from';
COMMENT ON COLUMN drift.model_versions.error IS 'why the version failed';

CREATE TABLE drift.model_artefacts (
	model_id integer NOT NULL,
	version integer NOT NULL,
	artefact drift.model NOT NULL,
	PRIMARY KEY (model_id, version)
);

COMMENT ON TABLE drift.model_artefacts IS 'the models themselves, apart from what is told about them';
COMMENT ON COLUMN drift.model_artefacts.artefact IS 'the model, as drift.score() and its relatives take it';

CREATE TABLE drift.model_aliases (
	model_id integer NOT NULL,
	alias text COLLATE "C" NOT NULL
		CHECK (alias ~ '^[[:alnum:]_-]{1,63}$' AND alias <> 'latest' AND alias !~* '^v[0-9]+$'),
	version integer NOT NULL,
	PRIMARY KEY (model_id, alias)
);

CREATE INDEX model_aliases_version ON drift.model_aliases (model_id, version);

COMMENT ON TABLE drift.model_aliases IS 'names for versions that move: champion, challenger, staging, shadow and free ones';
COMMENT ON COLUMN drift.model_aliases.alias IS 'letters, digits, _ and -; not latest and not v with a number, which would look like versions';

CREATE TABLE drift.model_privileges (
	model_id integer NOT NULL,
	grantee regrole NOT NULL,
	privilege text NOT NULL CHECK (privilege IN ('read', 'predict', 'operate', 'approve')),
	grantor regrole NOT NULL,
	granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (model_id, grantee, privilege)
);

COMMENT ON TABLE drift.model_privileges IS 'who may do what with a model besides its owner; each privilege includes read';
COMMENT ON COLUMN drift.model_privileges.grantee IS 'the role; - is everybody';
COMMENT ON COLUMN drift.model_privileges.grantor IS 'the owner of the model, whose members see what it granted';
COMMENT ON COLUMN drift.model_privileges.privilege IS 'read (see it and score by its name), predict (routed), operate (add versions, deploy, roll back) or approve (review requests for promotion)';

CREATE TABLE drift.model_events (
	event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	event text NOT NULL,
	version integer,
	alias text COLLATE "C",
	previous_event_id bigint,
	deployment_id bigint,
	details jsonb NOT NULL DEFAULT '{}',
	reason text,
	actor text NOT NULL,
	login text NOT NULL,
	happened_at timestamptz NOT NULL,
	transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE INDEX model_events_model ON drift.model_events (model_id, event_id);
CREATE INDEX model_events_alias ON drift.model_events (model_id, alias, happened_at) WHERE alias IS NOT NULL;

COMMENT ON TABLE drift.model_events IS 'what happened to models, who did it, when and why; rows are only added';
COMMENT ON COLUMN drift.model_events.event IS 'what happened, for example model_registered, version_added, alias_set, alias_removed';
COMMENT ON COLUMN drift.model_events.alias IS 'the alias that was set to version, or removed where version is NULL';
COMMENT ON COLUMN drift.model_events.previous_event_id IS 'of a champion: the event of the champion that a rollback returns to; NULL: none';
COMMENT ON COLUMN drift.model_events.deployment_id IS 'deployment that caused the event';
COMMENT ON COLUMN drift.model_events.actor IS 'role that acted, by its name then: after SET ROLE that role, inside a function the caller''s';
COMMENT ON COLUMN drift.model_events.login IS 'role that had logged in';
COMMENT ON COLUMN drift.model_events.happened_at IS 'when; later events of a model have later times';

CREATE TABLE drift.routes (
	model_id integer NOT NULL,
	arm text NOT NULL CHECK (arm IN ('champion', 'challenger', 'shadow')),
	version integer NOT NULL,
	first_bucket integer CHECK (first_bucket >= 0),
	end_bucket integer CHECK (end_bucket <= 10000),
	salt text NOT NULL,
	digest bytea,
	PRIMARY KEY (model_id, arm),
	CHECK ((first_bucket IS NULL) = (arm = 'shadow') AND (end_bucket IS NULL) = (arm = 'shadow')),
	CHECK (first_bucket <= end_bucket)
);

COMMENT ON TABLE drift.routes IS 'which version answers now: arms of a model and their buckets of 10,000, kept by deployments and aliases';
COMMENT ON COLUMN drift.routes.arm IS 'champion; challenger, which has the buckets from 0; shadow, which is scored and does not answer';
COMMENT ON COLUMN drift.routes.first_bucket IS 'first bucket of the arm; NULL for a shadow';
COMMENT ON COLUMN drift.routes.end_bucket IS 'the bucket after the last one of the arm';
COMMENT ON COLUMN drift.routes.salt IS 'hashed with the key, so that deployments split entities independently';
COMMENT ON COLUMN drift.routes.digest IS 'digest of the version''s artefact; NULL where it is outside the database';

-- Users read what the roles they are in may see. The lists of models are made once for a query, not for each row.

ALTER TABLE drift.models ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.model_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.model_artefacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.model_aliases ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.model_privileges ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.model_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.routes ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.model_privileges FOR SELECT
	USING (grantee = 0::oid OR pg_has_role(grantee, 'USAGE') OR pg_has_role(grantor, 'USAGE'));
CREATE POLICY visible ON drift.models FOR SELECT
	USING (pg_has_role(owner, 'USAGE') OR model_id IN (
		SELECT p.model_id FROM drift.model_privileges AS p WHERE p.grantee = 0::oid OR pg_has_role(p.grantee, 'USAGE')));
CREATE POLICY visible ON drift.model_versions FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.model_artefacts FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.model_aliases FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.model_events FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.routes FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));

GRANT SELECT ON drift.models, drift.model_versions, drift.model_artefacts, drift.model_aliases, drift.model_privileges,
	drift.model_events, drift.routes TO PUBLIC;
-- pg_dump reads sequences, and the table at the end, as whoever dumps.
GRANT SELECT ON SEQUENCE drift.models_model_id_seq, drift.model_events_event_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.models', '');
SELECT pg_extension_config_dump('drift.models_model_id_seq', '');
SELECT pg_extension_config_dump('drift.model_versions', '');
SELECT pg_extension_config_dump('drift.model_artefacts', '');
SELECT pg_extension_config_dump('drift.model_aliases', '');
SELECT pg_extension_config_dump('drift.model_privileges', '');
SELECT pg_extension_config_dump('drift.model_events', '');
SELECT pg_extension_config_dump('drift.model_events_event_id_seq', '');
SELECT pg_extension_config_dump('drift.routes', '');

-- History is only added to, whoever asks. Inserts are left alone: a restore makes them.
CREATE FUNCTION drift_internal.keep_history() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'rows of % are never changed', TG_RELID::regclass
		USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'They are the history that audits rely on.';
END
$$;

COMMENT ON FUNCTION drift_internal.keep_history() IS 'trigger that refuses to change or remove rows of a history';

CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE OR TRUNCATE ON drift.model_events
	FOR EACH STATEMENT EXECUTE FUNCTION drift_internal.keep_history();

-- The cluster that the registry belongs to. No row until something is registered, so that a restore,
-- which runs the installation first, brings the row of the cluster that was dumped.
CREATE TABLE drift_internal.cluster (
	only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	system_identifier bigint NOT NULL,
	database oid NOT NULL,
	adopted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	adopted_by text NOT NULL
);

COMMENT ON TABLE drift_internal.cluster IS 'cluster and database that the registry belongs to; in another one nothing is delivered or retrained until drift.adopt_cluster()';

GRANT SELECT ON drift_internal.cluster TO PUBLIC;

SELECT pg_extension_config_dump('drift_internal.cluster', '');
