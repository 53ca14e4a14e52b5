# drift: PGXS build.
#
#   make && make install    build and install for the pg_config on the PATH
#   make installcheck       pg_regress against a running server
#   make unit               the kernel's unit tests, without PostgreSQL
#   make demo|check|bench|fuzz|sqlsmith|crash|quiet|reference|security|lint|browser|matrix
#                           the same as sh test/run <name>: install what is
#                           missing, start a throwaway cluster, clean up

EXTENSION = drift
MODULE_big = drift

COMMA = ,

# The control file is the source of truth for the version.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" drift.control)

# Order matters: a fragment may use what an earlier one made.
SQL_INSTALL = \
	sql/install/00_header.sql \
	sql/install/10_schema.sql \
	sql/install/20_types.sql \
	sql/install/25_association.sql \
	sql/install/26_model.sql \
	sql/install/27_model_tests.sql \
	sql/install/28_metrics.sql \
	sql/install/28_binary_metrics.sql \
	sql/install/30_thresholds.sql \
	sql/install/35_compare.sql \
	sql/install/36_concept_drift.sql \
	sql/install/37_multivariate.sql \
	sql/install/38_describe.sql \
	sql/install/40_simulate.sql \
	sql/install/50_registry.sql \
	sql/install/52_governance.sql \
	sql/install/54_predictions.sql \
	sql/install/56_deployments.sql \
	sql/install/58_monitors.sql \
	sql/install/60_checks.sql \
	sql/install/62_schedules.sql \
	sql/install/64_performance.sql \
	sql/install/66_fairness.sql \
	sql/install/66_evaluations.sql \
	sql/install/68_estimates.sql \
	sql/install/70_detectors.sql \
	sql/install/72_training.sql \
	sql/install/73_training_data.sql \
	sql/install/74_online.sql \
	sql/install/76_validations.sql \
	sql/install/80_delivery.sql \
	sql/install/81_templates.sql \
	sql/install/82_reports.sql

