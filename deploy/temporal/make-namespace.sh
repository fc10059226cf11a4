#!/bin/sh
# Waits until the Temporal server serves, and makes the namespace where it is missing. Safe to repeat.
set -eu

patiently() {
  tries=0
  until "$@" >/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit 1
    sleep 1
  done
}

patiently temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
# The server learns of a new namespace within seconds; who starts before that would fail.
patiently temporal workflow count --namespace "$TEMPORAL_NAMESPACE"
