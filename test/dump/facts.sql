-- Everything that a dump must carry, as text.
SELECT name, profile::text, octet_length(drift.profile_send(profile)) FROM profiles ORDER BY name COLLATE "C";
SELECT day, columns::text FROM daily ORDER BY day;
SELECT * FROM verdict ORDER BY current COLLATE "C";
SELECT name, md5(model::text), md5(drift.model_send(model)::text), drift.describe(model)->'columns' FROM models.kept ORDER BY name COLLATE "C";
SELECT * FROM models.scores ORDER BY name COLLATE "C", id;
\ir registry_facts.sql