SQL_FUNCTIONS = \
	sql/functions/40_profile.sql \
	sql/functions/45_profile_agg.sql \
	sql/functions/46_window_profiles.sql \
	sql/functions/47_model.sql \
	sql/functions/48_explain.sql \
	sql/functions/50_profile_statistics.sql \
	sql/functions/55_binary_decisions.sql \
	sql/functions/55_binary_losses.sql \
	sql/functions/55_binary_scores.sql \
	sql/functions/55_labelled_statistics.sql \
	sql/functions/55_multiclass.sql \
	sql/functions/55_regression_metrics.sql \
	sql/functions/55_ranking.sql \
	sql/functions/55_multiclass_probabilities.sql \
	sql/functions/56_category_tests.sql \
	sql/functions/56_chance.sql \
	sql/functions/56_distribution_tests.sql \
	sql/functions/56_library_verdicts.sql \
	sql/functions/57_sample_tests.sql \
	sql/functions/58_estimates.sql \
	sql/functions/58_permutation.sql \
	sql/functions/59_relations.sql \
	sql/functions/60_query.sql \
	sql/functions/61_p_values.sql \
	sql/functions/61_paired_tests.sql \
	sql/functions/61_delong_test.sql \
	sql/functions/61_paired_values.sql \
	sql/functions/61_bootstrap_metric.sql \
	sql/functions/61_count_tests.sql \
	sql/functions/61_words.sql \
	sql/functions/62_detectors.sql \
	sql/functions/62_learners.sql \
	sql/functions/62_thresholds.sql \
	sql/functions/63_read.sql \
	sql/functions/64_plan.sql \
	sql/functions/64_bins.sql \
	sql/functions/65_verdict.sql \
	sql/functions/66_library.sql \
	sql/functions/66_compare.sql \
	sql/functions/66_prediction_drift.sql \
	sql/functions/66_fairness_rows.sql \
	sql/functions/66_fairness.sql \
	sql/functions/66_concept_tables.sql \
	sql/functions/66_concept_drift.sql \
	sql/functions/66_multivariate_rows.sql \
	sql/functions/66_reconstruction.sql \
	sql/functions/66_domain_classifier.sql \
	sql/functions/67_histogram.sql \
	sql/functions/68_describe.sql \
	sql/functions/68_profile_diff.sql \
	sql/functions/69_describe_changes.sql \
	sql/functions/69_target_drift.sql \
	sql/functions/69_comprehensive_analysis.sql \
	sql/functions/70_render_text.sql \
	sql/functions/70_render_markdown.sql \
	sql/functions/70_report.sql \
	sql/functions/71_simulate_random.sql \
	sql/functions/71_simulate_spec.sql \
	sql/functions/71_simulate_check.sql \
	sql/functions/72_simulate_facts.sql \
	sql/functions/72_simulate_columns.sql \
	sql/functions/72_simulate_rows.sql \
	sql/functions/73_simulate.sql \
	sql/functions/80_access.sql \
	sql/functions/80_channels.sql \
	sql/functions/80_events.sql \
	sql/functions/80_alerts.sql \
	sql/functions/80_sessions.sql \
	sql/functions/81_html_style.sql \
	sql/functions/81_html.sql \
	sql/functions/81_plots.sql \
	sql/functions/81_html_markdown.sql \
	sql/functions/81_route.sql \
	sql/functions/81_send.sql \
	sql/functions/82_models.sql \
	sql/functions/82_version_facts.sql \
	sql/functions/82_versions.sql \
	sql/functions/82_pending_versions.sql \
	sql/functions/82_aliases.sql \
	sql/functions/82_channel_views.sql \
	sql/functions/82_privileges.sql \
	sql/functions/82_training.sql \
	sql/functions/82_transfer.sql \
	sql/functions/82_views.sql \
	sql/functions/83_train.sql \
	sql/functions/83_run_alerts.sql \
	sql/functions/83_runs.sql \
	sql/functions/83_run_steps.sql \
	sql/functions/83_outside_runs.sql \
	sql/functions/83_domain_folds.sql \
	sql/functions/84_people.sql \
	sql/functions/84_policy.sql \
	sql/functions/84_evidence.sql \
	sql/functions/84_requests.sql \
	sql/functions/84_cards.sql \
	sql/functions/84_card_markdown.sql \
	sql/functions/84_review.sql \
	sql/functions/83_split.sql \
	sql/functions/84_audit.sql \
	sql/functions/85_predict.sql \
	sql/functions/85_predict_batch.sql \
	sql/functions/85_route.sql \
	sql/functions/85_score_named.sql \
	sql/functions/85_importance_shift.sql \
	sql/functions/85_prediction_diff.sql \
	sql/functions/85_batch_predict.sql \
	sql/functions/86_log_names.sql \
	sql/functions/86_prediction_ids.sql \
	sql/functions/86_log_partitions.sql \
	sql/functions/86_partman.sql \
	sql/functions/86_log_registration.sql \
	sql/functions/86_prediction_log.sql \
	sql/functions/86_log_features.sql \
	sql/functions/86_log_maintenance.sql \
	sql/functions/86_forget.sql \
	sql/functions/87_outcomes_table.sql \
	sql/functions/87_record_outcome.sql \
	sql/functions/87_match_predictions.sql \
	sql/functions/87_record_outcomes.sql \
	sql/functions/87_labels.sql \
	sql/functions/87_estimators.sql \
	sql/functions/87_fit_loss_model.sql \
	sql/functions/87_estimate_performance.sql \
	sql/functions/87_performance_metrics.sql \
	sql/functions/88_cluster.sql \
	sql/functions/88_health.sql \
	sql/functions/88_uninstall.sql \
	sql/functions/89_deployment_options.sql \
	sql/functions/89_deployment.sql \
	sql/functions/89_deploy.sql \
	sql/functions/89_steps.sql \
	sql/functions/89_rollback.sql \
	sql/functions/89_hold.sql \
	sql/functions/89_analysis_rows.sql \
	sql/functions/89_analysis_terms.sql \
	sql/functions/89_analysis_quality.sql \
	sql/functions/89_analysis.sql \
	sql/functions/89_advance.sql \
	sql/functions/89_outbox.sql \
	sql/functions/89_challenger_options.sql \
	sql/functions/89_challenger_rows.sql \
	sql/functions/89_challenger_verdict.sql \
	sql/functions/89_challenger.sql \
	sql/functions/89_challenger_report.sql \
	sql/functions/89_model_fairness.sql \
	sql/functions/89_run_views.sql \
	sql/functions/89_run_findings.sql \
	sql/functions/90_largest.sql \
	sql/functions/90_monitor_access.sql \
	sql/functions/90_config_keys.sql \
	sql/functions/90_config.sql \
	sql/functions/90_config_check.sql \
	sql/functions/90_config_load.sql \
	sql/functions/91_source_now.sql \
	sql/functions/91_source_rows.sql \
	sql/functions/91_baseline_rows.sql \
	sql/functions/91_baselines.sql \
	sql/functions/91_outcome_columns.sql \
	sql/functions/91_monitor_columns.sql \
	sql/functions/91_feature_config.sql \
	sql/functions/91_monitors.sql \
	sql/functions/91_online_rows.sql \
	sql/functions/91_online.sql \
	sql/functions/91_online_learn.sql \
	sql/functions/91_baseline_health.sql \
	sql/functions/91_change_monitor.sql \
	sql/functions/91_custom_metrics.sql \
	sql/functions/91_accept_windows.sql \
	sql/functions/92_read_as.sql \
	sql/functions/92_window_times.sql \
	sql/functions/92_window_queries.sql \
	sql/functions/92_window_store.sql \
	sql/functions/92_merged_windows.sql \
	sql/functions/92_window_anchor.sql \
	sql/functions/92_new_rows.sql \
	sql/functions/92_stale_areas.sql \
	sql/functions/92_refresh_windows.sql \
	sql/functions/92_rebuild_windows.sql \
	sql/functions/92_track_changes.sql \
	sql/functions/92_purge_history.sql \
	sql/functions/93_check_spans.sql \
	sql/functions/93_check_columns.sql \
	sql/functions/93_check_verdict.sql \
	sql/functions/93_run_check.sql \
	sql/functions/93_check_views.sql \
	sql/functions/93_check_volume.sql \
	sql/functions/93_check_performance.sql \
	sql/functions/93_check_metrics.sql \
	sql/functions/93_performance_baselines.sql \
	sql/functions/93_performance.sql \
	sql/functions/93_performance_views.sql \
	sql/functions/93_check_estimates.sql \
	sql/functions/94_calibrate.sql \
	sql/functions/94_expectations.sql \
	sql/functions/94_explain_check.sql \
	sql/functions/94_training_options.sql \
	sql/functions/94_training_source.sql \
	sql/functions/94_training_rows.sql \
	sql/functions/94_training_strategy.sql \
	sql/functions/94_training_split.sql \
	sql/functions/94_training_plan.sql \
	sql/functions/94_training_config.sql \
	sql/functions/94_validate.sql \
	sql/functions/94_validate_plan.sql \
	sql/functions/95_alert_causes.sql \
	sql/functions/95_silences.sql \
	sql/functions/95_tune_alerts.sql \
	sql/functions/95_alerts.sql \
	sql/functions/96_triggers.sql \
	sql/functions/96_retraining.sql \
	sql/functions/96_message_email.sql \
	sql/functions/96_message_facts.sql \
	sql/functions/96_message_issue.sql \
	sql/functions/96_message_request.sql \
	sql/functions/96_message_words.sql \
	sql/functions/96_message_slack.sql \
	sql/functions/96_message_templates.sql \
	sql/functions/96_reasons.sql \
	sql/functions/96_decide.sql \
	sql/functions/97_cron.sql \
	sql/functions/97_message_test.sql \
	sql/functions/97_pg_cron.sql \
	sql/functions/97_schedules.sql \
	sql/functions/97_schedule.sql \
	sql/functions/97_detectors.sql \
	sql/functions/97_update_detectors.sql \
	sql/functions/97_alert_mutes.sql \
	sql/functions/97_route_rules.sql \
	sql/functions/97_route_messages.sql \
	sql/functions/97_route.sql \
	sql/functions/97_alert_rules.sql \
	sql/functions/97_deliver_result.sql \
	sql/functions/97_deliver_claim.sql \
	sql/functions/97_deliver.sql \
	sql/functions/97_deliver_by_hand.sql \
	sql/functions/97_job_steps.sql \
	sql/functions/97_deliver_schedule.sql \
	sql/functions/97_job_runs.sql \
	sql/functions/97_run.sql \
	sql/functions/97_cycle.sql \
	sql/functions/97_job_views.sql \
	sql/functions/98_guard.sql \
	sql/functions/98_guard_batch.sql \
	sql/functions/98_learn_batch.sql \
	sql/functions/98_report_columns.sql \
	sql/functions/98_report_model.sql \
	sql/functions/98_report_check.sql \
	sql/functions/98_report_html_words.sql \
	sql/functions/98_report_html_columns.sql \
	sql/functions/98_report_html_head.sql \
	sql/functions/98_report_html_story.sql \
	sql/functions/98_report_html_monitoring.sql \
	sql/functions/98_report_html_versions.sql \
	sql/functions/98_report_html.sql \
	sql/functions/98_report_monitoring.sql \
	sql/functions/98_report_versions.sql \
	sql/functions/98_report_keep.sql \
	sql/functions/98_metric_line.sql \
	sql/functions/98_maturity.sql \
	sql/functions/98_delivery_health.sql \
	sql/functions/98_health.sql \
	sql/functions/98_views_monitors.sql \
	sql/functions/98_views_features.sql \
	sql/functions/98_views_performance.sql \
	sql/functions/98_views_volume.sql \
	sql/functions/98_views_pipeline.sql \
	sql/functions/98_views_models.sql \
	sql/functions/98_views_alerts.sql \
	sql/functions/98_dashboard_json.sql \
	sql/functions/98_dashboard_html.sql \
	sql/functions/98_prometheus_families.sql \
	sql/functions/98_prometheus_models.sql \
	sql/functions/98_prometheus_checks.sql \
	sql/functions/98_prometheus_windows.sql \
	sql/functions/98_prometheus_work.sql \
	sql/functions/98_prometheus.sql \
	sql/functions/99_retrain_start.sql \
	sql/functions/99_retrain_rows.sql \
	sql/functions/99_retrain_trials.sql \
	sql/functions/99_retrain_verdict.sql \
	sql/functions/99_retrain_version.sql \
	sql/functions/99_tune_space.sql \
	sql/functions/99_tune.sql \
	sql/functions/99_retrain.sql \
	sql/functions/99_timeline.sql \
	sql/functions/99_gates_measure.sql \
	sql/functions/99_gates_evaluate.sql \
	sql/functions/99_gates_judge.sql \
	sql/functions/99_deploy_if_better.sql \
	sql/functions/99_validation_rows.sql \
	sql/functions/99_validate_deployment.sql

