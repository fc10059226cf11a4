#!/bin/sh
# Makes Temporal's tables, or brings them up to the version of this release. Safe to repeat.
# The databases must exist: deploy/postgres/create-databases.sh makes them.
set -eu

update() {
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "$SCHEMA_DIR/$2/versioned"
}

update temporal temporal
update temporal_visibility visibility
