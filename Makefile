# golangci-lint is pinned, so that a new release never breaks an old commit.
LINT_VERSION := v2.15.0
LINT := $(shell go env GOPATH)/bin/golangci-lint
FUZZTIME ?= 60s

.PHONY: check format vet lint test fuzz bench update tools man completions

check: format vet lint
	go test -race -timeout 14m ./...

format:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }

vet:
	go vet ./...

lint: tools
	$(LINT) run

test:
	go test ./...

fuzz:
	go test ./connector -run '^$$' -fuzz FuzzDefinition -fuzztime $(FUZZTIME) -fuzzminimizetime 1x
	go test ./connector -run '^$$' -fuzz FuzzPointer -fuzztime $(FUZZTIME) -fuzzminimizetime 1x
	go test ./runner/schema -run '^$$' -fuzz FuzzValidateBody -fuzztime $(FUZZTIME) -fuzzminimizetime 1x
	go test ./cmd -run '^$$' -fuzz FuzzConfig -fuzztime $(FUZZTIME) -fuzzminimizetime 1x
	go test ./rules -run '^$$' -fuzz FuzzScanCSharp -fuzztime $(FUZZTIME)
	go test ./rules -run '^$$' -fuzz FuzzReadMarkdown -fuzztime $(FUZZTIME)
	go test ./rules -run '^$$' -fuzz FuzzRules -fuzztime $(FUZZTIME) -fuzzminimizetime 1x

bench:
	go test ./... -run '^$$' -bench . -benchmem

# Rewrites goldens and generated pages from what the code does now; read the diff.
update:
	go test ./rules ./reports ./cmd -update
	go run ./cmd/precert rules --format markdown > docs/rules.md

# For packages: .goreleaser.yaml takes both along.
man:
	go run ./cmd/precert man dist-extra/man

completions:
	@mkdir -p dist-extra/completions
	for shell in bash zsh fish powershell; do go run ./cmd/precert completion $$shell > dist-extra/completions/precert.$$shell; done

tools:
	@$(LINT) version 2>/dev/null | grep -q "$(LINT_VERSION:v%=%)" || go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