SQL_SCRIPT = sql/$(EXTENSION)--$(EXTVERSION).sql
SQL_UPDATES = $(patsubst sql/updates/%.sql,sql/$(EXTENSION)--%.sql,$(wildcard sql/updates/*--$(EXTVERSION).sql))

# Install scripts of earlier releases are frozen in sql/release.
DATA = $(filter-out sql/release/$(EXTENSION)--$(EXTVERSION).sql,$(wildcard sql/release/$(EXTENSION)--*.sql))
DATA_built = $(SQL_SCRIPT) $(SQL_UPDATES)

# Readers of wire formats that protoc-c writes from their descriptions.
GENERATED = $(patsubst %.proto,%.pb-c.c,$(wildcard src/model/*.proto))
SOURCES = $(sort $(filter-out %.pb-c.c,$(wildcard src/*.c src/stats/*.c src/model/*.c src/train/*.c \
	src/pg/*.c src/registry/*.c)))
INCLUDES = $(filter-out %.pb-c.h,$(wildcard src/*.h src/stats/*.h src/model/*.h src/train/*.h \
	src/pg/*.h src/registry/*.h src/drift_train/*.h src/drift_http/*.h))
OBJS = $(SOURCES:.c=.o) $(GENERATED:.c=.o)
SHLIB_LINK = -lprotobuf-c

# -ffp-contract is a preprocessor flag here because the compiler that writes
# the JIT's bitcode sees only those, and must not fuse multiply and add either.
PG_CPPFLAGS = -I$(srcdir)/src -ffp-contract=off -DDRIFT_VERSION=\"$(EXTVERSION)\"
PG_CFLAGS = -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
	-Wno-sign-compare -Wno-declaration-after-statement $(if $(filter 1,$(WERROR)),-Werror)
SHLIB_EXPORTS = build/exports.txt

REGRESS = $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=$(EXTENSION)

# Interleaved sessions. The fixture is what all of them begin with. Who names tests of the other kind wants only those.
ISOLATION := $(if $(filter file,$(origin REGRESS)),\
	fixture $(filter-out fixture,$(sort $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec)))))
ISOLATION_OPTS = --inputdir=test --outputdir=. --load-extension=$(EXTENSION)

# pg_regress takes ./sql/NAME.sql before test/sql/NAME.sql.
SHADOWED = $(filter $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)),$(REGRESS))
ifneq (,$(SHADOWED))
$(error test names shadowed by files in sql/: $(SHADOWED))
endif

# What training with XGBoost needs of libxgboost, and what messages need of
# libcurl, are libraries of their own, loaded when somebody first needs them.
# Where there is no header, there is none: make XGBOOST=no or CURL=no leaves it
# out, XGBOOST=yes or CURL=yes insists.
TRAIN_SOURCES = $(wildcard src/drift_train/*.c)
TRAIN_OBJS = $(TRAIN_SOURCES:.c=.o)
HTTP_SOURCES = $(wildcard src/drift_http/*.c)
HTTP_OBJS = $(HTTP_SOURCES:.c=.o)

EXTRA_CLEAN = $(TRAIN_OBJS) $(HTTP_OBJS) drift_train$(DLSUFFIX) drift_http$(DLSUFFIX) $(GENERATED) $(GENERATED:.c=.h) build results regression.diffs regression.out sql/$(EXTENSION)--*.sql

RUN_TARGETS = demo check bench fuzz sqlsmith crash quiet reference security lint browser matrix

ifneq (,$(filter $(RUN_TARGETS),$(MAKECMDGOALS)))

# PGXS has a target named check, and a bare machine has no PGXS yet.
.PHONY: $(RUN_TARGETS)
$(RUN_TARGETS):
	sh test/run $@

else ifneq (,$(filter unit format,$(MAKECMDGOALS)))

.PHONY: unit format
unit:
	$(MAKE) -f test/kernel.mk unit
format:
	clang-format-14 -i $(SOURCES) $(TRAIN_SOURCES) $(HTTP_SOURCES) $(INCLUDES) $(wildcard test/unit/*.[ch] test/fuzz/*.[ch])

else

PG_CONFIG = pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(OBJS) $(OBJS:.o=.bc) $(TRAIN_OBJS) $(HTTP_OBJS): $(INCLUDES) $(GENERATED) build/server

XGBOOST := $(if $(XGBOOST),$(XGBOOST),$(shell echo '#include <xgboost/c_api.h>' | \
	$(CC) $(CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo yes || echo no))

# Names of protocols as texts came with 7.85, an end that does not wait for names with 7.87.
CURL := $(if $(CURL),$(CURL),$(shell printf '%s\n' '\#include <curl/curl.h>' '\#if LIBCURL_VERSION_NUM < 0x075700' '\#error' '\#endif' | \
	$(CC) $(CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo yes || echo no))

# $(call own_library,NAME,OBJECTS,LIBRARY,SYMBOL): exports what the server and drift ask for, and nothing else.
define own_library
all: $(1)$(DLSUFFIX)

$(1)$(DLSUFFIX): $(2) build/$(1)_exports.txt
	$$(CC) $$(CFLAGS) $(2) $$(LDFLAGS) -shared -o $$@ $(3) \
		$$(if $$(filter linux,$$(PORTNAME)),-Wl$$(COMMA)--version-script=build/$(1)_exports.txt)

build/$(1)_exports.txt: Makefile
	@mkdir -p $$(@D)
	echo '{ global: Pg_magic_func; _PG_init; $(4); local: *; };' > $$@

install: install-$(1)
uninstall: uninstall-$(1)

.PHONY: install-$(1) uninstall-$(1)
install-$(1): $(1)$(DLSUFFIX)
	$$(MKDIR_P) '$$(DESTDIR)$$(pkglibdir)'
	$$(INSTALL_SHLIB) $$< '$$(DESTDIR)$$(pkglibdir)/$$<'
uninstall-$(1):
	rm -f '$$(DESTDIR)$$(pkglibdir)/$(1)$(DLSUFFIX)'
endef

ifeq ($(XGBOOST),yes)
$(eval $(call own_library,drift_train,$(TRAIN_OBJS),-lxgboost,drift_boost_library))
endif
ifeq ($(CURL),yes)
$(eval $(call own_library,drift_http,$(HTTP_OBJS),-lcurl,drift_http_library))
endif

src/%.pb-c.c: src/%.proto
	cd src && protoc-c --c_out=. $*.proto

# Objects of one server's headers are of no use to another.
.PHONY: FORCE
build/server: FORCE
	@mkdir -p $(@D)
	@$(PG_CONFIG) --version | cmp -s - $@ || $(PG_CONFIG) --version > $@

# An update runs what only that update needs and then every function again.
# Both scripts share the fragments: OR REPLACE is for updates only, where the
# objects are ours; in an install it would adopt whatever a user put there first.
$(SQL_SCRIPT): $(SQL_INSTALL) $(SQL_FUNCTIONS) Makefile
	cat $(SQL_INSTALL) $(SQL_FUNCTIONS) | sed 's/^CREATE OR REPLACE /CREATE /' > $@

sql/$(EXTENSION)--%--$(EXTVERSION).sql: sql/install/00_header.sql sql/updates/%--$(EXTVERSION).sql $(SQL_FUNCTIONS) Makefile
	cat $(filter-out Makefile,$^) | sed 's/"CREATE EXTENSION $(EXTENSION)"/"ALTER EXTENSION $(EXTENSION) UPDATE"/' > $@

# For the upgrade test: make print-SQL_INSTALL.
print-%:
	@echo $($*)

# Only what the server looks up by name leaves the library: the magic block,
# _PG_init, and each function that has an info record.
$(SHLIB_EXPORTS): $(OBJS)
	@mkdir -p $(@D)
	{ echo Pg_magic_func; echo _PG_init; \
	  nm -g $(OBJS) | sed -n 's/.* T _*pg_finfo_\(.*\)/\1\npg_finfo_\1/p'; } > $@

endif
