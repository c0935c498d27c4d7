# make run      build and serve on http://localhost:8080, data in ./data
# make test     everything on SQLite and PostgreSQL (brings PostgreSQL and Chromium itself)
# make soak     the same with full kill, race and property counts
# make bench    every figure of docs/performance.md against its floor, in bench/results.md
# make bench-growth  how figures change from 10,000 to 10,000,000 vouchers; takes 30 GB of disk
# make check    format, vet, import rules, generated files, static analysis
# make generate the *_templ.go files from the *.templ files

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

TEMPL       := go run github.com/a-h/templ/cmd/templ@v0.3.977
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
DEADCODE    := go run golang.org/x/tools/cmd/deadcode@v0.52.0

# The version comes from above; Go's own stamping fails in a clone of another user.
export GOFLAGS := $(strip $(shell go env GOFLAGS) -buildvcs=false)
export CGO_ENABLED := 0

# Tested under the race detector, which needs cgo and about five times as long. The
# domain is also tested without it, with as many random sequences as it deserves.
RACED := money|seal|coupon|engine|store|job
TWICE := ./internal/coupon

.PHONY: build run test soak bench bench-growth check generate \
	check-format check-vet check-rules check-generated check-static check-dead bin/scrip bin/testenv

build: bin/scrip

bin/scrip:
	go build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/scrip

bin/testenv:
	@go build -o $@ ./cmd/testenv

run: bin/scrip
	bin/scrip serve --data ./data --listen localhost:8080

# $(1) is how long one package may take. Both halves run even if the first fails. What vet
# finds, make check has found.
define run-tests
	@bin/testenv -- sh -c ' \
		go test -vet=off -timeout $(1) $$(go list ./... | grep -Ev "/internal/($(RACED))(/|$$)") $(TWICE); plain=$$?; \
		CGO_ENABLED=1 go test -race -vet=off -timeout $(1) $$(go list ./... | grep -E "/internal/($(RACED))(/|$$)"); race=$$?; \
		exit $$((plain | race))'
endef

test: bin/testenv
	$(call run-tests,15m)

soak: export SCRIP_SOAK := 1
soak: bin/testenv
	$(call run-tests,12h)

# PostgreSQL as docs/operations.md wants it, for both sides.
bench bench-growth: export TEST_POSTGRES_SETTINGS := shared_buffers=1536MB max_wal_size=4GB min_wal_size=2GB
bench: bin/testenv
	bin/testenv -- go run ./test/bench

bench-growth: bin/testenv
	bin/testenv -- go run ./test/bench -growth -vouchers 10000000 -out bench/growth.md

check: check-format check-vet check-rules check-generated check-static check-dead

check-format:
	@bad=$$("$$(go env GOROOT)/bin/gofmt" -l .); \
	test -z "$$bad" || { printf 'not as gofmt writes it:\n%s\n' "$$bad"; exit 1; }

check-vet:
	go vet ./...

check-rules:
	go test -count=1 ./internal/archtest

check-generated:
	@generated() { find . -name '*_templ.go' -exec cksum {} + | sort -k 3; }; \
	before=$$(generated); $(TEMPL) generate -log-level error || exit 1; \
	test "$$before" = "$$(generated)" || { echo 'generated files were stale; make generate has now been run'; exit 1; }

check-static:
	$(STATICCHECK) ./...

check-dead:
	@dead=$$($(DEADCODE) -test ./...) || exit 1; \
	test -z "$$dead" || { printf 'never called:\n%s\n' "$$dead"; exit 1; }

generate:
	$(TEMPL) generate
