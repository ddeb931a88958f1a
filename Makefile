# `make help` says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

up: ## start the whole system on http://localhost:8087, in containers where that is possible
	@deploy/gatehouse up

down: ## stop it; accounts, sessions and secrets stay
	@deploy/gatehouse down

logs: ## follow the logs
	@deploy/gatehouse logs

admin-password: ## print the first Admin's password
	@deploy/gatehouse admin-password

test: packages lint ## every test, with a real PostgreSQL, Redis and browser; installs what it lacks on Debian
	go test -race ./...
	go test -race -tags e2e -count 1 -timeout 15m ./internal/e2e/

test-compose: packages ## the end-to-end tests against the containers, with scaling, restarts and faults
	E2E_STACK=compose go test -tags e2e -count 1 -timeout 30m ./internal/e2e/

bench: ## measure it side by side with HAProxy, nginx and Caddy; WHAT=guard for one part of docs/performance.md
	@deploy/native/packages haproxy nginx caddy wrk redis-server postgresql
	@go run ./bench $(WHAT)

lint: ## formatting, vet, staticcheck, shell scripts; the import rules are in `make test`
	@deploy/lint

packages:
	@deploy/native/packages postgresql redis-server chromium gcc libc6-dev shellcheck

.PHONY: help up down logs admin-password test test-compose bench lint packages
