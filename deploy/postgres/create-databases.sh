#!/bin/sh
# One role and its databases for Jisr, one for Temporal. The image of PostgreSQL runs it once, on an empty volume.
# psql reads the passwords from its environment, so that no list of processes shows them.
set -eu

psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv jisr_password JISR_DB_PASSWORD
\getenv temporal_password TEMPORAL_DB_PASSWORD

create role jisr_app login password :'jisr_password';
create database jisr owner jisr_app;
revoke all on database jisr from public;

create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database temporal, temporal_visibility from public;
SQL
