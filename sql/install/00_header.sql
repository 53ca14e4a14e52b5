-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION drift" to load this file. \quit

-- Whatever the caller's path is, nothing here resolves through it.
SET LOCAL search_path TO pg_catalog, pg_temp;

