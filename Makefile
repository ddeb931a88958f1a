# `make help` says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

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

rotate-keys: ## sign access tokens with a new key from 90 s from now on; nobody notices
	@deploy/gatehouse rotate-keys

drop-keys: ## a signing key has leaked: refuse all of them at once, and sign with a fresh one
	@deploy/gatehouse drop-keys

test: packages lint ## every test, with a real PostgreSQL, Redis and browser; installs what it lacks on Debian
	go test -race ./...
	go test -race -tags e2e -count 1 -timeout 15m ./internal/e2e/

prove: packages ## the long proofs: races, kills, faults, timing; each also in a short form in `make test`
	PROVE=long PROVE_ROTATIONS=20 go test -race -tags e2e -count 1 -timeout 90m -run 'TestProve|TestRotatedKeys|TestDroppedKey|TestForgottenPassword' -v ./internal/e2e/ | grep -vE '^(=== |\{)'
	PROVE=long go test -count 1 -timeout 20m -run 'TestImportStaysSmall' -v ./user-service/ | grep -vE '^=== '

test-compose: packages ## the end-to-end tests against the containers, with scaling, restarts and faults
	E2E_STACK=compose go test -tags e2e -count 1 -timeout 30m ./internal/e2e/

bench: ## measure it side by side with HAProxy, nginx and Caddy; WHAT=guard for one part of docs/performance.md
	@deploy/native/packages haproxy nginx caddy wrk redis-server postgresql
	@go run ./bench $(WHAT)

fuzz: ## look for inputs that break a parser, FUZZTIME (1m) for each; ONLY=FuzzCookies for one
	@deploy/fuzz $(ONLY)

lint: ## formatting, vet, staticcheck, shell scripts, known vulnerabilities; the import rules are in `make test`
	@deploy/lint

packages:
	@deploy/native/packages postgresql redis-server chromium gcc libc6-dev shellcheck python3-jwt python3-cryptography nodejs

.PHONY: help up down logs admin-password rotate-keys drop-keys test prove test-compose bench fuzz lint packages
