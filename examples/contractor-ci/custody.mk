# Custody targets for a contractor's build: include this file and set what differs.
#
#   include custody.mk
#
#   make custody-check     one line for each problem, and a SARIF log for upload
#   make custody-report    the same, and an evidence package
#
# The build fails when the audit does. `make` itself always ends with status 2, so the status of the audit (0 clean,
# 1 violations, 2 not done, 3 incomplete) is shown by make as `Error N` and kept in $(CUSTODY_REPORT_DIR)/status.

# The program.
CUSTODY ?= custody
# What is audited: a file, a directory or an archive. Must not hold CUSTODY_REPORT_DIR.
CUSTODY_SNAPSHOT ?= data
# Packs, separated by spaces.
CUSTODY_POLICY ?= core-authorization
# Authorization register; empty for none.
CUSTODY_REGISTER ?=
# Who is audited, and on which system.
CUSTODY_HOLDER ?=
CUSTODY_SYSTEM ?=
# Where results are written.
CUSTODY_REPORT_DIR ?= build/custody
# The least severity that fails the build: critical, high, medium or low.
CUSTODY_FAIL_ON ?= high
# How pictures are looked at: ci (precision first) or audit (recall first, with a tier for review).
CUSTODY_PROFILE ?= ci
# More flags, separated by spaces, e.g. --allow-incomplete for a project that ships archives nobody can open.
CUSTODY_FLAGS ?=

# Recipes read these as shell variables, so that no value is ever taken for shell text.
export CUSTODY CUSTODY_SNAPSHOT CUSTODY_POLICY CUSTODY_REGISTER CUSTODY_HOLDER CUSTODY_SYSTEM CUSTODY_REPORT_DIR
export CUSTODY_FAIL_ON CUSTODY_PROFILE CUSTODY_FLAGS

define custody_arguments
mkdir -p -- "$$CUSTODY_REPORT_DIR" || exit 2; \
set -- scan "$$CUSTODY_SNAPSHOT" --quiet --fail-on "$$CUSTODY_FAIL_ON" --profile "$$CUSTODY_PROFILE"; \
set -- "$$@" -o lines -o sarif="$$CUSTODY_REPORT_DIR/findings.sarif"; \
for pack in $$CUSTODY_POLICY; do set -- "$$@" -p "$$pack"; done; \
[ -z "$$CUSTODY_REGISTER" ] || set -- "$$@" -r "$$CUSTODY_REGISTER"; \
[ -z "$$CUSTODY_HOLDER" ] || set -- "$$@" --holder "$$CUSTODY_HOLDER"; \
[ -z "$$CUSTODY_SYSTEM" ] || set -- "$$@" --system "$$CUSTODY_SYSTEM"; \
for flag in $$CUSTODY_FLAGS; do set -- "$$@" "$$flag"; done
endef

define custody_run
status=0; "$$CUSTODY" "$$@" || status=$$?; \
printf '%s\n' "$$status" >"$$CUSTODY_REPORT_DIR/status"; \
exit "$$status"
endef

.PHONY: custody-check custody-report

custody-check:
	@$(custody_arguments); \
	$(custody_run)

custody-report:
	@$(custody_arguments); \
	set -- "$$@" --report "$$CUSTODY_REPORT_DIR/package-$$(date -u +%Y%m%dT%H%M%SZ)"; \
	$(custody_run)
